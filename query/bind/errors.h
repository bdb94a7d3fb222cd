// Statement errors with openCypher's classification.
#ifndef GESTA_QUERY_BIND_ERRORS_H_
#define GESTA_QUERY_BIND_ERRORS_H_

#include <string>
#include <utility>

#include "gesta/status.h"
#include "parse/ast.h"

namespace gesta {

// A compile-time error at a place: `type` such as "SyntaxError", `detail` such as
// "UndefinedVariable".
inline Status CompileError(const ast::Place& place, std::string type, std::string detail,
                           std::string message, std::string hint = {}) {
  ErrorInfo info;
  info.code = StatusCode::kSyntax;
  info.phase = ErrorPhase::kCompile;
  info.type = std::move(type);
  info.detail = std::move(detail);
  info.message = std::move(message);
  info.hint = std::move(hint);
  info.line = place.line;
  info.column = place.column;
  return Status(std::move(info));
}

inline Status SyntaxError(const ast::Place& place, std::string detail, std::string message,
                          std::string hint = {}) {
  return CompileError(place, "SyntaxError", std::move(detail), std::move(message), std::move(hint));
}

}  // namespace gesta

#endif  // GESTA_QUERY_BIND_ERRORS_H_
