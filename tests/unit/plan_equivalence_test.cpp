// Plans with and without the optimizer, and with batches of any size, give the same rows.
#include <catch2/catch.hpp>
#include <random>

#include "plan_support.h"

namespace gesta::test {
namespace {

// A small random graph: labels A, B and both, types R, S, T, self-loops and parallel relationships.
std::vector<std::string> RandomGraph(unsigned seed) {
  std::mt19937 random(seed);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::vector<std::string> statements = {"CREATE INDEX a_x FOR (n:A) ON (n.x)",
                                         "CREATE INDEX r_w FOR ()-[r:R]-() ON (r.w)"};
  constexpr int kNodes = 14;
  static constexpr const char* kLabels[] = {":A", ":B", ":A:B", ""};
  for (int i = 0; i < kNodes; ++i) {
    const std::string x = pick(5) == 0 ? "null" : std::to_string(pick(4));
    statements.push_back("CREATE (" + std::string(kLabels[pick(4)]) + " {i: " + std::to_string(i) +
                         ", x: " + x + ", s: '" + std::string(1, static_cast<char>('a' + pick(3))) +
                         "'})");
  }
  static constexpr const char* kTypes[] = {"R", "S", "T"};
  for (int i = 0; i < 26; ++i) {
    statements.push_back("MATCH (a {i: " + std::to_string(pick(kNodes)) + "}), (b {i: " +
                         std::to_string(pick(kNodes)) + "}) CREATE (a)-[:" + kTypes[pick(3)] +
                         " {w: " + std::to_string(pick(4)) + "}]->(b)");
  }
  return statements;
}

const char* const kQueries[] = {
    "MATCH (a:A) WHERE a.x = 1 RETURN a.i",
    "MATCH (a:A) WHERE a.x > 0 AND a.x <= 2 RETURN a.i",
    "MATCH (a:A) WHERE a.x IN [0, 3, null, 3] RETURN a.i",
    "MATCH (a:A) WHERE NOT a.x = 1 RETURN a.i",
    "MATCH (a:A:B)-->(b) RETURN a.i, b.i",
    "MATCH (a)-[r]->(b) RETURN a.i, type(r), r.w, b.i",
    "MATCH (a)-[r:R]-(b) RETURN a.i, r.w, b.i",
    "MATCH (a)-[r:R {w: 2}]->(b) RETURN a.i, b.i",
    "MATCH ()-[r:R]->() WHERE r.w >= 2 RETURN count(r), sum(r.w)",
    "MATCH (a)-[:R|S]->(b)-[:T]->(c) RETURN a.i, b.i, c.i",
    "MATCH (a)-[r]-(b)-[s]-(c) RETURN count(*)",
    "MATCH (a)-[r]->(b)<-[s]-(c) RETURN a.i, b.i, c.i",
    "MATCH (a)-->(b)-->(c)-->(a) RETURN a.i, b.i, c.i",
    "MATCH (a)-->(b), (a)-->(c), (b)--(c) RETURN a.i, b.i, c.i",
    "MATCH (a)-[r]->(a) RETURN a.i, r.w",
    "MATCH (a:A), (b:B) WHERE a.x = b.x RETURN a.i, b.i",
    "MATCH (a:A), (b:B) WHERE a.x < b.x AND a.s = b.s RETURN a.i, b.i",
    "MATCH (a)-[r:R]->(b), (c)-[s:R]->(d) RETURN count(*)",
    "MATCH (a)-[r:R]->(b), (c)-[s:R*1..2]->(d) WHERE a.x = 1 RETURN count(*)",
    "MATCH (a)-[r*1..2]->(b), (c)-[s*1..2]->(d) WHERE a.i < 3 AND c.i < 3 RETURN count(*)",
    "MATCH (a:A)-[*0..2]->(b) RETURN a.i, b.i",
    "MATCH (a)-[r:R*2..3]-(b:B) RETURN a.i, size(r), b.i",
    "MATCH (a)-[*1..3 {w: 1}]->(b) RETURN a.i, b.i",
    "MATCH p = (a:A)-[*1..2]->(b:B) RETURN [n IN nodes(p) | n.i], length(p)",
    "MATCH p = (a)-->(b)-->(c) WHERE all(n IN nodes(p) WHERE n.i < 9) RETURN length(p), a.i, c.i",
    "MATCH p = shortestPath((a {i: 0})-[*]-(b)) WHERE a.i <> b.i RETURN b.i, length(p)",
    "MATCH p = allShortestPaths((a:A)-[:R|S*..4]->(b:B)) WHERE a <> b RETURN a.i, b.i, length(p)",
    "MATCH (a:A) OPTIONAL MATCH (a)-[r:S]->(b) RETURN a.i, b.i",
    "MATCH (a) OPTIONAL MATCH (a)-[r]->(b:B) WHERE b.x > a.x RETURN a.i, b.i, r.w",
    "MATCH (a) OPTIONAL MATCH (a)-->(b)-->(c) WHERE c.i = 3 WITH a, count(b) AS n RETURN a.i, n",
    "OPTIONAL MATCH (a:Nothing) OPTIONAL MATCH (a)-->(b) RETURN a, b",
    "OPTIONAL MATCH (a:A), (b:B) WHERE a.x = b.x + 1 RETURN a.i, b.i",
    "MATCH (a) OPTIONAL MATCH (b:B), (c:A) WHERE b.x = a.x AND c.x = b.x RETURN a.i, b.i, c.i",
    "MATCH (a)-[r]->() WITH r MATCH (x)-[r]-(y) RETURN x.i, y.i, r.w",
    "MATCH (a)-[rs*2..2]->(b) WITH rs, a MATCH (a)-[rs*]->(c) RETURN a.i, c.i",
    "MATCH (a:A) WITH a.x AS x, collect(a.i) AS l WHERE size(l) > 1 UNWIND l AS i RETURN x, i",
    "MATCH (a:A) WITH DISTINCT a.x AS x MATCH (b:B {x: x}) RETURN x, b.i",
    "UNWIND [0, 1, 2, null] AS x MATCH (a:A {x: x}) RETURN x, a.i",
    "UNWIND [0, 1, 2] AS x OPTIONAL MATCH (a:A {x: x})-->(b) RETURN x, a.i, b.i",
    "MATCH (a) WHERE EXISTS { (a)-[:R]->(:B) } RETURN a.i",
    "MATCH (a) WHERE NOT EXISTS { MATCH (a)-->(b) WHERE b.x = a.x } RETURN a.i",
    "MATCH (a) WHERE (a)-[:S]->() OR a.x = 2 RETURN a.i",
    "MATCH (a) RETURN a.i, COUNT { (a)-->(b) WHERE b.x = 1 }",
    "MATCH (a) RETURN a.i, COUNT { MATCH (b:B), (c:A) WHERE b.x = a.x AND c.x = b.x }",
    "MATCH (a) RETURN a.i, COUNT { MATCH (a)--(b) RETURN DISTINCT b.x }",
    "MATCH (a) RETURN a.i, COLLECT { MATCH (a)-->(b) RETURN b.i ORDER BY b.i LIMIT 2 }",
    "MATCH (a) RETURN a.i, size([(a)-->(b) WHERE b.x > 0 | b.i])",
    "MATCH (a:A) RETURN a.i, [x IN range(0, 3) WHERE EXISTS { (b:B) WHERE b.x = x + a.x } | x]",
    "MATCH (a) WHERE EXISTS { (a)-->(b) WHERE NOT EXISTS { (b)-->(c) WHERE c.x = a.x } } RETURN "
    "a.i",
    "MATCH (a:A) CALL { WITH a MATCH (a)-->(b) RETURN b.i AS bi UNION WITH a RETURN a.i AS bi } "
    "RETURN a.i, bi",
    "MATCH (a:A) CALL { WITH a MATCH (a)-->(b) RETURN count(b) AS n } RETURN a.i, n",
    "MATCH (a:A) CALL { WITH a OPTIONAL MATCH (a)-->(b:B) RETURN b ORDER BY b.i LIMIT 1 } "
    "RETURN a.i, b.i",
    "CALL { MATCH (a:A) RETURN a UNION MATCH (a:B) RETURN a } RETURN a.i",
    "MATCH (a:A) RETURN a.i AS i UNION ALL MATCH (b:B) RETURN b.i AS i",
    "MATCH (a:A) RETURN a.x AS x UNION MATCH (b:B) RETURN b.x AS x",
    "MATCH (a)-->(b) RETURN a.s, b.s, count(*), min(b.x), count(DISTINCT b.x)",
    "MATCH (a)-->(b) WITH a, b WHERE a.x = 1 AND b.x = 2 RETURN a.i, b.i",
    "MATCH (a)-->(b) WITH a.x AS ax, b WITH ax, b.x AS bx WHERE ax = 1 RETURN ax, bx",
    "MATCH (a) WITH a ORDER BY a.i LIMIT 5 MATCH (a)-->(b) RETURN a.i, b.i",
    "MATCH (a) WHERE id(a) IN [0, 1, 99] RETURN id(a)",
    "MATCH (n) RETURN count(*)",
    "MATCH (n:A) RETURN count(n)",
    "MATCH (n:A:B) RETURN count(*)",
    "MATCH ()-[r:R]->() RETURN count(*)",
    "MATCH ()-[r:R|S]-() RETURN count(r)",
    "MATCH ()-->() RETURN count(*)",
    "MATCH (a:A)-->() RETURN count(*)",
};

TEST_CASE("plans of all kinds give the same rows", "[plan]") {
  const unsigned seed = GENERATE(1u, 2u, 3u);
  DatabaseOptions plain;
  plain.optimize = false;
  DatabaseOptions plain_tiny = plain;
  plain_tiny.batch_rows = 2;
  DatabaseOptions tiny;
  tiny.batch_rows = 2;
  DatabaseOptions single;
  single.batch_rows = 1;
  PlanFixture reference(plain);
  PlanFixture others[] = {PlanFixture(DatabaseOptions()), PlanFixture(tiny), PlanFixture(single),
                          PlanFixture(plain_tiny)};
  for (const std::string& statement : RandomGraph(seed)) {
    reference.Run(statement);
    for (PlanFixture& other : others) other.Run(statement);
  }
  for (const char* query : kQueries) {
    INFO("seed " << seed << ": " << query);
    const std::vector<std::string> expected = reference.SortedRows(query);
    for (PlanFixture& other : others) CHECK(other.SortedRows(query) == expected);
  }
}

const char* const kWrites[] = {
    "MATCH (a:A) CREATE (a)-[:N]->(:A {i: a.i + 100, x: a.x})",
    "MATCH (a:A)-[r:R]->(b) SET a.y = a.i + 1 SET b.seen = a.y * 0 + b.i",
    "MATCH (a:A) MERGE (b:C {x: coalesce(a.x, -1)}) ON CREATE SET b.n = 1 ON MATCH SET b.n = b.n + "
    "1",
    "MATCH (a:A), (b:B) WHERE a.x = b.x MERGE (a)-[m:M]->(b) ON MATCH SET m.again = true",
    "MATCH (a:A) FOREACH (k IN [1, 2] | MERGE (:D {k: k}))",
    "MATCH (a:B) SET a:Marked REMOVE a.s",
    "MATCH (a:Marked)-[r]->(b) WITH a, r, b DELETE r CREATE (b)-[:BACK]->(a)",
    "UNWIND [1, 1, 2] AS k CALL { WITH k MERGE (d:D {k: k}) SET d.hits = coalesce(d.hits, 0) + 1 "
    "RETURN d } WITH d MATCH (e:D) WHERE e.hits > 1 SET e.many = true",
    "MATCH (c:C) DETACH DELETE c",
    "MATCH (a {i: 3}) OPTIONAL MATCH (a)-[r]-() DELETE r",
};

TEST_CASE("writes of all kinds leave the same graph", "[plan]") {
  const unsigned seed = GENERATE(4u, 5u);
  DatabaseOptions plain;
  plain.optimize = false;
  DatabaseOptions tiny;
  tiny.batch_rows = 2;
  PlanFixture reference(plain);
  PlanFixture others[] = {PlanFixture(DatabaseOptions()), PlanFixture(tiny)};
  for (const std::string& statement : RandomGraph(seed)) {
    reference.Run(statement);
    for (PlanFixture& other : others) other.Run(statement);
  }
  for (const char* statement : kWrites) {
    INFO("seed " << seed << ": " << statement);
    reference.Run(statement);
    const std::vector<std::string> nodes = reference.SortedRows("MATCH (n) RETURN n");
    const std::string rels = "MATCH (a)-[r]->(b) RETURN a.i, a.x, r, b.i, b.x";
    const std::vector<std::string> relationships = reference.SortedRows(rels);
    for (PlanFixture& other : others) {
      other.Run(statement);
      CHECK(other.SortedRows("MATCH (n) RETURN n") == nodes);
      CHECK(other.SortedRows(rels) == relationships);
    }
  }
}

}  // namespace
}  // namespace gesta::test
