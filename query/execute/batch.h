// Batch: up to kBatchRows rows, column by column.
#ifndef GESTA_QUERY_EXECUTE_BATCH_H_
#define GESTA_QUERY_EXECUTE_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bind/bound.h"
#include "gesta/value.h"

namespace gesta {

inline constexpr size_t kBatchRows = 1024;  // the default; ExecutionOptions can lower it

using Column = std::vector<Value>;

// `columns` is indexed by slot; a column of a slot that is not live is empty. All live columns have
// `rows` entries. `row_numbers`, in the batched mode of subplans only: for each row the outer row
// (an index into the batch the subplan was started with) that it belongs to, ascending.
// `multiplicity`: for each row the number of equal rows that it stands for, at least 1; empty when
// every row stands for itself. It comes from OpExpand::count_only and ends at an aggregation or
// DISTINCT; operators that the planner never puts in between need not know it.
struct Batch {
  std::vector<Column> columns;
  size_t rows = 0;
  std::vector<uint32_t> row_numbers;
  std::vector<uint64_t> multiplicity;

  explicit Batch(size_t slot_count = 0) : columns(slot_count) {}
  void Clear() {
    for (Column& column : columns) column.clear();
    row_numbers.clear();
    multiplicity.clear();
    rows = 0;
  }
};

}  // namespace gesta

#endif  // GESTA_QUERY_EXECUTE_BATCH_H_
