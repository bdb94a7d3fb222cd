// WorkerPool: the threads that the parallel parts of a database's statements share. They are
// started when they are needed for the first time. Thread-safe.
#ifndef GESTA_QUERY_EXECUTE_WORKER_POOL_H_
#define GESTA_QUERY_EXECUTE_WORKER_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gesta {

class WorkerPool {
 public:
  // `width`: how many threads one statement can use, its own included. 0: as many as there are
  // cores.
  explicit WorkerPool(size_t width);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  size_t width() const { return width_; }

  // Calls task(0) … task(count - 1) and returns when all calls have returned. task(0) runs in the
  // calling thread, and so do those for which no thread was free by then. Tasks may call Run.
  void Run(size_t count, const std::function<void(size_t)>& task);

 private:
  struct Job {
    const std::function<void(size_t)>* task;
    size_t next;  // the first task that nobody has taken
    size_t count;
    size_t running;  // in the pool's threads
  };

  void Start();
  void Work();

  const size_t width_;
  std::mutex mutex_;
  std::condition_variable wanted_;  // a job has come, or the end
  std::condition_variable done_;    // a job's last running task has returned
  std::deque<Job*> jobs_;           // those with tasks that nobody has taken
  std::vector<std::thread> threads_;
  bool ending_ = false;
};

}  // namespace gesta

#endif  // GESTA_QUERY_EXECUTE_WORKER_POOL_H_
