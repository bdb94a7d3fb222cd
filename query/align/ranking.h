// Putting survivors of an earlier aligner into a new order.
#ifndef GESTA_QUERY_ALIGN_RANKING_H_
#define GESTA_QUERY_ALIGN_RANKING_H_

#include <algorithm>

#include "align/aligner.h"

namespace gesta::align {

// The survivors by score(node), at most `top` of them; those with equal scores keep their order.
template <typename Score>
Ranking Rerank(const Ranking& survivors, size_t top, const Score& score) {
  Ranking ranking;
  ranking.reserve(survivors.size());
  for (const ScoredNode& survivor : survivors) {
    ranking.push_back({survivor.node, static_cast<double>(score(survivor.node))});
  }
  std::stable_sort(ranking.begin(), ranking.end(),
                   [](const ScoredNode& a, const ScoredNode& b) { return a.score > b.score; });
  if (ranking.size() > top) ranking.resize(top);
  return ranking;
}

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_RANKING_H_
