#include "style.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace gesta::shell {

bool ColourAllowed(int fd) {
  const char* declined = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return isatty(fd) != 0 && (declined == nullptr || *declined == '\0') &&
         (terminal == nullptr || std::string_view(terminal) != "dumb");
}

std::string ErrorText(const Status& status, bool colour) {
  return (colour ? "\x1b[1;31merror:\x1b[0m " : "error: ") + status.ToString() + "\n";
}

void PrintError(const Status& status) {
  const std::string text = "gesta: " + ErrorText(status, ColourAllowed(STDERR_FILENO));
  std::fwrite(text.data(), 1, text.size(), stderr);
}

std::string GroupDigits(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

}  // namespace gesta::shell
