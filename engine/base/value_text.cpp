// Values as text: ToText, FloatToText, QuoteName. Temporal values: temporal_text.cpp.
#include <charconv>
#include <cmath>

#include "gesta/value.h"

namespace gesta {
namespace {

void AppendQuoted(std::string_view text, std::string* out) {
  out->push_back('\'');
  for (char c : text) {
    switch (c) {
      case '\'':
        *out += "\\'";
        break;
      case '\\':
        *out += "\\\\";
        break;
      case '\n':
        *out += "\\n";
        break;
      case '\r':
        *out += "\\r";
        break;
      case '\t':
        *out += "\\t";
        break;
      case '\b':
        *out += "\\b";
        break;
      case '\f':
        *out += "\\f";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          constexpr char kHex[] = "0123456789abcdef";
          *out += "\\u00";
          out->push_back(kHex[(c >> 4) & 0xF]);
          out->push_back(kHex[c & 0xF]);
        } else {
          out->push_back(c);
        }
    }
  }
  out->push_back('\'');
}

void Append(const Value& value, bool quote, std::string* out);

void AppendMap(const Map& map, std::string* out) {
  out->push_back('{');
  bool first = true;
  for (const MapEntry& entry : map) {
    if (!first) *out += ", ";
    first = false;
    *out += QuoteName(entry.first);
    *out += ": ";
    Append(entry.second, true, out);
  }
  out->push_back('}');
}

void AppendNode(const Value& value, std::string* out) {
  out->push_back('(');
  if (value.IsMaterialised()) {
    const NodeData& node = value.AsNode();
    for (const std::string& label : node.labels) *out += ":" + QuoteName(label);
    if (!node.properties.empty()) {
      if (!node.labels.empty()) out->push_back(' ');
      AppendMap(node.properties, out);
    }
  } else {
    *out += "#" + std::to_string(value.EntityId());
  }
  out->push_back(')');
}

void AppendRelationship(const Value& value, std::string* out) {
  out->push_back('[');
  if (value.IsMaterialised()) {
    const RelationshipData& rel = value.AsRelationship();
    *out += ":" + QuoteName(rel.type);
    if (!rel.properties.empty()) {
      out->push_back(' ');
      AppendMap(rel.properties, out);
    }
  } else {
    *out += "#" + std::to_string(value.EntityId());
  }
  out->push_back(']');
}

void AppendPath(const PathData& path, std::string* out) {
  out->push_back('<');
  for (size_t i = 0; i < path.nodes.size(); ++i) {
    if (i > 0) {
      const Value& rel = path.relationships[i - 1];
      // A bare relationship does not know its ends; it is shown as walked forwards.
      const bool backwards =
          rel.IsMaterialised() && rel.AsRelationship().start != path.nodes[i - 1].EntityId();
      *out += backwards ? "<-" : "-";
      AppendRelationship(rel, out);
      *out += backwards ? "-" : "->";
    }
    AppendNode(path.nodes[i], out);
  }
  out->push_back('>');
}

void Append(const Value& value, bool quote, std::string* out) {
  switch (value.type()) {
    case ValueType::kNull:
      *out += "null";
      return;
    case ValueType::kBoolean:
      *out += value.AsBoolean() ? "true" : "false";
      return;
    case ValueType::kInteger:
      *out += std::to_string(value.AsInteger());
      return;
    case ValueType::kFloat:
      *out += FloatToText(value.AsFloat());
      return;
    case ValueType::kString:
      if (quote) {
        AppendQuoted(value.AsString(), out);
      } else {
        *out += value.AsString();
      }
      return;
    case ValueType::kList: {
      out->push_back('[');
      bool first = true;
      for (const Value& item : value.AsList()) {
        if (!first) *out += ", ";
        first = false;
        Append(item, true, out);
      }
      out->push_back(']');
      return;
    }
    case ValueType::kMap:
      AppendMap(value.AsMap(), out);
      return;
    case ValueType::kNode:
      AppendNode(value, out);
      return;
    case ValueType::kRelationship:
      AppendRelationship(value, out);
      return;
    case ValueType::kPath:
      AppendPath(value.AsPath(), out);
      return;
    default:
      *out += TemporalToText(value);
      return;
  }
}

}  // namespace

std::string ToText(const Value& value, bool quote) {
  std::string out;
  Append(value, quote, &out);
  return out;
}

std::string FloatToText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  // The shortest digits that read back, as d.ddde±xx, taken apart and set anew: plain notation for
  // magnitudes that people read as numbers, an exponent for the others.
  char buffer[40];
  auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  const std::string_view text(buffer, static_cast<size_t>(end - buffer));
  const size_t e = text.find('e');
  std::string digits;
  std::string out;
  for (char c : text.substr(0, e)) {
    if (c == '-') {
      out = "-";
    } else if (c != '.') {
      digits.push_back(c);
    }
  }
  int exponent = 0;
  const char* exponent_text = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(exponent_text, end, exponent);
  const int count = static_cast<int>(digits.size());
  if (exponent < -5 || exponent >= 16) {
    out += digits.substr(0, 1);
    if (count > 1) out += "." + digits.substr(1);
    return out + "e" + std::to_string(exponent);
  }
  if (exponent < 0) return out + "0." + std::string(-exponent - 1, '0') + digits;
  if (count <= exponent + 1) return out + digits + std::string(exponent + 1 - count, '0') + ".0";
  return out + digits.substr(0, exponent + 1) + "." + digits.substr(exponent + 1);
}

std::string QuoteName(std::string_view name) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  bool plain = !name.empty() && letter(name[0]);
  for (char c : name) plain = plain && (letter(c) || (c >= '0' && c <= '9'));
  if (plain) return std::string(name);
  std::string out = "`";
  for (char c : name) {
    if (c == '`') out.push_back('`');
    out.push_back(c);
  }
  return out + "`";
}

}  // namespace gesta
