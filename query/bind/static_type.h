// What is known of a value's type before a statement runs.
#ifndef GESTA_QUERY_BIND_STATIC_TYPE_H_
#define GESTA_QUERY_BIND_STATIC_TYPE_H_

#include <cstdint>

#include "gesta/value.h"

namespace gesta {

// The set of types a value may have, and the set its elements may have where it is a list. Null is
// always possible and not a member of the set.
struct StaticType {
  uint32_t mask = ~0u;
  uint32_t element = ~0u;

  static constexpr uint32_t Bit(ValueType type) { return 1u << static_cast<uint32_t>(type); }
  static StaticType Any() { return {}; }
  static StaticType Of(ValueType type) { return {Bit(type), ~0u}; }
  static StaticType ListOf(StaticType element) { return {Bit(ValueType::kList), element.mask}; }
  static StaticType NullOnly() { return {0, 0}; }

  bool MayBe(ValueType type) const { return mask == 0 || (mask & Bit(type)) != 0; }
  bool MayBeAny(uint32_t types) const { return mask == 0 || (mask & types) != 0; }
  StaticType Element() const {
    return (mask & Bit(ValueType::kList)) && mask != ~0u ? StaticType{element, ~0u} : Any();
  }
  StaticType Or(StaticType other) const { return {mask | other.mask, element | other.element}; }
};

inline constexpr uint32_t kNumberBits =
    StaticType::Bit(ValueType::kInteger) | StaticType::Bit(ValueType::kFloat);
inline constexpr uint32_t kTemporalBits =
    StaticType::Bit(ValueType::kDate) | StaticType::Bit(ValueType::kLocalTime) |
    StaticType::Bit(ValueType::kTime) | StaticType::Bit(ValueType::kLocalDateTime) |
    StaticType::Bit(ValueType::kDateTime) | StaticType::Bit(ValueType::kDuration);

}  // namespace gesta

#endif  // GESTA_QUERY_BIND_STATIC_TYPE_H_
