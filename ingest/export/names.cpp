#include "export/names.h"

#include <algorithm>
#include <numeric>

namespace gesta::ingest {

GraphNames::GraphNames(const Transaction& transaction) {
  for (const NameKind kind : {NameKind::kLabel, NameKind::kType, NameKind::kProperty}) {
    NameTable& table = tables_[static_cast<size_t>(kind)];
    table.names = transaction.Names(kind);
    std::vector<uint32_t> order(table.names.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](uint32_t a, uint32_t b) { return table.names[a] < table.names[b]; });
    table.rank.resize(order.size());
    for (uint32_t i = 0; i < order.size(); ++i) table.rank[order[i]] = i;
  }
}

std::vector<NameId> GraphNames::Sorted(std::vector<NameId> labels) const {
  const std::vector<uint32_t>& rank = Table(NameKind::kLabel).rank;
  std::sort(labels.begin(), labels.end(), [&](NameId a, NameId b) { return rank[a] < rank[b]; });
  return labels;
}

const std::vector<size_t>& GraphNames::Order(const std::vector<Property>& properties) {
  const std::vector<uint32_t>& rank = Table(NameKind::kProperty).rank;
  order_.resize(properties.size());
  std::iota(order_.begin(), order_.end(), size_t{0});
  std::sort(order_.begin(), order_.end(),
            [&](size_t a, size_t b) { return rank[properties[a].key] < rank[properties[b].key]; });
  return order_;
}

}  // namespace gesta::ingest
