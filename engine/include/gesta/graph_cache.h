// The graph cache: adjacency, property columns and labels of a store, kept in memory.
//
// Each part (the relationships of one type in one direction, one property of all nodes, …) is read
// from the store in one pass when the look-ups that it saves outweigh that pass, and shared by all
// transactions of the store. Transaction (store.h) hands parts out.
//
// A part answers for the entities that have not changed since it was built. For all others it says
// so, and the caller asks the transaction, which is always right: an entity counts as changed from
// the moment at which any transaction changes it, whatever becomes of that transaction.
//
// Parts are safe to read from several threads at once. Ids above 2^32 are not cached.
#ifndef GESTA_GRAPH_CACHE_H_
#define GESTA_GRAPH_CACHE_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "gesta/catalog.h"
#include "gesta/value.h"

namespace gesta {

// What all parts are made of: entities by id, in blocks of 64, each with a mark when it changed.
class CachedPart {
 public:
  static constexpr size_t kBlock = 64;

  // Answers for ids below `limit`, as far as they have not changed. `bytes`: of everything else.
  CachedPart(uint64_t limit, size_t bytes)
      : blocks_((limit + kBlock - 1) / kBlock),
        changed_(new std::atomic<uint64_t>[blocks_]()),
        bytes_(bytes + blocks_ * sizeof(uint64_t)) {
    if (limit % kBlock != 0) changed_[blocks_ - 1] = ~uint64_t{0} << (limit % kBlock);
  }
  virtual ~CachedPart() = default;
  CachedPart(const CachedPart&) = delete;
  CachedPart& operator=(const CachedPart&) = delete;

  // Whether this part knows the entity. False: ask the transaction.
  bool Knows(uint64_t id) const {
    const uint64_t block = id / kBlock;
    return block < blocks_ &&
           (changed_[block].load(std::memory_order_relaxed) >> (id % kBlock) & 1) == 0;
  }
  size_t bytes() const { return bytes_; }

  // For the store: from now on the transaction is to be asked about the entity.
  void MarkChanged(uint64_t id) {
    const uint64_t block = id / kBlock;
    const uint64_t bit = uint64_t{1} << (id % kBlock);
    if (block < blocks_) {
      if ((changed_[block].load(std::memory_order_relaxed) & bit) != 0) return;
      changed_[block].fetch_or(bit, std::memory_order_relaxed);
    }
    marks_.fetch_add(1, std::memory_order_relaxed);
  }
  // Grows when an entity is marked.
  uint64_t marks() const { return marks_.load(std::memory_order_relaxed); }

 private:
  const size_t blocks_;
  const std::unique_ptr<std::atomic<uint64_t>[]> changed_;  // a bit for each id
  std::atomic<uint64_t> marks_{0};
  const size_t bytes_;
};

// The relationships of one node, of one type and direction: arrays of `size` entries, ascending by
// (node, rel). `nodes` are the far ends.
struct Neighbours {
  const uint32_t* nodes = nullptr;
  const uint32_t* rels = nullptr;
  size_t size = 0;
};

// The relationships of one type, in one direction.
class CachedAdjacency final : public CachedPart {
 public:
  // offsets[block_starts[node / 64] + node % 64] is the place of a node's first entry in `nodes`
  // and `rels`, and the next offset the end. Blocks without entries share the offsets from 0 on,
  // which are all 0.
  struct Arrays {
    std::vector<uint32_t> block_starts;
    std::vector<uint32_t> offsets;
    std::vector<uint32_t> nodes;
    std::vector<uint32_t> rels;
  };
  CachedAdjacency(uint64_t limit, Arrays arrays)
      : CachedPart(limit, sizeof(uint32_t) * (arrays.block_starts.size() + arrays.offsets.size() +
                                              arrays.nodes.size() + arrays.rels.size())),
        arrays_(std::move(arrays)) {}

  // The node's relationships, valid as long as this part lives. False: not known here, use
  // Transaction::Expand.
  bool Find(NodeId node, Neighbours* found) const {
    if (!Knows(node)) return false;
    const uint32_t* offset = OffsetOf(node);
    found->nodes = arrays_.nodes.data() + offset[0];
    found->rels = arrays_.rels.data() + offset[0];
    found->size = offset[1] - offset[0];
    return true;
  }
  // Only how many there are. False: use Transaction::Degree.
  bool Degree(NodeId node, uint64_t* degree) const {
    if (!Knows(node)) return false;
    const uint32_t* offset = OffsetOf(node);
    *degree = offset[1] - offset[0];
    return true;
  }
  // Relationships in all, when this was built.
  size_t size() const { return arrays_.nodes.size(); }

