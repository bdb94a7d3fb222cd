// toString, toInteger, toFloat, toBoolean with their …OrNull and …List variants.
//
// Text that does not read as the wanted type gives null; a value of a type that cannot be converted
// is a TypeError, or null in the …OrNull form and for an element of a list.
#include <charconv>
#include <cmath>
#include <optional>

#include "functions/errors.h"
#include "functions/registry.h"
#include "functions/text.h"

namespace gesta {
namespace {

std::string_view Trim(std::string_view text) {
  return text::TrimRight(text::TrimLeft(text, nullptr), nullptr);
}

// Decimal notation with optional sign and exponent; NaN and Infinity in just this spelling.
std::optional<double> ParseFloat(std::string_view text) {
  if (!text.empty() && text[0] == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text[0] == '-') return std::nullopt;
  }
  const char* const end = text.data() + text.size();
  double value = 0;
  auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec == std::errc::result_out_of_range) {
    // Too large or too small for a double: the wider type tells which.
    long double wide = 0;
    parsed = std::from_chars(text.data(), end, wide);
    value = static_cast<double>(wide);
  } else if (!std::isfinite(value) && text != "NaN" && text != "Infinity" && text != "-Infinity") {
    return std::nullopt;
  }
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

Status TooLarge(std::string_view text) {
  return ArithmeticError("NumberOverflow", std::string(text) + " does not fit into an INTEGER");
}

Result<Value> FloatToInteger(double value) {
  constexpr double kTwo63 = 9223372036854775808.0;
  if (!(value >= -kTwo63 && value < kTwo63)) return TooLarge(FloatToText(value));
  return Value::Integer(static_cast<int64_t>(value));
}

Result<Value> ToInteger(const Value& value) {
  switch (value.type()) {
    case ValueType::kNull:
    case ValueType::kInteger:
      return value;
    case ValueType::kFloat:
      return FloatToInteger(value.AsFloat());
    case ValueType::kBoolean:
      return Value::Integer(value.AsBoolean() ? 1 : 0);
    case ValueType::kString: {
      std::string_view text = Trim(value.AsString());
      std::string_view digits = text;
      if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') digits.remove_prefix(1);
      int64_t integer = 0;
      const auto [end, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), integer);
      if (end == digits.data() + digits.size()) {
        if (error == std::errc()) return Value::Integer(integer);
        if (error == std::errc::result_out_of_range) return TooLarge(text);
      }
      const std::optional<double> number = ParseFloat(text);
      if (!number || !std::isfinite(*number)) return Value();
      return FloatToInteger(*number);
    }
    default:
      return WrongArgument("toInteger", "a number, a boolean or a string", value);
  }
}

Result<Value> ToFloat(const Value& value) {
  switch (value.type()) {
    case ValueType::kNull:
    case ValueType::kFloat:
      return value;
    case ValueType::kInteger:
      return Value::Float(value.AsNumber());
    case ValueType::kString: {
      const std::optional<double> number = ParseFloat(Trim(value.AsString()));
      return number ? Value::Float(*number) : Value();
    }
    default:
      return WrongArgument("toFloat", "a number or a string", value);
  }
}

Result<Value> ToBoolean(const Value& value) {
  switch (value.type()) {
    case ValueType::kNull:
    case ValueType::kBoolean:
      return value;
    case ValueType::kString: {
      const std::string text = text::ToLower(Trim(value.AsString()));
      if (text == "true") return Value::Boolean(true);
      if (text == "false") return Value::Boolean(false);
      return Value();
    }
    default:
      return WrongArgument("toBoolean", "a boolean or a string", value);
  }
}

Result<Value> ToString(const Value& value) {
  if (value.IsNull() || value.type() == ValueType::kString) return value;
  if (value.IsNumber() || value.IsTemporal() || value.type() == ValueType::kBoolean) {
    return Value::String(ToText(value, false));
  }
  return WrongArgument("toString", "a number, a boolean, a temporal value or a string", value);
}

using Conversion = Result<Value> (*)(const Value&);

template <Conversion convert>
Result<Value> Convert(EvaluationContext&, const Value* arguments, size_t) {
  return convert(arguments[0]);
}

template <Conversion convert>
Result<Value> ConvertOrNull(EvaluationContext&, const Value* arguments, size_t) {
  Result<Value> converted = convert(arguments[0]);
  return converted.ok() ? converted : Value();
}

template <Conversion convert>
Result<Value> ConvertList(EvaluationContext&, const Value* arguments, size_t) {
  if (arguments[0].type() != ValueType::kList) {
    return TypeError("InvalidArgumentValue",
                     "a list is needed here, not " + TypeInWords(arguments[0]));
  }
  List items;
  items.reserve(arguments[0].AsList().size());
  for (const Value& item : arguments[0].AsList()) {
    Result<Value> converted = convert(item);
    items.push_back(converted.ok() ? *converted : Value());
  }
  return Value::MakeList(std::move(items));
}

template <Conversion convert>
void RegisterConversion(FunctionRegistry& registry, const std::string& name,
                        const std::string& type, const std::string& summary) {
  constexpr auto kDeterministic = Volatility::kDeterministic;
  registry.Add({name,
                1,
                1,
                {},
                kDeterministic,
                true,
                &Convert<convert>,
                name + "(value) -> " + type,
                summary});
  registry.Add({name + "OrNull",
                1,
                1,
                {},
                kDeterministic,
                true,
                &ConvertOrNull<convert>,
                name + "OrNull(value) -> " + type,
                summary + "; null for a value that cannot be converted"});
  registry.Add({name + "List",
                1,
                1,
                {ArgumentKind::kList},
                kDeterministic,
                true,
                &ConvertList<convert>,
                name + "List(list) -> LIST<" + type + ">",
                name + "() of every element; null for those that cannot be converted"});
}

}  // namespace

void RegisterConversionFunctions(FunctionRegistry& registry) {
  RegisterConversion<&ToInteger>(registry, "toInteger", "INTEGER",
                                 "A number or text as an integer, fractions cut off");
  RegisterConversion<&ToFloat>(registry, "toFloat", "FLOAT", "A number or text as a float");
  RegisterConversion<&ToBoolean>(registry, "toBoolean", "BOOLEAN",
                                 "The text 'true' or 'false' as a boolean");
  RegisterConversion<&ToString>(registry, "toString", "STRING",
                                "A number, boolean or temporal value as text");
}

}  // namespace gesta
