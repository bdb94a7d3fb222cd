#include "readers/input_buffer.h"

#include <fmt/format.h>

#include <cstring>
#include <string_view>

namespace gesta::readers {

namespace {

constexpr size_t kInitialCapacity = 256 << 10;

}  // namespace

Result<InputBuffer> InputBuffer::Open(const std::string& path) {
  InputBuffer buffer;
  GESTA_ASSIGN_OR_RETURN(buffer.source_, ByteSource::Open(path));
  while (buffer.size() < 3) {
    GESTA_ASSIGN_OR_RETURN(const bool more, buffer.Extend());
    if (!more) break;
  }
  const std::string_view start(buffer.begin(), buffer.size());
  if (start.substr(0, 3) == "\xef\xbb\xbf") buffer.Consume(3);
  if (start.substr(0, 2) == "\xff\xfe" || start.substr(0, 2) == "\xfe\xff") {
    return Status(StatusCode::kBadData, fmt::format("{}: the text is in UTF-16", path),
                  "save it as UTF-8");
  }
  return buffer;
}

Result<bool> InputBuffer::Extend() {
  if (ended_) return false;
  if (end_ == capacity_ || begin_ == end_) {
    if (capacity_ > 0 && (begin_ > capacity_ / 2 || begin_ == end_)) {
      std::memmove(data_.get(), data_.get() + begin_, end_ - begin_);
    } else {
      const size_t capacity = capacity_ == 0 ? kInitialCapacity : 2 * capacity_;
      std::unique_ptr<char[]> grown(new char[capacity]);
      if (end_ > begin_) std::memcpy(grown.get(), data_.get() + begin_, end_ - begin_);
      data_ = std::move(grown);
      capacity_ = capacity;
    }
    end_ -= begin_;
    begin_ = 0;
  }
  GESTA_ASSIGN_OR_RETURN(const size_t got, source_->Read(data_.get() + end_, capacity_ - end_));
  if (got == 0) ended_ = true;
  end_ += got;
  return got > 0;
}

}  // namespace gesta::readers