 private:
  const uint32_t* OffsetOf(NodeId node) const {
    return arrays_.offsets.data() + arrays_.block_starts[node / kBlock] + node % kBlock;
  }

  const Arrays arrays_;
};

// The part of `of` that leads to `node`.
inline Neighbours NeighboursTo(const Neighbours& of, NodeId node) {
  const uint32_t* end = of.nodes + of.size;
  const uint32_t* first = std::lower_bound(of.nodes, end, node);
  const uint32_t* last = first;
  while (last != end && *last == node) ++last;
  return {first, of.rels + (first - of.nodes), static_cast<size_t>(last - first)};
}

// One property of all nodes, or of all relationships.
class CachedColumn final : public CachedPart {
 public:
  // A block of 64 ids: which of them have the property, and where the values of the block are. A
  // block in which none has it has no values.
  struct Block {
    uint64_t present = 0;
    uint32_t start = 0;
  };
  // `type`: of all values, when they are all booleans, integers, floats or dates, which are kept as
  // their 64 bits in `bits`. kNull: the values are in `values`.
  struct Arrays {
    ValueType type = ValueType::kNull;
    std::vector<Block> blocks;
    std::vector<int64_t> bits;
    std::vector<Value> values;
  };
  // `heap_bytes`: what the values keep alive beyond themselves.
  CachedColumn(uint64_t limit, Arrays arrays, size_t heap_bytes)
      : CachedPart(limit, heap_bytes + arrays.blocks.size() * sizeof(Block) +
                              arrays.bits.size() * sizeof(int64_t) +
                              arrays.values.size() * sizeof(Value)),
        arrays_(std::move(arrays)) {}

  // kBoolean, kInteger, kFloat or kDate when each value is one; else kNull.
  ValueType type() const { return arrays_.type; }

  // The value's 64 bits: an integer, the bits of a float, 0 or 1, days. Null: no such property.
  // Precondition: type() != kNull, Knows(id).
  const int64_t* FindBits(uint64_t id) const {
    const Block& block = arrays_.blocks[id / kBlock];
    if ((block.present >> (id % kBlock) & 1) == 0) return nullptr;
    return arrays_.bits.data() + block.start + id % kBlock;
  }
  // Null: no such property. Precondition: type() == kNull, Knows(id).
  const Value* FindValue(uint64_t id) const {
    const Block& block = arrays_.blocks[id / kBlock];
    if ((block.present >> (id % kBlock) & 1) == 0) return nullptr;
    return arrays_.values.data() + block.start + id % kBlock;
  }

  // Fills out[i] with the property of ids[i]; appends to `unknown` each i that is not known here.
  void Gather(const uint64_t* ids, size_t n, Value* out, std::vector<uint32_t>* unknown) const;

 private:
  const Arrays arrays_;
};

// The labels of each node: a number for each combination of labels that occurs.
class CachedLabels final : public CachedPart {
 public:
  CachedLabels(uint64_t limit, std::vector<std::vector<NameId>> combinations,
               std::vector<uint32_t> of_node)
      : CachedPart(limit, of_node.size() * sizeof(uint32_t) +
                              combinations.size() * 2 * sizeof(std::vector<NameId>)),
        combinations_(std::move(combinations)),
        of_node_(std::move(of_node)) {}

  // Each ascending, no two equal.
  const std::vector<std::vector<NameId>>& combinations() const { return combinations_; }
  // Which of them the node has. Precondition: Knows(node).
  uint32_t CombinationOf(NodeId node) const { return of_node_[node]; }

 private:
  const std::vector<std::vector<NameId>> combinations_;
  const std::vector<uint32_t> of_node_;
};

// The nodes with a label, or all nodes, as one transaction sees them; immutable. A parallel scan
// splits [0, size()).
class CachedNodes {
 public:
  explicit CachedNodes(std::vector<uint32_t> ids) : ids_(std::move(ids)) {}

  const uint32_t* ids() const { return ids_.data(); }  // ascending
  size_t size() const { return ids_.size(); }
  size_t bytes() const { return ids_.size() * sizeof(uint32_t); }

 private:
  const std::vector<uint32_t> ids_;
};

}  // namespace gesta

#endif  // GESTA_GRAPH_CACHE_H_
