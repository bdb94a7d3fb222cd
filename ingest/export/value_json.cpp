#include "export/value_json.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "gesta/format/base64.h"
#include "gesta/format/json_text.h"
#include "gesta/format/utf8.h"
#include "gesta/temporal_text.h"

namespace gesta::ingest {
namespace {

using format::Datum;
using format::DatumKind;

constexpr ValueType kTemporalTypes[] = {ValueType::kDate,     ValueType::kLocalTime,
                                        ValueType::kTime,     ValueType::kLocalDateTime,
                                        ValueType::kDateTime, ValueType::kDuration};
constexpr std::string_view kFloatTag = "$float";
constexpr std::string_view kStringTag = "$string";

std::string TemporalTag(ValueType type) { return "$" + std::string(TemporalFunctionName(type)); }

Status NoValue(const Datum& json) {
  return Status(StatusCode::kBadData, fmt::format("{} is no property value", json.ToString(60)));
}

void AppendTagged(std::string_view tag, std::string_view text, std::string* out) {
  fmt::format_to(std::back_inserter(*out), "{{\"{}\": ", tag);
  format::AppendJsonString(text, out);
  out->push_back('}');
}

Result<Value> ReadTagged(const Datum& json) {
  if (json.size() != 1) return NoValue(json);
  const Datum::Entry& entry = *json.entries().begin();
  const std::string_view tag = entry.key->text();
  const std::string_view text = entry.value->text();
  if (!entry.value->is_string()) return NoValue(json);
  for (const ValueType type : kTemporalTypes) {
    if (tag == TemporalTag(type)) return TemporalFromText(type, text);
  }
  if (tag == kStringTag) {
    std::string bytes;
    if (!format::DecodeBase64(text, &bytes)) return NoValue(json);
    return Value::String(bytes);
  }
  if (tag == kFloatTag) {
    if (text == "NaN") return Value::Float(std::numeric_limits<double>::quiet_NaN());
    if (text == "Infinity") return Value::Float(std::numeric_limits<double>::infinity());
    if (text == "-Infinity") return Value::Float(-std::numeric_limits<double>::infinity());
  }
  return NoValue(json);
}

}  // namespace

void AppendJsonValue(const Value& value, std::string* out) {
  switch (value.type()) {
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
        AppendTagged(kFloatTag, FloatToText(value.AsFloat()), out);
      }
      return;
    case ValueType::kString:
      if (format::IsValidUtf8(value.AsString())) {
        format::AppendJsonString(value.AsString(), out);
      } else {
        std::string text;
        format::AppendBase64(value.AsString(), &text);
        AppendTagged(kStringTag, text, out);
      }
      return;
    case ValueType::kList:
      AppendItems(value.AsList(), AppendJsonValue, out);
      return;
    default:
      break;
  }
  if (value.IsTemporal()) {
    AppendTagged(TemporalTag(value.type()), TemporalToText(value), out);
  } else {
    *out += "null";
  }
}

void AppendItems(const List& items, void (*append)(const Value& value, std::string* out),
                 std::string* out) {
  out->push_back('[');
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) *out += ", ";
    append(items[i], out);
  }
  out->push_back(']');
}

Result<Value> ReadJsonValue(const Datum& json) {
  switch (json.kind()) {
    case DatumKind::kNull:
      return Value::Null();
    case DatumKind::kBool:
      return Value::Boolean(json.boolean());
    case DatumKind::kInt:
      return Value::Integer(json.integer());
    case DatumKind::kFloat:
      return Value::Float(json.number());
    case DatumKind::kString:
      return Value::String(json.text());
    case DatumKind::kList: {
      List items;
      items.reserve(json.size());
      for (const Datum& item : json.items()) {
        if (item.is_sequence()) return NoValue(json);  // property lists do not nest
        GESTA_ASSIGN_OR_RETURN(Value value, ReadJsonValue(item));
        items.push_back(std::move(value));
      }
      return Value::MakeList(std::move(items));
    }
    case DatumKind::kDict:
      return ReadTagged(json);
    default:
      return NoValue(json);
  }
}

Status AppendJsonProperties(const Datum& object, const KeyOf& key_of,
                            std::vector<Property>* properties) {
  for (const Datum::Entry& entry : object.entries()) {
    GESTA_ASSIGN_OR_RETURN(const NameId key, key_of(entry.key->text()));
    auto value = ReadJsonValue(*entry.value);
    if (!value.ok()) {
      return value.status().WithContext(fmt::format("the property '{}'", entry.key->text()));
    }
    properties->push_back({key, *std::move(value)});
  }
  return Status::Ok();
}

}  // namespace gesta::ingest
