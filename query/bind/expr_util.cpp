// Walking and copying bound expressions.
#include <algorithm>

#include "bind/bound.h"

namespace gesta {
namespace {

BoundExprPtr CloneOrNull(const BoundExprPtr& expr) { return expr ? Clone(*expr) : nullptr; }

std::vector<BoundExprPtr> CloneAll(const std::vector<BoundExprPtr>& exprs) {
  std::vector<BoundExprPtr> copies;
  copies.reserve(exprs.size());
  for (const BoundExprPtr& expr : exprs) copies.push_back(CloneOrNull(expr));
  return copies;
}

std::vector<std::pair<std::string, BoundExprPtr>> CloneEntries(
    const std::vector<std::pair<std::string, BoundExprPtr>>& entries) {
  std::vector<std::pair<std::string, BoundExprPtr>> copies;
  for (const auto& [key, value] : entries) copies.emplace_back(key, Clone(*value));
  return copies;
}

struct Cloner {
  using Node = decltype(BoundExpr::node);
  Node operator()(const BoundConstant& n) { return n; }
  Node operator()(const BoundParameter& n) { return n; }
  Node operator()(const BoundSlot& n) { return n; }
  Node operator()(const BoundBuildPath& n) { return n; }
  Node operator()(const BoundSubquery& n) { return n; }
  Node operator()(const BoundProperty& n) { return BoundProperty{Clone(*n.base), n.key}; }
  Node operator()(const BoundList& n) { return BoundList{CloneAll(n.items)}; }
  Node operator()(const BoundMap& n) { return BoundMap{CloneEntries(n.entries)}; }
  Node operator()(const BoundMapProjection& n) {
    return BoundMapProjection{Clone(*n.base), n.all, CloneEntries(n.entries)};
  }
  Node operator()(const BoundNot& n) { return BoundNot{Clone(*n.operand)}; }
  Node operator()(const BoundNegate& n) { return BoundNegate{Clone(*n.operand)}; }
  Node operator()(const BoundBinary& n) {
    return BoundBinary{n.op, Clone(*n.left), Clone(*n.right)};
  }
  Node operator()(const BoundIsNull& n) { return BoundIsNull{Clone(*n.operand), n.negated}; }
  Node operator()(const BoundLabelTest& n) { return BoundLabelTest{Clone(*n.operand), n.labels}; }
  Node operator()(const BoundSubscript& n) {
    return BoundSubscript{Clone(*n.container), Clone(*n.index)};
  }
  Node operator()(const BoundSlice& n) {
    return BoundSlice{Clone(*n.list), CloneOrNull(n.from), CloneOrNull(n.to)};
  }
  Node operator()(const BoundCall& n) { return BoundCall{n.function, CloneAll(n.arguments)}; }
  Node operator()(const BoundCase& n) {
    BoundCase copy;
    copy.subject = CloneOrNull(n.subject);
    for (const auto& [when, then] : n.whens) copy.whens.emplace_back(Clone(*when), Clone(*then));
    copy.otherwise = CloneOrNull(n.otherwise);
    return copy;
  }
  Node operator()(const BoundListComprehension& n) {
    return BoundListComprehension{n.variable, Clone(*n.list), CloneOrNull(n.where),
                                  CloneOrNull(n.map)};
  }
  Node operator()(const BoundQuantifier& n) {
    return BoundQuantifier{n.kind, n.variable, Clone(*n.list), Clone(*n.where)};
  }
  Node operator()(const BoundReduce& n) {
    return BoundReduce{n.accumulator, Clone(*n.initial), n.variable, Clone(*n.list),
                       Clone(*n.step)};
  }
};

// Calls `f` for each direct child expression.
template <typename F>
void ForEachChild(const BoundExpr& expr, F f) {
  auto opt = [&](const BoundExprPtr& e) {
    if (e) f(*e);
  };
  std::visit(
      [&](const auto& n) {
        using T = std::decay_t<decltype(n)>;
        if constexpr (std::is_same_v<T, BoundProperty>) {
          f(*n.base);
        } else if constexpr (std::is_same_v<T, BoundList>) {
          for (const auto& e : n.items) f(*e);
        } else if constexpr (std::is_same_v<T, BoundMap>) {
          for (const auto& e : n.entries) f(*e.second);
        } else if constexpr (std::is_same_v<T, BoundMapProjection>) {
          f(*n.base);
          for (const auto& e : n.entries) f(*e.second);
        } else if constexpr (std::is_same_v<T, BoundNot> || std::is_same_v<T, BoundNegate> ||
                             std::is_same_v<T, BoundIsNull> || std::is_same_v<T, BoundLabelTest>) {
          f(*n.operand);
        } else if constexpr (std::is_same_v<T, BoundBinary>) {
          f(*n.left);
          f(*n.right);
        } else if constexpr (std::is_same_v<T, BoundSubscript>) {
          f(*n.container);
          f(*n.index);
        } else if constexpr (std::is_same_v<T, BoundSlice>) {
          f(*n.list);
          opt(n.from);
          opt(n.to);
        } else if constexpr (std::is_same_v<T, BoundCall>) {
          for (const auto& e : n.arguments) f(*e);
        } else if constexpr (std::is_same_v<T, BoundCase>) {
          opt(n.subject);
          for (const auto& [when, then] : n.whens) {
            f(*when);
            f(*then);
          }
          opt(n.otherwise);
        } else if constexpr (std::is_same_v<T, BoundListComprehension>) {
          f(*n.list);
          opt(n.where);
          opt(n.map);
        } else if constexpr (std::is_same_v<T, BoundQuantifier>) {
          f(*n.list);
          f(*n.where);
        } else if constexpr (std::is_same_v<T, BoundReduce>) {
          f(*n.initial);
          f(*n.list);
          f(*n.step);
        }
      },
      expr.node);
}

void Collect(const BoundExpr& expr, std::vector<Slot>* hidden, std::vector<Slot>* slots) {
  auto add = [&](Slot slot) {
    if (std::find(hidden->begin(), hidden->end(), slot) != hidden->end()) return;
    if (std::find(slots->begin(), slots->end(), slot) == slots->end()) slots->push_back(slot);
  };
  size_t depth = hidden->size();
  if (const auto* slot = std::get_if<BoundSlot>(&expr.node)) {
    add(slot->slot);
  } else if (const auto* path = std::get_if<BoundBuildPath>(&expr.node)) {
    for (Slot slot : path->elements) add(slot);
  } else if (const auto* sub = std::get_if<BoundSubquery>(&expr.node)) {
    for (Slot slot : sub->arguments) add(slot);
  } else if (const auto* list = std::get_if<BoundListComprehension>(&expr.node)) {
    hidden->push_back(list->variable);
  } else if (const auto* quantifier = std::get_if<BoundQuantifier>(&expr.node)) {
    hidden->push_back(quantifier->variable);
  } else if (const auto* reduce = std::get_if<BoundReduce>(&expr.node)) {
    hidden->push_back(reduce->variable);
    hidden->push_back(reduce->accumulator);
  }
  ForEachChild(expr, [&](const BoundExpr& child) { Collect(child, hidden, slots); });
  hidden->resize(depth);
}

}  // namespace

BoundExprPtr Clone(const BoundExpr& expr) {
  return std::make_unique<BoundExpr>(BoundExpr{expr.place, std::visit(Cloner{}, expr.node)});
}

void VisitExpr(const BoundExpr& expr, const std::function<void(const BoundExpr&)>& visit) {
  visit(expr);
  ForEachChild(expr, [&](const BoundExpr& child) { VisitExpr(child, visit); });
}

void CollectSlots(const BoundExpr& expr, std::vector<Slot>* slots) {
  std::vector<Slot> hidden;
  Collect(expr, &hidden, slots);
}

void SplitConjuncts(BoundExprPtr expr, std::vector<BoundExprPtr>* conjuncts) {
  if (auto* binary = std::get_if<BoundBinary>(&expr->node);
      binary && binary->op == ast::BinaryOp::kAnd) {
    SplitConjuncts(std::move(binary->left), conjuncts);
    SplitConjuncts(std::move(binary->right), conjuncts);
    return;
  }
  conjuncts->push_back(std::move(expr));
}

}  // namespace gesta
