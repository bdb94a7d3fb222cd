// EdgeReader: the relationships of node after node, for Expand and VarExpand.
//
// Walks of two steps and more come to the same nodes again and again. In a read-only transaction,
// where nothing changes, the relationships of nodes are therefore kept once nodes do not come in
// ascending order any more (as a scan gives them, each once), within a share of the memory budget.
#ifndef GESTA_QUERY_EXECUTE_EDGE_READER_H_
#define GESTA_QUERY_EXECUTE_EDGE_READER_H_

#include <unordered_map>
#include <vector>

#include "execute/context.h"
#include "execute/rows.h"

namespace gesta::execute {

class EdgeReader {
 public:
  EdgeReader(Direction direction, ExecutionContext* context)
      : direction_(direction), context_(context), charge_(context) {}

  // Valid until the next call.
  struct Edges {
    const Edge* data = nullptr;
    size_t size = 0;
  };

  // The relationships of `node`. The types must stay the same as long as the reader lives.
  Result<Edges> Read(NodeId node, const std::vector<NameId>& types);

 private:
  struct Kept {
    size_t begin;
    size_t size;
  };

  void Keep(NodeId node);

  const Direction direction_;
  ExecutionContext* context_;
  MemoryCharge charge_;
  bool keeping_ = false;
  bool full_ = false;
  NodeId last_ = 0;
  std::vector<Edge> scratch_;
  std::vector<Edge> kept_edges_;
  std::unordered_map<NodeId, Kept> kept_;
};

}  // namespace gesta::execute

#endif  // GESTA_QUERY_EXECUTE_EDGE_READER_H_
