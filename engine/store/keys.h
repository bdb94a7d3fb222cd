// Key layout of the store. Integers are big-endian, so keys order as their numbers do.
//
//   family   key                                         value
//   catalog  'c'                                         counters (catalog_records.h)
//            'n' kind u8, id u32                         the name
//            'i' index u32                               index definition
//            'k' name                                    constraint definition
//            'v' space u32                               embedding space definition
//            'p' space u32                               the commit up to which the pending
//                                                        entries have been removed, u64
//            's' 'l' label u32 | 't' type u32            number of members, varint
//            's' 'i' index u32                           entries, distinct values, varints
//            's' 'v' space u32                           number of vectors, varint
//            's' 'q' space u32                           number of sequences, varint
//            's' 'e' type u32, label u32                 relationships of the type that start, that
//                                                        end at a node with the label, varints
//            'e'                                         empty: the counts of ends are kept
//            'g' index u32                               empty: a dropped index or space whose
//                                                        entries may still be there
//   node     node u64                                    labels, properties (row.h)
//   rel      rel u64                                     start, type, end, properties (row.h)
//   out      start u64, type u32, end u64, rel u64       empty
//   in       end u64, type u32, start u64, rel u64       empty
//   label    label u32, node u64                         empty
//   type     type u32, rel u64                           empty, or the first id u64 of those that
//                                                        the entry stands for (type_range.h)
//   index    index u32, encoded values, entity u64       empty        (plain index)
//            index u32, encoded values                   entity u64   (unique index)
//   job      the record's key, as given                  the record
//   vector   space u32, node u64                         source u64, elements (vector/elements.h)
//   pending  space u32, commit u64                       the nodes whose vectors the commit changed
//                                                        (vector/changes.h)
//   sequence space u32, node u64, 0 u32                  frames u64, start and step f64,
//                                                        source u64
//            space u32, node u64, chunk u32              elements of frames (vector/elements.h)
//
// Indexes and spaces are numbered together. `pending` holds what the space's saved index does not
// cover yet. Chunks of a sequence count from 1; each holds as many whole frames as fit into 256 KiB
// (at least one), and only the last one fewer, so that a range of frames reads its chunks alone.
//
// Properties of a relationship live in `rel` and not beside the adjacency: an id reads them with
// one lookup, and `out` and `in` stay dense, which is what traversals read.
//
// The encoded values of an index key order as gesta::Order does (value_encoding.h) and hold no
// type: 1 and 1.0 are one key, so a seek for either finds both and a unique index refuses the
// second. No encoding of a value is a prefix of another's, so concatenating values orders
// composite keys column by column.
#ifndef GESTA_STORE_KEYS_H_
#define GESTA_STORE_KEYS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "gesta/catalog.h"
#include "gesta/value.h"
#include "store/coding.h"

namespace gesta::store {

// The column families, in the order of their handles. kCatalog is RocksDB's default family.
enum class Family : uint8_t {
  kCatalog,
  kNode,
  kRel,
  kOut,
  kIn,
  kLabel,
  kType,
  kIndex,
  kJob,
  kVector,
  kPending,
  kSequence
};
inline constexpr size_t kFamilyCount = 12;
// Stores of earlier formats have the families before kVector (1) and before kSequence (2).
inline constexpr size_t kFamilyCountFormat1 = 9;
inline constexpr size_t kFamilyCountFormat2 = 11;
std::string_view FamilyName(Family family);

// A key of at most 28 bytes, on the stack.
class Key {
 public:
  static constexpr size_t kCapacity = 28;

  Key() = default;
  Key& U32(uint32_t v) {
    WriteU32(bytes_ + size_, v);
    size_ += 4;
    return *this;
  }
  Key& U64(uint64_t v) {
    WriteU64(bytes_ + size_, v);
    size_ += 8;
    return *this;
  }
  Key& Byte(char c) {
    bytes_[size_++] = c;
    return *this;
  }
  const char* data() const { return bytes_; }
  size_t size() const { return size_; }
  operator std::string_view() const { return {bytes_, size_}; }  // NOLINT: implicit by design

  // The smallest key above every key that starts with this one; empty when there is none.
  Key PrefixEnd() const;

 private:
  char bytes_[kCapacity];
  uint8_t size_ = 0;
};

inline Key NodeKey(NodeId id) { return Key().U64(id); }
inline Key RelKey(RelId id) { return Key().U64(id); }

// An entry of `out` (near = start, far = end) or `in` (near = end, far = start).
inline Key AdjacencyKey(NodeId near, NameId type, NodeId far, RelId rel) {
  return Key().U64(near).U32(type).U64(far).U64(rel);
}
inline constexpr size_t kAdjacencyKeySize = 28;
struct AdjacencyEntry {
  NodeId near;
  NameId type;
  NodeId far;
  RelId rel;
};
// Precondition: key.size() == kAdjacencyKeySize.
inline AdjacencyEntry DecodeAdjacencyKey(std::string_view key) {
  return {ReadU64(key.data()), ReadU32(key.data() + 8), ReadU64(key.data() + 12),
          ReadU64(key.data() + 20)};
}

// An entry of `label` or `type`.
inline Key MemberKey(NameId name, uint64_t id) { return Key().U32(name).U64(id); }
inline constexpr size_t kMemberKeySize = 12;

inline Key IndexPrefix(uint32_t index) { return Key().U32(index); }

// An entry of `vector`.
inline Key VectorKey(uint32_t space, NodeId node) { return Key().U32(space).U64(node); }
inline constexpr size_t kVectorKeySize = 12;
// An entry of `pending`.
inline Key PendingKey(uint32_t space, uint64_t commit) { return Key().U32(space).U64(commit); }
inline constexpr size_t kPendingKeySize = 12;
// An entry of `sequence`; chunk 0 is the head.
inline Key SequenceKey(uint32_t space, NodeId node, uint32_t chunk) {
  return Key().U32(space).U64(node).U32(chunk);
}
inline constexpr size_t kSequenceKeySize = 16;

inline Key CountersKey() { return Key().Byte('c'); }
inline Key NameKey(NameKind kind, NameId id) {
  return Key().Byte('n').Byte(static_cast<char>(kind)).U32(id);
}
inline Key IndexDefinitionKey(uint32_t index) { return Key().Byte('i').U32(index); }
std::string ConstraintKey(std::string_view name);
inline Key LabelCountKey(NameId label) { return Key().Byte('s').Byte('l').U32(label); }
inline Key TypeCountKey(NameId type) { return Key().Byte('s').Byte('t').U32(type); }
inline Key IndexCountKey(uint32_t index) { return Key().Byte('s').Byte('i').U32(index); }
inline Key SpaceCountKey(uint32_t space) { return Key().Byte('s').Byte('v').U32(space); }
inline Key SequenceCountKey(uint32_t space) { return Key().Byte('s').Byte('q').U32(space); }
inline Key SpaceDefinitionKey(uint32_t space) { return Key().Byte('v').U32(space); }
inline Key PendingRemovedKey(uint32_t space) { return Key().Byte('p').U32(space); }
inline Key EndCountKey(NameId type, NameId label) {
  return Key().Byte('s').Byte('e').U32(type).U32(label);
}
inline Key EndCountsKeptKey() { return Key().Byte('e'); }
inline Key DroppedIndexKey(uint32_t index) { return Key().Byte('g').U32(index); }

// As Key::PrefixEnd, for keys of any length.
std::string PrefixEnd(std::string_view prefix);

}  // namespace gesta::store

#endif  // GESTA_STORE_KEYS_H_
