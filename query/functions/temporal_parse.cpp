#include "functions/temporal_parse.h"

#include <string>

#include "functions/temporal_calendar.h"
#include "functions/temporal_cursor.h"
#include "functions/temporal_errors.h"

namespace gesta::temporal {
namespace {

constexpr int32_t kMaxOffset = 18 * 3600;

// The caller puts the text in front.
Status Malformed(std::string_view what) {
  return InvalidArgument("it has none of the ISO 8601 forms of " + std::string(what));
}

Status OutOfRange(std::string_view part, int64_t value, int64_t low, int64_t high) {
  return InvalidArgument("the " + std::string(part) + " " + std::to_string(value) +
                         " is not in the range " + std::to_string(low) + " to " +
                         std::to_string(high));
}

Status CheckRange(std::string_view part, int64_t value, int64_t low, int64_t high) {
  return value < low || value > high ? OutOfRange(part, value, low, high) : Status::Ok();
}

// -- dates --

Result<int64_t> CalendarDay(int64_t year, int month, int day) {
  GESTA_RETURN_IF_ERROR(CheckRange("month", month, 1, 12));
  GESTA_RETURN_IF_ERROR(CheckRange("day", day, 1, DaysInMonth(year, month)));
  return DaysFromCivil(year, month, day);
}

Result<int64_t> OrdinalDay(int64_t year, int day) {
  GESTA_RETURN_IF_ERROR(CheckRange("day of the year", day, 1, DaysInYear(year)));
  return DaysFromCivil(year, 1, 1) + day - 1;
}

Result<int64_t> WeekDay(int64_t year, int week, int day) {
  GESTA_RETURN_IF_ERROR(CheckRange("week", week, 1, WeeksInYear(year)));
  GESTA_RETURN_IF_ERROR(CheckRange("day of the week", day, 1, 7));
  return DaysFromWeekDate({year, week, day});
}

Result<int64_t> QuarterDay(int64_t year, int quarter, int day) {
  GESTA_RETURN_IF_ERROR(CheckRange("quarter", quarter, 1, 4));
  GESTA_RETURN_IF_ERROR(CheckRange("day of the quarter", day, 1, DaysInQuarter(year, quarter)));
  return DaysFromCivil(year, quarter * 3 - 2, 1) + day - 1;
}

// What follows the year. `extended`: a hyphen stood after the year, so parts are separated by them.
Result<int64_t> ParseAfterYear(int64_t year, bool extended, Cursor* cursor) {
  auto malformed = [&] { return Malformed("a date"); };
  int first = 0, second = 1;
  if (cursor->Skip('W')) {
    if (!cursor->ReadDigits(2, &first)) return malformed();
    if (!cursor->AtEnd() && extended && !cursor->Skip('-')) return malformed();
    if (!cursor->AtEnd() && !cursor->ReadDigits(1, &second)) return malformed();
    if (!cursor->AtEnd()) return malformed();
    return WeekDay(year, first, second);
  }
  if (cursor->Skip('Q')) {
    if (!cursor->ReadDigits(1, &first)) return malformed();
    if (!cursor->AtEnd() && extended && !cursor->Skip('-')) return malformed();
    if (!cursor->AtEnd() && !cursor->ReadDigits(2, &second)) return malformed();
    if (!cursor->AtEnd()) return malformed();
    return QuarterDay(year, first, second);
  }
  const size_t digits = cursor->DigitsAhead();
  if (digits == 3) {
    if (!cursor->ReadDigits(3, &first) || !cursor->AtEnd()) return malformed();
    return OrdinalDay(year, first);
  }
  if (extended) {
    if (digits > 2 || !cursor->ReadDigits(digits, &first)) return malformed();
    if (cursor->Skip('-')) {
      const size_t day_digits = cursor->DigitsAhead();
      if (day_digits > 2 || !cursor->ReadDigits(day_digits, &second)) return malformed();
    }
  } else {
    if (!cursor->ReadDigits(2, &first)) return malformed();
    if (!cursor->AtEnd() && !cursor->ReadDigits(2, &second)) return malformed();
  }
  if (!cursor->AtEnd()) return malformed();
  return CalendarDay(year, first, second);
}

Result<int64_t> ParseDate(std::string_view text) {
  Cursor cursor(text);
  const bool negative = cursor.Peek() == '-';
  const bool has_sign = cursor.Skip('-') || cursor.Skip('+');
  const size_t digits = has_sign ? cursor.DigitsAhead() : 4;
  int64_t year = 0;
  if (digits > 9 || !cursor.ReadDigits(digits, &year)) {
    return Malformed("a date").WithHint(
        "a date begins with a year of four digits, or a sign and up to nine digits");
  }
  if (negative) year = -year;
  if (cursor.AtEnd()) return DaysFromCivil(year, 1, 1);
  const bool extended = cursor.Skip('-');
  if (has_sign && !extended) return Malformed("a date");
  return ParseAfterYear(year, extended, &cursor);
}

// -- times --

Result<int64_t> ParseTimeOfDay(std::string_view text) {
  auto malformed = [&] { return Malformed("a time of the day"); };
  Cursor cursor(text);
  int hour = 0, minute = 0, second = 0;
  int64_t nanos = 0;
  const size_t first_digits = cursor.DigitsAhead();
  const bool extended = text.find(':') != std::string_view::npos;
  bool has_second = false;
  if (extended) {
    if (first_digits > 2 || !cursor.ReadDigits(first_digits, &hour) || !cursor.Skip(':') ||
        !cursor.ReadDigits(2, &minute)) {
      return malformed();
    }
    has_second = cursor.Skip(':');
  } else {
    if (!cursor.ReadDigits(2, &hour)) return malformed();
    if (!cursor.AtEnd() && !cursor.ReadDigits(2, &minute)) return malformed();
    has_second = cursor.PeekDigit();
  }
  if (has_second) {
    if (!cursor.ReadDigits(2, &second)) return malformed();
    if (cursor.Skip('.') || cursor.Skip(',')) {
      const size_t digits = cursor.DigitsAhead();
      if (digits > 9) {
        return malformed().WithHint("a fraction of a second has at most nine digits");
      }
      if (!cursor.ReadDigits(digits, &nanos)) return malformed();
      for (size_t i = digits; i < 9; ++i) nanos *= 10;
    }
  }
  if (!cursor.AtEnd()) return malformed();
  GESTA_RETURN_IF_ERROR(CheckRange("hour", hour, 0, 23));
  GESTA_RETURN_IF_ERROR(CheckRange("minute", minute, 0, 59));
  GESTA_RETURN_IF_ERROR(CheckRange("second", second, 0, 59));
  return (hour * 3600 + minute * 60 + second) * kNanosPerSecond + nanos;
}

// -- zones --

Result<int32_t> ParseOffset(std::string_view text) {
  auto malformed = [&] {
    return InvalidArgument("'" + std::string(text) + "' is not an offset from UTC",
                           "write an offset like 'Z', '+02:00' or '-0530'");
  };
  if (text == "Z" || text == "z") return 0;
  Cursor cursor(text);
  const bool negative = cursor.Peek() == '-';
  if (!cursor.Skip('-') && !cursor.Skip('+')) return malformed();
  int hours = 0, minutes = 0, seconds = 0;
  if (!cursor.ReadDigits(cursor.DigitsAhead() == 1 ? 1 : 2, &hours)) return malformed();
  if (!cursor.AtEnd()) {
    const bool extended = cursor.Skip(':');
    if (!cursor.ReadDigits(2, &minutes)) return malformed();
    if (!cursor.AtEnd()) {
      if (extended && !cursor.Skip(':')) return malformed();
      if (!cursor.ReadDigits(2, &seconds) || !cursor.AtEnd()) return malformed();
    }
  }
  GESTA_RETURN_IF_ERROR(CheckRange("minute of the offset", minutes, 0, 59));
  GESTA_RETURN_IF_ERROR(CheckRange("second of the offset", seconds, 0, 59));
  const int32_t offset = hours * 3600 + minutes * 60 + seconds;
  if (offset > kMaxOffset) {
    return InvalidArgument("the offset '" + std::string(text) + "' is beyond 18 hours");
  }
  return negative ? -offset : offset;
}

struct ZoneTexts {
  std::string_view offset;  // empty: none
  std::string_view name;    // empty: none
};

// Takes "+02:00", "[Europe/Stockholm]" or both off the end of `*text`. `time`: where in the text
// the time begins, so that hyphens of the date are left alone.
Result<ZoneTexts> SplitZone(std::string_view* text, size_t time) {
  ZoneTexts zone;
  const size_t bracket = text->find('[');
  if (bracket != std::string_view::npos) {
    zone.name = text->substr(bracket + 1);
    if (zone.name.size() < 2 || zone.name.back() != ']') {
      return Malformed("a time with a zone")
          .WithHint("a zone by name stands in brackets at the end: '…[Europe/Stockholm]'");
    }
    zone.name.remove_suffix(1);
    *text = text->substr(0, bracket);
  }
  const size_t offset = text->find_first_of("Zz+-", time);
  if (offset != std::string_view::npos) {
    zone.offset = text->substr(offset);
    *text = text->substr(0, offset);
  }
  return zone;
}

// With both, the name decides and the offset tells apart the two hours when clocks are put back.
Status ApplyZone(const ZoneTexts& texts, Parts* parts) {
  if (!texts.offset.empty()) {
    GESTA_ASSIGN_OR_RETURN(parts->offset, ParseOffset(texts.offset));
    parts->zone = Zone::Fixed(*parts->offset);
  }
  if (!texts.name.empty()) {
    GESTA_ASSIGN_OR_RETURN(parts->zone, ParseZone(texts.name));
    if (parts->days && parts->offset && InstantOf(*parts).offset != *parts->offset) {
      return InvalidArgument("the zone " + std::string(texts.name) + " does not have the offset " +
                                 std::string(texts.offset) + " at that time",
                             "leave out the offset or the name");
    }
  }
  return Status::Ok();
}

Result<Value> ParseDateTimeText(ValueType type, std::string_view text, const Clock& clock) {
  Parts parts;
  std::string_view rest = text;
  const size_t separator = text.find('T');
  ZoneTexts zone;
  if (type == ValueType::kDateTime) {
    // Without a time the only zone that can be told from a date is one in brackets, or Z.
    const size_t bracket = text.find('[');
    const bool has_time = separator < bracket && separator != std::string_view::npos;
    const size_t zone_from = has_time ? separator
                             : text.find_first_of("Zz[") == std::string_view::npos
                                 ? text.size()
                                 : text.find_first_of("Zz[");
    GESTA_ASSIGN_OR_RETURN(zone, SplitZone(&rest, zone_from));
  }
  const size_t time = rest.find('T');
  GESTA_ASSIGN_OR_RETURN(parts.days, ParseDate(rest.substr(0, time)));
  parts.nanos = 0;
  if (time != std::string_view::npos) {
    GESTA_ASSIGN_OR_RETURN(parts.nanos, ParseTimeOfDay(rest.substr(time + 1)));
  }
  if (type == ValueType::kDateTime) GESTA_RETURN_IF_ERROR(ApplyZone(zone, &parts));
  return PutTogether(type, parts, clock);
}

Result<Value> ParseTimeText(ValueType type, std::string_view text, const Clock& clock) {
  Parts parts;
  std::string_view rest = text;
  if (!rest.empty() && rest.front() == 'T') rest.remove_prefix(1);
  ZoneTexts zone;
  if (type == ValueType::kTime) {
    GESTA_ASSIGN_OR_RETURN(zone, SplitZone(&rest, 0));
  }
  GESTA_ASSIGN_OR_RETURN(parts.nanos, ParseTimeOfDay(rest));
  GESTA_RETURN_IF_ERROR(ApplyZone(zone, &parts));
  return PutTogether(type, parts, clock);
}

}  // namespace

Result<Zone> ParseZone(std::string_view text) {
  if (!text.empty() && (text == "Z" || text == "z" || text[0] == '+' || text[0] == '-')) {
    GESTA_ASSIGN_OR_RETURN(const int32_t offset, ParseOffset(text));
    return Zone::Fixed(offset);
  }
  // 'America/Los Angeles' is how people write it.
  std::string name(text);
  for (char& c : name) c = c == ' ' ? '_' : c;
  return NamedZone(name);
}

Result<Value> ParseInstant(ValueType type, std::string_view text, const Clock& clock) {
  auto parsed = [&]() -> Result<Value> {
    switch (type) {
      case ValueType::kDate: {
        GESTA_ASSIGN_OR_RETURN(const int64_t days, ParseDate(text));
        return Value::Date(days);
      }
      case ValueType::kLocalTime:
      case ValueType::kTime:
        return ParseTimeText(type, text, clock);
      default:
        return ParseDateTimeText(type, text, clock);
    }
  }();
  if (parsed.ok()) return parsed;
  return parsed.status().WithContext("'" + std::string(text) + "' cannot be read as " +
                                     std::string(KindInWords(type)));
}

}  // namespace gesta::temporal
