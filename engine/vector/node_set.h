// A set of nodes that is asked for each candidate of a search: a bit for each id.
#ifndef GESTA_VECTOR_NODE_SET_H_
#define GESTA_VECTOR_NODE_SET_H_

#include <vector>

#include "gesta/value.h"

namespace gesta::vector {

class NodeSet {
 public:
  // `ids` ascend.
  template <typename Id>
  NodeSet(const Id* ids, size_t n) : size_(n) {
    if (n == 0) return;
    bits_.resize(ids[n - 1] / 64 + 1);
    for (size_t i = 0; i < n; ++i) bits_[ids[i] / 64] |= uint64_t{1} << (ids[i] % 64);
  }
  bool Contains(NodeId node) const {
    const uint64_t word = node / 64;
    return word < bits_.size() && (bits_[word] >> (node % 64) & 1) != 0;
  }
  size_t size() const { return size_; }
  // Calls visit(node) in rising order.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    for (size_t word = 0; word < bits_.size(); ++word) {
      for (uint64_t bits = bits_[word]; bits != 0; bits &= bits - 1) {
        visit(NodeId{word * 64 + static_cast<size_t>(__builtin_ctzll(bits))});
      }
    }
  }
  // Leaves the nodes that `other` holds too.
  void Intersect(const NodeSet& other) {
    size_ = 0;
    for (size_t word = 0; word < bits_.size(); ++word) {
      bits_[word] &= word < other.bits_.size() ? other.bits_[word] : 0;
      size_ += static_cast<size_t>(__builtin_popcountll(bits_[word]));
    }
  }

 private:
  std::vector<uint64_t> bits_;
  size_t size_;
};

}  // namespace gesta::vector

#endif  // GESTA_VECTOR_NODE_SET_H_
