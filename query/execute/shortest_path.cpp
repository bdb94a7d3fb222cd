// shortestPath and allShortestPaths between two bound nodes: breadth-first search from both ends.
#include <algorithm>

#include "execute/edge_reader.h"
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

// Numbers nodes 0, 1, … in the order in which they are inserted. A hash table with open places.
class NodeTable {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  // The node's number, or kNone.
  uint32_t Find(NodeId node) const {
    if (places_.empty()) return kNone;
    for (size_t at = Hash(node);; at = (at + 1) & mask_) {
      const Place& place = places_[at];
      if (place.number == kNone || place.node == node) return place.number;
    }
  }
  // Precondition: the node is not there.
  void Insert(NodeId node) {
    constexpr size_t kLeast = 64;
    if (2 * (size_ + 1) > places_.size()) Resize(std::max(kLeast, 2 * places_.size()));
    Put(node, static_cast<uint32_t>(size_++));
  }
  void Clear() {
    // What a large search has left behind is not worth clearing for small ones.
    constexpr size_t kSmall = 4096;
    if (places_.size() > kSmall) places_.clear();
    std::fill(places_.begin(), places_.end(), Place());
    size_ = 0;
  }

 private:
  struct Place {
    NodeId node = 0;
    uint32_t number = kNone;
  };

  size_t Hash(NodeId node) const { return (node * 0x9E3779B97F4A7C15u >> 32) & mask_; }
  void Put(NodeId node, uint32_t number) {
    size_t at = Hash(node);
    while (places_[at].number != kNone) at = (at + 1) & mask_;
    places_[at] = {node, number};
  }
  void Resize(size_t size) {  // a power of two
    const std::vector<Place> old = std::exchange(places_, std::vector<Place>(size));
    mask_ = size - 1;
    for (const Place& place : old) {
      if (place.number != kNone) Put(place.node, place.number);
    }
  }

  std::vector<Place> places_;
  size_t mask_ = 0;
  size_t size_ = 0;
};

// A found path: its relationships from start to end.
using Walk = std::vector<RelId>;

class ShortestPathOperator : public MultiplyOperator {
 public:
  ShortestPathOperator(const LogicalOp& op, OperatorPtr child, const OpShortestPath& node,
                       StepConditions conditions, BuildEnv& env)
      : MultiplyOperator(op, std::move(child), {node.rel, node.path}, env),
        node_(node),
        types_(node.types),
        reader_(node.direction, env.context),
        back_reader_(Opposite(node.direction), env.context),
        conditions_(std::move(conditions)),
        min_(static_cast<size_t>(std::max<int64_t>(node.min, 0))),
        max_(node.max ? static_cast<size_t>(std::max<int64_t>(*node.max, 0)) : SIZE_MAX),
        give_rel_(node.rel != kNoSlot && IsLive(node.rel)),
        give_path_(node.path != kNoSlot && IsLive(node.path)),
        charge_(env.context) {}

