// From the order of a pattern's parts to operators: conditions as early as their slots are there,
// joins between parts that are not connected, paths at the end.
#include "plan/match.h"

#include <algorithm>
#include <map>

#include "plan/order.h"
#include "plan/walk_plan.h"

namespace gesta::plan {
namespace {

BoundExprPtr MakeExpr(decltype(BoundExpr::node) node) {
  auto expr = std::make_unique<BoundExpr>();
  expr->node = std::move(node);
  return expr;
}
BoundExprPtr SlotExpr(Slot slot) { return MakeExpr(BoundSlot{slot}); }
BoundExprPtr Not(BoundExprPtr expr) { return MakeExpr(BoundNot{std::move(expr)}); }
BoundExprPtr Binary(ast::BinaryOp op, BoundExprPtr left, BoundExprPtr right) {
  return MakeExpr(BoundBinary{op, std::move(left), std::move(right)});
}

class PatternPlanner {
 public:
  PatternPlanner(BoundPattern& pattern, std::vector<BoundExprPtr> predicates,
                 const MatchContext& context, Stream& stream)
      : context_(context),
        stream_(stream),
        graph_(NameRels(pattern), Seekable(std::move(predicates))) {
    state_.nodes.assign(pattern.nodes.size(), false);
    state_.rels.assign(pattern.rels.size(), false);
    state_.conditions.assign(graph_.conditions.size(), false);
    path_done_.assign(pattern.paths.size(), false);
    graph_.only_counted = context.only_counted && context.wanted;
    if (context.wanted) graph_.wanted = *context.wanted;
    for (const BoundNamedPath& path : pattern.paths) {
      if (!context.wanted || graph_.wanted.Has(path.slot)) graph_.wanted.AddAll(path.elements);
    }
    if (context.assumptions) InferLabels();
    blank_ = state_;
  }

  void Run() {
    state_.available = stream_.available;
    for (size_t node = 0; node < state_.nodes.size(); ++node) {
      state_.nodes[node] = stream_.available.Has(graph_.pattern.nodes[node].slot);
    }
    if (context_.options.optimize) CheckReady(stream_, &state_);
    for (size_t component = 0; component < graph_.component_count; ++component) {
      if (Touches(component)) AddConnected(component);
    }
    AddSeparate();
    // Relationships whose conditions had to wait for another part.
    for (size_t component = 0; component < graph_.component_count; ++component) {
      if (!IsMatched(component)) AddConnected(component);
    }
    AddShortestPaths();
    AddPaths(stream_, &state_, true);
    Check(ReadyConditions(graph_, state_, true), stream_, &state_);
  }

 private:
  // Relationships without a name need one, so that they can be told apart.
  BoundPattern& NameRels(BoundPattern& pattern) {
    for (BoundPatternRel& rel : pattern.rels) {
      if (rel.slot == kNoSlot && !rel.shortest) rel.slot = NewSlot(context_.statement);
    }
    return pattern;
  }

  std::vector<BoundExprPtr> Seekable(std::vector<BoundExprPtr> predicates) const {
    if (context_.options.Uses("or-to-in")) {
      for (BoundExprPtr& predicate : predicates) OrToIn(&predicate);
    }
    return predicates;
  }

  // Labels that a node must have because all relationships of a type have them at that end: they
  // need no test, and a node without labels is found by them.
  void InferLabels() {
    for (size_t rel = 0; rel < graph_.pattern.rels.size(); ++rel) {
      const BoundPatternRel& pattern = graph_.pattern.rels[rel];
      if (pattern.shortest || pattern.types.empty()) continue;
      if (pattern.length && pattern.length->min.value_or(1) < 1) continue;
      for (const bool is_from : {true, false}) {
        std::vector<bool> sides;  // which ends of the relationships the node may be
        if (pattern.direction != Direction::kIn) sides.push_back(is_from);
        if (pattern.direction != Direction::kOut) sides.push_back(!is_from);
        TakeLabels(is_from ? graph_.from[rel] : graph_.to[rel], pattern.types, sides);
      }
    }
  }

