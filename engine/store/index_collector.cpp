#include "store/index_collector.h"

#include <algorithm>

namespace gesta::store {
namespace {

Status Duplicate(const catalog::Schema& schema, const IndexInfo& info, const std::string& first,
                 const std::string& second) {
  ErrorInfo error;
  error.code = StatusCode::kConstraint;
  error.message = first + " and " + second + " have the same " +
                  catalog::PropertyList(schema, info.properties) + ", and '" +
                  (info.constraint.empty() ? info.name : info.constraint) + "' on " +
                  catalog::Describe(schema, info.entity, info.label, info.properties) +
                  " allows each value once";
  error.type = "ConstraintValidationFailed";
  error.detail = "CreateBlockedByConstraint";
  return Status(std::move(error));
}

std::string Named(const IndexInfo& info, uint64_t id, const IndexCollector::Origin& origin) {
  std::string text =
      (info.entity == EntityKind::kNode ? "node " : "relationship ") + std::to_string(id);
  const std::string place = origin ? origin(info.entity, id) : std::string();
  if (!place.empty()) text += " (" + place + ")";
  return text;
}

}  // namespace

Status IndexCollector::Plan(const catalog::Schema& schema, EntityKind entity,
                            const std::vector<NameId>& labels,
                            const std::vector<RawProperty>& properties) {
  pending_count_ = 0;
  if (std::none_of(labels.begin(), labels.end(),
                   [&](NameId label) { return schema.Indexed(entity, label); })) {
    return Status::Ok();
  }
  for (const IndexInfo& info : schema.indexes()) {
    if (info.entity != entity || !std::binary_search(labels.begin(), labels.end(), info.label)) {
      continue;
    }
    if (pending_count_ == pending_.size()) pending_.emplace_back();
    auto& [index, key] = pending_[pending_count_];
    index = info.id;
    key.clear();
    if (!AppendIndexValues(info, properties, &key)) continue;
    GESTA_RETURN_IF_ERROR(CheckIndexKey(info, key));
    ++pending_count_;
  }
  return Status::Ok();
}

void IndexCollector::Keep(uint64_t id) {
  for (size_t i = 0; i < pending_count_; ++i) {
    entries_[pending_[i].first].emplace_back(pending_[i].second, id);
  }
  pending_count_ = 0;
}

Status IndexCollector::Write(const catalog::Schema& schema, const Origin& origin, ReadView* view,
                             TableSet* tables, Statistics* statistics) {
  for (auto& [index, entries] : entries_) {
    const IndexInfo& info = *schema.FindIndex(index);
    std::sort(entries.begin(), entries.end());
    uint64_t& count = statistics->index_entries[index];
    uint64_t& distinct = statistics->index_distinct[index];
    const bool looks_in_store = count > 0;
    Scan present(view, Family::kIndex);
    for (size_t i = 0; i < entries.size(); ++i) {
      const auto& [values, id] = entries[i];
      const Key id_bytes = Key().U64(id);
      const bool repeats = i > 0 && entries[i - 1].first == values;
      if (repeats && info.unique) {
        return Duplicate(schema, info, Named(info, entries[i - 1].second, origin),
                         Named(info, id, origin));
      }
      if (!repeats) {
        bool in_store = false;
        if (looks_in_store) {
          present.Seek(values, PrefixEnd(values));
          in_store = present.Valid();
          GESTA_RETURN_IF_ERROR(present.status());
        }
        if (in_store && info.unique) {
          const uint64_t holder = IndexEntryId(true, present.key(), present.value());
          return Duplicate(schema, info, Named(info, holder, nullptr) + " of the store",
                           Named(info, id, origin));
        }
        if (!in_store) ++distinct;
      }
      GESTA_RETURN_IF_ERROR(info.unique
                                ? tables->Add(Family::kIndex, values, id_bytes)
                                : tables->Add(Family::kIndex, values + std::string(id_bytes), {}));
    }
    count += entries.size();
    std::vector<Entry>().swap(entries);
  }
  return tables->EndRun(Family::kIndex);
}

}  // namespace gesta::store
