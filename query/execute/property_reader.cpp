#include "execute/property_reader.h"

#include <algorithm>

namespace gesta::execute {
namespace {

constexpr size_t kFewEntities = 32;  // not worth sorting

}  // namespace

Status PropertyReader::Read(Transaction& transaction, NameId key, const uint64_t* ids, size_t n,
                            Value* out) {
  if (key != key_) {
    key_ = key;
    column_ = nullptr;
    misses_ = 0;
    ask_at_ = 0;
    Ask(transaction, key, 0);
  }
  if (!column_) {
    Ask(transaction, key, n);
    if (!column_) return ReadFromStore(transaction, key, ids, n, out);
  }
  unknown_.clear();
  column_->Gather(ids, n, out, &unknown_);
  if (unknown_.empty()) return {};
  Ask(transaction, key, unknown_.size());
  unknown_ids_.clear();
  for (const uint32_t i : unknown_) unknown_ids_.push_back(ids[i]);
  unknown_values_.resize(unknown_.size());
  GESTA_RETURN_IF_ERROR(ReadFromStore(transaction, key, unknown_ids_.data(), unknown_ids_.size(),
                                      unknown_values_.data()));
  for (size_t i = 0; i < unknown_.size(); ++i) out[unknown_[i]] = std::move(unknown_values_[i]);
  return {};
}

void PropertyReader::Ask(Transaction& transaction, NameId key, size_t misses) {
  constexpr uint64_t kFirstAsk = 2048;
  misses_ += misses;
  if (misses_ < ask_at_) return;
  // As many again are expected.
  if (auto column = transaction.PropertyColumn(entity_, key, misses_)) column_ = std::move(column);
  ask_at_ = std::max(kFirstAsk, 2 * misses_);
}

Status PropertyReader::ReadFromStore(Transaction& transaction, NameId key, const uint64_t* ids,
                                     size_t n, Value* out) {
  const bool ascending = std::adjacent_find(ids, ids + n, std::greater_equal<>()) == ids + n;
  if (n <= kFewEntities || ascending) return Fetch(transaction, key, ids, n, out);
  // After an expand the same few entities come again and again, in no order.
  wanted_.assign(ids, ids + n);
  std::sort(wanted_.begin(), wanted_.end());
  wanted_.erase(std::unique(wanted_.begin(), wanted_.end()), wanted_.end());
  if (values_.size() < wanted_.size()) values_.resize(wanted_.size());
  GESTA_RETURN_IF_ERROR(Fetch(transaction, key, wanted_.data(), wanted_.size(), values_.data()));
  for (size_t i = 0; i < n; ++i) {
    const auto found = std::lower_bound(wanted_.begin(), wanted_.end(), ids[i]);
    out[i] = values_[static_cast<size_t>(found - wanted_.begin())];
  }
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

}  // namespace gesta::execute
