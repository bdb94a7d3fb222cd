#include "optimize/passes.h"
#include "plan/walk_plan.h"

namespace gesta::optimize {
namespace {

template <typename T, typename... Ts>
constexpr bool IsOneOf = (std::is_same_v<T, Ts> || ...);

// Operators that hand on how often a row counts.
bool KeepsMultiplicity(const LogicalOp& op) {
  return std::visit(
      [](const auto& node) {
        return IsOneOf<std::decay_t<decltype(node)>, OpFilter, OpProject, OpExpand, OpHashJoin,
                       OpNodeScan, OpLabelScan, OpIndexSeek>;
      },
      op.node);
}

bool IsVolatile(LogicalOp& op) {
  bool found = false;
  plan::ForEachExpr(op, [&](BoundExprPtr& expr) { found = found || plan::IsVolatile(*expr); });
  return found;
}

// Two dead ends at one node are counted together: the row stays one row, where following the first
// would make it one for each relationship. `needed`: slots that are read above `op`.
void PairWithBelow(LogicalOp& op, OpExpand& upper, const plan::SlotSet& needed) {
  auto* lower = std::get_if<OpExpand>(&op.children[0]->node);
  if (!lower || upper.into || lower->into || lower->rel_bound || lower->count_only ||
      lower->from != upper.from || lower->rel == kNoSlot || !lower->distinct_from.empty() ||
      upper.distinct_from != std::vector<Slot>{lower->rel} || needed.Has(lower->rel) ||
      needed.Has(lower->to)) {
    return;
  }
  upper.paired = OpExpand::Paired{lower->direction, std::move(lower->types)};
  upper.distinct_from.clear();
  LogicalOpPtr below = std::move(op.children[0]->children[0]);
  op.children[0] = std::move(below);
  op.estimated_rows = op.children[0]->estimated_rows;
}

// `needed`: slots that are read above; `counted`: rows that are given several times are only
// counted, whatever `op` is.
void Visit(LogicalOp& op, plan::SlotSet needed, bool counted) {
  if (std::holds_alternative<OpAggregate>(op.node)) {
    needed = plan::ReadSlots(op);
    counted = !IsVolatile(op);
  } else if (std::holds_alternative<OpDistinct>(op.node)) {
    needed.AddAll(plan::ReadSlots(op));
    counted = true;
  } else {
    counted = counted && KeepsMultiplicity(op) && !IsVolatile(op);
    auto* expand = std::get_if<OpExpand>(&op.node);
    if (counted && expand && !expand->rel_bound && !needed.Has(expand->rel) &&
        (expand->into || !needed.Has(expand->to))) {
      expand->count_only = true;
      expand->rel = kNoSlot;
      PairWithBelow(op, *expand, needed);
    }
    needed.AddAll(plan::ReadSlots(op));
  }
  for (LogicalOpPtr& child : op.children) Visit(*child, needed, counted);
}

}  // namespace

Status CountDeadEnds(LogicalPlan& plan, PassContext& context) {
  // Where the statement writes, rows are what is written from.
  if (!context.writes) Visit(*plan.root, plan::SlotSet(plan.result), false);
  return {};
}

}  // namespace gesta::optimize
