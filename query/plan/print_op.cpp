#include "plan/print_op.h"

#include <algorithm>

namespace gesta::plan {
namespace {

class OpPrinter {
 public:
  explicit OpPrinter(const SlotNames& names) : names_(names) {}

  OpText operator()(const OpUnit&) const { return {"One row", ""}; }
  OpText operator()(const OpArgument& n) const { return {"Argument", Slots(n.slots)}; }
  OpText operator()(const OpNodeScan& n) const { return {"All nodes", Node(n.slot)}; }
  OpText operator()(const OpLabelScan& n) const {
    return {"Nodes by label", Node(n.slot, n.label)};
  }
  OpText operator()(const OpIndexSeek& n) const {
    std::string what = n.from == kNoSlot
                           ? Node(n.slot, n.label)
                           : "(" + names_.Given(n.from) + ")-[" + names_.Given(n.slot) + ":" +
                                 QuoteName(n.label) + "]->(" + names_.Given(n.to) + ")";
    const auto value = [&](const BoundExprPtr& expr) { return PrintExpr(*expr, names_); };
    const std::string key = QuoteName(n.properties.front());
    std::string how;
    for (size_t i = 0; i < n.equals.size(); ++i) {
      how += (how.empty() ? "" : " AND ") + QuoteName(n.properties[i]) + " = " + value(n.equals[i]);
    }
    if (n.in) how = key + " IN " + value(n.in);
    if (n.starts_with) how = key + " STARTS WITH " + value(n.starts_with);
    if (n.lower) how = key + (n.lower_inclusive ? " >= " : " > ") + value(n.lower);
    if (n.upper) {
      how += (how.empty() ? "" : " AND ") + key + (n.upper_inclusive ? " <= " : " < ") +
             value(n.upper);
    }
    return {"Index seek", what + " WHERE " + (how.empty() ? key + " IS NOT NULL" : how) +
                              " with index " + QuoteName(n.index_name)};
  }
  OpText operator()(const OpCountStore& n) const {
    const auto end = [&](const std::string& label) {
      return label.empty() ? std::string("()") : "(:" + QuoteName(label) + ")";
    };
    std::string what = n.names.empty() ? "()" : "(:" + QuoteName(n.names.front()) + ")";
    if (n.relationships) {
      const std::string rel = Rel(kNoSlot, n.names);
      what = end(n.start_label) + (rel.empty() ? "--" : "-[" + rel + "]-") + ">" + end(n.end_label);
    }
    return {"Count from statistics", what};
  }
  OpText operator()(const OpNodeByIds& n) const {
    return {"Nodes by id", Node(n.slot) + " WHERE id is or is in " + PrintExpr(*n.ids, names_)};
  }
  OpText operator()(const OpRelationshipScan& n) const {
    return {n.rel_bound ? "Ends of relationship" : "All relationships",
            Step(n.from, Rel(n.rel, n.types), n.direction, n.to)};
  }
  OpText operator()(const OpExpand& n) const {
    const char* name = n.count_only ? (n.into ? "Count between" : "Count relationships")
                       : n.into     ? "Expand into"
                                    : "Expand";
    std::string step = Step(n.from, Rel(n.rel, n.types), n.direction, n.to);
    if (n.paired) {
      step += " times " + Step(n.from, Rel(kNoSlot, n.paired->types), n.paired->direction, kNoSlot);
    }
    return {name, std::move(step)};
  }
  OpText operator()(const OpVarExpand& n) const {
    return {
        n.into ? "Walk into" : "Walk",
        Step(n.from, Rel(n.rel, n.types) + Length(n.min, n.max) + Each(n.each), n.direction, n.to)};
  }
  OpText operator()(const OpShortestPath& n) const {
    return {
        n.all ? "All shortest paths" : "Shortest path",
        Step(n.from, Rel(n.rel, n.types) + Length(n.min, n.max) + Each(n.each), n.direction, n.to)};
  }
  OpText operator()(const OpFilter& n) const { return {"Filter", Join(n.predicates, " AND ")}; }
  OpText operator()(const OpProject& n) const { return {"Project", Items(n.items)}; }
  OpText operator()(const OpAggregate& n) const {
    std::string text;
    for (const BoundAggregate& aggregate : n.aggregates) {
      const std::string call = aggregate.function ? aggregate.function->name + "(" +
                                                        (aggregate.distinct ? "DISTINCT " : "") +
                                                        Join(aggregate.arguments, ", ") + ")"
                                                  : "count(*)";
      text += (text.empty() ? "" : ", ") + call;
    }
    if (!n.keys.empty()) text += (text.empty() ? "" : " ") + ("by " + Items(n.keys));
    return {"Aggregate", text};
  }
  OpText operator()(const OpDistinct& n) const { return {"Distinct", Slots(n.slots)}; }
  OpText operator()(const OpSort& n) const {
    std::string text;
    for (const BoundSort& item : n.items) {
      text += (text.empty() ? "" : ", ") + PrintExpr(*item.expr, names_) +
              (item.descending ? " DESC" : "");
    }
    if (n.limit) text += ", first " + PrintExpr(*n.limit, names_) + " only";
    return {n.limit ? "Top" : "Sort", text};
  }
  OpText operator()(const OpSkip& n) const { return {"Skip", PrintExpr(*n.count, names_)}; }
  OpText operator()(const OpLimit& n) const { return {"Limit", PrintExpr(*n.count, names_)}; }
  OpText operator()(const OpUnwind& n) const {
    return {"Unwind", PrintExpr(*n.list, names_) + " AS " + names_(n.slot)};
  }
  OpText operator()(const OpEager&) const { return {"Eager", "all rows before the next step"}; }
  OpText operator()(const OpCartesianProduct&) const { return {"Cartesian product", ""}; }
  OpText operator()(const OpHashJoin& n) const {
    std::string text;
    for (size_t i = 0; i < n.left_keys.size(); ++i) {
      const auto* slot = std::get_if<BoundSlot>(&n.left_keys[i]->node);
      const auto* other = std::get_if<BoundSlot>(&n.right_keys[i]->node);
      const bool same = slot && other && slot->slot == other->slot;  // one node of the pattern
      text += (text.empty() ? "" : " AND ") + (same ? "both have (" + names_(slot->slot) + ")"
                                                    : PrintExpr(*n.left_keys[i], names_) + " = " +
                                                          PrintExpr(*n.right_keys[i], names_));
    }
    return {"Hash join", text};
  }
  OpText operator()(const OpUnion&) const { return {"Union", ""}; }
  OpText operator()(const OpApply& n) const {
    return {n.optional ? "Optional" : n.unit ? "For each row" : "Apply", Slots(n.arguments)};
  }
  OpText operator()(const OpSemiApply& n) const {
    return {n.anti ? "Where not exists" : "Where exists", Slots(n.arguments)};
  }
  OpText operator()(const OpCreate& n) const { return {"Create", Created(n.create)}; }
  OpText operator()(const OpMerge& n) const {
    std::string text = Created(n.create);
    if (!n.on_create.empty()) text += " ON CREATE SET " + SetItems(n.on_create);
    if (!n.on_match.empty()) text += " ON MATCH SET " + SetItems(n.on_match);
    return {"Merge", text};
  }
  OpText operator()(const OpSet& n) const { return {"Set", SetItems(n.items)}; }
  OpText operator()(const OpRemove& n) const {
    std::string text;
    for (const BoundRemoveItem& item : n.items) {
      text += (text.empty() ? "" : ", ") + PrintExpr(*item.target, names_);
      if (item.kind == ast::RemoveItem::Kind::kProperty) {
        text += "." + QuoteName(item.key);
      } else {
        text += Labels(item.labels);
      }
    }
    return {"Remove", text};
  }
  OpText operator()(const OpDelete& n) const {
    return {n.detach ? "Detach delete" : "Delete", Join(n.targets, ", ")};
  }
  OpText operator()(const OpForeach& n) const {
    return {"Foreach", names_(n.slot) + " IN " + PrintExpr(*n.list, names_)};
  }
  OpText operator()(const OpProcedureCall& n) const {
    std::string text = n.procedure->name + "(" + Join(n.arguments, ", ") + ")";
    std::string yields;
    for (const auto& [column, slot] : n.yield) {
      yields += (yields.empty() ? " YIELD " : ", ") + names_(slot);
    }
    return {"Call", text + yields};
  }
  OpText operator()(const OpLoadCsv& n) const {
    return {"Load CSV", PrintExpr(*n.url, names_) + " AS " + names_(n.slot)};
  }
  OpText operator()(const OpAlign& n) const {
    std::string text =
        PrintExpr(*n.source, names_) + " TO (" + names_.Given(n.target) + Labels(n.labels) + ")";
    for (size_t i = 0; i < n.aligners.size(); ++i) {
      text += (i == 0 ? " USING " : " THEN ") + n.aligners[i].name;
    }
    if (n.top) text += " TOP " + PrintExpr(*n.top, names_);
    return {"Align", text};
  }
  OpText operator()(const OpMapRelationship& n) const {
    return {"Map", Step(n.map.from, Rel(n.map.rel, {n.map.type}), Direction::kOut, n.map.to)};
  }

