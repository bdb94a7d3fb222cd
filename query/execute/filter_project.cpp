// Operators that keep the order and the columns of their input: Filter, Project, Skip, Limit,
// Eager, Union, Unwind.
#include "execute/multiply.h"
#include "execute/rows.h"

namespace gesta::execute {
namespace {

class FilterOperator : public UnaryOperator {
 public:
  FilterOperator(const LogicalOp& op, OperatorPtr child, std::vector<ExpressionPtr> predicates,
                 BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context), predicates_(std::move(predicates)) {}

  Status Next(Batch* out) override {
    do {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      GESTA_RETURN_IF_ERROR(child_->Next(out));
      if (out->rows == 0) return {};
      GESTA_RETURN_IF_ERROR(Select(*out));
    } while (selected_.empty());
    KeepRows(selected_, live_, out);
    return {};
  }

 private:
  // Each predicate sees the rows that the former ones left.
  Status Select(const Batch& batch) {
    selected_.resize(batch.rows);
    for (size_t row = 0; row < batch.rows; ++row) selected_[row] = static_cast<uint32_t>(row);
    for (const ExpressionPtr& predicate : predicates_) {
      if (selected_.empty()) return {};
      GESTA_RETURN_IF_ERROR(predicate->Narrow(batch, &selected_));
    }
    return {};
  }

  std::vector<ExpressionPtr> predicates_;
  std::vector<uint32_t> selected_;
};

class ProjectOperator : public UnaryOperator {
 public:
  struct Item {
    Slot slot;
    ExpressionPtr expr;
  };

  ProjectOperator(const LogicalOp& op, OperatorPtr child, std::vector<Item> items, BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context), items_(std::move(items)) {}

  Status Next(Batch* out) override {
    GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
    GESTA_RETURN_IF_ERROR(child_->Next(out));
    if (out->rows == 0) return {};
    for (Item& item : items_) {
      GESTA_RETURN_IF_ERROR(item.expr->Evaluate(*out, &out->columns[item.slot]));
    }
    KeepColumns(live_, out);
    return {};
  }

 private:
  std::vector<Item> items_;
};

class SkipOperator : public UnaryOperator {
 public:
  SkipOperator(const LogicalOp& op, OperatorPtr child, const OpSkip& node, BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context), node_(node) {}

  Status Open() override {
    GESTA_ASSIGN_OR_RETURN(left_, RowCount(*node_.count, context_, "SKIP"));
    return child_->Open();
  }

  Status Next(Batch* out) override {
    do {
      GESTA_RETURN_IF_ERROR(child_->Next(out));
      if (out->rows == 0) return {};
      rows_.clear();
      for (size_t row = static_cast<size_t>(std::min<uint64_t>(left_, out->rows)); row < out->rows;
           ++row) {
        rows_.push_back(static_cast<uint32_t>(row));
      }
      left_ -= out->rows - rows_.size();
    } while (rows_.empty());
    KeepRows(rows_, live_, out);
    return {};
  }

 private:
  const OpSkip& node_;
  uint64_t left_ = 0;
  std::vector<uint32_t> rows_;
};

// Stops asking its child once it has enough, unless the child writes: then the rest runs too.
class LimitOperator : public UnaryOperator {
 public:
  LimitOperator(const LogicalOp& op, OperatorPtr child, const OpLimit& node, BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context),
        node_(node),
        drain_(Writes(*op.children[0])),
        rest_(env.context->slot_count) {}

  Status Open() override {
    GESTA_ASSIGN_OR_RETURN(left_, RowCount(*node_.count, context_, "LIMIT"));
    ended_ = false;
    return child_->Open();
  }

  Status Next(Batch* out) override {
    out->Clear();
    if (left_ > 0 && !ended_) {
      GESTA_RETURN_IF_ERROR(child_->Next(out));
      if (out->rows == 0) {
        ended_ = true;
        return {};
      }
      const size_t count = static_cast<size_t>(std::min<uint64_t>(left_, out->rows));
      left_ -= count;
      for (const Slot slot : live_) out->columns[slot].resize(count);
      if (!out->row_numbers.empty()) out->row_numbers.resize(count);
      out->rows = count;
      KeepColumns(live_, out);
    }
    if (left_ == 0 && drain_ && !ended_) {
      do {
        GESTA_RETURN_IF_ERROR(child_->Next(&rest_));
      } while (rest_.rows > 0);
      ended_ = true;
    }
    return {};
  }

