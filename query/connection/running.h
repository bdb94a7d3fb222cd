// RunningStatement: one execution of a compiled statement, and the results it gives.
#ifndef GESTA_QUERY_CONNECTION_RUNNING_H_
#define GESTA_QUERY_CONNECTION_RUNNING_H_

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "connection/compiled.h"
#include "connection/database_impl.h"
#include "connection/kept_answers.h"
#include "connection/materialise.h"
#include "execute/operator.h"
#include "gesta/database.h"

namespace gesta {

// What the parts of a connection share with its results, which may outlive a statement.
struct ConnectionState {
  std::atomic<bool> cancel{false};
  std::atomic<int> running{0};  // statements whose rows are not all read yet
  std::chrono::milliseconds timeout{0};
  size_t memory_limit = 0;
  std::function<void(uint64_t)> progress;
};

// Counts a statement as running while it lives.
class RunningScope {
 public:
  explicit RunningScope(ConnectionState& state) : state_(state) { ++state_.running; }
  ~RunningScope() { --state_.running; }
  RunningScope(const RunningScope&) = delete;
  RunningScope& operator=(const RunningScope&) = delete;

 private:
  ConnectionState& state_;
};

// Operators pull rows from the transaction; a row is materialised as it is asked for.
class RunningStatement {
 public:
  // `state` and `database` are borrowed. `transaction` is shared with an explicit transaction that
  // may end before a reading statement's rows are all read.
  RunningStatement(CompiledPtr compiled, Parameters parameters,
                   std::shared_ptr<Transaction> transaction, ConnectionState& state,
                   const DatabaseImpl& database);

  Status Open();
  // False at the end.
  Result<bool> NextRow(std::vector<Value>* row);
  // To the end, with all rows in `rows`. Their entities are as the whole statement has left them.
  Status RunToEnd(std::vector<std::vector<Value>>* rows);

  Transaction& transaction() { return *transaction_; }
  const CompiledStatement& compiled() const { return *compiled_; }
  size_t peak_memory() { return context_.memory().peak(); }
  LanguageModelUsage language_model_usage() const { return kept_answers_.usage(); }
  // PROFILE: the plan with what its operators did.
  std::string Profile();

 private:
  RunningScope scope_;
  CompiledPtr compiled_;
  Parameters parameters_;
  std::shared_ptr<Transaction> transaction_;
  KeptAnswers kept_answers_;
  ExecutionContext context_;
  std::unique_ptr<Operator> root_;
  Batch batch_;
  size_t next_ = 0;
  Materialiser materialiser_;  // of the batch's rows
};

// A reading statement: rows are computed as they are asked for.
class StreamingResult : public QueryResult {
 public:
  StreamingResult(std::unique_ptr<RunningStatement> running, Summary summary);

  const std::vector<std::string>& columns() const override { return columns_; }
  Result<bool> Next(std::vector<Value>* row) override;
  const Summary& summary() const override { return summary_; }

 private:
  void Finish();

  std::vector<std::string> columns_;
  std::unique_ptr<RunningStatement> running_;  // null once all rows are read
  Status error_;                               // what Next answers after a failure
  Summary summary_;
};

// Rows that are all there already.
class BufferedResult : public QueryResult {
 public:
  BufferedResult(std::vector<std::string> columns, std::vector<std::vector<Value>> rows,
                 Summary summary)
      : columns_(std::move(columns)), rows_(std::move(rows)), summary_(std::move(summary)) {
    summary_.rows = rows_.size();
  }

  const std::vector<std::string>& columns() const override { return columns_; }
  Result<bool> Next(std::vector<Value>* row) override {
    if (next_ == rows_.size()) return false;
    *row = std::move(rows_[next_++]);
    return true;
  }
  const Summary& summary() const override { return summary_; }

 private:
  std::vector<std::string> columns_;
  std::vector<std::vector<Value>> rows_;
  size_t next_ = 0;
  Summary summary_;
};

}  // namespace gesta

#endif  // GESTA_QUERY_CONNECTION_RUNNING_H_
