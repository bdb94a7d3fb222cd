// Values as JSON text, for what runs remember of their parameters.
#ifndef GESTA_QUERY_ALIGN_JSON_TEXT_H_
#define GESTA_QUERY_ALIGN_JSON_TEXT_H_

#include <string>
#include <string_view>

#include "gesta/value.h"

namespace gesta::align {

std::string JsonQuote(std::string_view text);

// Values that JSON does not know (dates, nodes, infinite numbers) become strings.
std::string JsonText(const Value& value);

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_JSON_TEXT_H_
