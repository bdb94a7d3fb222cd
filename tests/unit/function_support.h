// Helpers of the function tests: calling functions by name, feeding aggregates, short value names.
#ifndef GESTA_TESTS_UNIT_FUNCTION_SUPPORT_H_
#define GESTA_TESTS_UNIT_FUNCTION_SUPPORT_H_

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/function.h"

namespace gesta::test {

inline Value Int(int64_t v) { return Value::Integer(v); }
inline Value Flt(double v) { return Value::Float(v); }
inline Value Str(std::string_view v) { return Value::String(v); }
inline Value Bool(bool v) { return Value::Boolean(v); }
inline Value ListOf(List items) { return Value::MakeList(std::move(items)); }
inline Value MapOf(std::vector<MapEntry> entries) {
  return Value::MakeMap(Map(std::move(entries)));
}

// A context with a fixed clock and a fixed "random" number.
class FixedContext : public EvaluationContext {
 public:
  explicit FixedContext(Transaction* transaction = nullptr) : transaction_(transaction) {}
  int64_t NowEpochSeconds() const override { return 1'500'000'000; }
  int32_t NowNanos() const override { return 123'456'789; }
  double Random() override { return 0.25; }
  std::string RandomUuid() override { return "00000000-0000-4000-8000-000000000000"; }
  Transaction* transaction() override { return transaction_; }

 private:
  Transaction* transaction_;
};

inline const FunctionRegistry& Functions() {
  static const FunctionRegistry registry = FunctionRegistry::BuiltIn();
  return registry;
}

// Calls a function as the evaluator does: argument count checked, nulls short-cut.
inline Result<Value> Call(std::string_view name, const std::vector<Value>& arguments,
                          Transaction* transaction = nullptr) {
  const FunctionInfo* info = Functions().Find(name);
  INFO("function " << name);
  REQUIRE(info != nullptr);
  REQUIRE(static_cast<int>(arguments.size()) >= info->min_arguments);
  if (info->max_arguments >= 0) {
    REQUIRE(static_cast<int>(arguments.size()) <= info->max_arguments);
  }
  if (info->null_in_null_out) {
    for (const Value& argument : arguments) {
      if (argument.IsNull()) return Value();
    }
  }
  FixedContext context(transaction);
  return info->call(context, arguments.data(), arguments.size());
}

// A result as text, for comparison: the value with strings quoted, or "type: detail" of the error.
inline std::string Show(const Result<Value>& result) {
  if (result.ok()) return ToText(*result, true);
  return result.status().info().type + ": " + result.status().info().detail;
}

inline std::string CallText(std::string_view name, const std::vector<Value>& arguments,
                            Transaction* transaction = nullptr) {
  return Show(Call(name, arguments, transaction));
}

}  // namespace gesta::test

#endif  // GESTA_TESTS_UNIT_FUNCTION_SUPPORT_H_
