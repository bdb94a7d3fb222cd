// TreeBuilder: ANTLR's parse tree to the syntax tree of ast.h.
//
// Accepts only those of the grammar's loose forms that mean something; throws SyntaxFailure for the
// rest. One builder serves one statement.
#ifndef GESTA_QUERY_PARSE_TREE_BUILDER_H_
#define GESTA_QUERY_PARSE_TREE_BUILDER_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "GestaParser.h"
#include "parse/ast.h"
#include "parse/source_text.h"

namespace gesta::parse {

class TreeBuilder {
 public:
  using P = grammar::GestaParser;

  explicit TreeBuilder(const SourceText& source) : source_(source) {}

  ast::Statement BuildStatement(P::StatementContext* ctx);

 private:
  // Whether a bare pattern, (a)-->(b), may stand as an expression: only where a truth value is
  // tested.
  enum class Patterns { kRefused, kAllowed };

  // Statements (build_statement.cpp).
  ast::CreateIndex BuildCreateIndex(P::CreateIndexContext* ctx);
  ast::CreateConstraint BuildCreateConstraint(P::CreateConstraintContext* ctx);
  ast::CreateSpace BuildCreateSpace(P::CreateSpaceContext* ctx);
  std::string SpaceNameOf(P::SpaceContext* ctx) const;
  ast::Show BuildShow(P::ShowContext* ctx);
  static ast::TransactionControl BuildTransaction(P::TransactionContext* ctx);
  struct SchemaEntity {
    ast::Place place;
    EntityKind kind;
    std::string variable;
    std::string label;
  };
  SchemaEntity BuildSchemaEntity(P::SchemaEntityContext* ctx);
  std::string BuildSchemaProperty(P::SchemaPropertyContext* ctx, const SchemaEntity& entity);

  // Clauses (build_clause.cpp).
  ast::Query BuildQuery(P::QueryContext* ctx);
  ast::SingleQuery BuildSingleQuery(P::SingleQueryContext* ctx);
  ast::Clause BuildClause(P::ClauseContext* ctx);
  ast::Match BuildMatch(P::MatchClauseContext* ctx);
  ast::Unwind BuildUnwind(P::UnwindClauseContext* ctx);
  ast::With BuildWith(P::WithClauseContext* ctx);
  ast::Projection BuildProjection(P::ProjectionContext* ctx);
  ast::ProjectionItem BuildProjectionItem(P::ProjectionItemContext* ctx);
  ast::Merge BuildMerge(P::MergeClauseContext* ctx);
  std::vector<ast::SetItem> BuildSet(P::SetClauseContext* ctx);
  ast::SetItem BuildSetItem(P::SetItemContext* ctx);
  ast::Remove BuildRemove(P::RemoveClauseContext* ctx);
  ast::Delete BuildDelete(P::DeleteClauseContext* ctx);
  std::variant<ast::Call, ast::CallSubquery> BuildCall(P::CallClauseContext* ctx);
  ast::YieldItem BuildYieldItem(P::YieldItemContext* ctx);
  ast::Foreach BuildForeach(P::ForeachClauseContext* ctx);
  ast::LoadCsv BuildLoadCsv(P::LoadCsvClauseContext* ctx);
  ast::Align BuildAlign(P::AlignClauseContext* ctx);
  ast::AlignerCall BuildAligner(P::AlignerContext* ctx);
  ast::MapClause BuildMap(P::MapClauseContext* ctx);
  ast::ExprPtr BuildWhere(P::WhereContext* ctx);  // null for null
  // The entity of SET and REMOVE without its last property step, whose key goes to `*key` ("" if
  // there is none).
  ast::ExprPtr BuildEntity(P::EntityContext* ctx, bool split, std::string* key);

