// LockFile: keeps two processes from opening one store, and says who holds it.
//
// A writer holds the lock alone; any number of readers hold it together. The operating system
// releases it when the process ends, however it ends. A writer leaves its process id in the file,
// for messages only.
#ifndef GESTA_STORE_LOCK_FILE_H_
#define GESTA_STORE_LOCK_FILE_H_

#include <memory>
#include <string>

#include "gesta/status.h"

namespace gesta::store {

class LockFile {
 public:
  // kLocked with the holder's process id when it is known; kIo.
  static Result<std::unique_ptr<LockFile>> Acquire(const std::string& file,
                                                   const std::string& store_path, bool shared);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

 private:
  LockFile(int fd, bool shared) : fd_(fd), shared_(shared) {}

  int fd_;
  bool shared_;
};

}  // namespace gesta::store

#endif  // GESTA_STORE_LOCK_FILE_H_
