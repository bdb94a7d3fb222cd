#include "store/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace gesta::store {
namespace {

// 0 when unknown.
long ReadHolder(int fd) {
  char text[32];
  const ssize_t n = pread(fd, text, sizeof text - 1, 0);
  if (n <= 0) return 0;
  text[n] = '\0';
  return std::strtol(text, nullptr, 10);
}

Status Locked(const std::string& store_path, int fd) {
  const long holder = ReadHolder(fd);
  std::string message = "the store at '" + store_path + "' is open in ";
  if (holder == getpid()) {
    message += "this process already";
  } else if (holder > 0) {
    message += "another process (pid " + std::to_string(holder) + ")";
  } else {
    message += "another process, for reading";
  }
  return Status(StatusCode::kLocked, message, "close it there, or wait until that process ends");
}

}  // namespace

Result<std::unique_ptr<LockFile>> LockFile::Acquire(const std::string& file,
                                                    const std::string& store_path, bool shared) {
  int fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  // A reader may have no right to write here; a lock needs none.
  if (fd < 0 && shared && (errno == EACCES || errno == EROFS || errno == EPERM)) {
    fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    // A store on read-only media that never had a lock file: nobody can write it.
    if (fd < 0 && errno == ENOENT) return std::unique_ptr<LockFile>(new LockFile(-1, shared));
  }
  if (fd < 0) {
    return Status(StatusCode::kIo, "cannot open '" + file + "': " + std::strerror(errno));
  }
  while (flock(fd, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    const int error = errno;
    const Status status =
        error == EWOULDBLOCK
            ? Locked(store_path, fd)
            : Status(StatusCode::kIo, "cannot lock '" + file + "': " + std::strerror(error));
    close(fd);
    return status;
  }
  if (!shared) {
    // Best effort: the number only serves another process's message.
    const std::string pid = std::to_string(getpid()) + "\n";
    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid.data(), pid.size(), 0) < 0) errno = 0;
  }
  return std::unique_ptr<LockFile>(new LockFile(fd, shared));
}

LockFile::~LockFile() {
  if (fd_ < 0) return;
  if (!shared_ && ftruncate(fd_, 0) != 0) errno = 0;
  close(fd_);
}

}  // namespace gesta::store
