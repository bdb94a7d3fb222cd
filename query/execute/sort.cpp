// Sort, with a top-k form. Where its input is worth several threads, each sorts what it reads, and
// the results are merged.
#include <algorithm>
#include <numeric>

#include "execute/build.h"
#include "execute/parallel.h"
#include "execute/rows.h"

namespace gesta::execute {
namespace {

int CompareKeys(const Value& a, const Value& b) {
  if (a.type() == ValueType::kInteger && b.type() == ValueType::kInteger) {
    return a.AsInteger() < b.AsInteger() ? -1 : a.AsInteger() > b.AsInteger();
  }
  return Order(a, b);
}

// Rows read and sorted by one thread. With a limit k at most about 2k rows (and never fewer than a
// batch) are held: rows that cannot be among the first k are refused, and the buffer is cut back
// when it has doubled.
class SortRun {
 public:
  SortRun(const OpSort& node, const std::vector<Slot>& slots, std::vector<ExpressionPtr> keys,
          ExecutionContext* context)
      : node_(node),
        context_(context),
        key_exprs_(std::move(keys)),
        views_(key_exprs_.size()),
        rows_(slots, context),
        keys_(key_exprs_.size()),
        key_charge_(context) {}

  void Clear(uint64_t limit) {
    limit_ = limit;
    rows_.Clear();
    for (Column& column : keys_) column = Column();
    slices_ = {};
    key_charge_.Clear();
    order_ = {};
    has_bound_ = false;
  }

  // `slice`: where the rows stand among those of other runs; batches come with ascending ones.
  Status AddBatch(const Batch& input, uint64_t slice) {
    for (size_t j = 0; j < key_exprs_.size(); ++j) {
      GESTA_RETURN_IF_ERROR(key_exprs_[j]->Eval(input, Rows::All(input.rows), &views_[j]));
    }
    if (limit_ == SIZE_MAX) {
      GESTA_RETURN_IF_ERROR(rows_.Append(input));
      size_t bytes = 0;
      for (size_t row = 0; row < input.rows; ++row) bytes += AppendKeys(row, slice);
      return key_charge_.Add(bytes);
    }
    for (size_t row = 0; row < input.rows; ++row) {
      if (limit_ == 0 || (has_bound_ && !BeforeBound(row))) continue;
      GESTA_RETURN_IF_ERROR(rows_.AppendRow(input, row));
      GESTA_RETURN_IF_ERROR(key_charge_.Add(AppendKeys(row, slice)));
      if (rows_.size() >= std::max<size_t>(limit_, kBatchRows) + limit_) {
        GESTA_RETURN_IF_ERROR(CutBack());
      }
    }
    return {};
  }

  // Rows that are equal in all keys stay in the order of the input. The statement may be stopped in
  // between: sorting millions of rows takes its time.
  Status Sort() {
    order_.resize(rows_.size());
    std::iota(order_.begin(), order_.end(), 0);
    const auto before = [this](uint32_t a, uint32_t b) {
      const int c = Compare(a, *this, b);
      return c != 0 ? c < 0 : a < b;
    };
    // Pieces are sorted, then merged in pairs.
    constexpr size_t kPiece = size_t{1} << 15;
    const auto at = [this](size_t i) {
      return order_.begin() + static_cast<ptrdiff_t>(std::min(i, order_.size()));
    };
    for (size_t begin = 0; begin < order_.size(); begin += kPiece) {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      std::sort(at(begin), at(begin + kPiece), before);
    }
    std::vector<uint32_t> merged(order_.size() > kPiece ? order_.size() : 0);
    for (size_t size = kPiece; size < order_.size(); size *= 2) {
      for (size_t begin = 0; begin < order_.size(); begin += 2 * size) {
        GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
        std::merge(at(begin), at(begin + size), at(begin + size), at(begin + 2 * size),
                   merged.begin() + static_cast<ptrdiff_t>(begin), before);
      }
      order_.swap(merged);
    }
    if (order_.size() > limit_) order_.resize(limit_);
    return {};
  }

  // The rows in order, once sorted.
  const std::vector<uint32_t>& order() const { return order_; }
  const RowBuffer& rows() const { return rows_; }
  uint64_t slice(uint32_t row) const { return slices_[row]; }

  // A row here against a row of another run: negative when it comes first, 0 when all keys are
  // equal.
  int Compare(uint32_t row, const SortRun& other, uint32_t other_row) const {
    for (size_t j = 0; j < keys_.size(); ++j) {
      const int c = CompareKeys(keys_[j][row], other.keys_[j][other_row]);
      if (c != 0) return node_.items[j].descending ? -c : c;
    }
    return 0;
  }

 private:
  // Gives the bytes that the keys take.
  size_t AppendKeys(size_t row, uint64_t slice) {
    size_t bytes = sizeof(uint64_t) + sizeof(uint32_t);
    for (size_t j = 0; j < keys_.size(); ++j) {
      bytes += sizeof(Value) + views_[j][row].HeapBytes();
      keys_[j].push_back(views_[j][row]);
    }
    slices_.push_back(slice);
    return bytes;
  }

  // Whether the input row sorts before the last row that is surely wanted. (Equal rows come later
  // in the input, hence later in the result.)
  bool BeforeBound(size_t row) const {
    for (size_t j = 0; j < keys_.size(); ++j) {
      const int c = CompareKeys(views_[j][row], keys_[j][limit_ - 1]);
      if (c != 0) return (c < 0) != node_.items[j].descending;
    }
    return false;
  }

  Status CutBack() {
    GESTA_RETURN_IF_ERROR(Sort());
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
    std::vector<uint64_t> slices;
    for (const uint32_t row : order_) slices.push_back(slices_[row]);
    slices_.swap(slices);
    has_bound_ = true;
    return key_charge_.Add(bytes + order_.size() * (sizeof(uint64_t) + sizeof(uint32_t)));
  }

