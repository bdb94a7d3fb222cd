// Vision transformers (Dosovitskiy et al. 2020) as CLIP and SigLIP have them: CLIP takes its class
// token's vector, SigLIP pools the patches by attention.
#include "vision/image_encoder.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>

#include <cmath>

#include "tensor/layers.h"

namespace gesta::vision {

using models::ModelConfig;
using tensor::GetLinear;
using tensor::GetNorm;
using tensor::Group;
using tensor::Linear;
using tensor::Norm;
using tensor::Weights;

namespace {

constexpr char kPrefix[] = "vision_model.";

class VisionTransformer : public ImageEncoder {
 public:
  VisionTransformer(const ModelConfig& config, const Weights& weights)
      : clip_(config.family == models::Family::kClip),
        tower_(config.vision->tower),
        patch_size_(static_cast<int64_t>(config.vision->patch_size)),
        patches_(weights.Get("vision_model.embeddings.patch_embedding.weight")),
        positions_(weights.Get("vision_model.embeddings.position_embedding.weight")),
        stack_(GetTower(weights, kPrefix, tower_)),
        last_norm_(GetNorm(weights, "vision_model.post_layernorm", tower_.epsilon)) {
    if (clip_) {
      class_token_ = weights.Get("vision_model.embeddings.class_embedding");
      first_norm_ = GetNorm(weights, "vision_model.pre_layrnorm", tower_.epsilon);
      projection_ = GetLinear(weights, "visual_projection", /*bias=*/false);
    } else {
      patch_bias_ = weights.Get("vision_model.embeddings.patch_embedding.bias");
      LoadHead(weights);
    }
  }

  at::Tensor Run(const at::Tensor& pixels) const override {
    const int64_t width = positions_.size(1);
    const int64_t images = pixels.size(0);
    at::Tensor rows =
        at::conv2d(pixels.to(patches_.options()), patches_, patch_bias_, {patch_size_, patch_size_})
            .flatten(2)
            .transpose(1, 2);
    if (clip_)
      rows = at::cat({class_token_.view({1, 1, width}).expand({images, 1, width}), rows}, 1);
    rows = rows.add(positions_);
    const int64_t length = rows.size(1);
    rows = rows.reshape({images * length, width});
    if (clip_) rows = first_norm_(rows);
    rows = stack_.Run(std::move(rows), {Group{0, images, length}}, {});
    const at::Tensor pooled =
        clip_ ? projection_(last_norm_(rows.view({images, length, width}).select(1, 0)))
              : PoolByAttention(last_norm_(rows).view({images, length, width}));
    return pooled.to(at::TensorOptions().device(at::kCPU).dtype(at::kFloat)).contiguous();
  }

 private:
  void LoadHead(const Weights& weights) {
    const std::string head = "vision_model.head.";
    const int64_t width = positions_.size(1);
    const at::Tensor& joined = weights.Get(head + "attention.in_proj_weight");
    const at::Tensor& bias = weights.Get(head + "attention.in_proj_bias");
    const Linear query{joined.narrow(0, 0, width), bias.narrow(0, 0, width)};
    probe_ = query(weights.Get(head + "probe").view({1, width}));
    key_value_ = {joined.narrow(0, width, 2 * width), bias.narrow(0, width, 2 * width)};
    head_out_ = GetLinear(weights, head + "attention.out_proj");
    head_norm_ = GetNorm(weights, head + "layernorm", tower_.epsilon);
    head_inner_ = GetLinear(weights, head + "mlp.fc1");
    head_outer_ = GetLinear(weights, head + "mlp.fc2");
  }

  // One learnt query looks at all patches; a feed-forward part follows.
  at::Tensor PoolByAttention(const at::Tensor& patches) const {
    const int64_t images = patches.size(0);
    const int64_t length = patches.size(1);
    const int64_t width = patches.size(2);
    const auto heads = static_cast<int64_t>(tower_.heads);
    const int64_t depth = width / heads;
    const at::Tensor key_value = key_value_(patches)
                                     .view({images, length, 2, heads, depth})
                                     .permute({2, 0, 3, 1, 4})
                                     .contiguous();
    const at::Tensor query = probe_.view({1, heads, 1, depth}).expand({images, heads, 1, depth});
    const at::Tensor scores = query.matmul(key_value[0].transpose(2, 3))
                                  .mul(1 / std::sqrt(static_cast<double>(depth)))
                                  .softmax(-1);
    const at::Tensor attended = head_out_(scores.matmul(key_value[1]).reshape({images, width}));
    const at::Tensor inner = tensor::Activate(head_inner_(head_norm_(attended)), tower_.activation);
    return head_outer_(inner).add_(attended);
  }

  bool clip_;
  models::Tower tower_;
  int64_t patch_size_;
  at::Tensor patches_;
  at::Tensor patch_bias_;
  at::Tensor positions_;
  at::Tensor class_token_;
  tensor::TransformerStack stack_;
  Norm first_norm_;
  Norm last_norm_;
  Linear projection_;
  at::Tensor probe_;  // the query, already through its layer
  Linear key_value_;
  Linear head_out_;
  Norm head_norm_;
  Linear head_inner_;
  Linear head_outer_;
};

}  // namespace

std::unique_ptr<ImageEncoder> MakeImageEncoder(const ModelConfig& config, const Weights& weights) {
  return std::make_unique<VisionTransformer>(config, weights);
}

}  // namespace gesta::vision
