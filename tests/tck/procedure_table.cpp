#include "tck/procedure_table.h"

#include <memory>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "support/expected_value.h"

namespace gesta::tck {
namespace {

std::vector<ProcedureField> ParseFields(const std::string& text) {
  static const std::regex kField(R"(\s*(\w+)\s*::\s*([^,]*[^,\s])\s*)");
  std::vector<ProcedureField> fields;
  for (std::sregex_iterator it(text.begin(), text.end(), kField), end; it != end; ++it) {
    fields.push_back({(*it)[1].str(), (*it)[2].str()});
  }
  return fields;
}

}  // namespace

Result<Procedure> MakeTableProcedure(std::string_view signature, const Table& table) {
  static const std::regex kSignature(R"(([\w.]+)\s*\((.*)\)\s*::\s*\((.*)\)\s*:?)");
  std::cmatch match;
  if (!std::regex_match(signature.data(), signature.data() + signature.size(), match, kSignature)) {
    return Status(StatusCode::kBadData, "no procedure signature: " + std::string(signature));
  }
  Procedure procedure;
  procedure.name = match[1].str();
  procedure.arguments = ParseFields(match[2].str());
  procedure.required_arguments = procedure.arguments.size();
  procedure.results = ParseFields(match[3].str());
  procedure.summary = "declared by a scenario";

  const size_t argument_count = procedure.arguments.size();
  const size_t width = argument_count + procedure.results.size();
  // Shared: the body is copied with its std::function.
  auto rows = std::make_shared<std::vector<std::vector<Value>>>();
  for (size_t i = 1; i < table.size(); ++i) {
    if (table[i].size() != width) {
      return Status(StatusCode::kBadData, "the table of " + procedure.name + " has " +
                                              std::to_string(table[i].size()) + " columns, not " +
                                              std::to_string(width));
    }
    std::vector<Value> row;
    for (const std::string& cell : table[i]) {
      GESTA_ASSIGN_OR_RETURN(Value value, test::ParseExpectedValue(cell));
      row.push_back(std::move(value));
    }
    rows->push_back(std::move(row));
  }
  procedure.body = [rows, argument_count](EvaluationContext&, const std::vector<Value>& arguments,
                                          std::vector<std::vector<Value>>* out) {
    for (const std::vector<Value>& row : *rows) {
      bool equal = true;
      for (size_t i = 0; i < argument_count && equal; ++i) {
        equal = Equivalent(row[i], arguments[i]);
      }
      if (equal) out->emplace_back(row.begin() + argument_count, row.end());
    }
    return Status::Ok();
  };
  return procedure;
}

}  // namespace gesta::tck
