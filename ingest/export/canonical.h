// Canonical exports: equal text for stores of equal content, whatever ids they have given.
//
// A node is known by a hash of its labels and properties. Nodes that have the same one are told
// apart by what they are connected with: the hash is refined by those of the relationships and
// neighbours, round after round, until no round tells more of them apart (colour refinement). Nodes
// that still share a hash then look alike from wherever one stands, and since lines are sorted it
// does not matter which is which. Others keep the hash of their own content, so that a difference
// shows where it is.
#ifndef GESTA_INGEST_EXPORT_CANONICAL_H_
#define GESTA_INGEST_EXPORT_CANONICAL_H_

#include <memory>

#include "export/graph_sink.h"

namespace gesta::ingest {

// JSON Lines (json_lines.h) without ids: nodes have their hash as "node", relationships as "start"
// and "end", and so have vectors and sequences. Left out: `started` and `finished` of
// :AlignmentRun and of jobs' records, and the records' `path`.
Result<std::unique_ptr<GraphSink>> MakeCanonicalSink(Transaction& transaction,
                                                     const ExportOptions& options);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_EXPORT_CANONICAL_H_
