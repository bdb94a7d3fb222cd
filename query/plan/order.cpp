#include "plan/order.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "plan/walk_plan.h"

namespace gesta::plan {
namespace {

// What looking at a row costs in operators of several kinds, compared with passing one on.
constexpr double kExpandRow = 1;     // finding a node's relationships
constexpr double kAgainRow = 0.4;    // the same node's as in the row before
constexpr double kIntoRow = 1.5;     // searching them for one node
constexpr double kBuildRow = 3;      // putting a row into a join's table
constexpr double kProbeRow = 1.5;    // looking one up
constexpr double kCheckCost = 0.04;  // of Estimator::Cost

// A part of the component that is matched, and how.
struct Candidate {
  Order order;
  MatchState state;
};

class Orderer {
 public:
  Orderer(const PatternGraph& graph, size_t component, const Estimator& estimator)
      : graph_(graph), component_(component), estimator_(estimator) {
    for (size_t rel = 0; rel < graph_.pattern.rels.size(); ++rel) {
      if (Mine(rel)) rels_.push_back(rel);
    }
  }

  Order Best(const MatchState& state, double rows) {
    std::vector<Candidate> starts = Starts(state, rows);
    if (starts.empty()) return Start(rows);
    if (rels_.size() > kMostRelationships || NeedsOtherNodes()) {
      std::optional<Order> best;
      for (Candidate& start : starts) {
        Candidate done = Continue(std::move(start));
        if (!best || done.order.cost < best->cost) best = std::move(done.order);
      }
      return *std::move(best);
    }
    return Search(std::move(starts), state);
  }

  Order Written(MatchState state, double rows) {
    Candidate written{Start(rows), std::move(state)};
    for (const size_t rel : rels_) {
      for (const size_t end : {graph_.from[rel], graph_.to[rel]}) {
        // Conditions of each step may read the node at its far end.
        const bool needed = end == graph_.from[rel] ? !written.state.nodes[graph_.to[rel]]
                                                    : !StepSlotsKnown(rel, written.state);
        if (needed && !written.state.nodes[end]) TakePlainNode(end, &written);
      }
      Take(ExpandStep(rel, !written.state.nodes[graph_.from[rel]], written), &written);
    }
    for (size_t node = 0; node < graph_.pattern.nodes.size(); ++node) {
      if (graph_.component[node] == component_ && !written.state.nodes[node]) {
        TakePlainNode(node, &written);
      }
    }
    return std::move(written.order);
  }

 private:
  using Parts = uint32_t;  // relationships that are matched: bits by place in rels_

  static Order Start(double rows) {
    Order order;
    order.rows = rows;
    return order;
  }

  bool Mine(size_t rel) const {
    return !graph_.pattern.rels[rel].shortest && graph_.component[graph_.from[rel]] == component_;
  }
  bool HasKnownNode(const MatchState& state) const {
    for (size_t node = 0; node < graph_.pattern.nodes.size(); ++node) {
      if (graph_.component[node] == component_ && state.nodes[node]) return true;
    }
    return false;
  }
  bool CanScan(size_t rel) const {
    return !graph_.pattern.rels[rel].length && graph_.from[rel] != graph_.to[rel];
  }
  bool StepSlotsKnown(size_t rel, const MatchState& state) const {
    for (const auto& [key, value] : graph_.pattern.rels[rel].each) {
      if (!state.available.HasAll(SlotsOf(*value))) return false;
    }
    return true;
  }
  // Whether a relationship's own conditions may read other parts of the pattern.
  bool NeedsOtherNodes() const {
    return std::any_of(rels_.begin(), rels_.end(), [&](size_t rel) {
      const auto& each = graph_.pattern.rels[rel].each;
      return std::any_of(each.begin(), each.end(),
                         [](const auto& entry) { return !SlotsOf(*entry.second).empty(); });
    });
  }

