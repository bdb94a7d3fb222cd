// Evaluates small expressions of literals, function calls, components and operators for the tests
// of temporal functions: date({year: 1984}) + duration('P1D'), datetime('…').epochMillis.
#ifndef GESTA_TESTS_UNIT_TEMPORAL_EXPRESSION_H_
#define GESTA_TESTS_UNIT_TEMPORAL_EXPRESSION_H_

#include <catch2/catch.hpp>
#include <cctype>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "functions/temporal.h"
#include "gesta/function.h"
#include "gesta/value.h"

namespace gesta::test {

// A clock that stands still.
class FixedClockContext : public EvaluationContext {
 public:
  int64_t NowEpochSeconds() const override { return 1'500'000'000; }  // 2017-07-14T02:40:00Z
  int32_t NowNanos() const override { return 123'456'789; }
  double Random() override { return 0.5; }
  std::string RandomUuid() override { return {}; }
  Transaction* transaction() override { return nullptr; }
};

class TemporalExpression {
 public:
  static Result<Value> Evaluate(std::string_view text) {
    TemporalExpression expression(text);
    Result<Value> value = expression.Sum();
    expression.SkipSpace();
    if (value.ok() && expression.at_ != text.size()) return expression.Unexpected();
    return value;
  }

 private:
  explicit TemporalExpression(std::string_view text) : text_(text) {
    RegisterTemporalFunctions(registry_);
  }

  Status Unexpected() const {
    return Status(StatusCode::kSyntax,
                  "test expression: unexpected text at '" + std::string(text_.substr(at_)) + "'");
  }
  void SkipSpace() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  char Peek() {
    SkipSpace();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool Skip(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }
  std::string Name() {
    SkipSpace();
    std::string name;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0)) {
      name += text_[at_++];
    }
    return name;
  }

  Result<Value> Sum() {
    GESTA_ASSIGN_OR_RETURN(Value left, Product());
    while (true) {
      if (Skip('+')) {
        GESTA_ASSIGN_OR_RETURN(const Value right, Product());
        GESTA_ASSIGN_OR_RETURN(left, TemporalAdd(left, right));
      } else if (Skip('-')) {
        GESTA_ASSIGN_OR_RETURN(const Value right, Product());
        GESTA_ASSIGN_OR_RETURN(left, TemporalSubtract(left, right));
      } else {
        return left;
      }
    }
  }

  Result<Value> Product() {
    GESTA_ASSIGN_OR_RETURN(Value left, Primary());
    while (true) {
      if (Skip('*')) {
        GESTA_ASSIGN_OR_RETURN(const Value right, Primary());
        GESTA_ASSIGN_OR_RETURN(left, TemporalMultiply(left, right.AsNumber()));
      } else if (Skip('/')) {
        GESTA_ASSIGN_OR_RETURN(const Value right, Primary());
        GESTA_ASSIGN_OR_RETURN(left, TemporalDivide(left, right.AsNumber()));
      } else {
        return left;
      }
    }
  }

  Result<Value> Primary() {
    const char c = Peek();
    if (c == '\'') return StringLiteral();
    if (c == '{') return MapLiteral();
    if (c == '-' || std::isdigit(static_cast<unsigned char>(c)) != 0) return Number();
    if (Skip('(')) {
      GESTA_ASSIGN_OR_RETURN(Value value, Sum());
      if (!Skip(')')) return Unexpected();
      return Components(std::move(value));
    }
    return NameOrCall();
  }

  Result<Value> StringLiteral() {
    Skip('\'');
    const size_t end = text_.find('\'', at_);
    if (end == std::string_view::npos) return Unexpected();
    const Value value = Value::String(text_.substr(at_, end - at_));
    at_ = end + 1;
    return value;
  }

