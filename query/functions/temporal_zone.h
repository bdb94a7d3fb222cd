// Time zones by name, and the zone of a value.
#ifndef GESTA_QUERY_FUNCTIONS_TEMPORAL_ZONE_H_
#define GESTA_QUERY_FUNCTIONS_TEMPORAL_ZONE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "functions/temporal_tzif.h"
#include "gesta/status.h"

namespace gesta::temporal {

// The zones below one folder of TZif files. Thread-safe; each file is read once.
//
// Distributions differ in what they ship for times before 1970: the IANA database by default merges
// zones that agree since then (Europe/Stockholm into Europe/Berlin), some packages keep them apart.
// So that a statement means the same on every machine, the default is followed everywhere: a zone
// that zone.tab lists and zone1970.tab does not is read from the one zone1970.tab has for its
// country. Names without such a counterpart are read from their own file.
class ZoneDatabase {
 public:
  explicit ZoneDatabase(std::string folder);

  // The machine's database: the folder in the environment variable TZDIR, else
  // /usr/share/zoneinfo.
  static const ZoneDatabase& System();

  // The zone is owned by the database. An unknown or malformed name (anything but letters, digits
  // and "_+-/", or a path that leaves the folder) is an ArgumentError.
  Result<const TimeZone*> Find(std::string_view name) const;

 private:
  void LoadAliases() const;

  const std::string folder_;
  mutable std::shared_mutex mutex_;
  mutable std::map<std::string, std::unique_ptr<TimeZone>, std::less<>> zones_;
  mutable std::map<std::string, std::string, std::less<>> aliases_;
  mutable bool aliases_loaded_ = false;
};

// An offset, or a named zone of the database.
struct Zone {
  const TimeZone* rules = nullptr;  // null: the offset alone
  std::string name;                 // empty: the offset alone
  int32_t offset = 0;               // seconds east of UTC; of no meaning with rules

  static Zone Utc() { return {}; }
  static Zone Fixed(int32_t offset_seconds) { return {nullptr, {}, offset_seconds}; }

  int32_t OffsetAt(int64_t epoch_seconds) const {
    return rules != nullptr ? rules->OffsetAt(epoch_seconds) : offset;
  }
  TimeZone::Instant ResolveLocal(int64_t local_seconds,
                                 std::optional<int32_t> preferred_offset = std::nullopt) const {
    if (rules != nullptr) return rules->ResolveLocal(local_seconds, preferred_offset);
    return {local_seconds - offset, offset};
  }
};

// A zone from the system's database.
Result<Zone> NamedZone(std::string_view name);

}  // namespace gesta::temporal

#endif  // GESTA_QUERY_FUNCTIONS_TEMPORAL_ZONE_H_
