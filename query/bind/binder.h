// Binder: syntax tree to bound statement. Resolves names, checks scopes, types and aggregation.
#ifndef GESTA_QUERY_BIND_BINDER_H_
#define GESTA_QUERY_BIND_BINDER_H_

#include "bind/bound.h"
#include "gesta/function.h"
#include "gesta/procedure.h"
#include "gesta/status.h"
#include "parse/ast.h"

namespace gesta {

struct BindContext {
  const FunctionRegistry* functions;
  const ProcedureRegistry* procedures;
};

// `statement.node` must be an ast::Query. Errors are openCypher's compile-time errors with their
// place; misspelt variables and functions get a suggestion.
Result<BoundStatement> BindStatement(const ast::Statement& statement, const BindContext& context);

}  // namespace gesta

#endif  // GESTA_QUERY_BIND_BINDER_H_
