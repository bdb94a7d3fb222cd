#include "gesta/format/json_text.h"

#include <fmt/format.h>

#include <iterator>

#include "gesta/format/utf8.h"

namespace gesta::format {
namespace {

bool IsPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte != 0x7F && c != '"' && c != '\\';
}

void AppendEscaped(char c, std::string* out) {
  switch (c) {
    case '"':
      *out += "\\\"";
      return;
    case '\\':
      *out += "\\\\";
      return;
    case '\n':
      *out += "\\n";
      return;
    case '\r':
      *out += "\\r";
      return;
    case '\t':
      *out += "\\t";
      return;
    default:
      fmt::format_to(std::back_inserter(*out), "\\u{:04x}", static_cast<unsigned char>(c));
  }
}

// Well-formed UTF-8: runs of bytes that need no escape are copied at once.
void AppendValid(std::string_view text, std::string* out) {
  size_t from = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsPlain(text[i])) continue;
    out->append(text, from, i - from);
    AppendEscaped(text[i], out);
    from = i + 1;
  }
  out->append(text, from, text.size() - from);
}

}  // namespace

void AppendJsonString(std::string_view text, std::string* out) {
  out->push_back('"');
  while (true) {
    const size_t bad = FindInvalidUtf8(text);
    AppendValid(text.substr(0, bad), out);
    if (bad == std::string_view::npos) break;
    *out += "\xEF\xBF\xBD";
    text.remove_prefix(bad + 1);
  }
  out->push_back('"');
}

}  // namespace gesta::format
