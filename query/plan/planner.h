// Planner: bound statement to logical plan.
#ifndef GESTA_QUERY_PLAN_PLANNER_H_
#define GESTA_QUERY_PLAN_PLANNER_H_

#include <string>
#include <vector>

#include "bind/bound.h"
#include "gesta/status.h"
#include "gesta/store.h"
#include "plan/logical.h"

namespace gesta {

struct PlannerOptions {
  // False: patterns are matched as they are written, by scans and expands with all conditions on
  // top. The rows are the same; tests compare.
  bool optimize = true;
};

// A statement ready to be built and run, any number of times and by several threads at once.
struct PlannedStatement {
  LogicalPlan plan;
  Slot slot_count = 0;
  std::vector<std::string> slot_names;
  std::vector<std::string> parameters;
  bool writes = false;
  ast::ExplainMode explain = ast::ExplainMode::kNone;
};

// The plan as the statement's clauses say it, with patterns ordered by statistics. Liveness is not
// computed yet (see FinishPlan). `transaction` is read for names, indexes and statistics.
Result<PlannedStatement> PlanStatement(BoundStatement statement, const Transaction& transaction,
                                       const PlannerOptions& options);

// Fills in what operators need to run: live slots and the arguments of subplans.
Status FinishPlan(PlannedStatement& statement, const PlannerOptions& options);

}  // namespace gesta

#endif  // GESTA_QUERY_PLAN_PLANNER_H_
