#include "store/vector_indexes.h"

#include <algorithm>
#include <chrono>

#include "store/index_file.h"
#include "store/store_impl.h"
#include "vector/changes.h"
#include "vector/elements.h"

namespace gesta::store {
namespace {

// An index is saved again when so many vectors were set, or linked, since: less is read from
// `pending` in no time.
constexpr size_t kSaveFrom = 1000;
// How long background work waits, lest it begins what cannot end.
constexpr std::chrono::milliseconds kPatience{300};
// Sets of labels' nodes that are kept.
constexpr size_t kLabelSets = 16;
// Vectors that are handed to an index at once.
constexpr size_t kPortion = 4096;

std::string_view Elements(std::string_view value) {
  return value.substr(std::min(value.size(), kVectorSourceBytes));
}

uint64_t ReadRemoved(std::string_view value) {
  return value.size() == 8 ? ReadU64(value.data()) : 0;
}

}  // namespace

rocksdb::Env* VectorIndexes::env() const {
  rocksdb::Env* env = store_->options().env;
  return env != nullptr ? env : rocksdb::Env::Default();
}

void VectorIndexes::SetLogged(std::set<uint32_t> spaces) {
  const std::lock_guard<std::mutex> lock(logged_mutex_);
  logged_ = std::move(spaces);
}

// -- commits --

void VectorIndexes::AddPending(const catalog::Schema& schema, uint64_t commit, WriteSet* writes) {
  if (!writes->dirty(Family::kVector)) return;
  {
    // From here on until the commit is visible, nobody begins to keep `pending` for a space.
    const std::lock_guard<std::mutex> lock(mutex_);
    in_flight_ = true;
  }
  for (const SpaceInfo& space : schema.spaces()) {
    if (!IsLogged(space.id)) continue;
    std::vector<vector::Change> changes;
    writes->ForEach(Family::kVector, Key().U32(space.id),
                    [&](std::string_view key, const std::string_view* value) {
                      changes.push_back({ReadU64(key.data() + 4), value == nullptr});
                    });
    if (changes.empty()) continue;
    writes->Put(Family::kPending, PendingKey(space.id, commit), vector::EncodeChanges(changes));
  }
}

void VectorIndexes::Abandon() {
  const std::lock_guard<std::mutex> lock(mutex_);
  in_flight_ = false;
  landed_.notify_all();
}

void VectorIndexes::Publish(const Version& version, WriteSet* writes,
                            const std::function<void()>& publish) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (auto at = entries_.begin(); at != entries_.end();) {
    const uint32_t space = at->first;
    Entry& entry = *at->second;
    if (version.schema->FindSpace(space) == nullptr) {
      at = entries_.erase(at);
      const std::lock_guard<std::mutex> logged(logged_mutex_);
      logged_.erase(space);
      continue;
    }
    ++at;
    if (!entry.index || writes == nullptr || !writes->dirty(Family::kVector)) continue;
    std::vector<vector::VectorChange> changes;
    writes->ForEach(Family::kVector, Key().U32(space),
                    [&](std::string_view key, const std::string_view* value) {
                      vector::VectorChange& change = changes.emplace_back();
                      change.node = ReadU64(key.data() + 4);
                      if (value != nullptr) change.stored = Elements(*value);
                    });
    if (changes.empty()) continue;
    if (!entry.index->Apply(version.commit, changes).ok()) {
      // The next search makes it anew, or says what is wrong.
      entry.index.reset();
    } else if (entry.index->WantsLinking() || entry.index->WantsRebuild()) {
      WakeWorker(space);
    }
  }
  publish();
  in_flight_ = false;
  landed_.notify_all();
}

// -- searching --

VectorIndexes::EntryPtr VectorIndexes::FindEntry(uint32_t space) {
  const std::lock_guard<std::mutex> lock(mutex_);
  EntryPtr& entry = entries_[space];
  if (!entry) entry = std::make_shared<Entry>();
  return entry;
}

Result<bool> VectorIndexes::Search(const Version& version, const SpaceInfo& space,
                                   const std::vector<float>& query, const VectorSearch& search,
                                   const vector::NodeSet* nodes, const vector::NodeSet* excluded,
                                   vector::TopK* best) {
  GESTA_ASSIGN_OR_RETURN(const IndexPtr index, Get(space.id));
  if (!index) return false;
  return index->Search(version.commit, query, search, nodes, excluded, best);
}

