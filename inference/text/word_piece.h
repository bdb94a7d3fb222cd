// WordPiece as BERT uses it, with MPNet's marks where the files name those.
//
// A text is cleaned (control characters dropped, white space made spaces, ideographs set apart),
// its accents are stripped and its case lowered where the checkpoint says so, it is cut at spaces
// and punctuation, and each word is cut into the longest pieces of the vocabulary from left to
// right.
#ifndef GESTA_INFERENCE_TEXT_WORD_PIECE_H_
#define GESTA_INFERENCE_TEXT_WORD_PIECE_H_

#include <memory>
#include <string>

#include "text/special_tokens.h"
#include "text/tokenizer.h"
#include "text/tokenizer_files.h"
#include "text/unicode.h"
#include "text/vocabulary.h"

namespace gesta::text {

class WordPieceTokenizer : public Tokenizer {
 public:
  static Result<std::unique_ptr<Tokenizer>> Load(const TokenizerFiles& files);

  Result<std::vector<TokenId>> Encode(std::string_view text, size_t max_tokens) const override;
  TokenId pad_id() const override { return pad_; }
  TokenId end_id() const override { return end_; }
  size_t vocabulary_size() const override;

 private:
  struct Rules {
    bool clean = true;
    bool split_ideographs = true;
    bool strip_accents = true;
    bool lower_case = true;
    size_t longest_word = 100;  // in characters; longer ones are unknown
    std::string continuation = "##";
  };

  void ReadRules(const TokenizerFiles& files);
  CodePoints Normalize(std::string_view text) const;
  void EncodeWords(const CodePoints& points, size_t max_tokens, std::vector<TokenId>* ids) const;
  void EncodeWord(const uint32_t* begin, const uint32_t* end, std::vector<TokenId>* ids) const;

  Vocabulary vocabulary_;
  SpecialTokens special_;
  Rules rules_;
  TokenId begin_ = -1;  // [CLS]
  TokenId end_ = -1;    // [SEP]
  TokenId pad_ = 0;
  TokenId unknown_ = -1;
};

}  // namespace gesta::text

#endif  // GESTA_INFERENCE_TEXT_WORD_PIECE_H_
