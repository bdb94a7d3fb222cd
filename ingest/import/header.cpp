#include "import/header.h"

#include <fmt/format.h>

#include <utility>

namespace gesta::ingest {
namespace {

Status Bad(const std::string& column, const std::string& what) {
  return Status(StatusCode::kBadData, fmt::format("the column '{}' {}", column, what));
}

// Splits "ID(Person)" into its word and what stands in parentheses.
bool ParseRole(std::string_view part, ColumnRole* role, std::string* space) {
  constexpr std::pair<std::string_view, ColumnRole> kRoles[] = {
      {"ID", ColumnRole::kId},        {"START_ID", ColumnRole::kStart},
      {"END_ID", ColumnRole::kEnd},   {"LABEL", ColumnRole::kLabel},
      {"TYPE", ColumnRole::kType},    {"PROPERTIES", ColumnRole::kProperties},
      {"IGNORE", ColumnRole::kIgnore}};
  const size_t open = part.find('(');
  const std::string_view word = part.substr(0, open);
  for (const auto& [name, known] : kRoles) {
    if (word != name) continue;
    *role = known;
    if (open == std::string_view::npos) return true;
    const bool takes_space =
        known == ColumnRole::kId || known == ColumnRole::kStart || known == ColumnRole::kEnd;
    if (!takes_space || part.back() != ')' || part.size() < open + 3) return false;
    *space = std::string(part.substr(open + 1, part.size() - open - 2));
    return true;
  }
  return false;
}

Result<ImportColumn> ParseColumn(const std::string& text, char list_delimiter) {
  ImportColumn column;
  column.field.column = text;
  column.field.separator = list_delimiter;
  bool has_role = false;
  size_t begin = text.find(':');
  column.field.property = text.substr(0, begin);
  while (begin != std::string::npos) {
    const size_t next = text.find(':', begin + 1);
    const std::string_view part = std::string_view(text).substr(
        begin + 1, next == std::string::npos ? next : next - begin - 1);
    begin = next;
    if (!has_role && ParseRole(part, &column.role, &column.space)) {
      has_role = true;
    } else if (!column.typed && ParseCsvType(part, &column.field)) {
      column.typed = true;
    } else {
      return Bad(text,
                 fmt::format("has a part '{}' that is no type or role, or one too many", part))
          .WithHint(fmt::format(
              "types are {}; roles are ID, START_ID, END_ID, LABEL, TYPE, PROPERTIES and IGNORE",
              kCsvTypeNames));
    }
  }
  return column;
}

}  // namespace

Result<ImportHeader> ParseImportHeader(const std::vector<std::string>& columns, bool nodes,
                                       const std::string& default_space, char list_delimiter) {
  ImportHeader header;
  for (const std::string& text : columns) {
    GESTA_ASSIGN_OR_RETURN(ImportColumn column, ParseColumn(text, list_delimiter));
    const int place = static_cast<int>(header.columns.size());
    int* only = nullptr;
    bool belongs = true;
    switch (column.role) {
      case ColumnRole::kProperty:
        if (column.field.property.empty()) return Bad(text, "has no name");
        break;
      case ColumnRole::kId:
        only = &header.id;
        belongs = nodes;
        if (column.space.empty()) column.space = default_space;
        break;
      case ColumnRole::kStart:
      case ColumnRole::kEnd:
        only = column.role == ColumnRole::kStart ? &header.start : &header.end;
        belongs = !nodes;
        if (column.space.empty()) {
          return Bad(text, "does not say whose ids it holds")
              .WithHint("write e.g. :START_ID(Person)");
        }
        break;
      case ColumnRole::kLabel:
        belongs = nodes;
        break;
      case ColumnRole::kType:
        only = &header.type;
        belongs = !nodes;
        break;
      case ColumnRole::kProperties:
      case ColumnRole::kIgnore:
        break;
    }
    if (!belongs)
      return Bad(text, fmt::format("does not belong to {}", nodes ? "nodes" : "relationships"));
    if (only != nullptr) {
      if (*only >= 0) return Bad(text, "is the second one of its role");
      *only = place;
      if (column.field.list) return Bad(text, "cannot be a list");
    }
    if (column.role == ColumnRole::kId && column.space.empty()) {
      return Bad(text, "does not say which ids it holds").WithHint("write e.g. id:ID(Person)");
    }
    header.columns.push_back(std::move(column));
  }
  if (!nodes && (header.start < 0 || header.end < 0)) {
    return Status(StatusCode::kBadData,
                  fmt::format("no column says where the relationships {}",
                              header.start < 0 ? "start" : "end"),
                  "name one e.g. :START_ID(Person) and one :END_ID(City)");
  }
  return header;
}

}  // namespace gesta::ingest
