#include "store/read_view.h"

#include <cassert>

namespace gesta::store {
namespace {

// A batch held in memory takes every write (it fails only for key-value pairs of gigabytes, which
// the callers' limits exclude).
void MustSucceed(const rocksdb::Status& status) {
  assert(status.ok());
  status.PermitUncheckedError();
}

}  // namespace

void WriteSet::Put(Family family, std::string_view key, std::string_view value) {
  MustSucceed(batch_.Put(database_->handle(family), key, value));
  dirty_[static_cast<size_t>(family)] = true;
}

void WriteSet::Delete(Family family, std::string_view key) {
  MustSucceed(batch_.Delete(database_->handle(family), key));
  dirty_[static_cast<size_t>(family)] = true;
}

void WriteSet::ForEach(
    Family family, std::string_view prefix,
    const std::function<void(std::string_view, const std::string_view*)>& visit) {
  if (!dirty(family)) return;
  const std::unique_ptr<rocksdb::WBWIIterator> at(batch_.NewIterator(database_->handle(family)));
  for (at->Seek(prefix); at->Valid(); at->Next()) {
    const rocksdb::WriteEntry entry = at->Entry();
    const std::string_view key(entry.key.data(), entry.key.size());
    if (key.substr(0, prefix.size()) != prefix) break;
    const std::string_view value(entry.value.data(), entry.value.size());
    visit(key, entry.type == rocksdb::kPutRecord ? &value : nullptr);
  }
}

size_t WriteSet::SetSavepoint() {
  batch_.SetSavePoint();
  return batch_.GetDataSize();
}

void WriteSet::RollbackToSavepoint(size_t size) {
  MustSucceed(batch_.GetDataSize() == size ? batch_.PopSavePoint() : batch_.RollbackToSavePoint());
}

void WriteSet::ReleaseSavepoint() { MustSucceed(batch_.PopSavePoint()); }

ReadView::ReadView(const Database* database, const rocksdb::Snapshot* snapshot, bool fill_cache)
    : database_(database), store_path_(database->store_path()) {
  options_.snapshot = snapshot;
  options_.fill_cache = fill_cache;
}

Status ReadView::Closed() const {
  return Status(StatusCode::kInvalidArgument, "the transaction has ended");
}

void ReadView::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  for (auto& idle : idle_) idle.clear();
  writes_ = nullptr;
  database_ = nullptr;
}

Result<bool> ReadView::Get(Family family, std::string_view key, rocksdb::PinnableSlice* value) {
  if (database_ == nullptr) return Closed();
  value->Reset();
  rocksdb::ColumnFamilyHandle* handle = database_->handle(family);
  const rocksdb::Status status = dirty(family) ? writes_->batch()->GetFromBatchAndDB(
                                                     database_->db(), options_, handle, key, value)
                                               : database_->db()->Get(options_, handle, key, value);
  if (status.ok()) return true;
  if (status.IsNotFound()) return false;
  return database_->Translate(status, "reading");
}

Result<bool> ReadView::Contains(Family family, std::string_view key) {
  rocksdb::PinnableSlice value;
  return Get(family, key, &value);
}

Result<std::unique_ptr<rocksdb::Iterator>> ReadView::MergedIterator(Family family) const {
  if (database_ == nullptr) return Closed();
  rocksdb::ColumnFamilyHandle* handle = database_->handle(family);
  rocksdb::Iterator* base = database_->db()->NewIterator(options_, handle);
  return std::unique_ptr<rocksdb::Iterator>(
      dirty(family) ? writes_->batch()->NewIteratorWithBase(handle, base, &options_) : base);
}

Status ReadView::Translate(const rocksdb::Status& status) const {
  if (database_ == nullptr) return Closed();
  return status.ok() ? Status::Ok() : database_->Translate(status, "reading");
}

std::unique_ptr<BoundedIterator> ReadView::Borrow(Family family) {
  if (database_ == nullptr) return nullptr;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    auto& idle = idle_[static_cast<size_t>(family)];
    if (!idle.empty()) {
      auto iterator = std::move(idle.back());
      idle.pop_back();
      return iterator;
    }
  }
  auto bounded = std::make_unique<BoundedIterator>();
  rocksdb::ReadOptions options = options_;
  options.iterate_upper_bound = &bounded->upper_slice;
  // The bound must not be empty when the iterator is made; every seek sets it.
  bounded->upper_slice = rocksdb::Slice("\xFF", 1);
  bounded->iterator.reset(database_->db()->NewIterator(options, database_->handle(family)));
  return bounded;
}

void ReadView::GiveBack(Family family, std::unique_ptr<BoundedIterator> iterator) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (database_ != nullptr) idle_[static_cast<size_t>(family)].push_back(std::move(iterator));
}

Scan::Scan(ReadView* view, Family family)
    : view_(view), family_(family), base_(view->Borrow(family)) {
  if (view->dirty(family)) {
    delta_.reset(view->writes_->batch()->NewIterator(view->database_->handle(family)));
  }
}

Scan::~Scan() { view_->GiveBack(family_, std::move(base_)); }

void Scan::Seek(std::string_view lower, std::string_view upper) {
  // RocksDB takes a changed bound into account at the next seek. No key of ours is as long and as
  // high as the bound that stands for none.
  if (!base_) return;
  static constexpr std::string_view kNoBound =
      "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
  base_->upper.assign(upper.empty() ? kNoBound : upper);
  base_->upper_slice = base_->upper;
  Reseek(lower);
}

void Scan::Reseek(std::string_view key) {
  if (!base_) return;
  base_->iterator->Seek(key);
  if (delta_) delta_->Seek(key);
  Settle();
}

void Scan::Next() {
  assert(valid_);
  if (on_delta_) {
    // A base entry under the same key was skipped by Settle.
    delta_->Next();
  } else {
    base_->iterator->Next();
  }
  Settle();
}

bool Scan::DeltaInRange() const {
  return delta_ && delta_->Valid() && delta_->Entry().key.compare(base_->upper_slice) < 0;
}

void Scan::Settle() {
  rocksdb::Iterator& base = *base_->iterator;
  while (DeltaInRange()) {
    const rocksdb::WriteEntry entry = delta_->Entry();
    const int order = base.Valid() ? base.key().compare(entry.key) : 1;
    if (order < 0) break;
    if (order == 0) base.Next();
    if (entry.type == rocksdb::kPutRecord) {
      on_delta_ = true;
      valid_ = true;
      key_ = entry.key;
      return;
    }
    delta_->Next();
  }
  on_delta_ = false;
  valid_ = base.Valid();
  if (valid_) key_ = base.key();
}

Status Scan::status() const {
  if (!base_) return view_->Closed();
  const rocksdb::Status status = base_->iterator->status();
  return status.ok() ? Status::Ok() : view_->database_->Translate(status, "reading");
}

}  // namespace gesta::store
