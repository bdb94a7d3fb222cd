// Tokens that are recognised in a text before the tokenizer's own rules see it ("[SEP]",
// "<|endoftext|>", …).
#ifndef GESTA_INFERENCE_TEXT_SPECIAL_TOKENS_H_
#define GESTA_INFERENCE_TEXT_SPECIAL_TOKENS_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/format/document.h"
#include "text/tokenizer.h"
#include "text/unicode.h"

namespace gesta::text {

struct SpecialToken {
  std::string content;
  TokenId id = 0;
  bool strip_left = false;   // takes the white space before it along
  bool strip_right = false;  // and after it
  bool single_word = false;  // only where no letter or digit touches it
  bool normalized = false;   // looked for after the text's normalisation
};

class SpecialTokens {
 public:
  // A stretch of text without special tokens, or one special token (id >= 0).
  struct Piece {
    std::string text;
    TokenId id = -1;
  };

  SpecialTokens() = default;
  explicit SpecialTokens(std::vector<SpecialToken> tokens);

  bool empty() const { return tokens_.empty(); }
  const std::vector<SpecialToken>& tokens() const { return tokens_; }
  const SpecialToken* Find(std::string_view content) const;
  // Splits at the tokens that are looked for before (`normalized` false) or after normalisation:
  // the leftmost first, of those at one place the longest.
  std::vector<Piece> Split(std::string_view text, bool normalized) const;

  // What a tokenizer does with the text between special tokens.
  struct TextRules {
    std::function<CodePoints(std::string_view text)> normalize;
    // Appends the tokens of normalised text; may stop once there are `enough` in all.
    std::function<void(const CodePoints& points, size_t enough, std::vector<TokenId>* ids)> encode;
  };
  // A whole text between `begin` and `end`, cut so that there are at most `max_tokens` (at least
  // two).
  std::vector<TokenId> Encode(std::string_view text, size_t max_tokens, TokenId begin, TokenId end,
                              const TextRules& rules) const;

 private:
  std::vector<SpecialToken> tokens_;
};

// The "added_tokens" of a tokenizer.json, or the "added_tokens_decoder" of a tokenizer_config.json.
std::vector<SpecialToken> ReadAddedTokens(const format::Datum& document);

}  // namespace gesta::text

#endif  // GESTA_INFERENCE_TEXT_SPECIAL_TOKENS_H_
