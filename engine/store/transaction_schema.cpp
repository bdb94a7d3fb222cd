// Indexes and constraints: definitions, building from the data, dropping.
#include <algorithm>
#include <array>

#include "store/transaction_impl.h"

namespace gesta::store {
namespace {

NameKind LabelKind(EntityKind entity) {
  return entity == EntityKind::kNode ? NameKind::kLabel : NameKind::kType;
}

template <typename Info>
bool SameTarget(const Info& a, EntityKind entity, NameId label,
                const std::vector<NameId>& properties) {
  return a.entity == entity && a.label == label && a.properties == properties;
}

}  // namespace

Status ExistenceViolated(const catalog::Schema& schema, const ConstraintInfo& constraint,
                         uint64_t id, NameId property) {
  ErrorInfo error;
  error.code = StatusCode::kConstraint;
  error.message =
      std::string(constraint.entity == EntityKind::kNode ? "node " : "relationship ") +
      std::to_string(id) + " has no property '" +
      std::string(schema.names(NameKind::kProperty).Get(property)) + "', which '" +
      constraint.name + "' on " +
      catalog::Describe(schema, constraint.entity, constraint.label, constraint.properties) +
      " requires";
  error.type = "ConstraintValidationFailed";
  error.detail = "PropertyMissing";
  return Status(std::move(error));
}

Status TransactionImpl::CheckDefinition(EntityKind entity, NameId label,
                                        const std::vector<NameId>& properties) const {
  if (label >= schema_->names(LabelKind(entity)).size()) {
    return Status(StatusCode::kInvalidArgument, "an index or constraint needs a known label");
  }
  if (properties.empty()) {
    return Status(StatusCode::kInvalidArgument, "an index or constraint needs a property");
  }
  for (size_t i = 0; i < properties.size(); ++i) {
    const NameId property = properties[i];
    if (property >= schema_->names(NameKind::kProperty).size()) {
      return Status(StatusCode::kInvalidArgument, "an index or constraint needs known properties");
    }
    if (std::count(properties.begin(), properties.end(), property) > 1) {
      return Status(StatusCode::kInvalidArgument,
                    "the property '" + std::string(Name(NameKind::kProperty, property)) +
                        "' is listed twice");
    }
  }
  return Status::Ok();
}

Result<std::string> TransactionImpl::ChooseName(const std::string& wanted, NameKind kind,
                                                NameId label, const std::vector<NameId>& properties,
                                                const char* suffix) const {
  auto taken = [&](const std::string& name) {
    return schema_->FindIndex(name) != nullptr || schema_->FindConstraint(name) != nullptr;
  };
  if (!wanted.empty()) {
    if (!taken(wanted)) return wanted;
    return Status(StatusCode::kAlreadyExists,
                  "there is an index or constraint named '" + wanted + "' already");
  }
  std::string base(Name(kind, label));
  for (NameId property : properties) {
    base += '_';
    base += Name(NameKind::kProperty, property);
  }
  base += suffix;
  std::string name = base;
  for (int i = 2; taken(name); ++i) name = base + "_" + std::to_string(i);
  return name;
}

Status TransactionImpl::ForEachMember(EntityKind entity, NameId label,
                                      const std::function<Status(uint64_t, PropertyView)>& visit) {
  const bool node = entity == EntityKind::kNode;
  const Family rows = node ? Family::kNode : Family::kRel;
  rocksdb::PinnableSlice bytes;
  GESTA_ASSIGN_OR_RETURN(const auto members, node ? ScanLabel(label) : ScanType(label));
  std::array<uint64_t, 256> ids;
  while (true) {
    GESTA_ASSIGN_OR_RETURN(const size_t n, members->Next(ids.data(), ids.size()));
    if (n == 0) return Status::Ok();
    for (size_t i = 0; i < n; ++i) {
      GESTA_ASSIGN_OR_RETURN(const bool found, view_.Get(rows, Key().U64(ids[i]), &bytes));
      if (!found || (!node && bytes.size() < kRelHeaderSize)) return Damaged(entity, ids[i]);
      const std::string_view row(bytes.data(), bytes.size());
      GESTA_RETURN_IF_ERROR(
          visit(ids[i], node ? NodeProperties(row) : PropertyView(row.substr(kRelHeaderSize))));
    }
  }
}

Status TransactionImpl::BuildIndex(const IndexInfo& info) {
  // Sorted first, so that duplicates are neighbours and the batch is filled in key order.
  std::vector<std::pair<std::string, uint64_t>> entries;
  std::vector<RawProperty> properties;
  std::string key;
  GESTA_RETURN_IF_ERROR(ForEachMember(info.entity, info.label, [&](uint64_t id, PropertyView row) {
    properties.clear();
    if (!row.All(&properties)) return Damaged(info.entity, id);
    key.clear();
    if (AppendIndexValues(info, properties, &key)) entries.emplace_back(key, id);
    return Status::Ok();
  }));
  std::sort(entries.begin(), entries.end());
  uint64_t distinct = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    const bool repeats = i > 0 && entries[i - 1].first == entries[i].first;
    if (!repeats) ++distinct;
    if (!info.unique || !repeats) continue;
    const bool node = info.entity == EntityKind::kNode;
    ErrorInfo error;
    error.code = StatusCode::kConstraint;
    error.message =
        std::string(node ? "nodes " : "relationships ") + std::to_string(entries[i - 1].second) +
        " and " + std::to_string(entries[i].second) + " have the same " +
        catalog::PropertyList(*schema_, info.properties) + ", so " +
        catalog::Describe(*schema_, info.entity, info.label, info.properties) + " cannot be unique";
    error.type = "ConstraintValidationFailed";
    error.detail = "ConstraintCreationFailed";
    return Status(std::move(error));
  }
  for (auto& [values, id] : entries) {
    const Key id_bytes = Key().U64(id);
    if (info.unique) {
      writes_->Put(Family::kIndex, values, id_bytes);
    } else {
      writes_->Put(Family::kIndex, values.append(id_bytes), {});
    }
  }
  Statistics& statistics = MutableStatistics();
  statistics.index_entries[info.id] = entries.size();
  statistics.index_distinct[info.id] = distinct;
  return Status::Ok();
}

