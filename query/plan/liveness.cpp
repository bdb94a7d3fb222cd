#include "plan/liveness.h"

#include <set>
#include <string>

#include "plan/walk_plan.h"

namespace gesta::plan {
namespace {

class Liveness {
 public:
  explicit Liveness(bool prune) : prune_(prune) {}

  // `arguments`: null for a statement; for a subplan, what its OpArgument leaves ask for is added.
  Status Run(LogicalPlan& plan, const SlotSet& needed, SlotSet* arguments) {
    return Visit(plan.root, needed, arguments);
  }

 private:
  // Expression subqueries first: what they read decides what the operator reads.
  Status FinishSubqueries(LogicalOp& op) {
    Status status;
    ForEachSubquery(op, [&](BoundSubquery& subquery) {
      if (!status.ok() || !subquery.plan) return;
      // A plan may be shared by several copies of one expression.
      if (finished_.insert(subquery.plan.get()).second) {
        SlotSet needed;
        if (subquery.kind == BoundSubqueryKind::kCollect) needed.Add(subquery.value);
        SlotSet arguments;
        status = Run(*subquery.plan, needed, &arguments);
        subquery.plan->arguments = arguments.ToVector();
      }
      subquery.arguments = subquery.plan->arguments;
    });
    return status;
  }

  Status Visit(LogicalOpPtr& op, const SlotSet& needed, SlotSet* arguments) {
    if (auto* project = std::get_if<OpProject>(&op->node)) {
      Prune(*project, needed);
      if (project->items.empty()) {
        op = std::move(op->children[0]);
        return Visit(op, needed, arguments);
      }
    }
    GESTA_RETURN_IF_ERROR(FinishSubqueries(*op));
    op->live = needed.ToVector();
    return std::visit([&](auto& node) { return Down(node, *op, needed, arguments); }, op->node);
  }

  // A projection that is not read is not computed, unless leaving it out would hide an error.
  void Prune(OpProject& project, const SlotSet& needed) const {
    auto& items = project.items;
    items.erase(std::remove_if(items.begin(), items.end(),
                               [&](const BoundItem& item) {
                                 const auto* same = std::get_if<BoundSlot>(&item.expr->node);
                                 if (same && same->slot == item.slot) return true;
                                 if (needed.Has(item.slot)) return false;
                                 return same || CannotFail(*item.expr);
                               }),
                items.end());
  }

  bool CannotFail(const BoundExpr& expr) const {
    if (std::holds_alternative<BoundBuildPath>(expr.node)) return true;
    return prune_ && (std::holds_alternative<BoundConstant>(expr.node) ||
                      std::holds_alternative<BoundParameter>(expr.node));
  }

  // -- leaves --

  Status Down(OpUnit&, LogicalOp& op, const SlotSet& needed, SlotSet*) {
    return needed.empty() ? Status() : Missing(op);
  }
  Status Down(OpArgument& node, LogicalOp& op, const SlotSet& needed, SlotSet* arguments) {
    if (!arguments) return needed.empty() ? Status() : Missing(op);
    node.slots = needed.ToVector();
    arguments->AddAll(needed);
    return {};
  }

  // -- one child --

  template <typename T>
  Status Down(T&, LogicalOp& op, const SlotSet& needed, SlotSet* arguments) {
    SlotSet below = needed;
    below.RemoveAll(AddedSlots(op));
    SlotSet read = ReadSlots(op);
    if constexpr (std::is_same_v<T, OpCreate>) read.RemoveAll(AddedSlots(op));
    if constexpr (std::is_same_v<T, OpAlign>) {
      read.RemoveAll(AddedSlots(op));  // conditions read the candidate
    }
    if constexpr (std::is_same_v<T, OpMapRelationship>) read.RemoveAll(AddedSlots(op));
    below.AddAll(read);
    return Visit(op.children[0], below, arguments);
  }
  Status Down(OpAggregate&, LogicalOp& op, const SlotSet&, SlotSet* arguments) {
    return Visit(op.children[0], ReadSlots(op), arguments);
  }

  // -- two children --