std::shared_ptr<const vector::NodeSet> VectorIndexes::SetOf(
    NameId label, const std::shared_ptr<const CachedNodes>& nodes) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto known = label_sets_.find(label);
    if (known != label_sets_.end() && known->second.nodes == nodes) return known->second.set;
  }
  auto set = std::make_shared<const vector::NodeSet>(nodes->ids(), nodes->size());
  const std::lock_guard<std::mutex> lock(mutex_);
  if (label_sets_.size() >= kLabelSets) label_sets_.clear();
  label_sets_[label] = {nodes, set};
  return set;
}

Result<VectorIndexes::IndexPtr> VectorIndexes::Get(uint32_t space) {
  EntryPtr entry;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    EntryPtr& known = entries_[space];
    if (!known) known = std::make_shared<Entry>();
    if (known->index) return known->index;
    entry = known;
  }
  const std::lock_guard<std::mutex> load(entry->load_mutex);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (entry->index) return entry->index;
  }
  GESTA_ASSIGN_OR_RETURN(std::shared_ptr<const Version> version, store_->Current());
  const SpaceInfo* found = version->schema->FindSpace(space);
  if (found == nullptr) return IndexPtr();
  const SpaceInfo info = *found;
  GESTA_ASSIGN_OR_RETURN(IndexPtr index, Make(version, info, entry.get()));
  {
    // Commits wait while what came meanwhile is added.
    const std::lock_guard<std::mutex> lock(mutex_);
    GESTA_ASSIGN_OR_RETURN(const std::shared_ptr<const Version> now, store_->Current());
    if (now->schema->FindSpace(space) == nullptr) return IndexPtr();
    if (now->commit != version->commit) {
      if (IsLogged(space)) {
        GESTA_RETURN_IF_ERROR(CatchUp(*now, info, version->commit, index.get()));
      } else {
        GESTA_ASSIGN_OR_RETURN(index, MakeFromVectors(*now, info));
      }
    }
    entry->index = index;
    if (index->WantsLinking() || index->WantsRebuild()) WakeWorker(space);
  }
  return index;
}

Result<VectorIndexes::IndexPtr> VectorIndexes::Make(const std::shared_ptr<const Version>& version,
                                                    const SpaceInfo& space, Entry* entry) {
  std::string why;
  GESTA_ASSIGN_OR_RETURN(IndexPtr index, LoadSaved(*version, space, &why));
  if (index) {
    const vector::SpaceIndex::Counts counts = index->counts();
    const std::lock_guard<std::mutex> work(entry->work_mutex);
    entry->saved_slots = counts.slots;
    entry->saved_linked = counts.linked;
    return index;
  }
  return MakeFromVectors(*version, space);
}

Result<VectorIndexes::IndexPtr> VectorIndexes::LoadSaved(const Version& version,
                                                         const SpaceInfo& space, std::string* why) {
  why->clear();
  ReadView view(version.database.get(), version.snapshot);
  rocksdb::PinnableSlice removed;
  GESTA_ASSIGN_OR_RETURN(const bool logged,
                         view.Get(Family::kCatalog, PendingRemovedKey(space.id), &removed));
  if (!logged) return IndexPtr();
  GESTA_ASSIGN_OR_RETURN(const auto source, OpenIndexFile(env(), store_->path(), space.id));
  if (!source) return IndexPtr();
  auto loaded = vector::SpaceIndex::Load(space, version.commit, source.get());
  if (!loaded.ok()) {
    if (loaded.status().code() == StatusCode::kMemoryBudget) return loaded.status();
    *why = loaded.status().message();
    return IndexPtr();
  }
  IndexPtr index = std::move(loaded).value();
  const uint64_t covered = index->commit();
  if (covered < ReadRemoved({removed.data(), removed.size()})) {
    *why = "it is older than what is known of later changes";
    return IndexPtr();
  }
  GESTA_RETURN_IF_ERROR(CatchUp(version, space, covered, index.get()));
  return index;
}

