// IndexCollector: the index entries of one bulk load, sorted and checked at its end.
#ifndef GESTA_STORE_INDEX_COLLECTOR_H_
#define GESTA_STORE_INDEX_COLLECTOR_H_

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catalog/schema.h"
#include "store/index_writer.h"
#include "store/table_set.h"

namespace gesta::store {

class IndexCollector {
 public:
  using Origin = std::function<std::string(EntityKind, uint64_t)>;

  // The entries of an entity, appended to `pending`. kInvalidArgument: a value is too long.
  Status Plan(const catalog::Schema& schema, EntityKind entity, const std::vector<NameId>& labels,
              const std::vector<RawProperty>& properties);
  // Keeps what the last Plan found.
  void Keep(uint64_t id);

  // Writes all entries as one run and counts them. kConstraint: a unique index has equal values
  // twice, here or in the store, which `view` reads.
  Status Write(const catalog::Schema& schema, const Origin& origin, ReadView* view,
               TableSet* tables, Statistics* statistics);

 private:
  using Entry = std::pair<std::string, uint64_t>;  // index id and values; entity

  std::map<uint32_t, std::vector<Entry>> entries_;  // by index id
  std::vector<std::pair<uint32_t, std::string>> pending_;
  size_t pending_count_ = 0;
};

}  // namespace gesta::store

#endif  // GESTA_STORE_INDEX_COLLECTOR_H_
