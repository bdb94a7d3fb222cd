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

}  // namespace
}  // namespace gesta::test
