#include "tensor/layers.h"

#include <ATen/ops/baddbmm.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tanh.h>
#include <fmt/format.h>

#include <cmath>

namespace gesta::tensor {

at::Tensor Linear::operator()(const at::Tensor& rows) const {
  return at::linear(rows, weight, bias);
}

Linear GetLinear(const Weights& weights, const std::string& name, bool bias) {
  return {weights.Get(name + ".weight"), bias ? weights.Get(name + ".bias") : at::Tensor()};
}

Linear Joined(const std::vector<Linear>& parts) {
  std::vector<at::Tensor> matrices, biases;
  for (const Linear& part : parts) {
    matrices.push_back(part.weight);
    biases.push_back(part.bias);
  }
  return {at::cat(matrices, 0), at::cat(biases, 0)};
}

at::Tensor Norm::operator()(const at::Tensor& rows) const {
  return at::layer_norm(rows, weight.sizes(), weight, bias, epsilon);
}

Norm GetNorm(const Weights& weights, const std::string& name, double epsilon) {
  return {weights.Get(name + ".weight"), weights.Get(name + ".bias"), epsilon};
}

at::Tensor Activate(const at::Tensor& values, const std::string& activation) {
  if (activation == "gelu") return at::gelu(values);
  if (activation == "gelu_tanh") return at::gelu(values, "tanh");
  if (activation == "quick_gelu") return at::sigmoid(values.mul(1.702)).mul_(values);
  if (activation == "relu") return at::relu(values);
  if (activation == "tanh") return at::tanh(values);
  return values;  // identity
}

at::Tensor Attend(const at::Tensor& qkv, const std::vector<Group>& groups, int64_t heads,
                  const std::function<at::Tensor(int64_t length)>& bias) {
  const int64_t width = qkv.size(1) / 3;
  const int64_t depth = width / heads;
  const double scale = 1 / std::sqrt(static_cast<double>(depth));
  at::Tensor result = at::empty({qkv.size(0), width}, qkv.options());
  for (const Group& group : groups) {
    const int64_t rows = group.count * group.length;
    // 3 x count x heads x length x depth
    const at::Tensor parts = qkv.narrow(0, group.first, rows)
                                 .view({group.count, group.length, 3, heads, depth})
                                 .permute({2, 0, 3, 1, 4})
                                 .contiguous()
                                 .view({3, group.count * heads, group.length, depth});
    const at::Tensor added = bias ? bias(group.length) : at::Tensor();
    at::Tensor scores = at::bmm(parts[0], parts[1].transpose(1, 2)).mul_(scale);
    if (added.defined()) {
      scores.view({group.count, heads, group.length, group.length}).add_(added);
    }
    const at::Tensor attended = at::bmm(at::softmax(scores, -1), parts[2]);
    result.narrow(0, group.first, rows)
        .view({group.count, group.length, heads, depth})
        .copy_(attended.view({group.count, heads, group.length, depth}).transpose(1, 2));
  }
  return result;
}

at::Tensor TransformerStack::Run(at::Tensor rows, const std::vector<Group>& groups,
                                 const std::function<at::Tensor(int64_t length)>& bias) const {
  const auto heads = static_cast<int64_t>(tower_.heads);
  for (const Layer& layer : layers_) {
    const auto attention = [&](const at::Tensor& input) {
      return layer.out(Attend(layer.qkv(input), groups, heads, bias));
    };
    const auto forward = [&](const at::Tensor& input) {
      return layer.outer(Activate(layer.inner(input), tower_.activation));
    };
    if (norm_first_) {
      rows = attention(layer.norm1(rows)).add_(rows);
      rows = forward(layer.norm2(rows)).add_(rows);
    } else {
      rows = layer.norm1(attention(rows).add_(rows));
      rows = layer.norm2(forward(rows).add_(rows));
    }
  }
  return rows;
}

TransformerStack GetTower(const Weights& weights, const std::string& prefix,
                          const models::Tower& tower) {
  std::vector<Layer> layers;
  for (size_t i = 0; i < tower.layers; ++i) {
    const std::string name = fmt::format("{}encoder.layers.{}.", prefix, i);
    Layer layer;
    layer.qkv = Joined({GetLinear(weights, name + "self_attn.q_proj"),
                        GetLinear(weights, name + "self_attn.k_proj"),
                        GetLinear(weights, name + "self_attn.v_proj")});
    layer.out = GetLinear(weights, name + "self_attn.out_proj");
    layer.norm1 = GetNorm(weights, name + "layer_norm1", tower.epsilon);
    layer.norm2 = GetNorm(weights, name + "layer_norm2", tower.epsilon);
    layer.inner = GetLinear(weights, name + "mlp.fc1");
    layer.outer = GetLinear(weights, name + "mlp.fc2");
    layers.push_back(std::move(layer));
  }
  return TransformerStack(std::move(layers), tower, /*norm_first=*/true);
}

}  // namespace gesta::tensor
