#include <algorithm>

#include "optimize/passes.h"
#include "plan/estimate.h"
#include "plan/walk_plan.h"

namespace gesta::optimize {
namespace {

bool AlwaysHolds(const BoundExprPtr& expr) {
  const auto* constant = std::get_if<BoundConstant>(&expr->node);
  return constant && constant->value.IsTrue();
}

// Conditions of one class stay in the order that the planner gave them by what they keep.
int CostClass(const BoundExprPtr& expr) {
  const double cost = plan::Estimator::Cost(*expr);
  return cost < 8 ? 0 : cost < 100 ? 1 : cost < 1000 ? 2 : cost < 10'000 ? 3 : 4;
}

void Tidy(LogicalOpPtr& op) {
  for (LogicalOpPtr& child : op->children) Tidy(child);
  auto* filter = std::get_if<OpFilter>(&op->node);
  if (!filter) return;
  if (auto* below = std::get_if<OpFilter>(&op->children[0]->node)) {
    for (BoundExprPtr& predicate : filter->predicates) {
      below->predicates.push_back(std::move(predicate));
    }
    op->children[0]->estimated_rows = op->estimated_rows;
    op = std::move(op->children[0]);
    filter = std::get_if<OpFilter>(&op->node);
  }
  auto& predicates = filter->predicates;
  predicates.erase(std::remove_if(predicates.begin(), predicates.end(), AlwaysHolds),
                   predicates.end());
  std::stable_sort(
      predicates.begin(), predicates.end(),
      [](const BoundExprPtr& a, const BoundExprPtr& b) { return CostClass(a) < CostClass(b); });
  if (predicates.empty()) op = std::move(op->children[0]);
}

}  // namespace

Status TidyFilters(LogicalPlan& plan, PassContext&) {
  Tidy(plan.root);
  return {};
}

}  // namespace gesta::optimize
