// Vocabularies: pieces of text and their ids.
#ifndef GESTA_INFERENCE_TEXT_VOCABULARY_H_
#define GESTA_INFERENCE_TEXT_VOCABULARY_H_

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gesta/format/document.h"
#include "gesta/status.h"
#include "text/tokenizer.h"

namespace gesta::text {

class Vocabulary {
 public:
  Vocabulary() = default;
  Vocabulary(Vocabulary&&) = default;
  Vocabulary& operator=(Vocabulary&&) = default;

  // One piece a line, the line's number being its id.
  static Result<Vocabulary> ReadLines(const std::string& path);
  // A JSON object of pieces and ids; `name` is for messages.
  static Result<Vocabulary> FromDict(const format::Datum& dict, const std::string& name);

  void Add(std::string_view piece, TokenId id);  // a piece that is there already gets the id
  TokenId Find(std::string_view piece) const {   // -1: not there
    const auto at = ids_.find(piece);
    return at == ids_.end() ? -1 : at->second;
  }
  size_t size() const { return ids_.size(); }
  TokenId max_id() const { return max_id_; }  // -1 where empty

 private:
  std::deque<std::string> pieces_;  // the map's keys point here; a deque's elements stay
  std::unordered_map<std::string_view, TokenId> ids_;
  TokenId max_id_ = -1;
};

}  // namespace gesta::text

#endif  // GESTA_INFERENCE_TEXT_VOCABULARY_H_
