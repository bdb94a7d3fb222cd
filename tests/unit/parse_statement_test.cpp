// Statements and clauses: every construct of the language to its syntax tree.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "parse/parser.h"
#include "parse_testing.h"

namespace gesta {
namespace {

using testing::Parse;
using testing::ParseError;
using testing::Show;
using Names = std::vector<std::string>;

// The clauses of a statement that is a query without UNION.
const std::vector<ast::Clause>& Clauses(const ast::Statement& statement) {
  return std::get<ast::Query>(statement.node).parts.at(0).clauses;
}

template <typename Node>
const Node& ClauseAt(const ast::Statement& statement, size_t index) {
  return std::get<Node>(Clauses(statement).at(index).node);
}

template <typename Node>
Node StatementOf(const std::string& text) {
  ast::Statement statement = Parse(text);
  return std::get<Node>(std::move(statement.node));
}

TEST_CASE("MATCH, WHERE and RETURN", "[parse]") {
  const ast::Statement statement = Parse(
      "OPTIONAL MATCH (n) WHERE n.x = 1 MATCH (m) RETURN DISTINCT n, m.y AS y "
      "ORDER BY n.x DESC, y ASC, 3 DESCENDING SKIP 1 LIMIT $l;");
  REQUIRE(Clauses(statement).size() == 3);
  const auto& match = ClauseAt<ast::Match>(statement, 0);
  CHECK(match.optional);
  CHECK(Show(*match.where) == "(n.x = 1)");
  CHECK_FALSE(ClauseAt<ast::Match>(statement, 1).optional);
  CHECK(ClauseAt<ast::Match>(statement, 1).where == nullptr);
  const ast::Projection& projection = ClauseAt<ast::Return>(statement, 2).projection;
  CHECK(projection.distinct);
  CHECK_FALSE(projection.star);
  REQUIRE(projection.items.size() == 2);
  CHECK(projection.items[0].text == "n");
  CHECK(projection.items[1].alias == "y");
  REQUIRE(projection.order_by.size() == 3);
  CHECK(projection.order_by[0].descending);
  CHECK_FALSE(projection.order_by[1].descending);
  CHECK(projection.order_by[2].descending);
  CHECK(Show(*projection.skip) == "1");
  CHECK(Show(*projection.limit) == "$l");
  CHECK(Clauses(statement)[1].place.column == 34);
}

TEST_CASE("WITH and star", "[parse]") {
  const ast::Statement statement = Parse("WITH *, 1 AS x ORDER BY x WHERE x > 0 RETURN *");
  const auto& with = ClauseAt<ast::With>(statement, 0);
  CHECK(with.projection.star);
  CHECK(with.projection.items.size() == 1);
  CHECK(with.projection.order_by.size() == 1);
  CHECK(Show(*with.where) == "(x > 0)");
  CHECK(ClauseAt<ast::Return>(statement, 1).projection.star);
}

TEST_CASE("UNION", "[parse]") {
  const auto query = StatementOf<ast::Query>(
      "RETURN 1 AS a UNION RETURN 2 AS a UNION ALL RETURN 3 AS a UNION DISTINCT RETURN 4 AS a");
  CHECK(query.parts.size() == 4);
  CHECK(query.union_all == std::vector<bool>{false, true, false});
}

TEST_CASE("UNWIND and FOREACH", "[parse]") {
  const ast::Statement statement = Parse(
      "UNWIND [1, 2] AS x FOREACH (y IN [x] | CREATE (:A {v: y}) FOREACH (z IN [] | "
      "SET n.a = z))");
  CHECK(ClauseAt<ast::Unwind>(statement, 0).variable == "x");
  const auto& outer = ClauseAt<ast::Foreach>(statement, 1);
  CHECK(outer.variable == "y");
  CHECK(Show(*outer.list) == "[x]");
  REQUIRE(outer.updates.size() == 2);
  CHECK(std::holds_alternative<ast::Create>(outer.updates[0].node));
  CHECK(std::get<ast::Foreach>(outer.updates[1].node).variable == "z");
}

TEST_CASE("CREATE, MERGE, SET, REMOVE and DELETE", "[parse]") {
  const ast::Statement statement = Parse(
      "CREATE (a:A), (a)-[:T]->(b) "
      "MERGE p = (a)-[:U]->(b) ON CREATE SET a.x = 1, b:B ON MATCH SET a += {y: 2} "
      "ON CREATE SET a.z = 3 "
      "SET a.x.y = 1, a = {}, a += $p, a:B:C, (a).q = 2, startNode(r).s = 3, xs[0].t = 4 "
      "REMOVE a.x, a:B:C, (b).y DETACH DELETE a, b DELETE c");
  CHECK(ClauseAt<ast::Create>(statement, 0).pattern.size() == 2);

  const auto& merge = ClauseAt<ast::Merge>(statement, 1);
  CHECK(merge.pattern.variable == "p");
  REQUIRE(merge.on_create.size() == 3);
  CHECK(merge.on_create[1].kind == ast::SetItem::Kind::kLabels);
  CHECK(merge.on_create[2].key == "z");
  REQUIRE(merge.on_match.size() == 1);
  CHECK(merge.on_match[0].kind == ast::SetItem::Kind::kMerge);

  const auto& set = ClauseAt<ast::Set>(statement, 2).items;
  REQUIRE(set.size() == 7);
  using Kind = ast::SetItem::Kind;
  CHECK(set[0].kind == Kind::kProperty);
  CHECK(Show(*set[0].target) == "a.x");
  CHECK(set[0].key == "y");
  CHECK(set[1].kind == Kind::kReplace);
  CHECK(Show(*set[1].target) == "a");
  CHECK(set[2].kind == Kind::kMerge);
  CHECK(Show(*set[2].value) == "$p");
  CHECK(set[3].labels == Names{"B", "C"});
  CHECK(Show(*set[4].target) == "a");
  CHECK(Show(*set[5].target) == "startNode(r)");
  CHECK(Show(*set[6].target) == "xs[0]");
  CHECK(set[6].key == "t");

  const auto& remove = ClauseAt<ast::Remove>(statement, 3).items;
  REQUIRE(remove.size() == 3);
  CHECK(remove[0].key == "x");
  CHECK(remove[1].labels == Names{"B", "C"});
  CHECK(Show(*remove[2].target) == "b");
  CHECK(ParseError("MATCH (n) REMOVE n").detail == "UnexpectedSyntax");

  CHECK(ClauseAt<ast::Delete>(statement, 4).detach);
  CHECK(ClauseAt<ast::Delete>(statement, 4).targets.size() == 2);
  CHECK_FALSE(ClauseAt<ast::Delete>(statement, 5).detach);
}

TEST_CASE("CALL of procedures", "[parse]") {
  ast::Statement statement = Parse("CALL db.labels");
  CHECK(ClauseAt<ast::Call>(statement, 0).procedure == "db.labels");
  CHECK_FALSE(ClauseAt<ast::Call>(statement, 0).arguments);
  CHECK_FALSE(ClauseAt<ast::Call>(statement, 0).has_yield);

  statement = Parse("CALL a.b.c(1, $x) YIELD d AS e, f WHERE e > 1 RETURN e");
  const auto& call = ClauseAt<ast::Call>(statement, 0);
  CHECK(call.procedure == "a.b.c");
  CHECK(call.arguments->size() == 2);
  REQUIRE(call.yield.size() == 2);
  CHECK(call.yield[0].name == "d");
  CHECK(call.yield[0].alias == "e");
  CHECK(call.yield[1].alias == "f");
  CHECK(Show(*call.where) == "(e > 1)");

  statement = Parse("CALL p() YIELD -");
  CHECK(ClauseAt<ast::Call>(statement, 0).arguments->empty());
  CHECK(ClauseAt<ast::Call>(statement, 0).has_yield);
  CHECK(ClauseAt<ast::Call>(statement, 0).yield.empty());
  CHECK_FALSE(ClauseAt<ast::Call>(statement, 0).yield_star);
  CHECK(ClauseAt<ast::Call>(Parse("CALL p YIELD *"), 0).yield_star);
  CHECK(ParseError("CALL p() YIELD * RETURN a").detail == "UnexpectedSyntax");
}

TEST_CASE("CALL of subqueries", "[parse]") {
  ast::Statement statement = Parse("CALL { WITH a RETURN 1 AS x UNION RETURN 2 AS x } RETURN x");
  CHECK(ClauseAt<ast::CallSubquery>(statement, 0).query->parts.size() == 2);
  CHECK_FALSE(ClauseAt<ast::CallSubquery>(statement, 0).imports);
  statement = Parse("CALL (a, b) { RETURN 1 AS x } RETURN x");
  CHECK(ClauseAt<ast::CallSubquery>(statement, 0).imports == Names{"a", "b"});
  CHECK(ClauseAt<ast::CallSubquery>(Parse("CALL () { CREATE (n) }"), 0).imports == Names{});
}

TEST_CASE("syntax tree: LOAD CSV", "[parse]") {
  ast::Statement statement =
      Parse("LOAD CSV WITH HEADERS FROM 'a.csv' AS row FIELDTERMINATOR '\\t' RETURN row");
  const auto& load = ClauseAt<ast::LoadCsv>(statement, 0);
  CHECK(load.with_headers);
  CHECK(Show(*load.url) == "'a.csv'");
  CHECK(load.variable == "row");
  CHECK(load.field_terminator == "\t");
  statement = Parse("LOAD CSV FROM $url AS row RETURN row");
  CHECK_FALSE(ClauseAt<ast::LoadCsv>(statement, 0).with_headers);
  CHECK(ClauseAt<ast::LoadCsv>(statement, 0).field_terminator.empty());
}

TEST_CASE("ALIGN", "[parse]") {
  ast::Statement statement = Parse(
      "MATCH (l:Action) ALIGN l TO (v:Verb {lexname: 'x'} WHERE v.index > 3) "
      "USING clip {top: 50} THEN llm {model: $model, top: 10} THEN 'clip-published' "
      "TOP 5 YIELD score AS s, rank RETURN v, s");
  const auto& align = ClauseAt<ast::Align>(statement, 1);
  CHECK(Show(*align.source) == "l");
  CHECK(align.target.variable == "v");
  CHECK(Show(*align.target.labels) == "Verb");
  CHECK(Show(*align.target.properties) == "{lexname: 'x'}");
  CHECK(Show(*align.target.where) == "(v.index > 3)");
  REQUIRE(align.aligners.size() == 3);
  CHECK(align.aligners[0].name == "clip");
  CHECK(Show(*align.aligners[1].options) == "{model: $model, top: 10}");
  CHECK(align.aligners[2].name == "clip-published");
  CHECK(align.aligners[2].options == nullptr);
  CHECK(Show(*align.top) == "5");
  REQUIRE(align.yield.size() == 2);
  CHECK(align.yield[0].name == "score");
  CHECK(align.yield[0].alias == "s");
  CHECK(align.yield[1].alias == "rank");

  statement = Parse("ALIGN 'type the laptop' TO (v) USING lexical RETURN v");
  CHECK(ClauseAt<ast::Align>(statement, 0).top == nullptr);
  CHECK(ClauseAt<ast::Align>(statement, 0).yield.empty());
  CHECK(ParseError("ALIGN 'x' TO (:Verb) USING lexical RETURN 1").message ==
        "the target of ALIGN needs a variable");
}

TEST_CASE("MAP", "[parse]") {
  ast::Statement statement = Parse(
      "MATCH (l), (v) MAP (l)-[r:MAPS_TO {kind: 'exact'}]->(v) "
      "SET score = score, r.rank = 2, r += {x: 1}, r = {}");
  const auto& map = ClauseAt<ast::MapClause>(statement, 1);
  CHECK(Show(map.pattern) == "(l)-[r:MAPS_TO {kind: 'exact'}]->(v)");
  REQUIRE(map.set.size() == 4);
  CHECK(map.set[0].kind == ast::SetItem::Kind::kProperty);
  CHECK(map.set[0].target == nullptr);
  CHECK(map.set[0].key == "score");
  CHECK(Show(*map.set[0].value) == "score");
  CHECK(Show(*map.set[1].target) == "r");
  CHECK(map.set[2].kind == ast::SetItem::Kind::kMerge);
  CHECK(map.set[3].kind == ast::SetItem::Kind::kReplace);
  CHECK(ClauseAt<ast::MapClause>(Parse("MATCH (a), (b) MAP (a)-[:T]->(b)"), 1).set.empty());
  CHECK(ParseError("MATCH (a) MAP (a)").detail == "UnexpectedSyntax");
  CHECK(ParseError("MATCH (a) MAP (a)-->(b)-->(c)").detail == "UnexpectedSyntax");
}

TEST_CASE("indexes", "[parse]") {
  auto index = StatementOf<ast::CreateIndex>("CREATE INDEX FOR (n:Person) ON (n.name)");
  CHECK(index.name.empty());
  CHECK_FALSE(index.if_not_exists);
  CHECK(index.entity == EntityKind::kNode);
  CHECK(index.label == "Person");
  CHECK(index.properties == Names{"name"});
  index = StatementOf<ast::CreateIndex>(
      "create index by_name if not exists for ()-[r:KNOWS]-() on (r.since, r.`a b`);");
  CHECK(index.name == "by_name");
  CHECK(index.if_not_exists);
  CHECK(index.entity == EntityKind::kRelationship);
  CHECK(index.label == "KNOWS");
  CHECK(index.properties == Names{"since", "a b"});
  CHECK(StatementOf<ast::CreateIndex>("CREATE INDEX FOR ()-[r:T]->() ON (r.x)").label == "T");
  CHECK(ParseError("CREATE INDEX FOR (n:A) ON (m.x)").detail == "UndefinedVariable");

  const auto drop = StatementOf<ast::DropIndex>("DROP INDEX by_name IF EXISTS");
  CHECK(drop.name == "by_name");
  CHECK(drop.if_exists);
  CHECK_FALSE(StatementOf<ast::DropIndex>("DROP INDEX x").if_exists);
}

TEST_CASE("constraints", "[parse]") {
  auto constraint = StatementOf<ast::CreateConstraint>(
      "CREATE CONSTRAINT c IF NOT EXISTS FOR (n:A) REQUIRE (n.a, n.b) IS UNIQUE");
  CHECK(constraint.name == "c");
  CHECK(constraint.if_not_exists);
  CHECK(constraint.unique);
  CHECK(constraint.properties == Names{"a", "b"});
  constraint =
      StatementOf<ast::CreateConstraint>("CREATE CONSTRAINT FOR (n:A) REQUIRE n.a IS UNIQUE");
  CHECK(constraint.name.empty());
  CHECK(constraint.unique);
  constraint = StatementOf<ast::CreateConstraint>(
      "CREATE CONSTRAINT FOR ()-[r:T]-() REQUIRE r.a IS NOT NULL");
  CHECK_FALSE(constraint.unique);
  CHECK(constraint.entity == EntityKind::kRelationship);
  CHECK(ParseError("CREATE CONSTRAINT FOR (n:A) REQUIRE (n.a, n.b) IS NOT NULL").detail ==
        "UnexpectedSyntax");
  CHECK(StatementOf<ast::DropConstraint>("DROP CONSTRAINT c IF EXISTS").if_exists);
}

TEST_CASE("SHOW", "[parse]") {
  const std::vector<std::pair<const char*, ast::ShowKind>> kinds = {
      {"INDEXES", ast::ShowKind::kIndexes},
      {"CONSTRAINTS", ast::ShowKind::kConstraints},
      {"LABELS", ast::ShowKind::kLabels},
      {"TYPES", ast::ShowKind::kTypes},
      {"PROPERTY KEYS", ast::ShowKind::kPropertyKeys},
      {"FUNCTIONS", ast::ShowKind::kFunctions},
      {"PROCEDURES", ast::ShowKind::kProcedures},
      {"STATISTICS", ast::ShowKind::kStatistics},
      {"ALIGNERS", ast::ShowKind::kAligners},
      {"EMBEDDING SPACES", ast::ShowKind::kSpaces},
  };
  for (const auto& [text, kind] : kinds) {
    CHECK(StatementOf<ast::Show>(std::string("SHOW ") + text).kind == kind);
  }
}

TEST_CASE("transactions", "[parse]") {
  using Kind = ast::TransactionKind;
  CHECK(StatementOf<ast::TransactionControl>("BEGIN").kind == Kind::kBegin);
  CHECK(StatementOf<ast::TransactionControl>("begin read only;").kind == Kind::kBeginReadOnly);
  CHECK(StatementOf<ast::TransactionControl>("COMMIT").kind == Kind::kCommit);
  CHECK(StatementOf<ast::TransactionControl>("ROLLBACK").kind == Kind::kRollback);
}

TEST_CASE("EXPLAIN and PROFILE", "[parse]") {
  CHECK(Parse("RETURN 1").explain == ast::ExplainMode::kNone);
  CHECK(Parse("EXPLAIN RETURN 1").explain == ast::ExplainMode::kExplain);
  CHECK(Parse("profile MATCH (n) RETURN n").explain == ast::ExplainMode::kProfile);
  CHECK(Parse("EXPLAIN RETURN 1").text == "EXPLAIN RETURN 1");
}

TEST_CASE("comments and blanks", "[parse]") {
  CHECK(Clauses(Parse("// first\nMATCH (n) /* a * b / c */ RETURN // last\n n // end")).size() ==
        2);
  CHECK(Clauses(Parse("/**/RETURN\u00a01\u2003;/***/")).size() == 1);
  const ast::Statement statement = Parse("RETURN '// no comment' AS a, `/*x` AS b");
  CHECK(ClauseAt<ast::Return>(statement, 0).projection.items.size() == 2);
}

TEST_CASE("keywords have no case, names do", "[parse]") {
  const ast::Statement statement = Parse("mAtCh (Aa:Bb {Cc: 1}) rEtUrN Aa.Cc aS Dd");
  CHECK(Show(ClauseAt<ast::Match>(statement, 0).pattern[0]) == "(Aa:Bb {Cc: 1})");
  CHECK(ClauseAt<ast::Return>(statement, 1).projection.items[0].alias == "Dd");
}

}  // namespace
}  // namespace gesta
