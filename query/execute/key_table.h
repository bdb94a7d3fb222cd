// KeyTable: a hash table from keys of one or more values to dense numbers 0, 1, 2, …
#ifndef GESTA_QUERY_EXECUTE_KEY_TABLE_H_
#define GESTA_QUERY_EXECUTE_KEY_TABLE_H_

#include <cstdint>
#include <vector>

#include "gesta/value.h"

namespace gesta::execute {

// Equivalence with a short way for what keys mostly are.
inline bool SameKey(const Value& a, const Value& b) {
  if (a.type() == b.type()) {
    if (a.type() == ValueType::kInteger) return a.AsInteger() == b.AsInteger();
    if (a.type() == ValueType::kNode) return a.EntityId() == b.EntityId();
    if (a.type() == ValueType::kString) return a.AsString() == b.AsString();
  }
  return Equivalent(a, b);
}

class KeyTable {
 public:
  static constexpr uint32_t kNone = 0xFFFFFFFF;

  explicit KeyTable(size_t width) : width_(width) { table_.resize(64, 0); }

  size_t size() const { return hashes_.size(); }
  size_t width() const { return width_; }
  const Value& key(size_t number, size_t part) const { return keys_[number * width_ + part]; }

  void Clear() {
    std::fill(table_.begin(), table_.end(), 0);
    hashes_.clear();
    keys_.clear();
  }

  // `part(j)` gives the key's j-th value.
  template <typename Parts>
  uint64_t HashOf(const Parts& part) const {
    uint64_t hash = Hash(part(0));
    for (size_t j = 1; j < width_; ++j) {
      hash = (hash ^ (hash >> 29)) * 0x9E3779B97F4A7C15ull + Hash(part(j));
    }
    return hash;
  }

  // The key's number; kNone when it is not in the table.
  template <typename Parts>
  uint32_t Find(const Parts& part) const {
    const uint32_t entry = table_[Locate(HashOf(part), part)];
    return entry == 0 ? kNone : entry - 1;
  }

  // The key's number, a new one if `*inserted`.
  template <typename Parts>
  uint32_t Insert(const Parts& part, bool* inserted) {
    const uint64_t hash = HashOf(part);
    size_t position = Locate(hash, part);
    *inserted = table_[position] == 0;
    if (!*inserted) return table_[position] - 1;
    if ((hashes_.size() + 1) * 2 > table_.size()) {
      Grow();
      position = Locate(hash, part);
    }
    hashes_.push_back(hash);
    for (size_t j = 0; j < width_; ++j) keys_.push_back(part(j));
    table_[position] = static_cast<uint32_t>(hashes_.size());
    return table_[position] - 1;
  }

  // An estimate of the memory that one more key takes, its values' own blocks included.
  template <typename Parts>
  size_t KeyBytes(const Parts& part) const {
    size_t bytes = sizeof(uint64_t) + 4 * sizeof(uint32_t);
    for (size_t j = 0; j < width_; ++j) bytes += sizeof(Value) + part(j).HeapBytes();
    return bytes;
  }

 private:
  // The position of the key, or of the free entry where it belongs.
  template <typename Parts>
  size_t Locate(uint64_t hash, const Parts& part) const {
    const size_t mask = table_.size() - 1;
    for (size_t position = Spread(hash) & mask;; position = (position + 1) & mask) {
      const uint32_t entry = table_[position];
      if (entry == 0) return position;
      if (hashes_[entry - 1] == hash && Holds(entry - 1, part)) return position;
    }
  }
  template <typename Parts>
  bool Holds(size_t number, const Parts& part) const {
    for (size_t j = 0; j < width_; ++j) {
      if (!SameKey(keys_[number * width_ + j], part(j))) return false;
    }
    return true;
  }
  static size_t Spread(uint64_t hash) { return (hash * 0x9E3779B97F4A7C15ull) >> 20; }

  void Grow() {
    table_.assign(table_.size() * 2, 0);
    const size_t mask = table_.size() - 1;
    for (size_t number = 0; number < hashes_.size(); ++number) {
      size_t position = Spread(hashes_[number]) & mask;
      while (table_[position] != 0) position = (position + 1) & mask;
      table_[position] = static_cast<uint32_t>(number + 1);
    }
  }

  const size_t width_;
  std::vector<uint32_t> table_;  // number + 1; 0: free. At most half full.
  std::vector<uint64_t> hashes_;
  std::vector<Value> keys_;
};

}  // namespace gesta::execute

#endif  // GESTA_QUERY_EXECUTE_KEY_TABLE_H_
