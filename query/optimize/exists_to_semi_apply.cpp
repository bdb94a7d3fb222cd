#include "optimize/passes.h"
#include "plan/walk_plan.h"

namespace gesta::optimize {
namespace {

// The EXISTS subquery that a condition is (`anti`: NOT EXISTS); null for other conditions and for
// those whose plan another copy of the expression runs too.
BoundSubquery* ExistsOf(BoundExprPtr& predicate, bool* anti) {
  BoundExpr* expr = predicate.get();
  *anti = false;
  while (auto* negation = std::get_if<BoundNot>(&expr->node)) {
    *anti = !*anti;
    expr = negation->operand.get();
  }
  auto* subquery = std::get_if<BoundSubquery>(&expr->node);
  if (!subquery || subquery->kind != BoundSubqueryKind::kExists) return nullptr;
  return subquery->plan && subquery->plan.use_count() == 1 ? subquery : nullptr;
}

void Lift(LogicalOpPtr& op) {
  for (LogicalOpPtr& child : op->children) Lift(child);
  auto* filter = std::get_if<OpFilter>(&op->node);
  if (!filter) return;
  std::vector<BoundExprPtr> staying;
  std::vector<LogicalOpPtr> applies;
  for (BoundExprPtr& predicate : filter->predicates) {
    bool anti;
    BoundSubquery* exists = ExistsOf(predicate, &anti);
    if (!exists) {
      staying.push_back(std::move(predicate));
      continue;
    }
    auto apply = std::make_unique<LogicalOp>();
    apply->node = OpSemiApply{anti, exists->plan->batched, {}};
    apply->estimated_rows = op->estimated_rows;
    apply->children.push_back(nullptr);
    apply->children.push_back(std::move(exists->plan->root));
    applies.push_back(std::move(apply));
  }
  filter->predicates = std::move(staying);
  if (filter->predicates.empty()) op = std::move(op->children[0]);
  for (LogicalOpPtr& apply : applies) {
    apply->children[0] = std::move(op);
    op = std::move(apply);
  }
}

}  // namespace

Status ExistsToSemiApply(LogicalPlan& plan, PassContext&) {
  Lift(plan.root);
  return {};
}

}  // namespace gesta::optimize
