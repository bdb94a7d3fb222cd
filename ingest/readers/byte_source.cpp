#include "readers/byte_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

namespace gesta::readers {

namespace {

Status SystemError(const std::string& path, const char* what) {
  const int error = errno;
  const auto code = error == ENOENT || error == ENOTDIR ? StatusCode::kNotFound : StatusCode::kIo;
  return Status(code, fmt::format("{}: {}: {}", path, what, std::strerror(error)));
}

}  // namespace

ByteSource::~ByteSource() {
  if (gzip_ != nullptr) {
    ::gzclose_r(static_cast<gzFile>(gzip_));
  } else if (fd_ >= 0) {
    ::close(fd_);
  }
}

Result<std::unique_ptr<ByteSource>> ByteSource::Open(const std::string& path) {
  std::unique_ptr<ByteSource> source(new ByteSource());
  source->path_ = path;
  source->fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (source->fd_ < 0) return SystemError(path, "cannot open");
  struct stat info;
  if (::fstat(source->fd_, &info) != 0) return SystemError(path, "cannot read");
  if (S_ISDIR(info.st_mode)) {
    return Status(StatusCode::kInvalidArgument, fmt::format("{}: is a folder, not a file", path));
  }
  if (S_ISREG(info.st_mode)) {
    source->file_size_ = static_cast<uint64_t>(info.st_size);
    unsigned char magic[2];
    if (::pread(source->fd_, magic, 2, 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b) {
      gzFile gzip = ::gzdopen(source->fd_, "rb");
      if (gzip == nullptr) {
        return Status(StatusCode::kIo, fmt::format("{}: inflating cannot start", path));
      }
      ::gzbuffer(gzip, 256 << 10);
      source->gzip_ = gzip;
    }
  }
  return source;
}

Result<size_t> ByteSource::Read(char* out, size_t size) {
  const size_t want = std::min<size_t>(size, size_t{1} << 30);
  if (gzip_ == nullptr) {
    while (true) {
      const ssize_t got = ::read(fd_, out, want);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return SystemError(path_, "cannot read");
      position_ += static_cast<uint64_t>(got);
      return static_cast<size_t>(got);
    }
  }
  const auto gzip = static_cast<gzFile>(gzip_);
  const int got = ::gzread(gzip, out, static_cast<unsigned>(want));
  if (got > 0) return static_cast<size_t>(got);
  int error = Z_OK;
  const char* message = ::gzerror(gzip, &error);
  if (got == 0 && error == Z_OK) return size_t{0};
  if (error == Z_ERRNO) return SystemError(path_, "cannot read");
  return Status(StatusCode::kBadData,
                error == Z_BUF_ERROR
                    ? fmt::format("{}: the gzip file is truncated", path_)
                    : fmt::format("{}: the gzip file is damaged ({})", path_, message));
}

uint64_t ByteSource::position() const {
  if (gzip_ == nullptr) return position_;
  const auto offset = ::gzoffset(static_cast<gzFile>(gzip_));
  return offset < 0 ? 0 : static_cast<uint64_t>(offset);
}

Result<format::FileBuffer> ReadAll(const std::string& path, uint64_t max_bytes) {
  GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> source, ByteSource::Open(path));
  size_t capacity = std::min<uint64_t>(source->file_size(), max_bytes) + 1;
  format::FileBuffer buffer;
  while (true) {
    std::unique_ptr<char[]> grown(new (std::nothrow) char[capacity]);
    if (!grown) {
      return Status(StatusCode::kIo,
                    fmt::format("{}: {} bytes do not fit in memory", path, capacity));
    }
    if (buffer.size > 0) std::memcpy(grown.get(), buffer.data.get(), buffer.size);
    buffer.data = std::move(grown);
    while (buffer.size < capacity) {
      GESTA_ASSIGN_OR_RETURN(const size_t got,
                             source->Read(buffer.data.get() + buffer.size, capacity - buffer.size));
      if (got == 0) return buffer;
      buffer.size += got;
      if (buffer.size > max_bytes) {
        return Status(StatusCode::kBadData,
                      fmt::format("{}: the file has more than {} bytes", path, max_bytes));
      }
    }
    capacity = std::min<uint64_t>(std::max<size_t>(2 * capacity, 65536), max_bytes + 1);
  }
}

}  // namespace gesta::readers
