#include "optimize/passes.h"
#include "plan/walk_plan.h"

namespace gesta::optimize {
namespace {

// entity.key
struct PropertyOf {
  Slot slot = kNoSlot;
  std::string key;
};

std::optional<PropertyOf> AsProperty(const BoundExpr& expr) {
  const auto* property = std::get_if<BoundProperty>(&expr.node);
  if (!property) return std::nullopt;
  const auto* base = std::get_if<BoundSlot>(&property->base->node);
  if (!base) return std::nullopt;
  return PropertyOf{base->slot, property->key};
}

// What the expression is below the projection.
BoundExprPtr Below(const OpProject& project, const BoundExpr& expr) {
  BoundExprPtr below = Clone(expr);
  plan::ForEachPostOrder(below, [&](BoundExprPtr& part) {
    const auto* slot = std::get_if<BoundSlot>(&part->node);
    if (!slot) return;
    for (const BoundItem& item : project.items) {
      if (item.slot != slot->slot) continue;
      part = Clone(*item.expr);
      return;
    }
  });
  return below;
}

// The scan that the rows below `op` come from, if all operators between keep its order; `expr` is
// followed through projections.
LogicalOp* SourceOf(LogicalOp& op, BoundExprPtr* expr) {
  LogicalOp* at = op.children[0].get();
  while (true) {
    if (const auto* project = std::get_if<OpProject>(&at->node)) {
      *expr = Below(*project, **expr);
    } else if (std::holds_alternative<OpLabelScan>(at->node) ||
               std::holds_alternative<OpIndexSeek>(at->node)) {
      const bool one_row = std::holds_alternative<OpUnit>(at->children[0]->node);
      return one_row ? at : nullptr;
    } else if (!std::holds_alternative<OpFilter>(at->node) &&
               !std::holds_alternative<OpExpand>(at->node) &&
               !std::holds_alternative<OpVarExpand>(at->node) &&
               !std::holds_alternative<OpSemiApply>(at->node)) {
      return nullptr;
    }
    at = at->children[0].get();
  }
}

// Whether the seek's rows come in the order of the property.
bool ComesSorted(const OpIndexSeek& seek, const std::string& key, bool descending) {
  if (seek.in) return !descending && seek.properties[0] == key;
  const size_t fixed = seek.equals.size();
  // After the values that are given the next property of the index orders the rows.
  return fixed < seek.properties.size() && seek.properties[fixed] == key;
}

const IndexInfo* IndexOn(const std::vector<IndexInfo>& indexes, const Transaction& transaction,
                         const std::string& label, const std::string& key) {
  const NameId label_id = transaction.FindName(NameKind::kLabel, label);
  const NameId key_id = transaction.FindName(NameKind::kProperty, key);
  for (const IndexInfo& index : indexes) {
    if (index.entity == EntityKind::kNode && index.label == label_id &&
        index.properties[0] == key_id) {
      return &index;
    }
  }
  return nullptr;
}

OpIndexSeek WholeIndex(Slot slot, const std::string& label, const IndexInfo& index,
                       const Transaction& transaction) {
  OpIndexSeek seek;
  seek.slot = slot;
  seek.index = index.id;
  seek.index_name = index.name;
  seek.label = label;
  for (const NameId key : index.properties) {
    seek.properties.emplace_back(transaction.Name(NameKind::kProperty, key));
  }
  seek.full = true;
  return seek;
}

class OrderByIndex {
 public:
  explicit OrderByIndex(PassContext& context)
      : context_(context), indexes_(context.transaction.Indexes()) {}

