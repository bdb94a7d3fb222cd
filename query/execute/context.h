// ExecutionContext: what the operators and expressions of one running statement share.
#ifndef GESTA_QUERY_EXECUTE_CONTEXT_H_
#define GESTA_QUERY_EXECUTE_CONTEXT_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>

#include "bind/bound.h"
#include "execute/batch.h"
#include "gesta/function.h"
#include "gesta/status.h"
#include "gesta/store.h"

namespace gesta {

class AlignerRegistry;  // align/aligner.h
class BatchResults;     // execute/batch_call.h
class Operator;         // execute/operator.h
struct LogicalOp;       // plan/logical.h
class WorkerPool;       // execute/worker_pool.h

// Counts bytes held by operators that buffer rows (sorts, hash tables, eager barriers).
// Thread-safe. Operators ask for a batch's bytes at once, not for each row's.
class MemoryBudget {
 public:
  explicit MemoryBudget(size_t limit) : limit_(limit) {}
  // kMemoryBudget when the limit would be passed; nothing is reserved then.
  Status Reserve(size_t bytes);
  void Release(size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }
  size_t used() const { return used_.load(std::memory_order_relaxed); }
  size_t limit() const { return limit_; }
  size_t peak() const { return peak_.load(std::memory_order_relaxed); }

 private:
  const size_t limit_;
  std::atomic<size_t> used_{0};
  std::atomic<size_t> peak_{0};
};

class ExecutionContext : public EvaluationContext {
 public:
  ExecutionContext(Transaction* transaction,
                   const std::unordered_map<std::string, Value>* parameters, size_t memory_limit);
  ~ExecutionContext() override;

  int64_t NowEpochSeconds() const override { return now_seconds_; }
  int32_t NowNanos() const override { return now_nanos_; }
  double Random() override;
  std::string RandomUuid() override;
  Transaction* transaction() override { return transaction_; }
  ModelProvider* models() override { return model_provider; }
  LanguageModels* language_models() override { return kept_answers; }

  // kCancelled or kTimeout once the statement should stop; operators ask at least once a batch, and
  // loops that do not produce batches every few thousand steps.
  Status CheckInterrupt() const override;

  Status ReserveMemory(size_t bytes) override { return memory_->Reserve(bytes); }
  void ReleaseMemory(size_t bytes) override { memory_->Release(bytes); }
  void NoteDevice(const std::string& device) override;

  // A context for one of several threads that work for the statement. It has the same transaction,
  // clock and memory budget, and must not outlive this one. `same_thread`: it is used by the thread
  // that runs the statement, which alone reports progress.
  std::unique_ptr<ExecutionContext> Fork(bool same_thread);

  const Value* FindParameter(std::string_view name) const;  // null: missing
  MemoryBudget& memory() { return *memory_; }
  // What batch functions have answered in this statement; thread-safe.
  BatchResults& batch_results() const { return *batch_results_; }
  size_t batch_rows = kBatchRows;
  size_t slot_count = 0;
  const std::atomic<bool>* cancel = nullptr;  // borrowed
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::chrono::milliseconds time_limit{0};  // for the message
  bool allow_load_csv = false;
  bool profile = false;
  const AlignerRegistry* aligners = nullptr;  // borrowed
  ModelProvider* model_provider = nullptr;    // borrowed
  LanguageModels* kept_answers = nullptr;     // borrowed; one statement's
  std::string statement_text;                 // for AlignmentRun
  // PROFILE: the running forms of expressions' subplans, by their plan (a parallel part has
  // several). Noted while the statement is built; a fork notes them with its statement.
  void NoteSubplan(const LogicalOp* plan, const Operator* run) {
    (parent_ ? *parent_ : *this).subplans_.emplace(plan, run);
  }
  const std::multimap<const LogicalOp*, const Operator*>& subplans() const { return subplans_; }
  // Where parallel parts of the plan run; borrowed, null: everything runs in one thread.
  WorkerPool* workers = nullptr;
  // A part that is estimated to make fewer rows than this runs in one thread.
  double parallel_rows = 10'000;
  // Called from time to time with the number of rows made by all operators; may be empty.
  std::function<void(uint64_t)> progress;
  // Operators that make rows report them here; `progress` is called about ten times a second.
  void AddProgress(uint64_t rows) {
    if (progress || parent_) CountRows(rows);
  }

 private:
  ExecutionContext(ExecutionContext& parent, bool same_thread);

  void CountRows(uint64_t rows);
  std::mt19937_64& Generator();

  Transaction* transaction_;
  const std::unordered_map<std::string, Value>* parameters_;
  ExecutionContext* const parent_ = nullptr;  // of a fork: the statement's own context
  const bool reports_ = true;                 // may call `progress`
  MemoryBudget own_memory_;
  MemoryBudget* const memory_;
  const std::unique_ptr<BatchResults> own_batch_results_;  // null in forks
  BatchResults* const batch_results_;
  int64_t now_seconds_;
  int32_t now_nanos_;
  std::unique_ptr<std::mt19937_64> random_;  // null until it is needed: seeding takes its time
  std::multimap<const LogicalOp*, const Operator*> subplans_;
  std::atomic<uint64_t> rows_made_{0};
  std::chrono::steady_clock::time_point progress_due_;
};

}  // namespace gesta

#endif  // GESTA_QUERY_EXECUTE_CONTEXT_H_
