#include "import/id_map.h"

#include <cstring>
#include <functional>

namespace gesta::ingest {
namespace {

// The bytes of an id that fits.
uint64_t ShortId(std::string_view id) {
  uint64_t bytes = 0;
  if (id.size() <= sizeof bytes) std::memcpy(&bytes, id.data(), id.size());
  return bytes;
}

// Ids that fit are scattered by a multiplication; the high bits of the product depend on all of
// theirs.
uint32_t HashOf(std::string_view id) {
  if (id.size() <= sizeof(uint64_t)) {
    constexpr uint64_t kGoldenRatio = 0x9E3779B97F4A7C15ull;
    return static_cast<uint32_t>((ShortId(id) * kGoldenRatio) >> 32);
  }
  const uint64_t hash = std::hash<std::string_view>()(id);
  return static_cast<uint32_t>(hash ^ (hash >> 32));
}

}  // namespace

bool IdMap::Holds(const Slot& slot, std::string_view id, uint64_t short_id) const {
  if (slot.length != id.size() + 1) return false;
  if (id.size() <= sizeof slot.id) return slot.id == short_id;
  return std::string_view(bytes_).substr(slot.id, id.size()) == id;
}

size_t IdMap::Place(std::string_view id, uint32_t hash) const {
  const size_t mask = slots_.size() - 1;
  const uint64_t short_id = ShortId(id);
  for (size_t at = hash & mask;; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.length == 0 || (slot.hash == hash && Holds(slot, id, short_id))) return at;
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

std::optional<uint64_t> IdMap::Number(std::string_view id) {
  if (id.size() != sizeof(uint64_t)) return std::nullopt;
  return ShortId(id);
}

std::optional<NodeId> IdMap::Insert(std::string_view id, NodeId node) {
  if (const std::optional<NodeId> known = Find(id)) return known;
  ++size_;
  const std::optional<uint64_t> number = Number(id);
  if (number && *number <= 2 * size_ + 1024) {
    if (*number >= dense_.size()) dense_.resize(*number + 1, kNone);
    dense_[*number] = node;
    return std::nullopt;
  }
  if (++taken_ > slots_.size() / 4 * 3) Grow();
  const uint32_t hash = HashOf(id);
  const bool fits = id.size() <= sizeof(uint64_t);
  slots_[Place(id, hash)] = {fits ? ShortId(id) : bytes_.size(), node, hash,
                             static_cast<uint32_t>(id.size() + 1)};
  if (!fits) bytes_.append(id);
  return std::nullopt;
}

std::optional<NodeId> IdMap::Find(std::string_view id) const {
  const std::optional<uint64_t> number = Number(id);
  if (number && *number < dense_.size() && dense_[*number] != kNone) return dense_[*number];
  if (slots_.empty()) return std::nullopt;
  const Slot& slot = slots_[Place(id, HashOf(id))];
  if (slot.length == 0) return std::nullopt;
  return slot.node;
}

}  // namespace gesta::ingest
