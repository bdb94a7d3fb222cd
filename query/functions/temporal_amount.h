// Exact decimal arithmetic for the components of durations.
//
// An Amount counts units of 1e-18 in 128 bits, so 64-bit components with a fraction of 18 digits
// fit and 0.1 is 0.1. Operations that do not fit give nullopt.
#ifndef GESTA_QUERY_FUNCTIONS_TEMPORAL_AMOUNT_H_
#define GESTA_QUERY_FUNCTIONS_TEMPORAL_AMOUNT_H_

#include <cstdint>
#include <optional>

#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta::temporal {

using Amount = __int128;
constexpr Amount kAmountUnit = 1'000'000'000'000'000'000;

// The shortest decimal that reads back as a float: mantissa * 10^exponent.
struct Decimal {
  int64_t mantissa = 0;  // at most 17 digits, not divisible by 10 unless 0
  int exponent = 0;

  static Decimal FromDouble(double finite);
};

constexpr Amount WholeAmount(int64_t value) { return value * kAmountUnit; }
std::optional<Amount> AmountOf(const Decimal& value);
std::optional<Amount> MultiplyAmount(int64_t value, const Decimal& factor);
std::optional<Amount> DivideAmount(int64_t value, const Decimal& divisor);  // divisor is not 0

// The months, days and seconds of a duration, each with a fraction.
class DurationAmounts {
 public:
  // false: beyond what can be held.
  [[nodiscard]] bool AddMonths(std::optional<Amount> amount, int64_t factor = 1);
  [[nodiscard]] bool AddDays(std::optional<Amount> amount, int64_t factor = 1);
  [[nodiscard]] bool AddSeconds(std::optional<Amount> amount, int64_t factor = 1);
  // A part of seconds: amount / divisor.
  [[nodiscard]] bool AddSecondParts(std::optional<Amount> amount, int64_t divisor);

  // Carries fractions of months into days (30.436875 of them) and of days into seconds, and drops
  // what is less than a nanosecond. Components beyond 64 bits: ArithmeticError.
  Result<DurationData> ToDuration() const;

 private:
  Amount months_ = 0, days_ = 0, seconds_ = 0;
};

}  // namespace gesta::temporal

#endif  // GESTA_QUERY_FUNCTIONS_TEMPORAL_AMOUNT_H_
