// Syntax errors: what the parser found, what would have fitted, and what was probably meant.
#ifndef GESTA_QUERY_PARSE_SYNTAX_ERROR_H_
#define GESTA_QUERY_PARSE_SYNTAX_ERROR_H_

#include "DefaultErrorStrategy.h"
#include "misc/IntervalSet.h"
#include "parse/source_text.h"
#include "parse/token_list.h"

namespace gesta::parse {

// Where parsing stopped. Thrown by StopStrategy.
struct ParseStop {
  size_t found = 0;                    // index of the token that does not fit
  antlr4::misc::IntervalSet expected;  // token types that would
  bool in_relationship = false;        // inside -[ … ]-
};

// Stops at the first error and never repairs. Working out what was expected is left to a second
// parse, so that the first one pays nothing for it.
class StopStrategy : public antlr4::DefaultErrorStrategy {
 public:
  explicit StopStrategy(bool explain) : explain_(explain) {}

  void sync(antlr4::Parser* parser) override;
  void recover(antlr4::Parser* parser, std::exception_ptr error) override;
  antlr4::Token* recoverInline(antlr4::Parser* parser) override;
  void reportError(antlr4::Parser* /*parser*/,
                   const antlr4::RecognitionException& /*error*/) override {}

 private:
  [[noreturn]] void Stop(antlr4::Parser* parser);

  bool explain_;
  // The first state the parser was in when it stood before token at_: what was expected there
  // includes all that was expected in the states it went on to without taking a token.
  size_t at_ = static_cast<size_t>(-1);
  size_t state_ = 0;
  antlr4::ParserRuleContext* context_ = nullptr;
};

// The error in plain words.
SyntaxFailure DescribeStop(const SourceText& source, TokenList& tokens, const ParseStop& stop,
                           const antlr4::dfa::Vocabulary& vocabulary);

}  // namespace gesta::parse

#endif  // GESTA_QUERY_PARSE_SYNTAX_ERROR_H_
