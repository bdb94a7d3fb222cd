// WITH and RETURN.
#include "plan/builder.h"
#include "plan/walk_plan.h"

namespace gesta::plan {
namespace {

// In a subplan, what the caller gives can be read after an aggregation too, which itself passes on
// only groups. The subplan then runs for one outer row at a time, so there is one row to add.
void BringBackOuter(const SlotSet& wanted, Stream& stream) {
  const SlotSet outer = stream.outer;
  stream.outer = {};
  if (wanted.And(outer).empty()) return;
  auto argument = std::make_unique<LogicalOp>(MakeOp(OpArgument{}));
  argument->estimated_rows = 1;
  LogicalOp product = MakeOp(OpCartesianProduct{});
  product.children.push_back(std::move(argument));
  const bool one_row = stream.one_row;
  Append(stream, std::move(product), stream.rows);
  stream.one_row = one_row;
  stream.outer = outer;
  stream.available.AddAll(outer);
}

}  // namespace

Status PlanBuilder::Plan(BoundProjection& projection, Stream& stream) {
  if (projection.grouped || !projection.aggregates.empty()) {
    const bool one_group = projection.keys.empty();
    const double rows = one_group ? 1 : std::max(1.0, stream.rows / 2);
    SlotSet groups;
    for (const BoundItem& key : projection.keys) groups.Add(key.slot);
    for (const BoundAggregate& aggregate : projection.aggregates) groups.Add(aggregate.slot);
    Append(stream,
           MakeOp(OpAggregate{std::move(projection.keys), std::move(projection.aggregates)}), rows);
    stream.available = groups;
    stream.one_row = one_group;
    SlotSet wanted = wanted_;
    for (const BoundItem& item : projection.items) wanted.AddAll(SlotsOf(*item.expr));
    for (const BoundSort& sort : projection.order_by) wanted.AddAll(SlotsOf(*sort.expr));
    for (const BoundExprPtr& condition : projection.where) wanted.AddAll(SlotsOf(*condition));
    BringBackOuter(wanted, stream);
  }
  std::vector<Slot> columns;
  for (const BoundItem& item : projection.items) columns.push_back(item.slot);
  Append(stream, MakeOp(OpProject{std::move(projection.items)}), stream.rows);
  stream.available.AddAll(columns);
  if (projection.distinct) {
    Append(stream, MakeOp(OpDistinct{columns}), std::max(1.0, stream.rows / 2));
  }
  if (!projection.order_by.empty()) {
    Append(stream, MakeOp(OpSort{std::move(projection.order_by), nullptr}), stream.rows);
  }
  if (projection.skip) {
    Append(stream, MakeOp(OpSkip{std::move(projection.skip)}), stream.rows);
  }
  if (projection.limit) {
    double rows = stream.rows;
    const auto* count = std::get_if<BoundConstant>(&projection.limit->node);
    if (count && count->value.type() == ValueType::kInteger) {
      rows = std::min(rows, static_cast<double>(count->value.AsInteger()));
    }
    Append(stream, MakeOp(OpLimit{std::move(projection.limit)}), rows);
  }
  AppendFilter(stream, std::move(projection.where), 0.5);
  // Hidden slots stay in the stream for ORDER BY and WHERE; the next clause sees the items only.
  stream.available = stream.outer;
  stream.available.AddAll(columns);
  return {};
}

}  // namespace gesta::plan
