// Helpers of the executor's tests: plans written by hand, run on a store in a temporary directory
// with several batch sizes.
#ifndef GESTA_TESTS_EXECUTE_SUPPORT_H_
#define GESTA_TESTS_EXECUTE_SUPPORT_H_

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "execute/evaluate.h"
#include "execute/operator.h"
#include "store_test_support.h"

namespace gesta::test {

// -- expressions --

template <typename Node>
BoundExprPtr Expr(Node node) {
  auto expr = std::make_unique<BoundExpr>();
  expr->place = {1, 5, 0, 0};
  expr->node = std::move(node);
  return expr;
}
inline BoundExprPtr Const(Value value) { return Expr(BoundConstant{std::move(value)}); }
inline BoundExprPtr Const(int64_t value) { return Const(Value::Integer(value)); }
inline BoundExprPtr Const(int value) { return Const(Value::Integer(value)); }
inline BoundExprPtr Const(const char* value) { return Const(Value::String(value)); }
inline BoundExprPtr Var(Slot slot) { return Expr(BoundSlot{slot}); }
inline BoundExprPtr Param(std::string name) { return Expr(BoundParameter{std::move(name)}); }
inline BoundExprPtr Prop(BoundExprPtr base, std::string key) {
  return Expr(BoundProperty{std::move(base), std::move(key)});
}
inline BoundExprPtr Prop(Slot slot, std::string key) { return Prop(Var(slot), std::move(key)); }
inline BoundExprPtr Binary(BoundExprPtr left, ast::BinaryOp op, BoundExprPtr right) {
  return Expr(BoundBinary{op, std::move(left), std::move(right)});
}
inline BoundExprPtr Equal(BoundExprPtr left, BoundExprPtr right) {
  return Binary(std::move(left), ast::BinaryOp::kEqual, std::move(right));
}

template <typename T, typename... Rest>
std::vector<T> Vector(Rest... rest) {
  std::vector<T> made;
  (made.push_back(std::move(rest)), ...);
  return made;
}
template <typename... Rest>
std::vector<BoundExprPtr> Exprs(Rest... rest) {
  return Vector<BoundExprPtr>(std::move(rest)...);
}
inline Value ListOf(std::vector<int64_t> numbers) {
  List list;
  for (const int64_t number : numbers) list.push_back(Value::Integer(number));
  return Value::MakeList(std::move(list));
}

// -- plans --

template <typename Node, typename... Children>
LogicalOpPtr Op(Node node, std::vector<Slot> live, Children... children) {
  auto op = std::make_unique<LogicalOp>();
  op->node = std::move(node);
  std::sort(live.begin(), live.end());
  op->live = std::move(live);
  (op->children.push_back(std::move(children)), ...);
  return op;
}
inline LogicalOpPtr Unit() { return Op(OpUnit{}, {}); }
inline LogicalOpPtr Argument(std::vector<Slot> slots) { return Op(OpArgument{slots}, slots); }
inline LogicalOpPtr LabelScan(Slot slot, std::string label) {
  return Op(OpLabelScan{slot, std::move(label)}, {slot}, Unit());
}
// A list's elements as rows.
inline LogicalOpPtr Values(Slot slot, Value list) {
  OpUnwind unwind;
  unwind.slot = slot;
  unwind.list = Const(std::move(list));
  return Op(std::move(unwind), {slot}, Unit());
}
inline LogicalOpPtr Filter(BoundExprPtr predicate, LogicalOpPtr child) {
  OpFilter filter;
  filter.predicates.push_back(std::move(predicate));
  std::vector<Slot> live = child->live;
  return Op(std::move(filter), std::move(live), std::move(child));
}
inline LogicalOpPtr Project(Slot slot, BoundExprPtr expr, LogicalOpPtr child) {
  OpProject project;
  project.items.push_back({slot, std::move(expr), ""});
  std::vector<Slot> live = child->live;
  live.push_back(slot);
  return Op(std::move(project), std::move(live), std::move(child));
}
inline OpExpand Out(Slot from, Slot rel, Slot to, std::vector<std::string> types = {}) {
  OpExpand expand;
  expand.from = from;
  expand.rel = rel;
  expand.to = to;
  expand.direction = Direction::kOut;
  expand.types = std::move(types);
  return expand;
}

// -- running --

using Parameters = std::unordered_map<std::string, Value>;

struct RunOptions {
  size_t batch_rows = kBatchRows;
  size_t memory = 64 << 20;
  const Parameters* parameters = nullptr;
};

constexpr size_t kTestSlots = 32;

// The rows of a plan, each as the texts of the given slots joined by commas.
inline Result<std::vector<std::string>> TryRun(Transaction& transaction, const LogicalPlan& plan,
                                               const RunOptions& options = {},
                                               ExecutionContext* given = nullptr) {
  ExecutionContext own(&transaction, options.parameters, options.memory);
  ExecutionContext& context = given ? *given : own;
  context.slot_count = kTestSlots;
  context.batch_rows = options.batch_rows;
  std::vector<std::string> rows;
  {
    GESTA_ASSIGN_OR_RETURN(std::unique_ptr<Operator> root, BuildOperators(plan, &context));
    GESTA_RETURN_IF_ERROR(root->Open());
    Batch batch(kTestSlots);
    while (true) {
      GESTA_RETURN_IF_ERROR(root->Next(&batch));
      if (batch.rows == 0) break;
      REQUIRE(batch.rows <= options.batch_rows);
      for (Slot slot = 0; slot < kTestSlots; ++slot) {
        const auto& live = plan.root->live;
        const bool is_live = std::find(live.begin(), live.end(), slot) != live.end();
        REQUIRE(batch.columns[slot].size() == (is_live ? batch.rows : 0));
      }
      for (size_t row = 0; row < batch.rows; ++row) {
        std::string text;
        for (const Slot slot : plan.result) {
          if (!text.empty()) text += ",";
          text += ToText(batch.columns[slot][row], false);
        }
        rows.push_back(text);
      }
    }
  }
  REQUIRE(context.memory().used() == 0);
  return rows;
}

inline LogicalPlan Plan(LogicalOpPtr root, std::vector<Slot> result) {
  LogicalPlan plan;
  plan.root = std::move(root);
  plan.result = std::move(result);
  return plan;
}

inline std::vector<std::string> Sorted(std::vector<std::string> rows) {
  std::sort(rows.begin(), rows.end());
  return rows;
}

// Runs a reading plan with several batch sizes, requires that all give the same, and gives it.
inline std::vector<std::string> Run(Transaction& transaction, const LogicalPlan& plan,
                                    const Parameters* parameters = nullptr) {
  RunOptions options;
  options.parameters = parameters;
  const std::vector<std::string> rows = Must(TryRun(transaction, plan, options));
  for (const size_t batch_rows : {1, 2, 3, 7}) {
    INFO("batches of " << batch_rows);
    options.batch_rows = batch_rows;
    REQUIRE(Must(TryRun(transaction, plan, options)) == rows);
  }
  return rows;
}

inline ErrorInfo RunError(Transaction& transaction, const LogicalPlan& plan,
                          const RunOptions& options = {}) {
  const auto rows = TryRun(transaction, plan, options);
  REQUIRE_FALSE(rows.ok());
  return rows.status().info();
}

// Evaluates an expression without slots.
inline Value Evaluate(BoundExprPtr expr) {
  ExecutionContext context(nullptr, nullptr, 64 << 20);
  context.slot_count = kTestSlots;
  return Must(EvaluateConstant(*expr, &context));
}

}  // namespace gesta::test

#endif  // GESTA_TESTS_EXECUTE_SUPPORT_H_
