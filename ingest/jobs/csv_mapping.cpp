#include "jobs/csv_mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>

#include "gesta/format/document.h"
#include "gesta/temporal_text.h"
#include "readers/json.h"

namespace gesta::ingest {
namespace {

using format::Datum;
using format::Document;

// Reads one mapping, with the place in it for messages.
class MappingReader {
 public:
  explicit MappingReader(const std::string& path)
      : path_(path), folder_(std::filesystem::path(path).parent_path().string()) {}

  Result<CsvMapping> Read(const Datum& root) {
    if (!root.is_dict()) return Bad("the mapping", "is no object");
    GESTA_RETURN_IF_ERROR(Members("the mapping", root, {"nodes", "relationships"}));
    CsvMapping mapping;
    GESTA_RETURN_IF_ERROR(Tables(root, "nodes", &mapping.nodes));
    GESTA_RETURN_IF_ERROR(Tables(root, "relationships", &mapping.relationships));
    if (mapping.nodes.empty() && mapping.relationships.empty()) {
      return Bad("the mapping", "has no nodes and no relationships");
    }
    return mapping;
  }

 private:
  Status Bad(const std::string& place, std::string what) const {
    return Status(StatusCode::kBadData, fmt::format("{}: {} {}", path_, place, what));
  }

  Status Members(const std::string& place, const Datum& object,
                 const std::vector<std::string_view>& known) const {
    for (const Datum::Entry& entry : object.entries()) {
      if (std::find(known.begin(), known.end(), entry.key->text()) != known.end()) continue;
      return Bad(place,
                 fmt::format("has the member '{}', which is not known here", entry.key->text()));
    }
    return Status::Ok();
  }

  Result<std::string> Text(const std::string& place, const Datum& object, const char* name) const {
    const Datum* value = object.Find(name);
    if (value == nullptr || !value->is_string() || value->text().empty()) {
      return Bad(place, fmt::format("needs a text '{}'", name));
    }
    return std::string(value->text());
  }

  // A one-character member; `fallback` if it is absent.
  Result<char> Character(const std::string& place, const Datum& object, const char* name,
                         char fallback) const {
    const Datum* value = object.Find(name);
    if (value == nullptr) return fallback;
    if (!value->is_string() || value->text().size() != 1) {
      return Bad(place, fmt::format("needs one character as '{}'", name));
    }
    return value->text()[0];
  }

  Status Tables(const Datum& root, const char* kind, std::vector<CsvTable>* tables) {
    const Datum* list = root.Find(kind);
    if (list == nullptr) return Status::Ok();
    if (!list->is_sequence()) return Bad(kind, "is no list");
    const bool relationships = kind == std::string_view("relationships");
    for (size_t i = 0; i < list->size(); ++i) {
      const std::string place = fmt::format("{}[{}]", kind, i);
      GESTA_ASSIGN_OR_RETURN(CsvTable table, relationships ? Relationships(place, (*list)[i])
                                                           : Nodes(place, (*list)[i]));
      tables->push_back(std::move(table));
    }
    return Status::Ok();
  }

  Status Common(const std::string& place, const Datum& object, CsvTable* table) {
    if (!object.is_dict()) return Bad(place, "is no object");
    GESTA_ASSIGN_OR_RETURN(table->file, Text(place, object, "file"));
    table->path = (std::filesystem::path(folder_) / table->file).string();
    GESTA_ASSIGN_OR_RETURN(table->delimiter, Character(place, object, "delimiter", ','));
    const Datum* columns = object.Find("columns");
    if (columns == nullptr || !columns->is_dict()) return Bad(place, "needs an object 'columns'");
    for (const Datum::Entry& entry : columns->entries()) {
      CsvColumn column;
      column.column = column.property = entry.key->text();
      GESTA_RETURN_IF_ERROR(
          Column(fmt::format("{}.columns.{}", place, column.column), *entry.value, &column));
      table->columns.push_back(std::move(column));
    }
    return Constants(place, object, table);
  }

