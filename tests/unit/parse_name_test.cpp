// Names: every word is a label, type, key and alias; words that are not reserved are variables too.
#include <catch2/catch.hpp>
#include <string>

#include "parse/parser.h"
#include "parse_testing.h"

namespace gesta {
namespace {

using testing::Parse;
using testing::ParseError;

const char* const kReserved[] = {
    "AND", "AS",   "CALL",  "CASE",  "CREATE", "DELETE", "DETACH",   "DISTINCT", "ELSE",   "FALSE",
    "IN",  "IS",   "MATCH", "MERGE", "NOT",    "NULL",   "OPTIONAL", "OR",       "REMOVE", "RETURN",
    "SET", "THEN", "TRUE",  "UNION", "UNWIND", "WHEN",   "WHERE",    "WITH",     "XOR"};

const char* const kFree[] = {"align",       "aligners",
                             "all",         "allShortestPaths",
                             "any",         "asc",
                             "ascending",   "begin",
                             "by",          "collect",
                             "commit",      "constraint",
                             "constraints", "contains",
                             "count",       "csv",
                             "desc",        "descending",
                             "drop",        "end",
                             "ends",        "exists",
                             "explain",     "for",
                             "foreach",     "from",
                             "functions",   "headers",
                             "if",          "index",
                             "indexes",     "keys",
                             "labels",      "limit",
                             "load",        "map",
                             "none",        "on",
                             "only",        "order",
                             "procedures",  "profile",
                             "property",    "read",
                             "reduce",      "require",
                             "rollback",    "shortestPath",
                             "show",        "single",
                             "skip",        "starts",
                             "statistics",  "to",
                             "top",         "types",
                             "unique",      "using",
                             "yield",       "key",
                             "score",       "fieldterminator"};

TEST_CASE("every word is a label, relationship type, property key and alias", "[parse]") {
  const auto check = [](const std::string& word) {
    Parse("MATCH (n:" + word + ")-[:" + word + "|" + word + "]->(:A:" + word + " {" + word +
          ": 1}) WHERE n:" + word + " AND n." + word + " = $" + word + " SET n." + word + " = {" +
          word + ": 2}, n:" + word + " REMOVE n." + word + ", n:" + word + " RETURN n." + word +
          " AS " + word + ", n {." + word + ", " + word + ": 1}");
    Parse("CREATE INDEX FOR (n:" + word + ") ON (n." + word + ")");
    Parse("CREATE CONSTRAINT FOR ()-[r:" + word + "]-() REQUIRE r." + word + " IS UNIQUE");
  };
  for (const char* word : kReserved) check(word);
  for (const char* word : kFree) check(word);
}

TEST_CASE("words that are not reserved are variables and functions", "[parse]") {
  for (const std::string word : kFree) {
    INFO(word);
    Parse("MATCH (" + word + ":A)-[" + word + "2]->(" + word + ") WITH " + word + ", " + word +
          ".x AS y ORDER BY " + word + " DESC SKIP 1 LIMIT 2 WHERE " + word + " IS NULL AND " +
          word + " CONTAINS " + word + " UNWIND [" + word + ", 1] AS " + word + " RETURN " + word +
          ", [" + word + " IN " + word + " WHERE " + word + " | " + word + "], -" + word + ", (" +
          word + "), {a: " + word + "}, " + word + "[0], CASE " + word + " WHEN " + word +
          " THEN " + word + " ELSE " + word + " END");
    Parse("MATCH (n) WITH n AS " + word + " SET " + word + ".x = 1, " + word + ":A REMOVE " + word +
          ".y DELETE " + word);
    Parse("MATCH " + word + " = (a)-->(b) RETURN " + word);
    Parse("CALL a." + word + ".b() YIELD " + word + " RETURN " + word);
    Parse("RETURN ns." + word + "(1)");
    Parse("DROP INDEX " + word);
    Parse("CREATE INDEX " + word + " IF NOT EXISTS FOR (" + word + ":A) ON (" + word + ".x)");
    Parse("ALIGN " + word + " TO (" + word + ") USING " + word + " TOP " + word +
          " YIELD score AS " + word + " RETURN 1");
  }
  // The words that begin an expression of their own are functions only by their own rules.
  for (const std::string word : {"align", "map", "top", "index", "begin", "show", "key", "order",
                                 "keys", "labels", "end", "exists", "count", "collect"}) {
    Parse("RETURN " + word + "(x)");
  }
}

TEST_CASE("clauses whose words are not reserved are still found", "[parse]") {
  const auto clauses = [](const std::string& text) {
    return std::get<ast::Query>(Parse(text).node).parts[0].clauses.size();
  };
  CHECK(clauses("WITH map AS align ALIGN align TO (top) USING using THEN to TOP top "
                "YIELD score MAP (map)-[:MAP]->(top) SET top = top RETURN order ORDER BY order") ==
        4);
  CHECK(clauses("MATCH (foreach) FOREACH (x IN [1] | SET foreach.load = x)") == 2);
  CHECK(clauses("CALL yield YIELD yield AS where") == 1);
  CHECK(clauses("LOAD CSV FROM from AS headers FIELDTERMINATOR ';' RETURN headers") == 2);
}

TEST_CASE("reserved words as variables need backticks", "[parse]") {
  for (const std::string word : kReserved) {
    INFO(word);
    if (word == "WHERE") continue;  // (WHERE …) is a node without a name
    CHECK(ParseError("MATCH (" + word + ") RETURN 1").hint ==
          word + " is a reserved word; write `" + word + "` to use it as a name");
    Parse("MATCH (`" + word + "`) RETURN `" + word + "`");
  }
}

TEST_CASE("names in backticks and of other scripts", "[parse]") {
  const auto alias = [](const std::string& name) {
    const ast::Statement statement = Parse("RETURN 1 AS " + name);
    const auto& clause = std::get<ast::Query>(statement.node).parts[0].clauses[0];
    return std::get<ast::Return>(clause.node).projection.items[0].alias;
  };
  CHECK(alias("`a b`") == "a b");
  CHECK(alias("`a``b`") == "a`b");
  CHECK(alias("`it's`") == "it's");
  CHECK(alias("größe") == "größe");
  CHECK(alias("名前") == "名前");
  CHECK(alias("_a1") == "_a1");
  CHECK(alias("FineGym99") == "FineGym99");
}

}  // namespace
}  // namespace gesta
