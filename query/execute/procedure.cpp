// CALL of a procedure for each input row.
#include "execute/multiply.h"

namespace gesta::execute {
namespace {

class ProcedureOperator : public MultiplyOperator {
 public:
  ProcedureOperator(const LogicalOp& op, OperatorPtr child, const OpProcedureCall& node,
                    std::vector<ExpressionPtr> arguments, BuildEnv& env)
      : MultiplyOperator(op, std::move(child), Produced(node), env),
        node_(node),
        arguments_(std::move(arguments)),
        views_(arguments_.size()) {}

 protected:
  Status BeginBatch(const Batch& input) override {
    for (size_t i = 0; i < arguments_.size(); ++i) {
      GESTA_RETURN_IF_ERROR(arguments_[i]->Eval(input, Rows::All(input.rows), &views_[i]));
    }
    if (!node_.procedure->batch) return {};
    std::vector<std::vector<Value>> calls(input.rows);
    for (size_t row = 0; row < input.rows; ++row) calls[row] = Arguments(row);
    answers_.assign(input.rows, {});
    return node_.procedure->batch(*context_, calls, &answers_);
  }

  Status BeginRow(const Batch&, size_t row) override {
    rows_.clear();
    next_ = 0;
    if (node_.procedure->batch) {
      rows_ = std::move(answers_[row]);
    } else {
      GESTA_RETURN_IF_ERROR(node_.procedure->body(*context_, Arguments(row), &rows_));
    }
    if (node_.keep_row) rows_.assign(1, {});
    return {};
  }

  Result<size_t> Fill(const Batch&, size_t, size_t n, Batch* out) override {
    const size_t count = std::min(n, rows_.size() - next_);
    for (const auto& [column, slot] : node_.yield) {
      if (!IsLive(slot)) continue;
      for (size_t i = 0; i < count; ++i) {
        std::vector<Value>& row = rows_[next_ + i];
        // Copied: a result column may be asked for under several names.
        out->columns[slot].push_back(column < row.size() ? row[column] : Value());
      }
    }
    next_ += count;
    return count;
  }

 private:
  std::vector<Value> Arguments(size_t row) const {
    std::vector<Value> values;
    const size_t count = std::max(node_.procedure->arguments.size(), views_.size());
    values.reserve(count);
    for (const View& view : views_) values.push_back(view[row]);
    values.resize(count);
    return values;
  }

  static std::vector<Slot> Produced(const OpProcedureCall& node) {
    std::vector<Slot> slots;
    for (const auto& [column, slot] : node.yield) slots.push_back(slot);
    return slots;
  }

  const OpProcedureCall& node_;
  std::vector<ExpressionPtr> arguments_;
  std::vector<View> views_;
  std::vector<std::vector<std::vector<Value>>> answers_;  // of a batch procedure, by row
  std::vector<std::vector<Value>> rows_;                  // of the current row
  size_t next_ = 0;
};

}  // namespace

Result<OperatorPtr> Build(const OpProcedureCall& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(std::vector<ExpressionPtr> arguments,
                         MakeExpressions(node.arguments, env.context));
  return OperatorPtr(
      std::make_unique<ProcedureOperator>(op, std::move(child), node, std::move(arguments), env));
}

}  // namespace gesta::execute
