// Joins of two independent sides: CartesianProduct and HashJoin. Both keep the right side in
// memory. Inside a batched subplan only rows of the same outer row are joined.
#include <cmath>

#include "execute/build.h"
#include "execute/key_table.h"
#include "execute/rows.h"

namespace gesta::execute {
namespace {

// What both joins share: the right side's rows, and pairing them with left rows.
class JoinOperator : public Operator {
 public:
  Status Open() override {
    right_rows_.Clear();
    ResetIndex();
    built_ = false;
    left_batch_.Clear();
    left_row_ = 0;
    in_row_ = false;
    GESTA_RETURN_IF_ERROR(right_->Open());
    return left_->Open();
  }

  Status Next(Batch* out) override {
    out->Clear();
    if (!built_) {
      GESTA_RETURN_IF_ERROR(BuildRight());
      built_ = true;
    }
    if (right_rows_.size() == 0 && !left_writes_) return {};
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
        const uint32_t right = NextMatch();
        if (right == kNoMatch) {
          in_row_ = false;
          ++left_row_;
          continue;
        }
        left_pick_.push_back(static_cast<uint32_t>(left_row_));
        right_pick_.push_back(right);
      }
    }
    for (const Slot slot : left_slots_) {
      Gather(left_batch_.columns[slot], left_pick_, &out->columns[slot]);
    }
    for (const Slot slot : right_slots_) {
      Gather(right_rows_.batch().columns[slot], right_pick_, &out->columns[slot]);
    }
    if (!left_batch_.row_numbers.empty()) {
      for (const uint32_t row : left_pick_) {
        out->row_numbers.push_back(left_batch_.row_numbers[row]);
      }
    }
    out->rows = left_pick_.size();
    return {};
  }

 protected:
  static constexpr uint32_t kNoMatch = 0xFFFFFFFF;

  JoinOperator(const LogicalOp& op, OperatorPtr left, OperatorPtr right, BuildEnv& env)
      : context_(env.context),
        left_(std::move(left)),
        right_(std::move(right)),
        left_writes_(Writes(*op.children[0])),
        right_rows_(op.children[1]->live, env.context),
        right_batch_(env.context->slot_count),
        left_batch_(env.context->slot_count) {
    logical = &op;
    children = {left_.get(), right_.get()};
    for (const Slot slot : op.live) {
      // A slot that both sides carry (an argument) is the same on both.
      if (Contains(op.children[0]->live, slot)) {
        left_slots_.push_back(slot);
      } else {
        right_slots_.push_back(slot);
      }
    }
  }

  virtual void ResetIndex() = 0;
  // The right batch was appended to right_rows_ from row `first` on.
  virtual Status IndexBatch(const Batch& batch, size_t first) = 0;
  virtual Status BeginBatch(const Batch& left) = 0;
  virtual void BeginRow(const Batch& left, size_t row) = 0;
  // The current left row's next right row.
  virtual uint32_t NextMatch() = 0;

  ExecutionContext* context_;
  OperatorPtr left_;
  OperatorPtr right_;
  const bool left_writes_;
  RowBuffer right_rows_;

 private:
  Status BuildRight() {
    while (true) {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      GESTA_RETURN_IF_ERROR(right_->Next(&right_batch_));
      if (right_batch_.rows == 0) return {};
      const size_t first = right_rows_.size();
      GESTA_RETURN_IF_ERROR(right_rows_.Append(right_batch_));
      GESTA_RETURN_IF_ERROR(IndexBatch(right_batch_, first));
    }
  }

  std::vector<Slot> left_slots_;
  std::vector<Slot> right_slots_;
  Batch right_batch_;
  Batch left_batch_;
  size_t left_row_ = 0;
  bool in_row_ = false;
  bool built_ = false;
  std::vector<uint32_t> left_pick_;
  std::vector<uint32_t> right_pick_;
};

class CartesianProductOperator : public JoinOperator {
 public:
  CartesianProductOperator(const LogicalOp& op, OperatorPtr left, OperatorPtr right, BuildEnv& env)
      : JoinOperator(op, std::move(left), std::move(right), env) {}

 protected:
  void ResetIndex() override {}
  Status IndexBatch(const Batch&, size_t) override { return {}; }
  Status BeginBatch(const Batch&) override { return {}; }

  void BeginRow(const Batch& left, size_t row) override {
    next_ = 0;
    end_ = static_cast<uint32_t>(right_rows_.size());
    const std::vector<uint32_t>& numbers = right_rows_.batch().row_numbers;
    if (numbers.empty() || left.row_numbers.empty()) return;
    const auto range = std::equal_range(numbers.begin(), numbers.end(), left.row_numbers[row]);
    next_ = static_cast<uint32_t>(range.first - numbers.begin());
    end_ = static_cast<uint32_t>(range.second - numbers.begin());
  }

  uint32_t NextMatch() override { return next_ < end_ ? next_++ : kNoMatch; }

