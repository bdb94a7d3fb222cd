// Recovery after a failed commit, inside the process.
//
// When RocksDB cannot write or sync its log, it refuses all later writes, and the failed commit may
// or may not be in the file. The store then opens its database anew and ends the log before that
// commit, so that what failed stays failed. This needs that no transaction uses the old database;
// until then reads go on and writes are refused.
#include <rocksdb/env.h>

#include "store/store_impl.h"

namespace gesta::store {

void StoreImpl::SetFailed(const Status& status) {
  std::lock_guard<std::mutex> lock(version_mutex_);
  failed_ = status;
}

bool StoreImpl::HasFailed() const {
  std::lock_guard<std::mutex> lock(version_mutex_);
  return !failed_.ok();
}

Status StoreImpl::CheckWritable(const Version& base) {
  const auto current = Current();
  Status failed;
  {
    std::lock_guard<std::mutex> lock(version_mutex_);
    failed = failed_;
  }
  if (!failed.ok()) {
    GESTA_RETURN_IF_ERROR(ProbeDisk());
    return Status(
        StatusCode::kConflict,
        "an earlier commit failed after this transaction began: " + std::string(failed.message()),
        "run the transaction again");
  }
  if (!current.ok()) return current.status();
  if ((*current)->commit != base.commit || (*current)->database != base.database) {
    return Status(StatusCode::kConflict,
                  "another connection committed after this transaction began",
                  "run the transaction again");
  }
  return Status::Ok();
}

Status StoreImpl::RecoverIfFailed() {
  bool failed;
  {
    std::lock_guard<std::mutex> lock(version_mutex_);
    failed = !failed_.ok();
    // Background work that failed (a table that could not be written) refuses commits too. They
    // need not fail first: if nobody reads, recover now.
    if (!failed && version_.use_count() == 1 && database_.use_count() == 2 &&
        (flush_failed_ || database_->BackgroundErrors() != background_errors_)) {
      failed = true;
      last_good_sequence_ = database_->db()->GetLatestSequenceNumber();
      failed_ = Status(StatusCode::kIo, "writing tables of the store at '" + path_ + "' failed");
    }
  }
  if (!failed) return Status::Ok();
  const Status status = Recover();
  if (!status.ok()) ReleaseSlot();
  return status;
}

Status StoreImpl::ProbeDisk() {
  rocksdb::Env* env = options_.env != nullptr ? options_.env : rocksdb::Env::Default();
  const std::string file = path_ + "/PROBE";
  const rocksdb::Status status =
      rocksdb::WriteStringToFile(env, std::string(64 << 10, 'x'), file, /*should_sync=*/true);
  env->DeleteFile(file).PermitUncheckedError();
  return TranslateStatus(status, path_, "writing to");
}

Result<std::shared_ptr<const Version>> StoreImpl::Reopen(bool read_only) {
  StoreOptions options = options_;
  options.create_if_missing = false;
  options.read_only = read_only;
  GESTA_ASSIGN_OR_RETURN(database_, OpenDatabase(options, last_good_sequence_));
  return LoadCatalog(database_);
}

Status StoreImpl::Recover() {
  GESTA_RETURN_IF_ERROR(ProbeDisk());
  // Held while the database is closed and opened, so that nobody begins meanwhile.
  std::lock_guard<std::mutex> lock(version_mutex_);
  if (version_ && (version_.use_count() > 1 || database_.use_count() > 2)) {
    return Status(StatusCode::kIo,
                  "writing stopped after a failure, and goes on when the transactions that are "
                  "running now have ended: " +
                      std::string(failed_.message()),
                  "end them, or open the store again");
  }
  version_.reset();
  database_.reset();
  auto reopened = Reopen(/*read_only=*/false);
  if (reopened.ok()) {
    version_ = std::move(reopened).value();
    failed_ = Status::Ok();
    flush_failed_ = false;
    return Status::Ok();
  }
  // At least let others read.
  failed_ = reopened.status();
  database_.reset();
  auto readable = Reopen(/*read_only=*/true);
  if (readable.ok()) version_ = std::move(readable).value();
  return failed_;
}

}  // namespace gesta::store