  Status Down(OpCartesianProduct&, LogicalOp& op, const SlotSet& needed, SlotSet* arguments) {
    return Sides(op, needed, {}, {}, arguments);
  }
  Status Down(OpHashJoin& node, LogicalOp& op, const SlotSet& needed, SlotSet* arguments) {
    SlotSet left;
    for (const BoundExprPtr& key : node.left_keys) left.AddAll(SlotsOf(*key));
    SlotSet right;
    for (const BoundExprPtr& key : node.right_keys) right.AddAll(SlotsOf(*key));
    return Sides(op, needed, left, right, arguments);
  }
  // What the right side makes itself is its own; everything else comes with the left side. Each
  // side has what its keys read too: the node that two parts are joined at both of them make.
  Status Sides(LogicalOp& op, const SlotSet& needed, const SlotSet& left_keys,
               const SlotSet& right_keys, SlotSet* arguments) {
    const SlotSet right_makes = ProducedBelow(*op.children[1]);
    const SlotSet left_makes = ProducedBelow(*op.children[0]);
    SlotSet left = needed;
    left.AddAll(left_keys);
    left.RemoveAll(right_makes);
    SlotSet right = needed;
    right.AddAll(right_keys);
    // One of the sides may stand on an OpArgument and pass slots from outside.
    if (HasArgument(*op.children[1])) {
      right.RemoveAll(left_makes);
      left = left.And(left_makes);
    } else {
      right = right.And(right_makes);
    }
    left.AddAll(left_keys);
    right.AddAll(right_keys);
    GESTA_RETURN_IF_ERROR(Visit(op.children[0], left, arguments));
    return Visit(op.children[1], right, arguments);
  }
  static bool HasArgument(const LogicalOp& op) {
    if (op.children.empty()) return std::holds_alternative<OpArgument>(op.node);
    const bool join = std::holds_alternative<OpCartesianProduct>(op.node) ||
                      std::holds_alternative<OpHashJoin>(op.node);
    return HasArgument(*op.children[0]) || (join && HasArgument(*op.children[1]));
  }

  Status Down(OpUnion& node, LogicalOp& op, const SlotSet& needed, SlotSet* arguments) {
    SlotSet left;
    SlotSet right;
    for (size_t i = 0; i < node.result.size(); ++i) {
      if (!needed.Has(node.result[i])) continue;
      left.Add(node.left[i]);
      right.Add(node.right[i]);
    }
    GESTA_RETURN_IF_ERROR(Visit(op.children[0], left, arguments));
    return Visit(op.children[1], right, arguments);
  }

  Status Down(OpApply& node, LogicalOp& op, const SlotSet& needed, SlotSet* arguments) {
    const SlotSet produced(node.produced);
    const SlotSet from_right = needed.And(produced);
    SlotSet inner;
    GESTA_RETURN_IF_ERROR(Visit(op.children[1], node.unit ? SlotSet() : from_right, &inner));
    node.arguments = inner.ToVector();
    node.produced = from_right.ToVector();
    SlotSet left = needed;
    left.RemoveAll(produced);
    left.AddAll(inner);
    return Visit(op.children[0], left, arguments);
  }

  Status Down(OpSemiApply& node, LogicalOp& op, const SlotSet& needed, SlotSet* arguments) {
    SlotSet inner;
    GESTA_RETURN_IF_ERROR(Visit(op.children[1], {}, &inner));
    node.arguments = inner.ToVector();
    SlotSet left = needed;
    left.AddAll(inner);
    return Visit(op.children[0], left, arguments);
  }

  Status Down(OpMerge& node, LogicalOp& op, const SlotSet& needed, SlotSet* arguments) {
    const SlotSet read = ReadSlots(op);
    SlotSet made = ProducedBelow(*op.children[1]);
    made.AddAll(AddedSlots(op));
    SlotSet wanted = needed;
    wanted.AddAll(read);
    SlotSet inner;
    GESTA_RETURN_IF_ERROR(Visit(op.children[1], wanted.And(made), &inner));
    node.arguments = inner.ToVector();
    SlotSet left = wanted;
    left.RemoveAll(made);
    left.AddAll(inner);
    return Visit(op.children[0], left, arguments);
  }

  Status Down(OpForeach& node, LogicalOp& op, const SlotSet& needed, SlotSet* arguments) {
    SlotSet inner;
    GESTA_RETURN_IF_ERROR(Visit(op.children[1], {}, &inner));
    node.arguments = inner.ToVector();
    SlotSet left = needed;
    left.AddAll(inner);
    left.Remove(node.slot);
    left.AddAll(ReadSlots(op));
    return Visit(op.children[0], left, arguments);
  }

  static Status Missing(const LogicalOp& op) {
    std::string slots;
    for (const Slot slot : op.live) slots += " " + std::to_string(slot);
    return Status(StatusCode::kInternal, "the plan reads slots that nothing gives:" + slots);
  }

  const bool prune_;
  std::set<const LogicalPlan*> finished_;
};

}  // namespace

Status ComputeLiveness(LogicalPlan& plan, bool prune) {
  return Liveness(prune).Run(plan, SlotSet(plan.result), nullptr);
}

}  // namespace gesta::plan
