#include "load/graph_writer.h"

#include <algorithm>
#include <ctime>

namespace gesta::ingest {
namespace {

constexpr size_t kMaxCachedNodes = 1'000'000;

// A text that is equal for equal keys only, for the cache.
std::string CacheKey(const NodeIdentity& identity, const std::vector<Value>& key) {
  std::string text = std::to_string(identity.number);
  for (const Value& value : key) {
    if (value.type() == ValueType::kString) {
      text += 's';
      text += std::to_string(value.AsString().size());
      text += ':';
      text += value.AsString();
    } else {
      text += 'v';
      text += ToText(value, /*quote=*/true);
      text += ';';
    }
  }
  return text;
}

bool Same(const Value& a, const Value& b) { return a.type() == b.type() && Equivalent(a, b); }

void AddChanges(const Transaction::Changes& changes, Transaction::Changes* sum) {
  sum->nodes_created += changes.nodes_created;
  sum->nodes_deleted += changes.nodes_deleted;
  sum->relationships_created += changes.relationships_created;
  sum->relationships_deleted += changes.relationships_deleted;
  sum->properties_set += changes.properties_set;
  sum->labels_added += changes.labels_added;
  sum->labels_removed += changes.labels_removed;
}

}  // namespace

GraphWriter::GraphWriter(Store& store, JobManifest manifest, Options options)
    : store_(store), manifest_(std::move(manifest)), options_(std::move(options)) {}

Result<Transaction*> GraphWriter::transaction() {
  if (transaction_ == nullptr) {
    TransactionOptions options;
    options.take_slot = true;
    options.cancel = options_.cancel;
    GESTA_ASSIGN_OR_RETURN(transaction_, store_.Begin(options));
    first_new_node_ = ~NodeId{0};
  }
  return transaction_.get();
}

Result<NameId> GraphWriter::Name(NameKind kind, std::string_view name) {
  auto& names = names_[static_cast<size_t>(kind)];
  const auto known = names.find(std::string(name));
  if (known != names.end()) return known->second;
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, this->transaction());
  GESTA_ASSIGN_OR_RETURN(const NameId id, transaction->GetOrCreateName(kind, name));
  names.emplace(name, id);
  return id;
}

Result<NodeIdentity> GraphWriter::RequireIdentity(std::string_view label,
                                                  const std::vector<std::string>& key) {
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, this->transaction());
  NodeIdentity identity;
  identity.number = identities_++;
  GESTA_ASSIGN_OR_RETURN(identity.label, Label(label));
  for (const std::string& name : key) {
    GESTA_ASSIGN_OR_RETURN(const NameId id, Key(name));
    identity.key.push_back(id);
  }
  const auto covers = [&](const IndexInfo& index) {
    return index.unique && index.entity == EntityKind::kNode && index.label == identity.label &&
           index.properties == identity.key;
  };
  std::vector<IndexInfo> indexes = transaction->Indexes();
  auto at = std::find_if(indexes.begin(), indexes.end(), covers);
  if (at == indexes.end()) {
    ConstraintInfo constraint;
    constraint.label = identity.label;
    constraint.properties = identity.key;
    GESTA_RETURN_IF_ERROR(transaction->CreateConstraint(std::move(constraint)).status());
    indexes = transaction->Indexes();
    at = std::find_if(indexes.begin(), indexes.end(), covers);
  }
  if (at == indexes.end()) {
    return Status(StatusCode::kInternal, "a unique constraint has no index");
  }
  identity.index = at->id;
  return identity;
}

Status GraphWriter::RequireIndex(EntityKind entity, std::string_view label,
                                 const std::vector<std::string>& properties) {
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, this->transaction());
  IndexInfo wanted;
  wanted.entity = entity;
  GESTA_ASSIGN_OR_RETURN(
      wanted.label, Name(entity == EntityKind::kNode ? NameKind::kLabel : NameKind::kType, label));
  for (const std::string& name : properties) {
    GESTA_ASSIGN_OR_RETURN(const NameId id, Key(name));
    wanted.properties.push_back(id);
  }
  for (const IndexInfo& index : transaction->Indexes()) {
    if (index.entity == entity && index.label == wanted.label &&
        index.properties == wanted.properties) {
      return Status::Ok();
    }
  }
  return transaction->CreateIndex(std::move(wanted)).status();
}

