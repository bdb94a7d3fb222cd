#include "literal.h"

#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>

namespace gesta::shell {
namespace {

constexpr int kDeepestLiteral = 100;

// Every function leaves `at_` behind what it read, and gives nothing when there is no literal.
class LiteralParser {
 public:
  explicit LiteralParser(std::string_view text) : text_(text) {}

  std::optional<Value> Parse() {
    std::optional<Value> value = ParseValue(0);
    SkipBlanks();
    return at_ == text_.size() ? value : std::nullopt;
  }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void SkipBlanks() {
    while (std::isspace(static_cast<unsigned char>(Peek()))) ++at_;
  }
  bool Take(char c) {
    SkipBlanks();
    if (Peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }

  std::optional<Value> ParseValue(int depth) {
    if (depth > kDeepestLiteral) return std::nullopt;
    SkipBlanks();
    switch (Peek()) {
      case '\'':
      case '"': {
        const auto text = ParseString();
        return text ? std::optional<Value>(Value::String(*text)) : std::nullopt;
      }
      case '[':
        return ParseList(depth);
      case '{':
        return ParseMap(depth);
      default:
        return ParseWord();
    }
  }

  static void AppendUtf8(uint32_t code, std::string* out) {
    if (code < 0x80) {
      out->push_back(static_cast<char>(code));
    } else if (code < 0x800) {
      out->push_back(static_cast<char>(0xC0 | code >> 6));
      out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
    } else if (code < 0x10000) {
      out->push_back(static_cast<char>(0xE0 | code >> 12));
      out->push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
      out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
    } else {
      out->push_back(static_cast<char>(0xF0 | code >> 18));
      out->push_back(static_cast<char>(0x80 | (code >> 12 & 0x3F)));
      out->push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
      out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
    }
  }

  std::optional<uint32_t> ParseHex4() {
    uint32_t code = 0;
    if (at_ + 4 > text_.size()) return std::nullopt;
    const auto [end, error] = std::from_chars(&text_[at_], &text_[at_] + 4, code, 16);
    if (error != std::errc() || end != &text_[at_] + 4) return std::nullopt;
    at_ += 4;
    return code;
  }

  // \u and four hexadecimal digits; two of them for a surrogate pair, as JSON writes them.
  bool ParseUnicodeEscape(std::string* out) {
    auto code = ParseHex4();
    if (!code) return false;
    if (*code >= 0xD800 && *code < 0xDC00) {
      if (text_.substr(at_, 2) != "\\u") return false;
      at_ += 2;
      const auto low = ParseHex4();
      if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
      code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
    } else if (*code >= 0xDC00 && *code <= 0xDFFF) {
      return false;
    }
    AppendUtf8(*code, out);
    return true;
  }

  std::optional<std::string> ParseString() {
    const char quote = text_[at_++];
    std::string out;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == quote) return out;
      if (c != '\\') {
        out += c;
        continue;
      }
      if (at_ >= text_.size()) break;
      const char escaped = text_[at_++];
      switch (escaped) {
        case 'n':
          out += '\n';
          break;
        case 't':
          out += '\t';
          break;
        case 'r':
          out += '\r';
          break;
        case 'b':
          out += '\b';
          break;
        case 'f':
          out += '\f';
          break;
        case 'u':
          if (!ParseUnicodeEscape(&out)) return std::nullopt;
          break;
        case '\\':
        case '/':
        case '\'':
        case '"':
          out += escaped;
          break;
        default:
          return std::nullopt;
      }
    }
    return std::nullopt;
  }

  std::optional<Value> ParseList(int depth) {
    ++at_;
    List items;
    if (Take(']')) return Value::MakeList(std::move(items));
    do {
      auto item = ParseValue(depth + 1);
      if (!item) return std::nullopt;
      items.push_back(std::move(*item));
    } while (Take(','));
    if (!Take(']')) return std::nullopt;
    return Value::MakeList(std::move(items));
  }

