// Apply and SemiApply: a subplan run for the rows of a batch, all at once where it is batched.
#include "execute/build.h"
#include "execute/rows.h"

namespace gesta::execute {
namespace {

class ApplyOperator : public UnaryOperator {
 public:
  ApplyOperator(const LogicalOp& op, OperatorPtr left, std::unique_ptr<SubplanRun> right,
                const OpApply& node, BuildEnv& env)
      : UnaryOperator(op, std::move(left), env.context),
        node_(node),
        right_(std::move(right)),
        left_batch_(env.context->slot_count),
        right_batch_(env.context->slot_count) {
    children.push_back(right_->root());
    for (const Slot slot : op.live) {
      const bool produced =
          std::find(node.produced.begin(), node.produced.end(), slot) != node.produced.end();
      (produced ? produced_ : kept_).push_back(slot);
    }
  }

  Status Open() override {
    left_batch_.Clear();
    right_batch_.Clear();
    row_ = 0;
    running_ = false;
    return child_->Open();
  }

  Status Next(Batch* out) override {
    if (node_.unit) return NextUnit(out);
    out->Clear();
    picks_.clear();
    while (picks_.size() < context_->batch_rows) {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      if (!running_) {
        if (row_ >= left_batch_.rows) {
          // Picks refer to the present left batch.
          if (!picks_.empty()) break;
          GESTA_RETURN_IF_ERROR(child_->Next(&left_batch_));
          if (left_batch_.rows == 0) return {};
          row_ = 0;
        }
        GESTA_RETURN_IF_ERROR(StartRun());
      }
      if (right_next_ >= right_batch_.rows) {
        if (!right_ended_) {
          GESTA_RETURN_IF_ERROR(right_->Next(&right_batch_));
          right_next_ = 0;
          right_ended_ = right_batch_.rows == 0;
        }
        if (right_ended_) {
          if (!FinishRun(out)) break;
          continue;
        }
      }
      TakeRows(out);
    }
    for (const Slot slot : kept_) Gather(left_batch_.columns[slot], picks_, &out->columns[slot]);
    if (!left_batch_.row_numbers.empty()) {
      for (const uint32_t row : picks_) out->row_numbers.push_back(left_batch_.row_numbers[row]);
    }
    out->rows = picks_.size();
    return {};
  }

 private:
  // Each left row passes once, after its run.
  Status NextUnit(Batch* out) {
    GESTA_RETURN_IF_ERROR(child_->Next(out));
    if (out->rows == 0) return {};
    const size_t step = node_.batched ? out->rows : 1;
    for (size_t row = 0; row < out->rows; row += step) {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      GESTA_RETURN_IF_ERROR(right_->Start(*out, row, row + step));
      do {
        GESTA_RETURN_IF_ERROR(right_->Next(&right_batch_));
      } while (right_batch_.rows > 0);
    }
    KeepColumns(live_, out);
    return {};
  }

  Status StartRun() {
    run_end_ = node_.batched ? left_batch_.rows : row_ + 1;
    running_ = true;
    matched_ = false;
    right_batch_.Clear();
    right_next_ = 0;
    right_ended_ = false;
    return right_->Start(left_batch_, row_, run_end_);
  }

  // Ends the run; `optional` rows without a match are given with nulls. False: `out` is full.
  bool FinishRun(Batch* out) {
    if (node_.optional && !PassUnmatched(run_end_, out)) return false;
    row_ = run_end_;
    running_ = false;
    return true;
  }

  // Gives the left rows before `end` that had no right rows. Of the row row_ itself it is known in
  // matched_. False: `out` is full.
  bool PassUnmatched(size_t end, Batch* out) {
    while (row_ < end) {
      if (!matched_) {
        if (picks_.size() >= context_->batch_rows) return false;
        picks_.push_back(static_cast<uint32_t>(row_));
        for (const Slot slot : produced_) out->columns[slot].emplace_back();
      }
      ++row_;
      matched_ = false;
    }
    return true;
  }

