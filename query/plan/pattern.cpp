#include "plan/pattern.h"

#include "plan/walk_plan.h"

namespace gesta::plan {
namespace {

BoundExprPtr MakeExpr(decltype(BoundExpr::node) node) {
  auto expr = std::make_unique<BoundExpr>();
  expr->node = std::move(node);
  return expr;
}

BoundExprPtr LabelCondition(Slot slot, const std::string& label) {
  ast::LabelExpr name;
  name.kind = ast::LabelExpr::Kind::kName;
  name.name = label;
  return MakeExpr(BoundLabelTest{MakeExpr(BoundSlot{slot}), std::move(name)});
}

// n.x of a variable n; null for other expressions.
const BoundProperty* PropertyOfSlot(const BoundExpr& expr) {
  const auto* property = std::get_if<BoundProperty>(&expr.node);
  return property && std::holds_alternative<BoundSlot>(property->base->node) ? property : nullptr;
}

bool IsSame(const BoundProperty& a, const BoundProperty& b) {
  return a.key == b.key &&
         std::get<BoundSlot>(a.base->node).slot == std::get<BoundSlot>(b.base->node).slot;
}

bool IsGiven(const BoundExpr& expr) {
  return std::holds_alternative<BoundConstant>(expr.node) ||
         std::holds_alternative<BoundParameter>(expr.node);
}

// The values that one property is compared with by equalities under ORs; false for other forms.
bool CollectEqualities(const BoundExpr& expr, const BoundExpr** property,
                       std::vector<const BoundExpr*>* values) {
  const auto* binary = std::get_if<BoundBinary>(&expr.node);
  if (!binary) return false;
  if (binary->op == ast::BinaryOp::kOr) {
    return CollectEqualities(*binary->left, property, values) &&
           CollectEqualities(*binary->right, property, values);
  }
  if (binary->op != ast::BinaryOp::kEqual) return false;
  const bool mirrored = IsGiven(*binary->left);
  const BoundExpr& side = mirrored ? *binary->right : *binary->left;
  const BoundExpr& value = mirrored ? *binary->left : *binary->right;
  const BoundProperty* found = PropertyOfSlot(side);
  if (!found || !IsGiven(value)) return false;
  if (*property && !IsSame(*found, *PropertyOfSlot(**property))) return false;
  *property = &side;
  values->push_back(&value);
  return true;
}

}  // namespace

void OrToIn(BoundExprPtr* condition) {
  const BoundExpr* property = nullptr;
  std::vector<const BoundExpr*> values;
  if (!CollectEqualities(**condition, &property, &values) || values.size() < 2) return;
  BoundList list;
  for (const BoundExpr* value : values) list.items.push_back(Clone(*value));
  BoundExprPtr in =
      MakeExpr(BoundBinary{ast::BinaryOp::kIn, Clone(*property), MakeExpr(std::move(list))});
  in->place = (*condition)->place;
  *condition = std::move(in);
}

PatternGraph::PatternGraph(BoundPattern& bound, std::vector<BoundExprPtr> predicates)
    : pattern(bound) {
  const auto add = [&](BoundExprPtr expr) {
    std::vector<Slot> slots = SlotsOf(*expr);
    const bool is_volatile = IsVolatile(*expr);
    conditions.push_back({std::move(expr), std::move(slots), is_volatile});
  };
  for (const BoundPatternNode& node : pattern.nodes) {
    for (const std::string& label : node.labels) add(LabelCondition(node.slot, label));
  }
  for (BoundExprPtr& predicate : predicates) add(std::move(predicate));
  for (const BoundPatternNode& node : pattern.nodes) labels.push_back(node.labels);

  component.assign(pattern.nodes.size(), kNone);
  for (size_t node = 0; node < component.size(); ++node) component[node] = node;
  for (const BoundPatternRel& rel : pattern.rels) {
    from.push_back(NodeAt(rel.from));
    to.push_back(NodeAt(rel.to));
    if (rel.shortest) continue;
    const size_t kept = component[from.back()];
    const size_t merged = component[to.back()];
    for (size_t& number : component) {
      if (number == merged) number = kept;
    }
  }
  // Numbered from 0 in the order of their first nodes.
  std::vector<size_t> names(component.size(), kNone);
  for (size_t& number : component) {
    if (names[number] == kNone) names[number] = component_count++;
    number = names[number];
  }
}

size_t PatternGraph::NodeAt(Slot slot) const {
  for (size_t i = 0; i < pattern.nodes.size(); ++i) {
    if (pattern.nodes[i].slot == slot) return i;
  }
  return kNone;
}

bool PatternGraph::CanCoincide(size_t a, size_t b) const {
  const std::vector<std::string>& types = pattern.rels[a].types;
  const std::vector<std::string>& others = pattern.rels[b].types;
  if (types.empty() || others.empty()) return true;
  for (const std::string& type : types) {
    if (std::find(others.begin(), others.end(), type) != others.end()) return true;
  }
  return false;
}

std::vector<std::string> PatternGraph::LabelsOf(const std::vector<Slot>& slots) const {
  std::vector<std::string> all;
  for (const Slot slot : slots) {
    const size_t node = NodeAt(slot);
    if (node != kNone) all.insert(all.end(), labels[node].begin(), labels[node].end());
  }
  return all;
}

size_t PatternGraph::LabelConditionOf(size_t condition, std::string* label) const {
  const auto* test = std::get_if<BoundLabelTest>(&conditions[condition].expr->node);
  if (!test || test->labels.kind != ast::LabelExpr::Kind::kName) return kNone;
  const auto* slot = std::get_if<BoundSlot>(&test->operand->node);
  if (!slot) return kNone;
  *label = test->labels.name;
  return NodeAt(slot->slot);
}

}  // namespace gesta::plan
