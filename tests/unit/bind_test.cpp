// The binder: scopes, compile-time errors with their place and hint, grouping, subquery arguments.
#include <catch2/catch.hpp>
#include <string>

#include "bind/binder.h"
#include "parse/parser.h"

namespace gesta {
namespace {

const FunctionRegistry& Functions() {
  static const FunctionRegistry registry = FunctionRegistry::BuiltIn();
  return registry;
}

Result<BoundStatement> Bind(std::string_view text) {
  static const ProcedureRegistry procedures;
  auto statement = ParseStatement(text);
  REQUIRE(statement.ok());
  return BindStatement(*statement, {&Functions(), &procedures});
}

// "Type.Detail line:column | hint" of the error that binding gives.
std::string Error(std::string_view text) {
  auto bound = Bind(text);
  if (bound.ok()) return "no error";
  const ErrorInfo& info = bound.status().info();
  CHECK(info.phase == ErrorPhase::kCompile);
  return info.type + "." + info.detail + " " + std::to_string(info.line) + ":" +
         std::to_string(info.column) + (info.hint.empty() ? "" : " | " + info.hint);
}

const BoundProjection& LastProjection(const BoundStatement& statement) {
  return std::get<BoundProjection>(statement.query.parts[0].clauses.back().node);
}

TEST_CASE("bind: a misspelt variable is named with its place and a suggestion", "[bind]") {
  CHECK(Error("MATCH (action)\nRETURN acton.text") ==
        "SyntaxError.UndefinedVariable 2:8 | did you mean action?");
  CHECK(Error("MATCH (n) WITH n.x AS x RETURN n") == "SyntaxError.UndefinedVariable 1:32");
}

TEST_CASE("bind: a misspelt function gets a suggestion", "[bind]") {
  CHECK(Error("RETURN toUper('a')") == "SyntaxError.UnknownFunction 1:8 | did you mean toUpper()?");
}

TEST_CASE("bind: a variable keeps its slot through WITH, renamed or not", "[bind]") {
  auto bound = Bind("MATCH (n) WITH n AS m, n.x AS x RETURN m, x");
  REQUIRE(bound.ok());
  const auto& match = std::get<BoundMatch>(bound->query.parts[0].clauses[0].node);
  CHECK(bound->query.result[0] == match.pattern.nodes[0].slot);
  CHECK(bound->query.columns == std::vector<std::string>{"m", "x"});
}

TEST_CASE("bind: one aggregate written twice is computed once", "[bind]") {
  auto bound =
      Bind("MATCH (n) RETURN n.a AS a, count( * ) + 1 AS b, count(*) * 2 AS c ORDER BY COUNT(*)");
  REQUIRE(bound.ok());
  const BoundProjection& projection = LastProjection(*bound);
  CHECK(projection.grouped);
  CHECK(projection.keys.size() == 1);
  CHECK(projection.aggregates.size() == 1);
}

TEST_CASE("bind: what stands beside an aggregate must be a grouping key", "[bind]") {
  CHECK(Error("MATCH (a)--(b) RETURN a.age + count(b)").substr(0, 43) ==
        "SyntaxError.AmbiguousAggregationExpression ");
  CHECK(Error("MATCH (a)--(b) RETURN a.age, a.age + count(b)") == "no error");
  CHECK(Error("MATCH (a)--(b) RETURN a, a.age + count(b)") == "no error");
}

TEST_CASE("bind: ORDER BY after DISTINCT sees the columns only", "[bind]") {
  CHECK(Error("MATCH (a) RETURN DISTINCT a.name ORDER BY a.name") == "no error");
  CHECK(Error("MATCH (a) RETURN DISTINCT a.name ORDER BY a.age") ==
        "SyntaxError.UndefinedVariable 1:43");
  CHECK(Error("MATCH (a) RETURN a.name ORDER BY a.age") == "no error");
}

TEST_CASE("bind: a subquery's arguments are the outer slots it reads", "[bind]") {
  auto bound = Bind("MATCH (a), (b) WHERE EXISTS { (a)-->(c) WHERE c.x = 1 } RETURN b");
  REQUIRE(bound.ok());
  const auto& match = std::get<BoundMatch>(bound->query.parts[0].clauses[0].node);
  REQUIRE(match.predicates.size() == 1);
  const auto& subquery = std::get<BoundSubquery>(match.predicates[0]->node);
  CHECK(subquery.arguments == std::vector<Slot>{match.pattern.nodes[0].slot});
}

TEST_CASE("bind: inline properties and WHERE become conjuncts", "[bind]") {
  auto bound =
      Bind("MATCH (a:X {p: 1})-[r {q: 2}]->(b) WHERE a.s = 3 AND (b.t = 4 AND r.u = 5) RETURN a");
  REQUIRE(bound.ok());
  const auto& match = std::get<BoundMatch>(bound->query.parts[0].clauses[0].node);
  CHECK(match.predicates.size() == 5);
  CHECK(match.pattern.nodes[0].labels == std::vector<std::string>{"X"});
}

TEST_CASE("bind: MERGE matches and creates the same variables", "[bind]") {
  auto bound = Bind("MATCH (a) MERGE (a)<-[r:T {x: 1}]-(b:L) ON CREATE SET b.n = 1 RETURN a, r, b");
  REQUIRE(bound.ok());
  const auto& merge = std::get<BoundMerge>(bound->query.parts[0].clauses[1].node);
  REQUIRE(merge.create.nodes.size() == 1);
  REQUIRE(merge.create.rels.size() == 1);
  CHECK(merge.create.rels[0].slot == merge.pattern.rels[0].slot);
  CHECK(merge.create.rels[0].from == merge.create.nodes[0].slot);
  CHECK(merge.create.nodes[0].slot == merge.pattern.rels[0].to);
  CHECK(merge.create.rels[0].to == merge.pattern.rels[0].from);
}

TEST_CASE("bind: a clause that changes the graph makes the statement a writing one", "[bind]") {
  CHECK(Bind("MATCH (n) SET n.x = 1")->writes);
  CHECK(Bind("UNWIND [1] AS x FOREACH (y IN [x] | CREATE ({v: y}))")->writes);
  CHECK_FALSE(Bind("MATCH (n) RETURN n")->writes);
}

TEST_CASE("bind: a query must end with something that has an effect", "[bind]") {
  CHECK(Error("MATCH (n)").substr(0, 36) == "SyntaxError.InvalidClauseComposition");
  CHECK(Error("RETURN 1 AS a MATCH (n) RETURN n").substr(0, 36) ==
        "SyntaxError.InvalidClauseComposition");
}

TEST_CASE("bind: ALIGN binds its target and what it yields", "[bind]") {
  auto bound = Bind(
      "MATCH (l:Action) ALIGN l TO (v:Verb {lexname: 'motion'}) USING lexical {top: 50} "
      "YIELD score AS s, rank MAP (l)-[m:MAPS_TO]->(v) SET score = s, rank = rank");
  REQUIRE(bound.ok());
  const auto& align = std::get<BoundAlign>(bound->query.parts[0].clauses[1].node);
  CHECK(align.labels == std::vector<std::string>{"Verb"});
  CHECK(align.predicates.size() == 1);
  CHECK(align.yield.size() == 2);
  const auto& map = std::get<BoundMapClause>(bound->query.parts[0].clauses[2].node);
  CHECK(map.to == align.target);
  CHECK(map.properties.entries.size() == 2);
  CHECK(bound->writes);
  CHECK(Error("ALIGN 'x' TO (v:Verb) USING lexical YIELD scor RETURN v") ==
        "SyntaxError.UndefinedVariable 1:43 | it yields score, rank, method and flag");
}

}  // namespace
}  // namespace gesta
