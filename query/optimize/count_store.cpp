#include "optimize/passes.h"
#include "plan/walk_plan.h"

namespace gesta::optimize {
namespace {

bool StandsOnOneRow(const LogicalOp& op) {
  return std::holds_alternative<OpUnit>(op.children[0]->node);
}

// Types that are named twice count once.
std::vector<std::string> Distinct(const std::vector<std::string>& types) {
  std::vector<std::string> distinct;
  for (const std::string& type : types) {
    if (std::find(distinct.begin(), distinct.end(), type) == distinct.end()) {
      distinct.push_back(type);
    }
  }
  return distinct;
}

// What the store must count to give the number of rows of `op`.
std::optional<OpCountStore> CountOf(const LogicalOp& op, const PassContext& context) {
  OpCountStore count;
  if (op.children.size() != 1) return std::nullopt;
  if (std::holds_alternative<OpNodeScan>(op.node) && StandsOnOneRow(op)) return count;
  if (const auto* scan = std::get_if<OpLabelScan>(&op.node); scan && StandsOnOneRow(op)) {
    count.names = {scan->label};
    return count;
  }
  count.relationships = true;
  if (const auto* scan = std::get_if<OpRelationshipScan>(&op.node)) {
    // An undirected relationship is found from both ends, a loop once.
    if (!StandsOnOneRow(op) || scan->rel_bound || scan->direction == Direction::kBoth) {
      return std::nullopt;
    }
    count.names = Distinct(scan->types);
    return count;
  }
  const auto* expand = std::get_if<OpExpand>(&op.node);
  if (!expand || !expand->count_only || expand->into || expand->paired ||
      !expand->distinct_from.empty() || expand->direction == Direction::kBoth) {
    return std::nullopt;
  }
  const LogicalOp& below = *op.children[0];
  count.names = Distinct(expand->types);
  if (std::holds_alternative<OpNodeScan>(below.node) && StandsOnOneRow(below)) return count;
  const auto* scan = std::get_if<OpLabelScan>(&below.node);
  if (!scan || !StandsOnOneRow(below) || scan->slot != expand->from || count.names.empty() ||
      !context.statistics.counts_ends) {
    return std::nullopt;
  }
  (expand->direction == Direction::kOut ? count.start_label : count.end_label) = scan->label;
  return count;
}

}  // namespace

Status CountStore(LogicalPlan& plan, PassContext& context) {
  plan::ForEachOp(*plan.root, [&](LogicalOp& op) {
    const auto* aggregate = std::get_if<OpAggregate>(&op.node);
    if (!aggregate || !aggregate->keys.empty() || aggregate->aggregates.empty()) return;
    std::vector<Slot> slots;
    for (const BoundAggregate& one : aggregate->aggregates) {
      if (one.function) return;
      slots.push_back(one.slot);
    }
    std::optional<OpCountStore> count = CountOf(*op.children[0], context);
    if (!count) return;
    count->slots = std::move(slots);
    op.node = *std::move(count);
    auto unit = std::make_unique<LogicalOp>();
    unit->node = OpUnit{};
    unit->estimated_rows = 1;
    op.children[0] = std::move(unit);
    op.estimated_rows = 1;
  });
  return {};
}

}  // namespace gesta::optimize
