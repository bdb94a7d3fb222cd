// PatternGraph: one MATCH's pattern and conditions as the planner looks at them.
#ifndef GESTA_QUERY_PLAN_PATTERN_H_
#define GESTA_QUERY_PLAN_PATTERN_H_

#include <string>
#include <vector>

#include "bind/bound.h"
#include "plan/slot_set.h"

namespace gesta::plan {

inline constexpr size_t kNone = static_cast<size_t>(-1);

// A condition that all rows must meet. Labels of nodes are conditions too.
struct PatternCondition {
  BoundExprPtr expr;
  std::vector<Slot> slots;   // that it reads
  bool is_volatile = false;  // evaluated last, once for each whole match
};

// n.x = 1 OR n.x = $y becomes n.x IN [1, $y], which an index can answer.
void OrToIn(BoundExprPtr* condition);

struct PatternGraph {
  // Takes the expressions out of `predicates`. `pattern` is borrowed.
  PatternGraph(BoundPattern& pattern, std::vector<BoundExprPtr> predicates);

  size_t NodeAt(Slot slot) const;  // index into nodes; kNone: no node of this pattern
  const BoundPatternNode& From(size_t rel) const { return pattern.nodes[from[rel]]; }
  const BoundPatternNode& To(size_t rel) const { return pattern.nodes[to[rel]]; }
  // Whether two relationships of the pattern could be the same one.
  bool CanCoincide(size_t a, size_t b) const;
  // The labels of the nodes that a condition reads.
  std::vector<std::string> LabelsOf(const std::vector<Slot>& slots) const;
  // The node that a label condition tests, and its label; kNone for other conditions.
  size_t LabelConditionOf(size_t condition, std::string* label) const;

  BoundPattern& pattern;
  std::vector<PatternCondition> conditions;
  // By node: the labels that it is known to have, the pattern's first. More than the pattern's
  // where the types of its relationships say so.
  std::vector<std::vector<std::string>> labels;
  // Slots that are read after the pattern is matched.
  SlotSet wanted;
  // Equal rows need only be counted after the match, so that relationships whose ends nobody reads
  // cost a look at their number.
  bool only_counted = false;
  // By relationship: indexes of its end nodes.
  std::vector<size_t> from;
  std::vector<size_t> to;
  // Connected parts, shortest paths aside: a number for each node.
  std::vector<size_t> component;
  size_t component_count = 0;
};

// What has been matched so far.
struct MatchState {
  SlotSet available;
  std::vector<bool> nodes;
  std::vector<bool> rels;
  std::vector<bool> conditions;  // already checked
};

}  // namespace gesta::plan

#endif  // GESTA_QUERY_PLAN_PATTERN_H_
