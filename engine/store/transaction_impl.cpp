#include "store/transaction_impl.h"

#include <algorithm>
#include <cassert>

namespace gesta::store {

TransactionImpl::TransactionImpl(StoreImpl* store, const TransactionOptions& options,
                                 std::shared_ptr<const Version> version, bool holds_slot)
    : store_(store),
      options_(options),
      version_(std::move(version)),
      base_commit_(version_->commit),
      view_(version_->database.get(), version_->snapshot),
      index_writer_(&view_),
      holds_slot_(holds_slot),
      schema_(version_->schema),
      statistics_(version_->statistics) {}

TransactionImpl::~TransactionImpl() { End(); }

Status TransactionImpl::BeginWrite() {
  if (writes_) return Status::Ok();
  if (ended_) return Status(StatusCode::kInvalidArgument, "the transaction has ended");
  if (options_.read_only) {
    return Status(StatusCode::kReadOnly, "the transaction is for reading only");
  }
  if (store_->options().read_only) {
    return Status(StatusCode::kReadOnly,
                  "the store at '" + store_->path() + "' is open for reading only");
  }
  if (!holds_slot_) {
    GESTA_RETURN_IF_ERROR(store_->AcquireSlot(options_));
    const Status status = store_->CheckWritable(*version_);
    if (!status.ok()) {
      store_->ReleaseSlot();
      return status;
    }
    holds_slot_ = true;
  }
  first_new_node_ = store_->next_node();
  first_new_rel_ = store_->next_rel();
  writes_ = std::make_unique<WriteSet>(version_->database.get());
  view_.set_writes(writes_.get());
  return Status::Ok();
}

catalog::Schema& TransactionImpl::MutableSchema() {
  if (own_schema_ == nullptr) {
    auto copy = std::make_shared<catalog::Schema>(*schema_);
    own_schema_ = copy.get();
    schema_ = std::move(copy);
  }
  own_schema_->epoch = store_->NewEpoch();
  return *own_schema_;
}

Statistics& TransactionImpl::MutableStatistics() {
  if (own_statistics_ == nullptr) {
    auto copy = std::make_shared<Statistics>(*statistics_);
    own_statistics_ = copy.get();
    statistics_ = std::move(copy);
  }
  return *own_statistics_;
}

// -- names --

NameId TransactionImpl::FindName(NameKind kind, std::string_view name) const {
  return schema_->names(kind).Find(name);
}

Result<NameId> TransactionImpl::GetOrCreateName(NameKind kind, std::string_view name) {
  const NameId known = FindName(kind, name);
  if (known != kNoName) return known;
  GESTA_RETURN_IF_ERROR(BeginWrite());
  const NameId id = MutableSchema().names(kind).Add(name);
  writes_->Put(Family::kCatalog, NameKey(kind, id), name);
  return id;
}

std::string_view TransactionImpl::Name(NameKind kind, NameId id) const {
  return schema_->names(kind).Get(id);
}

std::vector<std::string> TransactionImpl::Names(NameKind kind) const {
  const catalog::NameTable& table = schema_->names(kind);
  std::vector<std::string> names;
  names.reserve(table.size());
  for (NameId id = 0; id < table.size(); ++id) names.emplace_back(table.Get(id));
  return names;
}

// -- job records --

Result<std::optional<std::string>> TransactionImpl::GetJobRecord(std::string_view key) {
  rocksdb::PinnableSlice value;
  GESTA_ASSIGN_OR_RETURN(const bool found, view_.Get(Family::kJob, key, &value));
  if (!found) return std::optional<std::string>();
  return std::optional<std::string>(value.ToString());
}

Status TransactionImpl::PutJobRecord(std::string_view key, std::string_view value) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  writes_->Put(Family::kJob, key, value);
  return Status::Ok();
}

Status TransactionImpl::DeleteJobRecord(std::string_view key) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  writes_->Delete(Family::kJob, key);
  return Status::Ok();
}

Result<std::vector<std::pair<std::string, std::string>>> TransactionImpl::ScanJobRecords(
    std::string_view prefix) {
  std::vector<std::pair<std::string, std::string>> records;
  Scan scan(&view_, Family::kJob);
  for (scan.Seek(prefix, PrefixEnd(prefix)); scan.Valid(); scan.Next()) {
    records.emplace_back(scan.key(), scan.value());
  }
  GESTA_RETURN_IF_ERROR(scan.status());
  return records;
}

// -- ending --

