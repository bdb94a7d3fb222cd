#include "vector/raw_hnsw.h"

#include <hnswlib/hnswlib.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace gesta::bench {

struct RawHnsw::Impl {
  Impl(size_t dimension, size_t capacity, size_t m, size_t ef_construction)
      : dimension(dimension), space(dimension), index(&space, capacity, m, ef_construction) {}
  const size_t dimension;
  hnswlib::InnerProductSpace space;
  hnswlib::HierarchicalNSW<float> index;
};

RawHnsw::RawHnsw(size_t dimension, size_t capacity, size_t m, size_t ef_construction)
    : impl_(std::make_unique<Impl>(dimension, capacity, m, ef_construction)) {}
RawHnsw::~RawHnsw() = default;

void RawHnsw::Add(const float* vectors, size_t n, size_t first_label) {
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t i = next++; i < n; i = next++) {
      impl_->index.addPoint(vectors + i * impl_->dimension, first_label + i);
    }
  };
  std::vector<std::thread> threads;
  for (size_t i = 1; i < std::thread::hardware_concurrency(); ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
}

void RawHnsw::Remove(size_t label) { impl_->index.markDelete(label); }

std::vector<uint32_t> RawHnsw::Search(const float* query, size_t k, size_t ef) {
  impl_->index.setEf(ef);
  auto found = impl_->index.searchKnn(query, k);
  std::vector<uint32_t> labels;
  for (; !found.empty(); found.pop()) labels.push_back(static_cast<uint32_t>(found.top().second));
  std::reverse(labels.begin(), labels.end());
  return labels;
}

void RawHnsw::Save(const std::string& file) { impl_->index.saveIndex(file); }

}  // namespace gesta::bench