 private:
  std::string Slots(const std::vector<Slot>& slots) const {
    std::string text;
    for (const Slot slot : slots) text += (text.empty() ? "" : ", ") + names_(slot);
    return text;
  }
  std::string Join(const std::vector<BoundExprPtr>& exprs, const char* between) const {
    std::string text;
    for (const BoundExprPtr& expr : exprs) {
      text += (text.empty() ? "" : between) + PrintExpr(*expr, names_);
    }
    return text;
  }
  std::string Items(const std::vector<BoundItem>& items) const {
    std::string text;
    for (const BoundItem& item : items) {
      const std::string expr = PrintExpr(*item.expr, names_);
      const std::string given = names_.Given(item.slot);
      const std::string name = given.empty() && !item.name.empty() ? item.name : given;
      text += (text.empty() ? "" : ", ") + expr;
      if (!name.empty() && name != expr) text += " AS " + name;
    }
    return text;
  }
  std::string Labels(const std::vector<std::string>& labels) const {
    std::string text;
    for (const std::string& label : labels) text += ":" + QuoteName(label);
    return text;
  }
  std::string Node(Slot slot, const std::string& label = {}) const {
    return "(" + names_.Given(slot) + (label.empty() ? "" : ":" + QuoteName(label)) + ")";
  }
  std::string Rel(Slot slot, const std::vector<std::string>& types) const {
    std::string text = slot == kNoSlot ? "" : names_.Given(slot);
    for (size_t i = 0; i < types.size(); ++i) text += (i == 0 ? ":" : "|") + QuoteName(types[i]);
    return text;
  }
  static std::string Length(int64_t min, std::optional<int64_t> max) {
    if (max && *max == min) return "*" + std::to_string(min);
    return "*" + std::to_string(min) + ".." + (max ? std::to_string(*max) : "");
  }
  std::string Each(const std::vector<std::pair<std::string, BoundExprPtr>>& each) const {
    std::string text;
    for (const auto& [key, value] : each) {
      text += (text.empty() ? " {" : ", ") + QuoteName(key) + ": " + PrintExpr(*value, names_);
    }
    return text.empty() ? text : text + "}";
  }
  std::string Step(Slot from, const std::string& rel, Direction direction, Slot to) const {
    const std::string middle = rel.empty() ? "--" : "-[" + rel + "]-";
    return "(" + names_.Given(from) + ")" + (direction == Direction::kIn ? "<" : "") + middle +
           (direction == Direction::kOut ? ">" : "") + "(" + names_.Given(to) + ")";
  }
  std::string Properties(const BoundProperties& properties) const {
    if (properties.map) return " " + PrintExpr(*properties.map, names_);
    std::string text;
    for (const auto& [key, value] : properties.entries) {
      text += (text.empty() ? " {" : ", ") + QuoteName(key) + ": " + PrintExpr(*value, names_);
    }
    return text.empty() ? text : text + "}";
  }
  std::string Created(const BoundCreate& create) const {
    std::string text;
    for (const BoundCreateNode& node : create.nodes) {
      text += (text.empty() ? "" : ", ") + ("(" + names_.Given(node.slot)) + Labels(node.labels) +
              Properties(node.properties) + ")";
    }
    for (const BoundCreateRel& rel : create.rels) {
      text += (text.empty() ? "" : ", ") +
              Step(rel.from, Rel(rel.slot, {rel.type}) + Properties(rel.properties),
                   Direction::kOut, rel.to);
    }
    return text;
  }
  std::string SetItems(const std::vector<BoundSetItem>& items) const {
    std::string text;
    for (const BoundSetItem& item : items) {
      text += (text.empty() ? "" : ", ") + PrintExpr(*item.target, names_);
      switch (item.kind) {
        case ast::SetItem::Kind::kProperty:
          text += "." + QuoteName(item.key) + " = " + PrintExpr(*item.value, names_);
          break;
        case ast::SetItem::Kind::kReplace:
          text += " = " + PrintExpr(*item.value, names_);
          break;
        case ast::SetItem::Kind::kMerge:
          text += " += " + PrintExpr(*item.value, names_);
          break;
        case ast::SetItem::Kind::kLabels:
          text += Labels(item.labels);
          break;
      }
    }
    return text;
  }

  const SlotNames& names_;
};

}  // namespace

OpText PrintOp(const LogicalOp& op, const SlotNames& names) {
  return std::visit(OpPrinter(names), op.node);
}

std::string BranchName(const LogicalOp& op) {
  return std::visit(
      [](const auto& node) -> std::string {
        using T = std::decay_t<decltype(node)>;
        if constexpr (std::is_same_v<T, OpHashJoin> || std::is_same_v<T, OpCartesianProduct>) {
          return "with, read first and kept:";
        } else if constexpr (std::is_same_v<T, OpUnion>) {
          return "and then:";
        } else if constexpr (std::is_same_v<T, OpSemiApply> || std::is_same_v<T, OpMerge>) {
          return "looked for:";
        } else {
          return "for each row:";
        }
      },
      op.node);
}

}  // namespace gesta::plan
