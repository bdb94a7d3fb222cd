#include "gesta/bulk_load.h"

#include <algorithm>
#include <map>
#include <thread>
#include <unordered_map>
#include <utility>

#include "store/encoded_properties.h"
#include "store/end_counter.h"
#include "store/index_collector.h"
#include "store/member_ranges.h"
#include "store/relationship_sorter.h"
#include "store/row_writer.h"
#include "store/store_impl.h"
#include "store/table_set.h"
#include "store/transaction_impl.h"
#include "store/value_encoding.h"

namespace gesta {
namespace store {
namespace {

class BulkLoaderImpl final : public BulkLoader {
 public:
  static Result<std::unique_ptr<BulkLoader>> Begin(StoreImpl* store,
                                                   const BulkLoadOptions& options) {
    TransactionOptions transaction;
    transaction.slot_timeout = options.slot_timeout;
    transaction.cancel = options.cancel;
    GESTA_ASSIGN_OR_RETURN(auto version, store->BeginHoldingSlot(transaction));
    // From here on its end releases the slot.
    std::unique_ptr<BulkLoaderImpl> loader(new BulkLoaderImpl(store, options, std::move(version)));
    GESTA_ASSIGN_OR_RETURN(loader->tables_,
                           TableSet::Make(loader->version_->database,
                                          options.one_of_many ? TableSet::Place::kBottom
                                                              : TableSet::Place::kAnywhere));
    if (options.one_of_many) GESTA_RETURN_IF_ERROR(store->DeferMerges());
    loader->rows_ = std::make_unique<RowWriter>(loader->tables_.get());
    return std::unique_ptr<BulkLoader>(std::move(loader));
  }

  ~BulkLoaderImpl() override { End(); }

  NameId FindName(NameKind kind, std::string_view name) const override {
    return schema_->names(kind).Find(name);
  }
  Result<NameId> GetOrCreateName(NameKind kind, std::string_view name) override;
  const std::vector<IndexInfo>& Indexes() const override { return schema_->indexes(); }
  NodeId next_node() const override { return store_->next_node(); }
  Result<NodeId> AddNode(const std::vector<NameId>& labels,
                         const std::vector<Property>& properties) override;
  Result<RelId> AddRelationship(NodeId start, NameId type, NodeId end,
                                const std::vector<Property>& properties) override;
  Result<std::optional<NodeId>> FindInStore(const IndexInfo& unique_index,
                                            const std::vector<Value>& values) override;
  Status PutJobRecord(std::string_view key, std::string_view value) override {
    GESTA_RETURN_IF_ERROR(CheckOpen());
    writes_.Put(Family::kJob, key, value);
    return Status::Ok();
  }
  Status Commit() override;
  const Transaction::Changes& changes() const override { return changes_; }

 private:
  BulkLoaderImpl(StoreImpl* store, const BulkLoadOptions& options,
                 std::shared_ptr<const Version> version)
      : store_(store),
        options_(options),
        portion_(std::max<size_t>(options.memory_bytes / RelationshipSorter::kEntryBytes, 1024)),
        version_(std::move(version)),
        view_(version_->database.get(), version_->snapshot, /*fill_cache=*/false),
        writes_(version_->database.get()),
        schema_(version_->schema),
        statistics_(std::make_shared<Statistics>(*version_->statistics)),
        first_new_node_(store->next_node()),
        relationships_(portion_) {}

  Status CheckOpen() const {
    if (version_ != nullptr) return Status::Ok();
    return Status(StatusCode::kInvalidArgument, "the load has ended");
  }
  Status CheckExistence(EntityKind entity, uint64_t id, const std::vector<NameId>& labels) const;
  // The number of the node's set of labels; kEntityNotFound.
  Result<uint32_t> LabelSet(NodeId id);
  static void Count(std::vector<uint64_t>* counts, NameId name) {
    if (name >= counts->size()) counts->resize(name + 1);
    ++(*counts)[name];
  }
  Status WriteRelationships();
  Status WriteTables();
  void End();

  StoreImpl* const store_;
  const BulkLoadOptions options_;
  const size_t portion_;                    // relationships
  std::shared_ptr<const Version> version_;  // null once ended; shared as transactions share it
  ReadView view_;
  WriteSet writes_;  // of the catalog and of job records
  // Shared: they become the next version's. The schema is the version's own until it changes.
  std::shared_ptr<const catalog::Schema> schema_;
  catalog::Schema* own_schema_ = nullptr;
  std::shared_ptr<Statistics> statistics_;
  const NodeId first_new_node_;

