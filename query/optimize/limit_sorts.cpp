#include <limits>

#include "optimize/passes.h"
#include "plan/walk_plan.h"

namespace gesta::optimize {
namespace {

// The number of a constant SKIP or LIMIT.
std::optional<int64_t> Count(const BoundExpr& expr) {
  const auto* constant = std::get_if<BoundConstant>(&expr.node);
  if (!constant || constant->value.type() != ValueType::kInteger ||
      constant->value.AsInteger() < 0) {
    return std::nullopt;
  }
  return constant->value.AsInteger();
}

}  // namespace

Status LimitSorts(LogicalPlan& plan, PassContext&) {
  plan::ForEachOp(*plan.root, [](LogicalOp& op) {
    const auto* limit = std::get_if<OpLimit>(&op.node);
    // A volatile limit (rand()) would not be the same number twice.
    if (!limit || plan::IsVolatile(*limit->count)) return;
    LogicalOp* below = op.children[0].get();
    const auto* skip = std::get_if<OpSkip>(&below->node);
    if (skip) below = below->children[0].get();
    auto* sort = std::get_if<OpSort>(&below->node);
    if (!sort) return;
    if (!skip) {
      sort->limit = Clone(*limit->count);
      return;
    }
    const std::optional<int64_t> skipped = Count(*skip->count);
    const std::optional<int64_t> wanted = Count(*limit->count);
    if (!skipped || !wanted || *skipped > std::numeric_limits<int64_t>::max() - *wanted) return;
    sort->limit = std::make_unique<BoundExpr>();
    sort->limit->place = limit->count->place;
    sort->limit->node = BoundConstant{Value::Integer(*skipped + *wanted)};
  });
  return {};
}

}  // namespace gesta::optimize
