#include "execute/edge_reader.h"

namespace gesta::execute {

Result<EdgeReader::Edges> EdgeReader::Read(NodeId node, const std::vector<NameId>& types) {
  Transaction& transaction = *context_->transaction();
  if (keeping_) {
    const auto found = kept_.find(node);
    if (found != kept_.end()) {
      return Edges{kept_edges_.data() + found->second.begin, found->second.size};
    }
  } else if (node <= last_ && transaction.read_only()) {
    keeping_ = true;
  }
  last_ = node;
  scratch_.clear();
  GESTA_RETURN_IF_ERROR(transaction.Expand(node, direction_, types, std::nullopt, &scratch_));
  if (keeping_ && !full_) Keep(node);
  return Edges{scratch_.data(), scratch_.size()};
}

void EdgeReader::Keep(NodeId node) {
  constexpr size_t kMostEdges = size_t{1} << 21;  // 48 MiB
  constexpr size_t kNodeBytes = 64;
  // The vector may hold twice what is in it.
  const size_t bytes = kNodeBytes + 2 * scratch_.size() * sizeof(Edge);
  if (kept_edges_.size() + scratch_.size() > kMostEdges ||
      context_->memory().used() + bytes > context_->memory().limit() / 4 ||
      !charge_.Add(bytes).ok()) {
    full_ = true;
    return;
  }
  kept_.emplace(node, Kept{kept_edges_.size(), scratch_.size()});
  kept_edges_.insert(kept_edges_.end(), scratch_.begin(), scratch_.end());
}

}  // namespace gesta::execute
