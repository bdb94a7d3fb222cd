// The pipeline: a statement's text is parsed, bound, planned, optimized, built and pulled.
#include "connection/connection.h"

#include "bind/binder.h"
#include "connection/command.h"
#include "connection/statement_errors.h"
#include "optimize/optimizer.h"
#include "parse/parser.h"
#include "plan/explain.h"

namespace gesta {
namespace {

using Clock = std::chrono::steady_clock;

Status CheckParameters(const std::vector<std::string>& used, const Parameters& given) {
  for (const std::string& name : used) {
    if (given.find(name) == given.end()) return MissingParameter(name, given);
  }
  return {};
}

// What a statement inside a transaction changed: the transaction's net changes now, less those from
// before.
Transaction::Changes Since(const Transaction::Changes& before, const Transaction::Changes& now) {
  const auto less = [](uint64_t a, uint64_t b) { return a > b ? a - b : 0; };
  Transaction::Changes changes;
  changes.nodes_created = less(now.nodes_created, before.nodes_created);
  changes.nodes_deleted = less(now.nodes_deleted, before.nodes_deleted);
  changes.relationships_created = less(now.relationships_created, before.relationships_created);
  changes.relationships_deleted = less(now.relationships_deleted, before.relationships_deleted);
  changes.properties_set = less(now.properties_set, before.properties_set);
  changes.labels_added = less(now.labels_added, before.labels_added);
  changes.labels_removed = less(now.labels_removed, before.labels_removed);
  return changes;
}

class PreparedStatementImpl : public PreparedStatement {
 public:
  PreparedStatementImpl(ConnectionImpl& connection, std::string text,
                        std::vector<std::string> parameters)
      : connection_(connection), text_(std::move(text)), parameters_(std::move(parameters)) {}

  Result<std::unique_ptr<QueryResult>> Execute(const Parameters& parameters) override {
    return connection_.Execute(text_, parameters);
  }
  const std::vector<std::string>& parameter_names() const override { return parameters_; }

