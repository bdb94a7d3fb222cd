// Lines of prompts and answers.
#ifndef GESTA_INFERENCE_LLM_TEXT_LINES_H_
#define GESTA_INFERENCE_LLM_TEXT_LINES_H_

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gesta::llm {

inline bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r'; }

inline std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

// Calls visit(line) for each line that is not blank, without blanks around it.
template <typename Visit>
void ForEachLine(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = Trim(text.substr(0, end));
    if (!line.empty()) visit(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// Takes "N." (or "N)", "N:") off the front.
inline std::optional<uint32_t> TakeNumber(std::string_view* line) {
  uint32_t number = 0;
  const char* end = line->data() + line->size();
  const auto [at, error] = std::from_chars(line->data(), end, number);
  if (error != std::errc() || at == end || (*at != '.' && *at != ')' && *at != ':')) return {};
  *line = Trim(line->substr(static_cast<size_t>(at - line->data()) + 1));
  return number;
}

}  // namespace gesta::llm

#endif  // GESTA_INFERENCE_LLM_TEXT_LINES_H_