 private:
  const OpLimit& node_;
  const bool drain_;
  uint64_t left_ = 0;
  bool ended_ = false;
  Batch rest_;
};

class EagerOperator : public UnaryOperator {
 public:
  EagerOperator(const LogicalOp& op, OperatorPtr child, BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context),
        rows_(op.live, env.context),
        input_(env.context->slot_count) {}

  Status Open() override {
    rows_.Clear();
    filled_ = false;
    next_ = 0;
    return child_->Open();
  }

  Status Next(Batch* out) override {
    while (!filled_) {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      GESTA_RETURN_IF_ERROR(child_->Next(&input_));
      if (input_.rows == 0) {
        filled_ = true;
      } else {
        GESTA_RETURN_IF_ERROR(rows_.Append(input_));
      }
    }
    rows_.Emit(&next_, out);
    if (out->rows == 0) {
      rows_.Clear();
      next_ = 0;  // asked again, it is at the end again
    }
    return {};
  }

 private:
  RowBuffer rows_;
  Batch input_;
  bool filled_ = false;
  size_t next_ = 0;
};

class UnionOperator : public Operator {
 public:
  UnionOperator(const LogicalOp& op, OperatorPtr left, OperatorPtr right, const OpUnion& node,
                BuildEnv& env)
      : node_(node),
        sides_{std::move(left), std::move(right)},
        live_(op.live),
        input_(env.context->slot_count) {
    logical = &op;
    children = {sides_[0].get(), sides_[1].get()};
  }

  Status Open() override {
    side_ = 0;
    return sides_[0]->Open();
  }

  Status Next(Batch* out) override {
    out->Clear();
    while (side_ < 2) {
      GESTA_RETURN_IF_ERROR(sides_[side_]->Next(&input_));
      if (input_.rows > 0) return Rename(side_ == 0 ? node_.left : node_.right, out);
      // The right side is opened after the left one has ended: it may see what the left one wrote.
      if (++side_ < 2) GESTA_RETURN_IF_ERROR(sides_[side_]->Open());
    }
    return {};
  }

 private:
  Status Rename(const std::vector<Slot>& from, Batch* out) {
    for (size_t i = 0; i < node_.result.size(); ++i) {
      // A slot may be the source of several columns: copied, not moved.
      if (Contains(live_, node_.result[i])) out->columns[node_.result[i]] = input_.columns[from[i]];
    }
    out->row_numbers.swap(input_.row_numbers);
    out->multiplicity.swap(input_.multiplicity);
    out->rows = input_.rows;
    return {};
  }

  const OpUnion& node_;
  OperatorPtr sides_[2];
  const std::vector<Slot>& live_;
  Batch input_;
  int side_ = 0;
};

// Lists are made for a group of rows at a time. The group grows while lists are short and falls
// back to one row when they are long, so that a batch of rows never holds a thousand long lists.
class UnwindOperator : public MultiplyOperator {
 public:
  UnwindOperator(const LogicalOp& op, OperatorPtr child, Slot slot, ExpressionPtr list,
                 BuildEnv& env)
      : MultiplyOperator(op, std::move(child), {slot}, env),
        slot_(slot),
        live_here_(IsLive(slot)),
        list_(std::move(list)),
        part_(env.context->slot_count),
        charge_(env.context) {}

 protected:
  Status BeginBatch(const Batch&) override {
    group_begin_ = group_end_ = 0;
    return {};
  }
  Status BeginRow(const Batch& input, size_t row) override {
    next_ = 0;
    return row < group_end_ ? Status::Ok() : EvaluateGroup(input, row);
  }
  // Null gives no rows; a value that is no list stands for itself.
  Result<size_t> Fill(const Batch&, size_t row, size_t n, Batch* out) override {
    const Value& value = view_[row - group_begin_];
    if (value.IsNull()) return size_t{0};
    const bool is_list = value.type() == ValueType::kList;
    const size_t size = is_list ? value.AsList().size() : 1;
    const size_t count = std::min(n, size - next_);
    if (live_here_) {
      Column& column = out->columns[slot_];
      for (size_t i = 0; i < count; ++i) {
        column.push_back(is_list ? value.AsList()[next_ + i] : value);
      }
    }
    next_ += count;
    return count;
  }

