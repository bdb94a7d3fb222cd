#include "export/csv_table.h"

#include <algorithm>

#include "export/value_json.h"
#include "gesta/format/json_text.h"
#include "gesta/format/utf8.h"
#include "gesta/temporal_text.h"

namespace gesta::ingest {
namespace {

constexpr char kListDelimiter = ';';

bool IsText(std::string_view text) {
  return text.find('\0') == std::string_view::npos && format::IsValidUtf8(text);
}

std::string_view ScalarType(const Value& value) {
  switch (value.type()) {
    case ValueType::kBoolean:
      return "boolean";
    case ValueType::kInteger:
      return "int";
    case ValueType::kFloat:
      return "float";
    case ValueType::kString:
      return "string";
    default:
      return TemporalFunctionName(value.type());
  }
}

// The type of the column that can hold the value; "": none can.
std::string ColumnType(std::string_view key, const Value& value) {
  if (key.empty() || key.find(':') != std::string_view::npos || !IsText(key)) return {};
  if (value.type() == ValueType::kString && !IsText(value.AsString())) return {};
  if (value.type() != ValueType::kList) return std::string(ScalarType(value));
  const List& items = value.AsList();
  for (const Value& item : items) {
    if (item.type() != items[0].type()) return {};
    if (item.type() != ValueType::kString) continue;
    if (!IsText(item.AsString()) ||
        item.AsString().find(kListDelimiter) != std::string_view::npos) {
      return {};
    }
  }
  return items.empty() ? std::string() : std::string(ScalarType(items[0])) + "[]";
}

std::string FieldText(const Value& value) {
  if (value.type() != ValueType::kList) return ToText(value, /*quote=*/false);
  std::string text;
  bool first = true;
  for (const Value& item : value.AsList()) {
    if (!first) text.push_back(kListDelimiter);
    first = false;
    text += ToText(item, /*quote=*/false);
  }
  return text;
}

}  // namespace

void AppendCsvField(std::string_view text, std::string* out) {
  if (!text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out->append(text);
    return;
  }
  out->push_back('"');
  for (const char c : text) {
    if (c == '"') out->push_back('"');
    out->push_back(c);
  }
  out->push_back('"');
}

void CsvExportTable::Note(const GraphNames& names, const std::vector<Property>& properties) {
  for (const Property& property : properties) {
    std::string type = ColumnType(names.Key(property.key), property.value);
    if (type.empty()) {
      others_ = true;
    } else {
      columns_.emplace(Column(property.key, std::move(type)), 0);
    }
  }
}

Status CsvExportTable::Open(const std::string& path, std::string_view ids,
                            const GraphNames& names) {
  std::vector<Column> order;
  for (const auto& [column, place] : columns_) order.push_back(column);
  std::sort(order.begin(), order.end(), [&](const Column& a, const Column& b) {
    return std::pair(names.Key(a.first), a.second) < std::pair(names.Key(b.first), b.second);
  });
  line_ = ids;
  for (size_t i = 0; i < order.size(); ++i) {
    columns_[order[i]] = i;
    line_.push_back(',');
    AppendCsvField(names.Key(order[i].first) + ":" + order[i].second, &line_);
  }
  if (others_) line_ += ",:PROPERTIES";
  line_.push_back('\n');
  GESTA_ASSIGN_OR_RETURN(out_, ByteSink::Open(path));
  return out_->Write(line_);
}

Status CsvExportTable::Write(std::string_view ids, const std::vector<Property>& properties,
                             GraphNames* names) {
  fields_.assign(columns_.size(), std::string());
  std::string others;
  for (const size_t place : names->Order(properties)) {
    const Property& property = properties[place];
    const std::string& key = names->Key(property.key);
    std::string type = ColumnType(key, property.value);
    if (type.empty()) {
      others += others.empty() ? "{" : ", ";
      format::AppendJsonString(key, &others);
      others += ": ";
      AppendJsonValue(property.value, &others);
      continue;
    }
    AppendCsvField(FieldText(property.value), &fields_[columns_[Column(property.key, type)]]);
  }
  line_ = ids;
  for (const std::string& field : fields_) {
    line_.push_back(',');
    line_ += field;
  }
  if (others_) {
    line_.push_back(',');
    if (!others.empty()) AppendCsvField(others + "}", &line_);
  }
  line_.push_back('\n');
  ++rows_;
  return out_->Write(line_);
}

Status CsvExportTable::Close() { return out_->Close(); }

}  // namespace gesta::ingest
