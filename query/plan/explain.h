// EXPLAIN and PROFILE: plans as trees for people.
#ifndef GESTA_QUERY_PLAN_EXPLAIN_H_
#define GESTA_QUERY_PLAN_EXPLAIN_H_

#include <string>

#include "execute/operator.h"
#include "plan/planner.h"

namespace gesta {

// A line for each operator, the last one first: what it does and how many rows are expected of it.
std::string ExplainPlan(const PlannedStatement& statement);

// The same with the rows that each operator gave and the time it took itself (in a part that runs
// in several threads: all of them together), and `peak_memory`, the
// bytes that the statement has held at most.
std::string ExplainProfile(const PlannedStatement& statement, const Operator& root,
                           const ExecutionContext& context, size_t peak_memory);

}  // namespace gesta

#endif  // GESTA_QUERY_PLAN_EXPLAIN_H_
