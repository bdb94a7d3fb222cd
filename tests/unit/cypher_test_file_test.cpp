// The reader of .test files, and how rows are compared.
#include <catch2/catch.hpp>

#include "cypher/test_file.h"
#include "cypher/test_runner.h"

namespace gesta::test {
namespace {

constexpr std::string_view kText = R"(# comment
== First
CREATE (:A {n: 1})
CREATE (:B);
=> +2 nodes, +1 label, -1 property

:x = [1, 'a|b']
MATCH (a) // an => in a comment does not end it
RETURN a.n AS n, $x AS x;
=> rows, in order
| n | x          |
| 1 | [1, 'a\|b'] |
=> no effects

== Second
RETURN y;
=> error SyntaxError UndefinedVariable at compile time: y
)";

TEST_CASE("a .test file is cases of statements with expectations", "[cypher]") {
  const auto cases = ParseTestFile(kText);
  REQUIRE(cases.ok());
  REQUIRE(cases->size() == 2);
  const TestCase& first = (*cases)[0];
  CHECK(first.title == "First");
  REQUIRE(first.statements.size() == 2);
  CHECK(first.statements[0].text == "CREATE (:A {n: 1})\nCREATE (:B)");
  CHECK(first.statements[0].line == 3);
  CHECK(first.statements[0].expectations[0].effects ==
        std::map<std::string, uint64_t>{{"+nodes", 2}, {"+labels", 1}, {"-properties", 1}});
  const TestStatement& second = first.statements[1];
  CHECK(ToText(second.parameters.at("x"), true) == "[1, 'a|b']");
  REQUIRE(second.expectations.size() == 2);
  CHECK(second.expectations[0].in_order);
  CHECK(second.expectations[0].columns == std::vector<std::string>{"n", "x"});
  const Expectation& error = (*cases)[1].statements[0].expectations[0];
  CHECK(error.error_type == "SyntaxError");
  CHECK(error.error_detail == "UndefinedVariable");
  CHECK(error.error_phase == "compile time");
  CHECK(error.error_text == "y");
}

TEST_CASE("what is no .test file is refused with its line", "[cypher]") {
  for (const char* text :
       {"RETURN 1;\n=> ok", "== a\nRETURN 1;", "== a\n=> ok", "== a\nRETURN 1;\n=> maybe",
        "== a\nRETURN 1;\n=> rows\n| a |\n| 1 | 2 |", "== a\n:x 1\nRETURN 1;\n=> ok"}) {
    INFO(text);
    const auto cases = ParseTestFile(text);
    REQUIRE_FALSE(cases.ok());
    CHECK(std::string(cases.status().message()).rfind("line ", 0) == 0);
  }
}

TEST_CASE("rows are compared as a bag, or in order", "[cypher]") {
  Expectation expected;
  expected.kind = ExpectationKind::kRows;
  expected.columns = {"n"};
  const auto row = [](int64_t n) { return std::vector<Value>{Value::Integer(n)}; };
  expected.rows = {row(1), row(2), row(2)};
  CHECK(CompareRows(expected, {"n"}, {row(2), row(1), row(2)}).ok());
  CHECK_FALSE(CompareRows(expected, {"n"}, {row(2), row(1), row(1)}).ok());
  CHECK_FALSE(CompareRows(expected, {"n"}, {row(1), row(2)}).ok());
  CHECK_FALSE(CompareRows(expected, {"n"}, {row(1), row(2), row(2), row(2)}).ok());
  CHECK_FALSE(CompareRows(expected, {"m"}, {row(1), row(2), row(2)}).ok());
  expected.in_order = true;
  CHECK(CompareRows(expected, {"n"}, {row(1), row(2), row(2)}).ok());
  CHECK_FALSE(CompareRows(expected, {"n"}, {row(2), row(1), row(2)}).ok());
}

}  // namespace
}  // namespace gesta::test
