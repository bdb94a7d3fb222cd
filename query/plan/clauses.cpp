// The clauses, except those that match patterns (match_clauses.cpp) and project (projection.cpp).
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

bool HasSubquery(const BoundExpr& root) {
  bool found = false;
  VisitExpr(root, [&](const BoundExpr& expr) {
    found = found || std::holds_alternative<BoundSubquery>(expr.node);
  });
  return found;
}

}  // namespace

Status PlanBuilder::Plan(BoundUnwind& unwind, Stream& stream) {
  const double rows = stream.rows * LengthOf(*unwind.list);
  Append(stream, MakeOp(OpUnwind{std::move(unwind.list), unwind.slot}), rows);
  return {};
}

Status PlanBuilder::Plan(BoundCreate& create, Stream& stream) {
  AppendWrite(MakeOp(OpCreate{std::move(create)}), stream);
  return {};
}

Status PlanBuilder::Plan(BoundSet& set, Stream& stream) {
  AppendWrite(MakeOp(OpSet{std::move(set.items)}), stream);
  return {};
}

void PlanBuilder::AppendWrite(LogicalOp op, Stream& stream) {
  const Effects effects = EffectsOf(op);
  if (Effects::Sees(effects, effects)) {
    OpProject before;
    ForEachExpr(op, [&](BoundExprPtr& root) {
      ForEachPostOrder(root, [&](BoundExprPtr& expr) {
        // The whole comprehension where a subquery reads its variable; what reads nodes and
        // relationships that this clause makes stays.
        if (!HasSubquery(*expr) || !stream.available.HasAll(SlotsOf(*expr))) return;
        auto computed = std::make_unique<BoundExpr>();
        computed->node = BoundSlot{NewSlot(statement_)};
        computed->place = expr->place;
        expr.swap(computed);
        before.items.push_back({std::get<BoundSlot>(expr->node).slot, std::move(computed), {}});
      });
    });
    if (!before.items.empty()) Append(stream, MakeOp(std::move(before)), stream.rows);
  }
  Append(stream, std::move(op), stream.rows);
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
