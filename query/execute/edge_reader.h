// EdgeReader: the relationships of node after node, from the graph cache where it knows them and
// from the store where it does not. For Expand and VarExpand.
#ifndef GESTA_QUERY_EXECUTE_EDGE_READER_H_
#define GESTA_QUERY_EXECUTE_EDGE_READER_H_

#include <memory>
#include <optional>
#include <vector>

#include "execute/context.h"
#include "gesta/graph_cache.h"

namespace gesta::execute {

class EdgeReader {
 public:
  EdgeReader(Direction direction, ExecutionContext* context)
      : direction_(direction), context_(context) {}

  // Before the first node of a run. `types`: as for Transaction::Expand. `expected_nodes`: how many
  // will be read, as far as that is known.
  void Begin(const std::vector<NameId>& types, double expected_nodes);

  // Reads the relationships of `node`, or only those to `other`. What was read before is dropped.
  Status Read(NodeId node, std::optional<NodeId> other = {});
  // In place of reading: this one relationship.
  void Set(const Edge& edge);
  // Nothing is left to take.
  void Clear();
  // Leaves out relationships that are among those read.
  void Drop(const std::vector<RelId>& rels);
  // Moves up to `n` relationships to the columns (null: not wanted). Gives how many.
  size_t Take(size_t n, std::vector<Value>* rels, std::vector<Value>* nodes);
  // Appends all that was read, before any was taken.
  void AppendTo(std::vector<Edge>* edges) const;

  // Calls visit(rel, node) for all that was read, before any was taken, until it gives false.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const Piece& piece : pieces_) {
      for (size_t i = 0; i < piece.found.size; ++i) {
        if (!visit(RelId{piece.found.rels[i]}, NodeId{piece.found.nodes[i]})) return;
      }
    }
    for (const Edge& edge : edges_) {
      if (!visit(edge.rel, edge.other)) return;
    }
  }

  // How many relationships Read would find, without those in `dropped`.
  Result<uint64_t> Count(NodeId node, std::optional<NodeId> other,
                         const std::vector<RelId>& dropped);

 private:
  // Relationships of one type and direction.
  struct Piece {
    Neighbours found;
    NameId type;
    bool outgoing;
  };
  struct Part {
    NameId type;
    bool outgoing;
    std::shared_ptr<const CachedAdjacency> adjacency;  // shared with the store's cache
  };

  // Asks for the parts of the cache; `cached_` says whether all of them are there.
  void Ask(uint64_t expected_lookups);
  // Finds the pieces of a node; false: the cache does not know all.
  bool Find(NodeId node, std::optional<NodeId> other);
  void AddPiece(const Part& part, const Neighbours& found);
  // Counts a node that the cache did not know, and asks again at times.
  void Miss();

  const Direction direction_;
  ExecutionContext* context_;
  std::vector<NameId> types_;
  bool begun_ = false;
  double expected_nodes_ = 0;
  std::vector<Part> parts_;  // in the order in which the store gives relationships
  bool cached_ = false;
  uint64_t misses_ = 0;
  uint64_t ask_at_ = 0;  // misses

  // What was read: one of the two is empty.
  std::vector<Piece> pieces_;
  std::vector<Edge> edges_;
  size_t next_piece_ = 0;
  size_t next_ = 0;                   // in the piece, or in edges_
  std::vector<uint32_t> kept_nodes_;  // of pieces from which some were dropped
  std::vector<uint32_t> kept_rels_;
};

}  // namespace gesta::execute

#endif  // GESTA_QUERY_EXECUTE_EDGE_READER_H_
