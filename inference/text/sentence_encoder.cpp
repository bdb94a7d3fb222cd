// BERT (Devlin et al. 2018) and MPNet (Song et al. 2020) as sentence encoders (Reimers and Gurevych
// 2019): the last layer's token vectors, pooled, and dense layers where the checkpoint has them.
#include <ATen/ops/amax.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tensor/layers.h"
#include "tensor/sequences.h"
#include "text/text_encoder.h"

namespace gesta::text {

using models::ModelConfig;
using models::Pooling;
using tensor::Group;
using tensor::Linear;
using tensor::Weights;

namespace {

// MPNet numbers positions behind its padding token's, whose id is 1; padding written as text in the
// middle keeps that number.
constexpr int32_t kMpnetPadding = 1;
constexpr int64_t kMpnetFarthest = 128;  // distances from here on share a bucket

struct Dense {
  Linear linear;
  std::string activation;
};

// The bucket of a distance (T5's scheme): half of the buckets for each direction, of these half for
// single distances and half for ranges that grow by a factor.
int64_t Bucket(int64_t distance, int64_t buckets) {
  buckets /= 2;
  int64_t bucket = distance > 0 ? buckets : 0;
  const int64_t size = std::abs(distance);
  const int64_t exact = buckets / 2;
  if (size < exact) return bucket + size;
  const float position = std::log(static_cast<float>(size) / static_cast<float>(exact)) /
                         static_cast<float>(std::log(static_cast<double>(kMpnetFarthest) /
                                                     static_cast<double>(exact)));
  const auto large = exact + static_cast<int64_t>(position * static_cast<float>(buckets - exact));
  return bucket + std::min(large, buckets - 1);
}

class SentenceEncoder : public TextEncoder {
 public:
  static Result<std::unique_ptr<TextEncoder>> Load(const ModelConfig& config,
                                                   const Weights& weights) {
    auto encoder = std::make_unique<SentenceEncoder>();
    encoder->mpnet_ = config.family == models::Family::kMpnet;
    encoder->buckets_ = static_cast<int64_t>(config.text->position_buckets);
    encoder->pooling_ = config.pooling;
    encoder->words_ = weights.Get("embeddings.word_embeddings.weight");
    encoder->positions_ = weights.Get("embeddings.position_embeddings.weight");
    if (encoder->mpnet_) {
      encoder->distances_ = weights.Get("encoder.relative_attention_bias.weight");
    } else {
      // All tokens are of the first type.
      encoder->positions_ =
          encoder->positions_.add(weights.Get("embeddings.token_type_embeddings.weight")[0]);
    }
    encoder->norm_ = GetNorm(weights, "embeddings.LayerNorm", config.text->tower.epsilon);
    encoder->stack_ = MakeStack(weights, config.text->tower, encoder->mpnet_);
    for (const models::DenseConfig& dense : config.dense) {
      GESTA_ASSIGN_OR_RETURN(const Weights own, Weights::Load(dense.folder, ExpectedTensors(dense),
                                                              weights.placement()));
      encoder->dense_.push_back({GetLinear(own, "linear", dense.bias), dense.activation});
    }
    return std::unique_ptr<TextEncoder>(std::move(encoder));
  }

  at::Tensor Run(const TokenBatch& batch, size_t) const override {
    const at::Device device = words_.device();
    const std::vector<Group> groups = tensor::GroupByLength(batch);
    at::Tensor rows = at::embedding(words_, tensor::JoinIds(batch, device));
    rows.add_(at::embedding(positions_, tensor::Numbers(Positions(batch), device)));
    rows = norm_(rows);
    std::function<at::Tensor(int64_t)> bias;
    if (mpnet_) bias = [this](int64_t length) { return DistanceBias(length); };
    rows = stack_.Run(std::move(rows), groups, bias);
    at::Tensor pooled = Pool(rows, groups, batch);
    for (const Dense& dense : dense_)
      pooled = tensor::Activate(dense.linear(pooled), dense.activation);
    return pooled.to(at::TensorOptions().device(at::kCPU).dtype(at::kFloat)).contiguous();
  }

