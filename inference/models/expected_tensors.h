// Which tensors a model of a config needs, and of what shape.
#ifndef GESTA_INFERENCE_MODELS_EXPECTED_TENSORS_H_
#define GESTA_INFERENCE_MODELS_EXPECTED_TENSORS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "gesta/status.h"
#include "models/checkpoint.h"
#include "models/model_config.h"

namespace gesta::models {

struct ExpectedTensor {
  std::string name;
  std::vector<int64_t> shape;  // empty: a single number
};

std::vector<ExpectedTensor> ExpectedTensors(const ModelConfig& config);
std::vector<ExpectedTensor> ExpectedTensors(const DenseConfig& dense);

// kBadData that names the tensors of `folder` that are missing or have another shape (the first
// few of them, and how many).
Status CheckTensors(const std::string& folder, const Checkpoint& checkpoint,
                    const std::vector<ExpectedTensor>& expected);

}  // namespace gesta::models

#endif  // GESTA_INFERENCE_MODELS_EXPECTED_TENSORS_H_
