// Expand: from a node along its relationships.
#include "execute/edge_reader.h"
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
        reader_(node.direction, env.context),
        give_rel_(node.rel != kNoSlot && !node.rel_bound && IsLive(node.rel)),
        give_to_(!node.into && node.to != kNoSlot && IsLive(node.to)) {}

 protected:
  Status Prepare() override {
    types_.Resolve(*context_->transaction());
    edges_ = {};
    next_ = 0;
    return {};
  }

  Status BeginRow(const Batch& input, size_t row) override {
    edges_ = {};
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
    if (other) {
      own_edges_.clear();
      GESTA_RETURN_IF_ERROR(context_->transaction()->Expand(*from, node_.direction, types_.ids(),
                                                            other, &own_edges_));
      edges_ = {own_edges_.data(), own_edges_.size()};
    } else {
      GESTA_ASSIGN_OR_RETURN(edges_, reader_.Read(*from, types_.ids()));
    }
    if (!node_.distinct_from.empty()) DropUsed(input, row);
    return {};
  }

  Result<size_t> Fill(const Batch&, size_t, size_t n, Batch* out) override {
    const size_t count = std::min(n, edges_.size - next_);
    const Edge* edges = edges_.data + next_;
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
    if (!edge || (to && edge->other != *to)) return {};
    own_edges_.assign(1, *edge);
    edges_ = {own_edges_.data(), 1};
    return {};
  }

  // Leaves out the relationships that other steps of the pattern use in this row.
  void DropUsed(const Batch& input, size_t row) {
    const auto used = [&](const Edge& edge) {
      return UsedBefore(input, row, node_.distinct_from, edge.rel);
    };
    const Edge* end = edges_.data + edges_.size;
    if (std::none_of(edges_.data, end, used)) return;
    std::vector<Edge> left;
    std::remove_copy_if(edges_.data, end, std::back_inserter(left), used);
    own_edges_.swap(left);
    edges_ = {own_edges_.data(), own_edges_.size()};
  }

  const OpExpand& node_;
  TypeFilter types_;
  EdgeReader reader_;
  const bool give_rel_;
  const bool give_to_;
  EdgeReader::Edges edges_;      // of the current row
  std::vector<Edge> own_edges_;  // holds them when they are not as the reader gave them
  size_t next_ = 0;
};

}  // namespace

Result<OperatorPtr> Build(const OpExpand& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  return OperatorPtr(std::make_unique<ExpandOperator>(op, std::move(child), node, env));
}

}  // namespace gesta::execute