  Result<Value> MapLiteral() {
    Skip('{');
    Map map;
    while (!Skip('}')) {
      const std::string key = Name();
      if (key.empty() || !Skip(':')) return Unexpected();
      GESTA_ASSIGN_OR_RETURN(Value value, Sum());
      map.Set(key, std::move(value));
      if (!Skip(',') && Peek() != '}') return Unexpected();
    }
    return Value::MakeMap(std::move(map));
  }

  Result<Value> Number() {
    const size_t start = at_;
    if (text_[at_] == '-') ++at_;
    bool is_float = false;
    while (at_ < text_.size() && (std::isdigit(static_cast<unsigned char>(text_[at_])) != 0 ||
                                  text_[at_] == '.' || text_[at_] == 'e')) {
      is_float = is_float || text_[at_] == '.' || text_[at_] == 'e';
      if (text_[at_] == 'e' && at_ + 1 < text_.size() && text_[at_ + 1] == '-') ++at_;
      ++at_;
    }
    const std::string number(text_.substr(start, at_ - start));
    return is_float ? Value::Float(std::strtod(number.c_str(), nullptr))
                    : Value::Integer(std::strtoll(number.c_str(), nullptr, 10));
  }

  Result<Value> NameOrCall() {
    std::string name = Name();
    if (name == "null") return Value::Null();
    if (name == "true" || name == "false") return Value::Boolean(name == "true");
    while (Skip('.')) name += "." + Name();
    const FunctionInfo* function = nullptr;
    for (const auto& info : registry_.functions()) {
      if (info->name == name) function = info.get();
    }
    if (function == nullptr || !Skip('(')) return Unexpected();
    std::vector<Value> arguments;
    while (!Skip(')')) {
      GESTA_ASSIGN_OR_RETURN(Value value, Sum());
      arguments.push_back(std::move(value));
      if (!Skip(',') && Peek() != ')') return Unexpected();
    }
    if (static_cast<int>(arguments.size()) < function->min_arguments ||
        static_cast<int>(arguments.size()) > function->max_arguments) {
      return Status(StatusCode::kSyntax, "test expression: wrong number of arguments");
    }
    GESTA_ASSIGN_OR_RETURN(Value value,
                           function->call(context_, arguments.data(), arguments.size()));
    return Components(std::move(value));
  }

  Result<Value> Components(Value value) {
    while (Skip('.')) {
      GESTA_ASSIGN_OR_RETURN(value, TemporalComponent(value, Name()));
    }
    return value;
  }

  std::string_view text_;
  size_t at_ = 0;
  FunctionRegistry registry_;
  FixedClockContext context_;
};

// The text of the expression's value, or "TypeError/InvalidArgumentType: message".
inline std::string Eval(std::string_view expression) {
  const Result<Value> value = TemporalExpression::Evaluate(expression);
  if (value.ok()) return ToText(*value, false);
  const ErrorInfo& error = value.status().info();
  return error.type + "/" + error.detail + ": " + error.message;
}

struct ExpressionCase {
  const char* expression;
  const char* text;
};

// Each expression has that text.
template <size_t N>
void CheckTexts(const ExpressionCase (&cases)[N]) {
  for (const ExpressionCase& c : cases) {
    INFO(c.expression);
    CHECK(Eval(c.expression) == c.text);
  }
}

// Each expression fails with that type/detail.
template <size_t N>
void CheckErrors(const ExpressionCase (&cases)[N]) {
  for (const ExpressionCase& c : cases) {
    INFO(c.expression);
    CHECK(Eval(c.expression).rfind(std::string(c.text) + ": ", 0) == 0);
  }
}

constexpr char kArgument[] = "ArgumentError/InvalidArgumentValue";
constexpr char kType[] = "TypeError/InvalidArgumentType";
constexpr char kWrongCall[] = "TypeError/InvalidArgumentValue";
constexpr char kOverflow[] = "ArithmeticError/NumberOverflow";

}  // namespace gesta::test

#endif  // GESTA_TESTS_UNIT_TEMPORAL_EXPRESSION_H_