  // Takes right rows until `out` is full or the right batch is used up.
  void TakeRows(Batch* out) {
    while (right_next_ < right_batch_.rows && picks_.size() < context_->batch_rows) {
      const size_t left = node_.batched ? right_batch_.row_numbers[right_next_] : row_;
      if (left != row_) {
        if (node_.optional) {
          if (!PassUnmatched(left, out)) return;
          if (picks_.size() >= context_->batch_rows) return;
        }
        row_ = left;
      }
      matched_ = true;
      picks_.push_back(static_cast<uint32_t>(left));
      for (const Slot slot : produced_) {
        out->columns[slot].push_back(right_batch_.columns[slot][right_next_]);
      }
      ++right_next_;
    }
  }

  const OpApply& node_;
  std::unique_ptr<SubplanRun> right_;
  std::vector<Slot> kept_;
  std::vector<Slot> produced_;
  Batch left_batch_;
  Batch right_batch_;
  size_t right_next_ = 0;
  bool right_ended_ = false;
  size_t row_ = 0;  // the left row that right rows belong to
  size_t run_end_ = 0;
  bool running_ = false;
  bool matched_ = false;  // row_ has had a right row
  std::vector<uint32_t> picks_;
};

class SemiApplyOperator : public UnaryOperator {
 public:
  SemiApplyOperator(const LogicalOp& op, OperatorPtr left, std::unique_ptr<SubplanRun> right,
                    const OpSemiApply& node, BuildEnv& env)
      : UnaryOperator(op, std::move(left), env.context),
        node_(node),
        right_(std::move(right)),
        right_batch_(env.context->slot_count) {
    children.push_back(right_->root());
    right_->set_satisfied(&found_);
  }

  Status Next(Batch* out) override {
    do {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      GESTA_RETURN_IF_ERROR(child_->Next(out));
      if (out->rows == 0) return {};
      GESTA_RETURN_IF_ERROR(Probe(*out));
    } while (rows_.empty());
    KeepRows(rows_, live_, out);
    return {};
  }

 private:
  Status Probe(const Batch& batch) {
    found_.assign(batch.rows, 0);
    if (node_.batched) {
      size_t missing = batch.rows;
      GESTA_RETURN_IF_ERROR(right_->Start(batch, 0, batch.rows));
      while (missing > 0) {
        GESTA_RETURN_IF_ERROR(right_->Next(&right_batch_));
        if (right_batch_.rows == 0) break;
        for (const uint32_t row : right_batch_.row_numbers) {
          missing -= found_[row] == 0;
          found_[row] = 1;
        }
      }
    } else {
      for (size_t row = 0; row < batch.rows; ++row) {
        GESTA_RETURN_IF_ERROR(right_->Start(batch, row, row + 1));
        GESTA_RETURN_IF_ERROR(right_->Next(&right_batch_));
        found_[row] = right_batch_.rows > 0;
      }
    }
    rows_.clear();
    for (size_t row = 0; row < batch.rows; ++row) {
      if ((found_[row] != 0) != node_.anti) rows_.push_back(static_cast<uint32_t>(row));
    }
    return {};
  }

  const OpSemiApply& node_;
  std::unique_ptr<SubplanRun> right_;
  Batch right_batch_;
  std::vector<uint8_t> found_;
  std::vector<uint32_t> rows_;
};

}  // namespace

Result<OperatorPtr> Build(const OpApply& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr left, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(std::unique_ptr<SubplanRun> right,
                         SubplanRun::Make(*op.children[1], env.context));
  return OperatorPtr(
      std::make_unique<ApplyOperator>(op, std::move(left), std::move(right), node, env));
}

Result<OperatorPtr> Build(const OpSemiApply& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr left, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(std::unique_ptr<SubplanRun> right,
                         SubplanRun::Make(*op.children[1], env.context));
  return OperatorPtr(
      std::make_unique<SemiApplyOperator>(op, std::move(left), std::move(right), node, env));
}

}  // namespace gesta::execute
