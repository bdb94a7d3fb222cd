// Paths from the slots of a matched pattern.
#include <algorithm>

#include "execute/path.h"

namespace gesta::execute {
namespace {

Status NotAPath() {
  return Status(StatusCode::kInternal, "a matched pattern's relationships do not form a path");
}

class BuildPathExpression : public Expression {
 public:
  BuildPathExpression(const ast::Place& place, std::vector<Slot> elements,
                      ExecutionContext* context)
      : Expression(place), elements_(std::move(elements)), context_(context) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    Value* result = Buffer(input);
    for (size_t k = 0; k < rows.size(); ++k) {
      auto path = Build(input, rows[k]);
      if (!path.ok()) return At(ClassifyEntityError(path.status()));
      result[rows[k]] = *std::move(path);
    }
    return Done(out);
  }

 private:
  Result<Value> Build(const Batch& input, uint32_t row) {
    for (const Slot slot : elements_) {
      if (input.columns[slot][row].IsNull()) return Value();
    }
    PathData path;
    path.nodes.push_back(input.columns[elements_[0]][row]);
    for (size_t i = 1; i + 1 < elements_.size(); i += 2) {
      const Value& relationship = input.columns[elements_[i]][row];
      const Value& node = input.columns[elements_[i + 1]][row];
      if (relationship.type() == ValueType::kList) {
        GESTA_RETURN_IF_ERROR(AppendList(relationship.AsList(), node, &path));
      } else {
        path.relationships.push_back(relationship);
        path.nodes.push_back(node);
      }
    }
    return Value::Path(std::move(path));
  }

  // The list may stand in the pattern's order or against it (the planner may have walked from the
  // far end).
  Status AppendList(const List& list, const Value& end, PathData* path) {
    const size_t nodes = path->nodes.size();
    const size_t relationships = path->relationships.size();
    GESTA_ASSIGN_OR_RETURN(bool fits, AppendWalk(context_->transaction(), list, path));
    if (fits && path->nodes.back().EntityId() == end.EntityId()) return {};
    path->nodes.resize(nodes);
    path->relationships.resize(relationships);
    List reversed(list.rbegin(), list.rend());
    GESTA_ASSIGN_OR_RETURN(fits, AppendWalk(context_->transaction(), reversed, path));
    if (fits && path->nodes.back().EntityId() == end.EntityId()) return {};
    return NotAPath();
  }

  const std::vector<Slot> elements_;
  ExecutionContext* context_;
};

}  // namespace

Result<bool> AppendWalk(Transaction* transaction, const List& relationships, PathData* path) {
  const size_t nodes = path->nodes.size();
  const size_t old_relationships = path->relationships.size();
  NodeId at = path->nodes.back().EntityId();
  for (const Value& relationship : relationships) {
    GESTA_ASSIGN_OR_RETURN(const RelationshipRecord record,
                           transaction->GetRelationship(relationship.EntityId()));
    if (record.start != at && record.end != at) {
      path->nodes.resize(nodes);
      path->relationships.resize(old_relationships);
      return false;
    }
    at = record.start == at ? record.end : record.start;
    path->relationships.push_back(relationship);
    path->nodes.push_back(Value::Node(at));
  }
  return true;
}

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundBuildPath& node,
                           ExecutionContext* context) {
  return ExpressionPtr(std::make_unique<BuildPathExpression>(expr.place, node.elements, context));
}

}  // namespace gesta::execute
