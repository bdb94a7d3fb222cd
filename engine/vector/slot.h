// Slots: the versions of a space's vectors. A vector that is set takes a new slot; one that is
// replaced or removed keeps its slot, marked, so that older snapshots find it.
#ifndef GESTA_VECTOR_SLOT_H_
#define GESTA_VECTOR_SLOT_H_

#include <cstdint>
#include <limits>

#include "gesta/value.h"
#include "vector/node_set.h"

namespace gesta::vector {

using SlotId = uint32_t;
inline constexpr SlotId kNoSlot = std::numeric_limits<SlotId>::max();
inline constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();

struct Slot {
  NodeId node = 0;
  uint64_t created = 0;       // the commit that set the vector
  uint64_t removed = kNever;  // the commit that replaced or removed it
  SlotId previous = kNoSlot;  // the node's slot before this one
  bool VisibleAt(uint64_t commit) const { return created <= commit && commit < removed; }
};

// Which slots a search may answer with.
struct SlotFilter {
  const Slot* slots = nullptr;
  uint64_t commit = 0;
  const NodeSet* nodes = nullptr;     // null: all
  const NodeSet* excluded = nullptr;  // null: none
  bool everything = false;            // every slot is accepted, nothing has to be asked

  bool Accepts(SlotId id) const {
    const Slot& slot = slots[id];
    return slot.VisibleAt(commit) && (nodes == nullptr || nodes->Contains(slot.node)) &&
           (excluded == nullptr || !excluded->Contains(slot.node));
  }
};

}  // namespace gesta::vector

#endif  // GESTA_VECTOR_SLOT_H_
