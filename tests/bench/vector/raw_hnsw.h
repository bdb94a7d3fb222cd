// hnswlib as it comes, compiled for this machine: what an index costs without a database.
#ifndef GESTA_BENCH_VECTOR_RAW_HNSW_H_
#define GESTA_BENCH_VECTOR_RAW_HNSW_H_

#include <memory>

#include "vector/data.h"

namespace gesta::bench {

class RawHnsw {
 public:
  RawHnsw(size_t dimension, size_t capacity, size_t m, size_t ef_construction);
  ~RawHnsw();
  // By all cores.
  void Add(const float* vectors, size_t n, size_t first_label);
  void Remove(size_t label);
  std::vector<uint32_t> Search(const float* query, size_t k, size_t ef);
  void Save(const std::string& file);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gesta::bench

#endif  // GESTA_BENCH_VECTOR_RAW_HNSW_H_
