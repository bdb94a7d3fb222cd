// CLIP's tokenizer: white space made single spaces, lower case, cut by CLIP's pattern into
// contractions, words, single digits and runs of anything else, then byte-level pair merging with a
// mark at each word's end.
#ifndef GESTA_INFERENCE_TEXT_CLIP_TOKENIZER_H_
#define GESTA_INFERENCE_TEXT_CLIP_TOKENIZER_H_

#include <array>
#include <memory>

#include "text/byte_pair.h"
#include "text/special_tokens.h"
#include "text/unicode.h"

namespace gesta::text {

class ClipTokenizer : public Tokenizer {
 public:
  static Result<std::unique_ptr<Tokenizer>> Load(const TokenizerFiles& files);

  Result<std::vector<TokenId>> Encode(std::string_view text, size_t max_tokens) const override;
  TokenId pad_id() const override { return pad_; }
  TokenId end_id() const override { return end_; }
  size_t vocabulary_size() const override;

 private:
  CodePoints Normalize(std::string_view text) const;
  void EncodeWords(const CodePoints& points, size_t max_tokens, std::vector<TokenId>* ids) const;

  BytePairModel model_;
  SpecialTokens special_;
  // The token of each byte inside a word, and at its end.
  std::array<TokenId, 256> inner_{};
  std::array<TokenId, 256> last_{};
  TokenId begin_ = -1;
  TokenId end_ = -1;
  TokenId pad_ = 0;
};

}  // namespace gesta::text

#endif  // GESTA_INFERENCE_TEXT_CLIP_TOKENIZER_H_