  std::optional<Value> ParseMap(int depth) {
    ++at_;
    Map map;
    if (Take('}')) return Value::MakeMap(std::move(map));
    do {
      SkipBlanks();
      std::optional<std::string> key;
      if (Peek() == '\'' || Peek() == '"') {
        key = ParseString();
      } else {
        const size_t start = at_;
        while (std::isalnum(static_cast<unsigned char>(Peek())) || Peek() == '_') ++at_;
        if (at_ > start) key = std::string(text_.substr(start, at_ - start));
      }
      if (!key || !Take(':')) return std::nullopt;
      auto value = ParseValue(depth + 1);
      if (!value) return std::nullopt;
      map.Set(*key, std::move(*value));
    } while (Take(','));
    if (!Take('}')) return std::nullopt;
    return Value::MakeMap(std::move(map));
  }

  std::optional<Value> ParseWord() {
    const size_t start = at_;
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n,]}:").find(Peek()) == std::string::npos) {
      ++at_;
    }
    const std::string word(text_.substr(start, at_ - start));
    if (word == "null") return Value::Null();
    if (word == "true") return Value::Boolean(true);
    if (word == "false") return Value::Boolean(false);
    // Digits, or digits and a point or exponent: what strtod takes beyond that (hexadecimal, inf)
    // is no literal here.
    const size_t sign = !word.empty() && word[0] == '-' ? 1 : 0;
    if (word.find_first_not_of("0123456789.eE+-", sign) != std::string::npos ||
        word.size() == sign || !std::isdigit(static_cast<unsigned char>(word[sign]))) {
      return std::nullopt;
    }
    if (word.find_first_of(".eE") == std::string::npos) {
      int64_t number = 0;
      const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
      if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
      // A leading zero (a telephone number, an id) says that it is text.
      if (word.size() - sign > 1 && word[sign] == '0') return std::nullopt;
      return Value::Integer(number);
    }
    double number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
    return Value::Float(number);
  }

  std::string_view text_;
  size_t at_ = 0;
};

// Splits "30s" into 30 and "s".
std::optional<std::pair<double, std::string_view>> SplitQuantity(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !(number >= 0) || number > 1e18) return std::nullopt;
  std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  return std::make_pair(number, unit);
}

}  // namespace

Value ParseLiteralOrString(std::string_view text) {
  const std::optional<Value> value = LiteralParser(text).Parse();
  return value ? *value : Value::String(text);
}

Result<std::pair<std::string, Value>> ParseParameter(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return Status(StatusCode::kInvalidArgument,
                  "a parameter is written name=value, not `" + std::string(text) + "`");
  }
  std::string name(text.substr(0, equals));
  if (name[0] == '$') name.erase(0, 1);
  return std::make_pair(std::move(name), ParseLiteralOrString(text.substr(equals + 1)));
}

Result<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 5> kUnits = {
      {{"ms", 1}, {"s", 1000}, {"", 1000}, {"m", 60e3}, {"h", 3600e3}}};
  if (const auto quantity = SplitQuantity(text)) {
    for (const auto& [unit, factor] : kUnits) {
      if (quantity->second == unit && quantity->first * factor < 1e15) {
        return std::chrono::milliseconds(static_cast<int64_t>(quantity->first * factor));
      }
    }
  }
  return Status(StatusCode::kInvalidArgument, "no duration: `" + std::string(text) + "`",
                "write for instance 500ms, 30s, 2m or 1h");
}

Result<size_t> ParseByteSize(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 12> kUnits = {
      {{"", 1},
       {"B", 1},
       {"KiB", 1024.},
       {"MiB", 1024. * 1024},
       {"GiB", 1024. * 1024 * 1024},
       {"TiB", 1024. * 1024 * 1024 * 1024},
       {"K", 1024.},
       {"M", 1024. * 1024},
       {"G", 1024. * 1024 * 1024},
       {"kB", 1e3},
       {"MB", 1e6},
       {"GB", 1e9}}};
  if (const auto quantity = SplitQuantity(text)) {
    for (const auto& [unit, factor] : kUnits) {
      if (quantity->second == unit && quantity->first * factor < 1e18) {
        return static_cast<size_t>(quantity->first * factor);
      }
    }
  }
  return Status(StatusCode::kInvalidArgument, "no size: `" + std::string(text) + "`",
                "write for instance 64MiB or 1GiB");
}

}  // namespace gesta::shell
