// Expand: from a node along its relationships.
#include "execute/multiply.h"
#include "execute/walk.h"

namespace gesta::execute {
namespace {

class ExpandOperator : public MultiplyOperator {
 public:
  ExpandOperator(const LogicalOp& op, OperatorPtr child, const OpExpand& node, BuildEnv& env)
      : MultiplyOperator(op, std::move(child),
                         {node.rel_bound ? kNoSlot : node.rel, node.into ? kNoSlot : node.to}, env),
        node_(node),
        types_(node.types),
        give_rel_(node.rel != kNoSlot && !node.rel_bound && IsLive(node.rel)),
        give_to_(!node.into && node.to != kNoSlot && IsLive(node.to)) {}

 protected:
  Status Prepare() override {
    types_.Resolve(*context_->transaction());
    edges_.clear();
    next_ = 0;
    return {};
  }

  Status BeginRow(const Batch& input, size_t row) override {
    edges_.clear();
    next_ = 0;
    if (types_.matches_nothing()) return {};
    GESTA_ASSIGN_OR_RETURN(const std::optional<NodeId> from,
                           NodeOf(input.columns[node_.from][row]));
    if (!from) return {};
    std::optional<NodeId> other;
    if (node_.into) {
      GESTA_ASSIGN_OR_RETURN(other, NodeOf(input.columns[node_.to][row]));
      if (!other) return {};
    }
    if (node_.rel_bound) return FollowBound(input, row, *from, other);
    GESTA_RETURN_IF_ERROR(
        context_->transaction()->Expand(*from, node_.direction, types_.ids(), other, &edges_));
    if (!node_.distinct_from.empty()) {
      edges_.erase(std::remove_if(edges_.begin(), edges_.end(),
                                  [&](const Edge& edge) {
                                    return UsedBefore(input, row, node_.distinct_from, edge.rel);
                                  }),
                   edges_.end());
    }
    return {};
  }

  Result<size_t> Fill(const Batch&, size_t, size_t n, Batch* out) override {
    const size_t count = std::min(n, edges_.size() - next_);
    const Edge* edges = edges_.data() + next_;
    if (give_rel_) {
      Column& column = out->columns[node_.rel];
      for (size_t i = 0; i < count; ++i) column.push_back(Value::Relationship(edges[i].rel));
    }
    if (give_to_) {
      Column& column = out->columns[node_.to];
      for (size_t i = 0; i < count; ++i) column.push_back(Value::Node(edges[i].other));
    }
    next_ += count;
    return count;
  }

 private:
  // The relationship is known: see whether it leads from the node (to the other one).
  Status FollowBound(const Batch& input, size_t row, NodeId from, std::optional<NodeId> to) {
    const Value& bound = input.columns[node_.rel][row];
    if (bound.IsNull()) return {};
    if (bound.type() != ValueType::kRelationship) {
      return TypeError("InvalidArgumentType",
                       "a pattern needs a relationship here, not " + TypeInWords(bound));
    }
    if (UsedBefore(input, row, node_.distinct_from, bound.EntityId())) return {};
    GESTA_ASSIGN_OR_RETURN(
        const std::optional<Edge> edge,
        EdgeOf(*context_->transaction(), bound.EntityId(), from, node_.direction, types_));
    if (edge && (!to || edge->other == *to)) edges_.push_back(*edge);
    return {};
  }

  const OpExpand& node_;
  TypeFilter types_;
  const bool give_rel_;
  const bool give_to_;
  std::vector<Edge> edges_;
  size_t next_ = 0;
};

}  // namespace

Result<OperatorPtr> Build(const OpExpand& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  return OperatorPtr(std::make_unique<ExpandOperator>(op, std::move(child), node, env));
}

}  // namespace gesta::execute