Status VectorIndexes::CatchUp(const Version& version, const SpaceInfo& space, uint64_t commit,
                              vector::SpaceIndex* index) {
  ReadView view(version.database.get(), version.snapshot, /*fill_cache=*/false);
  std::set<NodeId> changed;
  std::vector<vector::Change> changes;
  {
    Scan scan(&view, Family::kPending);
    for (scan.Seek(PendingKey(space.id, commit + 1), Key().U32(space.id).PrefixEnd()); scan.Valid();
         scan.Next()) {
      if (!vector::DecodeChanges(scan.value(), &changes)) {
        return Status(StatusCode::kCorruption,
                      "the log of changes of the embedding space '" + space.name + "' is damaged",
                      "run 'gesta check' on the store");
      }
      for (const vector::Change& change : changes) changed.insert(change.node);
    }
    GESTA_RETURN_IF_ERROR(scan.status());
  }
  std::vector<vector::VectorChange> portion;
  std::vector<std::string> values(std::min(changed.size(), kPortion));
  rocksdb::PinnableSlice value;
  for (auto at = changed.begin(); at != changed.end();) {
    portion.clear();
    for (; at != changed.end() && portion.size() < kPortion; ++at) {
      GESTA_ASSIGN_OR_RETURN(const bool found,
                             view.Get(Family::kVector, VectorKey(space.id, *at), &value));
      vector::VectorChange& change = portion.emplace_back();
      change.node = *at;
      if (!found) continue;
      std::string& kept = values[portion.size() - 1];
      kept.assign(value.data(), value.size());
      change.stored = Elements(kept);
    }
    GESTA_RETURN_IF_ERROR(index->Apply(version.commit, portion));
  }
  // What older snapshots saw between the two commits is not known here.
  if (!changed.empty()) index->SetBaseCommit(version.commit);
  return {};
}

Result<VectorIndexes::IndexPtr> VectorIndexes::MakeFromVectors(const Version& version,
                                                               const SpaceInfo& space) {
  auto index = std::make_shared<vector::SpaceIndex>(space);
  ReadView view(version.database.get(), version.snapshot, /*fill_cache=*/false);
  std::vector<vector::VectorChange> portion;
  std::vector<std::string> values(kPortion);
  const auto apply = [&] {
    const Status status = index->Apply(version.commit, portion);
    portion.clear();
    return status;
  };
  Scan scan(&view, Family::kVector);
  for (scan.SeekPrefix(Key().U32(space.id)); scan.Valid(); scan.Next()) {
    std::string& kept = values[portion.size()];
    kept.assign(scan.value());
    portion.push_back({ReadU64(scan.key().data() + 4), Elements(kept)});
    if (portion.size() == kPortion) GESTA_RETURN_IF_ERROR(apply());
  }
  GESTA_RETURN_IF_ERROR(scan.status());
  GESTA_RETURN_IF_ERROR(apply());
  index->SetBaseCommit(version.commit);
  return index;
}

// -- background work --

void VectorIndexes::WakeWorker(uint32_t space) {
  if (closed_) return;
  waiting_.insert(space);
  if (!worker_.joinable()) worker_ = std::thread([this] { Work(); });
  wake_.notify_one();
}

void VectorIndexes::Work() {
  // Others want to compute, too.
  const size_t threads = std::max<size_t>(1, std::thread::hardware_concurrency() / 2);
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    if (closed_) return;
    const uint32_t space = *waiting_.begin();
    waiting_.erase(waiting_.begin());
    const auto found = entries_.find(space);
    if (found == entries_.end() || !found->second->index) continue;
    const EntryPtr entry = found->second;
    const IndexPtr index = entry->index;
    // A session of one statement is over before this pays.
    if (wake_.wait_for(lock, kPatience, [this] { return closed_; })) return;
    lock.unlock();
    Status status;
    {
      const std::lock_guard<std::mutex> work(entry->work_mutex);
      status = Improve(space, entry.get(), index, threads, /*all=*/false, stop_);
    }
    lock.lock();
    // Searches compare with all vectors until it works again, or a new index is made.
    if (!status.ok() && entry->index == index && status.code() != StatusCode::kIo) {
      entry->index.reset();
    }
  }
}

