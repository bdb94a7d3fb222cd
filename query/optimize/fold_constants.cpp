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
    if (call->function->batch || (call->function->volatility != Volatility::kDeterministic &&
                                  call->function->volatility != Volatility::kStatement)) {
      return false;
    }
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

bool MayReadClock(const BoundExpr& expr) {
  const auto* call = std::get_if<BoundCall>(&expr.node);
  return call && call->function->volatility == Volatility::kStatement;
}

// A clock that shows another time than any statement's.
class ElsewhenContext : public ExecutionContext {
 public:
  using ExecutionContext::ExecutionContext;
  int64_t NowEpochSeconds() const override { return 1'000'000'007; }
  int32_t NowNanos() const override { return 123'456'789; }
};

}  // namespace

Status FoldConstants(LogicalPlan& plan, PassContext&) {
  ExecutionContext context(nullptr, nullptr, size_t{16} << 20);
  ElsewhenContext elsewhen(nullptr, nullptr, size_t{16} << 20);
  plan::ForEachOp(*plan.root, [&](LogicalOp& op) {
    plan::ForEachExpr(op, [&](BoundExprPtr& root) {
      plan::ForEachPostOrder(root, [&](BoundExprPtr& expr) {
        if (!IsFoldable(*expr)) return;
        auto value = EvaluateConstant(*expr, &context);
        if (value.ok() && MayReadClock(*expr)) {
          const auto then = EvaluateConstant(*expr, &elsewhen);
          if (!then.ok() || !Equivalent(*value, *then)) return;
        }
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
