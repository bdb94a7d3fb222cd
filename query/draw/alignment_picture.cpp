#include "draw/alignment_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "draw/characters.h"

namespace gesta::draw {
namespace {

constexpr double kMargin = 16;
constexpr double kMapWidth = 760;
constexpr size_t kMostColumns = 3040;  // four a unit
constexpr double kRowHeight = 30;
constexpr double kTitleSize = 16;
constexpr double kTextSize = 12;
constexpr double kLineHeight = 13.5;  // of two lines at one row
constexpr double kMostLabelWidth = 300;
constexpr double kThumbnailHeight = 72;
constexpr double kGap = 8;
constexpr double kTick = 5;

constexpr Colour kInk = {0x22, 0x22, 0x22};
constexpr Colour kFaint = {0x66, 0x66, 0x66};
constexpr Colour kWhite = {0xFF, 0xFF, 0xFF};
constexpr Colour kPath = {0xE6, 0x32, 0x1E};

// From dark to light, so that it is read in grey too.
constexpr Colour kScale[] = {{0x0D, 0x10, 0x30}, {0x22, 0x33, 0x70}, {0x1F, 0x6F, 0x8B},
                             {0x3F, 0xAE, 0x82}, {0xB7, 0xD9, 0x4C}, {0xFD, 0xF3, 0xB0}};

// 0 to 1.
Colour ColourOf(double share) {
  const double place = std::clamp(share, 0.0, 1.0) * (std::size(kScale) - 1);
  const auto low = std::min(static_cast<size_t>(place), std::size(kScale) - 2);
  const double part = place - static_cast<double>(low);
  const auto mix = [part](uint8_t a, uint8_t b) {
    return static_cast<uint8_t>(std::lround(a + part * (b - a)));
  };
  const Colour& a = kScale[low];
  const Colour& b = kScale[low + 1];
  return {mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue)};
}

void Put(const Colour& colour, std::vector<uint8_t>* bytes) {
  bytes->insert(bytes->end(), {colour.red, colour.green, colour.blue});
}

// 1, 2 or 5 times a power of ten, so that `range` has at most ten of them.
double TickDistance(double range) {
  const double power = std::pow(10, std::floor(std::log10(range / 10)));
  for (const double times : {1.0, 2.0, 5.0, 10.0}) {
    if (range / (times * power) <= 10) return times * power;
  }
  return 10 * power;
}

class AlignmentDrawer {
 public:
  explicit AlignmentDrawer(const AlignmentPicture& picture)
      : picture_(picture), frames_(picture.frames()), steps_(picture.subactions.size()) {
    double label_width = 0;
    for (size_t i = 0; i < steps_; ++i) {
      labels_.push_back(WrapText(std::to_string(i + 1) + "  " + picture.subactions[i], kTextSize,
                                 kMostLabelWidth, 2));
      for (const std::string& line : labels_.back()) {
        label_width = std::max(label_width, TextWidth(line, kTextSize));
      }
    }
    // Fonts that SVG is shown with may be a little wider.
    left_ = kMargin + std::ceil(label_width * 1.08) + kGap;
    top_ = kMargin + kTitleSize + kGap + kTextSize + kGap +
           (picture.thumbnails.empty() ? 0 : kThumbnailHeight + kGap);
    bottom_ = top_ + kRowHeight * static_cast<double>(steps_);
    const auto [low, high] =
        std::minmax_element(picture.similarities.begin(), picture.similarities.end());
    if (low != picture.similarities.end()) {
      low_ = *low;
      high_ = *high;
    }
  }

  Drawing Draw() {
    drawing_.width = left_ + kMapWidth + 90;
    drawing_.height = bottom_ + kTick + 2 * kTextSize + kGap + kMargin;
    Titles();
    Thumbnails();
    Map();
    Labels();
    Path();
    Axis();
    Legend();
    return std::move(drawing_);
  }

 private:
  template <typename Part>
  void Add(Part part) {
    drawing_.parts.emplace_back(std::move(part));
  }

  // The middle of a frame's column, which may lie between two.
  double ColumnX(double frame) const {
    return left_ + (frame + 0.5) * kMapWidth / static_cast<double>(frames_);
  }
  double RowY(size_t step) const { return top_ + (static_cast<double>(step) + 0.5) * kRowHeight; }

  void Titles() {
    const double width = drawing_.width - 2 * kMargin;
    const auto one_line = [width](const std::string& text, double size) {
      const auto lines = WrapText(text, size, width * 0.92, 1);
      return lines.empty() ? std::string() : lines.front();
    };
    Add(Text{kMargin, kMargin + kTitleSize - 2, kTitleSize, Anchor::kStart, kInk,
             one_line(picture_.title, kTitleSize)});
    Add(Text{kMargin, kMargin + kTitleSize + kGap + kTextSize - 2, kTextSize, Anchor::kStart,
             kFaint, one_line(picture_.subtitle, kTextSize)});
  }

  void Thumbnails() {
    const size_t count = picture_.thumbnails.size();
    for (const AlignmentPicture::Thumbnail& thumbnail : picture_.thumbnails) {
      const Pixels& pixels = thumbnail.pixels;
      if (pixels.width == 0 || pixels.height == 0) continue;
      const double room = kMapWidth / static_cast<double>(count) - 4;
      const double shrink = std::min(kThumbnailHeight / pixels.height, room / pixels.width);
      Image image;
      image.width = pixels.width * shrink;
      image.height = pixels.height * shrink;
      const double x = ColumnX(thumbnail.frame);
      image.x = std::clamp(x - image.width / 2, left_, left_ + kMapWidth - image.width);
      image.y = top_ - kGap - image.height;
      image.pixels = pixels;
      Add(std::move(image));
      Add(Line{{{x, top_ - kGap + 2}, {x, top_ - 2}}, 1, kFaint});
    }
  }

