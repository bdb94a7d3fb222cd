// Civil dates, ISO weeks and months. Expectations are well-known dates and the TCK's (Temporal1,
// 5).
#include "functions/temporal_calendar.h"

#include <catch2/catch.hpp>

namespace gesta::temporal {
namespace {

TEST_CASE("days and civil dates convert both ways", "[temporal]") {
  CHECK(DaysFromCivil(1970, 1, 1) == 0);
  CHECK(DaysFromCivil(2000, 3, 1) == 11'017);
  CHECK(DaysFromCivil(1582, 10, 15) == -141'427);  // Julian day 2,299,161
  for (int64_t days : {int64_t{-1}, int64_t{0}, int64_t{59}, int64_t{-719'468}, int64_t{-719'529},
                       DaysFromCivil(kMinYear, 1, 1), DaysFromCivil(kMaxYear, 12, 31)}) {
    const CivilDate date = CivilFromDays(days);
    CHECK(DaysFromCivil(date.year, date.month, date.day) == days);
    CHECK(DaysFromWeekDate(WeekDateFromDays(days)) == days);
  }
  CHECK(IsDayInRange(DaysFromCivil(kMaxYear, 12, 31)));
  CHECK_FALSE(IsDayInRange(DaysFromCivil(kMaxYear, 12, 31) + 1));
  CHECK_FALSE(IsDayInRange(DaysFromCivil(kMinYear, 1, 1) - 1));
}

TEST_CASE("leap years follow the Gregorian rule", "[temporal]") {
  CHECK(IsLeapYear(2000));
  CHECK_FALSE(IsLeapYear(1900));
  CHECK(IsLeapYear(0));
  CHECK(IsLeapYear(-4));
  CHECK(DaysInMonth(1984, 2) == 29);
  CHECK(DaysInQuarter(1984, 1) == 91);
  CHECK(DaysInQuarter(1985, 1) == 90);
}

TEST_CASE("ISO weeks belong to the year of their Thursday", "[temporal]") {
  const WeekDate date = WeekDateFromDays(DaysFromCivil(1984, 1, 1));
  CHECK(date.week_year == 1983);
  CHECK(date.week == 52);
  CHECK(date.day_of_week == 7);
  CHECK(DaysFromWeekDate({1818, 53, 1}) == DaysFromCivil(1818, 12, 28));
  CHECK(WeeksInYear(1818) == 53);
  CHECK(WeeksInYear(1817) == 52);
}

TEST_CASE("months are added with the day clamped and counted back", "[temporal]") {
  const int64_t january_31 = DaysFromCivil(2015, 1, 31);
  CHECK(AddMonths(january_31, 1) == DaysFromCivil(2015, 2, 28));
  CHECK(AddMonths(january_31, -2) == DaysFromCivil(2014, 11, 30));
  CHECK(AddMonths(january_31, 13) == DaysFromCivil(2016, 2, 29));
  CHECK(MonthsBetween(january_31, DaysFromCivil(2015, 2, 28)) == 0);
  CHECK(MonthsBetween(january_31, DaysFromCivil(2015, 3, 31)) == 2);
  CHECK(MonthsBetween(DaysFromCivil(2018, 3, 11), DaysFromCivil(2016, 6, 24)) == -20);
}

}  // namespace
}  // namespace gesta::temporal
