#include "draw/characters.h"

#include <utf8proc.h>

#include "draw/stroke_font.h"
#include "gesta/format/utf8.h"

namespace gesta::draw {
namespace {

std::string ToUtf8(const std::vector<uint32_t>& codes) {
  std::string text;
  for (const uint32_t code : codes) format::AppendUtf8(code, &text);
  return text;
}

double Width(const std::vector<uint32_t>& codes, double size) {
  double width = 0;
  for (const uint32_t code : codes) width += CharacterAdvance(code);
  return width * size;
}

}  // namespace

std::vector<uint32_t> Characters(std::string_view text) {
  constexpr uint32_t kReplacement = 0xFFFD;
  std::vector<uint32_t> codes;
  codes.reserve(text.size());
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  for (size_t at = 0; at < text.size();) {
    utf8proc_int32_t code = 0;
    const utf8proc_ssize_t length =
        utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &code);
    if (length <= 0) {
      codes.push_back(kReplacement);
      ++at;
      continue;
    }
    at += static_cast<size_t>(length);
    if (code == '\t' || code == '\n' || code == '\r') code = ' ';
    const bool is_shown =
        code >= 0x20 && !(code >= 0x7F && code < 0xA0) && code != 0xFFFE && code != 0xFFFF;
    codes.push_back(is_shown ? static_cast<uint32_t>(code) : kReplacement);
  }
  return codes;
}

double TextWidth(std::string_view text, double size) { return Width(Characters(text), size); }

std::vector<std::string> WrapText(std::string_view text, double size, double width, size_t lines) {
  constexpr uint32_t kEllipsis = 0x2026;
  std::vector<std::string> wrapped;
  std::vector<uint32_t> rest = Characters(text);
  while (!rest.empty() && wrapped.size() < lines) {
    const bool is_last = wrapped.size() + 1 == lines;
    size_t fits = 0;  // characters
    double used = 0;
    const double limit =
        width - (is_last && Width(rest, size) > width ? CharacterAdvance(kEllipsis) * size : 0);
    while (fits < rest.size() && used + CharacterAdvance(rest[fits]) * size <= limit) {
      used += CharacterAdvance(rest[fits++]) * size;
    }
    if (fits == 0) fits = 1;
    std::vector<uint32_t> line(rest.begin(), rest.begin() + static_cast<ptrdiff_t>(fits));
    size_t taken = fits;
    if (fits < rest.size() && is_last) {
      while (!line.empty() && line.back() == ' ') line.pop_back();
      line.push_back(kEllipsis);
      taken = rest.size();
    } else if (fits < rest.size()) {
      // At the last blank of the line, or right behind it.
      size_t blank = rest[fits] == ' ' ? fits : fits - 1;
      while (blank > 0 && rest[blank] != ' ') --blank;
      if (blank > 0) {
        line.resize(blank);
        taken = blank + 1;
      }
    }
    wrapped.push_back(ToUtf8(line));
    rest.erase(rest.begin(), rest.begin() + static_cast<ptrdiff_t>(taken));
  }
  return wrapped;
}

}  // namespace gesta::draw
