// Statement errors that functions and operators raise: openCypher's type and detail, and a sentence
// for the person. The evaluator adds the place.
#ifndef GESTA_QUERY_FUNCTIONS_ERRORS_H_
#define GESTA_QUERY_FUNCTIONS_ERRORS_H_

#include <string>
#include <string_view>

#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta {

inline Status StatementError(StatusCode code, std::string_view type, std::string_view detail,
                             std::string message, std::string hint = {}) {
  ErrorInfo info;
  info.code = code;
  info.type = type;
  info.detail = detail;
  info.message = std::move(message);
  info.hint = std::move(hint);
  return Status(std::move(info));
}

inline Status TypeError(std::string_view detail, std::string message, std::string hint = {}) {
  return StatementError(StatusCode::kType, "TypeError", detail, std::move(message),
                        std::move(hint));
}

// detail: "DivisionByZero" or "NumberOverflow".
inline Status ArithmeticError(std::string_view detail, std::string message) {
  return StatementError(StatusCode::kArithmetic, "ArithmeticError", detail, std::move(message));
}

// An argument of the right type with an impossible value, e.g. detail "NumberOutOfRange".
inline Status ArgumentError(std::string_view detail, std::string message) {
  return StatementError(StatusCode::kSemantic, "ArgumentError", detail, std::move(message));
}

// "a STRING", "an INTEGER", "null".
inline std::string TypeInWords(const Value& value) {
  if (value.IsNull()) return "null";
  const std::string_view name = ValueTypeName(value.type());
  return (name[0] == 'I' ? "an " : "a ") + std::string(name);
}

// A function's argument has a type that it does not take: "toUpper() needs a string, not a LIST".
inline Status WrongArgument(std::string_view function, std::string_view needs, const Value& got,
                            std::string hint = {}) {
  return TypeError(
      "InvalidArgumentValue",
      std::string(function) + "() needs " + std::string(needs) + ", not " + TypeInWords(got),
      std::move(hint));
}

}  // namespace gesta

#endif  // GESTA_QUERY_FUNCTIONS_ERRORS_H_
