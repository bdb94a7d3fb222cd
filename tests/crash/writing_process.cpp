#include "crash/writing_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <sstream>

namespace gesta::crash {
namespace {

using Clock = std::chrono::steady_clock;

Status Failed(const char* what, int error) {
  return Status(StatusCode::kIo, fmt::format("{}: {}", what, std::strerror(error)));
}

}  // namespace

WritingProcess::~WritingProcess() {
  if (output_ >= 0) close(output_);
}

Status WritingProcess::Start(std::vector<std::string> arguments) {
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

Status WritingProcess::KillAt(Clock::time_point until) {
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) break;
    pollfd wait{output_, POLLIN, 0};
    if (poll(&wait, 1, static_cast<int>(left)) > 0 && !Read()) break;
  }
  // The last part of a millisecond.
  while (Clock::now() < until) {
  }
  kill(pid_, SIGKILL);
  while (Read()) {
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return Status::Ok();
  return Status(StatusCode::kInternal, "the writing process ended by itself");
}

bool WritingProcess::Read() {
  std::array<char, 4096> bytes;
  const ssize_t n = read(output_, bytes.data(), bytes.size());
  if (n <= 0) return n < 0 && errno == EINTR;
  text_.append(bytes.data(), static_cast<size_t>(n));
  size_t begin = 0;
  for (size_t end; (end = text_.find('\n', begin)) != std::string::npos; begin = end + 1) {
    std::istringstream line(text_.substr(begin, end - begin));
    size_t writer = 0;
    uint64_t position = 0;
    if (line >> writer >> position) acknowledge_(writer, position);
  }
  text_.erase(0, begin);
  return true;
}

}  // namespace gesta::crash
