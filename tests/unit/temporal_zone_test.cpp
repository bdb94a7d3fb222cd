// Time zone files, their POSIX rules, and the database of them.
#include "functions/temporal_zone.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "functions/temporal_calendar.h"
#include "functions/temporal_tzif.h"

namespace gesta::temporal {
namespace {

int64_t At(int64_t year, int month, int day, int hour = 0, int minute = 0) {
  return DaysFromCivil(year, month, day) * kSecondsPerDay + hour * 3600 + minute * 60;
}

void AppendBigEndian(int64_t value, size_t width, std::string* out) {
  for (size_t i = width; i-- > 0;) out->push_back(static_cast<char>(value >> (8 * i)));
}

struct Change {
  int64_t time;
  int32_t offset;
};

std::string Header(size_t time_count, size_t type_count) {
  std::string bytes = "TZif2" + std::string(15, '\0');
  for (size_t count : {size_t{0}, size_t{0}, size_t{0}, time_count, type_count, size_t{4}}) {
    AppendBigEndian(static_cast<int64_t>(count), 4, &bytes);
  }
  return bytes;
}

// A version 2 file as RFC 8536 lays it out; its first block is empty but for one type.
std::string Tzif(int32_t first_offset, const std::vector<Change>& changes,
                 const std::string& footer) {
  std::string bytes =
      Header(0, 1) + std::string(6 + 4, '\0') + Header(changes.size(), changes.size() + 1);
  for (const Change& change : changes) AppendBigEndian(change.time, 8, &bytes);
  for (size_t i = 0; i < changes.size(); ++i) bytes.push_back(static_cast<char>(i + 1));
  AppendBigEndian(first_offset, 4, &bytes);
  bytes += std::string(2, '\0');
  for (const Change& change : changes) {
    AppendBigEndian(change.offset, 4, &bytes);
    bytes += std::string(2, '\0');
  }
  return bytes + std::string("LMT\0", 4) + "\n" + footer + "\n";
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "gesta_zones_XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  void Write(const std::string& name, const std::string& bytes) const {
    const std::filesystem::path file = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
  }

