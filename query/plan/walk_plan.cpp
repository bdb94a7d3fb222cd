#include "plan/walk_plan.h"

namespace gesta::plan {
namespace {

void Opt(BoundExprPtr& expr, const ExprVisitor& visit) {
  if (expr) visit(expr);
}
void All(std::vector<BoundExprPtr>& exprs, const ExprVisitor& visit) {
  for (BoundExprPtr& expr : exprs) visit(expr);
}
void Entries(std::vector<std::pair<std::string, BoundExprPtr>>& entries, const ExprVisitor& visit) {
  for (auto& entry : entries) visit(entry.second);
}
void Properties(BoundProperties& properties, const ExprVisitor& visit) {
  Entries(properties.entries, visit);
  Opt(properties.map, visit);
}
void Items(std::vector<BoundItem>& items, const ExprVisitor& visit) {
  for (BoundItem& item : items) visit(item.expr);
}
void SetItems(std::vector<BoundSetItem>& items, const ExprVisitor& visit) {
  for (BoundSetItem& item : items) {
    Opt(item.target, visit);
    Opt(item.value, visit);
  }
}
void RemoveItems(std::vector<BoundRemoveItem>& items, const ExprVisitor& visit) {
  for (BoundRemoveItem& item : items) Opt(item.target, visit);
}
void Aggregates(std::vector<BoundAggregate>& aggregates, const ExprVisitor& visit) {
  for (BoundAggregate& aggregate : aggregates) All(aggregate.arguments, visit);
}
void Sorts(std::vector<BoundSort>& sorts, const ExprVisitor& visit) {
  for (BoundSort& sort : sorts) visit(sort.expr);
}
void Create(BoundCreate& create, const ExprVisitor& visit) {
  for (BoundCreateNode& node : create.nodes) Properties(node.properties, visit);
  for (BoundCreateRel& rel : create.rels) Properties(rel.properties, visit);
}
void Pattern(BoundPattern& pattern, const ExprVisitor& visit) {
  for (BoundPatternRel& rel : pattern.rels) Entries(rel.each, visit);
}
void Aligners(std::vector<BoundAligner>& aligners, const ExprVisitor& visit) {
  for (BoundAligner& aligner : aligners) Opt(aligner.options, visit);
}

struct ChildVisitor {
  const ExprVisitor& visit;

  void operator()(BoundConstant&) const {}
  void operator()(BoundParameter&) const {}
  void operator()(BoundSlot&) const {}
  void operator()(BoundBuildPath&) const {}
  void operator()(BoundSubquery&) const {}
  void operator()(BoundProperty& n) const { visit(n.base); }
  void operator()(BoundList& n) const { All(n.items, visit); }
  void operator()(BoundMap& n) const { Entries(n.entries, visit); }
  void operator()(BoundMapProjection& n) const {
    visit(n.base);
    Entries(n.entries, visit);
  }
  void operator()(BoundNot& n) const { visit(n.operand); }
  void operator()(BoundNegate& n) const { visit(n.operand); }
  void operator()(BoundIsNull& n) const { visit(n.operand); }
  void operator()(BoundLabelTest& n) const { visit(n.operand); }
  void operator()(BoundBinary& n) const {
    visit(n.left);
    visit(n.right);
  }
  void operator()(BoundSubscript& n) const {
    visit(n.container);
    visit(n.index);
  }
  void operator()(BoundSlice& n) const {
    visit(n.list);
    Opt(n.from, visit);
    Opt(n.to, visit);
  }
  void operator()(BoundCall& n) const { All(n.arguments, visit); }
  void operator()(BoundCase& n) const {
    Opt(n.subject, visit);
    for (auto& [when, then] : n.whens) {
      visit(when);
      visit(then);
    }
    Opt(n.otherwise, visit);
  }
  void operator()(BoundListComprehension& n) const {
    visit(n.list);
    Opt(n.where, visit);
    Opt(n.map, visit);
  }
  void operator()(BoundQuantifier& n) const {
    visit(n.list);
    Opt(n.where, visit);
  }
  void operator()(BoundReduce& n) const {
    visit(n.initial);
    visit(n.list);
    visit(n.step);
  }
};

struct OpExprVisitor {
  const ExprVisitor& visit;

