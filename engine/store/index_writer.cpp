#include "store/index_writer.h"

#include <algorithm>

#include "store/value_encoding.h"

namespace gesta::store {
namespace {

// RocksDB holds keys of up to 8 MB; a value this long is a document and no lookup key.
constexpr size_t kMaxIndexKey = 1 << 20;

constexpr size_t kMaxWitnesses = 10'000;

const RawProperty* FindRaw(const std::vector<RawProperty>& properties, NameId key) {
  const auto at =
      std::lower_bound(properties.begin(), properties.end(), key,
                       [](const RawProperty& p, NameId wanted) { return p.key < wanted; });
  return at != properties.end() && at->key == key ? &*at : nullptr;
}

bool HasLabel(const EntityState& state, NameId label) {
  return state.labels != nullptr &&
         std::binary_search(state.labels->begin(), state.labels->end(), label);
}

bool AnyIndexed(const catalog::Schema& schema, EntityKind entity, const EntityState& state) {
  return state.labels != nullptr &&
         std::any_of(state.labels->begin(), state.labels->end(),
                     [&](NameId label) { return schema.Indexed(entity, label); });
}

}  // namespace

bool AppendIndexValues(const IndexInfo& info, const std::vector<RawProperty>& properties,
                       std::string* key) {
  AppendU32(key, info.id);
  for (NameId property : info.properties) {
    const RawProperty* raw = FindRaw(properties, property);
    Value value;
    if (raw == nullptr || !DecodeValue(raw->bytes, &value)) return false;
    AppendOrdered(value, key);
  }
  return true;
}

Status CheckIndexKey(const IndexInfo& info, const std::string& values) {
  if (values.size() <= kMaxIndexKey) return Status::Ok();
  return Status(StatusCode::kInvalidArgument,
                "a value of " + std::to_string(values.size()) +
                    " bytes is too long for the index '" + info.name + "'",
                "indexed values hold up to 1 MiB");
}

uint64_t IndexEntryId(bool unique, std::string_view key, std::string_view value) {
  return unique ? ReadU64(value.data()) : ReadU64(key.data() + key.size() - 8);
}

Status UniquenessViolated(const catalog::Schema& schema, const IndexInfo& info, uint64_t holder,
                          const std::vector<RawProperty>& properties) {
  const bool node = info.entity == EntityKind::kNode;
  std::string values;
  for (NameId property : info.properties) {
    Value value;
    const RawProperty* raw = FindRaw(properties, property);
    if (raw == nullptr || !DecodeValue(raw->bytes, &value)) continue;
    if (!values.empty()) values += ", ";
    values += std::string(schema.names(NameKind::kProperty).Get(property)) + ": " +
              ToText(value, /*quote=*/true);
  }
  ErrorInfo error;
  error.code = StatusCode::kConstraint;
  error.message = std::string(node ? "node " : "relationship ") + std::to_string(holder) +
                  " has {" + values + "} already, and '" +
                  (info.constraint.empty() ? info.name : info.constraint) + "' on " +
                  catalog::Describe(schema, info.entity, info.label, info.properties) +
                  " allows each value once";
  error.hint = "use MERGE to find or create it";
  error.type = "ConstraintValidationFailed";
  error.detail = "CreateBlockedByConstraint";
  return Status(std::move(error));
}

Status IndexWriter::Plan(const catalog::Schema& schema, EntityKind entity, uint64_t id,
                         const EntityState& before, const EntityState& after,
                         std::vector<IndexChange>* changes) {
  if (!AnyIndexed(schema, entity, before) && !AnyIndexed(schema, entity, after)) {
    return Status::Ok();
  }
  for (const IndexInfo& info : schema.indexes()) {
    if (info.entity != entity) continue;
    IndexChange change{info.id, info.unique, {}, {}};
    if (!HasLabel(before, info.label) ||
        !AppendIndexValues(info, *before.properties, &change.remove)) {
      change.remove.clear();
    }
    if (!HasLabel(after, info.label) || !AppendIndexValues(info, *after.properties, &change.add)) {
      change.add.clear();
    }
    if (change.remove == change.add) continue;
    GESTA_RETURN_IF_ERROR(CheckIndexKey(info, change.add));
    if (info.unique && !change.add.empty()) {
      rocksdb::PinnableSlice holder;
      GESTA_ASSIGN_OR_RETURN(const bool taken, view_->Get(Family::kIndex, change.add, &holder));
      if (taken && ReadU64(holder.data()) != id) {
        return UniquenessViolated(schema, info, ReadU64(holder.data()), *after.properties);
      }
    }
    changes->push_back(std::move(change));
  }
  return Status::Ok();
}

Result<bool> IndexWriter::OthersWithValues(const std::string& values, uint64_t id) {
  const auto known = witnesses_.find(values);
  if (known != witnesses_.end() && known->second != id) return true;
  // Behind the entity's own entry first: many are mostly removed in the order of their ids.
  const std::string own = values + std::string(Key().U64(id));
  Scan scan(view_, Family::kIndex);
  scan.Seek(own + '\0', PrefixEnd(values));
  if (!scan.Valid()) scan.Seek(values, own);
  const bool any = scan.Valid();
  if (any) Added(values, IndexEntryId(/*unique=*/false, scan.key(), scan.value()));
  GESTA_RETURN_IF_ERROR(scan.status());
  return any;
}

void IndexWriter::Added(const std::string& values, uint64_t id) {
  if (witnesses_.size() == kMaxWitnesses) witnesses_.clear();
  witnesses_[values] = id;
}

void IndexWriter::Removed(const std::string& values, uint64_t id) {
  const auto known = witnesses_.find(values);
  if (known != witnesses_.end() && known->second == id) witnesses_.erase(known);
}

Status IndexWriter::Apply(const std::vector<IndexChange>& changes, uint64_t id, WriteSet* writes,
                          Statistics* statistics) {
  const Key id_bytes = Key().U64(id);
  for (const IndexChange& change : changes) {
    uint64_t& entries = statistics->index_entries[change.index];
    uint64_t& distinct = statistics->index_distinct[change.index];
    if (!change.remove.empty()) {
      --entries;
      if (change.unique) {
        writes->Delete(Family::kIndex, change.remove);
        --distinct;
      } else {
        writes->Delete(Family::kIndex, change.remove + std::string(id_bytes));
        Removed(change.remove, id);
        GESTA_ASSIGN_OR_RETURN(const bool others, OthersWithValues(change.remove, id));
        if (!others) --distinct;
      }
    }
    if (!change.add.empty()) {
      ++entries;
      if (change.unique) {
        writes->Put(Family::kIndex, change.add, id_bytes);
        ++distinct;
      } else {
        GESTA_ASSIGN_OR_RETURN(const bool others, OthersWithValues(change.add, id));
        if (!others) ++distinct;
        writes->Put(Family::kIndex, change.add + std::string(id_bytes), {});
        Added(change.add, id);
      }
    }
  }
  return Status::Ok();
}

}  // namespace gesta::store
