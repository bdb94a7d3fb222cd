// Parser: statement text to syntax tree.
#ifndef GESTA_QUERY_PARSE_PARSER_H_
#define GESTA_QUERY_PARSE_PARSER_H_

#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "parse/ast.h"

namespace gesta {

// Parses one statement (a final ';' is allowed). Errors: kSyntax with line, column, source line, a
// message in plain words and, where a keyword was misspelt, a hint; openCypher type SyntaxError
// with its detail (UnexpectedSyntax, InvalidNumberLiteral, IntegerOverflow, …). Nesting deeper than
// 500 is refused. Thread-safe.
Result<ast::Statement> ParseStatement(std::string_view text);

// One statement of a script: its text and where it starts.
struct StatementText {
  std::string_view text;   // without the ';'
  int line = 1;            // the script line its first character stands on
  bool terminated = true;  // false: the script ended before a ';'
};

// Splits a script at the semicolons that are not inside strings, names or comments. Parts that hold
// only blanks and comments are left out.
std::vector<StatementText> SplitScript(std::string_view script);

}  // namespace gesta

#endif  // GESTA_QUERY_PARSE_PARSER_H_
