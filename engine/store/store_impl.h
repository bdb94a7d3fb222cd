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
#include "store/graph_cache.h"
#include "store/lock_file.h"
#include "store/read_view.h"
#include "store/vector_indexes.h"

namespace gesta::store {

// 2: has the families `vector` and `pending`. Older stores get them when they are opened for
// writing.
inline constexpr uint32_t kFormatVersion = 4;

class TableSet;

// One committed state: what a transaction that begins now will see. Immutable.
struct Version {
  Version(std::shared_ptr<Database> database, uint64_t commit,
          std::shared_ptr<const catalog::Schema> schema,
          std::shared_ptr<const Statistics> statistics);
  ~Version();
  Version(const Version&) = delete;
  Version& operator=(const Version&) = delete;

  // Shared: a store that recovers replaces its database, and waits until nobody uses the old one.
  std::shared_ptr<Database> database;
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
  const std::vector<PartChange>* part_changes = nullptr;  // null: anything may have changed
  TableSet* tables = nullptr;  // bulk load: they and `writes` bypass the log
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
  Status KeepRecords(const std::vector<std::pair<std::string, std::string>>& records,
                     bool sync) override;
  Result<std::optional<std::string>> ReadRecord(std::string_view key) override;
  Status Flush() override;
  Status MergeLoads() override;
  Status BuildVectorIndex(std::string_view space, const std::atomic<bool>* cancel) override;

  // -- for transactions --
  // The last committed state; an error when the store failed and could not be opened again.
  Result<std::shared_ptr<const Version>> Current() const;
  // kConflict when the time-out passes first, kCancelled.
  Status AcquireSlot(const TransactionOptions& options);
  // Takes the slot, then the last committed state.
  Result<std::shared_ptr<const Version>> BeginHoldingSlot(const TransactionOptions& options);
  void ReleaseSlot();
  // Precondition for the rest: the caller holds the slot.
  NodeId AllocateNode() { return next_node_++; }
  RelId AllocateRelationship() { return next_rel_++; }
  NodeId next_node() const { return next_node_; }
  RelId next_rel() const { return next_rel_; }
  uint64_t NewEpoch() { return ++last_epoch_; }
  // For a transaction that began with `base` and took the slot now: kConflict when another commit
  // came between, or when the store failed and a new transaction can write it; kIo when none can.
  Status CheckWritable(const Version& base);
  // From now on tables that overlap wait for MergeLoads, or for the next commit of a transaction.
  Status DeferMerges();
  // Makes the writes durable (if options().sync) and visible to later transactions. On an error
  // nothing is visible, and the store must recover before the next commit.
  Status Commit(const CommitRequest& request);
  const std::string& path() const { return path_; }
  GraphCache* graph_cache() { return &graph_cache_; }
  VectorIndexes* vector_indexes() { return &vector_indexes_; }

 private:
  StoreImpl(std::string path, const StoreOptions& options)
      : path_(std::move(path)),
        options_(options),
        graph_cache_(options.graph_cache_bytes, options.graph_cache_at_once),
        vector_indexes_(this) {}

  // -- store_open.cpp --
  // Opens PATH/db, and clears away what a bulk load that failed has left.
  Result<std::shared_ptr<Database>> OpenDatabase(const StoreOptions& options,
                                                 std::optional<uint64_t> last_sequence);
  // Reads the catalog family. Sets the id counters.
  Result<std::shared_ptr<const Version>> LoadCatalog(std::shared_ptr<Database> database);

  Status RemoveDroppedIndexes(Database* database, const std::vector<uint32_t>& indexes);

  // -- recovery.cpp; the slot is held --
  void SetFailed(const Status& status);
  bool HasFailed() const;  // needs no slot
  // Releases the slot when the store cannot recover.
  Status RecoverIfFailed();
  Status Recover();
  Status ProbeDisk();
  Result<std::shared_ptr<const Version>> Reopen(bool read_only);

  const std::string path_;
  const StoreOptions options_;
  std::unique_ptr<LockFile> lock_;
  GraphCache graph_cache_;
  VectorIndexes vector_indexes_;

  mutable std::mutex version_mutex_;  // guards version_ and failed_
  // Shared: transactions keep the version they began with. Null: failed_ says why.
  std::shared_ptr<const Version> version_;
  Status failed_;  // why the last commit failed, until the store has recovered
  std::atomic<bool> flush_failed_{false};  // since then; RocksDB may refuse commits for it

  std::mutex slot_mutex_;  // guards slot_taken_
  std::condition_variable slot_free_;
  bool slot_taken_ = false;

  // Owned by whoever holds the slot.
  NodeId next_node_ = 0;
  RelId next_rel_ = 0;
  std::shared_ptr<Database> database_;  // the current version's; shared with versions
  uint64_t last_good_sequence_ = 0;     // RocksDB's, before the last commit
  uint64_t background_errors_ = 0;      // that RocksDB had counted when it was opened
  bool merges_deferred_ = false;

  std::atomic<uint64_t> last_epoch_{0};
};

// RocksDB's directory in a store's.
std::string DatabaseDirectory(const std::string& path);

// Writes the file that makes `path` a store of this version's format.
Status WriteMarker(rocksdb::Env* env, const std::string& path);

}  // namespace gesta::store

#endif  // GESTA_STORE_STORE_IMPL_H_