  void TakeLabels(size_t node, const std::vector<std::string>& types,
                  const std::vector<bool>& sides) {
    std::optional<std::vector<std::string>> common;
    for (const std::string& type : types) {
      for (const bool at_start : sides) {
        std::vector<std::string> labels = context_.estimator.LabelsOfEnd(type, at_start);
        if (common) {
          const std::vector<std::string> more = std::move(*common);
          common.emplace();
          std::copy_if(more.begin(), more.end(), std::back_inserter(*common),
                       [&](const std::string& label) {
                         return std::find(labels.begin(), labels.end(), label) != labels.end();
                       });
        } else {
          common = std::move(labels);
        }
      }
    }
    for (const std::string& label : *common) {
      bool used = false;
      for (size_t i = 0; i < graph_.conditions.size(); ++i) {
        std::string tested;
        if (graph_.LabelConditionOf(i, &tested) != node || tested != label) continue;
        used = used || !state_.conditions[i];
        state_.conditions[i] = true;
      }
      if (graph_.labels[node].empty()) {
        graph_.labels[node].push_back(label);
        used = true;
      }
      if (!used) continue;
      for (const std::string& type : types) {
        for (const bool at_start : sides) {
          context_.assumptions->push_back({type, label, at_start, 0});
        }
      }
    }
  }

  bool Touches(size_t component) const {
    for (size_t node = 0; node < state_.nodes.size(); ++node) {
      if (graph_.component[node] == component && state_.nodes[node]) return true;
    }
    for (size_t rel = 0; rel < graph_.pattern.rels.size(); ++rel) {
      if (graph_.component[graph_.from[rel]] == component && graph_.pattern.rels[rel].bound &&
          !graph_.pattern.rels[rel].shortest) {
        return true;
      }
    }
    return false;
  }
  bool IsMatched(size_t component) const {
    for (size_t rel = 0; rel < state_.rels.size(); ++rel) {
      if (graph_.component[graph_.from[rel]] == component && !state_.rels[rel] &&
          !graph_.pattern.rels[rel].shortest) {
        return false;
      }
    }
    return true;
  }

  Order OrderOf(size_t component, const MatchState& state, double rows) const {
    return context_.options.optimize
               ? OrderComponent(graph_, component, state, rows, context_.estimator)
               : WrittenOrder(graph_, component, state, rows, context_.estimator);
  }

  void AddConnected(size_t component) {
    Emit(OrderOf(component, state_, stream_.rows), stream_, &state_);
  }

  // Parts that share nothing with the rows so far: joined to them, or matched again for each row
  // where that is cheaper (few rows, or a seek by their values).
  void AddSeparate() {
    while (true) {
      size_t best = kNone;
      Order order;
      for (size_t component = 0; component < graph_.component_count; ++component) {
        if (Touches(component)) continue;
        Order candidate = OrderOf(component, state_, stream_.rows);
        if (best != kNone && context_.options.optimize && candidate.rows >= order.rows) continue;
        if (best != kNone && !context_.options.optimize) continue;
        best = component;
        order = std::move(candidate);
      }
      if (best == kNone) return;
      if (!context_.options.optimize || stream_.one_row || !TryJoin(best, order)) {
        Emit(order, stream_, &state_);
      }
    }
  }

  // Joins the component to the stream unless `chained`, its order for each row, is cheaper.
  bool TryJoin(size_t component, const Order& chained) {
    MatchState alone = state_;
    alone.available = {};
    alone.rels.assign(alone.rels.size(), false);
    // Conditions that were checked stay checked; nodes of other parts are none of its business.
    Order order = OrderOf(component, alone, 1);
    MatchState joined = state_;
    for (const Step& step : order.steps) Advance(graph_, step, &joined);
    const std::vector<JoinKey> keys = JoinKeys(component);
    const double out = stream_.rows * order.rows *
                       ConditionsSelectivity(graph_, ConditionsOf(keys), context_.estimator);
    const double cost = order.cost + order.rows + stream_.rows + out;
    if (chained.cost <= cost) return false;

    Stream part;
    part.root = std::make_unique<LogicalOp>(MakeOp(OpUnit{}));
    part.root->estimated_rows = 1;
    Emit(order, part, &alone);
    Join(keys, std::move(part), alone, out);
    return true;
  }

  // A condition that equates something of the stream with something of the component.
  struct JoinKey {
    size_t condition;
    bool stream_is_left;
  };
  static std::vector<size_t> ConditionsOf(const std::vector<JoinKey>& keys) {
    std::vector<size_t> conditions;
    for (const JoinKey& key : keys) conditions.push_back(key.condition);
    return conditions;
  }

