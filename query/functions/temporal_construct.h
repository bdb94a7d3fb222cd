// Instants made from maps of components, and from one another.
//
// Components are calendar (year, month, day), week (year, week, dayOfWeek), quarter (year, quarter,
// dayOfQuarter) or ordinal (year, ordinalDay) dates, the time (hour, minute, second, millisecond,
// microsecond, nanosecond), timezone, epochSeconds or epochMillis, and other values to start from:
// date, time or datetime. Without such a base only the smallest components may be left out.
#ifndef GESTA_QUERY_FUNCTIONS_TEMPORAL_CONSTRUCT_H_
#define GESTA_QUERY_FUNCTIONS_TEMPORAL_CONSTRUCT_H_

#include <array>
#include <cstdint>
#include <optional>

#include "functions/temporal_parts.h"
#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta::temporal {

// Numeric components.
enum class Field : uint8_t {
  kYear,
  kQuarter,
  kMonth,
  kWeek,
  kOrdinalDay,
  kDayOfQuarter,
  kDayOfWeek,
  kDay,
  kHour,
  kMinute,
  kSecond,
  kMillisecond,
  kMicrosecond,
  kNanosecond,
  kEpochSeconds,
  kEpochMillis,
};
constexpr size_t kFieldCount = 16;

// What a map says, read and checked against the type to be made.
struct Components {
  std::array<std::optional<int64_t>, kFieldCount> fields;
  std::optional<Value> date, time, datetime;
  std::optional<Zone> timezone;

  std::optional<int64_t>& operator[](Field f) { return fields[static_cast<size_t>(f)]; }
  const std::optional<int64_t>& operator[](Field f) const { return fields[static_cast<size_t>(f)]; }
  bool Has(Field f) const { return (*this)[f].has_value(); }
  bool HasSubsecond() const {
    return Has(Field::kMillisecond) || Has(Field::kMicrosecond) || Has(Field::kNanosecond);
  }
};

// nullopt: a component is null, and so is what is made of it. Unknown components and those that
// `type` does not have are ArgumentErrors, values of a wrong type TypeErrors.
Result<std::optional<Components>> ReadComponents(ValueType type, const Map& map);

// ArgumentErrors for components that contradict one another or are not enough to make a value.
Status CheckComponents(ValueType type, const Components& components);

// The same for components that change an existing value: only numbers and a timezone, in one of the
// ways to give a date.
Status CheckOverrides(const Components& components);

// A value of `type` from a map.
Result<Value> InstantFromMap(ValueType type, const Map& map, const Clock& clock);

// `base` with the numeric components replaced, as far as it has such parts. Replacing the year,
// quarter or month keeps the day of the month, or takes the last one there is; a year beside a week
// is the week's year. Values out of range are ArgumentErrors.
Status OverrideFields(const Components& components, Parts* base);

// date(localdatetime), time(datetime), …: the parts that `type` has. A date-time made of a date
// begins at midnight. A date without a date in `value`, or a time without a time, is an
// ArgumentError.
Result<Value> InstantFromInstant(ValueType type, const Value& value, const Clock& clock);

}  // namespace gesta::temporal

#endif  // GESTA_QUERY_FUNCTIONS_TEMPORAL_CONSTRUCT_H_
