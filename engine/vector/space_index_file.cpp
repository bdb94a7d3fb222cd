// Saving and loading an index. The file is read only on the machine that wrote it, or one like it:
// numbers are in the machine's order, which the first word shows.
//
//   "GESTAVEC" as u64, version u32, space u32, dimension u32, metric u32, element u32, m u32,
//   ef_construction u32, zero u32, commit that it covers u64, number of slots u64
//   nodes       a u64 a slot
//   counting    a byte a slot: whether it is its node's vector
//   vectors     index form
//   links       HnswGraph::WriteEntry, WriteLinks
//   checksum    u64, of all before it
#include <algorithm>
#include <cstring>
#include <mutex>
#include <shared_mutex>

#include "vector/checksum.h"
#include "vector/elements.h"
#include "vector/space_index.h"

namespace gesta::vector {
namespace {

constexpr uint64_t kMagic = 0x4345564154534547;
constexpr uint32_t kVersion = 1;
constexpr size_t kPiece = 4096;  // slots that are written or read at once

struct Header {
  uint64_t magic = kMagic;
  uint32_t version = kVersion;
  uint32_t space = 0;
  uint32_t dimension = 0;
  uint32_t metric = 0;
  uint32_t element = 0;
  uint32_t m = 0;
  uint32_t ef_construction = 0;
  uint32_t zero = 0;
  uint64_t commit = 0;
  uint64_t slots = 0;
};
static_assert(sizeof(Header) == 56, "the file format has no padding");

Header HeaderOf(const SpaceInfo& space) {
  Header header;
  header.space = space.id;
  header.dimension = space.dimension;
  header.metric = static_cast<uint32_t>(space.metric);
  header.element = static_cast<uint32_t>(space.element);
  header.m = space.m;
  header.ef_construction = space.ef_construction;
  return header;
}

Status Damaged(const SpaceInfo& space, const std::string& why) {
  return Status(StatusCode::kCorruption,
                "the saved index of the embedding space '" + space.name + "' " + why);
}

class SummingSink final : public ByteSink {
 public:
  explicit SummingSink(ByteSink* sink) : sink_(sink) {}
  Status Write(const char* bytes, size_t n) override {
    sum_.Add(bytes, n);
    return sink_->Write(bytes, n);
  }
  uint64_t sum() const { return sum_.value(); }

 private:
  ByteSink* sink_;
  Checksum sum_;
};

class SummingSource final : public ByteSource {
 public:
  explicit SummingSource(ByteSource* source) : source_(source) {}
  Status Read(char* bytes, size_t n) override {
    GESTA_RETURN_IF_ERROR(source_->Read(bytes, n));
    sum_.Add(bytes, n);
    return {};
  }
  size_t left() const override { return source_->left(); }
  uint64_t sum() const { return sum_.value(); }

