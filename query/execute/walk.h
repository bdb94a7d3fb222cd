// What Expand, VarExpand and ShortestPath share: types by name, the relationships a step may not
// use, and per-step property conditions.
#ifndef GESTA_QUERY_EXECUTE_WALK_H_
#define GESTA_QUERY_EXECUTE_WALK_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "execute/expression.h"

namespace gesta::execute {

// The relationship types of a step. Given names of which none exists match nothing.
class TypeFilter {
 public:
  explicit TypeFilter(const std::vector<std::string>& names) : names_(names) {}

  void Resolve(Transaction& transaction);
  bool matches_nothing() const { return !names_.empty() && ids_.empty(); }
  const std::vector<NameId>& ids() const { return ids_; }
  bool Matches(NameId type) const;

 private:
  const std::vector<std::string>& names_;
  std::vector<NameId> ids_;
};

// The node of a row from which a walk starts: nothing for null; a TypeError for other values.
Result<std::optional<NodeId>> NodeOf(const Value& value);

// Whether `rel` is, or is in the list of, one of the slots' values in this row.
bool UsedBefore(const Batch& input, size_t row, const std::vector<Slot>& slots, RelId rel);

// Appends the relationships that UsedBefore finds in this row.
void CollectUsed(const Batch& input, size_t row, const std::vector<Slot>& slots,
                 std::vector<RelId>* used);

// The relationship `rel` as an edge seen from `node`; nothing when the direction or the type does
// not fit.
Result<std::optional<Edge>> EdgeOf(Transaction& transaction, RelId rel, NodeId node,
                                   Direction direction, const TypeFilter& types);

// Property equalities that each relationship of a walk must meet.
class StepConditions {
 public:
  static Result<StepConditions> Make(const std::vector<std::pair<std::string, BoundExprPtr>>& each,
                                     ExecutionContext* context);

  Status BeginBatch(const Batch& input);
  bool empty() const { return conditions_.empty(); }
  Result<bool> Hold(Transaction& transaction, RelId rel, size_t row);

 private:
  struct Condition {
    NameRef key;
    ExpressionPtr value;
    View view;
  };
  std::vector<Condition> conditions_;
};

}  // namespace gesta::execute

#endif  // GESTA_QUERY_EXECUTE_WALK_H_
