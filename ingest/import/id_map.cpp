#include "import/id_map.h"

#include <functional>

namespace gesta::ingest {
namespace {

uint32_t HashOf(std::string_view id) {
  const uint64_t hash = std::hash<std::string_view>()(id);
  return static_cast<uint32_t>(hash ^ (hash >> 32));
}

}  // namespace

size_t IdMap::Place(std::string_view id, uint32_t hash) const {
  const size_t mask = slots_.size() - 1;
  for (size_t at = hash & mask;; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.length == 0) return at;
    if (slot.hash == hash && slot.length - 1 == id.size() &&
        std::string_view(bytes_).substr(slot.offset, id.size()) == id) {
      return at;
    }
  }
}

void IdMap::Grow() {
  std::vector<Slot> old(slots_.empty() ? 1024 : slots_.size() * 2);
  old.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.length == 0) continue;
    size_t at = slot.hash & mask;
    while (slots_[at].length != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

std::optional<NodeId> IdMap::Insert(std::string_view id, NodeId node) {
  if (size_ + 1 > slots_.size() / 4 * 3) Grow();
  const uint32_t hash = HashOf(id);
  Slot& slot = slots_[Place(id, hash)];
  if (slot.length != 0) return slot.node;
  slot = {hash, static_cast<uint32_t>(id.size() + 1), bytes_.size(), node};
  bytes_.append(id);
  ++size_;
  return std::nullopt;
}

std::optional<NodeId> IdMap::Find(std::string_view id) const {
  if (slots_.empty()) return std::nullopt;
  const Slot& slot = slots_[Place(id, HashOf(id))];
  if (slot.length == 0) return std::nullopt;
  return slot.node;
}

}  // namespace gesta::ingest
