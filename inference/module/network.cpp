#include "module/network.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/relu.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <algorithm>

#include "models/state_dict.h"

namespace gesta::module {
namespace {

at::Tensor ToTensor(const std::vector<float>& values, const std::vector<int64_t>& shape,
                    const tensor::Placement& placement) {
  at::Tensor floats = at::empty(shape, at::TensorOptions().dtype(at::kFloat));
  std::copy(values.begin(), values.end(), floats.data_ptr<float>());
  return floats.to(at::TensorOptions().device(placement.device).dtype(placement.precision));
}

}  // namespace

Result<std::unique_ptr<Network>> Network::Load(const std::vector<std::string>& files,
                                               std::string_view device) {
  if (files.empty()) return Status(StatusCode::kInvalidArgument, "a network needs a file");
  auto network = std::make_unique<Network>();
  GESTA_ASSIGN_OR_RETURN(network->placement_, tensor::ReadPlacement(device, ""));
  int64_t width = 0;
  for (const std::string& file : files) {
    GESTA_ASSIGN_OR_RETURN(const auto layers, models::ReadLinearLayers(file));
    if (width != 0 && layers.front().inputs != width) {
      return Status(StatusCode::kBadData,
                    fmt::format("{}: takes {} numbers, but the network before it gives {}", file,
                                layers.front().inputs, width));
    }
    width = layers.back().outputs;
    network->parts_.emplace_back();
    for (const models::LinearLayer& layer : layers) {
      network->parts_.back().push_back(
          {ToTensor(layer.weight, {layer.outputs, layer.inputs}, network->placement_),
           ToTensor(layer.bias, {layer.outputs}, network->placement_)});
    }
  }
  return network;
}

void Network::Run(const float* rows, uint64_t count, float* out) const {
  const c10::InferenceMode inference;
  const auto size = static_cast<int64_t>(count);
  // from_blob() borrows and never writes.
  at::Tensor values =
      at::from_blob(const_cast<float*>(rows), {size, static_cast<int64_t>(inputs())}, at::kFloat)
          .to(placement_.device);
  for (const std::vector<tensor::Linear>& part : parts_) {
    for (size_t i = 0; i < part.size(); ++i) {
      values = part[i](values);
      if (i + 1 < part.size()) values = at::relu(values);
    }
  }
  const at::Tensor result = values.to(at::kCPU).contiguous();
  std::copy_n(result.data_ptr<float>(), count * outputs(), out);
}

}  // namespace gesta::module
