// Drawing: what a picture consists of, before it becomes a file. Knows no graph and no format.
//
// Lengths are in pixels of a picture at scale 1, x to the right and y down. Later parts cover
// earlier ones. Everything lies on white.
#ifndef GESTA_QUERY_DRAW_DRAWING_H_
#define GESTA_QUERY_DRAW_DRAWING_H_

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace gesta::draw {

struct Colour {
  uint8_t red = 0;
  uint8_t green = 0;
  uint8_t blue = 0;
};

struct Point {
  double x = 0;
  double y = 0;
};

// Pixels row after row, 3 bytes each.
struct Pixels {
  uint32_t width = 0;
  uint32_t height = 0;
  std::vector<uint8_t> bytes;
};

struct Rectangle {
  double x = 0, y = 0, width = 0, height = 0;
  Colour colour;
};

struct Line {
  std::vector<Point> points;
  double width = 1;
  Colour colour;
};

enum class Anchor { kStart, kMiddle, kEnd };

struct Text {
  double x = 0, y = 0;  // of the base line
  double size = 12;
  Anchor anchor = Anchor::kStart;
  Colour colour;
  std::string text;  // UTF-8
};

struct Image {
  double x = 0, y = 0, width = 0, height = 0;
  bool is_smooth = true;  // false: each pixel is a rectangle
  Pixels pixels;
};

struct Drawing {
  double width = 0;
  double height = 0;
  std::vector<std::variant<Rectangle, Line, Text, Image>> parts;
};

// An SVG document. Images are in it as PNG.
std::string ToSvg(const Drawing& drawing);

// The drawing as pixels, `scale` times its size in each direction. Texts are drawn with the strokes
// of stroke_font.h.
Pixels ToPixels(const Drawing& drawing, double scale);

}  // namespace gesta::draw

#endif  // GESTA_QUERY_DRAW_DRAWING_H_
