// LexicalIndex: named, described things (verbs, verb classes, other labels) searched with the text
// of an action label. Needs no model.
//
// A thing's score is a weighted sum of evidence:
//   - a word of the label, brought to a base form, is one of its names (take off, carry, explode);
//   - character n-grams of its name occur in the label's words, for spellings that no rule knows;
//   - words of the label occur in its name and description;
//   - it is described like, or stands in the same group as, the things found so far (verbs are
//     defined by one another, and a class of verbs shares its meaning).
// All parts are looked up through inverted indexes. Immutable once built; any number of threads may
// search with a scratch of their own.
#ifndef GESTA_QUERY_ALIGN_LEXICAL_INDEX_H_
#define GESTA_QUERY_ALIGN_LEXICAL_INDEX_H_

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "align/sparse_index.h"

namespace gesta::align {

struct LexicalDocument {
  std::string name;                  // "take_off", "pour water"
  std::vector<std::string> aliases;  // other names, e.g. the members of a class
  std::string description;           // a definition; may be empty
  std::string group;                 // things of one group support each other; empty: none
};

class LexicalIndex {
 public:
  // Borrowed documents are not kept.
  explicit LexicalIndex(const std::vector<LexicalDocument>& documents);

  size_t size() const { return groups_.size(); }

  // A query's working memory.
  class Scratch {
   public:
    explicit Scratch(const LexicalIndex& index) : board(index.size()), names(index.size()) {}

   private:
    friend class LexicalIndex;
    ScoreBoard board;
    ScoreBoard names;
    std::vector<uint32_t> seeds;
  };

  // The scores of the documents that `text` says anything about, each in [0, 1]; they stay on the
  // scratch until the next search. The caller may drop documents from the board.
  ScoreBoard& Search(std::string_view text, Scratch* scratch) const;

 private:
  static constexpr uint32_t kNoGroup = 0xFFFFFFFF;

  void AddName(std::string_view name, uint32_t document, float weight);
  void MatchNames(const std::vector<std::string>& words, float weight, Features* extra,
                  ScoreBoard* names) const;
  bool Match(const std::string& name, float weight, ScoreBoard* names) const;
  void Expand(Scratch* scratch) const;

  struct NameEntry {
    uint32_t document;
    float weight;
  };
  std::unordered_map<std::string, std::vector<NameEntry>> names_;  // words joined by spaces
  size_t longest_name_ = 1;                                        // words
  SparseIndex spellings_;                                          // character n-grams of names
  SparseIndex descriptions_;                                       // stems of names, descriptions
  std::vector<uint32_t> groups_;                                   // by document
  std::vector<std::vector<uint32_t>> members_;                     // by group
};

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_LEXICAL_INDEX_H_
