// GraphSink: one format of exports. WalkStore reads a store from its first to its last entity and
// hands everything to a sink.
#ifndef GESTA_INGEST_EXPORT_GRAPH_SINK_H_
#define GESTA_INGEST_EXPORT_GRAPH_SINK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "gesta/export.h"
#include "gesta/status.h"
#include "gesta/store.h"

namespace gesta::ingest {

// The calls come in the order of the functions.
class GraphSink {
 public:
  virtual ~GraphSink() = default;

  // The schema is written here; a format that must know more beforehand may read the graph.
  virtual Status Begin() = 0;
  virtual Status Node(const NodeRecord& node) = 0;  // by id
  virtual Status Relationship(const FullRelationship& relationship) = 0;
  // Spaces by id, nodes by id inside a space.
  virtual Status Vector(const SpaceInfo& space, const VectorRecord& vector,
                        const std::vector<float>& elements) = 0;
  // Some frames of a sequence, `first` and the following ones, until all info.frames were given.
  // False: the format has no sequences.
  virtual Result<bool> Sequence(const SpaceInfo& space, const SequenceRecord& sequence,
                                uint64_t first, const std::vector<float>& rows) = 0;
  // False: the format has no records.
  virtual Result<bool> Record(const JobRecord& record) = 0;
  // Completes the output.
  virtual Status End(const ExportSummary& counts) = 0;
};

Result<ExportSummary> WalkStore(Transaction& transaction, const ExportOptions& options,
                                GraphSink* sink);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_EXPORT_GRAPH_SINK_H_
