// List comprehensions, quantifiers and reduce. The elements of many rows' lists are laid side by
// side in an inner batch, so the inner expressions run on whole columns.
#include <algorithm>

#include "execute/expression.h"
#include "execute/rows.h"

namespace gesta::execute {
namespace {

// Slots that `exprs` (null pointers allowed) read from outside, without `own` ones.
std::vector<Slot> Captured(std::initializer_list<const BoundExpr*> exprs,
                           std::initializer_list<Slot> own) {
  std::vector<Slot> slots;
  for (const BoundExpr* expr : exprs) {
    if (expr) CollectSlots(*expr, &slots);
  }
  std::sort(slots.begin(), slots.end());
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  for (const Slot slot : own) {
    slots.erase(std::remove(slots.begin(), slots.end(), slot), slots.end());
  }
  return slots;
}

// The inner batch: one row per list element, with the outer slots that the inner expressions read.
class ElementBatch {
 public:
  ElementBatch(Slot variable, std::vector<Slot> captured, size_t slot_count)
      : variable_(variable), captured_(std::move(captured)), batch_(slot_count) {}

  void Clear() {
    batch_.Clear();
    owners_.clear();
  }
  bool Full() const { return batch_.rows >= kBatchRows; }
  // `owner`: the caller's number for the row that the element belongs to.
  void Add(const Batch& outer, uint32_t row, uint32_t owner, const Value& element) {
    batch_.columns[variable_].push_back(element);
    for (const Slot slot : captured_) batch_.columns[slot].push_back(outer.columns[slot][row]);
    owners_.push_back(owner);
    ++batch_.rows;
  }
  const Batch& batch() const { return batch_; }
  const std::vector<uint32_t>& owners() const { return owners_; }
  Slot variable() const { return variable_; }

 private:
  const Slot variable_;
  const std::vector<Slot> captured_;
  Batch batch_;
  std::vector<uint32_t> owners_;
};

class ListComprehensionExpression : public Expression {
 public:
  ListComprehensionExpression(const ast::Place& place, ExpressionPtr list, ExpressionPtr where,
                              ExpressionPtr map, ElementBatch elements, ExecutionContext* context)
      : Expression(place),
        list_(std::move(list)),
        where_(std::move(where)),
        map_(std::move(map)),
        elements_(std::move(elements)),
        context_(context),
        charge_(context) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    View view;
    GESTA_RETURN_IF_ERROR(list_->Eval(input, rows, &view));
    results_.assign(rows.size(), List());
    charge_.Clear();
    elements_.Clear();
    Value* result = Buffer(input);
    for (size_t k = 0; k < rows.size(); ++k) {
      auto list = ListOrNull(view[rows[k]]);
      if (!list.ok()) return At(list.status());
      if (!*list) continue;
      for (const Value& element : **list) {
        if (elements_.Full()) GESTA_RETURN_IF_ERROR(Flush());
        elements_.Add(input, rows[k], static_cast<uint32_t>(k), element);
      }
    }
    GESTA_RETURN_IF_ERROR(Flush());
    for (size_t k = 0; k < rows.size(); ++k) {
      const uint32_t row = rows[k];
      if (view[row].IsNull()) {
        result[row] = Value();
        continue;
      }
      auto made = NewList(std::move(results_[k]));
      if (!made.ok()) return At(made.status());
      result[row] = *std::move(made);
    }
    return Done(out);
  }

 private:
  Status Flush() {
    const Batch& batch = elements_.batch();
    if (batch.rows == 0) return {};
    GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
    selected_.clear();
    if (where_) {
      GESTA_RETURN_IF_ERROR(At(where_->Select(batch, &selected_)));
    }
    const Rows kept = where_ ? Rows::Of(selected_) : Rows::All(batch.rows);
    View values(batch.columns[elements_.variable()]);
    if (map_ && kept.size() > 0) GESTA_RETURN_IF_ERROR(map_->Eval(batch, kept, &values));
    size_t bytes = 0;
    for (size_t k = 0; k < kept.size(); ++k) {
      const Value& value = values[kept[k]];
      bytes += sizeof(Value) + value.HeapBytes();
      results_[elements_.owners()[kept[k]]].push_back(value);
    }
    GESTA_RETURN_IF_ERROR(charge_.Add(bytes));
    elements_.Clear();
    return {};
  }

