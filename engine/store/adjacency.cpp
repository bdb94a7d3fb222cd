#include "store/adjacency.h"

#include <algorithm>

namespace gesta::store {
namespace {

template <typename Visit>
void VisitRange(Scan* scan, const Key& prefix, Visit& visit) {
  for (scan->SeekPrefix(prefix); scan->Valid(); scan->Next()) {
    visit(DecodeAdjacencyKey(scan->key()));
  }
}

// The relationships of any type between two nodes. A hub's other entries are skipped type by type.
template <typename Visit>
void VisitPair(Scan* scan, NodeId near, NodeId far, Visit& visit) {
  const Key of_near = Key().U64(near);
  scan->SeekPrefix(of_near);
  while (scan->Valid()) {
    AdjacencyEntry entry = DecodeAdjacencyKey(scan->key());
    if (entry.far < far) {
      scan->Reseek(Key().U64(near).U32(entry.type).U64(far));
    } else if (entry.far > far) {
      if (entry.type == kNoName) return;
      scan->Reseek(Key().U64(near).U32(entry.type + 1));
    } else {
      visit(entry);
      scan->Next();
    }
  }
}

}  // namespace

template <typename Visit>
Status Adjacency::ForEach(NodeId node, Direction direction, const std::vector<NameId>& types,
                          std::optional<NodeId> other, Visit visit) {
  std::vector<NameId> distinct;  // a type that is given twice counts once
  const std::vector<NameId>* wanted = &types;
  if (types.size() > 1) {
    distinct = types;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    wanted = &distinct;
  }
  for (const bool outgoing : {true, false}) {
    if (direction == (outgoing ? Direction::kIn : Direction::kOut)) continue;
    // `out` gave the self-loops already.
    const bool skip_loops = !outgoing && direction == Direction::kBoth;
    auto visit_entry = [&](const AdjacencyEntry& entry) {
      if (!skip_loops || entry.far != node) visit(entry, outgoing);
    };
    Scan scan(view_, outgoing ? Family::kOut : Family::kIn);
    if (wanted->empty()) {
      if (other) {
        VisitPair(&scan, node, *other, visit_entry);
      } else {
        VisitRange(&scan, Key().U64(node), visit_entry);
      }
    }
    for (NameId type : *wanted) {
      Key prefix = Key().U64(node).U32(type);
      if (other) prefix.U64(*other);
      VisitRange(&scan, prefix, visit_entry);
    }
    GESTA_RETURN_IF_ERROR(scan.status());
  }
  return Status::Ok();
}

Status Adjacency::Expand(NodeId node, Direction direction, const std::vector<NameId>& types,
                         std::optional<NodeId> other, std::vector<Edge>* out) {
  return ForEach(node, direction, types, other, [&](const AdjacencyEntry& entry, bool outgoing) {
    out->push_back({entry.rel, entry.far, entry.type, outgoing});
  });
}

Result<uint64_t> Adjacency::Degree(NodeId node, Direction direction,
                                   const std::vector<NameId>& types) {
  uint64_t degree = 0;
  GESTA_RETURN_IF_ERROR(ForEach(node, direction, types, std::nullopt,
                                [&](const AdjacencyEntry&, bool) { ++degree; }));
  return degree;
}

}  // namespace gesta::store
