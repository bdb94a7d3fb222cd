// Aggregate: groups rows by equivalent keys in a hash table.
#include "execute/build.h"
#include "execute/key_table.h"
#include "execute/rows.h"

namespace gesta::execute {
namespace {

// One aggregate of the statement, for all groups.
class AggregateColumn {
 public:
  static Result<AggregateColumn> Make(const BoundAggregate& bound, ExecutionContext* context) {
    AggregateColumn made;
    made.slot_ = bound.slot;
    made.function_ = bound.function;
    made.counts_only_ = !bound.function || bound.function->name == "count";
    GESTA_ASSIGN_OR_RETURN(made.arguments_, MakeExpressions(bound.arguments, context));
    made.views_.resize(made.arguments_.size());
    made.values_.resize(made.arguments_.size());
    if (bound.distinct && bound.function) {
      made.seen_ = std::make_unique<KeyTable>(made.arguments_.size() + 1);
    }
    return made;
  }

  Slot slot() const { return slot_; }

  void Clear() {
    counts_.clear();
    states_.clear();
    state_bytes_.clear();
    if (seen_) seen_->Clear();
  }

  void AddGroup() {
    if (counts_only_) {
      counts_.push_back(0);
    } else {
      states_.push_back(function_->make());
      state_bytes_.push_back(0);
    }
  }

  Status BeginBatch(const Batch& input) {
    for (size_t i = 0; i < arguments_.size(); ++i) {
      GESTA_RETURN_IF_ERROR(arguments_[i]->Eval(input, Rows::All(input.rows), &views_[i]));
    }
    return {};
  }

  // `groups`: each row's group.
  Status AddRows(const std::vector<uint32_t>& groups, MemoryCharge* charge) {
    if (!function_) {
      for (const uint32_t group : groups) ++counts_[group];
      return {};
    }
    for (size_t row = 0; row < groups.size(); ++row) {
      const uint32_t group = groups[row];
      if (counts_only_ && views_[0][row].IsNull()) continue;
      if (seen_) {
        GESTA_ASSIGN_OR_RETURN(const bool is_new, SeeFirst(group, row, charge));
        if (!is_new) continue;
      }
      if (counts_only_) {
        ++counts_[group];
        continue;
      }
      const Value* arguments = &views_[0][row];
      if (views_.size() > 1) {
        for (size_t i = 0; i < views_.size(); ++i) values_[i] = views_[i][row];
        arguments = values_.data();
      }
      GESTA_RETURN_IF_ERROR(states_[group]->Add(arguments, views_.size(), 1));
    }
    return counts_only_ ? Status() : ChargeStates(groups, charge);
  }

  Result<Value> Finish(size_t group) {
    if (counts_only_) return Value::Integer(static_cast<int64_t>(counts_[group]));
    return states_[group]->Finish();
  }

 private:
  Result<bool> SeeFirst(uint32_t group, size_t row, MemoryCharge* charge) {
    const Value number = Value::Integer(group);
    const auto part = [&](size_t j) -> const Value& {
      return j == 0 ? number : views_[j - 1][row];
    };
    bool inserted;
    seen_->Insert(part, &inserted);
    if (inserted) GESTA_RETURN_IF_ERROR(charge->Add(seen_->KeyBytes(part)));
    return inserted;
  }

  // Charges what the touched groups' states have grown by.
  Status ChargeStates(const std::vector<uint32_t>& groups, MemoryCharge* charge) {
    size_t grown = 0;
    uint32_t last = KeyTable::kNone;
    for (const uint32_t group : groups) {
      if (group == last) continue;
      last = group;
      const size_t bytes = states_[group]->HeapBytes();
      if (bytes > state_bytes_[group]) {
        grown += bytes - state_bytes_[group];
        state_bytes_[group] = bytes;
      }
    }
    return grown > 0 ? charge->Add(grown) : Status();
  }

  Slot slot_ = kNoSlot;
  const AggregateInfo* function_ = nullptr;  // null: count(*)
  bool counts_only_ = false;                 // count(*) and count(x): a number per group
  std::vector<ExpressionPtr> arguments_;
  std::vector<View> views_;
  std::vector<Value> values_;  // one row's arguments side by side
  std::vector<uint64_t> counts_;
  std::vector<std::unique_ptr<Aggregator>> states_;
  std::vector<size_t> state_bytes_;  // what was charged for each state
  std::unique_ptr<KeyTable> seen_;   // DISTINCT: (group, arguments)
};

class AggregateOperator : public UnaryOperator {
 public:
  AggregateOperator(const LogicalOp& op, OperatorPtr child, const OpAggregate& node,
                    std::vector<ExpressionPtr> keys, std::vector<AggregateColumn> aggregates,
                    BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context),
        node_(node),
        key_exprs_(std::move(keys)),
        key_views_(key_exprs_.size()),
        aggregates_(std::move(aggregates)),
        groups_(key_exprs_.size()),
        charge_(env.context),
        input_(env.context->slot_count) {}

