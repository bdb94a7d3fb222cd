// Resizing of 8-bit images as Pillow does it (up to version 12; later ones sometimes resize columns
// first, which rounds a few pixels differently): the filter's support grows with the reduction
// (antialiasing), first along rows and then along columns, in 22-bit fixed point with rounding to 8
// bits between the two. Checkpoints were trained on such pixels; other libraries give others.
#ifndef GESTA_INFERENCE_VISION_RESIZE_H_
#define GESTA_INFERENCE_VISION_RESIZE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/model_config.h"

namespace gesta::vision {

// Red, green, blue for each pixel, row after row.
struct Image {
  size_t width = 0;
  size_t height = 0;
  std::vector<uint8_t> pixels;  // 3 * width * height
};

// `width` and `height` are positive, and so are the image's.
Image Resize(const Image& image, size_t width, size_t height, models::Resampling resampling);

}  // namespace gesta::vision

#endif  // GESTA_INFERENCE_VISION_RESIZE_H_
