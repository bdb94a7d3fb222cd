#include "connection/compiled.h"

namespace gesta {

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
