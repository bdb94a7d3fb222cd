// Scalar, conversion, list and string functions against openCypher's definitions and the TCK
// (TypeConversion1 to 4, List11, String3, String4).
#include <cmath>
#include <set>

#include "function_support.h"

namespace gesta {
namespace {

using namespace test;  // NOLINT: short names for values

const Value kNull;

TEST_CASE("the registry", "[function]") {
  const FunctionRegistry& functions = Functions();
  CHECK(functions.Find("TOINTEGER") == functions.Find("toInteger"));
  CHECK(functions.Find("toInteger") != nullptr);
  CHECK(functions.Find("nosuch") == nullptr);
  CHECK(functions.Find("count") == nullptr);
  CHECK(functions.FindAggregate("COUNT") != nullptr);
  std::set<std::string> seen;
  for (const auto& info : functions.functions()) {
    INFO(info->name);
    CHECK((info->call != nullptr) != (info->batch != nullptr));
    CHECK_FALSE(info->signature.empty());
    CHECK_FALSE(info->summary.empty());
    CHECK((info->max_arguments < 0 || info->max_arguments >= info->min_arguments));
    CHECK(seen.insert(info->name).second);
  }
  const std::vector<std::string> names = functions.Names();
  CHECK(names.size() == functions.functions().size() + functions.aggregates().size());
  CHECK(std::is_sorted(names.begin(), names.end()));
}

// Whatever a statement passes, a function answers or says what is wrong.
TEST_CASE("no function fails on a value of another type", "[function]") {
  const std::vector<Value> values = {
      kNull,
      Bool(true),
      Int(-1),
      Int(INT64_MIN),
      Flt(std::nan("")),
      Flt(HUGE_VAL),
      Str(""),
      Str("\xFF\xC3"),
      Str("text"),
      ListOf({}),
      ListOf({kNull, Int(1)}),
      MapOf({{"a", Int(1)}}),
      Value::Node(1),
      Value::Relationship(1),
      Value::Path({{Value::Node(1)}, {}}),
      Value::Date(0),
      Value::Duration({1, 2, 3, 4}),
      Value::DateTime({0, 0, 0, ""}),
  };
  FixedContext context;
  for (const auto& info : Functions().functions()) {
    const int most = info->max_arguments < 0 ? 3 : std::min(info->max_arguments, 3);
    for (int count = info->min_arguments; count <= most; ++count) {
      size_t combinations = 1;
      for (int i = 0; i < count; ++i) combinations *= values.size();
      for (size_t c = 0; c < combinations; ++c) {
        std::vector<Value> arguments;
        bool has_null = false;
        for (size_t rest = c; static_cast<int>(arguments.size()) < count; rest /= values.size()) {
          arguments.push_back(values[rest % values.size()]);
          has_null = has_null || arguments.back().IsNull();
        }
        if (has_null && info->null_in_null_out) continue;
        Status status;
        if (info->batch) {
          std::vector<Value> results(1);
          status = info->batch(context, {arguments.data(), 1, arguments.size()}, &results);
        } else {
          status = info->call(context, arguments.data(), arguments.size()).status();
        }
        if (!status.ok()) {
          INFO(info->name);
          REQUIRE_FALSE(status.message().empty());
        }
      }
    }
  }
}

TEST_CASE("coalesce, exists, nullIf, valueType", "[function]") {
  CHECK(CallText("coalesce", {kNull, Int(1), Int(2)}) == "1");
  CHECK(CallText("coalesce", {kNull, kNull}) == "null");
  CHECK(CallText("exists", {kNull}) == "false");
  CHECK(CallText("exists", {Int(0)}) == "true");
  CHECK(CallText("nullIf", {Int(1), Flt(1.0)}) == "null");
  CHECK(CallText("nullIf", {Int(1), Int(2)}) == "1");
  CHECK(CallText("nullIf", {kNull, Int(2)}) == "null");
  CHECK(CallText("valueType", {Flt(1)}) == "'FLOAT'");
  CHECK(CallText("valueType", {kNull}) == "'NULL'");
  CHECK(CallText("timestamp", {}) == "1500000000123");
  CHECK(CallText("randomUUID", {}) == "'00000000-0000-4000-8000-000000000000'");
  CHECK(Functions().Find("rand")->volatility == Volatility::kVolatile);
}

TEST_CASE("toInteger", "[function]") {
  CHECK(CallText("toInteger", {Flt(82.9)}) == "82");
  CHECK(CallText("toInteger", {Flt(-82.9)}) == "-82");
  CHECK(CallText("toInteger", {Str("1.7")}) == "1");
  CHECK(CallText("toInteger", {Str("2.9")}) == "2");
  CHECK(CallText("toInteger", {Str("foo")}) == "null");
  CHECK(CallText("toInteger", {Str("")}) == "null");
  CHECK(CallText("toInteger", {Str(" 42 ")}) == "42");
  CHECK(CallText("toInteger", {Str("+42")}) == "42");
  CHECK(CallText("toInteger", {Str("+-42")}) == "null");
  CHECK(CallText("toInteger", {Str("1e3")}) == "1000");
  CHECK(CallText("toInteger", {Str("NaN")}) == "null");
  CHECK(CallText("toInteger", {Str("9223372036854775807")}) == "9223372036854775807");
  CHECK(CallText("toInteger", {Str("9223372036854775808")}) == "ArithmeticError: NumberOverflow");
  CHECK(CallText("toInteger", {Flt(1e300)}) == "ArithmeticError: NumberOverflow");
  CHECK(CallText("toInteger", {Bool(true)}) == "1");
  CHECK(CallText("toInteger", {kNull}) == "null");
  for (const Value& wrong : {ListOf({}), MapOf({}), Value::Node(1), Value::Relationship(1),
                             Value::Path({{Value::Node(1)}, {}})}) {
    CHECK(CallText("toInteger", {wrong}) == "TypeError: InvalidArgumentValue");
    CHECK(CallText("toFloat", {wrong}) == "TypeError: InvalidArgumentValue");
    CHECK(CallText("toString", {wrong}) == "TypeError: InvalidArgumentValue");
    CHECK(CallText("toBoolean", {wrong}) == "TypeError: InvalidArgumentValue");
    CHECK(CallText("toIntegerOrNull", {wrong}) == "null");
  }
}

TEST_CASE("toFloat", "[function]") {
  CHECK(CallText("toFloat", {Str("1")}) == "1.0");
  CHECK(CallText("toFloat", {Str("foo")}) == "null");
  CHECK(CallText("toFloat", {Str("1.5x")}) == "null");
  CHECK(CallText("toFloat", {Str("-1.5e-3")}) == "-0.0015");
  CHECK(CallText("toFloat", {Str("nan")}) == "null");
  CHECK(CallText("toFloat", {Str("-Infinity")}) == "-Infinity");
  CHECK(CallText("toFloat", {Str("1e400")}) == "Infinity");
  CHECK(CallText("toFloat", {Str("1e-400")}) == "0.0");
  CHECK(CallText("toFloat", {Int(4)}) == "4.0");
  CHECK(CallText("toFloat", {Bool(true)}) == "TypeError: InvalidArgumentValue");
}

TEST_CASE("toBoolean and toString", "[function]") {
  CHECK(CallText("toBoolean", {Str("true")}) == "true");
  CHECK(CallText("toBoolean", {Str("FALSE")}) == "false");
  CHECK(CallText("toBoolean", {Str("")}) == "null");
  CHECK(CallText("toBoolean", {Str(" tru ")}) == "null");
  CHECK(CallText("toBoolean", {Str("f alse")}) == "null");
  CHECK(CallText("toBoolean", {Flt(1.0)}) == "TypeError: InvalidArgumentValue");
  CHECK(CallText("toString", {Int(42)}) == "'42'");
  CHECK(CallText("toString", {Flt(42)}) == "'42.0'");
  CHECK(CallText("toString", {Bool(false)}) == "'false'");
  CHECK(CallText("toString", {Str("x")}) == "'x'");
  CHECK(CallText("toString", {Value::Date(0)}) == "'1970-01-01'");
  CHECK(CallText("toStringOrNull", {ListOf({})}) == "null");
  CHECK(CallText("toIntegerList", {ListOf({Str("1"), Str("x"), kNull, MapOf({})})}) ==
        "[1, null, null, null]");
  CHECK(CallText("toStringList", {ListOf({Int(1), Bool(true)})}) == "['1', 'true']");
}

TEST_CASE("range", "[function]") {
  CHECK(CallText("range", {Int(-10), Int(-7)}) == "[-10, -9, -8, -7]");
  CHECK(CallText("range", {Int(0), Int(-1)}) == "[]");
  CHECK(CallText("range", {Int(0), Int(0)}) == "[0]");
  CHECK(CallText("range", {Int(0), Int(10), Int(3)}) == "[0, 3, 6, 9]");
  CHECK(CallText("range", {Int(3), Int(-3), Int(-2)}) == "[3, 1, -1, -3]");
  CHECK(CallText("range", {Int(0), Int(5), Int(-1)}) == "[]");
  CHECK(CallText("range", {Int(2), Int(8), Int(0)}) == "ArgumentError: NumberOutOfRange");
  CHECK(CallText("range", {Int(INT64_MIN), Int(INT64_MAX), Int(INT64_MAX)}) ==
        "[-9223372036854775808, -1, 9223372036854775806]");
  CHECK(CallText("range", {Int(INT64_MAX), Int(INT64_MAX - 1), Int(INT64_MIN)}) ==
        "[9223372036854775807]");
  CHECK(CallText("range", {Int(INT64_MIN), Int(INT64_MAX)}) == "ArgumentError: NumberOutOfRange");
  for (const Value& wrong :
       {Bool(true), Flt(0.0), Flt(1.1), Str("xyz"), ListOf({Int(0)}), MapOf({{"start", Int(0)}})}) {
    CHECK(CallText("range", {wrong, Int(1), Int(1)}) == "ArgumentError: InvalidArgumentType");
    CHECK(CallText("range", {Int(0), wrong, Int(1)}) == "ArgumentError: InvalidArgumentType");
    CHECK(CallText("range", {Int(0), Int(1), wrong}) == "ArgumentError: InvalidArgumentType");
  }
}

TEST_CASE("list functions", "[function]") {
  const Value list = ListOf({Int(1), Int(2), Int(3)});
  CHECK(CallText("size", {list}) == "3");
  CHECK(CallText("size", {kNull}) == "null");
  CHECK(CallText("head", {list}) == "1");
  CHECK(CallText("last", {list}) == "3");
  CHECK(CallText("tail", {list}) == "[2, 3]");
  CHECK(CallText("head", {ListOf({})}) == "null");
  CHECK(CallText("last", {ListOf({})}) == "null");
  CHECK(CallText("tail", {ListOf({})}) == "[]");
  CHECK(CallText("reverse", {list}) == "[3, 2, 1]");
  CHECK(CallText("isEmpty", {ListOf({})}) == "true");
  CHECK(CallText("isEmpty", {MapOf({})}) == "true");
  CHECK(CallText("isEmpty", {Str("a")}) == "false");
}

TEST_CASE("string functions count characters", "[function]") {
  CHECK(CallText("size", {Str("größe")}) == "5");
  CHECK(CallText("char_length", {Str("größe")}) == "5");
  CHECK(CallText("reverse", {Str("raksO")}) == "'Oskar'");
  CHECK(CallText("reverse", {Str("aö€")}) == "'€öa'");
  CHECK(CallText("left", {Str("größe"), Int(3)}) == "'grö'");
  CHECK(CallText("left", {Str("ab"), Int(9)}) == "'ab'");
  CHECK(CallText("left", {Str("ab"), Int(-1)}) == "ArgumentError: NumberOutOfRange");
  CHECK(CallText("right", {Str("größe"), Int(3)}) == "'öße'");
  CHECK(CallText("right", {Str("ab"), Int(9)}) == "'ab'");
  CHECK(CallText("substring", {Str("größe"), Int(2)}) == "'öße'");
  CHECK(CallText("substring", {Str("größe"), Int(2), Int(2)}) == "'öß'");
  CHECK(CallText("substring", {Str("0123"), Int(9)}) == "''");
  CHECK(CallText("substring", {Str("0123"), Int(1), Int(-1)}) == "ArgumentError: NumberOutOfRange");
  CHECK(CallText("substring", {kNull, Int(1)}) == "null");
}

TEST_CASE("replace and split", "[function]") {
  CHECK(CallText("replace", {Str("hello"), Str("l"), Str("w")}) == "'hewwo'");
  CHECK(CallText("replace", {Str("aaa"), Str("aa"), Str("b")}) == "'ba'");
  CHECK(CallText("replace", {Str("abc"), Str(""), Str("x")}) == "'abc'");
  CHECK(CallText("split", {Str("one1two"), Str("1")}) == "['one', 'two']");
  CHECK(CallText("split", {Str("a,b;c"), ListOf({Str(","), Str(";")})}) == "['a', 'b', 'c']");
  CHECK(CallText("split", {Str(""), Str(",")}) == "['']");
  CHECK(CallText("split", {Str(",a,"), Str(",")}) == "['', 'a', '']");
  CHECK(CallText("split", {Str("öß"), Str("")}) == "['ö', 'ß']");
}

TEST_CASE("case mapping is Unicode's", "[function]") {
  CHECK(CallText("toUpper", {Str("abc xyz 1")}) == "'ABC XYZ 1'");
  CHECK(CallText("toUpper", {Str("größe")}) == "'GRÖSSE'");
  CHECK(CallText("toUpper", {Str("ŉ ΐ ﬁ")}) == "'\u02BCN \u0399\u0308\u0301 FI'");
  CHECK(CallText("toUpper", {Str("ẞ")}) == "'ẞ'");
  CHECK(CallText("toUpper", {Str("ᾳ")}) == "'ΑΙ'");
  CHECK(CallText("toLower", {Str("ÄÖÜ")}) == "'äöü'");
  CHECK(CallText("toLower", {Str("ΟΔΥΣΣΕΥΣ ΣΑΣ")}) == "'οδυσσευς σας'");
  CHECK(CallText("toLower", {Str("İ")}) == "'i\u0307'");
  CHECK(CallText("toLower", {Str("Ä\xFF")}) == "'ä\xFF'");
  CHECK(CallText("upper", {Str("a")}) == "'A'");
  CHECK(CallText("toUpper", {Int(1)}) == "TypeError: InvalidArgumentValue");
}

TEST_CASE("trim takes Unicode white space or the given characters", "[function]") {
  CHECK(CallText("trim", {Str(" \t\n a b \u3000\u00A0")}) == "'a b'");
  CHECK(CallText("lTrim", {Str("  a ")}) == "'a '");
  CHECK(CallText("rTrim", {Str(" a  ")}) == "' a'");
  CHECK(CallText("trim", {Str("   ")}) == "''");
  CHECK(CallText("bTrim", {Str("öxaöxö"), Str("öx")}) == "'a'");
}

TEST_CASE("normalize", "[function]") {
  CHECK(CallText("normalize", {Str("e\u0301")}) == "'é'");
  CHECK(CallText("normalize", {Str("é"), Str("NFD")}) == "'e\u0301'");
  CHECK(CallText("normalize", {Str("ﬁ"), Str("NFKC")}) == "'fi'");
  CHECK(CallText("normalize", {Str("a"), Str("XYZ")}) == "ArgumentError: InvalidArgumentValue");
  CHECK(CallText("normalize", {Str("\xFF")}) == "ArgumentError: InvalidArgumentValue");
}

}  // namespace
}  // namespace gesta
