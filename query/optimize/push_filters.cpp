#include <algorithm>

#include "optimize/passes.h"
#include "plan/effects.h"
#include "plan/walk_plan.h"

namespace gesta::optimize {
namespace {

// Operators that give rows of their first input as they came in, all or some of them, once or
// several times: a condition on such a row may be checked before them. (Not SKIP and LIMIT, which
// count rows.)
bool PassesRows(const LogicalOp& op) {
  return std::visit(
      [](const auto& node) {
        using T = std::decay_t<decltype(node)>;
        return std::is_same_v<T, OpProject> || std::is_same_v<T, OpSort> ||
               std::is_same_v<T, OpDistinct> || std::is_same_v<T, OpUnwind> ||
               std::is_same_v<T, OpNodeScan> || std::is_same_v<T, OpLabelScan> ||
               std::is_same_v<T, OpIndexSeek> || std::is_same_v<T, OpNodeByIds> ||
               std::is_same_v<T, OpRelationshipScan> || std::is_same_v<T, OpExpand> ||
               std::is_same_v<T, OpVarExpand> || std::is_same_v<T, OpShortestPath> ||
               std::is_same_v<T, OpApply> || std::is_same_v<T, OpSemiApply>;
      },
      op.node);
}

// Moves the conditions of a filter at `op` below the operator under it, and on from there.
void Sink(LogicalOpPtr& op) {
  auto* filter = std::get_if<OpFilter>(&op->node);
  if (!filter || !PassesRows(*op->children[0])) return;
  LogicalOp& below = *op->children[0];
  const plan::SlotSet hidden(plan::AddedSlots(below));
  std::vector<BoundExprPtr> moving;
  std::vector<BoundExprPtr> staying;
  for (BoundExprPtr& predicate : filter->predicates) {
    const bool stays = plan::IsVolatile(*predicate) || hidden.HasAny(plan::SlotsOf(*predicate));
    (stays ? staying : moving).push_back(std::move(predicate));
  }
  filter->predicates = std::move(staying);
  if (moving.empty()) return;
  auto moved = std::make_unique<LogicalOp>();
  moved->node = OpFilter{std::move(moving)};
  moved->estimated_rows = std::min(op->estimated_rows, below.children[0]->estimated_rows);
  moved->children.push_back(std::move(below.children[0]));
  below.children[0] = std::move(moved);
  below.estimated_rows = std::min(below.estimated_rows, op->estimated_rows);
  if (filter->predicates.empty()) op = std::move(op->children[0]);
  LogicalOp& kept = std::holds_alternative<OpFilter>(op->node) ? *op->children[0] : *op;
  Sink(kept.children[0]);
}

void Push(LogicalOpPtr& op) {
  for (LogicalOpPtr& child : op->children) Push(child);
  Sink(op);
}

}  // namespace

Status PushFilters(LogicalPlan& plan, PassContext&) {
  // Below a write a condition would see another graph.
  if (!plan::EffectsBelow(*plan.root).Writes()) Push(plan.root);
  return {};
}

}  // namespace gesta::optimize
