// The connection: transactions, results, parameters, limits, errors.
#include <atomic>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <thread>

#include "plan_support.h"

namespace gesta::test {
namespace {

TEST_CASE("autocommit writes are committed when Execute returns", "[connection]") {
  PlanFixture db;
  auto result = db.connection().Execute("CREATE (n:N {x: 1}) RETURN n");
  REQUIRE(result.ok());
  const std::unique_ptr<Connection> other = db.database().Connect();
  auto seen = other->Execute("MATCH (n:N) RETURN n.x");
  REQUIRE(seen.ok());
  auto rows = (*seen)->FetchAll();
  REQUIRE(rows.ok());
  CHECK(rows->size() == 1);
  CHECK((*result)->summary().changes.nodes_created == 1);
  CHECK((*result)->summary().changes.properties_set == 1);
}

TEST_CASE("a reading statement keeps the snapshot of its start", "[connection]") {
  PlanFixture db;
  db.Run("UNWIND range(1, 5000) AS i CREATE (:N {i: i})");
  auto result = db.connection().Execute("MATCH (n:N) RETURN n.i");
  REQUIRE(result.ok());
  std::vector<Value> row;
  auto first = (*result)->Next(&row);
  REQUIRE(first.ok());
  REQUIRE(*first);
  const std::unique_ptr<Connection> other = db.database().Connect();
  REQUIRE(other->Execute("MATCH (n:N) DETACH DELETE n").ok());
  auto rest = (*result)->FetchAll();
  REQUIRE(rest.ok());
  CHECK(rest->size() == 4999);
  CHECK((*result)->summary().rows == 5000);
  CHECK(db.One("MATCH (n:N) RETURN count(n)") == "0");
}

TEST_CASE("a transaction is seen by others once it is committed", "[connection]") {
  PlanFixture db;
  const std::unique_ptr<Connection> other = db.database().Connect();
  const auto others_count = [&] {
    auto result = other->Execute("MATCH (n:N) RETURN count(n)");
    REQUIRE(result.ok());
    auto rows = (*result)->FetchAll();
    REQUIRE(rows.ok());
    return (*rows)[0][0].AsInteger();
  };
  REQUIRE(db.connection().Begin().ok());
  CHECK(db.connection().InTransaction());
  db.Run("CREATE (:N)");
  CHECK(db.One("MATCH (n:N) RETURN count(n)") == "1");
  CHECK(others_count() == 0);
  REQUIRE(db.connection().Commit().ok());
  CHECK_FALSE(db.connection().InTransaction());
  CHECK(others_count() == 1);
  db.Run("BEGIN");
  db.Run("CREATE (:N)");
  db.Run("ROLLBACK");
  CHECK(db.One("MATCH (n:N) RETURN count(n)") == "1");
}

TEST_CASE("a failing statement inside a transaction is undone alone", "[connection]") {
  PlanFixture db;
  db.Run("BEGIN");
  db.Run("CREATE (:N {x: 1})");
  CHECK(db.Error("CREATE (:N {x: 2}) WITH 1 AS one RETURN one / 0").code() ==
        StatusCode::kArithmetic);
  CHECK(db.Error("RETURN nothing").code() == StatusCode::kSyntax);
  CHECK(db.connection().InTransaction());
  db.Run("CREATE (:N {x: 3})");
  db.Run("COMMIT");
  CHECK(db.Rows("MATCH (n:N) RETURN n.x ORDER BY n.x") == std::vector<std::string>{"1", "3"});
}

TEST_CASE("a failing autocommit statement leaves nothing", "[connection]") {
  PlanFixture db;
  CHECK_FALSE(db.Error("UNWIND [1, 0] AS i CREATE (:N {x: 1 / i})").ok());
  CHECK(db.One("MATCH (n) RETURN count(n)") == "0");
}

TEST_CASE("transaction control that does not fit is refused", "[connection]") {
  PlanFixture db;
  CHECK(db.Error("COMMIT").code() == StatusCode::kInvalidArgument);
  CHECK(db.Error("ROLLBACK").code() == StatusCode::kInvalidArgument);
  db.Run("BEGIN");
  CHECK(db.Error("BEGIN").code() == StatusCode::kInvalidArgument);
  db.Run("COMMIT");
}

TEST_CASE("read-only transactions refuse writes", "[connection]") {
  PlanFixture db;
  db.Run("CREATE (:N)");
  db.Run("BEGIN READ ONLY");
  CHECK(db.One("MATCH (n) RETURN count(n)") == "1");
  CHECK(db.Error("CREATE (:N)").code() == StatusCode::kReadOnly);
  CHECK(db.Error("CREATE INDEX FOR (n:N) ON (n.x)").code() == StatusCode::kReadOnly);
  CHECK(Mentions(db.Plan("CREATE (:N)"), "Create"));  // nothing is run
  db.Run("COMMIT");
}

TEST_CASE("the first to commit wins, the other is told to try again", "[connection]") {
  PlanFixture db;
  const std::unique_ptr<Connection> other = db.database().Connect();
  db.Run("BEGIN");
  CHECK(db.One("MATCH (n) RETURN count(n)") == "0");
  REQUIRE(other->Execute("CREATE (:N)").ok());
  CHECK(db.Error("CREATE (:N)").code() == StatusCode::kConflict);
  db.Run("ROLLBACK");
  db.Run("CREATE (:N)");
  CHECK(db.One("MATCH (n) RETURN count(n)") == "2");
}

TEST_CASE("autocommit writers from several threads never conflict", "[connection]") {
  PlanFixture db;
  db.Run("CREATE (:Counter {n: 0})");
  constexpr int kThreads = 4;
  constexpr int kRounds = 25;
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      const std::unique_ptr<Connection> connection = db.database().Connect();
      for (int round = 0; round < kRounds; ++round) {
        if (!connection->Execute("MATCH (c:Counter) SET c.n = c.n + 1").ok()) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failures == 0);
  CHECK(db.One("MATCH (c:Counter) RETURN c.n") == std::to_string(kThreads * kRounds));
}

TEST_CASE("parameters are values, and missing ones an error", "[connection]") {
  PlanFixture db;
  CHECK(db.Rows("RETURN $a + $b AS s", {{"a", Value::Integer(1)}, {"b", Value::Integer(2)}}) ==
        std::vector<std::string>{"3"});
  const Status status = db.Error("RETURN $a", {{"b", Value::Integer(2)}});
  REQUIRE_FALSE(status.ok());
  CHECK(status.info().type == "ParameterMissing");
  CHECK(status.info().detail == "MissingParameter");
  CHECK(status.info().phase == ErrorPhase::kCompile);
  CHECK(Mentions(status.info().hint, "$b"));
}

TEST_CASE("prepared statements run again with other parameters", "[connection]") {
  PlanFixture db;
  db.Run("UNWIND range(1, 9) AS i CREATE (:N {i: i})");
  auto prepared = db.connection().Prepare("MATCH (n:N) WHERE n.i > $least RETURN count(n) AS c");
  REQUIRE(prepared.ok());
  CHECK((*prepared)->parameter_names() == std::vector<std::string>{"least"});
  const auto count = [&](int64_t least) {
    auto result = (*prepared)->Execute({{"least", Value::Integer(least)}});
    REQUIRE(result.ok());
    CHECK((*result)->summary().plan_from_cache);
    CHECK((*result)->columns() == std::vector<std::string>{"c"});
    auto rows = (*result)->FetchAll();
    REQUIRE(rows.ok());
    return (*rows)[0][0].AsInteger();
  };
  CHECK(count(3) == 6);
  CHECK(count(8) == 1);
  CHECK_FALSE(db.connection().Prepare("RETURN").ok());
}

TEST_CASE("entities come whole, deleted ones with what is known", "[connection]") {
  PlanFixture db;
  db.Run("CREATE (:B:A {x: 1})-[:R {w: 2}]->(:C)");
  CHECK(db.Rows("MATCH p = (a:A)-[r]->(c) RETURN a, r, p, [a], {k: r}") ==
        std::vector<std::string>{"(:A:B {x: 1}), [:R {w: 2}], <(:A:B {x: 1})-[:R {w: 2}]->(:C)>, "
                                 "[(:A:B {x: 1})], {k: [:R {w: 2}]}"});
  // Shown as the statement leaves them.
  CHECK(db.Rows("MATCH (c:C) SET c.y = 3 RETURN c") == std::vector<std::string>{"(:C {y: 3})"});
  auto result = db.connection().Execute("MATCH (a:A)-[r]->() DELETE r, a RETURN a, r");
  REQUIRE(result.ok());
  auto rows = (*result)->FetchAll();
  REQUIRE(rows.ok());
  REQUIRE(rows->size() == 1);
  CHECK((*rows)[0][0].AsNode().labels.empty());
  CHECK((*rows)[0][1].AsRelationship().type == "R");
}

TEST_CASE("errors show the line with a caret", "[connection]") {
  PlanFixture db;
  const Status status = db.Error("UNWIND [1, 0] AS i\nRETURN 1 / i AS q");
  REQUIRE_FALSE(status.ok());
  CHECK(status.info().line == 2);
  CHECK(status.info().source_line == "RETURN 1 / i AS q");
  CHECK(Mentions(status.ToString(), "^"));
}

TEST_CASE("a statement can be cancelled from another thread", "[connection]") {
  PlanFixture db;
  db.connection().Cancel();  // nothing runs: nothing happens
  CHECK(db.One("RETURN 1") == "1");
  std::atomic<bool> done{false};
  std::thread canceller([&] {
    while (!done) {
      db.connection().Cancel();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  const Status status =
      db.Error("UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN sum(a * b)");
  done = true;
  canceller.join();
  CHECK(status.code() == StatusCode::kCancelled);
  CHECK(db.One("RETURN 1") == "1");
}

TEST_CASE("a cancelled statement does not take the next one with it", "[connection]") {
  PlanFixture db;
  db.Run("UNWIND range(1, 5000) AS i CREATE (:N {i: i})");
  auto open = db.connection().Execute("MATCH (n:N) RETURN n.i");
  REQUIRE(open.ok());
  std::vector<Value> row;
  REQUIRE((*open)->Next(&row).ok());
  db.connection().Cancel();
  CHECK((*open)->FetchAll().status().code() == StatusCode::kCancelled);
  auto left_open = db.connection().Execute("MATCH (n:N) RETURN n.i");
  REQUIRE(left_open.ok());
  db.connection().Cancel();
  CHECK(db.One("RETURN 1") == "1");
}

TEST_CASE("time and memory limits stop a statement", "[connection]") {
  PlanFixture db;
  db.connection().SetTimeout(std::chrono::milliseconds(50));
  CHECK(db.Error("UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN sum(a * b)")
            .code() == StatusCode::kTimeout);
  db.connection().SetTimeout(std::chrono::milliseconds(0));
  db.connection().SetMemoryLimit(1 << 20);
  CHECK(db.Error("UNWIND range(1, 1000000) AS a RETURN collect(a)").code() ==
        StatusCode::kMemoryBudget);
  CHECK(db.Error("UNWIND range(1, 1000000) AS a CREATE (n:N) RETURN n").code() ==
        StatusCode::kMemoryBudget);
  CHECK(db.One("MATCH (n) RETURN count(n)") == "0");
}

TEST_CASE("progress is told while a statement runs", "[connection]") {
  PlanFixture db;
  uint64_t last = 0;
  int calls = 0;
  db.connection().SetProgress([&](uint64_t rows) {
    CHECK(rows >= last);
    last = rows;
    ++calls;
  });
  db.Run("UNWIND range(1, 300000) AS i RETURN sum(i)");
  CHECK(calls > 0);
  CHECK(last > 0);
  db.connection().SetProgress({});
  const int before = calls;
  db.Run("UNWIND range(1, 300000) AS i RETURN sum(i)");
  CHECK(calls == before);
}

TEST_CASE("SHOW lists the catalog", "[connection]") {
  PlanFixture db;
  db.Run("CREATE (:A)-[:R]->(:B {k: 1})");
  db.Run("CREATE INDEX b_k FOR (b:B) ON (b.k)");
  db.Run("CREATE CONSTRAINT a_id FOR (a:A) REQUIRE a.id IS UNIQUE");
  CHECK(db.Rows("SHOW LABELS") == std::vector<std::string>{"'A', 1", "'B', 1"});
  CHECK(db.Rows("SHOW TYPES") == std::vector<std::string>{"'R', 1"});
  CHECK(db.Rows("SHOW PROPERTY KEYS") == std::vector<std::string>{"'id'", "'k'"});
  const std::vector<std::string> indexes = db.Rows("SHOW INDEXES");
  REQUIRE(indexes.size() == 2);
  CHECK(Mentions(indexes[1], "'b_k', 'NODE', 'B', ['k'], false, null, 1"));
  CHECK(db.Rows("SHOW CONSTRAINTS") ==
        std::vector<std::string>{"'a_id', 'UNIQUE', 'NODE', 'A', ['id']"});
  CHECK(db.Rows("CALL db.labels()") == std::vector<std::string>{"'A'", "'B'"});
  CHECK_FALSE(db.Rows("SHOW FUNCTIONS").empty());
  CHECK_FALSE(db.Rows("SHOW PROCEDURES").empty());
  CHECK_FALSE(db.Rows("SHOW ALIGNERS").empty());
}

TEST_CASE("schema statements say what is in the way", "[connection]") {
  PlanFixture db;
  db.Run("CREATE INDEX i FOR (n:N) ON (n.x)");
  CHECK(db.Error("CREATE INDEX i FOR (n:N) ON (n.x)").code() == StatusCode::kAlreadyExists);
  db.Run("CREATE INDEX i IF NOT EXISTS FOR (n:N) ON (n.x)");
  CHECK(db.Error("DROP INDEX j").code() == StatusCode::kNotFound);
  db.Run("DROP INDEX j IF EXISTS");
  db.Run("DROP INDEX i");
  CHECK(db.Rows("SHOW INDEXES").empty());
  db.Run("CREATE (:N {x: 1}), (:N {x: 1})");
  CHECK(db.Error("CREATE CONSTRAINT FOR (n:N) REQUIRE n.x IS UNIQUE").code() ==
        StatusCode::kConstraint);
}

TEST_CASE("the keywords are the grammar's", "[connection]") {
  std::ifstream file(std::string(GESTA_SOURCE_DIR) + "/grammar/Gesta.g4");
  REQUIRE(file);
  std::vector<std::string> words;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("K_", 0) != 0) continue;
    const size_t begin = line.find('\'') + 1;
    words.push_back(line.substr(begin, line.find('\'', begin) - begin));
  }
  CHECK(words.size() > 50);
  CHECK(Database::Keywords() == words);
}

}  // namespace
}  // namespace gesta::test
