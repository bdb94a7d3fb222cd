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
    if (!types_.matches_nothing()) {
      reader_.Begin(types_.ids(), logical->children[0]->estimated_rows);
    }
    return {};
  }

  Status BeginRow(const Batch& input, size_t row) override {
    reader_.Clear();
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
    GESTA_RETURN_IF_ERROR(reader_.Read(*from, other));
    if (!node_.distinct_from.empty()) {
      used_.clear();
      CollectUsed(input, row, node_.distinct_from, &used_);
      reader_.Drop(used_);
    }
    return {};
  }

  Result<size_t> Fill(const Batch&, size_t, size_t n, Batch* out) override {
    return reader_.Take(n, give_rel_ ? &out->columns[node_.rel] : nullptr,
                        give_to_ ? &out->columns[node_.to] : nullptr);
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
    reader_.Set(*edge);
    return {};
  }

  const OpExpand& node_;
  TypeFilter types_;
  EdgeReader reader_;
  const bool give_rel_;
  const bool give_to_;
  std::vector<RelId> used_;  // by other steps of the pattern in this row
};

}  // namespace

Result<OperatorPtr> Build(const OpExpand& node, const LogicalOp& op, BuildEnv& env) {
  if (node.count_only) return BuildCountExpand(node, op, env);
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  return OperatorPtr(std::make_unique<ExpandOperator>(op, std::move(child), node, env));
}

}  // namespace gesta::execute