  // The ways to begin: what is known already, or any node, or any relationship.
  std::vector<Candidate> Starts(const MatchState& state, double rows) const {
    std::vector<Candidate> starts;
    const Candidate nothing{Start(rows), state};
    if (HasKnownNode(state)) return {nothing};
    for (size_t node = 0; node < graph_.pattern.nodes.size(); ++node) {
      if (graph_.component[node] != component_) continue;
      starts.push_back(nothing);
      Take(NodeStep(node, nothing), &starts.back());
    }
    for (const size_t rel : rels_) {
      if (!CanScan(rel)) continue;
      starts.push_back(nothing);
      Take(RelationshipStep(rel, nothing), &starts.back());
    }
    return starts;
  }

  // -- dynamic programming --

  Parts PartsOf(const MatchState& state) const {
    Parts parts = 0;
    for (size_t i = 0; i < rels_.size(); ++i) {
      if (state.rels[rels_[i]]) parts |= Parts{1} << i;
    }
    return parts;
  }

  static void Keep(Candidate candidate, std::vector<Candidate>* best) {
    if (best->empty()) {
      best->push_back(std::move(candidate));
    } else if (candidate.order.cost < best->front().order.cost) {
      best->front() = std::move(candidate);
    }
  }

  // By the number of matched relationships: the best way to each connected part, from the ways to
  // those with one relationship less and from joins of two smaller ones.
  Order Search(std::vector<Candidate> starts, const MatchState& state) const {
    const bool alone = !HasKnownNode(state);
    const Parts all = static_cast<Parts>((uint64_t{1} << rels_.size()) - 1);
    if (rels_.empty()) return std::move(Cheapest(&starts).order);
    std::unordered_map<Parts, std::vector<Candidate>> ways;  // one each, but several starts
    for (Candidate& start : starts) {
      const Parts parts = PartsOf(start.state);
      if (parts == 0) {
        ways[0].push_back(std::move(start));
      } else {
        Keep(std::move(start), &ways[parts]);
      }
    }
    for (Parts parts = 0; parts < all; ++parts) {  // every part after those within it
      if (alone && parts != 0) KeepJoins(parts, &ways);
      const auto found = ways.find(parts);
      if (found == ways.end()) continue;
      const std::vector<Candidate> from = std::move(found->second);
      for (const Candidate& way : from) {
        for (size_t i = 0; i < rels_.size(); ++i) {
          if (parts & (Parts{1} << i)) continue;
          if (!CanExpand(rels_[i], way.state)) continue;
          Candidate next = way;
          Take(ExpandStep(rels_[i], !way.state.nodes[graph_.from[rels_[i]]], way), &next);
          Keep(std::move(next), &ways[parts | (Parts{1} << i)]);
        }
      }
      if (parts != 0) ways[parts] = from;  // joins ask for it again
    }
    if (alone) KeepJoins(all, &ways);
    return std::move(Cheapest(&ways[all]).order);
  }

  static Candidate& Cheapest(std::vector<Candidate>* candidates) {
    return *std::min_element(
        candidates->begin(), candidates->end(),
        [](const Candidate& a, const Candidate& b) { return a.order.cost < b.order.cost; });
  }

  bool CanExpand(size_t rel, const MatchState& state) const {
    return (state.nodes[graph_.from[rel]] || state.nodes[graph_.to[rel]]) &&
           StepSlotsKnown(rel, state);
  }

  // The ways to get `parts` by joining two parts that share nodes.
  void KeepJoins(Parts parts, std::unordered_map<Parts, std::vector<Candidate>>* ways) const {
    for (Parts left = (parts - 1) & parts; left != 0; left = (left - 1) & parts) {
      const auto a = ways->find(left);
      const auto b = ways->find(parts & ~left);
      if (a == ways->end() || b == ways->end()) continue;
      // The right side is kept in memory.
      if (a->second[0].order.rows < b->second[0].order.rows) continue;
      std::optional<Candidate> joined = Join(a->second[0], b->second[0]);
      if (joined) Keep(*std::move(joined), &(*ways)[parts]);
    }
  }

