// From image files to the pixels that an image encoder takes, as preprocessor_config.json says.
#ifndef GESTA_INFERENCE_VISION_PREPARE_H_
#define GESTA_INFERENCE_VISION_PREPARE_H_

#include <string>

#include "gesta/status.h"
#include "models/model_config.h"
#include "vision/resize.h"

namespace gesta::vision {

// Decodes a file (JPEG, PNG, BMP, TIFF, WebP, …), turned upright as its EXIF data says;
// transparency is dropped. kNotFound, kIo, kBadData name the file.
Result<Image> ReadImage(const std::string& path);

// The size of what Prepare gives: height and width.
std::pair<size_t, size_t> PreparedSize(const models::ImageConfig& config);

// Resizes, crops, scales and normalises. `out` has room for 3 x height x width floats, plane after
// plane: red, green, blue. kUnsupported: an image that the config does not bring to one size.
Status Prepare(const Image& image, const models::ImageConfig& config, float* out);

}  // namespace gesta::vision

#endif  // GESTA_INFERENCE_VISION_PREPARE_H_
