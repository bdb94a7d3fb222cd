// Expressions over batches.
#ifndef GESTA_QUERY_EXECUTE_EVALUATE_H_
#define GESTA_QUERY_EXECUTE_EVALUATE_H_

#include <memory>
#include <vector>

#include "bind/bound.h"
#include "execute/batch.h"
#include "execute/context.h"
#include "gesta/status.h"

namespace gesta {

// An expression made ready to run: property keys and labels looked up, constants and parameters
// fetched, subqueries built. Belongs to one statement's run; not thread-safe.
class Evaluator {
 public:
  virtual ~Evaluator() = default;

  // One value per row of `input`, into `out` (replaced). Runtime errors carry the expression's
  // place.
  virtual Status Evaluate(const Batch& input, Column* out) = 0;

  // As a predicate: appends the indexes of the rows for which the value is true. A value that is
  // neither boolean nor null is a TypeError (InvalidArgumentType).
  Status Select(const Batch& input, std::vector<uint32_t>* rows);
};

// `expr` is borrowed and must outlive the evaluator.
Result<std::unique_ptr<Evaluator>> MakeEvaluator(const BoundExpr& expr, ExecutionContext* context);

// An expression without slots (SKIP, LIMIT, TOP, constant folding), evaluated once.
Result<Value> EvaluateConstant(const BoundExpr& expr, ExecutionContext* context);

}  // namespace gesta

#endif  // GESTA_QUERY_EXECUTE_EVALUATE_H_
