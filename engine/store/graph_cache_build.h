// Building parts of the graph cache: passes over families of one committed state.
//
// A large pass is divided by id among two threads. Every function gives null (or nothing) when it
// was cancelled, when the store cannot be read (whoever reads without the cache is told why), or
// when ids are too large to be cached.
#ifndef GESTA_STORE_GRAPH_CACHE_BUILD_H_
#define GESTA_STORE_GRAPH_CACHE_BUILD_H_

#include <atomic>
#include <memory>
#include <vector>

#include "gesta/graph_cache.h"
#include "gesta/store.h"
#include "store/database.h"

namespace gesta::store {

struct BuildSource {
  const Database* database;
  const rocksdb::Snapshot* snapshot;  // null: a store that never changes
  const std::atomic<bool>* cancel;    // null: never
};

// One part for each type, in one pass over all relationships.
std::vector<std::shared_ptr<CachedAdjacency>> BuildAdjacencies(const BuildSource& source,
                                                               bool outgoing,
                                                               const std::vector<NameId>& types);
// From the type's own members; for types that are a small part of all relationships.
std::shared_ptr<CachedAdjacency> BuildSmallAdjacency(const BuildSource& source, bool outgoing,
                                                     NameId type);
// One part for each key, in one pass over all nodes (relationships).
std::vector<std::shared_ptr<CachedColumn>> BuildColumns(const BuildSource& source,
                                                        EntityKind entity,
                                                        const std::vector<NameId>& keys);
std::shared_ptr<CachedLabels> BuildLabels(const BuildSource& source);
// kNoName: all nodes.
std::shared_ptr<const CachedNodes> BuildNodeList(const BuildSource& source, NameId label);
// From the list of an earlier state and the nodes (ascending, each once) that may have come or gone
// since.
std::shared_ptr<const CachedNodes> RefreshNodeList(const BuildSource& source, NameId label,
                                                   const CachedNodes& old,
                                                   const std::vector<uint64_t>& changed);

}  // namespace gesta::store

#endif  // GESTA_STORE_GRAPH_CACHE_BUILD_H_