  void operator()(OpUnit&) const {}
  void operator()(OpArgument&) const {}
  void operator()(OpNodeScan&) const {}
  void operator()(OpLabelScan&) const {}
  void operator()(OpIndexSeek& n) const {
    All(n.equals, visit);
    Opt(n.in, visit);
    Opt(n.starts_with, visit);
    Opt(n.lower, visit);
    Opt(n.upper, visit);
  }
  void operator()(OpCountStore&) const {}
  void operator()(OpNodeByIds& n) const { visit(n.ids); }
  void operator()(OpRelationshipScan&) const {}
  void operator()(OpExpand&) const {}
  void operator()(OpVarExpand& n) const { Entries(n.each, visit); }
  void operator()(OpShortestPath& n) const { Entries(n.each, visit); }
  void operator()(OpFilter& n) const { All(n.predicates, visit); }
  void operator()(OpProject& n) const { Items(n.items, visit); }
  void operator()(OpAggregate& n) const {
    Items(n.keys, visit);
    Aggregates(n.aggregates, visit);
  }
  void operator()(OpDistinct&) const {}
  void operator()(OpSort& n) const {
    Sorts(n.items, visit);
    Opt(n.limit, visit);
  }
  void operator()(OpSkip& n) const { visit(n.count); }
  void operator()(OpLimit& n) const { visit(n.count); }
  void operator()(OpUnwind& n) const { visit(n.list); }
  void operator()(OpEager&) const {}
  void operator()(OpCartesianProduct&) const {}
  void operator()(OpHashJoin& n) const {
    All(n.left_keys, visit);
    All(n.right_keys, visit);
  }
  void operator()(OpUnion&) const {}
  void operator()(OpApply&) const {}
  void operator()(OpSemiApply&) const {}
  void operator()(OpCreate& n) const { Create(n.create, visit); }
  void operator()(OpMerge& n) const {
    Create(n.create, visit);
    SetItems(n.on_create, visit);
    SetItems(n.on_match, visit);
  }
  void operator()(OpSet& n) const { SetItems(n.items, visit); }
  void operator()(OpRemove& n) const { RemoveItems(n.items, visit); }
  void operator()(OpDelete& n) const { All(n.targets, visit); }
  void operator()(OpForeach& n) const { visit(n.list); }
  void operator()(OpProcedureCall& n) const { All(n.arguments, visit); }
  void operator()(OpLoadCsv& n) const { visit(n.url); }
  void operator()(OpAlign& n) const {
    visit(n.source);
    All(n.predicates, visit);
    Aligners(n.aligners, visit);
    Opt(n.top, visit);
  }
  void operator()(OpMapRelationship& n) const {
    Properties(n.map.properties, visit);
    SetItems(n.map.set, visit);
  }
};

struct ClauseExprVisitor {
  const ExprVisitor& visit;

  void operator()(BoundMatch& n) const {
    Pattern(n.pattern, visit);
    All(n.predicates, visit);
  }
  void operator()(BoundUnwind& n) const { visit(n.list); }
  void operator()(BoundProjection& n) const {
    Items(n.keys, visit);
    Aggregates(n.aggregates, visit);
    Items(n.items, visit);
    Sorts(n.order_by, visit);
    Opt(n.skip, visit);
    Opt(n.limit, visit);
    All(n.where, visit);
  }
  void operator()(BoundCreate& n) const { Create(n, visit); }
  void operator()(BoundMerge& n) const {
    Pattern(n.pattern, visit);
    All(n.predicates, visit);
    Create(n.create, visit);
    SetItems(n.on_create, visit);
    SetItems(n.on_match, visit);
  }
  void operator()(BoundSet& n) const { SetItems(n.items, visit); }
  void operator()(BoundRemove& n) const { RemoveItems(n.items, visit); }
  void operator()(BoundDelete& n) const { All(n.targets, visit); }
  void operator()(BoundProcedureCall& n) const {
    All(n.arguments, visit);
    All(n.where, visit);
  }
  void operator()(BoundCallSubquery&) const {}
  void operator()(BoundForeach& n) const { visit(n.list); }
  void operator()(BoundLoadCsv& n) const { visit(n.url); }
  void operator()(BoundAlign& n) const {
    visit(n.source);
    All(n.predicates, visit);
    Aligners(n.aligners, visit);
    Opt(n.top, visit);
  }
  void operator()(BoundMapClause& n) const {
    Properties(n.properties, visit);
    SetItems(n.set, visit);
  }
};

void AddCreated(const BoundCreate& create, std::vector<Slot>* slots) {
  for (const BoundCreateNode& node : create.nodes) slots->push_back(node.slot);
  for (const BoundCreateRel& rel : create.rels) slots->push_back(rel.slot);
  for (const BoundNamedPath& path : create.paths) slots->push_back(path.slot);
}

// Slots an operator reads besides those in its expressions.
struct EndPointReader {
  SlotSet* slots;

