// Helpers of the planner's and the connection's tests: a database in a folder of its own.
#ifndef GESTA_TESTS_PLAN_SUPPORT_H_
#define GESTA_TESTS_PLAN_SUPPORT_H_

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "gesta/database.h"
#include "support/temp_dir.h"

namespace gesta::test {

class PlanFixture {
 public:
  explicit PlanFixture(DatabaseOptions options = {}) {
    options.store.sync = false;
    auto opened = Database::Open(dir_.path() + "/db", options);
    REQUIRE(opened.ok());
    database_ = *std::move(opened);
    connection_ = database_->Connect();
  }

  Database& database() { return *database_; }
  Connection& connection() { return *connection_; }

  void Run(const std::string& statement) {
    INFO(statement);
    auto result = connection_->Execute(statement);
    if (!result.ok()) FAIL(result.status().ToString());
    auto rows = (*result)->FetchAll();
    if (!rows.ok()) FAIL(rows.status().ToString());
  }

  // The rows as text, in order: "1, 'a'".
  std::vector<std::string> Rows(const std::string& statement, const Parameters& parameters = {}) {
    INFO(statement);
    auto result = connection_->Execute(statement, parameters);
    if (!result.ok()) FAIL(result.status().ToString());
    auto rows = (*result)->FetchAll();
    if (!rows.ok()) FAIL(rows.status().ToString());
    std::vector<std::string> texts;
    for (const std::vector<Value>& row : *rows) {
      std::string text;
      for (const Value& value : row) text += (text.empty() ? "" : ", ") + ToText(value, true);
      texts.push_back(text);
    }
    return texts;
  }
  std::vector<std::string> SortedRows(const std::string& statement) {
    std::vector<std::string> rows = Rows(statement);
    std::sort(rows.begin(), rows.end());
    return rows;
  }
  // The only row's only value.
  std::string One(const std::string& statement) {
    const std::vector<std::string> rows = Rows(statement);
    REQUIRE(rows.size() == 1);
    return rows[0];
  }

  std::string Plan(const std::string& statement) {
    INFO(statement);
    auto result = connection_->Execute("EXPLAIN " + statement);
    if (!result.ok()) FAIL(result.status().ToString());
    return (*result)->summary().plan;
  }

  Status Error(const std::string& statement, const Parameters& parameters = {}) {
    auto result = connection_->Execute(statement, parameters);
    if (!result.ok()) return result.status();
    return (*result)->FetchAll().status();
  }

 private:
  TempDir dir_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> connection_;
};

inline bool Mentions(const std::string& plan, const std::string& text) {
  return plan.find(text) != std::string::npos;
}

}  // namespace gesta::test

#endif  // GESTA_TESTS_PLAN_SUPPORT_H_
