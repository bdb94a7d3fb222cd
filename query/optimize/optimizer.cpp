#include "optimize/optimizer.h"

#include <algorithm>
#include <set>

#include "optimize/passes.h"
#include "plan/walk_plan.h"

namespace gesta {
namespace {

class Optimizer {
 public:
  explicit Optimizer(const std::vector<std::string_view>& except) : except_(except) {}

  Status Run(LogicalPlan& plan) {
    Status status;
    plan::ForEachOp(*plan.root, [&](LogicalOp& op) {
      plan::ForEachSubquery(op, [&](BoundSubquery& subquery) {
        // Copies of an expression share their plan.
        if (!status.ok() || !subquery.plan || !done_.insert(subquery.plan.get()).second) return;
        status = Run(*subquery.plan);
      });
    });
    GESTA_RETURN_IF_ERROR(status);
    for (const OptimizerPass& pass : OptimizerPasses()) {
      if (std::find(except_.begin(), except_.end(), pass.name) != except_.end()) continue;
      GESTA_RETURN_IF_ERROR(pass.run(plan));
    }
    return {};
  }

 private:
  const std::vector<std::string_view>& except_;
  std::set<const LogicalPlan*> done_;
};

}  // namespace

const std::vector<OptimizerPass>& OptimizerPasses() {
  static const std::vector<OptimizerPass> passes = {
      {"fold-constants", "compute expressions of constants", optimize::FoldConstants},
      {"push-filters", "check conditions before projecting and sorting", optimize::PushFilters},
      {"tidy-filters", "cheap conditions first, none twice", optimize::TidyFilters},
      {"limit-sorts", "ORDER BY with LIMIT keeps the first rows only", optimize::LimitSorts},
  };
  return passes;
}

Status Optimize(PlannedStatement& statement, const std::vector<std::string_view>& except) {
  return Optimizer(except).Run(statement.plan);
}

}  // namespace gesta
