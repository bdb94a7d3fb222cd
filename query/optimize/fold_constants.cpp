#include "execute/evaluate.h"
#include "optimize/passes.h"
#include "plan/walk_plan.h"

namespace gesta::optimize {
namespace {

bool IsConstant(const BoundExprPtr& expr) {
  return std::holds_alternative<BoundConstant>(expr->node);
}

// Whether the node itself (its operands apart) always gives the same for the same operands and does
// not read rows, parameters or the graph.
bool IsFoldable(BoundExpr& expr) {
  if (const auto* call = std::get_if<BoundCall>(&expr.node)) {
    if (call->function->volatility != Volatility::kDeterministic) return false;
  } else if (!std::holds_alternative<BoundNot>(expr.node) &&
             !std::holds_alternative<BoundNegate>(expr.node) &&
             !std::holds_alternative<BoundBinary>(expr.node) &&
             !std::holds_alternative<BoundIsNull>(expr.node) &&
             !std::holds_alternative<BoundList>(expr.node) &&
             !std::holds_alternative<BoundMap>(expr.node) &&
             !std::holds_alternative<BoundSubscript>(expr.node) &&
             !std::holds_alternative<BoundSlice>(expr.node)) {
    return false;
  }
  bool constant = true;
  plan::ForEachChild(expr, [&](BoundExprPtr& child) { constant = constant && IsConstant(child); });
  return constant;
}

}  // namespace

Status FoldConstants(LogicalPlan& plan, PassContext&) {
  ExecutionContext context(nullptr, nullptr, size_t{16} << 20);
  plan::ForEachOp(*plan.root, [&](LogicalOp& op) {
    plan::ForEachExpr(op, [&](BoundExprPtr& root) {
      plan::ForEachPostOrder(root, [&](BoundExprPtr& expr) {
        if (!IsFoldable(*expr)) return;
        auto value = EvaluateConstant(*expr, &context);
        constexpr size_t kMaxBytes = 1 << 10;  // range(1, 1000) stays a call
        if (value.ok() && value->HeapBytes() <= kMaxBytes) {
          expr->node = BoundConstant{*std::move(value)};
        }
      });
    });
  });
  return {};
}

}  // namespace gesta::optimize
