// MATCH, OPTIONAL MATCH and MERGE.
#include "plan/builder.h"
#include "plan/match.h"
#include "plan/walk_plan.h"

namespace gesta::plan {
namespace {

// The slots that a pattern binds.
std::vector<Slot> Bound(const BoundPattern& pattern, const SlotSet& before) {
  std::vector<Slot> slots;
  const auto add = [&](Slot slot) {
    if (slot != kNoSlot && !before.Has(slot)) slots.push_back(slot);
  };
  for (const BoundPatternNode& node : pattern.nodes) add(node.slot);
  for (const BoundPatternRel& rel : pattern.rels) {
    add(rel.slot);
    add(rel.path);
  }
  for (const BoundNamedPath& path : pattern.paths) add(path.slot);
  return slots;
}

}  // namespace

Status PlanBuilder::Plan(BoundMatch& match, Stream& stream) {
  MatchContext context{estimator_, options_, statement_};
  context.wanted = &wanted_;
  context.only_counted = only_counted_ && !match.optional && options_.Uses("dead-ends");
  // What holds of the store now, the statement's own writes could end.
  if (!statement_.writes && options_.Uses("implied-labels")) context.assumptions = &assumptions_;
  if (!match.optional) {
    PlanPattern(match.pattern, std::move(match.predicates), context, stream);
    return {};
  }
  Stream inner = Leaf(true, stream.available);
  PlanPattern(match.pattern, std::move(match.predicates), context, inner);
  OpApply apply;
  apply.optional = true;
  apply.batched = CanBatch(*inner.root);
  apply.produced = Bound(match.pattern, stream.available);
  const double rows = stream.rows * std::max(1.0, inner.rows);
  LogicalOp op = MakeOp(std::move(apply));
  op.children.push_back(std::move(inner.root));
  Append(stream, std::move(op), rows);
  return {};
}

Status PlanBuilder::Plan(BoundMerge& merge, Stream& stream) {
  const MatchContext context{estimator_, options_, statement_, nullptr, false, nullptr};
  Stream inner = Leaf(true, stream.available);
  PlanPattern(merge.pattern, std::move(merge.predicates), context, inner);
  LogicalOp op = MakeOp(
      OpMerge{{}, std::move(merge.create), std::move(merge.on_create), std::move(merge.on_match)});
  op.children.push_back(std::move(inner.root));
  for (const Slot slot : Bound(merge.pattern, stream.available)) stream.available.Add(slot);
  Append(stream, std::move(op), stream.rows * std::max(1.0, inner.rows));
  return {};
}

}  // namespace gesta::plan
