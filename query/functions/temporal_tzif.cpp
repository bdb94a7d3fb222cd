// TZif layout: a 44-byte header ("TZif", version, six big-endian counts) and a data block with
// 32-bit times; from version 2 on a second header and block with 64-bit times follow, then a footer
// line with a POSIX rule. Only the second pair is read where it exists.
#include "functions/temporal_tzif.h"

#include <algorithm>

#include "functions/temporal_calendar.h"

namespace gesta::temporal {
namespace {

Status BadZoneData(const char* what) {
  return Status(StatusCode::kBadData, std::string("the time zone file is malformed: ") + what);
}

// -- POSIX rules --

class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : text_(text) {}

  bool AtEnd() const { return position_ == text_.size(); }
  char Peek() const { return AtEnd() ? '\0' : text_[position_]; }
  bool Skip(char c) {
    if (Peek() != c || AtEnd()) return false;
    ++position_;
    return true;
  }

  // "CET" or "<+0330>".
  bool SkipName() {
    const size_t start = position_;
    if (Skip('<')) {
      while (!AtEnd() && Peek() != '>') ++position_;
      return Skip('>');
    }
    while ((Peek() >= 'A' && Peek() <= 'Z') || (Peek() >= 'a' && Peek() <= 'z')) ++position_;
    return position_ - start >= 3;
  }

  bool ReadNumber(int max, int* out) {
    int value = 0;
    const size_t start = position_;
    while (Peek() >= '0' && Peek() <= '9') {
      value = value * 10 + (Peek() - '0');
      if (value > max) return false;
      ++position_;
    }
    *out = value;
    return position_ > start;
  }

  // [+-]h[:mm[:ss]], up to 167 hours.
  bool ReadTime(int32_t* out) {
    int sign = 1;
    if (Skip('-')) {
      sign = -1;
    } else {
      Skip('+');
    }
    int hours = 0, minutes = 0, seconds = 0;
    if (!ReadNumber(167, &hours)) return false;
    if (Skip(':')) {
      if (!ReadNumber(59, &minutes)) return false;
      if (Skip(':') && !ReadNumber(59, &seconds)) return false;
    }
    *out = sign * (hours * 3600 + minutes * 60 + seconds);
    return true;
  }

  bool ReadChange(PosixZoneRule::ChangeDay* out) {
    using Kind = PosixZoneRule::ChangeDay::Kind;
    out->time = 2 * 3600;
    if (Skip('M')) {
      out->kind = Kind::kMonthWeekDay;
      if (!ReadNumber(12, &out->month) || out->month == 0 || !Skip('.')) return false;
      if (!ReadNumber(5, &out->week) || out->week == 0 || !Skip('.')) return false;
      if (!ReadNumber(6, &out->day)) return false;
    } else if (Skip('J')) {
      out->kind = Kind::kJulianWithoutLeapDay;
      if (!ReadNumber(365, &out->day) || out->day == 0) return false;
    } else {
      out->kind = Kind::kDayOfYear;
      if (!ReadNumber(365, &out->day)) return false;
    }
    return !Skip('/') || ReadTime(&out->time);
  }

