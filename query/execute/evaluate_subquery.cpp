// EXISTS, COUNT and COLLECT subqueries, pattern predicates and pattern comprehensions.
#include "execute/build.h"
#include "execute/expression.h"
#include "execute/rows.h"
#include "plan/logical.h"

namespace gesta::execute {
namespace {

class SubqueryExpression : public Expression {
 public:
  SubqueryExpression(const ast::Place& place, const BoundSubquery& node,
                     std::unique_ptr<SubplanRun> subplan, ExecutionContext* context)
      : Expression(place),
        kind_(node.kind),
        value_(node.value),
        first_only_(node.first_only),
        batched_(node.plan->batched),
        arguments_(node.plan->arguments),
        subplan_(std::move(subplan)),
        compact_(context->slot_count),
        inner_(context->slot_count),
        charge_(context) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    Value* result = Buffer(input);
    if (rows.size() == 0) return Done(out);
    counts_.assign(rows.size(), 0);
    lists_.clear();
    charge_.Clear();
    if (kind_ == BoundSubqueryKind::kCollect) lists_.resize(rows.size());
    if (!batched_) {
      for (size_t k = 0; k < rows.size(); ++k) {
        GESTA_RETURN_IF_ERROR(At(RunOne(input, rows[k], k)));
      }
    } else if (rows.all()) {
      GESTA_RETURN_IF_ERROR(At(RunBatch(input)));
    } else {
      // Only the open rows, side by side.
      compact_.Clear();
      compact_.rows = rows.size();
      for (const Slot slot : arguments_) {
        for (size_t k = 0; k < rows.size(); ++k) {
          compact_.columns[slot].push_back(input.columns[slot][rows[k]]);
        }
      }
      GESTA_RETURN_IF_ERROR(At(RunBatch(compact_)));
    }
    for (size_t k = 0; k < rows.size(); ++k) {
      GESTA_RETURN_IF_ERROR(At(Finish(k, &result[rows[k]])));
    }
    return Done(out);
  }

 private:
  bool WantsOneRow() const { return kind_ == BoundSubqueryKind::kExists || first_only_; }

  Status RunOne(const Batch& input, uint32_t row, size_t k) {
    GESTA_RETURN_IF_ERROR(subplan_->Start(input, row, row + 1));
    while (true) {
      GESTA_RETURN_IF_ERROR(subplan_->Next(&inner_));
      if (inner_.rows == 0) return {};
      for (size_t i = 0; i < inner_.rows; ++i) Take(i, k);
      GESTA_RETURN_IF_ERROR(ChargeCollected());
      if (WantsOneRow()) return {};
    }
  }

  Status RunBatch(const Batch& outer) {
    if (WantsOneRow()) {
      satisfied_.assign(outer.rows, 0);
      subplan_->set_satisfied(&satisfied_);
    }
    size_t missing = outer.rows;
    GESTA_RETURN_IF_ERROR(subplan_->Start(outer, 0, outer.rows));
    while (missing > 0) {
      GESTA_RETURN_IF_ERROR(subplan_->Next(&inner_));
      if (inner_.rows == 0) return {};
      for (size_t i = 0; i < inner_.rows; ++i) {
        const uint32_t k = inner_.row_numbers[i];
        Take(i, k);
        if (WantsOneRow() && !satisfied_[k]) {
          satisfied_[k] = 1;
          --missing;
        }
      }
      GESTA_RETURN_IF_ERROR(ChargeCollected());
    }
    return {};
  }

  Status ChargeCollected() {
    if (kind_ != BoundSubqueryKind::kCollect || first_only_) return {};
    size_t bytes = 0;
    for (const Value& value : inner_.columns[value_]) bytes += sizeof(Value) + value.HeapBytes();
    return charge_.Add(bytes);
  }

  // Inner row `i` belongs to the k-th evaluated row.
  void Take(size_t i, size_t k) {
    if (WantsOneRow() && counts_[k] > 0) return;
    counts_[k] += inner_.multiplicity.empty() ? 1 : inner_.multiplicity[i];
    if (kind_ == BoundSubqueryKind::kCollect) {
      lists_[k].push_back(inner_.columns[value_][i]);
    }
  }

  Status Finish(size_t k, Value* out) {
    switch (kind_) {
      case BoundSubqueryKind::kExists:
        *out = Value::Boolean(counts_[k] > 0);
        return {};
      case BoundSubqueryKind::kCount:
        *out = Value::Integer(static_cast<int64_t>(counts_[k]));
        return {};
      case BoundSubqueryKind::kCollect:
        break;
    }
    if (first_only_) {
      *out = lists_[k].empty() ? Value() : std::move(lists_[k].front());
      return {};
    }
    GESTA_ASSIGN_OR_RETURN(*out, NewList(std::move(lists_[k])));
    return {};
  }

  const BoundSubqueryKind kind_;
  const Slot value_;
  const bool first_only_;
  const bool batched_;
  const std::vector<Slot> arguments_;
  std::unique_ptr<SubplanRun> subplan_;
  Batch compact_;
  Batch inner_;
  MemoryCharge charge_;  // for the lists of a batch
  std::vector<uint64_t> counts_;
  std::vector<List> lists_;
  std::vector<uint8_t> satisfied_;
};

}  // namespace

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundSubquery& node,
                           ExecutionContext* context) {
  if (!node.plan || !node.plan->root) {
    return Status(StatusCode::kInternal, "a subquery expression was not planned");
  }
  GESTA_ASSIGN_OR_RETURN(std::unique_ptr<SubplanRun> subplan,
                         SubplanRun::Make(*node.plan->root, context));
  if (context->profile) context->NoteSubplan(node.plan->root.get(), subplan->root());
  return ExpressionPtr(
      std::make_unique<SubqueryExpression>(expr.place, node, std::move(subplan), context));
}

}  // namespace gesta::execute
