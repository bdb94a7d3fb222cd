// From bound expressions to evaluators, and what all of them share.
#include "execute/evaluate.h"

#include "execute/expression.h"
#include "functions/operators.h"

namespace gesta {

using execute::Expression;
using execute::ExpressionPtr;
using execute::Rows;
using execute::View;

Status Evaluator::Select(const Batch& input, std::vector<uint32_t>* rows) {
  View view;
  const Rows all = Rows::All(input.rows);
  // MakeEvaluator makes nothing but expressions.
  GESTA_RETURN_IF_ERROR(static_cast<Expression*>(this)->Eval(input, all, &view));
  for (size_t row = 0; row < input.rows; ++row) {
    const Value& value = view[row];
    if (value.type() == ValueType::kBoolean) {
      if (value.AsBoolean()) rows->push_back(static_cast<uint32_t>(row));
    } else {
      GESTA_RETURN_IF_ERROR(execute::CheckPredicate(value));
    }
  }
  return {};
}

Result<std::unique_ptr<Evaluator>> MakeEvaluator(const BoundExpr& expr, ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr made, execute::MakeExpression(expr, context));
  return std::unique_ptr<Evaluator>(std::move(made));
}

Result<Value> EvaluateConstant(const BoundExpr& expr, ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr made, execute::MakeExpression(expr, context));
  Batch one(context->slot_count);
  one.rows = 1;
  View view;
  GESTA_RETURN_IF_ERROR(made->Eval(one, Rows::All(1), &view));
  return view[0];
}

namespace execute {

Status Expression::Narrow(const Batch& input, std::vector<uint32_t>* rows) {
  View view;
  GESTA_RETURN_IF_ERROR(Eval(input, Rows::Of(*rows, input), &view));
  size_t kept = 0;
  for (const uint32_t row : *rows) {
    const Value& value = view[row];
    if (value.IsTrue()) {
      (*rows)[kept++] = row;
    } else {
      GESTA_RETURN_IF_ERROR(CheckPredicate(value));
    }
  }
  rows->resize(kept);
  return {};
}

Status Expression::Evaluate(const Batch& input, Column* out) {
  View view;
  GESTA_RETURN_IF_ERROR(Eval(input, Rows::All(input.rows), &view));
  if (view.data() == buffer_.data() && !view.constant()) {
    // The caller takes the buffer and leaves its old one to be filled next time.
    buffer_.resize(input.rows);
    out->swap(buffer_);
    return {};
  }
  out->resize(input.rows);
  for (size_t row = 0; row < input.rows; ++row) (*out)[row] = view[row];
  return {};
}

Result<ExpressionPtr> MakeExpression(const BoundExpr& expr, ExecutionContext* context) {
  return std::visit([&](const auto& node) { return Make(expr, node, context); }, expr.node);
}

Result<ExpressionPtr> MakeOptional(const BoundExprPtr& expr, ExecutionContext* context) {
  if (!expr) return ExpressionPtr();
  return MakeExpression(*expr, context);
}

Result<std::vector<ExpressionPtr>> MakeExpressions(const std::vector<BoundExprPtr>& exprs,
                                                   ExecutionContext* context) {
  std::vector<ExpressionPtr> made;
  made.reserve(exprs.size());
  for (const BoundExprPtr& expr : exprs) {
    GESTA_ASSIGN_OR_RETURN(ExpressionPtr one, MakeExpression(*expr, context));
    made.push_back(std::move(one));
  }
  return made;
}

Status ClassifyEntityError(const Status& status) {
  if (status.code() != StatusCode::kEntityNotFound || !status.info().type.empty()) return status;
  ErrorInfo info = status.info();
  info.type = "EntityNotFound";
  info.detail = "DeletedEntityAccess";
  return Status(std::move(info));
}

Result<Map> EntityProperties(Transaction* transaction, const Value& entity) {
  const bool is_node = entity.type() == ValueType::kNode;
  if (!transaction) {
    if (!entity.IsMaterialised()) {
      return Status(StatusCode::kInternal, "an entity was read without a transaction");
    }
    return is_node ? entity.AsNode().properties : entity.AsRelationship().properties;
  }
  auto read = is_node ? transaction->GetNodeProperties(entity.EntityId())
                      : transaction->GetRelationshipProperties(entity.EntityId());
  if (!read.ok()) return ClassifyEntityError(read.status());
  std::vector<MapEntry> entries;
  entries.reserve(read->size());
  for (Property& property : *read) {
    entries.emplace_back(transaction->Name(NameKind::kProperty, property.key),
                         std::move(property.value));
  }
  return Map(std::move(entries));
}

Result<Value> EntityProperty(Transaction* transaction, const Value& entity, std::string_view key) {
  if (!transaction) {
    GESTA_ASSIGN_OR_RETURN(const Map map, EntityProperties(transaction, entity));
    const Value* found = map.Find(key);
    return found ? *found : Value();
  }
  // An unknown key still asks for the entity, so that a deleted one is an error either way.
  const NameId id = transaction->FindName(NameKind::kProperty, key);
  auto read = entity.type() == ValueType::kNode
                  ? transaction->GetNodeProperty(entity.EntityId(), id)
                  : transaction->GetRelationshipProperty(entity.EntityId(), id);
  if (!read.ok()) return ClassifyEntityError(read.status());
  return read;
}

Result<Value> NewList(List items) { return CheckDepth(Value::MakeList(std::move(items))); }
Result<Value> NewMap(Map map) { return CheckDepth(Value::MakeMap(std::move(map))); }

}  // namespace execute
}  // namespace gesta
