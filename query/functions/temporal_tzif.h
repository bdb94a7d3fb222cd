// One time zone: its offsets from UTC in the past and the rule for the future, as a TZif file (RFC
// 8536, versions 1 to 4) gives them. Immutable after it was read.
#ifndef GESTA_QUERY_FUNCTIONS_TEMPORAL_TZIF_H_
#define GESTA_QUERY_FUNCTIONS_TEMPORAL_TZIF_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "gesta/status.h"

namespace gesta::temporal {

// "CET-1CEST,M3.5.0,M10.5.0/3": the footer of a TZif file, which holds after its last transition.
class PosixZoneRule {
 public:
  // Fails with kBadData. A rule with daylight saving time must say when it begins and ends.
  static Result<PosixZoneRule> Parse(std::string_view text);

  int32_t OffsetAt(int64_t epoch_seconds) const;

  struct ChangeDay {
    enum class Kind { kMonthWeekDay, kJulianWithoutLeapDay, kDayOfYear };
    Kind kind = Kind::kMonthWeekDay;
    int month = 1;
    int week = 1;      // 5: the last one
    int day = 0;       // weekday from Sunday = 0, or the day number
    int32_t time = 0;  // seconds from local midnight, may be negative or beyond a day
  };

 private:
  int32_t standard_offset_ = 0;  // seconds east of UTC
  int32_t daylight_offset_ = 0;
  bool has_daylight_ = false;
  ChangeDay start_, end_;
};

class TimeZone {
 public:
  // `bytes`: a whole TZif file. Fails with kBadData, and for files that count leap seconds.
  static Result<TimeZone> FromTzif(std::string_view bytes);

  // Seconds east of UTC at an instant.
  int32_t OffsetAt(int64_t epoch_seconds) const;

  struct Instant {
    int64_t epoch_seconds;
    int32_t offset;
  };
  // The instant at which the zone's clocks show `local_seconds` (counted as if they were UTC).
  // Where they show it twice: with the preferred offset if that is one of the two, else the first
  // time. Where they skip it: as much later as they were put forward.
  Instant ResolveLocal(int64_t local_seconds, std::optional<int32_t> preferred_offset) const;

 private:
  int32_t first_offset_ = 0;          // before the first transition
  std::vector<int64_t> transitions_;  // ascending, UTC
  std::vector<int32_t> offsets_;      // offsets_[i] holds from transitions_[i]
  std::optional<PosixZoneRule> rule_;
};

}  // namespace gesta::temporal

#endif  // GESTA_QUERY_FUNCTIONS_TEMPORAL_TZIF_H_
