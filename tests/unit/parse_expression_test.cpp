// Expressions: precedence, literals, comprehensions, subqueries and the rest of what can be a
// value.
#include <catch2/catch.hpp>
#include <string>

#include "parse/parser.h"
#include "parse_testing.h"

namespace gesta {
namespace {

using testing::Parse;
using testing::ParseError;
using testing::Show;

// `RETURN text`'s expression, fully parenthesised.
std::string Expression(const std::string& text) {
  const ast::Statement statement = Parse("RETURN " + text);
  const auto& clause = std::get<ast::Query>(statement.node).parts[0].clauses[0];
  return Show(*std::get<ast::Return>(clause.node).projection.items[0].expr);
}

// `MATCH … WHERE text`'s condition.
std::string Condition(const std::string& text) {
  const ast::Statement statement = Parse("MATCH (n) WHERE " + text + " RETURN n");
  const auto& clause = std::get<ast::Query>(statement.node).parts[0].clauses[0];
  return Show(*std::get<ast::Match>(clause.node).where);
}

TEST_CASE("operators bind as openCypher says", "[parse]") {
  CHECK(Expression("1 + 2 * 3") == "(1 + (2 * 3))");
  CHECK(Expression("1 - 2 - 3") == "((1 - 2) - 3)");
  CHECK(Expression("4 ^ 3 ^ 2") == "((4 ^ 3) ^ 2)");
  CHECK(Expression("-x ^ 2") == "((-x) ^ 2)");
  CHECK(Expression("2 * x % 3 / y") == "(((2 * x) % 3) / y)");
  CHECK(Expression("a OR b XOR c AND NOT d") == "(a OR (b XOR (c AND (NOT d))))");
  CHECK(Expression("NOT a = b") == "(NOT (a = b))");
  CHECK(Expression("a = b IS NULL") == "(a = (b IS NULL))");
  CHECK(Expression("a IN b IS NULL") == "((a IN b) IS NULL)");
  CHECK(Expression("a IS NULL IN b") == "((a IS NULL) IN b)");
  CHECK(Expression("[1] + 2 IN [3] + 4") == "(([1] + 2) IN ([3] + 4))");
  CHECK(Expression("a + b STARTS WITH c + d") == "((a + b) STARTS WITH (c + d))");
  CHECK(Expression("a.b.c[0].d") == "a.b.c[0].d");
  CHECK(Expression("-a.b") == "(-a.b)");
  CHECK(Expression("(1 + 2) * 3") == "((1 + 2) * 3)");
}

TEST_CASE("comparisons chain", "[parse]") {
  CHECK(Expression("a < b") == "(a < b)");
  CHECK(Expression("a < b <= c <> d") == "chain(a < b <= c <> d)");
  CHECK(Expression("(a < b) < c") == "((a < b) < c)");
  CHECK(Expression("a = b + 1 >= c") == "chain(a = (b + 1) >= c)");
}

TEST_CASE("predicates", "[parse]") {
  CHECK(Expression("a =~ 'x.*'") == "(a =~ 'x.*')");
  CHECK(Expression("a ENDS WITH b") == "(a ENDS WITH b)");
  CHECK(Expression("a CONTAINS b") == "(a CONTAINS b)");
  CHECK(Expression("a IS NOT NULL") == "(a IS NOT NULL)");
  CHECK(Expression("n:Person") == "(n:Person)");
  CHECK(Expression("n:A:B") == "(n:(A&B))");
  CHECK(Expression("n:A|B AND x") == "((n:(A|B)) AND x)");
  CHECK(Expression("n:!A&(B|%)") == "(n:(!A&(B|%)))");
  CHECK(Expression("a.b:C") == "(a.b:C)");
}

TEST_CASE("chains of AND and OR are balanced and keep their order", "[parse]") {
  CHECK(Expression("a AND b AND c AND d") == "((a AND b) AND (c AND d))");
  CHECK(Expression("a OR b OR c") == "((a OR b) OR c)");
  std::string text = "x = 0";
  for (int i = 1; i < 20000; ++i) text += " OR x = " + std::to_string(i);
  CHECK(ParseStatement("RETURN " + text).ok());
}

TEST_CASE("integer literals", "[parse]") {
  CHECK(Expression("0") == "0");
  CHECK(Expression("-0") == "0");
  CHECK(Expression("9223372036854775807") == "9223372036854775807");
  CHECK(Expression("-9223372036854775808") == "-9223372036854775808");
  CHECK(Expression("- 9223372036854775808") == "-9223372036854775808");
  CHECK(Expression("0x7FFFFFFFFFFFFFFF") == "9223372036854775807");
  CHECK(Expression("-0x8000000000000000") == "-9223372036854775808");
  CHECK(Expression("0XfF") == "255");
  CHECK(Expression("0o17") == "15");
  CHECK(ParseError("RETURN 9223372036854775808").detail == "IntegerOverflow");
  CHECK(ParseError("RETURN -(9223372036854775808)").detail == "IntegerOverflow");
  CHECK(ParseError("RETURN -9223372036854775809").detail == "IntegerOverflow");
  CHECK(ParseError("RETURN 0x8000000000000000").detail == "IntegerOverflow");
  CHECK(ParseError("RETURN 0o1000000000000000000000").detail == "IntegerOverflow");
  for (const char* bad : {"0x", "0xG", "0o8", "12ab", "007", "1_000"}) {
    INFO(bad);
    CHECK(ParseError(std::string("RETURN ") + bad).detail == "InvalidNumberLiteral");
  }
}

TEST_CASE("float literals", "[parse]") {
  CHECK(Expression("1.0") == "1.0");
  CHECK(Expression(".5") == "0.5");
  CHECK(Expression("-.5") == "-0.5");
  CHECK(Expression("1e9") == "1000000000.0");
  CHECK(Expression("1.5E-3") == "0.0015");
  CHECK(Expression("1e-999") == "0.0");
  CHECK(Expression("0.0e999") == "0.0");
  CHECK(ParseError("RETURN 1e999").detail == "FloatingPointOverflow");
  CHECK(ParseError("RETURN 1.34E+999").detail == "FloatingPointOverflow");
  CHECK(ParseError("RETURN 1.5e").detail == "InvalidNumberLiteral");
}

TEST_CASE("string literals", "[parse]") {
  CHECK(Expression("'a\"b'") == "'a\"b'");
  CHECK(Expression("\"it's\"") == R"('it\'s')");
  CHECK(Expression(R"('a\\b\'c')") == R"('a\\b\'c')");
  const auto value = [](const std::string& text) {
    const ast::Statement statement = Parse("RETURN " + text);
    const auto& clause = std::get<ast::Query>(statement.node).parts[0].clauses[0];
    const auto& item = std::get<ast::Return>(clause.node).projection.items[0];
    return std::string(std::get<ast::Literal>(item.expr->node).value.AsString());
  };
  CHECK(value(R"('\t\n\r\b\f')") == "\t\n\r\b\f");
  CHECK(value(R"('\u00e9')") == "\u00e9");
  CHECK(value(R"('\U0001F600')") == "\U0001F600");
  CHECK(value(R"('\uD83D\uDE00')") == "\U0001F600");
  CHECK(value("'🧐'") == "🧐");
  CHECK(value("''").empty());
  for (const char* bad : {R"('\u12')", R"('\uH000')", R"('\uD83D')", R"('\uDE00')",
                          R"('\U00110000')", R"('\uD83Dx')"}) {
    INFO(bad);
    CHECK(ParseError(std::string("RETURN ") + bad).detail == "InvalidUnicodeLiteral");
  }
  const ErrorInfo unknown = ParseError(R"(RETURN 'ab\q')");
  CHECK(unknown.detail == "UnexpectedSyntax");
  CHECK(unknown.column == 11);
}

TEST_CASE("constants and parameters", "[parse]") {
  CHECK(Expression("[true, FALSE, Null]") == "[true, false, null]");
  CHECK(Expression("$name") == "$name");
  CHECK(Expression("$1") == "$1");
  CHECK(Expression("$`a b`") == "$a b");
  CHECK(Expression("$match") == "$match");
}

TEST_CASE("lists, maps, subscripts and slices", "[parse]") {
  CHECK(Expression("[]") == "[]");
  CHECK(Expression("[1, [2], {a: 3}]") == "[1, [2], {a: 3}]");
  CHECK(Expression("{}") == "{}");
  CHECK(Expression("{a: 1, `b c`: {return: 2}}") == "{a: 1, b c: {return: 2}}");
  CHECK(Expression("xs[1]") == "xs[1]");
  CHECK(Expression("xs[1..]") == "xs[1..]");
  CHECK(Expression("xs[..-1]") == "xs[..-1]");
  CHECK(Expression("xs[1..2]") == "xs[1..2]");
  CHECK(Expression("xs[..]") == "xs[..]");
  CHECK(Expression("[1, 2, 3][0]") == "[1, 2, 3][0]");
}

TEST_CASE("function calls", "[parse]") {
  CHECK(Expression("f()") == "f()");
  CHECK(Expression("toUpper(a, 1)") == "toUpper(a, 1)");
  CHECK(Expression("date.truncate('day', d)") == "date.truncate('day', d)");
  CHECK(Expression("a.b.c.d(1)") == "a.b.c.d(1)");
  CHECK(Expression("count(*)") == "count(*)");
  CHECK(Expression("COUNT( * )") == "count(*)");
  CHECK(Expression("count(DISTINCT x)") == "count(DISTINCT x)");
  CHECK(Expression("exists(n.x)") == "exists(n.x)");
  CHECK(Expression("f(x).y") == "f(x).y");
  CHECK(Expression("(f(x))[0]") == "f(x)[0]");
  CHECK(ParseError("RETURN sum(*)").message == "'*' is an argument of count only");
  CHECK(ParseError("RETURN f(1)(2)").message == "only the name of a function can be called");
}

TEST_CASE("CASE", "[parse]") {
  CHECK(Expression("CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END") ==
        "CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 3 END");
  CHECK(Expression("CASE x WHEN 1 THEN 'a' END") == "CASE x WHEN 1 THEN 'a' END");
  CHECK(Expression("case when n:A then 1 else case when b then c end end + 1") ==
        "(CASE WHEN (n:A) THEN 1 ELSE CASE WHEN b THEN c END END + 1)");
}

TEST_CASE("list comprehensions", "[parse]") {
  CHECK(Expression("[x IN xs]") == "[x IN xs]");
  CHECK(Expression("[x IN xs WHERE x > 1]") == "[x IN xs WHERE (x > 1)]");
  CHECK(Expression("[x IN xs | x.a]") == "[x IN xs | x.a]");
  CHECK(Expression("[x IN range(1, 2) + ys WHERE x | x + 1]") ==
        "[x IN (range(1, 2) + ys) WHERE x | (x + 1)]");
  CHECK(Expression("[x IN xs, y]") == "[(x IN xs), y]");
  CHECK(Expression("[x IN [y IN ys | y] | [z IN x WHERE z | 1]]") ==
        "[x IN [y IN ys | y] | [z IN x WHERE z | 1]]");
  // A bar directly inside the brackets separates, it does not join labels.
  CHECK(Expression("[x IN xs WHERE x:A | x]") == "[x IN xs WHERE (x:A) | x]");
  CHECK(Expression("[x IN xs WHERE (x:A|B) | x]") == "[x IN xs WHERE (x:(A|B)) | x]");
  CHECK(ParseError("RETURN [x WHERE x]").message ==
        "this list is neither a literal nor a comprehension");
}

TEST_CASE("pattern comprehensions", "[parse]") {
  CHECK(Expression("[(a)-->(b) | b.x]") == "[(a)-->(b) | b.x]");
  CHECK(Expression("[p = (a)-[:T|U]->(b:B) WHERE b.x | p]") ==
        "[p = (a)-[:(T|U)]->(b:B) WHERE b.x | p]");
  CHECK(Expression("size([(a)--() | 1])") == "size([(a)--() | 1])");
  CHECK(ParseError("RETURN [(a)-->(b) WHERE b.x]").detail == "UnexpectedSyntax");
}

TEST_CASE("quantifiers and reduce", "[parse]") {
  CHECK(Expression("all(x IN xs WHERE x > 0)") == "all(x IN xs WHERE (x > 0))");
  CHECK(Expression("ANY(x IN xs WHERE x)") == "any(x IN xs WHERE x)");
  CHECK(Expression("none(x IN xs WHERE x:A|B)") == "none(x IN xs WHERE (x:(A|B)))");
  CHECK(Expression("single(x IN xs)") == "single(x IN xs)");
  CHECK(Expression("reduce(s = 0, x IN xs | s + x)") == "reduce(s = 0, x IN xs | (s + x))");
}

TEST_CASE("map projections", "[parse]") {
  CHECK(Expression("n {.a, .*, b: 1, c}") == "n {.a, .*, b: 1, c}");
  CHECK(Expression("n {}") == "n {}");
  CHECK(ParseError("RETURN n.x {.a}").message == "a map projection starts from a variable");
}

TEST_CASE("patterns test truth and nothing else", "[parse]") {
  CHECK(Condition("(n)-->()") == "(n)-->()");
  CHECK(Condition("NOT (n)-[:T]-() AND ((n)<--(m) OR n.x)") ==
        "((NOT (n)-[:T]-()) AND ((n)<--(m) OR n.x))");
  CHECK(Condition("exists((n)-->())") == "exists((n)-->())");
  CHECK(Condition("(n)--(m)") == "(n)--(m)");
  CHECK(Condition("(n.x)-(1)") == "(n.x - 1)");
  CHECK(Condition("(n)-[1][0] = 2") == "((n - [1][0]) = 2)");
  CHECK(Condition("CASE WHEN (n)-->() THEN true END") == "CASE WHEN (n)-->() THEN true END");
  CHECK(Condition("any(x IN xs WHERE (x)-->(n))") == "any(x IN xs WHERE (x)-->(n))");
  CHECK(Expression("shortestPath((a)-[*]-(b))") == "shortestPath((a)-[*..]-(b))");
  for (const char* refused :
       {"RETURN (a)-->(b)", "WITH (a)-->(b) AS x RETURN x", "MATCH (a), (b) RETURN size((a)-->(b))",
        "MATCH (a) WHERE size((a)-->()) > 1 RETURN a", "MATCH (a) SET a.x = (a)-->()",
        "MATCH (a) WHERE ((a)-->()) = true RETURN a"}) {
    INFO(refused);
    const ErrorInfo error = ParseError(refused);
    CHECK(error.detail == "UnexpectedSyntax");
    CHECK(error.message == "a pattern is not a value here");
  }
}

TEST_CASE("syntax tree: subquery expressions", "[parse]") {
  CHECK(Condition("EXISTS { (n)-->(m) WHERE m.x }") == "EXISTS { (n)-->(m) WHERE m.x }");
  CHECK(Condition("exists { MATCH (n)-->(m) RETURN true }") == "EXISTS { query }");
  CHECK(Condition("COUNT { (n)--(), (m) } > 1") == "(COUNT { (n)--(), (m) } > 1)");
  CHECK(Expression("COLLECT { MATCH (m) RETURN m.x }") == "COLLECT { query }");
  CHECK(Expression("COUNT { MATCH (a) RETURN a UNION MATCH (b) RETURN b }") == "COUNT { query }");
  CHECK(ParseError("RETURN COLLECT { (a)-->(b) }").detail == "UnexpectedSyntax");
}

TEST_CASE("expressions know their place", "[parse]") {
  const ast::Statement statement = Parse("RETURN 'ü' AS x,\n  n.age  +  1 , (2)");
  const auto& clause = std::get<ast::Query>(statement.node).parts[0].clauses[0];
  const auto& items = std::get<ast::Return>(clause.node).projection.items;
  REQUIRE(items.size() == 3);
  CHECK(items[0].text == "'ü'");
  CHECK(items[0].alias == "x");
  CHECK(items[1].text == "n.age  +  1");
  CHECK(items[1].alias.empty());
  CHECK(items[1].expr->place.line == 2);
  CHECK(items[1].expr->place.column == 3);
  CHECK(items[2].text == "(2)");
  const auto& sum = std::get<ast::Binary>(items[1].expr->node);
  CHECK(sum.right->place.column == 13);
  CHECK(statement.text.substr(sum.left->place.begin, sum.left->place.end - sum.left->place.begin) ==
        "n.age");
}

}  // namespace
}  // namespace gesta
