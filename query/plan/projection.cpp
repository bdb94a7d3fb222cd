// WITH and RETURN.
#include "plan/builder.h"

namespace gesta::plan {

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
    stream.outer = {};
    stream.one_row = one_group;
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
