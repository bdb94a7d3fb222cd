#include "execute/edge_reader.h"

#include <algorithm>

namespace gesta::execute {

void EdgeReader::Begin(const std::vector<NameId>& types, double expected_nodes) {
  expected_nodes_ = expected_nodes;
  Clear();
  // The next run of a subplan finds the parts that the last one had.
  if (begun_ && types == types_ && (cached_ || context_->transaction()->read_only())) return;
  constexpr uint64_t kFirstAsk = 64;
  begun_ = true;
  types_ = types;
  parts_.clear();
  misses_ = 0;
  ask_at_ = kFirstAsk;

  Transaction& transaction = *context_->transaction();
  std::vector<NameId> wanted = types;
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  cached_ = false;
  if (wanted.empty()) {
    // All types: a writing transaction may come to have more of them.
    constexpr size_t kManyTypes = 64;
    if (!transaction.read_only()) return;
    const Statistics& statistics = transaction.GetStatistics();
    for (NameId type = 0; type < statistics.type_relationships.size(); ++type) {
      if (statistics.type_relationships[type] > 0) wanted.push_back(type);
    }
    if (wanted.size() > kManyTypes) return;
  }
  for (const bool outgoing : {true, false}) {
    if (direction_ == (outgoing ? Direction::kIn : Direction::kOut)) continue;
    for (const NameId type : wanted) parts_.push_back({type, outgoing, nullptr});
  }
  Ask(0);
}

void EdgeReader::Ask(uint64_t expected_lookups) {
  cached_ = true;
  for (Part& part : parts_) {
    auto adjacency = context_->transaction()->Adjacency(part.type, part.outgoing, expected_lookups);
    if (adjacency) part.adjacency = std::move(adjacency);
    cached_ = cached_ && part.adjacency != nullptr;
  }
}

void EdgeReader::Miss() {
  if (++misses_ < ask_at_ || parts_.empty()) return;
  // As many again are expected, or what the planner said; but no look-ups that might not come are
  // announced before some were made.
  const double left = std::min(expected_nodes_, 1e12) - static_cast<double>(misses_);
  Ask(std::max(misses_, left > 0 ? static_cast<uint64_t>(left) : 0));
  ask_at_ *= 2;
}

void EdgeReader::AddPiece(const Part& part, const Neighbours& found) {
  if (found.size > 0) pieces_.push_back({found, part.type, part.outgoing});
}

bool EdgeReader::Find(NodeId node, std::optional<NodeId> other) {
  if (!cached_) return false;
  for (const Part& part : parts_) {
    Neighbours found;
    if (!part.adjacency->Find(node, &found)) {
      pieces_.clear();
      return false;
    }
    if (found.size == 0) continue;
    // `out` gave the self-loops already.
    const bool skip_loops = direction_ == Direction::kBoth && !part.outgoing;
    if (other) {
      if (!skip_loops || *other != node) AddPiece(part, NeighboursTo(found, *other));
    } else if (skip_loops) {
      const Neighbours loops = NeighboursTo(found, node);
      const auto before = static_cast<size_t>(loops.nodes - found.nodes);
      AddPiece(part, {found.nodes, found.rels, before});
      AddPiece(part, {loops.nodes + loops.size, loops.rels + loops.size,
                      found.size - before - loops.size});
    } else {
      AddPiece(part, found);
    }
  }
  return true;
}

Status EdgeReader::Read(NodeId node, std::optional<NodeId> other) {
  Clear();
  if (Find(node, other)) return {};
  Miss();
  return context_->transaction()->Expand(node, direction_, types_, other, &edges_);
}

Result<uint64_t> EdgeReader::Count(NodeId node, std::optional<NodeId> other,
                                   const std::vector<RelId>& dropped) {
  if (cached_ && !other && dropped.empty() && direction_ != Direction::kBoth) {
    uint64_t count = 0;
    bool known = true;
    for (const Part& part : parts_) {
      uint64_t degree = 0;
      known = known && part.adjacency->Degree(node, &degree);
      count += degree;
    }
    if (known) return count;
  }
  Clear();
  if (!Find(node, other)) {
    Miss();
    Transaction& transaction = *context_->transaction();
    if (!other && dropped.empty()) return transaction.Degree(node, direction_, types_);
    GESTA_RETURN_IF_ERROR(transaction.Expand(node, direction_, types_, other, &edges_));
  }
  uint64_t count = edges_.size();
  for (const Piece& piece : pieces_) count += piece.found.size;
  if (!dropped.empty()) {
    ForEach([&](RelId rel, NodeId) {
      count -= std::find(dropped.begin(), dropped.end(), rel) != dropped.end();
      return true;
    });
  }
  Clear();
  return count;
}

void EdgeReader::Set(const Edge& edge) {
  Clear();
  edges_.push_back(edge);
}

void EdgeReader::Clear() {
  pieces_.clear();
  edges_.clear();
  next_piece_ = 0;
  next_ = 0;
}

void EdgeReader::Drop(const std::vector<RelId>& rels) {
  if (rels.empty()) return;
  const auto dropped = [&](RelId rel) {
    for (const RelId one : rels) {
      if (one == rel) return true;
    }
    return false;
  };
  edges_.erase(std::remove_if(edges_.begin(), edges_.end(),
                              [&](const Edge& edge) { return dropped(edge.rel); }),
               edges_.end());
  size_t size = 0;
  for (const Piece& piece : pieces_) size += piece.found.size;
  kept_nodes_.clear();
  kept_rels_.clear();
  for (Piece& piece : pieces_) {
    Neighbours& found = piece.found;
    if (std::none_of(found.rels, found.rels + found.size, dropped)) continue;
    // Room for all pieces, which point into it.
    kept_nodes_.reserve(size);
    kept_rels_.reserve(size);
    const size_t begin = kept_nodes_.size();
    for (size_t i = 0; i < found.size; ++i) {
      if (dropped(found.rels[i])) continue;
      kept_nodes_.push_back(found.nodes[i]);
      kept_rels_.push_back(found.rels[i]);
    }
    found = {kept_nodes_.data() + begin, kept_rels_.data() + begin, kept_nodes_.size() - begin};
  }
}

size_t EdgeReader::Take(size_t n, std::vector<Value>* rels, std::vector<Value>* nodes) {
  size_t taken = 0;
  for (; next_piece_ < pieces_.size() && taken < n; ++next_piece_, next_ = 0) {
    const Neighbours& found = pieces_[next_piece_].found;
    const size_t count = std::min(n - taken, found.size - next_);
    const size_t end = next_ + count;
    if (rels) {
      for (size_t i = next_; i < end; ++i) rels->push_back(Value::Relationship(found.rels[i]));
    }
    if (nodes) {
      for (size_t i = next_; i < end; ++i) nodes->push_back(Value::Node(found.nodes[i]));
    }
    taken += count;
    next_ = end;
    if (end < found.size) return taken;
  }
  const size_t count = std::min(n - taken, edges_.size() - std::min(next_, edges_.size()));
  for (size_t i = 0; i < count; ++i) {
    const Edge& edge = edges_[next_ + i];
    if (rels) rels->push_back(Value::Relationship(edge.rel));
    if (nodes) nodes->push_back(Value::Node(edge.other));
  }
  next_ += count;
  return taken + count;
}

void EdgeReader::AppendTo(std::vector<Edge>* edges) const {
  edges->insert(edges->end(), edges_.begin(), edges_.end());
  for (const Piece& piece : pieces_) {
    for (size_t i = 0; i < piece.found.size; ++i) {
      edges->push_back({piece.found.rels[i], piece.found.nodes[i], piece.type, piece.outgoing});
    }
  }
}

}  // namespace gesta::execute
