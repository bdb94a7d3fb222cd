// What temporal values are made of, and how values are taken apart and put together.
#ifndef GESTA_QUERY_FUNCTIONS_TEMPORAL_PARTS_H_
#define GESTA_QUERY_FUNCTIONS_TEMPORAL_PARTS_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "functions/temporal_zone.h"
#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta::temporal {

// The statement's clock, UTC.
struct Clock {
  int64_t epoch_seconds = 0;
  int32_t nanos = 0;
};

// The parts of an instant value (everything but durations) as its own clocks and calendars show
// them. A date has only days, a local time only nanos, and so on.
struct Parts {
  std::optional<int64_t> days;   // from 1970-01-01
  std::optional<int64_t> nanos;  // of the day
  std::optional<Zone> zone;
  // With a zone: the offset in force, which tells apart the two hours when clocks are put back.
  std::optional<int32_t> offset;
};

// "a date", "a local date-time", … for messages.
std::string_view KindInWords(ValueType type);

bool IsInstantType(ValueType type);  // every temporal type but duration

// `value` is of an instant type. Without the zone; the offset is there.
Parts LocalParts(const Value& value);

// The same with the zone. Fails if a named zone is not known on this machine.
Result<Parts> TakeApart(const Value& value);

// A value of an instant type from parts; days default to 1970-01-01, nanos to midnight, the zone to
// UTC. Parts that the type does not have are dropped. Named zones of a time are those of the
// clock's instant. A year out of range is an ArithmeticError.
Result<Value> PutTogether(ValueType type, const Parts& parts, const Clock& clock);

// The instant in a zone, as parts.
Parts PartsAt(const Zone& zone, int64_t epoch_seconds, int32_t nanos);

// Parts with days, nanos and a zone: the instant they mean.
TimeZone::Instant InstantOf(const Parts& parts);

// The same instant in another zone. Without days (a time) the zone's offset is that of the clock.
Parts InZone(const Parts& parts, const Zone& zone, const Clock& clock);

}  // namespace gesta::temporal

#endif  // GESTA_QUERY_FUNCTIONS_TEMPORAL_PARTS_H_