  std::unique_ptr<TableSet> tables_;
  std::unique_ptr<RowWriter> rows_;  // uses tables_
  RelationshipSorter relationships_;
  MemberRanges label_members_;
  IndexCollector indexes_;
  EndCounter ends_;
  std::vector<uint32_t> label_sets_;  // of the new nodes
  // Of nodes of the store that relationships began or ended at: the ends of a type are few or many
  // times the same.
  std::unordered_map<NodeId, uint32_t> old_label_sets_;
  Transaction::Changes changes_;
  // Scratch.
  std::vector<NameId> labels_;
  EncodedProperties properties_;
};

Result<NameId> BulkLoaderImpl::GetOrCreateName(NameKind kind, std::string_view name) {
  GESTA_RETURN_IF_ERROR(CheckOpen());
  const NameId known = FindName(kind, name);
  if (known != kNoName) return known;
  if (own_schema_ == nullptr) {
    auto copy = std::make_shared<catalog::Schema>(*schema_);
    own_schema_ = copy.get();
    own_schema_->epoch = store_->NewEpoch();
    schema_ = std::move(copy);
  }
  const NameId id = own_schema_->names(kind).Add(name);
  writes_.Put(Family::kCatalog, NameKey(kind, id), name);
  return id;
}

Status BulkLoaderImpl::CheckExistence(EntityKind entity, uint64_t id,
                                      const std::vector<NameId>& labels) const {
  if (!schema_->has_existence_constraints()) return Status::Ok();
  for (const ConstraintInfo& constraint : schema_->constraints()) {
    if (constraint.kind != ConstraintKind::kExists || constraint.entity != entity ||
        !std::binary_search(labels.begin(), labels.end(), constraint.label)) {
      continue;
    }
    for (const NameId key : constraint.properties) {
      const auto& list = properties_.list();
      if (std::none_of(list.begin(), list.end(),
                       [key](const RawProperty& property) { return property.key == key; })) {
        return ExistenceViolated(*schema_, constraint, id, key);
      }
    }
  }
  return Status::Ok();
}

Result<NodeId> BulkLoaderImpl::AddNode(const std::vector<NameId>& labels,
                                       const std::vector<Property>& properties) {
  GESTA_RETURN_IF_ERROR(CheckOpen());
  labels_ = labels;
  std::sort(labels_.begin(), labels_.end());
  labels_.erase(std::unique(labels_.begin(), labels_.end()), labels_.end());
  GESTA_RETURN_IF_ERROR(properties_.Assign(properties));
  const NodeId id = store_->next_node();
  GESTA_RETURN_IF_ERROR(CheckExistence(EntityKind::kNode, id, labels_));
  GESTA_RETURN_IF_ERROR(indexes_.Plan(*schema_, EntityKind::kNode, labels_, properties_.list()));
  std::string* row = rows_->Next(Family::kNode, id);
  AppendNodeHeader(labels_, row);
  AppendProperties(properties_.list(), row);
  GESTA_RETURN_IF_ERROR(rows_->EndRow(Family::kNode));
  store_->AllocateNode();
  indexes_.Keep(id);
  label_sets_.push_back(ends_.SetOf(labels_));
  ++statistics_->nodes;
  for (const NameId label : labels_) {
    label_members_.Add(label, id);
    Count(&statistics_->label_nodes, label);
  }
  ++changes_.nodes_created;
  changes_.labels_added += labels_.size();
  changes_.properties_set += properties_.list().size();
  return id;
}

Result<uint32_t> BulkLoaderImpl::LabelSet(NodeId id) {
  if (id >= first_new_node_ && id - first_new_node_ < label_sets_.size()) {
    return label_sets_[id - first_new_node_];
  }
  const auto known = old_label_sets_.find(id);
  if (known != old_label_sets_.end()) return known->second;
  rocksdb::PinnableSlice bytes;
  GESTA_ASSIGN_OR_RETURN(const bool found, view_.Get(Family::kNode, NodeKey(id), &bytes));
  if (!found) return EntityNotFound(EntityKind::kNode, id);
  NodeRow row;
  if (!NodeRow::Parse({bytes.data(), bytes.size()}, &row)) {
    return Status(
        StatusCode::kCorruption,
        "node " + std::to_string(id) + " of the store at '" + store_->path() + "' is damaged",
        "run 'gesta check' on it, or restore a backup with 'gesta restore'");
  }
  constexpr size_t kMaxKnown = 1 << 20;
  if (old_label_sets_.size() >= kMaxKnown) old_label_sets_.clear();
  const uint32_t set = ends_.SetOf(row.labels);
  old_label_sets_.emplace(id, set);
  return set;
}

Result<RelId> BulkLoaderImpl::AddRelationship(NodeId start, NameId type, NodeId end,
                                              const std::vector<Property>& properties) {
  GESTA_RETURN_IF_ERROR(CheckOpen());
  GESTA_ASSIGN_OR_RETURN(const uint32_t start_set, LabelSet(start));
  GESTA_ASSIGN_OR_RETURN(const uint32_t end_set, LabelSet(end));
  GESTA_RETURN_IF_ERROR(properties_.Assign(properties));
  labels_.assign(1, type);
  const RelId id = store_->next_rel();
  GESTA_RETURN_IF_ERROR(CheckExistence(EntityKind::kRelationship, id, labels_));
  GESTA_RETURN_IF_ERROR(
      indexes_.Plan(*schema_, EntityKind::kRelationship, labels_, properties_.list()));
  std::string* row = rows_->Next(Family::kRel, id);
  AppendRelHeader({start, end, type}, row);
  AppendProperties(properties_.list(), row);
  GESTA_RETURN_IF_ERROR(rows_->EndRow(Family::kRel));
  store_->AllocateRelationship();
  indexes_.Keep(id);
  relationships_.Add(id, start, type, end);
  ends_.Count(type, start_set, end_set);
  ++statistics_->relationships;
  Count(&statistics_->type_relationships, type);
  ++changes_.relationships_created;
  changes_.properties_set += properties_.list().size();
  if (relationships_.size() >= portion_) GESTA_RETURN_IF_ERROR(WriteRelationships());
  return id;
}

Result<std::optional<NodeId>> BulkLoaderImpl::FindInStore(const IndexInfo& unique_index,
                                                          const std::vector<Value>& values) {
  GESTA_RETURN_IF_ERROR(CheckOpen());
  std::string key;
  AppendU32(&key, unique_index.id);
  for (const Value& value : values) AppendOrdered(value, &key);
  rocksdb::PinnableSlice holder;
  GESTA_ASSIGN_OR_RETURN(const bool found, view_.Get(Family::kIndex, key, &holder));
  if (!found) return std::optional<NodeId>();
  return std::optional<NodeId>(ReadU64(holder.data()));
}

// One direction in this thread, the other in a second one.
Status BulkLoaderImpl::WriteRelationships() {
  Status incoming;
  std::thread other(
      [&] { incoming = relationships_.Write(/*outgoing=*/false, first_new_node_, tables_.get()); });
  const Status outgoing = relationships_.Write(/*outgoing=*/true, first_new_node_, tables_.get());
  other.join();
  relationships_.Clear();
  return outgoing.ok() ? incoming : outgoing;
}

Status BulkLoaderImpl::WriteTables() {
  Status others;
  std::thread thread([&] {
    others = label_members_.WriteLabels(tables_.get());
    if (others.ok()) others = rows_->Finish();
    if (others.ok()) {
      others = indexes_.Write(*schema_, options_.origin, &view_, tables_.get(), statistics_.get());
    }
  });
  const Status relationships = WriteRelationships();
  thread.join();
  GESTA_RETURN_IF_ERROR(relationships);
  GESTA_RETURN_IF_ERROR(others);
  if (statistics_->counts_ends) ends_.AddTo(statistics_.get());
  return Status::Ok();
}

Status BulkLoaderImpl::Commit() {
  GESTA_RETURN_IF_ERROR(CheckOpen());
  Status status = WriteTables();
  if (status.ok()) {
    CommitRequest request;
    request.writes = &writes_;
    request.base = version_.get();
    request.schema = schema_;
    request.statistics = statistics_;
    request.tables = tables_.get();
    status = store_->Commit(request);
  }
  if (!status.ok()) changes_ = {};
  End();
  return status;
}

void BulkLoaderImpl::End() {
  if (version_ == nullptr) return;
  rows_.reset();
  tables_.reset();
  view_.Close();
  version_.reset();
  store_->ReleaseSlot();
}

}  // namespace
}  // namespace store

Result<std::unique_ptr<BulkLoader>> BulkLoader::Begin(Store& store,
                                                      const BulkLoadOptions& options) {
  // Store::Open makes nothing else.
  return store::BulkLoaderImpl::Begin(static_cast<store::StoreImpl*>(&store), options);
}

}  // namespace gesta
