// Image encoders: pixels to vectors, on tensors.
#ifndef GESTA_INFERENCE_VISION_IMAGE_ENCODER_H_
#define GESTA_INFERENCE_VISION_IMAGE_ENCODER_H_

#include <ATen/core/Tensor.h>

#include <memory>

#include "gesta/status.h"
#include "models/model_config.h"
#include "tensor/weights.h"

namespace gesta::vision {

// Immutable; Run may be called from several threads. Throws what LibTorch throws.
class ImageEncoder {
 public:
  virtual ~ImageEncoder() = default;
  // `pixels`: n x 3 x height x width floats on the CPU. Gives a float matrix on the CPU, one row
  // for each image, not normalised.
  virtual at::Tensor Run(const at::Tensor& pixels) const = 0;
};

// The image towers of CLIP and SigLIP.
std::unique_ptr<ImageEncoder> MakeImageEncoder(const models::ModelConfig& config,
                                               const tensor::Weights& weights);

}  // namespace gesta::vision

#endif  // GESTA_INFERENCE_VISION_IMAGE_ENCODER_H_
