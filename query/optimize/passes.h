// The passes of the optimizer, one file each.
#ifndef GESTA_QUERY_OPTIMIZE_PASSES_H_
#define GESTA_QUERY_OPTIMIZE_PASSES_H_

#include "gesta/status.h"
#include "optimize/optimizer.h"
#include "plan/logical.h"

namespace gesta::optimize {

// Computes expressions of constants. What fails is left for run time, where it fails only if it is
// reached.
Status FoldConstants(LogicalPlan& plan, PassContext& context);

// Drops conditions that always hold and those that stand there twice; puts cheap ones first and
// joins neighbouring filters.
Status TidyFilters(LogicalPlan& plan, PassContext& context);

// Moves conditions of filters below projections, aggregations by key, sorts and DISTINCT.
Status PushFilters(LogicalPlan& plan, PassContext& context);

// ORDER BY … LIMIT keeps the first rows only.
Status LimitSorts(LogicalPlan& plan, PassContext& context);

// A filter's EXISTS (or NOT EXISTS) becomes an OpSemiApply above what is left of the filter.
Status ExistsToSemiApply(LogicalPlan& plan, PassContext& context);

// Where an index gives the rows in the order that a sort asks for, the sort goes.
Status UseIndexOrder(LogicalPlan& plan, PassContext& context);

// min(n.p) (max) of all nodes with a label reads the first (last) entry of an index on p.
Status UseIndexExtremes(LogicalPlan& plan, PassContext& context);

// An expand whose relationship and far end nobody reads, below an aggregation or DISTINCT, counts
// its relationships instead of giving them (OpExpand::count_only).
Status CountDeadEnds(LogicalPlan& plan, PassContext& context);

// count(*) of all nodes, of a label's, of all relationships or of a type's, also of those that
// start or end at a label, becomes an OpCountStore.
Status CountStore(LogicalPlan& plan, PassContext& context);

// Below a LIMIT nothing is asked of models for rows that it drops: columns that hold calls of batch
// functions, and that no operator in between reads, are computed above it.
Status CallAfterLimit(LogicalPlan& plan, PassContext& context);

// Below a LIMIT operators make small batches first, so that no more is read than is asked for.
Status LimitEarly(LogicalPlan& plan, PassContext& context);

}  // namespace gesta::optimize

#endif  // GESTA_QUERY_OPTIMIZE_PASSES_H_
