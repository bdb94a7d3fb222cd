#include "export/graph_sink.h"

#include <algorithm>
#include <chrono>

#include "gesta/run_records.h"
#include "load/reporter.h"

namespace gesta::ingest {
namespace {

using Clock = std::chrono::steady_clock;

// Frames are handed over in parts of about this size.
constexpr size_t kSequencePartBytes = 1 << 20;
constexpr uint64_t kReportEach = 1024;  // entities

// Records that name nodes or relationships by their ids, which mean nothing in another store: the
// journals of runs, and what derivations have counted so far and can count again.
bool NamesEntities(std::string_view key) {
  constexpr std::string_view kDerivations = "derive/";
  return IsRunJournal(key) || key.substr(0, kDerivations.size()) == kDerivations;
}

class StoreWalk {
 public:
  StoreWalk(Transaction& transaction, const ExportOptions& options, GraphSink* sink)
      : transaction_(transaction),
        sink_(sink),
        reporter_(options.progress, options.cancel, "the export") {}

  Result<ExportSummary> Run() {
    const auto started = Clock::now();
    const Statistics& statistics = transaction_.GetStatistics();
    total_ = statistics.nodes + statistics.relationships;
    for (const SpaceInfo& space : transaction_.Spaces()) {
      GESTA_ASSIGN_OR_RETURN(const uint64_t vectors, transaction_.CountVectors(space.id));
      total_ += vectors;
    }
    GESTA_RETURN_IF_ERROR(sink_->Begin());
    GESTA_RETURN_IF_ERROR(Nodes());
    GESTA_RETURN_IF_ERROR(Relationships());
    for (const SpaceInfo& space : transaction_.Spaces()) GESTA_RETURN_IF_ERROR(Vectors(space));
    for (const SpaceInfo& space : transaction_.Spaces()) GESTA_RETURN_IF_ERROR(Sequences(space));
    GESTA_RETURN_IF_ERROR(Records());
    GESTA_RETURN_IF_ERROR(sink_->End(counts_));
    counts_.seconds = std::chrono::duration<double>(Clock::now() - started).count();
    return counts_;
  }

 private:
  Status Step(std::string_view what) {
    if (++done_ % kReportEach != 0) return Status::Ok();
    return reporter_.Report(what, std::min(done_, total_), total_);
  }

  Status Nodes() {
    GESTA_ASSIGN_OR_RETURN(const auto cursor, transaction_.ReadNodes());
    NodeRecord node;
    while (true) {
      GESTA_ASSIGN_OR_RETURN(const bool found, cursor->Next(&node));
      if (!found) return Status::Ok();
      GESTA_RETURN_IF_ERROR(sink_->Node(node));
      ++counts_.nodes;
      GESTA_RETURN_IF_ERROR(Step("exporting nodes"));
    }
  }

  Status Relationships() {
    GESTA_ASSIGN_OR_RETURN(const auto cursor, transaction_.ReadRelationships());
    FullRelationship relationship;
    while (true) {
      GESTA_ASSIGN_OR_RETURN(const bool found, cursor->Next(&relationship));
      if (!found) return Status::Ok();
      GESTA_RETURN_IF_ERROR(sink_->Relationship(relationship));
      ++counts_.relationships;
      GESTA_RETURN_IF_ERROR(Step("exporting relationships"));
    }
  }

  Status Vectors(const SpaceInfo& space) {
    GESTA_ASSIGN_OR_RETURN(const std::vector<VectorRecord> records,
                           transaction_.ListVectors(space.id));
    for (const VectorRecord& record : records) {
      GESTA_ASSIGN_OR_RETURN(const auto elements, transaction_.GetVector(space.id, record.node));
      if (!elements) continue;  // the list and the vectors are of one snapshot
      GESTA_RETURN_IF_ERROR(sink_->Vector(space, record, *elements));
      ++counts_.vectors;
      GESTA_RETURN_IF_ERROR(Step("exporting vectors"));
    }
    return Status::Ok();
  }

  Status Sequences(const SpaceInfo& space) {
    GESTA_ASSIGN_OR_RETURN(const std::vector<SequenceRecord> records,
                           transaction_.ListSequences(space.id));
    const uint64_t part = std::max<uint64_t>(kSequencePartBytes / (space.dimension * 4), 1);
    std::vector<float> rows;
    for (const SequenceRecord& record : records) {
      bool taken = true;
      for (uint64_t first = 0; first < record.info.frames && taken; first += part) {
        rows.clear();
        GESTA_RETURN_IF_ERROR(
            transaction_.GetSequence(space.id, record.node, first, first + part, &rows).status());
        GESTA_ASSIGN_OR_RETURN(taken, sink_->Sequence(space, record, first, rows));
        GESTA_RETURN_IF_ERROR(reporter_.Report("exporting sequences", 0, 0));
      }
      ++(taken ? counts_.sequences : counts_.left_out);
    }
    return Status::Ok();
  }

  Status Records() {
    GESTA_ASSIGN_OR_RETURN(const auto cursor, transaction_.ReadJobRecords(""));
    JobRecord record;
    while (true) {
      GESTA_ASSIGN_OR_RETURN(const bool found, cursor->Next(&record));
      if (!found) return Status::Ok();
      if (NamesEntities(record.key)) continue;
      GESTA_ASSIGN_OR_RETURN(const bool taken, sink_->Record(record));
      ++(taken ? counts_.records : counts_.left_out);
      GESTA_RETURN_IF_ERROR(Step("exporting records"));
    }
  }

  Transaction& transaction_;
  GraphSink* const sink_;
  Reporter reporter_;
  ExportSummary counts_;
  uint64_t done_ = 0;
  uint64_t total_ = 0;
};

}  // namespace

Result<ExportSummary> WalkStore(Transaction& transaction, const ExportOptions& options,
                                GraphSink* sink) {
  return StoreWalk(transaction, options, sink).Run();
}

}  // namespace gesta::ingest