  ExpressionPtr list_;
  ExpressionPtr where_;
  ExpressionPtr map_;
  ElementBatch elements_;
  ExecutionContext* context_;
  MemoryCharge charge_;  // for the lists of a batch
  std::vector<List> results_;
  std::vector<uint32_t> selected_;
};

class QuantifierExpression : public Expression {
 public:
  QuantifierExpression(const ast::Place& place, ast::QuantifierKind kind, ExpressionPtr list,
                       ExpressionPtr where, ElementBatch elements, ExecutionContext* context)
      : Expression(place),
        kind_(kind),
        list_(std::move(list)),
        where_(std::move(where)),
        elements_(std::move(elements)),
        context_(context) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    View view;
    GESTA_RETURN_IF_ERROR(list_->Eval(input, rows, &view));
    tallies_.assign(rows.size(), Tally());
    elements_.Clear();
    Value* result = Buffer(input);
    for (size_t k = 0; k < rows.size(); ++k) {
      auto list = ListOrNull(view[rows[k]]);
      if (!list.ok()) return At(list.status());
      if (!*list) continue;
      for (const Value& element : **list) {
        if (elements_.Full()) {
          GESTA_RETURN_IF_ERROR(Flush());
          if (Decided(tallies_[k])) break;
        }
        elements_.Add(input, rows[k], static_cast<uint32_t>(k), element);
      }
    }
    GESTA_RETURN_IF_ERROR(Flush());
    for (size_t k = 0; k < rows.size(); ++k) {
      const uint32_t row = rows[k];
      result[row] = view[row].IsNull() ? Value() : Outcome(tallies_[k]);
    }
    return Done(out);
  }

 private:
  struct Tally {
    uint64_t trues = 0;
    uint64_t falses = 0;
    uint64_t nulls = 0;
  };

  // Whether more elements cannot change the outcome.
  bool Decided(const Tally& tally) const {
    switch (kind_) {
      case ast::QuantifierKind::kAll:
        return tally.falses > 0;
      case ast::QuantifierKind::kAny:
      case ast::QuantifierKind::kNone:
        return tally.trues > 0;
      case ast::QuantifierKind::kSingle:
        return tally.trues > 1;
    }
    return false;
  }

  Value Outcome(const Tally& tally) const {
    if (Decided(tally)) return Value::Boolean(kind_ == ast::QuantifierKind::kAny);
    if (tally.nulls > 0) return Value();
    switch (kind_) {
      case ast::QuantifierKind::kAll:
      case ast::QuantifierKind::kNone:
        return Value::Boolean(true);
      case ast::QuantifierKind::kAny:
        return Value::Boolean(false);
      case ast::QuantifierKind::kSingle:
        return Value::Boolean(tally.trues == 1);
    }
    return Value();
  }

  Status Flush() {
    const Batch& batch = elements_.batch();
    if (batch.rows == 0) return {};
    GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
    View holds;
    GESTA_RETURN_IF_ERROR(where_->Eval(batch, Rows::All(batch.rows), &holds));
    for (size_t row = 0; row < batch.rows; ++row) {
      const Value& value = holds[row];
      GESTA_RETURN_IF_ERROR(At(CheckPredicate(value)));
      Tally& tally = tallies_[elements_.owners()[row]];
      if (value.IsNull()) {
        ++tally.nulls;
      } else if (value.AsBoolean()) {
        ++tally.trues;
      } else {
        ++tally.falses;
      }
    }
    elements_.Clear();
    return {};
  }

