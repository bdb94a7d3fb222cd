// Patterns and label expressions.
#include "parse/literals.h"
#include "parse/tree_builder.h"

namespace gesta::parse {

using namespace ast;  // NOLINT: this file is about its names

namespace {

// `operands` joined by `kind`; one operand stands for itself.
LabelExpr Join(LabelExpr::Kind kind, std::vector<LabelExpr> operands, const Place& place) {
  if (operands.size() == 1) return std::move(operands.front());
  LabelExpr joined;
  joined.kind = kind;
  joined.place = place;
  for (LabelExpr& operand : operands) {
    if (operand.kind == kind) {  // A:B&C is one conjunction
      for (LabelExpr& inner : operand.operands) joined.operands.push_back(std::move(inner));
    } else {
      joined.operands.push_back(std::move(operand));
    }
  }
  return joined;
}

}  // namespace

Pattern TreeBuilder::BuildPattern(P::PatternContext* ctx) {
  Pattern pattern;
  for (auto* part : ctx->patternPart()) pattern.push_back(BuildPatternPart(part));
  return pattern;
}

PatternPart TreeBuilder::BuildPatternPart(P::PatternPartContext* ctx) {
  PatternPart part;
  if (auto* shortest = ctx->shortestPath()) {
    part = BuildShortestPath(shortest);
  } else {
    BuildElement(ctx->patternElement(), &part);
  }
  if (auto* name = ctx->name()) part.variable = NameOf(name);
  part.place = PlaceOf(ctx);
  return part;
}

void TreeBuilder::BuildElement(P::PatternElementContext* ctx, PatternPart* part) {
  while (auto* inner = ctx->patternElement()) ctx = inner;  // parentheses around it
  *part = BuildChain(ctx->nodePattern(), ctx->relationshipPattern());
}

PatternPart TreeBuilder::BuildShortestPath(P::ShortestPathContext* ctx) {
  PatternPart part;
  BuildElement(ctx->patternElement(), &part);
  part.kind =
      ctx->kind->getType() == P::K_SHORTESTPATH ? PathKind::kShortest : PathKind::kAllShortest;
  part.place = PlaceOf(ctx);
  if (part.relationships.size() != 1) {
    throw Error("shortestPath takes a pattern of one relationship between two nodes", part.place,
                "for example shortestPath((a)-[:T*]-(b))");
  }
  return part;
}

PatternPart TreeBuilder::BuildChain(
    const std::vector<P::NodePatternContext*>& nodes,
    const std::vector<P::RelationshipPatternContext*>& relationships) {
  PatternPart part;
  part.place = Span(nodes.front()->start, nodes.back()->stop);
  part.nodes.reserve(nodes.size());
  part.relationships.reserve(relationships.size());
  for (auto* node : nodes) part.nodes.push_back(BuildNode(node));
  for (auto* relationship : relationships) {
    part.relationships.push_back(BuildRelationship(relationship));
  }
  return part;
}

NodePattern TreeBuilder::BuildNode(P::NodePatternContext* ctx) {
  NodePattern node;
  node.place = PlaceOf(ctx);
  if (auto* name = ctx->name()) node.variable = NameOf(name);
  if (auto* labels = ctx->labelExpression()) node.labels = BuildLabels(labels);
  node.properties = BuildProperties(ctx->properties());
  node.where = BuildWhere(ctx->where());
  return node;
}

RelationshipPattern TreeBuilder::BuildRelationship(P::RelationshipPatternContext* ctx) {
  RelationshipPattern relationship;
  relationship.place = PlaceOf(ctx);
  if ((ctx->left != nullptr) != (ctx->right != nullptr)) {
    relationship.direction = ctx->left ? PatternDirection::kLeft : PatternDirection::kRight;
  }
  auto* detail = ctx->relationshipDetail();
  if (!detail) return relationship;
  if (auto* name = detail->name()) relationship.variable = NameOf(name);
  if (auto* types = detail->labelOr()) relationship.types = BuildLabels(types);
  if (auto* length = detail->lengthRange()) relationship.length = BuildLength(length);
  relationship.properties = BuildProperties(detail->properties());
  relationship.where = BuildWhere(detail->where());
  return relationship;
}

VariableLength TreeBuilder::BuildLength(P::LengthRangeContext* ctx) {
  const auto number = [&](const antlr4::Token* token) -> std::optional<int64_t> {
    if (!token) return std::nullopt;
    const Place place = PlaceOf(token);
    return IntegerLiteral(source_, place.begin, place.end, false).AsInteger();
  };
  if (ctx->exact) return {number(ctx->exact), number(ctx->exact)};
  return {number(ctx->from), number(ctx->to)};
}

ExprPtr TreeBuilder::BuildProperties(P::PropertiesContext* ctx) {
  if (!ctx) return nullptr;
  if (auto* map = ctx->mapLiteral()) return BuildMapLiteral(map);
  return BuildParameter(ctx->parameter());
}

LabelExpr TreeBuilder::BuildLabels(P::LabelExpressionContext* ctx) {
  std::vector<LabelExpr> operands;
  for (auto* operand : ctx->labelOr()) operands.push_back(BuildLabels(operand));
  return Join(LabelExpr::Kind::kAnd, std::move(operands), PlaceOf(ctx));
}

LabelExpr TreeBuilder::BuildLabels(P::LabelOrContext* ctx) {
  std::vector<LabelExpr> operands;
  for (auto* operand : ctx->labelAnd()) operands.push_back(BuildLabels(operand));
  return Join(LabelExpr::Kind::kOr, std::move(operands), PlaceOf(ctx));
}

LabelExpr TreeBuilder::BuildLabels(P::LabelAndContext* ctx) {
  std::vector<LabelExpr> operands;
  for (auto* operand : ctx->labelNot()) operands.push_back(BuildLabels(operand));
  return Join(LabelExpr::Kind::kAnd, std::move(operands), PlaceOf(ctx));
}

LabelExpr TreeBuilder::BuildLabels(P::LabelNotContext* ctx) {
  if (auto* inner = ctx->labelExpression()) return BuildLabels(inner);
  LabelExpr label;
  label.place = PlaceOf(ctx);
  if (ctx->negation) {
    label.kind = LabelExpr::Kind::kNot;
    label.operands.push_back(BuildLabels(ctx->labelNot()));
  } else if (ctx->any) {
    label.kind = LabelExpr::Kind::kAny;
  } else {
    label.name = NameOf(ctx->anyName());
  }
  return label;
}

}  // namespace gesta::parse
