// shortestPath and allShortestPaths between two bound nodes: breadth-first search from both ends.
#include <algorithm>
#include <unordered_map>

#include "execute/multiply.h"
#include "execute/walk.h"

namespace gesta::execute {
namespace {

Direction Opposite(Direction direction) {
  switch (direction) {
    case Direction::kOut:
      return Direction::kIn;
    case Direction::kIn:
      return Direction::kOut;
    case Direction::kBoth:
      break;
  }
  return Direction::kBoth;
}

// A found path: its relationships from start to end.
using Walk = std::vector<RelId>;

class ShortestPathOperator : public MultiplyOperator {
 public:
  ShortestPathOperator(const LogicalOp& op, OperatorPtr child, const OpShortestPath& node,
                       StepConditions conditions, BuildEnv& env)
      : MultiplyOperator(op, std::move(child), {node.rel, node.path}, env),
        node_(node),
        types_(node.types),
        conditions_(std::move(conditions)),
        min_(static_cast<size_t>(std::max<int64_t>(node.min, 0))),
        max_(node.max ? static_cast<size_t>(std::max<int64_t>(*node.max, 0)) : SIZE_MAX),
        give_rel_(node.rel != kNoSlot && IsLive(node.rel)),
        give_path_(node.path != kNoSlot && IsLive(node.path)),
        charge_(env.context) {}

 protected:
  Status Prepare() override {
    types_.Resolve(*context_->transaction());
    return {};
  }

  Status BeginBatch(const Batch& input) override { return conditions_.BeginBatch(input); }

  Status BeginRow(const Batch& input, size_t row) override {
    found_.clear();
    charge_.Clear();
    next_ = 0;
    row_ = row;
    GESTA_ASSIGN_OR_RETURN(const std::optional<NodeId> from,
                           NodeOf(input.columns[node_.from][row]));
    GESTA_ASSIGN_OR_RETURN(const std::optional<NodeId> to, NodeOf(input.columns[node_.to][row]));
    if (!from || !to || min_ > max_) return {};
    from_ = *from;
    to_ = *to;
    if (from_ == to_ && min_ == 0) {
      found_.emplace_back();
      return {};
    }
    if (max_ == 0 || types_.matches_nothing()) return {};
    // A cycle, or a least length beyond the distance, is no matter of distances.
    return from_ == to_ || min_ > 1 ? SearchByLength() : SearchBothEnds();
  }

  Result<size_t> Fill(const Batch&, size_t, size_t n, Batch* out) override {
    const size_t count = std::min(n, found_.size() - next_);
    for (size_t i = 0; i < count; ++i) GESTA_RETURN_IF_ERROR(Append(found_[next_ + i], out));
    next_ += count;
    return count;
  }

 private:
  // A relationship over which a node was first reached, and the node it came from.
  struct Step {
    RelId rel;
    NodeId from;
  };
  // One end's search: for each node reached, its distance and the steps that lead there.
  struct Reached {
    size_t distance;
    std::vector<Step> steps;
  };
  struct Side {
    std::unordered_map<NodeId, Reached> reached;
    std::vector<NodeId> frontier;
    size_t depth = 0;
  };

  Result<bool> Allowed(RelId rel) {
    if ((++steps_ & 0xFFF) == 0) GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
    if (conditions_.empty()) return true;
    return conditions_.Hold(*context_->transaction(), rel, row_);
  }

  // Reaches all nodes one step further.
  Status Advance(Side* side, Direction direction) {
    constexpr size_t kNodeBytes = 96;
    std::vector<NodeId> frontier;
    ++side->depth;
    for (const NodeId node : side->frontier) {
      edges_.clear();
      GESTA_RETURN_IF_ERROR(
          context_->transaction()->Expand(node, direction, types_.ids(), std::nullopt, &edges_));
      for (const Edge& edge : edges_) {
        const auto known = side->reached.find(edge.other);
        const bool is_new = known == side->reached.end();
        // Another way to a node reached in this very step matters only when all paths are wanted.
        if (!is_new && (!node_.all || known->second.distance != side->depth)) continue;
        GESTA_ASSIGN_OR_RETURN(const bool allowed, Allowed(edge.rel));
        if (!allowed) continue;
        if (is_new) {
          GESTA_RETURN_IF_ERROR(charge_.Add(kNodeBytes));
          side->reached[edge.other] = {side->depth, {{edge.rel, node}}};
          frontier.push_back(edge.other);
        } else {
          GESTA_RETURN_IF_ERROR(charge_.Add(sizeof(Step)));
          known->second.steps.push_back({edge.rel, node});
        }
      }
    }
    side->frontier.swap(frontier);
    return {};
  }

  // The smaller frontier is advanced by a whole step; the first time the sides meet, every meeting
  // node lies on shortest paths, and each shortest path has exactly one node in that frontier.
  Status SearchBothEnds() {
    Side start;
    Side end;
    start.reached[from_] = {0, {}};
    start.frontier.push_back(from_);
    end.reached[to_] = {0, {}};
    end.frontier.push_back(to_);
    while (start.depth + end.depth < max_) {
      const bool forward = start.frontier.size() <= end.frontier.size();
      Side& side = forward ? start : end;
      const Side& other = forward ? end : start;
      GESTA_RETURN_IF_ERROR(Advance(&side, forward ? node_.direction : Opposite(node_.direction)));
      if (side.frontier.empty()) return {};
      bool met = false;
      for (const NodeId node : side.frontier) {
        if (other.reached.count(node) == 0) continue;
        met = true;
        GESTA_RETURN_IF_ERROR(Join(start, end, node));
        if (!node_.all) return {};
      }
      if (met) return {};
    }
    return {};
  }

