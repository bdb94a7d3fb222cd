// Reading the graph cache, and telling it what changes.
#include "store/transaction_impl.h"

namespace gesta::store {
namespace {

class CountingCursor final : public IdCursor {
 public:
  CountingCursor(std::unique_ptr<IdCursor> cursor, GraphCache* cache, PartKey part)
      : cursor_(std::move(cursor)), cache_(cache), part_(part) {}

  Result<size_t> Next(uint64_t* out, size_t n) override {
    auto filled = cursor_->Next(out, n);
    if (filled.ok()) cache_->CountLookups(part_, *filled);
    return filled;
  }

 private:
  const std::unique_ptr<IdCursor> cursor_;
  GraphCache* const cache_;
  const PartKey part_;
};

}  // namespace

GraphCache::Reader TransactionImpl::CacheReader() const {
  return {{version_->database.get(), version_->snapshot, options_.cancel},
          version_->commit,
          version_->statistics.get()};
}

std::shared_ptr<CachedPart> TransactionImpl::Part(PartKey key, uint64_t expected_lookups) {
  if (ended_) return nullptr;
  std::shared_ptr<CachedPart> part =
      store_->graph_cache()->Get(key, CacheReader(), expected_lookups);
  if (!part || options_.read_only) return part;
  for (const auto& held : parts_) {
    if (held.second == part) return part;
  }
  parts_.emplace_back(key, part);
  for (const PartChange& change : part_changes_) {
    if (change.Concerns(key)) part->MarkChanged(change.id);
  }
  return part;
}

std::shared_ptr<const CachedAdjacency> TransactionImpl::Adjacency(NameId type, bool outgoing,
                                                                  uint64_t expected_lookups) {
  if (type == kNoName) return nullptr;
  return std::static_pointer_cast<const CachedAdjacency>(
      Part({outgoing ? PartKind::kOut : PartKind::kIn, type}, expected_lookups));
}

std::shared_ptr<const CachedColumn> TransactionImpl::PropertyColumn(EntityKind entity, NameId key,
                                                                    uint64_t expected_lookups) {
  if (key == kNoName) return nullptr;
  const PartKind kind =
      entity == EntityKind::kNode ? PartKind::kNodeProperty : PartKind::kRelProperty;
  return std::static_pointer_cast<const CachedColumn>(Part({kind, key}, expected_lookups));
}

std::shared_ptr<const CachedLabels> TransactionImpl::NodeLabels(uint64_t expected_lookups) {
  return std::static_pointer_cast<const CachedLabels>(
      Part({PartKind::kLabels, kNoName}, expected_lookups));
}

std::shared_ptr<const CachedNodes> TransactionImpl::Nodes(NameId label, uint64_t expected_lookups) {
  if (ended_ || view_.dirty(label == kNoName ? Family::kNode : Family::kLabel)) return nullptr;
  return store_->graph_cache()->GetNodes(label, CacheReader(), expected_lookups);
}

void TransactionImpl::CountExpand(Direction direction, const std::vector<NameId>& types) {
  for (const PartKind kind : {PartKind::kOut, PartKind::kIn}) {
    if (direction == (kind == PartKind::kOut ? Direction::kIn : Direction::kOut)) continue;
    if (types.empty()) CountLookups({kind, kNoName}, 1);
    for (const NameId type : types) CountLookups({kind, type}, 1);
  }
}

std::unique_ptr<IdCursor> TransactionImpl::CountIds(std::unique_ptr<IdCursor> cursor,
                                                    NameId label) {
  return std::make_unique<CountingCursor>(std::move(cursor), store_->graph_cache(),
                                          PartKey{PartKind::kNodes, label});
}

void TransactionImpl::NoteChange(PartKind kind, NameId name, uint64_t id) {
  part_changes_.push_back({{kind, name}, id});
  for (const auto& [key, part] : parts_) {
    if (part_changes_.back().Concerns(key)) part->MarkChanged(id);
  }
}

void TransactionImpl::NoteProperties(PartKind kind, uint64_t id,
                                     const std::vector<RawProperty>& before,
                                     const std::vector<RawProperty>& after) {
  // Both ascend by key.
  auto old = before.begin();
  for (const RawProperty& now : after) {
    for (; old != before.end() && old->key < now.key; ++old) NoteChange(kind, old->key, id);
    if (old != before.end() && old->key == now.key) {
      if (old->bytes != now.bytes) NoteChange(kind, now.key, id);
      ++old;
    } else {
      NoteChange(kind, now.key, id);
    }
  }
  for (; old != before.end(); ++old) NoteChange(kind, old->key, id);
}

void TransactionImpl::NoteLabels(NodeId node, const std::vector<NameId>& labels) {
  NoteChange(PartKind::kLabels, kNoName, node);
  for (const NameId label : labels) NoteChange(PartKind::kNodes, label, node);
}

}  // namespace gesta::store
