// Reporter: tells a caller ten times a second how far something is, and asks whether to stop.
#ifndef GESTA_INGEST_LOAD_REPORTER_H_
#define GESTA_INGEST_LOAD_REPORTER_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "gesta/ingest.h"
#include "gesta/status.h"

namespace gesta::ingest {

class Reporter {
 public:
  // Both are borrowed; the callback may be empty, the flag null. `what`: "the job".
  Reporter(const std::function<void(const IngestProgress&)>& progress,
           const std::atomic<bool>* cancel, std::string what)
      : progress_(progress), cancel_(cancel), what_(std::move(what)) {}

  // kCancelled.
  Status Report(std::string_view doing, uint64_t done, uint64_t total) {
    if (cancel_ != nullptr && *cancel_) {
      return Status(StatusCode::kCancelled, what_ + " was stopped");
    }
    Show(doing, done, total);
    return Status::Ok();
  }

  void Show(std::string_view doing, uint64_t done, uint64_t total) {
    if (!progress_) return;
    const auto now = std::chrono::steady_clock::now();
    if (now - shown_ < std::chrono::milliseconds(100)) return;
    shown_ = now;
    progress_({doing, done, total});
  }

 private:
  const std::function<void(const IngestProgress&)>& progress_;
  const std::atomic<bool>* cancel_;
  const std::string what_;
  std::chrono::steady_clock::time_point shown_{};
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_LOAD_REPORTER_H_
