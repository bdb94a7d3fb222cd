// CountExpand: relationships are counted, not followed. The row stays one row and stands for as
// many as it has relationships.
#include <algorithm>

#include "execute/build.h"
#include "execute/rows.h"
#include "execute/walk.h"

namespace gesta::execute {
namespace {

class CountExpandOperator : public UnaryOperator {
 public:
  CountExpandOperator(const LogicalOp& op, OperatorPtr child, const OpExpand& node, BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context), node_(node), types_(node.types) {}

  Status Open() override {
    resolved_ = false;
    return child_->Open();
  }

  Status Next(Batch* out) override {
    do {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      GESTA_RETURN_IF_ERROR(child_->Next(out));
      if (out->rows == 0) return {};
      if (!resolved_) types_.Resolve(*context_->transaction());
      resolved_ = true;
      GESTA_RETURN_IF_ERROR(CountRows(out));
    } while (rows_.empty());
    KeepRows(rows_, live_, out);
    context_->AddProgress(out->rows);
    return {};
  }

 private:
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
    Transaction& transaction = *context_->transaction();
    uint64_t count;
    if (to) {
      edges_.clear();
      GESTA_RETURN_IF_ERROR(transaction.Expand(*from, node_.direction, types_.ids(), to, &edges_));
      count = edges_.size();
    } else {
      GESTA_ASSIGN_OR_RETURN(count, Degree(*from));
    }
    if (count == 0 || node_.distinct_from.empty()) return count;
    GESTA_ASSIGN_OR_RETURN(const uint64_t used, CountUsed(batch, row, *from, to));
    return count - used;
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

  // Walks come to the same nodes again: the last degrees are kept where nothing can change.
  Result<uint64_t> Degree(NodeId node) {
    Transaction& transaction = *context_->transaction();
    if (!transaction.read_only()) {
      return transaction.Degree(node, node_.direction, types_.ids());
    }
    if (degrees_.empty()) degrees_.resize(kDegrees, {kNoNode, 0});
    auto& [kept, degree] = degrees_[node & (kDegrees - 1)];
    if (kept != node) {
      GESTA_ASSIGN_OR_RETURN(degree, transaction.Degree(node, node_.direction, types_.ids()));
      kept = node;
    }
    return degree;
  }

  // How many of the counted relationships other steps of the pattern use in this row.
  Result<uint64_t> CountUsed(const Batch& batch, size_t row, NodeId from,
                             std::optional<NodeId> to) {
    used_.clear();
    for (const Slot slot : node_.distinct_from) {
      const Value& value = batch.columns[slot][row];
      if (value.type() == ValueType::kRelationship) {
        used_.push_back(value.EntityId());
      } else if (value.type() == ValueType::kList) {
        for (const Value& one : value.AsList()) {
          if (one.type() == ValueType::kRelationship) used_.push_back(one.EntityId());
        }
      }
    }
    std::sort(used_.begin(), used_.end());
    used_.erase(std::unique(used_.begin(), used_.end()), used_.end());
    uint64_t count = 0;
    for (const RelId rel : used_) {
      GESTA_ASSIGN_OR_RETURN(const std::optional<Edge> edge,
                             EdgeOf(*context_->transaction(), rel, from, node_.direction, types_));
      count += edge && (!to || edge->other == *to);
    }
    return count;
  }

  static constexpr size_t kDegrees = size_t{1} << 12;
  static constexpr NodeId kNoNode = ~NodeId{0};

  const OpExpand& node_;
  TypeFilter types_;
  bool resolved_ = false;
  std::vector<std::pair<NodeId, uint64_t>> degrees_;  // direct-mapped by the node's low bits
  std::vector<Edge> edges_;
  std::vector<RelId> used_;
  std::vector<uint32_t> rows_;
};

}  // namespace

Result<OperatorPtr> BuildCountExpand(const OpExpand& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  return OperatorPtr(std::make_unique<CountExpandOperator>(op, std::move(child), node, env));
}

}  // namespace gesta::execute
