// Binding of calls of functions and aggregates.
#include <algorithm>

#include "bind/binder_impl.h"
#include "bind/fingerprint.h"
#include "parse/edit_distance.h"

namespace gesta {
namespace {

using ast::Expr;

constexpr uint32_t Bits(ArgumentKind kind) {
  constexpr auto bit = StaticType::Bit;
  switch (kind) {
    case ArgumentKind::kAny:
      return ~0u;
    case ArgumentKind::kBoolean:
      return bit(ValueType::kBoolean);
    case ArgumentKind::kInteger:
      return bit(ValueType::kInteger);
    case ArgumentKind::kNumber:
      return kNumberBits;
    case ArgumentKind::kString:
      return bit(ValueType::kString);
    case ArgumentKind::kList:
      return bit(ValueType::kList);
    case ArgumentKind::kMap:
      return bit(ValueType::kMap);
    case ArgumentKind::kNode:
      return bit(ValueType::kNode);
    case ArgumentKind::kRelationship:
      return bit(ValueType::kRelationship);
    case ArgumentKind::kPath:
      return bit(ValueType::kPath);
    case ArgumentKind::kTemporal:
      return kTemporalBits;
    case ArgumentKind::kStringOrList:
      return bit(ValueType::kString) | bit(ValueType::kList);
    case ArgumentKind::kNodeOrRelationship:
      return bit(ValueType::kNode) | bit(ValueType::kRelationship);
    case ArgumentKind::kEntityOrMap:
      return bit(ValueType::kNode) | bit(ValueType::kRelationship) | bit(ValueType::kMap);
  }
  return ~0u;
}

// Functions whose result's type the checks make use of.
StaticType ResultType(std::string_view name) {
  if (name == "size" || name == "length" || name == "id")
    return StaticType::Of(ValueType::kInteger);
  if (name == "labels" || name == "keys") {
    return StaticType::ListOf(StaticType::Of(ValueType::kString));
  }
  if (name == "nodes") return StaticType::ListOf(StaticType::Of(ValueType::kNode));
  if (name == "relationships") {
    return StaticType::ListOf(StaticType::Of(ValueType::kRelationship));
  }
  if (name == "startNode" || name == "endNode") return StaticType::Of(ValueType::kNode);
  if (name == "properties") return StaticType::Of(ValueType::kMap);
  return StaticType::Any();
}

}  // namespace

Result<Typed> Binder::BindFunction(const Expr& expr, const ast::FunctionCall& node,
                                   const Scope& scope) {
  if (const AggregateInfo* aggregate = context_.functions->FindAggregate(node.name)) {
    return BindAggregate(expr, &node, aggregate, scope);
  }
  const FunctionInfo* function = context_.functions->Find(node.name);
  if (function == nullptr) {
    std::string hint;
    size_t best = 3;
    for (const std::string& name : context_.functions->Names()) {
      size_t distance = EditDistance(node.name, name);
      if (distance < best) {
        best = distance;
        hint = "did you mean " + name + "()?";
      }
    }
    return SyntaxError(expr.place, "UnknownFunction", "there is no function " + node.name + "()",
                       hint);
  }
  if (node.distinct) {
    return SyntaxError(expr.place, "UnexpectedSyntax",
                       "DISTINCT is for aggregate functions; " + function->name + "() is not one");
  }
  int count = static_cast<int>(node.arguments.size());
  if (count < function->min_arguments ||
      (function->max_arguments >= 0 && count > function->max_arguments)) {
    return SyntaxError(expr.place, "InvalidNumberOfArguments",
                       function->name + "() does not take " + std::to_string(count) +
                           (count == 1 ? " argument" : " arguments"),
                       function->signature);
  }
  if (function->volatility == Volatility::kVolatile && inside_aggregate_ &&
      (function->name == "rand" || function->name == "randomUUID")) {
    return SyntaxError(expr.place, "NonConstantExpression",
                       function->name + "() cannot be used inside an aggregate");
  }
  BoundCall call{function, {}};
  for (size_t i = 0; i < node.arguments.size(); ++i) {
    const Expr& argument = *node.arguments[i];
    // exists((a)-->(b)) takes a pattern.
    Restore<bool> pattern(allow_pattern_, allow_pattern_ || function->name == "exists");
    GESTA_ASSIGN_OR_RETURN(Typed typed, BindExpr(argument, scope));
    if (function->name == "exists" && std::holds_alternative<BoundSubquery>(typed.expr->node)) {
      return typed;
    }
    if (!function->arguments.empty()) {
      ArgumentKind kind = function->arguments[std::min(i, function->arguments.size() - 1)];
      if (!typed.type.MayBeAny(Bits(kind))) {
        return SyntaxError(argument.place, "InvalidArgumentType",
                           function->name + "() does not take a value of this type",
                           function->signature);
      }
    }
    call.arguments.push_back(std::move(typed.expr));
  }
  StaticType type = ResultType(function->name);
  return Typed{Make(expr.place, std::move(call)), type};
}

Result<Typed> Binder::BindAggregate(const Expr& expr, const ast::FunctionCall* node,
                                    const AggregateInfo* function, const Scope& scope) {
  std::string name = function ? function->name : "count";
  if (inside_aggregate_) {
    return SyntaxError(expr.place, "NestedAggregation",
                       name + "() cannot be used inside another aggregate",
                       "compute the inner aggregate in a WITH before");
  }
  if (!allow_aggregates_ || grouping_ == nullptr) {
    return SyntaxError(expr.place, "InvalidAggregation", name + "() cannot be used here",
                       "compute it in WITH or RETURN as an expression of its own");
  }
  std::string print = Fingerprint(expr, text_);
  auto known = grouping_->aggregates.find(print);
  if (known != grouping_->aggregates.end()) {
    return Typed{Make(expr.place, BoundSlot{(*grouping_->out)[known->second].slot}),
                 StaticType::Any()};
  }
  BoundAggregate aggregate;
  aggregate.function = function;
  if (node != nullptr) {
    int count = static_cast<int>(node->arguments.size());
    if (count < function->min_arguments || count > function->max_arguments) {
      return SyntaxError(expr.place, "InvalidNumberOfArguments",
                         function->name + "() does not take " + std::to_string(count) +
                             (count == 1 ? " argument" : " arguments"),
                         function->signature);
    }
    aggregate.distinct = node->distinct;
    Restore<bool> inside(inside_aggregate_, true);
    const Scope& visible = grouping_->argument_scope ? *grouping_->argument_scope : scope;
    for (const ast::ExprPtr& argument : node->arguments) {
      GESTA_ASSIGN_OR_RETURN(Typed typed, BindExpr(*argument, visible));
      aggregate.arguments.push_back(std::move(typed.expr));
    }
  }
  aggregate.slot = NewHiddenSlot();
  Slot slot = aggregate.slot;
  grouping_->aggregates[print] = grouping_->out->size();
  grouping_->out->push_back(std::move(aggregate));
  StaticType type = StaticType::Any();
  if (name == "count") type = StaticType::Of(ValueType::kInteger);
  if (name == "collect") type = StaticType::Of(ValueType::kList);
  return Typed{Make(expr.place, BoundSlot{slot}), type};
}

}  // namespace gesta
