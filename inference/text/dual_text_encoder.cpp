// The text towers of CLIP (Radford et al. 2021) and SigLIP (Zhai et al. 2023).
#include <ATen/ops/embedding.h>
#include <ATen/ops/full.h>

#include <limits>

#include "tensor/layers.h"
#include "tensor/sequences.h"
#include "text/text_encoder.h"

namespace gesta::text {

using models::ModelConfig;
using tensor::Weights;

namespace {

class DualTextEncoder : public TextEncoder {
 public:
  DualTextEncoder(const ModelConfig& config, const Weights& weights)
      : causal_(config.family == models::Family::kClip),
        tokens_(weights.Get("text_model.embeddings.token_embedding.weight")),
        positions_(weights.Get("text_model.embeddings.position_embedding.weight")),
        stack_(GetTower(weights, "text_model.", config.text->tower)),
        norm_(GetNorm(weights, "text_model.final_layer_norm", config.text->tower.epsilon)),
        head_(causal_ ? GetLinear(weights, "text_projection", /*bias=*/false)
                      : GetLinear(weights, "text_model.head")) {}

  at::Tensor Run(const TokenBatch& batch, size_t) const override {
    const at::Device device = tokens_.device();
    std::vector<int64_t> positions;
    for (const auto* sequence : batch) {
      for (size_t i = 0; i < sequence->size(); ++i) positions.push_back(static_cast<int64_t>(i));
    }
    at::Tensor rows = at::embedding(tokens_, tensor::JoinIds(batch, device));
    rows.add_(at::embedding(positions_, tensor::Numbers(positions, device)));
    std::function<at::Tensor(int64_t)> bias;
    if (causal_) bias = [this](int64_t length) { return CausalMask(length); };
    rows = stack_.Run(std::move(rows), tensor::GroupByLength(batch), bias);
    // CLIP's vector is that of the end mark, SigLIP's that of the last token, padding or not: both
    // are the last row.
    const at::Tensor last = rows.index_select(0, tensor::Numbers(tensor::LastRows(batch), device));
    return head_(norm_(last))
        .to(at::TensorOptions().device(at::kCPU).dtype(at::kFloat))
        .contiguous();
  }

 private:
  // 0 where a token may look, minus infinity behind it.
  at::Tensor CausalMask(int64_t length) const {
    return at::full({length, length}, -std::numeric_limits<double>::infinity(), tokens_.options())
        .triu(1);
  }

  bool causal_;
  at::Tensor tokens_;
  at::Tensor positions_;
  tensor::TransformerStack stack_;
  tensor::Norm norm_;
  tensor::Linear head_;
};

}  // namespace

std::unique_ptr<TextEncoder> MakeDualTextEncoder(const ModelConfig& config,
                                                 const Weights& weights) {
  return std::make_unique<DualTextEncoder>(config, weights);
}

}  // namespace gesta::text
