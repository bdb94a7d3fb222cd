// Parameters, times and sizes of the command line.
#include <catch2/catch.hpp>
#include <chrono>

#include "literal.h"

namespace gesta::shell {
namespace {

std::string Read(std::string_view text) { return ToText(ParseLiteralOrString(text), true); }

TEST_CASE("literals keep their types", "[shell]") {
  CHECK(Read("12") == "12");
  CHECK(Read("-12") == "-12");
  CHECK(Read("1.5") == "1.5");
  CHECK(Read("1e3") == "1000.0");
  CHECK(Read("true") == "true");
  CHECK(Read("null") == "null");
  CHECK(Read("'12'") == "'12'");
  CHECK(Read("\"a\\u00e9\\ud83d\\ude00\"") == "'aé😀'");
  CHECK(Read("[1, 'a', [2.0]]") == "[1, 'a', [2.0]]");
  CHECK(Read(R"({"b": 1, a: [null]})") == "{a: [null], b: 1}");
  CHECK(Read("[]") == "[]");
}

TEST_CASE("what is no literal is the text itself", "[shell]") {
  for (const char* text : {"", "Ada", "2020-01-01", "1 2", "[1", "0x10", "inf", "007", "it's",
                           "99999999999999999999", "1.2.3", "[1,]", "'open"}) {
    INFO(text);
    const Value value = ParseLiteralOrString(text);
    REQUIRE(value.type() == ValueType::kString);
    CHECK(value.AsString() == text);
  }
}

TEST_CASE("parameters have a name and a value", "[shell]") {
  const auto parameter = ParseParameter("name=a=b");
  REQUIRE(parameter.ok());
  CHECK(parameter->first == "name");
  CHECK(parameter->second.AsString() == "a=b");
  CHECK(ParseParameter("$x=1")->first == "x");
  CHECK_FALSE(ParseParameter("x").ok());
  CHECK_FALSE(ParseParameter("=x").ok());
}

TEST_CASE("times and sizes", "[shell]") {
  using std::chrono::milliseconds;
  CHECK(*ParseDuration("500ms") == milliseconds(500));
  CHECK(*ParseDuration("30s") == milliseconds(30000));
  CHECK(*ParseDuration("1.5") == milliseconds(1500));
  CHECK(*ParseDuration("2m") == milliseconds(120000));
  CHECK_FALSE(ParseDuration("soon").ok());
  CHECK_FALSE(ParseDuration("-1s").ok());
  CHECK(*ParseByteSize("64MiB") == 64u << 20);
  CHECK(*ParseByteSize("1 GiB") == 1u << 30);
  CHECK(*ParseByteSize("100MB") == 100000000u);
  CHECK(*ParseByteSize("4096") == 4096u);
  CHECK_FALSE(ParseByteSize("64 megs").ok());
}

}  // namespace
}  // namespace gesta::shell
