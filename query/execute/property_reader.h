// PropertyReader: one property of many entities, for a column.
//
// After an expand the same few entities come again and again, in no order. So each batch asks the
// store for every entity once, in id order; and in a read-only transaction, where nothing changes,
// values are kept for the following batches.
#ifndef GESTA_QUERY_EXECUTE_PROPERTY_READER_H_
#define GESTA_QUERY_EXECUTE_PROPERTY_READER_H_

#include <vector>

#include "gesta/store.h"

namespace gesta::execute {

class PropertyReader {
 public:
  explicit PropertyReader(EntityKind entity) : entity_(entity) {}

  // The property `key` of the `n` entities; `out` has room for n values.
  Status Read(Transaction& transaction, NameId key, const uint64_t* ids, size_t n, Value* out);

 private:
  struct Entry {
    uint64_t id = kNoEntity;
    Value value;
  };
  static constexpr uint64_t kNoEntity = ~uint64_t{0};

  Status Fetch(Transaction& transaction, NameId key, const uint64_t* ids, size_t n, Value* out);
  // Ids are dense, so their low bits spread entities evenly.
  size_t Place(uint64_t id) const { return (id ^ (id >> 17)) & (cache_.size() - 1); }
  void Remember(const uint64_t* ids, size_t n, const Value* values);

  const EntityKind entity_;
  std::vector<Entry> cache_;       // direct-mapped; empty or a power of two
  size_t fetched_ = 0;             // entities asked for since the cache was made or grown
  std::vector<uint32_t> missing_;  // positions in `ids`
  std::vector<uint64_t> wanted_;   // their ids, ascending, each once
  std::vector<Value> values_;
};

}  // namespace gesta::execute

#endif  // GESTA_QUERY_EXECUTE_PROPERTY_READER_H_