  // Patterns (build_pattern.cpp).
  ast::Pattern BuildPattern(P::PatternContext* ctx);
  ast::PatternPart BuildPatternPart(P::PatternPartContext* ctx);
  void BuildElement(P::PatternElementContext* ctx, ast::PatternPart* part);
  ast::PatternPart BuildShortestPath(P::ShortestPathContext* ctx);
  ast::PatternPart BuildChain(const std::vector<P::NodePatternContext*>& nodes,
                              const std::vector<P::RelationshipPatternContext*>& relationships);
  ast::NodePattern BuildNode(P::NodePatternContext* ctx);
  ast::RelationshipPattern BuildRelationship(P::RelationshipPatternContext* ctx);
  ast::VariableLength BuildLength(P::LengthRangeContext* ctx);
  ast::ExprPtr BuildProperties(P::PropertiesContext* ctx);  // null for null
  ast::LabelExpr BuildLabels(P::LabelExpressionContext* ctx);
  ast::LabelExpr BuildLabels(P::LabelOrContext* ctx);
  ast::LabelExpr BuildLabels(P::LabelAndContext* ctx);
  ast::LabelExpr BuildLabels(P::LabelNotContext* ctx);

  // Expressions (build_expression.cpp).
  ast::ExprPtr BuildExpression(P::ExpressionContext* ctx, Patterns patterns = Patterns::kRefused);
  ast::ExprPtr BuildPrefix(P::ExpressionContext* ctx, Patterns patterns);
  size_t FoldNameSuffix(const std::vector<P::ExpressionContext*>& spine, ast::ExprPtr* value);
  ast::ExprPtr FoldSuffix(P::ExpressionContext* ctx, ast::ExprPtr value);
  ast::ExprPtr BuildCallOf(std::string name, P::CallArgumentsContext* ctx, const ast::Place& place);
  ast::ExprPtr BuildMapProjection(std::string base, P::ProjectionBodyContext* ctx,
                                  const ast::Place& place);
  ast::ExprPtr BuildSubscript(P::ExpressionContext* ctx, ast::ExprPtr value);

  // Atoms (build_atom.cpp).
  ast::ExprPtr BuildAtom(P::AtomContext* ctx, Patterns patterns);
  ast::ExprPtr BuildLiteral(P::LiteralContext* ctx, bool negative, const ast::Place& place);
  ast::ExprPtr BuildParameter(P::ParameterContext* ctx);
  ast::ExprPtr BuildMapLiteral(P::MapLiteralContext* ctx);
  ast::ExprPtr BuildList(P::ListExpressionContext* ctx);
  ast::ExprPtr BuildCase(P::CaseExpressionContext* ctx);
  ast::ExprPtr BuildQuantifier(P::QuantifierContext* ctx);
  ast::ExprPtr BuildReduce(P::ReduceContext* ctx);
  ast::ExprPtr BuildSubquery(P::SubqueryContext* ctx);

  // Places, names and errors.
  ast::Place PlaceOf(const antlr4::ParserRuleContext* ctx) const;
  ast::Place PlaceOf(const antlr4::Token* token) const;
  ast::Place Span(const antlr4::Token* first, const antlr4::Token* last) const;
  std::string_view Slice(const ast::Place& place) const {
    return source_.text().substr(place.begin, place.end - place.begin);
  }
  std::string NameOf(const antlr4::ParserRuleContext* ctx) const;  // of name and anyName
  std::string StringOf(const antlr4::Token* token) const;
  SyntaxFailure Error(std::string message, const ast::Place& place, std::string hint = {},
                      std::string detail = "UnexpectedSyntax") const {
    return source_.Error(std::move(detail), std::move(message), place.begin, std::move(hint));
  }

  template <typename Node>
  static ast::ExprPtr Make(const ast::Place& place, Node node) {
    auto expr = std::make_unique<ast::Expr>();
    expr->place = place;
    expr->node = std::move(node);
    return expr;
  }

  const SourceText& source_;
  int depth_ = 0;  // expression levels above the one being built
};

}  // namespace gesta::parse

#endif  // GESTA_QUERY_PARSE_TREE_BUILDER_H_
