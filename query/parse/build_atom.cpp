// Atoms: literals, parameters, lists, maps, CASE, and the expressions that bind a variable.
#include "parse/literals.h"
#include "parse/tree_builder.h"

namespace gesta::parse {

using namespace ast;  // NOLINT: this file is about its names

namespace {

using P = grammar::GestaParser;

// The atom an expression consists of alone; null: it has operators or suffixes.
P::AtomContext* LoneAtom(P::ExpressionContext* ctx) { return ctx->lhs ? nullptr : ctx->atom(); }

}  // namespace

ExprPtr TreeBuilder::BuildAtom(P::AtomContext* ctx, Patterns patterns) {
  auto* child = static_cast<antlr4::ParserRuleContext*>(ctx->children.front());
  const Place place = PlaceOf(ctx);
  switch (child->getRuleIndex()) {
    case P::RuleLiteral:
      return BuildLiteral(ctx->literal(), false, place);
    case P::RuleParameter:
      return BuildParameter(ctx->parameter());
    case P::RuleCaseExpression:
      return BuildCase(ctx->caseExpression());
    case P::RuleQuantifier:
      return BuildQuantifier(ctx->quantifier());
    case P::RuleReduce:
      return BuildReduce(ctx->reduce());
    case P::RuleSubquery:
      return BuildSubquery(ctx->subquery());
    case P::RuleShortestPath:
      return Make(place, PatternExpression{BuildShortestPath(ctx->shortestPath())});
    case P::RulePatternExpression: {
      if (patterns == Patterns::kRefused) {
        throw Error("a pattern is not a value here", place,
                    "write EXISTS { … } or COUNT { … } around it, or [(a)-->(b) | …] for a list");
      }
      auto* pattern = ctx->patternExpression();
      return Make(place, PatternExpression{
                             BuildChain(pattern->nodePattern(), pattern->relationshipPattern())});
    }
    case P::RuleParenthesised: {
      ExprPtr inner = BuildExpression(ctx->parenthesised()->expression(), patterns);
      inner->place = place;  // with its parentheses, as columns are named
      return inner;
    }
    case P::RuleListExpression:
      return BuildList(ctx->listExpression());
    case P::RuleMapLiteral:
      return BuildMapLiteral(ctx->mapLiteral());
    default:
      return Make(place, Variable{NameOf(ctx->name())});
  }
}

ExprPtr TreeBuilder::BuildLiteral(P::LiteralContext* ctx, bool negative, const Place& place) {
  const Place token = PlaceOf(ctx->value);
  const auto value = [&]() -> Value {
    switch (ctx->value->getType()) {
      case P::INTEGER:
      case P::HEX_INTEGER:
      case P::OCTAL_INTEGER:
        return IntegerLiteral(source_, token.begin, token.end, negative);
      case P::FLOAT:
        return FloatLiteral(source_, token.begin, token.end, negative);
      case P::STRING:
        return Value::String(StringLiteral(source_, token.begin, token.end));
      case P::K_TRUE:
        return Value::Boolean(true);
      case P::K_FALSE:
        return Value::Boolean(false);
      default:
        return Value::Null();
    }
  };
  return Make(place, Literal{value()});
}

ExprPtr TreeBuilder::BuildParameter(P::ParameterContext* ctx) {
  const Place place = PlaceOf(ctx);
  auto* name = ctx->anyName();
  return Make(place, Parameter{name ? NameOf(name)
                                    : std::string(Slice(PlaceOf(ctx->INTEGER()->getSymbol())))});
}

ExprPtr TreeBuilder::BuildMapLiteral(P::MapLiteralContext* ctx) {
  MapLiteral map;
  for (auto* entry : ctx->mapEntry()) {
    map.entries.emplace_back(NameOf(entry->key), BuildExpression(entry->expression()));
  }
  return Make(PlaceOf(ctx), std::move(map));
}

ExprPtr TreeBuilder::BuildList(P::ListExpressionContext* ctx) {
  const Place place = PlaceOf(ctx);
  P::ExpressionContext* first = ctx->first;
  if (!first) return Make(place, ListLiteral{});
  const bool filtered = ctx->where() != nullptr || ctx->bar != nullptr;
  const size_t op = first->op ? first->op->getType() : 0;

  // [x IN xs …]: also without WHERE and '|', as openCypher reads it.
  P::AtomContext* bound = first->lhs ? LoneAtom(first->lhs) : nullptr;
  if (op == P::K_IN && bound && bound->name() && (filtered || ctx->expression().size() == 1)) {
    ListComprehension comprehension;
    comprehension.variable = NameOf(bound->name());
    comprehension.list = BuildExpression(first->rhs);
    comprehension.where = BuildWhere(ctx->where());
    if (ctx->map) comprehension.map = BuildExpression(ctx->map);
    return Make(place, std::move(comprehension));
  }
  if (!filtered) {
    ListLiteral list;
    for (auto* item : ctx->expression()) list.items.push_back(BuildExpression(item));
    return Make(place, std::move(list));
  }

  // [(a)-->(b) WHERE … | …] and [p = (a)-->(b) … | …].
  const bool named = op == P::EQUAL && bound && bound->name();
  P::AtomContext* pattern = LoneAtom(named ? first->rhs : first);
  if (!pattern || !pattern->patternExpression() || !ctx->bar) {
    throw Error("this list is neither a literal nor a comprehension", place,
                "write [x IN list WHERE … | …] or [(a)-->(b) WHERE … | …]");
  }
  auto* chain = pattern->patternExpression();
  PatternComprehension comprehension;
  comprehension.pattern = BuildChain(chain->nodePattern(), chain->relationshipPattern());
  if (named) comprehension.pattern.variable = NameOf(bound->name());
  comprehension.where = BuildWhere(ctx->where());
  comprehension.map = BuildExpression(ctx->map);
  return Make(place, std::move(comprehension));
}

ExprPtr TreeBuilder::BuildCase(P::CaseExpressionContext* ctx) {
  Case result;
  if (ctx->subject) result.subject = BuildExpression(ctx->subject);
  const Patterns patterns = ctx->subject ? Patterns::kRefused : Patterns::kAllowed;
  for (auto* when : ctx->caseWhen()) {
    ExprPtr test = BuildExpression(when->test, patterns);
    result.whens.emplace_back(std::move(test), BuildExpression(when->result));
  }
  if (ctx->otherwise) result.otherwise = BuildExpression(ctx->otherwise);
  return Make(PlaceOf(ctx), std::move(result));
}

ExprPtr TreeBuilder::BuildQuantifier(P::QuantifierContext* ctx) {
  Quantifier quantifier;
  switch (ctx->kind->getType()) {
    case P::K_ALL:
      quantifier.kind = QuantifierKind::kAll;
      break;
    case P::K_ANY:
      quantifier.kind = QuantifierKind::kAny;
      break;
    case P::K_NONE:
      quantifier.kind = QuantifierKind::kNone;
      break;
    default:
      quantifier.kind = QuantifierKind::kSingle;
      break;
  }
  quantifier.variable = NameOf(ctx->name());
  quantifier.list = BuildExpression(ctx->expression());
  quantifier.where = BuildWhere(ctx->where());
  return Make(PlaceOf(ctx), std::move(quantifier));
}

ExprPtr TreeBuilder::BuildReduce(P::ReduceContext* ctx) {
  Reduce reduce;
  reduce.accumulator = NameOf(ctx->accumulator);
  reduce.initial = BuildExpression(ctx->initial);
  reduce.variable = NameOf(ctx->variable);
  reduce.list = BuildExpression(ctx->list);
  reduce.step = BuildExpression(ctx->step);
  return Make(PlaceOf(ctx), std::move(reduce));
}

ExprPtr TreeBuilder::BuildSubquery(P::SubqueryContext* ctx) {
  SubqueryExpression subquery;
  const size_t kind = ctx->kind->getType();
  subquery.kind = kind == P::K_EXISTS  ? SubqueryKind::kExists
                  : kind == P::K_COUNT ? SubqueryKind::kCount
                                       : SubqueryKind::kCollect;
  const Place place = PlaceOf(ctx);
  if (auto* query = ctx->query()) {
    subquery.query = std::make_unique<Query>(BuildQuery(query));
    return Make(place, std::move(subquery));
  }
  if (subquery.kind == SubqueryKind::kCollect) {
    throw Error("COLLECT { … } needs a query that returns one column", place,
                "for example COLLECT { MATCH (a)-->(b) RETURN b.name }");
  }
  subquery.pattern = BuildPattern(ctx->pattern());
  subquery.where = BuildWhere(ctx->where());
  return Make(place, std::move(subquery));
}

}  // namespace gesta::parse
