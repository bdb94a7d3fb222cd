// Ingest jobs that are killed at random moments and run again.
//
// The job runs in a process of its own, which is this test program started with one hidden test
// case: a forked child could not use RocksDB's threads.
#include "ingest_crash.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <sstream>
#include <thread>

extern char** environ;

namespace gesta::test {
namespace {

constexpr const char* kChildTest = "the ingest job of a crash test";

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Options as one text, and back. Names and values hold no such character.
constexpr char kSeparator = '\x1e';

std::string OptionText(const OptionMap& options) {
  std::string text;
  for (const auto& [name, value] : options) text += name + "=" + value + kSeparator;
  return text;
}

OptionMap OptionsOf(const std::string& text) {
  OptionMap options;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, kSeparator);) {
    const size_t equals = part.find('=');
    options[part.substr(0, equals)] = part.substr(equals + 1);
  }
  return options;
}

// Where the child says that it begins.
constexpr int kReadyDescriptor = 3;

// Runs the job on the store in a process, which is killed some time after it has begun; true if it
// had not ended by then.
bool RunAndKill(const std::string& store, const CrashJob& job,
                std::chrono::duration<double> after) {
  std::vector<std::string> variables = {
      "GESTA_CRASH_STORE=" + store, "GESTA_CRASH_KIND=" + job.kind, "GESTA_CRASH_PATH=" + job.path,
      "GESTA_CRASH_OPTIONS=" + OptionText(job.options),
      "GESTA_CRASH_BATCH=" + std::to_string(job.batch_changes)};
  std::vector<char*> environment;
  for (std::string& variable : variables) environment.push_back(variable.data());
  for (char** variable = environ; *variable != nullptr; ++variable) {
    environment.push_back(*variable);
  }
  environment.push_back(nullptr);
  int ready[2];
  REQUIRE(pipe2(ready, O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ready[1], kReadyDescriptor);
  std::string program = "/proc/self/exe", test = kChildTest, out = "--out", null = "/dev/null";
  char* arguments[] = {program.data(), test.data(), out.data(), null.data(), nullptr};
  pid_t child = 0;
  const int spawned =
      posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environment.data());
  posix_spawn_file_actions_destroy(&actions);
  close(ready[1]);
  REQUIRE(spawned == 0);
  char begun = 0;
  const bool has_begun = read(ready[0], &begun, 1) == 1;
  close(ready[0]);
  std::this_thread::sleep_for(after);
  kill(child, SIGKILL);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(has_begun);
  if (WIFSIGNALED(status)) return true;
  REQUIRE(WEXITSTATUS(status) == 0);
  return false;
}

}  // namespace

int CrashRounds(int standard) {
  const std::string rounds = Environment("GESTA_CRASH_ROUNDS");
  return rounds.empty() ? standard : std::atoi(rounds.c_str());
}

CrashOutcome CrashRound(const CrashJob& job, double seconds, unsigned seed,
                        const std::vector<std::string>& expected) {
  INFO("crash round of seed " << seed << " of the job " << job.kind);
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> moment(0, seconds);
  const TestFolder folder;
  CrashOutcome outcome;
  for (int i = 0; i < 3; ++i) {
    if (!RunAndKill(folder / "store", job, std::chrono::duration<double>(moment(random)))) break;
    ++outcome.killed;
    RequireConsistent(*OpenStore(folder / "store"));
  }
  const auto store = OpenStore(folder / "store");
  const IngestSummary last = Ingest(*store, job.kind, job.path, job.options, job.batch_changes);
  outcome.resumed = last.resumed || last.already_done;
  RequireConsistent(*store);
  REQUIRE(Dump(*store) == expected);
  return outcome;
}

void CrashAndCompare(const CrashJob& job, int rounds) {
  const TestFolder folder;
  const auto store = OpenStore(folder / "store");
  const auto started = std::chrono::steady_clock::now();
  Ingest(*store, job.kind, job.path, job.options, job.batch_changes);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
  const auto expected = Dump(*store);
  std::random_device random;
  // Until at least one kill came between two commits of the job: otherwise nothing was tested.
  constexpr int kManyRounds = 30;
  CrashOutcome all;
  for (int round = 0; round < rounds || (!all.resumed && round < kManyRounds); ++round) {
    const CrashOutcome outcome = CrashRound(job, taken.count(), random(), expected);
    all.killed += outcome.killed;
    all.resumed = all.resumed || (outcome.killed > 0 && outcome.resumed);
  }
  INFO("job " << job.kind << " in " << taken.count() << " s");
  CHECK(all.killed > 0);
  CHECK(all.resumed);
}

TEST_CASE("the ingest job of a crash test", "[.crash-child]") {
  const std::string path = Environment("GESTA_CRASH_STORE");
  if (path.empty()) return;
  const auto store = OpenStore(path);
  REQUIRE(write(kReadyDescriptor, "!", 1) == 1);
  Ingest(*store, Environment("GESTA_CRASH_KIND"), Environment("GESTA_CRASH_PATH"),
         OptionsOf(Environment("GESTA_CRASH_OPTIONS")),
         std::stoul(Environment("GESTA_CRASH_BATCH")));
}

}  // namespace gesta::test