 private:
  static constexpr size_t kShortLists = 4096;  // elements of all lists of a group together

  Status EvaluateGroup(const Batch& input, size_t row) {
    group_begin_ = row;
    group_end_ = std::min(input.rows, row + group_rows_);
    const size_t rows = group_end_ - group_begin_;
    const Batch* source = &input;
    if (rows < input.rows) {
      // A batch of its own: the expression's buffer holds values by row number, and would keep the
      // lists of the rows before.
      part_.Clear();
      for (size_t slot = 0; slot < input.columns.size(); ++slot) {
        const Column& column = input.columns[slot];
        if (column.empty()) continue;
        part_.columns[slot].assign(column.begin() + static_cast<std::ptrdiff_t>(group_begin_),
                                   column.begin() + static_cast<std::ptrdiff_t>(group_end_));
      }
      if (!input.row_numbers.empty()) {
        part_.row_numbers.assign(
            input.row_numbers.begin() + static_cast<std::ptrdiff_t>(group_begin_),
            input.row_numbers.begin() + static_cast<std::ptrdiff_t>(group_end_));
      }
      part_.rows = rows;
      source = &part_;
    }
    GESTA_RETURN_IF_ERROR(list_->Eval(*source, Rows::All(rows), &view_));
    size_t elements = 0;
    for (size_t i = 0; i < rows; ++i) {
      if (view_[i].type() == ValueType::kList) elements += view_[i].AsList().size();
    }
    charge_.Clear();
    if (elements > kShortLists) GESTA_RETURN_IF_ERROR(charge_.Add(elements * sizeof(Value)));
    group_rows_ = elements > kShortLists ? 1 : std::min(2 * group_rows_, context_->batch_rows);
    return {};
  }

  const Slot slot_;
  const bool live_here_;
  ExpressionPtr list_;
  Batch part_;           // the group's rows, where they are not the whole batch
  MemoryCharge charge_;  // for the group's lists, where they are long
  View view_;            // by row of the group
  size_t group_begin_ = 0;
  size_t group_end_ = 0;
  size_t group_rows_ = 1;
  size_t next_ = 0;
};

}  // namespace

Result<OperatorPtr> Build(const OpFilter& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(std::vector<ExpressionPtr> predicates,
                         MakeExpressions(node.predicates, env.context));
  return OperatorPtr(
      std::make_unique<FilterOperator>(op, std::move(child), std::move(predicates), env));
}

Result<OperatorPtr> Build(const OpProject& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  std::vector<ProjectOperator::Item> items;
  for (const BoundItem& item : node.items) {
    const auto* slot = std::get_if<BoundSlot>(&item.expr->node);
    if (slot && slot->slot == item.slot) continue;  // nothing to compute
    GESTA_ASSIGN_OR_RETURN(ExpressionPtr expr, MakeExpression(*item.expr, env.context));
    items.push_back({item.slot, std::move(expr)});
  }
  return OperatorPtr(
      std::make_unique<ProjectOperator>(op, std::move(child), std::move(items), env));
}

Result<OperatorPtr> Build(const OpSkip& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  return OperatorPtr(std::make_unique<SkipOperator>(op, std::move(child), node, env));
}

Result<OperatorPtr> Build(const OpLimit& node, const LogicalOp& op, BuildEnv& env) {
  const bool few_rows = std::exchange(env.few_rows, true);
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  env.few_rows = few_rows;
  return OperatorPtr(std::make_unique<LimitOperator>(op, std::move(child), node, env));
}

Result<OperatorPtr> Build(const OpEager&, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  return OperatorPtr(std::make_unique<EagerOperator>(op, std::move(child), env));
}

Result<OperatorPtr> Build(const OpUnion& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr left, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(OperatorPtr right, BuildChild(op, 1, env));
  return OperatorPtr(
      std::make_unique<UnionOperator>(op, std::move(left), std::move(right), node, env));
}

Result<OperatorPtr> Build(const OpUnwind& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr list, MakeExpression(*node.list, env.context));
  return OperatorPtr(
      std::make_unique<UnwindOperator>(op, std::move(child), node.slot, std::move(list), env));
}

}  // namespace gesta::execute
