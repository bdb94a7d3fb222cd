// Optimizer: passes over a plan, each of which keeps its rows.
#ifndef GESTA_QUERY_OPTIMIZE_OPTIMIZER_H_
#define GESTA_QUERY_OPTIMIZE_OPTIMIZER_H_

#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "plan/planner.h"

namespace gesta {

// What a pass knows beside the plan.
struct PassContext {
  const Transaction& transaction;
  const Statistics& statistics;  // the transaction's
  bool writes = false;           // the statement writes
  std::vector<PlanAssumption>& assumptions;
};

struct OptimizerPass {
  std::string_view name;
  std::string_view summary;  // one line
  Status (*run)(LogicalPlan& plan, PassContext& context);
};

// In the order in which they run. Passes see one plan at a time; subqueries' plans come before the
// plan they stand in.
const std::vector<OptimizerPass>& OptimizerPasses();

// Names of what the planner itself does beyond the plainest plan; they can be left out as passes
// can.
const std::vector<std::string_view>& PlannerPasses();

// Runs all passes except those that the options leave out, before liveness is computed.
Status Optimize(PlannedStatement& statement, const Transaction& transaction,
                const PlannerOptions& options);

}  // namespace gesta

#endif  // GESTA_QUERY_OPTIMIZE_OPTIMIZER_H_