  std::optional<Candidate> Join(const Candidate& left, const Candidate& right) const {
    if (left.order.correlated || right.order.correlated) return std::nullopt;
    Step step;
    step.kind = Step::Kind::kJoin;
    double fraction = 1;
    for (size_t node = 0; node < graph_.pattern.nodes.size(); ++node) {
      if (graph_.component[node] != component_) continue;
      if (!left.state.nodes[node] || !right.state.nodes[node]) continue;
      step.joined.push_back(node);
      fraction /= std::max(1.0, estimator_.NodesWithLabels(graph_.labels[node]));
    }
    if (step.joined.empty()) return std::nullopt;
    // A join makes sense of two sides that were narrowed; others grow by expanding.
    Candidate joined = left;
    const double build = right.order.rows;
    step.part = std::make_shared<Order>(right.order);
    step.found = left.order.rows * right.order.rows * fraction;
    MatchState state = left.state;
    Merge(right.state, &state);
    step.rows = step.found * Kept(left.state, state, step);
    joined.order.cost += right.order.cost + kBuildRow * build + kProbeRow * left.order.rows +
                         step.found + CheckCost(left.state, state, step);
    joined.order.rows = step.rows;
    joined.state = std::move(state);
    MarkReady(&joined.state);
    joined.order.steps.push_back(std::move(step));
    return joined;
  }

  static void Merge(const MatchState& other, MatchState* state) {
    state->available.AddAll(other.available);
    for (size_t i = 0; i < other.nodes.size(); ++i) {
      if (other.nodes[i]) state->nodes[i] = true;
    }
    for (size_t i = 0; i < other.rels.size(); ++i) {
      if (other.rels[i]) state->rels[i] = true;
    }
    for (size_t i = 0; i < other.conditions.size(); ++i) {
      if (other.conditions[i]) state->conditions[i] = true;
    }
  }

  // -- greedy --

  // Follows relationships until the component is matched.
  Candidate Continue(Candidate way) const {
    while (true) {
      std::optional<Step> best;
      bool waiting = false;  // a relationship cannot be followed yet
      for (const size_t rel : rels_) {
        if (way.state.rels[rel]) continue;
        if (!CanExpand(rel, way.state)) {
          waiting = true;
          continue;
        }
        Step step = ExpandStep(rel, !way.state.nodes[graph_.from[rel]], way);
        if (!best || step.rows < best->rows) best = std::move(step);
      }
      if (!best) {
        if (waiting) best = CheapestNode(way);
        if (!best) return way;  // what is left waits for another component
      }
      Take(*std::move(best), &way);
    }
  }

  std::optional<Step> CheapestNode(const Candidate& way) const {
    std::optional<Step> best;
    for (size_t node = 0; node < graph_.pattern.nodes.size(); ++node) {
      if (graph_.component[node] != component_ || way.state.nodes[node]) continue;
      Step step = NodeStep(node, way);
      if (!best || step.rows < best->rows) best = std::move(step);
    }
    return best;
  }

  // -- steps --

  Step NodeStep(size_t node, const Candidate& way) const {
    Step step;
    step.node = node;
    step.access = FindNodeAccess(graph_, node, way.state, estimator_);
    step.found = way.order.rows * step.access.rows;
    return step;
  }
  void TakePlainNode(size_t node, Candidate* way) const {
    Step step;
    step.node = node;
    step.access = PlainNodeAccess(graph_, node, estimator_);
    step.found = way->order.rows * step.access.rows;
    Take(std::move(step), way);
  }

  Step RelationshipStep(size_t rel, const Candidate& way) const {
    Step step;
    step.kind = Step::Kind::kRelationship;
    step.rel = rel;
    step.access = FindRelationshipAccess(graph_, rel, way.state, estimator_);
    step.found = way.order.rows * step.access.rows;
    return step;
  }

  Step ExpandStep(size_t rel, bool reversed, const Candidate& way) const {
    const BoundPatternRel& pattern = graph_.pattern.rels[rel];
    const size_t start = reversed ? graph_.to[rel] : graph_.from[rel];
    const size_t end = reversed ? graph_.from[rel] : graph_.to[rel];
    Step step;
    step.kind = Step::Kind::kExpand;
    step.rel = rel;
    step.reversed = reversed;
    step.into = way.state.nodes[end];
    const Direction direction = reversed ? Reversed(pattern.direction) : pattern.direction;
    double degree = estimator_.Degree(graph_.labels[start], pattern.types, direction);
    if (pattern.length) degree = WalkCount(degree, *pattern.length);
    if (pattern.bound) degree = 1;
    if (step.into && !pattern.bound) {
      degree /= std::max(1.0, estimator_.NodesWithLabels(graph_.labels[end]));
    }
    step.dead_end = IsDeadEnd(rel, end, step.into, way.state);
    // A row passes as long as it has any relationship, whatever their number.
    step.found = way.order.rows * (step.dead_end ? std::min(1.0, degree) : degree);
    MatchState next = way.state;
    Advance(graph_, step, &next);
    step.rows = step.found * Kept(way.state, next, step);
    return step;
  }

