#include "support/plan_comparison.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace gesta::test {
namespace {

// Sums of floats depend on their order in the last digits.
std::string AsText(const Value& value) {
  if (value.type() == ValueType::kFloat) {
    char text[40];
    std::snprintf(text, sizeof(text), "%.9g", value.AsFloat());
    return text;
  }
  return ToText(value, true);
}

// Whether a statement may meet this error with one plan and not with another: only those of values
// that were computed, which a plan may leave out.
bool DependsOnPlan(const Status& status) {
  switch (status.code()) {
    case StatusCode::kTimeout:
    case StatusCode::kMemoryBudget:
      return true;
    case StatusCode::kSyntax:
      return false;
    default:
      return status.info().phase == ErrorPhase::kRuntime;
  }
}

constexpr size_t kMostRows = 20'000;

std::string Shorten(const std::vector<std::string>& rows) {
  std::string text = std::to_string(rows.size()) + " rows";
  for (size_t i = 0; i < rows.size() && i < 20; ++i) text += "\n    " + rows[i];
  return text;
}

}  // namespace

Result<std::unique_ptr<PlanComparison>> PlanComparison::Make(
    const std::vector<std::string>& graph) {
  std::unique_ptr<PlanComparison> made(new PlanComparison);
  GESTA_RETURN_IF_ERROR(made->Open("planned", false, graph));
  GESTA_RETURN_IF_ERROR(made->Open("plain", true, graph));
  return made;
}

Status PlanComparison::Open(const std::string& name, bool plain,
                            const std::vector<std::string>& graph) {
  DatabaseOptions options;
  options.store.sync = false;
  options.store.block_cache_bytes = 8 << 20;
  options.query_memory_bytes = 256 << 20;
  options.query_timeout = std::chrono::seconds(2);
  options.optimize = !plain;
  if (plain) options.batch_rows = 2;
  Side side;
  GESTA_ASSIGN_OR_RETURN(side.database, Database::Open(directory_.path() + "/" + name, options));
  side.connection = side.database->Connect();
  for (const std::string& statement : graph) {
    GESTA_RETURN_IF_ERROR(side.connection->Execute(statement).status());
  }
  sides_.push_back(std::move(side));
  return {};
}

PlanComparison::Outcome PlanComparison::RunOn(Connection& connection, std::string_view statement) {
  Outcome outcome;
  outcome.status = connection.Begin();
  if (!outcome.status.ok()) return outcome;
  const auto run = [&]() -> Status {
    GESTA_ASSIGN_OR_RETURN(auto result, connection.Execute(statement));
    outcome.columns = result->columns();
    std::vector<Value> row;
    while (true) {
      GESTA_ASSIGN_OR_RETURN(const bool more, result->Next(&row));
      if (!more) break;
      if (outcome.rows.size() == kMostRows) {
        return Status(StatusCode::kMemoryBudget, "too many rows to compare");
      }
      std::string text;
      for (const Value& value : row) text += AsText(value) + " | ";
      outcome.rows.push_back(std::move(text));
    }
    outcome.changes = result->summary().changes;
    return {};
  };
  outcome.status = run();
  if (connection.InTransaction()) {
    const Status undone = connection.Rollback();
    if (!undone.ok()) outcome.status = undone;
  }
  std::sort(outcome.rows.begin(), outcome.rows.end());
  return outcome;
}

std::string PlanComparison::Run(std::string_view statement, bool compare_rows) {
  const Outcome planned = RunOn(*sides_[0].connection, statement);
  const Outcome plain = RunOn(*sides_[1].connection, statement);
  for (const Outcome* outcome : {&planned, &plain}) {
    if (outcome->status.code() == StatusCode::kInternal ||
        outcome->status.code() == StatusCode::kCorruption) {
      return std::string(outcome == &planned ? "planned: " : "plain: ") +
             outcome->status.ToString();
    }
  }
  if (!planned.status.ok() || !plain.status.ok()) {
    const bool may_differ = (planned.status.ok() || DependsOnPlan(planned.status)) &&
                            (plain.status.ok() || DependsOnPlan(plain.status));
    if (may_differ || planned.status.code() == plain.status.code()) return "";
    return "planned: " + planned.status.ToString() + "\nplain: " + plain.status.ToString();
  }
  if (planned.columns != plain.columns) return "the columns differ";
  if (!compare_rows) return "";
  if (planned.rows != plain.rows) {
    return "planned: " + Shorten(planned.rows) + "\nplain: " + Shorten(plain.rows);
  }
  if (planned.changes.nodes_created != plain.changes.nodes_created ||
      planned.changes.nodes_deleted != plain.changes.nodes_deleted ||
      planned.changes.relationships_created != plain.changes.relationships_created ||
      planned.changes.relationships_deleted != plain.changes.relationships_deleted) {
    return "the changes differ";
  }
  return "";
}

std::string PlanComparison::CheckStores() {
  std::string found;
  for (const Side& side : sides_) {
    Result<std::vector<CheckProblem>> problems = side.database->store().Check(10);
    if (!problems.ok()) return problems.status().ToString();
    for (const CheckProblem& problem : *problems) found += problem.what + "\n";
  }
  return found;
}

}  // namespace gesta::test
