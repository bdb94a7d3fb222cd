// PropertyReader: one property of many entities, for a column.
//
// Values come from the graph cache where it knows them. The others are asked of the store, which
// likes each entity once and in id order.
#ifndef GESTA_QUERY_EXECUTE_PROPERTY_READER_H_
#define GESTA_QUERY_EXECUTE_PROPERTY_READER_H_

#include <memory>
#include <vector>

#include "gesta/graph_cache.h"
#include "gesta/store.h"

namespace gesta::execute {

class PropertyReader {
 public:
  explicit PropertyReader(EntityKind entity) : entity_(entity) {}

  // The property `key` of the `n` entities; `out` has room for n values.
  Status Read(Transaction& transaction, NameId key, const uint64_t* ids, size_t n, Value* out);

 private:
  // Asks for the property's column in the graph cache, at first and again as misses add up.
  void Ask(Transaction& transaction, NameId key, size_t misses);
  Status ReadFromStore(Transaction& transaction, NameId key, const uint64_t* ids, size_t n,
                       Value* out);
  Status Fetch(Transaction& transaction, NameId key, const uint64_t* ids, size_t n, Value* out);

  const EntityKind entity_;
  NameId key_ = kNoName;                        // of column_
  std::shared_ptr<const CachedColumn> column_;  // shared with the store's cache; null: not there
  uint64_t misses_ = 0;                         // entities asked of the store
  uint64_t ask_at_ = 0;                         // misses
  std::vector<uint32_t> unknown_;               // positions in `ids`
  std::vector<uint64_t> unknown_ids_;
  std::vector<Value> unknown_values_;
  std::vector<uint64_t> wanted_;  // ids, ascending, each once
  std::vector<Value> values_;
};

}  // namespace gesta::execute

#endif  // GESTA_QUERY_EXECUTE_PROPERTY_READER_H_
