// The characters of texts in pictures, and how wide they are.
#ifndef GESTA_QUERY_DRAW_CHARACTERS_H_
#define GESTA_QUERY_DRAW_CHARACTERS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gesta::draw {

// Code points. What no line of text shows (control characters, bytes that are no UTF-8) is U+FFFD;
// line breaks and tabs are blanks.
std::vector<uint32_t> Characters(std::string_view text);

// How wide a text of that size is, by the strokes of stroke_font.h, which are about as wide as the
// fonts that SVG is shown with.
double TextWidth(std::string_view text, double size);

// The text in at most `lines` lines no wider than `width`, broken at blanks where there are; where
// it is longer the last one ends in "…".
std::vector<std::string> WrapText(std::string_view text, double size, double width, size_t lines);

}  // namespace gesta::draw

#endif  // GESTA_QUERY_DRAW_CHARACTERS_H_
