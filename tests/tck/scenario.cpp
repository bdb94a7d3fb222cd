// The steps of the TCK, one function each, in a table by their wording.
#include "tck/scenario.h"

#include <fmt/format.h>

#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <regex>
#include <sstream>
#include <utility>
#include <vector>

#include "gesta/database.h"
#include "gesta/script.h"
#include "support/expected_value.h"
#include "support/graph_state.h"
#include "tck/procedure_table.h"

namespace gesta::tck {
namespace {

Status Fail(std::string message) { return Status(StatusCode::kInternal, std::move(message)); }

std::string RowText(const std::vector<Value>& row) {
  std::string text = "|";
  for (const Value& value : row) text += " " + ToText(value, /*quote=*/true) + " |";
  return text;
}

class ScenarioRun {
 public:
  ScenarioRun(const ScenarioOptions& options, StoreSlot& slot) : options_(options), slot_(slot) {}
  ~ScenarioRun() {
    connection_.reset();
    slot_.Release();
  }
  ScenarioRun(const ScenarioRun&) = delete;
  ScenarioRun& operator=(const ScenarioRun&) = delete;

  Status Step(const tck::Step& step) {
    std::smatch match;
    const std::string& text = step.text;
    if (text == "an empty graph" || text == "any graph") return Status::Ok();
    if (std::regex_match(text, match, std::regex("the (.+) graph"))) {
      return LoadNamedGraph(match[1].str());
    }
    if (text == "having executed:") return SetUp(*step.doc_string);
    if (text == "parameters are:") return SetParameters(step.table);
    if (std::regex_match(text, match, std::regex("there exists a procedure (.+)"))) {
      GESTA_ASSIGN_OR_RETURN(Procedure procedure, MakeTableProcedure(match[1].str(), step.table));
      procedures_.push_back(std::move(procedure));
      return Reopen();
    }
    if (text == "executing query:" || text == "executing control query:") {
      return Query(*step.doc_string);
    }
    if (text == "the result should be empty") return ExpectEmpty();
    if (std::regex_match(text, match,
                         std::regex("the result should be(, in any order|, in order)?"
                                    "( \\(ignoring element order for lists\\))?:"))) {
      return ExpectRows(step.table, match[1].str() == ", in order", match[2].matched);
    }
    if (text == "no side effects") return ExpectSideEffects({});
    if (text == "the side effects should be:") return ExpectSideEffects(step.table);
    if (std::regex_match(text, match,
                         std::regex("an? (\\w+) should be raised at (compile time|runtime|any "
                                    "time): (.+)"))) {
      return ExpectError(match[1].str(), match[2].str(), match[3].str());
    }
    return Fail("no such step is known: " + text);
  }

  // An error that no step asked for.
  Status Finish() const { return error_expected_ ? Status::Ok() : error_; }

 private:
  Status Open() {
    if (connection_) return Status::Ok();
    GESTA_ASSIGN_OR_RETURN(database_, slot_.Acquire());
    connection_ = database_->Connect();
    return Status::Ok();
  }

  Status Reopen() {
    GESTA_RETURN_IF_ERROR(Open());
    connection_.reset();
    std::function<void(ProcedureRegistry&)> add;
    if (!procedures_.empty()) {
      add = [procedures = procedures_](ProcedureRegistry& registry) {
        for (const Procedure& procedure : procedures) registry.Add(procedure);
      };
    }
    GESTA_ASSIGN_OR_RETURN(database_, slot_.Reopen(add));
    connection_ = database_->Connect();
    return Status::Ok();
  }

  Status LoadNamedGraph(const std::string& name) {
    const std::string path = options_.graphs_folder + "/" + name + "/" + name + ".cypher";
    std::ifstream file(path);
    std::ostringstream script;
    if (!(script << file.rdbuf())) return Fail("cannot read " + path);
    const std::string text = script.str();
    for (const StatementText& statement : SplitScript(text)) {
      GESTA_RETURN_IF_ERROR(SetUp(statement.text));
    }
    return Status::Ok();
  }

  Status SetUp(std::string_view statement) {
    GESTA_RETURN_IF_ERROR(Open());
    GESTA_ASSIGN_OR_RETURN(auto result, connection_->Execute(statement, parameters_));
    const auto rows = result->FetchAll();
    return rows.status().ok() ? Status::Ok() : rows.status().WithContext("setting up");
  }

  Status SetParameters(const Table& table) {
    for (const auto& row : table) {
      if (row.size() != 2) return Fail("a parameter is a name and a value");
      GESTA_ASSIGN_OR_RETURN(parameters_[row[0]], test::ParseExpectedValue(row[1]));
    }
    return Status::Ok();
  }

  Status Query(std::string_view statement) {
    GESTA_RETURN_IF_ERROR(Finish());  // of the query before a control query
    GESTA_RETURN_IF_ERROR(options_.reopen ? Reopen() : Open());
    GESTA_ASSIGN_OR_RETURN(before_, test::ReadGraphState(database_->store()));
    columns_.clear();
    rows_.clear();
    error_ = Status::Ok();
    error_expected_ = false;
    {
      auto result = connection_->Execute(statement, parameters_);
      if (!result.ok()) {
        error_ = result.status();
      } else {
        columns_ = (*result)->columns();
        auto rows = (*result)->FetchAll();
        if (rows.ok()) {
          rows_ = std::move(rows).value();
        } else {
          error_ = rows.status();
        }
      }
    }
    GESTA_ASSIGN_OR_RETURN(after_, test::ReadGraphState(database_->store()));
    return Status::Ok();
  }

