// Parallel pipelines: a part of a read-only plan copied for several threads.
//
// Below an operator that reads all its input (Aggregate, Distinct, Sort) lies a chain of operators
// that work row by row: expands, filters, projections, probes of joins. Each thread gets a copy of
// the chain with expressions and buffers of its own. What the chain ends at (mostly a scan) exists
// once and hands out its rows in slices, so that threads that are done early take more. Batches of
// a chain come from one slice each, in the order of its rows.
#ifndef GESTA_QUERY_EXECUTE_PARALLEL_H_
#define GESTA_QUERY_EXECUTE_PARALLEL_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "execute/build.h"

namespace gesta::execute {

// An operator whose rows several threads take, a slice at a time. Next is thread-safe.
class SharedSource {
 public:
  SharedSource(OperatorPtr source, size_t slice_rows, ExecutionContext* context)
      : source_(std::move(source)), slice_rows_(slice_rows), batch_(context->slot_count) {}

  Status Open();
  // The next slice and its number, counted from 0; no rows at the end or after Stop.
  Status Next(Batch* out, uint64_t* number);
  void Stop() { stopped_.store(true, std::memory_order_relaxed); }
  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }
  Operator* root() const { return source_.get(); }

 private:
  OperatorPtr source_;
  const size_t slice_rows_;
  std::mutex mutex_;
  Batch batch_;
  size_t next_row_ = 0;
  uint64_t next_number_ = 0;
  bool ended_ = false;
  std::atomic<bool> stopped_{false};
};

// The copies of a pipeline.
class ParallelInput {
 public:
  // What is done with the rows. Of aggregates and DISTINCT the result must not follow the order of
  // an ordered source.
  enum class Use { kGroup, kGroupInOrder, kSort };

  // The copies of the plan below (and with) `input`; null where it is not worth while, or where one
  // thread must do it all: subplans, writing transactions, volatile functions, procedures.
  static Result<std::unique_ptr<ParallelInput>> Make(const LogicalOp& input, Use use,
                                                     BuildEnv& env);

  size_t size() const { return copies_.size(); }
  ExecutionContext* context(size_t copy) { return contexts_[copy].get(); }
  Operator* root() const { return copies_.front().get(); }  // of the first copy, for PROFILE

  Status Open();
  // Calls work(copy, its root) for each copy, side by side; the first error stops all.
  Status Run(const std::function<Status(size_t, Operator&)>& work);
  // Calls task(0) … task(count - 1) side by side.
  Status RunTasks(size_t count, const std::function<Status(size_t)>& task);
  // The number of the slice that the copy's last batch came from.
  uint64_t slice(size_t copy) const;

 private:
  ParallelInput() = default;
  void SumProfile();

  ExecutionContext* context_ = nullptr;
  std::unique_ptr<SharedSource> source_;
  std::vector<std::unique_ptr<ExecutionContext>> contexts_;
  std::map<const LogicalOp*, std::shared_ptr<void>> shared_;
  std::vector<OperatorPtr> copies_;
  std::vector<Operator*> readers_;  // the copies' slice readers
};

}  // namespace gesta::execute

#endif  // GESTA_QUERY_EXECUTE_PARALLEL_H_
