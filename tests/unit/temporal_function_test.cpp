// Constructors, texts, truncation and components of instants. Expectations are the TCK's
// (Temporal1, 2, 3, 5, 9) or follow from the rules written in the headers.
#include <catch2/catch.hpp>
#include <string>

#include "temporal_expression.h"

namespace gesta::test {
namespace {

TEST_CASE("dates from components", "[temporal]") {
  CheckTexts({
      {"date({year: 1984, month: 10, day: 11})", "1984-10-11"},
      {"date({year: 1984, month: 10})", "1984-10-01"},
      {"date({year: 1984})", "1984-01-01"},
      {"date({year: 1816, week: 1})", "1816-01-01"},
      {"date({year: 1817, week: 1})", "1816-12-30"},
      {"date({year: 1818, week: 53})", "1818-12-28"},
      {"date({dayOfWeek: 2, year: 1817, week: 1})", "1816-12-31"},
      {"date({date: date('1816-12-30'), week: 2, dayOfWeek: 3})", "1817-01-08"},
      {"date({date: date('1816-12-31'), year: 1817, week: 2})", "1817-01-07"},
      {"date({year: 1984, ordinalDay: 202})", "1984-07-20"},
      {"date({year: 1984, quarter: 3, dayOfQuarter: 45})", "1984-08-14"},
      {"date({date: date('1984-11-11'), year: 28})", "0028-11-11"},
      {"date({date: date('1984-11-11'), quarter: 3})", "1984-08-11"},
      {"date({date: date('2020-02-29'), year: 2019})", "2019-02-28"},
      {"date({date: datetime('1984-11-11T12:00+01:00'), day: 28})", "1984-11-28"},
      {"date({year: -999999999})", "-999999999-01-01"},
      {"date({year: null})", "null"},
      {"date(null)", "null"},
  });
}

TEST_CASE("times and date-times from components", "[temporal]") {
  CheckTexts({
      {"localtime({hour: 12, minute: 31, second: 14, nanosecond: 789, millisecond: 123, "
       "microsecond: 456})",
       "12:31:14.123456789"},
      {"time({hour: 12, minute: 31, timezone: '+01:00'})", "12:31+01:00"},
      {"time({hour: 12})", "12:00Z"},
      {"time({time: localtime('12:00'), timezone: '+05:00'})", "12:00+05:00"},
      {"time({time: time('12:00+01:00'), timezone: '+05:00'})", "16:00+05:00"},
      {"localdatetime({year: 1984, week: 10, dayOfWeek: 3, hour: 12, minute: 31})",
       "1984-03-07T12:31"},
      {"datetime({year: 1984, timezone: 'Europe/Stockholm'})",
       "1984-01-01T00:00+01:00[Europe/Stockholm]"},
      {"datetime({date: localdatetime('1984-03-07T12:31'), hour: 10, day: 28})",
       "1984-03-28T10:00Z"},
      {"datetime({year: 1984, month: 10, day: 11, time: time('12:31:14+01:00'), second: 42, "
       "timezone: 'Pacific/Honolulu'})",
       "1984-10-11T01:31:42-10:00[Pacific/Honolulu]"},
      {"datetime({datetime: localdatetime('1984-03-07T12:31'), timezone: '+05:00'})",
       "1984-03-07T12:31+05:00"},
      {"datetime({epochSeconds: 416779, nanosecond: 999999999})", "1970-01-05T19:46:19.999999999Z"},
      {"datetime({epochMillis: -1})", "1969-12-31T23:59:59.999Z"},
      {"datetime.fromepoch(416779, 999999999)", "1970-01-05T19:46:19.999999999Z"},
      {"datetime.fromepochmillis(237821673987)", "1977-07-15T13:34:33.987Z"},
  });
}

TEST_CASE("contradicting and incomplete components are errors", "[temporal]") {
  CheckErrors({
      {"date({})", kArgument},
      {"time({})", kArgument},
      {"date({month: 2})", kArgument},
      {"date({year: 1984, day: 2})", kArgument},
      {"date({year: 1984, month: 2, week: 3})", kArgument},
      {"date({year: 1984, hour: 2})", kArgument},
      {"date({year: 1984, month: 2, day: 30})", kArgument},
      {"date({year: 1984, month: 13})", kArgument},
      {"date({year: 1984, ordinalDay: 367})", kArgument},
      {"date({year: 1817, week: 53})", kArgument},
      {"date({year: 1000000000})", kArgument},
      {"date({year: 1984.5})", kType},
      {"date({date: localtime('12:00')})", kType},
      {"localtime({hour: 24})", kArgument},
      {"localtime({hour: 12, second: 3})", kArgument},
      {"localtime({hour: 12, minute: 1, second: 3, millisecond: 5, microsecond: 1000})", kArgument},
      {"localdatetime({year: 1984, hour: 12})", kArgument},
      {"localdatetime({year: 1984, timezone: 'Z'})", kArgument},
      {"datetime({epochSeconds: 1, year: 1984})", kArgument},
      {"datetime({year: 1984, timezone: 'Europe/Atlantis'})", kArgument},
      {"datetime({year: 1984, timezone: '../../etc/passwd'})", kArgument},
      {"date(5)", kWrongCall},
      {"date(localtime('12:00'))", kArgument},
      {"datetime.fromepoch(9223372036854775807, 0)", kOverflow},
      {"datetime.fromepoch(-9223372036854775808, 1)", kOverflow},
      {"datetime.fromepoch(-9223372036854775808, -1)", kOverflow},
  });
}

TEST_CASE("instants from texts", "[temporal]") {
  CheckTexts({
      {"date('2015-07-21')", "2015-07-21"},
      {"date('20150721')", "2015-07-21"},
      {"date('2015-07')", "2015-07-01"},
      {"date('201507')", "2015-07-01"},
      {"date('2015-W30-2')", "2015-07-21"},
      {"date('2015W302')", "2015-07-21"},
      {"date('2015-W30')", "2015-07-20"},
      {"date('2015W30')", "2015-07-20"},
      {"date('2015-Q2-60')", "2015-05-30"},
      {"date('2015Q260')", "2015-05-30"},
      {"date('2015-Q2')", "2015-04-01"},
      {"date('2015-202')", "2015-07-21"},
      {"date('2015202')", "2015-07-21"},
      {"date('2015')", "2015-01-01"},
      {"date('-0044-03-15')", "-0044-03-15"},
      {"date('+999999999-12-31')", "+999999999-12-31"},
      {"localtime('21:40:32.142')", "21:40:32.142"},
      {"localtime('214032.142')", "21:40:32.142"},
      {"localtime('21')", "21:00"},
      {"time('21:40:32.142+0100')", "21:40:32.142+01:00"},
      {"time('2140-00:00')", "21:40Z"},
      {"time('2140-02')", "21:40-02:00"},
      {"time('22+18:00')", "22:00+18:00"},
      {"localdatetime('2015-W30T2140')", "2015-07-20T21:40"},
      {"localdatetime('-999999999-01-01')", "-999999999-01-01T00:00"},
      {"datetime('2015202T21+18:00')", "2015-07-21T21:00+18:00"},
      {"datetime('2015-07-21T21:40:32.142[Europe/London]')",
       "2015-07-21T21:40:32.142+01:00[Europe/London]"},
      {"datetime('2015-07-21T21:40:32.142+0845[Australia/Eucla]')",
       "2015-07-21T21:40:32.142+08:45[Australia/Eucla]"},
      {"datetime('1818-07-21T21:40:32.142[Europe/Stockholm]')",
       "1818-07-21T21:40:32.142+00:53:28[Europe/Stockholm]"},
      {"datetime('2017-10-29T02:30+01:00[Europe/Stockholm]')",
       "2017-10-29T02:30+01:00[Europe/Stockholm]"},
      {"datetime('2017-03-26T02:30[Europe/Stockholm]')",
       "2017-03-26T03:30+02:00[Europe/Stockholm]"},
      {"datetime('+999999999-07-01T12:00[America/New_York]')",
       "+999999999-07-01T12:00-04:00[America/New_York]"},
  });
  CheckErrors({
      {"date('')", kArgument},
      {"date('201')", kArgument},
      {"date('2015-02-29')", kArgument},
      {"date('2015-W54')", kArgument},
      {"date('20150')", kArgument},
      {"date('2015-07-21T10:00')", kArgument},
      {"localtime('24:00')", kArgument},
      {"localtime('12:00Z')", kArgument},
      {"localtime('12:00:00.')", kArgument},
      {"localtime('12:00:00.1234567890')", kArgument},
      {"time('12:00+19:00')", kArgument},
      {"datetime('2015-07-21T21:40+05:00[Europe/Stockholm]')", kArgument},
      {"datetime('2015-07-21T21:40[Europe/Stockholm')", kArgument},
  });
}

TEST_CASE("conversions between instants", "[temporal]") {
  CheckTexts({
      {"date(datetime('1984-10-11T12:00+01:00'))", "1984-10-11"},
      {"localtime(time('12:31:14+01:00'))", "12:31:14"},
      {"time(localdatetime('1984-10-11T12:31'))", "12:31Z"},
      {"time(datetime('1984-10-11T12:31[Europe/Stockholm]'))", "12:31+01:00"},
      {"localdatetime(datetime('1984-10-11T12:00+01:00'))", "1984-10-11T12:00"},
      {"datetime(localdatetime('1984-03-07T12:31'))", "1984-03-07T12:31Z"},
  });
}

TEST_CASE("the clock is the statement's, in UTC or the zone that is asked for", "[temporal]") {
  CheckTexts({
      {"datetime()", "2017-07-14T02:40:00.123456789Z"},
      {"date()", "2017-07-14"},
      {"localtime.statement()", "02:40:00.123456789"},
      {"date.transaction('America/Los Angeles')", "2017-07-13"},
      {"time({timezone: 'Asia/Tokyo'})", "11:40:00.123456789+09:00"},
      {"duration.inSeconds(datetime(), datetime())", "PT0S"},
  });
  CHECK(Eval("date.realtime()") >= "2024");
}

TEST_CASE("truncation", "[temporal]") {
  CheckTexts({
      {"date.truncate('millennium', date('2017-10-11'), {day: 2})", "2000-01-02"},
      {"date.truncate('century', date('1984-10-11'))", "1900-01-01"},
      {"date.truncate('decade', date('1984-10-11'))", "1980-01-01"},
      {"date.truncate('decade', date('-0005-03-01'))", "-0010-01-01"},
      {"date.truncate('weekYear', date('1984-02-01'), {day: 5})", "1984-01-05"},
      {"date.truncate('weekYear', datetime('1984-01-01T12:31+01:00'))", "1983-01-03"},
      {"date.truncate('quarter', date('1984-11-11'))", "1984-10-01"},
      {"date.truncate('week', date('1984-10-11'), {dayOfWeek: 2})", "1984-10-09"},
      {"localdatetime.truncate('day', date('1984-10-11'), {nanosecond: 2})",
       "1984-10-11T00:00:00.000000002"},
      {"localdatetime.truncate('millisecond', localdatetime('1984-10-11T12:31:14.645876123'), "
       "{nanosecond: 2})",
       "1984-10-11T12:31:14.645000002"},
      {"time.truncate('hour', datetime('1984-10-11T12:31-01:00'), {timezone: '+01:00'})",
       "12:00+01:00"},
      {"time.truncate('day', localdatetime('1984-10-11T12:31'))", "00:00Z"},
      {"datetime.truncate('month', datetime('1984-10-11T12:31[Europe/Stockholm]'))",
       "1984-10-01T00:00+01:00[Europe/Stockholm]"},
      {"datetime.truncate('day', date('1984-10-11'), {timezone: 'Europe/Stockholm'})",
       "1984-10-11T00:00+01:00[Europe/Stockholm]"},
      {"date.truncate('day', null)", "null"},
  });
  CheckErrors({
      {"date.truncate('hour', date('1984-10-11'))", kArgument},
      {"date.truncate('fortnight', date('1984-10-11'))", kArgument},
      {"time.truncate('month', time('12:00'))", kArgument},
      {"time.truncate('hour', date('1984-10-11'))", kArgument},
      {"datetime.truncate('day', localtime('12:00'))", kArgument},
      {"date.truncate('day', date('1984-10-11'), {date: date('1984-10-11')})", kArgument},
      {"date.truncate('day', duration('P1D'))", kWrongCall},
  });
}

TEST_CASE("components of instants", "[temporal]") {
  CheckTexts({
      {"date('1984-10-11').quarter", "4"},
      {"date('1984-10-11').week", "41"},
      {"date('1984-10-11').ordinalDay", "285"},
      {"date('1984-10-11').weekDay", "4"},
      {"date('1984-10-11').dayOfQuarter", "11"},
      {"date('1984-01-01').weekYear", "1983"},
      {"localtime('12:31:14.645876123').millisecond", "645"},
      {"localtime('12:31:14.645876123').nanosecond", "645876123"},
      {"time('12:31:14+01:00').timezone", "+01:00"},
      {"time('12:31:14-01:30').offsetMinutes", "-90"},
      {"time('12:31:14Z').offset", "Z"},
      {"datetime('1984-11-11T12:31:14.645876123[Europe/Stockholm]').timezone", "Europe/Stockholm"},
      {"datetime('1984-11-11T12:31:14.645876123[Europe/Stockholm]').offset", "+01:00"},
      {"datetime('1984-11-11T12:31:14.645876123[Europe/Stockholm]').epochSeconds", "469020674"},
      {"datetime('1984-11-11T12:31:14.645876123[Europe/Stockholm]').epochMillis", "469020674645"},
  });
  CheckErrors({
      {"date('1984-10-11').hour", kArgument},
      {"localdatetime('1984-10-11').offset", kArgument},
      {"duration('P1D').year", kArgument},
  });
}

}  // namespace
}  // namespace gesta::test
