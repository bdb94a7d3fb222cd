// IdMap: which node has an id of the imported files. Made for tens of millions of ids: an id of
// up to eight bytes costs about 40, a longer one its bytes more. Numbers that count up from about 0
// cost 8 to 16 bytes and one memory access.
#ifndef GESTA_INGEST_IMPORT_ID_MAP_H_
#define GESTA_INGEST_IMPORT_ID_MAP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/value.h"

namespace gesta::ingest {

class IdMap {
 public:
  // The node that has the id already, or nullopt after noting that `node` has it now.
  std::optional<NodeId> Insert(std::string_view id, NodeId node);
  std::optional<NodeId> Find(std::string_view id) const;
  size_t size() const { return size_; }

 private:
  struct Slot {
    uint64_t id = 0;  // the bytes of an id of up to eight; else where they are in bytes_
    NodeId node = 0;
    uint32_t hash = 0;
    uint32_t length = 0;  // of the id, and 1; 0: the slot is free
  };

  // The place of an eight-byte id in dense_, or nullopt where it is none.
  static std::optional<uint64_t> Number(std::string_view id);
  bool Holds(const Slot& slot, std::string_view id, uint64_t short_id) const;
  // Where the id is or would have to be. Precondition: there are slots.
  size_t Place(std::string_view id, uint32_t hash) const;
  void Grow();

  // Nodes by number, of ids that were no further out than twice the number of ids; kNone: not here.
  static constexpr NodeId kNone = ~NodeId{0};
  std::vector<NodeId> dense_;
  std::vector<Slot> slots_;  // a power of two, at most three quarters of them taken
  std::string bytes_;
  size_t taken_ = 0;  // of slots_
  size_t size_ = 0;
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_IMPORT_ID_MAP_H_
