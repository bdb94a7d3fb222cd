// UTF-8 decoding with validation, and errors that carry their line, column and source line.
#include "parse/source_text.h"

#include <algorithm>
#include <utility>

namespace gesta::parse {
namespace {

bool IsContinuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// Length in bytes of the well-formed sequence at `at` and its code point; 0: not well-formed
// (overlong forms, surrogates and values beyond U+10FFFF included).
size_t DecodeOne(std::string_view text, size_t at, char32_t* code_point) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    *code_point = lead;
    return 1;
  }
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() - at < length) return 0;
  char32_t value = lead & (0xFF >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(byte(i))) return 0;
    value = (value << 6) | (byte(i) & 0x3F);
  }
  if ((length == 3 && value < 0x800) || (length == 4 && value < 0x10000) || value > 0x10FFFF ||
      (value >= 0xD800 && value <= 0xDFFF)) {
    return 0;
  }
  *code_point = value;
  return length;
}

}  // namespace

SourceText::SourceText(std::string_view text) : text_(text) { Decode(); }

void SourceText::Decode() {
  const bool ascii = std::all_of(text_.begin(), text_.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) {
    characters_.assign(text_.begin(), text_.end());
    return;
  }
  characters_.reserve(text_.size());
  offsets_.reserve(text_.size() + 1);
  for (size_t at = 0; at < text_.size();) {
    char32_t code_point = 0;
    const size_t length = DecodeOne(text_, at, &code_point);
    if (length == 0) {
      throw Error("InvalidUnicodeCharacter",
                  "the statement is not valid UTF-8 at byte " + std::to_string(at), at,
                  "save the text as UTF-8");
    }
    offsets_.push_back(static_cast<uint32_t>(at));
    characters_.push_back(code_point);
    at += length;
  }
  offsets_.push_back(static_cast<uint32_t>(text_.size()));
}

SyntaxFailure SourceText::Error(std::string detail, std::string message, size_t byte,
                                std::string hint) const {
  byte = std::min(byte, text_.size());
  const std::string_view before = text_.substr(0, byte);
  const size_t line_break = before.rfind('\n');
  const size_t line_begin = line_break == std::string_view::npos ? 0 : line_break + 1;
  size_t line_end = std::min(text_.find('\n', byte), text_.size());
  if (line_end > line_begin && text_[line_end - 1] == '\r') --line_end;

  ErrorInfo info;
  info.code = StatusCode::kSyntax;
  info.message = std::move(message);
  info.hint = std::move(hint);
  info.phase = ErrorPhase::kCompile;
  info.type = "SyntaxError";
  info.detail = std::move(detail);
  info.line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  info.column = 1 + static_cast<int>(std::count_if(
                        before.begin() + static_cast<std::ptrdiff_t>(line_begin), before.end(),
                        [](char c) { return !IsContinuation(static_cast<unsigned char>(c)); }));
  info.source_line = std::string(text_.substr(line_begin, line_end - line_begin));
  return {Status(std::move(info))};
}

void AppendUtf8(char32_t code_point, std::string* out) {
  const auto tail = [&](int shift) {
    out->push_back(static_cast<char>(0x80 | ((code_point >> shift) & 0x3F)));
  };
  if (code_point < 0x80) {
    out->push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (code_point >> 6)));
    tail(0);
  } else if (code_point < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | (code_point >> 12)));
    tail(6);
    tail(0);
  } else {
    out->push_back(static_cast<char>(0xF0 | (code_point >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace gesta::parse
