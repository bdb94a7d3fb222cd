// Leaves of a pattern: all nodes, a label's nodes, nodes by id, all relationships of some types.
#include <unordered_set>

#include "execute/multiply.h"

namespace gesta::execute {
namespace {

// Fills a node column from a cursor, opened anew for each input row.
class NodeCursorOperator : public MultiplyOperator {
 public:
  NodeCursorOperator(const LogicalOp& op, OperatorPtr child, Slot slot,
                     std::optional<std::string> label, BuildEnv& env)
      : MultiplyOperator(op, std::move(child), {slot}, env), slot_(slot), live_here_(IsLive(slot)) {
    if (label) label_.emplace(NameKind::kLabel, *label);
  }

 protected:
  Status BeginRow(const Batch&, size_t) override {
    // What a first scan may stop after: a short list is built for it.
    constexpr uint64_t kFewNodes = 256;
    Transaction& transaction = *context_->transaction();
    cursor_.reset();
    nodes_.reset();
    next_ = 0;
    const NameId label = label_ ? label_->Find(transaction) : kNoName;
    if (label_ && label == kNoName) return {};
    nodes_ = transaction.Nodes(label, kFewNodes);
    if (nodes_) return {};
    GESTA_ASSIGN_OR_RETURN(cursor_,
                           label_ ? transaction.ScanLabel(label) : transaction.ScanNodes());
    return {};
  }

  Result<size_t> Fill(const Batch&, size_t, size_t n, Batch* out) override {
    if (nodes_) return FillFromList(n, out);
    if (!cursor_) return size_t{0};
    ids_.resize(n);
    size_t filled = 0;
    while (filled < n) {
      GESTA_ASSIGN_OR_RETURN(const size_t got, cursor_->Next(ids_.data() + filled, n - filled));
      if (got == 0) break;
      filled += got;
    }
    if (live_here_) {
      Column& column = out->columns[slot_];
      column.reserve(column.size() + filled);
      for (size_t i = 0; i < filled; ++i) column.push_back(Value::Node(ids_[i]));
    }
    if (filled < n) cursor_.reset();
    return filled;
  }

 private:
  size_t FillFromList(size_t n, Batch* out) {
    const size_t count = std::min(n, nodes_->size() - next_);
    if (live_here_) {
      Column& column = out->columns[slot_];
      column.reserve(column.size() + count);
      const uint32_t* ids = nodes_->ids() + next_;
      for (size_t i = 0; i < count; ++i) column.push_back(Value::Node(ids[i]));
    }
    next_ += count;
    return count;
  }

  const Slot slot_;
  const bool live_here_;
  std::optional<NameRef> label_;
  std::shared_ptr<const CachedNodes> nodes_;  // shared with the store's cache; null: by cursor_
  size_t next_ = 0;                           // in nodes_
  std::unique_ptr<IdCursor> cursor_;
  std::vector<uint64_t> ids_;
};

class NodeByIdsOperator : public MultiplyOperator {
 public:
  NodeByIdsOperator(const LogicalOp& op, OperatorPtr child, Slot slot, ExpressionPtr ids,
                    BuildEnv& env)
      : MultiplyOperator(op, std::move(child), {slot}, env),
        slot_(slot),
        live_here_(IsLive(slot)),
        ids_(std::move(ids)) {}

 protected:
  Status BeginBatch(const Batch& input) override {
    return ids_->Eval(input, Rows::All(input.rows), &view_);
  }

  Status BeginRow(const Batch&, size_t row) override {
    found_.clear();
    next_ = 0;
    const Value& value = view_[row];
    if (value.type() != ValueType::kList) return Find(value);
    for (const Value& one : value.AsList()) GESTA_RETURN_IF_ERROR(Find(one));
    return {};
  }

  Result<size_t> Fill(const Batch&, size_t, size_t n, Batch* out) override {
    const size_t count = std::min(n, found_.size() - next_);
    for (size_t i = 0; i < count && live_here_; ++i) {
      out->columns[slot_].push_back(Value::Node(found_[next_ + i]));
    }
    next_ += count;
    return count;
  }

 private:
  Status Find(const Value& value) {
    NodeId id;
    if (value.type() == ValueType::kInteger && value.AsInteger() >= 0) {
      id = static_cast<NodeId>(value.AsInteger());
    } else if (value.type() == ValueType::kFloat && value.AsFloat() >= 0 &&
               value.AsFloat() < 0x1p63 &&
               value.AsFloat() == static_cast<double>(static_cast<NodeId>(value.AsFloat()))) {
      id = static_cast<NodeId>(value.AsFloat());  // id(n) = 1.0 holds too
    } else {
      return {};
    }
    if (std::find(found_.begin(), found_.end(), id) != found_.end()) return {};
    GESTA_ASSIGN_OR_RETURN(const bool exists, context_->transaction()->NodeExists(id));
    if (exists) found_.push_back(id);
    return {};
  }

  const Slot slot_;
  const bool live_here_;
  ExpressionPtr ids_;
  View view_;
  std::vector<NodeId> found_;
  size_t next_ = 0;
};

class RelationshipScanOperator : public MultiplyOperator {
 public:
  RelationshipScanOperator(const LogicalOp& op, OperatorPtr child, const OpRelationshipScan& node,
                           BuildEnv& env)
      : MultiplyOperator(op, std::move(child),
                         {node.rel_bound ? kNoSlot : node.rel, node.from, node.to}, env),
        node_(node),
        rel_live_(!node.rel_bound && IsLive(node.rel)),
        from_live_(IsLive(node.from)),
        to_live_(IsLive(node.to)) {}

