// Sort (with a top-k form) and Distinct.
#include <numeric>

#include "execute/build.h"
#include "execute/key_table.h"
#include "execute/rows.h"

namespace gesta::execute {
namespace {

// Stable. With a limit k at most about 2k rows (and never fewer than a batch) are held: rows that
// cannot be among the first k are refused, and the buffer is cut back when it has doubled.
class SortOperator : public UnaryOperator {
 public:
  SortOperator(const LogicalOp& op, OperatorPtr child, const OpSort& node,
               std::vector<ExpressionPtr> keys, BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context),
        node_(node),
        key_exprs_(std::move(keys)),
        rows_(op.live, env.context),
        keys_(key_exprs_.size()),
        key_charge_(env.context),
        input_(env.context->slot_count) {}

  Status Open() override {
    limit_ = SIZE_MAX;
    if (node_.limit) {
      GESTA_ASSIGN_OR_RETURN(limit_, RowCount(*node_.limit, context_, "LIMIT"));
    }
    Clear();
    sorted_ = false;
    next_ = 0;
    return child_->Open();
  }

  Status Next(Batch* out) override {
    if (!sorted_) {
      GESTA_RETURN_IF_ERROR(Consume());
      SortRows();
      sorted_ = true;
    }
    rows_.EmitOrdered(order_, &next_, live_, out);
    if (out->rows == 0) Clear();
    return {};
  }

 private:
  void Clear() {
    rows_.Clear();
    for (Column& column : keys_) column.clear();
    key_charge_.Clear();
    order_.clear();
    next_ = 0;
    has_bound_ = false;
  }

  Status Consume() {
    while (true) {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      GESTA_RETURN_IF_ERROR(child_->Next(&input_));
      if (input_.rows == 0) return {};
      views_.resize(key_exprs_.size());
      for (size_t j = 0; j < key_exprs_.size(); ++j) {
        GESTA_RETURN_IF_ERROR(key_exprs_[j]->Eval(input_, Rows::All(input_.rows), &views_[j]));
      }
      if (limit_ == SIZE_MAX) {
        GESTA_RETURN_IF_ERROR(rows_.Append(input_));
        for (size_t row = 0; row < input_.rows; ++row) GESTA_RETURN_IF_ERROR(AppendKeys(row));
        continue;
      }
      for (size_t row = 0; row < input_.rows; ++row) {
        if (limit_ == 0 || (has_bound_ && !BeforeBound(row))) continue;
        GESTA_RETURN_IF_ERROR(rows_.AppendRow(input_, row));
        GESTA_RETURN_IF_ERROR(AppendKeys(row));
        if (rows_.size() >= std::max<size_t>(limit_, kBatchRows) + limit_) {
          GESTA_RETURN_IF_ERROR(CutBack());
        }
      }
    }
  }

  Status AppendKeys(size_t row) {
    size_t bytes = 0;
    for (size_t j = 0; j < keys_.size(); ++j) {
      bytes += sizeof(Value) + views_[j][row].HeapBytes();
      keys_[j].push_back(views_[j][row]);
    }
    return key_charge_.Add(bytes);
  }

  static int Compare(const Value& a, const Value& b) {
    if (a.type() == ValueType::kInteger && b.type() == ValueType::kInteger) {
      return a.AsInteger() < b.AsInteger() ? -1 : a.AsInteger() > b.AsInteger();
    }
    return Order(a, b);
  }

  // Whether the input row sorts before the last row that is surely wanted. (Equal rows come later
  // in the input, hence later in the result.)
  bool BeforeBound(size_t row) const {
    for (size_t j = 0; j < keys_.size(); ++j) {
      const int c = Compare(views_[j][row], keys_[j][limit_ - 1]);
      if (c != 0) return (c < 0) != node_.items[j].descending;
    }
    return false;
  }

