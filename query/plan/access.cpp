#include "plan/access.h"

#include <algorithm>

#include "plan/walk_plan.h"

namespace gesta::plan {
namespace {

// entity.key OP value, turned round if need be, where the value does not depend on the entity.
struct Comparison {
  size_t condition;
  std::string key;
  ast::BinaryOp op;
  bool correlated;  // the value reads slots
};

const std::string* KeyOf(const BoundExpr& expr, Slot slot) {
  const auto* property = std::get_if<BoundProperty>(&expr.node);
  if (!property) return nullptr;
  const auto* base = std::get_if<BoundSlot>(&property->base->node);
  return base && base->slot == slot ? &property->key : nullptr;
}

// Whether the side of a comparison can be computed before the entity is known.
bool Computable(const BoundExpr& value, const MatchState& state) {
  return state.available.HasAll(SlotsOf(value)) && !IsVolatile(value);
}

// The side of condition `binary` that is not a property of `slot`, and the comparison as seen from
// that property.
const BoundExpr* OtherSide(const BoundBinary& binary, Slot slot, const std::string** key,
                           ast::BinaryOp* op) {
  if ((*key = KeyOf(*binary.left, slot))) {
    *op = binary.op;
    return binary.right.get();
  }
  const std::optional<ast::BinaryOp> mirrored = Mirrored(binary.op);
  if (mirrored && (*key = KeyOf(*binary.right, slot))) {
    *op = *mirrored;
    return binary.left.get();
  }
  return nullptr;
}

std::vector<Comparison> FindComparisons(const PatternGraph& graph, Slot slot,
                                        const MatchState& state) {
  std::vector<Comparison> found;
  for (size_t i = 0; i < graph.conditions.size(); ++i) {
    const PatternCondition& condition = graph.conditions[i];
    if (state.conditions[i] || condition.is_volatile) continue;
    const auto* binary = std::get_if<BoundBinary>(&condition.expr->node);
    if (!binary) continue;
    const std::string* key = nullptr;
    ast::BinaryOp op;
    const BoundExpr* value = OtherSide(*binary, slot, &key, &op);
    if (!value || !Computable(*value, state)) continue;
    found.push_back({i, *key, op, !SlotsOf(*value).empty()});
  }
  return found;
}

bool IsLower(ast::BinaryOp op) {
  return op == ast::BinaryOp::kGreater || op == ast::BinaryOp::kGreaterEqual;
}
bool IsUpper(ast::BinaryOp op) {
  return op == ast::BinaryOp::kLess || op == ast::BinaryOp::kLessEqual;
}

// The fraction that lies within two bounds of a range, each of which alone keeps a fraction.
double BothBounds(double first, double second) {
  return first + second > 1 ? std::max(0.001, first + second - 1) : first * second;
}

// The best use of one index, if the comparisons allow any.
std::optional<Access> UseIndex(const PatternGraph& graph, const IndexInfo& index,
                               const std::string& label, const std::vector<Comparison>& comparisons,
                               const Estimator& estimator) {
  Access access;
  access.kind = Access::Kind::kIndex;
  access.index = &index;
  access.label = label;
  const auto is_on = [&](const Comparison& comparison, size_t position) {
    return estimator.transaction().FindName(NameKind::kProperty, comparison.key) ==
           index.properties[position];
  };
  const auto take = [&](const Comparison& comparison) {
    access.checked.push_back(comparison.condition);
    access.correlated = access.correlated || comparison.correlated;
    return comparison.condition;
  };
  for (size_t position = 0; position < index.properties.size(); ++position) {
    const auto equal = std::find_if(comparisons.begin(), comparisons.end(), [&](const auto& c) {
      return c.op == ast::BinaryOp::kEqual && is_on(c, position);
    });
    if (equal == comparisons.end()) break;
    access.equals.push_back(take(*equal));
  }
  const double entries = estimator.IndexEntries(index);
  const double one_value = estimator.PerIndexValue(index);
  if (!access.equals.empty()) {
    if (index.unique && access.equals.size() < index.properties.size()) return std::nullopt;
    const bool whole = access.equals.size() == index.properties.size();
    access.rows = whole ? one_value : std::max(one_value, entries / 10);
  } else if (index.unique && index.properties.size() > 1) {
    return std::nullopt;
  } else {
    // Of a range: what both bounds leave, when neither is rare among the other's.
    double fraction = 1;
    const auto kept = [&](const Comparison& comparison) {
      const std::vector<std::string> labels =
          index.entity == EntityKind::kNode ? std::vector{label} : std::vector<std::string>();
      return estimator.Selectivity(*graph.conditions[comparison.condition].expr, labels);
    };
    for (const Comparison& comparison : comparisons) {
      if (!is_on(comparison, 0)) continue;
      if (comparison.op == ast::BinaryOp::kIn && access.checked.empty()) {
        access.in = take(comparison);
        const auto& in = std::get<BoundBinary>(graph.conditions[comparison.condition].expr->node);
        access.rows = one_value * static_cast<double>(Estimator::ListSize(*in.right));
        break;
      }
      if (comparison.op == ast::BinaryOp::kStartsWith && access.checked.empty()) {
        access.starts_with = take(comparison);
        access.rows = entries * kept(comparison);
        break;
      }
      if (IsLower(comparison.op) && access.lower == kNone) {
        access.lower = take(comparison);
        fraction = BothBounds(fraction, kept(comparison));
      } else if (IsUpper(comparison.op) && access.upper == kNone) {
        access.upper = take(comparison);
        fraction = BothBounds(fraction, kept(comparison));
      }
    }
    if (access.checked.empty()) return std::nullopt;
    if (access.in == kNone && access.starts_with == kNone) access.rows = entries * fraction;
  }
  access.work = access.rows + 1;  // and the seek
  return access;
}

// The condition that tests a node for one label.
size_t LabelCondition(const PatternGraph& graph, Slot slot, std::string_view label) {
  for (size_t i = 0; i < graph.conditions.size(); ++i) {
    const auto* test = std::get_if<BoundLabelTest>(&graph.conditions[i].expr->node);
    if (!test || test->labels.kind != ast::LabelExpr::Kind::kName || test->labels.name != label) {
      continue;
    }
    const auto* base = std::get_if<BoundSlot>(&test->operand->node);
    if (base && base->slot == slot) return i;
  }
  return kNone;
}

// id(n) = value or id(n) IN values.
std::optional<Access> UseIds(const PatternGraph& graph, Slot slot, const MatchState& state) {
  const auto is_id = [&](const BoundExpr& expr) {
    const auto* call = std::get_if<BoundCall>(&expr.node);
    if (!call || call->function->name != "id" || call->arguments.size() != 1) return false;
    const auto* base = std::get_if<BoundSlot>(&call->arguments[0]->node);
    return base && base->slot == slot;
  };
  for (size_t i = 0; i < graph.conditions.size(); ++i) {
    if (state.conditions[i] || graph.conditions[i].is_volatile) continue;
    const auto* binary = std::get_if<BoundBinary>(&graph.conditions[i].expr->node);
    if (!binary) continue;
    const bool equal = binary->op == ast::BinaryOp::kEqual;
    if (!equal && binary->op != ast::BinaryOp::kIn) continue;
    const BoundExpr* value = nullptr;
    if (is_id(*binary->left)) value = binary->right.get();
    if (equal && is_id(*binary->right)) value = binary->left.get();
    if (!value || !Computable(*value, state)) continue;
    Access access;
    access.kind = Access::Kind::kIds;
    access.ids = i;
    access.checked = {i};
    access.rows = equal ? 1 : 8;
    access.work = access.rows;
    access.correlated = !SlotsOf(*value).empty();
    return access;
  }
  return std::nullopt;
}

void KeepCheaper(std::optional<Access> candidate, Access* best) {
  if (candidate && candidate->work < best->work) *best = *std::move(candidate);
}

// The value side of a comparison with a property (or with id()) of the slot, copied.
BoundExprPtr ValueOf(const PatternGraph& graph, size_t condition, Slot slot) {
  const auto& binary = std::get<BoundBinary>(graph.conditions[condition].expr->node);
  const std::string* key = nullptr;
  ast::BinaryOp op;
  const BoundExpr* value = OtherSide(binary, slot, &key, &op);
  return Clone(*value);
}
bool IsInclusive(const PatternGraph& graph, size_t condition) {
  const ast::BinaryOp op = std::get<BoundBinary>(graph.conditions[condition].expr->node).op;
  return op == ast::BinaryOp::kLessEqual || op == ast::BinaryOp::kGreaterEqual;
}

OpIndexSeek MakeSeek(const Access& access, const PatternGraph& graph, Slot slot,
                     const Estimator& estimator) {
  OpIndexSeek seek;
  seek.slot = slot;
  seek.index = access.index->id;
  seek.index_name = access.index->name;
  seek.label = access.label;
  for (const NameId key : access.index->properties) {
    seek.properties.emplace_back(estimator.transaction().Name(NameKind::kProperty, key));
  }
  for (const size_t condition : access.equals) {
    seek.equals.push_back(ValueOf(graph, condition, slot));
  }
  if (access.in != kNone) seek.in = ValueOf(graph, access.in, slot);
  if (access.starts_with != kNone) seek.starts_with = ValueOf(graph, access.starts_with, slot);
  if (access.lower != kNone) {
    seek.lower = ValueOf(graph, access.lower, slot);
    seek.lower_inclusive = IsInclusive(graph, access.lower);
  }
  if (access.upper != kNone) {
    seek.upper = ValueOf(graph, access.upper, slot);
    seek.upper_inclusive = IsInclusive(graph, access.upper);
  }
  return seek;
}

}  // namespace

Access PlainNodeAccess(const PatternGraph& graph, size_t node, const Estimator& estimator) {
  const BoundPatternNode& pattern = graph.pattern.nodes[node];
  Access access;
  access.rows = estimator.Nodes();
  if (!pattern.labels.empty()) {
    access.kind = Access::Kind::kLabel;
    access.label = pattern.labels.front();
    access.rows = estimator.NodesWithLabel(access.label);
    const size_t condition = LabelCondition(graph, pattern.slot, access.label);
    if (condition != kNone) access.checked = {condition};
  }
  access.work = access.rows;
  return access;
}

Access FindNodeAccess(const PatternGraph& graph, size_t node, const MatchState& state,
                      const Estimator& estimator) {
  const BoundPatternNode& pattern = graph.pattern.nodes[node];
  Access best = PlainNodeAccess(graph, node, estimator);
  for (const std::string& label : graph.labels[node]) {
    Access access;
    access.kind = Access::Kind::kLabel;
    access.label = label;
    access.rows = access.work = estimator.NodesWithLabel(label);
    access.checked = {LabelCondition(graph, pattern.slot, label)};
    KeepCheaper(std::move(access), &best);
  }
  const std::vector<Comparison> comparisons = FindComparisons(graph, pattern.slot, state);
  for (const IndexInfo& index : estimator.indexes()) {
    if (index.entity != EntityKind::kNode) continue;
    for (const std::string& label : graph.labels[node]) {
      if (estimator.transaction().FindName(NameKind::kLabel, label) != index.label) continue;
      std::optional<Access> access = UseIndex(graph, index, label, comparisons, estimator);
      if (access) access->checked.push_back(LabelCondition(graph, pattern.slot, label));
      // A seek is preferred to a scan even where both look cheap now: the store may grow.
      if (access && best.kind != Access::Kind::kIndex && access->work <= best.work + 2) {
        best.work = access->work + 1;
      }
      KeepCheaper(std::move(access), &best);
    }
  }
  KeepCheaper(UseIds(graph, pattern.slot, state), &best);
  return best;
}

Access FindRelationshipAccess(const PatternGraph& graph, size_t rel, const MatchState& state,
                              const Estimator& estimator) {
  const BoundPatternRel& pattern = graph.pattern.rels[rel];
  const double readings = pattern.direction == Direction::kBoth ? 2 : 1;
  Access best;
  best.kind = Access::Kind::kRelationships;
  if (pattern.bound) {
    best.rows = best.work = readings;
    best.correlated = true;
    return best;
  }
  best.rows = readings * estimator.Relationships(pattern.types);
  best.work = 2 * best.rows;  // each one's ends are looked up
  if (pattern.types.size() != 1 || pattern.direction == Direction::kBoth ||
      pattern.slot == kNoSlot) {
    return best;
  }
  const std::vector<Comparison> comparisons = FindComparisons(graph, pattern.slot, state);
  for (const IndexInfo& index : estimator.indexes()) {
    if (index.entity != EntityKind::kRelationship) continue;
    if (estimator.transaction().FindName(NameKind::kType, pattern.types[0]) != index.label) {
      continue;
    }
    std::optional<Access> access = UseIndex(graph, index, pattern.types[0], comparisons, estimator);
    if (access) access->work *= 2;
    KeepCheaper(std::move(access), &best);
  }
  return best;
}

LogicalOp MakeNodeAccess(const Access& access, const PatternGraph& graph, size_t node,
                         const Estimator& estimator) {
  const Slot slot = graph.pattern.nodes[node].slot;
  LogicalOp op;
  switch (access.kind) {
    case Access::Kind::kLabel:
      op.node = OpLabelScan{slot, access.label};
      break;
    case Access::Kind::kIndex:
      op.node = MakeSeek(access, graph, slot, estimator);
      break;
    case Access::Kind::kIds: {
      const auto& binary = std::get<BoundBinary>(graph.conditions[access.ids].expr->node);
      const auto* call = std::get_if<BoundCall>(&binary.left->node);
      const bool left_is_id =
          call && call->function->name == "id" && SlotsOf(*binary.left) == std::vector<Slot>{slot};
      op.node = OpNodeByIds{slot, Clone(left_is_id ? *binary.right : *binary.left)};
      break;
    }
    default:
      op.node = OpNodeScan{slot};
      break;
  }
  return op;
}

LogicalOp MakeRelationshipAccess(const Access& access, const PatternGraph& graph, size_t rel,
                                 const Estimator& estimator) {
  const BoundPatternRel& pattern = graph.pattern.rels[rel];
  LogicalOp op;
  if (access.kind == Access::Kind::kIndex) {
    OpIndexSeek seek = MakeSeek(access, graph, pattern.slot, estimator);
    const bool out = pattern.direction == Direction::kOut;
    seek.from = out ? pattern.from : pattern.to;
    seek.to = out ? pattern.to : pattern.from;
    op.node = std::move(seek);
  } else {
    op.node = OpRelationshipScan{pattern.slot,  pattern.from,      pattern.to,
                                 pattern.types, pattern.direction, pattern.bound};
  }
  return op;
}

}  // namespace gesta::plan
