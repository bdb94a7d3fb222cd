// Vectors in clusters, queries from the same clusters, and what the right answers are.
#ifndef GESTA_BENCH_VECTOR_DATA_H_
#define GESTA_BENCH_VECTOR_DATA_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace gesta::bench {

inline constexpr size_t kGroups = 4;  // of clusters

// All of length 1.
struct VectorData {
  size_t dimension = 0;
  size_t count = 0;
  std::vector<float> vectors;      // count x dimension
  std::vector<uint32_t> clusters;  // by vector
  size_t query_count = 0;
  std::vector<float> queries;            // query_count x dimension
  std::vector<uint32_t> query_clusters;  // by query

  const float* vector(size_t i) const { return vectors.data() + i * dimension; }
  const float* query(size_t i) const { return queries.data() + i * dimension; }
};

VectorData MakeVectorData(size_t count, size_t dimension, size_t queries);

// Which vectors a search may answer with.
struct Filter {
  std::string name;
  std::string label;  // of the nodes that qualify; empty: all, or by the query's group ("NotG")
  bool by_group = false;
  double share = 1;  // of the vectors
};
std::vector<Filter> Filters();
bool Qualifies(const VectorData& data, const Filter& filter, size_t query, size_t vector);

// By query the k nearest qualifying vectors, compared one by one on all cores.
using Answers = std::vector<std::vector<uint32_t>>;
Answers ExactAnswers(const VectorData& data, const Filter& filter, size_t k);
double Recall(const Answers& found, const Answers& right);

}  // namespace gesta::bench

#endif  // GESTA_BENCH_VECTOR_DATA_H_
