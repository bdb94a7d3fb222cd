// What a connection promises about transactions and about statements that read what they write.
#include "connection_support.h"

namespace gesta {
namespace {

using namespace gesta::test;

TEST_CASE("a statement that fails inside a transaction leaves it usable", "[connection]") {
  DatabaseOptions options;
  options.batch_rows = GENERATE(1024, 2);
  TestDatabase db(options);
  const auto connection = db.Connect();
  MustQuery(*connection, "CREATE CONSTRAINT FOR (k:Key) REQUIRE k.id IS UNIQUE");
  MustQuery(*connection, "CREATE (:Key {id: 1})-[:R]->(:Key {id: 2})");
  const bool by_statement = GENERATE(false, true);
  if (by_statement) {
    MustQuery(*connection, "BEGIN");
  } else {
    RequireOk(connection->Begin());
  }
  REQUIRE(connection->InTransaction());
  MustQuery(*connection, "CREATE (:Key {id: 3})");
  // Each after a part of its work is done, or before it begins.
  const std::vector<std::pair<std::string, StatusCode>> failures = {
      {"UNWIND [4, 5, 6, 1] AS id CREATE (:Key {id: id})", StatusCode::kConstraint},
      {"UNWIND [2, 1, 0] AS n CREATE (:Lost {n: 10 / n})", StatusCode::kArithmetic},
      {"MATCH (k:Key) SET k.lost = true DELETE k", StatusCode::kConstraint},
      {"MATCH (k:Key {id: 3}) SET k.id = 2", StatusCode::kConstraint},
      {"CREATE (:Lost {of: $missing})", StatusCode::kInvalidArgument},
      {"CREATE (:Lost {of: {a: 1}})", StatusCode::kType},
      {"CREATE (:Lost", StatusCode::kSyntax},
      {"CREATE (:Lost {n: nothing})", StatusCode::kSyntax},
      {"CREATE CONSTRAINT FOR (k:Key) REQUIRE k.id IS UNIQUE", StatusCode::kAlreadyExists},
      {"DROP INDEX none", StatusCode::kNotFound},
      {"BEGIN", StatusCode::kInvalidArgument},
  };
  for (const auto& [statement, code] : failures) {
    const Status status = Query(*connection, statement).status();
    INFO(statement << "\n" << status.ToString());
    CHECK(status.code() == code);
    REQUIRE(connection->InTransaction());
    CHECK(MustQueryInteger(*connection, "MATCH (n) RETURN count(n)") == 3);
  }
  MustQuery(*connection, "MATCH (k:Key {id: 3}) SET k.kept = true");
  MustQuery(*connection, "CREATE (:Key {id: 4})");
  RequireOk(connection->Commit());
  const auto other = db.Connect();
  CHECK(MustQueryInteger(*other, "MATCH (k:Key) RETURN sum(k.id)") == 10);
  CHECK(MustQueryInteger(*other, "MATCH (n) RETURN count(n)") == 4);
  CHECK(MustQueryInteger(*other, "MATCH (n) WHERE n.lost RETURN count(n)") == 0);
  CHECK(MustQueryInteger(*other, "MATCH (n) WHERE n.kept RETURN count(n)") == 1);
  db.CheckConsistent();
}

TEST_CASE("a statement that fails by itself changes nothing", "[connection]") {
  TestDatabase db;
  const auto connection = db.Connect();
  MustQuery(*connection, "CREATE (:N {i: 1})-[:R]->(:N {i: 2})");
  REQUIRE(connection->Execute("MATCH (n:N) SET n.i = 10 / (n.i - 2)").status().code() ==
          StatusCode::kArithmetic);
  REQUIRE_FALSE(connection->InTransaction());
  CHECK(MustQueryInteger(*connection, "MATCH (n:N) RETURN sum(n.i)") == 3);
}

TEST_CASE("deleting a node that has relationships needs DETACH", "[connection]") {
  TestDatabase db;
  const auto connection = db.Connect();
  MustQuery(*connection, "CREATE (:A)-[:R]->(:B), (:C)");
  const Status status = connection->Execute("MATCH (n) DELETE n").status();
  INFO(status.ToString());
  REQUIRE(status.code() == StatusCode::kConstraint);
  CHECK(status.info().type == "ConstraintVerificationFailed");
  CHECK(status.info().detail == "DeleteConnectedNode");
  CHECK(status.ToString().find("DETACH") != std::string::npos);
  CHECK(MustQueryInteger(*connection, "MATCH (n) RETURN count(n)") == 3);
  MustQuery(*connection, "MATCH (n)-[r]->() DELETE n, r");
  MustQuery(*connection, "MATCH (n) DETACH DELETE n");
  CHECK(MustQueryInteger(*connection, "MATCH (n) RETURN count(n)") == 0);
  db.CheckConsistent();
}

// A statement does not see what it writes where it reads.
TEST_CASE("statements that write what they match end", "[connection]") {
  DatabaseOptions options;
  options.batch_rows = GENERATE(1024, 2, 1);
  options.optimize = GENERATE(true, false);
  TestDatabase db(options);
  const auto connection = db.Connect();
  const bool in_transaction = GENERATE(false, true);
  if (in_transaction) RequireOk(connection->Begin());
  auto count = [&](std::string_view pattern) {
    return MustQueryInteger(*connection, "MATCH " + std::string(pattern) + " RETURN count(*)");
  };
  MustQuery(*connection, "UNWIND range(1, 5) AS i CREATE (:N {i: i})");

  SECTION("nodes") {
    MustQuery(*connection, "MATCH (n) CREATE ()");
    CHECK(count("(n)") == 10);
    MustQuery(*connection, "MATCH (n) CREATE (:N {i: 0})");
    CHECK(count("(n)") == 20);
    MustQuery(*connection, "MATCH (n), (m) CREATE ()");
    CHECK(count("(n)") == 420);
  }
  SECTION("labels") {
    MustQuery(*connection, "MATCH (n:N) CREATE (:N {i: n.i + 5})");
    CHECK(count("(n:N)") == 10);
    MustQuery(*connection, "MATCH (n:N) CREATE (m) SET m:N");
    CHECK(count("(n:N)") == 20);
  }
  SECTION("relationships") {
    MustQuery(*connection, "MATCH (a:N), (b:N) WHERE b.i = a.i + 1 CREATE (a)-[:R]->(b)");
    CHECK(count("()-[:R]->()") == 4);
    MustQuery(*connection, "MATCH (a)-[r:R]->(b) CREATE (b)-[:R]->(a)");
    CHECK(count("()-[:R]->()") == 8);
    MustQuery(*connection, "MATCH (a)-[:R]->(b) CREATE (b)-[:R]->()");
    CHECK(count("()-[:R]->()") == 16);
    MustQuery(*connection, "MATCH (a) MATCH (a)-[:R]->(b) CREATE (a)-[:R]->(:X)");
    CHECK(count("()-[:R]->()") == 32);
  }
  SECTION("an index that the statement moves nodes along") {
    MustQuery(*connection, "CREATE INDEX FOR (n:N) ON (n.i)");
    MustQuery(*connection, "MATCH (n:N) WHERE n.i >= 1 SET n.i = n.i + 1");
    CHECK(MustQueryInteger(*connection, "MATCH (n:N) RETURN sum(n.i)") == 20);
    MustQuery(*connection, "MATCH (n:N) WHERE n.i > 2 CREATE (:N {i: n.i + 10})");
    CHECK(count("(n:N)") == 9);
    MustQuery(*connection,
              "UNWIND range(1, 5) AS i MATCH (n:N) WHERE n.i > 10 "
              "WITH n LIMIT 3 SET n.i = n.i + 1");
    CHECK(MustQueryInteger(*connection, "MATCH (n:N) RETURN sum(n.i)") == 20 + 58 + 3);
  }
  SECTION("MERGE finds what the rows before it have made") {
    MustQuery(*connection, "MATCH (n:N) MERGE (:Y {k: n.i % 2})");
    CHECK(count("(y:Y)") == 2);
    MustQuery(*connection, "MATCH (n) MERGE (m:Z {of: 1}) ON MATCH SET m.seen = true");
    CHECK(count("(z:Z)") == 1);
    CHECK(count("(z:Z {seen: true})") == 1);
  }
  SECTION("deleting") {
    MustQuery(*connection, "MATCH (n:N) WITH n CREATE (m:N {i: n.i * 100}) WITH n, m DELETE n");
    CHECK(count("(n:N)") == 5);
    MustQuery(*connection, "MATCH (n), (m) DETACH DELETE n, m");
    CHECK(count("(n)") == 0);
  }
  SECTION("FOREACH") {
    MustQuery(*connection, "MATCH (n:N) FOREACH (i IN range(1, n.i) | CREATE (:N {i: 0}))");
    CHECK(count("(n:N)") == 20);
  }
  if (in_transaction) RequireOk(connection->Commit());
  db.CheckConsistent();
}

TEST_CASE("a transaction is over when it is committed, rolled back or abandoned", "[connection]") {
  TestDatabase db;
  auto connection = db.Connect();
  CHECK(connection->Commit().code() == StatusCode::kInvalidArgument);
  CHECK(connection->Rollback().code() == StatusCode::kInvalidArgument);
  RequireOk(connection->Begin());
  CHECK(connection->Begin().code() == StatusCode::kInvalidArgument);
  MustQuery(*connection, "CREATE (:N)");
  RequireOk(connection->Rollback());
  CHECK(MustQueryInteger(*connection, "MATCH (n) RETURN count(n)") == 0);
  RequireOk(connection->Begin());
  MustQuery(*connection, "CREATE (:N)");
  connection.reset();  // gives the right to write back, too
  connection = db.Connect();
  MustQuery(*connection, "CREATE (:M)");
  CHECK(MustQueryInteger(*connection, "MATCH (n) RETURN count(n)") == 1);
  RequireOk(connection->Begin(/*read_only=*/true));
  CHECK(connection->Execute("CREATE (:N)").status().code() == StatusCode::kReadOnly);
  CHECK(MustQueryInteger(*connection, "MATCH (n) RETURN count(n)") == 1);
  RequireOk(connection->Commit());
}

}  // namespace
}  // namespace gesta
