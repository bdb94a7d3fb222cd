// Scripts: where statements end.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "gesta/script.h"

namespace gesta {
namespace {

std::vector<std::string> Texts(std::string_view script) {
  std::vector<std::string> texts;
  for (const StatementText& statement : SplitScript(script)) texts.emplace_back(statement.text);
  return texts;
}

using Strings = std::vector<std::string>;

TEST_CASE("scripts split at semicolons", "[parse]") {
  CHECK(Texts("a; b ;\n c") == Strings{"a", "b", "c"});
  CHECK(Texts("").empty());
  CHECK(Texts(" ;; \n; // x\n; /* ; */").empty());
}

TEST_CASE("semicolons inside strings, names and comments do not split", "[parse]") {
  CHECK(Texts("RETURN ';' ; RETURN \"a;\\\";\";") == Strings{"RETURN ';'", "RETURN \"a;\\\";\""});
  CHECK(Texts("RETURN `a;b``;`; c") == Strings{"RETURN `a;b``;`", "c"});
  CHECK(Texts("a // ;\n b; c /* ; ' */ d") == Strings{"a // ;\n b", "c /* ; ' */ d"});
  CHECK(Texts("RETURN '\\'; x'; b") == Strings{"RETURN '\\'; x'", "b"});
  CHECK(Texts("a / b; c") == Strings{"a / b", "c"});
}

TEST_CASE("comments around a statement are left out", "[parse]") {
  CHECK(Texts("// first\n a // last\n; /* x */ b /* y */") == Strings{"a", "b"});
}

TEST_CASE("statements know their line and whether they are complete", "[parse]") {
  const auto statements = SplitScript("// header\n\na;\n\n  b\nc; d");
  REQUIRE(statements.size() == 3);
  CHECK(statements[0].line == 3);
  CHECK(statements[0].terminated);
  CHECK(statements[1].line == 5);
  CHECK(statements[1].text == "b\nc");
  CHECK(statements[2].line == 6);
  CHECK_FALSE(statements[2].terminated);
}

TEST_CASE("an open string takes the rest of the script", "[parse]") {
  CHECK(Texts("a; 'b; c") == Strings{"a", "'b; c"});
  CHECK(Texts("a; /* b; c") == Strings{"a"});
  CHECK(Texts("'\\") == Strings{"'\\"});
}

}  // namespace
}  // namespace gesta
