// Needs: which variables of a query are read after each clause, so that a MATCH knows what its
// pattern is matched for.
#ifndef GESTA_QUERY_PLAN_NEEDS_H_
#define GESTA_QUERY_PLAN_NEEDS_H_

#include <vector>

#include "bind/bound.h"
#include "plan/slot_set.h"

namespace gesta::plan {

// For each clause of the part: slots that the clauses after it, or the part's result, may read.
std::vector<SlotSet> ReadAfterClauses(BoundSingleQuery& part);

// For each clause: whether rows that it gives several times need only be counted, because an
// aggregation or DISTINCT follows before anything looks at single rows.
std::vector<bool> OnlyCountedAfterClauses(const BoundSingleQuery& part);

// count(x) becomes count(*) where a pattern has bound x, so that it is never null, and nothing else
// may need x.
void CountRowsOfPatterns(BoundSingleQuery& part);

}  // namespace gesta::plan

#endif  // GESTA_QUERY_PLAN_NEEDS_H_
