// Database: RocksDB with the store's column families, options and error texts.
//
// Everything that is particular to RocksDB's configuration is here. Thread-safe as RocksDB is.
#ifndef GESTA_STORE_DATABASE_H_
#define GESTA_STORE_DATABASE_H_

#include <rocksdb/db.h>
#include <rocksdb/wal_filter.h>

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "gesta/store.h"
#include "store/keys.h"

namespace gesta::store {

class Database {
 public:
  // `directory` is RocksDB's own; `store_path` is what messages name. `last_sequence`, when given,
  // discards what the log has after that sequence number for good.
  static Result<std::unique_ptr<Database>> Open(const std::string& directory,
                                                const std::string& store_path,
                                                const StoreOptions& options,
                                                std::optional<uint64_t> last_sequence = {});
  ~Database();

  rocksdb::DB* db() const { return db_.get(); }
  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles_[static_cast<size_t>(family)];
  }
  const std::string& store_path() const { return store_path_; }

  // Waits until the logs that were there before this open are on the disk. They need not be: their
  // process may have been killed, or did not wait. To be called before anything durable is built
  // upon them (a later log, tables of some families), or a power failure could take what is below.
  // Does its work once.
  Status SyncEarlierLogs();
  // Writes every family's memory table to table files.
  Status Flush();
  // Whether the family has a key at or above `begin` and below `end`.
  Result<bool> HasKeys(Family family, const Key& begin, const Key& end);
  // Adds a deletion of each such key to `batch`. For families that are mostly empty, in place of
  // one deletion of a range: a compaction that is left with nothing but deleted ranges begins a
  // table without keys, and when the disk fails then, RocksDB 7.8 ends the process by an assertion.
  Status DeleteKeys(Family family, const Key& begin, const Key& end, rocksdb::WriteBatch* batch);
  // Whether RocksDB merges tables of relationships by itself, as it does from opening on. Bulk
  // loads in a row would have it merge the same ones again after each.
  Status MergeInBackground(bool does);
  // Merges those that overlap.
  Status MergeNow();
  // Bytes in write-ahead logs, which the next open would replay, and how many files they are.
  struct LogSize {
    uint64_t bytes = 0;
    size_t files = 0;
  };
  LogSize Logs();
  // How many errors RocksDB's background work has had since it was opened.
  uint64_t BackgroundErrors();

  // Our Status for RocksDB's: kIo, kCorruption or kInternal, naming the store and what was done.
  Status Translate(const rocksdb::Status& status, std::string_view doing) const;

 private:
  Database(std::string store_path) : store_path_(std::move(store_path)) {}

  std::string store_path_;
  std::mutex earlier_logs_mutex_;                // guards earlier_logs_
  std::vector<std::string> earlier_logs_;        // not known to be synced
  std::unique_ptr<rocksdb::WalFilter> log_end_;  // RocksDB borrows it
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilyCount> handles_{};
};

Status TranslateStatus(const rocksdb::Status& status, const std::string& store_path,
                       std::string_view doing);

}  // namespace gesta::store

#endif  // GESTA_STORE_DATABASE_H_
