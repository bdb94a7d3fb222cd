// Numeric functions: absolute value, rounding, logarithms, trigonometry, random numbers.
#include <charconv>
#include <cmath>

#include "functions/errors.h"
#include "functions/registry.h"

namespace gesta {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kE = 2.71828182845904523536;

// One function of a float that gives a float.
struct FloatFunction {
  const char* name;
  const char* summary;
};

using Unary = double (*)(double);

// The functions differ only by the calculation; the name is for the message.
template <Unary calculate, const FloatFunction& function>
Result<Value> CallUnary(EvaluationContext&, const Value* arguments, size_t) {
  if (!arguments[0].IsNumber()) return WrongArgument(function.name, "a number", arguments[0]);
  return Value::Float(calculate(arguments[0].AsNumber()));
}

template <Unary calculate, const FloatFunction& function>
void RegisterUnary(FunctionRegistry& registry) {
  registry.Add({function.name,
                1,
                1,
                {ArgumentKind::kNumber},
                Volatility::kDeterministic,
                true,
                &CallUnary<calculate, function>,
                std::string(function.name) + "(number) -> FLOAT",
                function.summary});
}

constexpr FloatFunction kCeil = {"ceil", "The smallest whole number that is not less"};
constexpr FloatFunction kFloor = {"floor", "The largest whole number that is not greater"};
constexpr FloatFunction kSqrt = {"sqrt", "The square root"};
constexpr FloatFunction kExp = {"exp", "e raised to the power of the number"};
constexpr FloatFunction kLog = {"log", "The natural logarithm"};
constexpr FloatFunction kLog10 = {"log10", "The logarithm to base 10"};
constexpr FloatFunction kSin = {"sin", "The sine of an angle in radians"};
constexpr FloatFunction kCos = {"cos", "The cosine of an angle in radians"};
constexpr FloatFunction kTan = {"tan", "The tangent of an angle in radians"};
constexpr FloatFunction kCot = {"cot", "The cotangent of an angle in radians"};
constexpr FloatFunction kAsin = {"asin", "The arc sine, in radians"};
constexpr FloatFunction kAcos = {"acos", "The arc cosine, in radians"};
constexpr FloatFunction kAtan = {"atan", "The arc tangent, in radians"};
constexpr FloatFunction kSinh = {"sinh", "The hyperbolic sine"};
constexpr FloatFunction kCosh = {"cosh", "The hyperbolic cosine"};
constexpr FloatFunction kTanh = {"tanh", "The hyperbolic tangent"};
constexpr FloatFunction kHaversin = {"haversin", "Half the versine of an angle in radians"};
constexpr FloatFunction kDegrees = {"degrees", "Radians as degrees"};
constexpr FloatFunction kRadians = {"radians", "Degrees as radians"};

double Cot(double x) { return 1.0 / std::tan(x); }
double Haversin(double x) {
  const double half = std::sin(x / 2);
  return half * half;
}
double Degrees(double x) { return x * (180.0 / kPi); }
double Radians(double x) { return x * (kPi / 180.0); }

Result<Value> Abs(EvaluationContext&, const Value* arguments, size_t) {
  const Value& value = arguments[0];
  if (value.type() == ValueType::kFloat) return Value::Float(std::fabs(value.AsFloat()));
  if (value.type() != ValueType::kInteger) return WrongArgument("abs", "a number", value);
  if (value.AsInteger() == INT64_MIN) {
    return ArithmeticError("NumberOverflow",
                           "abs(" + ToText(value, true) + ") does not fit into 64 bits");
  }
  return Value::Integer(std::abs(value.AsInteger()));
}

Result<Value> Sign(EvaluationContext&, const Value* arguments, size_t) {
  if (!arguments[0].IsNumber()) return WrongArgument("sign", "a number", arguments[0]);
  const double value = arguments[0].AsNumber();
  return Value::Integer(value > 0 ? 1 : (value < 0 ? -1 : 0));
}

Result<Value> IsNan(EvaluationContext&, const Value* arguments, size_t) {
  if (!arguments[0].IsNumber()) return WrongArgument("isNaN", "a number", arguments[0]);
  return Value::Boolean(arguments[0].type() == ValueType::kFloat &&
                        std::isnan(arguments[0].AsFloat()));
}

Result<Value> Atan2(EvaluationContext&, const Value* arguments, size_t) {
  for (size_t i = 0; i < 2; ++i) {
    if (!arguments[i].IsNumber()) return WrongArgument("atan2", "two numbers", arguments[i]);
  }
  return Value::Float(std::atan2(arguments[0].AsNumber(), arguments[1].AsNumber()));
}

Result<Value> Pi(EvaluationContext&, const Value*, size_t) { return Value::Float(kPi); }
Result<Value> E(EvaluationContext&, const Value*, size_t) { return Value::Float(kE); }
Result<Value> Rand(EvaluationContext& context, const Value*, size_t) {
  return Value::Float(context.Random());
}

enum class RoundMode { kUp, kDown, kCeiling, kFloor, kHalfUp, kHalfDown, kHalfEven };

// Whether to go away from zero when something other than zero is cut off; `half` is its comparison
// with one half of the last kept place (-1, 0, 1).
bool RoundsAway(RoundMode mode, bool negative, int half, bool last_digit_odd) {
  switch (mode) {
    case RoundMode::kUp:
      return true;
    case RoundMode::kDown:
      return false;
    case RoundMode::kCeiling:
      return !negative;
    case RoundMode::kFloor:
      return negative;
    case RoundMode::kHalfUp:
      return half >= 0;
    case RoundMode::kHalfDown:
      return half > 0;
    case RoundMode::kHalfEven:
      return half > 0 || (half == 0 && last_digit_odd);
  }
  return false;
}

// Rounds the number that people see: the shortest decimal digits that read back as `value`.
// So 2.675 rounds to 2.68 although the nearest double lies just below it.
double RoundDecimal(double value, int64_t places, RoundMode mode) {
  if (!std::isfinite(value) || value == 0) return value;
  char buffer[40];
  const char* end =
      std::to_chars(buffer, buffer + sizeof buffer, std::fabs(value), std::chars_format::scientific)
          .ptr;
  const std::string_view text(buffer, static_cast<size_t>(end - buffer));
  const size_t e = text.find('e');
  std::string digits;
  for (char c : text.substr(0, e)) {
    if (c != '.') digits.push_back(c);
  }
  int exponent = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), end, exponent);
  // value = 0.digits * 10^(exponent + 1); the digits kept are those before 10^-places.
  const int64_t kept = exponent + 1 + places;
  if (kept >= static_cast<int64_t>(digits.size())) return value;
  const bool negative = value < 0;
  std::string head = kept > 0 ? digits.substr(0, static_cast<size_t>(kept)) : "";
  int half = -1;
  if (kept >= 0) {
    const std::string tail = digits.substr(static_cast<size_t>(kept));
    half = tail[0] > '5' || (tail[0] == '5' && tail.size() > 1) ? 1 : (tail == "5" ? 0 : -1);
  }
  const bool odd = !head.empty() && (head.back() - '0') % 2 == 1;
  if (RoundsAway(mode, negative, half, odd)) {
    size_t i = head.size();
    while (i > 0 && head[i - 1] == '9') head[--i] = '0';
    if (i > 0) {
      ++head[i - 1];
    } else {
      head.insert(head.begin(), '1');
    }
  }
  if (head.empty()) return negative ? -0.0 : 0.0;
  const std::string rounded = head + "e" + std::to_string(-places);
  double result = 0;
  const auto parsed = std::from_chars(rounded.data(), rounded.data() + rounded.size(), result);
  if (parsed.ec == std::errc::result_out_of_range) result = HUGE_VAL;  // up from the largest double
  return negative ? -result : result;
}

