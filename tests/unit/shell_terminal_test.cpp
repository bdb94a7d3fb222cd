// The shell as a person sees it: a pseudo-terminal types, and reads the screen.
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "support/temp_dir.h"

namespace gesta::shell {
namespace {

// What stands in the text without escape sequences and backspaces of the line editor.
std::string Visible(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b' && i + 1 < text.size() && text[i + 1] == '[') {
      i += 2;
      while (i < text.size() && !(text[i] >= '@' && text[i] <= '~')) ++i;
    } else if (text[i] != '\r' && text[i] != '\b') {
      out += text[i];
    }
  }
  return out;
}

class Terminal {
 public:
  explicit Terminal(const std::vector<std::string>& arguments, const std::string& home) {
    winsize size = {};
    size.ws_col = 80;
    size.ws_row = 40;
    pid_ = forkpty(&fd_, nullptr, nullptr, &size);
    if (pid_ == 0) {
      setenv("HOME", home.c_str(), 1);
      unsetenv("XDG_STATE_HOME");
      setenv("TERM", "xterm", 1);
      setenv("NO_COLOR", "1", 1);
      std::vector<char*> argv;
      for (const std::string& argument : arguments) {
        argv.push_back(const_cast<char*>(argument.c_str()));
      }
      argv.push_back(nullptr);
      execv(argv[0], argv.data());
      _exit(127);
    }
  }
  ~Terminal() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    close(fd_);
  }

  void Type(const std::string& keys) {
    REQUIRE(write(fd_, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
  }

  // Waits until `text` is on the screen after what an earlier call found.
  bool See(const std::string& text) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (true) {
      const std::string visible = Visible(screen_);
      const size_t found = visible.find(text, seen_);
      if (found != std::string::npos) {
        seen_ = found + text.size();
        return true;
      }
      if (std::chrono::steady_clock::now() > end || !ReadMore()) {
        UNSCOPED_INFO("waiting for `" << text << "`; the screen: " << visible.substr(seen_));
        return false;
      }
    }
  }

  int WaitForExit() {
    while (ReadMore()) {
    }
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  bool ReadMore() {
    pollfd polled = {fd_, POLLIN, 0};
    if (poll(&polled, 1, 200) == 0) return true;
    char buffer[4096];
    const ssize_t n = read(fd_, buffer, sizeof buffer);
    if (n <= 0) return false;  // the shell has ended
    screen_.append(buffer, static_cast<size_t>(n));
    return true;
  }

  int fd_ = -1;
  pid_t pid_ = -1;
  std::string screen_;
  size_t seen_ = 0;
};

TEST_CASE("the shell edits, completes, runs, cancels and remembers", "[shell]") {
  const test::TempDir folder;
  Terminal terminal({GESTA_BINARY, "shell", folder.path() + "/kb.gesta"}, folder.path());
  REQUIRE(terminal.See("new store"));
  REQUIRE(terminal.See("kb> "));

  terminal.Type("CREATE (:Action {text: 'run'});\n");
  CHECK(terminal.See("1 node created"));
  REQUIRE(terminal.See("kb> "));

  terminal.Type("MATCH (a:Act\t) RET\t a.te\t\n");
  CHECK(terminal.See("...> "));
  terminal.Type("LIMIT 1;\n");
  CHECK(terminal.See("a.text"));
  CHECK(terminal.See("run"));
  CHECK(terminal.See("1 row"));
  REQUIRE(terminal.See("kb> "));

  // Ctrl-C drops the line; at an empty prompt the second one says how to leave.
  terminal.Type("MATCH nonsense\x03");
  REQUIRE(terminal.See("kb> "));
  terminal.Type("\x03\x03");
  CHECK(terminal.See(".quit or Ctrl-D"));

  // Ctrl-C stops the statement, not the shell.
  terminal.Type("UNWIND range(1, 2000) AS a UNWIND range(1, 2000) AS b\n");
  REQUIRE(terminal.See("...> "));
  terminal.Type("UNWIND range(1, 2000) AS c RETURN sum(a * b + c);\n");
  CHECK(terminal.See("+ c);"));
  usleep(300000);
  terminal.Type("\x03");
  CHECK(terminal.See("cancelled"));
  REQUIRE(terminal.See("kb> "));

  terminal.Type("RETURN nope;\n");
  CHECK(terminal.See("error: SyntaxError"));
  terminal.Type("BEGIN;\n");
  CHECK(terminal.See("kb*> "));
  terminal.Type(".quit\n");
  CHECK(terminal.WaitForExit() == 0);

  std::ifstream history(folder.path() + "/.local/state/gesta/history");
  std::ostringstream text;
  text << history.rdbuf();
  CHECK(text.str().find("CREATE") != std::string::npos);
  CHECK(text.str().find("LIMIT") != std::string::npos);
}

}  // namespace
}  // namespace gesta::shell