void TransactionImpl::End() {
  ended_ = true;
  view_.Close();
  writes_.reset();
  savepoints_.clear();
  parts_.clear();
  version_.reset();
  if (holds_slot_) store_->ReleaseSlot();
  holds_slot_ = false;
}

void TransactionImpl::Rollback() {
  if (ended_) return;
  schema_ = version_->schema;
  statistics_ = version_->statistics;
  own_schema_ = nullptr;
  own_statistics_ = nullptr;
  changes_ = {};
  End();
}

Status TransactionImpl::Commit() {
  if (ended_) return Status(StatusCode::kInvalidArgument, "the transaction has ended");
  if (!writes_ || writes_->empty()) {
    End();
    return Status::Ok();
  }
  Status status = CheckExistence();
  if (status.ok()) {
    CommitRequest request;
    request.writes = writes_.get();
    request.base = version_.get();
    request.schema = schema_;
    request.statistics = statistics_;
    request.dropped_indexes = dropped_indexes_;
    request.part_changes = &part_changes_;
    status = store_->Commit(request);
  }
  if (!status.ok()) {
    Rollback();
    return status;
  }
  End();
  return Status::Ok();
}

Status TransactionImpl::CheckExistence() {
  if (!schema_->has_existence_constraints()) return Status::Ok();
  std::sort(touched_.begin(), touched_.end());
  touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
  rocksdb::PinnableSlice bytes;
  for (const auto& [entity, id] : touched_) {
    const bool is_node = entity == EntityKind::kNode;
    GESTA_ASSIGN_OR_RETURN(const bool found, is_node ? view_.Get(Family::kNode, NodeKey(id), &bytes)
                                                     : view_.Get(Family::kRel, RelKey(id), &bytes));
    if (!found) continue;  // deleted since
    NodeRow node;
    RelRow rel;
    const std::string_view row(bytes.data(), bytes.size());
    if (is_node ? !NodeRow::Parse(row, &node) : !RelRow::Parse(row, &rel)) {
      return Damaged(entity, id);
    }
    for (const ConstraintInfo& constraint : schema_->constraints()) {
      if (constraint.kind != ConstraintKind::kExists || constraint.entity != entity) continue;
      const bool concerned =
          is_node ? NodeHasLabel(row, constraint.label) : rel.record.type == constraint.label;
      if (!concerned) continue;
      const PropertyView properties = is_node ? node.properties : rel.properties;
      for (NameId property : constraint.properties) {
        if (!properties.Find(property))
          return ExistenceViolated(*schema_, constraint, id, property);
      }
    }
  }
  return Status::Ok();
}

// -- savepoints --

void TransactionImpl::SetSavepoint() {
  Savepoint savepoint;
  savepoint.in_batch = writes_ != nullptr;
  if (writes_) savepoint.batch_size = writes_->SetSavepoint();
  savepoint.schema = schema_;
  savepoint.statistics = statistics_;
  savepoint.changes = changes_;
  savepoint.deleted_relationships = deletion_order_.size();
  savepoint.touched = touched_.size();
  savepoint.dropped_indexes = dropped_indexes_.size();
  savepoints_.push_back(std::move(savepoint));
  own_schema_ = nullptr;
  own_statistics_ = nullptr;
}

Status TransactionImpl::RollbackToSavepoint() {
  if (savepoints_.empty()) {
    return Status(StatusCode::kInvalidArgument, "the transaction has no savepoint");
  }
  Savepoint savepoint = std::move(savepoints_.back());
  savepoints_.pop_back();
  if (writes_) {
    if (savepoint.in_batch) {
      writes_->RollbackToSavepoint(savepoint.batch_size);
    } else {
      writes_->Clear();
    }
  }
  index_writer_.Forget();
  schema_ = std::move(savepoint.schema);
  statistics_ = std::move(savepoint.statistics);
  own_schema_ = nullptr;
  own_statistics_ = nullptr;
  changes_ = savepoint.changes;
  while (deletion_order_.size() > savepoint.deleted_relationships) {
    deleted_relationships_.erase(deletion_order_.back());
    deletion_order_.pop_back();
  }
  touched_.resize(savepoint.touched);
  dropped_indexes_.resize(savepoint.dropped_indexes);
  return Status::Ok();
}

void TransactionImpl::ReleaseSavepoint() {
  if (savepoints_.empty()) return;
  // A savepoint from before the first write has no counterpart in the batch.
  if (savepoints_.back().in_batch) writes_->ReleaseSavepoint();
  savepoints_.pop_back();
}

}  // namespace gesta::store