  std::vector<JoinKey> JoinKeys(size_t component) const {
    SlotSet own;
    for (size_t node = 0; node < state_.nodes.size(); ++node) {
      if (graph_.component[node] == component) own.Add(graph_.pattern.nodes[node].slot);
    }
    for (size_t rel = 0; rel < graph_.pattern.rels.size(); ++rel) {
      if (graph_.component[graph_.from[rel]] == component) own.Add(graph_.pattern.rels[rel].slot);
    }
    std::vector<JoinKey> keys;
    for (size_t i = 0; i < graph_.conditions.size(); ++i) {
      if (state_.conditions[i] || graph_.conditions[i].is_volatile) continue;
      const auto* equality = std::get_if<BoundBinary>(&graph_.conditions[i].expr->node);
      if (!equality || equality->op != ast::BinaryOp::kEqual) continue;
      const std::vector<Slot> left = SlotsOf(*equality->left);
      const std::vector<Slot> right = SlotsOf(*equality->right);
      if (left.empty() || right.empty()) continue;
      if (state_.available.HasAll(left) && own.HasAll(right)) keys.push_back({i, true});
      if (own.HasAll(left) && state_.available.HasAll(right)) keys.push_back({i, false});
    }
    return keys;
  }

  void Join(const std::vector<JoinKey>& keys, Stream part, const MatchState& alone, double rows) {
    OpHashJoin hash;
    for (const JoinKey& key : keys) {
      auto& equality = std::get<BoundBinary>(graph_.conditions[key.condition].expr->node);
      hash.left_keys.push_back(Clone(key.stream_is_left ? *equality.left : *equality.right));
      hash.right_keys.push_back(Clone(key.stream_is_left ? *equality.right : *equality.left));
      state_.conditions[key.condition] = true;
    }
    JoinOn(std::move(hash), std::move(part), alone, rows, stream_, &state_);
    CheckReady(stream_, &state_);
  }

  // A part that was matched on its own, joined at the nodes that it shares with the stream.
  void JoinPart(const Step& step, Stream& stream, MatchState* state) {
    Stream part;
    part.root = std::make_unique<LogicalOp>(MakeOp(OpUnit{}));
    part.root->estimated_rows = 1;
    MatchState alone = blank_;
    Emit(*step.part, part, &alone);
    OpHashJoin hash;
    for (const size_t node : step.joined) {
      hash.left_keys.push_back(SlotExpr(graph_.pattern.nodes[node].slot));
      hash.right_keys.push_back(SlotExpr(graph_.pattern.nodes[node].slot));
    }
    JoinOn(std::move(hash), std::move(part), alone, step.found, stream, state);
  }

  void JoinOn(OpHashJoin hash, Stream part, const MatchState& alone, double rows, Stream& stream,
              MatchState* state) {
    // The right side is read first and kept in memory. A stream that writes must run first, so that
    // the part sees what it wrote; otherwise the smaller side is kept.
    const bool stream_right =
        stream.wrote || (stream.rows < part.rows && stream.pending.Writes() == false);
    if (stream_right) std::swap(hash.left_keys, hash.right_keys);
    LogicalOp join;
    if (hash.left_keys.empty()) {
      join.node = OpCartesianProduct{};
    } else {
      join.node = std::move(hash);
    }
    if (stream_right) {
      stream.pending.ClearWrites();
      stream.pending.ClearReads();
    }
    const Effects pending = part.pending;
    LogicalOpPtr left = stream_right ? std::move(part.root) : std::move(stream.root);
    LogicalOpPtr right = stream_right ? std::move(stream.root) : std::move(part.root);
    join.children.push_back(std::move(left));
    join.children.push_back(std::move(right));
    join.estimated_rows = rows;
    stream.root = std::make_unique<LogicalOp>(std::move(join));
    stream.rows = rows;
    stream.one_row = false;
    stream.pending.Add(pending);

    const std::vector<size_t> before = MatchedRels(*state);
    state->available.AddAll(alone.available);
    stream.available.AddAll(alone.available);
    for (size_t i = 0; i < alone.nodes.size(); ++i) {
      if (alone.nodes[i]) state->nodes[i] = true;
    }
    for (size_t i = 0; i < alone.conditions.size(); ++i) {
      if (alone.conditions[i]) state->conditions[i] = true;
    }
    for (size_t rel = 0; rel < alone.rels.size(); ++rel) {
      if (!alone.rels[rel] || state->rels[rel]) continue;
      TellApart(rel, before, stream);
      state->rels[rel] = true;
    }
  }