  Status ExpectEmpty() {
    GESTA_RETURN_IF_ERROR(error_);
    if (rows_.empty()) return Status::Ok();
    return Fail(fmt::format("no rows were expected, and {} came, the first: {}", rows_.size(),
                            RowText(rows_[0])));
  }

  Status ExpectRows(const Table& table, bool in_order, bool ignore_list_order) {
    GESTA_RETURN_IF_ERROR(error_);
    const std::vector<std::string>& header = table.at(0);
    std::vector<size_t> position(header.size());  // of each expected column in the result
    if (header.size() != columns_.size()) {
      return Fail(fmt::format("expected columns {}, got {}", fmt::join(header, ", "),
                              fmt::join(columns_, ", ")));
    }
    for (size_t i = 0; i < header.size(); ++i) {
      size_t at = 0;
      while (at < columns_.size() && columns_[at] != header[i]) ++at;
      if (at == columns_.size()) {
        return Fail(fmt::format("expected columns {}, got {}", fmt::join(header, ", "),
                                fmt::join(columns_, ", ")));
      }
      position[i] = at;
    }
    std::vector<std::vector<Value>> expected;
    for (size_t i = 1; i < table.size(); ++i) {
      std::vector<Value> row;
      for (const std::string& cell : table[i]) {
        GESTA_ASSIGN_OR_RETURN(Value value, test::ParseExpectedValue(cell));
        row.push_back(std::move(value));
      }
      expected.push_back(std::move(row));
    }
    const auto equal = [&](const std::vector<Value>& wanted, const std::vector<Value>& actual) {
      for (size_t i = 0; i < wanted.size(); ++i) {
        if (!test::MatchesExpected(wanted[i], actual[position[i]], ignore_list_order)) {
          return false;
        }
      }
      return true;
    };
    std::vector<bool> used(rows_.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      bool found = false;
      const size_t first = in_order ? i : 0;
      const size_t last = in_order ? i + 1 : rows_.size();
      for (size_t j = first; j < last && j < rows_.size() && !found; ++j) {
        if (used[j] || !equal(expected[i], rows_[j])) continue;
        used[j] = found = true;
      }
      if (!found) {
        return Fail(fmt::format("expected row {} is missing{}: {}\n{}", i + 1,
                                in_order ? " at its place" : "", RowText(expected[i]), Got()));
      }
    }
    if (rows_.size() == expected.size()) return Status::Ok();
    return Fail(fmt::format("expected {} rows, got {}\n{}", expected.size(), rows_.size(), Got()));
  }

  // The first rows of the result, for messages.
  std::string Got() const {
    std::string text = fmt::format("got {} rows: | {} |", rows_.size(), fmt::join(columns_, " | "));
    for (size_t i = 0; i < rows_.size() && i < 10; ++i) text += "\n  " + RowText(rows_[i]);
    return text;
  }

  Status ExpectSideEffects(const Table& table) {
    std::map<std::string, uint64_t> expected;
    for (const auto& row : table) {
      if (row.at(1) != "0") expected[row.at(0)] = std::stoull(row.at(1));
    }
    const auto actual = test::SideEffects(before_, after_);
    if (actual == expected) return Status::Ok();
    const auto text = [](const std::map<std::string, uint64_t>& effects) {
      std::string out;
      for (const auto& [what, count] : effects) out += fmt::format(" {} {}", what, count);
      return out.empty() ? " none" : out;
    };
    return Fail("expected side effects:" + text(expected) + "; got:" + text(actual));
  }

  Status ExpectError(const std::string& type, const std::string& phase, const std::string& detail) {
    error_expected_ = true;
    if (error_.ok()) {
      return Fail(fmt::format("{} ({}) was expected at {}, and the query succeeded\n{}", type,
                              detail, phase, Got()));
    }
    const ErrorInfo& info = error_.info();
    const std::string actual_phase =
        info.phase == ErrorPhase::kCompile ? "compile time" : "runtime";
    if (info.type == type && (detail == "*" || info.detail == detail) &&
        (phase == "any time" || phase == actual_phase)) {
      return Status::Ok();
    }
    return Fail(fmt::format("expected {} ({}) at {}, got {} ({}) at {}: {}", type, detail, phase,
                            info.type.empty() ? "an unclassified error" : info.type, info.detail,
                            actual_phase, info.message));
  }

  const ScenarioOptions& options_;
  StoreSlot& slot_;
  std::vector<Procedure> procedures_;
  Database* database_ = nullptr;  // of slot_
  std::unique_ptr<Connection> connection_;
  Parameters parameters_;

  // Of the last query.
  test::GraphState before_;
  test::GraphState after_;
  std::vector<std::string> columns_;
  std::vector<std::vector<Value>> rows_;
  Status error_;
  bool error_expected_ = false;
};

}  // namespace

Status RunScenario(const Scenario& scenario, const ScenarioOptions& options, StoreSlot& slot) {
  ScenarioRun run(options, slot);
  for (const Step& step : scenario.steps) {
    const Status status = run.Step(step);
    if (!status.ok()) return status.WithContext("line " + std::to_string(step.line));
  }
  return run.Finish();
}

}  // namespace gesta::tck
