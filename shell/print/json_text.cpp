#include "print/json_text.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <vector>

namespace gesta::shell {
namespace {

void AppendMap(const Map& map, std::string* out) {
  out->push_back('{');
  bool first = true;
  for (const auto& [key, value] : map) {
    if (!first) *out += ", ";
    first = false;
    AppendJsonString(key, out);
    *out += ": ";
    AppendJson(value, out);
  }
  out->push_back('}');
}

void AppendList(const List& list, std::string* out) {
  out->push_back('[');
  bool first = true;
  for (const Value& value : list) {
    if (!first) *out += ", ";
    first = false;
    AppendJson(value, out);
  }
  out->push_back(']');
}

void AppendNode(const Value& value, std::string* out) {
  fmt::format_to(std::back_inserter(*out), "{{\"id\": {}", value.EntityId());
  if (value.IsMaterialised()) {
    *out += ", \"labels\": [";
    bool first = true;
    for (const std::string& label : value.AsNode().labels) {
      if (!first) *out += ", ";
      first = false;
      AppendJsonString(label, out);
    }
    *out += "], \"properties\": ";
    AppendMap(value.AsNode().properties, out);
  }
  out->push_back('}');
}

void AppendRelationship(const Value& value, std::string* out) {
  fmt::format_to(std::back_inserter(*out), "{{\"id\": {}", value.EntityId());
  if (value.IsMaterialised()) {
    const RelationshipData& rel = value.AsRelationship();
    *out += ", \"type\": ";
    AppendJsonString(rel.type, out);
    fmt::format_to(std::back_inserter(*out),
                   ", \"start\": {}, \"end\": {}, \"properties\": ", rel.start, rel.end);
    AppendMap(rel.properties, out);
  }
  out->push_back('}');
}

}  // namespace

void AppendJson(const Value& value, std::string* out) {
  switch (value.type()) {
    case ValueType::kNull:
      *out += "null";
      return;
    case ValueType::kBoolean:
      *out += value.AsBoolean() ? "true" : "false";
      return;
    case ValueType::kInteger:
      fmt::format_to(std::back_inserter(*out), "{}", value.AsInteger());
      return;
    case ValueType::kFloat:
      if (std::isfinite(value.AsFloat())) {
        *out += FloatToText(value.AsFloat());
      } else {
        AppendJsonString(FloatToText(value.AsFloat()), out);
      }
      return;
    case ValueType::kString:
      AppendJsonString(value.AsString(), out);
      return;
    case ValueType::kList:
      AppendList(value.AsList(), out);
      return;
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
      *out += "{\"nodes\": ";
      AppendList(value.AsPath().nodes, out);
      *out += ", \"relationships\": ";
      AppendList(value.AsPath().relationships, out);
      out->push_back('}');
      return;
    default:
      AppendJsonString(TemporalToText(value), out);
      return;
  }
}

}  // namespace gesta::shell
