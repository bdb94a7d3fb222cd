#include "cypher/test_runner.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "gesta/database.h"
#include "support/expected_value.h"
#include "support/graph_state.h"

namespace gesta::test {
namespace {

Status Fail(std::string message) { return Status(StatusCode::kInternal, std::move(message)); }

std::string RowText(const std::vector<Value>& row) {
  std::string text = "|";
  for (const Value& value : row) text += " " + ToText(value, /*quote=*/true) + " |";
  return text;
}

std::string EffectsText(const std::map<std::string, uint64_t>& effects) {
  std::string text;
  for (const auto& [what, count] : effects)
    text += fmt::format(" {}{} {}", what[0], count, what.substr(1));
  return text.empty() ? " none" : text;
}

class CaseRun {
 public:
  CaseRun(const CaseOptions& options, const std::string& folder)
      : options_(options), folder_(folder) {}

  Status Run(const TestStatement& statement) {
    for (const auto& [name, value] : statement.parameters) parameters_[name] = value;
    if (options_.reopen && connection_ && !connection_->InTransaction()) {
      connection_.reset();
      database_.reset();
    }
    GESTA_RETURN_IF_ERROR(Open());
    // Effects are looked at only where they are asked for, and never inside a transaction, whose
    // changes nobody else sees.
    bool effects = false;
    bool error_expected = false;
    for (const Expectation& expectation : statement.expectations) {
      effects |= expectation.kind == ExpectationKind::kEffects;
      error_expected |= expectation.kind == ExpectationKind::kError;
    }
    GraphState before;
    if (effects) {
      GESTA_ASSIGN_OR_RETURN(before, ReadGraphState(database_->store()));
    }

    std::vector<std::string> columns;
    std::vector<std::vector<Value>> rows;
    Status error;
    if (auto result = connection_->Execute(statement.text, parameters_); result.ok()) {
      columns = (*result)->columns();
      if (auto fetched = (*result)->FetchAll(); fetched.ok()) {
        rows = std::move(fetched).value();
      } else {
        error = fetched.status();
      }
    } else {
      error = result.status();
    }

    for (const Expectation& expectation : statement.expectations) {
      Status status;
      if (expectation.kind == ExpectationKind::kError) {
        status = CompareError(expectation, error);
      } else if (!error.ok() && !error_expected) {
        status = Fail(error.ToString());
      } else if (expectation.kind == ExpectationKind::kRows) {
        status = CompareRows(expectation, columns, rows);
      } else if (expectation.kind == ExpectationKind::kEffects) {
        GESTA_ASSIGN_OR_RETURN(const GraphState after, ReadGraphState(database_->store()));
        const auto actual = SideEffects(before, after);
        if (actual != expectation.effects) {
          status = Fail("expected effects:" + EffectsText(expectation.effects) +
                        "; got:" + EffectsText(actual));
        }
      }
      if (!status.ok()) return status.WithContext(fmt::format("line {}", expectation.line));
    }
    return Status::Ok();
  }

 private:
  Status Open() {
    if (database_) return Status::Ok();
    DatabaseOptions options;
    options.store.sync = false;
    options.store.block_cache_bytes = 1 << 20;
    options.store.graph_cache_at_once = options_.cached;
    options.optimize = options_.optimize;
    options.batch_rows = options_.batch_rows;
    if (options_.threads > 0) {
      options.threads = options_.threads;
      options.parallel_rows = 0;
    }
    GESTA_ASSIGN_OR_RETURN(database_, Database::Open(folder_, options));
    connection_ = database_->Connect();
    return Status::Ok();
  }

  static Status CompareError(const Expectation& expected, const Status& error) {
    if (error.ok()) return Fail("an error was expected, and the statement succeeded");
    const ErrorInfo& info = error.info();
    const std::string phase = info.phase == ErrorPhase::kCompile ? "compile time" : "runtime";
    const auto matches = [](const std::string& wanted, const std::string& actual) {
      return wanted.empty() || wanted == actual;
    };
    if (matches(expected.error_type, info.type) && matches(expected.error_detail, info.detail) &&
        matches(expected.error_phase, phase) &&
        error.ToString().find(expected.error_text) != std::string::npos) {
      return Status::Ok();
    }
    return Fail(fmt::format("another error was expected; got {} {} at {}: {}", info.type,
                            info.detail, phase, error.ToString()));
  }

  const CaseOptions& options_;
  const std::string folder_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> connection_;  // after database_: goes first
  Parameters parameters_;
};

}  // namespace

Status CompareRows(const Expectation& expected, const std::vector<std::string>& columns,
                   const std::vector<std::vector<Value>>& rows) {
  std::string got = fmt::format("got {} rows: | {} |", rows.size(), fmt::join(columns, " | "));
  for (size_t i = 0; i < rows.size() && i < 20; ++i) got += "\n  " + RowText(rows[i]);
  if (!expected.columns.empty() && columns != expected.columns) {
    return Fail(
        fmt::format("expected columns | {} |\n{}", fmt::join(expected.columns, " | "), got));
  }
  std::vector<bool> used(rows.size());
  for (size_t i = 0; i < expected.rows.size(); ++i) {
    bool found = false;
    const size_t first = expected.in_order ? i : 0;
    const size_t last = expected.in_order ? i + 1 : rows.size();
    for (size_t j = first; j < last && j < rows.size() && !found; ++j) {
      bool equal = !used[j];
      for (size_t k = 0; k < columns.size() && equal; ++k) {
        equal = MatchesExpected(expected.rows[i][k], rows[j][k], expected.ignore_list_order);
      }
      if (equal) used[j] = found = true;
    }
    if (!found) {
      return Fail(fmt::format("row {} is missing{}: {}\n{}", i + 1,
                              expected.in_order ? " at its place" : "", RowText(expected.rows[i]),
                              got));
    }
  }
  if (rows.size() == expected.rows.size()) return Status::Ok();
  return Fail(fmt::format("expected {} rows\n{}", expected.rows.size(), got));
}

Status RunTestCase(const TestCase& test, const CaseOptions& options, const std::string& folder) {
  CaseRun run(options, folder);
  for (const TestStatement& statement : test.statements) {
    const Status status = run.Run(statement);
    if (!status.ok()) {
      return status.code() == StatusCode::kInternal
                 ? status
                 : status.WithContext(fmt::format("line {}", statement.line));
    }
  }
  return Status::Ok();
}

}  // namespace gesta::test
