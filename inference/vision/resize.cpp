#include "vision/resize.h"

#include <algorithm>
#include <cmath>

namespace gesta::vision {

using models::Resampling;

namespace {

constexpr int kPrecisionBits = 22;
constexpr double kPi = 3.14159265358979323846;

double Sinc(double x) { return x == 0 ? 1 : std::sin(x * kPi) / (x * kPi); }

double Support(Resampling resampling) {
  switch (resampling) {
    case Resampling::kBox:
      return 0.5;
    case Resampling::kBicubic:
      return 2;
    case Resampling::kLanczos:
      return 3;
    default:
      return 1;
  }
}

double Filter(Resampling resampling, double x) {
  switch (resampling) {
    case Resampling::kBox:
      return x > -0.5 && x <= 0.5 ? 1 : 0;
    case Resampling::kHamming:
      x = std::abs(x);
      if (x == 0) return 1;
      return x >= 1 ? 0 : Sinc(x) * (0.54 + 0.46 * std::cos(x * kPi));
    case Resampling::kBicubic: {
      constexpr double kA = -0.5;
      x = std::abs(x);
      if (x < 1) return ((kA + 2) * x - (kA + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * kA : 0;
    }
    case Resampling::kLanczos:
      return x >= -3 && x < 3 ? Sinc(x) * Sinc(x / 3) : 0;
    default:
      x = std::abs(x);
      return x < 1 ? 1 - x : 0;
  }
}

// Which inputs make one output, and with what weights.
struct Window {
  size_t first = 0;
  size_t count = 0;
  size_t weights = 0;  // index of the first
};

struct Windows {
  std::vector<Window> windows;
  std::vector<int32_t> weights;
};

Windows MakeWindows(size_t in, size_t out, Resampling resampling) {
  Windows result;
  const double scale = static_cast<double>(in) / static_cast<double>(out);
  const double stretch = std::max(scale, 1.0);
  const double support = Support(resampling) * stretch;
  std::vector<double> values;
  for (size_t at = 0; at < out; ++at) {
    const double center = (static_cast<double>(at) + 0.5) * scale;
    const auto first = static_cast<size_t>(std::max(0.0, std::trunc(center - support + 0.5)));
    const auto end =
        std::min(in, static_cast<size_t>(std::max(0.0, std::trunc(center + support + 0.5))));
    values.clear();
    double sum = 0;
    for (size_t i = first; i < end; ++i) {
      values.push_back(Filter(resampling, (static_cast<double>(i) - center + 0.5) * (1 / stretch)));
      sum += values.back();
    }
    result.windows.push_back({first, values.size(), result.weights.size()});
    for (double value : values) {
      if (sum != 0) value /= sum;
      const double fixed = value * (1 << kPrecisionBits);
      result.weights.push_back(static_cast<int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5));
    }
  }
  return result;
}

uint8_t ToByte(int64_t sum) {
  return static_cast<uint8_t>(std::clamp<int64_t>(sum >> kPrecisionBits, 0, 255));
}

Image ResizeRows(const Image& image, size_t width, const Windows& windows) {
  Image result{width, image.height, std::vector<uint8_t>(3 * width * image.height)};
  for (size_t y = 0; y < image.height; ++y) {
    const uint8_t* row = image.pixels.data() + 3 * image.width * y;
    uint8_t* out = result.pixels.data() + 3 * width * y;
    for (const Window& window : windows.windows) {
      int64_t sums[3] = {1 << (kPrecisionBits - 1), 1 << (kPrecisionBits - 1),
                         1 << (kPrecisionBits - 1)};
      for (size_t i = 0; i < window.count; ++i) {
        const int64_t weight = windows.weights[window.weights + i];
        const uint8_t* pixel = row + 3 * (window.first + i);
        for (size_t c = 0; c < 3; ++c) sums[c] += pixel[c] * weight;
      }
      for (const int64_t sum : sums) *out++ = ToByte(sum);
    }
  }
  return result;
}

Image ResizeColumns(const Image& image, size_t height, const Windows& windows) {
  const size_t stride = 3 * image.width;
  Image result{image.width, height, std::vector<uint8_t>(stride * height)};
  std::vector<int32_t> sums(stride);
  for (size_t y = 0; y < height; ++y) {
    const Window& window = windows.windows[y];
    std::fill(sums.begin(), sums.end(), 1 << (kPrecisionBits - 1));
    for (size_t i = 0; i < window.count; ++i) {
      const int32_t weight = windows.weights[window.weights + i];
      const uint8_t* row = image.pixels.data() + stride * (window.first + i);
      for (size_t x = 0; x < stride; ++x) sums[x] += row[x] * weight;
    }
    uint8_t* out = result.pixels.data() + stride * y;
    for (size_t x = 0; x < stride; ++x) out[x] = ToByte(sums[x]);
  }
  return result;
}

// The input of each output; positions are added up, as Pillow does, which decides ties.
std::vector<size_t> NearestSources(size_t in, size_t out) {
  const double scale = static_cast<double>(in) / static_cast<double>(out);
  std::vector<size_t> sources(out);
  double position = scale * 0.5;
  for (size_t& source : sources) {
    source = std::min(in - 1, static_cast<size_t>(position));
    position += scale;
  }
  return sources;
}

Image ResizeNearest(const Image& image, size_t width, size_t height) {
  Image result{width, height, std::vector<uint8_t>(3 * width * height)};
  const std::vector<size_t> columns = NearestSources(image.width, width);
  uint8_t* out = result.pixels.data();
  for (const size_t y : NearestSources(image.height, height)) {
    const uint8_t* row = image.pixels.data() + 3 * image.width * y;
    for (const size_t x : columns) {
      std::copy_n(row + 3 * x, 3, out);
      out += 3;
    }
  }
  return result;
}

}  // namespace

Image Resize(const Image& image, size_t width, size_t height, Resampling resampling) {
  if (width == image.width && height == image.height) return image;
  if (resampling == Resampling::kNearest) return ResizeNearest(image, width, height);
  if (width == image.width) {
    return ResizeColumns(image, height, MakeWindows(image.height, height, resampling));
  }
  Image rows = ResizeRows(image, width, MakeWindows(image.width, width, resampling));
  if (height == image.height) return rows;
  return ResizeColumns(rows, height, MakeWindows(image.height, height, resampling));
}

}  // namespace gesta::vision
