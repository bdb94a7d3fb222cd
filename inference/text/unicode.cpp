#include "text/unicode.h"

#include <utf8proc.h>

#include <algorithm>

#include "gesta/format/utf8.h"

namespace gesta::text {

namespace {

utf8proc_category_t Category(uint32_t point) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(point));
}

bool IsCased(uint32_t point) {
  switch (Category(point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
      return true;
    default:
      return false;
  }
}

// Case_Ignorable: categories, and the word-internal punctuation of Word_Break.
bool IsCaseIgnorable(uint32_t point) {
  switch (Category(point)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK:
      return true;
    default:
      break;
  }
  static constexpr uint32_t kInsideWords[] = {0x27,   0x2E,   0x3A,   0xB7,   0x387,  0x55F,
                                              0x5F4,  0x2018, 0x2019, 0x2024, 0x2027, 0xFE13,
                                              0xFE52, 0xFE55, 0xFF07, 0xFF0E, 0xFF1A};
  return std::binary_search(std::begin(kInsideWords), std::end(kInsideWords), point);
}

bool IsFinalSigma(const CodePoints& points, size_t at) {
  size_t before = at;
  while (before > 0 && IsCaseIgnorable(points[before - 1])) --before;
  if (before == 0 || !IsCased(points[before - 1])) return false;
  size_t after = at + 1;
  while (after < points.size() && IsCaseIgnorable(points[after])) ++after;
  return after == points.size() || !IsCased(points[after]);
}

CodePoints Lower(const CodePoints& points, bool in_context) {
  CodePoints lower;
  lower.reserve(points.size());
  for (size_t i = 0; i < points.size(); ++i) {
    if (points[i] == 0x130) {
      lower.push_back('i');
      lower.push_back(0x307);
    } else if (in_context && points[i] == 0x3A3 && IsFinalSigma(points, i)) {
      lower.push_back(0x3C2);
    } else {
      lower.push_back(
          static_cast<uint32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(points[i]))));
    }
  }
  return lower;
}

CodePoints Decomposed(const CodePoints& points) {
  CodePoints result;
  result.reserve(points.size());
  for (const uint32_t point : points) {
    if (point < 0x80) {
      result.push_back(point);
      continue;
    }
    utf8proc_int32_t parts[32];
    int boundary = 0;
    const auto count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(point), parts, 32,
                                               UTF8PROC_DECOMPOSE, &boundary);
    for (utf8proc_ssize_t i = 0; i < count; ++i) result.push_back(static_cast<uint32_t>(parts[i]));
  }
  // Canonical order: marks by their combining class, stably.
  const auto combining = [](uint32_t point) {
    return utf8proc_get_property(static_cast<utf8proc_int32_t>(point))->combining_class;
  };
  for (size_t i = 0; i < result.size();) {
    if (result[i] < 0x300 || combining(result[i]) == 0) {
      ++i;
      continue;
    }
    size_t end = i;
    while (end < result.size() && combining(result[end]) != 0) ++end;
    std::stable_sort(result.begin() + static_cast<ptrdiff_t>(i),
                     result.begin() + static_cast<ptrdiff_t>(end),
                     [&](uint32_t a, uint32_t b) { return combining(a) < combining(b); });
    i = end;
  }
  return result;
}

}  // namespace

size_t CharacterSize(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

CodePoints Decode(std::string_view text) {
  CodePoints points;
  points.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const size_t size = std::min(CharacterSize(text[i]), text.size() - i);
    uint32_t point = size == 1 ? first : first & (0xFFu >> (size + 1));
    for (size_t k = 1; k < size; ++k) {
      point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3Fu);
    }
    points.push_back(point);
    i += size;
  }
  return points;
}

std::string Encode(const uint32_t* begin, const uint32_t* end) {
  std::string text;
  text.reserve(static_cast<size_t>(end - begin));
  for (; begin != end; ++begin) format::AppendUtf8(*begin, &text);
  return text;
}

bool IsSpace(uint32_t point) {
  if (point < 0x80) return point == ' ' || (point >= 0x9 && point <= 0xD);
  return point == 0x85 || point == 0xA0 || point == 0x1680 ||
         (point >= 0x2000 && point <= 0x200A) || point == 0x2028 || point == 0x2029 ||
         point == 0x202F || point == 0x205F || point == 0x3000;
}

bool IsLetter(uint32_t point) {
  const auto category = Category(point);
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

bool IsNumber(uint32_t point) {
  const auto category = Category(point);
  return category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
}

bool IsAsciiPunctuation(uint32_t point) {
  return (point >= 33 && point <= 47) || (point >= 58 && point <= 64) ||
         (point >= 91 && point <= 96) || (point >= 123 && point <= 126);
}

bool IsPunctuation(uint32_t point) {
  const auto category = Category(point);
  return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

bool IsNonspacingMark(uint32_t point) { return Category(point) == UTF8PROC_CATEGORY_MN; }

bool IsControl(uint32_t point) {
  const auto category = Category(point);
  return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
         category == UTF8PROC_CATEGORY_CO;
}

bool IsIdeograph(uint32_t point) {
  return (point >= 0x4E00 && point <= 0x9FFF) || (point >= 0x3400 && point <= 0x4DBF) ||
         (point >= 0x20000 && point <= 0x2A6DF) || (point >= 0x2A700 && point <= 0x2B73F) ||
         (point >= 0x2B740 && point <= 0x2B81F) || (point >= 0x2B920 && point <= 0x2CEAF) ||
         (point >= 0xF900 && point <= 0xFAFF) || (point >= 0x2F800 && point <= 0x2FA1F);
}

CodePoints ToLower(const CodePoints& points) { return Lower(points, false); }
CodePoints ToLowerInContext(const CodePoints& points) { return Lower(points, true); }
CodePoints Decompose(const CodePoints& points) { return Decomposed(points); }

CodePoints Compose(const CodePoints& points) {
  const bool plain =
      std::all_of(points.begin(), points.end(), [](uint32_t p) { return p < 0x300; });
  if (plain) return points;  // nothing below U+0300 composes with its neighbour
  CodePoints decomposed = Decomposed(points);
  std::vector<utf8proc_int32_t> buffer(decomposed.begin(), decomposed.end());
  buffer.push_back(0);
  const auto size =
      utf8proc_normalize_utf32(buffer.data(), static_cast<utf8proc_ssize_t>(decomposed.size()),
                               static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE));
  if (size < 0) return points;
  return CodePoints(buffer.begin(), buffer.begin() + size);
}

}  // namespace gesta::text
