// Rounds that kill a process.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

#include "crash/rounds.h"
#include "crash/writer.h"
#include "crash/writing_process.h"

namespace gesta::crash {

using Clock = std::chrono::steady_clock;

Status KillRound(Run& run) {
  std::vector<std::string> arguments = {"write", run.path, "--seed", std::to_string(run.seed)};
  for (const Known& writer : run.known) {
    arguments.insert(arguments.end(), {"--position", std::to_string(writer.acknowledged)});
  }
  WritingProcess process([&](size_t writer, uint64_t position) {
    if (writer < run.known.size()) run.known[writer].acknowledged = position;
  });
  GESTA_RETURN_IF_ERROR(process.Start(std::move(arguments)));
  // One in five while it starts and opens the store.
  const bool early = run.Below(5) == 0;
  const auto longest_us = static_cast<uint64_t>(early ? 40 : run.longest_ms) * 1000;
  const std::chrono::microseconds life(run.Below(longest_us + 1));
  if (!early && !process.AwaitFirst()) {
    return Status(StatusCode::kInternal, "the writing process ended before its first step");
  }
  GESTA_RETURN_IF_ERROR(process.KillAt(Clock::now() + life));
  return VerifyAt(run.path, {}, Pending::kMayBeThere, &run.known);
}

int WriteUntilKilled(const std::string& path, uint64_t seed, std::vector<uint64_t> positions) {
  auto database = Database::Open(path);
  if (!database.ok()) {
    fmt::print(stderr, "opening: {}\n", database.status().ToString());
    return 1;
  }
  const WriterOptions options{seed, std::move(positions)};
  const auto ends = RunWriters(**database, options, [](size_t writer, uint64_t position) {
    const std::string line = fmt::format("{} {}\n", writer, position);
    // Shorter than PIPE_BUF: written as a whole or not at all. Without a parent there is no test.
    return write(STDOUT_FILENO, line.data(), line.size()) > 0;
  });
  for (const Status& end : ends) {
    if (!end.ok()) fmt::print(stderr, "writing: {}\n", end.ToString());
  }
  return 1;
}

}  // namespace gesta::crash
