// Which plan is chosen: indexes, starts, joins and barriers, as EXPLAIN shows them.
#include <catch2/catch.hpp>

#include "plan_support.h"

namespace gesta::test {
namespace {

// 300 persons with an indexed id and an age, in 3 cities; everybody knows two others.
void MakePersons(PlanFixture& db) {
  db.Run("CREATE INDEX person_id FOR (p:Person) ON (p.id)");
  db.Run("CREATE CONSTRAINT city_name FOR (c:City) REQUIRE c.name IS UNIQUE");
  db.Run("UNWIND ['Aa', 'Bb', 'Cc'] AS name CREATE (:City {name: name})");
  db.Run(
      "UNWIND range(1, 300) AS i MATCH (c:City) WHERE c.name = ['Aa', 'Bb', 'Cc'][i % 3] "
      "CREATE (:Person {id: i, age: i % 60})-[:LIVES_IN]->(c)");
  db.Run(
      "UNWIND range(1, 600) AS i MATCH (a:Person {id: 1 + i % 300}), "
      "(b:Person {id: 1 + (i * 7) % 300}) CREATE (a)-[:KNOWS {since: i}]->(b)");
}

TEST_CASE("conditions on an indexed property become a seek", "[plan]") {
  PlanFixture db;
  MakePersons(db);
  const auto seeks = [&](const std::string& condition) {
    return Mentions(db.Plan("MATCH (p:Person) WHERE " + condition + " RETURN p"),
                    "with index person_id");
  };
  CHECK(seeks("p.id = 7"));
  CHECK(seeks("7 = p.id"));
  CHECK(seeks("p.id = $id"));
  CHECK(seeks("p.id IN [1, 2, 3]"));
  CHECK(seeks("p.id > 290"));
  CHECK(seeks("290 < p.id AND p.id <= 295"));
  CHECK(seeks("p.id STARTS WITH 'x'"));
  CHECK_FALSE(seeks("p.id <> 7"));
  CHECK_FALSE(seeks("p.id = p.age"));
  CHECK_FALSE(seeks("p.id + 1 = 7"));
  CHECK_FALSE(seeks("p.id = 7 OR p.age = 7"));
  // Another label's nodes are not in the index.
  CHECK_FALSE(Mentions(db.Plan("MATCH (c:City {id: 7}) RETURN c"), "person_id"));
  CHECK_FALSE(Mentions(db.Plan("MATCH (c {id: 7}) RETURN c"), "person_id"));
}

TEST_CASE("a seek finds what the condition finds", "[plan]") {
  PlanFixture db;
  MakePersons(db);
  const auto ids = [&](const std::string& condition) {
    return db.Rows("MATCH (p:Person) WHERE " + condition + " RETURN p.id ORDER BY p.id");
  };
  CHECK(ids("p.id = 7") == std::vector<std::string>{"7"});
  CHECK(ids("p.id = 7.0") == std::vector<std::string>{"7"});
  CHECK(ids("p.id IN [3, 1, 3, null]") == std::vector<std::string>{"1", "3"});
  CHECK(ids("p.id > 298") == std::vector<std::string>{"299", "300"});
  CHECK(ids("298 <= p.id AND p.id < 300") == std::vector<std::string>{"298", "299"});
  CHECK(ids("p.id = null").empty());
  CHECK(ids("p.id > 'a'").empty());
  CHECK(ids("p.id < 3 AND p.id > 'a'").empty());
}

TEST_CASE("a pattern starts where the fewest rows are", "[plan]") {
  PlanFixture db;
  MakePersons(db);
  // Three cities against three hundred persons.
  const std::string by_city = db.Plan("MATCH (p:Person)-[:LIVES_IN]->(c:City) RETURN p");
  CHECK(Mentions(by_city, "Nodes by label  (c:City)"));
  // The seek at the far end.
  const std::string from_end =
      db.Plan("MATCH (a:Person)-[:KNOWS]->(b:Person)-[:KNOWS]->(c:Person {id: 5}) RETURN a");
  CHECK(Mentions(from_end, "(c:Person) WHERE id = 5"));
  CHECK(Mentions(from_end, "(c)<-[:KNOWS]-(b)"));
  // A single relationship between unknown nodes.
  CHECK(Mentions(db.Plan("MATCH ()-[r:KNOWS]->() RETURN r"), "All relationships"));
  // A node that is bound is the start.
  CHECK_FALSE(Mentions(db.Plan("MATCH (a:Person {id: 1}) WITH a MATCH (a)-[:KNOWS]->(b) RETURN b"),
                       "Nodes by label"));
}

TEST_CASE("cycles are closed by an expand into", "[plan]") {
  PlanFixture db;
  MakePersons(db);
  CHECK(Mentions(db.Plan("MATCH (a:Person {id: 1})-[:KNOWS]->(b)-[:KNOWS]->(c)-[:KNOWS]->(a) "
                         "RETURN b"),
                 "Expand into"));
}

TEST_CASE("parts that are equal in a value are hash-joined", "[plan]") {
  PlanFixture db;
  MakePersons(db);
  const std::string query = "MATCH (a:Person), (b:Person) WHERE a.age = b.age RETURN count(*) AS n";
  CHECK(Mentions(db.Plan(query), "Hash join"));
  CHECK(db.One(query) == "1500");  // 60 ages, 5 persons each
  // A seek for each row is better than a join with everything.
  const std::string seek =
      "MATCH (a:City) WITH a LIMIT 2 MATCH (b:Person {id: size(a.name)}) RETURN b.id";
  CHECK(Mentions(db.Plan(seek), "with index person_id"));
  CHECK(db.Rows(seek) == std::vector<std::string>{"2", "2"});
}

TEST_CASE("clauses that would see each other's writes are kept apart", "[plan]") {
  PlanFixture db;
  MakePersons(db);
  const auto barriers = [&](const std::string& statement) {
    const std::string plan = db.Plan(statement);
    size_t count = 0;
    for (size_t at = plan.find("Eager"); at != std::string::npos; at = plan.find("Eager", at + 1)) {
      ++count;
    }
    return count;
  };
  CHECK(barriers("MATCH (n) CREATE ()") == 1);
  CHECK(barriers("MATCH (p:Person) CREATE (:Person)") == 1);
  CHECK(barriers("MATCH (a)-[:KNOWS]->(b) CREATE (b)-[:KNOWS]->(a)") == 1);
  // Here the writing side of the join is read to its end first.
  CHECK(Mentions(db.Plan("MATCH (p:Person) SET p.seen = true WITH p MATCH (q:City {seen: p.seen}) "
                         "RETURN count(*)"),
                 "Hash join"));
  CHECK(barriers("UNWIND [1, 2] AS i CREATE (:Person) WITH i MATCH (q:Person) RETURN q") == 1);
  // Nothing that was read is written.
  CHECK(barriers("MATCH (p:Person) CREATE (:City)") == 0);
  CHECK(barriers("MATCH (p:Person), (c:City) CREATE (p)-[:VISITED]->(c)") == 0);
  CHECK(barriers("MATCH (p:Person {id: 1}) SET p.seen = true") == 0);
  CHECK(barriers("MATCH (p:Person)-[:KNOWS]->(q) CREATE (p)-[:MET]->(q)") == 0);
  // One row has no other row to disturb.
  CHECK(barriers("CREATE (a:Person) SET a.id = 1 RETURN a.id") == 0);
}

TEST_CASE("writes do not feed the reads that drive them", "[plan]") {
  PlanFixture db;
  db.Run("UNWIND range(1, 5) AS i CREATE (:N {i: i})");
  db.Run("MATCH (n) CREATE (:N {i: n.i + 10})");
  CHECK(db.One("MATCH (n) RETURN count(n)") == "10");
  db.Run("MATCH (a:N), (b:N) WHERE a.i < b.i CREATE (a)-[:LESS]->(b)");
  CHECK(db.One("MATCH ()-[r:LESS]->() RETURN count(r)") == "45");
  db.Run("MATCH (a)-[:LESS]->(b) CREATE (b)-[:LESS]->(a)");
  CHECK(db.One("MATCH ()-[r:LESS]->() RETURN count(r)") == "90");
  // Every row of the first SET is done before the second reads.
  db.Run("MATCH (n:N) SET n.i = 1 WITH n MATCH (m:N) SET m.sum = coalesce(m.sum, 0) + n.i");
  CHECK(db.SortedRows("MATCH (n:N) RETURN DISTINCT n.sum") == std::vector<std::string>{"10"});
}

TEST_CASE("ORDER BY with LIMIT keeps the first rows only", "[plan]") {
  PlanFixture db;
  MakePersons(db);
  CHECK(Mentions(db.Plan("MATCH (p:Person) RETURN p.id ORDER BY p.age LIMIT 3"), "first 3 only"));
  CHECK(Mentions(db.Plan("MATCH (p:Person) RETURN p.id ORDER BY p.age SKIP 2 LIMIT 3"),
                 "first 5 only"));
  CHECK_FALSE(Mentions(db.Plan("MATCH (p:Person) RETURN p.id ORDER BY p.age SKIP 2"), "only"));
  CHECK(db.Rows("MATCH (p:Person) RETURN p.id ORDER BY p.id DESC SKIP 2 LIMIT 3") ==
        std::vector<std::string>{"298", "297", "296"});
}

TEST_CASE("constants are computed once, errors stay where they are", "[plan]") {
  PlanFixture db;
  CHECK(Mentions(db.Plan("MATCH (n) WHERE n.x = 2 + 3 * 4 RETURN n"), "n.x = 14"));
  CHECK(Mentions(db.Plan("MATCH (n) WHERE n.x = size('abc') RETURN n"), "n.x = 3"));
  CHECK(Mentions(db.Plan("RETURN rand() AS r"), "rand()"));
  // No row gets there.
  CHECK(db.Rows("MATCH (n) RETURN 1 / 0").empty());
  CHECK(db.Error("RETURN 1 / 0").code() == StatusCode::kArithmetic);
}

TEST_CASE("a plan that an index made better is made anew", "[plan]") {
  PlanFixture db;
  db.Run("UNWIND range(1, 50) AS i CREATE (:P {id: i})");
  const std::string query = "MATCH (p:P {id: 7}) RETURN p.id";
  CHECK(db.Rows(query) == std::vector<std::string>{"7"});
  db.Run("CREATE INDEX p_id FOR (p:P) ON (p.id)");
  CHECK(Mentions(db.Plan(query), "p_id"));
  CHECK(db.Rows(query) == std::vector<std::string>{"7"});
  db.Run("DROP INDEX p_id");
  CHECK_FALSE(Mentions(db.Plan(query), "p_id"));
  CHECK(db.Rows(query) == std::vector<std::string>{"7"});
}

TEST_CASE("PROFILE counts rows", "[plan]") {
  PlanFixture db;
  MakePersons(db);
  auto result = db.connection().Execute("PROFILE MATCH (c:City) RETURN c.name");
  REQUIRE(result.ok());
  auto rows = (*result)->FetchAll();
  REQUIRE(rows.ok());
  CHECK(rows->size() == 3);
  const std::string& plan = (*result)->summary().plan;
  INFO(plan);
  CHECK(Mentions(plan, "Nodes by label  (c:City)"));
  CHECK(Mentions(plan, "Estimated"));
  CHECK(Mentions(plan, "         3  "));
}

}  // namespace
}  // namespace gesta::test
