// Errors of temporal functions, classified as openCypher does.
#ifndef GESTA_QUERY_FUNCTIONS_TEMPORAL_ERRORS_H_
#define GESTA_QUERY_FUNCTIONS_TEMPORAL_ERRORS_H_

#include <string>
#include <utility>

#include "functions/errors.h"
#include "gesta/status.h"

namespace gesta::temporal {

// A value of the right type that means nothing, e.g. February 30th.
inline Status InvalidArgument(std::string message, std::string hint = {}) {
  return StatementError(StatusCode::kSemantic, "ArgumentError", "InvalidArgumentValue",
                        std::move(message), std::move(hint));
}

inline Status WrongType(std::string message, std::string hint = {}) {
  return StatementError(StatusCode::kType, "TypeError", "InvalidArgumentType", std::move(message),
                        std::move(hint));
}

// A result beyond the years or the 64 bits that are there for it.
inline Status Overflow(std::string message) {
  return StatementError(StatusCode::kArithmetic, "ArithmeticError", "NumberOverflow",
                        std::move(message));
}

}  // namespace gesta::temporal

#endif  // GESTA_QUERY_FUNCTIONS_TEMPORAL_ERRORS_H_
