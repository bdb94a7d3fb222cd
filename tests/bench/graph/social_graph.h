// The benchmark's graph: a social network, the same for everybody who asks with the same numbers.
//
//   (:Person {id, name, age, gender})-[:FOLLOWS]->(:Person)
//   (:Person)-[:LIVES_IN]->(:City {id, name, state, country})-[:CITY_IN]->(:State {id, name,
//   country})
//   (:State)-[:STATE_IN]->(:Country {id, name})
//   (:Person)-[:HAS_INTEREST]->(:Interest {id, name})
//
// With 100,000 persons: 107,434 nodes, 2,400,000 FOLLOWS, of which a tenth lead to 500 hubs, and
// 400,000 other relationships. Ids count from 0 for each label.
#ifndef GESTA_BENCH_GRAPH_SOCIAL_GRAPH_H_
#define GESTA_BENCH_GRAPH_SOCIAL_GRAPH_H_

#include <cstdint>
#include <string>

#include "gesta/status.h"

namespace gesta::bench {

// SplitMix64: small, and the same on every machine and library.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  // In [0, n).
  uint64_t Below(uint64_t n) {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(Next()) * n) >> 64);
  }
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

 private:
  uint64_t state_;
};

struct GraphSize {
  explicit GraphSize(uint64_t persons);

  uint64_t persons;
  uint64_t hubs;  // the first persons; one in 200, at least 100
  uint64_t cities;
  uint64_t states;
  uint64_t countries;
  uint64_t interests;
  uint64_t follows;
  uint64_t has_interest;

  uint64_t nodes() const { return persons + cities + states + countries + interests; }
  uint64_t relationships() const { return follows + has_interest + persons + cities + states; }
};

std::string CityName(uint64_t id);
std::string CountryName(uint64_t id);
std::string InterestName(uint64_t id);

// Writes one file for each label and type into `folder`: person.csv, …, follows.csv, …. Their
// headers are those of `gesta import`. A folder that was written by the same generator with the
// same numbers is left as it is.
Status WriteGraph(const GraphSize& size, uint64_t seed, const std::string& folder);

// The file of a label or type in that folder.
std::string CsvPath(const std::string& folder, const std::string& name);

}  // namespace gesta::bench

#endif  // GESTA_BENCH_GRAPH_SOCIAL_GRAPH_H_
