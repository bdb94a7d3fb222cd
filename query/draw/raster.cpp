// Drawings as pixels.
#include <algorithm>
#include <cmath>

#include "draw/characters.h"
#include "draw/drawing.h"
#include "draw/stroke_font.h"

namespace gesta::draw {
namespace {

// How much of each pixel of an area something covers, 0 to 1.
class Mask {
 public:
  Mask(int left, int top, int right, int bottom)
      : left_(left),
        top_(top),
        width_(std::max(0, right - left)),
        height_(std::max(0, bottom - top)) {
    coverage_.resize(static_cast<size_t>(width_) * static_cast<size_t>(height_));
  }

  // A line with round ends. Where strokes cross, a pixel is not covered twice.
  void AddSegment(Point a, Point b, double width) {
    const double reach = width / 2 + 0.5;
    const int x0 = std::max(0, Floor(std::min(a.x, b.x) - reach) - left_);
    const int x1 = std::min(width_ - 1, Floor(std::max(a.x, b.x) + reach) - left_);
    const int y0 = std::max(0, Floor(std::min(a.y, b.y) - reach) - top_);
    const int y1 = std::min(height_ - 1, Floor(std::max(a.y, b.y) + reach) - top_);
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double square = dx * dx + dy * dy;
    for (int y = y0; y <= y1; ++y) {
      for (int x = x0; x <= x1; ++x) {
        const double px = left_ + x + 0.5 - a.x;
        const double py = top_ + y + 0.5 - a.y;
        const double along = square > 0 ? std::clamp((px * dx + py * dy) / square, 0.0, 1.0) : 0.0;
        const double distance = std::hypot(px - along * dx, py - along * dy);
        float& covered = coverage_[static_cast<size_t>(y) * static_cast<size_t>(width_) +
                                   static_cast<size_t>(x)];
        covered = std::max(covered, static_cast<float>(std::clamp(reach - distance, 0.0, 1.0)));
      }
    }
  }

  void Paint(Colour colour, Pixels* pixels) const {
    const uint8_t ink[] = {colour.red, colour.green, colour.blue};
    for (int y = 0; y < height_; ++y) {
      for (int x = 0; x < width_; ++x) {
        const float covered = coverage_[static_cast<size_t>(y) * static_cast<size_t>(width_) +
                                        static_cast<size_t>(x)];
        if (covered <= 0) continue;
        uint8_t* const pixel =
            pixels->bytes.data() +
            3 * (static_cast<size_t>(top_ + y) * pixels->width + static_cast<size_t>(left_ + x));
        for (int i = 0; i < 3; ++i) {
          const float mixed =
              static_cast<float>(pixel[i]) * (1 - covered) + static_cast<float>(ink[i]) * covered;
          pixel[i] = static_cast<uint8_t>(std::lround(mixed));
        }
      }
    }
  }

  static int Floor(double number) {
    return static_cast<int>(std::floor(std::clamp(number, -1e8, 1e8)));
  }

 private:
  const int left_, top_, width_, height_;
  std::vector<float> coverage_;
};

class Painter {
 public:
  Painter(double scale, Pixels* pixels) : scale_(scale), pixels_(*pixels) {}

  void operator()(const Rectangle& rectangle) {
    const Area area = Covered(rectangle);
    for (int y = area.top; y < area.bottom; ++y) {
      for (int x = area.left; x < area.right; ++x) {
        uint8_t* const pixel = At(x, y);
        pixel[0] = rectangle.colour.red;
        pixel[1] = rectangle.colour.green;
        pixel[2] = rectangle.colour.blue;
      }
    }
  }

  void operator()(const Line& line) {
    std::vector<Point> points;
    for (const Point& point : line.points) points.push_back({point.x * scale_, point.y * scale_});
    PaintStrokes({std::move(points)}, line.width * scale_, line.colour);
  }

  void operator()(const Text& text) {
    const double size = text.size * scale_;
    double x = text.x * scale_;
    const double width = TextWidth(text.text, size);
    if (text.anchor == Anchor::kMiddle) x -= width / 2;
    if (text.anchor == Anchor::kEnd) x -= width;
    std::vector<std::vector<Point>> strokes;
    for (const uint32_t code : Characters(text.text)) {
      for (std::vector<Point>& stroke : CharacterStrokes(code)) {
        for (Point& point : stroke) point = {x + point.x * size, text.y * scale_ + point.y * size};
        strokes.push_back(std::move(stroke));
      }
      x += CharacterAdvance(code) * size;
    }
    PaintStrokes(strokes, std::max(1.0, kStrokeWidth * size), text.colour);
  }

