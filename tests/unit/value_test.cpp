// Value: sharing, equality, comparability, orderability, hashing. Expectations are openCypher's.
#include "gesta/value.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <thread>

namespace gesta {
namespace {

Value Int(int64_t v) { return Value::Integer(v); }
Value Flt(double v) { return Value::Float(v); }
Value Str(std::string_view v) { return Value::String(v); }
Value ListOf(List items) { return Value::MakeList(std::move(items)); }
Value MapOf(std::vector<MapEntry> entries) { return Value::MakeMap(Map(std::move(entries))); }
const double kNaN = std::numeric_limits<double>::quiet_NaN();
const double kInf = std::numeric_limits<double>::infinity();

TEST_CASE("a copied value outlives its original", "[value]") {
  Value copy;
  {
    Value original = ListOf({Str("a longer string than fits anywhere"), MapOf({{"k", Int(1)}})});
    copy = original;
    Value moved = std::move(original);
    CHECK(original.IsNull());  // NOLINT: moved-from values are null
    CHECK(moved.AsList().size() == 2);
  }
  REQUIRE(copy.AsList().size() == 2);
  CHECK(copy.AsList()[0].AsString() == "a longer string than fits anywhere");
  copy = copy.AsList()[0];  // the list that holds the new value goes away
  CHECK(copy.AsString() == "a longer string than fits anywhere");
}

TEST_CASE("strings keep their bytes", "[value]") {
  CHECK(Str("").AsString().empty());
  const std::string with_zero("a\0b", 3);
  CHECK(Str(with_zero).AsString() == with_zero);
}

TEST_CASE("deeply nested lists are freed without recursion", "[value]") {
  Value value = Int(1);
  for (int i = 0; i < 1'000'000; ++i) {
    List outer;
    outer.push_back(std::move(value));
    value = ListOf(std::move(outer));
  }
  CHECK(value.depth() == 0xFFFF);
  Value in_map = MapOf({{"deep", value}});
  value = Value();
  in_map = Value();
  CHECK(in_map.IsNull());
}

TEST_CASE("depth counts nested blocks", "[value]") {
  CHECK(Int(1).depth() == 0);
  CHECK(ListOf({Int(1)}).depth() == 1);
  CHECK(ListOf({ListOf({Int(1)}), Int(2)}).depth() == 2);
  CHECK(MapOf({{"a", ListOf({})}}).depth() == 2);
}

TEST_CASE("values are shared between threads", "[value]") {
  const Value shared = ListOf({Str("one"), Str("two")});
  std::vector<std::thread> threads;
  std::atomic<int> seen{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i) {
        Value copy = shared;
        Value item = copy.AsList()[i % 2];
        seen += item.AsString().size() == 3;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(seen == 40'000);
}

TEST_CASE("maps are sorted, the last of equal keys wins", "[value]") {
  Map map({{"b", Int(1)}, {"a", Int(2)}, {"b", Int(3)}});
  REQUIRE(map.size() == 2);
  CHECK(map.begin()->first == "a");
  CHECK(map.Find("b")->AsInteger() == 3);
  CHECK(map.Find("c") == nullptr);
  map.Set("aa", Int(4));
  map.Set("a", Int(5));
  CHECK(map.size() == 3);
  CHECK(map.Find("a")->AsInteger() == 5);
  CHECK(map.Erase("a"));
  CHECK_FALSE(map.Erase("a"));
  CHECK(map.begin()->first == "aa");
}

TEST_CASE("equality of scalars", "[value]") {
  CHECK(Equals(Int(1), Flt(1.0)) == Ternary::kTrue);
  CHECK(Equals(Flt(0.5), Int(0)) == Ternary::kFalse);
  CHECK(Equals(Str("1"), Int(1)) == Ternary::kFalse);
  CHECK(Equals(Flt(0.0), Flt(-0.0)) == Ternary::kTrue);
  CHECK(Equals(Flt(kNaN), Flt(kNaN)) == Ternary::kFalse);
  CHECK(Equals(Flt(kNaN), Int(1)) == Ternary::kFalse);
  CHECK(Equals(Int(1), Flt(kNaN)) == Ternary::kFalse);
  CHECK(Equals(Value(), Value()) == Ternary::kUnknown);
  CHECK(Equals(Value(), Int(1)) == Ternary::kUnknown);
  CHECK(Equals(Int(4611686018427387905), Int(4611686018427387900)) == Ternary::kFalse);
  CHECK(Equals(Value::Boolean(true), Int(1)) == Ternary::kFalse);
}

TEST_CASE("integers and floats compare exactly", "[value]") {
  const int64_t two53 = int64_t{1} << 53;
  CHECK(Equals(Int(two53 + 1), Flt(static_cast<double>(two53))) == Ternary::kFalse);
  CHECK(Compare(Int(two53 + 1), Flt(static_cast<double>(two53))) == Comparison::kGreater);
  CHECK(Order(Flt(static_cast<double>(two53)), Int(two53 + 1)) < 0);
  const int64_t max = std::numeric_limits<int64_t>::max();
  const int64_t min = std::numeric_limits<int64_t>::min();
  CHECK(Compare(Int(max), Flt(9223372036854775808.0)) == Comparison::kLess);
  CHECK(Compare(Int(min), Flt(-9223372036854775808.0)) == Comparison::kEqual);
  CHECK(Compare(Flt(kInf), Int(max)) == Comparison::kGreater);
  CHECK(Compare(Int(min), Flt(-kInf)) == Comparison::kGreater);
  CHECK(Compare(Int(3), Flt(3.5)) == Comparison::kLess);
  CHECK(Compare(Int(-3), Flt(-3.5)) == Comparison::kGreater);
}

TEST_CASE("equality of lists and maps with null inside", "[value]") {
  CHECK(Equals(ListOf({Int(1), Value()}), ListOf({Int(1), Int(2)})) == Ternary::kUnknown);
  CHECK(Equals(ListOf({Int(2), Value()}), ListOf({Int(1), Int(2)})) == Ternary::kFalse);
  CHECK(Equals(ListOf({Value()}), ListOf({Value(), Value()})) == Ternary::kFalse);
  CHECK(Equals(ListOf({Value()}), ListOf({Value()})) == Ternary::kUnknown);
  CHECK(Equals(ListOf({}), ListOf({})) == Ternary::kTrue);
  CHECK(Equals(MapOf({{"a", Value()}}), MapOf({{"a", Value()}})) == Ternary::kUnknown);
  CHECK(Equals(MapOf({{"a", Value()}}), MapOf({{"b", Value()}})) == Ternary::kFalse);
  CHECK(Equals(MapOf({{"a", Int(1)}, {"b", Value()}}), MapOf({{"a", Int(2)}, {"b", Value()}})) ==
        Ternary::kFalse);
  CHECK(Equals(MapOf({{"k", Int(1)}}), MapOf({{"k", Flt(1)}})) == Ternary::kTrue);
}

TEST_CASE("comparability", "[value]") {
  CHECK(Compare(Str("1.0"), Flt(1.0)) == Comparison::kIncomparable);
  CHECK(Compare(Flt(kNaN), Int(1)) == Comparison::kNan);
  CHECK(Compare(Flt(kNaN), Flt(kNaN)) == Comparison::kNan);
  CHECK(Compare(Flt(kNaN), Str("a")) == Comparison::kIncomparable);
  CHECK(Compare(Value(), Int(1)) == Comparison::kIncomparable);
  CHECK(Compare(Value::Boolean(false), Value::Boolean(true)) == Comparison::kLess);
  CHECK(Compare(Str("a"), Str("ab")) == Comparison::kLess);
  CHECK(Compare(Value::Node(1), Value::Node(2)) == Comparison::kIncomparable);
  CHECK(Compare(Value::Date(1), Value::LocalDateTime(1, 0)) == Comparison::kIncomparable);
  // The TCK's list examples (Comparison2).
  CHECK(Compare(ListOf({Int(1), Int(0)}), ListOf({Int(1)})) == Comparison::kGreater);
  CHECK(Compare(ListOf({Int(1), Value()}), ListOf({Int(1)})) == Comparison::kGreater);
  CHECK(Compare(ListOf({Int(1), Int(2)}), ListOf({Int(1), Value()})) == Comparison::kIncomparable);
  CHECK(Compare(ListOf({Int(1), Int(2)}), ListOf({Int(3), Value()})) == Comparison::kLess);
}

TEST_CASE("times compare by instant", "[value]") {
  constexpr int64_t kHour = 3'600'000'000'000;
  // 10:00+01:00 is before 09:35:14Z.
  CHECK(Compare(Value::Time(10 * kHour, 3'600), Value::Time(9 * kHour + 1, 0)) ==
        Comparison::kLess);
  // The same instant at another offset is another value.
  CHECK(Equals(Value::Time(10 * kHour, 3'600), Value::Time(9 * kHour, 0)) == Ternary::kFalse);
  CHECK(Order(Value::DateTime({100, 0, 0, ""}), Value::DateTime({99, 999'999'999, 7'200, ""})) > 0);
}

TEST_CASE("durations are equal by component and have no <", "[value]") {
  const Value a = Value::Duration({0, 1, 0, 0});
  const Value b = Value::Duration({0, 0, 86'400, 0});
  CHECK(Equals(a, b) == Ternary::kFalse);
  CHECK(Equals(a, Value::Duration({0, 1, 0, 0})) == Ternary::kTrue);
  CHECK(Compare(a, b) == Comparison::kIncomparable);
  CHECK(Order(a, Value::Duration({1, 0, 0, 0})) < 0);
  CHECK(Order(a, b) != 0);
  CHECK(Order(Value::Duration({INT64_MAX, 0, 0, 0}), a) > 0);  // no overflow
}

TEST_CASE("the order of all values", "[value]") {
  NodeData node;
  node.id = 3;
  // One of each, in the order that openCypher gives ORDER BY.
  const std::vector<Value> ordered = {
      MapOf({{"a", Str("map")}}),
      MapOf({{"a", Int(1)}, {"b", Int(1)}}),
      Value::Node(2),
      Value::Node(std::move(node)),
      Value::Relationship(1),
      ListOf({}),
      ListOf({Str("list")}),
      ListOf({Str("list"), Value()}),
      ListOf({Int(1)}),
      Value::Path({{Value::Node(1)}, {}}),
      Value::Path({{Value::Node(1), Value::Node(2)}, {Value::Relationship(1)}}),
      Value::DateTime({0, 0, 0, ""}),
      Value::LocalDateTime(0, 0),
      Value::Date(0),
      Value::Time(0, 0),
      Value::LocalTime(0),
      Value::Duration({}),
      Str(""),
      Str(" "),
      Str("text"),
      Value::Boolean(false),
      Value::Boolean(true),
      Flt(-kInf),
      Int(-1),
      Flt(1.5),
      Int(2),
      Flt(kInf),
      Flt(kNaN),
      Value(),
  };
  for (size_t i = 0; i < ordered.size(); ++i) {
    for (size_t j = 0; j < ordered.size(); ++j) {
      INFO(ToText(ordered[i], true) << " and " << ToText(ordered[j], true));
      const int expected = i < j ? -1 : (i > j ? 1 : 0);
      CHECK(Order(ordered[i], ordered[j]) == expected);
      CHECK(Equivalent(ordered[i], ordered[j]) == (i == j));
    }
  }
}

TEST_CASE("equivalent values hash alike", "[value]") {
  NodeData node;
  node.id = 7;
  node.labels = {"A"};
  const std::vector<std::pair<Value, Value>> pairs = {
      {Value(), Value()},
      {Flt(kNaN), Flt(-kNaN)},
      {Int(1), Flt(1.0)},
      {Int(0), Flt(-0.0)},
      {Int(INT64_MIN), Flt(-9223372036854775808.0)},
      {Str("abc"), Str("abc")},
      {ListOf({Int(1), Value()}), ListOf({Flt(1), Value()})},
      {MapOf({{"a", Int(1)}, {"b", Int(2)}}), MapOf({{"b", Int(2)}, {"a", Int(1)}})},
      {Value::Node(7), Value::Node(std::move(node))},
      {Value::Duration({1, 2, 3, 4}), Value::Duration({1, 2, 3, 4})},
      {Value::DateTime({5, 6, 7, "Europe/Stockholm"}),
       Value::DateTime({5, 6, 7, "Europe/Stockholm"})},
  };
  for (const auto& [a, b] : pairs) {
    INFO(ToText(a, true));
    CHECK(Equivalent(a, b));
    CHECK(Hash(a) == Hash(b));
  }
  CHECK(Hash(Int(1)) != Hash(Int(2)));
  CHECK(Hash(ListOf({Int(1), Int(2)})) != Hash(ListOf({Int(2), Int(1)})));
  CHECK(Hash(Value::Node(1)) != Hash(Value::Relationship(1)));
}

TEST_CASE("heap bytes grow with content", "[value]") {
  CHECK(Int(1).HeapBytes() == 0);
  CHECK(Str(std::string(1000, 'x')).HeapBytes() >= 1000);
  CHECK(ListOf(List(100, Int(1))).HeapBytes() >= 1600);
  CHECK(ListOf({Str(std::string(1000, 'x'))}).HeapBytes() >= 1016);
}

}  // namespace
}  // namespace gesta