 protected:
  Status Prepare() override {
    types_.clear();
    for (const std::string& name : node_.types) {
      const NameId id = context_->transaction()->FindName(NameKind::kType, name);
      if (id != kNoName && std::find(types_.begin(), types_.end(), id) == types_.end()) {
        types_.push_back(id);
      }
    }
    return {};
  }

  Status BeginRow(const Batch& input, size_t row) override {
    next_type_ = 0;
    all_opened_ = false;
    cursor_.reset();
    ids_.clear();
    next_id_ = 0;
    reverse_.reset();
    return node_.rel_bound ? TakeBound(input.columns[node_.rel][row]) : Status();
  }

  Result<size_t> Fill(const Batch&, size_t, size_t n, Batch* out) override {
    size_t filled = 0;
    while (filled < n) {
      if (reverse_) {
        Append(*reverse_, reverse_record_.end, reverse_record_.start, out);
        reverse_.reset();
        ++filled;
        continue;
      }
      if (next_id_ == ids_.size()) {
        GESTA_ASSIGN_OR_RETURN(const bool more, Refill());
        if (!more) break;
        continue;
      }
      const RelId id = ids_[next_id_++];
      GESTA_ASSIGN_OR_RETURN(const RelationshipRecord record,
                             context_->transaction()->GetRelationship(id));
      if (node_.direction == Direction::kIn) {
        Append(id, record.end, record.start, out);
      } else {
        Append(id, record.start, record.end, out);
      }
      ++filled;
      if (node_.direction == Direction::kBoth && record.start != record.end) {
        reverse_ = id;
        reverse_record_ = record;
      }
    }
    return filled;
  }

 private:
  void Append(RelId id, NodeId from, NodeId to, Batch* out) {
    if (rel_live_) out->columns[node_.rel].push_back(Value::Relationship(id));
    if (from_live_) out->columns[node_.from].push_back(Value::Node(from));
    if (to_live_) out->columns[node_.to].push_back(Value::Node(to));
  }

  Status TakeBound(const Value& value) {
    if (value.IsNull()) return {};
    if (value.type() != ValueType::kRelationship) {
      return TypeError("InvalidArgumentType",
                       "a pattern needs a relationship here, not " + TypeInWords(value));
    }
    Transaction& transaction = *context_->transaction();
    GESTA_ASSIGN_OR_RETURN(const bool exists, transaction.RelationshipExists(value.EntityId()));
    if (!exists) return {};
    if (!node_.types.empty()) {
      GESTA_ASSIGN_OR_RETURN(const RelationshipRecord record,
                             transaction.GetRelationship(value.EntityId()));
      if (std::find(types_.begin(), types_.end(), record.type) == types_.end()) return {};
    }
    ids_.push_back(value.EntityId());
    return {};
  }

  // Reads the next ids; false at the end.
  Result<bool> Refill() {
    if (node_.rel_bound) return false;
    while (true) {
      if (!cursor_) {
        Transaction& transaction = *context_->transaction();
        if (node_.types.empty()) {
          if (all_opened_) return false;
          all_opened_ = true;
          GESTA_ASSIGN_OR_RETURN(cursor_, transaction.ScanRelationships());
        } else {
          if (next_type_ == types_.size()) return false;
          GESTA_ASSIGN_OR_RETURN(cursor_, transaction.ScanType(types_[next_type_++]));
        }
      }
      ids_.resize(kBatchRows);
      GESTA_ASSIGN_OR_RETURN(const size_t got, cursor_->Next(ids_.data(), ids_.size()));
      ids_.resize(got);
      next_id_ = 0;
      if (got > 0) return true;
      cursor_.reset();
    }
  }

  const OpRelationshipScan& node_;
  const bool rel_live_;
  const bool from_live_;
  const bool to_live_;
  std::vector<NameId> types_;
  size_t next_type_ = 0;
  bool all_opened_ = false;
  std::unique_ptr<IdCursor> cursor_;
  std::vector<RelId> ids_;
  size_t next_id_ = 0;
  std::optional<RelId> reverse_;  // read once, to be given again the other way round
  RelationshipRecord reverse_record_;
};

}  // namespace

Result<OperatorPtr> Build(const OpNodeScan& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  return OperatorPtr(
      std::make_unique<NodeCursorOperator>(op, std::move(child), node.slot, std::nullopt, env));
}

Result<OperatorPtr> Build(const OpLabelScan& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  return OperatorPtr(
      std::make_unique<NodeCursorOperator>(op, std::move(child), node.slot, node.label, env));
}

Result<OperatorPtr> Build(const OpNodeByIds& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr ids, MakeExpression(*node.ids, env.context));
  return OperatorPtr(
      std::make_unique<NodeByIdsOperator>(op, std::move(child), node.slot, std::move(ids), env));
}

Result<OperatorPtr> Build(const OpRelationshipScan& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  return OperatorPtr(std::make_unique<RelationshipScanOperator>(op, std::move(child), node, env));
}

}  // namespace gesta::execute
