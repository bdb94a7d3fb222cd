// gesta_crash_test: what was acknowledged survives a crash at any moment, and nothing is half
// there.
//
//   gesta_crash_test                    a process that writes is killed (SIGKILL), again and again
//   gesta_crash_test --power-failure    the disk forgets what was not synced, inside this process
//
// After each crash the store is opened, its parts are checked against each other, and each writer's
// part of the graph is compared with the state after the last acknowledged step, or the one after
// that, which the crash may have overtaken on its way to whoever asked for it. Exit status: 0 when
// all rounds held, 1 when one did not (the store is kept), 2 for a usage error.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <rocksdb/env.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "crash/workload.h"
#include "crash/writer.h"
#include "support/temp_dir.h"
#include "unit/store_fault_fs.h"

namespace {

using namespace gesta;         // NOLINT: a program's own file
using namespace gesta::crash;  // NOLINT
using Clock = std::chrono::steady_clock;

struct Options {
  uint64_t rounds = 25;
  uint64_t seed = 1;
  size_t writers = 2;
  int longest_ms = 400;  // that a writing process lives
  std::string folder;
  bool power_failure = false;
  bool torn = false;
};

// What is known of one writer.
struct Known {
  Workload workload;          // where the store is, as of the last look
  uint64_t acknowledged = 0;  // steps
  uint64_t commits = 0;       // among them
};

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

// Opens the store after a crash and looks for what was promised. Moves each workload to where the
// store is.
Status Verify(const std::string& path, const DatabaseOptions& options, std::vector<Known>* known) {
  GESTA_ASSIGN_OR_RETURN(const auto database, Database::Open(path, options));
  GESTA_ASSIGN_OR_RETURN(const auto problems, database->store().Check(10));
  if (!problems.empty()) {
    std::string text = "the store contradicts itself:";
    for (const CheckProblem& problem : problems) text += "\n    " + problem.what;
    return Status(StatusCode::kCorruption, text);
  }
  for (Known& writer : *known) {
    GESTA_ASSIGN_OR_RETURN(const State found, ReadState(*database, writer.workload.label()));
    const uint64_t before = writer.workload.commits();
    writer.workload.SkipTo(writer.acknowledged);
    writer.commits += writer.workload.commits() - before;
    const State expected = writer.workload.Expected();
    if (found == expected) continue;
    Workload next = writer.workload;
    next.Next();
    if (found != next.Expected()) {
      return Status(StatusCode::kCorruption,
                    fmt::format("{} has neither the state after its {} acknowledged steps:\n{}"
                                "  nor the one after the next:\n{}",
                                writer.workload.label(), writer.acknowledged,
                                Differences(expected, found), Differences(next.Expected(), found)));
    }
    writer.workload = std::move(next);
    writer.acknowledged = writer.workload.position();
  }
  return Status::Ok();
}

std::string Positions(const std::vector<Known>& known) {
  std::string text;
  for (const Known& writer : known) text += fmt::format("{} ", writer.workload.position());
  return text;
}

// -- killing a process --

// The killed process's main: it ends only by a failure. Each acknowledged step is one line on
// standard output, `writer position`.
int Write(const std::string& path, const WriterOptions& options) {
  auto database = Database::Open(path);
  if (!database.ok()) {
    fmt::print(stderr, "opening: {}\n", database.status().ToString());
    return 1;
  }
  const auto ends = RunWriters(**database, options, [](size_t writer, uint64_t position) {
    const std::string line = fmt::format("{} {}\n", writer, position);
    // Shorter than PIPE_BUF: written as a whole or not at all. A parent that is gone ends us.
    if (write(STDOUT_FILENO, line.data(), line.size()) < 0) _exit(1);
  });
  for (const Status& end : ends) {
    if (!end.ok()) fmt::print(stderr, "writing: {}\n", end.ToString());
  }
  return 1;
}

class WritingProcess {
 public:
  // Runs this program anew: a copy made by fork alone would miss the threads of RocksDB.
  Status Start(std::vector<std::string> arguments) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return Failed("pipe");
    output_ = ends[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    arguments.insert(arguments.begin(), "gesta_crash_test");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const int error = posix_spawn(&pid_, "/proc/self/exe", &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (error == 0) return Status::Ok();
    errno = error;
    return Failed("posix_spawn");
  }
  ~WritingProcess() {
    if (output_ >= 0) close(output_);
  }

  // Reads acknowledgements until `until`, kills the process, and reads the rest. An error when the
  // process ended by itself.
  Status KillAt(Clock::time_point until, std::vector<Known>* known) {
    for (;;) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
      if (left <= 0) break;
      pollfd wait{output_, POLLIN, 0};
      if (poll(&wait, 1, static_cast<int>(left)) > 0 && !Read(known)) break;
    }
    // A part of a millisecond, for moments that no clock tick precedes.
    while (Clock::now() < until) {
    }
    kill(pid_, SIGKILL);
    while (Read(known)) {
    }
    int status = 0;
    waitpid(pid_, &status, 0);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return Status::Ok();
    return Status(StatusCode::kInternal, "the writing process ended by itself");
  }

 private:
  static Status Failed(const char* what) {
    return Status(StatusCode::kIo, fmt::format("{}: {}", what, std::strerror(errno)));
  }