  void Map() {
    Image image{left_, top_, kMapWidth, bottom_ - top_, /*is_smooth=*/false, {}};
    // More columns than can be told apart become means.
    const size_t columns = std::min(frames_, kMostColumns);
    image.pixels.width = static_cast<uint32_t>(columns);
    image.pixels.height = static_cast<uint32_t>(steps_);
    const double range = high_ - low_;
    for (size_t step = 0; step < steps_; ++step) {
      for (size_t column = 0; column < columns; ++column) {
        const size_t begin = column * frames_ / columns;
        const size_t end = (column + 1) * frames_ / columns;
        double sum = 0;
        for (size_t frame = begin; frame < end; ++frame) {
          sum += picture_.similarities[frame * steps_ + step];
        }
        const double value = sum / static_cast<double>(end - begin);
        Put(ColourOf(range > 0 ? (value - low_) / range : 0.5), &image.pixels.bytes);
      }
    }
    Add(std::move(image));
    for (size_t step = 1; step < steps_; ++step) {
      const double y = top_ + kRowHeight * static_cast<double>(step);
      Add(Line{{{left_, y}, {left_ + kMapWidth, y}}, 1, kWhite});
    }
  }

  void Labels() {
    for (size_t step = 0; step < steps_; ++step) {
      const std::vector<std::string>& lines = labels_[step];
      double y =
          RowY(step) + kTextSize * 0.35 - kLineHeight * static_cast<double>(lines.size() - 1) / 2;
      for (const std::string& line : lines) {
        Add(Text{left_ - kGap, y, kTextSize, Anchor::kEnd, kInk, line});
        y += kLineHeight;
      }
    }
  }

  void Path() {
    std::vector<Point> points;
    for (const auto& [frame, step] : picture_.path) {
      const Point point = {ColumnX(frame), RowY(step)};
      // What goes straight on needs no point.
      const size_t n = points.size();
      if (n >= 2) {
        const Point& a = points[n - 2];
        const Point& b = points[n - 1];
        if (std::abs((b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x)) < 1e-6) {
          points.back() = point;
          continue;
        }
      }
      points.push_back(point);
    }
    if (points.empty()) return;
    if (points.size() == 1) points.push_back(points.front());
    Add(Line{points, 5, kWhite});
    Add(Line{points, 2.5, kPath});
  }

  void Axis() {
    const bool has_time = picture_.step > 0;
    const double first = has_time ? picture_.start : 0;
    const double range = static_cast<double>(frames_) * (has_time ? picture_.step : 1);
    if (!(range > 0)) return;
    const double distance = has_time ? TickDistance(range) : std::max(1.0, TickDistance(range));
    Add(Line{{{left_, bottom_}, {left_ + kMapWidth, bottom_}}, 1, kFaint});
    for (double at = std::ceil(first / distance - 1e-9) * distance; at <= first + range + 1e-9;
         at += distance) {
      // A frame begins at its time; its number stands in its middle.
      const double x = has_time ? left_ + (at - first) / range * kMapWidth : ColumnX(at);
      if (x > left_ + kMapWidth + 0.5) break;
      Add(Line{{{x, bottom_}, {x, bottom_ + kTick}}, 1, kFaint});
      Add(Text{x, bottom_ + kTick + kTextSize, kTextSize - 1, Anchor::kMiddle, kInk,
               fmt::format("{:g}", std::abs(at) < distance / 1e6 ? 0.0 : at)});
    }
    Add(Text{left_ + kMapWidth / 2, bottom_ + kTick + 2 * kTextSize + kGap, kTextSize,
             Anchor::kMiddle, kFaint, has_time ? "seconds" : "frame"});
  }

  void Legend() {
    constexpr uint32_t kShades = 64;
    Image bar{left_ + kMapWidth + 14, top_, 12, bottom_ - top_, /*is_smooth=*/false, {}};
    bar.pixels.width = 1;
    bar.pixels.height = kShades;
    for (uint32_t i = 0; i < kShades; ++i) {
      Put(ColourOf(1 - (i + 0.5) / kShades), &bar.pixels.bytes);
    }
    const double x = bar.x + bar.width + 5;
    Add(std::move(bar));
    Add(Text{x, top_ + kTextSize - 3, kTextSize - 1, Anchor::kStart, kInk,
             fmt::format("{:.3g}", high_)});
    if (steps_ > 1) {
      Add(Text{x, bottom_ - 1, kTextSize - 1, Anchor::kStart, kInk, fmt::format("{:.3g}", low_)});
    }
  }

  const AlignmentPicture& picture_;
  const size_t frames_, steps_;
  std::vector<std::vector<std::string>> labels_;  // lines
  double left_ = 0, top_ = 0, bottom_ = 0;        // of the map
  double low_ = 0, high_ = 0;
  Drawing drawing_;
};

}  // namespace

Drawing DrawAlignment(const AlignmentPicture& picture) { return AlignmentDrawer(picture).Draw(); }

}  // namespace gesta::draw
