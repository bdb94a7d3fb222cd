// HnswGraph: vectors in slots, and the navigable graph over them (Malkov, Yashunin: "Efficient and
// robust approximate nearest neighbor search using Hierarchical Navigable Small World graphs").
//
// hnswlib keeps the graph and links new elements; the walk is ours, because hnswlib has no filters,
// no versions, and cannot search while elements are linked. Slots are appended and then linked in
// their order; slots from linked() on have a vector but no links.
//
// The owner's shared lock keeps threads apart: Append, BeginLinking, EndLinking and Read need it
// exclusively; everything else shared. Between BeginLinking and EndLinking several threads may Link
// while others Walk.
#ifndef GESTA_VECTOR_HNSW_GRAPH_H_
#define GESTA_VECTOR_HNSW_GRAPH_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "gesta/status.h"
#include "gesta/vector.h"
#include "vector/byte_stream.h"
#include "vector/distance.h"
#include "vector/slot.h"

namespace gesta::vector {

struct NearSlot {
  float distance = 0;
  SlotId slot = 0;
  bool operator<(const NearSlot& other) const {
    return distance < other.distance || (distance == other.distance && slot < other.slot);
  }
};

class HnswGraph {
 public:
  explicit HnswGraph(const SpaceInfo& space);
  ~HnswGraph();

  size_t size() const;    // slots
  size_t linked() const;  // of them, those that are in the graph
  const char* data(SlotId slot) const;
  const Distances& distances() const { return distances_; }
  const size_t& dimension() const { return dimension_; }
  size_t bytes() const;  // of memory

  // Makes room; kMemoryBudget when there is none. Append needs no more memory up to `slots`.
  Status Reserve(size_t slots);
  // `form`: index form. Precondition: there is room.
  void Append(const char* form);

  void BeginLinking();
  // Each slot once, those before `linked()` excepted.
  Status Link(SlotId slot);
  // `linked`: all slots before it are linked.
  void EndLinking(size_t linked);

  // The `ef` nearest accepted slots that the walk finds, nearest first. False when it has computed
  // `budget` distances without finding `ef`: comparing with all that qualify is cheaper then.
  bool Walk(const float* query, size_t ef, const SlotFilter& filter, size_t budget,
            std::vector<NearSlot>* found) const;

  // Everything but the vectors, in pieces: the entry point, then the links of the slots [begin,
  // end) up to linked(). Not while linking.
  Status WriteEntry(ByteSink* sink) const;
  Status WriteLinks(SlotId begin, SlotId end, ByteSink* sink) const;
  // Reads all of it, for a graph whose slots have been appended. kCorruption leaves it unlinked.
  Status ReadLinks(ByteSource* source);

 private:
  class Impl;
  const size_t dimension_;
  const Distances distances_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gesta::vector

#endif  // GESTA_VECTOR_HNSW_GRAPH_H_
