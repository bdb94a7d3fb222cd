// Joins of two independent sides: CartesianProduct and HashJoin. Both keep the right side in
// memory. Inside a batched subplan only rows of the same outer row are joined.
#include <cmath>
#include <mutex>

#include "execute/build.h"
#include "execute/key_table.h"
#include "execute/rows.h"

namespace gesta::execute {
namespace {

constexpr uint32_t kNoRow = 0xFFFFFFFF;

// One side's keys for the rows of a batch; in a run for several outer rows, the outer row's number
// is a part of them.
class JoinKeys {
 public:
  JoinKeys(std::vector<ExpressionPtr> exprs, const ArgumentSource* argument)
      : exprs_(std::move(exprs)),
        argument_(argument),
        columns_(exprs_.size() + (argument ? 1 : 0)) {}

  size_t width() const { return columns_.size(); }
  const KeyColumn* columns() const { return columns_.data(); }
  // The rows that can join: keys that do not even equal themselves (null, NaN, lists with nulls)
  // join with nothing; for the rest equality and equivalence agree.
  const std::vector<uint32_t>& rows() const { return rows_; }

  Status Evaluate(const Batch& batch) {
    for (size_t j = 0; j < exprs_.size(); ++j) {
      GESTA_RETURN_IF_ERROR(exprs_[j]->Eval(batch, Rows::All(batch.rows), &columns_[j].values));
    }
    if (argument_) {
      // Run for one outer row, a side may have lost its numbers.
      const bool one = argument_->end - argument_->begin == 1;
      if (one) zeros_.resize(batch.rows);
      columns_.back().numbers = one ? zeros_.data() : batch.row_numbers.data();
    }
    rows_.clear();
    for (size_t row = 0; row < batch.rows; ++row) {
      if (Joins(row)) rows_.push_back(static_cast<uint32_t>(row));
    }
    return {};
  }

 private:
  bool Joins(size_t row) const {
    for (size_t j = 0; j < exprs_.size(); ++j) {
      const Value& value = columns_[j].values[row];
      const ValueType type = value.type();
      if (type == ValueType::kInteger || type == ValueType::kString || type == ValueType::kNode) {
        continue;
      }
      if (Equals(value, value) != Ternary::kTrue) return false;
    }
    return true;
  }

  std::vector<ExpressionPtr> exprs_;
  const ArgumentSource* argument_;
  std::vector<KeyColumn> columns_;
  std::vector<uint32_t> rows_;
  std::vector<uint32_t> zeros_;
};

// The right side: its rows, and for a hash join where each key's rows are. Filled once a run;
// afterwards any number of joins read it at the same time.
class RightSide {
 public:
  // `keys`: none for a product.
  RightSide(const LogicalOp& op, OperatorPtr right, std::vector<ExpressionPtr> keys,
            const ArgumentSource* argument, ExecutionContext* context)
      : context_(context),
        right_(std::move(right)),
        hashed_(!keys.empty()),
        keys_(std::move(keys), argument),
        rows_(op.live, context),
        batch_(context->slot_count),
        table_(keys_.width()),
        charge_(context) {}

  Operator* root() const { return right_.get(); }

  Status Open() {
    rows_.Clear();
    table_.Clear();
    charge_.Clear();
    first_.clear();
    last_.clear();
    following_.clear();
    filled_ = false;
    return right_->Open();
  }

  // Reads the right side to its end, for the first who asks.
  Status Fill() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!filled_) status_ = ReadAll();
    filled_ = true;
    return status_;
  }

  const RowBuffer& rows() const { return rows_; }
  const KeyTable& table() const { return table_; }
  uint32_t first(uint32_t key) const { return first_[key]; }
  uint32_t following(uint32_t row) const { return following_[row]; }

 private:
  Status ReadAll() {
    while (true) {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      GESTA_RETURN_IF_ERROR(right_->Next(&batch_));
      if (batch_.rows == 0) return {};
      const size_t first = rows_.size();
      GESTA_RETURN_IF_ERROR(rows_.Append(batch_));
      if (hashed_) GESTA_RETURN_IF_ERROR(Index(first));
    }
  }

  // The batch was appended from row `first` on.
  Status Index(size_t first);

  ExecutionContext* context_;
  OperatorPtr right_;
  const bool hashed_;
  JoinKeys keys_;
  std::mutex mutex_;
  bool filled_ = false;
  Status status_;
  RowBuffer rows_;
  Batch batch_;
  KeyTable table_;
  MemoryCharge charge_;
  std::vector<uint32_t> first_;  // by key: its first and last row
  std::vector<uint32_t> last_;
  std::vector<uint32_t> following_;  // by row: the next one with the same key
  std::vector<uint32_t> numbers_;
  std::vector<uint32_t> new_rows_;
};

