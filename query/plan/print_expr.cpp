#include "plan/print_expr.h"

#include <utility>

#include "gesta/value.h"

namespace gesta::plan {
namespace {

// How tightly an expression's outermost operator binds; operands that bind less get brackets.
enum Strength { kOr, kXor, kAnd, kNot, kCompare, kAdd, kMultiply, kPower, kUnary, kAtom };

std::pair<const char*, Strength> Operator(ast::BinaryOp op) {
  switch (op) {
    case ast::BinaryOp::kOr:
      return {"OR", kOr};
    case ast::BinaryOp::kXor:
      return {"XOR", kXor};
    case ast::BinaryOp::kAnd:
      return {"AND", kAnd};
    case ast::BinaryOp::kAdd:
      return {"+", kAdd};
    case ast::BinaryOp::kSubtract:
      return {"-", kAdd};
    case ast::BinaryOp::kMultiply:
      return {"*", kMultiply};
    case ast::BinaryOp::kDivide:
      return {"/", kMultiply};
    case ast::BinaryOp::kModulo:
      return {"%", kMultiply};
    case ast::BinaryOp::kPower:
      return {"^", kPower};
    case ast::BinaryOp::kEqual:
      return {"=", kCompare};
    case ast::BinaryOp::kNotEqual:
      return {"<>", kCompare};
    case ast::BinaryOp::kLess:
      return {"<", kCompare};
    case ast::BinaryOp::kLessEqual:
      return {"<=", kCompare};
    case ast::BinaryOp::kGreater:
      return {">", kCompare};
    case ast::BinaryOp::kGreaterEqual:
      return {">=", kCompare};
    case ast::BinaryOp::kIn:
      return {"IN", kCompare};
    case ast::BinaryOp::kStartsWith:
      return {"STARTS WITH", kCompare};
    case ast::BinaryOp::kEndsWith:
      return {"ENDS WITH", kCompare};
    case ast::BinaryOp::kContains:
      return {"CONTAINS", kCompare};
    case ast::BinaryOp::kRegex:
      return {"=~", kCompare};
  }
  return {"?", kAtom};
}

class Printer {
 public:
  explicit Printer(const SlotNames& names) : names_(names) {}

  std::string Print(const BoundExpr& expr, Strength least) {
    strength_ = kAtom;
    std::string text = std::visit(*this, expr.node);
    return strength_ < least ? "(" + text + ")" : text;
  }

