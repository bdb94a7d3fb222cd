// The clauses, except those that match patterns (match_clauses.cpp) and project (projection.cpp).
#include <algorithm>

#include "plan/builder.h"
#include "plan/effects.h"
#include "plan/walk_plan.h"

namespace gesta::plan {
namespace {

constexpr double kListRows = 10;  // assumed length of a list that is not known

double LengthOf(const BoundExpr& list) {
  if (const auto* literal = std::get_if<BoundList>(&list.node)) {
    return static_cast<double>(literal->items.size());
  }
  const auto* constant = std::get_if<BoundConstant>(&list.node);
  if (constant && constant->value.type() == ValueType::kList) {
    return static_cast<double>(constant->value.AsList().size());
  }
  return kListRows;
}

}  // namespace

Status PlanBuilder::Plan(BoundUnwind& unwind, Stream& stream) {
  const double rows = stream.rows * LengthOf(*unwind.list);
  Append(stream, MakeOp(OpUnwind{std::move(unwind.list), unwind.slot}), rows);
  return {};
}

Status PlanBuilder::Plan(BoundCreate& create, Stream& stream) {
  LogicalOp op = MakeOp(OpCreate{std::move(create)});
  const Effects effects = EffectsOf(op);
  // Expressions that see what the clause makes are computed for all rows before it makes anything:
  // the projection reads, so that Append puts a barrier between the two.
  if (!stream.one_row && Effects::Sees(effects, effects)) {
    OpProject before;
    const auto made = AddedSlots(op);
    const auto compute_before = [&](BoundExprPtr* expr) {
      if (*expr == nullptr || std::holds_alternative<BoundConstant>((*expr)->node)) return;
      std::vector<Slot> slots;
      CollectSlots(**expr, &slots);
      const bool reads_made = std::any_of(slots.begin(), slots.end(), [&made](Slot slot) {
        return std::find(made.begin(), made.end(), slot) != made.end();
      });
      if (reads_made) return;
      const Slot slot = NewSlot(statement_);
      auto computed = std::make_unique<BoundExpr>();
      computed->node = BoundSlot{slot};
      computed->place = (*expr)->place;
      before.items.push_back({slot, std::move(*expr), {}});
      *expr = std::move(computed);
    };
    auto& clause = std::get<OpCreate>(op.node).create;
    const auto compute_all = [&](BoundProperties& properties) {
      for (auto& [key, expr] : properties.entries) compute_before(&expr);
      compute_before(&properties.map);
    };
    for (BoundCreateNode& node : clause.nodes) compute_all(node.properties);
    for (BoundCreateRel& rel : clause.rels) compute_all(rel.properties);
    if (!before.items.empty()) Append(stream, MakeOp(std::move(before)), stream.rows);
  }
  Append(stream, std::move(op), stream.rows);
  return {};
}

Status PlanBuilder::Plan(BoundSet& set, Stream& stream) {
  Append(stream, MakeOp(OpSet{std::move(set.items)}), stream.rows);
  return {};
}

Status PlanBuilder::Plan(BoundRemove& remove, Stream& stream) {
  Append(stream, MakeOp(OpRemove{std::move(remove.items)}), stream.rows);
  return {};
}

Status PlanBuilder::Plan(BoundDelete& del, Stream& stream) {
  Append(stream, MakeOp(OpDelete{del.detach, std::move(del.targets)}), stream.rows);
  return {};
}

Status PlanBuilder::Plan(BoundProcedureCall& call, Stream& stream) {
  OpProcedureCall op;
  op.procedure = call.procedure;
  op.arguments = std::move(call.arguments);
  op.yield = std::move(call.yield);
  op.keep_row = call.procedure->results.empty();
  const double rows = op.keep_row ? stream.rows : stream.rows * kListRows;
  Append(stream, MakeOp(std::move(op)), rows);
  AppendFilter(stream, std::move(call.where), 0.5);
  return {};
}

Status PlanBuilder::Plan(BoundCallSubquery& call, Stream& stream) {
  GESTA_ASSIGN_OR_RETURN(Stream inner, PlanQuery(*call.query, true, stream.available));
  OpApply apply;
  apply.unit = !call.returns_rows;
  apply.batched = CanBatch(*inner.root);
  if (call.returns_rows) apply.produced = call.query->result;
  const double rows = apply.unit ? stream.rows : stream.rows * inner.rows;
  LogicalOp op = MakeOp(std::move(apply));
  op.children.push_back(std::move(inner.root));
  Append(stream, std::move(op), rows);
  return {};
}

Status PlanBuilder::Plan(BoundForeach& each, Stream& stream) {
  SlotSet outer = stream.available;
  outer.Add(each.slot);
  Stream updates = Leaf(true, outer);
  for (BoundClause& clause : each.updates) {  // none of them matches
    GESTA_RETURN_IF_ERROR(PlanClause(clause, updates));
  }
  LogicalOp op = MakeOp(OpForeach{std::move(each.list), each.slot, {}});
  op.children.push_back(std::move(updates.root));
  Append(stream, std::move(op), stream.rows);
  return {};
}

Status PlanBuilder::Plan(BoundLoadCsv& load, Stream& stream) {
  constexpr double kFileRows = 1000;
  Append(stream,
         MakeOp(OpLoadCsv{load.with_headers, std::move(load.url), load.slot,
                          std::move(load.field_terminator)}),
         stream.rows * kFileRows);
  return {};
}

Status PlanBuilder::Plan(BoundAlign& align, Stream& stream) {
  method_.clear();
  for (const BoundAligner& aligner : align.aligners) {
    method_ += (method_.empty() ? "" : "+") + aligner.name;
  }
  OpAlign op;
  op.source = std::move(align.source);
  op.target = align.target;
  op.labels = std::move(align.labels);
  op.predicates = std::move(align.predicates);
  op.aligners = std::move(align.aligners);
  op.top = std::move(align.top);
  op.yield = std::move(align.yield);
  Append(stream, MakeOp(std::move(op)), stream.rows * kListRows);
  return {};
}

Status PlanBuilder::Plan(BoundMapClause& map, Stream& stream) {
  Append(stream, MakeOp(OpMapRelationship{std::move(map), method_}), stream.rows);
  return {};
}

}  // namespace gesta::plan
