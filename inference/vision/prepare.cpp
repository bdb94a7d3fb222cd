#include "vision/prepare.h"

#include <fmt/format.h>

#include <algorithm>

namespace gesta::vision {

using models::ImageConfig;

std::pair<size_t, size_t> PreparedSize(const ImageConfig& config) {
  if (config.crop) return {config.crop_height, config.crop_width};
  if (config.shorter_side == 0) return {config.height, config.width};
  return {config.shorter_side, config.shorter_side};  // right for square images only
}

Status Prepare(const Image& image, const ImageConfig& config, float* out) {
  size_t width = image.width;
  size_t height = image.height;
  if (config.resize && config.shorter_side > 0) {
    const size_t shorter = std::min(width, height);
    const size_t longer = std::max(width, height);
    const size_t other = config.shorter_side * longer / shorter;
    width = image.width <= image.height ? config.shorter_side : other;
    height = image.width <= image.height ? other : config.shorter_side;
  } else if (config.resize) {
    width = config.width;
    height = config.height;
  }
  const Image resized = Resize(image, width, height, config.resampling);

  const auto [rows, columns] = PreparedSize(config);
  if (!config.crop && (rows != height || columns != width)) {
    return Status(StatusCode::kUnsupported,
                  fmt::format("the image becomes {} x {} pixels where the model takes {} x {}, and "
                              "preprocessor_config.json asks for no crop",
                              width, height, columns, rows));
  }
  // Where the crop is larger than the image, black surrounds it.
  const auto offset = [](size_t size, size_t wanted) {
    const auto difference = static_cast<ptrdiff_t>(size) - static_cast<ptrdiff_t>(wanted);
    return difference >= 0 ? difference / 2 : -((1 - difference) / 2);
  };
  const ptrdiff_t top = offset(height, rows);
  const ptrdiff_t left = offset(width, columns);
  for (size_t c = 0; c < 3; ++c) {
    float table[256];
    for (size_t value = 0; value < 256; ++value) {
      auto number = static_cast<float>(value);
      if (config.rescale) number = static_cast<float>(static_cast<double>(value) * config.factor);
      if (config.normalize) {
        number =
            (number - static_cast<float>(config.mean[c])) / static_cast<float>(config.deviation[c]);
      }
      table[value] = number;
    }
    for (size_t y = 0; y < rows; ++y) {
      const ptrdiff_t source_y = static_cast<ptrdiff_t>(y) + top;
      const bool inside = source_y >= 0 && source_y < static_cast<ptrdiff_t>(height);
      for (size_t x = 0; x < columns; ++x) {
        const ptrdiff_t source_x = static_cast<ptrdiff_t>(x) + left;
        uint8_t value = 0;
        if (inside && source_x >= 0 && source_x < static_cast<ptrdiff_t>(width)) {
          value = resized.pixels[3 * (static_cast<size_t>(source_y) * width +
                                      static_cast<size_t>(source_x)) +
                                 c];
        }
        *out++ = table[value];
      }
    }
  }
  return Status::Ok();
}

}  // namespace gesta::vision
