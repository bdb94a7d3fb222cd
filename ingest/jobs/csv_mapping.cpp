#include "jobs/csv_mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>

#include "gesta/format/document.h"
#include "readers/json.h"

namespace gesta::ingest {
namespace {

using format::Datum;
using format::Document;

// Days from 1970-01-01 of a YYYY-MM-DD in the proleptic Gregorian calendar.
std::optional<int64_t> ParseDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
  int parts[3] = {};
  const size_t begins[] = {0, 5, 8}, lengths[] = {4, 2, 2};
  for (int i = 0; i < 3; ++i) {
    for (const char c : text.substr(begins[i], lengths[i])) {
      if (c < '0' || c > '9') return {};
      parts[i] = parts[i] * 10 + (c - '0');
    }
  }
  const auto [year, month, day] = std::tuple(parts[0], parts[1], parts[2]);
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12) return {};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (day < 1 || day > kDays[month - 1] + (month == 2 && leap ? 1 : 0)) return {};
  // Years begin in March here, so that the leap day is the last one.
  const int64_t y = month > 2 ? year : year - 1;
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const int64_t year_of_era = y - era * 400;
  const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

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
    return Status::Ok();
  }

  Status Column(const std::string& place, const Datum& value, CsvColumn* column) {
    std::string_view type = "string";
    if (value.is_string()) {
      type = value.text();
    } else if (value.is_dict()) {
      GESTA_RETURN_IF_ERROR(Members(place, value, {"property", "type", "separator", "required"}));
      if (const Datum* name = value.Find("type")) type = name->text();
      if (value.Find("property") != nullptr) {
        GESTA_ASSIGN_OR_RETURN(column->property, Text(place, value, "property"));
      }
      GESTA_ASSIGN_OR_RETURN(column->separator, Character(place, value, "separator", ';'));
      if (const Datum* required = value.Find("required")) column->required = required->boolean();
    } else {
      return Bad(place, "is neither a type nor an object");
    }
    if (ParseCsvType(type, column)) return Status::Ok();
    return Bad(place, fmt::format("has the type '{}'; the types are string, integer, float, "
                                  "boolean and date, and lists of them such as integer[]",
                                  type));
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
    GESTA_RETURN_IF_ERROR(
        Members(place, object, {"file", "delimiter", "label", "labels", "key", "columns"}));
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
        Members(place, object, {"file", "delimiter", "type", "from", "to", "parallel", "columns"}));
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
    case CsvType::kDate: {
      const std::optional<int64_t> days = ParseDate(field);
      if (!days) return Misfit(field, "date (YYYY-MM-DD)");
      return Value::Date(*days);
    }
  }
  return Misfit(field, "value");
}

}  // namespace

bool ParseCsvType(std::string_view name, CsvColumn* column) {
  constexpr std::string_view kList = "[]";
  if (name.size() > kList.size() && name.substr(name.size() - kList.size()) == kList) {
    column->list = true;
    name.remove_suffix(kList.size());
  }
  constexpr std::pair<std::string_view, CsvType> kTypes[] = {
      {"string", CsvType::kString},   {"integer", CsvType::kInteger}, {"int", CsvType::kInteger},
      {"long", CsvType::kInteger},    {"float", CsvType::kFloat},     {"double", CsvType::kFloat},
      {"boolean", CsvType::kBoolean}, {"bool", CsvType::kBoolean},    {"date", CsvType::kDate}};
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
            "the types are string, integer, float, boolean and date, and lists of them "
            "such as integer[]");
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
    auto value = ParseScalar(column.type, field);
    if (value.ok()) return value;
    return value.status().WithContext(fmt::format("column '{}'", column.column));
  }
  List items;
  while (true) {
    const size_t end = std::min(field.find(column.separator), field.size());
    auto item = ParseScalar(column.type, field.substr(0, end));
    if (!item.ok()) return item.status().WithContext(fmt::format("column '{}'", column.column));
    items.push_back(*std::move(item));
    if (end == field.size()) break;
    field.remove_prefix(end + 1);
  }
  return Value::MakeList(std::move(items));
}

}  // namespace gesta::ingest
