// Access paths: how the entities of one pattern element can be found in the store.
#ifndef GESTA_QUERY_PLAN_ACCESS_H_
#define GESTA_QUERY_PLAN_ACCESS_H_

#include <string>
#include <vector>

#include "plan/estimate.h"
#include "plan/logical.h"
#include "plan/pattern.h"

namespace gesta::plan {

// A way to find a node, or a relationship with its ends. Conditions are named by their number in
// the graph; those listed in `checked` hold for whatever the access finds.
struct Access {
  enum class Kind { kAllNodes, kLabel, kIndex, kIds, kRelationships };
  Kind kind = Kind::kAllNodes;
  std::string label;                 // kLabel, kIndex (label or type)
  const IndexInfo* index = nullptr;  // borrowed from the estimator
  std::vector<size_t> equals;
  size_t in = kNone;
  size_t starts_with = kNone;
  size_t lower = kNone;
  size_t upper = kNone;
  size_t ids = kNone;
  std::vector<size_t> checked;
  double rows = 0;  // found for each input row
  double work = 0;  // entities looked at for each input row
  // Whether values of the seek come from slots (then it cannot stand in a plan of its own).
  bool correlated = false;
};

// The cheapest access to a node whose conditions may read the slots in `state.available`.
Access FindNodeAccess(const PatternGraph& graph, size_t node, const MatchState& state,
                      const Estimator& estimator);

// The access that uses the node's first label only.
Access PlainNodeAccess(const PatternGraph& graph, size_t node, const Estimator& estimator);

// All relationships of a pattern's relationship, or those of an index seek.
Access FindRelationshipAccess(const PatternGraph& graph, size_t rel, const MatchState& state,
                              const Estimator& estimator);

// The operator of an access to a node.
LogicalOp MakeNodeAccess(const Access& access, const PatternGraph& graph, size_t node,
                         const Estimator& estimator);
// The operator of an access to a relationship, which gives the ends too.
LogicalOp MakeRelationshipAccess(const Access& access, const PatternGraph& graph, size_t rel,
                                 const Estimator& estimator);

}  // namespace gesta::plan

#endif  // GESTA_QUERY_PLAN_ACCESS_H_
