// Rounds that kill a process.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <sstream>

#include "crash/rounds.h"
#include "crash/writer.h"

namespace gesta::crash {
namespace {

using Clock = std::chrono::steady_clock;

class WritingProcess {
 public:
  WritingProcess() = default;
  WritingProcess(const WritingProcess&) = delete;
  WritingProcess& operator=(const WritingProcess&) = delete;
  ~WritingProcess() {
    if (output_ >= 0) close(output_);
  }

  // Runs this program anew: a copy made by fork alone would miss the threads of RocksDB.
  Status Start(std::vector<std::string> arguments) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return Failed("pipe", errno);
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
    return error == 0 ? Status::Ok() : Failed("posix_spawn", error);
  }

  // Reads the first acknowledgement. False when there is none.
  bool AwaitFirst(std::vector<Known>* known) { return Read(known); }

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
    // The last part of a millisecond.
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
  static Status Failed(const char* what, int error) {
    return Status(StatusCode::kIo, fmt::format("{}: {}", what, std::strerror(error)));
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

}  // namespace

Status KillRound(Run& run) {
  std::vector<std::string> arguments = {"write", run.path, "--seed", std::to_string(run.seed)};
  for (const Known& writer : run.known) {
    arguments.insert(arguments.end(), {"--position", std::to_string(writer.acknowledged)});
  }
  WritingProcess process;
  GESTA_RETURN_IF_ERROR(process.Start(std::move(arguments)));
  // One in five while it starts and opens the store.
  const bool early = run.Below(5) == 0;
  const auto longest_us = static_cast<uint64_t>(early ? 40 : run.longest_ms) * 1000;
  const std::chrono::microseconds life(run.Below(longest_us + 1));
  if (!early && !process.AwaitFirst(&run.known)) {
    return Status(StatusCode::kInternal, "the writing process ended before its first step");
  }
  GESTA_RETURN_IF_ERROR(process.KillAt(Clock::now() + life, &run.known));
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
