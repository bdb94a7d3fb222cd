// Grouping: rows grouped by equivalent keys, with the aggregates of each group. What Aggregate and
// a parallel Distinct are made of; one thread fills one grouping, and groupings are merged.
#ifndef GESTA_QUERY_EXECUTE_GROUPING_H_
#define GESTA_QUERY_EXECUTE_GROUPING_H_

#include <memory>
#include <vector>

#include "execute/key_table.h"
#include "execute/rows.h"
#include "plan/logical.h"

namespace gesta::execute {

// One aggregate of a statement, for all groups.
class AggregateColumn {
 public:
  static Result<AggregateColumn> Make(const BoundAggregate& bound, ExecutionContext* context);

  Slot slot() const { return slot_; }
  size_t size() const { return counts_only_ ? counts_.size() : states_.size(); }

  void Clear();
  // Makes room for groups up to `count`.
  void AddGroups(size_t count);
  // `groups`: each row's group.
  Status AddRows(const Batch& input, const std::vector<uint32_t>& groups, MemoryCharge* charge);
  // Adds what `other` knows of its groups; its g-th group is to[g] here, or nothing for
  // KeyTable::kNone. States of `other` may be taken away.
  Status Merge(AggregateColumn& other, const std::vector<uint32_t>& to);
  Result<Value> Finish(size_t group);

  // Heap bytes; states included.
  size_t HeapBytes() const;
  // Without what states hold beside their own block.
  size_t TableBytes() const;
  KeyTable* seen() { return seen_.get(); }

 private:
  Status AddDistinct(const Batch& input, const std::vector<uint32_t>& groups);
  Status AddOne(uint32_t group, size_t row, uint64_t times, MemoryCharge* charge);
  // Arguments of the row side by side.
  const Value* Arguments(size_t row);
  void CountGrowth(uint32_t group);

  Slot slot_ = kNoSlot;
  const AggregateInfo* function_ = nullptr;  // null: count(*)
  bool counts_only_ = false;                 // count(*) and count(x): a number per group
  bool grows_ = false;                       // states keep what they are given
  std::vector<ExpressionPtr> arguments_;
  std::vector<View> views_;
  std::vector<Value> values_;
  std::vector<uint64_t> counts_;
  std::vector<std::unique_ptr<Aggregator>> states_;
  std::vector<size_t> state_bytes_;  // what was counted of each state, where states grow
  size_t grown_bytes_ = 0;           // their sum
  std::unique_ptr<KeyTable> seen_;   // DISTINCT: (group, arguments)
  std::vector<uint32_t> rows_;       // scratch
  std::vector<uint32_t> numbers_;
  std::vector<uint32_t> new_rows_;
};

class Grouping {
 public:
  struct Key {
    Slot slot;           // of the result
    ExpressionPtr expr;  // null: the slot as it comes in
  };

  Grouping(std::vector<Key> keys, std::vector<AggregateColumn> aggregates,
           ExecutionContext* context);

  // `node`: borrowed.
  static Result<std::unique_ptr<Grouping>> Make(const OpAggregate& node, ExecutionContext* context);
  static std::unique_ptr<Grouping> MakeDistinct(const std::vector<Slot>& slots,
                                                ExecutionContext* context);

  Status AddBatch(const Batch& input);
  size_t size() const { return size_; }

  // Adds the groups of `other`, which can only be cleared afterwards. Only those whose hash falls
  // into part `part` of `parts` are taken, so that several threads can share the work.
  Status Merge(Grouping& other, size_t part, size_t parts);
  // Hashes of groups agree among all of these afterwards.
  static void Align(const std::vector<std::unique_ptr<Grouping>>& groupings);
  // Charges what is held now.
  Status Charge();

  // Gives the groups from *next on, at most `batch_rows`, in an empty batch; only slots in `live`.
  Status Emit(size_t* next, size_t batch_rows, const std::vector<Slot>& live, Batch* out);
  void Clear();

 private:
  size_t HeapBytes() const;
  Status FindGroups(const Batch& input);

  std::vector<Key> keys_;
  std::vector<KeyColumn> key_columns_;
  std::vector<AggregateColumn> aggregates_;
  KeyTable groups_;
  size_t size_ = 0;
  ExecutionContext* context_;
  MemoryCharge charge_;
  std::vector<uint32_t> row_groups_;
  std::vector<uint32_t> new_rows_;
};

}  // namespace gesta::execute

#endif  // GESTA_QUERY_EXECUTE_GROUPING_H_