  // False at the end of the output.
  bool Read(std::vector<Known>* known) {
    std::array<char, 4096> bytes;
    const ssize_t n = read(output_, bytes.data(), bytes.size());
    if (n <= 0) return n < 0 && errno == EINTR;
    text_.append(bytes.data(), static_cast<size_t>(n));
    size_t begin = 0;
    for (size_t end; (end = text_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      std::istringstream line(text_.substr(begin, end - begin));
      size_t writer = 0;
      uint64_t position = 0;
      if (line >> writer >> position && writer < known->size()) {
        (*known)[writer].acknowledged = position;
      }
    }
    text_.erase(0, begin);
    return true;
  }

  pid_t pid_ = -1;
  int output_ = -1;
  std::string text_;
};

Status KillRound(const Options& options, const std::string& path, std::mt19937_64& random,
                 std::vector<Known>* known) {
  WritingProcess process;
  std::vector<std::string> arguments = {"write", path, "--seed", std::to_string(options.seed)};
  for (const Known& writer : *known) {
    arguments.insert(arguments.end(), {"--position", std::to_string(writer.acknowledged)});
  }
  const auto start = Clock::now();
  GESTA_RETURN_IF_ERROR(process.Start(std::move(arguments)));
  // One in five while it starts and opens the store.
  const int longest = random() % 5 == 0 ? std::min(40, options.longest_ms) : options.longest_ms;
  const std::chrono::microseconds life(random() % (static_cast<uint64_t>(longest) * 1000 + 1));
  GESTA_RETURN_IF_ERROR(process.KillAt(start + life, known));
  return Verify(path, {}, known);
}

// -- a disk that forgets --

struct Disk {
  std::shared_ptr<test::FaultFileSystem> files = std::make_shared<test::FaultFileSystem>();
  std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(files);
};

Status PowerFailureRound(const Options& options, const std::string& path, Disk& disk,
                         std::mt19937_64& random, std::vector<Known>* known) {
  DatabaseOptions open;
  open.store.env = disk.env.get();
  WriterOptions writing;
  writing.seed = options.seed;
  for (const Known& writer : *known) writing.positions.push_back(writer.acknowledged);
  const int operations = random() % 5 == 0 ? 60 : 900;
  disk.files->FailAt(static_cast<int>(random() % static_cast<uint64_t>(operations)),
                     rocksdb::IOStatus::IOError("the power failed"), /*persistent=*/true);
  {
    auto database = Database::Open(path, open);
    std::vector<Status> ends = {database.status()};
    if (database.ok()) {
      ends = RunWriters(**database, writing, [&](size_t writer, uint64_t position) {
        (*known)[writer].acknowledged = position;  // each thread its own
      });
    }
    for (const Status& end : ends) {
      if (!end.ok() && end.code() != StatusCode::kIo) {
        return end.WithContext("not the error of a disk that fails");
      }
    }
  }
  std::mt19937 torn(static_cast<uint32_t>(random()));
  disk.files->DropUnsynced(options.torn ? &torn : nullptr);
  disk.files->StopFailing();
  return Verify(path, open, known);
}

int RunRounds(const Options& options) {
  std::optional<test::TempDir> temporary;
  std::string folder = options.folder;
  if (folder.empty()) folder = temporary.emplace().path();
  const std::string path = folder + "/store";
  std::mt19937_64 random(options.seed);
  std::vector<Known> known;
  for (size_t writer = 0; writer < options.writers; ++writer) {
    known.push_back({Workload(options.seed, static_cast<int>(writer))});
  }
  Disk disk;
  for (uint64_t round = 1; round <= options.rounds; ++round) {
    const std::string from = Positions(known);
    const Status status = options.power_failure
                              ? PowerFailureRound(options, path, disk, random, &known)
                              : KillRound(options, path, random, &known);
    if (!status.ok()) {
      fmt::print("round {}, seed {}, from steps {}: {}\n", round, options.seed, from,
                 status.ToString());
      if (temporary) {
        folder = fmt::format("{}-kept", folder);
        std::error_code ignored;
        std::filesystem::rename(temporary->path(), folder, ignored);
      }
      fmt::print("the store is kept in {}\nFAILED in round {}\n", folder, round);
      return 1;
    }
  }
  uint64_t commits = 0;
  for (const Known& writer : known) commits += writer.commits;
  fmt::print("{} rounds, {} commits acknowledged, 0 lost\n", options.rounds, commits);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Kills a process that writes, or lets the disk forget, and looks for what is lost."};
  app.add_option("--rounds", options.rounds, "crashes")->check(CLI::PositiveNumber);
  app.add_option("--seed", options.seed, "of the work and of the moments of the crashes");
  app.add_option("--writers", options.writers, "threads that write")->check(CLI::Range(1, 64));
  app.add_option("--longest-ms", options.longest_ms, "that a process lives")
      ->check(CLI::Range(1, 60000));
  app.add_option("--folder", options.folder, "for the store; an empty or new one")
      ->check(CLI::ExistingDirectory);
  app.add_flag("--power-failure", options.power_failure,
               "instead of killing: drop what was not synced");
  app.add_flag("--torn", options.torn, "with --power-failure: drop a random part of it");

  WriterOptions writing;
  std::string store;
  CLI::App* write = app.add_subcommand("write", "what is killed: writes until it ends");
  write->add_option("STORE", store)->required();
  write->add_option("--seed", writing.seed);
  write->add_option("--position", writing.positions)->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return write->parsed() ? Write(store, writing) : RunRounds(options);
}
