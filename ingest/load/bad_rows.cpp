#include "load/bad_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>

namespace gesta::ingest {

Result<BadRows> BadRows::FromOption(const std::string& policy) {
  BadRows rows;
  rows.limit_ = kDefaultLimit;
  if (policy.empty()) return rows;
  if (policy == "skip") {
    rows.limit_.reset();
    return rows;
  }
  uint64_t limit = 0;
  const char* end = policy.data() + policy.size();
  const auto [at, error] = std::from_chars(policy.data(), end, limit);
  if (error != std::errc() || at != end) {
    return Status(StatusCode::kInvalidArgument,
                  fmt::format("'{}' is no policy for bad rows", policy),
                  "give how many may be skipped (0: none), or skip for any number");
  }
  rows.limit_ = limit;
  return rows;
}

Status BadRows::Add(const Status& problem) {
  ++count_;
  if (examples_.size() < kMaxExamples) examples_.emplace_back(problem.message());
  if (!limit_ || count_ <= *limit_) return Status::Ok();
  if (*limit_ == 0) {
    return Status(StatusCode::kBadData, std::string(problem.message()) + "; nothing was written",
                  "correct the row, or allow bad rows with the option bad-rows");
  }
  return Status(StatusCode::kBadData,
                fmt::format("more than {} bad rows; nothing was written. The first are:\n  {}",
                            *limit_, fmt::join(examples_, "\n  ")),
                "correct the input, or allow more with the option bad-rows");
}

Status BadRows::Add(const std::string& place, const std::string& what) {
  return Add(Status(StatusCode::kBadData, place + ": " + what));
}

}  // namespace gesta::ingest