  // Adds the paths that go through `middle`.
  Status Join(const Side& start, const Side& end, NodeId middle) {
    std::vector<Walk> heads;
    std::vector<Walk> tails;
    Walk walk;
    GESTA_RETURN_IF_ERROR(Collect(start, middle, &walk, &heads));
    GESTA_RETURN_IF_ERROR(Collect(end, middle, &walk, &tails));
    for (const Walk& head : heads) {
      for (const Walk& tail : tails) {
        Walk path(head.rbegin(), head.rend());
        path.insert(path.end(), tail.begin(), tail.end());
        GESTA_RETURN_IF_ERROR(Found(std::move(path)));
        if (!node_.all) return {};
      }
    }
    return {};
  }

  // All ways from `node` back to the side's origin.
  Status Collect(const Side& side, NodeId node, Walk* walk, std::vector<Walk>* walks) {
    const Reached& reached = side.reached.at(node);
    if (reached.distance == 0) {
      GESTA_RETURN_IF_ERROR(charge_.Add(walk->size() * sizeof(RelId) + sizeof(Walk)));
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      walks->push_back(*walk);
      return {};
    }
    for (const Step& step : reached.steps) {
      walk->push_back(step.rel);
      const Status status = Collect(side, step.from, walk, walks);
      walk->pop_back();
      GESTA_RETURN_IF_ERROR(status);
    }
    return {};
  }

  // Walks without repeated relationships of length min, min + 1, … until some end at the node.
  Status SearchByLength() {
    for (size_t length = std::max<size_t>(min_, 1); length <= max_; ++length) {
      bool reaches = false;
      Walk walk;
      GESTA_RETURN_IF_ERROR(SearchDepth(from_, length, &walk, &reaches));
      if (!found_.empty() || !reaches) return {};
    }
    return {};
  }

  // `*reaches`: whether any walk has the length, wherever it ends.
  Status SearchDepth(NodeId node, size_t length, Walk* walk, bool* reaches) {
    std::vector<Edge> edges;
    GESTA_RETURN_IF_ERROR(
        context_->transaction()->Expand(node, node_.direction, types_.ids(), std::nullopt, &edges));
    for (const Edge& edge : edges) {
      if (std::find(walk->begin(), walk->end(), edge.rel) != walk->end()) continue;
      GESTA_ASSIGN_OR_RETURN(const bool allowed, Allowed(edge.rel));
      if (!allowed) continue;
      walk->push_back(edge.rel);
      if (walk->size() == length) {
        *reaches = true;
        if (edge.other == to_) GESTA_RETURN_IF_ERROR(Found(*walk));
      } else {
        GESTA_RETURN_IF_ERROR(SearchDepth(edge.other, length, walk, reaches));
      }
      walk->pop_back();
      if (!found_.empty() && !node_.all) return {};
    }
    return {};
  }

  Status Found(Walk walk) {
    GESTA_RETURN_IF_ERROR(charge_.Add(walk.size() * sizeof(RelId) + sizeof(Walk)));
    found_.push_back(std::move(walk));
    return {};
  }

  Status Append(const Walk& walk, Batch* out) {
    if (give_rel_) {
      List list;
      list.reserve(walk.size());
      for (const RelId rel : walk) list.push_back(Value::Relationship(rel));
      out->columns[node_.rel].push_back(Value::MakeList(std::move(list)));
    }
    if (!give_path_) return {};
    PathData path;
    NodeId at = from_;
    path.nodes.push_back(Value::Node(at));
    for (const RelId rel : walk) {
      GESTA_ASSIGN_OR_RETURN(const RelationshipRecord record,
                             context_->transaction()->GetRelationship(rel));
      at = record.start == at ? record.end : record.start;
      path.relationships.push_back(Value::Relationship(rel));
      path.nodes.push_back(Value::Node(at));
    }
    out->columns[node_.path].push_back(Value::Path(std::move(path)));
    return {};
  }

  const OpShortestPath& node_;
  TypeFilter types_;
  StepConditions conditions_;
  const size_t min_;
  const size_t max_;
  const bool give_rel_;
  const bool give_path_;
  MemoryCharge charge_;
  NodeId from_ = 0;
  NodeId to_ = 0;
  size_t row_ = 0;
  std::vector<Edge> edges_;
  std::vector<Walk> found_;
  size_t next_ = 0;
  uint64_t steps_ = 0;
};

}  // namespace

Result<OperatorPtr> Build(const OpShortestPath& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(StepConditions conditions, StepConditions::Make(node.each, env.context));
  return OperatorPtr(std::make_unique<ShortestPathOperator>(op, std::move(child), node,
                                                            std::move(conditions), env));
}

}  // namespace gesta::execute