Result<RoundMode> ParseRoundMode(std::string_view name) {
  constexpr std::pair<std::string_view, RoundMode> kModes[] = {{"UP", RoundMode::kUp},
                                                               {"DOWN", RoundMode::kDown},
                                                               {"CEILING", RoundMode::kCeiling},
                                                               {"FLOOR", RoundMode::kFloor},
                                                               {"HALF_UP", RoundMode::kHalfUp},
                                                               {"HALF_DOWN", RoundMode::kHalfDown},
                                                               {"HALF_EVEN", RoundMode::kHalfEven}};
  for (const auto& [known, mode] : kModes) {
    if (known == name) return mode;
  }
  return ArgumentError("InvalidArgumentValue",
                       "round() does not know the mode '" + std::string(name) + "'")
      .WithHint("the modes are UP, DOWN, CEILING, FLOOR, HALF_UP, HALF_DOWN and HALF_EVEN");
}

// round(x): to the nearest whole number, halves upwards. round(x, places [, mode]): in decimal,
// halves away from zero unless the mode says otherwise.
Result<Value> Round(EvaluationContext&, const Value* arguments, size_t count) {
  if (!arguments[0].IsNumber()) return WrongArgument("round", "a number", arguments[0]);
  const double value = arguments[0].AsNumber();
  if (count == 1) {
    const double below = std::floor(value);
    return Value::Float(value - below >= 0.5 ? below + 1 : below);
  }
  if (!arguments[1].IsNumber() || arguments[1].AsNumber() != std::trunc(arguments[1].AsNumber())) {
    return WrongArgument("round", "a whole number of decimal places", arguments[1]);
  }
  const double places = arguments[1].AsNumber();
  if (!(places >= -400 && places <= 400)) {
    return ArgumentError("NumberOutOfRange",
                         "round() cannot keep " + ToText(arguments[1], true) + " decimal places");
  }
  RoundMode mode = RoundMode::kHalfUp;
  if (count > 2) {
    if (arguments[2].type() != ValueType::kString) {
      return WrongArgument("round", "a string as its mode", arguments[2]);
    }
    GESTA_ASSIGN_OR_RETURN(mode, ParseRoundMode(arguments[2].AsString()));
  }
  return Value::Float(RoundDecimal(value, static_cast<int64_t>(places), mode));
}

}  // namespace

