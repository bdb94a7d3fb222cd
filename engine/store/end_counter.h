// EndCounter: how many relationships of a type start and end at nodes with a label, for a bulk load
// (Statistics::end_counts).
#ifndef GESTA_STORE_END_COUNTER_H_
#define GESTA_STORE_END_COUNTER_H_

#include <cstdint>
#include <map>
#include <vector>

#include "gesta/catalog.h"

namespace gesta::store {

class EndCounter {
 public:
  // A number for a set of labels.
  uint32_t SetOf(const std::vector<NameId>& labels) {
    const auto [at, added] = numbers_.try_emplace(labels, static_cast<uint32_t>(sets_.size()));
    if (added) sets_.push_back(&at->first);
    return at->second;
  }

  // A relationship between nodes that have these sets of labels.
  void Count(NameId type, uint32_t start, uint32_t end) {
    if (type >= counts_.size()) counts_.resize(type + 1);
    std::vector<Counts>& counts = counts_[type];
    if (counts.size() < sets_.size()) counts.resize(sets_.size());
    ++counts[start].starts;
    ++counts[end].ends;
  }

  void AddTo(Statistics* statistics) const {
    using Ends = Statistics::EndCount;
    std::map<std::pair<NameId, NameId>, Ends> sums;
    for (const Ends& count : statistics->end_counts) sums[{count.type, count.label}] = count;
    for (NameId type = 0; type < counts_.size(); ++type) {
      for (size_t set = 0; set < counts_[type].size(); ++set) {
        const Counts& counts = counts_[type][set];
        if (counts.starts == 0 && counts.ends == 0) continue;
        for (const NameId label : *sets_[set]) {
          Ends& sum = sums.try_emplace({type, label}, Ends{type, label, 0, 0}).first->second;
          sum.starts += counts.starts;
          sum.ends += counts.ends;
        }
      }
    }
    statistics->end_counts.clear();
    for (const auto& [key, sum] : sums) statistics->end_counts.push_back(sum);
  }

 private:
  struct Counts {
    uint64_t starts = 0;
    uint64_t ends = 0;
  };
  std::map<std::vector<NameId>, uint32_t> numbers_;
  std::vector<const std::vector<NameId>*> sets_;  // keys of numbers_, which stay where they are
  std::vector<std::vector<Counts>> counts_;       // by type, then set
};

}  // namespace gesta::store

#endif  // GESTA_STORE_END_COUNTER_H_
