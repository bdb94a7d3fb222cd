// The language's operators on values. Each takes non-null-checked operands and follows openCypher's
// null rules. Errors carry openCypher's type (TypeError, ArithmeticError) and detail
// (InvalidArgumentType, NumberOverflow …); the evaluator adds the place.
#ifndef GESTA_QUERY_FUNCTIONS_OPERATORS_H_
#define GESTA_QUERY_FUNCTIONS_OPERATORS_H_

#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta {

// Numbers, string concatenation (string + number too), list + list, list + element, temporal +
// duration. Integer overflow is an ArithmeticError.
Result<Value> Add(const Value& a, const Value& b);
Result<Value> Subtract(const Value& a, const Value& b);  // numbers, temporal - duration
Result<Value> Multiply(const Value& a, const Value& b);  // numbers, duration * number
Result<Value> Divide(const Value& a, const Value& b);    // integer / 0: ArithmeticError
Result<Value> Modulo(const Value& a, const Value& b);
Result<Value> Power(const Value& a, const Value& b);  // always a float
Result<Value> Negate(const Value& a);

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
// RE2 syntax, whole string. The compiled pattern is cached per thread.
Result<Value> RegexMatch(const Value& text, const Value& pattern);

// list[index], map[key]; node and relationship properties are the evaluator's business. Negative
// indexes count from the end; out of range gives null.
Result<Value> Subscript(const Value& container, const Value& index);
// list[from..to]; a null pointer means the bound is absent.
Result<Value> Slice(const Value& list, const Value* from, const Value* to);
// A component of a map or temporal value by name: m.key, date.year, duration.seconds …
// (not for nodes and relationships). A type without components: TypeError.
Result<Value> GetComponent(const Value& value, std::string_view key);

}  // namespace gesta

#endif  // GESTA_QUERY_FUNCTIONS_OPERATORS_H_