 protected:
  Status Prepare() override {
    types_.Resolve(*context_->transaction());
    if (types_.matches_nothing()) return {};
    reader_.Begin(types_.ids(), logical->children[0]->estimated_rows);
    back_reader_.Begin(types_.ids(), logical->children[0]->estimated_rows);
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
  // A relationship over which a node was first reached, the place in `reached` of the node it came
  // from, and another such step, if there are more.
  struct Step {
    RelId rel;
    uint32_t from;
    uint32_t next;
  };
  static constexpr uint32_t kNone = ~uint32_t{0};
  struct Reached {
    NodeId node;
    uint32_t depth;
    uint32_t step;  // in `steps`; kNone: the origin
  };
  // One end's search.
  struct Side {
    std::vector<Reached> reached;  // in the order of their distances
    std::vector<Step> steps;
    NodeTable places;     // in `reached`
    size_t frontier = 0;  // the first of the nodes that are `depth` away; they are the last
    uint32_t depth = 0;

    size_t FrontierSize() const { return reached.size() - frontier; }
    void Begin(NodeId origin) {
      reached.assign(1, {origin, 0, kNone});
      steps.clear();
      places.Clear();
      places.Insert(origin);
      frontier = 0;
      depth = 0;
    }
  };

  Result<bool> Allowed(RelId rel) {
    if ((++steps_ & 0xFFF) == 0) GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
    if (conditions_.empty()) return true;
    return conditions_.Hold(*context_->transaction(), rel, row_);
  }

  // Reaches all nodes one step further. When one path is enough it ends with the first node that
  // the other side has reached; that is the last of `reached` then.
  Result<bool> Advance(Side* side, const Side& other, EdgeReader* reader) {
    constexpr size_t kNodeBytes = 64;
    const size_t end = side->reached.size();
    const auto depth = ++side->depth;
    bool met = false;
    Status status;
    for (size_t at = side->frontier; at < end && !met; ++at) {
      GESTA_RETURN_IF_ERROR(reader->Read(side->reached[at].node));
      const size_t before = side->reached.size() + side->steps.size();
      reader->ForEach([&](RelId rel, NodeId node) {
        const uint32_t place = side->places.Find(node);
        const bool is_new = place == NodeTable::kNone;
        // Another way to a node reached in this very step matters only when all paths are wanted.
        if (!is_new && (!node_.all || side->reached[place].depth != depth)) return true;
        const Result<bool> allowed = Allowed(rel);
        if (!allowed.ok()) {
          status = allowed.status();
          return false;
        }
        if (!*allowed) return true;
        const auto step = static_cast<uint32_t>(side->steps.size());
        if (is_new) {
          side->places.Insert(node);
          side->reached.push_back({node, depth, step});
          side->steps.push_back({rel, static_cast<uint32_t>(at), kNone});
          met = other.places.Find(node) != NodeTable::kNone;
          return node_.all || !met;
        }
        Reached& known = side->reached[place];
        side->steps.push_back({rel, static_cast<uint32_t>(at), known.step});
        known.step = step;
        return true;
      });
      GESTA_RETURN_IF_ERROR(status);
      const size_t added = side->reached.size() + side->steps.size() - before;
      GESTA_RETURN_IF_ERROR(charge_.Add(added * kNodeBytes));
      if (side->steps.size() >= kNone - 1) return TooLarge();
      met = met && !node_.all;
    }
    side->frontier = end;
    return met;
  }

  static Status TooLarge() {
    return Status(StatusCode::kMemoryBudget,
                  "a shortest path search has passed four thousand million relationships",
                  "give the path a type or a smaller greatest length");
  }

  // The smaller frontier is advanced by a whole step; the first time the sides meet, every meeting
  // node lies on shortest paths, and each shortest path has exactly one node in that frontier.
  Status SearchBothEnds() {
    start_.Begin(from_);
    end_.Begin(to_);
    while (size_t{start_.depth} + end_.depth < max_) {
      const bool forward = start_.FrontierSize() <= end_.FrontierSize();
      Side& side = forward ? start_ : end_;
      const Side& other = forward ? end_ : start_;
      GESTA_ASSIGN_OR_RETURN(const bool met,
                             Advance(&side, other, forward ? &reader_ : &back_reader_));
      if (side.FrontierSize() == 0) return {};
      if (met) return Join(side.reached.back().node);
      if (!node_.all) continue;
      for (size_t at = side.frontier; at < side.reached.size(); ++at) {
        const NodeId node = side.reached[at].node;
        if (other.places.Find(node) != NodeTable::kNone) GESTA_RETURN_IF_ERROR(Join(node));
      }
      if (!found_.empty()) return {};
    }
    return {};
  }

  // Adds the paths that go through `middle`.
  Status Join(NodeId middle) {
    std::vector<Walk> heads;
    std::vector<Walk> tails;
    Walk walk;
    GESTA_RETURN_IF_ERROR(Collect(start_, start_.places.Find(middle), &walk, &heads));
    GESTA_RETURN_IF_ERROR(Collect(end_, end_.places.Find(middle), &walk, &tails));
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

  // All ways from the node at `place` back to the side's origin.
  Status Collect(const Side& side, uint32_t place, Walk* walk, std::vector<Walk>* walks) {
    const Reached& reached = side.reached[place];
    if (reached.depth == 0) {
      GESTA_RETURN_IF_ERROR(charge_.Add(walk->size() * sizeof(RelId) + sizeof(Walk)));
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      walks->push_back(*walk);
      return {};
    }
    for (uint32_t at = reached.step; at != kNone; at = side.steps[at].next) {
      walk->push_back(side.steps[at].rel);
      const Status status = Collect(side, side.steps[at].from, walk, walks);
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
    GESTA_RETURN_IF_ERROR(reader_.Read(node));
    reader_.AppendTo(&edges);
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
  EdgeReader reader_;
  EdgeReader back_reader_;
  StepConditions conditions_;
  const size_t min_;
  const size_t max_;
  const bool give_rel_;
  const bool give_path_;
  MemoryCharge charge_;
  NodeId from_ = 0;
  NodeId to_ = 0;
  size_t row_ = 0;
  Side start_;
  Side end_;
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