Result<std::optional<NodeId>> GraphWriter::Find(const NodeIdentity& identity,
                                                const std::vector<Value>& key) {
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, this->transaction());
  std::string cache_key = CacheKey(identity, key);
  const auto cached = found_.find(cache_key);
  if (cached != found_.end()) return std::optional<NodeId>(cached->second);
  IndexRange range;
  range.lower = IndexRange::Bound{key, true};
  range.upper = range.lower;
  GESTA_ASSIGN_OR_RETURN(const auto cursor, transaction->ScanIndex(identity.index, range));
  NodeId id = 0;
  GESTA_ASSIGN_OR_RETURN(const size_t n, cursor->Next(&id, 1));
  if (n == 0) return std::optional<NodeId>();
  if (found_.size() >= kMaxCachedNodes) found_.clear();
  found_.emplace(std::move(cache_key), id);
  return std::optional<NodeId>(id);
}

Result<FoundNode> GraphWriter::Upsert(const NodeIdentity& identity, const std::vector<Value>& key,
                                      const std::vector<Property>& properties, IfFound if_found) {
  GESTA_ASSIGN_OR_RETURN(const std::optional<NodeId> known, Find(identity, key));
  if (known) {
    GESTA_RETURN_IF_ERROR(SetNodeProperties(*known, properties, if_found));
    return FoundNode{*known, false};
  }
  std::vector<Property> all;
  all.reserve(key.size() + properties.size());
  for (size_t i = 0; i < key.size(); ++i) all.push_back({identity.key[i], key[i]});
  all.insert(all.end(), properties.begin(), properties.end());
  GESTA_ASSIGN_OR_RETURN(const NodeId id, transaction_->CreateNode({identity.label}, all));
  first_new_node_ = std::min(first_new_node_, id);
  if (found_.size() >= kMaxCachedNodes) found_.clear();
  found_.emplace(CacheKey(identity, key), id);
  return FoundNode{id, true};
}

Status GraphWriter::SetNodeProperties(NodeId id, const std::vector<Property>& properties,
                                      IfFound if_found) {
  if (if_found == IfFound::kKeep || properties.empty()) return Status::Ok();
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, this->transaction());
  for (const Property& property : properties) {
    GESTA_ASSIGN_OR_RETURN(const Value now, transaction->GetNodeProperty(id, property.key));
    if (!now.IsNull() && (if_found == IfFound::kFillMissing || Same(now, property.value))) continue;
    GESTA_RETURN_IF_ERROR(transaction->SetNodeProperty(id, property.key, property.value));
  }
  return Status::Ok();
}

Result<bool> GraphWriter::HasValues(RelId id, const std::vector<Property>& properties) {
  for (const Property& property : properties) {
    GESTA_ASSIGN_OR_RETURN(const Value now,
                           transaction_->GetRelationshipProperty(id, property.key));
    if (!Same(now, property.value)) return false;
  }
  return true;
}

