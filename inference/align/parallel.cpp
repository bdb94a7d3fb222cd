#include "align/parallel.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace gesta::alignment {
namespace {

constexpr std::chrono::milliseconds kInterruptInterval(1);

class TaskRun {
 public:
  TaskRun(size_t count, const RunOptions& options,
          const std::function<std::unique_ptr<Worker>()>& make_worker)
      : count_(count), options_(options), make_worker_(make_worker) {}

  void Work(bool may_interrupt) {
    size_t task = 0;
    try {
      const std::unique_ptr<Worker> worker = make_worker_();
      auto asked = std::chrono::steady_clock::time_point();
      while (!stopped_.load(std::memory_order_relaxed) &&
             (task = next_.fetch_add(1, std::memory_order_relaxed)) < count_) {
        if (may_interrupt && options_.check_interrupt) {
          const auto now = std::chrono::steady_clock::now();
          if (now - asked >= kInterruptInterval) {
            asked = now;
            const Status status = options_.check_interrupt();
            // An interruption comes before everything that the tasks have to say.
            if (!status.ok()) return Fail(0, status);
          }
        }
        const Status status = worker->Run(task);
        if (!status.ok()) return Fail(task + 1, status);
      }
    } catch (const std::bad_alloc&) {
      Fail(task + 1, Status(StatusCode::kMemoryBudget, "not enough memory to align",
                            "align fewer pairs at a time"));
    }
  }

  Status status() const { return status_; }

 private:
  void Fail(size_t rank, const Status& status) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (status_.ok() || rank < rank_) {
      status_ = status;
      rank_ = rank;
    }
    stopped_.store(true, std::memory_order_relaxed);
  }

  const size_t count_;
  const RunOptions& options_;
  const std::function<std::unique_ptr<Worker>()>& make_worker_;
  std::atomic<size_t> next_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  Status status_;
  size_t rank_ = 0;
};

}  // namespace

Status RunTasks(size_t count, const RunOptions& options,
                const std::function<std::unique_ptr<Worker>()>& make_worker) {
  TaskRun run(count, options, make_worker);
  size_t threads = options.threads > 0 ? options.threads : std::thread::hardware_concurrency();
  threads = std::min(std::max<size_t>(threads, 1), count);
  std::vector<std::thread> others;
  for (size_t i = 1; i < threads; ++i) {
    try {
      others.emplace_back([&run] { run.Work(/*may_interrupt=*/false); });
    } catch (const std::system_error&) {
      break;  // no more threads to be had: those that are there do the work
    }
  }
  run.Work(/*may_interrupt=*/true);
  for (std::thread& other : others) other.join();
  return run.status();
}

}  // namespace gesta::alignment
