// Order-preserving encoding of values, for index keys: bytewise comparison of two encodings gives
// the sign of gesta::Order, and values that Order calls equal have equal encodings (1 and 1.0;
// -0.0 and 0.0). No encoding is a prefix of another's. The encoding is not decoded: the entity
// holds the value itself.
//
//   list        kList, elements, 0x00
//   date-time   kDateTime, instant, offset i32, zone as a string   (instant: seconds i64, nanos
//   u32) local date-time, date, time, local time: the tag, then their numbers duration kDuration,
//   average length (see value_encoding.cpp), months i64, days i64,
//               seconds i64, nanos u32
//   string      kString, bytes with 0x00 written 0x00 0xFF, 0x00 0x01
//   boolean     kBoolean, 0 or 1
//   number      kNumber, the largest double that is not above it (order-preserving bits), the
//               integer difference u16: exact for every integer and float
//   NaN, null   the tag
//
// Values that cannot be stored (maps, entities, paths) encode as their tag alone. That gives them
// their place in the order, so that a range may be bounded by any value.
#ifndef GESTA_STORE_VALUE_ENCODING_H_
#define GESTA_STORE_VALUE_ENCODING_H_

#include <string>
#include <string_view>

#include "gesta/value.h"

namespace gesta::store {

void AppendOrdered(const Value& value, std::string* to);

// What the encodings of all strings with this prefix, and no others, start with.
void AppendOrderedStringPrefix(std::string_view prefix, std::string* to);

}  // namespace gesta::store

#endif  // GESTA_STORE_VALUE_ENCODING_H_
