#include "functions/temporal_calendar.h"

#include <algorithm>

namespace gesta::temporal {
namespace {

constexpr int64_t kDaysPerEra = 146'097;        // 400 Gregorian years
constexpr int64_t kDaysToMarchYear0 = 719'468;  // 0000-03-01 … 1970-01-01
constexpr int kMonthDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

// Monday of ISO week 1, the week of January 4th.
int64_t FirstWeekStart(int64_t week_year) {
  const int64_t january_4 = DaysFromCivil(week_year, 1, 4);
  return january_4 - (DayOfWeek(january_4) - 1);
}

}  // namespace

bool IsLeapYear(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int DaysInMonth(int64_t year, int month) {
  return month == 2 && IsLeapYear(year) ? 29 : kMonthDays[month - 1];
}

int DaysInYear(int64_t year) { return IsLeapYear(year) ? 366 : 365; }

int DaysInQuarter(int64_t year, int quarter) {
  constexpr int kQuarterDays[] = {90, 91, 92, 92};
  return kQuarterDays[quarter - 1] + (quarter == 1 && IsLeapYear(year) ? 1 : 0);
}

int WeeksInYear(int64_t week_year) {
  return static_cast<int>((FirstWeekStart(week_year + 1) - FirstWeekStart(week_year)) / 7);
}

// Years are counted from March, so that the leap day is the last day of a year and the lengths of
// the months before it follow 153 days per 5 months.
int64_t DaysFromCivil(int64_t year, int month, int day) {
  const int64_t march_year = year - (month <= 2 ? 1 : 0);
  const int64_t era = FloorDiv(march_year, 400);
  const int64_t year_of_era = march_year - era * 400;
  const int64_t march_month = month > 2 ? month - 3 : month + 9;
  const int64_t day_of_year = (153 * march_month + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * kDaysPerEra + day_of_era - kDaysToMarchYear0;
}

CivilDate CivilFromDays(int64_t days) {
  const int64_t shifted = days + kDaysToMarchYear0;
  const int64_t era = FloorDiv(shifted, kDaysPerEra);
  const int64_t day_of_era = shifted - era * kDaysPerEra;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t march_month = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = static_cast<int>(day_of_year - (153 * march_month + 2) / 5 + 1);
  date.month = static_cast<int>(march_month < 10 ? march_month + 3 : march_month - 9);
  date.year = year_of_era + era * 400 + (date.month <= 2 ? 1 : 0);
  return date;
}

int64_t DaysFromWeekDate(const WeekDate& date) {
  return FirstWeekStart(date.week_year) + (date.week - 1) * 7 + (date.day_of_week - 1);
}

WeekDate WeekDateFromDays(int64_t days) {
  WeekDate date;
  date.day_of_week = DayOfWeek(days);
  // A week belongs to the year of its Thursday.
  const int64_t thursday = days + 4 - date.day_of_week;
  date.week_year = CivilFromDays(thursday).year;
  date.week = (DayOfYear(thursday) - 1) / 7 + 1;
  return date;
}

int DayOfWeek(int64_t days) { return static_cast<int>(FloorMod(days + 3, 7)) + 1; }

int DayOfYear(int64_t days) {
  return static_cast<int>(days - DaysFromCivil(CivilFromDays(days).year, 1, 1)) + 1;
}

int DayOfQuarter(int64_t days) {
  const CivilDate date = CivilFromDays(days);
  return static_cast<int>(days - DaysFromCivil(date.year, QuarterOf(date.month) * 3 - 2, 1)) + 1;
}

int QuarterOf(int month) { return (month - 1) / 3 + 1; }

int64_t AddMonths(int64_t days, int64_t months) {
  const CivilDate date = CivilFromDays(days);
  const int64_t month_count = date.year * 12 + (date.month - 1) + months;
  const int64_t year = FloorDiv(month_count, 12);
  const int month = static_cast<int>(FloorMod(month_count, 12)) + 1;
  return DaysFromCivil(year, month, std::min(date.day, DaysInMonth(year, month)));
}

int64_t MonthsBetween(int64_t from, int64_t to) {
  const CivilDate a = CivilFromDays(from);
  const CivilDate b = CivilFromDays(to);
  // The day of the month acts as a fraction; the division rounds towards zero.
  const int64_t a_scaled = (a.year * 12 + a.month) * 32 + a.day;
  const int64_t b_scaled = (b.year * 12 + b.month) * 32 + b.day;
  return (b_scaled - a_scaled) / 32;
}

bool IsDayInRange(int64_t days) {
  static const int64_t min_day = DaysFromCivil(kMinYear, 1, 1);
  static const int64_t max_day = DaysFromCivil(kMaxYear, 12, 31);
  return days >= min_day && days <= max_day;
}

}  // namespace gesta::temporal
