// Adjacency: the relationships of a node, read from the `out` and `in` families.
#ifndef GESTA_STORE_ADJACENCY_H_
#define GESTA_STORE_ADJACENCY_H_

#include <optional>
#include <vector>

#include "gesta/store.h"
#include "store/read_view.h"

namespace gesta::store {

class Adjacency {
 public:
  explicit Adjacency(ReadView* view) : view_(view) {}

  // As Transaction::Expand and Degree.
  Status Expand(NodeId node, Direction direction, const std::vector<NameId>& types,
                std::optional<NodeId> other, std::vector<Edge>* out);
  Result<uint64_t> Degree(NodeId node, Direction direction, const std::vector<NameId>& types);

 private:
  // Calls visit(AdjacencyEntry, outgoing) for each relationship once.
  template <typename Visit>
  Status ForEach(NodeId node, Direction direction, const std::vector<NameId>& types,
                 std::optional<NodeId> other, Visit visit);

  ReadView* view_;
};

}  // namespace gesta::store

#endif  // GESTA_STORE_ADJACENCY_H_
