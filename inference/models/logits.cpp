#include "models/logits.h"

#include <cmath>

namespace gesta::models {

namespace {

// A single number among the weights, where the checkpoint has it.
Result<std::optional<double>> ReadScalar(const Checkpoint& checkpoint, const char* name) {
  const std::vector<int64_t>* shape = checkpoint.Shape(name);
  if (!shape) return std::optional<double>();
  for (const int64_t extent : *shape) {
    if (extent != 1) return std::optional<double>();
  }
  float value = 0;
  GESTA_RETURN_IF_ERROR(checkpoint.ReadFloats(name, &value));
  return std::optional<double>(value);
}

}  // namespace

Result<Logits> ReadLogits(const Checkpoint& checkpoint) {
  Logits logits;
  GESTA_ASSIGN_OR_RETURN(logits.scale, ReadScalar(checkpoint, "logit_scale"));
  GESTA_ASSIGN_OR_RETURN(logits.bias, ReadScalar(checkpoint, "logit_bias"));
  if (logits.scale) logits.scale = std::exp(*logits.scale);
  return logits;
}

}  // namespace gesta::models
