// Which of a folder's files decide about a model's vectors.
#ifndef GESTA_INFERENCE_MODELS_MODEL_FILES_H_
#define GESTA_INFERENCE_MODELS_MODEL_FILES_H_

#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "models/model_config.h"

namespace gesta::models {

// Whether a file of that name (without folders) is a config, tokenizer or index.
bool IsModelFile(std::string_view name);

// Paths within `folder`, sorted: configs, tokenizer, weights, and those of its modules.
Result<std::vector<std::string>> ModelFiles(const std::string& folder, const ModelConfig& config);

}  // namespace gesta::models

#endif  // GESTA_INFERENCE_MODELS_MODEL_FILES_H_
