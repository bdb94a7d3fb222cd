#include "store/relationship_sorter.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace gesta::store {

Status RelationshipSorter::Write(bool outgoing, NodeId first_new_node, TableSet* tables) const {
  GESTA_RETURN_IF_ERROR(WriteNodes(outgoing, 0, first_new_node, tables));
  return WriteNodes(outgoing, first_new_node, ~NodeId{0}, tables);
}

Status RelationshipSorter::WriteNodes(bool outgoing, NodeId begin_node, NodeId end_node,
                                      TableSet* tables) const {
  const Family family = outgoing ? Family::kOut : Family::kIn;
  const auto near = [&](const Entry& entry) { return outgoing ? entry.start : entry.end; };
  const auto far = [&](const Entry& entry) { return outgoing ? entry.end : entry.start; };
  const auto mine = [&](NodeId node) { return node >= begin_node && node < end_node; };

  // By near node: the ids of a load lie close together, so that counting is enough. Ids that do not
  // are given their rank first.
  NodeId lowest = ~NodeId{0};
  NodeId highest = 0;
  size_t count = 0;
  for (const Entry& entry : entries_) {
    const NodeId node = near(entry);
    if (!mine(node)) continue;
    lowest = std::min(lowest, node);
    highest = std::max(highest, node);
    ++count;
  }
  if (count == 0) return Status::Ok();
  std::vector<NodeId> ranked;  // ascending; empty: ids are counted as they are
  if (highest - lowest > 4 * count + 1024) {
    ranked.reserve(count);
    for (const Entry& entry : entries_) {
      if (mine(near(entry))) ranked.push_back(near(entry));
    }
    std::sort(ranked.begin(), ranked.end());
    ranked.erase(std::unique(ranked.begin(), ranked.end()), ranked.end());
  }
  const auto rank = [&](NodeId node) {
    if (ranked.empty()) return static_cast<size_t>(node - lowest);
    return static_cast<size_t>(std::lower_bound(ranked.begin(), ranked.end(), node) -
                               ranked.begin());
  };
  const size_t nodes = ranked.empty() ? highest - lowest + 1 : ranked.size();
  std::vector<uint32_t> ends(nodes + 1);  // of each node's part of `sorted`
  for (const Entry& entry : entries_) {
    if (mine(near(entry))) ++ends[rank(near(entry)) + 1];
  }
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<Far> sorted(count);
  for (uint32_t place = 0; place < entries_.size(); ++place) {
    const Entry& entry = entries_[place];
    if (!mine(near(entry))) continue;
    sorted[ends[rank(near(entry))]++] = {far(entry), entry.type, place};
  }

  uint32_t begin = 0;
  for (size_t node = 0; node < nodes; ++node) {
    const uint32_t end = ends[node];
    if (begin == end) continue;
    const auto before = [](const Far& a, const Far& b) {
      return std::tie(a.type, a.node, a.place) < std::tie(b.type, b.node, b.place);
    };
    // Jobs often bring the relationships of a type in the order of one end.
    if (!std::is_sorted(sorted.begin() + begin, sorted.begin() + end, before)) {
      std::sort(sorted.begin() + begin, sorted.begin() + end, before);
    }
    const NodeId id = ranked.empty() ? lowest + node : ranked[node];
    for (; begin < end; ++begin) {
      const Far& entry = sorted[begin];
      GESTA_RETURN_IF_ERROR(
          tables->Add(family, AdjacencyKey(id, entry.type, entry.node, first_ + entry.place), {}));
    }
  }
  return tables->EndRun(family);
}

}  // namespace gesta::store
