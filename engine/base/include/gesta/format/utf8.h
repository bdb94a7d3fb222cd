// UTF-8: validation and encoding of code points.
#ifndef GESTA_FORMAT_UTF8_H_
#define GESTA_FORMAT_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gesta::format {

// The offset of the first byte that is not part of well-formed UTF-8 (RFC 3629: no overlong forms,
// no surrogates, nothing past U+10FFFF), or npos if there is none.
size_t FindInvalidUtf8(std::string_view text);

inline bool IsValidUtf8(std::string_view text) {
  return FindInvalidUtf8(text) == std::string_view::npos;
}

// Whether all bytes are below 0x80.
bool IsAscii(std::string_view text);

// Appends the encoding of a code point; false (nothing appended) for a surrogate or a value past
// U+10FFFF.
bool AppendUtf8(uint32_t code_point, std::string* out);

}  // namespace gesta::format

#endif  // GESTA_FORMAT_UTF8_H_
