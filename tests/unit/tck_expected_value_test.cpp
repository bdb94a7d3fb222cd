// The notation of expected values, and their comparison with results.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "support/expected_value.h"

namespace gesta::test {
namespace {

Value Parse(std::string_view text) {
  const auto value = ParseExpectedValue(text);
  INFO(text);
  REQUIRE(value.ok());
  return *value;
}

bool Match(std::string_view expected, const Value& actual, bool ignore_list_order = false) {
  return MatchesExpected(Parse(expected), actual, ignore_list_order);
}

TEST_CASE("scalars match by type and value", "[tck]") {
  CHECK(Match("null", Value::Null()));
  CHECK(Match("-12", Value::Integer(-12)));
  CHECK_FALSE(Match("1", Value::Float(1)));
  CHECK(Match("1.0", Value::Float(1)));
  CHECK(Match("1e9", Value::Float(1e9)));
  CHECK(Match("NaN", Value::Float(std::nan(""))));
  CHECK(Match("-Inf", Value::Float(-std::numeric_limits<double>::infinity())));
  CHECK(Match("'it\\'s'", Value::String("it's")));
  CHECK(Match("''", Value::String("")));
  CHECK_FALSE(Match("'1'", Value::Integer(1)));
  CHECK(Match("-9223372036854775808", Value::Integer(std::numeric_limits<int64_t>::min())));
}

TEST_CASE("a temporal result equals its text", "[tck]") {
  CHECK(Match("'1970-01-02'", Value::Date(1)));
  CHECK_FALSE(Match("'1970-01-02'", Value::Date(2)));
}

TEST_CASE("lists match in order, or without it where a scenario says so", "[tck]") {
  const Value list = Value::MakeList({Value::Integer(1), Value::Integer(2), Value::Integer(2)});
  CHECK(Match("[1, 2, 2]", list));
  CHECK_FALSE(Match("[2, 1, 2]", list));
  CHECK(Match("[2, 1, 2]", list, true));
  CHECK_FALSE(Match("[2, 1, 1]", list, true));
  CHECK(Match("[]", Value::MakeList({})));
  CHECK(Match("{a: [1], b: null}", Parse("{b: null, a: [1]}")));
  CHECK_FALSE(Match("{a: 1}", Parse("{a: 1, b: 2}")));
}

TEST_CASE("entities match by labels, type and properties", "[tck]") {
  NodeData node;
  node.id = 77;
  node.labels = {"A", "B"};
  node.properties.Set("p", Value::Integer(1));
  const Value value = Value::Node(node);
  CHECK(Match("(:B:A {p: 1})", value));
  CHECK_FALSE(Match("(:A {p: 1})", value));
  CHECK_FALSE(Match("(:A:B)", value));
  RelationshipData rel;
  rel.type = "T";
  CHECK(Match("[:T]", Value::Relationship(rel)));
  CHECK_FALSE(Match("[:U]", Value::Relationship(rel)));
  CHECK(Match("[[:T], (:A:B {p: 1})]", Value::MakeList({Value::Relationship(rel), value})));
}

TEST_CASE("paths match with their directions", "[tck]") {
  NodeData a;
  a.id = 5;
  a.labels = {"A"};
  NodeData b;
  b.id = 9;
  RelationshipData rel;
  rel.type = "T";
  rel.start = 9;
  rel.end = 5;
  const Value path = Value::Path({{Value::Node(a), Value::Node(b)}, {Value::Relationship(rel)}});
  CHECK(Match("<(:A)<-[:T]-()>", path));
  CHECK_FALSE(Match("<(:A)-[:T]->()>", path));
  CHECK(Match("<(:A)>", Value::Path({{Value::Node(a)}, {}})));
  CHECK_FALSE(Match("<(:A)>", path));
}

TEST_CASE("what is no value is refused", "[tck]") {
  for (const char* text : {"", "[1", "'open", "{a 1}", "(:A", "1 2", "nul", "<(:A)-[:T]-(:B)>"}) {
    INFO(text);
    CHECK_FALSE(ParseExpectedValue(text).ok());
  }
}

}  // namespace
}  // namespace gesta::test