  // Properties that have the same value in every row.
  Status Constants(const std::string& place, const Datum& object, CsvTable* table) {
    const Datum* constants = object.Find("constants");
    if (constants == nullptr) return Status::Ok();
    if (!constants->is_dict()) return Bad(place, "needs an object as 'constants'");
    for (const Datum::Entry& entry : constants->entries()) {
      CsvColumn column;
      column.column = column.property = entry.key->text();
      for (const CsvColumn& other : table->columns) {
        if (other.column != column.column) continue;
        return Bad(place, fmt::format("has '{}' both as a column and as a constant", other.column));
      }
      const Datum& value = *entry.value;
      if (value.is_string()) {
        column.constant = Value::String(value.text());
      } else if (value.is_int()) {
        column.constant = Value::Integer(value.integer());
      } else if (value.is_number()) {
        column.constant = Value::Float(value.number());
      } else if (value.kind() == format::DatumKind::kBool) {
        column.constant = Value::Boolean(value.boolean());
      } else {
        return Bad(fmt::format("{}.constants.{}", place, column.column),
                   "is no text, number or truth value");
      }
      table->columns.push_back(std::move(column));
    }
    return Status::Ok();
  }

  // scale, min and max of a column of numbers.
  Status Numbers(const std::string& place, const Datum& object, CsvColumn* column) const {
    for (const char* name : {"scale", "min", "max"}) {
      const Datum* value = object.Find(name);
      if (value == nullptr) continue;
      const bool numeric = column->type == CsvType::kFloat ||
                           (column->type == CsvType::kInteger && name != std::string_view("scale"));
      if (!numeric || !value->is_number()) {
        return Bad(place,
                   fmt::format("has '{}', which is a number and goes with columns of type "
                               "float{}",
                               name, name == std::string_view("scale") ? "" : " or integer"));
      }
      if (name == std::string_view("scale")) column->scale = value->number();
      if (name == std::string_view("min")) column->min = value->number();
      if (name == std::string_view("max")) column->max = value->number();
    }
    return Status::Ok();
  }

  Status Column(const std::string& place, const Datum& value, CsvColumn* column) {
    std::string_view type = "string";
    if (value.is_string()) {
      type = value.text();
    } else if (value.is_dict()) {
      GESTA_RETURN_IF_ERROR(Members(
          place, value, {"property", "type", "separator", "required", "scale", "min", "max"}));
      if (const Datum* name = value.Find("type")) type = name->text();
      if (value.Find("property") != nullptr) {
        GESTA_ASSIGN_OR_RETURN(column->property, Text(place, value, "property"));
      }
      GESTA_ASSIGN_OR_RETURN(column->separator, Character(place, value, "separator", ';'));
      if (const Datum* required = value.Find("required")) column->required = required->boolean();
    } else {
      return Bad(place, "is neither a type nor an object");
    }
    if (ParseCsvType(type, column)) return Numbers(place, value, column);
    return Bad(place, fmt::format("has the type '{}'; the types are {}", type, kCsvTypeNames));
  }

  // The place of a column, which `columns` must have.
  Result<size_t> Find(const std::string& place, const CsvTable& table,
                      std::string_view name) const {
    for (size_t i = 0; i < table.columns.size(); ++i) {
      if (table.columns[i].column == name) return i;
    }
    return Bad(place, fmt::format("names the column '{}', which 'columns' does not have", name));
  }

  Result<std::vector<size_t>> FindAll(const std::string& place, const CsvTable& table,
                                      const Datum& list) const {
    std::vector<size_t> found;
    if (!list.is_sequence()) return Bad(place, "is no list of columns");
    for (const Datum& name : list.items()) {
      GESTA_ASSIGN_OR_RETURN(const size_t column, Find(place, table, name.text()));
      found.push_back(column);
    }
    return found;
  }

  Result<CsvTable> Nodes(const std::string& place, const Datum& object) {
    CsvTable table;
    GESTA_RETURN_IF_ERROR(Common(place, object, &table));
    GESTA_RETURN_IF_ERROR(Members(
        place, object, {"file", "delimiter", "label", "labels", "key", "columns", "constants"}));
    if (const Datum* labels = object.Find("labels")) {
      for (const Datum& label : labels->items()) table.labels.emplace_back(label.text());
      if (table.labels.empty() || table.labels.front().empty()) {
        return Bad(place, "needs a list of labels as 'labels'");
      }
    } else {
      GESTA_ASSIGN_OR_RETURN(std::string label, Text(place, object, "label"));
      table.labels.push_back(std::move(label));
    }
    const Datum* key = object.Find("key");
    if (key == nullptr || key->size() == 0) {
      return Bad(place, "needs 'key', the columns by which its nodes are known");
    }
    GESTA_ASSIGN_OR_RETURN(table.key, FindAll(place + ".key", table, *key));
    for (const size_t column : table.key) table.columns[column].required = true;
    return table;
  }

