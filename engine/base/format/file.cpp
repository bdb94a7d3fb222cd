#include "gesta/format/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

namespace gesta::format {

namespace {

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

Status SystemError(const std::string& path, const char* what) {
  const int error = errno;
  const auto code = error == ENOENT || error == ENOTDIR ? StatusCode::kNotFound : StatusCode::kIo;
  return Status(code, fmt::format("{}: {}: {}", path, what, std::strerror(error)));
}

}  // namespace

FileBuffer FileBuffer::CopyOf(std::string_view bytes) {
  FileBuffer buffer{std::unique_ptr<char[]>(new char[bytes.size()]), bytes.size()};
  if (!bytes.empty()) std::memcpy(buffer.data.get(), bytes.data(), bytes.size());
  return buffer;
}

Result<FileBuffer> ReadWholeFile(const std::string& path) {
  // O_NONBLOCK: opening a named pipe must not wait for its writer.
  Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0) return SystemError(path, "cannot open");
  struct stat info;
  if (::fstat(file.fd, &info) != 0) return SystemError(path, "cannot read");
  if (S_ISDIR(info.st_mode)) {
    return Status(StatusCode::kInvalidArgument, fmt::format("{}: is a folder, not a file", path));
  }
  if (!S_ISREG(info.st_mode)) {
    return Status(StatusCode::kInvalidArgument, fmt::format("{}: is not a regular file", path));
  }
  const auto size = static_cast<size_t>(info.st_size);
  FileBuffer buffer{std::unique_ptr<char[]>(new (std::nothrow) char[size]), 0};
  if (!buffer.data) {
    return Status(StatusCode::kIo, fmt::format("{}: {} bytes do not fit in memory", path, size));
  }
  while (buffer.size < size) {
    // Linux moves at most 2 GiB in one call.
    const size_t want = std::min<size_t>(size - buffer.size, size_t{1} << 30);
    const ssize_t got = ::read(file.fd, buffer.data.get() + buffer.size, want);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(path, "cannot read");
    if (got == 0) break;  // the file became shorter: the parser sees a truncated file
    buffer.size += static_cast<size_t>(got);
  }
  return buffer;
}

}  // namespace gesta::format
