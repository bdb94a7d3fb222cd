#include "crash/writer.h"

#include <atomic>
#include <string>
#include <thread>

namespace gesta::crash {
namespace {

// Ok, or why the step cannot go on. kConflict: it may be tried again.
Status Run(Connection& connection, const Statement& statement) {
  const auto result = connection.Execute(statement.text, statement.parameters);
  if (result.status().code() == statement.expected) return Status::Ok();
  if (result.ok()) {
    return Status(StatusCode::kInternal, "a statement that must fail succeeded: " + statement.text);
  }
  return result.status();
}

Status RunTransaction(Connection& connection, const Step& step) {
  GESTA_RETURN_IF_ERROR(connection.Begin());
  for (const Statement& statement : step.statements) {
    const Status status = Run(connection, statement);
    if (!status.ok()) {
      // The store may be gone: what ROLLBACK says then is not the reason.
      if (connection.InTransaction()) {
        [[maybe_unused]] const Status ignored = connection.Rollback();
      }
      return status;
    }
  }
  return step.kind == Step::Kind::kRolledBack ? connection.Rollback() : connection.Commit();
}

Status RunStep(Database& database, Connection& connection, const Step& step) {
  switch (step.kind) {
    case Step::Kind::kFlush:
      return database.store().Flush();
    case Step::Kind::kAutocommit:
      return Run(connection, step.statements[0]);
    case Step::Kind::kTransaction:
    case Step::Kind::kRolledBack:
      break;
  }
  // Every lost race is another writer's progress.
  for (;;) {
    const Status status = RunTransaction(connection, step);
    if (status.code() != StatusCode::kConflict) return status;
  }
}

}  // namespace

std::vector<Status> RunWriters(
    Database& database, const WriterOptions& options,
    const std::function<bool(size_t writer, uint64_t position)>& acknowledge) {
  std::vector<Status> ends(options.positions.size());
  std::atomic<bool> stop{false};
  auto write = [&](size_t writer) {
    Workload workload(options.seed, static_cast<int>(writer));
    workload.SkipTo(options.positions[writer]);
    const std::unique_ptr<Connection> connection = database.Connect();
    while (!stop) {
      const Step step = workload.Next();
      ends[writer] = RunStep(database, *connection, step);
      if (!ends[writer].ok() || !acknowledge(writer, workload.position())) break;
    }
    stop = true;
  };
  std::vector<std::thread> threads;
  for (size_t writer = 0; writer < ends.size(); ++writer) threads.emplace_back(write, writer);
  for (std::thread& thread : threads) thread.join();
  return ends;
}

}  // namespace gesta::crash