  void Visit(LogicalOpPtr& op) {
    for (LogicalOpPtr& child : op->children) Visit(child);
    const auto* sort = std::get_if<OpSort>(&op->node);
    if (!sort || sort->items.size() != 1) return;
    BoundExprPtr expr = Clone(*sort->items[0].expr);
    LogicalOp* source = SourceOf(*op, &expr);
    if (!source) return;
    const std::optional<PropertyOf> property = AsProperty(*expr);
    if (!property) return;
    const bool descending = sort->items[0].descending;
    if (auto* seek = std::get_if<OpIndexSeek>(&source->node)) {
      if (seek->slot != property->slot || !ComesSorted(*seek, property->key, descending)) return;
      seek->descending = descending;
    } else if (!ScanIndexInstead(*op, *sort, *property, source)) {
      return;
    }
    op = std::move(op->children[0]);
  }

 private:
  // Reading a label's nodes by an index pays where few of them are asked for. Nodes without the
  // property are in no index, so there must be none.
  bool ScanIndexInstead(const LogicalOp& op, const OpSort& sort, const PropertyOf& property,
                        LogicalOp* source) {
    const auto scan = std::get<OpLabelScan>(source->node);
    if (scan.slot != property.slot || !sort.limit || context_.writes) return false;
    const IndexInfo* index = IndexOn(indexes_, context_.transaction, scan.label, property.key);
    if (!index) return false;
    const PlanAssumption all_in_index{"", scan.label, false, index->id};
    if (!Holds(all_in_index, context_.transaction, context_.statistics)) return false;
    const auto* limit = std::get_if<BoundConstant>(&sort.limit->node);
    const double wanted = limit && limit->value.type() == ValueType::kInteger
                              ? static_cast<double>(limit->value.AsInteger())
                              : 100;
    const double all = source->estimated_rows;
    const double kept = std::max(op.children[0]->estimated_rows, 0.01) / std::max(all, 1.0);
    if (wanted / kept > all / 4) return false;
    OpIndexSeek seek = WholeIndex(scan.slot, scan.label, *index, context_.transaction);
    seek.descending = sort.items[0].descending;
    source->node = std::move(seek);
    context_.assumptions.push_back(all_in_index);
    return true;
  }

  PassContext& context_;
  const std::vector<IndexInfo> indexes_;
};

}  // namespace

Status UseIndexOrder(LogicalPlan& plan, PassContext& context) {
  OrderByIndex(context).Visit(plan.root);
  return {};
}

Status UseIndexExtremes(LogicalPlan& plan, PassContext& context) {
  const std::vector<IndexInfo> indexes = context.transaction.Indexes();
  plan::ForEachOp(*plan.root, [&](LogicalOp& op) {
    const auto* aggregate = std::get_if<OpAggregate>(&op.node);
    if (!aggregate || !aggregate->keys.empty() || aggregate->aggregates.size() != 1) return;
    const BoundAggregate& extreme = aggregate->aggregates[0];
    if (!extreme.function || (extreme.function->name != "min" && extreme.function->name != "max")) {
      return;
    }
    const std::optional<PropertyOf> property = AsProperty(*extreme.arguments[0]);
    LogicalOp& source = *op.children[0];
    const auto* scan = std::get_if<OpLabelScan>(&source.node);
    if (!property || !scan || scan->slot != property->slot ||
        !std::holds_alternative<OpUnit>(source.children[0]->node)) {
      return;
    }
    const IndexInfo* index = IndexOn(indexes, context.transaction, scan->label, property->key);
    // An index over more properties lacks nodes that have only the first.
    if (!index || index->properties.size() != 1) return;
    OpIndexSeek seek = WholeIndex(scan->slot, scan->label, *index, context.transaction);
    seek.descending = extreme.function->name == "max";
    source.node = std::move(seek);
    source.first_rows = 1;
    auto limit = std::make_unique<LogicalOp>();
    auto one = std::make_unique<BoundExpr>();
    one->node = BoundConstant{Value::Integer(1)};
    limit->node = OpLimit{std::move(one)};
    limit->estimated_rows = 1;
    limit->children.push_back(std::move(op.children[0]));
    op.children[0] = std::move(limit);
  });
  return {};
}

}  // namespace gesta::optimize
