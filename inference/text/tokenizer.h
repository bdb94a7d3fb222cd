// Tokenizers: text to the token ids that a checkpoint was trained with, beginning and end marks
// included. Each follows the reference library's tokenizer of its family exactly.
#ifndef GESTA_INFERENCE_TEXT_TOKENIZER_H_
#define GESTA_INFERENCE_TEXT_TOKENIZER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"

namespace gesta::text {

using TokenId = int32_t;

// Immutable after loading; used from several threads.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  // The ids of a text (well-formed UTF-8), at most max_tokens of them, the end mark kept; without
  // padding.
  virtual Result<std::vector<TokenId>> Encode(std::string_view text, size_t max_tokens) const = 0;
  virtual TokenId pad_id() const = 0;
  virtual TokenId end_id() const = 0;
  virtual bool pads_left() const { return false; }
  // One more than the largest id that Encode can give.
  virtual size_t vocabulary_size() const = 0;
};

enum class TokenizerKind { kWordPiece, kClip, kSiglip, kGemma };

// What the folder's tokenizer files say: tokenizer_config.json's class, else which files there are.
Result<TokenizerKind> FindTokenizerKind(const std::string& folder);

// Reads the tokenizer files of a checkpoint's folder. kNotFound and kBadData name the file.
Result<std::unique_ptr<Tokenizer>> LoadTokenizer(const std::string& folder, TokenizerKind kind);

// The model_max_length of tokenizer_config.json; 0: none, or the reference library's "very large".
Result<size_t> ReadTokenizerMaxLength(const std::string& folder);

}  // namespace gesta::text

#endif  // GESTA_INFERENCE_TEXT_TOKENIZER_H_