  const OpSort& node_;
  ExecutionContext* context_;
  std::vector<ExpressionPtr> key_exprs_;
  std::vector<View> views_;
  RowBuffer rows_;
  std::vector<Column> keys_;
  std::vector<uint64_t> slices_;  // by row
  MemoryCharge key_charge_;
  std::vector<uint32_t> order_;
  uint64_t limit_ = SIZE_MAX;
  bool has_bound_ = false;  // the first limit_ buffered rows are the best so far, in order
};

class SortOperator : public Operator {
 public:
  // One of `child` and `parallel` is given; a run for each thread.
  SortOperator(const LogicalOp& op, OperatorPtr child, std::unique_ptr<ParallelInput> parallel,
               const OpSort& node, std::vector<std::unique_ptr<SortRun>> runs,
               ExecutionContext* context)
      : context_(context),
        node_(node),
        live_(op.live),
        child_(std::move(child)),
        parallel_(std::move(parallel)),
        runs_(std::move(runs)),
        input_(context->slot_count) {
    logical = &op;
    children = {parallel_ ? parallel_->root() : child_.get()};
  }

  Status Open() override {
    limit_ = SIZE_MAX;
    if (node_.limit) {
      GESTA_ASSIGN_OR_RETURN(limit_, RowCount(*node_.limit, context_, "LIMIT"));
    }
    Clear();
    sorted_ = false;
    return parallel_ ? parallel_->Open() : child_->Open();
  }

  Status Next(Batch* out) override {
    if (!sorted_) {
      GESTA_RETURN_IF_ERROR(parallel_ ? parallel_->Run([this](size_t copy, Operator& root) {
        Batch batch(context_->slot_count);
        return Consume(root, copy, &batch);
      })
                                      : Consume(*child_, 0, &input_));
      sorted_ = true;
    }
    if (runs_.size() == 1) {
      runs_[0]->rows().EmitOrdered(runs_[0]->order(), &next_[0], live_, out);
    } else {
      EmitMerged(out);
    }
    if (out->rows == 0) Clear();
    return {};
  }

 private:
  void Clear() {
    for (const auto& run : runs_) run->Clear(limit_);
    next_.assign(runs_.size(), 0);
    given_ = 0;
  }

  Status Consume(Operator& from, size_t run, Batch* batch) {
    while (true) {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      GESTA_RETURN_IF_ERROR(from.Next(batch));
      if (batch->rows == 0) return runs_[run]->Sort();
      const uint64_t slice = parallel_ ? parallel_->slice(run) : 0;
      GESTA_RETURN_IF_ERROR(runs_[run]->AddBatch(*batch, slice));
    }
  }

  // Whether the next row of run `a` comes before that of run `b`: of equal ones, as in the input.
  bool Before(size_t a, size_t b) const {
    const uint32_t row_a = runs_[a]->order()[next_[a]];
    const uint32_t row_b = runs_[b]->order()[next_[b]];
    const int c = runs_[a]->Compare(row_a, *runs_[b], row_b);
    return c != 0 ? c < 0 : runs_[a]->slice(row_a) < runs_[b]->slice(row_b);
  }

  void EmitMerged(Batch* out) {
    out->Clear();
    while (out->rows < context_->batch_rows && given_ < limit_) {
      size_t best = runs_.size();
      for (size_t run = 0; run < runs_.size(); ++run) {
        if (next_[run] == runs_[run]->order().size()) continue;
        if (best == runs_.size() || Before(run, best)) best = run;
      }
      if (best == runs_.size()) return;
      const uint32_t row = runs_[best]->order()[next_[best]++];
      for (const Slot slot : live_) {
        out->columns[slot].push_back(runs_[best]->rows().batch().columns[slot][row]);
      }
      ++out->rows;
      ++given_;
    }
  }

  ExecutionContext* context_;
  const OpSort& node_;
  const std::vector<Slot>& live_;
  OperatorPtr child_;
  std::unique_ptr<ParallelInput> parallel_;
  std::vector<std::unique_ptr<SortRun>> runs_;
  std::vector<size_t> next_;  // by run: where in its order
  Batch input_;
  uint64_t limit_ = SIZE_MAX;
  uint64_t given_ = 0;
  bool sorted_ = false;
};

}  // namespace

Result<OperatorPtr> Build(const OpSort& node, const LogicalOp& op, BuildEnv& env) {
  const bool few_rows = std::exchange(env.few_rows, false);
  GESTA_ASSIGN_OR_RETURN(std::unique_ptr<ParallelInput> parallel,
                         ParallelInput::Make(*op.children[0], ParallelInput::Use::kSort, env));
  OperatorPtr child;
  if (!parallel) {
    GESTA_ASSIGN_OR_RETURN(child, BuildChild(op, 0, env));
  }
  env.few_rows = few_rows;
  std::vector<std::unique_ptr<SortRun>> runs;
  for (size_t i = 0; i < (parallel ? parallel->size() : 1); ++i) {
    ExecutionContext* context = parallel ? parallel->context(i) : env.context;
    std::vector<ExpressionPtr> keys;
    for (const BoundSort& item : node.items) {
      GESTA_ASSIGN_OR_RETURN(ExpressionPtr key, MakeExpression(*item.expr, context));
      keys.push_back(std::move(key));
    }
    runs.push_back(std::make_unique<SortRun>(node, op.live, std::move(keys), context));
  }
  return OperatorPtr(std::make_unique<SortOperator>(op, std::move(child), std::move(parallel), node,
                                                    std::move(runs), env.context));
}

}  // namespace gesta::execute
