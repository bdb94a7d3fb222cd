#include "store/store_impl.h"

#include "store/index_file.h"
#include "store/table_set.h"
#include "store/transaction_impl.h"

namespace gesta::store {

Version::Version(std::shared_ptr<Database> shared_database, uint64_t commit,
                 std::shared_ptr<const catalog::Schema> schema,
                 std::shared_ptr<const Statistics> statistics)
    : database(std::move(shared_database)),
      snapshot(database->db()->GetSnapshot()),
      commit(commit),
      schema(std::move(schema)),
      statistics(std::move(statistics)) {}

Version::~Version() {
  if (snapshot != nullptr) database->db()->ReleaseSnapshot(snapshot);
}

Result<std::shared_ptr<const Version>> StoreImpl::Current() const {
  std::lock_guard<std::mutex> lock(version_mutex_);
  if (!version_) return failed_;
  return version_;
}

Result<std::shared_ptr<const Version>> StoreImpl::BeginHoldingSlot(
    const TransactionOptions& options) {
  if (options_.read_only) {
    return Status(StatusCode::kReadOnly, "the store at '" + path_ + "' is open for reading only");
  }
  GESTA_RETURN_IF_ERROR(AcquireSlot(options));
  GESTA_RETURN_IF_ERROR(RecoverIfFailed());
  auto version = Current();
  if (!version.ok()) ReleaseSlot();
  return version;
}

Result<std::unique_ptr<Transaction>> StoreImpl::Begin(const TransactionOptions& options) {
  if (options.take_slot && !options.read_only) {
    GESTA_ASSIGN_OR_RETURN(auto version, BeginHoldingSlot(options));
    return std::unique_ptr<Transaction>(
        std::make_unique<TransactionImpl>(this, options, std::move(version), /*holds_slot=*/true));
  }
  if (!options.read_only && HasFailed()) {
    // Its first write could only say: begin again.
    TransactionOptions now = options;
    now.slot_timeout = std::chrono::milliseconds(0);
    if (AcquireSlot(now).ok()) {
      GESTA_RETURN_IF_ERROR(RecoverIfFailed());
      ReleaseSlot();
    }
  }
  GESTA_ASSIGN_OR_RETURN(auto version, Current());
  return std::unique_ptr<Transaction>(
      std::make_unique<TransactionImpl>(this, options, std::move(version), /*holds_slot=*/false));
}

Status StoreImpl::AcquireSlot(const TransactionOptions& options) {
  const auto deadline = std::chrono::steady_clock::now() + options.slot_timeout;
  std::unique_lock<std::mutex> lock(slot_mutex_);
  while (slot_taken_) {
    // A cancel flag has no way to wake this thread up.
    constexpr auto kLookAtFlag = std::chrono::milliseconds(10);
    const auto now = std::chrono::steady_clock::now();
    if (options.cancel != nullptr && *options.cancel) {
      return Status(StatusCode::kCancelled, "cancelled while waiting for another write to end");
    }
    if (now >= deadline) {
      return Status(StatusCode::kConflict,
                    "another transaction was still writing after " +
                        std::to_string(options.slot_timeout.count()) + " ms",
                    "run the transaction again");
    }
    const auto until = options.cancel != nullptr ? std::min(deadline, now + kLookAtFlag) : deadline;
    slot_free_.wait_until(lock, until);
  }
  slot_taken_ = true;
  return Status::Ok();
}

void StoreImpl::ReleaseSlot() {
  {
    std::lock_guard<std::mutex> lock(slot_mutex_);
    slot_taken_ = false;
  }
  slot_free_.notify_one();
}

namespace {

void PutCounts(const std::vector<uint64_t>& before, const std::vector<uint64_t>& after,
               Key (*key)(NameId), WriteSet* writes) {
  for (NameId id = 0; id < after.size(); ++id) {
    if (id < before.size() && before[id] == after[id]) continue;
    std::string value;
    AppendVarint(&value, after[id]);
    writes->Put(Family::kCatalog, key(id), value);
  }
}

void PutEndCounts(const Statistics& before, const Statistics& after, WriteSet* writes) {
  if (!after.counts_ends) return;
  if (before.relationships == 0 && after.relationships > 0) {
    writes->Put(Family::kCatalog, EndCountsKeptKey(), {});
  }
  for (const Statistics::EndCount& now : after.end_counts) {
    const Statistics::EndCount then = before.EndCountOf(now.type, now.label);
    if (now.starts == then.starts && now.ends == then.ends) continue;
    std::string value;
    AppendVarint(&value, now.starts);
    AppendVarint(&value, now.ends);
    writes->Put(Family::kCatalog, EndCountKey(now.type, now.label), value);
  }
  for (const Statistics::EndCount& then : before.end_counts) {
    const auto at = after.FindEndCount(then.type, then.label);
    if (at == after.end_counts.end() || at->type != then.type || at->label != then.label) {
      writes->Delete(Family::kCatalog, EndCountKey(then.type, then.label));
    }
  }
}

void PutSpaceCounts(const std::map<uint32_t, uint64_t>& before,
                    const std::map<uint32_t, uint64_t>& after, Key (*key)(uint32_t),
                    WriteSet* writes) {
  for (const auto& [id, n] : after) {
    const auto found = before.find(id);
    if (found != before.end() && found->second == n) continue;
    std::string value;
    AppendVarint(&value, n);
    writes->Put(Family::kCatalog, key(id), value);
  }
  for (const auto& entry : before) {
    if (after.count(entry.first) == 0) writes->Delete(Family::kCatalog, key(entry.first));
  }
}

void PutStatistics(const Statistics& before, const Statistics& after, WriteSet* writes) {
  PutCounts(before.label_nodes, after.label_nodes, &LabelCountKey, writes);
  PutCounts(before.type_relationships, after.type_relationships, &TypeCountKey, writes);
  auto count = [](const std::map<uint32_t, uint64_t>& counts, uint32_t id) {
    const auto found = counts.find(id);
    return found == counts.end() ? ~uint64_t{0} : found->second;
  };
  for (const auto& [id, entries] : after.index_entries) {
    const uint64_t distinct = count(after.index_distinct, id);
    if (entries == count(before.index_entries, id) &&
        distinct == count(before.index_distinct, id)) {
      continue;
    }
    std::string value;
    AppendVarint(&value, entries);
    AppendVarint(&value, distinct);
    writes->Put(Family::kCatalog, IndexCountKey(id), value);
  }
  for (const auto& entry : before.index_entries) {
    if (after.index_entries.count(entry.first) == 0) {
      writes->Delete(Family::kCatalog, IndexCountKey(entry.first));
    }
  }
  PutSpaceCounts(before.space_vectors, after.space_vectors, &SpaceCountKey, writes);
  PutSpaceCounts(before.space_sequences, after.space_sequences, &SequenceCountKey, writes);
  PutEndCounts(before, after, writes);
}

}  // namespace

Status StoreImpl::Commit(const CommitRequest& request) {
  catalog::Counters counters;
  counters.commit = request.base->commit + 1;
  counters.next_node = next_node_;
  counters.next_rel = next_rel_;
  counters.next_index = request.schema->next_index;
  counters.nodes = request.statistics->nodes;
  counters.relationships = request.statistics->relationships;
  request.writes->Put(Family::kCatalog, CountersKey(), catalog::EncodeCounters(counters));
  PutStatistics(*request.base->statistics, *request.statistics, request.writes);
  vector_indexes_.AddPending(*request.schema, counters.commit, request.writes);

  rocksdb::WriteOptions options;
  options.sync = options_.sync;
  last_good_sequence_ = database_->db()->GetLatestSequenceNumber();
  Status status = database_->SyncEarlierLogs();
  if (status.ok() && request.tables == nullptr && merges_deferred_) {
    merges_deferred_ = false;
    status = database_->MergeInBackground(true);
  }
  if (status.ok() && request.tables != nullptr) {
    status = request.tables->Ingest(request.writes);
  } else if (status.ok()) {
    status = database_->Translate(
        database_->db()->Write(options, request.writes->batch()->GetWriteBatch()), "committing to");
  }
  if (!status.ok()) {
    vector_indexes_.Abandon();
    SetFailed(status);
    return status;
  }
  // Made before it is shown, so that a version's snapshot, schema and statistics always agree.
  auto version = std::make_shared<const Version>(database_, counters.commit, request.schema,
                                                 request.statistics);
  if (request.part_changes != nullptr) {
    graph_cache_.Apply(*request.part_changes, counters.commit);
  } else {
    graph_cache_.Clear(counters.commit);
  }
  vector_indexes_.Publish(*version, request.writes, [&] {
    std::lock_guard<std::mutex> lock(version_mutex_);
    version_.swap(version);
  });
  if (!request.dropped_indexes.empty()) {
    // The commit stands; what is left behind the next open removes.
    [[maybe_unused]] const Status removed =
        RemoveDroppedIndexes(database_.get(), request.dropped_indexes);
  }
  return Status::Ok();
}

Status StoreImpl::RemoveDroppedIndexes(Database* database, const std::vector<uint32_t>& indexes) {
  rocksdb::WriteBatch batch;
  rocksdb::Env* env = options_.env != nullptr ? options_.env : rocksdb::Env::Default();
  for (uint32_t index : indexes) {
    RemoveIndexFile(env, path_, index);
    const Key begin = IndexPrefix(index);
    const Key end = begin.PrefixEnd();
    rocksdb::Status status;
    // It was an index or a space: only what has keys is told, for deleted ranges that meet nothing
    // make tables without keys (Database::DeleteKeys says what is wrong with those).
    for (const Family family : {Family::kIndex, Family::kVector, Family::kSequence}) {
      if (!status.ok()) break;
      GESTA_ASSIGN_OR_RETURN(const bool any, database->HasKeys(family, begin, end));
      if (!any) continue;
      status = batch.DeleteRange(database->handle(family), std::string_view(begin),
                                 std::string_view(end));
    }
    if (status.ok()) {
      GESTA_RETURN_IF_ERROR(database->DeleteKeys(Family::kPending, begin, end, &batch));
    }
    if (status.ok()) {
      status = batch.Delete(database->handle(Family::kCatalog),
                            std::string_view(PendingRemovedKey(index)));
    }
    if (status.ok()) {
      status = batch.Delete(database->handle(Family::kCatalog),
                            std::string_view(DroppedIndexKey(index)));
    }
    GESTA_RETURN_IF_ERROR(database->Translate(status, "dropping an index of"));
  }
  return database->Translate(database->db()->Write({}, &batch), "dropping an index of");
}

Status StoreImpl::KeepRecords(const std::vector<std::pair<std::string, std::string>>& records,
                              bool sync) {
  if (options_.read_only) {
    return Status(StatusCode::kReadOnly, "the store at '" + path_ + "' is open for reading only");
  }
  GESTA_ASSIGN_OR_RETURN(const std::shared_ptr<const Version> version, Current());
  Database& database = *version->database;
  rocksdb::WriteBatch batch;
  for (const auto& [key, value] : records) {
    GESTA_RETURN_IF_ERROR(database.Translate(batch.Put(database.handle(Family::kJob), key, value),
                                             "keeping records in"));
  }
  if (sync) GESTA_RETURN_IF_ERROR(database.SyncEarlierLogs());
  if (records.empty()) {
    return sync ? database.Translate(database.db()->SyncWAL(), "keeping records in") : Status::Ok();
  }
  rocksdb::WriteOptions options;
  options.sync = sync;
  return database.Translate(database.db()->Write(options, &batch), "keeping records in");
}

Result<std::optional<std::string>> StoreImpl::ReadRecord(std::string_view key) {
  GESTA_ASSIGN_OR_RETURN(const std::shared_ptr<const Version> version, Current());
  const Database& database = *version->database;
  std::string value;
  const rocksdb::Status status = database.db()->Get({}, database.handle(Family::kJob), key, &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  GESTA_RETURN_IF_ERROR(database.Translate(status, "reading a record of"));
  return std::optional<std::string>(std::move(value));
}

Status StoreImpl::BuildVectorIndex(std::string_view space, const std::atomic<bool>* cancel) {
  std::optional<uint32_t> id;
  {
    GESTA_ASSIGN_OR_RETURN(const std::shared_ptr<const Version> version, Current());
    if (const SpaceInfo* found = version->schema->FindSpace(space)) id = found->id;
  }
  if (id) return vector_indexes_.Build(*id, cancel);
  return Status(StatusCode::kNotFound,
                "there is no embedding space named '" + std::string(space) + "'",
                "SHOW EMBEDDING SPACES lists them");
}

Status StoreImpl::Flush() {
  if (options_.read_only) return Status::Ok();
  GESTA_ASSIGN_OR_RETURN(const std::shared_ptr<const Version> version, Current());
  const Status status = version->database->Flush();
  if (!status.ok()) flush_failed_ = true;
  return status;
}

Status StoreImpl::DeferMerges() {
  if (merges_deferred_) return Status::Ok();
  merges_deferred_ = true;
  return database_->MergeInBackground(false);
}

Status StoreImpl::MergeLoads() {
  if (options_.read_only) return Status::Ok();
  GESTA_RETURN_IF_ERROR(AcquireSlot({}));
  // Shared: the store may have to recover meanwhile. Readers and writers go on.
  const std::shared_ptr<Database> database = merges_deferred_ ? database_ : nullptr;
  merges_deferred_ = false;
  ReleaseSlot();
  if (database == nullptr) return Status::Ok();
  const Status merged = database->MergeNow();
  const Status continued = database->MergeInBackground(true);
  return merged.ok() ? continued : merged;
}

Result<StoreInfo> StoreImpl::Info() {
  GESTA_ASSIGN_OR_RETURN(const std::shared_ptr<const Version> version, Current());
  StoreInfo info;
  info.path = path_;
  info.format_version = kFormatVersion;
  info.last_commit = version->commit;
  info.graph_cache_bytes = graph_cache_.bytes();
  info.graph_cache_builds = graph_cache_.builds();
  vector_indexes_.Describe(*version, &info.spaces);
  rocksdb::Env* env = version->database->db()->GetEnv();
  std::vector<rocksdb::Env::FileAttributes> files;
  GESTA_RETURN_IF_ERROR(version->database->Translate(
      env->GetChildrenFileAttributes(path_ + "/db", &files), "inspecting"));
  for (const auto& file : files) info.bytes_on_disk += file.size_bytes;
  return info;
}

}  // namespace gesta::store