  Result<CsvEnd> End(const std::string& place, const Datum& object, CsvTable* table) {
    if (!object.is_dict()) return Bad(place, "is no object");
    GESTA_RETURN_IF_ERROR(Members(place, object, {"label", "key"}));
    CsvEnd end;
    GESTA_ASSIGN_OR_RETURN(end.label, Text(place, object, "label"));
    const Datum* key = object.Find("key");
    if (key == nullptr || !key->is_dict() || key->size() == 0) {
      return Bad(place, "needs an object 'key' of property: column");
    }
    for (const Datum::Entry& entry : key->entries()) {
      GESTA_ASSIGN_OR_RETURN(const size_t column, Find(place, *table, entry.value->text()));
      end.key.emplace_back(std::string(entry.key->text()), column);
      table->columns[column].required = true;
      table->columns[column].property.clear();
    }
    return end;
  }

  Result<CsvTable> Relationships(const std::string& place, const Datum& object) {
    CsvTable table;
    GESTA_RETURN_IF_ERROR(Common(place, object, &table));
    GESTA_RETURN_IF_ERROR(
        Members(place, object,
                {"file", "delimiter", "type", "from", "to", "parallel", "columns", "constants"}));
    GESTA_ASSIGN_OR_RETURN(table.type, Text(place, object, "type"));
    const Datum* from = object.Find("from");
    const Datum* to = object.Find("to");
    if (from == nullptr || to == nullptr) return Bad(place, "needs 'from' and 'to'");
    GESTA_ASSIGN_OR_RETURN(table.from, End(place + ".from", *from, &table));
    GESTA_ASSIGN_OR_RETURN(table.to, End(place + ".to", *to, &table));
    if (const Datum* parallel = object.Find("parallel")) {
      GESTA_ASSIGN_OR_RETURN(table.parallel, FindAll(place + ".parallel", table, *parallel));
    }
    return table;
  }

  const std::string path_;
  const std::string folder_;
};

Status Misfit(std::string_view field, const char* what) {
  return Status(StatusCode::kBadData, fmt::format("'{}' is no {}", field, what));
}

template <typename Number>
bool ParseNumber(std::string_view text, Number* number) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return !text.empty() && error == std::errc() && at == text.data() + text.size();
}

Result<Value> ParseScalar(CsvType type, std::string_view field) {
  switch (type) {
    case CsvType::kString:
      return Value::String(field);
    case CsvType::kInteger: {
      int64_t number = 0;
      if (!ParseNumber(field, &number)) return Misfit(field, "integer of 64 bits");
      return Value::Integer(number);
    }
    case CsvType::kFloat: {
      double number = 0;
      if (!ParseNumber(field, &number)) return Misfit(field, "number");
      return Value::Float(number);
    }
    case CsvType::kBoolean:
      if (field == "true" || field == "True" || field == "TRUE") return Value::Boolean(true);
      if (field == "false" || field == "False" || field == "FALSE") return Value::Boolean(false);
      return Misfit(field, "boolean (true or false)");
    case CsvType::kDate:
      return TemporalFromText(ValueType::kDate, field);
    case CsvType::kLocalTime:
      return TemporalFromText(ValueType::kLocalTime, field);
    case CsvType::kTime:
      return TemporalFromText(ValueType::kTime, field);
    case CsvType::kLocalDateTime:
      return TemporalFromText(ValueType::kLocalDateTime, field);
    case CsvType::kDateTime:
      return TemporalFromText(ValueType::kDateTime, field);
    case CsvType::kDuration:
      return TemporalFromText(ValueType::kDuration, field);
  }
  return Misfit(field, "value");
}

// A value of the column, scaled and in its range.
Result<Value> ParseElement(const CsvColumn& column, std::string_view field) {
  GESTA_ASSIGN_OR_RETURN(Value value, ParseScalar(column.type, field));
  if (column.scale != 1) value = Value::Float(value.AsNumber() * column.scale);
  if (!column.min && !column.max) return value;
  const double number = value.AsNumber();
  if ((!column.min || number >= *column.min) && (!column.max || number <= *column.max)) {
    return value;
  }
  return Status(
      StatusCode::kBadData,
      fmt::format("{} is not {}{}{}{}{}", ToText(value, /*quote=*/true), column.min ? "from " : "",
                  column.min ? fmt::format("{}", *column.min) : "",
                  column.min && column.max ? " " : "", column.max ? "up to " : "",
                  column.max ? fmt::format("{}", *column.max) : ""));
}

}  // namespace

