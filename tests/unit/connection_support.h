// Helpers of tests on the public API: a database in a directory of its own, and statements whose
// results are read at once. What may be called from several threads makes no assertions.
#ifndef GESTA_TESTS_CONNECTION_SUPPORT_H_
#define GESTA_TESTS_CONNECTION_SUPPORT_H_

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gesta/database.h"
#include "store_test_support.h"

namespace gesta::test {

using Rows = std::vector<std::vector<Value>>;

// Runs a statement and reads its rows.
inline Result<Rows> Query(Connection& connection, std::string_view text,
                          const Parameters& parameters = {}) {
  GESTA_ASSIGN_OR_RETURN(auto result, connection.Execute(text, parameters));
  return result->FetchAll();
}

// The one integer that a statement gives.
inline Result<int64_t> QueryInteger(Connection& connection, std::string_view text,
                                    const Parameters& parameters = {}) {
  GESTA_ASSIGN_OR_RETURN(const Rows rows, Query(connection, text, parameters));
  if (rows.size() != 1 || rows[0].size() != 1 || rows[0][0].type() != ValueType::kInteger) {
    return Status(StatusCode::kInternal, "not one integer: " + std::string(text));
  }
  return rows[0][0].AsInteger();
}

inline Rows MustQuery(Connection& connection, std::string_view text,
                      const Parameters& parameters = {}) {
  INFO(text);
  return Must(Query(connection, text, parameters));
}

// A text for each row: its values as they are printed, with bars between.
inline std::vector<std::string> RowTexts(Connection& connection, std::string_view text) {
  std::vector<std::string> texts;
  for (const std::vector<Value>& row : MustQuery(connection, text)) {
    std::string line;
    for (const Value& value : row) line += (line.empty() ? "" : " | ") + ToText(value, false);
    texts.push_back(line);
  }
  return texts;
}

inline ErrorInfo MustFail(Connection& connection, std::string_view text) {
  INFO(text);
  const auto rows = Query(connection, text);
  REQUIRE_FALSE(rows.ok());
  return rows.status().info();
}

inline int64_t MustQueryInteger(Connection& connection, std::string_view text,
                                const Parameters& parameters = {}) {
  INFO(text);
  return Must(QueryInteger(connection, text, parameters));
}

inline Parameters With(const std::string& name, int64_t value) {
  return {{name, Value::Integer(value)}};
}

// Commits do not wait for the disk: no power fails here.
struct TestDatabase {
  explicit TestDatabase(DatabaseOptions options = {}) {
    options.store.sync = false;
    database = Must(Database::Open(directory / "s", options));
  }
  std::unique_ptr<Connection> Connect() { return database->Connect(); }
  void CheckConsistent() { RequireConsistent(database->store()); }

  TempDirectory directory;
  std::unique_ptr<Database> database;
};

}  // namespace gesta::test

#endif  // GESTA_TESTS_CONNECTION_SUPPORT_H_
