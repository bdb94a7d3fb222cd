// The k nearest of the nodes that a search looks at.
#ifndef GESTA_VECTOR_TOP_K_H_
#define GESTA_VECTOR_TOP_K_H_

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "gesta/value.h"

namespace gesta::vector {

struct Near {
  float distance = 0;
  NodeId node = 0;
  // Nearer first; equally near ones by rising id.
  bool operator<(const Near& other) const {
    return distance < other.distance || (distance == other.distance && node < other.node);
  }
};

class TopK {
 public:
  explicit TopK(size_t k) : k_(k) {}

  void Add(Near near) {
    if (heap_.size() < k_) {
      heap_.push_back(near);
      std::push_heap(heap_.begin(), heap_.end());
    } else if (k_ > 0 && near < heap_.front()) {
      std::pop_heap(heap_.begin(), heap_.end());
      heap_.back() = near;
      std::push_heap(heap_.begin(), heap_.end());
    }
  }
  size_t size() const { return heap_.size(); }
  bool full() const { return heap_.size() >= k_; }
  // What is farther cannot come in.
  float bound() const {
    return full() && k_ > 0 ? heap_.front().distance : std::numeric_limits<float>::infinity();
  }
  // Nearest first; leaves nothing.
  std::vector<Near> Take() {
    std::sort_heap(heap_.begin(), heap_.end());
    return std::move(heap_);
  }

 private:
  const size_t k_;
  std::vector<Near> heap_;  // the farthest at the front
};

}  // namespace gesta::vector

#endif  // GESTA_VECTOR_TOP_K_H_
