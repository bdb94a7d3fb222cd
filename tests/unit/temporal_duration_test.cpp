// Durations: texts, components, arithmetic, and between two instants. Expectations are the TCK's
// (Temporal1, 2, 5, 6, 8, 10) or exact arithmetic with 30.436875 days a month.
#include <catch2/catch.hpp>
#include <string>

#include "functions/temporal_amount.h"
#include "temporal_expression.h"

namespace gesta::test {
namespace {

TEST_CASE("durations from components and texts", "[temporal]") {
  CheckTexts({
      {"duration({months: 5, days: 1.5})", "P5M1DT12H"},
      {"duration({months: 0.75})", "P22DT19H51M49.5S"},
      {"duration({weeks: 2.5})", "P17DT12H"},
      {"duration({days: 14, seconds: 70, nanoseconds: 1})", "P14DT1M10.000000001S"},
      {"duration({seconds: -60, milliseconds: -1})", "PT-1M-0.001S"},
      {"duration({hours: 5.1})", "PT5H6M"},
      {"duration({months: 0.1})", "P3DT1H2M54.6S"},
      {"duration({nanoseconds: 9223372036854775807})", "PT2562047H47M16.854775807S"},
      {"duration({days: null})", "null"},
      {"duration('P14DT16H12M')", "P14DT16H12M"},
      {"duration('P0.75M')", "P22DT19H51M49.5S"},
      {"duration('PT0.75M')", "PT45S"},
      {"duration('P12Y5M14DT16H12M70S')", "P12Y5M14DT16H13M10S"},
      {"duration('P2012-02-02T14:37:21.545')", "P2012Y2M2DT14H37M21.545S"},
      {"duration('P20120202T143721.545')", "P2012Y2M2DT14H37M21.545S"},
      {"duration('P12Y5M-14DT16H')", "P12Y5M-14DT16H"},
      {"duration('-P1DT2H')", "P-1DT-2H"},
      {"duration('PT-1.999S')", "PT-1.999S"},
  });
  CheckErrors({
      {"duration({})", kArgument},
      {"duration({day: 1})", kArgument},
      {"duration({days: '1'})", kType},
      {"duration({years: 9223372036854775807})", kOverflow},
      {"duration('')", kArgument},
      {"duration('P')", kArgument},
      {"duration('P1DT')", kArgument},
      {"duration('P1D2Y')", kArgument},
      {"duration('1D')", kArgument},
      {"duration('P99999999999999999999D')", kArgument},
  });
}

TEST_CASE("components of durations", "[temporal]") {
  const std::string d =
      "duration({years: 1, months: 4, days: 10, hours: 1, minutes: 1, seconds: 1, nanoseconds: "
      "111111111}).";
  CHECK(Eval(d + "quarters") == "5");
  CHECK(Eval(d + "months") == "16");
  CHECK(Eval(d + "weeks") == "1");
  CHECK(Eval(d + "minutes") == "61");
  CHECK(Eval(d + "nanoseconds") == "3661111111111");
  CHECK(Eval(d + "quartersOfYear") == "1");
  CHECK(Eval(d + "monthsOfQuarter") == "1");
  CHECK(Eval(d + "daysOfWeek") == "3");
  CHECK(Eval(d + "microsecondsOfSecond") == "111111");
  CheckErrors({{"duration({seconds: 9223372036854775807}).nanoseconds", kOverflow}});
}

TEST_CASE("durations are added to instants", "[temporal]") {
  CheckTexts({
      {"date('1984-10-11') + duration({years: 12.5, months: 5.5, days: 14.5, hours: 16.5, minutes: "
       "12.5, seconds: 70.5, nanoseconds: 3})",
       "1997-10-11"},
      {"date('1984-10-11') - duration({years: 12.5, months: 5.5, days: 14.5, hours: 16.5, minutes: "
       "12.5, seconds: 70.5, nanoseconds: 3})",
       "1971-10-12"},
      {"date('2015-01-31') + duration('P1M')", "2015-02-28"},
      {"duration('P1M') + date('2015-01-31')", "2015-02-28"},
      {"date('2015-01-01') + duration({seconds: -86399, nanoseconds: -1})", "2015-01-01"},
      {"date('2015-01-01') + duration({seconds: -86400})", "2014-12-31"},
      {"localtime('12:31:14.000000001') - duration({days: 14, hours: 16, minutes: 12, seconds: 70, "
       "nanoseconds: 2})",
       "20:18:03.999999999"},
      {"time('23:30+01:00') + duration('PT1H')", "00:30+01:00"},
      {"localdatetime('1984-10-11T12:31:14.000000001') + duration({months: 1, days: -14, hours: "
       "16, "
       "minutes: -12, seconds: 70})",
       "1984-10-29T04:20:24.000000001"},
      // Days follow the calendar of the zone, hours the clock.
      {"datetime('2017-10-28T12:00[Europe/Stockholm]') + duration('P1D')",
       "2017-10-29T12:00+01:00[Europe/Stockholm]"},
      {"datetime('2017-10-28T12:00[Europe/Stockholm]') + duration('PT24H')",
       "2017-10-29T11:00+01:00[Europe/Stockholm]"},
      {"datetime('2017-10-29T02:30[Europe/Stockholm]') + duration('PT1H')",
       "2017-10-29T02:30+01:00[Europe/Stockholm]"},
      {"date('2015-01-01') + null", "null"},
  });
  CheckErrors({
      {"date('+999999999-12-31') + duration('P1D')", kOverflow},
      {"date('2015-01-01') + duration({months: 9223372036854775807})", kOverflow},
      {"localdatetime('2015-01-01') + duration({seconds: 9223372036854775807})", kOverflow},
      {"date('2015-01-01') - date('2014-01-01')", kType},
      {"date('2015-01-01') + 1", kType},
      {"duration('P1D') - date('2014-01-01')", kType},
  });
}

TEST_CASE("durations are added, multiplied and divided", "[temporal]") {
  const std::string d =
      "duration({years: 12, months: 5, days: 14, hours: 16, minutes: 12, seconds: 70, nanoseconds: "
      "1})";
  CHECK(Eval(d + " + " + d) == "P24Y10M28DT32H26M20.000000002S");
  CHECK(Eval(d + " - " + d) == "PT0S");
  CHECK(Eval(d + " * 2") == "P24Y10M28DT32H26M20.000000002S");
  CHECK(Eval(d + " * 0.5") == "P6Y2M22DT13H21M8S");
  CHECK(Eval(d + " / 2") == "P6Y2M22DT13H21M8S");
  CHECK(Eval(d + " / 0.5") == "P24Y10M28DT32H26M20.000000002S");
  CheckTexts({
      {"duration('P1D') / 3", "PT8H"},
      {"duration('P1M') / 3", "P10DT3H29M42S"},
      {"duration('P1Y') / 7", "P1M21DT17H46M30S"},
      {"duration('P1D') * -1", "P-1D"},
      {"duration('PT1S') * 1e-9", "PT0.000000001S"},
      {"duration('PT1S') / 1e300", "PT0S"},
      {"duration('PT-0.001S') * 3", "PT-0.003S"},
      {"duration({seconds: -2, milliseconds: 1}) - duration('PT0.5S')", "PT-2.499S"},
  });
  CheckErrors({
      {"duration('P1D') / 0", "ArithmeticError/DivisionByZero"},
      {"duration('P1D') * 1e300", kOverflow},
      {"duration('P1D') / 1e-300", kOverflow},
      {"duration({days: 9223372036854775807}) + duration('P1D')", kOverflow},
      {"date('2014-01-01') * 2", kType},
  });
}

TEST_CASE("floats become the decimals that people wrote", "[temporal]") {
  using temporal::Decimal;
  CHECK(Decimal::FromDouble(0.1).mantissa == 1);
  CHECK(Decimal::FromDouble(0.1).exponent == -1);
  CHECK(Decimal::FromDouble(-12300).mantissa == -123);
  CHECK(Decimal::FromDouble(-12300).exponent == 2);
  CHECK(Decimal::FromDouble(5e-324).exponent == -324);
  CHECK(Decimal::FromDouble(0).mantissa == 0);
}

TEST_CASE("durations between instants", "[temporal]") {
  CheckTexts({
      {"duration.between(date('1984-10-11'), date('2015-06-24'))", "P30Y8M13D"},
      {"duration.between(date('1984-10-11'), localdatetime('2016-07-21T21:45:22.142'))",
       "P31Y9M10DT21H45M22.142S"},
      {"duration.between(date('2018-07-21'), datetime('2016-07-21T21:40:32.142+0100'))",
       "P-1Y-11M-30DT-2H-19M-27.858S"},
      {"duration.between(datetime('2018-07-21T21:40:36.143+0200'), "
       "datetime('1984-07-21T22:40:36.143+0200'))",
       "P-33Y-11M-30DT-23H"},
      {"duration.between(localdatetime('2018-01-02T10:00:00.1'), "
       "localdatetime('2018-01-01T10:00:00.2'))",
       "PT-23H-59M-59.9S"},
      {"duration.between(date('-999999999-01-01'), date('+999999999-12-31'))",
       "P1999999998Y11M30D"},
      {"duration.inSeconds(localdatetime('-999999999-01-01'), "
       "localdatetime('+999999999-12-31T23:59:59'))",
       "PT17531639991215H59M59S"},
      {"duration.inMonths(datetime('2014-07-21T21:40:36.143+0200'), date('2015-06-24'))", "P11M"},
      {"duration.inMonths(time('14:30'), date('2015-06-24'))", "PT0S"},
      {"duration.inDays(localdatetime('2015-07-21T21:40:32.142'), date('2015-06-24'))", "P-27D"},
      {"duration.inDays(date('1984-10-11'), time('16:30+0100'))", "PT0S"},
      {"duration.inSeconds(time('14:30'), time('16:30+0100'))", "PT1H"},
      {"duration.inSeconds(localtime('14:30'), time('16:30+0100'))", "PT2H"},
      {"duration.inSeconds(time('14:30'), date('2015-06-24'))", "PT-14H-30M"},
      {"duration.inSeconds(datetime('2014-07-21T21:40:36.143+0200'), time('16:30+0100'))",
       "PT-4H-10M-36.143S"},
      {"duration.inSeconds(localtime('12:44:54.7'), localtime('12:34:55.3'))", "PT-9M-59.4S"},
      {"duration.between(null, date('2015-06-24'))", "null"},
  });
}

TEST_CASE("durations between instants know when clocks are changed", "[temporal]") {
  CheckTexts({
      {"duration.inSeconds(datetime('2017-10-29T00:00[Europe/Stockholm]'), "
       "localdatetime('2017-10-29T04:00'))",
       "PT5H"},
      {"duration.inSeconds(localtime('00:00'), datetime('2017-10-29T04:00[Europe/Stockholm]'))",
       "PT5H"},
      {"duration.inSeconds(datetime('2017-10-29T00:00[Europe/Stockholm]'), date('2017-10-30'))",
       "PT25H"},
      {"duration.between(datetime('2017-10-28T23:00+02:00[Europe/Stockholm]'), "
       "datetime('2017-10-29T04:00+01:00[Europe/Stockholm]'))",
       "PT6H"},
      {"duration.between(datetime('2017-10-29T04:00+01:00[Europe/Stockholm]'), "
       "datetime('2017-10-28T23:00+02:00[Europe/Stockholm]'))",
       "PT-6H"},
      {"duration.between(datetime('2017-10-28T00:00[Europe/Stockholm]'), "
       "datetime('2017-10-29T04:00[Europe/Stockholm]'))",
       "P1DT5H"},
  });
}

}  // namespace
}  // namespace gesta::test
