#include "execute/worker_pool.h"

#include <algorithm>
#include <system_error>

namespace gesta {

WorkerPool::WorkerPool(size_t width)
    : width_(width > 0 ? width : std::max(1u, std::thread::hardware_concurrency())) {}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  wanted_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::Run(size_t count, const std::function<void(size_t)>& task) {
  Job job{&task, 1, count, 0};
  if (count > 1) {
    const std::lock_guard<std::mutex> lock(mutex_);
    Start();
    jobs_.push_back(&job);
    wanted_.notify_all();
  }
  if (count > 0) task(0);
  if (count <= 1) return;
  std::unique_lock<std::mutex> lock(mutex_);
  while (job.next < job.count) {
    const size_t number = job.next++;
    lock.unlock();
    task(number);
    lock.lock();
  }
  const auto mine = std::find(jobs_.begin(), jobs_.end(), &job);
  if (mine != jobs_.end()) jobs_.erase(mine);
  done_.wait(lock, [&] { return job.running == 0; });
}

// A machine that gives no more threads is no reason to fail: callers run what nobody takes.
void WorkerPool::Start() {
  try {
    while (threads_.size() + 1 < width_) threads_.emplace_back([this] { Work(); });
  } catch (const std::system_error&) {
  }
}

void WorkerPool::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    wanted_.wait(lock, [&] { return ending_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    Job& job = *jobs_.front();
    if (job.next >= job.count) {
      jobs_.pop_front();
      continue;
    }
    const size_t number = job.next++;
    ++job.running;
    lock.unlock();
    (*job.task)(number);
    lock.lock();
    if (--job.running == 0) done_.notify_all();
  }
}

}  // namespace gesta
