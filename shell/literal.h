// Values that are typed on a command line.
#ifndef GESTA_SHELL_LITERAL_H_
#define GESTA_SHELL_LITERAL_H_

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "gesta/status.h"
#include "gesta/value.h"

namespace gesta::shell {

// An openCypher or JSON literal: null, true, 12, -1.5e3, 'text', "text", [1, 2], {key: 1},
// {"key": 1}. Anything else is the string itself, so that name=Ada needs no quotes.
Value ParseLiteralOrString(std::string_view text);

// "name=value", the value read by ParseLiteralOrString. kInvalidArgument without a name or '='.
Result<std::pair<std::string, Value>> ParseParameter(std::string_view text);

// "500ms", "30s", "2m", "1h"; a bare number is seconds. kInvalidArgument for anything else.
Result<std::chrono::milliseconds> ParseDuration(std::string_view text);

// "1GiB", "512MiB", "64KiB", "100MB", "4096" (bytes). kInvalidArgument for anything else.
Result<size_t> ParseByteSize(std::string_view text);

}  // namespace gesta::shell

#endif  // GESTA_SHELL_LITERAL_H_
