// GraphWriter: how jobs write. Nodes and relationships are found by their identity or created, in
// transactions of bounded size.
//
// A job is a sequence of steps, each of which ends with EndStep(). A transaction ends only between
// two steps and carries the job's manifest with the number of steps done; a job that is run again
// after a crash skips those with SkipStep(). Since everything is found before it is created, a step
// may also be repeated.
//
// Much that is new goes into bulk loads (gesta/bulk_load.h), each of which is one or more steps and
// carries the manifest as a transaction does.
//
// Ids of names and nodes stay valid from one transaction to the next. What the caches hold does
// not: other connections may write between two transactions.
#ifndef GESTA_INGEST_LOAD_GRAPH_WRITER_H_
#define GESTA_INGEST_LOAD_GRAPH_WRITER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "gesta/bulk_load.h"
#include "gesta/status.h"
#include "gesta/store.h"
#include "load/job_manifest.h"

namespace gesta::ingest {

// What becomes of the given properties where the node or relationship is there already.
enum class IfFound {
  kKeep,         // nothing
  kFillMissing,  // those that it lacks are set
  kOverwrite,    // those that differ are set
};

// A label with the properties that identify its nodes, which a unique index covers.
struct NodeIdentity {
  NameId label = kNoName;
  std::vector<NameId> key;
  uint32_t index = 0;
  uint32_t number = 0;  // of the identity inside its writer
};

struct FoundNode {
  NodeId id = 0;
  bool created = false;
};

struct FoundRelationship {
  RelId id = 0;
  bool created = false;
};

class GraphWriter {
 public:
  struct Options {
    size_t batch_changes = 20'000;
    size_t batch_bytes = 16 << 20;
    const std::atomic<bool>* cancel = nullptr;
    std::function<void(uint64_t steps)> progress;  // after each step; may be empty
  };

  // `manifest` is of this run; its steps are those that an earlier run has committed.
  GraphWriter(Store& store, JobManifest manifest, Options options);

  // The transaction of the current batch, begun if there is none. For reads and rare writes.
  Result<Transaction*> transaction();

  Result<NameId> Label(std::string_view name) { return Name(NameKind::kLabel, name); }
  Result<NameId> Type(std::string_view name) { return Name(NameKind::kType, name); }
  Result<NameId> Key(std::string_view name) { return Name(NameKind::kProperty, name); }

  // -- schema: creates what is not there --
  Result<NodeIdentity> RequireIdentity(std::string_view label, const std::vector<std::string>& key);
  Status RequireIndex(EntityKind entity, std::string_view label,
                      const std::vector<std::string>& properties);

  // -- nodes and relationships --
  // `key` has a value for each property of the identity, none of them null.
  Result<std::optional<NodeId>> Find(const NodeIdentity& identity, const std::vector<Value>& key);
  Result<FoundNode> Upsert(const NodeIdentity& identity, const std::vector<Value>& key,
                           const std::vector<Property>& properties,
                           IfFound if_found = IfFound::kFillMissing);
  // The relationship is the one from `start` to `end` whose properties have the values of
  // `identity` (null: lacks the property).
  Result<FoundRelationship> Upsert(NodeId start, NameId type, NodeId end,
                                   const std::vector<Property>& identity,
                                   const std::vector<Property>& properties,
                                   IfFound if_found = IfFound::kFillMissing);
  // Sets what is missing or (with kOverwrite) differs.
  Status SetNodeProperties(NodeId id, const std::vector<Property>& properties, IfFound if_found);

  // Counts bytes that were written past this class (job records) towards the batch's size.
  void CountBytes(size_t bytes) { bytes_ += bytes; }

  // -- steps --
  // True if the step that begins here is committed: the job goes on to its next one.
  bool SkipStep();
  // `rows`: records of the input that the step stands for. Commits when the batch is full;
  // kCancelled when the job is to stop, with what is committed kept.
  Status EndStep(uint64_t rows = 1);
  // Passes over those of the next `count` steps that are committed, and says how many.
  uint64_t SkipSteps(uint64_t count);

  // -- bulk loads --
  // Commits the current batch and begins a load. Before EndLoad only its loader may write.
  Result<std::unique_ptr<BulkLoader>> BeginLoad(BulkLoadOptions options);
  // What the store holds, for reading beside a loader.
  Result<std::unique_ptr<Transaction>> ReadStore();
  // Commits the load as the next `steps` steps; kCancelled as EndStep.
  Status EndLoad(BulkLoader& loader, uint64_t steps, uint64_t rows);
  // After the last load of several: reads are as fast then as after any other write.
  // Commits the current batch: merging needs the writer slot.
  Status MergeLoads() {
    if (transaction_ != nullptr) GESTA_RETURN_IF_ERROR(Commit());
    return store_.MergeLoads();
  }

  // Commits what the steps so far have written, however little it is. Between two steps.
  Status CommitBatch();
  // Commits the rest, with the manifest marked done.
  Status Finish();

  const JobManifest& manifest() const { return manifest_; }
  uint64_t rows() const { return rows_; }
  // Over all transactions of this writer.
  const Transaction::Changes& changes() const { return changes_; }

 private:
  using Triple = std::tuple<NodeId, NameId, NodeId>;
  struct TripleHash {
    size_t operator()(const Triple& t) const {
      const uint64_t a = std::get<0>(t) * 0x9e3779b97f4a7c15 + std::get<1>(t);
      return static_cast<size_t>((a ^ (a >> 29)) * 0xbf58476d1ce4e5b9 + std::get<2>(t));
    }
  };

  Result<NameId> Name(NameKind kind, std::string_view name);
  Status CheckCancelled(bool cancelled) const;
  Result<bool> HasValues(RelId id, const std::vector<Property>& properties);
  Status Commit();

  Store& store_;
  JobManifest manifest_;
  const Options options_;
  std::unique_ptr<Transaction> transaction_;
  std::unordered_map<std::string, NameId> names_[3];  // by NameKind
  uint32_t identities_ = 0;

  // Of the current transaction.
  std::unordered_map<std::string, NodeId> found_;  // by identity number and key
  // Nodes from here on were made in this transaction: they have no relationships but those in
  // created_.
  NodeId first_new_node_ = 0;
  std::unordered_set<Triple, TripleHash> created_;
  size_t bytes_ = 0;
  std::vector<Edge> edges_;  // scratch

  uint64_t step_ = 0;  // steps begun or skipped
  uint64_t rows_ = 0;
  Transaction::Changes changes_;
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_LOAD_GRAPH_WRITER_H_
