#include "execute/property_reader.h"

#include <algorithm>

namespace gesta::execute {
namespace {

constexpr size_t kFewEntities = 32;  // not worth sorting
constexpr size_t kLeastCache = size_t{1} << 14;
constexpr size_t kGreatestCache = size_t{1} << 17;  // 3 MiB of entries
constexpr size_t kLongValue = 128;                  // bytes; longer ones are not kept

}  // namespace

Status PropertyReader::Read(Transaction& transaction, NameId key, const uint64_t* ids, size_t n,
                            Value* out) {
  const bool ascending = std::adjacent_find(ids, ids + n, std::greater_equal<>()) == ids + n;
  if (n <= kFewEntities || ascending) return Fetch(transaction, key, ids, n, out);

  missing_.clear();
  wanted_.clear();
  for (size_t i = 0; i < n; ++i) {
    if (!cache_.empty()) {
      const Entry& entry = cache_[Place(ids[i])];
      if (entry.id == ids[i]) {
        out[i] = entry.value;
        continue;
      }
    }
    missing_.push_back(static_cast<uint32_t>(i));
    wanted_.push_back(ids[i]);
  }
  if (missing_.empty()) return {};
  std::sort(wanted_.begin(), wanted_.end());
  wanted_.erase(std::unique(wanted_.begin(), wanted_.end()), wanted_.end());
  if (values_.size() < wanted_.size()) values_.resize(wanted_.size());
  GESTA_RETURN_IF_ERROR(Fetch(transaction, key, wanted_.data(), wanted_.size(), values_.data()));
  for (const uint32_t i : missing_) {
    const auto found = std::lower_bound(wanted_.begin(), wanted_.end(), ids[i]);
    out[i] = values_[static_cast<size_t>(found - wanted_.begin())];
  }
  if (transaction.read_only()) Remember(wanted_.data(), wanted_.size(), values_.data());
  return {};
}

Status PropertyReader::Fetch(Transaction& transaction, NameId key, const uint64_t* ids, size_t n,
                             Value* out) {
  if (entity_ == EntityKind::kNode) return transaction.GetNodePropertyColumn(ids, n, key, out);
  for (size_t i = 0; i < n; ++i) {
    GESTA_ASSIGN_OR_RETURN(out[i], transaction.GetRelationshipProperty(ids[i], key));
  }
  return {};
}

void PropertyReader::Remember(const uint64_t* ids, size_t n, const Value* values) {
  fetched_ += n;
  // A cache that keeps missing is too small, up to a point.
  if (cache_.empty() || (fetched_ > cache_.size() && cache_.size() < kGreatestCache)) {
    cache_.assign(cache_.empty() ? kLeastCache : kGreatestCache, Entry());
    fetched_ = 0;
  }
  for (size_t i = 0; i < n; ++i) {
    if (values[i].HeapBytes() > kLongValue) continue;
    Entry& entry = cache_[Place(ids[i])];
    entry.id = ids[i];
    entry.value = values[i];
  }
}

}  // namespace gesta::execute
