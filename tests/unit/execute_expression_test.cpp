// Expressions: what is evaluated, for which rows, and what nulls do.
#include "execute/evaluate.h"
#include "execute_support.h"
#include "gesta/function.h"

using namespace gesta;
using namespace gesta::test;

namespace {

const Value kNull;
const Value kTrue = Value::Boolean(true);
const Value kFalse = Value::Boolean(false);

std::string Text(BoundExprPtr expr) { return ToText(Evaluate(std::move(expr)), true); }

BoundExprPtr Quantifier(ast::QuantifierKind kind, Value list, BoundExprPtr where) {
  BoundQuantifier quantifier;
  quantifier.kind = kind;
  quantifier.variable = 3;
  quantifier.list = Const(std::move(list));
  quantifier.where = std::move(where);
  return Expr(std::move(quantifier));
}

// A volatile function that counts its calls.
int calls = 0;
FunctionInfo CountingFunction() {
  FunctionInfo info;
  info.name = "counting";
  info.max_arguments = 1;
  info.volatility = Volatility::kVolatile;
  info.call = [](EvaluationContext&, const Value* arguments, size_t) -> Result<Value> {
    ++calls;
    return arguments[0];
  };
  return info;
}
BoundExprPtr Counted(const FunctionInfo& function, BoundExprPtr argument) {
  return Expr(BoundCall{&function, Exprs(std::move(argument))});
}

// Values 0 … 9 in slot 0.
Batch Numbers() {
  Batch batch(kTestSlots);
  for (int i = 0; i < 10; ++i) batch.columns[0].push_back(Value::Integer(i));
  batch.rows = 10;
  return batch;
}

std::string Column10(BoundExprPtr expr) {
  ExecutionContext context(nullptr, nullptr, 64 << 20);
  context.slot_count = kTestSlots;
  const Batch batch = Numbers();
  auto evaluator = Must(MakeEvaluator(*expr, &context));
  Column column;
  RequireOk(evaluator->Evaluate(batch, &column));
  return ToText(Value::MakeList(column), true);
}

}  // namespace

TEST_CASE("three-valued logic", "[execute]") {
  const std::vector<Value> values = {kFalse, kNull, kTrue};
  // By openCypher's truth tables: AND is the minimum and OR the maximum of false < null < true.
  for (size_t a = 0; a < 3; ++a) {
    for (size_t b = 0; b < 3; ++b) {
      CHECK(Text(Binary(Const(values[a]), ast::BinaryOp::kAnd, Const(values[b]))) ==
            ToText(values[std::min(a, b)], true));
      CHECK(Text(Binary(Const(values[a]), ast::BinaryOp::kOr, Const(values[b]))) ==
            ToText(values[std::max(a, b)], true));
      const bool unknown = a == 1 || b == 1;
      CHECK(Text(Binary(Const(values[a]), ast::BinaryOp::kXor, Const(values[b]))) ==
            (unknown ? "null" : (a != b ? "true" : "false")));
    }
  }
  ExecutionContext context(nullptr, nullptr, 1 << 20);
  const auto error =
      EvaluateConstant(*Binary(Const(1), ast::BinaryOp::kAnd, Const(kTrue)), &context);
  REQUIRE_FALSE(error.ok());
  CHECK(error.status().info().type == "TypeError");
  CHECK(error.status().info().detail == "InvalidArgumentType");
  CHECK(error.status().info().line == 1);
  CHECK(error.status().info().column == 5);
}

TEST_CASE("only open rows are evaluated", "[execute]") {
  const FunctionInfo counting = CountingFunction();
  const auto less = [](int64_t bound) {
    return Binary(Var(0), ast::BinaryOp::kLess, Const(bound));
  };
  const auto big = [&](int64_t bound) {
    return Binary(Counted(counting, Var(0)), ast::BinaryOp::kGreater, Const(bound));
  };
  SECTION("AND") {
    calls = 0;
    CHECK(Column10(Binary(less(3), ast::BinaryOp::kAnd, big(0))) ==
          "[false, true, true, false, false, false, false, false, false, false]");
    CHECK(calls == 3);
  }
  SECTION("OR") {
    calls = 0;
    CHECK(Column10(Binary(less(8), ast::BinaryOp::kOr, big(8))) ==
          "[true, true, true, true, true, true, true, true, false, true]");
    CHECK(calls == 2);
  }
  SECTION("CASE") {
    calls = 0;
    BoundCase choice;
    choice.whens.emplace_back(less(4), Const("small"));
    choice.whens.emplace_back(less(6), Counted(counting, Var(0)));
    choice.otherwise = Const(kNull);
    CHECK(Column10(Expr(std::move(choice))) ==
          "['small', 'small', 'small', 'small', 4, 5, null, null, null, null]");
    CHECK(calls == 2);
  }
  SECTION("coalesce") {
    calls = 0;
    FunctionInfo coalesce;
    coalesce.name = "coalesce";
    coalesce.null_in_null_out = false;
    BoundCase missing;  // null for the first seven
    missing.whens.emplace_back(less(7), Const(kNull));
    missing.otherwise = Var(0);
    CHECK(Column10(Expr(
              BoundCall{&coalesce, Exprs(Expr(std::move(missing)), Counted(counting, Var(0)))})) ==
          "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]");
    CHECK(calls == 7);
  }
}

