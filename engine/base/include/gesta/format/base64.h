// Base64 (RFC 4648, section 4): bytes as text.
#ifndef GESTA_FORMAT_BASE64_H_
#define GESTA_FORMAT_BASE64_H_

#include <string>
#include <string_view>

namespace gesta::format {

void AppendBase64(std::string_view bytes, std::string* out);

// Appends the bytes; false (and what was there) for a text that is no padded base64.
bool DecodeBase64(std::string_view text, std::string* bytes);

}  // namespace gesta::format

#endif  // GESTA_FORMAT_BASE64_H_
