// ParseStatement: lexing, SLL parsing with LL as the second try, and building the tree.
#include "parse/parser.h"

#include "GestaParser.h"
#include "atn/ParserATNSimulator.h"
#include "parse/syntax_error.h"
#include "parse/token_list.h"
#include "parse/tree_builder.h"

namespace gesta {
namespace {

using grammar::GestaParser;

// Bounds the recursion of the generated parser, which the token pass cannot see in full: in
// `a + NOT b + NOT c + …` every NOT reaches to the end.
class BoundedParser : public GestaParser {
 public:
  BoundedParser(const parse::SourceText& source, antlr4::TokenStream* tokens)
      : GestaParser(tokens), source_(source) {
    removeErrorListeners();
  }

  void enterRecursionRule(antlr4::ParserRuleContext* context, size_t state, size_t rule,
                          int precedence) override {
    if (++depth_ > kMaxDepth) {
      throw source_.Error("UnexpectedSyntax", "the statement is nested too deeply here",
                          source_.ByteOfCharacter(getCurrentToken()->getStartIndex()),
                          "split it, for example with WITH");
    }
    GestaParser::enterRecursionRule(context, state, rule, precedence);
  }
  void unrollRecursionContexts(antlr4::ParserRuleContext* parent) override {
    --depth_;
    GestaParser::unrollRecursionContexts(parent);
  }

 private:
  // An operand inside a bracket may take a few levels, one for each precedence on the way down.
  static constexpr int kMaxDepth = 3 * parse::kMaxNesting;

  const parse::SourceText& source_;
  int depth_ = 0;
};

// Runs `parser` in one mode. Throws parse::ParseStop or parse::SyntaxFailure.
GestaParser::StatementContext* RunParser(GestaParser* parser, antlr4::atn::PredictionMode mode,
                                         bool explain) {
  parser->reset();
  parser->setErrorHandler(std::make_shared<parse::StopStrategy>(explain));
  parser->getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(mode);
  return parser->statement();
}

}  // namespace

Result<ast::Statement> ParseStatement(std::string_view text) {
  try {
    const parse::SourceText source(text);
    parse::TokenList tokens(source);
    BoundedParser parser(source, &tokens.stream());
    GestaParser::StatementContext* tree = nullptr;
    try {
      tree = RunParser(&parser, antlr4::atn::PredictionMode::SLL, false);
    } catch (const parse::ParseStop&) {
      // SLL is the faster, weaker prediction: only LL's word on an error counts.
      try {
        tree = RunParser(&parser, antlr4::atn::PredictionMode::LL, true);
      } catch (const parse::ParseStop& stop) {
        throw parse::DescribeStop(source, tokens, stop, parser.getVocabulary());
      }
    }
    return parse::TreeBuilder(source).BuildStatement(tree);
  } catch (const parse::SyntaxFailure& failure) {
    return failure.status;
  } catch (const std::exception& error) {
    return Status(StatusCode::kInternal, std::string("the parser failed: ") + error.what());
  }
}

}  // namespace gesta
