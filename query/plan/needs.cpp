#include "plan/needs.h"

#include "plan/walk_plan.h"

namespace gesta::plan {
namespace {

void AddExpr(const BoundExprPtr& expr, SlotSet* slots) {
  if (expr) slots->AddAll(SlotsOf(*expr));
}

void AddPattern(const BoundPattern& pattern, SlotSet* slots) {
  for (const BoundPatternNode& node : pattern.nodes) slots->Add(node.slot);
  for (const BoundPatternRel& rel : pattern.rels) {
    slots->Add(rel.slot);
    slots->Add(rel.path);
  }
  for (const BoundNamedPath& path : pattern.paths) slots->Add(path.slot);
}

void AddCreated(const BoundCreate& create, SlotSet* slots) {
  for (const BoundCreateRel& rel : create.rels) {
    slots->Add(rel.from);
    slots->Add(rel.to);
  }
  for (const BoundNamedPath& path : create.paths) slots->AddAll(path.elements);
}

// What a clause reads that stands in no expression of it.
struct OtherReads {
  SlotSet* slots;

  template <typename T>
  void operator()(T&) const {}
  void operator()(BoundMatch& n) const { AddPattern(n.pattern, slots); }
  void operator()(BoundCreate& n) const { AddCreated(n, slots); }
  void operator()(BoundMerge& n) const {
    AddPattern(n.pattern, slots);
    AddCreated(n.create, slots);
  }
  void operator()(BoundCallSubquery& n) const { slots->AddAll(n.query->arguments); }
  void operator()(BoundForeach& n) const {
    for (BoundClause& update : n.updates) AddReads(update, slots);
  }
  void operator()(BoundMapClause& n) const {
    slots->Add(n.from);
    slots->Add(n.to);
  }

  static void AddReads(BoundClause& clause, SlotSet* slots) {
    ForEachExpr(clause, [&](BoundExprPtr& expr) { AddExpr(expr, slots); });
    std::visit(OtherReads{slots}, clause.node);
  }
};

// What must come into a projection, so that `above` can be read from it.
SlotSet BelowProjection(const BoundProjection& projection, SlotSet above) {
  for (const BoundSort& sort : projection.order_by) AddExpr(sort.expr, &above);
  AddExpr(projection.skip, &above);
  AddExpr(projection.limit, &above);
  for (const BoundExprPtr& condition : projection.where) AddExpr(condition, &above);
  SlotSet below;
  if (projection.grouped || !projection.aggregates.empty()) {
    for (const BoundItem& key : projection.keys) AddExpr(key.expr, &below);
    for (const BoundAggregate& aggregate : projection.aggregates) {
      for (const BoundExprPtr& argument : aggregate.arguments) AddExpr(argument, &below);
    }
    return below;
  }
  below = above;
  for (const BoundItem& item : projection.items) {
    const auto* plain = std::get_if<BoundSlot>(&item.expr->node);
    if (projection.distinct || !plain || above.Has(item.slot)) AddExpr(item.expr, &below);
  }
  return below;
}

bool Groups(const BoundProjection& projection) {
  return projection.grouped || !projection.aggregates.empty() || projection.distinct;
}

}  // namespace

std::vector<SlotSet> ReadAfterClauses(BoundSingleQuery& part) {
  std::vector<SlotSet> read(part.clauses.size());
  SlotSet above(part.result);
  for (size_t i = part.clauses.size(); i-- > 0;) {
    read[i] = above;
    BoundClause& clause = part.clauses[i];
    if (const auto* projection = std::get_if<BoundProjection>(&clause.node)) {
      above = BelowProjection(*projection, std::move(above));
    } else {
      OtherReads::AddReads(clause, &above);
    }
  }
  return read;
}

std::vector<bool> OnlyCountedAfterClauses(const BoundSingleQuery& part) {
  std::vector<bool> counted(part.clauses.size());
  bool above = false;
  for (size_t i = part.clauses.size(); i-- > 0;) {
    counted[i] = above;
    const BoundClause& clause = part.clauses[i];
    if (const auto* projection = std::get_if<BoundProjection>(&clause.node)) {
      const bool single_rows =
          !projection->order_by.empty() || projection->skip || projection->limit;
      above = Groups(*projection) || (above && !single_rows);
    } else {
      const auto* match = std::get_if<BoundMatch>(&clause.node);
      above = above && match && !match->optional;
    }
  }
  return counted;
}

void CountRowsOfPatterns(BoundSingleQuery& part) {
  SlotSet never_null;
  for (BoundClause& clause : part.clauses) {
    if (const auto* match = std::get_if<BoundMatch>(&clause.node)) {
      if (!match->optional) AddPattern(match->pattern, &never_null);
    } else if (auto* projection = std::get_if<BoundProjection>(&clause.node)) {
      for (BoundAggregate& aggregate : projection->aggregates) {
        if (!aggregate.function || aggregate.function->name != "count" || aggregate.distinct) {
          continue;
        }
        const auto* slot = std::get_if<BoundSlot>(&aggregate.arguments[0]->node);
        if (!slot || !never_null.Has(slot->slot)) continue;
        aggregate.function = nullptr;
        aggregate.arguments.clear();
      }
      const auto pass = [&](const BoundItem& item) {
        const auto* slot = std::get_if<BoundSlot>(&item.expr->node);
        if (slot && never_null.Has(slot->slot)) never_null.Add(item.slot);
      };
      for (const BoundItem& key : projection->keys) pass(key);
      for (const BoundItem& item : projection->items) pass(item);
    }
  }
}

}  // namespace gesta::plan