bool ParseCsvType(std::string_view name, CsvColumn* column) {
  constexpr std::string_view kList = "[]";
  if (name.size() > kList.size() && name.substr(name.size() - kList.size()) == kList) {
    column->list = true;
    name.remove_suffix(kList.size());
  }
  constexpr std::pair<std::string_view, CsvType> kTypes[] = {
      {"string", CsvType::kString},     {"integer", CsvType::kInteger},
      {"int", CsvType::kInteger},       {"long", CsvType::kInteger},
      {"float", CsvType::kFloat},       {"double", CsvType::kFloat},
      {"boolean", CsvType::kBoolean},   {"bool", CsvType::kBoolean},
      {"date", CsvType::kDate},         {"localtime", CsvType::kLocalTime},
      {"time", CsvType::kTime},         {"localdatetime", CsvType::kLocalDateTime},
      {"datetime", CsvType::kDateTime}, {"duration", CsvType::kDuration}};
  for (const auto& [known, type] : kTypes) {
    if (name != known) continue;
    column->type = type;
    return true;
  }
  return false;
}

Result<CsvMapping> ReadCsvMapping(const std::string& path) {
  GESTA_ASSIGN_OR_RETURN(const Document document, readers::ReadJson(path));
  return MappingReader(path).Read(document.root());
}

Result<CsvTable> ParseCsvHeader(const std::string& path, char delimiter, const std::string& label,
                                const std::string& key, const std::vector<std::string>& header) {
  CsvTable table;
  table.file = std::filesystem::path(path).filename().string();
  table.path = path;
  table.delimiter = delimiter;
  table.labels = {label};
  for (const std::string& name : header) {
    CsvColumn column;
    column.column = column.property = name;
    if (const size_t colon = name.rfind(':'); colon != std::string::npos && colon > 0) {
      if (!ParseCsvType(std::string_view(name).substr(colon + 1), &column)) {
        return Status(
            StatusCode::kBadData,
            fmt::format("{}: the column '{}' has no known type after its colon", path, name),
            fmt::format("the types are {}", kCsvTypeNames));
      }
      column.property = name.substr(0, colon);
    }
    table.columns.push_back(std::move(column));
  }
  std::string_view rest = key;
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view property = rest.substr(0, comma);
    const auto at = std::find_if(table.columns.begin(), table.columns.end(),
                                 [&](const CsvColumn& c) { return c.property == property; });
    if (at == table.columns.end()) {
      return Status(StatusCode::kInvalidArgument,
                    fmt::format("{} has no column '{}'", path, property),
                    "the option key names the columns by which the nodes are known");
    }
    at->required = true;
    table.key.push_back(static_cast<size_t>(at - table.columns.begin()));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return table;
}

Result<Value> ParseCsvField(const CsvColumn& column, std::string_view field, bool quoted) {
  if (field.empty() && (!quoted || column.type != CsvType::kString)) {
    if (!column.required) return Value::Null();
    return Status(StatusCode::kBadData, fmt::format("the column '{}' is empty", column.column));
  }
  if (!column.list) {
    auto value = ParseElement(column, field);
    if (value.ok()) return value;
    return value.status().WithContext(fmt::format("column '{}'", column.column));
  }
  List items;
  while (true) {
    const size_t end = std::min(field.find(column.separator), field.size());
    auto item = ParseElement(column, field.substr(0, end));
    if (!item.ok()) return item.status().WithContext(fmt::format("column '{}'", column.column));
    items.push_back(*std::move(item));
    if (end == field.size()) break;
    field.remove_prefix(end + 1);
  }
  return Value::MakeList(std::move(items));
}

}  // namespace gesta::ingest
