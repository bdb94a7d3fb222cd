// Planner: bound statement to logical plan.
#ifndef GESTA_QUERY_PLAN_PLANNER_H_
#define GESTA_QUERY_PLAN_PLANNER_H_

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "bind/bound.h"
#include "gesta/status.h"
#include "gesta/store.h"
#include "plan/logical.h"
#include "plan/samples.h"

namespace gesta {

struct PlannerOptions {
  // False: patterns are matched as they are written, by scans and expands with all conditions on
  // top. The rows are the same; tests compare.
  bool optimize = true;
  std::vector<std::string> without_passes;  // names of passes (optimizer.h) that are left out

  bool Uses(std::string_view pass) const {
    return optimize &&
           std::find(without_passes.begin(), without_passes.end(), pass) == without_passes.end();
  }
};

// What a plan takes for granted of the store beyond its catalog's epoch. A cached plan whose
// assumptions do not hold any more must not be run.
struct PlanAssumption {
  // All relationships of the type start (or end) at a node with the label. Without a type: all
  // nodes with the label are in the index.
  std::string type;
  std::string label;
  bool at_start = false;
  uint32_t index = 0;
};
// `statistics`: the transaction's.
bool Holds(const PlanAssumption& assumption, const Transaction& transaction,
           const Statistics& statistics);

// A statement ready to be built and run, any number of times and by several threads at once.
struct PlannedStatement {
  LogicalPlan plan;
  Slot slot_count = 0;
  std::vector<std::string> slot_names;
  std::vector<std::string> parameters;
  std::vector<PlanAssumption> assumptions;
  bool writes = false;
  ast::ExplainMode explain = ast::ExplainMode::kNone;
};

// The plan as the statement's clauses say it, with patterns ordered by statistics. Liveness is not
// computed yet (see FinishPlan). `transaction` is read for names, indexes and statistics.
// `samples` may be null.
Result<PlannedStatement> PlanStatement(BoundStatement statement, Transaction& transaction,
                                       plan::PropertySamples* samples,
                                       const PlannerOptions& options);

// Fills in what operators need to run: live slots and the arguments of subplans.
Status FinishPlan(PlannedStatement& statement, const PlannerOptions& options);

}  // namespace gesta

#endif  // GESTA_QUERY_PLAN_PLANNER_H_
