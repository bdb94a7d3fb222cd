// SparseIndex: documents of weighted text features, searched by cosine similarity through an
// inverted index. Weights are (1 + ln tf) * (1 + ln((1 + N) / (1 + df))), rows scaled to length 1.
#ifndef GESTA_QUERY_ALIGN_SPARSE_INDEX_H_
#define GESTA_QUERY_ALIGN_SPARSE_INDEX_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gesta::align {

// Scores of documents, most of them zero. Reused from query to query.
class ScoreBoard {
 public:
  explicit ScoreBoard(size_t documents = 0) : scores_(documents), is_touched_(documents) {}

  void Add(uint32_t document, float score) {
    if (!is_touched_[document]) {
      is_touched_[document] = 1;
      touched_.push_back(document);
    }
    scores_[document] += score;
  }
  // Takes the document's score away, for good or until Add.
  void Drop(uint32_t document) { scores_[document] = 0; }
  float operator[](uint32_t document) const { return scores_[document]; }
  const std::vector<uint32_t>& touched() const { return touched_; }  // in no order
  void Clear();

  // The `n` documents with the highest positive scores, best first, equal ones by number.
  void Best(size_t n, std::vector<uint32_t>* documents) const;

 private:
  std::vector<float> scores_;
  std::vector<uint8_t> is_touched_;
  std::vector<uint32_t> touched_;
};

// A text's features with their frequencies; a feature may stand several times.
using Features = std::vector<std::pair<std::string, float>>;

class SparseIndex {
 public:
  // Documents are numbered from 0 in the order they are added.
  void Add(const Features& features);
  // Call once after the last Add, before any search.
  void Finish();

  size_t size() const { return rows_.size(); }

  // Adds weight * cosine(query, document) for every document that shares a feature.
  void Score(const Features& query, float weight, ScoreBoard* board) const;
  // The same with a document as the query; the document itself is left out.
  void ScoreLike(uint32_t document, float weight, ScoreBoard* board) const;

 private:
  struct Entry {
    uint32_t id;  // feature in rows, document in postings
    float weight;
  };
  using Row = std::vector<Entry>;

  float Idf(uint32_t feature) const;
  void Scale(Row* row) const;
  void ScoreRow(const Row& row, float weight, ScoreBoard* board) const;
  static void SumUp(Row* row);

  std::unordered_map<std::string, uint32_t> features_;
  std::vector<Row> rows_;
  std::vector<Row> postings_;
};

// Appends the character n-grams (2 to 4 characters) of " word ", each once with frequency 1 per
// occurrence.
void AddCharacterGrams(std::string_view word, Features* features);

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_SPARSE_INDEX_H_
