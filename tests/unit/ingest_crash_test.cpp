// Ingest jobs that are killed at random moments and run again.
//
// The job runs in a process of its own, which is this test program started with one hidden test
// case: a forked child could not use RocksDB's threads.
#include "ingest_crash_test.h"

#include <spawn.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

extern char** environ;

namespace gesta::test {
namespace {

constexpr const char* kChildTest = "the ingest job of a crash test";

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Runs the job on the store in a process; true if it was killed before it ended.
bool RunAndKill(const std::string& store, const std::string& kind, const std::string& path,
                size_t batch_changes, std::chrono::duration<double> after) {
  std::vector<std::string> variables = {"GESTA_CRASH_STORE=" + store, "GESTA_CRASH_KIND=" + kind,
                                        "GESTA_CRASH_PATH=" + path,
                                        "GESTA_CRASH_BATCH=" + std::to_string(batch_changes)};
  std::vector<char*> environment;
  for (std::string& variable : variables) environment.push_back(variable.data());
  for (char** variable = environ; *variable != nullptr; ++variable) {
    environment.push_back(*variable);
  }
  environment.push_back(nullptr);
  std::string program = "/proc/self/exe", test = kChildTest, out = "--out", null = "/dev/null";
  char* arguments[] = {program.data(), test.data(), out.data(), null.data(), nullptr};
  pid_t child = 0;
  REQUIRE(posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments, environment.data()) ==
          0);
  std::this_thread::sleep_for(after);
  kill(child, SIGKILL);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  if (WIFSIGNALED(status)) return true;
  REQUIRE(WEXITSTATUS(status) == 0);
  return false;
}

}  // namespace

int CrashRounds(int standard) {
  const std::string rounds = Environment("GESTA_CRASH_ROUNDS");
  return rounds.empty() ? standard : std::atoi(rounds.c_str());
}

int CrashRound(const std::string& kind, const std::string& path, size_t batch_changes,
               double seconds, unsigned seed, const std::vector<std::string>& expected) {
  INFO("crash round of seed " << seed);
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> moment(0, seconds);
  const TestFolder folder;
  int killed = 0;
  for (int i = 0; i < 3; ++i) {
    if (!RunAndKill(folder / "store", kind, path, batch_changes,
                    std::chrono::duration<double>(moment(random)))) {
      break;
    }
    ++killed;
    RequireConsistent(*OpenStore(folder / "store"));
  }
  const auto store = OpenStore(folder / "store");
  Ingest(*store, kind, path, {}, batch_changes);
  RequireConsistent(*store);
  REQUIRE(Dump(*store) == expected);
  return killed;
}

TEST_CASE("the ingest job of a crash test", "[.crash-child]") {
  const std::string path = Environment("GESTA_CRASH_STORE");
  if (path.empty()) return;
  const auto store = OpenStore(path);
  Ingest(*store, Environment("GESTA_CRASH_KIND"), Environment("GESTA_CRASH_PATH"), {},
         std::stoul(Environment("GESTA_CRASH_BATCH")));
}

TEST_CASE("a killed ingest run again ends in the same state", "[ingest]") {
  const std::string data = GESTA_SOURCE_DIR "/data";
  const TestFolder folder;
  const auto started = std::chrono::steady_clock::now();
  const auto store = OpenStore(folder / "store");
  Ingest(*store, "demo", data, {}, 200);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
  const auto expected = Dump(*store);
  std::random_device random;
  int killed = 0;
  for (int round = 0; round < CrashRounds(4); ++round) {
    killed += CrashRound("demo", data, 200, taken.count(), random(), expected);
  }
  // Otherwise nothing was tested.
  CHECK(killed > 0);
}

}  // namespace gesta::test
