#include <fmt/format.h>

#include <optional>
#include <string>

#include "gesta/temporal_text.h"

namespace gesta {
namespace {

constexpr int64_t kSecondsPerDay = 86'400;
constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kMaxYear = 999'999'999;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A text that is read from its front. What does not fit makes ok() false, for good.
class Front {
 public:
  explicit Front(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return rest_.empty(); }
  bool Fail() { return ok_ = false; }
  bool Is(char c) const { return !rest_.empty() && rest_[0] == c; }
  bool Take(char c) {
    if (!Is(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void Need(char c) {
    if (!Take(c)) Fail();
  }
  // `least` to `most` digits.
  int64_t Digits(size_t least, size_t most) {
    size_t n = 0;
    int64_t number = 0;
    while (n < rest_.size() && n < most && IsDigit(rest_[n]))
      number = number * 10 + rest_[n++] - '0';
    if (n < least) Fail();
    rest_.remove_prefix(n);
    return number;
  }
  int64_t Below(int64_t limit) {  // two digits
    const int64_t number = Digits(2, 2);
    if (number >= limit) Fail();
    return number;
  }
  // ".645" as nanoseconds; none: 0.
  int32_t Fraction() {
    if (!Take('.')) return 0;
    size_t n = 0;
    int64_t nanos = 0;
    for (; n < rest_.size() && n < 9 && IsDigit(rest_[n]); ++n) nanos = nanos * 10 + rest_[n] - '0';
    if (n == 0) Fail();
    rest_.remove_prefix(n);
    for (; n < 9; ++n) nanos *= 10;
    return static_cast<int32_t>(nanos);
  }
  std::string_view Rest() {
    const std::string_view rest = rest_;
    rest_ = {};
    return rest;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// Days from 1970-01-01 in the proleptic Gregorian calendar. Years begin in March here, so that the
// leap day is the last one.
int64_t DaysOf(int64_t year, int64_t month, int64_t day) {
  const int64_t y = month > 2 ? year : year - 1;
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const int64_t year_of_era = y - era * 400;
  const int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719'468;
}

int64_t ReadDays(Front* front) {
  const bool negative = front->Take('-');
  const bool sign = negative || front->Take('+');
  const int64_t digits = front->Digits(4, sign ? 9 : 4);
  const int64_t year = negative ? -digits : digits;
  front->Need('-');
  const int64_t month = front->Below(13);
  front->Need('-');
  const int64_t day = front->Below(32);
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1 || digits > kMaxYear ||
      day > kDays[month - 1] + (month == 2 && leap ? 1 : 0)) {
    front->Fail();
    return 0;
  }
  return DaysOf(year, month, day);
}

// Nanoseconds of the day.
int64_t ReadTimeOfDay(Front* front) {
  int64_t seconds = front->Below(24) * 3'600;
  front->Need(':');
  seconds += front->Below(60) * 60;
  int32_t nanos = 0;
  if (front->Take(':')) {
    seconds += front->Below(60);
    nanos = front->Fraction();
  }
  return seconds * kNanosPerSecond + nanos;
}

int32_t ReadOffset(Front* front) {
  if (front->Take('Z')) return 0;
  const bool negative = front->Take('-');
  if (!negative) front->Need('+');
  int64_t seconds = front->Below(19) * 3'600;
  front->Need(':');
  seconds += front->Below(60) * 60;
  if (front->Take(':')) seconds += front->Below(60);
  return static_cast<int32_t>(negative ? -seconds : seconds);
}

// The amount before each unit, units in their order and each at most once.
Value ReadDuration(Front* front) {
  DurationData d;
  front->Need('P');
  std::string_view units = "YMD";
  bool time = false;
  bool any = false;
  while (front->ok() && !front->AtEnd()) {
    if (!time && front->Take('T')) {
      time = true;
      any = false;
      units = "HMS";
      continue;
    }
    const bool negative = front->Take('-');
    const int64_t digits = front->Digits(1, 18);
    const int64_t amount = negative ? -digits : digits;
    const bool fraction = front->Is('.');
    const int32_t nanos = front->Fraction();
    size_t unit = 0;
    while (unit < units.size() && !front->Take(units[unit])) ++unit;
    if (unit == units.size() || (fraction && units[unit] != 'S')) {
      front->Fail();
      break;
    }
    any = true;
    switch (units[unit]) {
      case 'Y':
        d.months += amount * 12;
        break;
      case 'M':
        (time ? d.seconds : d.months) += time ? amount * 60 : amount;
        break;
      case 'D':
        d.days = amount;
        break;
      case 'H':
        d.seconds += amount * 3'600;
        break;
      default:
        d.seconds += amount;
        d.nanos = negative ? -nanos : nanos;
        break;
    }
    units.remove_prefix(unit + 1);
  }
  if (!any) front->Fail();
  if (d.nanos < 0) {
    --d.seconds;
    d.nanos += static_cast<int32_t>(kNanosPerSecond);
  }
  return Value::Duration(d);
}

Value Read(ValueType type, Front* front) {
  switch (type) {
    case ValueType::kDate:
      return Value::Date(ReadDays(front));
    case ValueType::kLocalTime:
      return Value::LocalTime(ReadTimeOfDay(front));
    case ValueType::kTime: {
      const int64_t nanos = ReadTimeOfDay(front);
      return Value::Time(nanos, ReadOffset(front));
    }
    case ValueType::kLocalDateTime:
    case ValueType::kDateTime: {
      const int64_t days = ReadDays(front);
      front->Need('T');
      const int64_t nanos = ReadTimeOfDay(front);
      const int64_t seconds = days * kSecondsPerDay + nanos / kNanosPerSecond;
      const auto rest = static_cast<int32_t>(nanos % kNanosPerSecond);
      if (type == ValueType::kLocalDateTime) return Value::LocalDateTime(seconds, rest);
      DateTimeData d;
      d.offset_seconds = ReadOffset(front);
      d.epoch_seconds = seconds - d.offset_seconds;
      d.nanos = rest;
      if (front->Take('[')) {
        d.zone = front->Rest();
        if (d.zone.size() < 2 || d.zone.back() != ']') front->Fail();
        if (!d.zone.empty()) d.zone.pop_back();
      }
      return Value::DateTime(std::move(d));
    }
    case ValueType::kDuration:
      return ReadDuration(front);
    default:
      front->Fail();
      return {};
  }
}

std::string_view Expected(ValueType type) {
  switch (type) {
    case ValueType::kDate:
      return "date (YYYY-MM-DD)";
    case ValueType::kLocalTime:
      return "local time (HH:MM:SS)";
    case ValueType::kTime:
      return "time (HH:MM:SS+HH:MM)";
    case ValueType::kLocalDateTime:
      return "local date-time (YYYY-MM-DDTHH:MM:SS)";
    case ValueType::kDateTime:
      return "date-time (YYYY-MM-DDTHH:MM:SS+HH:MM)";
    default:
      return "duration (P1Y2M3DT4H5M6S)";
  }
}

}  // namespace

std::string_view TemporalFunctionName(ValueType type) {
  switch (type) {
    case ValueType::kDate:
      return "date";
    case ValueType::kLocalTime:
      return "localtime";
    case ValueType::kTime:
      return "time";
    case ValueType::kLocalDateTime:
      return "localdatetime";
    case ValueType::kDateTime:
      return "datetime";
    default:
      return "duration";
  }
}

Result<Value> TemporalFromText(ValueType type, std::string_view text) {
  Front front(text);
  Value value = Read(type, &front);
  if (front.ok() && front.AtEnd()) return value;
  return Status(StatusCode::kBadData, fmt::format("'{}' is no {}", text, Expected(type)));
}

}  // namespace gesta
