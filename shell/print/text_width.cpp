#include "print/text_width.h"

#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8proc.h>

namespace gesta::shell {
namespace {

struct Character {
  std::string_view bytes;
  int32_t code = -1;  // -1: no UTF-8
  size_t width = 1;
};

Character Take(std::string_view* text) {
  Character out;
  const auto first = static_cast<unsigned char>(text->front());
  if (first < 0x80) {
    out = {text->substr(0, 1), first, static_cast<size_t>(first < 0x20 || first == 0x7F ? 0 : 1)};
  } else {
    utf8proc_int32_t code = -1;
    const auto n = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text->data()),
                                    static_cast<utf8proc_ssize_t>(text->size()), &code);
    out.bytes = text->substr(0, n > 0 ? static_cast<size_t>(n) : 1);
    if (n > 0) {
      out.code = code;
      const int width = utf8proc_charwidth(code);
      out.width = width > 0 ? static_cast<size_t>(width) : 0;
    }
  }
  text->remove_prefix(out.bytes.size());
  return out;
}

}  // namespace

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) width += Take(&text).width;
  return width;
}

std::string CutToWidth(std::string_view text, size_t width) {
  std::string_view rest = text;
  size_t used = 0;
  size_t keep = 0;  // bytes that leave room for the …
  size_t at = 0;
  while (!rest.empty()) {
    const Character character = Take(&rest);
    used += character.width;
    at += character.bytes.size();
    if (used + 1 <= width) keep = at;
    if (used > width) return width == 0 ? std::string() : std::string(text.substr(0, keep)) + "…";
  }
  return std::string(text);
}

std::string OneLine(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character character = Take(&text);
    const bool control = character.code >= 0 && (character.code < 0x20 || character.code == 0x7F ||
                                                 (character.code >= 0x80 && character.code < 0xA0));
    if (character.code == '\n' || character.code == '\t' || character.code == '\r') {
      out += ' ';
    } else if (character.code < 0 || control) {
      out += "\xEF\xBF\xBD";
    } else {
      out += character.bytes;
    }
  }
  return out;
}

size_t TerminalWidth(int fd, size_t otherwise) {
  winsize size = {};
  if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return otherwise;
}

}  // namespace gesta::shell
