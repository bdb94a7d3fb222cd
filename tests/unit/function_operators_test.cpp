// Operators: arithmetic, comparison, IN, string predicates, subscripts, with openCypher's null and
// error rules. List and IN cases follow the TCK (List1, List2, List4, List5, Comparison2).
#include <cmath>
#include <limits>

#include "function_support.h"
#include "functions/operators.h"

namespace gesta {
namespace {

using namespace test;  // NOLINT: short names for values

const Value kNull;
const Value kMax = Value::Integer(std::numeric_limits<int64_t>::max());
const Value kMin = Value::Integer(std::numeric_limits<int64_t>::min());
const double kInf = std::numeric_limits<double>::infinity();

TEST_CASE("integer arithmetic", "[function]") {
  CHECK(Show(Add(Int(2), Int(3))) == "5");
  CHECK(Show(Subtract(Int(2), Int(3))) == "-1");
  CHECK(Show(Multiply(Int(2), Int(3))) == "6");
  CHECK(Show(Divide(Int(7), Int(2))) == "3");
  CHECK(Show(Divide(Int(-7), Int(2))) == "-3");  // towards zero
  CHECK(Show(Modulo(Int(-7), Int(3))) == "-1");
  CHECK(Show(Power(Int(2), Int(3))) == "8.0");
  CHECK(Show(Negate(Int(2))) == "-2");
}

TEST_CASE("integer overflow is an error, not a wrong number", "[function]") {
  CHECK(Show(Add(kMax, Int(1))) == "ArithmeticError: NumberOverflow");
  CHECK(Show(Subtract(kMin, Int(1))) == "ArithmeticError: NumberOverflow");
  CHECK(Show(Multiply(kMax, Int(2))) == "ArithmeticError: NumberOverflow");
  CHECK(Show(Divide(kMin, Int(-1))) == "ArithmeticError: NumberOverflow");
  CHECK(Show(Negate(kMin)) == "ArithmeticError: NumberOverflow");
  CHECK(Show(Modulo(kMin, Int(-1))) == "0");
  CHECK(Show(Add(kMax, Int(0))) == "9223372036854775807");
  CHECK(Add(kMax, Int(1)).status().code() == StatusCode::kArithmetic);
  CHECK(std::string(Add(kMax, Int(1)).status().message()).find("9223372036854775807 + 1") !=
        std::string::npos);
}

TEST_CASE("division by zero", "[function]") {
  CHECK(Show(Divide(Int(1), Int(0))) == "ArithmeticError: DivisionByZero");
  CHECK(Show(Modulo(Int(1), Int(0))) == "ArithmeticError: DivisionByZero");
  CHECK(Show(Divide(Flt(1), Flt(0))) == "Infinity");
  CHECK(Show(Divide(Int(-1), Flt(0))) == "-Infinity");
  CHECK(Show(Divide(Flt(0), Flt(0))) == "NaN");
  CHECK(Show(Modulo(Flt(1), Int(0))) == "NaN");
}

TEST_CASE("mixed numbers become floats", "[function]") {
  CHECK(Show(Add(Int(1), Flt(0.5))) == "1.5");
  CHECK(Show(Divide(Flt(7), Int(2))) == "3.5");
  CHECK(Show(Modulo(Flt(7.5), Int(2))) == "1.5");
  CHECK(Show(Multiply(Flt(1e308), Int(10))) == "Infinity");
}

TEST_CASE("null in arithmetic gives null", "[function]") {
  for (auto op : {&Divide, &Modulo, &Power}) {
    CHECK(Show(op(kNull, Int(1))) == "null");
    CHECK(Show(op(Int(1), kNull)) == "null");
  }
  CHECK(Show(Add(kNull, Str("a"))) == "null");
  CHECK(Show(Add(ListOf({Int(1)}), kNull)) == "null");
  CHECK(Show(Subtract(Int(1), kNull)) == "null");
  CHECK(Show(Multiply(kNull, kNull)) == "null");
  CHECK(Show(Divide(kNull, Int(0))) == "null");
  CHECK(Show(Negate(kNull)) == "null");
}

TEST_CASE("plus joins strings and lists", "[function]") {
  CHECK(Show(Add(Str("a"), Str("b"))) == "'ab'");
  CHECK(Show(Add(Str("a"), Int(1))) == "'a1'");
  CHECK(Show(Add(Flt(1.5), Str("b"))) == "'1.5b'");
  CHECK(Show(Add(ListOf({Int(1), Int(10)}), ListOf({Int(4)}))) == "[1, 10, 4]");
  CHECK(Show(Add(ListOf({Bool(false)}), Str("x"))) == "[false, 'x']");
  CHECK(Show(Add(Int(1), ListOf({Int(2)}))) == "[1, 2]");
  CHECK(Show(Add(Str("a"), ListOf({}))) == "['a']");
  CHECK(Show(Add(Bool(true), Int(1))) == "TypeError: InvalidArgumentType");
  CHECK(Show(Add(MapOf({}), Str("a"))) == "TypeError: InvalidArgumentType");
  CHECK(Show(Subtract(Str("a"), Int(1))) == "TypeError: InvalidArgumentType");
  CHECK(Show(Multiply(Str("a"), Int(2))) == "TypeError: InvalidArgumentType");
  CHECK(Show(Negate(Str("a"))) == "TypeError: InvalidArgumentType");
}

TEST_CASE("nesting too deep is refused", "[function]") {
  Value nested = ListOf({});
  while (nested.depth() < Value::kMaxDepth) nested = ListOf({nested});
  CHECK(CheckDepth(nested).ok());
  CHECK(Show(CheckDepth(ListOf({nested}))) == "ArgumentError: InvalidArgumentValue");
  CHECK(Show(Add(ListOf({Int(1)}), ListOf({nested}))) == "ArgumentError: InvalidArgumentValue");
}

TEST_CASE("comparison operators", "[function]") {
  CHECK(ToText(LessValue(Int(1), Flt(1.5)), true) == "true");
  CHECK(ToText(LessEqualValue(Flt(1.0), Int(1)), true) == "true");
  CHECK(ToText(LessValue(Str("1"), Int(1)), true) == "null");
  CHECK(ToText(LessValue(kNull, Int(1)), true) == "null");
  CHECK(ToText(EqualsValue(Str("1"), Int(1)), true) == "false");
  CHECK(ToText(NotEqualsValue(Str("1"), Int(1)), true) == "true");
  CHECK(ToText(NotEqualsValue(kNull, kNull), true) == "null");
  const Value nan = Flt(std::nan(""));
  for (const Value& other : {Int(1), Flt(1.0), nan}) {
    for (auto op : {&LessValue, &LessEqualValue, &GreaterValue, &GreaterEqualValue, &EqualsValue}) {
      CHECK(ToText(op(nan, other), true) == "false");
      CHECK(ToText(op(other, nan), true) == "false");
    }
    CHECK(ToText(NotEqualsValue(nan, other), true) == "true");
  }
  CHECK(ToText(GreaterValue(nan, Str("a")), true) == "null");
  CHECK(ToText(GreaterEqualValue(ListOf({Int(1), Int(2)}), ListOf({Int(1), kNull})), true) ==
        "null");
  CHECK(ToText(GreaterEqualValue(ListOf({Int(1), Int(2)}), ListOf({Int(3), kNull})), true) ==
        "false");
  CHECK(ToText(GreaterEqualValue(ListOf({Int(1), kNull}), ListOf({Int(1)})), true) == "true");
  CHECK(ToText(GreaterValue(Flt(kInf), kMax), true) == "true");
}

TEST_CASE("IN", "[function]") {
  CHECK(Show(In(Int(1), ListOf({Str("1"), Int(2)}))) == "false");
  CHECK(Show(In(Int(3), ListOf({Int(1), kNull, Int(3)}))) == "true");
  CHECK(Show(In(Int(4), ListOf({Int(1), kNull, Int(3)}))) == "null");
  CHECK(Show(In(kNull, ListOf({kNull}))) == "null");
  CHECK(Show(In(kNull, ListOf({}))) == "false");
  CHECK(Show(In(Int(1), kNull)) == "null");
  CHECK(Show(In(ListOf({Int(1), Int(2)}), ListOf({ListOf({kNull, Str("foo")})}))) == "false");
  CHECK(Show(In(ListOf({Int(1), Int(2)}), ListOf({ListOf({kNull, Int(2)})}))) == "null");
  CHECK(Show(In(ListOf({}), ListOf({ListOf({})}))) == "true");
  CHECK(Show(In(Int(1), Str("1"))) == "TypeError: InvalidArgumentType");
}

TEST_CASE("string predicates", "[function]") {
  CHECK(Show(StartsWith(Str("ABCDEF"), Str("ABC"))) == "true");
  CHECK(Show(StartsWith(Str("AB"), Str("ABC"))) == "false");
  CHECK(Show(EndsWith(Str("ABCDEF"), Str("DEF"))) == "true");
  CHECK(Show(EndsWith(Str("F"), Str("EF"))) == "false");
  CHECK(Show(Contains(Str("ABCDEF"), Str("CD"))) == "true");
  for (auto op : {&StartsWith, &EndsWith, &Contains}) {
    CHECK(Show(op(Str("a"), Str(""))) == "true");
    CHECK(Show(op(Str("a"), kNull)) == "null");
    CHECK(Show(op(kNull, Str("a"))) == "null");
    CHECK(Show(op(Int(1), ListOf({}))) == "null");
  }
}

TEST_CASE("regular expressions match the whole string", "[function]") {
  CHECK(Show(RegexMatch(Str("abc"), Str("a.*"))) == "true");
  CHECK(Show(RegexMatch(Str("abc"), Str("b"))) == "false");
  CHECK(Show(RegexMatch(Str("ABC"), Str("(?i)abc"))) == "true");
  CHECK(Show(RegexMatch(Str("größe"), Str("gr..e"))) == "true");  // characters, not bytes
  CHECK(Show(RegexMatch(kNull, Str("a"))) == "null");
  CHECK(Show(RegexMatch(Str("a"), kNull)) == "null");
  CHECK(Show(RegexMatch(Int(1), Str("1"))) == "null");
  CHECK(Show(RegexMatch(Str("a"), Int(1))) == "TypeError: InvalidArgumentType");
  CHECK(Show(RegexMatch(Str("a"), Str("("))) == "ArgumentError: InvalidRegularExpression");
  for (int i = 0; i < 100; ++i) {  // more patterns than are kept
    CHECK(Show(RegexMatch(Str(std::to_string(i % 40)), Str(std::to_string(i % 40)))) == "true");
  }
}

TEST_CASE("subscripts", "[function]") {
  const Value list = ListOf({Int(1), Int(2), Int(3)});
  CHECK(Show(Subscript(list, Int(0))) == "1");
  CHECK(Show(Subscript(list, Int(-1))) == "3");
  CHECK(Show(Subscript(list, Int(3))) == "null");
  CHECK(Show(Subscript(list, Int(-4))) == "null");
  CHECK(Show(Subscript(list, kMin)) == "null");
  CHECK(Show(Subscript(list, kNull)) == "null");
  CHECK(Show(Subscript(kNull, Str("x"))) == "null");
  const Value map = MapOf({{"name", Str("Mats")}, {"Name", Str("Pontus")}});
  CHECK(Show(Subscript(map, Str("name"))) == "'Mats'");
  CHECK(Show(Subscript(map, Str("nAMe"))) == "null");
  CHECK(Show(Subscript(map, kNull)) == "null");
  CHECK(Show(Subscript(Int(100), Int(0))) == "TypeError: InvalidArgumentType");
  CHECK(Show(Subscript(Str("1"), Int(0))) == "TypeError: InvalidArgumentType");
  for (const Value& index : {Bool(true), Flt(4.7), Str("1"), list, map}) {
    CHECK(Subscript(list, index).status().code() == StatusCode::kType);
  }
  CHECK(Subscript(map, Int(0)).status().code() == StatusCode::kType);
}

TEST_CASE("slices", "[function]") {
  const Value list = ListOf({Int(1), Int(2), Int(3), Int(4), Int(5)});
  auto slice = [&](std::optional<int64_t> from, std::optional<int64_t> to) {
    const Value a = from ? Int(*from) : kNull;
    const Value b = to ? Int(*to) : kNull;
    return Show(Slice(list, from ? &a : nullptr, to ? &b : nullptr));
  };
  CHECK(slice(1, 3) == "[2, 3]");
  CHECK(slice(1, {}) == "[2, 3, 4, 5]");
  CHECK(slice({}, 2) == "[1, 2]");
  CHECK(slice(0, 1) == "[1]");
  CHECK(slice(0, 0) == "[]");
  CHECK(slice(-3, -1) == "[3, 4]");
  CHECK(slice(3, 1) == "[]");
  CHECK(slice(-10, 10) == "[1, 2, 3, 4, 5]");
  CHECK(slice(INT64_MIN, INT64_MAX) == "[1, 2, 3, 4, 5]");
  CHECK(slice(5, 9) == "[]");
  CHECK(Show(Slice(list, &kNull, nullptr)) == "null");
  CHECK(Show(Slice(kNull, nullptr, nullptr)) == "null");
  const Value text = Str("a");
  CHECK(Slice(list, &text, nullptr).status().code() == StatusCode::kType);
  CHECK(Slice(text, nullptr, nullptr).status().code() == StatusCode::kType);
}

TEST_CASE("components", "[function]") {
  CHECK(Show(GetComponent(MapOf({{"existing", Int(42)}, {"gone", kNull}}), "existing")) == "42");
  CHECK(Show(GetComponent(MapOf({{"existing", Int(42)}}), "missing")) == "null");
  CHECK(Show(GetComponent(kNull, "x")) == "null");
  for (const Value& value : {Int(123), Flt(42.45), Bool(true), Str("s"), ListOf({Int(1)})}) {
    CHECK(Show(GetComponent(value, "num")) == "TypeError: InvalidArgumentType");
  }
}

TEST_CASE("durations take part in arithmetic", "[function]") {
  const Value day = Value::Duration({0, 1, 0, 0});
  CHECK(Show(Add(Value::Date(0), day)) == "1970-01-02");
  CHECK(Show(Add(day, Value::Date(0))) == "1970-01-02");
  CHECK(Show(Subtract(Value::Date(0), day)) == "1969-12-31");
  CHECK(Show(Add(day, day)) == "P2D");
  CHECK(Show(Multiply(day, Int(3))) == "P3D");
  CHECK(Show(Multiply(Int(3), day)) == "P3D");
  CHECK(Show(Divide(day, Int(2))) == "PT12H");
  CHECK(Show(Divide(day, Int(0))) == "ArithmeticError: DivisionByZero");
  CHECK(Show(Negate(day)) == "P-1D");
  CHECK(Show(Add(day, Int(1))) == "TypeError: InvalidArgumentType");
  CHECK(Show(Add(Str("in "), day)) == "'in P1D'");
}

}  // namespace
}  // namespace gesta