  void SortRows() {
    order_.resize(rows_.size());
    std::iota(order_.begin(), order_.end(), 0);
    std::stable_sort(order_.begin(), order_.end(), [this](uint32_t a, uint32_t b) {
      for (size_t j = 0; j < keys_.size(); ++j) {
        const int c = Compare(keys_[j][a], keys_[j][b]);
        if (c != 0) return (c < 0) != node_.items[j].descending;
      }
      return false;
    });
    if (order_.size() > limit_) order_.resize(limit_);
  }

  Status CutBack() {
    SortRows();
    GESTA_RETURN_IF_ERROR(rows_.Reorder(order_));
    key_charge_.Clear();
    size_t bytes = 0;
    for (Column& column : keys_) {
      Column kept;
      kept.reserve(order_.size());
      for (const uint32_t row : order_) {
        bytes += sizeof(Value) + column[row].HeapBytes();
        kept.push_back(std::move(column[row]));
      }
      column.swap(kept);
    }
    has_bound_ = true;
    return key_charge_.Add(bytes);
  }

  const OpSort& node_;
  std::vector<ExpressionPtr> key_exprs_;
  std::vector<View> views_;
  RowBuffer rows_;
  std::vector<Column> keys_;
  MemoryCharge key_charge_;
  Batch input_;
  std::vector<uint32_t> order_;
  uint64_t limit_ = SIZE_MAX;
  bool has_bound_ = false;  // the first limit_ buffered rows are the best so far, in order
  bool sorted_ = false;
  size_t next_ = 0;
};

// Passes the first of equivalent rows. Inside a batched subplan rows of different outer rows
// differ.
class DistinctOperator : public UnaryOperator {
 public:
  DistinctOperator(const LogicalOp& op, OperatorPtr child, const OpDistinct& node, BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context),
        slots_(node.slots),
        numbered_(env.argument != nullptr),
        seen_(slots_.size() + (numbered_ ? 1 : 0)),
        charge_(env.context) {}

  Status Open() override {
    seen_.Clear();
    charge_.Clear();
    any_ = false;
    return child_->Open();
  }

  Status Next(Batch* out) override {
    do {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      GESTA_RETURN_IF_ERROR(child_->Next(out));
      if (out->rows == 0) return {};
      GESTA_RETURN_IF_ERROR(Select(*out));
    } while (rows_.empty());
    KeepRows(rows_, live_, out);
    return {};
  }

 private:
  Status Select(const Batch& batch) {
    rows_.clear();
    if (seen_.width() == 0) {
      if (!any_) rows_.push_back(0);
      any_ = true;
      return {};
    }
    Value number;
    for (size_t row = 0; row < batch.rows; ++row) {
      if (numbered_ && !batch.row_numbers.empty()) {
        number = Value::Integer(batch.row_numbers[row]);
      }
      const auto part = [&](size_t j) -> const Value& {
        return j < slots_.size() ? batch.columns[slots_[j]][row] : number;
      };
      bool inserted;
      seen_.Insert(part, &inserted);
      if (!inserted) continue;
      GESTA_RETURN_IF_ERROR(charge_.Add(seen_.KeyBytes(part)));
      rows_.push_back(static_cast<uint32_t>(row));
    }
    return {};
  }

  const std::vector<Slot> slots_;
  const bool numbered_;
  KeyTable seen_;
  MemoryCharge charge_;
  bool any_ = false;  // without slots all rows are equal
  std::vector<uint32_t> rows_;
};

}  // namespace

Result<OperatorPtr> Build(const OpSort& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  std::vector<ExpressionPtr> keys;
  for (const BoundSort& item : node.items) {
    GESTA_ASSIGN_OR_RETURN(ExpressionPtr key, MakeExpression(*item.expr, env.context));
    keys.push_back(std::move(key));
  }
  return OperatorPtr(
      std::make_unique<SortOperator>(op, std::move(child), node, std::move(keys), env));
}

Result<OperatorPtr> Build(const OpDistinct& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  return OperatorPtr(std::make_unique<DistinctOperator>(op, std::move(child), node, env));
}

}  // namespace gesta::execute
