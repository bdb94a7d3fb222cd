#include "crash/verify.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace gesta::crash {
namespace {

std::string Differences(const State& expected, const State& found) {
  std::string text;
  int lines = 0;
  auto list = [&](const State& all, const State& without, std::string_view what) {
    for (const std::string& line : all) {
      if (without.count(line) >= all.count(line) || ++lines > 20) continue;
      text += fmt::format("    {}: {}\n", what, line.substr(0, 200));
    }
  };
  list(expected, found, "missing");
  list(found, expected, "unexpected");
  return text;
}

}  // namespace

Status Verify(Database& database, Pending pending, std::vector<Known>* known) {
  GESTA_ASSIGN_OR_RETURN(const auto problems, database.store().Check(10));
  if (!problems.empty()) {
    std::string text = "the store contradicts itself:";
    for (const CheckProblem& problem : problems) text += "\n    " + problem.what;
    return Status(StatusCode::kCorruption, text);
  }
  for (Known& writer : *known) {
    GESTA_ASSIGN_OR_RETURN(const State found, ReadState(database, writer.workload.label()));
    const uint64_t before = writer.workload.commits();
    writer.workload.SkipTo(writer.acknowledged);
    writer.commits += writer.workload.commits() - before;
    const State expected = writer.workload.Expected();
    if (found == expected) continue;
    std::string text =
        fmt::format("{} has not the state after its {} acknowledged steps:\n{}",
                    writer.workload.label(), writer.acknowledged, Differences(expected, found));
    Workload next = writer.workload;
    next.Next();
    if (found == next.Expected()) {
      if (pending == Pending::kMayBeThere) {
        writer.workload = std::move(next);
        writer.acknowledged = writer.workload.position();
        continue;
      }
      text += "  but the one after the next, which failed\n";
    } else if (pending == Pending::kMayBeThere) {
      text += "  nor the one after the next:\n" + Differences(next.Expected(), found);
    }
    return Status(StatusCode::kCorruption, text);
  }
  return Status::Ok();
}

Status VerifyAt(const std::string& path, const DatabaseOptions& options, Pending pending,
                std::vector<Known>* known) {
  GESTA_ASSIGN_OR_RETURN(const auto database, Database::Open(path, options));
  return Verify(*database, pending, known);
}

}  // namespace gesta::crash
