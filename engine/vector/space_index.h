// SpaceIndex: the vectors of one space in memory, with their versions and the graph over them.
//
// It answers for every commit from its base commit on: Apply is told of each later one that changes
// the space's vectors, before anybody searches at it.
// What it answers is exact as to which vectors there are; the graph only finds them sooner.
// Vectors that are not linked yet, few ones, and those that pass a selective filter are compared
// one by one.
//
// Thread-safe. Link, Rebuild and Save belong to one thread at a time; searches and Apply go on
// meanwhile.
#ifndef GESTA_VECTOR_SPACE_INDEX_H_
#define GESTA_VECTOR_SPACE_INDEX_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gesta/status.h"
#include "gesta/vector.h"
#include "vector/byte_stream.h"
#include "vector/fair_mutex.h"
#include "vector/hnsw_graph.h"
#include "vector/node_set.h"
#include "vector/slot.h"
#include "vector/top_k.h"

namespace gesta::vector {

// A commit's change of one vector.
struct VectorChange {
  NodeId node = 0;
  // The elements as they are stored (elements.h), borrowed; nullopt: removed.
  std::optional<std::string_view> stored;
};

class SpaceIndex {
 public:
  explicit SpaceIndex(SpaceInfo space);

  // Below this many vectors no graph is built: comparing with all of them is as fast.
  static constexpr size_t kGraphFrom = 4096;

  struct Counts {
    size_t vectors = 0;  // of the last commit
    size_t slots = 0;    // those that no longer count included
    size_t linked = 0;   // slots in the graph
    size_t bytes = 0;
  };
  Counts counts() const;
  uint64_t commit() const;  // the last one that changed it

  // Takes a commit in. kCorruption: a vector is damaged; kMemoryBudget. After an error the index
  // is of no use.
  Status Apply(uint64_t commit, const std::vector<VectorChange>& changes);
  // Forgets what readers of commits before `commit` need: it is the first one to be answered for.
  void SetBaseCommit(uint64_t commit);

  // Adds the k best of `nodes` (null: all), `excluded` ones (null: none) left out, to `best`.
  // False: the index cannot answer for the commit.
  Result<bool> Search(uint64_t commit, const std::vector<float>& query, const VectorSearch& search,
                      const NodeSet* nodes, const NodeSet* excluded, TopK* best) const;

  // Whether so much is to be linked that searches would gain, or the graph holds so much that no
  // longer counts (more than a fifth) that it should be built anew.
  bool WantsLinking() const;
  bool WantsRebuild() const;
  // Both return early, with what they have done, once `stop` is set.
  Status Link(size_t threads, const std::atomic<bool>& stop);
  Status Rebuild(size_t threads, const std::atomic<bool>& stop);

  // Writes what Load reads. `covered`: a commit that all of is in the index, and may be more.
  Status Save(uint64_t covered, ByteSink* sink) const;
  // kCorruption when the bytes are damaged or of another space. `limit`: the latest commit that
  // may be in it.
  static Result<std::unique_ptr<SpaceIndex>> Load(const SpaceInfo& space, uint64_t limit,
                                                  ByteSource* source);

  // For `gesta check`: calls visit(node, index form) for each vector of the last commit, by slot.
  void ForEach(const std::function<void(NodeId, const char*)>& visit) const;

 private:
  struct State {
    explicit State(const SpaceInfo& space) : graph(space) {}
    HnswGraph graph;
    std::vector<Slot> slots;
    std::unordered_map<NodeId, SlotId> latest;  // the slot of each vector, or of its last version
    size_t vectors = 0;
  };

  // `threads` threads link the slots from graph.linked() on; `mutex` guards the state.
  template <typename Mutex>
  Status LinkSlots(State* state, size_t threads, const std::atomic<bool>& stop, Mutex* mutex);
  SlotId FindVisible(const State& state, NodeId node, uint64_t commit) const;
  Status SearchExact(const State& state, uint64_t commit, const float* query,
                     const VectorSearch& search, const SlotFilter& filter, SlotId from,
                     TopK* best) const;

  const SpaceInfo space_;
  mutable FairMutex mutex_;  // guards the rest; see hnsw_graph.h
  std::unique_ptr<State> state_;
  uint64_t base_commit_ = 0;
  uint64_t commit_ = 0;
};

}  // namespace gesta::vector

#endif  // GESTA_VECTOR_SPACE_INDEX_H_