Result<FoundRelationship> GraphWriter::Upsert(NodeId start, NameId type, NodeId end,
                                              const std::vector<Property>& identity,
                                              const std::vector<Property>& properties,
                                              IfFound if_found) {
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, this->transaction());
  const bool fresh = start >= first_new_node_ || end >= first_new_node_;
  if (created_.emplace(start, type, end).second && fresh) {
    // Nothing to look for.
  } else {
    edges_.clear();
    GESTA_RETURN_IF_ERROR(transaction->Expand(start, Direction::kOut, {type}, end, &edges_));
    for (const Edge& edge : edges_) {
      GESTA_ASSIGN_OR_RETURN(const bool same, HasValues(edge.rel, identity));
      if (!same) continue;
      for (const Property& property : properties) {
        if (if_found == IfFound::kKeep) break;
        GESTA_ASSIGN_OR_RETURN(const Value now,
                               transaction->GetRelationshipProperty(edge.rel, property.key));
        if (!now.IsNull() && (if_found == IfFound::kFillMissing || Same(now, property.value))) {
          continue;
        }
        GESTA_RETURN_IF_ERROR(
            transaction->SetRelationshipProperty(edge.rel, property.key, property.value));
      }
      return FoundRelationship{edge.rel, false};
    }
  }
  std::vector<Property> all = identity;
  all.insert(all.end(), properties.begin(), properties.end());
  GESTA_ASSIGN_OR_RETURN(const RelId id, transaction->CreateRelationship(start, type, end, all));
  return FoundRelationship{id, true};
}

Status GraphWriter::Commit() {
  GESTA_RETURN_IF_ERROR(SaveManifest(*transaction_, manifest_));
  const Transaction::Changes changes = transaction_->changes();
  GESTA_RETURN_IF_ERROR(transaction_->Commit());
  AddChanges(changes, &changes_);
  transaction_.reset();
  found_.clear();
  created_.clear();
  bytes_ = 0;
  return Status::Ok();
}

bool GraphWriter::SkipStep() {
  if (step_ >= manifest_.steps) return false;
  ++step_;
  return true;
}

Status GraphWriter::EndStep(uint64_t rows) {
  manifest_.steps = std::max(manifest_.steps, ++step_);
  rows_ += rows;
  if (options_.progress) options_.progress(step_);
  const bool cancelled = options_.cancel != nullptr && *options_.cancel;
  if (transaction_ != nullptr) {
    const Transaction::Changes& changes = transaction_->changes();
    const size_t pending =
        changes.nodes_created + changes.relationships_created + changes.properties_set;
    if (cancelled || pending >= options_.batch_changes || bytes_ >= options_.batch_bytes) {
      GESTA_RETURN_IF_ERROR(Commit());
    }
  }
  return CheckCancelled(cancelled);
}

Status GraphWriter::CheckCancelled(bool cancelled) const {
  if (!cancelled) return Status::Ok();
  return Status(StatusCode::kCancelled, "the job was stopped",
                "run it again to go on where it stopped");
}

uint64_t GraphWriter::SkipSteps(uint64_t count) {
  const uint64_t committed = manifest_.steps > step_ ? manifest_.steps - step_ : 0;
  const uint64_t skipped = std::min(count, committed);
  step_ += skipped;
  return skipped;
}

Result<std::unique_ptr<BulkLoader>> GraphWriter::BeginLoad(BulkLoadOptions options) {
  if (transaction_ != nullptr) GESTA_RETURN_IF_ERROR(Commit());
  options.cancel = options_.cancel;
  return BulkLoader::Begin(store_, options);
}

Result<std::unique_ptr<Transaction>> GraphWriter::ReadStore() {
  TransactionOptions options;
  options.read_only = true;
  return store_.Begin(options);
}

Status GraphWriter::EndLoad(BulkLoader& loader, uint64_t steps, uint64_t rows) {
  step_ += steps;
  manifest_.steps = std::max(manifest_.steps, step_);
  GESTA_RETURN_IF_ERROR(loader.PutJobRecord(manifest_.Key(), EncodeManifest(manifest_)));
  GESTA_RETURN_IF_ERROR(loader.Commit());
  AddChanges(loader.changes(), &changes_);
  rows_ += rows;
  if (options_.progress) options_.progress(step_);
  return CheckCancelled(options_.cancel != nullptr && *options_.cancel);
}

Status GraphWriter::CommitBatch() { return transaction_ == nullptr ? Status::Ok() : Commit(); }

Status GraphWriter::Finish() {
  GESTA_RETURN_IF_ERROR(transaction().status());
  manifest_.done = true;
  manifest_.finished = static_cast<int64_t>(std::time(nullptr));
  return Commit();
}

}  // namespace gesta::ingest