 private:
  std::string_view text_;
  size_t position_ = 0;
};

// Seconds from the epoch at which a change happens in `year`, as local clocks count.
int64_t LocalChangeTime(const PosixZoneRule::ChangeDay& change, int64_t year) {
  using Kind = PosixZoneRule::ChangeDay::Kind;
  int64_t day = 0;
  switch (change.kind) {
    case Kind::kMonthWeekDay: {
      const int64_t first = DaysFromCivil(year, change.month, 1);
      const int64_t first_weekday = DayOfWeek(first) % 7;  // Sunday: 0
      int64_t day_of_month =
          FloorMod(change.day - first_weekday, 7) + static_cast<int64_t>(change.week - 1) * 7;
      if (day_of_month >= DaysInMonth(year, change.month)) day_of_month -= 7;
      day = first + day_of_month;
      break;
    }
    case Kind::kJulianWithoutLeapDay:
      day = DaysFromCivil(year, 1, 1) + change.day - 1 +
            (IsLeapYear(year) && change.day >= 60 ? 1 : 0);
      break;
    case Kind::kDayOfYear:
      day = DaysFromCivil(year, 1, 1) + change.day;
      break;
  }
  return day * kSecondsPerDay + change.time;
}

// -- TZif --

constexpr size_t kHeaderSize = 44;

uint64_t ReadBigEndian(std::string_view bytes, size_t at, size_t width) {
  uint64_t value = 0;
  for (size_t i = 0; i < width; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

struct TzifHeader {
  char version = 0;
  uint64_t ut_count = 0, standard_count = 0, leap_count = 0;
  uint64_t time_count = 0, type_count = 0, char_count = 0;

  uint64_t BlockSize(size_t time_width) const {
    return time_count * time_width + time_count + type_count * 6 + char_count +
           leap_count * (time_width + 4) + standard_count + ut_count;
  }
};

bool ReadHeader(std::string_view bytes, size_t at, TzifHeader* out) {
  if (bytes.size() < at + kHeaderSize || bytes.substr(at, 4) != "TZif") return false;
  out->version = bytes[at + 4];
  out->ut_count = ReadBigEndian(bytes, at + 20, 4);
  out->standard_count = ReadBigEndian(bytes, at + 24, 4);
  out->leap_count = ReadBigEndian(bytes, at + 28, 4);
  out->time_count = ReadBigEndian(bytes, at + 32, 4);
  out->type_count = ReadBigEndian(bytes, at + 36, 4);
  out->char_count = ReadBigEndian(bytes, at + 40, 4);
  return true;
}

}  // namespace

Result<PosixZoneRule> PosixZoneRule::Parse(std::string_view text) {
  RuleReader reader(text);
  PosixZoneRule rule;
  int32_t west = 0;  // POSIX counts west of Greenwich as positive
  if (!reader.SkipName() || !reader.ReadTime(&west)) return BadZoneData("its rule has no offset");
  rule.standard_offset_ = -west;
  if (reader.AtEnd()) return rule;
  rule.has_daylight_ = true;
  rule.daylight_offset_ = rule.standard_offset_ + 3600;
  if (!reader.SkipName()) return BadZoneData("its rule has a bad zone abbreviation");
  if (reader.Peek() != ',') {
    if (!reader.ReadTime(&west)) return BadZoneData("its rule has a bad daylight saving offset");
    rule.daylight_offset_ = -west;
  }
  if (!reader.Skip(',') || !reader.ReadChange(&rule.start_) || !reader.Skip(',') ||
      !reader.ReadChange(&rule.end_) || !reader.AtEnd()) {
    return BadZoneData("its rule does not say when daylight saving time begins and ends");
  }
  return rule;
}

int32_t PosixZoneRule::OffsetAt(int64_t epoch_seconds) const {
  if (!has_daylight_) return standard_offset_;
  const int64_t local_day = FloorDiv(epoch_seconds + standard_offset_, kSecondsPerDay);
  const int64_t year = CivilFromDays(local_day).year;
  const int64_t start = LocalChangeTime(start_, year) - standard_offset_;
  const int64_t end = LocalChangeTime(end_, year) - daylight_offset_;
  // South of the equator the year begins in daylight saving time.
  const bool daylight = start < end ? epoch_seconds >= start && epoch_seconds < end
                                    : epoch_seconds >= start || epoch_seconds < end;
  return daylight ? daylight_offset_ : standard_offset_;
}

Result<TimeZone> TimeZone::FromTzif(std::string_view bytes) {
  TzifHeader header;
  if (!ReadHeader(bytes, 0, &header)) return BadZoneData("it does not begin with a TZif header");
  size_t at = kHeaderSize;
  size_t time_width = 4;
  if (header.version >= '2') {
    at += header.BlockSize(4);
    if (!ReadHeader(bytes, at, &header)) return BadZoneData("its second header is missing");
    at += kHeaderSize;
    time_width = 8;
  }
  if (header.leap_count > 0) return BadZoneData("it counts leap seconds; UTC time does not");
  if (header.type_count == 0) return BadZoneData("it has no local time types");
  if (bytes.size() < at + header.BlockSize(time_width)) return BadZoneData("it is cut off");

  const size_t indexes = at + header.time_count * time_width;
  const size_t types = indexes + header.time_count;
  auto offset_of_type = [&](uint64_t type) {
    return static_cast<int32_t>(static_cast<uint32_t>(ReadBigEndian(bytes, types + type * 6, 4)));
  };
  TimeZone zone;
  zone.first_offset_ = offset_of_type(0);
  zone.transitions_.reserve(header.time_count);
  zone.offsets_.reserve(header.time_count);
  for (uint64_t i = 0; i < header.time_count; ++i) {
    const uint64_t raw = ReadBigEndian(bytes, at + i * time_width, time_width);
    const int64_t time = time_width == 8 ? static_cast<int64_t>(raw)
                                         : static_cast<int32_t>(static_cast<uint32_t>(raw));
    const uint64_t type = ReadBigEndian(bytes, indexes + i, 1);
    if (type >= header.type_count) return BadZoneData("a transition has an unknown type");
    const int32_t offset = offset_of_type(type);
    if (offset <= -kSecondsPerDay || offset >= kSecondsPerDay) {
      return BadZoneData("an offset is longer than a day");
    }
    if (i > 0 && time <= zone.transitions_.back()) {
      return BadZoneData("its transitions are not in order");
    }
    zone.transitions_.push_back(time);
    zone.offsets_.push_back(offset);
  }
  if (time_width == 8) {
    std::string_view footer = bytes.substr(at + header.BlockSize(8));
    if (footer.size() < 2 || footer.front() != '\n') return BadZoneData("its footer is missing");
    footer.remove_prefix(1);
    const size_t end = footer.find('\n');
    if (end == std::string_view::npos) return BadZoneData("its footer is cut off");
    footer = footer.substr(0, end);
    if (!footer.empty()) {
      GESTA_ASSIGN_OR_RETURN(zone.rule_, PosixZoneRule::Parse(footer));
    }
  }
  return zone;
}

int32_t TimeZone::OffsetAt(int64_t epoch_seconds) const {
  const auto next = std::upper_bound(transitions_.begin(), transitions_.end(), epoch_seconds);
  if (next == transitions_.end() && rule_) return rule_->OffsetAt(epoch_seconds);
  if (next == transitions_.begin()) return first_offset_;
  return offsets_[static_cast<size_t>(next - transitions_.begin()) - 1];
}

TimeZone::Instant TimeZone::ResolveLocal(int64_t local_seconds,
                                         std::optional<int32_t> preferred_offset) const {
  auto shows = [&](int32_t offset) { return OffsetAt(local_seconds - offset) == offset; };
  if (preferred_offset && shows(*preferred_offset)) {
    return {local_seconds - *preferred_offset, *preferred_offset};
  }
  // No zone changed its offset twice within two days, so a day earlier and a day later give the
  // offsets on both sides of whatever change is near.
  const int32_t before = OffsetAt(local_seconds - kSecondsPerDay);
  const int32_t after = OffsetAt(local_seconds + kSecondsPerDay);
  if (shows(before)) return {local_seconds - before, before};
  if (shows(after)) return {local_seconds - after, after};
  const int64_t skipped = local_seconds - before;
  return {skipped, OffsetAt(skipped)};
}

}  // namespace gesta::temporal
