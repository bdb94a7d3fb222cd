// The proleptic Gregorian calendar and ISO weeks, on days counted from 1970-01-01.
//
// All functions are exact for the years -999,999,999 … 999,999,999 and a margin beyond; callers
// check results with IsDayInRange.
#ifndef GESTA_QUERY_FUNCTIONS_TEMPORAL_CALENDAR_H_
#define GESTA_QUERY_FUNCTIONS_TEMPORAL_CALENDAR_H_

#include <cstdint>

namespace gesta::temporal {

constexpr int64_t kMaxYear = 999'999'999;
constexpr int64_t kMinYear = -999'999'999;
constexpr int64_t kSecondsPerDay = 86'400;
constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kNanosPerDay = kSecondsPerDay * kNanosPerSecond;

constexpr int64_t FloorDiv(int64_t a, int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}
constexpr int64_t FloorMod(int64_t a, int64_t b) {
  const int64_t remainder = a % b;
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

struct CivilDate {
  int64_t year = 1970;
  int month = 1;  // 1 … 12
  int day = 1;    // 1 … 31
};

struct WeekDate {
  int64_t week_year = 1970;
  int week = 1;         // 1 … 53
  int day_of_week = 1;  // 1: Monday … 7: Sunday
};

bool IsLeapYear(int64_t year);
int DaysInMonth(int64_t year, int month);
int DaysInYear(int64_t year);
int DaysInQuarter(int64_t year, int quarter);
int WeeksInYear(int64_t week_year);  // 52 or 53

int64_t DaysFromCivil(int64_t year, int month, int day);
CivilDate CivilFromDays(int64_t days);
int64_t DaysFromWeekDate(const WeekDate& date);
WeekDate WeekDateFromDays(int64_t days);

int DayOfWeek(int64_t days);     // 1: Monday … 7: Sunday
int DayOfYear(int64_t days);     // from 1
int DayOfQuarter(int64_t days);  // from 1
int QuarterOf(int month);        // 1 … 4

// The same day of the month `months` later; the month's last day if it is shorter. `months` must be
// within ±2 * 12 * kMaxYear.
int64_t AddMonths(int64_t days, int64_t months);

// Whole months from `from` to `to`, towards zero, as AddMonths counts them.
int64_t MonthsBetween(int64_t from, int64_t to);

bool IsDayInRange(int64_t days);  // kMinYear-01-01 … kMaxYear-12-31

}  // namespace gesta::temporal

#endif  // GESTA_QUERY_FUNCTIONS_TEMPORAL_CALENDAR_H_
