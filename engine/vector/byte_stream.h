// Where a saved index goes to and comes from; the folder `store` makes files of it.
#ifndef GESTA_VECTOR_BYTE_STREAM_H_
#define GESTA_VECTOR_BYTE_STREAM_H_

#include <cstddef>
#include <string_view>

#include "gesta/status.h"

namespace gesta::vector {

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual Status Write(const char* bytes, size_t n) = 0;
};

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Exactly n bytes; kCorruption when there are fewer.
  virtual Status Read(char* bytes, size_t n) = 0;
  virtual size_t left() const = 0;  // bytes that have not been read
};

}  // namespace gesta::vector

#endif  // GESTA_VECTOR_BYTE_STREAM_H_
