// Values as text. Temporal expectations are the TCK's (Temporal1, Temporal6, Temporal10).
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "gesta/value.h"

namespace gesta {
namespace {

TEST_CASE("floats as text read back the same", "[value]") {
  CHECK(FloatToText(1.0) == "1.0");
  CHECK(FloatToText(-0.5) == "-0.5");
  CHECK(FloatToText(0.1) == "0.1");
  CHECK(FloatToText(1e9) == "1000000000.0");
  CHECK(FloatToText(0.00001) == "0.00001");
  CHECK(FloatToText(1e-305) == "1e-305");
  CHECK(FloatToText(1.2635418652381264e305) == "1.2635418652381264e305");
  CHECK(FloatToText(-1e308) == "-1e308");
  CHECK(FloatToText(0.0) == "0.0");
  CHECK(FloatToText(-0.0) == "-0.0");
  CHECK(FloatToText(123.456) == "123.456");
  CHECK(FloatToText(std::nan("")) == "NaN");
  CHECK(FloatToText(-std::numeric_limits<double>::infinity()) == "-Infinity");
  for (double v : {3.141592653589793, 1.0 / 3, 9007199254740993.0, 1.7976931348623157e308, 5e-324,
                   123456789012345678.0}) {
    CHECK(std::strtod(FloatToText(v).c_str(), nullptr) == v);
  }
}

TEST_CASE("composite values as text", "[value]") {
  const Value text = Value::String("it's\n\\");
  CHECK(ToText(text, false) == "it's\n\\");
  CHECK(ToText(text, true) == "'it\\'s\\n\\\\'");
  const Value list = Value::MakeList({Value::Integer(1), Value(), Value::String("a")});
  CHECK(ToText(list, false) == "[1, null, 'a']");
  const Value map = Value::MakeMap(Map({{"two words", Value::Boolean(true)}, {"a", list}}));
  CHECK(ToText(map, false) == "{a: [1, null, 'a'], `two words`: true}");
  CHECK(ToText(Value::MakeMap(Map()), false) == "{}");
  CHECK(ToText(Value::Node(7), false) == "(#7)");

  NodeData a{1, {"A", "B"}, Map({{"name", Value::String("x")}})};
  NodeData b{2, {}, Map()};
  RelationshipData there{5, 1, 2, "T", Map({{"p", Value::Integer(1)}})};
  RelationshipData back{6, 1, 2, "U", Map()};
  const Value path = Value::Path({{Value::Node(a), Value::Node(b), Value::Node(a)},
                                  {Value::Relationship(there), Value::Relationship(back)}});
  CHECK(ToText(path, false) == "<(:A:B {name: 'x'})-[:T {p: 1}]->()<-[:U]-(:A:B {name: 'x'})>");
}

TEST_CASE("names are quoted where they must be", "[value]") {
  CHECK(QuoteName("Action") == "Action");
  CHECK(QuoteName("_a1") == "_a1");
  CHECK(QuoteName("1a") == "`1a`");
  CHECK(QuoteName("") == "``");
  CHECK(QuoteName("a`b") == "`a``b`");
  CHECK(QuoteName("größe") == "`größe`");
}

TEST_CASE("dates as text", "[value]") {
  CHECK(TemporalToText(Value::Date(0)) == "1970-01-01");
  CHECK(TemporalToText(Value::Date(-1)) == "1969-12-31");
  CHECK(TemporalToText(Value::Date(5397)) == "1984-10-11");
  CHECK(TemporalToText(Value::Date(11016)) == "2000-02-29");
  CHECK(TemporalToText(Value::Date(-719528)) == "0000-01-01");
  CHECK(TemporalToText(Value::Date(-719529)) == "-0001-12-31");
  CHECK(TemporalToText(Value::Date(2932897)) == "+10000-01-01");
  CHECK(TemporalToText(Value::Date(365241780471)) == "+999999999-12-31");
}

TEST_CASE("times as text", "[value]") {
  constexpr int64_t kSecond = 1'000'000'000;
  const int64_t noon = 12 * 3'600 * kSecond;
  const int64_t later = noon + (31 * 60 + 14) * kSecond;
  CHECK(TemporalToText(Value::LocalTime(noon)) == "12:00");
  CHECK(TemporalToText(Value::LocalTime(later)) == "12:31:14");
  CHECK(TemporalToText(Value::LocalTime(later + 645'000'000)) == "12:31:14.645");
  CHECK(TemporalToText(Value::LocalTime(later + 645'876'000)) == "12:31:14.645876");
  CHECK(TemporalToText(Value::LocalTime(later + 3)) == "12:31:14.000000003");
  CHECK(TemporalToText(Value::Time(noon, 0)) == "12:00Z");
  CHECK(TemporalToText(Value::Time(noon, 3'600)) == "12:00+01:00");
  CHECK(TemporalToText(Value::Time(noon, -5'400)) == "12:00-01:30");
  CHECK(TemporalToText(Value::LocalDateTime(-1, 1'000'000)) == "1969-12-31T23:59:59.001");
  const int64_t august = 1'502'195'474;  // 2017-08-08T12:31:14Z
  CHECK(TemporalToText(Value::DateTime({august - 7'200, 645'876'123, 7'200, "Europe/Stockholm"})) ==
        "2017-08-08T12:31:14.645876123+02:00[Europe/Stockholm]");
  // Stockholm's local mean time has seconds in its offset.
  CHECK(TemporalToText(Value::Time(noon, 3'208)) == "12:00+00:53:28");
}

TEST_CASE("durations as text", "[value]") {
  auto text = [](int64_t months, int64_t days, int64_t seconds, int32_t nanos) {
    return TemporalToText(Value::Duration({months, days, seconds, nanos}));
  };
  CHECK(text(0, 0, 0, 0) == "PT0S");
  CHECK(text(149, 14, 16 * 3'600 + 12 * 60 + 70, 1) == "P12Y5M14DT16H13M10.000000001S");
  CHECK(text(149, -14, 16 * 3'600, 0) == "P12Y5M-14DT16H");
  CHECK(text(0, 0, 660, 0) == "PT11M");
  CHECK(text(0, 0, 1, 999'000'000) == "PT1.999S");
  CHECK(text(0, 0, -2, 1'000'000) == "PT-1.999S");
  CHECK(text(0, 0, -3, 999'000'000) == "PT-2.001S");
  CHECK(text(0, 1, 0, 1'000'000) == "P1DT0.001S");
  CHECK(text(0, 1, -1, 999'000'000) == "P1DT-0.001S");
  CHECK(text(0, 0, 59, 999'000'000) == "PT59.999S");
  CHECK(text(0, 0, -60, 1'000'000) == "PT-59.999S");
  CHECK(text(0, 0, -61, 999'000'000) == "PT-1M-0.001S");
  CHECK(text(0, 0, -(14 * 3'600 + 30 * 60), 0) == "PT-14H-30M");
  CHECK(text(-13, 0, 0, 0) == "P-1Y-1M");
}

}  // namespace
}  // namespace gesta
