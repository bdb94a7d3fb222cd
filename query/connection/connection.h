// ConnectionImpl: statements from text to results, and transactions.
#ifndef GESTA_QUERY_CONNECTION_CONNECTION_H_
#define GESTA_QUERY_CONNECTION_CONNECTION_H_

#include <memory>
#include <string>
#include <string_view>

#include "connection/database_impl.h"
#include "connection/running.h"

namespace gesta {

class ConnectionImpl : public Connection {
 public:
  explicit ConnectionImpl(DatabaseImpl& database);

  Result<std::unique_ptr<QueryResult>> Execute(std::string_view statement,
                                               const Parameters& parameters) override;
  Result<std::unique_ptr<PreparedStatement>> Prepare(std::string_view statement) override;

  Status Begin(bool read_only) override;
  Status Commit() override;
  Status Rollback() override;
  bool InTransaction() const override { return transaction_ != nullptr; }

  void Cancel() override;
  void SetTimeout(std::chrono::milliseconds timeout) override { state_.timeout = timeout; }
  void SetMemoryLimit(size_t bytes) override { state_.memory_limit = bytes; }
  void SetProgress(std::function<void(uint64_t rows)> progress) override {
    state_.progress = std::move(progress);
  }

 private:
  Result<std::unique_ptr<QueryResult>> Run(std::string_view text, const Parameters& parameters);
  Result<std::unique_ptr<QueryResult>> RunCommand(const ast::Statement& statement);
  Result<CompiledPtr> Compile(std::string_view text, BoundStatement bound,
                              Transaction& transaction);
  // The explicit transaction, or a new one for one statement.
  Result<std::shared_ptr<Transaction>> TransactionFor(bool writes);
  Result<std::unique_ptr<QueryResult>> Perform(CompiledPtr compiled, const Parameters& parameters,
                                               std::shared_ptr<Transaction> transaction,
                                               Summary summary);

  DatabaseImpl& database_;
  ConnectionState state_;
  // Shared: a reading statement's rows may outlive a read-only transaction.
  std::shared_ptr<Transaction> transaction_;
};

}  // namespace gesta

#endif  // GESTA_QUERY_CONNECTION_CONNECTION_H_
