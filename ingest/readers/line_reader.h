// LineReader: the lines of a text file, which may be gzipped. Lines end in LF or CRLF; a last line
// may lack its ending. Text must be UTF-8 without NUL; a byte order mark is skipped.
#ifndef GESTA_INGEST_READERS_LINE_READER_H_
#define GESTA_INGEST_READERS_LINE_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gesta/status.h"
#include "readers/input_buffer.h"

namespace gesta::readers {

class LineReader {
 public:
  static Result<LineReader> Open(const std::string& path, size_t max_line_bytes = 64 << 20);

  ReadState Next();

  // The current line without its ending, valid until Next(); its number from 1.
  std::string_view line() const { return line_; }
  uint64_t line_number() const { return line_number_; }
  // After kBadRecord and kFailed: what is wrong, with file and line.
  const Status& status() const { return status_; }
  const ByteSource& source() const { return input_.source(); }

 private:
  LineReader(InputBuffer input, size_t max_line_bytes)
      : input_(std::move(input)), max_line_bytes_(max_line_bytes) {}

  InputBuffer input_;
  size_t max_line_bytes_;
  std::string_view line_;
  uint64_t line_number_ = 0;
  Status status_;
  bool failed_ = false;
};

// What is wrong with a text: "" or e.g. "byte 7 is not valid UTF-8".
std::string TextProblem(std::string_view text);

}  // namespace gesta::readers

#endif  // GESTA_INGEST_READERS_LINE_READER_H_