Status RightSide::Index(size_t first) {
  GESTA_RETURN_IF_ERROR(keys_.Evaluate(batch_));
  const std::vector<uint32_t>& key_rows = keys_.rows();
  following_.resize(first + batch_.rows, kNoRow);
  numbers_.resize(key_rows.size());
  new_rows_.clear();
  table_.Insert(keys_.columns(), Rows::Of(key_rows), numbers_.data(), &new_rows_);
  for (size_t k = 0; k < key_rows.size(); ++k) {
    const uint32_t key = numbers_[k];
    const auto row = static_cast<uint32_t>(first + key_rows[k]);
    if (key == first_.size()) {
      first_.push_back(row);
      last_.push_back(row);
    } else {
      following_[last_[key]] = row;
      last_[key] = row;
    }
  }
  return charge_.Set(table_.HeapBytes() + sizeof(uint32_t) * (first_.capacity() + last_.capacity() +
                                                              following_.capacity()));
}

// What both joins share: pairing left rows with rows of the right side.
class JoinOperator : public Operator {
 public:
  Status Open() override {
    left_batch_.Clear();
    left_row_ = 0;
    in_row_ = false;
    if (opens_right_) GESTA_RETURN_IF_ERROR(right_->Open());
    return left_->Open();
  }

  Status Next(Batch* out) override {
    out->Clear();
    GESTA_RETURN_IF_ERROR(right_->Fill());
    const RowBuffer& right = right_->rows();
    if (right.size() == 0 && !left_writes_) return {};
    left_pick_.clear();
    right_pick_.clear();
    while (left_pick_.empty()) {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      if (left_row_ >= left_batch_.rows) {
        GESTA_RETURN_IF_ERROR(left_->Next(&left_batch_));
        if (left_batch_.rows == 0) return {};
        left_row_ = 0;
        GESTA_RETURN_IF_ERROR(BeginBatch(left_batch_));
      }
      while (left_row_ < left_batch_.rows && left_pick_.size() < context_->batch_rows) {
        if (!in_row_) {
          BeginRow(left_batch_, left_row_);
          in_row_ = true;
        }
        const uint32_t match = NextMatch();
        if (match == kNoRow) {
          in_row_ = false;
          ++left_row_;
          continue;
        }
        left_pick_.push_back(static_cast<uint32_t>(left_row_));
        right_pick_.push_back(match);
      }
    }
    for (const Slot slot : left_slots_) {
      Gather(left_batch_.columns[slot], left_pick_, &out->columns[slot]);
    }
    for (const Slot slot : right_slots_) {
      Gather(right.batch().columns[slot], right_pick_, &out->columns[slot]);
    }
    if (!left_batch_.row_numbers.empty()) {
      for (const uint32_t row : left_pick_) {
        out->row_numbers.push_back(left_batch_.row_numbers[row]);
      }
    }
    out->rows = left_pick_.size();
    return MultiplyOut(out);
  }

 protected:
  JoinOperator(const LogicalOp& op, OperatorPtr left, std::shared_ptr<RightSide> right,
               BuildEnv& env)
      : context_(env.context),
        left_(std::move(left)),
        right_(std::move(right)),
        left_writes_(Writes(*op.children[0])),
        opens_right_(!env.copy || env.copy->number == 0),
        left_batch_(env.context->slot_count) {
    logical = &op;
    children = {left_.get(), right_->root()};
    for (const Slot slot : op.live) {
      // A slot that both sides carry (an argument) is the same on both.
      if (Contains(op.children[0]->live, slot)) {
        left_slots_.push_back(slot);
      } else {
        right_slots_.push_back(slot);
      }
    }
  }

  virtual Status BeginBatch(const Batch& left) = 0;
  virtual void BeginRow(const Batch& left, size_t row) = 0;
  // The current left row's next right row; kNoRow after the last one.
  virtual uint32_t NextMatch() = 0;

  ExecutionContext* context_;
  OperatorPtr left_;
  const std::shared_ptr<RightSide> right_;
  const bool left_writes_;
  const bool opens_right_;  // the first copy does

 private:
  // A pair stands for as many rows as its sides together.
  Status MultiplyOut(Batch* out) const {
    const RowBuffer& right = right_->rows();
    const bool right_multiplies = !right.batch().multiplicity.empty();
    if (left_batch_.multiplicity.empty() && !right_multiplies) return {};
    out->multiplicity.resize(out->rows, 1);
    GatherMultiplicity(left_batch_, left_pick_, out);
    for (size_t i = 0; right_multiplies && i < out->rows; ++i) {
      GESTA_ASSIGN_OR_RETURN(
          out->multiplicity[i],
          TimesMultiplicity(out->multiplicity[i], right.multiplicity(right_pick_[i])));
    }
    return {};
  }

