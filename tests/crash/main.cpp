// gesta_crash_test: what was acknowledged survives a crash at any moment, and nothing is half
// there.
//
//   gesta_crash_test                    a process that writes is killed (SIGKILL), again and again
//   gesta_crash_test --vectors          the same, setting, searching and indexing vectors
//   gesta_crash_test --power-failure    the disk forgets what was not synced, inside this process
//   gesta_crash_test --disk-faults      the disk is full or has I/O errors, for a while
//
// After each crash the store is opened, its parts are checked against each other, and each writer's
// part of the graph is compared with the state after the last acknowledged step, or the one after
// that, which the crash may have overtaken on its way to whoever asked for it. Exit status: 0 when
// all rounds held, 1 when one did not (the store is kept), 2 for a usage error.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "crash/rounds.h"
#include "crash/vectors.h"
#include "support/temp_dir.h"

namespace {

using namespace gesta;  // NOLINT: a program's own file
using crash::Known;

struct Options {
  uint64_t rounds = 25;
  uint64_t seed = 1;
  int writers = 2;
  int longest_ms = 400;
  std::string folder;
  bool power_failure = false;
  bool torn = false;
  bool disk_faults = false;
  bool vectors = false;
};

Status RunRound(const Options& options, crash::Run& run) {
  if (options.disk_faults) return DiskFaultRound(run);
  if (options.power_failure) return PowerFailureRound(run, options.torn);
  return KillRound(run);
}

// Prints why a round failed, and keeps the store.
int Fail(const crash::Run& run, std::optional<test::TempDir>& temporary, std::string folder,
         const std::string& from, const Status& status) {
  fmt::print("round {} of seed {}, from steps{}: {}\n", run.round + 1, run.seed, from,
             status.ToString());
  if (temporary) {
    folder += "-kept";
    std::error_code ignored;
    std::filesystem::rename(temporary->path(), folder, ignored);
  }
  fmt::print("the store is kept in {}\nFAILED in round {}\n", folder, run.round + 1);
  return 1;
}

int RunRounds(const Options& options) {
  std::optional<test::TempDir> temporary;
  std::string folder = options.folder;
  if (folder.empty()) folder = temporary.emplace().path();
  crash::Run run;
  run.path = folder + "/store";
  run.seed = options.seed;
  run.longest_ms = options.longest_ms;
  run.random.seed(options.seed);
  if (options.vectors) {
    crash::VectorWorkload workload(options.seed);
    for (; run.round < options.rounds; ++run.round) {
      const std::string from = fmt::format(" {}", workload.position());
      const Status status = crash::VectorRound(run, &workload);
      if (!status.ok()) return Fail(run, temporary, folder, from, status);
    }
    fmt::print("{} rounds, {} commits of vectors acknowledged, 0 lost\n", options.rounds,
               workload.position());
    return 0;
  }
  for (int writer = 0; writer < options.writers; ++writer) {
    run.known.push_back({crash::Workload(options.seed, writer)});
  }
  for (; run.round < options.rounds; ++run.round) {
    std::string from;
    for (const Known& writer : run.known) {
      from += fmt::format(" {}", writer.workload.position());
    }
    const Status status = RunRound(options, run);
    if (status.ok()) continue;
    return Fail(run, temporary, folder, from, status);
  }
  uint64_t commits = 0;
  for (const Known& writer : run.known) commits += writer.commits;
  fmt::print("{} rounds, {} commits acknowledged, 0 lost\n", options.rounds, commits);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Kills a process that writes, or lets the disk fail, and looks for what is lost."};
  app.add_option("--rounds", options.rounds, "crashes")->check(CLI::PositiveNumber);
  app.add_option("--seed", options.seed, "of the work and of the moments of the crashes");
  app.add_option("--writers", options.writers, "threads that write")->check(CLI::Range(1, 64));
  app.add_option("--longest-ms", options.longest_ms, "that a process lives")
      ->check(CLI::Range(1, 60000));
  app.add_option("--folder", options.folder, "for the store; an empty one")
      ->check(CLI::ExistingDirectory);
  auto* power_failure = app.add_flag("--power-failure", options.power_failure,
                                     "instead of killing: drop what was not synced");
  app.add_flag("--torn", options.torn, "drop a random part of it")->needs(power_failure);
  app.add_flag("--disk-faults", options.disk_faults, "instead of killing: a full disk, I/O errors")
      ->excludes(power_failure);
  app.add_flag("--vectors", options.vectors, "kill a process that works on vectors")
      ->excludes(power_failure);

  uint64_t seed = 1;
  std::vector<uint64_t> positions;
  std::string store;
  CLI::App* write = app.add_subcommand("write", "what is killed: writes until it ends");
  write->add_option("STORE", store)->required();
  write->add_option("--seed", seed);
  write->add_option("--position", positions)->required();
  uint64_t vector_position = 0;
  CLI::App* vectors = app.add_subcommand("write-vectors", "what is killed with --vectors");
  vectors->add_option("STORE", store)->required();
  vectors->add_option("--seed", seed);
  vectors->add_option("--position", vector_position);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (vectors->parsed()) return crash::WriteVectorsUntilKilled(store, seed, vector_position);
  return write->parsed() ? crash::WriteUntilKilled(store, seed, positions) : RunRounds(options);
}
