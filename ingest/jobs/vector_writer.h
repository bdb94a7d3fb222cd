// VectorWriter: vectors and sequences of an embedding space, as jobs write them. What is there is
// not written again, and what is there with other numbers is not overwritten.
#ifndef GESTA_INGEST_JOBS_VECTOR_WRITER_H_
#define GESTA_INGEST_JOBS_VECTOR_WRITER_H_

#include <string>
#include <vector>

#include "gesta/status.h"
#include "gesta/vector.h"
#include "load/graph_writer.h"

namespace gesta::ingest {

// Whether two vectors are one but for rounding.
bool NearlyEqual(const std::vector<float>& a, const std::vector<float>& b, VectorElement element);

class VectorWriter {
 public:
  // Finds or makes the space. kConflict: it is there with another dimension, other labels or
  // another scale or bias than those that `space` has. The writer is borrowed.
  static Result<VectorWriter> Open(GraphWriter& writer, SpaceInfo space,
                                   const std::vector<std::string>& labels);

  const SpaceInfo& space() const { return space_; }

  // Whether the node has a vector that is not this one.
  Result<bool> HasOther(NodeId node, const float* vector);
  // A vector that is there stays.
  Status SetVector(NodeId node, const float* vector);
  // info.source is set to a hash of the numbers. kConstraint: the node has another sequence.
  Status SetSequence(NodeId node, SequenceInfo info, const std::vector<float>& rows);

 private:
  VectorWriter(GraphWriter* writer, SpaceInfo space) : writer_(writer), space_(std::move(space)) {}

  GraphWriter* writer_;
  SpaceInfo space_;
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_JOBS_VECTOR_WRITER_H_
