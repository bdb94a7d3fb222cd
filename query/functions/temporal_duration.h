// Making durations, and the durations between instants.
#ifndef GESTA_QUERY_FUNCTIONS_TEMPORAL_DURATION_H_
#define GESTA_QUERY_FUNCTIONS_TEMPORAL_DURATION_H_

#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta::temporal {

// {years, quarters, months, weeks, days, hours, minutes, seconds, milliseconds, microseconds,
// nanoseconds}: integers or floats. A null component gives null; an empty map or an unknown name is
// an ArgumentError.
Result<Value> DurationFromMap(const Map& map);

enum class BetweenUnits { kAll, kMonths, kDays, kSeconds };

// The duration that leads from one instant to the other. A part that only one of them has (date,
// zone) is lent to the other; a missing time is midnight; without a common date, months and days
// are zero. kAll: whole months, then whole days, then the rest, all of the same sign.
Result<Value> DurationBetween(BetweenUnits units, const Value& from, const Value& to);

}  // namespace gesta::temporal

#endif  // GESTA_QUERY_FUNCTIONS_TEMPORAL_DURATION_H_
