#include "functions/text.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

namespace gesta::text {
namespace {

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }
bool IsAscii(std::string_view text) {
  for (char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

// Reads the code point at `at` into *code and returns its length in bytes. For a byte that starts
// no valid sequence: -1 and the length 1.
size_t Decode(std::string_view text, size_t at, utf8proc_int32_t* code) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at;
  const utf8proc_ssize_t n =
      utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size() - at), code);
  if (n > 0) return static_cast<size_t>(n);
  *code = -1;
  return 1;
}

void Append(utf8proc_int32_t code, std::string* out) {
  utf8proc_uint8_t bytes[4];
  const utf8proc_ssize_t n = utf8proc_encode_char(code, bytes);
  out->append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(n));
}

bool IsCased(utf8proc_int32_t code) {
  const utf8proc_category_t category = utf8proc_category(code);
  return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL ||
         category == UTF8PROC_CATEGORY_LT;
}

bool IsLetter(utf8proc_int32_t code) {
  return IsCased(code) || utf8proc_category(code) == UTF8PROC_CATEGORY_LM ||
         utf8proc_category(code) == UTF8PROC_CATEGORY_LO;
}

bool IsSpace(utf8proc_int32_t code) {
  if (code < 0) return false;
  if (code <= 0x20) return code == ' ' || (code >= 0x09 && code <= 0x0D) || code >= 0x1C;
  if (code == 0x85) return true;
  const utf8proc_category_t category = utf8proc_category(code);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP;
}

// A few lower-case letters have no single upper-case letter (ß, ﬁ, ΐ, ᾳ …). Unicode's mapping for
// all of them is: fold the case, which takes the letter apart, and raise each part.
void AppendUpper(utf8proc_int32_t code, std::string* out) {
  if (utf8proc_category(code) != UTF8PROC_CATEGORY_LU) {
    utf8proc_int32_t folded[8];
    int boundary = 0;
    const utf8proc_ssize_t n =
        utf8proc_decompose_char(code, folded, 8, UTF8PROC_CASEFOLD, &boundary);
    if (n > 1 && n <= 8) {
      for (utf8proc_ssize_t i = 0; i < n; ++i) Append(utf8proc_toupper(folded[i]), out);
      return;
    }
  }
  Append(utf8proc_toupper(code), out);
}

// Σ is ς at the end of a word: after a cased letter and before none.
bool IsFinalSigma(std::string_view text, size_t at, size_t end, bool after_letter) {
  if (!after_letter) return false;
  if (end >= text.size()) return true;
  utf8proc_int32_t next = 0;
  Decode(text, end, &next);
  return next < 0 || !IsLetter(next);
}

bool Matches(utf8proc_int32_t code, std::string_view bytes, const std::string_view* characters) {
  if (!characters) return IsSpace(code);
  for (size_t at = 0; at < characters->size();) {
    const size_t end = NextCodePoint(*characters, at);
    if (characters->substr(at, end - at) == bytes) return true;
    at = end;
  }
  return false;
}

}  // namespace

size_t CountCodePoints(std::string_view text) {
  size_t count = 0;
  for (char c : text) count += !IsContinuation(c);
  return count;
}

size_t NextCodePoint(std::string_view text, size_t at) {
  if (at < text.size()) ++at;
  while (at < text.size() && IsContinuation(text[at])) ++at;
  return at;
}

size_t CodePointOffset(std::string_view text, size_t n) {
  size_t at = 0;
  for (; n > 0 && at < text.size(); --n) at = NextCodePoint(text, at);
  return at;
}

std::string ToUpper(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  if (IsAscii(text)) {
    for (char c : text) out.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
    return out;
  }
  for (size_t at = 0; at < text.size();) {
    utf8proc_int32_t code = 0;
    const size_t length = Decode(text, at, &code);
    if (code < 0) {
      out.push_back(text[at]);
    } else {
      AppendUpper(code, &out);
    }
    at += length;
  }
  return out;
}

std::string ToLower(std::string_view text) {
  constexpr utf8proc_int32_t kSigma = 0x3A3;
  constexpr utf8proc_int32_t kDottedI = 0x130;
  std::string out;
  out.reserve(text.size());
  if (IsAscii(text)) {
    for (char c : text) out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
    return out;
  }
  bool after_letter = false;
  for (size_t at = 0; at < text.size();) {
    utf8proc_int32_t code = 0;
    const size_t length = Decode(text, at, &code);
    if (code < 0) {
      out.push_back(text[at]);
    } else if (code == kSigma && IsFinalSigma(text, at, at + length, after_letter)) {
      Append(0x3C2, &out);
    } else if (code == kDottedI) {
      out += "i\u0307";  // keeps the dot when it is raised again
    } else {
      Append(utf8proc_tolower(code), &out);
    }
    after_letter = code >= 0 && IsCased(code);
    at += length;
  }
  return out;
}

std::string Reverse(std::string_view text) {
  std::string out(text.size(), '\0');
  size_t to = text.size();
  for (size_t at = 0; at < text.size();) {
    const size_t end = NextCodePoint(text, at);
    to -= end - at;
    text.copy(&out[to], end - at, at);
    at = end;
  }
  return out;
}

std::string_view TrimLeft(std::string_view text, const std::string_view* characters) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = NextCodePoint(text, at);
    utf8proc_int32_t code = 0;
    Decode(text, at, &code);
    if (!Matches(code, text.substr(at, end - at), characters)) break;
    at = end;
  }
  return text.substr(at);
}

std::string_view TrimRight(std::string_view text, const std::string_view* characters) {
  size_t end = text.size();
  while (end > 0) {
    size_t at = end - 1;
    while (at > 0 && IsContinuation(text[at])) --at;
    utf8proc_int32_t code = 0;
    Decode(text, at, &code);
    if (!Matches(code, text.substr(at, end - at), characters)) break;
    end = at;
  }
  return text.substr(0, end);
}

Result<std::string> Normalize(std::string_view text, std::string_view form) {
  int options = UTF8PROC_STABLE;
  if (form == "NFC") {
    options |= UTF8PROC_COMPOSE;
  } else if (form == "NFD") {
    options |= UTF8PROC_DECOMPOSE;
  } else if (form == "NFKC") {
    options |= UTF8PROC_COMPOSE | UTF8PROC_COMPAT;
  } else if (form == "NFKD") {
    options |= UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT;
  } else {
    return Status(StatusCode::kInvalidArgument,
                  "'" + std::string(form) + "' is not a Unicode normal form",
                  "the forms are 'NFC', 'NFD', 'NFKC' and 'NFKD'");
  }
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t n = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                          static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                          static_cast<utf8proc_option_t>(options));
  std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  if (n < 0) {
    return Status(StatusCode::kInvalidArgument,
                  std::string("the text cannot be normalised: ") + utf8proc_errmsg(n));
  }
  return std::string(reinterpret_cast<const char*>(mapped), static_cast<size_t>(n));
}

}  // namespace gesta::text
