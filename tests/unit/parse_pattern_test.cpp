// Patterns and label expressions.
#include <catch2/catch.hpp>
#include <string>

#include "parse/parser.h"
#include "parse_testing.h"

namespace gesta {
namespace {

using testing::Parse;
using testing::ParseError;
using testing::Show;

// `MATCH text`'s pattern, parts joined by ", ".
std::string Pattern(const std::string& text) {
  const ast::Statement statement = Parse("MATCH " + text + " RETURN 1");
  const auto& clause = std::get<ast::Query>(statement.node).parts[0].clauses[0];
  std::string shown;
  for (const auto& part : std::get<ast::Match>(clause.node).pattern) {
    shown += (shown.empty() ? "" : ", ") + Show(part);
  }
  return shown;
}

TEST_CASE("node patterns", "[parse]") {
  CHECK(Pattern("()") == "()");
  CHECK(Pattern("(n)") == "(n)");
  CHECK(Pattern("(:A)") == "(:A)");
  CHECK(Pattern("(n:A:B {x: 1, y: $p})") == "(n:(A&B) {x: 1, y: $p})");
  CHECK(Pattern("({x: 1})") == "({x: 1})");
  CHECK(Pattern("(n $props)") == "(n $props)");
  CHECK(Pattern("(n:A WHERE n.x > 1)") == "(n:A WHERE (n.x > 1))");
  CHECK(Pattern("(n {x: 1} WHERE n.y)") == "(n {x: 1} WHERE n.y)");
}

TEST_CASE("syntax tree: label expressions", "[parse]") {
  CHECK(Pattern("(:A&B)") == "(:(A&B))");
  CHECK(Pattern("(:A|B|C)") == "(:(A|B|C))");
  CHECK(Pattern("(:A&B|C)") == "(:((A&B)|C))");
  CHECK(Pattern("(:A&(B|C))") == "(:(A&(B|C)))");
  CHECK(Pattern("(:!A)") == "(:!A)");
  CHECK(Pattern("(:!!A&%)") == "(:(!!A&%))");
  CHECK(Pattern("(:A:B&C)") == "(:(A&B&C))");
}

TEST_CASE("relationship patterns and their directions", "[parse]") {
  CHECK(Pattern("(a)-->(b)") == "(a)-->(b)");
  CHECK(Pattern("(a)<--(b)") == "(a)<--(b)");
  CHECK(Pattern("(a)--(b)") == "(a)--(b)");
  CHECK(Pattern("(a)<-->(b)") == "(a)--(b)");
  CHECK(Pattern("(a)<-[r]->(b)") == "(a)-[r]-(b)");
  CHECK(Pattern("(a)-[r:T]->(b)<-[:U]-(c)-[]-(d)") == "(a)-[r:T]->(b)<-[:U]-(c)--(d)");
  CHECK(Pattern("(a)-[:T|U|:V]-(b)") == "(a)-[:(T|U|V)]-(b)");
  CHECK(Pattern("(a)-[:!T&%]-(b)") == "(a)-[:(!T&%)]-(b)");
  CHECK(Pattern("(a)-[r:T {x: 1}]->(b)") == "(a)-[r:T {x: 1}]->(b)");
  CHECK(Pattern("(a)-[r $p]->(b)") == "(a)-[r $p]->(b)");
  CHECK(Pattern("(a)-[r:T WHERE r.x > 1]->(b)") == "(a)-[r:T WHERE (r.x > 1)]->(b)");
}

TEST_CASE("variable lengths", "[parse]") {
  CHECK(Pattern("(a)-[*]->(b)") == "(a)-[*..]->(b)");
  CHECK(Pattern("(a)-[*2]->(b)") == "(a)-[*2..2]->(b)");
  CHECK(Pattern("(a)-[*1..3]->(b)") == "(a)-[*1..3]->(b)");
  CHECK(Pattern("(a)-[*..3]->(b)") == "(a)-[*..3]->(b)");
  CHECK(Pattern("(a)-[*2..]->(b)") == "(a)-[*2..]->(b)");
  CHECK(Pattern("(a)-[*..]->(b)") == "(a)-[*..]->(b)");
  CHECK(Pattern("(a)-[r:T*0..0 {x: 1}]-(b)") == "(a)-[r:T*0..0 {x: 1}]-(b)");
  CHECK(ParseError("MATCH (a)-[:T..]->(b) RETURN a").detail == "InvalidRelationshipPattern");
  CHECK(ParseError("MATCH (a)-[:T*-2]->(b) RETURN a").detail == "InvalidRelationshipPattern");
  CHECK(ParseError("MATCH (a)-[*99999999999999999999]->(b) RETURN a").detail == "IntegerOverflow");
}

TEST_CASE("syntax tree: paths", "[parse]") {
  CHECK(Pattern("p = (a)-->(b), (c), q = (d)") == "p = (a)-->(b), (c), q = (d)");
  CHECK(Pattern("p = ((a)-->(b))") == "p = (a)-->(b)");
  CHECK(Pattern("p = shortestPath((a)-[:T*]->(b))") == "p = shortestPath((a)-[:T*..]->(b))");
  CHECK(Pattern("allShortestPaths((a)-[*]-(b))") == "allShortestPaths((a)-[*..]-(b))");
  CHECK(ParseError("MATCH shortestPath((a)) RETURN 1").detail == "UnexpectedSyntax");
  CHECK(ParseError("MATCH shortestPath((a)--(b)--(c)) RETURN 1").detail == "UnexpectedSyntax");
}

}  // namespace
}  // namespace gesta
