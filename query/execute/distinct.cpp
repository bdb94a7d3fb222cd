// Distinct: passes each row that is not equivalent to a former one, as it comes.
#include "execute/build.h"
#include "execute/key_table.h"
#include "execute/rows.h"

namespace gesta::execute {
namespace {

// Inside a batched subplan rows of different outer rows
// differ.
class DistinctOperator : public UnaryOperator {
 public:
  DistinctOperator(const LogicalOp& op, OperatorPtr child, const OpDistinct& node, BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context),
        slots_(node.slots),
        numbered_(env.argument != nullptr),
        columns_(slots_.size() + (numbered_ ? 1 : 0)),
        seen_(columns_.size()),
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
    out->multiplicity.clear();
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
    for (size_t j = 0; j < slots_.size(); ++j) {
      columns_[j].values = View(batch.columns[slots_[j]]);
    }
    if (numbered_) {
      none_.resize(batch.rows);
      columns_.back().numbers = batch.row_numbers.empty() ? none_.data() : batch.row_numbers.data();
    }
    numbers_.resize(batch.rows);
    seen_.Insert(columns_.data(), Rows::All(batch.rows), numbers_.data(), &rows_);
    return charge_.Set(seen_.HeapBytes());
  }

  const std::vector<Slot> slots_;
  const bool numbered_;
  std::vector<KeyColumn> columns_;
  KeyTable seen_;
  MemoryCharge charge_;
  std::vector<uint32_t> none_;     // numbers of rows that have none
  std::vector<uint32_t> numbers_;  // of the batch's keys
  bool any_ = false;               // without slots all rows are equal
  std::vector<uint32_t> rows_;
};

}  // namespace

Result<OperatorPtr> Build(const OpDistinct& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr parallel, BuildParallelDistinct(node, op, env));
  if (parallel) return parallel;
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  return OperatorPtr(std::make_unique<DistinctOperator>(op, std::move(child), node, env));
}

}  // namespace gesta::execute
