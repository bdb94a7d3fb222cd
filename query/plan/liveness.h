// Liveness: which slots rows must carry after each operator.
#ifndef GESTA_QUERY_PLAN_LIVENESS_H_
#define GESTA_QUERY_PLAN_LIVENESS_H_

#include "gesta/status.h"
#include "plan/logical.h"

namespace gesta::plan {

// Fills `live` of every operator, the slots of OpArgument and the arguments of operators with
// subplans, and drops projections that nobody reads (of paths only; of everything that cannot fail
// when `prune`). Subqueries in expressions are treated first. kInternal when an operator reads a
// slot that nothing below it gives.
Status ComputeLiveness(LogicalPlan& plan, bool prune);

}  // namespace gesta::plan

#endif  // GESTA_QUERY_PLAN_LIVENESS_H_
