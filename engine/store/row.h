// Rows: how nodes and relationships are stored, and how one property is read from a row without
// decoding the others.
//
//   node          number of labels, label ids ascending (varints), properties
//   relationship  start u64, type u32, end u64 (big-endian), properties
//   properties    number n (varint), n × (property id, size in bytes; varints), n values;
//                 ascending by property id
//   value         a tag, then by tag:
//                   false, true     nothing
//                   integer, date   signed varint
//                   float           8 bytes, little-endian bits
//                   string          the bytes
//                   local time      signed varint nanoseconds; time: and the offset
//                   local date-time seconds (signed varint), nanoseconds (varint)
//                   date-time       seconds, nanoseconds, offset, zone name
//                   duration        months, days, seconds (signed varints), nanoseconds (varint)
//                   list            number of items, per item: size, value
//                   float list      8 bytes an item
//
// A value's end is known from outside, so strings and lists carry no length of their own.
#ifndef GESTA_STORE_ROW_H_
#define GESTA_STORE_ROW_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/catalog.h"
#include "gesta/status.h"
#include "gesta/store.h"
#include "gesta/value.h"
#include "store/coding.h"

namespace gesta::store {

// kType "InvalidPropertyType" unless the value is null, a scalar that can be stored, or a list of
// scalars of one kind (integers and floats are one kind).
Status CheckStorable(const Value& value);

// Precondition: CheckStorable(value), not null.
void AppendValue(const Value& value, std::string* to);
// False when the bytes are no value.
bool DecodeValue(std::string_view bytes, Value* value);

// A property as it lies in a row.
struct RawProperty {
  NameId key;
  std::string_view bytes;
};

// A view of the properties part of a row. The bytes must outlive it.
class PropertyView {
 public:
  PropertyView() = default;
  explicit PropertyView(std::string_view bytes) : bytes_(bytes) {}

  // The value's bytes. nullopt: the row has no such property (or is damaged; All tells).
  std::optional<std::string_view> Find(NameId key) const;
  // Appends every property in order; false when the row is damaged.
  bool All(std::vector<RawProperty>* out) const;

 private:
  std::string_view bytes_;
};

// Precondition: ascending keys.
void AppendProperties(const std::vector<RawProperty>& properties, std::string* to);

// A node's row taken apart, without decoding values.
struct NodeRow {
  std::vector<NameId> labels;  // ascending
  PropertyView properties;

  static bool Parse(std::string_view bytes, NodeRow* row);
};
void AppendNodeHeader(const std::vector<NameId>& labels, std::string* to);
// The properties part of a node's row, without collecting its labels.
PropertyView NodeProperties(std::string_view row);
bool NodeHasLabel(std::string_view row, NameId label);

inline constexpr size_t kRelHeaderSize = 20;
struct RelRow {
  RelationshipRecord record;
  PropertyView properties;

  static bool Parse(std::string_view bytes, RelRow* row);
};
NameId RelType(std::string_view row);  // precondition: a whole row
void AppendRelHeader(const RelationshipRecord& record, std::string* to);

}  // namespace gesta::store

#endif  // GESTA_STORE_ROW_H_
