// A font of strokes, for texts in pictures that are made of pixels: it needs no font file, and can
// be read from about eight pixels a line on.
#ifndef GESTA_QUERY_DRAW_STROKE_FONT_H_
#define GESTA_QUERY_DRAW_STROKE_FONT_H_

#include <cstdint>
#include <vector>

#include "draw/drawing.h"

namespace gesta::draw {

// ASCII, Latin letters with accents, and some signs. Others are an empty box.

// How far the next character stands from this one, in parts of the text's size.
double CharacterAdvance(uint32_t code);

// Its strokes for a text of size 1 whose base line is y = 0, beginning at x = 0.
std::vector<std::vector<Point>> CharacterStrokes(uint32_t code);

// How wide strokes are, in parts of the text's size.
inline constexpr double kStrokeWidth = 0.085;

}  // namespace gesta::draw

#endif  // GESTA_QUERY_DRAW_STROKE_FONT_H_