  std::string operator()(const BoundConstant& n) { return ToText(n.value, true); }
  std::string operator()(const BoundParameter& n) { return "$" + QuoteName(n.name); }
  std::string operator()(const BoundSlot& n) { return names_(n.slot); }
  std::string operator()(const BoundProperty& n) {
    return As(kAtom, Print(*n.base, kAtom) + "." + QuoteName(n.key));
  }
  std::string operator()(const BoundList& n) { return As(kAtom, "[" + Join(n.items) + "]"); }
  std::string operator()(const BoundMap& n) { return As(kAtom, "{" + Entries(n.entries) + "}"); }
  std::string operator()(const BoundMapProjection& n) {
    std::string items = Entries(n.entries);
    if (n.all) items = items.empty() ? ".*" : ".*, " + items;
    return As(kAtom, Print(*n.base, kAtom) + " {" + items + "}");
  }
  std::string operator()(const BoundNot& n) { return As(kNot, "NOT " + Print(*n.operand, kNot)); }
  std::string operator()(const BoundNegate& n) {
    return As(kUnary, "-" + Print(*n.operand, kUnary));
  }
  std::string operator()(const BoundBinary& n) {
    const auto [symbol, strength] = Operator(n.op);
    const std::string left = Print(*n.left, strength);
    const auto above = static_cast<Strength>(strength + 1);
    const bool chain = n.op == ast::BinaryOp::kAnd || n.op == ast::BinaryOp::kOr;
    const std::string right = Print(*n.right, chain ? strength : above);
    return As(strength, left + " " + symbol + " " + right);
  }
  std::string operator()(const BoundIsNull& n) {
    return As(kCompare, Print(*n.operand, kAdd) + (n.negated ? " IS NOT NULL" : " IS NULL"));
  }
  std::string operator()(const BoundLabelTest& n) {
    return As(kAtom, Print(*n.operand, kAtom) + ":" + PrintLabels(n.labels));
  }
  std::string operator()(const BoundSubscript& n) {
    return As(kAtom, Print(*n.container, kAtom) + "[" + Print(*n.index, kOr) + "]");
  }
  std::string operator()(const BoundSlice& n) {
    return As(kAtom, Print(*n.list, kAtom) + "[" + (n.from ? Print(*n.from, kOr) : "") + ".." +
                         (n.to ? Print(*n.to, kOr) : "") + "]");
  }
  std::string operator()(const BoundCall& n) {
    return As(kAtom, n.function->name + "(" + Join(n.arguments) + ")");
  }
  std::string operator()(const BoundCase& n) {
    std::string text = "CASE";
    if (n.subject) text += " " + Print(*n.subject, kOr);
    for (const auto& [when, then] : n.whens) {
      text += " WHEN " + Print(*when, kOr) + " THEN " + Print(*then, kOr);
    }
    if (n.otherwise) text += " ELSE " + Print(*n.otherwise, kOr);
    return As(kAtom, text + " END");
  }
  std::string operator()(const BoundListComprehension& n) {
    std::string text = "[" + names_(n.variable) + " IN " + Print(*n.list, kOr);
    if (n.where) text += " WHERE " + Print(*n.where, kOr);
    if (n.map) text += " | " + Print(*n.map, kOr);
    return As(kAtom, text + "]");
  }
  std::string operator()(const BoundQuantifier& n) {
    static constexpr const char* kNames[] = {"all", "any", "none", "single"};
    return As(kAtom, std::string(kNames[static_cast<int>(n.kind)]) + "(" + names_(n.variable) +
                         " IN " + Print(*n.list, kOr) + " WHERE " + Print(*n.where, kOr) + ")");
  }
  std::string operator()(const BoundReduce& n) {
    return As(kAtom, "reduce(" + names_(n.accumulator) + " = " + Print(*n.initial, kOr) + ", " +
                         names_(n.variable) + " IN " + Print(*n.list, kOr) + " | " +
                         Print(*n.step, kOr) + ")");
  }
  std::string operator()(const BoundBuildPath& n) {
    std::string text;
    for (size_t i = 0; i < n.elements.size(); ++i) {
      const std::string name = names_.Given(n.elements[i]);
      text += i % 2 == 0 ? "(" + name + ")" : "-[" + name + "]-";
    }
    return As(kAtom, "path " + text);
  }
  std::string operator()(const BoundSubquery& n) {
    const char* name = n.kind == BoundSubqueryKind::kExists  ? "EXISTS"
                       : n.kind == BoundSubqueryKind::kCount ? "COUNT"
                                                             : "COLLECT";
    return As(kAtom, std::string(name) + " { … }");
  }

 private:
  // The text, and how tightly it binds (inner prints have changed that).
  std::string As(Strength strength, std::string text) {
    strength_ = strength;
    return text;
  }
  std::string Join(const std::vector<BoundExprPtr>& exprs) {
    std::string text;
    for (const BoundExprPtr& expr : exprs) {
      text += (text.empty() ? "" : ", ") + Print(*expr, kOr);
    }
    return text;
  }
  std::string Entries(const std::vector<std::pair<std::string, BoundExprPtr>>& entries) {
    std::string text;
    for (const auto& [key, value] : entries) {
      text += (text.empty() ? "" : ", ") + QuoteName(key) + ": " + Print(*value, kOr);
    }
    return text;
  }

  const SlotNames& names_;
  Strength strength_ = kAtom;
};

std::string PrintLabels(const ast::LabelExpr& labels, bool nested) {
  using Kind = ast::LabelExpr::Kind;
  if (labels.kind == Kind::kName) return QuoteName(labels.name);
  if (labels.kind == Kind::kAny) return "%";
  if (labels.kind == Kind::kNot) return "!" + PrintLabels(labels.operands[0], true);
  std::string text;
  for (const ast::LabelExpr& operand : labels.operands) {
    if (!text.empty()) text += labels.kind == Kind::kAnd ? "&" : "|";
    text += PrintLabels(operand, true);
  }
  return nested ? "(" + text + ")" : text;
}

}  // namespace

std::string SlotNames::Given(Slot slot) const {
  if (slot >= names_.size() || names_[slot].empty() || names_[slot][0] == ' ') return "";
  return QuoteName(names_[slot]);
}

std::string SlotNames::operator()(Slot slot) const {
  const std::string given = Given(slot);
  return given.empty() ? "_" + std::to_string(slot) : given;
}

std::string PrintExpr(const BoundExpr& expr, const SlotNames& names) {
  return Printer(names).Print(expr, kOr);
}

std::string PrintLabels(const ast::LabelExpr& labels) { return PrintLabels(labels, false); }

}  // namespace gesta::plan
