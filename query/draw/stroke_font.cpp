#include "draw/stroke_font.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace gesta::draw {
namespace {

// A glyph is its strokes, divided by ';'. A stroke is points "x,y", divided by blanks: y is 0 at
// the top of capitals, 5 at the top of small letters and 16 on the base line. A stroke that begins
// with
// '~' is a curve that its points pull, from the first to the last; with 'o', such a curve that is
// closed.
struct Glyph {
  int width;
  const char* strokes;
};

constexpr double kUnitsOfSize = 22;
constexpr double kBaseLine = 16;
constexpr double kSideBearing = 2;  // on each side
constexpr double kBlank = 7;

constexpr Glyph kAscii[] = {
    {3, ""},                                                                       // blank
    {1, "0,0 0,11;0,15 0,16"},                                                     // !
    {4, "0,0 0,4;4,0 4,4"},                                                        // "
    {10, "3,0 1,16;9,0 7,16;0,5 10,5;0,11 10,11"},                                 // #
    {10, "~10,4 10,1 0,1 0,8 10,8 10,15 0,15 0,12;5,-2 5,18"},                     // $
    {14, "o0,0 6,0 6,7 0,7;o8,9 14,9 14,16 8,16;12,0 2,16"},                       // %
    {12, "~12,8 10,16 0,17 0,10 1,8 9,7 9,0 2,0 2,5;2,5 12,16"},                   // &
    {0, "0,0 0,4"},                                                                // '
    {4, "~4,-1 0,3 0,14 4,18"},                                                    // (
    {4, "~0,-1 4,3 4,14 0,18"},                                                    // )
    {8, "4,0 4,9;0,2 8,7;8,2 0,7"},                                                // *
    {10, "5,4 5,14;0,9 10,9"},                                                     // +
    {1, "1,14 1,16;1,16 0,19"},                                                    // ,
    {6, "0,10 6,10"},                                                              // -
    {0, "0,15 0,16"},                                                              // .
    {7, "0,18 7,-1"},                                                              // /
    {10, "o0,0 10,0 10,16 0,16"},                                                  // 0
    {8, "1,3 5,0 5,16;1,16 8,16"},                                                 // 1
    {10, "~0,4 0,0 10,0 10,6 0,16;0,16 10,16"},                                    // 2
    {10, "~0,3 0,0 9,0 9,8 4,8;~4,8 10,8 10,16 0,16 0,13"},                        // 3
    {10, "8,16 8,0 0,11 10,11"},                                                   // 4
    {10, "9,0 1,0 1,7;~1,7 2,5 10,5 10,16 0,16 0,13"},                             // 5
    {10, "o0,7 10,7 10,16 0,16;~9,1 0,0 0,11"},                                    // 6
    {10, "0,0 10,0 4,16"},                                                         // 7
    {10, "o1,0 9,0 9,8 1,8;o0,8 10,8 10,16 0,16"},                                 // 8
    {10, "o0,0 10,0 10,9 0,9;~10,5 10,16 1,15"},                                   // 9
    {0, "0,7 0,8;0,15 0,16"},                                                      // :
    {1, "1,7 1,8;1,14 1,16;1,16 0,19"},                                            // ;
    {9, "9,4 0,9 9,14"},                                                           // <
    {10, "0,7 10,7;0,11 10,11"},                                                   // =
    {9, "0,4 9,9 0,14"},                                                           // >
    {9, "~0,4 0,0 9,0 9,7 4,7 4,11;4,15 4,16"},                                    // ?
    {14, "o4,5 10,5 10,12 4,12;~10,5 10,13 14,13 14,0 0,0 0,18 12,18"},            // @
    {12, "0,16 6,0 12,16;2,11 10,11"},                                             // A
    {11, "0,0 0,16;~0,0 10,0 10,8 0,8;~0,8 11,8 11,16 0,16"},                      // B
    {11, "~11,5 11,0 0,0 0,16 11,16 11,11"},                                       // C
    {11, "0,0 0,16;~0,0 11,0 11,16 0,16"},                                         // D
    {9, "9,0 0,0 0,16 9,16;0,8 8,8"},                                              // E
    {9, "9,0 0,0 0,16;0,8 8,8"},                                                   // F
    {12, "~12,5 12,0 0,0 0,16 12,16 12,9;12,9 7,9"},                               // G
    {11, "0,0 0,16;11,0 11,16;0,8 11,8"},                                          // H
    {4, "0,0 4,0;2,0 2,16;0,16 4,16"},                                             // I
    {8, "8,0 8,11;~8,11 8,16 0,16 0,12"},                                          // J
    {11, "0,0 0,16;11,0 0,10;4,7 11,16"},                                          // K
    {9, "0,0 0,16 9,16"},                                                          // L
    {13, "0,16 0,0 6,11 7,11 13,0 13,16"},                                         // M
    {11, "0,16 0,0 11,16 11,0"},                                                   // N
    {12, "o0,0 12,0 12,16 0,16"},                                                  // O
    {10, "0,16 0,0;~0,0 11,0 11,9 0,9"},                                           // P
    {12, "o0,0 12,0 12,16 0,16;8,12 13,17"},                                       // Q
    {11, "0,16 0,0;~0,0 11,0 11,9 0,9;5,9 11,16"},                                 // R
    {10, "~10,4 10,0 0,0 0,8 10,8 10,16 0,16 0,12"},                               // S
    {12, "0,0 12,0;6,0 6,16"},                                                     // T
    {11, "0,0 0,10;~0,10 0,16 11,16 11,10;11,10 11,0"},                            // U
    {12, "0,0 6,16 12,0"},                                                         // V
    {16, "0,0 4,16 8,3 12,16 16,0"},                                               // W
    {11, "0,0 11,16;11,0 0,16"},                                                   // X
    {12, "0,0 6,8 12,0;6,8 6,16"},                                                 // Y
    {11, "0,0 11,0 0,16 11,16"},                                                   // Z
    {4, "4,-1 0,-1 0,18 4,18"},                                                    // [
    {7, "0,-1 7,18"},                                                              // backslash
    {4, "0,-1 4,-1 4,18 0,18"},                                                    // ]
    {8, "0,6 4,0 8,6"},                                                            // ^
    {10, "0,18 10,18"},                                                            // _
    {3, "0,0 3,3"},                                                                // `
    {9, "o0,5 9,5 9,16 0,16;9,5 9,16"},                                            // a
    {9, "0,0 0,16;o0,5 9,5 9,16 0,16"},                                            // b
    {9, "~9,8 9,5 0,5 0,16 9,16 9,13"},                                            // c
    {9, "9,0 9,16;o0,5 9,5 9,16 0,16"},                                            // d
    {9, "0,10 9,10;~9,10 9,5 0,5 0,16 9,16 9,13"},                                 // e
    {6, "~7,0 2,0 2,5;2,5 2,16;0,6 6,6"},                                          // f
    {9, "o0,5 9,5 9,16 0,16;9,5 9,16;~9,16 9,21 0,21 0,18"},                       // g
    {9, "0,0 0,16;~0,9 0,5 9,5 9,10;9,10 9,16"},                                   // h
    {0, "0,5 0,16;0,1 0,2"},                                                       // i
    {3, "3,5 3,17;~3,17 3,21 0,21;3,1 3,2"},                                       // j
    {8, "0,0 0,16;8,5 0,12;3,10 8,16"},                                            // k
    {2, "0,0 0,13;~0,13 0,16 2,16"},                                               // l
    {14, "0,5 0,16;~0,9 0,5 7,5 7,10;7,10 7,16;~7,9 7,5 14,5 14,10;14,10 14,16"},  // m
    {9, "0,5 0,16;~0,9 0,5 9,5 9,10;9,10 9,16"},                                   // n
    {10, "o0,5 10,5 10,16 0,16"},                                                  // o
    {9, "0,5 0,21;o0,5 9,5 9,16 0,16"},                                            // p
    {9, "9,5 9,21;o0,5 9,5 9,16 0,16"},                                            // q
    {6, "0,5 0,16;~0,10 0,5 6,5"},                                                 // r
    {8, "~8,8 8,5 0,5 0,10 8,11 8,16 0,16 0,13"},                                  // s
    {6, "2,1 2,13;~2,13 2,16 6,16;0,5 6,5"},                                       // t
    {9, "0,5 0,11;~0,11 0,16 9,16 9,11;9,5 9,16"},                                 // u
    {10, "0,5 5,16 10,5"},                                                         // v
    {14, "0,5 3,16 7,7 11,16 14,5"},                                               // w
    {9, "0,5 9,16;9,5 0,16"},                                                      // x
    {10, "0,5 5,16;10,5 4,21 1,21"},                                               // y
    {8, "0,5 8,5 0,16 8,16"},                                                      // z
    {5, "~5,-1 2,-1 3,8 0,8;~0,9 3,9 2,18 5,18"},                                  // {
    {0, "0,-1 0,19"},                                                              // |
    {5, "~0,-1 3,-1 2,8 5,8;~5,9 2,9 3,18 0,18"},                                  // }
    {10, "~0,11 2,7 7,12 10,8"},                                                   // ~
};

struct Sign {
  uint32_t code;
  Glyph glyph;
};

constexpr Sign kSigns[] = {
    {0xB0, {5, "o0,0 5,0 5,6 0,6"}},                                                 // degree
    {0xB7, {0, "0,9 0,10"}},                                                         // middle dot
    {0xD7, {8, "0,5 8,13;8,5 0,13"}},                                                // times
    {0xDF, {9, "0,16 0,4;~0,4 0,0 8,0 8,7 4,7;~4,7 9,8 9,16 3,16"}},                 // sharp s
    {0xE6, {14, "o0,5 7,5 7,16 0,16;7,10 14,10;~14,10 14,5 7,5 7,16 14,16 14,13"}},  // ae
    {0xF8, {10, "o0,5 10,5 10,16 0,16;0,17 10,4"}},  // o with a stroke
    {0x2013, {10, "0,10 10,10"}},                    // dashes
    {0x2014, {16, "0,10 16,10"}},
    {0x2018, {1, "1,0 0,4"}},  // quotation marks
    {0x2019, {1, "1,0 0,4"}},
    {0x201C, {5, "1,0 0,4;5,0 4,4"}},
    {0x201D, {5, "1,0 0,4;5,0 4,4"}},
    {0x2026, {12, "0,15 0,16;6,15 6,16;12,15 12,16"}},  // ellipsis
    {0x2192, {14, "0,10 14,10;9,5 14,10 9,15"}},        // arrow
};

constexpr Glyph kBox = {10, "0,1 10,1 10,16 0,16 0,1"};

// Marks over letters of width 0: the middle is x = 0, and the letter's top y = 5.
constexpr Sign kMarks[] = {
    {0x300, {0, "-3,0 1,3"}},              // grave
    {0x301, {0, "3,0 -1,3"}},              // acute
    {0x302, {0, "-4,3 0,0 4,3"}},          // circumflex
    {0x303, {0, "~-5,3 -2,-1 2,4 5,0"}},   // tilde
    {0x308, {0, "-3,1 -3,2;3,1 3,2"}},     // diaeresis
    {0x30A, {0, "o-3,-2 3,-2 3,4 -3,4"}},  // ring
    {0x30C, {0, "-4,0 0,3 4,0"}},          // caron
};

const Glyph* Find(const Sign* signs, size_t count, uint32_t code) {
  const Sign* const found =
      std::find_if(signs, signs + count, [code](const Sign& sign) { return sign.code == code; });
  return found == signs + count ? nullptr : &found->glyph;
}

// A letter and the mark above it, 0 for none.
struct Parts {
  const Glyph* glyph = &kBox;
  uint32_t base = 0;
  uint32_t mark = 0;
};

Parts Decompose(uint32_t code) {
  Parts parts;
  parts.base = code;
  if (code == 0xA0) parts.base = ' ';
  if (code >= 0xC0 && code < 0x250) {
    utf8proc_int32_t decomposed[4];
    int boundary = 0;
    const utf8proc_ssize_t count = utf8proc_decompose_char(
        static_cast<utf8proc_int32_t>(code), decomposed, 4, UTF8PROC_DECOMPOSE, &boundary);
    if (count == 2) {
      parts.base = static_cast<uint32_t>(decomposed[0]);
      parts.mark = static_cast<uint32_t>(decomposed[1]);
    }
  }
  if (parts.base >= 0x20 && parts.base < 0x7F) {
    parts.glyph = &kAscii[parts.base - 0x20];
  } else if (const Glyph* sign = Find(kSigns, std::size(kSigns), parts.base)) {
    parts.glyph = sign;
  }
  return parts;
}

// One step of cutting corners, which leads to a quadratic B-spline.
std::vector<Point> CutCorners(const std::vector<Point>& points, bool is_closed) {
  std::vector<Point> cut;
  const size_t n = points.size();
  if (!is_closed) cut.push_back(points.front());
  for (size_t i = 0; i + (is_closed ? 0 : 1) < n; ++i) {
    const Point& a = points[i];
    const Point& b = points[(i + 1) % n];
    const bool is_first = !is_closed && i == 0;
    const bool is_last = !is_closed && i + 2 == n;
    if (!is_first) cut.push_back({0.75 * a.x + 0.25 * b.x, 0.75 * a.y + 0.25 * b.y});
    // The ends of an open curve are cut in the middle, so that it leaves them as it is pulled.
    if (is_first && !is_last) cut.push_back({0.5 * (a.x + b.x), 0.5 * (a.y + b.y)});
    if (!is_last && !is_first) cut.push_back({0.25 * a.x + 0.75 * b.x, 0.25 * a.y + 0.75 * b.y});
    if (is_last && !is_first) cut.back() = {0.5 * (a.x + b.x), 0.5 * (a.y + b.y)};
  }
  if (!is_closed) cut.push_back(points.back());
  return cut;
}

std::vector<Point> ReadStroke(std::string_view stroke) {
  const char kind = stroke.empty() ? ' ' : stroke.front();
  if (kind == '~' || kind == 'o') stroke.remove_prefix(1);
  std::vector<Point> points;
  const char* at = stroke.data();
  const char* const end = at + stroke.size();
  while (at < end) {
    char* next = nullptr;
    Point point;
    point.x = static_cast<double>(std::strtol(at, &next, 10));
    point.y = static_cast<double>(std::strtol(next + 1, &next, 10));
    points.push_back(point);
    at = next < end ? next + 1 : end;
  }
  if (kind == '~' || kind == 'o') {
    for (int i = 0; i < 3; ++i) points = CutCorners(points, kind == 'o');
    if (kind == 'o') points.push_back(points.front());
  }
  return points;
}

void AppendStrokes(const Glyph& glyph, double x, double y,
                   std::vector<std::vector<Point>>* strokes) {
  std::string_view rest = glyph.strokes;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(';'), rest.size());
    std::vector<Point> points = ReadStroke(rest.substr(0, end));
    for (Point& point : points) {
      point.x = (point.x + x) / kUnitsOfSize;
      point.y = (point.y + y - kBaseLine) / kUnitsOfSize;
    }
    strokes->push_back(std::move(points));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

bool IsTall(uint32_t base) {
  return (base >= 'A' && base <= 'Z') || base == 'b' || base == 'd' || base == 'f' || base == 'h' ||
         base == 'k' || base == 'l' || base == 't';
}

}  // namespace

double CharacterAdvance(uint32_t code) {
  const Parts parts = Decompose(code);
  if (parts.base == ' ') return kBlank / kUnitsOfSize;
  return (parts.glyph->width + 2 * kSideBearing) / kUnitsOfSize;
}

std::vector<std::vector<Point>> CharacterStrokes(uint32_t code) {
  std::vector<std::vector<Point>> strokes;
  const Parts parts = Decompose(code);
  AppendStrokes(*parts.glyph, kSideBearing, 0, &strokes);
  if (const Glyph* mark = Find(kMarks, std::size(kMarks), parts.mark)) {
    if (parts.base == 'i' || parts.base == 'j') strokes.pop_back();  // the dot gives way
    AppendStrokes(*mark, kSideBearing + parts.glyph->width / 2.0, IsTall(parts.base) ? -5 : 0,
                  &strokes);
  }
  return strokes;
}

}  // namespace gesta::draw
