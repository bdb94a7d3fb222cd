// MultiplyOperator: the common loop of operators that make any number of rows from each input row
// (scans, expands, UNWIND, procedures).
#ifndef GESTA_QUERY_EXECUTE_MULTIPLY_H_
#define GESTA_QUERY_EXECUTE_MULTIPLY_H_

#include <vector>

#include "execute/build.h"
#include "execute/rows.h"

namespace gesta::execute {

class MultiplyOperator : public UnaryOperator {
 public:
  Status Open() override;
  Status Next(Batch* out) override;

 protected:
  // `produced`: slots that this operator fills itself; the other live slots pass through.
  MultiplyOperator(const LogicalOp& op, OperatorPtr child, const std::vector<Slot>& produced,
                   BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context),
        pass_(Without(op.live, produced)),
        argument_(env.argument),
        input_(env.context->slot_count) {}

  bool IsLive(Slot slot) const { return Contains(live_, slot); }

  // A new run has its first input rows: names are looked up. (Not earlier: what lies below may
  // create them.)
  virtual Status Prepare() { return {}; }
  // A new input batch: expressions are evaluated.
  virtual Status BeginBatch(const Batch& input) { return {}; }
  // The row whose results Fill gives next.
  virtual Status BeginRow(const Batch& input, size_t row) = 0;
  // Appends at most `n` results of the current row to the produced columns of `out` that are live.
  // Fewer than `n`: the row is done.
  virtual Result<size_t> Fill(const Batch& input, size_t row, size_t n, Batch* out) = 0;

 private:
  const std::vector<Slot> pass_;
  const ArgumentSource* argument_;
  Batch input_;
  size_t target_ = 0;  // rows of the next batch
  size_t row_ = 0;
  bool in_row_ = false;
  bool prepared_ = false;
  std::vector<uint32_t> source_;  // for each row of `out` its input row
};

}  // namespace gesta::execute

#endif  // GESTA_QUERY_EXECUTE_MULTIPLY_H_
