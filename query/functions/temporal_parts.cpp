#include "functions/temporal_parts.h"

#include "functions/temporal_calendar.h"
#include "functions/temporal_errors.h"

namespace gesta::temporal {

std::string_view KindInWords(ValueType type) {
  switch (type) {
    case ValueType::kDate:
      return "a date";
    case ValueType::kLocalTime:
      return "a local time";
    case ValueType::kTime:
      return "a time";
    case ValueType::kLocalDateTime:
      return "a local date-time";
    case ValueType::kDateTime:
      return "a date-time";
    case ValueType::kDuration:
      return "a duration";
    default:
      return ValueTypeName(type);
  }
}

bool IsInstantType(ValueType type) {
  return type >= ValueType::kDate && type <= ValueType::kDateTime;
}

Parts LocalParts(const Value& value) {
  Parts parts;
  switch (value.type()) {
    case ValueType::kDate:
      parts.days = value.DateDays();
      break;
    case ValueType::kTime:
      parts.offset = value.TimeOffset();
      parts.nanos = value.TimeNanos();
      break;
    case ValueType::kLocalTime:
      parts.nanos = value.TimeNanos();
      break;
    case ValueType::kLocalDateTime:
      parts.days = FloorDiv(value.LocalEpochSeconds(), kSecondsPerDay);
      parts.nanos = FloorMod(value.LocalEpochSeconds(), kSecondsPerDay) * kNanosPerSecond +
                    value.LocalNanos();
      break;
    case ValueType::kDateTime: {
      const DateTimeData& data = value.AsDateTime();
      const int64_t local = data.epoch_seconds + data.offset_seconds;
      parts.days = FloorDiv(local, kSecondsPerDay);
      parts.nanos = FloorMod(local, kSecondsPerDay) * kNanosPerSecond + data.nanos;
      parts.offset = data.offset_seconds;
      break;
    }
    default:
      assert(false && "not an instant type");
      break;
  }
  return parts;
}

Result<Parts> TakeApart(const Value& value) {
  Parts parts = LocalParts(value);
  if (value.type() == ValueType::kDateTime && !value.AsDateTime().zone.empty()) {
    GESTA_ASSIGN_OR_RETURN(parts.zone, NamedZone(value.AsDateTime().zone));
  } else if (parts.offset) {
    parts.zone = Zone::Fixed(*parts.offset);
  }
  return parts;
}

TimeZone::Instant InstantOf(const Parts& parts) {
  const int64_t local = *parts.days * kSecondsPerDay + *parts.nanos / kNanosPerSecond;
  return parts.zone->ResolveLocal(local, parts.offset);
}

Parts PartsAt(const Zone& zone, int64_t epoch_seconds, int32_t nanos) {
  Parts parts;
  parts.zone = zone;
  parts.offset = zone.OffsetAt(epoch_seconds);
  const int64_t local = epoch_seconds + *parts.offset;
  parts.days = FloorDiv(local, kSecondsPerDay);
  parts.nanos = FloorMod(local, kSecondsPerDay) * kNanosPerSecond + nanos;
  return parts;
}

Parts InZone(const Parts& parts, const Zone& zone, const Clock& clock) {
  if (parts.days) {
    return PartsAt(zone, InstantOf(parts).epoch_seconds,
                   static_cast<int32_t>(*parts.nanos % kNanosPerSecond));
  }
  Parts moved = parts;
  const int32_t old_offset = parts.offset.value_or(0);
  moved.offset = zone.OffsetAt(clock.epoch_seconds);
  moved.zone = Zone::Fixed(*moved.offset);
  moved.nanos =
      FloorMod(*parts.nanos + (*moved.offset - old_offset) * kNanosPerSecond, kNanosPerDay);
  return moved;
}

Result<Value> PutTogether(ValueType type, const Parts& parts, const Clock& clock) {
  const int64_t days = parts.days.value_or(0);
  const int64_t nanos = parts.nanos.value_or(0);
  if (!IsDayInRange(days)) {
    return Overflow("the year is beyond -999999999 … 999999999");
  }
  const int64_t local = days * kSecondsPerDay + nanos / kNanosPerSecond;
  const auto second_nanos = static_cast<int32_t>(nanos % kNanosPerSecond);
  switch (type) {
    case ValueType::kDate:
      return Value::Date(days);
    case ValueType::kLocalTime:
      return Value::LocalTime(nanos);
    case ValueType::kTime: {
      // Times have no date that could decide a named zone's offset.
      int32_t offset = 0;
      if (parts.offset) {
        offset = *parts.offset;
      } else if (parts.zone) {
        offset = parts.zone->OffsetAt(clock.epoch_seconds);
      }
      return Value::Time(nanos, offset);
    }
    case ValueType::kLocalDateTime:
      return Value::LocalDateTime(local, second_nanos);
    case ValueType::kDateTime: {
      const Zone zone = parts.zone.value_or(Zone::Utc());
      const TimeZone::Instant instant = zone.ResolveLocal(local, parts.offset);
      DateTimeData data;
      data.epoch_seconds = instant.epoch_seconds;
      data.offset_seconds = instant.offset;
      data.nanos = second_nanos;
      data.zone = zone.name;
      return Value::DateTime(std::move(data));
    }
    default:
      return WrongType("not a type of an instant");
  }
}

}  // namespace gesta::temporal
