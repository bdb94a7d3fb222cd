// Values as JSON text.
#ifndef GESTA_SHELL_PRINT_JSON_TEXT_H_
#define GESTA_SHELL_PRINT_JSON_TEXT_H_

#include <string>
#include <string_view>

#include "gesta/format/json_text.h"
#include "gesta/value.h"

namespace gesta::shell {

using format::AppendJsonString;

// Appends a value as JSON: integers exactly, floats with the shortest digits that read back the
// same, NaN and infinities as strings, temporal values as ISO 8601 strings, nodes as
// {"id", "labels", "properties"}, relationships as {"id", "type", "start", "end", "properties"},
// paths as {"nodes", "relationships"}.
void AppendJson(const Value& value, std::string* out);

}  // namespace gesta::shell

#endif  // GESTA_SHELL_PRINT_JSON_TEXT_H_
