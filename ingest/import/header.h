// The header of a file to import: what each column is (gesta/import.h).
#ifndef GESTA_INGEST_IMPORT_HEADER_H_
#define GESTA_INGEST_IMPORT_HEADER_H_

#include <string>
#include <vector>

#include "gesta/status.h"
#include "jobs/csv_mapping.h"

namespace gesta::ingest {

enum class ColumnRole { kProperty, kId, kStart, kEnd, kLabel, kType, kProperties, kIgnore };

struct ImportColumn {
  ColumnRole role = ColumnRole::kProperty;
  CsvColumn field;     // `property` empty: the values are not kept
  bool typed = false;  // the header says the type
  std::string space;   // of kId, kStart and kEnd
};

struct ImportHeader {
  std::vector<ImportColumn> columns;
  // Places in `columns`; -1: there is none.
  int id = -1;
  int start = -1;
  int end = -1;
  int type = -1;
};

// kBadData says which column is wrong, and why.
Result<ImportHeader> ParseImportHeader(const std::vector<std::string>& columns, bool nodes,
                                       const std::string& default_space, char list_delimiter);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_IMPORT_HEADER_H_
