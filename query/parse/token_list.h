// TokenList: a statement's tokens, with errors found before parsing and contextual keywords
// settled.
#ifndef GESTA_QUERY_PARSE_TOKEN_LIST_H_
#define GESTA_QUERY_PARSE_TOKEN_LIST_H_

#include <memory>

#include "CommonTokenStream.h"
#include "GestaLexer.h"
#include "parse/caseless_stream.h"
#include "parse/source_text.h"

namespace gesta::parse {

// How deep brackets, CASE and chains of NOT, + and - may nest together.
inline constexpr int kMaxNesting = 500;

class TokenList {
 public:
  // Throws SyntaxFailure for what is no token (InvalidNumberLiteral, InvalidUnicodeCharacter,
  // UnexpectedSyntax), for an empty statement and for nesting beyond kMaxNesting.
  explicit TokenList(const SourceText& source);

  antlr4::CommonTokenStream& stream() { return stream_; }
  // The first bracket that is not closed (or is closed by another kind); null: all are.
  const antlr4::Token* unclosed() const { return unclosed_; }

 private:
  const SourceText& source_;
  CaselessStream characters_;
  grammar::GestaLexer lexer_;
  antlr4::CommonTokenStream stream_;
  const antlr4::Token* unclosed_ = nullptr;
};

}  // namespace gesta::parse

#endif  // GESTA_QUERY_PARSE_TOKEN_LIST_H_
