// VarExpand: walks of bounded or unbounded length without repeated relationships, depth first.
#include <algorithm>

#include "execute/edge_reader.h"
#include "execute/multiply.h"
#include "execute/walk.h"

namespace gesta::execute {
namespace {

class VarExpandOperator : public MultiplyOperator {
 public:
  VarExpandOperator(const LogicalOp& op, OperatorPtr child, const OpVarExpand& node,
                    StepConditions conditions, BuildEnv& env)
      : MultiplyOperator(op, std::move(child),
                         {node.rel_bound ? kNoSlot : node.rel, node.into ? kNoSlot : node.to}, env),
        node_(node),
        types_(node.types),
        reader_(node.direction, env.context),
        conditions_(std::move(conditions)),
        min_(static_cast<size_t>(std::max<int64_t>(node.min, 0))),
        max_(node.max ? static_cast<size_t>(std::max<int64_t>(*node.max, 0)) : SIZE_MAX),
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

  Status BeginBatch(const Batch& input) override { return conditions_.BeginBatch(input); }

  Status BeginRow(const Batch& input, size_t row) override {
    edges_.clear();
    frames_.clear();
    walk_.clear();
    give_start_ = false;
    bound_end_.reset();
    to_.reset();
    GESTA_ASSIGN_OR_RETURN(const std::optional<NodeId> from,
                           NodeOf(input.columns[node_.from][row]));
    if (!from) return {};
    if (node_.into) {
      GESTA_ASSIGN_OR_RETURN(to_, NodeOf(input.columns[node_.to][row]));
      if (!to_) return {};
    }
    if (node_.rel_bound) return FollowBound(input, row, *from);
    start_ = *from;
    give_start_ = min_ == 0 && (!to_ || *to_ == start_);
    if (max_ > 0 && !types_.matches_nothing()) return Descend(start_);
    return {};
  }

  Result<size_t> Fill(const Batch& input, size_t row, size_t n, Batch* out) override {
    size_t filled = 0;
    if (node_.rel_bound) {
      if (!bound_end_) return filled;
      Append(*bound_end_, out);
      bound_end_.reset();
      return size_t{1};
    }
    if (give_start_ && n > 0) {
      give_start_ = false;
      Append(start_, out);
      ++filled;
    }
    while (filled < n && !frames_.empty()) {
      if ((++steps_ & 0xFFF) == 0) GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      Frame& frame = frames_.back();
      if (frame.next == edges_.size()) {
        edges_.resize(frame.begin);
        frames_.pop_back();
        if (!walk_.empty()) walk_.pop_back();
        continue;
      }
      const Edge edge = edges_[frame.next++];
      GESTA_ASSIGN_OR_RETURN(const bool allowed, Allowed(input, row, edge.rel));
      if (!allowed) continue;
      walk_.push_back(edge.rel);
      if (walk_.size() >= min_ && (!to_ || edge.other == *to_)) {
        Append(edge.other, out);
        ++filled;
      }
      if (walk_.size() < max_) {
        GESTA_RETURN_IF_ERROR(Descend(edge.other));
      } else {
        walk_.pop_back();
      }
    }
    return filled;
  }

 private:
  // A node of the walk: its edges are edges_[begin, edges_.size()) while it is the last one.
  struct Frame {
    size_t begin;
    size_t next;
  };

  Status Descend(NodeId node) {
    const size_t begin = edges_.size();
    // The last step can only be one to the wanted node.
    const bool last = to_ && walk_.size() + 1 == max_;
    GESTA_RETURN_IF_ERROR(reader_.Read(node, last ? to_ : std::nullopt));
    reader_.AppendTo(&edges_);
    frames_.push_back({begin, begin});
    return {};
  }

  Result<bool> Allowed(const Batch& input, size_t row, RelId rel) {
    if (std::find(walk_.begin(), walk_.end(), rel) != walk_.end()) return false;
    if (UsedBefore(input, row, node_.distinct_from, rel)) return false;
    if (conditions_.empty()) return true;
    return conditions_.Hold(*context_->transaction(), rel, row);
  }

  // The list of relationships is known: see whether it is a walk from the node.
  Status FollowBound(const Batch& input, size_t row, NodeId from) {
    const Value& bound = input.columns[node_.rel][row];
    GESTA_ASSIGN_OR_RETURN(const List* list, ListOrNull(bound));
    if (!list || list->size() < min_ || list->size() > max_) return {};
    Transaction& transaction = *context_->transaction();
    NodeId at = from;
    for (size_t i = 0; i < list->size(); ++i) {
      const Value& value = (*list)[node_.reversed ? list->size() - 1 - i : i];
      if (value.type() != ValueType::kRelationship) {
        return TypeError("InvalidArgumentType", "a pattern needs a list of relationships here, " +
                                                    TypeInWords(value) + " is in it");
      }
      GESTA_ASSIGN_OR_RETURN(const std::optional<Edge> edge,
                             EdgeOf(transaction, value.EntityId(), at, node_.direction, types_));
      if (!edge) return {};
      GESTA_ASSIGN_OR_RETURN(const bool allowed, Allowed(input, row, edge->rel));
      if (!allowed) return {};
      walk_.push_back(edge->rel);
      at = edge->other;
    }
    if (!to_ || at == *to_) bound_end_ = at;
    return {};
  }

  // Gives the walk so far, which ends at `end`.
  void Append(NodeId end, Batch* out) {
    if (give_to_) out->columns[node_.to].push_back(Value::Node(end));
    if (!give_rel_) return;
    List list;
    list.reserve(walk_.size());
    for (const RelId rel : walk_) list.push_back(Value::Relationship(rel));
    if (node_.reversed) std::reverse(list.begin(), list.end());
    out->columns[node_.rel].push_back(Value::MakeList(std::move(list)));
  }

  const OpVarExpand& node_;
  TypeFilter types_;
  EdgeReader reader_;
  StepConditions conditions_;
  const size_t min_;
  const size_t max_;
  const bool give_rel_;
  const bool give_to_;

  NodeId start_ = 0;
  std::optional<NodeId> to_;  // the bound far end, if there is one
  bool give_start_ = false;   // the walk of length 0 is still to be given
  std::optional<NodeId> bound_end_;
  std::vector<Edge> edges_;  // of all nodes of the walk, one after the other
  std::vector<Frame> frames_;
  std::vector<RelId> walk_;
  uint64_t steps_ = 0;
};

}  // namespace

Result<OperatorPtr> Build(const OpVarExpand& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(StepConditions conditions, StepConditions::Make(node.each, env.context));
  return OperatorPtr(
      std::make_unique<VarExpandOperator>(op, std::move(child), node, std::move(conditions), env));
}

}  // namespace gesta::execute
