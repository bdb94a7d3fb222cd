// Aggregates: openCypher's null rules, exact integer sums, merging of partial results.
#include <cmath>

#include "function_support.h"

namespace gesta {
namespace {

using namespace test;  // NOLINT: short names for values

const Value kNull;

std::unique_ptr<Aggregator> Make(std::string_view name) {
  const AggregateInfo* info = Functions().FindAggregate(name);
  REQUIRE(info != nullptr);
  return info->make();
}

// The aggregate over one-argument rows; also as two halves merged, which must agree.
std::string Aggregate(std::string_view name, const std::vector<Value>& rows,
                      const std::vector<Value>& more_arguments = {}) {
  auto feed = [&](Aggregator& aggregator, size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      std::vector<Value> arguments = {rows[i]};
      arguments.insert(arguments.end(), more_arguments.begin(), more_arguments.end());
      Status status = aggregator.Add(arguments.data(), arguments.size(), 1);
      if (!status.ok()) return status;
    }
    return Status::Ok();
  };
  auto run = [&](size_t split) -> std::string {
    auto first = Make(name);
    auto second = Make(name);
    Status status = feed(*first, 0, split);
    if (status.ok()) status = feed(*second, split, rows.size());
    if (status.ok()) status = first->Merge(*second);
    if (!status.ok()) return status.info().type + ": " + status.info().detail;
    return Show(first->Finish());
  };
  const std::string whole = run(rows.size());
  CHECK(run(rows.size() / 2) == whole);
  CHECK(run(0) == whole);
  return whole;
}

TEST_CASE("count", "[function]") {
  CHECK(Aggregate("count", {}) == "0");
  CHECK(Aggregate("count", {Int(1), kNull, Str("a")}) == "2");
}

TEST_CASE("sum", "[function]") {
  CHECK(Aggregate("sum", {}) == "0");
  CHECK(Aggregate("sum", {kNull}) == "0");
  CHECK(Aggregate("sum", {Int(33), kNull, Int(42)}) == "75");
  CHECK(Aggregate("sum", {Int(1), Flt(0.5)}) == "1.5");
  // Partial sums may pass 64 bits as long as the result fits.
  CHECK(Aggregate("sum", {Int(INT64_MAX), Int(1), Int(-2)}) == "9223372036854775806");
  CHECK(Aggregate("sum", {Int(INT64_MAX), Int(1)}) == "ArithmeticError: NumberOverflow");
  CHECK(Aggregate("sum", {Flt(1e16), Flt(1), Flt(-1e16)}) == "1.0");
  CHECK(Aggregate("sum", std::vector<Value>(10, Flt(0.1))) == "1.0");
  CHECK(Aggregate("sum", {Flt(HUGE_VAL), Flt(1)}) == "Infinity");
  CHECK(Aggregate("sum", {Str("a")}) == "TypeError: InvalidArgumentValue");
  CHECK(Aggregate("sum", {Value::Duration({1, 2, 3, 600'000'000}),
                          Value::Duration({1, 2, 3, 600'000'000})}) == "P2M4DT7.2S");
  CHECK(Aggregate("sum", {Value::Duration({1, 0, 0, 0}), Int(1)}) ==
        "TypeError: InvalidArgumentValue");
}

TEST_CASE("avg", "[function]") {
  CHECK(Aggregate("avg", {}) == "null");
  CHECK(Aggregate("avg", {kNull}) == "null");
  CHECK(Aggregate("avg", {Int(1), Int(2), kNull}) == "1.5");
  CHECK(Aggregate("avg", {Int(INT64_MAX), Int(INT64_MAX)}) == "9.223372036854776e18");
  CHECK(Aggregate("avg", {Value::Duration({0, 1, 0, 0}), Value::Duration({0, 2, 0, 0})}) ==
        "P1DT12H");
}

TEST_CASE("min and max", "[function]") {
  CHECK(Aggregate("min", {Int(1), Int(2), Int(0), kNull, Int(-1)}) == "-1");
  CHECK(Aggregate("max", {Int(1), Flt(2.0), Int(5), kNull, Flt(3.2)}) == "5");
  CHECK(Aggregate("min", {Str("a"), Str("b"), Str("B"), kNull, Str("abc")}) == "'B'");
  CHECK(Aggregate("max", {Str("a"), Str("b"), Str("B")}) == "'b'");
  CHECK(Aggregate("min", {ListOf({Int(1)}), ListOf({Int(2)}), ListOf({Int(2), Int(1)})}) == "[1]");
  CHECK(Aggregate("max", {ListOf({Int(1)}), ListOf({Int(2)}), ListOf({Int(2), Int(1)})}) ==
        "[2, 1]");
  const std::vector<Value> mixed = {Int(1),   Str("a"), kNull, ListOf({Int(1), Int(2)}),
                                    Flt(0.2), Str("b")};
  CHECK(Aggregate("max", mixed) == "1");
  CHECK(Aggregate("min", mixed) == "[1, 2]");
  CHECK(Aggregate("max", {kNull}) == "null");
}

TEST_CASE("collect", "[function]") {
  CHECK(Aggregate("collect", {}) == "[]");
  CHECK(Aggregate("collect", {Int(1), kNull, Int(2)}) == "[1, 2]");
  auto collect = Make("collect");
  const size_t before = collect->HeapBytes();
  const Value text = Str(std::string(1000, 'x'));
  REQUIRE(collect->Add(&text, 1, 1).ok());
  CHECK(collect->HeapBytes() >= before + 1000);
}

TEST_CASE("standard deviations", "[function]") {
  const std::vector<Value> rows = {Int(2), Int(4), Int(4), Int(4), kNull,
                                   Int(5), Int(5), Int(7), Int(9)};
  CHECK(Aggregate("stDevP", rows) == "2.0");
  CHECK(Aggregate("stDev", {Int(1), Int(3)}) == "1.4142135623730951");
  CHECK(Aggregate("stDev", {Int(5)}) == "0.0");
  CHECK(Aggregate("stDev", {}) == "0.0");
  CHECK(Aggregate("stDevP", {}) == "0.0");
  CHECK(Aggregate("stDev", {Str("a")}) == "TypeError: InvalidArgumentValue");
}

TEST_CASE("percentiles", "[function]") {
  const std::vector<Value> rows = {Flt(30), Flt(10), kNull, Flt(20)};
  CHECK(Aggregate("percentileDisc", rows, {Flt(0.0)}) == "10.0");
  CHECK(Aggregate("percentileDisc", rows, {Flt(0.5)}) == "20.0");
  CHECK(Aggregate("percentileDisc", rows, {Flt(1.0)}) == "30.0");
  CHECK(Aggregate("percentileDisc", rows, {Int(1)}) == "30.0");
  CHECK(Aggregate("percentileCont", rows, {Flt(0.0)}) == "10.0");
  CHECK(Aggregate("percentileCont", rows, {Flt(0.5)}) == "20.0");
  CHECK(Aggregate("percentileCont", rows, {Flt(1.0)}) == "30.0");
  CHECK(Aggregate("percentileCont", rows, {Flt(0.25)}) == "15.0");
  CHECK(Aggregate("percentileDisc", {Int(1), Int(2)}, {Flt(0.5)}) == "1");
  CHECK(Aggregate("percentileCont", {Int(1), Int(2)}, {Flt(0.5)}) == "1.5");
  CHECK(Aggregate("percentileCont", {}, {Flt(0.5)}) == "null");
  for (const Value& bad : {Int(1000), Int(-1), Flt(1.1), Flt(std::nan(""))}) {
    CHECK(Aggregate("percentileCont", rows, {bad}) == "ArgumentError: NumberOutOfRange");
    CHECK(Aggregate("percentileDisc", rows, {bad}) == "ArgumentError: NumberOutOfRange");
  }
}

TEST_CASE("multiplicity stands for equal rows", "[function]") {
  for (const char* name : {"count", "sum", "avg", "min", "max", "collect", "stDev", "stDevP",
                           "percentileCont", "percentileDisc"}) {
    INFO(name);
    auto once = Make(name);
    auto repeated = Make(name);
    for (int64_t i : {3, 1, 4}) {
      const Value arguments[] = {Int(i), Flt(0.3)};
      REQUIRE(once->Add(arguments, 2, static_cast<uint64_t>(i)).ok());
      for (int64_t j = 0; j < i; ++j) REQUIRE(repeated->Add(arguments, 2, 1).ok());
    }
    CHECK(Show(once->Finish()) == Show(repeated->Finish()));
  }
}

}  // namespace
}  // namespace gesta