 private:
  std::string path_;
};

TEST_CASE("POSIX rules give the offsets of both hemispheres", "[temporal]") {
  const auto stockholm = PosixZoneRule::Parse("CET-1CEST,M3.5.0,M10.5.0/3");
  REQUIRE(stockholm.ok());
  CHECK(stockholm->OffsetAt(At(2017, 3, 26, 0, 59)) == 3600);  // last Sunday of March, 01:00 UTC
  CHECK(stockholm->OffsetAt(At(2017, 3, 26, 1, 0)) == 7200);
  CHECK(stockholm->OffsetAt(At(2017, 10, 29, 0, 59)) == 7200);
  CHECK(stockholm->OffsetAt(At(2017, 10, 29, 1, 0)) == 3600);
  CHECK(stockholm->OffsetAt(At(999'999'999, 7, 1)) == 7200);

  const auto sydney = PosixZoneRule::Parse("AEST-10AEDT,M10.1.0,M4.1.0/3");
  REQUIRE(sydney.ok());
  CHECK(sydney->OffsetAt(At(2100, 1, 1)) == 11 * 3600);
  CHECK(sydney->OffsetAt(At(2100, 7, 1)) == 10 * 3600);

  const auto tehran = PosixZoneRule::Parse("<+0330>-3:30");
  REQUIRE(tehran.ok());
  CHECK(tehran->OffsetAt(0) == 12'600);

  // Day numbers: J60 is March 1st in every year, 59 is February 29th in leap years.
  const auto days = PosixZoneRule::Parse("AAA0BBB,J60/0,300/0");
  REQUIRE(days.ok());
  CHECK(days->OffsetAt(At(2020, 2, 29, 12)) == 0);
  CHECK(days->OffsetAt(At(2020, 3, 1, 12)) == 3600);
}

TEST_CASE("malformed POSIX rules are refused", "[temporal]") {
  for (const char* text : {"", "CET", "C-1", "CET-1CEST", "CET-1CEST,M3.5.0",
                           "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
                           "CET-1CEST,J0,J5", "CET-200", "<CET-1", "CET-1CEST,M3.5.0,M10.5.0/3x"}) {
    INFO(text);
    CHECK_FALSE(PosixZoneRule::Parse(text).ok());
  }
}

TEST_CASE("a zone file gives past offsets from its table and later ones from its rule",
          "[temporal]") {
  // As Sweden's: local mean time first, then Central European Time.
  const auto zone = TimeZone::FromTzif(
      Tzif(4332, {{At(1878, 12, 31, 22, 47) + 48, 3614}, {At(1899, 12, 31, 22, 59) + 46, 3600}},
           "CET-1CEST,M3.5.0,M10.5.0/3"));
  REQUIRE(zone.ok());
  CHECK(zone->OffsetAt(At(1818, 7, 21)) == 4332);
  CHECK(zone->OffsetAt(At(1890, 1, 1)) == 3614);
  CHECK(zone->OffsetAt(At(2017, 7, 1)) == 7200);
}

TEST_CASE("local times in gaps and overlaps resolve", "[temporal]") {
  const auto zone = TimeZone::FromTzif(Tzif(3600, {}, "CET-1CEST,M3.5.0,M10.5.0/3"));
  REQUIRE(zone.ok());
  // 02:30 is skipped on 2017-03-26: an hour later, 03:30 summer time.
  auto instant = zone->ResolveLocal(At(2017, 3, 26, 2, 30), std::nullopt);
  CHECK(instant.epoch_seconds == At(2017, 3, 26, 1, 30));
  CHECK(instant.offset == 7200);
  // 02:30 comes twice on 2017-10-29: the first time unless the second one is preferred.
  instant = zone->ResolveLocal(At(2017, 10, 29, 2, 30), std::nullopt);
  CHECK(instant.offset == 7200);
  instant = zone->ResolveLocal(At(2017, 10, 29, 2, 30), 3600);
  CHECK(instant.offset == 3600);
  CHECK(instant.epoch_seconds == At(2017, 10, 29, 1, 30));
  // An offset that is not in force is not taken.
  instant = zone->ResolveLocal(At(2017, 7, 1, 12), 3600);
  CHECK(instant.offset == 7200);
}

TEST_CASE("damaged zone files are refused", "[temporal]") {
  const std::string good = Tzif(3600, {{0, 7200}, {100, 3600}}, "CET-1");
  REQUIRE(TimeZone::FromTzif(good).ok());
  for (size_t size = 0; size < good.size() - 1; ++size) {
    INFO("cut off after " << size << " bytes");
    CHECK_FALSE(TimeZone::FromTzif(good.substr(0, size)).ok());
  }
  CHECK_FALSE(TimeZone::FromTzif(Tzif(3600, {{100, 7200}, {0, 3600}}, "CET-1")).ok());
  CHECK_FALSE(TimeZone::FromTzif(Tzif(3600, {{0, 90'000}}, "CET-1")).ok());
}

TEST_CASE("the database finds zones below its folder only", "[temporal]") {
  const TemporaryFolder folder;
  folder.Write("zones/Area/Place", Tzif(3600, {}, "AAA-1"));
  folder.Write("secret", Tzif(3600, {}, "AAA-1"));
  folder.Write("zones/README", "no zone");
  const ZoneDatabase database(folder.path() + "/zones");
  const auto zone = database.Find("Area/Place");
  REQUIRE(zone.ok());
  CHECK((*zone)->OffsetAt(0) == 3600);
  CHECK(*database.Find("Area/Place") == *zone);  // read once
  for (const char* name : {"", "Area", "Area/Elsewhere", "../secret", "Area/../../secret",
                           "/etc/passwd", "Area//Place", "Area/Place/", "./Area/Place", "README"}) {
    INFO(name);
    CHECK_FALSE(database.Find(name).ok());
  }
  CHECK(database.Find(std::string("Area/Place\0", 11)).status().info().type == "ArgumentError");
}

TEST_CASE("a missing database says what to install", "[temporal]") {
  const TemporaryFolder folder;
  const auto zone = ZoneDatabase(folder.path() + "/none").Find("Europe/Stockholm");
  REQUIRE_FALSE(zone.ok());
  CHECK(zone.status().info().hint.find("tzdata") != std::string::npos);
}

TEST_CASE("zones that agree since 1970 are read from their common file", "[temporal]") {
  const TemporaryFolder folder;
  folder.Write("zone.tab",
               "# country\nDE\t+5230+01322\tEurope/Berlin\nSE\t+5920+01803\tEurope/Stockholm\n"
               "CD\t-0418+01518\tAfrica/Kinshasa\twest\n");
  folder.Write("zone1970.tab",
               "DE,DK,NO,SE,SJ\t+5230+01322\tEurope/Berlin\nAO,CD\t+0627+00324\tAfrica/Lagos\n"
               "BI,CD\t-2558+03235\tAfrica/Maputo\n");
  // The rule of such a file holds only after its last change: before, the first offset does.
  folder.Write("Europe/Berlin", Tzif(3208, {{0, 3600}}, "CET-1"));
  folder.Write("Europe/Stockholm", Tzif(4332, {{0, 3600}}, "CET-1"));
  folder.Write("Africa/Kinshasa", Tzif(3672, {{0, 3600}}, "WAT-1"));
  const ZoneDatabase database(folder.path());
  REQUIRE(database.Find("Europe/Stockholm").ok());
  CHECK((*database.Find("Europe/Stockholm"))->OffsetAt(-1) == 3208);
  // Two candidates: its own file.
  CHECK((*database.Find("Africa/Kinshasa"))->OffsetAt(-1) == 3672);
}

TEST_CASE("the database may be used by several threads", "[temporal]") {
  const TemporaryFolder folder;
  for (int i = 0; i < 8; ++i) folder.Write("Zone" + std::to_string(i), Tzif(i, {}, ""));
  const ZoneDatabase database(folder.path());
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&database, &wrong, t] {
      for (int i = 0; i < 400; ++i) {
        const auto zone = database.Find("Zone" + std::to_string(i % 8));
        if (!zone.ok() || (*zone)->OffsetAt(0) != i % 8) ++wrong[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4, 0));
}

}  // namespace
}  // namespace gesta::temporal
