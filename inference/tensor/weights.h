// A checkpoint's weights as tensors, on a device and in a precision.
#ifndef GESTA_INFERENCE_TENSOR_WEIGHTS_H_
#define GESTA_INFERENCE_TENSOR_WEIGHTS_H_

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "models/checkpoint.h"
#include "models/expected_tensors.h"

namespace gesta::tensor {

struct Placement {
  at::Device device = at::kCPU;
  at::ScalarType precision = at::kFloat;
};

// "cpu", "cuda", "cuda:1" with "fp32", "fp16", "bf16"; both may be empty. kInvalidArgument for
// other words and for what this machine or this build has not.
Result<Placement> ReadPlacement(std::string_view device, std::string_view precision);

class Weights {
 public:
  // Reads the expected tensors, having checked their shapes.
  static Result<Weights> Load(const std::string& folder,
                              const std::vector<models::ExpectedTensor>& expected,
                              const Placement& placement);

  const Placement& placement() const { return placement_; }
  // Throws std::out_of_range for a name that was not expected: a defect of ours.
  const at::Tensor& Get(const std::string& name) const { return tensors_.at(name); }

 private:
  Placement placement_;
  std::map<std::string, at::Tensor> tensors_;
};

}  // namespace gesta::tensor

#endif  // GESTA_INFERENCE_TENSOR_WEIGHTS_H_