 private:
  uint32_t next_ = 0;
  uint32_t end_ = 0;
};

class HashJoinOperator : public JoinOperator {
 public:
  HashJoinOperator(const LogicalOp& op, OperatorPtr left, OperatorPtr right,
                   std::vector<ExpressionPtr> left_keys, std::vector<ExpressionPtr> right_keys,
                   BuildEnv& env)
      : JoinOperator(op, std::move(left), std::move(right), env),
        left_keys_(std::move(left_keys)),
        right_keys_(std::move(right_keys)),
        views_(left_keys_.size()),
        numbered_(env.argument != nullptr),
        table_(left_keys_.size() + (numbered_ ? 1 : 0)),
        charge_(env.context) {}

 protected:
  void ResetIndex() override {
    table_.Clear();
    charge_.Clear();
    first_.clear();
    last_.clear();
    following_.clear();
  }

  Status IndexBatch(const Batch& batch, size_t first) override {
    GESTA_RETURN_IF_ERROR(EvalKeys(right_keys_, batch));
    following_.resize(first + batch.rows, kNoMatch);
    GESTA_RETURN_IF_ERROR(charge_.Add(batch.rows * sizeof(uint32_t)));
    for (size_t row = 0; row < batch.rows; ++row) {
      if (!Joinable(row)) continue;
      const Value number = Number(batch, row);
      const auto part = [&](size_t j) -> const Value& { return Part(j, row, number); };
      bool inserted;
      const uint32_t key = table_.Insert(part, &inserted);
      const auto position = static_cast<uint32_t>(first + row);
      if (inserted) {
        GESTA_RETURN_IF_ERROR(charge_.Add(table_.KeyBytes(part) + 2 * sizeof(uint32_t)));
        first_.push_back(position);
        last_.push_back(position);
      } else {
        following_[last_[key]] = position;
        last_[key] = position;
      }
    }
    return {};
  }

  Status BeginBatch(const Batch& left) override { return EvalKeys(left_keys_, left); }

  void BeginRow(const Batch& left, size_t row) override {
    next_ = kNoMatch;
    if (!Joinable(row)) return;
    const Value number = Number(left, row);
    const uint32_t key =
        table_.Find([&](size_t j) -> const Value& { return Part(j, row, number); });
    if (key != KeyTable::kNone) next_ = first_[key];
  }

  uint32_t NextMatch() override {
    const uint32_t match = next_;
    if (match != kNoMatch) next_ = following_[match];
    return match;
  }

 private:
  Status EvalKeys(const std::vector<ExpressionPtr>& keys, const Batch& batch) {
    for (size_t j = 0; j < keys.size(); ++j) {
      GESTA_RETURN_IF_ERROR(keys[j]->Eval(batch, Rows::All(batch.rows), &views_[j]));
    }
    return {};
  }

  // Keys that do not even equal themselves (null, NaN, lists with nulls) join with nothing; for the
  // rest equality and equivalence agree.
  bool Joinable(size_t row) const {
    for (const View& view : views_) {
      const Value& value = view[row];
      if (value.type() == ValueType::kInteger || value.type() == ValueType::kString ||
          value.type() == ValueType::kNode) {
        continue;
      }
      if (Equals(value, value) != Ternary::kTrue) return false;
    }
    return true;
  }
  Value Number(const Batch& batch, size_t row) const {
    return numbered_ && !batch.row_numbers.empty() ? Value::Integer(batch.row_numbers[row])
                                                   : Value();
  }
  const Value& Part(size_t j, size_t row, const Value& number) const {
    return j < views_.size() ? views_[j][row] : number;
  }

  std::vector<ExpressionPtr> left_keys_;
  std::vector<ExpressionPtr> right_keys_;
  std::vector<View> views_;
  const bool numbered_;
  KeyTable table_;
  MemoryCharge charge_;
  std::vector<uint32_t> first_;  // by key: its first and last right row
  std::vector<uint32_t> last_;
  std::vector<uint32_t> following_;  // by right row: the next one with the same key
  uint32_t next_ = kNoMatch;
};

}  // namespace

Result<OperatorPtr> Build(const OpCartesianProduct&, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr left, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(OperatorPtr right, BuildChild(op, 1, env));
  return OperatorPtr(
      std::make_unique<CartesianProductOperator>(op, std::move(left), std::move(right), env));
}

Result<OperatorPtr> Build(const OpHashJoin& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr left, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(OperatorPtr right, BuildChild(op, 1, env));
  GESTA_ASSIGN_OR_RETURN(std::vector<ExpressionPtr> left_keys,
                         MakeExpressions(node.left_keys, env.context));
  GESTA_ASSIGN_OR_RETURN(std::vector<ExpressionPtr> right_keys,
                         MakeExpressions(node.right_keys, env.context));
  return OperatorPtr(std::make_unique<HashJoinOperator>(
      op, std::move(left), std::move(right), std::move(left_keys), std::move(right_keys), env));
}

}  // namespace gesta::execute
