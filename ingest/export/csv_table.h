// CsvTable of an export: the nodes of one set of labels, or the relationships of one type, in the
// form that gesta/import.h describes.
//
// A property has a column for each type that its values have; what no column can hold (texts with
// NUL, lists that are empty, mixed or hold the separator, odd names) is in the column :PROPERTIES,
// as a JSON object.
#ifndef GESTA_INGEST_EXPORT_CSV_TABLE_H_
#define GESTA_INGEST_EXPORT_CSV_TABLE_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "export/byte_sink.h"
#include "export/names.h"
#include "gesta/store.h"

namespace gesta::ingest {

// Appends a field: in quotes where it needs them.
void AppendCsvField(std::string_view text, std::string* out);

class CsvExportTable {
 public:
  // First each row's properties are looked at, …
  void Note(const GraphNames& names, const std::vector<Property>& properties);
  // … then the file is opened and each row written. `ids`: the first columns, as header and row.
  Status Open(const std::string& path, std::string_view ids, const GraphNames& names);
  Status Write(std::string_view ids, const std::vector<Property>& properties, GraphNames* names);
  Status Close();
  uint64_t rows() const { return rows_; }

 private:
  using Column = std::pair<NameId, std::string>;  // property and type

  std::map<Column, size_t> columns_;  // and their places, once the file is open
  bool others_ = false;               // there is a column :PROPERTIES
  std::unique_ptr<ByteSink> out_;
  uint64_t rows_ = 0;
  // Scratch.
  std::vector<std::string> fields_;
  std::string line_;
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_EXPORT_CSV_TABLE_H_
