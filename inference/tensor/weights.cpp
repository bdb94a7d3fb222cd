#include "tensor/weights.h"

#include <ATen/Context.h>
#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include <exception>

namespace gesta::tensor {

Result<Placement> ReadPlacement(std::string_view device, std::string_view precision) {
  Placement placement;
  const auto bad = [](std::string message) {
    return Status(StatusCode::kInvalidArgument, std::move(message));
  };
  if (!device.empty()) {
    try {
      placement.device = at::Device(std::string(device));
    } catch (const std::exception&) {
      return bad(
          fmt::format("'{}' is no device; known are cpu, cuda and cuda:0, cuda:1, …", device));
    }
    if (!placement.device.is_cpu() && !placement.device.is_cuda()) {
      return bad(fmt::format("models do not run on the device '{}', only on cpu and cuda", device));
    }
  }
  if (placement.device.is_cuda() && !at::hasCUDA()) {
    return bad(
        fmt::format("the device '{}' is not there: this machine, or the LibTorch that the "
                    "inference module was built with, has no CUDA",
                    device));
  }
  if (precision == "fp16") {
    if (placement.device.is_cpu())
      return bad("fp16 needs a GPU; on the cpu there are fp32 and bf16");
    placement.precision = at::kHalf;
  } else if (precision == "bf16") {
    placement.precision = at::kBFloat16;
  } else if (!precision.empty() && precision != "fp32") {
    return bad(fmt::format("'{}' is no precision; known are fp32, fp16 and bf16", precision));
  }
  return placement;
}

Result<Weights> Weights::Load(const std::string& folder,
                              const std::vector<models::ExpectedTensor>& expected,
                              const Placement& placement) {
  GESTA_ASSIGN_OR_RETURN(const models::Checkpoint checkpoint, models::Checkpoint::Open(folder));
  GESTA_RETURN_IF_ERROR(models::CheckTensors(folder, checkpoint, expected));
  Weights weights;
  weights.placement_ = placement;
  for (const models::ExpectedTensor& tensor : expected) {
    at::Tensor floats = at::empty(tensor.shape, at::TensorOptions().dtype(at::kFloat));
    GESTA_RETURN_IF_ERROR(checkpoint.ReadFloats(tensor.name, floats.data_ptr<float>()));
    weights.tensors_.emplace(
        tensor.name,
        floats.to(at::TensorOptions().device(placement.device).dtype(placement.precision)));
  }
  return weights;
}

}  // namespace gesta::tensor
