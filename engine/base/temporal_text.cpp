// ISO 8601 texts of temporal values.
//
// Seconds are left out when they and the fraction are zero; a fraction has 3, 6 or 9 digits. Years
// beyond four digits carry a sign. A zone given by name follows in brackets.
#include <cstdlib>

#include "gesta/value.h"

namespace gesta {
namespace {

constexpr int64_t kSecondsPerDay = 86'400;
constexpr int64_t kNanosPerSecond = 1'000'000'000;

int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

void AppendPadded(uint64_t value, size_t width, std::string* out) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out->append(width - digits.size(), '0');
  *out += digits;
}

// Proleptic Gregorian calendar, days from 1970-01-01. Years are counted from March inside eras of
// 400 years, so that the leap day is the last day of a year.
void AppendDate(int64_t days, std::string* out) {
  const int64_t shifted = days + 719'468;  // days from 0000-03-01
  const int64_t era = FloorDivide(shifted, 146'097);
  const int64_t day_of_era = shifted - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t march_month = (5 * day_of_year + 2) / 153;  // 0: March … 11: February
  const int64_t day = day_of_year - (153 * march_month + 2) / 5 + 1;
  const int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
  const int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  if (year < 0) {
    out->push_back('-');
  } else if (year > 9999) {
    out->push_back('+');
  }
  AppendPadded(static_cast<uint64_t>(year < 0 ? -year : year), 4, out);
  out->push_back('-');
  AppendPadded(static_cast<uint64_t>(month), 2, out);
  out->push_back('-');
  AppendPadded(static_cast<uint64_t>(day), 2, out);
}

void AppendTime(int64_t second_of_day, int64_t nanos, std::string* out) {
  AppendPadded(static_cast<uint64_t>(second_of_day / 3'600), 2, out);
  out->push_back(':');
  AppendPadded(static_cast<uint64_t>(second_of_day / 60 % 60), 2, out);
  if (second_of_day % 60 == 0 && nanos == 0) return;
  out->push_back(':');
  AppendPadded(static_cast<uint64_t>(second_of_day % 60), 2, out);
  if (nanos == 0) return;
  out->push_back('.');
  if (nanos % 1'000'000 == 0) {
    AppendPadded(static_cast<uint64_t>(nanos / 1'000'000), 3, out);
  } else if (nanos % 1'000 == 0) {
    AppendPadded(static_cast<uint64_t>(nanos / 1'000), 6, out);
  } else {
    AppendPadded(static_cast<uint64_t>(nanos), 9, out);
  }
}

void AppendOffset(int32_t offset, std::string* out) {
  if (offset == 0) {
    out->push_back('Z');
    return;
  }
  out->push_back(offset < 0 ? '-' : '+');
  const auto seconds = static_cast<uint64_t>(std::abs(offset));
  AppendPadded(seconds / 3'600, 2, out);
  out->push_back(':');
  AppendPadded(seconds / 60 % 60, 2, out);
  if (seconds % 60 != 0) {
    out->push_back(':');
    AppendPadded(seconds % 60, 2, out);
  }
}

void AppendDateTime(int64_t local_seconds, int64_t nanos, std::string* out) {
  const int64_t days = FloorDivide(local_seconds, kSecondsPerDay);
  AppendDate(days, out);
  out->push_back('T');
  AppendTime(local_seconds - days * kSecondsPerDay, nanos, out);
}

// Each part carries its own sign. The stored seconds count down to the floor and the nanos up from
// it; as text, both have the sign of their sum.
std::string DurationText(const DurationData& d) {
  std::string out = "P";
  auto part = [&out](int64_t amount, char unit) {
    if (amount == 0) return;
    out += std::to_string(amount);
    out.push_back(unit);
  };
  part(d.months / 12, 'Y');
  part(d.months % 12, 'M');
  part(d.days, 'D');
  if (d.seconds == 0 && d.nanos == 0) return out.size() > 1 ? out : "PT0S";
  out.push_back('T');
  int64_t seconds = d.seconds;
  int64_t nanos = d.nanos;
  if (seconds < 0 && nanos > 0) {
    ++seconds;
    nanos -= kNanosPerSecond;
  }
  part(seconds / 3'600, 'H');
  part(seconds / 60 % 60, 'M');
  const int64_t rest = seconds % 60;
  if (nanos == 0) {
    part(rest, 'S');
    return out;
  }
  if (rest < 0 || nanos < 0) out.push_back('-');
  out += std::to_string(std::abs(rest));
  out.push_back('.');
  AppendPadded(static_cast<uint64_t>(std::abs(nanos)), 9, &out);
  while (out.back() == '0') out.pop_back();
  out.push_back('S');
  return out;
}

}  // namespace

std::string TemporalToText(const Value& value) {
  std::string out;
  switch (value.type()) {
    case ValueType::kDate:
      AppendDate(value.DateDays(), &out);
      break;
    case ValueType::kLocalTime:
    case ValueType::kTime:
      AppendTime(value.TimeNanos() / kNanosPerSecond, value.TimeNanos() % kNanosPerSecond, &out);
      if (value.type() == ValueType::kTime) AppendOffset(value.TimeOffset(), &out);
      break;
    case ValueType::kLocalDateTime:
      AppendDateTime(value.LocalEpochSeconds(), value.LocalNanos(), &out);
      break;
    case ValueType::kDateTime: {
      const DateTimeData& d = value.AsDateTime();
      AppendDateTime(d.epoch_seconds + d.offset_seconds, d.nanos, &out);
      AppendOffset(d.offset_seconds, &out);
      if (!d.zone.empty()) out += "[" + d.zone + "]";
      break;
    }
    case ValueType::kDuration:
      return DurationText(value.AsDuration());
    default:
      assert(false && "not a temporal value");
      break;
  }
  return out;
}

}  // namespace gesta
