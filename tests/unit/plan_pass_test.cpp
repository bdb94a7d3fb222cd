// What the passes of the optimizer make of plans, and that rows are the same without each of them.
#include <catch2/catch.hpp>

#include "optimize/optimizer.h"
#include "plan_support.h"

namespace gesta::test {
namespace {

// 400 persons who follow one another (a loop and parallel relationships among them) and live in 4
// cities; ages with and without, an indexed id and nick.
void MakeFollowers(PlanFixture& db) {
  db.Run("CREATE CONSTRAINT person_id FOR (p:Person) REQUIRE p.id IS UNIQUE");
  db.Run("CREATE INDEX person_nick FOR (p:Person) ON (p.nick)");
  db.Run("UNWIND range(0, 3) AS i CREATE (:City {name: 'c' + toString(i)})");
  db.Run(
      "UNWIND range(0, 399) AS i CREATE (p:Person {id: i, nick: 'n' + toString(i % 37)}) "
      "SET p.age = CASE WHEN i % 10 = 0 THEN null ELSE i % 60 END");
  db.Run(
      "UNWIND range(0, 399) AS i MATCH (p:Person {id: i}), (c:City {name: 'c' + toString(i % 4)}) "
      "CREATE (p)-[:LIVES_IN]->(c)");
  db.Run(
      "UNWIND range(0, 1199) AS i MATCH (a:Person {id: i % 400}), (b:Person {id: (i * 7) % 40}) "
      "CREATE (a)-[:FOLLOWS {w: i % 5}]->(b)");
  db.Run("MATCH (a:Person {id: 3}) CREATE (a)-[:FOLLOWS {w: 1}]->(a)");
  db.Run("MATCH (a:Person {id: 3}) CREATE (:Dog {name: 'Rex'})-[:BITES]->(a)");
}

const char* const kQueries[] = {
    "MATCH (a:Person)-[:FOLLOWS]->(b:Person)-[:FOLLOWS]->(c:Person) RETURN count(*)",
    "MATCH (a)-[:FOLLOWS]->(b)<-[:FOLLOWS]-(c) RETURN count(*)",
    "MATCH (a)-[:FOLLOWS]-(b)-[:FOLLOWS]-(c) RETURN count(a)",
    "MATCH (a)-[:FOLLOWS]->(b)-[:FOLLOWS]->(a) RETURN count(*)",
    "MATCH (a:Person)-[:FOLLOWS]->(b:Person)-[:FOLLOWS]->(c:Person) "
    "WHERE b.age < 30 AND c.age > 25 RETURN count(*)",
    "MATCH (a)-[:FOLLOWS]->(p) RETURN p.id, count(a)",
    "MATCH (a)-[r:FOLLOWS]->(p) RETURN p.id, count(r), sum(p.age), avg(p.age), collect(p.age)",
    "MATCH (a)-[r:FOLLOWS]->(p) RETURN p.id, count(r.w), max(r.w)",
    "MATCH (a:Person)-[:FOLLOWS]->(p)-[:LIVES_IN]->(c) RETURN c.name, count(*), count(DISTINCT p)",
    "MATCH (a:Person)-[:FOLLOWS]->(p) RETURN DISTINCT p.id",
    "MATCH (a:Person)-[:FOLLOWS]->(p) WITH p MATCH (p)-[:LIVES_IN]->(c) RETURN c.name, count(p)",
    "MATCH (d:Dog)-[:BITES]->(p:Person)-[:FOLLOWS]->(q:Person) RETURN q.id, count(*)",
    "MATCH (d)-[:BITES]->(p:Dog) RETURN count(*)",
    "MATCH (p:Person) RETURN count(*)",
    "MATCH (n) RETURN count(*)",
    "MATCH ()-[r:FOLLOWS]->() RETURN count(r)",
    "MATCH ()-[r:FOLLOWS|LIVES_IN|FOLLOWS]->() RETURN count(*)",
    "MATCH ()-[r:FOLLOWS]-() RETURN count(*)",
    "MATCH ()-->() RETURN count(*)",
    "MATCH (p:Person)-[:LIVES_IN]->() RETURN count(*)",
    "MATCH (p:City)<-[:LIVES_IN]-() RETURN count(*)",
    "MATCH (p:City)-[:LIVES_IN]->() RETURN count(*)",
    "MATCH (p:Nobody) RETURN count(*)",
    "MATCH (p:Person) RETURN min(p.id)",
    "MATCH (p:Person) RETURN max(p.id)",
    "MATCH (p:Person) RETURN max(p.nick)",
    "MATCH (p:Person) WHERE EXISTS { (p)-[:FOLLOWS]->(:Person {id: 7}) } RETURN p.id",
    "MATCH (p:Person) WHERE p.age > 20 AND NOT EXISTS { (p)<-[:FOLLOWS]-() } RETURN p.id",
    "MATCH (p:Person) WHERE (p)-[:FOLLOWS]->() AND (p)<-[:BITES]-() RETURN p.id",
    "MATCH (p:Person {id: 5})-[:FOLLOWS]->(x)<-[:FOLLOWS]-(q:Person {id: 45}) RETURN x.id",
    "MATCH (p:Person)-[:LIVES_IN]->(c)<-[:LIVES_IN]-(q:Person) WHERE p.id < 3 AND q.id > 395 "
    "RETURN p.id, q.id",
    "MATCH (a:Person)-[:FOLLOWS]->(b) WHERE a.id < 9 OPTIONAL MATCH (b)-[:FOLLOWS]->(c:Person) "
    "RETURN a.id, b.id, count(c)",
    "MATCH (a)-[:FOLLOWS]->(b) WITH b, count(*) AS n WHERE n > 30 RETURN b.id, n",
    "MATCH (a)-[:FOLLOWS]->(b), (x:City) RETURN x.name, count(*)",
    "MATCH (a:Person)-[:FOLLOWS*1..2]->(b:Person {id: 3}) RETURN a.id, count(*)",
};

// The order is part of the result; ties by id, as without an index.
const char* const kOrdered[] = {
    "MATCH (p:Person) RETURN p.id ORDER BY p.id LIMIT 4",
    "MATCH (p:Person) RETURN p.id AS i ORDER BY i DESC SKIP 2 LIMIT 4",
    "MATCH (p:Person) RETURN p.nick, p.id ORDER BY p.nick LIMIT 30",
    "MATCH (p:Person) RETURN p.nick, p.id ORDER BY p.nick DESC LIMIT 30",
    "MATCH (p:Person) WHERE p.id > 390 RETURN p.id ORDER BY p.id DESC",
    "MATCH (p:Person) WHERE p.nick STARTS WITH 'n3' RETURN p.nick, p.id ORDER BY p.nick",
    "MATCH (p:Person) WHERE p.id IN [5, 3, 399] RETURN p.id ORDER BY p.id",
    "MATCH (p:Person) WHERE p.id IN [5, 3, 399] RETURN p.id ORDER BY p.id DESC",
    "MATCH (p:Person)-[:LIVES_IN]->(c) WHERE p.id >= 395 RETURN p.id, c.name ORDER BY p.id",
    "MATCH (p:Person) RETURN p.id, p.age ORDER BY p.age, p.id LIMIT 7",
    "MATCH (p:Person) WHERE p.age > 50 RETURN p.id LIMIT 3",
    "MATCH (a)-[:FOLLOWS]->(p) RETURN p.id, count(a) AS n ORDER BY n DESC, p.id LIMIT 3",
};

TEST_CASE("rows are the same without each pass", "[plan]") {
  std::vector<std::string> passes = {"", "all"};
  for (const OptimizerPass& pass : OptimizerPasses()) passes.emplace_back(pass.name);
  for (const std::string_view pass : PlannerPasses()) passes.emplace_back(pass);
  PlanFixture reference;
  MakeFollowers(reference);
  for (const std::string& pass : passes) {
    DatabaseOptions options;
    options.batch_rows = pass.empty() ? 2 : 1024;
    if (pass == "all") {
      options.optimize = false;
    } else if (!pass.empty()) {
      options.without_passes = {pass};
    }
    PlanFixture other(options);
    MakeFollowers(other);
    for (const char* query : kQueries) {
      INFO("without '" << pass << "': " << query);
      CHECK(other.SortedRows(query) == reference.SortedRows(query));
    }
    for (const char* query : kOrdered) {
      INFO("without '" << pass << "': " << query);
      CHECK(other.Rows(query) == reference.Rows(query));
    }
  }
}

TEST_CASE("paths that are only counted are not walked to their ends", "[plan]") {
  PlanFixture db;
  MakeFollowers(db);
  // The middle is where both ends are counted from. 1201 FOLLOWS; three test values by hand below.
  const std::string two =
      db.Plan("MATCH (a:Person)-[:FOLLOWS]->(b:Person)-[:FOLLOWS]->(c:Person) RETURN count(*)");
  INFO(two);
  CHECK(Mentions(two, "Nodes by label  (b:Person)"));
  CHECK(Mentions(two, "Count"));
  CHECK_FALSE(Mentions(two, "Filter"));  // labels need no test
  const std::string most =
      db.Plan("MATCH (a)-[:FOLLOWS]->(p) RETURN p, count(a) AS n ORDER BY n DESC LIMIT 3");
  INFO(most);
  CHECK(Mentions(most, "Nodes by label  (p:Person)"));
  CHECK(Mentions(most, "Count relationships  (p)<-[:FOLLOWS]-(a)"));
  const std::string filtered = db.Plan(
      "MATCH (a:Person)-[:FOLLOWS]->(b:Person)-[:FOLLOWS]->(c:Person) "
      "WHERE b.age < 30 AND c.age > 25 RETURN count(*)");
  INFO(filtered);
  CHECK(Mentions(filtered, "Count relationships  (b)<-[:FOLLOWS]-(a)"));
  // A property of the relationship is read: it has to be there.
  CHECK(Mentions(db.Plan("MATCH (a)-[r:FOLLOWS]->(p) RETURN p, count(r.w)"), "Expand"));
  // So has it where rows themselves are the result.
  CHECK(Mentions(db.Plan("MATCH (a:Person {id: 1})-[:FOLLOWS]->(p) RETURN a.id"), "Expand"));
}

TEST_CASE("a label that all ends of a type have is not tested until one has not", "[plan]") {
  PlanFixture db;
  MakeFollowers(db);
  const std::string query = "MATCH (p:Person {id: 3})<-[:BITES]-(d:Dog) RETURN count(d) AS n";
  CHECK_FALSE(Mentions(db.Plan(query), "d:Dog"));
  CHECK(db.One(query) == "1");
  // The cached plan must not be used any more.
  db.Run("MATCH (p:Person {id: 3}) CREATE (:Wasp)-[:BITES]->(p)");
  CHECK(Mentions(db.Plan(query), "d:Dog"));
  CHECK(db.One(query) == "1");
  db.Run("MATCH (d:Dog) REMOVE d:Dog");
  CHECK(db.One(query) == "0");
  // Nor inside the transaction that writes.
  db.Run("MATCH (w:Wasp) SET w:Dog");
  CHECK(db.One(query) == "1");
  db.Run("BEGIN");
  db.Run("MATCH (p:Person {id: 3}) CREATE (:Fly)-[:BITES]->(p)");
  CHECK(db.One(query) == "1");
  db.Run("ROLLBACK");
}

TEST_CASE("counts come from the statistics", "[plan]") {
  PlanFixture db;
  MakeFollowers(db);
  const auto count = [&](const std::string& query, const std::string& expected) {
    INFO(query);
    CHECK(Mentions(db.Plan(query), "Count from statistics"));
    CHECK(db.One(query) == expected);
  };
  count("MATCH (n) RETURN count(*)", "405");
  count("MATCH (p:Person) RETURN count(p)", "400");
  count("MATCH ()-[r:FOLLOWS]->() RETURN count(r)", "1201");
  count("MATCH ()-->() RETURN count(*)", "1602");
  count("MATCH (c:City)<-[:LIVES_IN]-() RETURN count(*)", "400");
  db.Run("BEGIN");
  db.Run("CREATE (:Person {id: 1000})");
  count("MATCH (p:Person) RETURN count(*)", "401");
  db.Run("ROLLBACK");
  CHECK_FALSE(Mentions(db.Plan("MATCH (p:Person) RETURN count(p.age)"), "statistics"));
  CHECK_FALSE(Mentions(db.Plan("MATCH (p:Person) RETURN count(DISTINCT p)"), "statistics"));
}

TEST_CASE("an index gives rows in order", "[plan]") {
  PlanFixture db;
  MakeFollowers(db);
  const auto sorts = [&](const std::string& query) {
    const std::string plan = db.Plan(query);
    return Mentions(plan, "Sort") || Mentions(plan, "Top");
  };
  CHECK_FALSE(sorts("MATCH (p:Person) RETURN p.id ORDER BY p.id LIMIT 4"));
  CHECK_FALSE(sorts("MATCH (p:Person) WHERE p.id > 390 RETURN p.id ORDER BY p.id DESC"));
  CHECK(sorts("MATCH (p:Person) RETURN p.id ORDER BY p.id"));  // reading all: a scan is cheaper
  CHECK(sorts("MATCH (p:Person) RETURN p.id ORDER BY p.age LIMIT 4"));
  CHECK(sorts("MATCH (p:Person) WHERE p.id > 390 RETURN p.id ORDER BY p.id, p.age"));
  // A node without the property is in no index, and must still be among the rows.
  const std::string query = "MATCH (p:Person) RETURN p.id ORDER BY p.id DESC LIMIT 1";
  CHECK(db.One(query) == "399");
  db.Run("CREATE (:Person)");
  CHECK(sorts(query));
  CHECK(db.One(query) == "null");
  CHECK(Mentions(db.Plan("MATCH (p:Person) RETURN max(p.nick)"), "person_nick"));
}

TEST_CASE("EXISTS in WHERE is an operator", "[plan]") {
  PlanFixture db;
  MakeFollowers(db);
  CHECK(Mentions(db.Plan("MATCH (p:Person) WHERE EXISTS { (p)-[:FOLLOWS]->() } RETURN p"),
                 "Where exists"));
  CHECK(Mentions(db.Plan("MATCH (p:Person) WHERE NOT (p)-[:FOLLOWS]->() RETURN p"),
                 "Where not exists"));
}

TEST_CASE("estimates come from a sample of the values", "[plan]") {
  PlanFixture db;
  db.Run("UNWIND range(1, 2000) AS i CREATE (:N {a: i, b: i % 2, c: 'x'})");
  // Nothing is indexed; the filter on the rare condition comes first, and its estimate is near.
  const std::string plan = db.Plan("MATCH (n:N) WHERE n.b = 1 AND n.a <= 20 RETURN n");
  INFO(plan);
  CHECK(Mentions(plan, "n.a <= 20 AND n.b = 1"));
  CHECK(
      Mentions(db.Plan("MATCH (n:N) WHERE n.a > 20 AND n.b = 1 RETURN n"), "n.b = 1 AND n.a > 20"));
}

TEST_CASE("two selective ends are joined in the middle", "[plan]") {
  PlanFixture db;
  // Everybody likes the same three hubs: from either end the hub's many likes would be read.
  db.Run("CREATE CONSTRAINT u FOR (u:User) REQUIRE u.id IS UNIQUE");
  db.Run("UNWIND range(1, 3) AS i CREATE (:Hub {id: i})");
  db.Run(
      "UNWIND range(1, 900) AS i CREATE (u:User {id: i}) WITH u MATCH (h:Hub) "
      "CREATE (u)-[:LIKES]->(h)");
  const std::string query =
      "MATCH (a:User {id: 1})-[:LIKES]->(h)<-[:LIKES]-(b:User {id: 2}) RETURN h.id";
  const std::string plan = db.Plan(query);
  INFO(plan);
  CHECK(Mentions(plan, "Hash join"));
  CHECK(db.SortedRows(query) == std::vector<std::string>{"1", "2", "3"});
}

TEST_CASE("rows of a variable from outside are there after an aggregation in a subquery",
          "[plan]") {
  PlanFixture db;
  db.Run("CREATE (a:P {n: 1})-[:R]->(:Q {m: 1}), (a)-[:R]->(:Q {m: 2}), (:P {n: 2})-[:R]->(:Q)");
  CHECK(db.SortedRows("MATCH (a:P) RETURN a.n, COUNT { MATCH (a)-[:R]->(x) WITH count(x) AS c "
                      "MATCH (a)-[:R]->(y) WHERE c > 1 RETURN y }") ==
        std::vector<std::string>{"1, 2", "2, 0"});
  CHECK(db.Rows("MATCH (a:P) WHERE EXISTS { MATCH (a)-[:R]->(x) WITH count(x) AS c "
                "MATCH (a)-[:R]->(:Q {m: c}) RETURN 1 } RETURN a.n") ==
        std::vector<std::string>{"1"});
  CHECK(db.SortedRows("MATCH (a:P) RETURN COLLECT { WITH 1 AS one MATCH (a)-[:R]->(y) "
                      "WITH one, max(y.m) AS m RETURN coalesce(m, 0) + one }") ==
        std::vector<std::string>{"[1]", "[3]"});
  // CALL sees what it imports, and no more.
  CHECK_FALSE(db.Error("MATCH (a:P) CALL { WITH 1 AS one RETURN a.n AS n } RETURN n").ok());
}

TEST_CASE("constructors of constant times are constants", "[plan]") {
  PlanFixture db;
  db.Run("CREATE INDEX e_day FOR (e:E) ON (e.day)");
  db.Run(
      "UNWIND range(1, 200) AS i CREATE (:E {day: date('2020-01-01') + duration({days: i}), i: "
      "i})");
  const std::string query = "MATCH (e:E) WHERE e.day = date('2020-01-08') RETURN e.i";
  CHECK(Mentions(db.Plan(query), "e_day"));
  CHECK_FALSE(Mentions(db.Plan(query), "date("));
  CHECK(db.One(query) == "7");
  CHECK(Mentions(db.Plan("MATCH (e:E) WHERE e.day > date({year: 2020, month: 7}) RETURN e"),
                 "e_day"));
  // The clock is read when the statement runs, once.
  const std::string now = db.Plan("MATCH (e:E) WHERE e.day = date() RETURN e");
  CHECK(Mentions(now, "e_day"));
  CHECK(Mentions(now, "date()"));
  CHECK(Mentions(db.Plan("RETURN datetime.realtime() AS t"), "realtime"));
  CHECK(db.One("UNWIND range(1, 3000) AS i WITH DISTINCT timestamp() AS t, datetime() AS d "
               "RETURN count(*)") == "1");
}

TEST_CASE("equalities of one property under OR are a list to seek", "[plan]") {
  PlanFixture db;
  MakeFollowers(db);
  const std::string query =
      "MATCH (p:Person) WHERE p.id = 5 OR 7 = p.id OR p.id = null RETURN p.id";
  CHECK(Mentions(db.Plan(query), "person_id"));
  CHECK(db.SortedRows(query) == std::vector<std::string>{"5", "7"});
  CHECK(db.SortedRows("MATCH (p:Person) WHERE NOT (p.id = 5 OR p.id = null) RETURN p.id").empty());
  CHECK_FALSE(
      Mentions(db.Plan("MATCH (p:Person) WHERE p.id = 5 OR p.nick = 'n1' RETURN p"), "person_id"));
}

TEST_CASE("rows are merged by the unique index", "[plan]") {
  PlanFixture db;
  MakeFollowers(db);
  CHECK(Mentions(db.Plan("UNWIND $rows AS r MERGE (p:Person {id: r.id}) SET p.age = r.age"),
                 "WHERE id = r.id with index person_id"));
  CHECK(Mentions(db.Plan("MATCH (p:Person) WHERE p.id IN $ids RETURN p"), "person_id"));
  CHECK(Mentions(db.Plan("UNWIND $ids AS i MATCH (p:Person {id: i}) RETURN p"), "person_id"));
  CHECK(Mentions(db.Plan("MATCH (p) WHERE id(p) = $i RETURN p"), "Nodes by id"));
}

TEST_CASE("PROFILE counts the rows of subqueries", "[plan]") {
  PlanFixture db;
  MakeFollowers(db);
  auto result = db.connection().Execute(
      "PROFILE MATCH (p:Person) WHERE p.id < 10 RETURN p.id, COUNT { (p)-[:FOLLOWS]->(q) } AS n");
  REQUIRE(result.ok());
  REQUIRE((*result)->FetchAll().ok());
  const std::string& plan = (*result)->summary().plan;
  INFO(plan);
  const size_t branch = plan.find("in COUNT");
  REQUIRE(branch != std::string::npos);
  // Ten persons follow three others each, and one of them herself.
  CHECK(Mentions(plan.substr(branch), "        31  "));
  CHECK(Mentions(plan, "Most memory held"));
}

TEST_CASE("a plan made on an empty store is made anew when it has filled", "[plan]") {
  PlanFixture db;
  db.Run("CREATE INDEX n_x FOR (n:N) ON (n.x)");
  auto prepared = db.connection().Prepare("PROFILE MATCH (a:N)-[:T]->(b:M {y: 1}) RETURN count(*)");
  REQUIRE(prepared.ok());
  db.Run("UNWIND range(1, 3000) AS i CREATE (:N {x: i})");
  db.Run("UNWIND range(1, 20) AS i CREATE (:M {y: i})");
  db.Run("MATCH (a:N), (b:M) WHERE a.x % 20 + 1 = b.y CREATE (a)-[:T]->(b)");
  auto result = (*prepared)->Execute();
  REQUIRE(result.ok());
  auto rows = (*result)->FetchAll();
  REQUIRE(rows.ok());
  CHECK((*rows)[0][0].AsInteger() == 150);
  INFO((*result)->summary().plan);
  CHECK(Mentions((*result)->summary().plan, "Nodes by label  (b:M)"));
}

}  // namespace
}  // namespace gesta::test
