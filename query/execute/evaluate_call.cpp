// Function calls, one row at a time or a batch at once, and the expressions that evaluate only the
// rows that are still open: CASE and coalesce().
#include "execute/batch_call.h"
#include "execute/expression.h"
#include "execute/rows.h"
#include "functions/operators.h"

namespace gesta::execute {
namespace {

class CallExpression : public Expression {
 public:
  CallExpression(const ast::Place& place, const FunctionInfo* function,
                 std::vector<ExpressionPtr> arguments, ExecutionContext* context)
      : Expression(place),
        function_(function),
        arguments_(std::move(arguments)),
        views_(arguments_.size()),
        values_(arguments_.size()),
        context_(context),
        long_values_(context) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    for (size_t i = 0; i < arguments_.size(); ++i) {
      GESTA_RETURN_IF_ERROR(arguments_[i]->Eval(input, rows, &views_[i]));
    }
    Value* result = Buffer(input);
    long_values_.Clear();
    for (size_t k = 0; k < rows.size(); ++k) {
      const uint32_t row = rows[k];
      if (function_->null_in_null_out && AnyNull(row)) {
        result[row] = Value();
        continue;
      }
      auto value = Call(row);
      if (!value.ok()) return At(ClassifyEntityError(value.status()));
      result[row] = *std::move(value);
      if (IsLong(result[row])) {
        GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
        GESTA_RETURN_IF_ERROR(long_values_.Add(result[row].HeapBytes()));
      }
    }
    return Done(out);
  }

 private:
  // A batch of such values is too much to be passed over in the memory budget.
  static bool IsLong(const Value& value) {
    if (value.type() == ValueType::kList) return value.AsList().size() > 1024;
    return value.type() == ValueType::kString && value.AsString().size() > size_t{1} << 14;
  }

  bool AnyNull(uint32_t row) const {
    for (const View& view : views_) {
      if (view[row].IsNull()) return true;
    }
    return false;
  }

  Result<Value> Call(uint32_t row) {
    if (views_.size() == 1) return function_->call(*context_, &views_[0][row], 1);
    for (size_t i = 0; i < views_.size(); ++i) values_[i] = views_[i][row];
    return function_->call(*context_, values_.data(), values_.size());
  }

  const FunctionInfo* function_;
  std::vector<ExpressionPtr> arguments_;
  std::vector<View> views_;
  std::vector<Value> values_;  // one row's arguments side by side
  ExecutionContext* context_;
  MemoryCharge long_values_;  // in the buffer
};

// A batch function sees the arguments of all rows that are asked for, without nulls where those
// give null.
class BatchCallExpression : public Expression {
 public:
  BatchCallExpression(const ast::Place& place, const FunctionInfo* function,
                      std::vector<ExpressionPtr> arguments, ExecutionContext* context)
      : Expression(place),
        function_(function),
        arguments_(std::move(arguments)),
        views_(arguments_.size()),
        context_(context),
        charge_(context) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    for (size_t i = 0; i < arguments_.size(); ++i) {
      GESTA_RETURN_IF_ERROR(arguments_[i]->Eval(input, rows, &views_[i]));
    }
    Value* result = Buffer(input);
    charge_.Clear();
    called_.clear();
    values_.clear();
    for (size_t k = 0; k < rows.size(); ++k) {
      const uint32_t row = rows[k];
      result[row] = Value();
      if (function_->null_in_null_out && AnyNull(row)) continue;
      called_.push_back(row);
      for (const View& view : views_) values_.push_back(view[row]);
    }
    if (called_.empty()) return Done(out);
    GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
    GESTA_RETURN_IF_ERROR(At(ClassifyEntityError(context_->batch_results().Call(
        *function_, *context_, {values_.data(), called_.size(), views_.size()}, &results_))));
    size_t bytes = 0;
    for (size_t i = 0; i < called_.size(); ++i) {
      bytes += results_[i].HeapBytes();
      result[called_[i]] = std::move(results_[i]);
    }
    GESTA_RETURN_IF_ERROR(charge_.Add(bytes));
    return Done(out);
  }

 private:
  bool AnyNull(uint32_t row) const {
    return std::any_of(views_.begin(), views_.end(),
                       [row](const View& view) { return view[row].IsNull(); });
  }

  const FunctionInfo* function_;
  std::vector<ExpressionPtr> arguments_;
  std::vector<View> views_;
  std::vector<uint32_t> called_;  // rows
  std::vector<Value> values_;     // their arguments, row after row
  std::vector<Value> results_;
  ExecutionContext* context_;
  MemoryCharge charge_;  // for what is in the buffer
};