  template <typename T>
  void operator()(const T&) const {}
  void operator()(const OpRelationshipScan& n) const {
    if (n.rel_bound) slots->Add(n.rel);
  }
  void operator()(const OpExpand& n) const {
    slots->Add(n.from);
    if (n.into) slots->Add(n.to);
    if (n.rel_bound) slots->Add(n.rel);
    slots->AddAll(n.distinct_from);
  }
  void operator()(const OpVarExpand& n) const {
    slots->Add(n.from);
    if (n.into) slots->Add(n.to);
    if (n.rel_bound) slots->Add(n.rel);
    slots->AddAll(n.distinct_from);
  }
  void operator()(const OpShortestPath& n) const {
    slots->Add(n.from);
    slots->Add(n.to);
  }
  void operator()(const OpDistinct& n) const { slots->AddAll(n.slots); }
  void operator()(const OpCreate& n) const { ReadCreate(n.create); }
  void operator()(const OpMerge& n) const { ReadCreate(n.create); }
  void operator()(const OpMapRelationship& n) const {
    slots->Add(n.map.from);
    slots->Add(n.map.to);
  }
  void ReadCreate(const BoundCreate& create) const {
    for (const BoundCreateRel& rel : create.rels) {
      slots->Add(rel.from);
      slots->Add(rel.to);
    }
    for (const BoundNamedPath& path : create.paths) slots->AddAll(path.elements);
  }
};

struct AddedSlotsVisitor {
  std::vector<Slot>* slots;

