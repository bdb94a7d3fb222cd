// Components of temporal values by name.
#include <array>
#include <string>

#include "functions/temporal.h"
#include "functions/temporal_calendar.h"
#include "functions/temporal_errors.h"
#include "functions/temporal_parts.h"

namespace gesta {
namespace {

using namespace temporal;  // NOLINT: the whole file is about its types

// What a component may be read from.
struct InstantView {
  const Parts& parts;
  const Value& value;
  CivilDate date;             // with days
  WeekDate week_date;         // with days
  int64_t epoch_seconds = 0;  // of a date-time
};

struct InstantComponent {
  enum Needs : uint8_t { kDate, kTime, kOffset, kInstant };
  std::string_view name;
  Needs needs;
  Value (*get)(const InstantView& v);
};

int64_t SecondOfDay(const InstantView& v) { return *v.parts.nanos / kNanosPerSecond; }
int64_t NanosOfSecond(const InstantView& v) { return *v.parts.nanos % kNanosPerSecond; }

// "+01:00", "Z": the end of the text of a time with that offset.
std::string OffsetText(int32_t offset) {
  constexpr size_t kMidnightLength = 5;  // "00:00"
  return TemporalToText(Value::Time(0, offset)).substr(kMidnightLength);
}

Value DayOfWeekOf(const InstantView& v) { return Value::Integer(v.week_date.day_of_week); }
Value DayOfQuarterOf(const InstantView& v) { return Value::Integer(DayOfQuarter(*v.parts.days)); }

constexpr InstantComponent kInstantComponents[] = {
    {"year", InstantComponent::kDate,
     [](const InstantView& v) { return Value::Integer(v.date.year); }},
    {"quarter", InstantComponent::kDate,
     [](const InstantView& v) { return Value::Integer(QuarterOf(v.date.month)); }},
    {"month", InstantComponent::kDate,
     [](const InstantView& v) { return Value::Integer(v.date.month); }},
    {"week", InstantComponent::kDate,
     [](const InstantView& v) { return Value::Integer(v.week_date.week); }},
    {"weekYear", InstantComponent::kDate,
     [](const InstantView& v) { return Value::Integer(v.week_date.week_year); }},
    {"day", InstantComponent::kDate,
     [](const InstantView& v) { return Value::Integer(v.date.day); }},
    {"ordinalDay", InstantComponent::kDate,
     [](const InstantView& v) { return Value::Integer(DayOfYear(*v.parts.days)); }},
    {"dayOfWeek", InstantComponent::kDate, DayOfWeekOf},
    {"weekDay", InstantComponent::kDate, DayOfWeekOf},
    {"dayOfQuarter", InstantComponent::kDate, DayOfQuarterOf},
    {"quarterDay", InstantComponent::kDate, DayOfQuarterOf},
    {"hour", InstantComponent::kTime,
     [](const InstantView& v) { return Value::Integer(SecondOfDay(v) / 3'600); }},
    {"minute", InstantComponent::kTime,
     [](const InstantView& v) { return Value::Integer(SecondOfDay(v) / 60 % 60); }},
    {"second", InstantComponent::kTime,
     [](const InstantView& v) { return Value::Integer(SecondOfDay(v) % 60); }},
    {"millisecond", InstantComponent::kTime,
     [](const InstantView& v) { return Value::Integer(NanosOfSecond(v) / 1'000'000); }},
    {"microsecond", InstantComponent::kTime,
     [](const InstantView& v) { return Value::Integer(NanosOfSecond(v) / 1'000); }},
    {"nanosecond", InstantComponent::kTime,
     [](const InstantView& v) { return Value::Integer(NanosOfSecond(v)); }},
    {"timezone", InstantComponent::kOffset,
     [](const InstantView& v) {
       const bool named =
           v.value.type() == ValueType::kDateTime && !v.value.AsDateTime().zone.empty();
       return Value::String(named ? v.value.AsDateTime().zone : OffsetText(*v.parts.offset));
     }},
    {"offset", InstantComponent::kOffset,
     [](const InstantView& v) { return Value::String(OffsetText(*v.parts.offset)); }},
    {"offsetMinutes", InstantComponent::kOffset,
     [](const InstantView& v) { return Value::Integer(*v.parts.offset / 60); }},
    {"offsetSeconds", InstantComponent::kOffset,
     [](const InstantView& v) { return Value::Integer(*v.parts.offset); }},
    {"epochSeconds", InstantComponent::kInstant,
     [](const InstantView& v) { return Value::Integer(v.epoch_seconds); }},
    {"epochMillis", InstantComponent::kInstant,
     [](const InstantView& v) {
       return Value::Integer(v.epoch_seconds * 1'000 + NanosOfSecond(v) / 1'000'000);
     }},
};

bool Has(ValueType type, InstantComponent::Needs needs) {
  switch (needs) {
    case InstantComponent::kDate:
      return type != ValueType::kTime && type != ValueType::kLocalTime;
    case InstantComponent::kTime:
      return type != ValueType::kDate;
    case InstantComponent::kOffset:
      return type == ValueType::kTime || type == ValueType::kDateTime;
    case InstantComponent::kInstant:
      return type == ValueType::kDateTime;
  }
  return false;
}

// An integer, or an error when a small unit of a long duration needs more than 64 bits.
Result<Value> IntegerOf(std::string_view key, __int128 value) {
  const auto narrow = static_cast<int64_t>(value);
  if (narrow != value) {
    return Overflow("the component '" + std::string(key) +
                    "' of the duration needs more than 64 "
                    "bits");
  }
  return Value::Integer(narrow);
}

struct DurationComponent {
  std::string_view name;
  __int128 (*get)(const DurationData& d);
};

constexpr DurationComponent kDurationComponents[] = {
    {"years", [](const DurationData& d) -> __int128 { return d.months / 12; }},
    {"quarters", [](const DurationData& d) -> __int128 { return d.months / 3; }},
    {"quartersOfYear", [](const DurationData& d) -> __int128 { return d.months / 3 % 4; }},
    {"months", [](const DurationData& d) -> __int128 { return d.months; }},
    {"monthsOfYear", [](const DurationData& d) -> __int128 { return d.months % 12; }},
    {"monthsOfQuarter", [](const DurationData& d) -> __int128 { return d.months % 3; }},
    {"weeks", [](const DurationData& d) -> __int128 { return d.days / 7; }},
    {"days", [](const DurationData& d) -> __int128 { return d.days; }},
    {"daysOfWeek", [](const DurationData& d) -> __int128 { return d.days % 7; }},
    {"hours", [](const DurationData& d) -> __int128 { return d.seconds / 3'600; }},
    {"minutes", [](const DurationData& d) -> __int128 { return d.seconds / 60; }},
    {"minutesOfHour", [](const DurationData& d) -> __int128 { return d.seconds / 60 % 60; }},
    {"seconds", [](const DurationData& d) -> __int128 { return d.seconds; }},
    {"secondsOfMinute", [](const DurationData& d) -> __int128 { return d.seconds % 60; }},
    {"milliseconds",
     [](const DurationData& d) { return __int128{d.seconds} * 1'000 + d.nanos / 1'000'000; }},
    {"millisecondsOfSecond", [](const DurationData& d) -> __int128 { return d.nanos / 1'000'000; }},
    {"microseconds",
     [](const DurationData& d) { return __int128{d.seconds} * 1'000'000 + d.nanos / 1'000; }},
    {"microsecondsOfSecond", [](const DurationData& d) -> __int128 { return d.nanos / 1'000; }},
    {"nanoseconds",
     [](const DurationData& d) { return __int128{d.seconds} * kNanosPerSecond + d.nanos; }},
    {"nanosecondsOfSecond", [](const DurationData& d) -> __int128 { return d.nanos; }},
};

Status NoSuchComponent(ValueType type, std::string_view key) {
  std::string names;
  auto add = [&names](std::string_view name) {
    names += (names.empty() ? "its components are " : ", ") + std::string(name);
  };
  if (type == ValueType::kDuration) {
    for (const DurationComponent& component : kDurationComponents) add(component.name);
  } else {
    for (const InstantComponent& component : kInstantComponents) {
      if (Has(type, component.needs)) add(component.name);
    }
  }
  return InvalidArgument(
      std::string(KindInWords(type)) + " has no component '" + std::string(key) + "'", names);
}

}  // namespace

Result<Value> TemporalComponent(const Value& value, std::string_view key) {
  if (value.type() == ValueType::kDuration) {
    for (const DurationComponent& component : kDurationComponents) {
      if (component.name == key) return IntegerOf(key, component.get(value.AsDuration()));
    }
    return NoSuchComponent(value.type(), key);
  }
  for (const InstantComponent& component : kInstantComponents) {
    if (component.name != key || !Has(value.type(), component.needs)) continue;
    const Parts parts = LocalParts(value);
    InstantView view{parts, value, {}, {}};
    if (component.needs == InstantComponent::kDate) {
      view.date = CivilFromDays(*parts.days);
      view.week_date = WeekDateFromDays(*parts.days);
    } else if (component.needs == InstantComponent::kInstant) {
      view.epoch_seconds = value.AsDateTime().epoch_seconds;
    }
    return component.get(view);
  }
  return NoSuchComponent(value.type(), key);
}

}  // namespace gesta
