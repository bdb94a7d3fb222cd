// GraphCache: the parts of a store's graph cache (gesta/graph_cache.h), and when they are built.
//
// Building is paid for in advance: each look-up that goes to the store is counted for the part that
// would have answered it, and the part is built by the reader whose look-ups make the sum worth a
// pass over the family. Look-ups of changed entities are counted in the same way, so a part from
// which much has changed is built anew.
//
// What makes answers right:
//   - A part is built from the last committed state, and given only to transactions that see that
//     state or a later one.
//   - A commit marks what it changes before anybody can see it; a part that is being built
//   meanwhile
//     gets the marks when it is ready. A mark can only send readers to the store, never mislead.
//   - A writing transaction marks its own changes in the parts it was given as it makes them.
//
// Thread-safe.
#ifndef GESTA_STORE_GRAPH_CACHE_H_
#define GESTA_STORE_GRAPH_CACHE_H_

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gesta/catalog.h"
#include "gesta/graph_cache.h"
#include "store/graph_cache_build.h"

namespace gesta::store {

enum class PartKind : uint8_t { kOut, kIn, kNodeProperty, kRelProperty, kLabels, kNodes };

// Which part: `name` is a type, a property key or a label. kNoName: of changes and look-ups, all
// parts of the kind; of kLabels, the only one; of kNodes, all nodes.
struct PartKey {
  PartKind kind;
  NameId name;

  bool operator==(const PartKey& other) const { return kind == other.kind && name == other.name; }
  bool operator!=(const PartKey& other) const { return !(*this == other); }
};
struct PartKeyHash {
  size_t operator()(const PartKey& key) const {
    return (static_cast<size_t>(key.kind) << 32 | key.name) * 0x9E3779B97F4A7C15u >> 20;
  }
};

// An entity that is not any more, or not for sure, as a part has it.
struct PartChange {
  PartKey part;
  uint64_t id;

  bool Concerns(const PartKey& key) const {
    if (part == key) return true;
    const bool all_properties =
        key.kind == PartKind::kNodeProperty || key.kind == PartKind::kRelProperty;
    return all_properties && part.kind == key.kind && part.name == kNoName;
  }
};

class GraphCache {
 public:
  // `at_once`: parts are built when they are first asked for (tests).
  GraphCache(uint64_t budget, bool at_once) : budget_(budget), at_once_(at_once) {}

  // The state that a transaction reads, without its own writes.
  struct Reader {
    BuildSource source;
    uint64_t commit;
    const Statistics* statistics;
  };

  // Null: none that the reader can use, or not worth building. Any kind but kNodes.
  std::shared_ptr<CachedPart> Get(PartKey key, const Reader& reader, uint64_t expected_lookups);
  std::shared_ptr<const CachedNodes> GetNodes(NameId label, const Reader& reader,
                                              uint64_t expected_lookups);

  // Look-ups that went to the store.
  void CountLookups(PartKey key, uint64_t n) {
    if (budget_ > 0) Lookups(key).fetch_add(n, std::memory_order_relaxed);
  }

  // Precondition of both: the caller holds the writer slot, and `commit` is not visible yet.
  void Apply(const std::vector<PartChange>& changes, uint64_t commit);
  // For changes that are not listed: bulk loads, another database.
  void Clear(uint64_t commit);

  uint64_t bytes() const;
  uint64_t builds() const;

 private:
  struct Slot {
    std::shared_ptr<CachedPart> part;          // null: none (yet)
    std::shared_ptr<const CachedNodes> nodes;  // of kNodes, in place of `part`
    uint64_t base = 0;                         // the commit they were built from
    uint64_t marks = 0;                        // of `part` when it was built
    uint64_t last_used = 0;
    bool building = false;
    bool discard = false;  // what is being built has been overtaken
    // Changed ids and their commits, ascending: of kNodes since `base`, of others since building
    // began.
    std::vector<std::pair<uint64_t, uint64_t>> changes;

    size_t bytes() const { return part ? part->bytes() : nodes ? nodes->bytes() : 0; }
  };
  using Lock = std::unique_lock<std::mutex>;
  using Built = std::vector<std::pair<PartKey, std::shared_ptr<CachedPart>>>;

  std::atomic<uint64_t>& Lookups(PartKey key) {
    return lookups_[PartKeyHash()(key) % lookups_.size()];
  }
  // What the look-ups have cost, and will; what building costs: nanoseconds.
  uint64_t Paid(PartKey key, uint64_t expected_lookups);
  static uint64_t Cost(PartKey key, const Statistics& statistics);
  // `again`: there is one already.
  bool Worth(PartKey key, const Reader& reader, uint64_t expected_lookups, bool again);
  // Waits while another thread builds the part; false: cancelled.
  bool WaitForBuilder(PartKey key, const Reader& reader, Lock* lock);
  // The parts to be read in the pass that `key` needs, itself first.
  std::vector<PartKey> Companions(PartKey key, const Reader& reader);
  // -- without the lock --
  Built Build(const std::vector<PartKey>& keys, const Reader& reader);
  // `old`: the list before the changes, or null.
  std::shared_ptr<const CachedNodes> BuildNodes(NameId label, const Reader& reader,
                                                const CachedNodes* old,
                                                const std::vector<uint64_t>& changed);
  // -- with it --
  void Settle(PartKey key, std::shared_ptr<CachedPart> part, uint64_t base);
  void Evict();

  const uint64_t budget_;
  const bool at_once_;
  // Hashed by part: that two parts share a count at times does no harm.
  std::array<std::atomic<uint64_t>, 1024> lookups_{};

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable built_;
  std::unordered_map<PartKey, Slot, PartKeyHash> slots_;
  uint64_t commit_ = 0;  // the last one that was applied
  uint64_t clock_ = 0;
  uint64_t builds_ = 0;
};

}  // namespace gesta::store

#endif  // GESTA_STORE_GRAPH_CACHE_H_
