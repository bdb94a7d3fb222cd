#include "execute/walk.h"

#include <algorithm>

namespace gesta::execute {

void TypeFilter::Resolve(Transaction& transaction) {
  ids_.clear();
  for (const std::string& name : names_) {
    const NameId id = transaction.FindName(NameKind::kType, name);
    if (id != kNoName && !Matches(id)) ids_.push_back(id);
  }
}

bool TypeFilter::Matches(NameId type) const {
  return std::find(ids_.begin(), ids_.end(), type) != ids_.end();
}

Result<std::optional<NodeId>> NodeOf(const Value& value) {
  if (value.type() == ValueType::kNode) return std::optional<NodeId>(value.EntityId());
  if (value.IsNull()) return std::optional<NodeId>();
  return TypeError("InvalidArgumentType", "a pattern needs a node here, not " + TypeInWords(value));
}

bool UsedBefore(const Batch& input, size_t row, const std::vector<Slot>& slots, RelId rel) {
  for (const Slot slot : slots) {
    const Value& value = input.columns[slot][row];
    if (value.type() == ValueType::kRelationship) {
      if (value.EntityId() == rel) return true;
    } else if (value.type() == ValueType::kList) {
      for (const Value& one : value.AsList()) {
        if (one.type() == ValueType::kRelationship && one.EntityId() == rel) return true;
      }
    }
  }
  return false;
}

void CollectUsed(const Batch& input, size_t row, const std::vector<Slot>& slots,
                 std::vector<RelId>* used) {
  for (const Slot slot : slots) {
    const Value& value = input.columns[slot][row];
    if (value.type() == ValueType::kRelationship) {
      used->push_back(value.EntityId());
    } else if (value.type() == ValueType::kList) {
      for (const Value& one : value.AsList()) {
        if (one.type() == ValueType::kRelationship) used->push_back(one.EntityId());
      }
    }
  }
}

Result<std::optional<Edge>> EdgeOf(Transaction& transaction, RelId rel, NodeId node,
                                   Direction direction, const TypeFilter& types) {
  GESTA_ASSIGN_OR_RETURN(const bool exists, transaction.RelationshipExists(rel));
  if (!exists) return std::optional<Edge>();
  GESTA_ASSIGN_OR_RETURN(const RelationshipRecord record, transaction.GetRelationship(rel));
  if (types.matches_nothing()) return std::optional<Edge>();
  if (!types.ids().empty() && !types.Matches(record.type)) return std::optional<Edge>();
  if (record.start == node && direction != Direction::kIn) {
    return std::optional<Edge>(Edge{rel, record.end, record.type, true});
  }
  if (record.end == node && direction != Direction::kOut) {
    return std::optional<Edge>(Edge{rel, record.start, record.type, false});
  }
  return std::optional<Edge>();
}

Result<StepConditions> StepConditions::Make(
    const std::vector<std::pair<std::string, BoundExprPtr>>& each, ExecutionContext* context) {
  StepConditions made;
  for (const auto& [key, expr] : each) {
    GESTA_ASSIGN_OR_RETURN(ExpressionPtr value, MakeExpression(*expr, context));
    made.conditions_.push_back({NameRef(NameKind::kProperty, key), std::move(value), View()});
  }
  return made;
}

Status StepConditions::BeginBatch(const Batch& input) {
  for (Condition& condition : conditions_) {
    GESTA_RETURN_IF_ERROR(condition.value->Eval(input, Rows::All(input.rows), &condition.view));
  }
  return {};
}

Result<bool> StepConditions::Hold(Transaction& transaction, RelId rel, size_t row) {
  for (Condition& condition : conditions_) {
    const NameId key = condition.key.Find(transaction);
    if (key == kNoName) return false;
    GESTA_ASSIGN_OR_RETURN(const Value value, transaction.GetRelationshipProperty(rel, key));
    if (Equals(value, condition.view[row]) != Ternary::kTrue) return false;
  }
  return true;
}

}  // namespace gesta::execute
