// Operators: the running form of a logical plan.
#ifndef GESTA_QUERY_EXECUTE_OPERATOR_H_
#define GESTA_QUERY_EXECUTE_OPERATOR_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "execute/batch.h"
#include "execute/context.h"
#include "plan/logical.h"

namespace gesta {

// One operator of a running statement. Not thread-safe.
class Operator {
 public:
  virtual ~Operator() = default;

  // Prepares for (another) run from the start. Subplans are opened once per outer row or batch,
  // after their argument was set; everything that can be kept between runs is kept.
  virtual Status Open() = 0;

  // Fills `out` (cleared first) with the next rows; rows == 0 means the end, and may be asked for
  // again. `out` holds the slots in the logical operator's `live`.
  virtual Status Next(Batch* out) = 0;

  const LogicalOp* logical = nullptr;  // for EXPLAIN and PROFILE
  std::vector<Operator*> children;     // the same, borrowed
  // PROFILE:
  uint64_t rows_out = 0;
  uint64_t batches_out = 0;
  std::chrono::nanoseconds time{0};  // children included
};

// Builds the operators of a plan. The plan is borrowed and must outlive them.
Result<std::unique_ptr<Operator>> BuildOperators(const LogicalPlan& plan,
                                                 ExecutionContext* context);

// A subplan: run for rows of an outer plan. Used by Apply, Merge, Foreach and subquery expressions.
class Subplan {
 public:
  static Result<std::unique_ptr<Subplan>> Make(const LogicalOp& root, ExecutionContext* context);
  virtual ~Subplan() = default;

  // Starts a run for the rows [begin, end) of `outer` (borrowed until the run ends). With more than
  // one row the plan must be batched, and its batches carry row_numbers that are indexes into
  // `outer`.
  virtual Status Start(const Batch& outer, size_t begin, size_t end) = 0;
  virtual Status Next(Batch* out) = 0;
};

}  // namespace gesta

#endif  // GESTA_QUERY_EXECUTE_OPERATOR_H_
