// Truncation of instants to a unit.
#ifndef GESTA_QUERY_FUNCTIONS_TEMPORAL_TRUNCATE_H_
#define GESTA_QUERY_FUNCTIONS_TEMPORAL_TRUNCATE_H_

#include <string_view>

#include "functions/temporal_parts.h"
#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta::temporal {

// `value` as a value of `type`, set back to the beginning of its millennium, century, decade, year,
// weekYear, quarter, month, week, day, hour, minute, second, millisecond or microsecond; then the
// components of `overrides` (may be null) replace those of the result. A timezone there changes the
// zone and keeps the local time. A unit or value that does not go with the type is an
// ArgumentError.
Result<Value> Truncate(ValueType type, std::string_view unit, const Value& value,
                       const Map* overrides, const Clock& clock);

}  // namespace gesta::temporal

#endif  // GESTA_QUERY_FUNCTIONS_TEMPORAL_TRUNCATE_H_
