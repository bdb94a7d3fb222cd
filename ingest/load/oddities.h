// What a job found odd in its input: counts with the first few examples, in order of appearance.
#ifndef GESTA_INGEST_LOAD_ODDITIES_H_
#define GESTA_INGEST_LOAD_ODDITIES_H_

#include <string>
#include <string_view>
#include <vector>

#include "gesta/ingest.h"

namespace gesta::ingest {

class Oddities {
 public:
  static constexpr size_t kMaxExamples = 5;

  // An empty example is not kept. `count` 0 makes sure that the oddity is listed.
  void Add(std::string_view what, std::string example = {}, uint64_t count = 1);

  const std::vector<IngestOddity>& list() const { return list_; }

 private:
  std::vector<IngestOddity> list_;  // few: searched one by one
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_LOAD_ODDITIES_H_
