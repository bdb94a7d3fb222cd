// Number and string literals as openCypher writes them.
#include "parse/literals.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

namespace gesta::parse {
namespace {

// Whether a float's text that does not fit into a double is too large (else it is too small and
// means zero): the decimal exponent of its first non-zero digit decides.
bool IsTooLarge(std::string_view text) {
  const size_t exponent_at = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, exponent_at);
  const size_t point = std::min(mantissa.find('.'), mantissa.size());
  const size_t first = mantissa.find_first_not_of("0.");
  if (first == std::string_view::npos) return false;
  if (exponent_at == std::string_view::npos) return first < point;
  std::string_view digits = text.substr(exponent_at + 1);
  if (digits.front() == '-') return false;
  if (digits.front() == '+') digits.remove_prefix(1);
  int64_t exponent = std::numeric_limits<int32_t>::max();
  std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
  const int64_t leading = static_cast<int64_t>(point) - static_cast<int64_t>(first);
  return exponent + leading > 0;
}

std::optional<uint32_t> HexDigits(std::string_view digits) {
  uint32_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

bool IsHighSurrogate(char32_t c) { return c >= 0xD800 && c <= 0xDBFF; }
bool IsLowSurrogate(char32_t c) { return c >= 0xDC00 && c <= 0xDFFF; }

// Reads the escapes of one string token.
class Unescaper {
 public:
  Unescaper(const SourceText& source, size_t begin, size_t end)
      : source_(source), at_(begin + 1), end_(end - 1) {}

  std::string Run() {
    const std::string_view text = source_.text();
    std::string out;
    out.reserve(end_ - at_);
    while (at_ < end_) {
      const size_t plain = std::min(text.find('\\', at_), end_);
      out.append(text.substr(at_, plain - at_));
      at_ = plain;
      if (at_ < end_) Escape(&out);
    }
    return out;
  }

 private:
  void Escape(std::string* out) {
    const char kind = source_.text()[at_ + 1];
    switch (kind) {
      case '\\':
      case '\'':
      case '"':
      case '`':
        out->push_back(kind);
        break;
      case 'b':
      case 'B':
        out->push_back('\b');
        break;
      case 'f':
      case 'F':
        out->push_back('\f');
        break;
      case 'n':
      case 'N':
        out->push_back('\n');
        break;
      case 'r':
      case 'R':
        out->push_back('\r');
        break;
      case 't':
      case 'T':
        out->push_back('\t');
        break;
      case 'u':
        Unicode(4, out);
        return;
      case 'U':
        Unicode(8, out);
        return;
      default:
        throw source_.Error("UnexpectedSyntax", "unknown escape in a string", at_,
                            "write \\\\ for a backslash");
    }
    at_ += 2;
  }

  // \uXXXX (two of them for a surrogate pair) or \UXXXXXXXX.
  void Unicode(size_t digits, std::string* out) {
    const size_t start = at_;
    char32_t code_point = Unit(digits);
    if (IsHighSurrogate(code_point) && digits == 4 && source_.text().substr(at_, 2) == "\\u" &&
        at_ + 6 <= end_) {
      const char32_t low = Unit(4);
      if (!IsLowSurrogate(low)) Reject(start);
      code_point = 0x10000 + ((code_point - 0xD800) << 10) + (low - 0xDC00);
    }
    if (code_point > 0x10FFFF || IsHighSurrogate(code_point) || IsLowSurrogate(code_point)) {
      Reject(start);
    }
    AppendUtf8(code_point, out);
  }

  char32_t Unit(size_t digits) {
    const size_t first = at_ + 2;
    if (first + digits > end_) Reject(at_);
    const std::optional<uint32_t> value = HexDigits(source_.text().substr(first, digits));
    if (!value) Reject(at_);
    at_ = first + digits;
    return *value;
  }

  [[noreturn]] void Reject(size_t at) const {
    throw source_.Error("InvalidUnicodeLiteral", "not a Unicode escape", at,
                        "write \\u and four hexadecimal digits, or \\U and eight");
  }

  const SourceText& source_;
  size_t at_;
  size_t end_;
};

}  // namespace

Value IntegerLiteral(const SourceText& source, size_t begin, size_t end, bool negative) {
  std::string_view digits = source.text().substr(begin, end - begin);
  int base = 10;
  if (digits.size() > 2 && digits[0] == '0') {
    base = digits[1] == 'x' || digits[1] == 'X' ? 16 : 8;
    digits.remove_prefix(2);
  }
  uint64_t magnitude = 0;
  const auto [stop, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
  constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
  if (error != std::errc() || magnitude > kMax + (negative ? 1 : 0)) {
    throw source.Error("IntegerOverflow",
                       "the integer " + std::string(negative ? "-" : "") +
                           std::string(source.text().substr(begin, end - begin)) +
                           " does not fit into 64 bits",
                       begin, base == 10 ? "write it as a float, e.g. with .0 at its end" : "");
  }
  return Value::Integer(static_cast<int64_t>(negative ? uint64_t{0} - magnitude : magnitude));
}

Value FloatLiteral(const SourceText& source, size_t begin, size_t end, bool negative) {
  const std::string_view text = source.text().substr(begin, end - begin);
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    if (IsTooLarge(text)) {
      throw source.Error("FloatingPointOverflow",
                         "the number " + std::string(text) + " is too large for a float", begin);
    }
    value = 0;
  }
  return Value::Float(negative ? -value : value);
}

std::string StringLiteral(const SourceText& source, size_t begin, size_t end) {
  return Unescaper(source, begin, end).Run();
}

std::string NameText(std::string_view token) {
  if (token.front() != '`') return std::string(token);
  std::string name;
  for (size_t i = 1; i + 1 < token.size(); ++i) {
    name.push_back(token[i]);
    if (token[i] == '`') ++i;  // `` stands for one
  }
  return name;
}

}  // namespace gesta::parse
