// Shared by the parser's tests: parsing that must succeed or fail, and syntax trees as text.
#ifndef GESTA_TESTS_UNIT_PARSE_TESTING_H_
#define GESTA_TESTS_UNIT_PARSE_TESTING_H_

#include <string>

#include "gesta/status.h"
#include "parse/ast.h"

namespace gesta::testing {

// Fails the test if the text does not parse.
ast::Statement Parse(const std::string& text);

// The error of a text that must not parse.
ErrorInfo ParseError(const std::string& text);

// An expression as text, every operator in parentheses.
std::string Show(const ast::Expr& expr);

// A pattern in openCypher's own notation; [*min..max] for variable lengths.
std::string Show(const ast::PatternPart& part);

// Label expressions with parentheses around every & and |.
std::string Show(const ast::LabelExpr& labels);

}  // namespace gesta::testing

#endif  // GESTA_TESTS_UNIT_PARSE_TESTING_H_
