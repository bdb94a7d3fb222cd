#include "llm/fill_places.h"

namespace gesta::llm {

std::string FillPlaces(std::string_view text,
                       const std::function<bool(std::string_view place, std::string* out)>& value) {
  std::string filled;
  while (!text.empty()) {
    const size_t open = text.find('{');
    filled += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    const size_t close = text.find('}');
    if (close != std::string_view::npos && value(text.substr(1, close - 1), &filled)) {
      text.remove_prefix(close + 1);
    } else {
      filled += '{';
      text.remove_prefix(1);
    }
  }
  return filled;
}

std::string OneLine(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return line;
}

}  // namespace gesta::llm