  const ast::QuantifierKind kind_;
  ExpressionPtr list_;
  ExpressionPtr where_;
  ElementBatch elements_;
  ExecutionContext* context_;
  std::vector<Tally> tallies_;
};

// Step by step over all rows at once: step i handles element i of each row's list.
class ReduceExpression : public Expression {
 public:
  ReduceExpression(const ast::Place& place, const BoundReduce& node, ExpressionPtr initial,
                   ExpressionPtr list, ExpressionPtr step, ExecutionContext* context)
      : Expression(place),
        accumulator_(node.accumulator),
        variable_(node.variable),
        captured_(Captured({node.step.get()}, {node.accumulator, node.variable})),
        initial_(std::move(initial)),
        list_(std::move(list)),
        step_(std::move(step)),
        inner_(context->slot_count),
        context_(context) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    View initial;
    View list;
    GESTA_RETURN_IF_ERROR(initial_->Eval(input, rows, &initial));
    GESTA_RETURN_IF_ERROR(list_->Eval(input, rows, &list));
    inner_.rows = input.rows;
    for (const Slot slot : captured_) inner_.columns[slot] = input.columns[slot];
    Column& accumulators = inner_.columns[accumulator_];
    Column& elements = inner_.columns[variable_];
    accumulators.resize(input.rows);
    elements.resize(input.rows);
    active_.clear();
    Value* result = Buffer(input);
    for (size_t k = 0; k < rows.size(); ++k) {
      const uint32_t row = rows[k];
      auto checked = ListOrNull(list[row]);
      if (!checked.ok()) return At(checked.status());
      accumulators[row] = *checked ? initial[row] : Value();
      if (*checked && !(*checked)->empty()) active_.push_back(row);
    }
    for (size_t i = 0; !active_.empty(); ++i) {
      if (i % 1024 == 1023) GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      for (const uint32_t row : active_) elements[row] = list[row].AsList()[i];
      View next;
      GESTA_RETURN_IF_ERROR(step_->Eval(inner_, Rows::Of(active_), &next));
      size_t kept = 0;
      for (const uint32_t row : active_) {
        accumulators[row] = next[row];
        if (list[row].AsList().size() > i + 1) active_[kept++] = row;
      }
      active_.resize(kept);
    }
    for (size_t k = 0; k < rows.size(); ++k) result[rows[k]] = std::move(accumulators[rows[k]]);
    inner_.Clear();
    return Done(out);
  }

 private:
  const Slot accumulator_;
  const Slot variable_;
  const std::vector<Slot> captured_;
  ExpressionPtr initial_;
  ExpressionPtr list_;
  ExpressionPtr step_;
  Batch inner_;
  ExecutionContext* context_;
  std::vector<uint32_t> active_;
};

}  // namespace

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundListComprehension& node,
                           ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr list, MakeExpression(*node.list, context));
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr where, MakeOptional(node.where, context));
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr map, MakeOptional(node.map, context));
  ElementBatch elements(node.variable,
                        Captured({node.where.get(), node.map.get()}, {node.variable}),
                        context->slot_count);
  return ExpressionPtr(std::make_unique<ListComprehensionExpression>(
      expr.place, std::move(list), std::move(where), std::move(map), std::move(elements), context));
}

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundQuantifier& node,
                           ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr list, MakeExpression(*node.list, context));
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr where, MakeExpression(*node.where, context));
  ElementBatch elements(node.variable, Captured({node.where.get()}, {node.variable}),
                        context->slot_count);
  return ExpressionPtr(std::make_unique<QuantifierExpression>(
      expr.place, node.kind, std::move(list), std::move(where), std::move(elements), context));
}

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundReduce& node,
                           ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr initial, MakeExpression(*node.initial, context));
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr list, MakeExpression(*node.list, context));
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr step, MakeExpression(*node.step, context));
  return ExpressionPtr(std::make_unique<ReduceExpression>(
      expr.place, node, std::move(initial), std::move(list), std::move(step), context));
}

}  // namespace gesta::execute