  // -- operators --

  void Emit(const Order& order, Stream& stream, MatchState* state) {
    for (const Step& step : order.steps) {
      switch (step.kind) {
        case Step::Kind::kNode:
          Append(stream, MakeNodeAccess(step.access, graph_, step.node, context_.estimator),
                 step.found);
          break;
        case Step::Kind::kRelationship: {
          Append(stream, MakeRelationshipAccess(step.access, graph_, step.rel, context_.estimator),
                 step.found);
          TellApart(step.rel, MatchedRels(*state), stream);
          break;
        }
        case Step::Kind::kExpand:
          Append(stream, MakeExpand(step, *state), step.found);
          break;
        case Step::Kind::kJoin:
          JoinPart(step, stream, state);
          break;
      }
      if (step.kind != Step::Kind::kJoin) Advance(graph_, step, state);
      stream.available.AddAll(state->available);
      if (context_.options.optimize) CheckReady(stream, state);
      stream.rows = step.rows;
      stream.root->estimated_rows = step.rows;
    }
  }

  LogicalOp MakeExpand(const Step& step, const MatchState& state) {
    BoundPatternRel& rel = graph_.pattern.rels[step.rel];
    const auto fill = [&](auto& op) {
      op.from = step.reversed ? rel.to : rel.from;
      op.to = step.reversed ? rel.from : rel.to;
      op.rel = rel.slot;
      op.into = step.into;
      op.direction = rel.direction;
      if (step.reversed && rel.direction != Direction::kBoth) {
        op.direction = rel.direction == Direction::kOut ? Direction::kIn : Direction::kOut;
      }
      op.types = rel.types;
      op.rel_bound = rel.bound;
      for (const size_t other : MatchedRels(state)) {
        if (graph_.CanCoincide(step.rel, other)) {
          op.distinct_from.push_back(graph_.pattern.rels[other].slot);
        }
      }
    };
    if (!rel.length) {
      OpExpand expand;
      fill(expand);
      return MakeOp(std::move(expand));
    }
    OpVarExpand expand;
    fill(expand);
    expand.min = rel.length->min.value_or(1);
    expand.max = rel.length->max;
    expand.reversed = step.reversed;
    for (const auto& [key, value] : rel.each) expand.each.emplace_back(key, Clone(*value));
    return MakeOp(std::move(expand));
  }

  static std::vector<size_t> MatchedRels(const MatchState& state) {
    std::vector<size_t> matched;
    for (size_t rel = 0; rel < state.rels.size(); ++rel) {
      if (state.rels[rel]) matched.push_back(rel);
    }
    return matched;
  }

  // Keeps the rows in which relationship `rel` is none of `others`.
  void TellApart(size_t rel, const std::vector<size_t>& others, Stream& stream) {
    std::vector<BoundExprPtr> conditions;
    for (const size_t other : others) {
      if (!graph_.CanCoincide(rel, other)) continue;
      conditions.push_back(Distinct(graph_.pattern.rels[rel], graph_.pattern.rels[other]));
    }
    if (!conditions.empty()) AppendFilter(stream, std::move(conditions), 0.99);
  }

  BoundExprPtr Distinct(const BoundPatternRel& a, const BoundPatternRel& b) {
    if (!a.length && !b.length) {
      return Binary(ast::BinaryOp::kNotEqual, SlotExpr(a.slot), SlotExpr(b.slot));
    }
    if (!a.length) return Not(Binary(ast::BinaryOp::kIn, SlotExpr(a.slot), SlotExpr(b.slot)));
    if (!b.length) return Not(Binary(ast::BinaryOp::kIn, SlotExpr(b.slot), SlotExpr(a.slot)));
    const Slot one = NewSlot(context_.statement);
    return MakeExpr(BoundQuantifier{ast::QuantifierKind::kNone, one, SlotExpr(a.slot),
                                    Binary(ast::BinaryOp::kIn, SlotExpr(one), SlotExpr(b.slot))});
  }

