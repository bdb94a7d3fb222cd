// Completion: what may stand at the cursor of the shell's line editor.
#ifndef GESTA_SHELL_COMPLETE_H_
#define GESTA_SHELL_COMPLETE_H_

#include <string>
#include <string_view>
#include <vector>

namespace gesta::shell {

// The names that a completion can choose from.
struct CompletionNames {
  std::vector<std::string> keywords;
  std::vector<std::string> labels;
  std::vector<std::string> types;
  std::vector<std::string> properties;
  std::vector<std::string> functions;
  std::vector<std::string> procedures;
  std::vector<std::string> aligners;
  std::vector<std::string> dot_commands;  // with the dot
  std::vector<std::string> modes;
};

struct Completion {
  size_t start = 0;                     // where the word that is completed begins
  std::vector<std::string> candidates;  // sorted, what replaces the word; functions end with "("
};

// `text`: the statement so far, up to the cursor (several lines perhaps). File paths are looked up
// after .read, .open, .import and .output.
Completion Complete(const CompletionNames& names, std::string_view text);

// The longest text that all candidates begin with, letter case apart (the first one's is taken).
std::string CommonPrefix(const std::vector<std::string>& candidates);

}  // namespace gesta::shell

#endif  // GESTA_SHELL_COMPLETE_H_
