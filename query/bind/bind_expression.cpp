// Binding of expressions.
#include <algorithm>

#include "bind/binder_impl.h"
#include "bind/fingerprint.h"
#include "parse/edit_distance.h"

namespace gesta {
namespace {

using ast::BinaryOp;
using ast::Expr;

constexpr uint32_t kEntityBits =
    StaticType::Bit(ValueType::kNode) | StaticType::Bit(ValueType::kRelationship);

StaticType TypeOfConstant(const Value& value) {
  if (value.IsNull()) return StaticType::NullOnly();
  return StaticType::Of(value.type());
}

}  // namespace

void Binder::Use(Slot slot) {
  for (Frame& frame : frames_) {
    if (slot < frame.first_slot &&
        std::find(frame.arguments.begin(), frame.arguments.end(), slot) == frame.arguments.end()) {
      frame.arguments.push_back(slot);
    }
  }
}

Status Binder::Undefined(const ast::Place& place, const std::string& name,
                         const Scope& scope) const {
  std::string hint;
  size_t best = 3;
  for (const Binding& binding : scope.bindings()) {
    size_t distance = EditDistance(name, binding.name);
    if (distance < best && distance < name.size()) {
      best = distance;
      hint = "did you mean " + QuoteName(binding.name) + "?";
    }
  }
  return SyntaxError(place, "UndefinedVariable", "variable " + QuoteName(name) + " is not defined",
                     hint);
}

Status Binder::CheckBoolean(const Typed& operand, const ast::Place& place) const {
  if (operand.type.MayBe(ValueType::kBoolean)) return {};
  return SyntaxError(place, "InvalidArgumentType", "a boolean is expected here");
}

Result<BoundExprPtr> Binder::BindValue(const Expr& expr, const Scope& scope) {
  Restore<bool> aggregates(allow_aggregates_, false);
  Restore<Grouping*> grouping(grouping_, nullptr);
  Restore<bool> pattern(allow_pattern_, false);
  GESTA_ASSIGN_OR_RETURN(Typed typed, BindExpr(expr, scope));
  return std::move(typed.expr);
}

Status Binder::BindPredicate(const Expr& expr, const Scope& scope,
                             std::vector<BoundExprPtr>* conjuncts) {
  Restore<bool> aggregates(allow_aggregates_, false);
  Restore<Grouping*> grouping(grouping_, nullptr);
  Restore<bool> pattern(allow_pattern_, true);
  GESTA_ASSIGN_OR_RETURN(Typed typed, BindExpr(expr, scope));
  GESTA_RETURN_IF_ERROR(CheckBoolean(typed, expr.place));
  SplitConjuncts(std::move(typed.expr), conjuncts);
  return {};
}

Result<Typed> Binder::BindExpr(const Expr& expr, const Scope& scope) {
  // A pattern is a predicate only directly under WHERE, logical operators and the like.
  bool keeps_pattern = false;
  if (const auto* binary = std::get_if<ast::Binary>(&expr.node)) {
    keeps_pattern =
        binary->op == BinaryOp::kAnd || binary->op == BinaryOp::kOr || binary->op == BinaryOp::kXor;
  } else if (const auto* unary = std::get_if<ast::Unary>(&expr.node)) {
    keeps_pattern = unary->op == ast::UnaryOp::kNot;
  } else if (std::holds_alternative<ast::PatternExpression>(expr.node)) {
    keeps_pattern = true;
  }
  Restore<bool> pattern(allow_pattern_, allow_pattern_ && keeps_pattern);

  if (grouping_ != nullptr && !inside_aggregate_) {
    auto key = grouping_->keys.find(Fingerprint(expr, text_));
    if (key != grouping_->keys.end() && (key->second.simple || !grouping_->with_aggregate)) {
      Use(key->second.slot);
      return Typed{Make(expr.place, BoundSlot{key->second.slot}), key->second.type};
    }
  }

  const ast::Place& place = expr.place;
  if (const auto* n = std::get_if<ast::Literal>(&expr.node)) {
    return Typed{Make(place, BoundConstant{n->value}), TypeOfConstant(n->value)};
  }
  if (const auto* n = std::get_if<ast::Parameter>(&expr.node)) {
    if (std::find(parameters_.begin(), parameters_.end(), n->name) == parameters_.end()) {
      parameters_.push_back(n->name);
    }
    return Typed{Make(place, BoundParameter{n->name}), StaticType::Any()};
  }
  if (const auto* n = std::get_if<ast::Variable>(&expr.node)) {
    return BindVariable(expr, n->name, scope);
  }
  if (const auto* n = std::get_if<ast::PropertyAccess>(&expr.node)) {
    return BindProperty(expr, *n, scope);
  }
  if (const auto* n = std::get_if<ast::ListLiteral>(&expr.node)) {
    BoundList list;
    StaticType element{0, 0};
    for (const ast::ExprPtr& item : n->items) {
      GESTA_ASSIGN_OR_RETURN(Typed typed, BindExpr(*item, scope));
      element = element.Or(typed.type);
      list.items.push_back(std::move(typed.expr));
    }
    return Typed{Make(place, std::move(list)), StaticType::ListOf(element)};
  }
  if (const auto* n = std::get_if<ast::MapLiteral>(&expr.node)) {
    BoundMap map;
    for (const auto& [key, value] : n->entries) {
      GESTA_ASSIGN_OR_RETURN(Typed typed, BindExpr(*value, scope));
      map.entries.emplace_back(key, std::move(typed.expr));
    }
    return Typed{Make(place, std::move(map)), StaticType::Of(ValueType::kMap)};
  }
  if (const auto* n = std::get_if<ast::MapProjection>(&expr.node)) {
    return BindMapProjection(expr, *n, scope);
  }
  if (const auto* n = std::get_if<ast::Unary>(&expr.node)) return BindUnary(expr, *n, scope);
  if (const auto* n = std::get_if<ast::Binary>(&expr.node)) return BindBinary(expr, *n, scope);
  if (const auto* n = std::get_if<ast::ComparisonChain>(&expr.node)) {
    return BindChain(expr, *n, scope);
  }
  if (const auto* n = std::get_if<ast::IsNull>(&expr.node)) {
    GESTA_ASSIGN_OR_RETURN(Typed operand, BindExpr(*n->operand, scope));
    return Typed{Make(place, BoundIsNull{std::move(operand.expr), n->negated}),
                 StaticType::Of(ValueType::kBoolean)};
  }
  if (const auto* n = std::get_if<ast::LabelTest>(&expr.node)) {
    GESTA_ASSIGN_OR_RETURN(Typed operand, BindExpr(*n->operand, scope));
    if (!operand.type.MayBeAny(kEntityBits)) {
      return SyntaxError(place, "InvalidArgumentType",
                         "only nodes and relationships have labels or types");
    }
    return Typed{Make(place, BoundLabelTest{std::move(operand.expr), n->labels}),
                 StaticType::Of(ValueType::kBoolean)};
  }
  if (const auto* n = std::get_if<ast::Subscript>(&expr.node)) {
    GESTA_ASSIGN_OR_RETURN(Typed container, BindExpr(*n->container, scope));
    GESTA_ASSIGN_OR_RETURN(Typed index, BindExpr(*n->index, scope));
    StaticType type = container.type.mask == StaticType::Bit(ValueType::kList)
                          ? container.type.Element()
                          : StaticType::Any();
    return Typed{Make(place, BoundSubscript{std::move(container.expr), std::move(index.expr)}),
                 type};
  }
  if (const auto* n = std::get_if<ast::Slice>(&expr.node)) {
    GESTA_ASSIGN_OR_RETURN(Typed list, BindExpr(*n->list, scope));
    BoundSlice slice{std::move(list.expr), nullptr, nullptr};
    if (n->from) {
      GESTA_ASSIGN_OR_RETURN(Typed from, BindExpr(*n->from, scope));
      slice.from = std::move(from.expr);
    }
    if (n->to) {
      GESTA_ASSIGN_OR_RETURN(Typed to, BindExpr(*n->to, scope));
      slice.to = std::move(to.expr);
    }
    return Typed{Make(place, std::move(slice)), list.type};
  }
  if (const auto* n = std::get_if<ast::FunctionCall>(&expr.node)) {
    return BindFunction(expr, *n, scope);
  }
  if (std::holds_alternative<ast::CountStar>(expr.node)) {
    return BindAggregate(expr, nullptr, nullptr, scope);
  }
  if (const auto* n = std::get_if<ast::Case>(&expr.node)) return BindCase(expr, *n, scope);
  if (const auto* n = std::get_if<ast::ListComprehension>(&expr.node)) {
    return BindListComprehension(expr, *n, scope);
  }
  if (const auto* n = std::get_if<ast::Quantifier>(&expr.node)) {
    return BindQuantifier(expr, *n, scope);
  }
  if (const auto* n = std::get_if<ast::Reduce>(&expr.node)) return BindReduce(expr, *n, scope);
  if (const auto* n = std::get_if<ast::PatternComprehension>(&expr.node)) {
    return BindPatternSubquery(place, BoundSubqueryKind::kCollect, {&n->pattern}, n->where.get(),
                               n->map.get(), /*new_variables=*/true, scope);
  }
  if (const auto* n = std::get_if<ast::PatternExpression>(&expr.node)) {
    bool shortest = n->pattern.kind != ast::PathKind::kPlain;
    if (!shortest && !allow_pattern_) {
      return SyntaxError(place, "UnexpectedSyntax",
                         "a pattern can stand only where a predicate is expected",
                         "use a pattern comprehension, [(a)-->(b) | b], to get its matches");
    }
    return BindPatternSubquery(place,
                               shortest ? BoundSubqueryKind::kCollect : BoundSubqueryKind::kExists,
                               {&n->pattern}, nullptr, nullptr, /*new_variables=*/false, scope);
  }
  return BindSubquery(expr, std::get<ast::SubqueryExpression>(expr.node), scope);
}

Result<Typed> Binder::BindVariable(const Expr& expr, const std::string& name, const Scope& scope) {
  const Binding* binding = scope.Find(name);
  if (binding == nullptr) {
    if (grouping_ != nullptr && grouping_->in_order_by && grouping_->with_aggregate &&
        !inside_aggregate_) {
      for (const auto& [print, key] : grouping_->keys) {
        if (!key.simple && MentionsVariable(*key.expr, name)) {
          return SyntaxError(expr.place, "AmbiguousAggregationExpression",
                             QuoteName(name) +
                                 " is part of a grouping expression and cannot be "
                                 "used beside an aggregate here",
                             "give the grouping expression a name and use the name");
        }
      }
    }
    return Undefined(expr.place, name, scope);
  }
  if (grouping_ != nullptr && !inside_aggregate_ && grouping_->with_aggregate &&
      !grouping_->in_order_by && binding->slot < grouping_->first_local) {
    return SyntaxError(expr.place, "AmbiguousAggregationExpression",
                       QuoteName(name) + " is used beside an aggregate and is not a grouping key",
                       "project it as a column of its own, in this or an earlier WITH");
  }
  Use(binding->slot);
  return Typed{Make(expr.place, BoundSlot{binding->slot}), binding->type};
}

Result<Typed> Binder::BindProperty(const Expr& expr, const ast::PropertyAccess& node,
                                   const Scope& scope) {
  GESTA_ASSIGN_OR_RETURN(Typed base, BindExpr(*node.base, scope));
  if (base.type.mask == StaticType::Bit(ValueType::kPath)) {
    return SyntaxError(expr.place, "InvalidArgumentType", "a path has no properties",
                       "use nodes(path) or relationships(path)");
  }
  if (!base.type.MayBeAny(kEntityBits | StaticType::Bit(ValueType::kMap) | kTemporalBits)) {
    return CompileError(expr.place, "TypeError", "InvalidArgumentType",
                        "only nodes, relationships, maps and temporal values have properties");
  }
  return Typed{Make(expr.place, BoundProperty{std::move(base.expr), node.key}), StaticType::Any()};
}

Result<Typed> Binder::BindUnary(const Expr& expr, const ast::Unary& node, const Scope& scope) {
  GESTA_ASSIGN_OR_RETURN(Typed operand, BindExpr(*node.operand, scope));
  if (node.op == ast::UnaryOp::kNot) {
    GESTA_RETURN_IF_ERROR(CheckBoolean(operand, node.operand->place));
    return Typed{Make(expr.place, BoundNot{std::move(operand.expr)}),
                 StaticType::Of(ValueType::kBoolean)};
  }
  if (!operand.type.MayBeAny(kNumberBits | StaticType::Bit(ValueType::kDuration))) {
    return SyntaxError(expr.place, "InvalidArgumentType", "a number is expected after the sign");
  }
  if (node.op == ast::UnaryOp::kPlus) return operand;
  return Typed{Make(expr.place, BoundNegate{std::move(operand.expr)}), operand.type};
}

Result<Typed> Binder::BindBinary(const Expr& expr, const ast::Binary& node, const Scope& scope) {
  GESTA_ASSIGN_OR_RETURN(Typed left, BindExpr(*node.left, scope));
  GESTA_ASSIGN_OR_RETURN(Typed right, BindExpr(*node.right, scope));
  StaticType type = StaticType::Of(ValueType::kBoolean);
  switch (node.op) {
    case BinaryOp::kOr:
    case BinaryOp::kXor:
    case BinaryOp::kAnd:
      GESTA_RETURN_IF_ERROR(CheckBoolean(left, node.left->place));
      GESTA_RETURN_IF_ERROR(CheckBoolean(right, node.right->place));
      break;
    case BinaryOp::kAdd:
      // Never a boolean, a map or an entity.
      type = StaticType{kNumberBits | kTemporalBits | StaticType::Bit(ValueType::kString) |
                            StaticType::Bit(ValueType::kList),
                        ~0u};
      if (left.type.mask == StaticType::Bit(ValueType::kList)) type.mask = left.type.mask;
      break;
    case BinaryOp::kSubtract:
    case BinaryOp::kMultiply:
    case BinaryOp::kDivide:
    case BinaryOp::kModulo:
    case BinaryOp::kPower: {
      uint32_t allowed = kNumberBits;
      if (node.op != BinaryOp::kModulo && node.op != BinaryOp::kPower) allowed |= kTemporalBits;
      for (const auto& [operand, at] :
           {std::pair{&left, &node.left->place}, std::pair{&right, &node.right->place}}) {
        if (!operand->type.MayBeAny(allowed)) {
          return SyntaxError(*at, "InvalidArgumentType", "a number is expected here");
        }
      }
      type = StaticType{kNumberBits | (allowed & kTemporalBits), ~0u};
      break;
    }
    case BinaryOp::kIn:
      if (!right.type.MayBe(ValueType::kList)) {
        return SyntaxError(node.right->place, "InvalidArgumentType", "a list is expected after IN");
      }
      break;
    default:
      break;
  }
  return Typed{Make(expr.place, BoundBinary{node.op, std::move(left.expr), std::move(right.expr)}),
               type};
}

Result<Typed> Binder::BindChain(const Expr& expr, const ast::ComparisonChain& node,
                                const Scope& scope) {
  // a < b < c is a < b AND b < c.
  BoundExprPtr all;
  for (size_t i = 0; i < node.ops.size(); ++i) {
    GESTA_ASSIGN_OR_RETURN(Typed left, BindExpr(*node.operands[i], scope));
    GESTA_ASSIGN_OR_RETURN(Typed right, BindExpr(*node.operands[i + 1], scope));
    BoundExprPtr one = Make(node.operands[i]->place,
                            BoundBinary{node.ops[i], std::move(left.expr), std::move(right.expr)});
    all = all ? Make(expr.place, BoundBinary{BinaryOp::kAnd, std::move(all), std::move(one)})
              : std::move(one);
  }
  return Typed{std::move(all), StaticType::Of(ValueType::kBoolean)};
}

Result<Typed> Binder::BindCase(const Expr& expr, const ast::Case& node, const Scope& scope) {
  BoundCase bound;
  if (node.subject) {
    GESTA_ASSIGN_OR_RETURN(Typed subject, BindExpr(*node.subject, scope));
    bound.subject = std::move(subject.expr);
  }
  StaticType type{0, 0};
  for (const auto& [when, then] : node.whens) {
    Restore<bool> pattern(allow_pattern_, !node.subject);
    GESTA_ASSIGN_OR_RETURN(Typed condition, BindExpr(*when, scope));
    if (!node.subject) GESTA_RETURN_IF_ERROR(CheckBoolean(condition, when->place));
    Restore<bool> no_pattern(allow_pattern_, false);
    GESTA_ASSIGN_OR_RETURN(Typed result, BindExpr(*then, scope));
    type = type.Or(result.type);
    bound.whens.emplace_back(std::move(condition.expr), std::move(result.expr));
  }
  if (node.otherwise) {
    GESTA_ASSIGN_OR_RETURN(Typed result, BindExpr(*node.otherwise, scope));
    type = type.Or(result.type);
    bound.otherwise = std::move(result.expr);
  }
  return Typed{Make(expr.place, std::move(bound)), type};
}

Result<Typed> Binder::BindMapProjection(const Expr& expr, const ast::MapProjection& node,
                                        const Scope& scope) {
  GESTA_ASSIGN_OR_RETURN(Typed base, BindVariable(expr, node.base, scope));
  BoundMapProjection bound;
  for (const auto& item : node.items) {
    using Kind = ast::MapProjection::Item::Kind;
    switch (item.kind) {
      case Kind::kAllProperties:
        bound.all = true;
        break;
      case Kind::kProperty:
        bound.entries.emplace_back(item.name,
                                   Make(item.place, BoundProperty{Clone(*base.expr), item.name}));
        break;
      case Kind::kVariable: {
        const Binding* binding = scope.Find(item.name);
        if (binding == nullptr) return Undefined(item.place, item.name, scope);
        Use(binding->slot);
        bound.entries.emplace_back(item.name, Make(item.place, BoundSlot{binding->slot}));
        break;
      }
      case Kind::kEntry: {
        GESTA_ASSIGN_OR_RETURN(Typed value, BindExpr(*item.value, scope));
        bound.entries.emplace_back(item.name, std::move(value.expr));
        break;
      }
    }
  }
  bound.base = std::move(base.expr);
  return Typed{Make(expr.place, std::move(bound)), StaticType::Of(ValueType::kMap)};
}

Result<Typed> Binder::BindListComprehension(const Expr& expr, const ast::ListComprehension& node,
                                            const Scope& scope) {
  GESTA_ASSIGN_OR_RETURN(Typed list, BindExpr(*node.list, scope));
  if (!list.type.MayBe(ValueType::kList)) {
    return SyntaxError(node.list->place, "InvalidArgumentType", "a list is expected after IN");
  }
  // Aggregates make no sense for the elements of a list.
  Restore<bool> aggregates(allow_aggregates_, false);
  Scope inner = scope;
  BoundListComprehension bound;
  bound.variable = NewSlot(node.variable);
  inner.Add(node.variable, bound.variable, list.type.Element());
  bound.list = std::move(list.expr);
  StaticType element = list.type.Element();
  if (node.where) {
    Restore<bool> pattern(allow_pattern_, true);
    GESTA_ASSIGN_OR_RETURN(Typed where, BindExpr(*node.where, inner));
    GESTA_RETURN_IF_ERROR(CheckBoolean(where, node.where->place));
    bound.where = std::move(where.expr);
  }
  if (node.map) {
    GESTA_ASSIGN_OR_RETURN(Typed map, BindExpr(*node.map, inner));
    element = map.type;
    bound.map = std::move(map.expr);
  }
  return Typed{Make(expr.place, std::move(bound)), StaticType::ListOf(element)};
}

Result<Typed> Binder::BindQuantifier(const Expr& expr, const ast::Quantifier& node,
                                     const Scope& scope) {
  GESTA_ASSIGN_OR_RETURN(Typed list, BindExpr(*node.list, scope));
  if (!list.type.MayBe(ValueType::kList)) {
    return SyntaxError(node.list->place, "InvalidArgumentType", "a list is expected after IN");
  }
  if (!node.where) {
    return SyntaxError(expr.place, "UnexpectedSyntax", "WHERE with a predicate is missing");
  }
  Restore<bool> aggregates(allow_aggregates_, false);
  Scope inner = scope;
  BoundQuantifier bound;
  bound.kind = node.kind;
  bound.variable = NewSlot(node.variable);
  inner.Add(node.variable, bound.variable, list.type.Element());
  bound.list = std::move(list.expr);
  Restore<bool> pattern(allow_pattern_, true);
  GESTA_ASSIGN_OR_RETURN(Typed where, BindExpr(*node.where, inner));
  GESTA_RETURN_IF_ERROR(CheckBoolean(where, node.where->place));
  bound.where = std::move(where.expr);
  return Typed{Make(expr.place, std::move(bound)), StaticType::Of(ValueType::kBoolean)};
}

Result<Typed> Binder::BindReduce(const Expr& expr, const ast::Reduce& node, const Scope& scope) {
  BoundReduce bound;
  GESTA_ASSIGN_OR_RETURN(Typed initial, BindExpr(*node.initial, scope));
  GESTA_ASSIGN_OR_RETURN(Typed list, BindExpr(*node.list, scope));
  Restore<bool> aggregates(allow_aggregates_, false);
  Scope inner = scope;
  bound.accumulator = NewSlot(node.accumulator);
  bound.variable = NewSlot(node.variable);
  inner.Add(node.accumulator, bound.accumulator, StaticType::Any());
  inner.Add(node.variable, bound.variable, list.type.Element());
  bound.initial = std::move(initial.expr);
  bound.list = std::move(list.expr);
  GESTA_ASSIGN_OR_RETURN(Typed step, BindExpr(*node.step, inner));
  bound.step = std::move(step.expr);
  return Typed{Make(expr.place, std::move(bound)), StaticType::Any()};
}

Result<Typed> Binder::BindPatternSubquery(const ast::Place& place, BoundSubqueryKind kind,
                                          const PatternParts& parts, const Expr* where,
                                          const Expr* map, bool new_variables, const Scope& scope) {
  if (!new_variables) {
    const ast::PatternPart* part = parts.front();
    auto known = [&](const std::string& name, const ast::Place& at) -> Status {
      if (name.empty() || scope.Find(name)) return {};
      return Undefined(at, name, scope);
    };
    for (const auto& node : part->nodes) GESTA_RETURN_IF_ERROR(known(node.variable, node.place));
    for (const auto& rel : part->relationships) {
      GESTA_RETURN_IF_ERROR(known(rel.variable, rel.place));
    }
  }
  Restore<bool> aggregates(allow_aggregates_, false);
  Restore<Grouping*> grouping(grouping_, nullptr);
  Restore<bool> inside(inside_aggregate_, false);
  frames_.push_back({static_cast<Slot>(slot_names_.size()), {}});
  Scope inner = scope;
  BoundMatch match;
  Status status = BindPattern(parts, false, &inner, &match.pattern, &match.predicates);
  if (status.ok() && where != nullptr) status = BindPredicate(*where, inner, &match.predicates);
  Slot value = kNoSlot;
  auto query = std::make_shared<BoundQuery>();
  BoundSingleQuery single;
  StaticType element;
  const bool shortest = kind == BoundSubqueryKind::kCollect && map == nullptr;
  if (status.ok() && shortest) {
    // shortestPath(…) as a value: the path itself.
    BoundPatternRel& rel = match.pattern.rels.front();
    if (rel.path == kNoSlot) rel.path = NewHiddenSlot();
    value = rel.path;
  }
  BoundProjection projection;
  if (status.ok() && map != nullptr) {
    Restore<bool> no_pattern(allow_pattern_, false);
    auto typed = BindExpr(*map, inner);
    if (typed.ok()) {
      element = typed->type;
      value = NewHiddenSlot();
      projection.items.push_back({value, std::move(typed->expr), {}});
    } else {
      status = typed.status();
    }
  }
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  if (!status.ok()) return status;
  for (Slot slot : frame.arguments) Use(slot);
  single.clauses.push_back({place, std::move(match)});
  if (!projection.items.empty()) {
    projection.is_return = true;
    single.clauses.push_back({place, std::move(projection)});
  }
  if (value != kNoSlot) single.result.push_back(value);
  query->result = single.result;
  query->columns.assign(single.result.size(), "");
  query->arguments = frame.arguments;
  query->parts.push_back(std::move(single));
  BoundSubquery subquery;
  subquery.kind = kind;
  subquery.query = std::move(query);
  subquery.value = value;
  subquery.arguments = std::move(frame.arguments);
  subquery.first_only = shortest && parts.front()->kind == ast::PathKind::kShortest;
  StaticType type = kind == BoundSubqueryKind::kExists  ? StaticType::Of(ValueType::kBoolean)
                    : kind == BoundSubqueryKind::kCount ? StaticType::Of(ValueType::kInteger)
                    : subquery.first_only               ? StaticType::Of(ValueType::kPath)
                                                        : StaticType::ListOf(element);
  return Typed{Make(place, std::move(subquery)), type};
}

Result<Typed> Binder::BindSubquery(const Expr& expr, const ast::SubqueryExpression& node,
                                   const Scope& scope) {
  BoundSubqueryKind kind = node.kind == ast::SubqueryKind::kExists  ? BoundSubqueryKind::kExists
                           : node.kind == ast::SubqueryKind::kCount ? BoundSubqueryKind::kCount
                                                                    : BoundSubqueryKind::kCollect;
  if (!node.query) {
    return BindPatternSubquery(expr.place, kind, PartsOf(node.pattern), node.where.get(), nullptr,
                               /*new_variables=*/true, scope);
  }
  Restore<bool> aggregates(allow_aggregates_, false);
  Restore<Grouping*> grouping(grouping_, nullptr);
  Restore<bool> inside(inside_aggregate_, false);
  Restore<bool> pattern(allow_pattern_, false);
  Restore<const Scope*> enclosing(enclosing_, &scope);
  frames_.push_back({static_cast<Slot>(slot_names_.size()), {}});
  bool wrote = writes_;
  writes_ = false;
  auto query = BindQuery(*node.query, scope, /*subquery=*/true);
  bool inner_writes = writes_;
  writes_ = wrote;
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  if (!query.ok()) return query.status();
  if (inner_writes) {
    return SyntaxError(expr.place, "InvalidClauseComposition",
                       "a subquery in an expression cannot change the graph");
  }
  BoundSubquery subquery;
  if (kind == BoundSubqueryKind::kCollect) {
    if (query->result.size() != 1) {
      return SyntaxError(expr.place, "InvalidClauseComposition",
                         "COLLECT { … } must return exactly one column");
    }
    subquery.value = query->result[0];
  }
  query->arguments = frame.arguments;
  for (Slot slot : frame.arguments) Use(slot);
  subquery.kind = kind;
  subquery.query = std::make_shared<BoundQuery>(std::move(*query));
  subquery.arguments = std::move(frame.arguments);
  StaticType type = kind == BoundSubqueryKind::kExists  ? StaticType::Of(ValueType::kBoolean)
                    : kind == BoundSubqueryKind::kCount ? StaticType::Of(ValueType::kInteger)
                                                        : StaticType::Of(ValueType::kList);
  return Typed{Make(expr.place, std::move(subquery)), type};
}

}  // namespace gesta
