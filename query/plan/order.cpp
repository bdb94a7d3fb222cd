#include "plan/order.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "plan/walk_plan.h"

namespace gesta::plan {
namespace {

class Orderer {
 public:
  Orderer(const PatternGraph& graph, size_t component, const Estimator& estimator)
      : graph_(graph), component_(component), estimator_(estimator) {}

  Order Best(const MatchState& state, double rows) {
    if (HasKnownNode(state)) return Continue(Start(rows), state);
    std::optional<Order> best;
    const auto consider = [&](Step step) {
      Order order = Start(rows);
      MatchState next = state;
      Take(std::move(step), &order, &next);
      order = Continue(std::move(order), std::move(next));
      if (!best || order.cost < best->cost) best = std::move(order);
    };
    for (size_t node = 0; node < graph_.pattern.nodes.size(); ++node) {
      if (graph_.component[node] == component_) consider(NodeStep(node, state, rows));
    }
    for (size_t rel = 0; rel < graph_.pattern.rels.size(); ++rel) {
      if (CanScan(rel)) consider(RelationshipStep(rel, state, rows));
    }
    return best ? *std::move(best) : Start(rows);
  }

  Order Written(MatchState state, double rows) {
    Order order = Start(rows);
    for (size_t rel = 0; rel < graph_.pattern.rels.size(); ++rel) {
      if (!Mine(rel)) continue;
      for (const size_t end : {graph_.from[rel], graph_.to[rel]}) {
        // Conditions of each step may read the node at its far end.
        const bool needed =
            end == graph_.from[rel] ? !state.nodes[graph_.to[rel]] : !StepSlotsKnown(rel, state);
        if (needed && !state.nodes[end]) TakePlainNode(end, &order, &state);
      }
      Take(ExpandStep(rel, !state.nodes[graph_.from[rel]], state, order.rows), &order, &state);
    }
    for (size_t node = 0; node < graph_.pattern.nodes.size(); ++node) {
      if (graph_.component[node] == component_ && !state.nodes[node]) {
        TakePlainNode(node, &order, &state);
      }
    }
    return order;
  }

 private:
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
    return Mine(rel) && !graph_.pattern.rels[rel].length && graph_.from[rel] != graph_.to[rel];
  }
  bool StepSlotsKnown(size_t rel, const MatchState& state) const {
    for (const auto& [key, value] : graph_.pattern.rels[rel].each) {
      if (!state.available.HasAll(SlotsOf(*value))) return false;
    }
    return true;
  }

  // Follows relationships until the component is matched.
  Order Continue(Order order, MatchState state) {
    while (true) {
      std::optional<Step> best;
      bool waiting = false;  // a relationship cannot be followed yet
      for (size_t rel = 0; rel < graph_.pattern.rels.size(); ++rel) {
        if (!Mine(rel) || state.rels[rel]) continue;
        const bool from = state.nodes[graph_.from[rel]];
        const bool to = state.nodes[graph_.to[rel]];
        if ((!from && !to) || !StepSlotsKnown(rel, state)) {
          waiting = true;
          continue;
        }
        Step step = ExpandStep(rel, !from, state, order.rows);
        if (!best || step.rows < best->rows) best = std::move(step);
      }
      if (!best) {
        if (waiting) best = CheapestNode(state, order.rows);
        if (!best) return order;  // what is left waits for another component
      }
      Take(*std::move(best), &order, &state);
    }
  }

  std::optional<Step> CheapestNode(const MatchState& state, double rows) const {
    std::optional<Step> best;
    for (size_t node = 0; node < graph_.pattern.nodes.size(); ++node) {
      if (graph_.component[node] != component_ || state.nodes[node]) continue;
      Step step = NodeStep(node, state, rows);
      if (!best || step.rows < best->rows) best = std::move(step);
    }
    return best;
  }

  Step NodeStep(size_t node, const MatchState& state, double rows) const {
    Step step;
    step.node = node;
    step.access = FindNodeAccess(graph_, node, state, estimator_);
    step.found = rows * step.access.rows;
    Finish(state, &step);
    return step;
  }
  void TakePlainNode(size_t node, Order* order, MatchState* state) const {
    Step step;
    step.node = node;
    step.access = PlainNodeAccess(graph_, node, estimator_);
    step.found = order->rows * step.access.rows;
    Finish(*state, &step);
    Take(std::move(step), order, state);
  }

  Step RelationshipStep(size_t rel, const MatchState& state, double rows) const {
    Step step;
    step.kind = Step::Kind::kRelationship;
    step.rel = rel;
    step.access = FindRelationshipAccess(graph_, rel, state, estimator_);
    step.found = rows * step.access.rows;
    Finish(state, &step);
    return step;
  }

  Step ExpandStep(size_t rel, bool reversed, const MatchState& state, double rows) const {
    const BoundPatternRel& pattern = graph_.pattern.rels[rel];
    const size_t start = reversed ? graph_.to[rel] : graph_.from[rel];
    const size_t end = reversed ? graph_.from[rel] : graph_.to[rel];
    Step step;
    step.kind = Step::Kind::kExpand;
    step.rel = rel;
    step.reversed = reversed;
    step.into = state.nodes[end];
    const Direction direction = reversed ? Reversed(pattern.direction) : pattern.direction;
    double degree = estimator_.Degree(graph_.pattern.nodes[start].labels, pattern.types, direction);
    if (pattern.length) degree = WalkCount(degree, *pattern.length);
    if (pattern.bound) degree = 1;
    step.found = rows * degree;
    if (step.into && !pattern.bound) {
      step.found /= std::max(1.0, estimator_.NodesWithLabels(graph_.pattern.nodes[end].labels));
    }
    Finish(state, &step);
    return step;
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

  void Finish(const MatchState& state, Step* step) const {
    MatchState next = state;
    Advance(graph_, *step, &next);
    step->rows = step->found *
                 ConditionsSelectivity(graph_, ReadyConditions(graph_, next, false), estimator_);
  }

  void Take(Step step, Order* order, MatchState* state) const {
    order->cost += order->rows +
                   (step.kind == Step::Kind::kExpand ? step.found : order->rows * step.access.work);
    order->correlated = order->correlated || step.access.correlated;
    order->rows = step.rows;
    Advance(graph_, step, state);
    for (const size_t condition : ReadyConditions(graph_, *state, false)) {
      state->conditions[condition] = true;
    }
    order->steps.push_back(std::move(step));
  }

  const PatternGraph& graph_;
  const size_t component_;
  const Estimator& estimator_;
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
