// Reading exports as JSON Lines (export/json_lines.h).
#ifndef GESTA_INGEST_IMPORT_JSON_LINES_IMPORT_H_
#define GESTA_INGEST_IMPORT_JSON_LINES_IMPORT_H_

#include <string>

#include "import/export_loader.h"
#include "load/reporter.h"

namespace gesta::ingest {

// Hands every line to the loader. `whole`: the file is a whole export, and without its last line
// it was cut off. kBadData: file, line and what is wrong, beside the errors of the loader.
Status ImportJsonLines(const std::string& path, bool whole, ExportLoader* loader,
                       Reporter* reporter);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_IMPORT_JSON_LINES_IMPORT_H_
