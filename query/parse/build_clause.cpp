// Queries and their clauses.
#include "parse/tree_builder.h"

namespace gesta::parse {

using namespace ast;  // NOLINT: this file is about its names

Query TreeBuilder::BuildQuery(P::QueryContext* ctx) {
  Query query;
  query.place = PlaceOf(ctx);
  query.parts.push_back(BuildSingleQuery(ctx->singleQuery()));
  for (auto* part : ctx->unionPart()) {
    query.union_all.push_back(part->all && part->all->getType() == P::K_ALL);
    query.parts.push_back(BuildSingleQuery(part->singleQuery()));
  }
  return query;
}

SingleQuery TreeBuilder::BuildSingleQuery(P::SingleQueryContext* ctx) {
  SingleQuery query;
  for (auto* clause : ctx->clause()) query.clauses.push_back(BuildClause(clause));
  if (query.clauses.size() > 1) {
    for (const Clause& clause : query.clauses) {
      const auto* call = std::get_if<Call>(&clause.node);
      if (call && call->yield_star) {
        throw Error("YIELD * is only for a CALL that stands alone", clause.place,
                    "name the fields: YIELD a, b");
      }
    }
  }
  return query;
}

Clause TreeBuilder::BuildClause(P::ClauseContext* ctx) {
  Clause clause;
  clause.place = PlaceOf(ctx);
  if (auto* match = ctx->matchClause()) {
    clause.node = BuildMatch(match);
  } else if (auto* unwind = ctx->unwindClause()) {
    clause.node = BuildUnwind(unwind);
  } else if (auto* with = ctx->withClause()) {
    clause.node = BuildWith(with);
  } else if (auto* returns = ctx->returnClause()) {
    clause.node = Return{BuildProjection(returns->projection())};
  } else if (auto* create = ctx->createClause()) {
    clause.node = Create{BuildPattern(create->pattern())};
  } else if (auto* merge = ctx->mergeClause()) {
    clause.node = BuildMerge(merge);
  } else if (auto* set = ctx->setClause()) {
    clause.node = Set{BuildSet(set)};
  } else if (auto* remove = ctx->removeClause()) {
    clause.node = BuildRemove(remove);
  } else if (auto* deletes = ctx->deleteClause()) {
    clause.node = BuildDelete(deletes);
  } else if (auto* call = ctx->callClause()) {
    std::visit([&](auto&& node) { clause.node = std::move(node); }, BuildCall(call));
  } else if (auto* foreach = ctx->foreachClause()) {
    clause.node = BuildForeach(foreach);
  } else if (auto* load_csv = ctx->loadCsvClause()) {
    clause.node = BuildLoadCsv(load_csv);
  } else if (auto* align = ctx->alignClause()) {
    clause.node = BuildAlign(align);
  } else {
    clause.node = BuildMap(ctx->mapClause());
  }
  return clause;
}

ExprPtr TreeBuilder::BuildWhere(P::WhereContext* ctx) {
  return ctx ? BuildExpression(ctx->expression(), Patterns::kAllowed) : nullptr;
}

Match TreeBuilder::BuildMatch(P::MatchClauseContext* ctx) {
  Match match;
  match.optional = ctx->optional != nullptr;
  match.pattern = BuildPattern(ctx->pattern());
  match.where = BuildWhere(ctx->where());
  return match;
}

Unwind TreeBuilder::BuildUnwind(P::UnwindClauseContext* ctx) {
  return {BuildExpression(ctx->expression()), NameOf(ctx->name())};
}

With TreeBuilder::BuildWith(P::WithClauseContext* ctx) {
  With with;
  with.projection = BuildProjection(ctx->projection());
  with.where = BuildWhere(ctx->where());
  return with;
}

Projection TreeBuilder::BuildProjection(P::ProjectionContext* ctx) {
  Projection projection;
  projection.distinct = ctx->distinct != nullptr;
  projection.star = ctx->star != nullptr;
  for (auto* item : ctx->projectionItem()) projection.items.push_back(BuildProjectionItem(item));
  for (auto* item : ctx->sortItem()) {
    projection.order_by.push_back(
        {BuildExpression(item->expression()), item->descending != nullptr});
  }
  if (ctx->skipCount) projection.skip = BuildExpression(ctx->skipCount);
  if (ctx->limitCount) projection.limit = BuildExpression(ctx->limitCount);
  return projection;
}

ProjectionItem TreeBuilder::BuildProjectionItem(P::ProjectionItemContext* ctx) {
  ProjectionItem item;
  item.place = PlaceOf(ctx);
  item.expr = BuildExpression(ctx->expression());
  item.text = std::string(Slice(item.expr->place));
  if (ctx->alias) item.alias = NameOf(ctx->alias);
  return item;
}

Merge TreeBuilder::BuildMerge(P::MergeClauseContext* ctx) {
  Merge merge;
  merge.pattern = BuildPatternPart(ctx->patternPart());
  for (auto* action : ctx->mergeAction()) {
    auto& items = action->what->getType() == P::K_CREATE ? merge.on_create : merge.on_match;
    for (SetItem& item : BuildSet(action->setClause())) items.push_back(std::move(item));
  }
  return merge;
}

std::vector<SetItem> TreeBuilder::BuildSet(P::SetClauseContext* ctx) {
  std::vector<SetItem> items;
  for (auto* item : ctx->setItem()) items.push_back(BuildSetItem(item));
  return items;
}

SetItem TreeBuilder::BuildSetItem(P::SetItemContext* ctx) {
  SetItem item;
  item.place = PlaceOf(ctx);
  if (auto* labels = ctx->labelList()) {
    item.kind = SetItem::Kind::kLabels;
    item.target = BuildEntity(ctx->entity(), false, nullptr);
    for (auto* label : labels->anyName()) item.labels.push_back(NameOf(label));
    return item;
  }
  if (ctx->op->getType() == P::PLUS_EQUAL) {
    item.kind = SetItem::Kind::kMerge;
    item.target = BuildEntity(ctx->entity(), false, nullptr);
  } else {
    item.target = BuildEntity(ctx->entity(), true, &item.key);
    item.kind = item.key.empty() ? SetItem::Kind::kReplace : SetItem::Kind::kProperty;
  }
  item.value = BuildExpression(ctx->expression());
  return item;
}

ExprPtr TreeBuilder::BuildEntity(P::EntityContext* ctx, bool split, std::string* key) {
  const std::vector<P::EntityStepContext*> steps = ctx->entityStep();
  ExprPtr entity;
  size_t next = 0;
  if (auto* name = ctx->name()) {
    if (!steps.empty() && steps[0]->callArguments()) {
      entity =
          BuildCallOf(NameOf(name), steps[0]->callArguments(), Span(ctx->start, steps[0]->stop));
      next = 1;
    } else {
      entity = Make(PlaceOf(name), Variable{NameOf(name)});
    }
  } else {
    entity = BuildExpression(ctx->expression());
  }
  for (; next < steps.size(); ++next) {
    P::EntityStepContext* step = steps[next];
    const Place place = Span(ctx->start, step->stop);
    if (step->callArguments()) {
      throw Error("only the name of a function can be called", place);
    }
    if (auto* index = step->expression()) {
      entity = Make(place, Subscript{std::move(entity), BuildExpression(index)});
    } else if (split && next + 1 == steps.size()) {
      *key = NameOf(step->key);
    } else {
      entity = Make(place, PropertyAccess{std::move(entity), NameOf(step->key)});
    }
  }
  return entity;
}

Remove TreeBuilder::BuildRemove(P::RemoveClauseContext* ctx) {
  Remove remove;
  for (auto* item_ctx : ctx->removeItem()) {
    RemoveItem item;
    item.place = PlaceOf(item_ctx);
    if (auto* labels = item_ctx->labelList()) {
      item.kind = RemoveItem::Kind::kLabels;
      item.target = BuildEntity(item_ctx->entity(), false, nullptr);
      for (auto* label : labels->anyName()) item.labels.push_back(NameOf(label));
    } else {
      item.kind = RemoveItem::Kind::kProperty;
      item.target = BuildEntity(item_ctx->entity(), true, &item.key);
      if (item.key.empty()) {
        throw Error("REMOVE takes properties (n.key) and labels (n:Label)", item.place,
                    "DELETE removes the node or relationship itself");
      }
    }
    remove.items.push_back(std::move(item));
  }
  return remove;
}

Delete TreeBuilder::BuildDelete(P::DeleteClauseContext* ctx) {
  Delete result;
  result.detach = ctx->detach != nullptr;
  for (auto* target : ctx->expression()) result.targets.push_back(BuildExpression(target));
  return result;
}

std::variant<Call, CallSubquery> TreeBuilder::BuildCall(P::CallClauseContext* ctx) {
  if (auto* query = ctx->query()) {
    CallSubquery subquery;
    subquery.query = std::make_unique<Query>(BuildQuery(query));
    if (ctx->imports) {
      subquery.imports.emplace();
      for (auto* name : ctx->name()) subquery.imports->push_back(NameOf(name));
    }
    return subquery;
  }
  Call call;
  P::ProcedureNameContext* name = ctx->procedureName();
  call.procedure = NameOf(name->name());
  for (auto* part : name->anyName()) call.procedure += "." + NameOf(part);
  if (ctx->open) {
    call.arguments.emplace();
    for (auto* argument : ctx->expression()) call.arguments->push_back(BuildExpression(argument));
  }
  if (auto* yield = ctx->yieldPart()) {
    call.has_yield = true;
    call.yield_star = yield->star != nullptr;
    for (auto* item : yield->yieldItem()) call.yield.push_back(BuildYieldItem(item));
  }
  call.where = BuildWhere(ctx->where());
  return call;
}

YieldItem TreeBuilder::BuildYieldItem(P::YieldItemContext* ctx) {
  YieldItem item;
  item.place = PlaceOf(ctx);
  item.name = NameOf(ctx->name());
  item.alias = ctx->alias ? NameOf(ctx->alias) : item.name;
  return item;
}

Foreach TreeBuilder::BuildForeach(P::ForeachClauseContext* ctx) {
  Foreach result;
  result.variable = NameOf(ctx->name());
  result.list = BuildExpression(ctx->expression());
  for (auto* clause : ctx->clause()) result.updates.push_back(BuildClause(clause));
  return result;
}

LoadCsv TreeBuilder::BuildLoadCsv(P::LoadCsvClauseContext* ctx) {
  LoadCsv load;
  load.with_headers = ctx->headers != nullptr;
  load.url = BuildExpression(ctx->expression());
  load.variable = NameOf(ctx->name());
  if (auto* terminator = ctx->STRING()) {
    load.field_terminator = StringOf(terminator->getSymbol());
  }
  return load;
}

Align TreeBuilder::BuildAlign(P::AlignClauseContext* ctx) {
  Align align;
  align.source = BuildExpression(ctx->source);
  align.target = BuildNode(ctx->nodePattern());
  if (align.target.variable.empty()) {
    throw Error("the target of ALIGN needs a variable", align.target.place,
                "for example TO (v:Verb)");
  }
  for (auto* aligner : ctx->aligner()) align.aligners.push_back(BuildAligner(aligner));
  if (ctx->top) align.top = BuildExpression(ctx->top);
  for (auto* item : ctx->yieldItem()) align.yield.push_back(BuildYieldItem(item));
  return align;
}

AlignerCall TreeBuilder::BuildAligner(P::AlignerContext* ctx) {
  AlignerCall aligner;
  aligner.place = PlaceOf(ctx);
  aligner.name = ctx->STRING() ? StringOf(ctx->STRING()->getSymbol()) : NameOf(ctx->name());
  aligner.options = BuildProperties(ctx->properties());
  return aligner;
}

MapClause TreeBuilder::BuildMap(P::MapClauseContext* ctx) {
  MapClause map;
  map.pattern = BuildPatternPart(ctx->patternPart());
  if (map.pattern.relationships.size() != 1 || map.pattern.kind != PathKind::kPlain) {
    throw Error("MAP takes one relationship between two nodes", map.pattern.place,
                "for example MAP (a)-[:MAPS_TO]->(b)");
  }
  if (!ctx->setClause()) return map;
  map.set = BuildSet(ctx->setClause());
  for (SetItem& item : map.set) {
    const auto* target =
        item.kind == SetItem::Kind::kReplace ? std::get_if<Variable>(&item.target->node) : nullptr;
    if (target && target->name != map.pattern.relationships[0].variable) {
      item.kind = SetItem::Kind::kProperty;
      item.key = target->name;
      item.target = nullptr;
    }
  }
  return map;
}

}  // namespace gesta::parse
