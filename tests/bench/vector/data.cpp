#include "vector/data.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <random>
#include <thread>

namespace gesta::bench {
namespace {

constexpr size_t kPerCluster = 100;
constexpr float kSpread = 0.7f;  // of a cluster, where centres are 1 apart

void Normalise(float* vector, size_t n) {
  float sum = 0;
  for (size_t i = 0; i < n; ++i) sum += vector[i] * vector[i];
  const float scale = 1 / std::sqrt(sum);
  for (size_t i = 0; i < n; ++i) vector[i] *= scale;
}

}  // namespace

VectorData MakeVectorData(size_t count, size_t dimension, size_t queries) {
  VectorData data;
  data.dimension = dimension;
  data.count = count;
  data.query_count = queries;
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  const size_t cluster_count = std::max<size_t>(kGroups, count / kPerCluster);
  std::vector<float> centres(cluster_count * dimension);
  for (float& element : centres) element = normal(random);
  const auto fill = [&](size_t n, std::vector<float>* vectors, std::vector<uint32_t>* clusters) {
    vectors->resize(n * dimension);
    for (size_t i = 0; i < n; ++i) {
      const auto cluster = static_cast<uint32_t>(random() % cluster_count);
      clusters->push_back(cluster);
      float* vector = vectors->data() + i * dimension;
      for (size_t d = 0; d < dimension; ++d) {
        vector[d] = centres[cluster * dimension + d] + kSpread * normal(random);
      }
      Normalise(vector, dimension);
    }
  };
  fill(count, &data.vectors, &data.clusters);
  fill(queries, &data.queries, &data.query_clusters);
  return data;
}

std::vector<Filter> Filters() {
  return {{"no filter", "", false, 1},
          {"filter: 50 %", "Half", false, 0.5},
          {"filter: 5 %", "Twentieth", false, 0.05},
          {"filter: 0.5 %", "Rare", false, 0.005},
          {"filter: not the query's clusters", "", true, 1 - 1.0 / kGroups}};
}

bool Qualifies(const VectorData& data, const Filter& filter, size_t query, size_t vector) {
  if (filter.by_group) {
    return data.clusters[vector] % kGroups != data.query_clusters[query] % kGroups;
  }
  // A number that has nothing to do with the clusters.
  const uint64_t h = (vector + 1) * 0x9E3779B97F4A7C15ull >> 40;
  return static_cast<double>(h) < filter.share * static_cast<double>(1 << 24);
}

Answers ExactAnswers(const VectorData& data, const Filter& filter, size_t k) {
  Answers answers(data.query_count);
  std::atomic<size_t> next{0};
  const auto work = [&] {
    std::vector<std::pair<float, uint32_t>> near;
    for (size_t q = next++; q < data.query_count; q = next++) {
      near.clear();
      for (size_t i = 0; i < data.count; ++i) {
        if (!Qualifies(data, filter, q, i)) continue;
        const float* a = data.query(q);
        const float* b = data.vector(i);
        float dot = 0;
        for (size_t d = 0; d < data.dimension; ++d) dot += a[d] * b[d];
        near.emplace_back(-dot, static_cast<uint32_t>(i));
      }
      const size_t n = std::min(k, near.size());
      std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(n), near.end());
      for (size_t i = 0; i < n; ++i) answers[q].push_back(near[i].second);
    }
  };
  std::vector<std::thread> threads;
  for (size_t i = 1; i < std::thread::hardware_concurrency(); ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  return answers;
}

double Recall(const Answers& found, const Answers& right) {
  size_t hits = 0;
  size_t wanted = 0;
  for (size_t q = 0; q < right.size(); ++q) {
    wanted += right[q].size();
    for (const uint32_t id : found[q]) {
      hits += std::count(right[q].begin(), right[q].end(), id) > 0 ? 1 : 0;
    }
  }
  return static_cast<double>(hits) / static_cast<double>(std::max<size_t>(1, wanted));
}

}  // namespace gesta::bench
