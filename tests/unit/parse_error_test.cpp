// Syntax errors: words, places and hints; nesting limits; bytes that are no text.
#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

#include "parse/edit_distance.h"
#include "parse/parser.h"
#include "parse_testing.h"

namespace gesta {
namespace {

using testing::Parse;
using testing::ParseError;

std::string Repeat(const std::string& text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) repeated += text;
  return repeated;
}

TEST_CASE("an error says what was found, what fits and where", "[parse]") {
  const ErrorInfo error = ParseError("MATCH (n)\n  WHERE n.größe STARTS 'x'\nRETURN n");
  CHECK(error.code == StatusCode::kSyntax);
  CHECK(error.phase == ErrorPhase::kCompile);
  CHECK(error.type == "SyntaxError");
  CHECK(error.detail == "UnexpectedSyntax");
  CHECK(error.message == "unexpected string 'x', expected WITH");
  CHECK(error.line == 2);
  CHECK(error.column == 24);
  CHECK(error.source_line == "  WHERE n.größe STARTS 'x'");
}

TEST_CASE("misspelt keywords are recognised", "[parse]") {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"MTACH (n) RETURN n", "did you mean MATCH?"},
      {"MATCH (n) RETRUN n", "did you mean RETURN?"},
      {"MATCH (n) WERE n.x = 1 RETURN n", "did you mean WHERE?"},
      {"RETURN 1 AS n ODER BY n", "did you mean ORDER?"},
      {"optinal MATCH (n) RETURN n", "did you mean OPTIONAL?"},
      {"MERGE (a) ON CREAT SET a.x = 1", "did you mean CREATE?"},
      {"RETURN 1 IS NUL", "did you mean NULL?"},
      {"RETURN DISTINT n", "did you mean DISTINCT instead of DISTINT?"},
      {"ALGIN 'x' TO (v) USING lexical", "did you mean ALIGN?"},
      {"SHOW INDEX", "did you mean INDEXES?"},
      {"CREATE CONSTRAINT FOR (n:L) REQUIRE n.p IS UNIQE", "did you mean UNIQUE?"},
  };
  for (const auto& [text, hint] : cases) {
    INFO(text);
    CHECK(ParseError(text).hint == hint);
  }
}

TEST_CASE("frequent slips have hints", "[parse]") {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"RETURN 1 != 2", "write <> for 'not equal'"},
      {"RETURN 1 == 2", "write = for 'equal'"},
      {"RETURN 'it''s'", "write \\' for a quote inside a string, + to join strings"},
      {"RETURN 'a' || 'b'", "write + to join strings"},
      {"SELECT * FROM t", "read with MATCH … RETURN …"},
      {"RETURN 1; RETURN 2", "run one statement at a time"},
      {"MATCH (n RETURN n", "the '(' at line 1, column 7 is not closed"},
      {"RETURN [1, (2]", "the '(' at line 1, column 12 is not closed"},
      {"RETURN 42 — 41", "write the minus sign as -"},
      {"RETURN ‘x’", "write straight quotes, ' or \""},
  };
  for (const auto& [text, hint] : cases) {
    INFO(text);
    CHECK(ParseError(text).hint == hint);
  }
}

TEST_CASE("text that ends too early", "[parse]") {
  const ErrorInfo error = ParseError("MATCH (n)\nRETURN n.x +  \n\n");
  CHECK(error.message == "the statement ends too early, expected an expression");
  CHECK(error.line == 2);
  CHECK(error.column == 13);
  for (const char* empty : {"", "  \n", ";", "// only a comment", "/* and another */ ;"}) {
    INFO(empty);
    CHECK(ParseError(empty).message == "the statement is empty");
  }
}

TEST_CASE("what is never closed", "[parse]") {
  CHECK(ParseError("RETURN 'abc").message == "the string that starts here is never closed");
  CHECK(ParseError("RETURN 'abc\\'").column == 8);
  CHECK(ParseError("RETURN \"abc").message == "the string that starts here is never closed");
  CHECK(ParseError("RETURN `abc").message ==
        "the name in backticks that starts here is never closed");
  CHECK(ParseError("RETURN 1 /* x").message == "the comment that starts here is never closed");
}

TEST_CASE("characters that are no syntax", "[parse]") {
  CHECK(ParseError("RETURN {k1#k: 1}").detail == "UnexpectedSyntax");
  CHECK(ParseError("RETURN 42 — 41").detail == "InvalidUnicodeCharacter");
  CHECK(ParseError(std::string("RETURN \0 1", 10)).message == "unexpected control character 0");
}

