// Database and Connection: the public API. Everything the shell and the tests do goes through here.
//
//   auto db = gesta::Database::Open("kb.gesta");
//   if (!db.ok()) { … db.status().ToString() … }
//   auto connection = (*db)->Connect();
//   auto result = connection->Execute("MATCH (d:Dataset) RETURN d.name, d.classes ORDER BY
//   d.name"); std::vector<gesta::Value> row; while (true) {
//     auto more = (*result)->Next(&row);
//     if (!more.ok()) return more.status();
//     if (!*more) break;
//     …
//   }
//
// Failure is reported by Status and Result everywhere; no exception leaves the library. A Database
// is thread-safe. A Connection, its statements and its results belong to one thread at a time,
// except Connection::Cancel. Use one connection per thread.
#ifndef GESTA_DATABASE_H_
#define GESTA_DATABASE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gesta/catalog.h"
#include "gesta/function.h"
#include "gesta/language_models.h"
#include "gesta/models.h"
#include "gesta/procedure.h"
#include "gesta/status.h"
#include "gesta/store.h"
#include "gesta/value.h"

namespace gesta {

struct DatabaseOptions {
  StoreOptions store;
  size_t query_memory_bytes = 4ull << 30;      // per running statement
  std::chrono::milliseconds query_timeout{0};  // 0: none
  bool allow_load_csv = false;                 // LOAD CSV may read local files
  size_t plan_cache_entries = 512;
  // How many threads one reading statement may use. 0: as many as the machine has cores.
  size_t threads = 0;
  // Where model functions and aligners find their models; shared, because a program may give one
  // provider to several databases. Null: the models registered on this machine (`gesta model add`).
  std::shared_ptr<ModelProvider> models;
  // Whom llm() and the aligner llm ask; shared for the same reason. Null: the server that the
  // environment names (inference/README.md).
  std::shared_ptr<LanguageModels> language_models;
  // For tests: results must not depend on these.
  bool optimize = true;
  std::vector<std::string> without_passes;  // of the optimizer, by name
  size_t batch_rows = 1024;
  double parallel_rows = 10'000;  // parts of a plan with fewer estimated rows use one thread
  // Extend the built-in procedures and functions.
  std::function<void(ProcedureRegistry&)> add_procedures;
  std::function<void(FunctionRegistry&)> add_functions;
};

using Parameters = std::unordered_map<std::string, Value>;

// What a statement did.
struct Summary {
  Transaction::Changes changes;
  std::chrono::nanoseconds compile_time{0};
  std::chrono::nanoseconds run_time{0};
  uint64_t rows = 0;
  bool plan_from_cache = false;
  size_t peak_memory_bytes = 0;  // of buffering operators
  std::string plan;              // EXPLAIN and PROFILE: the plan as a tree
  LanguageModelUsage language_models;
};

// The rows of one statement. A reading statement streams: rows are computed as they are asked for,
// from the snapshot of its start. A statement that writes has run to its end, and outside an
// explicit transaction has committed, when Execute returns.
class QueryResult {
 public:
  virtual ~QueryResult() = default;
  virtual const std::vector<std::string>& columns() const = 0;
  // The next row's values, one per column (entities materialised); false at the end.
  virtual Result<bool> Next(std::vector<Value>* row) = 0;
  // Complete after the last row.
  virtual const Summary& summary() const = 0;
  // Reads all remaining rows.
  Result<std::vector<std::vector<Value>>> FetchAll();
};

class Connection;

// A statement parsed, bound and planned once; planned anew by itself when the catalog has changed.
class PreparedStatement {
 public:
  virtual ~PreparedStatement() = default;
  virtual Result<std::unique_ptr<QueryResult>> Execute(const Parameters& parameters = {}) = 0;
  virtual const std::vector<std::string>& parameter_names() const = 0;
};

class Connection {
 public:
  virtual ~Connection() = default;  // rolls back an open transaction

  // Runs one statement. Errors of statements carry line, column and a caret (Status::ToString).
  virtual Result<std::unique_ptr<QueryResult>> Execute(std::string_view statement,
                                                       const Parameters& parameters = {}) = 0;
  virtual Result<std::unique_ptr<PreparedStatement>> Prepare(std::string_view statement) = 0;

  // Explicit transactions (also by the statements BEGIN, COMMIT, ROLLBACK). A statement that fails
  // inside one is undone alone; the transaction goes on. kConflict means: roll back and run the
  // transaction again.
  virtual Status Begin(bool read_only = false) = 0;
  virtual Status Commit() = 0;
  virtual Status Rollback() = 0;
  virtual bool InTransaction() const = 0;

  // Stops the running statement with kCancelled. May be called from any thread or a signal handler;
  // does nothing when no statement runs.
  virtual void Cancel() = 0;

  virtual void SetTimeout(std::chrono::milliseconds timeout) = 0;  // 0: none
  virtual void SetMemoryLimit(size_t bytes) = 0;
  // Called about ten times a second while a statement runs, with the number of rows its plan has
  // worked through. Empty: no calls.
  virtual void SetProgress(std::function<void(uint64_t rows)> progress) = 0;
};

class Database {
 public:
  // Opens or (options.store.create_if_missing) creates the store at `path`. See Store::Open for the
  // errors.
  static Result<std::unique_ptr<Database>> Open(const std::string& path,
                                                const DatabaseOptions& options = {});
  virtual ~Database() = default;  // connections must be gone

  virtual std::unique_ptr<Connection> Connect() = 0;
  virtual const DatabaseOptions& options() const = 0;

  // For completion and help.
  virtual std::vector<std::string> FunctionNames() const = 0;
  virtual std::vector<std::string> ProcedureNames() const = 0;
  virtual std::vector<std::string> AlignerNames() const = 0;
  static std::vector<std::string> Keywords();

  // The store below, for ingest jobs, backups and checks.
  virtual Store& store() = 0;
};

}  // namespace gesta

#endif  // GESTA_DATABASE_H_
