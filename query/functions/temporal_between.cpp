// Durations between two instants.
#include "functions/temporal_calendar.h"
#include "functions/temporal_duration.h"
#include "functions/temporal_errors.h"
#include "functions/temporal_parts.h"

namespace gesta::temporal {
namespace {

// An instant with a date, a time and maybe a zone.
struct Point {
  Parts parts;

  int64_t nanos() const { return *parts.nanos; }
  int64_t days() const { return *parts.days; }

  // Seconds on a line that both points share: UTC with zones, else the local one.
  int64_t Seconds() const {
    if (parts.zone) return InstantOf(parts).epoch_seconds;
    return days() * kSecondsPerDay + nanos() / kNanosPerSecond;
  }
  int32_t SecondNanos() const { return static_cast<int32_t>(nanos() % kNanosPerSecond); }

  // The same time of the day on another day, or what a zone that skips it makes of it.
  void MoveToDay(int64_t new_days) {
    parts.days = new_days;
    if (parts.zone) {
      parts = PartsAt(*parts.zone, InstantOf(parts).epoch_seconds, SecondNanos());
    }
  }
};

// The day that counts for whole days and months: one short of the target's if the last one is not
// complete.
int64_t LastCompleteDay(const Point& from, const Point& to) {
  if (to.days() > from.days() && to.nanos() < from.nanos()) return to.days() - 1;
  if (to.days() < from.days() && to.nanos() > from.nanos()) return to.days() + 1;
  return to.days();
}

int64_t TakeMonths(Point* from, const Point& to) {
  const int64_t months = MonthsBetween(from->days(), LastCompleteDay(*from, to));
  from->MoveToDay(temporal::AddMonths(from->days(), months));
  return months;
}

int64_t TakeDays(Point* from, const Point& to) {
  const int64_t target = LastCompleteDay(*from, to);
  const int64_t days = target - from->days();
  from->MoveToDay(target);
  return days;
}

void TakeSeconds(const Point& from, const Point& to, DurationData* duration) {
  duration->seconds = to.Seconds() - from.Seconds();
  duration->nanos = to.SecondNanos() - from.SecondNanos();
  if (duration->nanos < 0) {
    duration->nanos += static_cast<int32_t>(kNanosPerSecond);
    --duration->seconds;
  }
}

}  // namespace

Result<Value> DurationBetween(BetweenUnits units, const Value& from_value, const Value& to_value) {
  Point from, to;
  GESTA_ASSIGN_OR_RETURN(from.parts, TakeApart(from_value));
  GESTA_ASSIGN_OR_RETURN(to.parts, TakeApart(to_value));
  const bool both_dates = from.parts.days && to.parts.days;
  from.parts.nanos = from.parts.nanos.value_or(0);
  to.parts.nanos = to.parts.nanos.value_or(0);
  if (!from.parts.days) from.parts.days = to.parts.days.value_or(0);
  if (!to.parts.days) to.parts.days = from.parts.days;
  if (from.parts.zone && !to.parts.zone) to.parts.zone = from.parts.zone;
  if (to.parts.zone && !from.parts.zone) from.parts.zone = to.parts.zone;

  DurationData duration;
  const bool with_months = units == BetweenUnits::kAll || units == BetweenUnits::kMonths;
  const bool with_days = units == BetweenUnits::kAll || units == BetweenUnits::kDays;
  const bool with_seconds = units == BetweenUnits::kAll || units == BetweenUnits::kSeconds;
  if (both_dates && (with_months || with_days)) {
    // Days and months are counted on the first instant's calendar.
    Point target = to;
    if (from.parts.zone) {
      target.parts = PartsAt(*from.parts.zone, to.Seconds(), to.SecondNanos());
    }
    if (with_months) duration.months = TakeMonths(&from, target);
    if (with_days) duration.days = TakeDays(&from, target);
  }
  if (with_seconds) TakeSeconds(from, to, &duration);
  return Value::Duration(duration);
}

}  // namespace gesta::temporal
