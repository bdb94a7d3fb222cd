// ByteSource: the bytes of a file from front to end, inflated if it is gzipped (seen from its first
// bytes, not from its name).
#ifndef GESTA_INGEST_READERS_BYTE_SOURCE_H_
#define GESTA_INGEST_READERS_BYTE_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "gesta/format/file.h"
#include "gesta/status.h"

namespace gesta::readers {

class ByteSource {
 public:
  // kNotFound, kInvalidArgument (a folder), kIo.
  static Result<std::unique_ptr<ByteSource>> Open(const std::string& path);
  ~ByteSource();

  // Up to `size` (at least 1) bytes; 0 at the end. kIo; kBadData for a damaged or truncated gzip
  // file.
  Result<size_t> Read(char* out, size_t size);

  const std::string& path() const { return path_; }
  // For progress: bytes of the file, and how many of them are read (compressed ones in a gzip
  // file).
  uint64_t file_size() const { return file_size_; }
  uint64_t position() const;

 private:
  ByteSource() = default;

  std::string path_;
  uint64_t file_size_ = 0;
  uint64_t position_ = 0;
  int fd_ = -1;
  void* gzip_ = nullptr;  // zlib's gzFile; owns fd_ when set
};

// The whole of a file, inflated if it is gzipped; an error past max_bytes.
Result<format::FileBuffer> ReadAll(const std::string& path, uint64_t max_bytes);

}  // namespace gesta::readers

#endif  // GESTA_INGEST_READERS_BYTE_SOURCE_H_
