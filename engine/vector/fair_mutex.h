// A shared mutex that serves in the order of asking: readers who never pause cannot keep a writer
// out, as they can with the system's.
#ifndef GESTA_VECTOR_FAIR_MUTEX_H_
#define GESTA_VECTOR_FAIR_MUTEX_H_

#include <mutex>
#include <shared_mutex>

namespace gesta::vector {

class FairMutex {
 public:
  void lock() {
    const std::lock_guard<std::mutex> turn(turn_);
    mutex_.lock();
  }
  void unlock() { mutex_.unlock(); }
  void lock_shared() {
    const std::lock_guard<std::mutex> turn(turn_);
    mutex_.lock_shared();
  }
  void unlock_shared() { mutex_.unlock_shared(); }

 private:
  std::mutex turn_;  // held while waiting for mutex_
  std::shared_mutex mutex_;
};

}  // namespace gesta::vector

#endif  // GESTA_VECTOR_FAIR_MUTEX_H_