Status VectorIndexes::Improve(uint32_t space, Entry* entry, const IndexPtr& index, size_t threads,
                              bool all, const std::atomic<bool>& stop) {
  if (index->WantsRebuild()) {
    GESTA_RETURN_IF_ERROR(index->Rebuild(threads, stop));
    if (!stop) entry->saved_slots = entry->saved_linked = 0;
  } else if (index->WantsLinking() || (all && index->counts().linked > 0)) {
    GESTA_RETURN_IF_ERROR(index->Link(threads, stop));
  }
  const vector::SpaceIndex::Counts counts = index->counts();
  if (counts.linked == 0 || store_->options().read_only) return {};
  const size_t changed = std::max(counts.slots - std::min(counts.slots, entry->saved_slots),
                                  counts.linked - std::min(counts.linked, entry->saved_linked));
  // A file is written as often as the index grows by a tenth.
  const size_t worth = all ? 1 : std::max(kSaveFrom, counts.slots / 10);
  return changed >= worth ? Save(space, entry, index) : Status();
}

// Gives the last commit; the ones after it are in `pending`. False when the space is gone.
Result<bool> VectorIndexes::StartLogging(uint32_t space, Database* database, uint64_t* commit) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (!IsLogged(space)) landed_.wait(lock, [this] { return !in_flight_; });
  GESTA_ASSIGN_OR_RETURN(const std::shared_ptr<const Version> now, store_->Current());
  if (now->schema->FindSpace(space) == nullptr) return false;
  *commit = now->commit;
  if (IsLogged(space)) return true;
  std::string value;
  AppendU64(&value, *commit);
  GESTA_RETURN_IF_ERROR(
      database->Translate(database->db()->Put({}, database->handle(Family::kCatalog),
                                              std::string_view(PendingRemovedKey(space)), value),
                          "saving an index of"));
  const std::lock_guard<std::mutex> logged(logged_mutex_);
  logged_.insert(space);
  return true;
}

Status VectorIndexes::Save(uint32_t space, Entry* entry, const IndexPtr& index) {
  std::shared_ptr<Database> database;  // shared as a version shares it
  {
    GESTA_ASSIGN_OR_RETURN(const std::shared_ptr<const Version> version, store_->Current());
    database = version->database;
  }
  uint64_t covered = 0;
  GESTA_ASSIGN_OR_RETURN(const bool exists, StartLogging(space, database.get(), &covered));
  if (!exists) return {};
  const vector::SpaceIndex::Counts counts = index->counts();
  GESTA_RETURN_IF_ERROR(WriteIndexFile(
      env(), store_->path(), space,
      [&](vector::ByteSink* sink) { return index->Save(covered, sink); },
      // The file must not know of commits that a power failure can still take.
      [&]() -> Status {
        GESTA_RETURN_IF_ERROR(database->SyncEarlierLogs());
        return database->Translate(database->db()->FlushWAL(/*sync=*/true), "saving an index of");
      }));
  entry->saved_slots = counts.slots;
  entry->saved_linked = counts.linked;

  const std::lock_guard<std::mutex> lock(mutex_);
  GESTA_ASSIGN_OR_RETURN(const std::shared_ptr<const Version> now, store_->Current());
  if (now->schema->FindSpace(space) == nullptr) {
    RemoveIndexFile(env(), store_->path(), space);
    return {};
  }
  std::string value;
  AppendU64(&value, covered);
  rocksdb::WriteBatch batch;
  GESTA_RETURN_IF_ERROR(database->DeleteKeys(Family::kPending, PendingKey(space, 0),
                                             PendingKey(space, covered + 1), &batch));
  rocksdb::Status status = batch.Put(database->handle(Family::kCatalog),
                                     std::string_view(PendingRemovedKey(space)), value);
  if (status.ok()) status = database->db()->Write({}, &batch);
  return database->Translate(status, "saving an index of");
}

Status VectorIndexes::Build(uint32_t space, const std::atomic<bool>* cancel) {
  GESTA_ASSIGN_OR_RETURN(const IndexPtr index, Get(space));
  if (!index) return {};
  const EntryPtr entry = FindEntry(space);
  const std::atomic<bool> never{false};
  const std::lock_guard<std::mutex> work(entry->work_mutex);
  const std::atomic<bool>& stop = cancel != nullptr ? *cancel : never;
  const size_t threads = std::max<size_t>(1, std::thread::hardware_concurrency());
  GESTA_RETURN_IF_ERROR(Improve(space, entry.get(), index, threads, /*all=*/true, stop));
  if (!stop) return {};
  return Status(StatusCode::kCancelled, "cancelled while the index was being built");
}

