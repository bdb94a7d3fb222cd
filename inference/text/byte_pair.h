// Byte-pair merging: the part that CLIP's and Gemma's tokenizers have in common.
#ifndef GESTA_INFERENCE_TEXT_BYTE_PAIR_H_
#define GESTA_INFERENCE_TEXT_BYTE_PAIR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/tokenizer_files.h"
#include "text/vocabulary.h"

namespace gesta::text {

class BytePairModel {
 public:
  // From tokenizer.json's "model", else vocab.json and merges.txt.
  static Result<BytePairModel> Load(const TokenizerFiles& files);

  const Vocabulary& vocabulary() const { return vocabulary_; }
  // Merges neighbours, always the pair that was learnt first and of equal ones the leftmost, until
  // no pair is known. In O(n log n).
  void Merge(std::vector<TokenId>* symbols) const;

 private:
  struct Merged {
    uint32_t rank;
    TokenId id;
  };

  Status AddMerge(std::string_view left, std::string_view right, const std::string& source);
  Status ReadMergesFile(const std::string& path);
  const Merged* Find(TokenId left, TokenId right) const {
    const auto at = merges_.find(Key(left, right));
    return at == merges_.end() ? nullptr : &at->second;
  }
  static uint64_t Key(TokenId left, TokenId right) {
    return uint64_t{static_cast<uint32_t>(left)} << 32 | static_cast<uint32_t>(right);
  }

  Vocabulary vocabulary_;
  std::unordered_map<uint64_t, Merged> merges_;
};

}  // namespace gesta::text

#endif  // GESTA_INFERENCE_TEXT_BYTE_PAIR_H_