TEST_CASE("quantifiers follow the null rules", "[execute]") {
  using Kind = ast::QuantifierKind;
  const auto list = [](std::vector<int> codes) {  // 1: true, 0: false, -1: null
    List values;
    for (const int code : codes) values.push_back(code < 0 ? kNull : Value::Boolean(code == 1));
    return Value::MakeList(std::move(values));
  };
  struct Case {
    std::vector<int> codes;
    const char *all, *any, *none, *single;
  };
  const std::vector<Case> cases = {
      {{}, "true", "false", "true", "false"},
      {{1}, "true", "true", "false", "true"},
      {{0}, "false", "false", "true", "false"},
      {{-1}, "null", "null", "null", "null"},
      {{1, -1}, "null", "true", "false", "null"},
      {{0, -1}, "false", "null", "null", "null"},
      {{1, 0, -1}, "false", "true", "false", "null"},
      {{1, 1, -1}, "null", "true", "false", "false"},
  };
  for (const Case& c : cases) {
    INFO(ToText(list(c.codes), true));
    CHECK(Text(Quantifier(Kind::kAll, list(c.codes), Var(3))) == c.all);
    CHECK(Text(Quantifier(Kind::kAny, list(c.codes), Var(3))) == c.any);
    CHECK(Text(Quantifier(Kind::kNone, list(c.codes), Var(3))) == c.none);
    CHECK(Text(Quantifier(Kind::kSingle, list(c.codes), Var(3))) == c.single);
  }
  CHECK(Text(Quantifier(Kind::kAll, kNull, Var(3))) == "null");
}

TEST_CASE("comprehensions and reduce see outer slots, across inner batches", "[execute]") {
  // [x IN range(0, 2999) WHERE x % 10 = v | x + v] for v = 0 … 9: inner batches hold 1,024 rows.
  std::vector<int64_t> numbers;
  for (int64_t i = 0; i < 3000; ++i) numbers.push_back(i);
  BoundListComprehension comprehension;
  comprehension.variable = 5;
  comprehension.list = Const(ListOf(numbers));
  comprehension.where = Equal(Binary(Var(5), ast::BinaryOp::kModulo, Const(10)), Var(0));
  comprehension.map = Binary(Var(5), ast::BinaryOp::kAdd, Var(0));

  ExecutionContext context(nullptr, nullptr, 64 << 20);
  context.slot_count = kTestSlots;
  const Batch batch = Numbers();
  const BoundExprPtr expr = Expr(std::move(comprehension));
  auto evaluator = Must(MakeEvaluator(*expr, &context));
  Column column;
  RequireOk(evaluator->Evaluate(batch, &column));
  for (int64_t v = 0; v < 10; ++v) {
    const List& list = column[v].AsList();
    REQUIRE(list.size() == 300);
    for (int64_t i = 0; i < 300; ++i) REQUIRE(list[i].AsInteger() == 10 * i + 2 * v);
  }

  // reduce(a = v, x IN [1, 2, 3] | a * 2 + x) = 8v + 11
  BoundReduce reduce;
  reduce.accumulator = 6;
  reduce.initial = Var(0);
  reduce.variable = 7;
  reduce.list = Const(ListOf({1, 2, 3}));
  reduce.step =
      Binary(Binary(Var(6), ast::BinaryOp::kMultiply, Const(2)), ast::BinaryOp::kAdd, Var(7));
  CHECK(Column10(Expr(std::move(reduce))) == "[11, 19, 27, 35, 43, 51, 59, 67, 75, 83]");
}

TEST_CASE("IN with a constant list agrees with IN by comparison", "[execute]") {
  const Value list = Value::MakeList({Value::Integer(1), Value::Float(2.0), Value::String("3"),
                                      Value::Integer(4), Value::Integer(5), Value::Integer(6),
                                      Value::Integer(7), Value::Integer(8), Value::Integer(9)});
  CHECK(Column10(Binary(Var(0), ast::BinaryOp::kIn, Const(list))) ==
        "[false, true, true, false, true, true, true, true, true, true]");
  CHECK(Text(Binary(Const(kNull), ast::BinaryOp::kIn, Const(list))) == "null");
  CHECK(Text(Binary(Const(Value::Float(2)), ast::BinaryOp::kIn, Const(list))) == "true");
}

TEST_CASE("arithmetic overflow is an error on the short way too", "[execute]") {
  ExecutionContext context(nullptr, nullptr, 1 << 20);
  for (const ast::BinaryOp op : {ast::BinaryOp::kAdd, ast::BinaryOp::kMultiply}) {
    const auto sum = EvaluateConstant(*Binary(Const(INT64_MAX), op, Const(INT64_MAX)), &context);
    REQUIRE_FALSE(sum.ok());
    CHECK(sum.status().info().type == "ArithmeticError");
  }
}

TEST_CASE("a missing parameter is named", "[execute]") {
  ExecutionContext context(nullptr, nullptr, 1 << 20);
  const auto value = EvaluateConstant(*Param("limit"), &context);
  REQUIRE_FALSE(value.ok());
  CHECK(value.status().info().type == "ParameterMissing");
  CHECK(std::string(value.status().message()).find("$limit") != std::string::npos);
}

TEST_CASE("values cannot nest without bound", "[execute]") {
  // reduce(a = [], x IN range(1, 1100) | [a])
  std::vector<int64_t> numbers(1100, 1);
  BoundReduce reduce;
  reduce.accumulator = 6;
  reduce.initial = Const(Value::MakeList({}));
  reduce.variable = 7;
  reduce.list = Const(ListOf(numbers));
  reduce.step = Expr(BoundList{Exprs(Var(6))});
  ExecutionContext context(nullptr, nullptr, 1 << 20);
  context.slot_count = kTestSlots;
  const auto value = EvaluateConstant(*Expr(std::move(reduce)), &context);
  REQUIRE_FALSE(value.ok());
  CHECK(std::string(value.status().message()).find("nested more than") != std::string::npos);
}
