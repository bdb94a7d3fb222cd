// Parser: statement text to syntax tree. Scripts are split by gesta/script.h.
#ifndef GESTA_QUERY_PARSE_PARSER_H_
#define GESTA_QUERY_PARSE_PARSER_H_

#include <string_view>

#include "gesta/script.h"
#include "gesta/status.h"
#include "parse/ast.h"

namespace gesta {

// Parses one statement (a final ';' is allowed). Errors: kSyntax with line, column, source line, a
// message in plain words and, where a keyword was misspelt, a hint; openCypher type SyntaxError
// with its detail (UnexpectedSyntax, InvalidNumberLiteral, IntegerOverflow, …). Nesting deeper than
// 500 is refused. Thread-safe.
Result<ast::Statement> ParseStatement(std::string_view text);

}  // namespace gesta

#endif  // GESTA_QUERY_PARSE_PARSER_H_
