// Optimizer: passes over a plan, each of which keeps its rows.
#ifndef GESTA_QUERY_OPTIMIZE_OPTIMIZER_H_
#define GESTA_QUERY_OPTIMIZE_OPTIMIZER_H_

#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "plan/planner.h"

namespace gesta {

struct OptimizerPass {
  std::string_view name;
  std::string_view summary;  // one line
  Status (*run)(LogicalPlan& plan);
};

// In the order in which they run. Passes see one plan at a time; subqueries' plans come before the
// plan they stand in.
const std::vector<OptimizerPass>& OptimizerPasses();

// Runs all passes, or all but the named ones, before liveness is computed.
Status Optimize(PlannedStatement& statement, const std::vector<std::string_view>& except = {});

}  // namespace gesta

#endif  // GESTA_QUERY_OPTIMIZE_OPTIMIZER_H_
