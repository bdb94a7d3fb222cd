// Statements made at random give the same rows however they are planned.
#include <catch2/catch.hpp>
#include <random>

#include "store_test_support.h"
#include "support/plan_comparison.h"
#include "support/statement_maker.h"

namespace gesta::test {
namespace {

TEST_CASE("random statements give the same rows with and without the optimizer", "[plan]") {
  const auto databases = Must(PlanComparison::Make(StatementMakerGraph()));
  std::mt19937 random(20240611);
  size_t compared = 0;
  for (int round = 0; round < 1500; ++round) {
    std::vector<uint8_t> choices(120);
    for (uint8_t& choice : choices) choice = static_cast<uint8_t>(random());
    StatementMaker maker(choices.data(), choices.size());
    const std::string statement = maker.Make();
    INFO(statement);
    REQUIRE(databases->Run(statement, maker.deterministic()) == "");
    if (maker.deterministic()) ++compared;
  }
  CHECK(compared > 700);
  CHECK(databases->CheckStores() == "");
}

TEST_CASE("two steps that are only counted never take the same relationship", "[plan]") {
  const auto databases = Must(PlanComparison::Make({
      "CREATE (:A {i: 0}), (:A {i: 1}), (:B {i: 2}), (:B {i: 3})",
      "MATCH (a), (b) WHERE (a.i + 2 * b.i) % 3 = 0 CREATE (a)-[:R]->(b)",
      "MATCH (a), (b) WHERE (a.i * b.i) % 2 = 1 CREATE (a)-[:S]->(b), (b)-[:S]->(a), (a)-[:R]->(b)",
      "MATCH (a {i: 2}) CREATE (a)-[:S]->(a), (a)-[:R]->(a), (a)-[:R]->(a)",
  }));
  for (const char* label : {"", ":A", ":B"}) {
    for (const char* first : {"-->", "<--", "--", "-[:R]->", "<-[:R]-", "-[:R]-", "-[:R|S]->",
                              "<-[:S]-", "-[:None]->"}) {
      for (const char* second : {"-->", "<--", "--", "-[:R]->", "<-[:R]-", "-[:S]-", "-[:S|R]->"}) {
        const std::string statement = "MATCH ()" + std::string(first) + "(b" + label + ")" +
                                      second + "() RETURN b.i, count(*)";
        INFO(statement);
        REQUIRE(databases->Run(statement, true) == "");
      }
    }
  }
}

}  // namespace
}  // namespace gesta::test