// The first argument that is not null; later arguments see only the rows that are still null.
class CoalesceExpression : public Expression {
 public:
  CoalesceExpression(const ast::Place& place, std::vector<ExpressionPtr> arguments)
      : Expression(place), arguments_(std::move(arguments)) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    Value* result = Buffer(input);
    open_.resize(rows.size());
    for (size_t k = 0; k < rows.size(); ++k) open_[k] = rows[k];
    for (size_t i = 0; i < arguments_.size() && !open_.empty(); ++i) {
      View view;
      GESTA_RETURN_IF_ERROR(arguments_[i]->Eval(input, Rows::Of(open_), &view));
      size_t kept = 0;
      for (const uint32_t row : open_) {
        if (view[row].IsNull()) {
          open_[kept++] = row;
        } else {
          result[row] = view[row];
        }
      }
      open_.resize(kept);
    }
    for (const uint32_t row : open_) result[row] = Value();
    return Done(out);
  }

 private:
  std::vector<ExpressionPtr> arguments_;
  std::vector<uint32_t> open_;
};

class CaseExpression : public Expression {
 public:
  struct Branch {
    ExpressionPtr when;
    ExpressionPtr then;
  };

  CaseExpression(const ast::Place& place, ExpressionPtr subject, std::vector<Branch> branches,
                 ExpressionPtr otherwise)
      : Expression(place),
        subject_(std::move(subject)),
        branches_(std::move(branches)),
        otherwise_(std::move(otherwise)) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    View subject;
    if (subject_) GESTA_RETURN_IF_ERROR(subject_->Eval(input, rows, &subject));
    Value* result = Buffer(input);
    open_.resize(rows.size());
    for (size_t k = 0; k < rows.size(); ++k) open_[k] = rows[k];
    for (Branch& branch : branches_) {
      if (open_.empty()) break;
      View when;
      GESTA_RETURN_IF_ERROR(branch.when->Eval(input, Rows::Of(open_), &when));
      taken_.clear();
      size_t kept = 0;
      for (const uint32_t row : open_) {
        bool takes;
        if (subject_) {
          takes = Equals(subject[row], when[row]) == Ternary::kTrue;
        } else {
          GESTA_RETURN_IF_ERROR(At(CheckPredicate(when[row])));
          takes = when[row].IsTrue();
        }
        if (takes) {
          taken_.push_back(row);
        } else {
          open_[kept++] = row;
        }
      }
      open_.resize(kept);
      GESTA_RETURN_IF_ERROR(Take(*branch.then, input, taken_, result));
    }
    if (otherwise_) {
      GESTA_RETURN_IF_ERROR(Take(*otherwise_, input, open_, result));
    } else {
      for (const uint32_t row : open_) result[row] = Value();
    }
    return Done(out);
  }

 private:
  static Status Take(Expression& expr, const Batch& input, const std::vector<uint32_t>& rows,
                     Value* result) {
    if (rows.empty()) return {};
    View view;
    GESTA_RETURN_IF_ERROR(expr.Eval(input, Rows::Of(rows), &view));
    for (const uint32_t row : rows) result[row] = view[row];
    return {};
  }

  ExpressionPtr subject_;
  std::vector<Branch> branches_;
  ExpressionPtr otherwise_;
  std::vector<uint32_t> open_;
  std::vector<uint32_t> taken_;
};

}  // namespace

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundCall& node,
                           ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(std::vector<ExpressionPtr> arguments,
                         MakeExpressions(node.arguments, context));
  if (node.function->name == "coalesce") {
    return ExpressionPtr(std::make_unique<CoalesceExpression>(expr.place, std::move(arguments)));
  }
  if (node.function->batch) {
    return ExpressionPtr(std::make_unique<BatchCallExpression>(expr.place, node.function,
                                                               std::move(arguments), context));
  }
  return ExpressionPtr(
      std::make_unique<CallExpression>(expr.place, node.function, std::move(arguments), context));
}

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundCase& node,
                           ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr subject, MakeOptional(node.subject, context));
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr otherwise, MakeOptional(node.otherwise, context));
  std::vector<CaseExpression::Branch> branches;
  for (const auto& [when_expr, then_expr] : node.whens) {
    GESTA_ASSIGN_OR_RETURN(ExpressionPtr when, MakeExpression(*when_expr, context));
    GESTA_ASSIGN_OR_RETURN(ExpressionPtr then, MakeExpression(*then_expr, context));
    branches.push_back({std::move(when), std::move(then)});
  }
  return ExpressionPtr(std::make_unique<CaseExpression>(expr.place, std::move(subject),
                                                        std::move(branches), std::move(otherwise)));
}

}  // namespace gesta::execute