 private:
  ByteSource* source_;
  Checksum sum_;
};

template <typename T>
Status Put(const T* values, size_t n, ByteSink* sink) {
  return sink->Write(reinterpret_cast<const char*>(values), n * sizeof(T));
}
template <typename T>
Status Get(ByteSource* source, T* values, size_t n) {
  return source->Read(reinterpret_cast<char*>(values), n * sizeof(T));
}

}  // namespace

Status SpaceIndex::Save(uint64_t covered, ByteSink* to) const {
  using Shared = std::shared_lock<FairMutex>;
  SummingSink sink(to);
  Header header = HeaderOf(space_);
  header.commit = covered;
  std::vector<NodeId> nodes;
  std::vector<uint8_t> counting;
  SlotId linked = 0;
  {
    const Shared lock(mutex_);
    header.slots = state_->slots.size();
    linked = static_cast<SlotId>(state_->graph.linked());
    nodes.reserve(header.slots);
    counting.reserve(header.slots);
    for (const Slot& slot : state_->slots) {
      nodes.push_back(slot.node);
      counting.push_back(slot.removed == kNever ? 1 : 0);
    }
  }
  GESTA_RETURN_IF_ERROR(Put(&header, 1, &sink));
  GESTA_RETURN_IF_ERROR(Put(nodes.data(), nodes.size(), &sink));
  GESTA_RETURN_IF_ERROR(Put(counting.data(), counting.size(), &sink));
  // Slots and links stay as they are while nobody links; commits only append. In pieces, so that
  // they need not wait for all of them.
  const size_t width = VectorBytes(space_);
  for (size_t begin = 0; begin < header.slots; begin += kPiece) {
    const Shared lock(mutex_);
    const size_t end = std::min<size_t>(header.slots, begin + kPiece);
    for (size_t slot = begin; slot < end; ++slot) {
      GESTA_RETURN_IF_ERROR(sink.Write(state_->graph.data(static_cast<SlotId>(slot)), width));
    }
  }
  {
    const Shared lock(mutex_);
    GESTA_RETURN_IF_ERROR(state_->graph.WriteEntry(&sink));
  }
  for (SlotId begin = 0; begin < linked; begin += kPiece) {
    const Shared lock(mutex_);
    const auto end = static_cast<SlotId>(std::min<size_t>(linked, begin + kPiece));
    GESTA_RETURN_IF_ERROR(state_->graph.WriteLinks(begin, end, &sink));
  }
  const uint64_t sum = sink.sum();
  return Put(&sum, 1, to);
}

Result<std::unique_ptr<SpaceIndex>> SpaceIndex::Load(const SpaceInfo& space, uint64_t limit,
                                                     ByteSource* from) {
  SummingSource source(from);
  Header header;
  GESTA_RETURN_IF_ERROR(Get(&source, &header, 1));
  Header expected = HeaderOf(space);
  expected.commit = header.commit;
  expected.slots = header.slots;
  if (std::memcmp(&header, &expected, sizeof header) != 0) {
    return Damaged(space, "is of another space or version");
  }
  if (header.commit > limit) return Damaged(space, "is newer than the store");
  const size_t width = VectorBytes(space);
  if (header.slots >= kNoSlot || header.slots * (sizeof(NodeId) + 1 + width) > source.left()) {
    return Damaged(space, "is cut short");
  }
  std::vector<NodeId> nodes(header.slots);
  std::vector<uint8_t> counting(header.slots);
  GESTA_RETURN_IF_ERROR(Get(&source, nodes.data(), nodes.size()));
  GESTA_RETURN_IF_ERROR(Get(&source, counting.data(), counting.size()));
  auto index = std::make_unique<SpaceIndex>(space);
  State& state = *index->state_;
  GESTA_RETURN_IF_ERROR(state.graph.Reserve(header.slots + header.slots / 8));
  state.slots.reserve(header.slots);
  state.latest.reserve(header.slots);
  std::vector<char> vectors(std::min<size_t>(header.slots, kPiece) * width);
  for (size_t begin = 0; begin < header.slots; begin += kPiece) {
    const size_t n = std::min<size_t>(header.slots - begin, kPiece);
    GESTA_RETURN_IF_ERROR(source.Read(vectors.data(), n * width));
    for (size_t i = 0; i < n; ++i) {
      state.graph.Append(vectors.data() + i * width);
      // Slots that do not count were no longer visible at the commit that this covers.
      Slot slot{nodes[begin + i], header.commit, kNever, kNoSlot};
      if (counting[begin + i] != 1) {
        slot.removed = 0;
      } else {
        ++state.vectors;
        if (!state.latest.emplace(slot.node, static_cast<SlotId>(begin + i)).second) {
          return Damaged(space, "has a node twice");
        }
      }
      state.slots.push_back(slot);
    }
  }
  GESTA_RETURN_IF_ERROR(state.graph.ReadLinks(&source));
  const uint64_t sum = source.sum();
  uint64_t saved = 0;
  GESTA_RETURN_IF_ERROR(Get(from, &saved, 1));
  if (sum != saved || from->left() != 0) return Damaged(space, "does not match its checksum");
  index->base_commit_ = index->commit_ = header.commit;
  return index;
}

}  // namespace gesta::vector