Result<IndexInfo> TransactionImpl::CreateIndex(IndexInfo info) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  GESTA_RETURN_IF_ERROR(CheckDefinition(info.entity, info.label, info.properties));
  for (const IndexInfo& other : schema_->indexes()) {
    if (!SameTarget(other, info.entity, info.label, info.properties)) continue;
    return Status(StatusCode::kAlreadyExists,
                  "the index '" + other.name + "' on " +
                      catalog::Describe(*schema_, info.entity, info.label, info.properties) +
                      " exists already",
                  info.unique && !other.unique ? "drop it first with DROP INDEX" : "");
  }
  if (info.constraint.empty() || info.name != info.constraint) {
    GESTA_ASSIGN_OR_RETURN(info.name, ChooseName(info.name, LabelKind(info.entity), info.label,
                                                 info.properties, "_index"));
  }
  info.id = schema_->next_index;
  GESTA_RETURN_IF_ERROR(BuildIndex(info));
  catalog::Schema& schema = MutableSchema();
  ++schema.next_index;
  schema.AddIndex(info);
  writes_->Put(Family::kCatalog, IndexDefinitionKey(info.id), catalog::EncodeIndex(info));
  return info;
}

Status TransactionImpl::RemoveIndex(const IndexInfo& info) {
  if (version_->schema->FindIndex(info.id) == nullptr) {
    // Made by this transaction: its entries are only in the batch.
    std::vector<std::string> keys;
    {
      Scan scan(&view_, Family::kIndex);
      for (scan.SeekPrefix(IndexPrefix(info.id)); scan.Valid(); scan.Next()) {
        keys.emplace_back(scan.key());
      }
      GESTA_RETURN_IF_ERROR(scan.status());
    }
    for (const std::string& key : keys) writes_->Delete(Family::kIndex, key);
  } else {
    // Index ids are never given again, so the entries may go after the commit, all at once; the
    // record makes sure that they do.
    writes_->Put(Family::kCatalog, DroppedIndexKey(info.id), {});
    dropped_indexes_.push_back(info.id);
  }
  writes_->Delete(Family::kCatalog, IndexDefinitionKey(info.id));
  Statistics& statistics = MutableStatistics();
  statistics.index_entries.erase(info.id);
  statistics.index_distinct.erase(info.id);
  MutableSchema().RemoveIndex(info.id);
  return Status::Ok();
}

