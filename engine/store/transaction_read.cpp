// Reading the graph: rows, adjacency and cursors.
#include <algorithm>
#include <cassert>

#include "store/adjacency.h"
#include "store/cursors.h"
#include "store/transaction_impl.h"
#include "store/value_encoding.h"

namespace gesta::store {
namespace {

std::string_view View(const rocksdb::PinnableSlice& slice) { return {slice.data(), slice.size()}; }

}  // namespace

Status EntityNotFound(EntityKind entity, uint64_t id) {
  ErrorInfo info;
  info.code = StatusCode::kEntityNotFound;
  info.message = std::string(entity == EntityKind::kNode ? "node " : "relationship ") +
                 std::to_string(id) + " does not exist or was deleted";
  info.type = "EntityNotFound";
  info.detail = "DeletedEntityAccess";
  return Status(std::move(info));
}

Status DamagedRow(EntityKind entity, uint64_t id, const std::string& store) {
  return Status(StatusCode::kCorruption,
                std::string("the row of ") +
                    (entity == EntityKind::kNode ? "node " : "relationship ") + std::to_string(id) +
                    " in the store at '" + store + "' is damaged",
                "run 'gesta check' on the store");
}

Status TransactionImpl::Damaged(EntityKind entity, uint64_t id) const {
  return DamagedRow(entity, id, store_->path());
}

Result<bool> TransactionImpl::LoadNode(NodeId id, rocksdb::PinnableSlice* row) {
  return view_.Get(Family::kNode, NodeKey(id), row);
}

Status TransactionImpl::RequireNode(NodeId id, rocksdb::PinnableSlice* row) {
  GESTA_ASSIGN_OR_RETURN(const bool found, LoadNode(id, row));
  return found ? Status::Ok() : EntityNotFound(EntityKind::kNode, id);
}

Status TransactionImpl::RequireRel(RelId id, rocksdb::PinnableSlice* row) {
  GESTA_ASSIGN_OR_RETURN(const bool found, view_.Get(Family::kRel, RelKey(id), row));
  if (!found) return EntityNotFound(EntityKind::kRelationship, id);
  if (row->size() < kRelHeaderSize) return Damaged(EntityKind::kRelationship, id);
  return Status::Ok();
}

Result<Value> TransactionImpl::DecodeProperty(EntityKind entity, uint64_t id, PropertyView view,
                                              NameId key) const {
  const auto bytes = view.Find(key);
  if (!bytes) return Value::Null();
  Value value;
  if (!DecodeValue(*bytes, &value)) return Damaged(entity, id);
  return value;
}

Result<std::vector<Property>> TransactionImpl::DecodeProperties(EntityKind entity, uint64_t id,
                                                                PropertyView view) const {
  std::vector<RawProperty> raw;
  if (!view.All(&raw)) return Damaged(entity, id);
  std::vector<Property> properties;
  properties.reserve(raw.size());
  for (const RawProperty& p : raw) {
    properties.push_back({p.key, {}});
    if (!DecodeValue(p.bytes, &properties.back().value)) return Damaged(entity, id);
  }
  return properties;
}

Result<bool> TransactionImpl::NodeExists(NodeId id) {
  return view_.Contains(Family::kNode, NodeKey(id));
}

Result<bool> TransactionImpl::RelationshipExists(RelId id) {
  return view_.Contains(Family::kRel, RelKey(id));
}

Result<std::vector<NameId>> TransactionImpl::GetLabels(NodeId id) {
  rocksdb::PinnableSlice bytes;
  CountLookups({PartKind::kLabels, kNoName}, 1);
  GESTA_RETURN_IF_ERROR(RequireNode(id, &bytes));
  NodeRow row;
  if (!NodeRow::Parse(View(bytes), &row)) return Damaged(EntityKind::kNode, id);
  return std::move(row.labels);
}

Result<bool> TransactionImpl::HasLabel(NodeId id, NameId label) {
  rocksdb::PinnableSlice bytes;
  CountLookups({PartKind::kLabels, kNoName}, 1);
  GESTA_RETURN_IF_ERROR(RequireNode(id, &bytes));
  return NodeHasLabel(View(bytes), label);
}

Result<Value> TransactionImpl::GetNodeProperty(NodeId id, NameId key) {
  rocksdb::PinnableSlice bytes;
  CountLookups({PartKind::kNodeProperty, key}, 1);
  GESTA_RETURN_IF_ERROR(RequireNode(id, &bytes));
  return DecodeProperty(EntityKind::kNode, id, NodeProperties(View(bytes)), key);
}

Result<std::vector<Property>> TransactionImpl::GetNodeProperties(NodeId id) {
  rocksdb::PinnableSlice bytes;
  GESTA_RETURN_IF_ERROR(RequireNode(id, &bytes));
  return DecodeProperties(EntityKind::kNode, id, NodeProperties(View(bytes)));
}

Result<RelationshipRecord> TransactionImpl::GetRelationship(RelId id) {
  rocksdb::PinnableSlice bytes;
  const Status status = RequireRel(id, &bytes);
  if (status.code() == StatusCode::kEntityNotFound) {
    const auto deleted = deleted_relationships_.find(id);
    if (deleted != deleted_relationships_.end()) return deleted->second;
  }
  GESTA_RETURN_IF_ERROR(status);
  RelRow row;
  RelRow::Parse(View(bytes), &row);
  return row.record;
}

Result<Value> TransactionImpl::GetRelationshipProperty(RelId id, NameId key) {
  rocksdb::PinnableSlice bytes;
  CountLookups({PartKind::kRelProperty, key}, 1);
  GESTA_RETURN_IF_ERROR(RequireRel(id, &bytes));
  const PropertyView view(View(bytes).substr(kRelHeaderSize));
  return DecodeProperty(EntityKind::kRelationship, id, view, key);
}

Result<std::vector<Property>> TransactionImpl::GetRelationshipProperties(RelId id) {
  rocksdb::PinnableSlice bytes;
  GESTA_RETURN_IF_ERROR(RequireRel(id, &bytes));
  const PropertyView view(View(bytes).substr(kRelHeaderSize));
  return DecodeProperties(EntityKind::kRelationship, id, view);
}

Status TransactionImpl::GetNodePropertyColumn(const NodeId* ids, size_t n, NameId key, Value* out) {
  // Ids of a scan ascend with small gaps: walking the rows then beats looking each one up. A few
  // steps are tried before seeking.
  constexpr int kSteps = 4;
  constexpr size_t kWorthScanning = 8;
  CountLookups({PartKind::kNodeProperty, key}, n);
  if (n >= kWorthScanning && std::is_sorted(ids, ids + n) && ids[n - 1] - ids[0] < n * kSteps) {
    Scan scan(&view_, Family::kNode);
    scan.Seek(NodeKey(ids[0]), NodeKey(ids[n - 1]).PrefixEnd());
    for (size_t i = 0; i < n; ++i) {
      const Key key_bytes = NodeKey(ids[i]);
      const std::string_view wanted = key_bytes;
      for (int step = 0; scan.Valid() && scan.key() < wanted; ++step) {
        if (step < kSteps) {
          scan.Next();
        } else {
          scan.Reseek(wanted);
        }
      }
      if (!scan.Valid() || scan.key() != wanted) {
        GESTA_RETURN_IF_ERROR(scan.status());
        return EntityNotFound(EntityKind::kNode, ids[i]);
      }
      GESTA_ASSIGN_OR_RETURN(
          out[i], DecodeProperty(EntityKind::kNode, ids[i], NodeProperties(scan.value()), key));
    }
    return Status::Ok();
  }
  rocksdb::PinnableSlice bytes;
  for (size_t i = 0; i < n; ++i) {
    GESTA_RETURN_IF_ERROR(RequireNode(ids[i], &bytes));
    GESTA_ASSIGN_OR_RETURN(
        out[i], DecodeProperty(EntityKind::kNode, ids[i], NodeProperties(View(bytes)), key));
  }
  return Status::Ok();
}

Result<std::unique_ptr<IdCursor>> TransactionImpl::ScanNodes() {
  return CountIds(MakeCursor(&view_, Family::kNode, IdPlace::kKeyEnd, {}, {}), kNoName);
}

Result<std::unique_ptr<IdCursor>> TransactionImpl::ScanRelationships() {
  return MakeCursor(&view_, Family::kRel, IdPlace::kKeyEnd, {}, {});
}

Result<std::unique_ptr<IdCursor>> TransactionImpl::ScanLabel(NameId label) {
  const Key prefix = Key().U32(label);
  return CountIds(MakeCursor(&view_, Family::kLabel, IdPlace::kKeyEnd, std::string(prefix),
                             std::string(prefix.PrefixEnd())),
                  label);
}

Result<std::unique_ptr<IdCursor>> TransactionImpl::ScanType(NameId type) {
  return ScanTypeFrom(type, 0);
}

Result<std::unique_ptr<IdCursor>> TransactionImpl::ScanTypeFrom(NameId type, RelId from) {
  return MakeTypeCursor(&view_, type, from);
}

Result<std::vector<NodeId>> TransactionImpl::SampleLabel(NameId label, size_t n) {
  Scan scan(&view_, Family::kLabel);
  const Key prefix = Key().U32(label);
  // Ids from `id` on; false when there are none.
  const auto next = [&](NodeId id, NodeId* found) {
    scan.Seek(MemberKey(label, id), prefix.PrefixEnd());
    if (!scan.Valid()) return false;
    *found = ReadU64(scan.key().data() + 4);
    return true;
  };
  std::vector<NodeId> sample;
  NodeId first = 0;
  if (n == 0 || !next(0, &first)) return sample;
  // The last id, by halving what may lie above.
  NodeId last = first;
  for (uint64_t step = uint64_t{1} << 62; step > 0; step /= 2) {
    NodeId found;
    while (last <= ~uint64_t{0} - step && next(last + step, &found)) last = found;
  }
  const double stride = static_cast<double>(last - first) / static_cast<double>(n);
  NodeId from = first;
  for (size_t i = 0; i < n; ++i) {
    NodeId found;
    from = std::max(from, first + static_cast<uint64_t>(stride * static_cast<double>(i)));
    if (!next(from, &found)) break;
    sample.push_back(found);
    from = found + 1;
  }
  GESTA_RETURN_IF_ERROR(scan.status());
  return sample;
}

Result<std::unique_ptr<IdCursor>> TransactionImpl::ScanIndex(uint32_t index,
                                                             const IndexRange& range) {
  const IndexInfo* info = schema_->FindIndex(index);
  if (info == nullptr) {
    return Status(StatusCode::kNotFound, "there is no index " + std::to_string(index));
  }
  const Key prefix = IndexPrefix(index);
  std::string lower(prefix);
  std::string upper(prefix.PrefixEnd());
  if (range.string_prefix) {
    AppendOrderedStringPrefix(*range.string_prefix, &lower);
    upper = PrefixEnd(lower);
  } else {
    if (range.lower) {
      for (const Value& value : range.lower->values) AppendOrdered(value, &lower);
      if (!range.lower->inclusive) lower = PrefixEnd(lower);
    }
    if (range.upper) {
      upper = std::string(prefix);
      for (const Value& value : range.upper->values) AppendOrdered(value, &upper);
      if (range.upper->inclusive) upper = PrefixEnd(upper);
    }
  }
  const IdPlace place = info->unique ? IdPlace::kValue : IdPlace::kKeyEnd;
  if (range.descending) {
    return MakeDescendingCursor(&view_, Family::kIndex, place, std::move(lower), std::move(upper));
  }
  return MakeCursor(&view_, Family::kIndex, place, std::move(lower), std::move(upper));
}

Status TransactionImpl::Expand(NodeId node, Direction direction, const std::vector<NameId>& types,
                               std::optional<NodeId> other, std::vector<Edge>* out) {
  CountExpand(direction, types);
  return store::Adjacency(&view_).Expand(node, direction, types, other, out);
}

Result<uint64_t> TransactionImpl::Degree(NodeId node, Direction direction,
                                         const std::vector<NameId>& types) {
  CountExpand(direction, types);
  return store::Adjacency(&view_).Degree(node, direction, types);
}

}  // namespace gesta::store
