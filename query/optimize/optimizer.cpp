#include "optimize/optimizer.h"

#include <algorithm>
#include <set>

#include "optimize/passes.h"
#include "plan/walk_plan.h"

namespace gesta {
namespace {

class Optimizer {
 public:
  Optimizer(const PlannerOptions& options, PassContext& context)
      : options_(options), context_(context) {}

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
      if (!options_.Uses(pass.name)) continue;
      GESTA_RETURN_IF_ERROR(pass.run(plan, context_));
    }
    return {};
  }

 private:
  const PlannerOptions& options_;
  PassContext& context_;
  std::set<const LogicalPlan*> done_;
};

}  // namespace

const std::vector<OptimizerPass>& OptimizerPasses() {
  static const std::vector<OptimizerPass> passes = {
      {"fold-constants", "compute expressions of constants", optimize::FoldConstants},
      {"push-filters", "check conditions before projecting and sorting", optimize::PushFilters},
      {"tidy-filters", "cheap conditions first, none twice", optimize::TidyFilters},
      {"semi-joins", "EXISTS in a filter becomes an operator", optimize::ExistsToSemiApply},
      {"limit-sorts", "ORDER BY with LIMIT keeps the first rows only", optimize::LimitSorts},
      {"index-order", "rows come sorted from an index", optimize::UseIndexOrder},
      {"index-extremes", "min and max are an index's first and last entry",
       optimize::UseIndexExtremes},
      {"count-dead-ends", "count relationships that nothing reads", optimize::CountDeadEnds},
      {"count-store", "count(*) of a label or type from the statistics", optimize::CountStore},
      {"call-after-limit", "models are called for the rows that a LIMIT leaves",
       optimize::CallAfterLimit},
      {"limit-early", "operators below a LIMIT begin with few rows", optimize::LimitEarly},
  };
  return passes;
}

const std::vector<std::string_view>& PlannerPasses() {
  static const std::vector<std::string_view> passes = {"count-rows", "dead-ends", "implied-labels",
                                                       "or-to-in"};
  return passes;
}

Status Optimize(PlannedStatement& statement, const Transaction& transaction,
                const PlannerOptions& options) {
  const Statistics& statistics = transaction.GetStatistics();
  PassContext context{transaction, statistics, statement.writes, statement.assumptions};
  return Optimizer(options, context).Run(statement.plan);
}

}  // namespace gesta
