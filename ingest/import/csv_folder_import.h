// Reading exports as a folder of tables (export/csv_folder.h).
#ifndef GESTA_INGEST_IMPORT_CSV_FOLDER_IMPORT_H_
#define GESTA_INGEST_IMPORT_CSV_FOLDER_IMPORT_H_

#include <string>

#include "import/export_loader.h"
#include "load/reporter.h"

namespace gesta::ingest {

// Hands everything to the loader. kNotFound, kBadData: file, line and what is wrong.
Status ImportCsvFolder(const std::string& folder, ExportLoader* loader, Reporter* reporter);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_IMPORT_CSV_FOLDER_IMPORT_H_
