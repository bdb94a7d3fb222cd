// Planning one MATCH (or the pattern of a MERGE).
#ifndef GESTA_QUERY_PLAN_MATCH_H_
#define GESTA_QUERY_PLAN_MATCH_H_

#include <vector>

#include "plan/builder.h"

namespace gesta::plan {

struct MatchContext {
  const Estimator& estimator;
  const PlannerOptions& options;
  BoundStatement& statement;
};

// Extends the stream by the pattern's matches that meet the predicates.
void PlanPattern(BoundPattern& pattern, std::vector<BoundExprPtr> predicates,
                 const MatchContext& context, Stream& stream);

}  // namespace gesta::plan

#endif  // GESTA_QUERY_PLAN_MATCH_H_
