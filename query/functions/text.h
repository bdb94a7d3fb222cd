// Unicode text: code points, case mapping, white space, normal forms.
//
// Text is UTF-8. Bytes that are not valid UTF-8 count as one code point each where they start one,
// and pass through every mapping unchanged.
#ifndef GESTA_QUERY_FUNCTIONS_TEXT_H_
#define GESTA_QUERY_FUNCTIONS_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "gesta/status.h"

namespace gesta::text {

size_t CountCodePoints(std::string_view text);

// The byte at which code point number `n` (from 0) starts; text.size() beyond the end.
size_t CodePointOffset(std::string_view text, size_t n);

// The byte after the code point that starts at byte `at`.
size_t NextCodePoint(std::string_view text, size_t at);

// Full case mapping, independent of language: 'ß' becomes 'SS', a final sigma becomes 'ς'.
std::string ToUpper(std::string_view text);
std::string ToLower(std::string_view text);

std::string Reverse(std::string_view text);  // by code points

// Without the leading or trailing code points that occur in `characters`; a null pointer means
// Unicode white space.
std::string_view TrimLeft(std::string_view text, const std::string_view* characters);
std::string_view TrimRight(std::string_view text, const std::string_view* characters);

// `form`: "NFC", "NFD", "NFKC" or "NFKD". kInvalidArgument for other forms and invalid UTF-8.
Result<std::string> Normalize(std::string_view text, std::string_view form);

}  // namespace gesta::text

#endif  // GESTA_QUERY_FUNCTIONS_TEXT_H_
