// StoreImpl: one open directory. It owns the database, the writer slot, the id counters and the
// committed state that new transactions start from.
//
//   PATH/GESTA    "GestaDB store", the format version
//   PATH/LOCK     locked while open (lock_file.h)
//   PATH/db/      RocksDB
#ifndef GESTA_STORE_STORE_IMPL_H_
#define GESTA_STORE_STORE_IMPL_H_

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "catalog/schema.h"
#include "gesta/store.h"
#include "store/database.h"
#include "store/lock_file.h"
#include "store/read_view.h"

namespace gesta::store {

inline constexpr uint32_t kFormatVersion = 1;

// One committed state: what a transaction that begins now will see. Immutable.
struct Version {
  Version(const Database* database, uint64_t commit, std::shared_ptr<const catalog::Schema> schema,
          std::shared_ptr<const Statistics> statistics);
  ~Version();
  Version(const Version&) = delete;
  Version& operator=(const Version&) = delete;

  const Database* database;
  const rocksdb::Snapshot* snapshot;
  uint64_t commit;
  // Shared: most commits change only one of the two, and transactions keep what they started with.
  std::shared_ptr<const catalog::Schema> schema;
  std::shared_ptr<const Statistics> statistics;
};

// What a transaction hands over to be committed.
struct CommitRequest {
  WriteSet* writes = nullptr;
  const Version* base = nullptr;
  std::shared_ptr<const catalog::Schema> schema;
  std::shared_ptr<const Statistics> statistics;
  std::vector<uint32_t> dropped_indexes;  // whose entries are to be removed afterwards
};

class StoreImpl final : public Store {
 public:
  static Result<std::unique_ptr<Store>> Open(const std::string& path, const StoreOptions& options);
  ~StoreImpl() override;

  Result<std::unique_ptr<Transaction>> Begin(const TransactionOptions& options) override;
  const StoreOptions& options() const override { return options_; }
  Result<StoreInfo> Info() override;
  Result<std::vector<CheckProblem>> Check(size_t limit) override;
  Status Backup(const std::string& path) override;
  Status Flush() override;

  // -- for transactions --
  std::shared_ptr<const Version> current() const;
  // kConflict when the time-out passes first, kCancelled, kIo when the store cannot be written.
  Status AcquireSlot(const TransactionOptions& options);
  void ReleaseSlot();
  // Precondition for the rest: the caller holds the slot.
  NodeId AllocateNode() { return next_node_++; }
  RelId AllocateRelationship() { return next_rel_++; }
  NodeId next_node() const { return next_node_; }
  RelId next_rel() const { return next_rel_; }
  uint64_t NewEpoch() { return ++last_epoch_; }
  // Makes the writes durable (if options().sync) and visible to later transactions. On an error
  // nothing is visible, and nothing will be after the store was opened again.
  Status Commit(const CommitRequest& request);
  const Database& database() const { return *database_; }
  const std::string& path() const { return path_; }

 private:
  StoreImpl(std::string path, const StoreOptions& options)
      : path_(std::move(path)), options_(options) {}

  Status OpenDatabase(bool create);
  // Reads the catalog family into the first version.
  Status LoadCatalog();
  Status RemoveDroppedIndexes(const std::vector<uint32_t>& indexes);
  // After a failed commit: makes the log usable again, without the failed writes.
  Status Recover();

  const std::string path_;
  const StoreOptions options_;
  std::unique_ptr<LockFile> lock_;
  std::unique_ptr<Database> database_;

  mutable std::mutex version_mutex_;  // guards version_
  // Shared: transactions keep the version they began with.
  std::shared_ptr<const Version> version_;

  std::mutex slot_mutex_;  // guards slot_taken_
  std::condition_variable slot_free_;
  bool slot_taken_ = false;

  // Owned by whoever holds the slot.
  NodeId next_node_ = 0;
  RelId next_rel_ = 0;
  Status failed_;  // why the last commit failed, until Recover succeeds
  bool wrote_ = false;

  std::atomic<uint64_t> last_epoch_{0};
};

// Writes the file that makes `path` a store of this version's format.
Status WriteMarker(rocksdb::Env* env, const std::string& path);

}  // namespace gesta::store

#endif  // GESTA_STORE_STORE_IMPL_H_
