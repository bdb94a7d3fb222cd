#include "module/batches.h"

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <vector>

// Of OpenBLAS, which has threads of its own; null with another BLAS.
extern "C" void openblas_set_num_threads(int threads) __attribute__((weak));

namespace gesta::module {

namespace {

void SetInnerThreads(size_t threads) {
  at::set_num_threads(static_cast<int>(threads));
  if (openblas_set_num_threads) openblas_set_num_threads(static_cast<int>(threads));
}

Status RunOne(const std::function<Status(size_t)>& work, size_t batch) {
  try {
    return work(batch);
  } catch (const std::bad_alloc&) {
    return Status(StatusCode::kMemoryBudget, "the machine has too little memory for the batch",
                  "give a smaller batch size");
  } catch (const std::exception& error) {
    // LibTorch adds a stack trace after the first line.
    const std::string text = error.what();
    return Status(StatusCode::kInternal, "the model failed: " + text.substr(0, text.find('\n')));
  }
}

}  // namespace

Status RunBatches(size_t batches, size_t threads, const std::function<bool()>& interrupted,
                  const std::function<Status(size_t batch)>& work) {
  if (batches == 0) return Status::Ok();
  if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
  const size_t workers = std::min(threads, batches);
  const size_t inner = std::max<size_t>(1, threads / workers);
  std::atomic<size_t> next{0};
  std::atomic<bool> stop{false};
  std::mutex mutex;
  Status result;
  const auto fail = [&](Status status) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (result.ok()) result = std::move(status);
    stop = true;
  };
  const auto run = [&](bool caller) {
    SetInnerThreads(inner);
    const c10::InferenceMode inference;
    for (size_t batch = next++; batch < batches && !stop; batch = next++) {
      if (caller && interrupted && interrupted()) {
        fail(Status(StatusCode::kCancelled, "the call was stopped"));
        return;
      }
      if (Status status = RunOne(work, batch); !status.ok()) fail(std::move(status));
    }
  };
  std::vector<std::thread> others;
  for (size_t i = 1; i < workers; ++i) others.emplace_back(run, false);
  run(true);
  for (std::thread& thread : others) thread.join();
  return result;
}

}  // namespace gesta::module
