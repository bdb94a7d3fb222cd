// The language's operators on values. Each takes non-null-checked operands and follows openCypher's
// null rules. Errors carry openCypher's type (TypeError, ArithmeticError) and detail
// (InvalidArgumentType, NumberOverflow …); the evaluator adds the place.
//
// Arithmetic and comparison of two integers or two floats is decided inline; everything else goes
// to the out-of-line functions at the end.
#ifndef GESTA_QUERY_FUNCTIONS_OPERATORS_H_
#define GESTA_QUERY_FUNCTIONS_OPERATORS_H_

#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta {

// The largest string (bytes) and list (elements) that an expression may build: far above any use,
// low enough that a runaway expression ends in an error and not in the machine's memory.
inline constexpr size_t kMaxStringBytes = size_t{1} << 30;
inline constexpr size_t kMaxListElements = size_t{1} << 26;

// Numbers, string concatenation (string + number too), list + list, list + element, temporal +
// duration. Integer overflow is an ArithmeticError.
Result<Value> Add(const Value& a, const Value& b);
Result<Value> Subtract(const Value& a, const Value& b);  // numbers, temporal - duration
Result<Value> Multiply(const Value& a, const Value& b);  // numbers, duration * number
Result<Value> Divide(const Value& a, const Value& b);    // integer / 0: ArithmeticError
Result<Value> Modulo(const Value& a, const Value& b);
Result<Value> Power(const Value& a, const Value& b);  // always a float
Result<Value> Negate(const Value& a);

// The value itself, or an ArgumentError if lists and maps nest deeper than Value::kMaxDepth. Every
// operator that puts values into new lists or maps passes its result through here, because
// comparing, hashing and printing values recurse.
Result<Value> CheckDepth(Value value);

Value TernaryToValue(Ternary t);
Value EqualsValue(const Value& a, const Value& b);
Value NotEqualsValue(const Value& a, const Value& b);
Value LessValue(const Value& a, const Value& b);
Value LessEqualValue(const Value& a, const Value& b);
Value GreaterValue(const Value& a, const Value& b);
Value GreaterEqualValue(const Value& a, const Value& b);

Result<Value> In(const Value& element, const Value& list);
Result<Value> StartsWith(const Value& a, const Value& b);  // a non-string operand gives null
Result<Value> EndsWith(const Value& a, const Value& b);
Result<Value> Contains(const Value& a, const Value& b);
// RE2 syntax, whole string. A text that is no string gives null. The compiled pattern is cached per
// thread.
Result<Value> RegexMatch(const Value& text, const Value& pattern);

// list[index], map[key]; node and relationship properties are the evaluator's business. Negative
// indexes count from the end; out of range gives null.
Result<Value> Subscript(const Value& container, const Value& index);
// list[from..to]; a null pointer means the bound is absent.
Result<Value> Slice(const Value& list, const Value* from, const Value* to);
// A component of a map or temporal value by name: m.key, date.year, duration.seconds …
// (not for nodes and relationships). A type without components: TypeError.
Result<Value> GetComponent(const Value& value, std::string_view key);

// ---- inline fast paths --------------------------------------------------------------------------

namespace operators {

Result<Value> AddGeneral(const Value& a, const Value& b);
Result<Value> SubtractGeneral(const Value& a, const Value& b);
Result<Value> MultiplyGeneral(const Value& a, const Value& b);
Value LessGeneral(const Value& a, const Value& b);
Value LessEqualGeneral(const Value& a, const Value& b);

inline bool BothIntegers(const Value& a, const Value& b) {
  return a.type() == ValueType::kInteger && b.type() == ValueType::kInteger;
}
inline bool BothFloats(const Value& a, const Value& b) {
  return a.type() == ValueType::kFloat && b.type() == ValueType::kFloat;
}

}  // namespace operators

inline Result<Value> Add(const Value& a, const Value& b) {
  int64_t sum;
  if (operators::BothIntegers(a, b) && !__builtin_add_overflow(a.AsInteger(), b.AsInteger(), &sum))
    return Value::Integer(sum);
  if (operators::BothFloats(a, b)) return Value::Float(a.AsFloat() + b.AsFloat());
  return operators::AddGeneral(a, b);
}

inline Result<Value> Subtract(const Value& a, const Value& b) {
  int64_t difference;
  if (operators::BothIntegers(a, b) &&
      !__builtin_sub_overflow(a.AsInteger(), b.AsInteger(), &difference))
    return Value::Integer(difference);
  if (operators::BothFloats(a, b)) return Value::Float(a.AsFloat() - b.AsFloat());
  return operators::SubtractGeneral(a, b);
}

inline Result<Value> Multiply(const Value& a, const Value& b) {
  int64_t product;
  if (operators::BothIntegers(a, b) &&
      !__builtin_mul_overflow(a.AsInteger(), b.AsInteger(), &product))
    return Value::Integer(product);
  if (operators::BothFloats(a, b)) return Value::Float(a.AsFloat() * b.AsFloat());
  return operators::MultiplyGeneral(a, b);
}

inline Value TernaryToValue(Ternary t) {
  return t == Ternary::kUnknown ? Value() : Value::Boolean(t == Ternary::kTrue);
}

inline Value EqualsValue(const Value& a, const Value& b) {
  if (operators::BothIntegers(a, b)) return Value::Boolean(a.AsInteger() == b.AsInteger());
  return TernaryToValue(Equals(a, b));
}

inline Value NotEqualsValue(const Value& a, const Value& b) {
  const Value equal = EqualsValue(a, b);
  return equal.IsNull() ? Value() : Value::Boolean(!equal.AsBoolean());
}

inline Value LessValue(const Value& a, const Value& b) {
  if (operators::BothIntegers(a, b)) return Value::Boolean(a.AsInteger() < b.AsInteger());
  if (operators::BothFloats(a, b)) return Value::Boolean(a.AsFloat() < b.AsFloat());
  return operators::LessGeneral(a, b);
}

inline Value LessEqualValue(const Value& a, const Value& b) {
  if (operators::BothIntegers(a, b)) return Value::Boolean(a.AsInteger() <= b.AsInteger());
  if (operators::BothFloats(a, b)) return Value::Boolean(a.AsFloat() <= b.AsFloat());
  return operators::LessEqualGeneral(a, b);
}

inline Value GreaterValue(const Value& a, const Value& b) { return LessValue(b, a); }
inline Value GreaterEqualValue(const Value& a, const Value& b) { return LessEqualValue(b, a); }

}  // namespace gesta

#endif  // GESTA_QUERY_FUNCTIONS_OPERATORS_H_
