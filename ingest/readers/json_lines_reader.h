// JsonLinesReader: a file with one JSON value a line, which may be gzipped. Blank lines are
// skipped.
#ifndef GESTA_INGEST_READERS_JSON_LINES_READER_H_
#define GESTA_INGEST_READERS_JSON_LINES_READER_H_

#include <cstdint>
#include <string>

#include "gesta/format/document.h"
#include "gesta/status.h"
#include "readers/line_reader.h"

namespace gesta::readers {

class JsonLinesReader {
 public:
  static Result<JsonLinesReader> Open(const std::string& path);

  ReadState Next();

  // The current line's value, valid until Next().
  const format::Datum& value() const { return document_.root(); }
  // From 1.
  uint64_t line_number() const { return lines_.line_number(); }
  // After kBadRecord and kFailed: what is wrong, with file, line and column.
  const Status& status() const { return status_; }
  const ByteSource& source() const { return lines_.source(); }

 private:
  explicit JsonLinesReader(LineReader lines) : lines_(std::move(lines)) {}

  LineReader lines_;
  format::Document document_;
  Status status_;
};

}  // namespace gesta::readers

#endif  // GESTA_INGEST_READERS_JSON_LINES_READER_H_
