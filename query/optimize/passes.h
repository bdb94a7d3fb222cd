// The passes of the optimizer, one file each.
#ifndef GESTA_QUERY_OPTIMIZE_PASSES_H_
#define GESTA_QUERY_OPTIMIZE_PASSES_H_

#include "gesta/status.h"
#include "plan/logical.h"

namespace gesta::optimize {

// Computes expressions of constants. What fails is left for run time, where it fails only if it is
// reached.
Status FoldConstants(LogicalPlan& plan);

// Drops conditions that always hold and those that stand there twice; puts cheap ones first and
// joins neighbouring filters.
Status TidyFilters(LogicalPlan& plan);

// Moves conditions of filters below projections, aggregations by key, sorts and DISTINCT.
Status PushFilters(LogicalPlan& plan);

// ORDER BY … LIMIT keeps the first rows only.
Status LimitSorts(LogicalPlan& plan);

}  // namespace gesta::optimize

#endif  // GESTA_QUERY_OPTIMIZE_PASSES_H_
