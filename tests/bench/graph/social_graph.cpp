#include "graph/social_graph.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

namespace gesta::bench {
namespace {

constexpr int kGeneratorVersion = 2;

constexpr const char* kGivenNames[] = {
    "Ada",   "Bruno",  "Chiara", "Dmitri", "Elif",  "Farid", "Greta",   "Hugo",  "Ines",  "Jonas",
    "Kemal", "Lena",   "Mateo",  "Nadia",  "Oskar", "Priya", "Quentin", "Rosa",  "Sven",  "Tomoko",
    "Uma",   "Viktor", "Wanda",  "Xavier", "Yara",  "Zeno",  "Aiko",    "Bella", "Cyrus", "Dora"};
constexpr const char* kFamilyNames[] = {
    "Almeida", "Berg",   "Castillo", "Dubois",  "Eriksen", "Fischer", "Gupta",  "Haas",
    "Ivanova", "Jansen", "Kowalski", "Lindt",   "Moreau",  "Nakata",  "Okafor", "Petrov",
    "Quispe",  "Rossi",  "Sato",     "Tanaka",  "Ueda",    "Vargas",  "Weber",  "Xu",
    "Yilmaz",  "Zhang",  "Adeyemi",  "Bianchi", "Cohen",   "Demir"};
constexpr const char* kSyllables[] = {"bar", "cen", "dor", "fal", "gul", "hem", "kar", "lin",
                                      "mor", "nes", "pol", "rad", "sil", "tor", "val", "wes"};
constexpr const char* kCountries[] = {"Norland", "Sudavia", "Ostria"};
constexpr const char* kInterests[] = {
    "archery",     "astronomy",   "baking",   "beekeeping", "birdwatching", "board games",
    "calligraphy", "ceramics",    "chess",    "cinema",     "climbing",     "cooking",
    "cycling",     "dancing",     "diving",   "drawing",    "fencing",      "fishing",
    "gardening",   "genealogy",   "hiking",   "history",    "juggling",     "knitting",
    "languages",   "magic",       "music",    "origami",    "painting",     "photography",
    "poetry",      "programming", "reading",  "robotics",   "rowing",       "running",
    "sailing",     "skating",     "swimming", "tennis",     "theatre"};
static_assert(std::size(kInterests) == 41 && std::size(kCountries) == 3);

std::string PlaceName(uint64_t id) {
  constexpr uint64_t n = std::size(kSyllables);
  std::string name = kSyllables[id % n];
  name += kSyllables[id / n % n];
  name += kSyllables[id / n / n % n];
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

std::string StateName(uint64_t id) { return PlaceName(id * 13 + 5) + " State"; }

uint64_t StateOfCity(uint64_t city, const GraphSize& size) { return city % size.states; }
uint64_t CountryOfState(uint64_t state, const GraphSize& size) { return state % size.countries; }

// Large files, one line after the other.
class CsvWriter {
 public:
  CsvWriter(const std::string& folder, const std::string& name, const char* header)
      : path_(folder + "/" + name), out_(path_, std::ios::binary) {
    out_ << header << '\n';
  }
  CsvWriter& operator<<(uint64_t v) {
    out_ << v;
    return *this;
  }
  CsvWriter& operator<<(const std::string& text) {
    out_ << text;
    return *this;
  }
  CsvWriter& operator<<(char c) {
    out_.put(c);
    return *this;
  }
  Status Close() {
    out_.close();
    if (out_) return {};
    return Status(StatusCode::kIo, "cannot write " + path_);
  }

 private:
  std::string path_;
  std::ofstream out_;
};

Status WritePlaces(const GraphSize& size, const std::string& folder) {
  CsvWriter city(folder, "city.csv", "id:int:ID(City),name,state,country");
  CsvWriter city_in(folder, "city_in.csv", ":START_ID(City),:END_ID(State)");
  for (uint64_t id = 0; id < size.cities; ++id) {
    const uint64_t state = StateOfCity(id, size);
    city << id << ',' << CityName(id) << ',' << StateName(state) << ','
         << CountryName(CountryOfState(state, size)) << '\n';
    city_in << id << ',' << state << '\n';
  }
  GESTA_RETURN_IF_ERROR(city.Close());
  GESTA_RETURN_IF_ERROR(city_in.Close());
  CsvWriter state(folder, "state.csv", "id:int:ID(State),name,country");
  CsvWriter state_in(folder, "state_in.csv", ":START_ID(State),:END_ID(Country)");
  for (uint64_t id = 0; id < size.states; ++id) {
    const uint64_t country = CountryOfState(id, size);
    state << id << ',' << StateName(id) << ',' << CountryName(country) << '\n';
    state_in << id << ',' << country << '\n';
  }
  GESTA_RETURN_IF_ERROR(state.Close());
  GESTA_RETURN_IF_ERROR(state_in.Close());
  CsvWriter country(folder, "country.csv", "id:int:ID(Country),name");
  for (uint64_t id = 0; id < size.countries; ++id) country << id << ',' << CountryName(id) << '\n';
  return country.Close();
}

Status WritePersons(const GraphSize& size, Random* random, const std::string& folder) {
  CsvWriter person(folder, "person.csv", "id:int:ID(Person),name,age:int,gender");
  CsvWriter lives_in(folder, "lives_in.csv", ":START_ID(Person),:END_ID(City)");
  for (uint64_t id = 0; id < size.persons; ++id) {
    const std::string name = std::string(kGivenNames[random->Below(std::size(kGivenNames))]) + " " +
                             kFamilyNames[random->Below(std::size(kFamilyNames))];
    const uint64_t age = 18 + random->Below(63);
    person << id << ',' << name << ',' << age << ','
           << std::string(random->Below(2) == 0 ? "female" : "male") << '\n';
    // Some cities are large: the lower the id, the more people.
    const double unit = random->Unit();
    const auto city = static_cast<uint64_t>(unit * unit * static_cast<double>(size.cities));
    lives_in << id << ',' << city << '\n';
  }
  GESTA_RETURN_IF_ERROR(person.Close());
  return lives_in.Close();
}

// Which of `n` draws belong to a group of `share` of them, exactly, in random order.
class Share {
 public:
  Share(uint64_t share, uint64_t n) : share_(share), left_(n) {}
  bool Next(Random* random) {
    const bool chosen = random->Below(left_--) < share_;
    if (chosen) --share_;
    return chosen;
  }

 private:
  uint64_t share_;
  uint64_t left_;
};

// How many of `total` things each of `n` owners has: at least `least`, the rest at random.
std::vector<uint32_t> Distribute(uint64_t total, uint64_t n, uint32_t least, uint32_t most,
                                 Random* random) {
  std::vector<uint32_t> counts(n, least);
  for (uint64_t left = total - n * least; left > 0;) {
    uint32_t& count = counts[random->Below(n)];
    if (count == most) continue;
    ++count;
    --left;
  }
  return counts;
}

Status WriteFollows(const GraphSize& size, Random* random, const std::string& folder) {
  CsvWriter follows(folder, "follows.csv", ":START_ID(Person),:END_ID(Person)");
  const auto counts = Distribute(size.follows, size.persons, 0, 100, random);
  Share to_hubs(size.follows / 10, size.follows);
  std::vector<uint64_t> chosen;
  for (uint64_t from = 0; from < size.persons; ++from) {
    chosen.clear();
    for (uint32_t i = 0; i < counts[from]; ++i) {
      const bool hub = to_hubs.Next(random);
      uint64_t to;
      do {
        to = hub ? random->Below(size.hubs) : size.hubs + random->Below(size.persons - size.hubs);
      } while (to == from || std::find(chosen.begin(), chosen.end(), to) != chosen.end());
      chosen.push_back(to);
      follows << from << ',' << to << '\n';
    }
  }
  return follows.Close();
}

Status WriteInterests(const GraphSize& size, Random* random, const std::string& folder) {
  CsvWriter interest(folder, "interest.csv", "id:int:ID(Interest),name");
  for (uint64_t id = 0; id < size.interests; ++id)
    interest << id << ',' << InterestName(id) << '\n';
  GESTA_RETURN_IF_ERROR(interest.Close());
  CsvWriter has(folder, "has_interest.csv", ":START_ID(Person),:END_ID(Interest)");
  const auto counts = Distribute(size.has_interest, size.persons, 1, 8, random);
  std::vector<uint64_t> chosen;
  for (uint64_t from = 0; from < size.persons; ++from) {
    chosen.clear();
    for (uint32_t i = 0; i < counts[from]; ++i) {
      uint64_t to;
      do {
        to = random->Below(size.interests);
      } while (std::find(chosen.begin(), chosen.end(), to) != chosen.end());
      chosen.push_back(to);
      has << from << ',' << to << '\n';
    }
  }
  return has.Close();
}

}  // namespace

GraphSize::GraphSize(uint64_t wanted)
    : persons(std::max<uint64_t>(wanted, 1000)),
      hubs(std::max<uint64_t>(persons / 200, 100)),  // more than a person follows
      cities(persons * 7117 / 100'000),
      states(std::max<uint64_t>(persons * 273 / 100'000, 3)),
      countries(3),
      interests(41),
      follows(persons * 24),
      has_interest(persons * 4 - persons - cities - states) {}

std::string CityName(uint64_t id) { return PlaceName(id * 7 + 1) + std::to_string(id % 10); }
std::string CountryName(uint64_t id) { return kCountries[id]; }
std::string InterestName(uint64_t id) { return kInterests[id]; }

std::string CsvPath(const std::string& folder, const std::string& name) {
  std::string path = folder + "/";
  for (const char c : name) path += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return path + ".csv";
}

Status WriteGraph(const GraphSize& size, uint64_t seed, const std::string& folder) {
  const std::string identity = "generator " + std::to_string(kGeneratorVersion) + ", seed " +
                               std::to_string(seed) + ", persons " + std::to_string(size.persons);
  const std::string done = folder + "/complete";
  {
    std::ifstream in(done);
    std::string line;
    if (std::getline(in, line) && line == identity) return {};
  }
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Status(StatusCode::kIo, "cannot make " + folder + ": " + error.message());
  std::filesystem::remove(done, error);
  Random random(seed);
  GESTA_RETURN_IF_ERROR(WritePlaces(size, folder));
  GESTA_RETURN_IF_ERROR(WritePersons(size, &random, folder));
  GESTA_RETURN_IF_ERROR(WriteFollows(size, &random, folder));
  GESTA_RETURN_IF_ERROR(WriteInterests(size, &random, folder));
  std::ofstream out(done);
  out << identity << '\n';
  out.close();
  return out ? Status() : Status(StatusCode::kIo, "cannot write " + done);
}

}  // namespace gesta::bench
