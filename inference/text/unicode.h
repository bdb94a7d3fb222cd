// Unicode as tokenizers see it: properties of code points, lower case, normal forms.
#ifndef GESTA_INFERENCE_TEXT_UNICODE_H_
#define GESTA_INFERENCE_TEXT_UNICODE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gesta::text {

using CodePoints = std::vector<uint32_t>;

// `text` must be well-formed UTF-8.
CodePoints Decode(std::string_view text);
std::string Encode(const uint32_t* begin, const uint32_t* end);
inline std::string Encode(const CodePoints& points) {
  return Encode(points.data(), points.data() + points.size());
}
// Bytes of the character that starts with this byte.
size_t CharacterSize(char first);

bool IsSpace(uint32_t point);        // the property White_Space
bool IsLetter(uint32_t point);       // L*
bool IsNumber(uint32_t point);       // N*
bool IsPunctuation(uint32_t point);  // P*
bool IsAsciiPunctuation(uint32_t point);
bool IsNonspacingMark(uint32_t point);  // Mn
// Cc, Cf and Co; code points that are not assigned are no control characters.
bool IsControl(uint32_t point);
// The ideograph blocks that BERT splits into single characters.
bool IsIdeograph(uint32_t point);

// Each character by itself; I with dot becomes two.
CodePoints ToLower(const CodePoints& points);
// The same, and a sigma at a word's end becomes a final one (Unicode 3.13, as Python's str.lower).
CodePoints ToLowerInContext(const CodePoints& points);
CodePoints Decompose(const CodePoints& points);  // NFD
CodePoints Compose(const CodePoints& points);    // NFC

}  // namespace gesta::text

#endif  // GESTA_INFERENCE_TEXT_UNICODE_H_
