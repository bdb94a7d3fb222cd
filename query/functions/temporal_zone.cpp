#include "functions/temporal_zone.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <vector>

#include "functions/temporal_errors.h"

namespace gesta::temporal {
namespace {

constexpr size_t kMaxNameLength = 100;
constexpr std::uintmax_t kMaxFileSize = 1 << 20;

bool IsZoneName(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameLength) return false;
  char previous = '/';
  for (char c : name) {
    const bool letter_or_digit =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter_or_digit && c != '_' && c != '+' && c != '-' && c != '/') return false;
    if (c == '/' && previous == '/') return false;
    previous = c;
  }
  return previous != '/';
}

std::optional<std::string> ReadWholeFile(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error) || error) return std::nullopt;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error || size > kMaxFileSize) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return std::move(bytes).str();
}

struct ZoneTableRow {
  std::string countries;  // codes, separated by commas
  std::string zone;
};

// zone.tab and zone1970.tab: countries, coordinates, name, comment, separated by tabs.
std::vector<ZoneTableRow> ReadZoneTable(const std::string& path) {
  std::vector<ZoneTableRow> rows;
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream fields(line);
    ZoneTableRow row;
    std::string coordinates;
    if (std::getline(fields, row.countries, '\t') && std::getline(fields, coordinates, '\t') &&
        std::getline(fields, row.zone, '\t')) {
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

}  // namespace

ZoneDatabase::ZoneDatabase(std::string folder) : folder_(std::move(folder)) {}

const ZoneDatabase& ZoneDatabase::System() {
  // One cache a process: the operators on values have no context that could carry it.
  static const ZoneDatabase database([] {
    const char* folder = std::getenv("TZDIR");
    return std::string(folder != nullptr && *folder != '\0' ? folder : "/usr/share/zoneinfo");
  }());
  return database;
}

void ZoneDatabase::LoadAliases() const {
  std::map<std::string, std::vector<std::string>> zones_of_country;
  std::map<std::string, bool> merged;
  for (const ZoneTableRow& row : ReadZoneTable(folder_ + "/zone1970.tab")) {
    std::istringstream countries(row.countries);
    std::string country;
    while (std::getline(countries, country, ',')) zones_of_country[country].push_back(row.zone);
    merged[row.zone] = true;
  }
  for (const ZoneTableRow& row : ReadZoneTable(folder_ + "/zone.tab")) {
    if (merged.count(row.zone) > 0) continue;
    const auto found = zones_of_country.find(row.countries);
    if (found != zones_of_country.end() && found->second.size() == 1 &&
        IsZoneName(found->second[0])) {
      aliases_[row.zone] = found->second[0];
    }
  }
  aliases_loaded_ = true;
}

Result<const TimeZone*> ZoneDatabase::Find(std::string_view name) const {
  {
    std::shared_lock lock(mutex_);
    const auto found = zones_.find(name);
    if (found != zones_.end()) return found->second.get();
  }
  if (!IsZoneName(name)) {
    return InvalidArgument("'" + std::string(name) + "' is not a time zone",
                           "give an offset such as '+02:00' or a name such as 'Europe/Stockholm'");
  }
  std::unique_lock lock(mutex_);
  const auto found = zones_.find(name);  // another thread may have been faster
  if (found != zones_.end()) return found->second.get();
  if (!aliases_loaded_) LoadAliases();
  std::optional<std::string> bytes;
  const auto alias = aliases_.find(name);
  if (alias != aliases_.end()) bytes = ReadWholeFile(folder_ + "/" + alias->second);
  if (!bytes) bytes = ReadWholeFile(folder_ + "/" + std::string(name));
  if (!bytes) {
    std::error_code error;
    const bool installed = std::filesystem::is_directory(folder_, error);
    return InvalidArgument(
        "the time zone '" + std::string(name) + "' is not known",
        installed ? "names are those of the IANA database, such as 'Europe/Stockholm'"
                  : "there are no time zone files in " + folder_ + "; install the package tzdata");
  }
  auto zone = TimeZone::FromTzif(*bytes);
  if (!zone.ok()) return zone.status().WithContext("time zone '" + std::string(name) + "'");
  auto owned = std::make_unique<TimeZone>(std::move(zone).value());
  const TimeZone* result = owned.get();
  zones_.emplace(std::string(name), std::move(owned));
  return result;
}

Result<Zone> NamedZone(std::string_view name) {
  GESTA_ASSIGN_OR_RETURN(const TimeZone* rules, ZoneDatabase::System().Find(name));
  return Zone{rules, std::string(name), 0};
}

}  // namespace gesta::temporal
