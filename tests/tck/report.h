// What a run of scenarios gave, for people and as JSON.
#ifndef GESTA_TESTS_TCK_REPORT_H_
#define GESTA_TESTS_TCK_REPORT_H_

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "gesta/status.h"
#include "tck/gherkin.h"

namespace gesta::tck {

enum class Outcome { kPassed, kFailed, kCrashed, kTimedOut, kSkipped };

struct ScenarioResult {
  Outcome outcome = Outcome::kPassed;
  std::string message;  // why it failed or was skipped
  std::chrono::microseconds time{0};
};

// `results` belong to `scenarios` by position.
class Report {
 public:
  Report(const std::vector<Scenario>& scenarios, const std::vector<ScenarioResult>& results)
      : scenarios_(scenarios), results_(results) {}

  size_t Count(Outcome outcome) const;
  // A table by feature folder and the closing line "N passed, M failed, K skipped" on standard
  // output, before them every failure's message when `verbose`.
  void Print(bool verbose) const;
  Status WriteJson(const std::string& path) const;

 private:
  const std::vector<Scenario>& scenarios_;
  const std::vector<ScenarioResult>& results_;
};

}  // namespace gesta::tck

#endif  // GESTA_TESTS_TCK_REPORT_H_
