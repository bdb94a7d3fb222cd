// Instants from components that were read and checked, and from other instants.
#include "functions/temporal_construct.h"

#include <algorithm>
#include <string>

#include "functions/temporal_calendar.h"
#include "functions/temporal_errors.h"

namespace gesta::temporal {
namespace {

// Replaces `*target` by the component, if it is there, within low … high.
template <typename T>
Status Replace(const Components& c, Field field, std::string_view name, int64_t low, int64_t high,
               T* target) {
  if (!c.Has(field)) return Status::Ok();
  const int64_t value = *c[field];
  if (value < low || value > high) {
    return InvalidArgument("the " + std::string(name) + " " + std::to_string(value) +
                           " is not in the range " + std::to_string(low) + " to " +
                           std::to_string(high));
  }
  *target = static_cast<T>(value);
  return Status::Ok();
}

Status ReplaceYear(const Components& c, int64_t* year) {
  return Replace(c, Field::kYear, "year", kMinYear, kMaxYear, year);
}

Status OverrideWeekDate(const Components& c, int64_t* days) {
  WeekDate date = WeekDateFromDays(*days);
  GESTA_RETURN_IF_ERROR(ReplaceYear(c, &date.week_year));
  const int weeks = WeeksInYear(date.week_year);
  GESTA_RETURN_IF_ERROR(Replace(c, Field::kWeek, "week", 1, weeks, &date.week));
  GESTA_RETURN_IF_ERROR(Replace(c, Field::kDayOfWeek, "day of the week", 1, 7, &date.day_of_week));
  *days = DaysFromWeekDate(date);
  return Status::Ok();
}

Status OverrideDate(const Components& c, int64_t* days) {
  if (c.Has(Field::kWeek)) return OverrideWeekDate(c, days);
  CivilDate date = CivilFromDays(*days);
  GESTA_RETURN_IF_ERROR(ReplaceYear(c, &date.year));

  int quarter = QuarterOf(date.month);
  const int month_of_quarter = date.month - quarter * 3;
  GESTA_RETURN_IF_ERROR(Replace(c, Field::kQuarter, "quarter", 1, 4, &quarter));
  date.month = quarter * 3 + month_of_quarter;
  GESTA_RETURN_IF_ERROR(Replace(c, Field::kMonth, "month", 1, 12, &date.month));
  const int last_day = DaysInMonth(date.year, date.month);
  date.day = std::min(date.day, last_day);
  GESTA_RETURN_IF_ERROR(Replace(c, Field::kDay, "day", 1, last_day, &date.day));
  *days = DaysFromCivil(date.year, date.month, date.day);

  if (c.Has(Field::kOrdinalDay)) {
    int day = 1;
    GESTA_RETURN_IF_ERROR(
        Replace(c, Field::kOrdinalDay, "day of the year", 1, DaysInYear(date.year), &day));
    *days = DaysFromCivil(date.year, 1, 1) + day - 1;
  }
  if (c.Has(Field::kDayOfQuarter)) {
    int day = 1;
    GESTA_RETURN_IF_ERROR(Replace(c, Field::kDayOfQuarter, "day of the quarter", 1,
                                  DaysInQuarter(date.year, quarter), &day));
    *days = DaysFromCivil(date.year, quarter * 3 - 2, 1) + day - 1;
  }
  if (c.Has(Field::kDayOfWeek)) {
    int day = DayOfWeek(*days);
    const int64_t monday = *days - (day - 1);
    GESTA_RETURN_IF_ERROR(Replace(c, Field::kDayOfWeek, "day of the week", 1, 7, &day));
    *days = monday + day - 1;
  }
  return Status::Ok();
}

// The fraction of the second as a whole: each unit may run up to the next larger one that is given.
Status SubsecondNanos(const Components& c, int64_t* nanos) {
  int64_t milli = 0, micro = 0, nano = 0;
  const bool has_milli = c.Has(Field::kMillisecond), has_micro = c.Has(Field::kMicrosecond);
  const int64_t max_micro = has_milli ? 999 : 999'999;
  const int64_t max_nano = has_micro ? 999 : has_milli ? 999'999 : 999'999'999;
  GESTA_RETURN_IF_ERROR(Replace(c, Field::kMillisecond, "millisecond", 0, 999, &milli));
  GESTA_RETURN_IF_ERROR(Replace(c, Field::kMicrosecond, "microsecond", 0, max_micro, &micro));
  GESTA_RETURN_IF_ERROR(Replace(c, Field::kNanosecond, "nanosecond", 0, max_nano, &nano));
  *nanos = milli * 1'000'000 + micro * 1'000 + nano;
  return Status::Ok();
}

Status OverrideTime(const Components& c, int64_t* nanos_of_day) {
  int64_t fraction = *nanos_of_day % kNanosPerSecond;
  const int64_t second_of_day = *nanos_of_day / kNanosPerSecond;
  int64_t hour = second_of_day / 3'600;
  int64_t minute = second_of_day / 60 % 60;
  int64_t second = second_of_day % 60;
  GESTA_RETURN_IF_ERROR(Replace(c, Field::kHour, "hour", 0, 23, &hour));
  GESTA_RETURN_IF_ERROR(Replace(c, Field::kMinute, "minute", 0, 59, &minute));
  GESTA_RETURN_IF_ERROR(Replace(c, Field::kSecond, "second", 0, 59, &second));
  if (c.HasSubsecond()) GESTA_RETURN_IF_ERROR(SubsecondNanos(c, &fraction));
  *nanos_of_day = (hour * 3'600 + minute * 60 + second) * kNanosPerSecond + fraction;
  return Status::Ok();
}

// Where the map's components start from. A zone is only set if a base value brings one.
Result<Parts> BaseParts(const Components& c) {
  Parts base;
  base.days = DaysFromCivil(0, 1, 1);
  base.nanos = 0;
  if (c.date) {
    GESTA_ASSIGN_OR_RETURN(const Parts date, TakeApart(*c.date));
    base.days = date.days;
  }
  if (c.time || c.datetime) {
    GESTA_ASSIGN_OR_RETURN(const Parts time, TakeApart(c.time ? *c.time : *c.datetime));
    base.nanos = time.nanos.value_or(0);
    base.zone = time.zone;
    base.offset = time.offset;
    if (c.datetime) base.days = time.days;
  }
  // A week date starts on the Monday of the year's first week.
  if (!c.date && !c.datetime && c.Has(Field::kWeek)) {
    base.days = DaysFromWeekDate({0, 1, 1});
  }
  return base;
}

Result<Value> FromEpoch(const Components& c, const Clock& clock) {
  int64_t seconds = 0, nanos = 0;
  if (c.Has(Field::kEpochSeconds)) {
    seconds = *c[Field::kEpochSeconds];
    if (c.HasSubsecond()) GESTA_RETURN_IF_ERROR(SubsecondNanos(c, &nanos));
  } else {
    seconds = FloorDiv(*c[Field::kEpochMillis], 1'000);
    Components fraction;
    fraction[Field::kMillisecond] = FloorMod(*c[Field::kEpochMillis], 1'000);
    fraction[Field::kMicrosecond] = c[Field::kMicrosecond];
    fraction[Field::kNanosecond] = c[Field::kNanosecond];
    GESTA_RETURN_IF_ERROR(SubsecondNanos(fraction, &nanos));
  }
  // One day of room for the zone's offset.
  if (!IsDayInRange(FloorDiv(seconds, kSecondsPerDay) - 1) ||
      !IsDayInRange(FloorDiv(seconds, kSecondsPerDay) + 1)) {
    return Overflow("the year is beyond -999999999 … 999999999");
  }
  const Zone zone = c.timezone.value_or(Zone::Utc());
  return PutTogether(ValueType::kDateTime, PartsAt(zone, seconds, static_cast<int32_t>(nanos)),
                     clock);
}

}  // namespace

Status OverrideFields(const Components& components, Parts* base) {
  if (base->days) GESTA_RETURN_IF_ERROR(OverrideDate(components, &*base->days));
  if (base->nanos) GESTA_RETURN_IF_ERROR(OverrideTime(components, &*base->nanos));
  return Status::Ok();
}

Result<Value> InstantFromMap(ValueType type, const Map& map, const Clock& clock) {
  GESTA_ASSIGN_OR_RETURN(const std::optional<Components> read, ReadComponents(type, map));
  if (!read) return Value::Null();
  const Components& c = *read;
  GESTA_RETURN_IF_ERROR(CheckComponents(type, c));
  if (c.Has(Field::kEpochSeconds) || c.Has(Field::kEpochMillis)) return FromEpoch(c, clock);
  GESTA_ASSIGN_OR_RETURN(Parts parts, BaseParts(c));
  GESTA_RETURN_IF_ERROR(OverrideFields(c, &parts));
  if (type == ValueType::kTime) parts.days.reset();
  if (c.timezone) {
    if (parts.zone) {
      parts = InZone(parts, *c.timezone, clock);
    } else {
      parts.zone = c.timezone;
    }
  }
  return PutTogether(type, parts, clock);
}

Result<Value> InstantFromInstant(ValueType type, const Value& value, const Clock& clock) {
  GESTA_ASSIGN_OR_RETURN(const Parts parts, TakeApart(value));
  const bool needs_date =
      type == ValueType::kDate || type == ValueType::kLocalDateTime || type == ValueType::kDateTime;
  const bool needs_time = type == ValueType::kLocalTime || type == ValueType::kTime;
  if ((needs_date && !parts.days) || (needs_time && !parts.nanos)) {
    return InvalidArgument(std::string(KindInWords(type)) + " cannot be made of " +
                           std::string(KindInWords(value.type())));
  }
  return PutTogether(type, parts, clock);
}

}  // namespace gesta::temporal
