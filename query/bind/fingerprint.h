// Looking into syntax trees: structural identity ("is this sort key one of the grouping keys?"),
// aggregates, variables.
#ifndef GESTA_QUERY_BIND_FINGERPRINT_H_
#define GESTA_QUERY_BIND_FINGERPRINT_H_

#include <string>
#include <string_view>

#include "gesta/function.h"
#include "parse/ast.h"

namespace gesta {

// Equal for expressions that mean the same by their structure, whatever their blanks and brackets.
std::string Fingerprint(const ast::Expr& expr, std::string_view statement_text);

// Whether an aggregate function is called in the expression (subqueries excepted).
bool ContainsAggregate(const ast::Expr& expr, const FunctionRegistry& functions);

// Whether a variable of this name is read in the expression.
bool MentionsVariable(const ast::Expr& expr, std::string_view name);

}  // namespace gesta

#endif  // GESTA_QUERY_BIND_FINGERPRINT_H_
