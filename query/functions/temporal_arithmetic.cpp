// Instants and durations plus and minus durations; durations times and by numbers.
#include <cmath>
#include <limits>
#include <string>

#include "functions/temporal.h"
#include "functions/temporal_amount.h"
#include "functions/temporal_calendar.h"
#include "functions/temporal_errors.h"
#include "functions/temporal_parts.h"

namespace gesta {
namespace {

using namespace temporal;  // NOLINT: the whole file is about its types

Status OutOfRangeYear() { return Overflow("the year is beyond -999999999 … 999999999"); }

Status TooLong() { return Overflow("the duration is beyond the range of its components"); }

// Nanos stay 0 … 999,999,999 and count up from the seconds.
Result<DurationData> Negated(const DurationData& d) {
  DurationData negated;
  if (__builtin_sub_overflow(int64_t{0}, d.months, &negated.months) ||
      __builtin_sub_overflow(int64_t{0}, d.days, &negated.days) ||
      __builtin_sub_overflow(d.nanos > 0 ? int64_t{-1} : int64_t{0}, d.seconds, &negated.seconds)) {
    return TooLong();
  }
  if (d.nanos > 0) negated.nanos = static_cast<int32_t>(kNanosPerSecond) - d.nanos;
  return negated;
}

Result<Value> AddDurations(const DurationData& a, const DurationData& b) {
  DurationData sum;
  sum.nanos = a.nanos + b.nanos;
  const int64_t carry = sum.nanos >= kNanosPerSecond ? 1 : 0;
  sum.nanos -= static_cast<int32_t>(carry * kNanosPerSecond);
  if (__builtin_add_overflow(a.months, b.months, &sum.months) ||
      __builtin_add_overflow(a.days, b.days, &sum.days) ||
      __builtin_add_overflow(a.seconds, b.seconds, &sum.seconds) ||
      __builtin_add_overflow(sum.seconds, carry, &sum.seconds)) {
    return TooLong();
  }
  return Value::Duration(sum);
}

// Months, then days, on the calendar.
Result<int64_t> AddToDays(int64_t days, int64_t months, int64_t more_days) {
  constexpr int64_t kMaxMonths = 2 * 12 * kMaxYear;
  if (months > kMaxMonths || months < -kMaxMonths) return OutOfRangeYear();
  int64_t sum = AddMonths(days, months);
  if (!IsDayInRange(sum) || __builtin_add_overflow(sum, more_days, &sum) || !IsDayInRange(sum)) {
    return OutOfRangeYear();
  }
  return sum;
}

// A duration's seconds count as days of a date only where they fill whole days, towards zero.
int64_t WholeDaysOfSeconds(const DurationData& d) {
  const bool fraction_towards_zero = d.seconds < 0 && d.nanos > 0;
  return (d.seconds + (fraction_towards_zero ? 1 : 0)) / kSecondsPerDay;
}

Result<Value> AddToDate(int64_t days, const DurationData& d) {
  int64_t more_days = 0;
  if (__builtin_add_overflow(d.days, WholeDaysOfSeconds(d), &more_days)) return OutOfRangeYear();
  GESTA_ASSIGN_OR_RETURN(const int64_t sum, AddToDays(days, d.months, more_days));
  return Value::Date(sum);
}

int64_t AddToTime(int64_t nanos_of_day, const DurationData& d) {
  const int64_t nanos = d.seconds % kSecondsPerDay * kNanosPerSecond + d.nanos;
  return FloorMod(nanos_of_day + nanos, kNanosPerDay);
}

// Seconds and nanos after the calendar part was added.
Status AddSeconds(const DurationData& d, int64_t* seconds, int32_t* nanos) {
  *nanos += d.nanos;
  const int64_t carry = *nanos >= kNanosPerSecond ? 1 : 0;
  *nanos -= static_cast<int32_t>(carry * kNanosPerSecond);
  if (__builtin_add_overflow(*seconds, d.seconds, seconds) ||
      __builtin_add_overflow(*seconds, carry, seconds) ||
      !IsDayInRange(FloorDiv(*seconds, kSecondsPerDay))) {
    return OutOfRangeYear();
  }
  return Status::Ok();
}

Result<Value> AddToDateTime(const Value& value, const DurationData& d) {
  GESTA_ASSIGN_OR_RETURN(Parts parts, TakeApart(value));
  const bool moves_day = d.months != 0 || d.days != 0;
  GESTA_ASSIGN_OR_RETURN(parts.days, AddToDays(*parts.days, d.months, d.days));
  auto nanos = static_cast<int32_t>(*parts.nanos % kNanosPerSecond);
  if (value.type() == ValueType::kLocalDateTime) {
    int64_t seconds = *parts.days * kSecondsPerDay + *parts.nanos / kNanosPerSecond;
    GESTA_RETURN_IF_ERROR(AddSeconds(d, &seconds, &nanos));
    return Value::LocalDateTime(seconds, nanos);
  }
  // The calendar part moves the local time, the rest moves the instant.
  int64_t seconds = moves_day ? InstantOf(parts).epoch_seconds : value.AsDateTime().epoch_seconds;
  GESTA_RETURN_IF_ERROR(AddSeconds(d, &seconds, &nanos));
  return PutTogether(ValueType::kDateTime, PartsAt(*parts.zone, seconds, nanos), Clock{});
}

Result<Value> AddToInstant(const Value& value, const DurationData& d) {
  switch (value.type()) {
    case ValueType::kDate:
      return AddToDate(value.DateDays(), d);
    case ValueType::kLocalTime:
      return Value::LocalTime(AddToTime(value.TimeNanos(), d));
    case ValueType::kTime:
      return Value::Time(AddToTime(value.TimeNanos(), d), value.TimeOffset());
    default:
      return AddToDateTime(value, d);
  }
}

std::string OperandInWords(const Value& value) {
  return value.IsTemporal() ? std::string(KindInWords(value.type())) : gesta::TypeInWords(value);
}

// The parts of a duration times or by a number, carried into one another.
Result<Value> Scale(const Value& duration, const Decimal& number,
                    std::optional<Amount> (*operation)(int64_t, const Decimal&)) {
  const DurationData& d = duration.AsDuration();
  DurationAmounts sum;
  if (!sum.AddMonths(operation(d.months, number)) || !sum.AddDays(operation(d.days, number)) ||
      !sum.AddSeconds(operation(d.seconds, number)) ||
      !sum.AddSecondParts(operation(d.nanos, number), kNanosPerSecond)) {
    return TooLong();
  }
  GESTA_ASSIGN_OR_RETURN(const DurationData scaled, sum.ToDuration());
  return Value::Duration(scaled);
}

}  // namespace

Result<Value> TemporalAdd(const Value& a, const Value& b) {
  if (a.IsNull() || b.IsNull()) return Value::Null();
  const bool a_is_duration = a.type() == ValueType::kDuration;
  const bool b_is_duration = b.type() == ValueType::kDuration;
  if (a_is_duration && b_is_duration) return AddDurations(a.AsDuration(), b.AsDuration());
  if (b_is_duration && IsInstantType(a.type())) return AddToInstant(a, b.AsDuration());
  if (a_is_duration && IsInstantType(b.type())) return AddToInstant(b, a.AsDuration());
  return WrongType(OperandInWords(a) + " and " + OperandInWords(b) + " cannot be added",
                   "only durations can be added to temporal values");
}

Result<Value> TemporalSubtract(const Value& a, const Value& b) {
  if (a.IsNull() || b.IsNull()) return Value::Null();
  if (b.type() == ValueType::kDuration && a.IsTemporal()) {
    GESTA_ASSIGN_OR_RETURN(const DurationData negated, Negated(b.AsDuration()));
    if (a.type() == ValueType::kDuration) return AddDurations(a.AsDuration(), negated);
    return AddToInstant(a, negated);
  }
  return WrongType(OperandInWords(b) + " cannot be subtracted from " + OperandInWords(a),
                   IsInstantType(a.type()) && IsInstantType(b.type())
                       ? "duration.between() gives the duration between two temporal values"
                       : "only durations can be subtracted from temporal values");
}

Result<Value> TemporalMultiply(const Value& duration, double factor) {
  if (duration.IsNull()) return Value::Null();
  if (duration.type() != ValueType::kDuration) {
    return WrongType(OperandInWords(duration) + " cannot be multiplied");
  }
  if (!std::isfinite(factor)) return Overflow("a duration cannot be multiplied by NaN or infinity");
  return Scale(duration, Decimal::FromDouble(factor), MultiplyAmount);
}

Result<Value> TemporalDivide(const Value& duration, double divisor) {
  if (duration.IsNull()) return Value::Null();
  if (duration.type() != ValueType::kDuration) {
    return WrongType(OperandInWords(duration) + " cannot be divided");
  }
  if (divisor == 0) return ArithmeticError("DivisionByZero", "a duration is divided by zero");
  if (!std::isfinite(divisor)) return Overflow("a duration cannot be divided by NaN or infinity");
  return Scale(duration, Decimal::FromDouble(divisor), DivideAmount);
}

}  // namespace gesta
