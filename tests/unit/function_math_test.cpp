// Numeric functions.
#include <cmath>

#include "function_support.h"

namespace gesta {
namespace {

using namespace test;  // NOLINT: short names for values

TEST_CASE("abs and sign", "[function]") {
  CHECK(CallText("abs", {Int(-1)}) == "1");
  CHECK(CallText("abs", {Flt(-1.5)}) == "1.5");
  CHECK(CallText("abs", {Int(INT64_MIN)}) == "ArithmeticError: NumberOverflow");
  CHECK(CallText("sign", {Int(-7)}) == "-1");
  CHECK(CallText("sign", {Flt(0.1)}) == "1");
  CHECK(CallText("sign", {Flt(-0.0)}) == "0");
  CHECK(CallText("abs", {Str("1")}) == "TypeError: InvalidArgumentValue");
}

TEST_CASE("ceil, floor and round to whole numbers", "[function]") {
  CHECK(CallText("ceil", {Flt(0.1)}) == "1.0");
  CHECK(CallText("floor", {Flt(-0.1)}) == "-1.0");
  CHECK(CallText("ceil", {Int(3)}) == "3.0");
  CHECK(CallText("round", {Flt(3.141592)}) == "3.0");
  CHECK(CallText("round", {Flt(1.5)}) == "2.0");
  CHECK(CallText("round", {Flt(-1.5)}) == "-1.0");
  CHECK(CallText("round", {Flt(0.49999999999999994)}) == "0.0");
  CHECK(CallText("round", {Flt(1e300)}) == "1e300");
}

TEST_CASE("round in decimal", "[function]") {
  auto round = [](double value, int64_t places, const char* mode) {
    return CallText("round", {Flt(value), Int(places), Str(mode)});
  };
  CHECK(CallText("round", {Flt(3.141592), Int(3)}) == "3.142");
  CHECK(CallText("round", {Flt(2.675), Int(2)}) == "2.68");
  CHECK(CallText("round", {Flt(-1.55), Int(1)}) == "-1.6");
  CHECK(CallText("round", {Flt(9.99), Int(1)}) == "10.0");
  CHECK(CallText("round", {Flt(0.004), Int(2)}) == "0.0");
  CHECK(CallText("round", {Flt(0.05), Int(1)}) == "0.1");
  CHECK(CallText("round", {Flt(1234.5), Int(-2)}) == "1200.0");
  CHECK(CallText("round", {Flt(1.25), Int(5)}) == "1.25");
  CHECK(round(1.249, 1, "UP") == "1.3");
  CHECK(round(1.251, 1, "DOWN") == "1.2");
  CHECK(round(1.251, 1, "CEILING") == "1.3");
  CHECK(round(-1.251, 1, "CEILING") == "-1.2");
  CHECK(round(-1.251, 1, "FLOOR") == "-1.3");
  CHECK(round(0.0001, 1, "UP") == "0.1");
  CHECK(round(1.25, 1, "HALF_UP") == "1.3");
  CHECK(round(-1.25, 1, "HALF_UP") == "-1.3");
  CHECK(round(1.25, 1, "HALF_DOWN") == "1.2");
  CHECK(round(1.25, 1, "HALF_EVEN") == "1.2");
  CHECK(round(1.35, 1, "HALF_EVEN") == "1.4");
  CHECK(round(1.25, 1, "SIDEWAYS") == "ArgumentError: InvalidArgumentValue");
  CHECK(CallText("round", {Flt(1.5), Flt(0.5)}) == "TypeError: InvalidArgumentValue");
  CHECK(CallText("round", {Flt(std::nan("")), Int(2)}) == "NaN");
}

TEST_CASE("logarithms, powers and angles", "[function]") {
  auto number = [](std::string_view name, double x) { return Call(name, {Flt(x)})->AsFloat(); };
  CHECK(number("sqrt", 256) == 16);
  CHECK(std::isnan(number("sqrt", -1)));
  CHECK(number("exp", 2) == Approx(7.38905609893065));
  CHECK(number("log", 27) == Approx(3.295836866004329));
  CHECK(number("log10", 1000) == Approx(3));
  CHECK(number("sin", 0.5) == Approx(0.479425538604203));
  CHECK(number("cos", 0.5) == Approx(0.8775825618903728));
  CHECK(number("tan", 0.5) == Approx(0.5463024898437905));
  CHECK(number("cot", 0.5) == Approx(1.830487721712452));
  CHECK(number("asin", 0.5) == Approx(0.5235987755982989));
  CHECK(number("acos", 0.5) == Approx(1.0471975511965979));
  CHECK(number("atan", 0.5) == Approx(0.4636476090008061));
  CHECK(number("haversin", 0.5) == Approx(0.061208719054813));
  CHECK(number("degrees", 3.14159) == Approx(179.99984796050427));
  CHECK(number("radians", 180) == Approx(3.141592653589793));
  CHECK(Call("atan2", {Flt(0.5), Flt(0.6)})->AsFloat() == Approx(0.6947382761967033));
  CHECK(CallText("pi", {}) == "3.141592653589793");
  CHECK(CallText("e", {}) == "2.718281828459045");
  CHECK(CallText("rand", {}) == "0.25");
  CHECK(CallText("isNaN", {Flt(std::nan(""))}) == "true");
  CHECK(CallText("isNaN", {Int(1)}) == "false");
}

}  // namespace
}  // namespace gesta
