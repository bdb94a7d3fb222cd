// The order in which a pattern's parts are matched.
#ifndef GESTA_QUERY_PLAN_ORDER_H_
#define GESTA_QUERY_PLAN_ORDER_H_

#include <memory>
#include <vector>

#include "plan/access.h"
#include "plan/estimate.h"
#include "plan/pattern.h"

namespace gesta::plan {

struct Order;

// One operator to be: find a node, find a relationship with both ends, follow a relationship from
// an end that is known, or join with another part that was matched on its own.
struct Step {
  enum class Kind { kNode, kRelationship, kExpand, kJoin };
  Kind kind = Kind::kNode;
  size_t node = kNone;    // kNode
  size_t rel = kNone;     // kRelationship, kExpand
  bool reversed = false;  // kExpand: from the pattern's `to` to its `from`
  bool into = false;      // kExpand: both ends are known
  // kExpand: nothing else of the pattern needs what is found, and nobody reads it.
  bool dead_end = false;
  Access access;                      // kNode, kRelationship
  std::shared_ptr<const Order> part;  // kJoin: the other part, shared by candidates
  std::vector<size_t> joined;         // kJoin: nodes that both have
  double found = 0;                   // rows before conditions are checked
  double rows = 0;                    // rows after
};

struct Order {
  std::vector<Step> steps;
  double cost = 0;  // about the number of rows that all steps together look at
  double rows = 0;
  // Reads slots that were available before, so that it needs the rows that came with them.
  bool correlated = false;
};

// Orders one component of the pattern, for `rows` rows that come in with `state`: the cheapest
// order by dynamic programming over connected parts; past kMostRelationships greedily, always the
// step that leaves the fewest rows.
inline constexpr size_t kMostRelationships = 10;
Order OrderComponent(const PatternGraph& graph, size_t component, const MatchState& state,
                     double rows, const Estimator& estimator);

// The component as it is written: scans and expands, no index.
Order WrittenOrder(const PatternGraph& graph, size_t component, const MatchState& state,
                   double rows, const Estimator& estimator);

// What is known after a step.
void Advance(const PatternGraph& graph, const Step& step, MatchState* state);

// Conditions that can be checked in this state and were not yet. Volatile ones only
// `with_volatile`.
std::vector<size_t> ReadyConditions(const PatternGraph& graph, const MatchState& state,
                                    bool with_volatile);
double ConditionsSelectivity(const PatternGraph& graph, const std::vector<size_t>& conditions,
                             const Estimator& estimator);

}  // namespace gesta::plan

#endif  // GESTA_QUERY_PLAN_ORDER_H_
