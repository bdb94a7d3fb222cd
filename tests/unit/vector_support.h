// Helpers of the vector tests: random vectors in clusters, and scores by the book.
#ifndef GESTA_TESTS_VECTOR_SUPPORT_H_
#define GESTA_TESTS_VECTOR_SUPPORT_H_

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "gesta/vector.h"

namespace gesta::test {

using Elements = std::vector<float>;

inline double ScoreByTheBook(VectorMetric metric, const Elements& a, const Elements& b) {
  double dot = 0;
  double aa = 0;
  double bb = 0;
  double square = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    dot += static_cast<double>(a[i]) * b[i];
    aa += static_cast<double>(a[i]) * a[i];
    bb += static_cast<double>(b[i]) * b[i];
    square += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
  }
  if (metric == VectorMetric::kCosine) return dot / std::sqrt(aa * bb);
  if (metric == VectorMetric::kDot) return dot;
  return 1 / (1 + std::sqrt(square));
}

// Vectors around a few centres.
class Clusters {
 public:
  Clusters(size_t dimension, size_t centres, uint32_t seed) : random_(seed) {
    for (size_t i = 0; i < centres; ++i) centres_.push_back(Noise(dimension, 1));
  }
  Elements Next() { return Near(random_() % centres_.size()); }
  Elements Near(size_t centre) {
    Elements elements = Noise(centres_[centre].size(), 0.3f);
    for (size_t i = 0; i < elements.size(); ++i) elements[i] += centres_[centre][i];
    return elements;
  }
  size_t Below(size_t n) { return random_() % n; }

 private:
  Elements Noise(size_t dimension, float deviation) {
    std::normal_distribution<float> normal(0, deviation);
    Elements elements(dimension);
    for (float& element : elements) element = normal(random_);
    return elements;
  }
  std::mt19937 random_;
  std::vector<Elements> centres_;
};

using Model = std::map<NodeId, Elements>;  // what should be there

// The k best, best first.
inline std::vector<VectorHit> BestByTheBook(VectorMetric metric, const Model& model,
                                            const Elements& query, size_t k) {
  std::vector<VectorHit> hits;
  for (const auto& [node, elements] : model) {
    hits.push_back({node, ScoreByTheBook(metric, query, elements)});
  }
  std::stable_sort(hits.begin(), hits.end(),
                   [](const VectorHit& a, const VectorHit& b) { return a.score > b.score; });
  if (hits.size() > k) hits.resize(k);
  return hits;
}

// The share of the expected hits that were found. Another node of the same score is as good.
inline double Recall(const std::vector<VectorHit>& found, const std::vector<VectorHit>& expected) {
  if (expected.empty()) return 1;
  const double last = expected.back().score - 1e-5;
  size_t good = 0;
  for (const VectorHit& hit : found) good += hit.score >= last ? 1 : 0;
  return static_cast<double>(std::min(good, expected.size())) /
         static_cast<double>(expected.size());
}

}  // namespace gesta::test

#endif  // GESTA_TESTS_VECTOR_SUPPORT_H_
