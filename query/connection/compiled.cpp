#include "connection/compiled.h"

#include <algorithm>

namespace gesta {
namespace {

// Counts below this are all small: any plan does.
constexpr uint64_t kSmall = 250;

bool Alike(uint64_t before, uint64_t now) {
  return now <= 4 * before + kSmall && before <= 4 * now + kSmall;
}

bool Alike(const std::vector<uint64_t>& before, const std::vector<uint64_t>& now) {
  const auto at = [](const std::vector<uint64_t>& counts, size_t i) {
    return i < counts.size() ? counts[i] : 0;
  };
  for (size_t i = 0; i < std::max(before.size(), now.size()); ++i) {
    if (!Alike(at(before, i), at(now, i))) return false;
  }
  return true;
}

}  // namespace

bool CompiledStatement::FitsNow(const Transaction& transaction) const {
  if (transaction.epoch() != epoch) return false;
  const Statistics& now = transaction.GetStatistics();
  return Alike(statistics.nodes, now.nodes) && Alike(statistics.relationships, now.relationships) &&
         Alike(statistics.label_nodes, now.label_nodes) &&
         Alike(statistics.type_relationships, now.type_relationships) &&
         std::all_of(
             planned.assumptions.begin(), planned.assumptions.end(),
             [&](const PlanAssumption& assumption) { return Holds(assumption, transaction, now); });
}

CompiledPtr PlanCache::Find(std::string_view text) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = by_text_.find(text);
  if (found == by_text_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return *found->second;
}

void PlanCache::Put(CompiledPtr compiled) {
  if (capacity_ == 0) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = by_text_.find(compiled->text);
  if (found != by_text_.end()) {
    const auto place = found->second;
    by_text_.erase(found);  // its key borrows from the old entry
    order_.erase(place);
  }
  order_.push_front(std::move(compiled));
  by_text_.emplace(order_.front()->text, order_.begin());
  while (order_.size() > capacity_) {
    by_text_.erase(order_.back()->text);
    order_.pop_back();
  }
}

}  // namespace gesta
