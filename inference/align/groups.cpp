#include "align/groups.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace gesta::alignment {

PairGroups GroupPairs(const std::vector<Pair>& pairs) {
  std::vector<size_t> order(pairs.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto key = [&](size_t i) {
    return std::make_pair(pairs[i].sequence, pairs[i].decomposition);
  };
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return key(a) < key(b); });

  PairGroups groups;
  groups.result.resize(pairs.size());
  std::map<std::vector<size_t>, std::vector<std::pair<size_t, size_t>>> users;
  std::vector<size_t> list;
  for (size_t i = 0; i < order.size(); ++i) {
    const Pair& pair = pairs[order[i]];
    const bool same_sequence = i > 0 && pairs[order[i - 1]].sequence == pair.sequence;
    if (!same_sequence) list.clear();
    if (list.empty() || list.back() != pair.decomposition) {
      list.push_back(pair.decomposition);
      ++groups.distinct;
    }
    groups.result[order[i]] = groups.distinct - 1;
    if (i + 1 == order.size() || pairs[order[i + 1]].sequence != pair.sequence) {
      users[list].emplace_back(pair.sequence, groups.distinct - list.size());
    }
  }
  groups.groups.reserve(users.size());
  for (auto& [decompositions, sequences] : users) {
    groups.groups.push_back({decompositions, std::move(sequences)});
  }
  return groups;
}

}  // namespace gesta::alignment