  // Whether only the number of the relationships matters: nothing reads them or their far end, and
  // no other part of the pattern that is still to come must be told apart from them.
  bool IsDeadEnd(size_t rel, size_t end, bool into, const MatchState& state) const {
    const BoundPatternRel& pattern = graph_.pattern.rels[rel];
    if (!graph_.only_counted || pattern.length || pattern.bound) return false;
    const Slot far = into ? kNoSlot : graph_.pattern.nodes[end].slot;
    const std::vector<Slot> found{pattern.slot, far};
    if (graph_.wanted.HasAny(found)) return false;
    for (size_t i = 0; i < graph_.conditions.size(); ++i) {
      if (!state.conditions[i] && SlotSet(graph_.conditions[i].slots).HasAny(found)) return false;
    }
    for (size_t other = 0; other < graph_.pattern.rels.size(); ++other) {
      if (other == rel || state.rels[other]) continue;
      if (!graph_.pattern.rels[other].shortest && graph_.CanCoincide(rel, other)) return false;
      if (!into && (graph_.from[other] == end || graph_.to[other] == end)) return false;
      for (const auto& [key, value] : graph_.pattern.rels[other].each) {
        if (SlotSet(SlotsOf(*value)).HasAny(found)) return false;
      }
    }
    return true;
  }

  // The number of walks of the lengths, from the number of their first steps.
  static double WalkCount(double degree, const ast::VariableLength& length) {
    constexpr int64_t kLongest = 6;  // longer ones run out of relationships
    const int64_t min = length.min.value_or(1);
    const int64_t max = std::max(min, std::min(length.max.value_or(kLongest), min + kLongest));
    double sum = 0;
    for (int64_t steps = min; steps <= max; ++steps) {
      sum += std::pow(std::max(degree, 0.01), static_cast<double>(std::min(steps, kLongest)));
    }
    return sum;
  }

  static Direction Reversed(Direction direction) {
    if (direction == Direction::kBoth) return direction;
    return direction == Direction::kOut ? Direction::kIn : Direction::kOut;
  }

  // -- conditions --

  // The fraction of rows that the conditions keep which become ready by a step from `before` to
  // `after`.
  double Kept(const MatchState& before, const MatchState& after, const Step& step) const {
    double fraction = 1;
    for (const size_t i : ReadyConditions(graph_, after, false)) {
      if (before.conditions[i]) continue;
      const std::optional<double> end = LabelOfEnd(i, step);
      fraction *= end ? *end : ConditionsSelectivity(graph_, {i}, estimator_);
    }
    return fraction;
  }

  // How many relationships of an expand's types have the label that the condition asks for.
  std::optional<double> LabelOfEnd(size_t condition, const Step& step) const {
    std::string label;
    const size_t node = graph_.LabelConditionOf(condition, &label);
    if (step.kind != Step::Kind::kExpand || step.into || node == kNone) return std::nullopt;
    const size_t end = step.reversed ? graph_.from[step.rel] : graph_.to[step.rel];
    if (node != end) return std::nullopt;
    const BoundPatternRel& rel = graph_.pattern.rels[step.rel];
    if (rel.direction == Direction::kBoth) {
      const auto start = estimator_.EndFraction(rel.types, true, label);
      const auto stop = estimator_.EndFraction(rel.types, false, label);
      if (!start || !stop) return std::nullopt;
      return (*start + *stop) / 2;
    }
    const bool at_start = (rel.direction == Direction::kOut) == step.reversed;
    return estimator_.EndFraction(rel.types, at_start, label);
  }

