// Durations from maps and texts.
#include "functions/temporal_duration.h"

#include <cmath>
#include <string>

#include "functions/temporal_amount.h"
#include "functions/temporal_calendar.h"
#include "functions/temporal_cursor.h"
#include "functions/temporal_errors.h"
#include "functions/temporal_parse.h"

namespace gesta::temporal {
namespace {

constexpr int kAmountDigits = 18;

// Adds one component of a map; nullopt: no such component.
std::optional<bool> AddComponent(std::string_view name, std::optional<Amount> amount,
                                 DurationAmounts* sum) {
  if (name == "years") return sum->AddMonths(amount, 12);
  if (name == "quarters") return sum->AddMonths(amount, 3);
  if (name == "months") return sum->AddMonths(amount);
  if (name == "weeks") return sum->AddDays(amount, 7);
  if (name == "days") return sum->AddDays(amount);
  if (name == "hours") return sum->AddSeconds(amount, 3'600);
  if (name == "minutes") return sum->AddSeconds(amount, 60);
  if (name == "seconds") return sum->AddSeconds(amount);
  if (name == "milliseconds") return sum->AddSecondParts(amount, 1'000);
  if (name == "microseconds") return sum->AddSecondParts(amount, 1'000'000);
  if (name == "nanoseconds") return sum->AddSecondParts(amount, kNanosPerSecond);
  return std::nullopt;
}

Status TooLong() { return Overflow("the duration is beyond the range of its components"); }

// -- texts --

struct TextUnit {
  char letter;
  bool in_time;
  std::string_view name;
};

// In the order in which they may appear.
constexpr TextUnit kTextUnits[] = {
    {'Y', false, "years"}, {'Q', false, "quarters"}, {'M', false, "months"}, {'W', false, "weeks"},
    {'D', false, "days"},  {'H', true, "hours"},     {'M', true, "minutes"}, {'S', true, "seconds"},
};

// [+-]digits[.digits]
bool ReadAmount(Cursor* cursor, bool negate, Amount* out) {
  const bool negative = cursor->Peek() == '-';
  if (!cursor->Skip('-')) cursor->Skip('+');
  int64_t whole = 0, fraction = 0;
  const size_t digits = cursor->DigitsAhead();
  if (!cursor->ReadDigits(digits, &whole)) return false;
  if (cursor->Skip('.') || cursor->Skip(',')) {
    const size_t fraction_digits = cursor->DigitsAhead();
    if (!cursor->ReadDigits(fraction_digits, &fraction)) return false;
    for (size_t i = fraction_digits; i < kAmountDigits; ++i) fraction *= 10;
  }
  *out = WholeAmount(whole) + fraction;
  if (negative != negate) *out = -*out;
  return true;
}

// What follows P in "P1Y2M10DT2H30M"; false if it has another form.
bool ReadUnits(Cursor* cursor, bool negate, DurationAmounts* sum, bool* fits) {
  size_t next_unit = 0;
  bool in_time = false, any = false;
  while (!cursor->AtEnd()) {
    if (!in_time && cursor->Skip('T')) {
      in_time = true;
      if (cursor->AtEnd()) return false;
    }
    Amount amount = 0;
    if (!ReadAmount(cursor, negate, &amount)) return false;
    const char letter = cursor->Peek();
    while (next_unit < std::size(kTextUnits) &&
           (kTextUnits[next_unit].letter != letter || kTextUnits[next_unit].in_time != in_time)) {
      ++next_unit;
    }
    if (next_unit == std::size(kTextUnits)) return false;
    cursor->Skip(letter);
    *fits = AddComponent(kTextUnits[next_unit].name, amount, sum).value() && *fits;
    ++next_unit;
    any = true;
  }
  return any;
}

// What follows P in "P2012-02-02T14:37:21.545" or "P20120202T143721.545".
bool ReadDateForm(std::string_view text, bool negate, DurationAmounts* sum) {
  const size_t separator = text.find('T');
  Cursor date(text.substr(0, separator));
  int64_t years = 0;
  int months = 0, days = 0;
  if (!date.ReadDigits(4, &years)) return false;
  const bool extended = date.Skip('-');
  if (!date.ReadDigits(2, &months) || (extended && !date.Skip('-')) || !date.ReadDigits(2, &days) ||
      !date.AtEnd() || months > 12 || days > 31) {
    return false;
  }
  int64_t seconds = 0, nanos = 0;
  if (separator != std::string_view::npos) {
    auto time = ParseInstant(ValueType::kLocalTime, text.substr(separator + 1), Clock{});
    if (!time.ok()) return false;
    seconds = time->TimeNanos() / kNanosPerSecond;
    nanos = time->TimeNanos() % kNanosPerSecond;
  }
  const int64_t sign = negate ? -1 : 1;
  return sum->AddMonths(WholeAmount(years * 12 + months), sign) &&
         sum->AddDays(WholeAmount(days), sign) && sum->AddSeconds(WholeAmount(seconds), sign) &&
         sum->AddSecondParts(WholeAmount(nanos * sign), kNanosPerSecond);
}

}  // namespace

Result<Value> DurationFromMap(const Map& map) {
  if (map.empty()) {
    return InvalidArgument("a duration needs at least one component",
                           "for example duration({days: 1})");
  }
  DurationAmounts sum;
  bool fits = true, has_null = false;
  for (const auto& [name, value] : map) {
    std::optional<Amount> amount = Amount{0};
    if (value.type() == ValueType::kInteger) {
      amount = WholeAmount(value.AsInteger());
    } else if (value.type() == ValueType::kFloat) {
      if (!std::isfinite(value.AsFloat())) {
        return InvalidArgument("the component '" + name + "' of a duration is not a finite number");
      }
      amount = AmountOf(Decimal::FromDouble(value.AsFloat()));
    } else if (value.IsNull()) {
      has_null = true;
    } else {
      return WrongType("the component '" + name + "' of a duration must be a number, not " +
                       gesta::TypeInWords(value));
    }
    const std::optional<bool> added = AddComponent(name, amount, &sum);
    if (!added) {
      return InvalidArgument("a duration has no component '" + name + "'",
                             "its components are years, quarters, months, weeks, days, hours, "
                             "minutes, seconds, milliseconds, microseconds and nanoseconds");
    }
    fits = fits && *added;
  }
  if (has_null) return Value::Null();
  if (!fits) return TooLong();
  GESTA_ASSIGN_OR_RETURN(DurationData duration, sum.ToDuration());
  return Value::Duration(duration);
}

Result<DurationData> ParseDuration(std::string_view text) {
  DurationAmounts sum;
  bool fits = true;
  Cursor cursor(text);
  const bool negate = cursor.Peek() == '-';
  if (!cursor.Skip('-')) cursor.Skip('+');
  bool understood = cursor.Skip('P');
  if (understood) {
    const std::string_view rest = cursor.rest();
    DurationAmounts units;
    understood = ReadUnits(&cursor, negate, &units, &fits);
    if (understood) {
      sum = units;
    } else {
      fits = true;
      understood = ReadDateForm(rest, negate, &sum);
    }
  }
  if (!understood) {
    return InvalidArgument("'" + std::string(text) + "' cannot be read as a duration",
                           "write it like 'P1Y2M10DT2H30M' or 'P2012-02-02T14:37:21'");
  }
  if (!fits) return TooLong();
  return sum.ToDuration();
}

}  // namespace gesta::temporal
