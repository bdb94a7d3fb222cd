#include "tck/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

namespace gesta::tck {
namespace {

std::string Folder(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

const char* OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed:
      return "passed";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kCrashed:
      return "crashed";
    case Outcome::kTimedOut:
      return "timed out";
    case Outcome::kSkipped:
      return "skipped";
  }
  return "";
}

struct Counts {
  size_t passed = 0, failed = 0, skipped = 0;
  void Add(Outcome outcome) {
    ++(outcome == Outcome::kPassed ? passed : outcome == Outcome::kSkipped ? skipped : failed);
  }
};

}  // namespace

size_t Report::Count(Outcome outcome) const {
  return static_cast<size_t>(
      std::count_if(results_.begin(), results_.end(),
                    [&](const ScenarioResult& result) { return result.outcome == outcome; }));
}

void Report::Print(bool verbose) const {
  std::map<std::string, Counts> folders;
  Counts all;
  for (size_t i = 0; i < results_.size(); ++i) {
    const ScenarioResult& result = results_[i];
    folders[Folder(scenarios_[i].feature_path)].Add(result.outcome);
    all.Add(result.outcome);
    const bool bad = result.outcome != Outcome::kPassed && result.outcome != Outcome::kSkipped;
    if (bad && (verbose || result.outcome != Outcome::kFailed)) {
      fmt::print("{}: {}:{} {}\n  {}\n", OutcomeName(result.outcome), scenarios_[i].feature_path,
                 scenarios_[i].line, scenarios_[i].FullName(), result.message);
    }
  }
  fmt::print("{:<44} {:>7} {:>7} {:>8}\n", "folder", "passed", "failed", "skipped");
  for (const auto& [folder, counts] : folders) {
    fmt::print("{:<44} {:>7} {:>7} {:>8}\n", folder, counts.passed, counts.failed, counts.skipped);
  }
  fmt::print("{} passed, {} failed, {} skipped\n", all.passed, all.failed, all.skipped);
}

Status Report::WriteJson(const std::string& path) const {
  nlohmann::json list = nlohmann::json::array();
  Counts all;
  for (size_t i = 0; i < results_.size(); ++i) {
    all.Add(results_[i].outcome);
    list.push_back({{"feature", scenarios_[i].feature_path},
                    {"scenario", scenarios_[i].FullName()},
                    {"line", scenarios_[i].line},
                    {"outcome", OutcomeName(results_[i].outcome)},
                    {"message", results_[i].message},
                    {"milliseconds", static_cast<double>(results_[i].time.count()) / 1000}});
  }
  const nlohmann::json document = {{"passed", all.passed},
                                   {"failed", all.failed},
                                   {"skipped", all.skipped},
                                   {"scenarios", std::move(list)}};
  std::ofstream out(path);
  // Messages may quote bytes that are no UTF-8.
  out << document.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  out.close();
  return out ? Status::Ok() : Status(StatusCode::kIo, "cannot write " + path);
}

}  // namespace gesta::tck