  std::vector<Slot> left_slots_;
  std::vector<Slot> right_slots_;
  Batch left_batch_;
  size_t left_row_ = 0;
  bool in_row_ = false;
  std::vector<uint32_t> left_pick_;
  std::vector<uint32_t> right_pick_;
};

class CartesianProductOperator : public JoinOperator {
 public:
  CartesianProductOperator(const LogicalOp& op, OperatorPtr left, std::shared_ptr<RightSide> right,
                           BuildEnv& env)
      : JoinOperator(op, std::move(left), std::move(right), env) {}

 protected:
  Status BeginBatch(const Batch&) override { return {}; }

  void BeginRow(const Batch& left, size_t row) override {
    next_ = 0;
    end_ = static_cast<uint32_t>(right_->rows().size());
    const std::vector<uint32_t>& numbers = right_->rows().batch().row_numbers;
    if (numbers.empty() || left.row_numbers.empty()) return;
    const auto range = std::equal_range(numbers.begin(), numbers.end(), left.row_numbers[row]);
    next_ = static_cast<uint32_t>(range.first - numbers.begin());
    end_ = static_cast<uint32_t>(range.second - numbers.begin());
  }

  uint32_t NextMatch() override { return next_ < end_ ? next_++ : kNoRow; }

 private:
  uint32_t next_ = 0;
  uint32_t end_ = 0;
};

class HashJoinOperator : public JoinOperator {
 public:
  HashJoinOperator(const LogicalOp& op, OperatorPtr left, std::shared_ptr<RightSide> right,
                   std::vector<ExpressionPtr> left_keys, BuildEnv& env)
      : JoinOperator(op, std::move(left), std::move(right), env),
        keys_(std::move(left_keys), env.argument) {}

 protected:
  Status BeginBatch(const Batch& left) override {
    GESTA_RETURN_IF_ERROR(keys_.Evaluate(left));
    const std::vector<uint32_t>& rows = keys_.rows();
    numbers_.resize(rows.size());
    right_->table().Find(keys_.columns(), Rows::Of(rows), numbers_.data(), &hashes_);
    matches_.assign(left.rows, kNoRow);
    for (size_t k = 0; k < rows.size(); ++k) {
      if (numbers_[k] != KeyTable::kNone) matches_[rows[k]] = right_->first(numbers_[k]);
    }
    return {};
  }

  void BeginRow(const Batch&, size_t row) override { next_ = matches_[row]; }

  uint32_t NextMatch() override {
    const uint32_t match = next_;
    if (match != kNoRow) next_ = right_->following(match);
    return match;
  }

 private:
  JoinKeys keys_;
  std::vector<uint32_t> numbers_;
  std::vector<uint64_t> hashes_;
  std::vector<uint32_t> matches_;  // by left row: its first right row
  uint32_t next_ = kNoRow;
};

Result<std::shared_ptr<RightSide>> BuildRight(const std::vector<BoundExprPtr>& keys,
                                              const LogicalOp& op, BuildEnv& env) {
  // Copies that run side by side probe one right side.
  std::shared_ptr<void>* shared = env.copy ? &(*env.copy->shared)[&op] : nullptr;
  if (shared && *shared) return std::static_pointer_cast<RightSide>(*shared);
  GESTA_ASSIGN_OR_RETURN(OperatorPtr right, BuildChild(op, 1, env));
  GESTA_ASSIGN_OR_RETURN(std::vector<ExpressionPtr> exprs, MakeExpressions(keys, env.context));
  auto made = std::make_shared<RightSide>(*op.children[1], std::move(right), std::move(exprs),
                                          env.argument, env.context);
  if (shared) *shared = made;
  return made;
}

}  // namespace

Result<OperatorPtr> Build(const OpCartesianProduct&, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr left, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(std::shared_ptr<RightSide> right, BuildRight({}, op, env));
  return OperatorPtr(
      std::make_unique<CartesianProductOperator>(op, std::move(left), std::move(right), env));
}

Result<OperatorPtr> Build(const OpHashJoin& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr left, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(std::shared_ptr<RightSide> right, BuildRight(node.right_keys, op, env));
  GESTA_ASSIGN_OR_RETURN(std::vector<ExpressionPtr> left_keys,
                         MakeExpressions(node.left_keys, env.context));
  return OperatorPtr(std::make_unique<HashJoinOperator>(op, std::move(left), std::move(right),
                                                        std::move(left_keys), env));
}

}  // namespace gesta::execute
