// InputBuffer: a window on a ByteSource that grows as far as one record needs.
//
// Readers look at [begin(), end()), Consume() what they are done with and Extend() when a record
// reaches past the end. The window is writable: a reader may decode in place what it consumes.
#ifndef GESTA_INGEST_READERS_INPUT_BUFFER_H_
#define GESTA_INGEST_READERS_INPUT_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "gesta/status.h"
#include "readers/byte_source.h"

namespace gesta::readers {

// What a reader's Next() found.
enum class ReadState {
  kRecord,     // a record
  kBadRecord,  // a malformed one: status() says what and where; reading goes on after it
  kEnd,        // the end of the file
  kFailed,     // the file cannot be read further: status() says why
};

class InputBuffer {
 public:
  // Opens the file and skips a UTF-8 byte order mark. kBadData for UTF-16, beside the errors of
  // ByteSource.
  static Result<InputBuffer> Open(const std::string& path);

  char* begin() { return data_.get() + begin_; }
  char* end() { return data_.get() + end_; }
  size_t size() const { return end_ - begin_; }
  void Consume(size_t bytes) { begin_ += bytes; }

  // Reads more behind end(), which may move the window; false at the end of the file. Offsets from
  // begin() stay valid.
  Result<bool> Extend();

  const ByteSource& source() const { return *source_; }

 private:
  std::unique_ptr<ByteSource> source_;
  std::unique_ptr<char[]> data_;
  size_t capacity_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool ended_ = false;
};

}  // namespace gesta::readers

#endif  // GESTA_INGEST_READERS_INPUT_BUFFER_H_
