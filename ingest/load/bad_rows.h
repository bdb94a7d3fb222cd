// BadRows: counts the malformed rows of a job's input and refuses the job past a limit.
#ifndef GESTA_INGEST_LOAD_BAD_ROWS_H_
#define GESTA_INGEST_LOAD_BAD_ROWS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gesta/status.h"

namespace gesta::ingest {

class BadRows {
 public:
  static constexpr uint64_t kDefaultLimit = 100;
  static constexpr size_t kMaxExamples = 10;

  // `policy`: how many bad rows may be skipped ("0": none), or "skip" for any number; empty: the
  // default. kInvalidArgument for anything else.
  static Result<BadRows> FromOption(const std::string& policy);

  // `problem` says what is wrong, with file and line. kBadData past the limit: the job is refused.
  Status Add(const Status& problem);
  Status Add(const std::string& place, const std::string& what);

  uint64_t count() const { return count_; }
  const std::vector<std::string>& examples() const { return examples_; }

 private:
  std::optional<uint64_t> limit_;  // none: any number is skipped
  uint64_t count_ = 0;
  std::vector<std::string> examples_;
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_LOAD_BAD_ROWS_H_
