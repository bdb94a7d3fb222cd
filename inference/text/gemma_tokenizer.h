// Gemma's byte-pair tokenizer as SigLIP 2 uses it: lower case, spaces written as U+2581, the whole
// text merged as one word, characters outside the vocabulary as their bytes, an end mark.
#ifndef GESTA_INFERENCE_TEXT_GEMMA_TOKENIZER_H_
#define GESTA_INFERENCE_TEXT_GEMMA_TOKENIZER_H_

#include <array>
#include <memory>

#include "text/byte_pair.h"
#include "text/special_tokens.h"

namespace gesta::text {

class GemmaTokenizer : public Tokenizer {
 public:
  static Result<std::unique_ptr<Tokenizer>> Load(const TokenizerFiles& files);

  Result<std::vector<TokenId>> Encode(std::string_view text, size_t max_tokens) const override;
  TokenId pad_id() const override { return pad_; }
  TokenId end_id() const override { return end_; }
  bool pads_left() const override { return pads_left_; }
  size_t vocabulary_size() const override;

 private:
  void EncodeText(const std::string& text, std::vector<TokenId>* ids) const;

  BytePairModel model_;
  SpecialTokens special_;
  std::array<TokenId, 256> bytes_{};
  bool has_bytes_ = true;
  bool pads_left_ = false;
  TokenId begin_ = -1;  // -1: the checkpoint wants no begin mark
  TokenId end_ = -1;
  TokenId pad_ = 0;
  TokenId unknown_ = -1;
};

}  // namespace gesta::text

#endif  // GESTA_INFERENCE_TEXT_GEMMA_TOKENIZER_H_