  double CheckCost(const MatchState& before, const MatchState& after, const Step& step) const {
    double cost = 0;
    for (const size_t i : ReadyConditions(graph_, after, false)) {
      if (!before.conditions[i]) cost += Estimator::Cost(*graph_.conditions[i].expr);
    }
    return kCheckCost * cost * step.found;
  }

  void MarkReady(MatchState* state) const {
    for (const size_t condition : ReadyConditions(graph_, *state, false)) {
      state->conditions[condition] = true;
    }
  }

  double StepCost(const Step& step, const Order& order) const {
    if (step.kind != Step::Kind::kExpand) return order.rows * (1 + step.access.work);
    const size_t start = step.reversed ? graph_.to[step.rel] : graph_.from[step.rel];
    double each = step.into ? kIntoRow : kExpandRow;
    // The last expansion gave several rows in turn for the node that is looked at again.
    if (!order.steps.empty()) {
      const Step& last = order.steps.back();
      if (last.kind == Step::Kind::kExpand && !last.into) {
        const size_t reached = last.reversed ? graph_.from[last.rel] : graph_.to[last.rel];
        if (reached != start) each *= kAgainRow;
      }
    }
    const bool walks = graph_.pattern.rels[step.rel].length.has_value();
    return each * order.rows + (step.dead_end ? 0 : walks ? 2 * step.found : step.found);
  }

  void Take(Step step, Candidate* way) const {
    Order& order = way->order;
    MatchState next = way->state;
    Advance(graph_, step, &next);
    step.rows = step.found * Kept(way->state, next, step);
    order.cost += StepCost(step, order) + CheckCost(way->state, next, step);
    order.correlated = order.correlated || step.access.correlated;
    order.rows = step.rows;
    MarkReady(&next);
    way->state = std::move(next);
    order.steps.push_back(std::move(step));
  }

  const PatternGraph& graph_;
  const size_t component_;
  const Estimator& estimator_;
  std::vector<size_t> rels_;
};

}  // namespace

Order OrderComponent(const PatternGraph& graph, size_t component, const MatchState& state,
                     double rows, const Estimator& estimator) {
  return Orderer(graph, component, estimator).Best(state, rows);
}

Order WrittenOrder(const PatternGraph& graph, size_t component, const MatchState& state,
                   double rows, const Estimator& estimator) {
  return Orderer(graph, component, estimator).Written(state, rows);
}

void Advance(const PatternGraph& graph, const Step& step, MatchState* state) {
  const auto know = [&](size_t node) {
    state->nodes[node] = true;
    state->available.Add(graph.pattern.nodes[node].slot);
  };
  if (step.kind == Step::Kind::kNode) {
    know(step.node);
  } else if (step.kind == Step::Kind::kJoin) {
    for (const Step& other : step.part->steps) {
      Advance(graph, other, state);
      for (const size_t condition : ReadyConditions(graph, *state, false)) {
        state->conditions[condition] = true;
      }
    }
  } else {
    state->rels[step.rel] = true;
    state->available.Add(graph.pattern.rels[step.rel].slot);
    know(graph.from[step.rel]);
    know(graph.to[step.rel]);
  }
  for (const size_t condition : step.access.checked) {
    if (condition != kNone) state->conditions[condition] = true;
  }
}

std::vector<size_t> ReadyConditions(const PatternGraph& graph, const MatchState& state,
                                    bool with_volatile) {
  std::vector<size_t> ready;
  for (size_t i = 0; i < graph.conditions.size(); ++i) {
    const PatternCondition& condition = graph.conditions[i];
    if (!state.conditions[i] && (with_volatile || !condition.is_volatile) &&
        state.available.HasAll(condition.slots)) {
      ready.push_back(i);
    }
  }
  return ready;
}

double ConditionsSelectivity(const PatternGraph& graph, const std::vector<size_t>& conditions,
                             const Estimator& estimator) {
  double fraction = 1;
  for (const size_t i : conditions) {
    const PatternCondition& condition = graph.conditions[i];
    fraction *= estimator.Selectivity(*condition.expr, graph.LabelsOf(condition.slots));
  }
  return fraction;
}

}  // namespace gesta::plan