  template <typename T>
  void operator()(const T&) const {}
  void operator()(const OpNodeScan& n) const { slots->push_back(n.slot); }
  void operator()(const OpLabelScan& n) const { slots->push_back(n.slot); }
  void operator()(const OpIndexSeek& n) const {
    slots->insert(slots->end(), {n.slot, n.from, n.to});
  }
  void operator()(const OpCountStore& n) const {
    slots->insert(slots->end(), n.slots.begin(), n.slots.end());
  }
  void operator()(const OpNodeByIds& n) const { slots->push_back(n.slot); }
  void operator()(const OpRelationshipScan& n) const {
    slots->insert(slots->end(), {n.from, n.to});
    if (!n.rel_bound) slots->push_back(n.rel);
  }
  void operator()(const OpExpand& n) const {
    if (n.count_only) return;
    if (!n.rel_bound) slots->push_back(n.rel);
    if (!n.into) slots->push_back(n.to);
  }
  void operator()(const OpVarExpand& n) const {
    if (!n.rel_bound) slots->push_back(n.rel);
    if (!n.into) slots->push_back(n.to);
  }
  void operator()(const OpShortestPath& n) const { slots->insert(slots->end(), {n.rel, n.path}); }
  void operator()(const OpProject& n) const {
    for (const BoundItem& item : n.items) {
      const auto* same = std::get_if<BoundSlot>(&item.expr->node);
      if (!same || same->slot != item.slot) slots->push_back(item.slot);
    }
  }
  void operator()(const OpAggregate& n) const {
    for (const BoundItem& key : n.keys) slots->push_back(key.slot);
    for (const BoundAggregate& aggregate : n.aggregates) slots->push_back(aggregate.slot);
  }
  void operator()(const OpUnwind& n) const { slots->push_back(n.slot); }
  void operator()(const OpUnion& n) const {
    slots->insert(slots->end(), n.result.begin(), n.result.end());
  }
  void operator()(const OpApply& n) const {
    slots->insert(slots->end(), n.produced.begin(), n.produced.end());
  }
  void operator()(const OpCreate& n) const { AddCreated(n.create, slots); }
  void operator()(const OpMerge& n) const { AddCreated(n.create, slots); }
  void operator()(const OpProcedureCall& n) const {
    for (const auto& [column, slot] : n.yield) slots->push_back(slot);
  }
  void operator()(const OpLoadCsv& n) const { slots->push_back(n.slot); }
  void operator()(const OpAlign& n) const {
    slots->push_back(n.target);
    for (const auto& [name, slot] : n.yield) slots->push_back(slot);
  }
  void operator()(const OpMapRelationship& n) const { slots->push_back(n.map.rel); }
};

}  // namespace

void ForEachChild(BoundExpr& expr, const ExprVisitor& visit) {
  std::visit(ChildVisitor{visit}, expr.node);
}

void ForEachPostOrder(BoundExprPtr& expr, const ExprVisitor& visit) {
  ForEachChild(*expr, [&](BoundExprPtr& child) { ForEachPostOrder(child, visit); });
  visit(expr);
}

void ForEachExpr(LogicalOp& op, const ExprVisitor& visit) {
  std::visit(OpExprVisitor{visit}, op.node);
}

void ForEachExpr(BoundClause& clause, const ExprVisitor& visit) {
  std::visit(ClauseExprVisitor{visit}, clause.node);
}

void ForEachSubquery(LogicalOp& op, const std::function<void(BoundSubquery&)>& visit) {
  ForEachExpr(op, [&](BoundExprPtr& root) {
    ForEachPostOrder(root, [&](BoundExprPtr& expr) {
      if (auto* subquery = std::get_if<BoundSubquery>(&expr->node)) visit(*subquery);
    });
  });
}

void ForEachOp(LogicalOp& op, const std::function<void(LogicalOp&)>& visit) {
  for (LogicalOpPtr& child : op.children) ForEachOp(*child, visit);
  visit(op);
}

SlotSet ReadSlots(const LogicalOp& op) {
  SlotSet slots;
  // The walk changes nothing; there is one walker for both uses.
  ForEachExpr(const_cast<LogicalOp&>(op),
              [&](BoundExprPtr& expr) { slots.AddAll(SlotsOf(*expr)); });
  std::visit(EndPointReader{&slots}, op.node);
  return slots;
}

std::vector<Slot> AddedSlots(const LogicalOp& op) {
  std::vector<Slot> slots;
  std::visit(AddedSlotsVisitor{&slots}, op.node);
  slots.erase(std::remove(slots.begin(), slots.end(), kNoSlot), slots.end());
  return slots;
}

SlotSet ProducedBelow(const LogicalOp& op) {
  SlotSet slots(AddedSlots(op));
  // What lies below an aggregation or a union is out of sight.
  if (std::holds_alternative<OpAggregate>(op.node) || std::holds_alternative<OpUnion>(op.node)) {
    return slots;
  }
  // A right side is seen through the operator's own slots, except in joins and MERGE.
  const bool both = std::holds_alternative<OpCartesianProduct>(op.node) ||
                    std::holds_alternative<OpHashJoin>(op.node) ||
                    std::holds_alternative<OpMerge>(op.node);
  for (size_t i = 0; i < op.children.size() && (i == 0 || both); ++i) {
    slots.AddAll(ProducedBelow(*op.children[i]));
  }
  return slots;
}

bool IsVolatile(const BoundExpr& expr) {
  bool found = false;
  VisitExpr(expr, [&](const BoundExpr& part) {
    const auto* call = std::get_if<BoundCall>(&part.node);
    if (call && call->function->volatility == Volatility::kVolatile) found = true;
  });
  return found;
}

std::vector<Slot> SlotsOf(const BoundExpr& expr) {
  std::vector<Slot> slots;
  CollectSlots(expr, &slots);
  return slots;
}

}  // namespace gesta::plan
