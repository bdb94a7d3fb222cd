#include "align/json_text.h"

#include <cmath>

namespace gesta::align {
namespace {

void Append(const Value& value, std::string* text) {
  switch (value.type()) {
    case ValueType::kNull:
      *text += "null";
      return;
    case ValueType::kBoolean:
    case ValueType::kInteger:
      *text += ToText(value, false);
      return;
    case ValueType::kFloat:
      *text +=
          std::isfinite(value.AsFloat()) ? ToText(value, false) : JsonQuote(ToText(value, false));
      return;
    case ValueType::kString:
      *text += JsonQuote(value.AsString());
      return;
    case ValueType::kList: {
      *text += '[';
      bool first = true;
      for (const Value& item : value.AsList()) {
        if (!first) *text += ", ";
        first = false;
        Append(item, text);
      }
      *text += ']';
      return;
    }
    case ValueType::kMap: {
      *text += '{';
      bool first = true;
      for (const auto& [key, item] : value.AsMap()) {
        if (!first) *text += ", ";
        first = false;
        *text += JsonQuote(key) + ": ";
        Append(item, text);
      }
      *text += '}';
      return;
    }
    default:
      *text += JsonQuote(ToText(value, false));
  }
}

}  // namespace

std::string JsonQuote(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      quoted += "\\u00";
      quoted += kHex[c >> 4];
      quoted += kHex[c & 0xF];
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string JsonText(const Value& value) {
  std::string text;
  Append(value, &text);
  return text;
}

}  // namespace gesta::align
