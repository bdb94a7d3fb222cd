// The reader of .test files.
#include "cypher/test_file.h"

#include <fmt/format.h>

#include <regex>
#include <sstream>
#include <utility>

#include "support/expected_value.h"

namespace gesta::test {
namespace {

std::string Trim(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string> SplitCells(const std::string& line) {
  std::vector<std::string> cells;
  std::string cell;
  for (size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '|') {
      cell += line[++i];
    } else if (line[i] == '|') {
      cells.push_back(Trim(cell));
      cell.clear();
    } else {
      cell += line[i];
    }
  }
  return cells;
}

class TestFileParser {
 public:
  explicit TestFileParser(std::string_view text) : in_(std::string(text)) {}

  Result<std::vector<TestCase>> Parse() {
    std::string line;
    while (std::getline(in_, line)) {
      ++number_;
      GESTA_RETURN_IF_ERROR(ParseLine(line));
    }
    if (!statement_.text.empty() && statement_.expectations.empty()) {
      return Fail("the last statement has no `=>` line");
    }
    FinishStatement();
    return std::move(cases_);
  }

 private:
  Status Fail(const std::string& what) const {
    return Status(StatusCode::kBadData, fmt::format("line {}: {}", number_, what));
  }

  Status ParseLine(const std::string& raw) {
    const std::string line = Trim(raw);
    const bool in_statement = !statement_.text.empty() && statement_.expectations.empty();
    if (!in_statement) {
      if (line.empty() || line[0] == '#') return Status::Ok();
      if (line.rfind("== ", 0) == 0) {
        FinishStatement();
        cases_.push_back({Trim(line.substr(3)), number_, {}});
        return Status::Ok();
      }
      if (line[0] == ':') return ParseParameter(line);
      if (line[0] == '|') return ParseRow(line);
    }
    if (line.rfind("=>", 0) == 0) return ParseExpectation(Trim(line.substr(2)));
    if (!in_statement) {
      if (cases_.empty()) return Fail("a statement before the first `== title` line");
      FinishStatement();
      statement_.line = number_;
    } else {
      statement_.text += '\n';
    }
    statement_.text += raw;
    return Status::Ok();
  }

  // ":name = value"
  Status ParseParameter(const std::string& line) {
    static const std::regex kParameter(R"(:(\w+)\s*=\s*(.+))");
    std::smatch match;
    if (!std::regex_match(line, match, kParameter)) return Fail("wanted `:name = value`");
    FinishStatement();
    auto value = ParseExpectedValue(match[2].str());
    if (!value.ok()) return Fail(std::string(value.status().message()));
    statement_.parameters[match[1].str()] = *value;
    return Status::Ok();
  }

  Status ParseExpectation(const std::string& text) {
    if (statement_.text.empty()) return Fail("`=>` without a statement");
    static const std::regex kRows(R"(rows(, in order)?(, lists in any order)?)");
    static const std::regex kEffect(R"(([+-])(\d+) (node|relationship|label|propert)(s|y|ies)?)");
    static const std::regex kError(
        R"(error(?: (\w+))?(?: (\w+))?(?: at (compile time|runtime))?(?:: (.+))?)");
    std::smatch match;
    Expectation expectation;
    expectation.line = number_;
    if (text == "ok") {
      expectation.kind = ExpectationKind::kOk;
    } else if (std::regex_match(text, match, kRows)) {
      expectation.kind = ExpectationKind::kRows;
      expectation.in_order = match[1].matched;
      expectation.ignore_list_order = match[2].matched;
    } else if (text == "no effects") {
      expectation.kind = ExpectationKind::kEffects;
    } else if (std::regex_match(text, match, kError)) {
      expectation.kind = ExpectationKind::kError;
      expectation.error_type = match[1].str();
      expectation.error_detail = match[2].str();
      expectation.error_phase = match[3].str();
      expectation.error_text = match[4].str();
    } else {
      expectation.kind = ExpectationKind::kEffects;
      std::istringstream parts(text);
      std::string part;
      while (std::getline(parts, part, ',')) {
        part = Trim(part);
        if (!std::regex_match(part, match, kEffect)) return Fail("no expectation: " + text);
        const std::string what = match[3].str() == "propert" ? "propertie" : match[3].str();
        expectation.effects[match[1].str() + what + "s"] = std::stoull(match[2].str());
      }
    }
    statement_.expectations.push_back(std::move(expectation));
    return Status::Ok();
  }

  Status ParseRow(const std::string& line) {
    if (statement_.expectations.empty() ||
        statement_.expectations.back().kind != ExpectationKind::kRows) {
      return Fail("a table row that does not follow `=> rows`");
    }
    if (line.back() != '|') return Fail("a table row ends with |");
    Expectation& expectation = statement_.expectations.back();
    std::vector<std::string> cells = SplitCells(line);
    if (expectation.columns.empty()) {
      expectation.columns = std::move(cells);
      return Status::Ok();
    }
    if (cells.size() != expectation.columns.size()) {
      return Fail(
          fmt::format("{} cells below {} columns", cells.size(), expectation.columns.size()));
    }
    std::vector<Value> row;
    for (const std::string& cell : cells) {
      auto value = ParseExpectedValue(cell);
      if (!value.ok()) return Fail(std::string(value.status().message()));
      row.push_back(std::move(value).value());
    }
    expectation.rows.push_back(std::move(row));
    return Status::Ok();
  }

  void FinishStatement() {
    if (!statement_.text.empty()) {
      const size_t last = statement_.text.find_last_not_of(" \t\r\n;");
      statement_.text.resize(last == std::string::npos ? 0 : last + 1);
      cases_.back().statements.push_back(std::move(statement_));
      statement_ = TestStatement();
    }
  }

  std::istringstream in_;
  int number_ = 0;
  TestStatement statement_;
  std::vector<TestCase> cases_;
};

}  // namespace

Result<std::vector<TestCase>> ParseTestFile(std::string_view text) {
  return TestFileParser(text).Parse();
}

}  // namespace gesta::test
