// Rounds on a disk that fails: power failures, a full disk, I/O errors.
#include <atomic>

#include "crash/rounds.h"
#include "crash/writer.h"

namespace gesta::crash {
namespace {

DatabaseOptions OnDisk(const Run& run) {
  DatabaseOptions options;
  options.store.env = run.env.get();
  return options;
}

// Writes until writing fails, or until the disk has failed where no writer could see it. An error
// when a failure is none of the disk's.
Status WriteUntilFailure(Run& run, Database& database, std::vector<Status>* failures) {
  WriterOptions writing;
  writing.seed = run.seed;
  for (const Known& writer : run.known) writing.positions.push_back(writer.acknowledged);
  std::atomic<int> unseen{0};
  const auto ends = RunWriters(database, writing, [&](size_t writer, uint64_t position) {
    run.known[writer].acknowledged = position;  // each thread its own
    return !run.disk->failed() || ++unseen < 30;
  });
  for (const Status& end : ends) {
    if (end.ok()) continue;  // stopped because the other failed
    if (end.code() != StatusCode::kIo) return end.WithContext("not the error of a disk that fails");
    failures->push_back(end);
  }
  return Status::Ok();
}

// The error says where, why, and what to do.
Status CheckHelps(const Status& failure, const std::string& path, const std::string& reason) {
  const std::string text = failure.ToString();
  for (const std::string& part : {path, reason}) {
    if (text.find(part) == std::string::npos) {
      return Status(StatusCode::kInternal, "the error does not say '" + part + "': " + text);
    }
  }
  if (failure.info().hint.empty()) {
    return Status(StatusCode::kInternal, "the error does not say what to do: " + text);
  }
  return Status::Ok();
}

}  // namespace

Status PowerFailureRound(Run& run, bool torn) {
  const uint64_t operations = run.Below(5) == 0 ? 60 : 400;
  run.disk->FailAt(static_cast<int>(run.Below(operations)),
                   rocksdb::IOStatus::IOError("the power failed"), /*persistent=*/true);
  {
    auto database = Database::Open(run.path, OnDisk(run));
    if (database.ok()) {
      std::vector<Status> failures;
      GESTA_RETURN_IF_ERROR(WriteUntilFailure(run, **database, &failures));
    } else if (database.status().code() != StatusCode::kIo) {
      return database.status().WithContext("not the error of a disk that fails");
    }
  }
  std::mt19937 part(static_cast<uint32_t>(run.random()));
  run.disk->DropUnsynced(torn ? &part : nullptr);
  run.disk->StopFailing();
  return VerifyAt(run.path, OnDisk(run), Pending::kMayBeThere, &run.known);
}

Status DiskFaultRound(Run& run) {
  // All combinations come by, and every one of the first writes after opening.
  const bool full = run.round % 2 == 0;
  const bool persistent = run.round / 2 % 2 == 0;
  const bool open_again = run.round / 4 % 2 == 0;
  const std::string reason = full ? "No space left on device" : "Input/output error";
  const auto error = full ? rocksdb::IOStatus::NoSpace(reason) : rocksdb::IOStatus::IOError(reason);
  GESTA_ASSIGN_OR_RETURN(auto database, Database::Open(run.path, OnDisk(run)));
  const uint64_t at = run.Below(2) == 0 ? run.round / 8 : run.Below(100);
  run.disk->FailAt(static_cast<int>(at), error, persistent);
  std::vector<Status> failures;
  GESTA_RETURN_IF_ERROR(WriteUntilFailure(run, *database, &failures));
  if (persistent && failures.empty()) {
    return Status(StatusCode::kInternal, "nobody noticed that the disk fails");
  }
  for (const Status& failure : failures) {
    GESTA_RETURN_IF_ERROR(CheckHelps(failure, run.path, reason));
  }
  // Reading goes on; what failed is not seen.
  GESTA_RETURN_IF_ERROR(
      Verify(*database, Pending::kIsNotThere, &run.known).WithContext("while the disk fails"));
  const auto connection = database->Connect();
  if (persistent) {
    const Status status = connection->Execute("CREATE (:Lost)").status();
    if (status.code() != StatusCode::kIo) {
      return Status(StatusCode::kInternal, "a write on a failing disk: " + status.ToString());
    }
    GESTA_RETURN_IF_ERROR(CheckHelps(status, run.path, reason));
  }
  run.disk->StopFailing();
  // Doing what the hint says is enough: the same statement, on the same connection.
  GESTA_RETURN_IF_ERROR(connection->Execute("CREATE (x:Found) DELETE x")
                            .status()
                            .WithContext("after the disk has recovered"));
  GESTA_RETURN_IF_ERROR(Verify(*database, Pending::kIsNotThere, &run.known)
                            .WithContext("after the disk has recovered"));
  if (!open_again) return Status::Ok();
  database.reset();
  return VerifyAt(run.path, OnDisk(run), Pending::kIsNotThere, &run.known)
      .WithContext("opened again");
}

}  // namespace gesta::crash