  void operator()(const Image& image) {
    if (image.pixels.width == 0 || image.pixels.height == 0) return;
    const Area area = Covered(image);
    const double per_x = image.pixels.width / (image.width * scale_);
    const double per_y = image.pixels.height / (image.height * scale_);
    for (int y = area.top; y < area.bottom; ++y) {
      const double from_y = (y - image.y * scale_) * per_y;
      for (int x = area.left; x < area.right; ++x) {
        const double from_x = (x - image.x * scale_) * per_x;
        if (image.is_smooth) {
          Average(image.pixels, from_x, from_x + per_x, from_y, from_y + per_y, At(x, y));
        } else {
          const uint8_t* const pixel =
              Nearest(image.pixels, from_x + per_x / 2, from_y + per_y / 2);
          std::copy(pixel, pixel + 3, At(x, y));
        }
      }
    }
  }

 private:
  struct Area {
    int left, top, right, bottom;
  };

  // The pixels whose middle lies inside.
  template <typename Part>
  Area Covered(const Part& part) const {
    const auto edge = [this](double at, uint32_t size) {
      return std::clamp(Mask::Floor(at * scale_ + 0.5), 0, static_cast<int>(size));
    };
    return {edge(part.x, pixels_.width), edge(part.y, pixels_.height),
            edge(part.x + part.width, pixels_.width), edge(part.y + part.height, pixels_.height)};
  }

  uint8_t* At(int x, int y) {
    return pixels_.bytes.data() +
           3 * (static_cast<size_t>(y) * pixels_.width + static_cast<size_t>(x));
  }

  static const uint8_t* Nearest(const Pixels& pixels, double x, double y) {
    const auto column = static_cast<size_t>(std::clamp(x, 0.0, pixels.width - 1.0));
    const auto row = static_cast<size_t>(std::clamp(y, 0.0, pixels.height - 1.0));
    return pixels.bytes.data() + 3 * (row * pixels.width + column);
  }

  // The mean of an area of the image.
  static void Average(const Pixels& pixels, double x0, double x1, double y0, double y1,
                      uint8_t* out) {
    const int left = std::clamp(Mask::Floor(x0), 0, static_cast<int>(pixels.width) - 1);
    const int top = std::clamp(Mask::Floor(y0), 0, static_cast<int>(pixels.height) - 1);
    const int right =
        std::clamp(static_cast<int>(std::ceil(x1)), left + 1, static_cast<int>(pixels.width));
    const int bottom =
        std::clamp(static_cast<int>(std::ceil(y1)), top + 1, static_cast<int>(pixels.height));
    double sums[3] = {0, 0, 0};
    double weights = 0;
    for (int y = top; y < bottom; ++y) {
      const double height = std::min(y1, y + 1.0) - std::max(y0, static_cast<double>(y));
      for (int x = left; x < right; ++x) {
        const double width = std::min(x1, x + 1.0) - std::max(x0, static_cast<double>(x));
        const double weight = std::max(1e-9, height * width);
        const uint8_t* const pixel = Nearest(pixels, x, y);
        for (int i = 0; i < 3; ++i) sums[i] += weight * pixel[i];
        weights += weight;
      }
    }
    for (int i = 0; i < 3; ++i) out[i] = static_cast<uint8_t>(std::lround(sums[i] / weights));
  }

  void PaintStrokes(const std::vector<std::vector<Point>>& strokes, double width, Colour colour) {
    double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9;
    for (const auto& stroke : strokes) {
      for (const Point& point : stroke) {
        left = std::min(left, point.x);
        right = std::max(right, point.x);
        top = std::min(top, point.y);
        bottom = std::max(bottom, point.y);
      }
    }
    const double reach = width / 2 + 1;
    Mask mask(std::max(0, Mask::Floor(left - reach)), std::max(0, Mask::Floor(top - reach)),
              std::min(static_cast<int>(pixels_.width), Mask::Floor(right + reach) + 1),
              std::min(static_cast<int>(pixels_.height), Mask::Floor(bottom + reach) + 1));
    for (const auto& stroke : strokes) {
      for (size_t i = 0; i + 1 < stroke.size(); ++i) {
        mask.AddSegment(stroke[i], stroke[i + 1], width);
      }
    }
    mask.Paint(colour, &pixels_);
  }

  const double scale_;
  Pixels& pixels_;
};

}  // namespace

Pixels ToPixels(const Drawing& drawing, double scale) {
  Pixels pixels;
  pixels.width = static_cast<uint32_t>(std::max(1.0, std::ceil(drawing.width * scale)));
  pixels.height = static_cast<uint32_t>(std::max(1.0, std::ceil(drawing.height * scale)));
  pixels.bytes.assign(3 * static_cast<size_t>(pixels.width) * pixels.height, 0xFF);
  Painter painter(scale, &pixels);
  for (const auto& part : drawing.parts) std::visit(painter, part);
  return pixels;
}

}  // namespace gesta::draw
