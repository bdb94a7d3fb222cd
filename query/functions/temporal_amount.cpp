#include "functions/temporal_amount.h"

#include <charconv>
#include <cstdlib>
#include <limits>
#include <system_error>

#include "functions/temporal_calendar.h"
#include "functions/temporal_errors.h"

namespace gesta::temporal {
namespace {

// A Gregorian month has 146,097 / 4,800 = 30.436875 days on average.
constexpr int64_t kMicroDaysPerMonth = 30'436'875;
constexpr int64_t kMicro = 1'000'000;
constexpr int kAmountDigits = 18;

// 10^exponent; nullopt where it does not fit.
std::optional<Amount> PowerOfTen(int exponent) {
  if (exponent > 38) return std::nullopt;
  Amount power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

std::optional<Amount> ScaleByPowerOfTen(Amount value, int exponent) {
  if (value == 0) return value;
  const std::optional<Amount> power = PowerOfTen(std::abs(exponent));
  if (exponent < 0) return power ? value / *power : Amount{0};
  Amount scaled;
  if (!power || __builtin_mul_overflow(value, *power, &scaled)) return std::nullopt;
  return scaled;
}

bool AddScaled(std::optional<Amount> amount, int64_t factor, Amount* sum) {
  Amount product;
  return amount && !__builtin_mul_overflow(*amount, Amount{factor}, &product) &&
         !__builtin_add_overflow(*sum, product, sum);
}

// Takes the whole part off `*amount`, rounding towards zero. What misses the next whole number by
// less than `tolerance` is a digit lost in a division and counts as that number.
bool TakeWhole(Amount* amount, Amount tolerance, int64_t* whole) {
  Amount quotient = *amount / kAmountUnit;
  Amount rest = *amount % kAmountUnit;
  if (rest > kAmountUnit - tolerance) {
    ++quotient;
    rest = 0;
  } else if (rest < tolerance - kAmountUnit) {
    --quotient;
    rest = 0;
  }
  if (quotient > std::numeric_limits<int64_t>::max() ||
      quotient < std::numeric_limits<int64_t>::min()) {
    return false;
  }
  *whole = static_cast<int64_t>(quotient);
  *amount = rest;
  return true;
}

}  // namespace

Decimal Decimal::FromDouble(double finite) {
  char text[32];
  const auto written =
      std::to_chars(text, text + sizeof text, finite, std::chars_format::scientific);
  Decimal decimal;
  bool negative = false, after_point = false;
  const char* at = text;
  for (; at != written.ptr && *at != 'e'; ++at) {
    if (*at == '-') {
      negative = true;
    } else if (*at == '.') {
      after_point = true;
    } else {
      decimal.mantissa = decimal.mantissa * 10 + (*at - '0');
      if (after_point) --decimal.exponent;
    }
  }
  if (at != written.ptr) {
    ++at;
    if (*at == '+') ++at;
    int exponent = 0;
    std::from_chars(at, written.ptr, exponent);
    decimal.exponent += exponent;
  }
  if (decimal.mantissa == 0) return Decimal{};
  while (decimal.mantissa % 10 == 0) {
    decimal.mantissa /= 10;
    ++decimal.exponent;
  }
  if (negative) decimal.mantissa = -decimal.mantissa;
  return decimal;
}

std::optional<Amount> AmountOf(const Decimal& value) {
  return ScaleByPowerOfTen(value.mantissa, value.exponent + kAmountDigits);
}

std::optional<Amount> MultiplyAmount(int64_t value, const Decimal& factor) {
  return ScaleByPowerOfTen(Amount{value} * factor.mantissa, factor.exponent + kAmountDigits);
}

std::optional<Amount> DivideAmount(int64_t value, const Decimal& divisor) {
  std::optional<Amount> numerator = value;
  std::optional<Amount> denominator = divisor.mantissa;
  if (divisor.exponent < 0) {
    numerator = ScaleByPowerOfTen(value, -divisor.exponent);
  } else {
    denominator = ScaleByPowerOfTen(divisor.mantissa, divisor.exponent);
  }
  if (!numerator) return std::nullopt;
  if (!denominator) return Amount{0};
  Amount whole, fraction;
  if (__builtin_mul_overflow(*numerator / *denominator, kAmountUnit, &whole)) return std::nullopt;
  // Only divisors of more than 10^20 can overflow here, and their quotients are next to nothing.
  if (__builtin_mul_overflow(*numerator % *denominator, kAmountUnit, &fraction)) return whole;
  return whole + fraction / *denominator;
}

bool DurationAmounts::AddMonths(std::optional<Amount> amount, int64_t factor) {
  return AddScaled(amount, factor, &months_);
}

bool DurationAmounts::AddDays(std::optional<Amount> amount, int64_t factor) {
  return AddScaled(amount, factor, &days_);
}

bool DurationAmounts::AddSeconds(std::optional<Amount> amount, int64_t factor) {
  return AddScaled(amount, factor, &seconds_);
}

bool DurationAmounts::AddSecondParts(std::optional<Amount> amount, int64_t divisor) {
  if (amount) *amount /= divisor;
  return AddScaled(amount, 1, &seconds_);
}

Result<DurationData> DurationAmounts::ToDuration() const {
  // The tolerances follow a lost last digit through the carries: 30 days a month, 86,400 seconds a
  // day, 1e9 nanoseconds a second.
  constexpr Amount kDayTolerance = 1'000;
  constexpr Amount kSecondTolerance = 10'000'000;
  constexpr int64_t kAmountPerNano = 1'000'000'000;
  DurationData duration;
  Amount months = months_, days = days_, seconds = seconds_;
  bool fits = TakeWhole(&months, 2, &duration.months);
  fits = fits && !__builtin_add_overflow(days, months * kMicroDaysPerMonth / kMicro, &days) &&
         TakeWhole(&days, kDayTolerance, &duration.days);
  fits = fits && !__builtin_add_overflow(seconds, days * kSecondsPerDay, &seconds) &&
         TakeWhole(&seconds, kSecondTolerance, &duration.seconds);
  if (!fits) return Overflow("the duration is beyond the range of its components");
  const Amount towards_nano = seconds < 0 ? -kSecondTolerance : kSecondTolerance;
  duration.nanos = static_cast<int32_t>((seconds + towards_nano) / kAmountPerNano);
  if (duration.nanos < 0) {
    if (__builtin_sub_overflow(duration.seconds, int64_t{1}, &duration.seconds)) {
      return Overflow("the duration is beyond the range of its components");
    }
    duration.nanos += static_cast<int32_t>(kNanosPerSecond);
  }
  return duration;
}

}  // namespace gesta::temporal
