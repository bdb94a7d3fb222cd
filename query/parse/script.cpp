// SplitScript: finds the semicolons that end statements.
#include "gesta/script.h"

#include <algorithm>

namespace gesta {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// The end of the string, quoted name or comment that starts at `at`; `at` itself if none does.
size_t SkipOpaque(std::string_view script, size_t at) {
  const char c = script[at];
  if (c == '\'' || c == '"' || c == '`') {
    for (size_t i = at + 1; i < script.size(); ++i) {
      if (script[i] == '\\' && c != '`') {
        ++i;
      } else if (script[i] == c) {
        return i + 1;
      }
    }
    return script.size();
  }
  if (script.substr(at, 2) == "//") return std::min(script.find('\n', at), script.size());
  if (script.substr(at, 2) == "/*") {
    const size_t end = script.find("*/", at + 2);
    return end == std::string_view::npos ? script.size() : end + 2;
  }
  return at;
}

bool IsComment(std::string_view script, size_t at) { return script[at] == '/'; }

}  // namespace

std::vector<StatementText> SplitScript(std::string_view script) {
  constexpr size_t kNone = std::string_view::npos;
  std::vector<StatementText> statements;
  size_t first = kNone;  // the statement's first byte that is neither blank nor comment
  size_t last = 0;       // one past its last such byte
  const auto finish = [&](bool terminated) {
    if (first == kNone) return;
    StatementText statement;
    statement.text = script.substr(first, last - first);
    statement.line =
        1 + static_cast<int>(std::count(script.begin(),
                                        script.begin() + static_cast<std::ptrdiff_t>(first), '\n'));
    statement.terminated = terminated;
    statements.push_back(statement);
    first = kNone;
  };
  for (size_t at = 0; at < script.size();) {
    const size_t end = SkipOpaque(script, at);
    const bool comment = end > at && IsComment(script, at);
    if (end == at && script[at] == ';') {
      finish(true);
    } else if (!comment && !(end == at && IsBlank(script[at]))) {
      if (first == kNone) first = at;
      last = std::max(end, at + 1);
    }
    at = std::max(end, at + 1);
  }
  finish(false);
  return statements;
}

}  // namespace gesta
