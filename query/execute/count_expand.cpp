// CountExpand: relationships are counted, not followed. The row stays one row and stands for as
// many as it has relationships.
#include <algorithm>
#include <optional>

#include "execute/build.h"
#include "execute/edge_reader.h"
#include "execute/rows.h"
#include "execute/walk.h"

namespace gesta::execute {
namespace {

// The second step of a pair (OpExpand::paired), and the relationships that both steps could take:
// two steps of one pattern are never the same relationship.
class PairCounter {
 public:
  PairCounter(const OpExpand& node, ExecutionContext* context)
      : types_(node.paired->types),
        reader_(node.paired->direction, context),
        opposite_(node.direction != Direction::kBoth &&
                  node.paired->direction != Direction::kBoth &&
                  node.direction != node.paired->direction),
        // Of an undirected step and a directed one the directed one's are common. What leaves a
        // node and comes to it is a self-loop.
        shared_reader_(node.direction == Direction::kBoth ? node.paired->direction : node.direction,
                       context) {}

  void Resolve(Transaction& transaction, const TypeFilter& first, double expected_nodes) {
    types_.Resolve(transaction);
    if (types_.matches_nothing()) return;
    reader_.Begin(types_.ids(), expected_nodes);
    // No ids: all types.
    std::vector<NameId> common = types_.ids().empty() ? first.ids() : types_.ids();
    can_coincide_ = true;
    if (!types_.ids().empty() && !first.ids().empty()) {
      const auto only_second = [&](NameId type) { return !first.Matches(type); };
      common.erase(std::remove_if(common.begin(), common.end(), only_second), common.end());
      can_coincide_ = !common.empty();
    }
    if (can_coincide_) shared_reader_.Begin(common, expected_nodes);
  }

  // The pairs at a node whose first step has `first` relationships.
  Result<uint64_t> Pairs(NodeId node, uint64_t first) {
    if (first == 0 || types_.matches_nothing()) return uint64_t{0};
    GESTA_ASSIGN_OR_RETURN(const uint64_t second, reader_.Count(node, {}, {}));
    GESTA_ASSIGN_OR_RETURN(const uint64_t pairs, TimesMultiplicity(first, second));
    if (pairs == 0 || !can_coincide_) return pairs;
    std::optional<NodeId> other;
    if (opposite_) other = node;
    GESTA_ASSIGN_OR_RETURN(const uint64_t same, shared_reader_.Count(node, other, {}));
    return pairs - same;
  }

 private:
  TypeFilter types_;
  EdgeReader reader_;
  const bool opposite_;
  EdgeReader shared_reader_;
  bool can_coincide_ = false;
};

class CountExpandOperator : public UnaryOperator {
 public:
  CountExpandOperator(const LogicalOp& op, OperatorPtr child, const OpExpand& node, BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context),
        node_(node),
        types_(node.types),
        reader_(node.direction, env.context) {
    if (node.paired) pair_.emplace(node, env.context);
  }

  Status Open() override {
    resolved_ = false;
    return child_->Open();
  }

  Status Next(Batch* out) override {
    do {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      GESTA_RETURN_IF_ERROR(child_->Next(out));
      if (out->rows == 0) return {};
      if (!resolved_) Resolve();
      GESTA_RETURN_IF_ERROR(CountRows(out));
    } while (rows_.empty());
    KeepRows(rows_, live_, out);
    context_->AddProgress(out->rows);
    return {};
  }

 private:
  void Resolve() {
    resolved_ = true;
    types_.Resolve(*context_->transaction());
    if (types_.matches_nothing()) return;
    const double expected = logical->children[0]->estimated_rows;
    reader_.Begin(types_.ids(), expected);
    if (pair_) pair_->Resolve(*context_->transaction(), types_, expected);
  }

  Status CountRows(Batch* batch) {
    rows_.clear();
    if (types_.matches_nothing()) return {};
    batch->multiplicity.resize(batch->rows, 1);
    for (size_t row = 0; row < batch->rows; ++row) {
      GESTA_ASSIGN_OR_RETURN(const uint64_t count, Count(*batch, row));
      if (count == 0) continue;
      GESTA_ASSIGN_OR_RETURN(batch->multiplicity[row],
                             TimesMultiplicity(batch->multiplicity[row], count));
      rows_.push_back(static_cast<uint32_t>(row));
    }
    return {};
  }

  Result<uint64_t> Count(const Batch& batch, size_t row) {
    GESTA_ASSIGN_OR_RETURN(const std::optional<NodeId> from,
                           NodeOf(batch.columns[node_.from][row]));
    if (!from) return uint64_t{0};
    std::optional<NodeId> to;
    if (node_.into) {
      GESTA_ASSIGN_OR_RETURN(to, NodeOf(batch.columns[node_.to][row]));
      if (!to) return uint64_t{0};
    }
    if (node_.rel_bound) return CountBound(batch, row, *from, to);
    used_.clear();
    CollectUsed(batch, row, node_.distinct_from, &used_);
    GESTA_ASSIGN_OR_RETURN(const uint64_t count, reader_.Count(*from, to, used_));
    return pair_ ? pair_->Pairs(*from, count) : Result<uint64_t>(count);
  }

  // The relationship is known: 1 where it leads from the node (to the other one).
  Result<uint64_t> CountBound(const Batch& batch, size_t row, NodeId from,
                              std::optional<NodeId> to) {
    const Value& bound = batch.columns[node_.rel][row];
    if (bound.IsNull()) return uint64_t{0};
    if (bound.type() != ValueType::kRelationship) {
      return TypeError("InvalidArgumentType",
                       "a pattern needs a relationship here, not " + TypeInWords(bound));
    }
    if (UsedBefore(batch, row, node_.distinct_from, bound.EntityId())) return uint64_t{0};
    GESTA_ASSIGN_OR_RETURN(
        const std::optional<Edge> edge,
        EdgeOf(*context_->transaction(), bound.EntityId(), from, node_.direction, types_));
    return uint64_t{edge && (!to || edge->other == *to)};
  }

  const OpExpand& node_;
  TypeFilter types_;
  bool resolved_ = false;
  EdgeReader reader_;
  std::optional<PairCounter> pair_;
  std::vector<RelId> used_;
  std::vector<uint32_t> rows_;
};

}  // namespace

Result<OperatorPtr> BuildCountExpand(const OpExpand& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  return OperatorPtr(std::make_unique<CountExpandOperator>(op, std::move(child), node, env));
}

}  // namespace gesta::execute
