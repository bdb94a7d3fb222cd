// Entries of `type`. A label's members are an entry each, for labels come and go. A relationship
// keeps its type, and a bulk load makes many of one type in a row: an entry stands for all ids from
// its value to the one in its key (an empty value: that one alone).
#ifndef GESTA_STORE_TYPE_RANGE_H_
#define GESTA_STORE_TYPE_RANGE_H_

#include <string_view>

#include "store/keys.h"

namespace gesta::store {

// The relationships `first` to `last`, which are all of the type.
struct TypeRange {
  NameId type = kNoName;
  RelId first = 0;
  RelId last = 0;

  // False for bytes that no entry has.
  static bool Parse(std::string_view key, std::string_view value, TypeRange* range) {
    if (key.size() != kMemberKeySize || (!value.empty() && value.size() != 8)) return false;
    range->type = ReadU32(key.data());
    range->last = ReadU64(key.data() + 4);
    range->first = value.empty() ? range->last : ReadU64(value.data());
    return range->first <= range->last;
  }
  Key KeyBytes() const { return MemberKey(type, last); }
  Key ValueBytes() const { return first == last ? Key() : Key().U64(first); }
};

}  // namespace gesta::store

#endif  // GESTA_STORE_TYPE_RANGE_H_
