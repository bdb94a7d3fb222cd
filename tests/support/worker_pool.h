// Runs jobs in worker processes, so that a crash or a hang is one job's result and not the end of
// the run.
#ifndef GESTA_TESTS_SUPPORT_WORKER_POOL_H_
#define GESTA_TESTS_SUPPORT_WORKER_POOL_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace gesta::test {

struct PoolOptions {
  size_t workers = 1;
  std::chrono::milliseconds timeout{10000};  // of one job
  bool quiet = false;                        // what workers write to standard error is dropped
};

enum class JobEnd { kDone, kCrashed, kTimedOut };

struct JobResult {
  size_t job = 0;
  JobEnd end = JobEnd::kDone;
  std::string output;  // what `run` returned; for kCrashed, how the process ended
  std::chrono::microseconds time{0};
};

// Runs jobs 0 … jobs - 1 by forked processes, which call `run`; `done` is called in the parent, in
// the order in which jobs end. The parent must not have started threads. False when processes
// cannot be made.
bool RunInWorkers(size_t jobs, const PoolOptions& options,
                  const std::function<std::string(size_t job)>& run,
                  const std::function<void(const JobResult&)>& done);

}  // namespace gesta::test

#endif  // GESTA_TESTS_SUPPORT_WORKER_POOL_H_