  void AddShortestPaths() {
    for (size_t i = 0; i < graph_.pattern.rels.size(); ++i) {
      BoundPatternRel& rel = graph_.pattern.rels[i];
      if (!rel.shortest) continue;
      // Even the plainest plan searches only between the ends that are wanted.
      CheckReady(stream_, &state_);
      OpShortestPath op;
      op.from = rel.from;
      op.to = rel.to;
      op.rel = rel.slot;
      op.path = rel.path;
      op.all = *rel.shortest == ast::PathKind::kAllShortest;
      op.direction = rel.direction;
      op.types = rel.types;
      op.min = rel.length ? rel.length->min.value_or(1) : 1;
      op.max = rel.length ? rel.length->max : std::optional<int64_t>(1);
      for (auto& [key, value] : rel.each) op.each.emplace_back(key, std::move(value));
      Append(stream_, MakeOp(std::move(op)), stream_.rows);
      for (const Slot slot : {rel.slot, rel.path}) {
        state_.available.Add(slot);
        stream_.available.Add(slot);
      }
      if (context_.options.optimize) CheckReady(stream_, &state_);
    }
  }

  // -- conditions and paths --

  void CheckReady(Stream& stream, MatchState* state) {
    AddPaths(stream, state, false);
    Check(ReadyConditions(graph_, *state, false), stream, state);
  }

  void Check(std::vector<size_t> conditions, Stream& stream, MatchState* state) {
    if (conditions.empty()) return;
    if (context_.options.optimize) SortByPromise(&conditions);
    const double fraction = ConditionsSelectivity(graph_, conditions, context_.estimator);
    std::vector<BoundExprPtr> predicates;
    for (const size_t i : conditions) {
      predicates.push_back(Clone(*graph_.conditions[i].expr));
      state->conditions[i] = true;
    }
    AppendFilter(stream, std::move(predicates), fraction);
  }

  // What drops many rows for little work comes first.
  void SortByPromise(std::vector<size_t>* conditions) const {
    std::map<size_t, double> rank;
    for (const size_t i : *conditions) {
      const double kept = ConditionsSelectivity(graph_, {i}, context_.estimator);
      rank[i] = Estimator::Cost(*graph_.conditions[i].expr) / std::max(0.01, 1 - kept);
    }
    std::stable_sort(conditions->begin(), conditions->end(),
                     [&](size_t a, size_t b) { return rank[a] < rank[b]; });
  }

  // Paths whose parts are matched: those that a condition waits for, or `all`.
  void AddPaths(Stream& stream, MatchState* state, bool all) {
    OpProject project;
    for (size_t i = 0; i < graph_.pattern.paths.size(); ++i) {
      const BoundNamedPath& path = graph_.pattern.paths[i];
      if (path_done_[i] || state->available.Has(path.slot) ||
          !state->available.HasAll(path.elements) || (!all && !IsAwaited(path.slot, *state))) {
        continue;
      }
      path_done_[i] = true;
      project.items.push_back({path.slot, MakeExpr(BoundBuildPath{path.elements}), ""});
    }
    if (project.items.empty()) return;
    for (const BoundItem& item : project.items) {
      state->available.Add(item.slot);
      stream.available.Add(item.slot);
    }
    Append(stream, MakeOp(std::move(project)), stream.rows);
  }

  bool IsAwaited(Slot path, const MatchState& state) const {
    for (size_t i = 0; i < graph_.conditions.size(); ++i) {
      const std::vector<Slot>& slots = graph_.conditions[i].slots;
      if (!state.conditions[i] && !graph_.conditions[i].is_volatile &&
          std::find(slots.begin(), slots.end(), path) != slots.end()) {
        return true;
      }
    }
    return false;
  }

  const MatchContext& context_;
  Stream& stream_;
  PatternGraph graph_;
  MatchState state_;
  MatchState blank_;  // nothing matched
  std::vector<bool> path_done_;
};

}  // namespace

void PlanPattern(BoundPattern& pattern, std::vector<BoundExprPtr> predicates,
                 const MatchContext& context, Stream& stream) {
  PatternPlanner(pattern, std::move(predicates), context, stream).Run();
}

}  // namespace gesta::plan
