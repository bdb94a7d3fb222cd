#include <algorithm>

#include "optimize/passes.h"
#include "plan/walk_plan.h"

namespace gesta::optimize {
namespace {

bool CallsModel(const BoundExpr& expr) {
  bool found = false;
  VisitExpr(expr, [&](const BoundExpr& part) {
    const auto* call = std::get_if<BoundCall>(&part.node);
    found = found || (call && call->function->batch);
  });
  return found;
}

// Operators that give their input's rows, all or some of them, in some order. What they do not read
// may be computed after them. (Not those that write: an expression would see another graph.)
bool PassesRows(const LogicalOp& op) {
  return std::visit(
      [](const auto& node) {
        using T = std::decay_t<decltype(node)>;
        return std::is_same_v<T, OpProject> || std::is_same_v<T, OpFilter> ||
               std::is_same_v<T, OpSort> || std::is_same_v<T, OpSkip> || std::is_same_v<T, OpLimit>;
      },
      op.node);
}

bool IsItself(const BoundItem& item) {
  const auto* slot = std::get_if<BoundSlot>(&item.expr->node);
  return slot && slot->slot == item.slot;
}

// Puts a projection of `items` on top of `op`.
void ProjectAbove(std::vector<BoundItem> items, LogicalOpPtr* op) {
  auto project = std::make_unique<LogicalOp>();
  project->node = OpProject{std::move(items)};
  project->estimated_rows = (*op)->estimated_rows;
  project->children.push_back(std::move(*op));
  *op = std::move(project);
}

void DropEmptyProjects(LogicalOpPtr* op) {
  if (!PassesRows(**op)) return;
  LogicalOpPtr* const child = &(*op)->children[0];
  DropEmptyProjects(child);
  const auto* project = std::get_if<OpProject>(&(*op)->node);
  if (project && project->items.empty()) *op = LogicalOpPtr(std::move(*child));
}

void Defer(LogicalOpPtr* limit) {
  std::vector<LogicalOp*> below;  // from the limit downwards
  for (LogicalOp* op = (*limit)->children[0].get(); PassesRows(*op); op = op->children[0].get()) {
    below.push_back(op);
  }
  // The columns that hold what a model says, in themselves or through others.
  plan::SlotSet modelled;
  for (size_t i = below.size(); i-- > 0;) {
    auto* project = std::get_if<OpProject>(&below[i]->node);
    if (!project) continue;
    for (const BoundItem& item : project->items) {
      if (IsItself(item)) continue;
      if (CallsModel(*item.expr) || modelled.HasAny(plan::SlotsOf(*item.expr))) {
        modelled.Add(item.slot);
      }
    }
  }
  if (modelled.empty()) return;
  // What is read on the way stays where it is, with all that it needs.
  plan::SlotSet needed;
  std::vector<std::vector<BoundItem>> deferred;  // the highest projection's first
  for (LogicalOp* op : below) {
    auto* project = std::get_if<OpProject>(&op->node);
    if (!project) {
      needed.AddAll(plan::ReadSlots(*op));
      continue;
    }
    std::vector<BoundItem> staying;
    std::vector<BoundItem> leaving;
    for (BoundItem& item : project->items) {
      const bool leaves = modelled.Has(item.slot) && !needed.Has(item.slot) && !IsItself(item);
      if (!leaves && !IsItself(item)) needed.AddAll(plan::SlotsOf(*item.expr));
      (leaves ? leaving : staying).push_back(std::move(item));
    }
    project->items = std::move(staying);
    deferred.push_back(std::move(leaving));
  }
  DropEmptyProjects(&(*limit)->children[0]);
  for (size_t i = deferred.size(); i-- > 0;) {
    if (!deferred[i].empty()) ProjectAbove(std::move(deferred[i]), limit);
  }
}

void Visit(LogicalOpPtr* op) {
  for (LogicalOpPtr& child : (*op)->children) Visit(&child);
  if (std::holds_alternative<OpLimit>((*op)->node)) Defer(op);
}

}  // namespace

Status CallAfterLimit(LogicalPlan& plan, PassContext&) {
  Visit(&plan.root);
  return {};
}

}  // namespace gesta::optimize
