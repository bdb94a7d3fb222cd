// Errors of temporal functions, classified as openCypher does.
#ifndef GESTA_QUERY_FUNCTIONS_TEMPORAL_ERRORS_H_
#define GESTA_QUERY_FUNCTIONS_TEMPORAL_ERRORS_H_

#include <string>
#include <utility>

#include "gesta/status.h"

namespace gesta::temporal {

inline Status ClassifiedError(StatusCode code, const char* type, const char* detail,
                              std::string message, std::string hint) {
  ErrorInfo info;
  info.code = code;
  info.type = type;
  info.detail = detail;
  info.message = std::move(message);
  info.hint = std::move(hint);
  return Status(std::move(info));
}

// A value of the right type that means nothing, e.g. February 30th.
inline Status ArgumentError(std::string message, std::string hint = {}) {
  return ClassifiedError(StatusCode::kSemantic, "ArgumentError", "InvalidArgumentValue",
                         std::move(message), std::move(hint));
}

inline Status TypeError(std::string message, std::string hint = {}) {
  return ClassifiedError(StatusCode::kType, "TypeError", "InvalidArgumentType", std::move(message),
                         std::move(hint));
}

// A result beyond the years or the 64 bits that are there for it.
inline Status OverflowError(std::string message) {
  return ClassifiedError(StatusCode::kArithmetic, "ArithmeticError", "NumberOverflow",
                         std::move(message), {});
}

}  // namespace gesta::temporal

#endif  // GESTA_QUERY_FUNCTIONS_TEMPORAL_ERRORS_H_
