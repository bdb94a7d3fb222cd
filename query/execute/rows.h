// Moving rows about: gathering, buffering with a memory budget, grouping by keys.
#ifndef GESTA_QUERY_EXECUTE_ROWS_H_
#define GESTA_QUERY_EXECUTE_ROWS_H_

#include <algorithm>
#include <vector>

#include "execute/batch.h"
#include "execute/context.h"
#include "functions/errors.h"

namespace gesta::execute {

// `*to` becomes from[rows[0]], from[rows[1]], …
inline void Gather(const Column& from, const std::vector<uint32_t>& rows, Column* to) {
  to->resize(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) (*to)[i] = from[rows[i]];
}

// The rows' multiplicities; none where every row stands for itself.
inline void GatherMultiplicity(const Batch& from, const std::vector<uint32_t>& rows, Batch* to) {
  if (from.multiplicity.empty()) return;
  to->multiplicity.resize(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) to->multiplicity[i] = from.multiplicity[rows[i]];
}

// A product of multiplicities; an error where it does not fit into 64 bits.
inline Result<uint64_t> TimesMultiplicity(uint64_t a, uint64_t b) {
  uint64_t product;
  if (!__builtin_mul_overflow(a, b, &product)) return product;
  return ArithmeticError("NumberOverflow", "the number of matches does not fit into 64 bits");
}

// Keeps the given rows (ascending) of the columns in `live`, in place; drops the other columns.
void KeepRows(const std::vector<uint32_t>& rows, const std::vector<Slot>& live, Batch* batch);

// Drops all columns that are not in `live`.
void KeepColumns(const std::vector<Slot>& live, Batch* batch);

// The slots of `all` (sorted) without those in `excluded`.
std::vector<Slot> Without(const std::vector<Slot>& all, const std::vector<Slot>& excluded);

inline bool Contains(const std::vector<Slot>& sorted, Slot slot) {
  return std::binary_search(sorted.begin(), sorted.end(), slot);
}

// Memory held by an operator; given back when it is cleared or destroyed.
class MemoryCharge {
 public:
  explicit MemoryCharge(ExecutionContext* context) : context_(context) {}
  ~MemoryCharge() { Clear(); }
  MemoryCharge(const MemoryCharge&) = delete;
  MemoryCharge& operator=(const MemoryCharge&) = delete;

  Status Add(size_t bytes) {
    GESTA_RETURN_IF_ERROR(context_->memory().Reserve(bytes));
    bytes_ += bytes;
    return {};
  }
  // Makes `bytes` the whole of what is held.
  Status Set(size_t bytes) {
    if (bytes > bytes_) return Add(bytes - bytes_);
    context_->memory().Release(bytes_ - bytes);
    bytes_ = bytes;
    return {};
  }
  void Clear() {
    context_->memory().Release(bytes_);
    bytes_ = 0;
  }

 private:
  ExecutionContext* context_;
  size_t bytes_ = 0;
};

// Rows kept by an operator: the columns of some slots, and row numbers where batches have them.
class RowBuffer {
 public:
  RowBuffer(std::vector<Slot> slots, ExecutionContext* context)
      : slots_(std::move(slots)), context_(context), rows_(context->slot_count), charge_(context) {}

  // Copies all rows of a batch, or one of them.
  Status Append(const Batch& batch);
  Status AppendRow(const Batch& batch, size_t row);
  // How many equal rows a row stands for.
  uint64_t multiplicity(size_t row) const {
    return rows_.multiplicity.empty() ? 1 : rows_.multiplicity[row];
  }
  // Copies the rows [*next, *next + context.batch_rows) to `out` (cleared first); advances *next.
  void Emit(size_t* next, Batch* out) const;
  // Emits the rows in the order of `order` from *next on, with the columns in `live` only.
  void EmitOrdered(const std::vector<uint32_t>& order, size_t* next, const std::vector<Slot>& live,
                   Batch* out) const;
  // Keeps only these rows, in this order.
  Status Reorder(const std::vector<uint32_t>& order);
  void Clear();

  size_t size() const { return rows_.rows; }
  const Batch& batch() const { return rows_; }
  const std::vector<Slot>& slots() const { return slots_; }

 private:
  const std::vector<Slot> slots_;
  ExecutionContext* context_;
  Batch rows_;
  MemoryCharge charge_;
};

}  // namespace gesta::execute

#endif  // GESTA_QUERY_EXECUTE_ROWS_H_