 private:
  static tensor::TransformerStack MakeStack(const Weights& weights, const models::Tower& tower,
                                            bool mpnet) {
    std::vector<tensor::Layer> layers;
    for (size_t i = 0; i < tower.layers; ++i) {
      const std::string name = fmt::format("encoder.layer.{}.", i);
      const std::string self = name + (mpnet ? "attention.attn." : "attention.self.");
      tensor::Layer layer;
      layer.qkv = tensor::Joined({GetLinear(weights, self + (mpnet ? "q" : "query")),
                                  GetLinear(weights, self + (mpnet ? "k" : "key")),
                                  GetLinear(weights, self + (mpnet ? "v" : "value"))});
      layer.out = GetLinear(weights, mpnet ? self + "o" : name + "attention.output.dense");
      layer.norm1 =
          GetNorm(weights, name + (mpnet ? "attention.LayerNorm" : "attention.output.LayerNorm"),
                  tower.epsilon);
      layer.inner = GetLinear(weights, name + "intermediate.dense");
      layer.outer = GetLinear(weights, name + "output.dense");
      layer.norm2 = GetNorm(weights, name + "output.LayerNorm", tower.epsilon);
      layers.push_back(std::move(layer));
    }
    return tensor::TransformerStack(std::move(layers), tower, /*norm_first=*/false);
  }

  std::vector<int64_t> Positions(const TokenBatch& batch) const {
    std::vector<int64_t> positions;
    for (const auto* sequence : batch) {
      int64_t next = mpnet_ ? kMpnetPadding + 1 : 0;
      for (const TokenId id : *sequence) {
        positions.push_back(mpnet_ && id == kMpnetPadding ? kMpnetPadding : next++);
      }
    }
    return positions;
  }

  // heads x length x length
  at::Tensor DistanceBias(int64_t length) const {
    std::vector<int64_t> buckets;
    buckets.reserve(static_cast<size_t>(length * length));
    for (int64_t from = 0; from < length; ++from) {
      for (int64_t to = 0; to < length; ++to) buckets.push_back(Bucket(to - from, buckets_));
    }
    return at::embedding(distances_, tensor::Numbers(buckets, distances_.device()))
        .view({length, length, distances_.size(1)})
        .permute({2, 0, 1})
        .contiguous();
  }

  at::Tensor Pool(const at::Tensor& rows, const std::vector<Group>& groups,
                  const TokenBatch& batch) const {
    std::vector<at::Tensor> columns;
    for (const Pooling pooling : pooling_) {
      if (pooling == Pooling::kFirst || pooling == Pooling::kLast) {
        const auto chosen =
            pooling == Pooling::kFirst ? tensor::FirstRows(batch) : tensor::LastRows(batch);
        columns.push_back(rows.index_select(0, tensor::Numbers(chosen, rows.device())));
        continue;
      }
      std::vector<at::Tensor> parts;
      for (const Group& group : groups) {
        const at::Tensor block = rows.narrow(0, group.first, group.count * group.length)
                                     .view({group.count, group.length, rows.size(1)});
        if (pooling == Pooling::kMax) {
          parts.push_back(at::amax(block, 1));
        } else {
          const auto length = static_cast<double>(group.length);
          parts.push_back(
              block.sum(1).div_(pooling == Pooling::kMean ? length : std::sqrt(length)));
        }
      }
      columns.push_back(parts.size() == 1 ? parts[0] : at::cat(parts, 0));
    }
    return columns.size() == 1 ? columns[0] : at::cat(columns, 1);
  }

  bool mpnet_ = false;
  int64_t buckets_ = 0;
  std::vector<Pooling> pooling_;
  at::Tensor words_;
  at::Tensor positions_;
  at::Tensor distances_;
  tensor::Norm norm_;
  tensor::TransformerStack stack_;
  std::vector<Dense> dense_;
};

}  // namespace

Result<std::unique_ptr<TextEncoder>> LoadSentenceEncoder(const ModelConfig& config,
                                                         const Weights& weights) {
  return SentenceEncoder::Load(config, weights);
}

}  // namespace gesta::text