  Status Open() override {
    Clear();
    done_ = false;
    next_ = 0;
    return child_->Open();
  }

  Status Next(Batch* out) override {
    out->Clear();
    if (!done_) {
      GESTA_RETURN_IF_ERROR(Consume());
      done_ = true;
    }
    if (next_ >= group_count_) {
      Clear();
      return {};
    }
    const size_t end = std::min(group_count_, next_ + context_->batch_rows);
    for (size_t j = 0; j < node_.keys.size(); ++j) {
      const Slot slot = node_.keys[j].slot;
      if (!Contains(live_, slot)) continue;
      for (size_t group = next_; group < end; ++group) {
        out->columns[slot].push_back(groups_.key(group, j));
      }
    }
    for (AggregateColumn& aggregate : aggregates_) {
      for (size_t group = next_; group < end; ++group) {
        GESTA_ASSIGN_OR_RETURN(Value value, aggregate.Finish(group));
        if (Contains(live_, aggregate.slot())) {
          out->columns[aggregate.slot()].push_back(std::move(value));
        }
      }
    }
    out->rows = end - next_;
    next_ = end;
    return {};
  }

 private:
  void Clear() {
    groups_.Clear();
    group_count_ = 0;
    next_ = 0;
    for (AggregateColumn& aggregate : aggregates_) aggregate.Clear();
    charge_.Clear();
  }

  Status Consume() {
    if (key_exprs_.empty()) GESTA_RETURN_IF_ERROR(AddGroup());
    while (true) {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      GESTA_RETURN_IF_ERROR(child_->Next(&input_));
      if (input_.rows == 0) return {};
      GESTA_RETURN_IF_ERROR(FindGroups());
      for (AggregateColumn& aggregate : aggregates_) {
        GESTA_RETURN_IF_ERROR(aggregate.BeginBatch(input_));
        GESTA_RETURN_IF_ERROR(aggregate.AddRows(row_groups_, &charge_));
      }
    }
  }

  Status FindGroups() {
    row_groups_.assign(input_.rows, 0);
    if (key_exprs_.empty()) return {};
    for (size_t j = 0; j < key_exprs_.size(); ++j) {
      GESTA_RETURN_IF_ERROR(key_exprs_[j]->Eval(input_, Rows::All(input_.rows), &key_views_[j]));
    }
    for (size_t row = 0; row < input_.rows; ++row) {
      const auto part = [&](size_t j) -> const Value& { return key_views_[j][row]; };
      bool inserted;
      row_groups_[row] = groups_.Insert(part, &inserted);
      if (!inserted) continue;
      GESTA_RETURN_IF_ERROR(charge_.Add(groups_.KeyBytes(part)));
      GESTA_RETURN_IF_ERROR(AddGroup());
    }
    return {};
  }

  Status AddGroup() {
    constexpr size_t kStateBytes = 64;  // an aggregator and its pointer, roughly
    ++group_count_;
    for (AggregateColumn& aggregate : aggregates_) aggregate.AddGroup();
    return charge_.Add(kStateBytes * aggregates_.size());
  }

  const OpAggregate& node_;
  std::vector<ExpressionPtr> key_exprs_;
  std::vector<View> key_views_;
  std::vector<AggregateColumn> aggregates_;
  KeyTable groups_;
  size_t group_count_ = 0;
  MemoryCharge charge_;
  Batch input_;
  std::vector<uint32_t> row_groups_;
  bool done_ = false;
  size_t next_ = 0;
};

}  // namespace

Result<OperatorPtr> Build(const OpAggregate& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  std::vector<ExpressionPtr> keys;
  for (const BoundItem& item : node.keys) {
    GESTA_ASSIGN_OR_RETURN(ExpressionPtr key, MakeExpression(*item.expr, env.context));
    keys.push_back(std::move(key));
  }
  std::vector<AggregateColumn> aggregates;
  for (const BoundAggregate& bound : node.aggregates) {
    GESTA_ASSIGN_OR_RETURN(AggregateColumn aggregate, AggregateColumn::Make(bound, env.context));
    aggregates.push_back(std::move(aggregate));
  }
  return OperatorPtr(std::make_unique<AggregateOperator>(
      op, std::move(child), node, std::move(keys), std::move(aggregates), env));
}

}  // namespace gesta::execute