TEST_CASE("text must be UTF-8", "[parse]") {
  for (const std::string bad :
       {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"}) {
    const ErrorInfo error = ParseError("RETURN\n'ä" + bad + "'");
    CHECK(error.detail == "InvalidUnicodeCharacter");
    CHECK(error.line == 2);
    CHECK(error.column == 3);
  }
}

TEST_CASE("a long token is not repeated in full", "[parse]") {
  const ErrorInfo error = ParseError("MATCH (n) " + Repeat("ä", 5000));
  CHECK(error.message.size() < 300);
}

TEST_CASE("nesting is limited, and up to the limit works", "[parse]") {
  const std::vector<std::pair<std::string, std::string>> brackets = {
      {"(", ")"},         {"[", "]"},
      {"{a: ", "}"},      {"f(", ")"},
      {"x[", "]"},        {"-(", ")"},
      {"NOT (", ")"},     {"1 + (", ")"},
      {"[x IN ", "]"},    {"CASE WHEN true THEN ", " END"},
      {"NOT ", ""},       {"- ", ""},
      {"all(x IN ", ")"}, {"-[-", "]"},
  };
  for (const auto& [open, close] : brackets) {
    INFO(open);
    CHECK(ParseStatement("RETURN " + Repeat(open, 150) + "1" + Repeat(close, 150)).ok());
    for (const int times : {600, 40000}) {
      const ErrorInfo error =
          ParseError("RETURN " + Repeat(open, times) + "1" + Repeat(close, times));
      CHECK(error.message.find("nested") != std::string::npos);
      CHECK(error.column > 1);
      CHECK_FALSE(ParseStatement("RETURN " + Repeat(open, times)).ok());
    }
  }
  CHECK(ParseStatement("RETURN " + Repeat("1 + (", 450) + "1" + Repeat(")", 450)).ok());
  CHECK(ParseStatement("RETURN " + Repeat("(", 499) + "1" + Repeat(")", 499)).ok());
  CHECK_FALSE(ParseStatement("MATCH (n:" + Repeat("!", 40000) + "A) RETURN n").ok());
  CHECK_FALSE(ParseStatement("MATCH (n:" + Repeat("(", 40000) + "A) RETURN n").ok());
  CHECK_FALSE(ParseStatement("MATCH " + Repeat("(", 40000) + "n) RETURN n").ok());
  CHECK_FALSE(ParseStatement(Repeat("CALL { ", 40000) + "RETURN 1").ok());
  CHECK_FALSE(ParseStatement(Repeat("FOREACH (x IN y | ", 40000) + "CREATE (a)").ok());
  CHECK_FALSE(ParseStatement("RETURN " + Repeat("EXISTS { MATCH (a) WHERE ", 40000) + "1").ok());
  // Chains that nest without brackets, and chains that only look so.
  CHECK_FALSE(ParseStatement("RETURN 1" + Repeat(" + NOT 1", 40000)).ok());
  CHECK_FALSE(ParseStatement("RETURN 1" + Repeat(" + 1", 40000)).ok());
  CHECK_FALSE(ParseStatement("RETURN x" + Repeat(".a", 40000)).ok());
  CHECK(ParseStatement("RETURN 1" + Repeat(" + 1", 800)).ok());
  CHECK(ParseStatement("RETURN true" + Repeat(" AND NOT false", 5000)).ok());
  CHECK(ParseStatement("RETURN 1" + Repeat(" < 1", 5000)).ok());
  CHECK(ParseStatement("RETURN [1" + Repeat(", -1", 50000) + "]").ok());
  CHECK(ParseStatement("MATCH (a)" + Repeat("-[:T]->(b)", 5000) + " RETURN a").ok());
}

TEST_CASE("statements parse on many threads at once", "[parse]") {
  std::vector<std::thread> threads;
  std::vector<int> failures(4, 0);
  for (size_t t = 0; t < failures.size(); ++t) {
    threads.emplace_back([t, &failures] {
      for (int i = 0; i < 50; ++i) {
        const std::string n = std::to_string(i % 7);
        if (!ParseStatement("MATCH (a {x: " + n + "})-[r*" + n +
                            "]-(b) WHERE (a)--(b) RETURN [x IN "
                            "a.xs WHERE x > " +
                            n + " | x." + "k" + n + "]")
                 .ok()) {
          ++failures[t];
        }
        if (ParseStatement("MATCH (a RETURN " + n).ok()) ++failures[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failures == std::vector<int>(4, 0));
}

TEST_CASE("edit distance counts swaps of neighbours as one", "[parse]") {
  CHECK(EditDistance("", "") == 0);
  CHECK(EditDistance("", "abc") == 3);
  CHECK(EditDistance("abc", "abc") == 0);
  CHECK(EditDistance("abc", "acb") == 1);
  CHECK(EditDistance("kitten", "sitting") == 3);
  CHECK(EditDistance("ca", "abc") == 3);
}

}  // namespace
}  // namespace gesta
