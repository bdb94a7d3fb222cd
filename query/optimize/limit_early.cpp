#include <limits>

#include "optimize/passes.h"
#include "plan/walk_plan.h"

namespace gesta::optimize {
namespace {

constexpr uint64_t kAll = std::numeric_limits<uint64_t>::max();

// The number of a SKIP or LIMIT; a guess for what is known at run time only.
uint64_t Count(const BoundExpr& expr) {
  constexpr uint64_t kUnknown = 64;
  const auto* constant = std::get_if<BoundConstant>(&expr.node);
  if (!constant || constant->value.type() != ValueType::kInteger) return kUnknown;
  return static_cast<uint64_t>(std::max<int64_t>(0, constant->value.AsInteger()));
}

// `wanted`: how many rows of `op` are asked for.
void Visit(LogicalOp& op, uint64_t wanted) {
  const bool multiplies = std::visit(
      [&](const auto& node) {
        using T = std::decay_t<decltype(node)>;
        if constexpr (std::is_same_v<T, OpLimit>) {
          wanted = std::min(wanted, std::max<uint64_t>(1, Count(*node.count)));
        } else if constexpr (std::is_same_v<T, OpSkip>) {
          if (wanted != kAll) wanted += Count(*node.count);
        } else if constexpr (std::is_same_v<T, OpAggregate> || std::is_same_v<T, OpSort> ||
                             std::is_same_v<T, OpEager> || std::is_same_v<T, OpDelete>) {
          wanted = kAll;  // they read all there is
        }
        return std::is_same_v<T, OpNodeScan> || std::is_same_v<T, OpLabelScan> ||
               std::is_same_v<T, OpIndexSeek> || std::is_same_v<T, OpNodeByIds> ||
               std::is_same_v<T, OpRelationshipScan> || std::is_same_v<T, OpExpand> ||
               std::is_same_v<T, OpVarExpand> || std::is_same_v<T, OpUnwind>;
      },
      op.node);
  constexpr uint64_t kFullBatches = 1024;
  if (multiplies && wanted < kFullBatches) op.first_rows = static_cast<uint32_t>(wanted);
  for (size_t i = 0; i < op.children.size(); ++i) {
    // The other side of a join is kept whole, and a subplan runs to its end.
    const bool streams = i == 0 || std::holds_alternative<OpUnion>(op.node);
    Visit(*op.children[i], streams ? wanted : kAll);
  }
}

}  // namespace

Status LimitEarly(LogicalPlan& plan, PassContext& context) {
  if (!context.writes) Visit(*plan.root, kAll);
  return {};
}

}  // namespace gesta::optimize