 private:
  ConnectionImpl& connection_;
  const std::string text_;
  const std::vector<std::string> parameters_;
};

}  // namespace

ConnectionImpl::ConnectionImpl(DatabaseImpl& database) : database_(database) {
  state_.timeout = database.options().query_timeout;
  state_.memory_limit = database.options().query_memory_bytes;
}

Result<std::unique_ptr<QueryResult>> ConnectionImpl::Execute(std::string_view statement,
                                                             const Parameters& parameters) {
  state_.cancel = false;  // what was cancelled before has had its time
  const RunningScope running(state_);
  auto result = Run(statement, parameters);
  if (!result.ok()) return WithSourceLine(result.status(), statement);
  return result;
}

// A statement whose plan is cached starts at its transaction; others come all the way.
Result<std::unique_ptr<QueryResult>> ConnectionImpl::Run(std::string_view text,
                                                         const Parameters& parameters) {
  const Clock::time_point start = Clock::now();
  Summary summary;
  std::optional<BoundStatement> bound;
  const auto parse_and_bind = [&]() -> Result<std::unique_ptr<QueryResult>> {
    GESTA_ASSIGN_OR_RETURN(const ast::Statement statement, ParseStatement(text));
    if (!std::holds_alternative<ast::Query>(statement.node)) return RunCommand(statement);
    const BindContext context{&database_.functions(), &database_.procedures()};
    GESTA_ASSIGN_OR_RETURN(bound, BindStatement(statement, context));
    if (bound->explain == ast::ExplainMode::kExplain) bound->writes = false;  // nothing is run
    return std::unique_ptr<QueryResult>();
  };

  CompiledPtr compiled = database_.plans().Find(text);
  if (!compiled) {
    GESTA_ASSIGN_OR_RETURN(std::unique_ptr<QueryResult> done, parse_and_bind());
    if (done) return done;
  }
  const bool explains =
      (compiled ? compiled->planned.explain : bound->explain) == ast::ExplainMode::kExplain;
  if (!explains) {
    GESTA_RETURN_IF_ERROR(
        CheckParameters(compiled ? compiled->planned.parameters : bound->parameters, parameters));
  }
  GESTA_ASSIGN_OR_RETURN(std::shared_ptr<Transaction> transaction,
                         TransactionFor(compiled ? compiled->planned.writes : bound->writes));
  if (compiled && !compiled->FitsNow(*transaction)) {
    compiled = nullptr;
    GESTA_ASSIGN_OR_RETURN(std::unique_ptr<QueryResult> done, parse_and_bind());
  }
  summary.plan_from_cache = compiled != nullptr;
  if (!compiled) {
    GESTA_ASSIGN_OR_RETURN(compiled, Compile(text, *std::move(bound), *transaction));
  }
  summary.compile_time = Clock::now() - start;
  return Perform(std::move(compiled), parameters, std::move(transaction), std::move(summary));
}

Result<CompiledPtr> ConnectionImpl::Compile(std::string_view text, BoundStatement bound,
                                            Transaction& transaction) {
  const PlannerOptions options{database_.options().optimize, database_.options().without_passes};
  auto compiled = std::make_shared<CompiledStatement>();
  compiled->text = std::string(text);
  compiled->epoch = transaction.epoch();
  compiled->statistics = transaction.GetStatistics();
  GESTA_ASSIGN_OR_RETURN(compiled->planned, PlanStatement(std::move(bound), transaction,
                                                          &database_.samples(), options));
  if (options.optimize) GESTA_RETURN_IF_ERROR(Optimize(compiled->planned, transaction, options));
  GESTA_RETURN_IF_ERROR(FinishPlan(compiled->planned, options));
  database_.plans().Put(compiled);
  return CompiledPtr(compiled);
}

Result<std::unique_ptr<QueryResult>> ConnectionImpl::Perform(
    CompiledPtr compiled, const Parameters& parameters, std::shared_ptr<Transaction> transaction,
    Summary summary) {
  const PlannedStatement& planned = compiled->planned;
  if (planned.explain == ast::ExplainMode::kExplain) {
    summary.plan = ExplainPlan(planned);
    return std::unique_ptr<QueryResult>(std::make_unique<BufferedResult>(
        std::vector<std::string>(), std::vector<std::vector<Value>>(), std::move(summary)));
  }
  const Clock::time_point start = Clock::now();
  const bool own = transaction != transaction_;
  auto running =
      std::make_unique<RunningStatement>(compiled, parameters, transaction, state_, database_);
  // Rows are read later only where nothing can change under them.
  if (!planned.writes && transaction->read_only() && !planned.plan.columns.empty()) {
    GESTA_RETURN_IF_ERROR(running->Open());
    summary.run_time = Clock::now() - start;
    return std::unique_ptr<QueryResult>(
        std::make_unique<StreamingResult>(std::move(running), std::move(summary)));
  }

  const Transaction::Changes before = transaction->changes();
  const bool savepoint = planned.writes && !own;
  if (savepoint) transaction->SetSavepoint();
  std::vector<std::vector<Value>> rows;
  Status status = running->Open();
  if (status.ok()) status = running->RunToEnd(&rows);
  summary.changes = Since(before, transaction->changes());
  summary.peak_memory_bytes = running->peak_memory();
  summary.language_models = running->language_model_usage();
  if (planned.explain == ast::ExplainMode::kProfile && status.ok()) {
    summary.plan = running->Profile();
  }
  running.reset();  // cursors close before the transaction ends
  if (!status.ok()) {
    if (savepoint) GESTA_RETURN_IF_ERROR(transaction->RollbackToSavepoint());
    return status;
  }
  if (savepoint) transaction->ReleaseSavepoint();
  if (own && planned.writes) GESTA_RETURN_IF_ERROR(transaction->Commit());
  summary.run_time = Clock::now() - start;
  return std::unique_ptr<QueryResult>(
      std::make_unique<BufferedResult>(planned.plan.columns, std::move(rows), std::move(summary)));
}

Result<std::shared_ptr<Transaction>> ConnectionImpl::TransactionFor(bool writes) {
  const bool store_read_only = database_.store().options().read_only;
  if (writes && (store_read_only || (transaction_ && transaction_->read_only()))) {
    return WriteRefused(store_read_only);
  }
  if (transaction_) return transaction_;
  TransactionOptions options;
  options.read_only = !writes;
  options.take_slot = writes;
  options.cancel = &state_.cancel;
  if (state_.timeout.count() > 0) options.slot_timeout = state_.timeout;
  GESTA_ASSIGN_OR_RETURN(std::unique_ptr<Transaction> transaction,
                         database_.store().Begin(options));
  return std::shared_ptr<Transaction>(std::move(transaction));
}

Result<std::unique_ptr<QueryResult>> ConnectionImpl::RunCommand(const ast::Statement& statement) {
  const Clock::time_point start = Clock::now();
  CommandResult result;
  if (const auto* control = std::get_if<ast::TransactionControl>(&statement.node)) {
    switch (control->kind) {
      case ast::TransactionKind::kBegin:
        GESTA_RETURN_IF_ERROR(Begin(false));
        break;
      case ast::TransactionKind::kBeginReadOnly:
        GESTA_RETURN_IF_ERROR(Begin(true));
        break;
      case ast::TransactionKind::kCommit:
        GESTA_RETURN_IF_ERROR(Commit());
        break;
      case ast::TransactionKind::kRollback:
        GESTA_RETURN_IF_ERROR(Rollback());
        break;
    }
  } else if (statement.explain == ast::ExplainMode::kExplain) {
    result.plan = "a command: it reads or changes the catalog directly and has no plan\n";
  } else {
    const bool writes = ChangesCatalog(statement);
    GESTA_ASSIGN_OR_RETURN(const std::shared_ptr<Transaction> transaction, TransactionFor(writes));
    const bool own = transaction != transaction_;
    if (writes && !own) transaction->SetSavepoint();
    const Status status = gesta::RunCommand(statement, *transaction, database_, &result);
    if (!status.ok()) {
      if (writes && !own) GESTA_RETURN_IF_ERROR(transaction->RollbackToSavepoint());
      return status;
    }
    if (writes && !own) transaction->ReleaseSavepoint();
    if (writes && own) GESTA_RETURN_IF_ERROR(transaction->Commit());
  }
  Summary summary;
  summary.plan = std::move(result.plan);
  summary.run_time = Clock::now() - start;
  return std::unique_ptr<QueryResult>(std::make_unique<BufferedResult>(
      std::move(result.columns), std::move(result.rows), std::move(summary)));
}

Result<std::unique_ptr<PreparedStatement>> ConnectionImpl::Prepare(std::string_view text) {
  const auto prepare = [&]() -> Result<std::vector<std::string>> {
    if (const CompiledPtr compiled = database_.plans().Find(text)) {
      return compiled->planned.parameters;
    }
    GESTA_ASSIGN_OR_RETURN(const ast::Statement statement, ParseStatement(text));
    if (!std::holds_alternative<ast::Query>(statement.node)) return std::vector<std::string>();
    const BindContext context{&database_.functions(), &database_.procedures()};
    GESTA_ASSIGN_OR_RETURN(BoundStatement bound, BindStatement(statement, context));
    std::vector<std::string> parameters = bound.parameters;
    GESTA_ASSIGN_OR_RETURN(const std::shared_ptr<Transaction> transaction, TransactionFor(false));
    GESTA_RETURN_IF_ERROR(Compile(text, std::move(bound), *transaction).status());
    return parameters;
  };
  auto parameters = prepare();
  if (!parameters.ok()) return WithSourceLine(parameters.status(), text);
  return std::unique_ptr<PreparedStatement>(
      std::make_unique<PreparedStatementImpl>(*this, std::string(text), *std::move(parameters)));
}

Status ConnectionImpl::Begin(bool read_only) {
  if (transaction_) {
    return Status(StatusCode::kInvalidArgument, "a transaction is open already",
                  "end it with COMMIT or ROLLBACK first");
  }
  TransactionOptions options;
  options.read_only = read_only || database_.store().options().read_only;
  options.cancel = &state_.cancel;
  if (state_.timeout.count() > 0) options.slot_timeout = state_.timeout;
  GESTA_ASSIGN_OR_RETURN(std::unique_ptr<Transaction> transaction,
                         database_.store().Begin(options));
  transaction_ = std::move(transaction);
  return {};
}

Status ConnectionImpl::Commit() {
  if (!transaction_) {
    return Status(StatusCode::kInvalidArgument, "there is no open transaction to commit",
                  "start one with BEGIN");
  }
  const std::shared_ptr<Transaction> transaction = std::move(transaction_);
  transaction_ = nullptr;
  return transaction->read_only() ? Status() : transaction->Commit();
}

Status ConnectionImpl::Rollback() {
  if (!transaction_) {
    return Status(StatusCode::kInvalidArgument, "there is no open transaction to roll back",
                  "start one with BEGIN");
  }
  if (!transaction_->read_only()) transaction_->Rollback();
  transaction_ = nullptr;
  return {};
}

void ConnectionImpl::Cancel() {
  if (state_.running.load() > 0) state_.cancel.store(true);
}

}  // namespace gesta
