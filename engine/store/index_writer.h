// IndexWriter: keeps index entries equal to what rows say.
//
// A change of an entity is described by its labels (its type) and properties before and after;
// Plan works out which entries go and come, and refuses duplicates in unique indexes before
// anything is written. Apply writes them and counts entries and distinct values.
#ifndef GESTA_STORE_INDEX_WRITER_H_
#define GESTA_STORE_INDEX_WRITER_H_

#include <string>
#include <unordered_map>
#include <vector>

#include "catalog/schema.h"
#include "store/read_view.h"
#include "store/row.h"

namespace gesta::store {

// Null pointers: the entity does not exist in that state.
struct EntityState {
  const std::vector<NameId>* labels = nullptr;  // a relationship's only label is its type
  const std::vector<RawProperty>* properties = nullptr;
};

struct IndexChange {
  uint32_t index = 0;
  bool unique = false;
  std::string remove;  // index id and encoded values; empty: nothing
  std::string add;
};

// Appends "index id, encoded values" of the entity to `key`; false when it lacks a property.
// Properties whose bytes are damaged count as lacking.
bool AppendIndexValues(const IndexInfo& info, const std::vector<RawProperty>& properties,
                       std::string* key);
// kInvalidArgument: the values are too long for an index.
Status CheckIndexKey(const IndexInfo& info, const std::string& values);
// The id of an entry, from its key and value.
uint64_t IndexEntryId(bool unique, std::string_view key, std::string_view value);

class IndexWriter {
 public:
  explicit IndexWriter(ReadView* view) : view_(view) {}

  // kConstraint when a unique index has the new value already.
  Status Plan(const catalog::Schema& schema, EntityKind entity, uint64_t id,
              const EntityState& before, const EntityState& after,
              std::vector<IndexChange>* changes);
  Status Apply(const std::vector<IndexChange>& changes, uint64_t id, WriteSet* writes,
               Statistics* statistics);

  // To be called when changes have been taken back.
  void Forget() { witnesses_.clear(); }

 private:
  // Whether the index has an entry of another entity than `id` with these values.
  Result<bool> OthersWithValues(const std::string& values, uint64_t id);
  // Notes that the entity's entry with these values is there now, or no more.
  void Added(const std::string& values, uint64_t id);
  void Removed(const std::string& values, uint64_t id);

  ReadView* view_;
  // Values with one entity that is known to have them. A search for another entity with the same
  // values walks over everything that was deleted there, and a transaction that gives one value to
  // many entities, or takes it from many, would do so for each of them.
  std::unordered_map<std::string, uint64_t> witnesses_;
};

Status UniquenessViolated(const catalog::Schema& schema, const IndexInfo& info, uint64_t holder,
                          const std::vector<RawProperty>& properties);

}  // namespace gesta::store

#endif  // GESTA_STORE_INDEX_WRITER_H_
