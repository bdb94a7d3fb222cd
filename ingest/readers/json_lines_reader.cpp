#include "readers/json_lines_reader.h"

#include <utility>

#include "readers/json.h"

namespace gesta::readers {

Result<JsonLinesReader> JsonLinesReader::Open(const std::string& path) {
  GESTA_ASSIGN_OR_RETURN(LineReader lines, LineReader::Open(path));
  return JsonLinesReader(std::move(lines));
}

ReadState JsonLinesReader::Next() {
  document_ = format::Document();
  while (true) {
    const ReadState state = lines_.Next();
    if (state != ReadState::kRecord) {
      status_ = lines_.status();
      return state;
    }
    if (lines_.line().find_first_not_of(" \t") == std::string_view::npos) continue;
    auto document = ParseJson(lines_.line(), lines_.source().path(), lines_.line_number());
    if (!document.ok()) {
      status_ = document.status();
      return ReadState::kBadRecord;
    }
    document_ = std::move(document).value();
    return ReadState::kRecord;
  }
}

}  // namespace gesta::readers
