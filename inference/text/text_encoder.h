// Text encoders: token ids to vectors, on tensors.
#ifndef GESTA_INFERENCE_TEXT_TEXT_ENCODER_H_
#define GESTA_INFERENCE_TEXT_TEXT_ENCODER_H_

#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "gesta/status.h"
#include "models/model_config.h"
#include "tensor/weights.h"
#include "text/tokenizer.h"

namespace gesta::text {

// Sequences that go through the model together, those of equal length next to each other.
using TokenBatch = std::vector<const std::vector<TokenId>*>;

// Immutable; Run may be called from several threads. Throws what LibTorch throws.
class TextEncoder {
 public:
  virtual ~TextEncoder() = default;
  // A float matrix on the CPU, one row for each sequence, not normalised. Encoders that pad their
  // input themselves pad it to at least `least_length`.
  virtual at::Tensor Run(const TokenBatch& batch, size_t least_length) const = 0;
};

// BERT and MPNet with sentence-transformers' modules behind them.
Result<std::unique_ptr<TextEncoder>> LoadSentenceEncoder(const models::ModelConfig& config,
                                                         const tensor::Weights& weights);
// The text towers of CLIP (sequences end with the end mark) and SigLIP (sequences are padded).
std::unique_ptr<TextEncoder> MakeDualTextEncoder(const models::ModelConfig& config,
                                                 const tensor::Weights& weights);

}  // namespace gesta::text

#endif  // GESTA_INFERENCE_TEXT_TEXT_ENCODER_H_
