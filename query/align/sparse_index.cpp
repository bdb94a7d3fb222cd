#include "align/sparse_index.h"

#include <algorithm>
#include <cmath>

#include "functions/text.h"

namespace gesta::align {

void ScoreBoard::Clear() {
  for (const uint32_t document : touched_) {
    scores_[document] = 0;
    is_touched_[document] = 0;
  }
  touched_.clear();
}

void ScoreBoard::Best(size_t n, std::vector<uint32_t>* documents) const {
  documents->clear();
  for (const uint32_t document : touched_) {
    if (scores_[document] > 0) documents->push_back(document);
  }
  const auto better = [this](uint32_t a, uint32_t b) {
    return scores_[a] != scores_[b] ? scores_[a] > scores_[b] : a < b;
  };
  if (documents->size() > n) {
    const auto end = documents->begin() + static_cast<ptrdiff_t>(n);
    std::nth_element(documents->begin(), end, documents->end(), better);
    documents->resize(n);
  }
  std::sort(documents->begin(), documents->end(), better);
}

void SparseIndex::SumUp(Row* row) {
  std::sort(row->begin(), row->end(), [](const Entry& a, const Entry& b) { return a.id < b.id; });
  size_t kept = 0;
  for (size_t i = 0; i < row->size(); ++i) {
    if (kept > 0 && (*row)[kept - 1].id == (*row)[i].id) {
      (*row)[kept - 1].weight += (*row)[i].weight;
    } else {
      (*row)[kept++] = (*row)[i];
    }
  }
  row->resize(kept);
}

void SparseIndex::Add(const Features& features) {
  Row row;
  row.reserve(features.size());
  for (const auto& [feature, frequency] : features) {
    const auto id = static_cast<uint32_t>(features_.size());
    row.push_back({features_.emplace(feature, id).first->second, frequency});
  }
  SumUp(&row);
  row.shrink_to_fit();
  rows_.push_back(std::move(row));
}

void SparseIndex::Finish() {
  std::vector<uint32_t> frequency(features_.size());
  for (const Row& row : rows_) {
    for (const Entry& entry : row) ++frequency[entry.id];
  }
  postings_.resize(features_.size());
  for (size_t i = 0; i < postings_.size(); ++i) postings_[i].reserve(frequency[i]);
  // Idf counts the postings, so they are filled before any row is scaled.
  for (uint32_t document = 0; document < rows_.size(); ++document) {
    for (const Entry& entry : rows_[document]) postings_[entry.id].push_back({document, 0});
  }
  std::vector<uint32_t> next(features_.size());
  for (Row& row : rows_) {
    Scale(&row);
    for (const Entry& entry : row) postings_[entry.id][next[entry.id]++].weight = entry.weight;
  }
}

float SparseIndex::Idf(uint32_t feature) const {
  return 1 + std::log((1.0f + static_cast<float>(rows_.size())) /
                      (1.0f + static_cast<float>(postings_[feature].size())));
}

void SparseIndex::Scale(Row* row) const {
  float squares = 0;
  for (Entry& entry : *row) {
    const float frequency = entry.weight >= 1 ? 1 + std::log(entry.weight) : entry.weight;
    entry.weight = frequency * Idf(entry.id);
    squares += entry.weight * entry.weight;
  }
  if (squares == 0) return;
  const float factor = 1 / std::sqrt(squares);
  for (Entry& entry : *row) entry.weight *= factor;
}

void SparseIndex::ScoreRow(const Row& row, float weight, ScoreBoard* board) const {
  for (const Entry& entry : row) {
    const float factor = weight * entry.weight;
    for (const Entry& posting : postings_[entry.id]) {
      board->Add(posting.id, factor * posting.weight);
    }
  }
}

void SparseIndex::Score(const Features& query, float weight, ScoreBoard* board) const {
  Row row;
  row.reserve(query.size());
  for (const auto& [feature, frequency] : query) {
    const auto found = features_.find(feature);
    if (found != features_.end()) row.push_back({found->second, frequency});
  }
  SumUp(&row);
  Scale(&row);
  ScoreRow(row, weight, board);
}

void SparseIndex::ScoreLike(uint32_t document, float weight, ScoreBoard* board) const {
  const float before = (*board)[document];
  ScoreRow(rows_[document], weight, board);
  if (rows_[document].empty()) return;
  board->Drop(document);
  if (before > 0) board->Add(document, before);
}

void AddCharacterGrams(std::string_view word, Features* features) {
  std::string padded = " ";
  padded += word;
  padded += ' ';
  std::vector<size_t> starts;
  for (size_t at = 0; at < padded.size(); at = text::NextCodePoint(padded, at)) {
    starts.push_back(at);
  }
  starts.push_back(padded.size());
  for (size_t length = 2; length <= 4; ++length) {
    for (size_t i = 0; i + length < starts.size(); ++i) {
      features->emplace_back(padded.substr(starts[i], starts[i + length] - starts[i]), 1.0f);
    }
  }
}

}  // namespace gesta::align
