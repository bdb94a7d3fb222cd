// TextIndex: the texts of labels searched for similar ones. The similarity is a mean of two
// cosines: over words brought to their stems, and over the words' character n-grams.
#ifndef GESTA_QUERY_ALIGN_TEXT_INDEX_H_
#define GESTA_QUERY_ALIGN_TEXT_INDEX_H_

#include <string>
#include <string_view>
#include <vector>

#include "align/sparse_index.h"

namespace gesta::align {

// Immutable once built; any number of threads may search with a board of their own.
class TextIndex {
 public:
  explicit TextIndex(const std::vector<std::string>& texts);

  size_t size() const { return words_.size(); }

  // Leaves on the board (of size() documents, cleared first) the similarity of each text that has
  // something in common with `text`, in (0, 1].
  void Search(std::string_view text, ScoreBoard* board) const;

 private:
  SparseIndex words_;
  SparseIndex spellings_;
};

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_TEXT_INDEX_H_
