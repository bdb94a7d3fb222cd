// Pairs that share their work: each distinct pair once, and the sequences that are compared with
// the same decompositions together.
#ifndef GESTA_ALIGN_GROUPS_H_
#define GESTA_ALIGN_GROUPS_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "gesta/align.h"

namespace gesta::alignment {

struct PairGroup {
  std::vector<size_t> decompositions;  // ascending, each once
  // The sequences that are compared with all of these and no others, each with the number of its
  // first result; those of the further decompositions follow it.
  std::vector<std::pair<size_t, size_t>> sequences;
};

struct PairGroups {
  std::vector<PairGroup> groups;
  std::vector<size_t> result;  // of each pair: the number of the distinct pair
  size_t distinct = 0;
};

PairGroups GroupPairs(const std::vector<Pair>& pairs);

}  // namespace gesta::alignment

#endif  // GESTA_ALIGN_GROUPS_H_
