#include "align/cache.h"

#include <algorithm>
#include <cstring>

namespace gesta {

void Fingerprint::Add(uint64_t number) {
  a_ = (a_ ^ number) * 0x9E3779B97F4A7C15ull;
  a_ ^= a_ >> 29;
  b_ = (b_ + number) * 0xD6E8FEB86659FD93ull;
  b_ ^= b_ >> 32;
}

void Fingerprint::Add(std::string_view text) {
  Add(static_cast<uint64_t>(text.size()));
  while (!text.empty()) {
    uint64_t word = 0;
    const size_t n = std::min(text.size(), sizeof word);
    std::memcpy(&word, text.data(), n);
    Add(word);
    text.remove_prefix(n);
  }
}

std::string Fingerprint::ToHex() const {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const uint64_t half : {a_, b_}) {
    for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[half >> shift & 0xF];
  }
  return text;
}

bool AlignmentCache::IsClean(const Transaction& transaction) {
  if (transaction.read_only()) return true;
  const Transaction::Changes& c = transaction.changes();
  return c.nodes_created == 0 && c.nodes_deleted == 0 && c.relationships_created == 0 &&
         c.relationships_deleted == 0 && c.properties_set == 0 && c.labels_added == 0 &&
         c.labels_removed == 0;
}

std::shared_ptr<AlignmentCache::Entry> AlignmentCache::FindEntry(const std::string& key) {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::shared_ptr<Entry>& entry = entries_[key];
  if (!entry) entry = std::make_shared<Entry>();
  entry->last_use = ++clock_;
  const std::shared_ptr<Entry> found = entry;
  if (entries_.size() > kEntries) {
    entries_.erase(std::min_element(entries_.begin(), entries_.end(), [](auto& a, auto& b) {
      return a.second->last_use < b.second->last_use;
    }));
  }
  return found;
}

}  // namespace gesta
