// Statements other than queries, and what all parts of the builder share.
#include "parse/literals.h"
#include "parse/tree_builder.h"

namespace gesta::parse {

using namespace ast;  // NOLINT: this file is about its names

Statement TreeBuilder::BuildStatement(P::StatementContext* ctx) {
  Statement statement;
  statement.text = std::string(source_.text());
  if (ctx->prefix) {
    statement.explain =
        ctx->prefix->getType() == P::K_EXPLAIN ? ExplainMode::kExplain : ExplainMode::kProfile;
  }
  if (auto* query = ctx->query()) {
    statement.node = BuildQuery(query);
  } else if (auto* create_index = ctx->createIndex()) {
    statement.node = BuildCreateIndex(create_index);
  } else if (auto* drop_index = ctx->dropIndex()) {
    statement.node = DropIndex{NameOf(drop_index->name()), drop_index->ifExists() != nullptr};
  } else if (auto* create_constraint = ctx->createConstraint()) {
    statement.node = BuildCreateConstraint(create_constraint);
  } else if (auto* drop_constraint = ctx->dropConstraint()) {
    statement.node =
        DropConstraint{NameOf(drop_constraint->name()), drop_constraint->ifExists() != nullptr};
  } else if (auto* create_space = ctx->createSpace()) {
    statement.node = BuildCreateSpace(create_space);
  } else if (auto* drop_space = ctx->dropSpace()) {
    statement.node = DropSpace{SpaceNameOf(drop_space->space()), drop_space->ifExists() != nullptr};
  } else if (auto* show = ctx->show()) {
    statement.node = BuildShow(show);
  } else {
    statement.node = BuildTransaction(ctx->transaction());
  }
  return statement;
}

CreateIndex TreeBuilder::BuildCreateIndex(P::CreateIndexContext* ctx) {
  CreateIndex index;
  if (ctx->indexName) index.name = NameOf(ctx->indexName);
  index.if_not_exists = ctx->ifNotExists() != nullptr;
  SchemaEntity entity = BuildSchemaEntity(ctx->schemaEntity());
  index.entity = entity.kind;
  for (auto* property : ctx->schemaProperty()) {
    index.properties.push_back(BuildSchemaProperty(property, entity));
  }
  index.label = std::move(entity.label);
  return index;
}

CreateConstraint TreeBuilder::BuildCreateConstraint(P::CreateConstraintContext* ctx) {
  CreateConstraint constraint;
  if (ctx->constraintName) constraint.name = NameOf(ctx->constraintName);
  constraint.if_not_exists = ctx->ifNotExists() != nullptr;
  SchemaEntity entity = BuildSchemaEntity(ctx->schemaEntity());
  constraint.entity = entity.kind;
  for (auto* property : ctx->schemaProperty()) {
    constraint.properties.push_back(BuildSchemaProperty(property, entity));
  }
  constraint.unique = ctx->unique != nullptr;
  if (!constraint.unique && constraint.properties.size() > 1) {
    throw Error("IS NOT NULL takes one property", PlaceOf(ctx->schemaProperty(1)),
                "create one constraint for each property");
  }
  constraint.label = std::move(entity.label);
  return constraint;
}

std::string TreeBuilder::SpaceNameOf(P::SpaceContext* ctx) const {
  return ctx->STRING() ? StringOf(ctx->STRING()->getSymbol()) : NameOf(ctx->name());
}

CreateSpace TreeBuilder::BuildCreateSpace(P::CreateSpaceContext* ctx) {
  CreateSpace create;
  create.name = SpaceNameOf(ctx->space(0));
  create.if_not_exists = ctx->ifNotExists() != nullptr;
  for (auto* label : ctx->spaceNodes()->anyName()) create.labels.push_back(NameOf(label));
  if (ctx->model) create.model = SpaceNameOf(ctx->model);
  if (!ctx->mapLiteral()) return create;
  for (auto* entry : ctx->mapLiteral()->mapEntry()) {
    const ExprPtr value = BuildExpression(entry->expression());
    const auto* literal = std::get_if<Literal>(&value->node);
    if (literal == nullptr) {
      throw Error("the options of an embedding space are literals", value->place,
                  "for example WITH {metric: 'cosine', m: 16}");
    }
    create.options.Set(NameOf(entry->key), literal->value);
  }
  return create;
}

TreeBuilder::SchemaEntity TreeBuilder::BuildSchemaEntity(P::SchemaEntityContext* ctx) {
  SchemaEntity entity;
  entity.place = PlaceOf(ctx);
  entity.kind = ctx->type ? EntityKind::kRelationship : EntityKind::kNode;
  entity.variable = NameOf(ctx->variable);
  entity.label = NameOf(ctx->type ? ctx->type : ctx->label);
  return entity;
}

std::string TreeBuilder::BuildSchemaProperty(P::SchemaPropertyContext* ctx,
                                             const SchemaEntity& entity) {
  const std::string variable = NameOf(ctx->variable);
  if (variable != entity.variable) {
    throw Error("'" + variable + "' is not the variable of the pattern", PlaceOf(ctx),
                "write " + entity.variable + "." + NameOf(ctx->key), "UndefinedVariable");
  }
  return NameOf(ctx->key);
}

Show TreeBuilder::BuildShow(P::ShowContext* ctx) {
  switch (ctx->what->getType()) {
    case P::K_INDEXES:
      return {ShowKind::kIndexes};
    case P::K_CONSTRAINTS:
      return {ShowKind::kConstraints};
    case P::K_LABELS:
      return {ShowKind::kLabels};
    case P::K_TYPES:
      return {ShowKind::kTypes};
    case P::K_EMBEDDING:
      return {ShowKind::kSpaces};
    case P::K_PROPERTY:
      return {ShowKind::kPropertyKeys};
    case P::K_FUNCTIONS:
      return {ShowKind::kFunctions};
    case P::K_PROCEDURES:
      return {ShowKind::kProcedures};
    case P::K_STATISTICS:
      return {ShowKind::kStatistics};
    default:
      return {ShowKind::kAligners};
  }
}

TransactionControl TreeBuilder::BuildTransaction(P::TransactionContext* ctx) {
  switch (ctx->what->getType()) {
    case P::K_COMMIT:
      return {TransactionKind::kCommit};
    case P::K_ROLLBACK:
      return {TransactionKind::kRollback};
    default:
      return {ctx->readOnly ? TransactionKind::kBeginReadOnly : TransactionKind::kBegin};
  }
}

Place TreeBuilder::Span(const antlr4::Token* first, const antlr4::Token* last) const {
  Place place;
  place.line = static_cast<int>(first->getLine());
  place.column = static_cast<int>(first->getCharPositionInLine()) + 1;
  place.begin = source_.ByteOfCharacter(first->getStartIndex());
  place.end = source_.ByteOfCharacter(last->getStopIndex() + 1);
  return place;
}

Place TreeBuilder::PlaceOf(const antlr4::ParserRuleContext* ctx) const {
  return Span(ctx->start, ctx->stop ? ctx->stop : ctx->start);
}

Place TreeBuilder::PlaceOf(const antlr4::Token* token) const { return Span(token, token); }

std::string TreeBuilder::NameOf(const antlr4::ParserRuleContext* ctx) const {
  return NameText(Slice(PlaceOf(ctx)));
}

std::string TreeBuilder::StringOf(const antlr4::Token* token) const {
  const Place place = PlaceOf(token);
  return StringLiteral(source_, place.begin, place.end);
}

}  // namespace gesta::parse
