// ExportLoader: makes a new store from the parts of an export, whatever format they come from.
//
// The parts come in the order of GraphSink's calls: schema, nodes, relationships, vectors,
// sequences, records. The graph is one bulk load; the rest follows in transactions of bounded size.
#ifndef GESTA_INGEST_IMPORT_EXPORT_LOADER_H_
#define GESTA_INGEST_IMPORT_EXPORT_LOADER_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/bulk_load.h"
#include "gesta/export.h"
#include "gesta/store.h"
#include "import/id_map.h"

namespace gesta::ingest {

class ExportLoader {
 public:
  // The store is empty and nobody else's.
  ExportLoader(Store& store, const ImportExportOptions& options)
      : store_(store), options_(options) {}

  // -- schema; names of labels, types and keys become ids by Name --
  Result<NameId> Name(NameKind kind, std::string_view name);
  Status Space(const SpaceInfo& space);
  Status Constraint(const ConstraintInfo& constraint);
  Status Index(const IndexInfo& index);

  // -- the graph. `id`: as the export has it --
  Status Node(uint64_t id, const std::vector<NameId>& labels,
              const std::vector<Property>& properties);
  Status Relationship(uint64_t start, NameId type, uint64_t end,
                      const std::vector<Property>& properties);

  // -- the rest --
  Result<SpaceInfo> FindSpace(std::string_view name);
  Status Vector(const SpaceInfo& space, uint64_t node, uint64_t source,
                const std::vector<float>& elements);
  // Frames from `first` on; the sequence is stored with its last ones.
  Status Sequence(const SpaceInfo& space, uint64_t node, const SequenceInfo& info, uint64_t first,
                  const std::vector<float>& rows);
  Status Record(std::string_view key, std::string_view value);

  Status Finish();
  const ExportSummary& counts() const { return counts_; }

 private:
  enum class Phase { kSchema, kGraph, kRest };

  // Ends what came before the phase, and begins it. kBadData: it is over already.
  Status Enter(Phase phase);
  Result<Transaction*> Writing();
  // Counts bytes of the transaction and commits it when it is large.
  Status Wrote(size_t bytes);
  Status Commit();
  Result<NodeId> NodeOf(uint64_t id);

  Store& store_;
  const ImportExportOptions& options_;
  Phase phase_ = Phase::kSchema;
  std::unique_ptr<Transaction> transaction_;
  size_t bytes_ = 0;
  std::unique_ptr<BulkLoader> loader_;
  IdMap nodes_;  // by the bytes of the export's ids
  // The sequence that is being read.
  uint64_t sequence_node_ = 0;
  uint64_t frames_ = 0;  // that are there
  std::vector<float> rows_;
  ExportSummary counts_;
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_IMPORT_EXPORT_LOADER_H_
