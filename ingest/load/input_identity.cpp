#include "load/input_identity.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace gesta::ingest {
namespace {

class File {
 public:
  explicit File(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

Status Failed(const std::string& path) {
  const int error = errno;
  return Status(error == ENOENT ? StatusCode::kNotFound : StatusCode::kIo,
                fmt::format("cannot read '{}': {}", path, std::strerror(error)));
}

}  // namespace

// A multiply-and-fold step a word: it tells inputs apart that differ by accident or by editing,
// which is all that is needed here.
void InputIdentity::Mix(uint64_t word) {
  state_ = (state_ ^ word) * 0xd6e8feb86659fd93;
  state_ ^= state_ >> 32;
}

void InputIdentity::AddBytes(const char* data, size_t size) {
  while (size >= 8) {
    uint64_t word;
    std::memcpy(&word, data, 8);
    Mix(word);
    data += 8;
    size -= 8;
  }
  if (size > 0) {
    uint64_t word = 0;
    std::memcpy(&word, data, size);
    Mix(word);
  }
}

void InputIdentity::AddText(std::string_view text) {
  Mix(text.size());
  AddBytes(text.data(), text.size());
}

Status InputIdentity::AddFile(const std::string& path, std::string_view name) {
  AddText(name);
  const File file(path);
  struct stat info;
  if (file.fd() < 0 || fstat(file.fd(), &info) != 0) return Failed(path);
  if (S_ISDIR(info.st_mode)) {
    return Status(StatusCode::kInvalidArgument, fmt::format("'{}' is a folder", path));
  }
  constexpr size_t kBlock = 1 << 16;  // a multiple of 8: only the file's end is a part of a word
  const auto block = std::make_unique<char[]>(kBlock);
  uint64_t total = 0;
  while (true) {
    size_t filled = 0;
    while (filled < kBlock) {
      const ssize_t n = read(file.fd(), block.get() + filled, kBlock - filled);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return Failed(path);
      if (n == 0) break;
      filled += static_cast<size_t>(n);
    }
    AddBytes(block.get(), filled);
    total += filled;
    if (filled < kBlock) break;
  }
  Mix(total);
  return Status::Ok();
}

std::string InputIdentity::Digest() const { return fmt::format("{:016x}", state_); }

}  // namespace gesta::ingest
