// Feature files: backgrounds, outlines, doc strings and tables.
#include <catch2/catch.hpp>

#include "tck/gherkin.h"
#include "tck/skip_list.h"

namespace gesta::tck {
namespace {

constexpr std::string_view kFeature = R"(
# a comment
@slow
Feature: Things

  Background:
    Given an empty graph

  @one @two
  Scenario: [1] Plain
    When executing query:
      """
      RETURN 1 AS a,
        2 AS b
      """
    Then the result should be, in any order:
      | a | b     |
      | 1 | 'x\|y' |

  Scenario Outline: [2] With <v>
    When executing query:
      """
      RETURN <v> AS x
      """
    Then the result should be, in order:
      | x   |
      | <r> |

    Examples:
      | v | r |
      | 1 | a |
      | 2 | b |
)";

TEST_CASE("a feature's scenarios carry background, tags, text and tables", "[tck]") {
  const auto parsed = ParseFeature("a/B.feature", kFeature);
  REQUIRE(parsed.ok());
  REQUIRE(parsed->size() == 3);
  const Scenario& plain = (*parsed)[0];
  CHECK(plain.FullName() == "[1] Plain");
  CHECK(plain.tags == std::vector<std::string>{"@slow", "@one", "@two"});
  REQUIRE(plain.steps.size() == 3);
  CHECK(plain.steps[0].text == "an empty graph");
  CHECK(plain.steps[1].doc_string == "RETURN 1 AS a,\n  2 AS b");
  CHECK(plain.steps[2].table == Table{{"a", "b"}, {"1", "'x|y'"}});
}

TEST_CASE("an outline gives one scenario for each example", "[tck]") {
  const auto parsed = ParseFeature("a/B.feature", kFeature);
  REQUIRE(parsed.ok());
  const Scenario& second = (*parsed)[2];
  CHECK(second.FullName() == "[2] With <v> (example 2)");
  CHECK(second.steps[1].doc_string == "RETURN 2 AS x");
  CHECK(second.steps[2].table == Table{{"x"}, {"b"}});
}

TEST_CASE("a broken feature file is refused with its line", "[tck]") {
  const auto parsed = ParseFeature("x.feature", "Feature: x\nScenario: y\nGiven a\n\"\"\"\nno end");
  REQUIRE_FALSE(parsed.ok());
  CHECK(std::string(parsed.status().message()).find("x.feature, line 6") != std::string::npos);
}

TEST_CASE("the skip list names scenarios, single examples and reasons", "[tck]") {
  const auto list = SkipList::Parse(
      "# all\n"
      "a/B.feature :: [1] Plain # not now\n"
      "a/B.feature :: [2] With <v> (example 2) # too # many\n");
  REQUIRE(list.ok());
  const auto parsed = ParseFeature("a/B.feature", kFeature);
  REQUIRE(parsed.ok());
  REQUIRE(list->Reason((*parsed)[0]) != nullptr);
  CHECK(*list->Reason((*parsed)[0]) == "not now");
  CHECK(list->Reason((*parsed)[1]) == nullptr);
  CHECK(list->Reason((*parsed)[2]) != nullptr);
  CHECK_FALSE(SkipList::Parse("a/B.feature :: [1] Plain").ok());
}

}  // namespace
}  // namespace gesta::tck
