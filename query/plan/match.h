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
  // Slots that are read after the pattern is matched; null: all may be.
  const SlotSet* wanted = nullptr;
  // Equal rows need only be counted afterwards.
  bool only_counted = false;
  // What the plan takes for granted is noted here; null where nothing may be.
  std::vector<PlanAssumption>* assumptions = nullptr;
};

// Extends the stream by the pattern's matches that meet the predicates.
void PlanPattern(BoundPattern& pattern, std::vector<BoundExprPtr> predicates,
                 const MatchContext& context, Stream& stream);

}  // namespace gesta::plan

#endif  // GESTA_QUERY_PLAN_MATCH_H_
