// Writing JSON: strings. (Reading is json.h.)
#ifndef GESTA_FORMAT_JSON_TEXT_H_
#define GESTA_FORMAT_JSON_TEXT_H_

#include <string>
#include <string_view>

namespace gesta::format {

// Appends a JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD.
void AppendJsonString(std::string_view text, std::string* out);

}  // namespace gesta::format

#endif  // GESTA_FORMAT_JSON_TEXT_H_