Status TransactionImpl::DropIndex(std::string_view name) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  const IndexInfo* found = schema_->FindIndex(name);
  if (found == nullptr) {
    return Status(StatusCode::kNotFound, "there is no index named '" + std::string(name) + "'",
                  "SHOW INDEXES lists them");
  }
  const IndexInfo info = *found;
  if (!info.constraint.empty()) {
    return Status(
        StatusCode::kConstraint,
        "the index '" + info.name + "' belongs to the constraint '" + info.constraint + "'",
        "drop the constraint with DROP CONSTRAINT");
  }
  return RemoveIndex(info);
}

Result<ConstraintInfo> TransactionImpl::CreateConstraint(ConstraintInfo info) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  GESTA_RETURN_IF_ERROR(CheckDefinition(info.entity, info.label, info.properties));
  for (const ConstraintInfo& other : schema_->constraints()) {
    if (other.kind != info.kind || !SameTarget(other, info.entity, info.label, info.properties)) {
      continue;
    }
    return Status(StatusCode::kAlreadyExists,
                  "the constraint '" + other.name + "' on " +
                      catalog::Describe(*schema_, info.entity, info.label, info.properties) +
                      " exists already");
  }
  const bool unique = info.kind == ConstraintKind::kUnique;
  GESTA_ASSIGN_OR_RETURN(info.name, ChooseName(info.name, LabelKind(info.entity), info.label,
                                               info.properties, unique ? "_unique" : "_exists"));
  if (unique) {
    IndexInfo index;
    index.name = info.name;
    index.entity = info.entity;
    index.label = info.label;
    index.properties = info.properties;
    index.unique = true;
    index.constraint = info.name;
    GESTA_RETURN_IF_ERROR(CreateIndex(std::move(index)).status());
  } else {
    GESTA_RETURN_IF_ERROR(
        ForEachMember(info.entity, info.label, [&](uint64_t id, PropertyView row) {
          for (NameId property : info.properties) {
            if (!row.Find(property)) return ExistenceViolated(*schema_, info, id, property);
          }
          return Status::Ok();
        }));
  }
  MutableSchema().AddConstraint(info);
  writes_->Put(Family::kCatalog, ConstraintKey(info.name), catalog::EncodeConstraint(info));
  return info;
}

Status TransactionImpl::DropConstraint(std::string_view name) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  const ConstraintInfo* found = schema_->FindConstraint(name);
  if (found == nullptr) {
    return Status(StatusCode::kNotFound, "there is no constraint named '" + std::string(name) + "'",
                  "SHOW CONSTRAINTS lists them");
  }
  const ConstraintInfo info = *found;
  if (info.kind == ConstraintKind::kUnique) {
    const IndexInfo* index = schema_->FindIndex(info.name);
    if (index != nullptr) {
      const IndexInfo copy = *index;
      GESTA_RETURN_IF_ERROR(RemoveIndex(copy));
    }
  }
  writes_->Delete(Family::kCatalog, ConstraintKey(info.name));
  MutableSchema().RemoveConstraint(info.name);
  return Status::Ok();
}

}  // namespace gesta::store
