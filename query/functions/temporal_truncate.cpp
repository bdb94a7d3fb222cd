#include "functions/temporal_truncate.h"

#include <optional>
#include <string>

#include "functions/temporal_calendar.h"
#include "functions/temporal_construct.h"
#include "functions/temporal_errors.h"

namespace gesta::temporal {
namespace {

// From the largest to the smallest.
enum class Unit {
  kMillennium,
  kCentury,
  kDecade,
  kYear,
  kWeekYear,
  kQuarter,
  kMonth,
  kWeek,
  kDay,
  kHour,
  kMinute,
  kSecond,
  kMillisecond,
  kMicrosecond,
};

constexpr std::string_view kUnitNames[] = {
    "millennium", "century", "decade", "year",   "weekYear", "quarter",     "month",
    "week",       "day",     "hour",   "minute", "second",   "millisecond", "microsecond",
};

std::optional<Unit> UnitByName(std::string_view name) {
  for (size_t i = 0; i < std::size(kUnitNames); ++i) {
    if (kUnitNames[i] == name) return static_cast<Unit>(i);
  }
  return std::nullopt;
}

// The names of the units that go with the type, for a hint.
std::string UnitsOf(ValueType type) {
  const bool has_date = type != ValueType::kTime && type != ValueType::kLocalTime;
  const bool has_time = type != ValueType::kDate;
  const Unit first = has_date ? Unit::kMillennium : Unit::kDay;
  const Unit last = has_time ? Unit::kMicrosecond : Unit::kDay;
  std::string names = "its units are ";
  for (auto i = static_cast<size_t>(first); i <= static_cast<size_t>(last); ++i) {
    if (i != static_cast<size_t>(first)) names += ", ";
    names += kUnitNames[i];
  }
  return names;
}

int64_t TruncateYear(int64_t days, int64_t years) {
  return DaysFromCivil(FloorDiv(CivilFromDays(days).year, years) * years, 1, 1);
}

int64_t TruncateDays(int64_t days, Unit unit) {
  const CivilDate date = CivilFromDays(days);
  switch (unit) {
    case Unit::kMillennium:
      return TruncateYear(days, 1'000);
    case Unit::kCentury:
      return TruncateYear(days, 100);
    case Unit::kDecade:
      return TruncateYear(days, 10);
    case Unit::kYear:
      return TruncateYear(days, 1);
    case Unit::kWeekYear:
      return DaysFromWeekDate({WeekDateFromDays(days).week_year, 1, 1});
    case Unit::kQuarter:
      return DaysFromCivil(date.year, QuarterOf(date.month) * 3 - 2, 1);
    case Unit::kMonth:
      return DaysFromCivil(date.year, date.month, 1);
    case Unit::kWeek:
      return days - (DayOfWeek(days) - 1);
    default:
      return days;
  }
}

int64_t TruncateNanos(int64_t nanos, Unit unit) {
  switch (unit) {
    case Unit::kHour:
      return nanos - nanos % (3'600 * kNanosPerSecond);
    case Unit::kMinute:
      return nanos - nanos % (60 * kNanosPerSecond);
    case Unit::kSecond:
      return nanos - nanos % kNanosPerSecond;
    case Unit::kMillisecond:
      return nanos - nanos % 1'000'000;
    case Unit::kMicrosecond:
      return nanos - nanos % 1'000;
    default:
      return 0;
  }
}

// Smaller fractions of the second are added to the ones that the truncation kept.
void KeepSubseconds(Unit unit, int64_t nanos, Components* overrides) {
  if (!overrides->HasSubsecond() || overrides->Has(Field::kMillisecond)) return;
  if (unit == Unit::kMillisecond) {
    (*overrides)[Field::kMillisecond] = nanos % kNanosPerSecond / 1'000'000;
  } else if (unit == Unit::kMicrosecond && !overrides->Has(Field::kMicrosecond)) {
    (*overrides)[Field::kMicrosecond] = nanos % kNanosPerSecond / 1'000;
  }
}

}  // namespace

Result<Value> Truncate(ValueType type, std::string_view unit_name, const Value& value,
                       const Map* overrides, const Clock& clock) {
  const std::optional<Unit> unit = UnitByName(unit_name);
  const bool is_time = type == ValueType::kTime || type == ValueType::kLocalTime;
  if (!unit || (is_time && *unit < Unit::kDay) ||
      (type == ValueType::kDate && *unit > Unit::kDay)) {
    return InvalidArgument("'" + std::string(unit_name) + "' is not a unit to which " +
                               std::string(KindInWords(type)) + " can be truncated",
                           UnitsOf(type));
  }
  GESTA_ASSIGN_OR_RETURN(Parts parts, TakeApart(value));
  if ((is_time && !parts.nanos) || (!is_time && !parts.days)) {
    return InvalidArgument(std::string(KindInWords(type)) + " cannot be made of " +
                           std::string(KindInWords(value.type())));
  }
  parts.nanos = TruncateNanos(parts.nanos.value_or(0), *unit);
  if (is_time) {
    // The date has done its work: it decided the offset of a named zone.
    parts.days.reset();
    if (parts.offset) parts.zone = Zone::Fixed(*parts.offset);
  } else {
    parts.days = TruncateDays(*parts.days, *unit);
  }
  if (overrides != nullptr) {
    GESTA_ASSIGN_OR_RETURN(std::optional<Components> components, ReadComponents(type, *overrides));
    if (!components) return Value::Null();
    GESTA_RETURN_IF_ERROR(CheckOverrides(*components));
    KeepSubseconds(*unit, *parts.nanos, &*components);
    GESTA_RETURN_IF_ERROR(OverrideFields(*components, &parts));
    if (components->timezone) {
      parts.zone = components->timezone;
      parts.offset.reset();
    }
  }
  return PutTogether(type, parts, clock);
}

}  // namespace gesta::temporal
