// preprocessor_config.json: how images become pixels.
#ifndef GESTA_INFERENCE_MODELS_IMAGE_CONFIG_H_
#define GESTA_INFERENCE_MODELS_IMAGE_CONFIG_H_

#include "gesta/status.h"
#include "models/model_config.h"

namespace gesta::models {

// Reads the file of config.folder; without one, what the family was trained with.
Result<ImageConfig> ReadImageConfig(const ModelConfig& config);

}  // namespace gesta::models

#endif  // GESTA_INFERENCE_MODELS_IMAGE_CONFIG_H_
