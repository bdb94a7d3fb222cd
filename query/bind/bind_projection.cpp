// Binding of WITH and RETURN: columns, grouping, ORDER BY, SKIP, LIMIT.
#include <algorithm>

#include "bind/binder_impl.h"
#include "bind/fingerprint.h"

namespace gesta {
namespace {

bool IsVolatileCall(const BoundExpr& expr) {
  const auto* call = std::get_if<BoundCall>(&expr.node);
  return call != nullptr && call->function->volatility == Volatility::kVolatile;
}

// A variable, or a property of one: what may stand beside aggregates when it is a grouping key.
bool IsSimple(const ast::Expr& expr) {
  if (std::holds_alternative<ast::Variable>(expr.node)) return true;
  const auto* property = std::get_if<ast::PropertyAccess>(&expr.node);
  return property != nullptr && IsSimple(*property->base);
}

}  // namespace

Result<BoundExprPtr> Binder::BindCount(const ast::ExprPtr& expr, const char* what) {
  if (!expr) return BoundExprPtr();
  const Scope empty;
  auto bound = BindValue(*expr, empty);
  if (!bound.ok()) {
    const ErrorInfo& error = bound.status().info();
    if (error.detail != "UndefinedVariable") return bound.status();
    return SyntaxError(expr->place, "NonConstantExpression",
                       std::string(what) + " cannot depend on a variable");
  }
  const BoundExpr* value = bound->get();
  bool negative = false;
  if (const auto* minus = std::get_if<BoundNegate>(&value->node)) {
    negative = true;
    value = minus->operand.get();
  }
  if (const auto* constant = std::get_if<BoundConstant>(&value->node)) {
    if (constant->value.type() != ValueType::kInteger) {
      return SyntaxError(expr->place, "InvalidArgumentType",
                         std::string(what) + " takes a whole number");
    }
    if (constant->value.AsInteger() < 0 || (negative && constant->value.AsInteger() != 0)) {
      return SyntaxError(expr->place, "NegativeIntegerArgument",
                         std::string(what) + " cannot be negative");
    }
  }
  return bound;
}

Result<BoundProjection> Binder::BindProjection(const ast::Projection& projection, bool is_return,
                                               const ast::ExprPtr& where, const ast::Place& place,
                                               Scope* scope) {
  BoundProjection bound;
  bound.is_return = is_return;
  bound.distinct = projection.distinct;
  const Scope input = *scope;
  Scope output;

  bound.grouped = std::any_of(projection.items.begin(), projection.items.end(),
                              [&](const ast::ProjectionItem& item) {
                                return ContainsAggregate(*item.expr, *context_.functions);
                              });

  Grouping grouping;
  grouping.out = &bound.aggregates;
  std::set<std::string> names;
  auto add_column = [&](const ast::Place& at, const std::string& name, Slot slot,
                        StaticType type) -> Status {
    if (!names.insert(name).second) {
      return SyntaxError(at, "ColumnNameConflict", "two columns are named " + QuoteName(name),
                         "rename one of them with AS");
    }
    output.Add(name, slot, type);
    return {};
  };

  // `*`: all variables, in alphabetical order.
  if (projection.star) {
    std::map<std::string, Binding> visible;
    for (const Binding& binding : input.bindings()) visible[binding.name] = binding;
    if (visible.empty() && is_return) {
      return SyntaxError(place, "NoVariablesInScope", "RETURN * has no variables to return");
    }
    for (const auto& [name, binding] : visible) {
      Use(binding.slot);
      BoundItem item{binding.slot, Make(place, BoundSlot{binding.slot}), name};
      if (bound.grouped) {
        bound.keys.push_back({item.slot, Clone(*item.expr), name});
      }
      GESTA_RETURN_IF_ERROR(add_column(place, name, binding.slot, binding.type));
      bound.items.push_back(std::move(item));
    }
  }

  auto column_name = [&](const ast::ProjectionItem& item) {
    return item.alias.empty() ? item.text : item.alias;
  };
  // Grouping keys first: the other items are expressions over them.
  std::vector<BoundItem> plain(projection.items.size());
  std::vector<StaticType> types(projection.items.size());
  for (size_t i = 0; i < projection.items.size(); ++i) {
    const ast::ProjectionItem& item = projection.items[i];
    if (bound.grouped && ContainsAggregate(*item.expr, *context_.functions)) continue;
    Restore<Grouping*> no_grouping(grouping_, nullptr);
    Restore<bool> aggregates(allow_aggregates_, false);
    GESTA_ASSIGN_OR_RETURN(Typed typed, BindExpr(*item.expr, input));
    Slot slot;
    if (const auto* same = std::get_if<BoundSlot>(&typed.expr->node)) {
      slot = same->slot;
    } else {
      slot = NewSlot(column_name(item));
    }
    types[i] = typed.type;
    if (bound.grouped) {
      grouping.keys[Fingerprint(*item.expr, text_)] = {slot, typed.type, IsSimple(*item.expr),
                                                       item.expr.get()};
      bound.keys.push_back({slot, std::move(typed.expr), column_name(item)});
      plain[i] = {slot, Make(item.place, BoundSlot{slot}), column_name(item)};
    } else {
      plain[i] = {slot, std::move(typed.expr), column_name(item)};
    }
  }
  if (bound.grouped) {
    // `*` columns are keys too.
    for (const BoundItem& item : bound.items) {
      for (const auto& binding : input.bindings()) {
        if (binding.name != item.name) continue;
        auto variable = std::make_unique<ast::Expr>();
        variable->node = ast::Variable{item.name};
        grouping.keys[Fingerprint(*variable, text_)] = {item.slot, binding.type, true,
                                                        projection.items[0].expr.get()};
      }
    }
    for (size_t i = 0; i < projection.items.size(); ++i) {
      const ast::ProjectionItem& item = projection.items[i];
      if (plain[i].expr) continue;
      grouping.first_local = static_cast<Slot>(slot_names_.size());
      grouping.with_aggregate = true;
      Restore<Grouping*> with(grouping_, &grouping);
      Restore<bool> aggregates(allow_aggregates_, true);
      GESTA_ASSIGN_OR_RETURN(Typed typed, BindExpr(*item.expr, input));
      Slot slot;
      if (const auto* same = std::get_if<BoundSlot>(&typed.expr->node)) {
        slot = same->slot;
        if (slot_names_[slot].empty()) slot_names_[slot] = column_name(item);
      } else {
        slot = NewSlot(column_name(item));
      }
      types[i] = typed.type;
      plain[i] = {slot, std::move(typed.expr), column_name(item)};
    }
  }
  for (size_t i = 0; i < plain.size(); ++i) {
    GESTA_RETURN_IF_ERROR(
        add_column(projection.items[i].place, plain[i].name, plain[i].slot, types[i]));
    bound.items.push_back(std::move(plain[i]));
  }

  // ORDER BY and WHERE see the columns; without grouping and DISTINCT also what was there before.
  Scope after;
  const bool collapsed = bound.grouped || bound.distinct;
  if (!collapsed) {
    after = input;
  } else if (enclosing_ != nullptr) {
    after = *enclosing_;
  }
  for (const Binding& binding : output.bindings()) {
    after.Add(binding.name, binding.slot, binding.type);
  }
  Grouping ordering;
  if (collapsed) {
    ordering.out = &bound.aggregates;
    ordering.aggregates = grouping.aggregates;
    ordering.in_order_by = true;
    ordering.argument_scope = &after;
    for (size_t i = 0; i < projection.items.size(); ++i) {
      const ast::ProjectionItem& item = projection.items[i];
      const BoundItem& column = bound.items[bound.items.size() - projection.items.size() + i];
      ordering.keys[Fingerprint(*item.expr, text_)] = {column.slot, types[i], IsSimple(*item.expr),
                                                       item.expr.get()};
    }
  }
  for (const ast::SortItem& sort : projection.order_by) {
    bool aggregate = ContainsAggregate(*sort.expr, *context_.functions);
    if (aggregate && !bound.grouped) {
      return SyntaxError(sort.expr->place, "InvalidAggregation",
                         "an aggregate in ORDER BY needs an aggregate among the columns");
    }
    ordering.with_aggregate = aggregate;
    ordering.first_local = static_cast<Slot>(slot_names_.size());
    Restore<Grouping*> with(grouping_, collapsed ? &ordering : nullptr);
    Restore<bool> aggregates(allow_aggregates_, bound.grouped);
    GESTA_ASSIGN_OR_RETURN(Typed typed, BindExpr(*sort.expr, after));
    bound.order_by.push_back({std::move(typed.expr), sort.descending});
  }
  GESTA_ASSIGN_OR_RETURN(bound.skip, BindCount(projection.skip, "SKIP"));
  GESTA_ASSIGN_OR_RETURN(bound.limit, BindCount(projection.limit, "LIMIT"));
  if (where) GESTA_RETURN_IF_ERROR(BindPredicate(*where, after, &bound.where));

  for (const BoundAggregate& aggregate : bound.aggregates) {
    for (const BoundExprPtr& argument : aggregate.arguments) {
      bool is_volatile = false;
      VisitExpr(*argument, [&](const BoundExpr& e) {
        const auto* call = std::get_if<BoundCall>(&e.node);
        is_volatile |= IsVolatileCall(e) && call->function->name == "rand";
      });
      if (is_volatile) {
        return SyntaxError(argument->place, "NonConstantExpression",
                           "rand() cannot be used inside an aggregate");
      }
    }
  }
  // Last, because the other errors say more.
  for (const ast::ProjectionItem& item : projection.items) {
    if (item.alias.empty() && !is_return &&
        !std::holds_alternative<ast::Variable>(item.expr->node)) {
      return SyntaxError(item.place, "NoExpressionAlias", "an expression in WITH needs a name",
                         "add AS name");
    }
  }
  if (is_return || enclosing_ == nullptr) {
    *scope = std::move(output);
    return bound;
  }
  *scope = *enclosing_;
  for (const Binding& binding : output.bindings()) {
    scope->Add(binding.name, binding.slot, binding.type);
  }
  return bound;
}

}  // namespace gesta
