// The scale and bias that CLIP's and SigLIP's checkpoints put on cosine similarities.
#ifndef GESTA_INFERENCE_MODELS_LOGITS_H_
#define GESTA_INFERENCE_MODELS_LOGITS_H_

#include <optional>

#include "gesta/status.h"
#include "models/checkpoint.h"

namespace gesta::models {

struct Logits {
  std::optional<double> scale;  // itself: checkpoints hold its logarithm
  std::optional<double> bias;
};

Result<Logits> ReadLogits(const Checkpoint& checkpoint);

}  // namespace gesta::models

#endif  // GESTA_INFERENCE_MODELS_LOGITS_H_
