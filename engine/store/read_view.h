// ReadView: point reads and ordered scans of one snapshot, merged with a transaction's own writes.
//
// Families that the transaction has not written are read from the plain snapshot; only dirty ones
// pay for merging. Iterators are kept for reuse, because making one costs more than a seek.
// Several threads may read one view at once as long as nobody writes.
#ifndef GESTA_STORE_READ_VIEW_H_
#define GESTA_STORE_READ_VIEW_H_

#include <rocksdb/db.h>
#include <rocksdb/utilities/write_batch_with_index.h>

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "store/database.h"
#include "store/keys.h"

namespace gesta::store {

// The uncommitted writes of one transaction.
class WriteSet {
 public:
  explicit WriteSet(const Database* database)
      : database_(database), batch_(rocksdb::BytewiseComparator(), 0, /*overwrite_key=*/true) {}

  void Put(Family family, std::string_view key, std::string_view value);
  void Delete(Family family, std::string_view key);
  bool dirty(Family family) const { return dirty_[static_cast<size_t>(family)]; }
  // Calls visit(key, value) for each key of the family that starts with the prefix and was written,
  // in key order; a null value is a deletion.
  void ForEach(Family family, std::string_view prefix,
               const std::function<void(std::string_view, const std::string_view*)>& visit);
  bool empty() const { return batch_.GetDataSize() <= kEmptyBatchSize; }

  // Savepoints nest. SetSavepoint returns the size to hand to RollbackToSavepoint, which makes
  // undoing nothing free: rolling back costs a pass over the whole batch.
  size_t SetSavepoint();
  void RollbackToSavepoint(size_t size);
  void ReleaseSavepoint();
  void Clear() { batch_.Clear(); }

  rocksdb::WriteBatchWithIndex* batch() { return &batch_; }

 private:
  static constexpr size_t kEmptyBatchSize = 12;  // RocksDB's batch header

  const Database* database_;
  rocksdb::WriteBatchWithIndex batch_;
  std::array<bool, kFamilyCount> dirty_{};  // may stay set after a rollback to a savepoint
};

// A base iterator with the storage of its upper bound, which RocksDB borrows.
struct BoundedIterator {
  std::string upper;
  rocksdb::Slice upper_slice;
  std::unique_ptr<rocksdb::Iterator> iterator;
};

class ReadView {
 public:
  // `snapshot` may be null (a store opened for reading only never changes). `fill_cache`: whether
  // what is read should stay in the block cache.
  ReadView(const Database* database, const rocksdb::Snapshot* snapshot, bool fill_cache = true);

  void set_writes(WriteSet* writes) { writes_ = writes; }
  // Lets go of the snapshot's iterators; later reads fail.
  void Close();
  bool dirty(Family family) const { return writes_ != nullptr && writes_->dirty(family); }
  const std::string& store_path() const { return store_path_; }

  // False when there is no such key.
  Result<bool> Get(Family family, std::string_view key, rocksdb::PinnableSlice* value);
  Result<bool> Contains(Family family, std::string_view key);

  // An iterator over the family with the transaction's writes merged in, for what Scan cannot do
  // (going backwards). Valid until the family is written or the view closed.
  Result<std::unique_ptr<rocksdb::Iterator>> MergedIterator(Family family) const;
  Status Translate(const rocksdb::Status& status) const;

 private:
  friend class Scan;
  std::unique_ptr<BoundedIterator> Borrow(Family family);
  void GiveBack(Family family, std::unique_ptr<BoundedIterator> iterator);

  Status Closed() const;

  const Database* database_;  // null once closed
  const std::string& store_path_;
  rocksdb::ReadOptions options_;
  WriteSet* writes_ = nullptr;
  std::mutex mutex_;  // guards idle_
  std::array<std::vector<std::unique_ptr<BoundedIterator>>, kFamilyCount> idle_;
};

// A forward scan of one family between two keys. Writes to the family while a scan is positioned
// make the scan invalid: seek again.
class Scan {
 public:
  Scan(ReadView* view, Family family);
  ~Scan();
  Scan(const Scan&) = delete;
  Scan& operator=(const Scan&) = delete;

  // Positions at the first key in [lower, upper); an empty `upper` is no bound.
  void Seek(std::string_view lower, std::string_view upper);
  void SeekPrefix(const Key& prefix) { Seek(prefix, prefix.PrefixEnd()); }
  // Moves forward (or back) to the first key at or above `key`, within the last upper bound.
  void Reseek(std::string_view key);
  bool Valid() const { return valid_; }
  void Next();
  std::string_view key() const { return {key_.data(), key_.size()}; }
  std::string_view value() const {
    const rocksdb::Slice value = on_delta_ ? delta_->Entry().value : base_->iterator->value();
    return {value.data(), value.size()};
  }
  Status status() const;

 private:
  void Settle();
  bool DeltaInRange() const;

  ReadView* view_;
  Family family_;
  std::unique_ptr<BoundedIterator> base_;         // null: the view is closed
  std::unique_ptr<rocksdb::WBWIIterator> delta_;  // null: the family is not dirty
  rocksdb::Slice key_;
  bool valid_ = false;
  bool on_delta_ = false;
};

}  // namespace gesta::store

#endif  // GESTA_STORE_READ_VIEW_H_