void RegisterMathFunctions(FunctionRegistry& registry) {
  using K = ArgumentKind;
  constexpr auto kDeterministic = Volatility::kDeterministic;
  const std::vector<K> number = {K::kNumber};
  registry.Add({"abs", 1, 1, number, kDeterministic, true, &Abs, "abs(number) -> INTEGER | FLOAT",
                "The absolute value"});
  registry.Add({"sign", 1, 1, number, kDeterministic, true, &Sign, "sign(number) -> INTEGER",
                "-1, 0 or 1 for a negative number, zero, a positive number"});
  registry.Add({"round",
                1,
                3,
                {K::kNumber, K::kNumber, K::kString},
                kDeterministic,
                true,
                &Round,
                "round(number [, places [, mode]]) -> FLOAT",
                "The nearest number with that many decimal places"});
  registry.Add({"isNaN", 1, 1, number, kDeterministic, true, &IsNan, "isNaN(number) -> BOOLEAN",
                "Whether the number is NaN"});
  registry.Add({"atan2", 2, 2, number, kDeterministic, true, &Atan2, "atan2(y, x) -> FLOAT",
                "The angle of the point (x, y), in radians"});
  registry.Add({"pi",
                0,
                0,
                {},
                kDeterministic,
                false,
                &Pi,
                "pi() -> FLOAT",
                "The ratio of a circle's circumference to its diameter"});
  registry.Add({"e",
                0,
                0,
                {},
                kDeterministic,
                false,
                &E,
                "e() -> FLOAT",
                "The base of the natural logarithm"});
  registry.Add({"rand",
                0,
                0,
                {},
                Volatility::kVolatile,
                false,
                &Rand,
                "rand() -> FLOAT",
                "A random number from 0 up to, but not, 1"});
  RegisterUnary<&std::ceil, kCeil>(registry);
  RegisterUnary<&std::floor, kFloor>(registry);
  RegisterUnary<&std::sqrt, kSqrt>(registry);
  RegisterUnary<&std::exp, kExp>(registry);
  RegisterUnary<&std::log, kLog>(registry);
  RegisterUnary<&std::log10, kLog10>(registry);
  RegisterUnary<&std::sin, kSin>(registry);
  RegisterUnary<&std::cos, kCos>(registry);
  RegisterUnary<&std::tan, kTan>(registry);
  RegisterUnary<&Cot, kCot>(registry);
  RegisterUnary<&std::asin, kAsin>(registry);
  RegisterUnary<&std::acos, kAcos>(registry);
  RegisterUnary<&std::atan, kAtan>(registry);
  RegisterUnary<&std::sinh, kSinh>(registry);
  RegisterUnary<&std::cosh, kCosh>(registry);
  RegisterUnary<&std::tanh, kTanh>(registry);
  RegisterUnary<&Haversin, kHaversin>(registry);
  RegisterUnary<&Degrees, kDegrees>(registry);
  RegisterUnary<&Radians, kRadians>(registry);
}

}  // namespace gesta