void VectorIndexes::Close() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
  }
  stop_ = true;
  wake_.notify_all();
  if (worker_.joinable()) worker_.join();
  for (const auto& [space, entry] : entries_) {
    if (!entry->index) continue;
    const std::lock_guard<std::mutex> work(entry->work_mutex);
    // What is not saved the next session reads from the vectors.
    [[maybe_unused]] const Status status =
        Improve(space, entry.get(), entry->index, 1, /*all=*/false, stop_);
  }
  entries_.clear();
}

// -- looking --

void VectorIndexes::Describe(const Version& version, std::vector<StoreInfo::Space>* spaces) {
  ReadView view(version.database.get(), version.snapshot);
  for (const SpaceInfo& space : version.schema->spaces()) {
    StoreInfo::Space& described = spaces->emplace_back();
    described.name = space.name;
    const auto vectors = version.statistics->space_vectors.find(space.id);
    if (vectors != version.statistics->space_vectors.end()) described.vectors = vectors->second;
    const auto sequences = version.statistics->space_sequences.find(space.id);
    if (sequences != version.statistics->space_sequences.end()) {
      described.sequences = sequences->second;
    }
    described.index_file_bytes = IndexFileBytes(env(), store_->path(), space.id);
    Scan scan(&view, Family::kPending);
    for (scan.SeekPrefix(Key().U32(space.id)); scan.Valid(); scan.Next()) {
      ++described.pending_commits;
    }
    const EntryPtr entry = FindEntry(space.id);
    IndexPtr index;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      index = entry->index;
    }
    if (index) described.memory_bytes = index->counts().bytes;
  }
}

Status VectorIndexes::Verify(uint32_t space_id, const std::function<void(std::string)>& report) {
  const EntryPtr entry = FindEntry(space_id);
  const std::lock_guard<std::mutex> work(entry->work_mutex);
  GESTA_ASSIGN_OR_RETURN(const std::shared_ptr<const Version> shared, store_->Current());
  const Version& version = *shared;
  const SpaceInfo* found_space = version.schema->FindSpace(space_id);
  if (found_space == nullptr) return {};
  const SpaceInfo& space = *found_space;
  std::string why;
  GESTA_ASSIGN_OR_RETURN(const IndexPtr index, LoadSaved(version, space, &why));
  const std::string hint =
      "; remove '" + IndexFile(store_->path(), space.id) + "' and it is made from the vectors";
  const std::string what = "the saved index of the embedding space '" + space.name + "'";
  if (!index) {
    if (!why.empty()) report(what + " cannot be used: " + why + hint);
    return {};
  }
  std::map<NodeId, const char*> indexed;
  index->ForEach([&](NodeId node, const char* form) { indexed[node] = form; });
  ReadView view(version.database.get(), version.snapshot, /*fill_cache=*/false);
  std::vector<float> elements;
  std::string form(vector::VectorBytes(space), '\0');
  Scan scan(&view, Family::kVector);
  for (scan.SeekPrefix(Key().U32(space.id)); scan.Valid(); scan.Next()) {
    const NodeId node = ReadU64(scan.key().data() + 4);
    // Damage of the vector itself is told elsewhere.
    if (!vector::DecodeStored(space, Elements(scan.value()), &elements)) continue;
    vector::ToIndexForm(space, elements.data(), form.data());
    const auto found = indexed.find(node);
    if (found == indexed.end()) {
      report(what + " lacks node " + std::to_string(node) + hint);
      continue;
    }
    if (form.compare(0, form.size(), found->second, form.size()) != 0) {
      report(what + " has another vector of node " + std::to_string(node) + hint);
    }
    indexed.erase(found);
  }
  GESTA_RETURN_IF_ERROR(scan.status());
  for (const auto& [node, unused] : indexed) {
    report(what + " has node " + std::to_string(node) + ", which has no vector" + hint);
  }
  return {};
}

}  // namespace gesta::store
