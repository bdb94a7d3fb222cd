// RelationshipSorter: relationships in the order of their ids become the sorted entries of the
// families `out` and `in`.
#ifndef GESTA_STORE_RELATIONSHIP_SORTER_H_
#define GESTA_STORE_RELATIONSHIP_SORTER_H_

#include <algorithm>
#include <vector>

#include "store/table_set.h"

namespace gesta::store {

class RelationshipSorter {
 public:
  // `expected`: how many there may be; what is not used is reserved, not taken.
  explicit RelationshipSorter(size_t expected) {
    constexpr size_t kMostReserved = 1 << 24;
    entries_.reserve(std::min(expected, kMostReserved));
  }

  // Bytes for one relationship, sorting included.
  static constexpr size_t kEntryBytes = 64;

  // Precondition: ids come without gaps.
  void Add(RelId id, NodeId start, NameId type, NodeId end) {
    if (entries_.empty()) first_ = id;
    entries_.push_back({start, end, type});
  }
  size_t size() const { return entries_.size(); }

  // Writes the entries of one direction as two runs of its family: those at nodes below
  // `first_new_node`, which share their range with earlier loads, and those at others, which do
  // not. Both directions may be written at once.
  Status Write(bool outgoing, NodeId first_new_node, TableSet* tables) const;
  void Clear() { entries_.clear(); }

 private:
  struct Entry {
    NodeId start;
    NodeId end;
    NameId type;
  };
  // What is left to sort by among the relationships of one node.
  struct Far {
    NodeId node;
    NameId type;
    uint32_t place;  // in entries_
  };

  // Those whose near node is in [begin, end), as a run.
  Status WriteNodes(bool outgoing, NodeId begin, NodeId end, TableSet* tables) const;

  RelId first_ = 0;
  std::vector<Entry> entries_;
};

}  // namespace gesta::store

#endif  // GESTA_STORE_RELATIONSHIP_SORTER_H_
