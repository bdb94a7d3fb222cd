// Store and Transaction: the property graph on RocksDB.
//
// A Store is one open directory; it is thread-safe. A Transaction belongs to one thread at a time
// (read-only transactions may be read from several threads at once). All reads of a transaction see
// one snapshot plus its own writes.
//
// There is one write transaction at a time. The first write of a transaction takes the writer slot
// (waiting, with a time-out and a cancel flag); if another commit came after the transaction's
// snapshot the write fails with kConflict. TransactionOptions::take_slot takes the slot before the
// snapshot, so that such a transaction can never conflict.
#ifndef GESTA_STORE_H_
#define GESTA_STORE_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/catalog.h"
#include "gesta/graph_cache.h"
#include "gesta/status.h"
#include "gesta/value.h"
#include "gesta/vector.h"

namespace rocksdb {
class Env;
}

namespace gesta {

struct StoreOptions {
  bool create_if_missing = true;
  bool read_only = false;
  bool sync = true;                           // a commit waits for the disk
  uint64_t block_cache_bytes = 256ull << 20;  // RocksDB's block cache
  uint64_t graph_cache_bytes = 1ull << 30;    // graph_cache.h; 0: none
  bool graph_cache_at_once = false;           // for tests: its parts are built at first sight
  // For tests: a file system that injects faults. Borrowed; null: the machine's own.
  rocksdb::Env* env = nullptr;
};

struct TransactionOptions {
  bool read_only = false;
  bool take_slot = false;
  // How long the first write waits for the writer slot before kConflict.
  std::chrono::milliseconds slot_timeout = std::chrono::minutes(10);
  const std::atomic<bool>* cancel = nullptr;  // borrowed; waiting for the slot ends when it is set
};

enum class Direction : uint8_t { kOut, kIn, kBoth };

// One adjacency entry as seen from the node that was expanded.
struct Edge {
  RelId rel = 0;
  NodeId other = 0;  // the node at the far end
  NameId type = kNoName;
  bool outgoing = true;  // the expanded node is the relationship's start
};

struct RelationshipRecord {
  NodeId start = 0;
  NodeId end = 0;
  NameId type = kNoName;
};

struct Property {
  NameId key = kNoName;
  Value value;
};

// A range over an index's encoded values. An empty bound is open.
struct IndexRange {
  struct Bound {
    std::vector<Value> values;  // a prefix of the index's properties
    bool inclusive = true;
  };
  std::optional<Bound> lower;
  std::optional<Bound> upper;
  std::optional<std::string> string_prefix;  // on the first property; excludes the bounds
  bool descending = false;                   // falling values; equal ones still by rising id
};

// A cursor fills `out` with at most `n` ids and returns how many; 0 at the end. It borrows its
// transaction and sees the transaction's state of the moment it was opened or later (the planner
// keeps writes away from open cursors where it matters).
class IdCursor {
 public:
  virtual ~IdCursor() = default;
  virtual Result<size_t> Next(uint64_t* out, size_t n) = 0;
};

// All records of one kind, one after the other. Borrows its transaction, which must not write
// meanwhile.
template <typename Record>
class RecordCursor {
 public:
  virtual ~RecordCursor() = default;
  virtual Result<bool> Next(Record* record) = 0;  // false at the end
};

struct NodeRecord {
  NodeId id = 0;
  std::vector<NameId> labels;        // ascending
  std::vector<Property> properties;  // ascending by key
};

struct FullRelationship {
  RelId id = 0;
  RelationshipRecord record;
  std::vector<Property> properties;  // ascending by key
};

struct JobRecord {
  std::string key;
  std::string value;
};

class Store;

class Transaction {
 public:
  virtual ~Transaction() = default;  // rolls back unless committed

  virtual bool read_only() const = 0;
  virtual uint64_t epoch()
      const = 0;  // the catalog's epoch: changes when names, indexes or constraints do
  // The number of the last commit that this transaction sees. Two transactions with the same number
  // and no changes of their own see the same graph.
  virtual uint64_t last_commit() const = 0;

  // -- names --
  // kNoName when the name is unknown. Lookups see names this transaction created.
  virtual NameId FindName(NameKind kind, std::string_view name) const = 0;
  virtual Result<NameId> GetOrCreateName(NameKind kind, std::string_view name) = 0;
  virtual std::string_view Name(NameKind kind, NameId id) const = 0;  // "" when unknown
  virtual std::vector<std::string> Names(NameKind kind) const = 0;    // in id order
  // Own uncommitted changes are included in the counts. Valid until the transaction next writes,
  // goes back to a savepoint or ends.
  virtual const Statistics& GetStatistics() const = 0;

  // -- reading the graph --
  virtual Result<bool> NodeExists(NodeId id) = 0;
  virtual Result<bool> RelationshipExists(RelId id) = 0;
  // kEntityNotFound when the entity does not exist (or this transaction deleted it).
  virtual Result<std::vector<NameId>> GetLabels(NodeId id) = 0;  // sorted by id
  virtual Result<bool> HasLabel(NodeId id, NameId label) = 0;
  virtual Result<Value> GetNodeProperty(NodeId id, NameId key) = 0;  // null when absent
  virtual Result<std::vector<Property>> GetNodeProperties(NodeId id) = 0;
  // Also answers for relationships deleted by this transaction (type(r) stays defined after
  // DELETE).
  virtual Result<RelationshipRecord> GetRelationship(RelId id) = 0;
  virtual Result<Value> GetRelationshipProperty(RelId id, NameId key) = 0;
  virtual Result<std::vector<Property>> GetRelationshipProperties(RelId id) = 0;
  // One property of many nodes, the fast way to fill a column; out has n entries. Missing property:
  // null.
  virtual Status GetNodePropertyColumn(const NodeId* ids, size_t n, NameId key, Value* out) = 0;

  virtual Result<std::unique_ptr<IdCursor>> ScanNodes() = 0;              // by id
  virtual Result<std::unique_ptr<IdCursor>> ScanLabel(NameId label) = 0;  // by id
  virtual Result<std::unique_ptr<IdCursor>> ScanRelationships() = 0;      // by id
  virtual Result<std::unique_ptr<IdCursor>> ScanType(NameId type) = 0;    // by id
  // Those with ids from `from` on. Ids only grow: what a type has got since somebody last looked is
  // found from the lowest id that was free then.
  virtual Result<std::unique_ptr<IdCursor>> ScanTypeFrom(NameId type, RelId from) = 0;  // by id
  // At most `n` nodes with the label, taken from all over its ids: a sample for estimates. What
  // this transaction has written may be missing.
  virtual Result<std::vector<NodeId>> SampleLabel(NameId label, size_t n) = 0;
  // Entities in index order (openCypher orderability of the indexed values).
  virtual Result<std::unique_ptr<IdCursor>> ScanIndex(uint32_t index, const IndexRange& range) = 0;

  // -- reading everything, for exports: in one pass and at the disk's speed, by id --
  virtual Result<std::unique_ptr<RecordCursor<NodeRecord>>> ReadNodes() = 0;
  virtual Result<std::unique_ptr<RecordCursor<FullRelationship>>> ReadRelationships() = 0;

  // Appends the relationships of `node` to `out`. `types` empty: all types. A self-loop is given
  // once for kOut, once for kIn, and once for kBoth. `other`: only relationships to that node.
  virtual Status Expand(NodeId node, Direction direction, const std::vector<NameId>& types,
                        std::optional<NodeId> other, std::vector<Edge>* out) = 0;
  virtual Result<uint64_t> Degree(NodeId node, Direction direction,
                                  const std::vector<NameId>& types) = 0;

  // -- the graph cache (graph_cache.h) --
  // Each gives the part, or null where there is none that this transaction can use, and building it
  // would cost more than it saves: the look-ups that transactions have made without it so far, and
  // `expected_lookups` that the caller is about to make. Building ends early, without a part, when
  // TransactionOptions::cancel is set. What this transaction writes it marks in the part.
  //
  // The relationships of a type, by their start nodes or by their end nodes.
  virtual std::shared_ptr<const CachedAdjacency> Adjacency(NameId /*type*/, bool /*outgoing*/,
                                                           uint64_t /*expected_lookups*/) {
    return nullptr;
  }
  virtual std::shared_ptr<const CachedColumn> PropertyColumn(EntityKind /*entity*/, NameId /*key*/,
                                                             uint64_t /*expected_lookups*/) {
    return nullptr;
  }
  virtual std::shared_ptr<const CachedLabels> NodeLabels(uint64_t /*expected_lookups*/) {
    return nullptr;
  }
  // The nodes with a label; kNoName: all nodes. Null, too, when this transaction has changed any
  // node. A look-up is one node read from ScanLabel or ScanNodes.
  virtual std::shared_ptr<const CachedNodes> Nodes(NameId /*label*/,
                                                   uint64_t /*expected_lookups*/) {
    return nullptr;
  }

  // -- writing the graph (take the writer slot; kReadOnly, kConflict) --
  // A null property value means: no such property. Values that cannot be stored (nodes, maps, lists
  // with mixed or nested content) give kType "InvalidPropertyType".
  virtual Result<NodeId> CreateNode(const std::vector<NameId>& labels,
                                    const std::vector<Property>& properties) = 0;
  virtual Result<RelId> CreateRelationship(NodeId start, NameId type, NodeId end,
                                           const std::vector<Property>& properties) = 0;
  virtual Status AddLabel(NodeId id, NameId label) = 0;
  virtual Status RemoveLabel(NodeId id, NameId label) = 0;
  virtual Status SetNodeProperty(NodeId id, NameId key, const Value& value) = 0;  // null removes
  virtual Status SetRelationshipProperty(RelId id, NameId key, const Value& value) = 0;
  // All properties at once: the given ones become the entity's properties.
  virtual Status ReplaceNodeProperties(NodeId id, const std::vector<Property>& properties) = 0;
  virtual Status ReplaceRelationshipProperties(RelId id,
                                               const std::vector<Property>& properties) = 0;
  // Deleting what is deleted already is ok. A node that still has relationships gives kConstraint
  // (checked at once; openCypher's DELETE deletes relationships first, see the executor).
  virtual Status DeleteNode(NodeId id, bool detach) = 0;
  virtual Status DeleteRelationship(RelId id) = 0;

  // -- schema --
  virtual std::vector<IndexInfo> Indexes() const = 0;
  virtual std::vector<ConstraintInfo> Constraints() const = 0;
  // Builds the index from the data at once. An empty name is derived from label and properties.
  // Equal indexes or names that exist: kAlreadyExists. Duplicate values for a unique constraint:
  // kConstraint naming two of the offending entities.
  virtual Result<IndexInfo> CreateIndex(IndexInfo info) = 0;
  virtual Status DropIndex(std::string_view name) = 0;
  virtual Result<ConstraintInfo> CreateConstraint(ConstraintInfo info) = 0;
  virtual Status DropConstraint(std::string_view name) = 0;

  // -- embedding spaces (vector.h) --
  virtual const std::vector<SpaceInfo>& Spaces() const = 0;             // ascending by id
  virtual const SpaceInfo* FindSpace(std::string_view name) const = 0;  // null: unknown
  virtual Result<uint64_t> CountVectors(uint32_t space) const = 0;      // own changes included
  // Chooses the id. kAlreadyExists; kInvalidArgument for a dimension, m or ef_construction out of
  // range and labels without name.
  virtual Result<SpaceInfo> CreateSpace(SpaceInfo info) = 0;
  virtual Status DropSpace(std::string_view name) = 0;  // and what is in it; kNotFound
  // Names the version of the model that embeds the nodes from now on.
  virtual Status SetSpaceModelVersion(uint32_t space, std::string_view version) = 0;
  // Sets or replaces a node's vector. `source`: a hash of what it was made from, kept beside it, so
  // that a job can tell which nodes have changed; 0: unknown. kInvalidArgument: another dimension
  // than the space's, an element that is not finite (or does not fit the element type), length 0
  // where the metric is cosine, a node that has none of the space's labels.
  virtual Status SetVector(uint32_t space, NodeId node, const float* elements, size_t dimension,
                           uint64_t source = 0) = 0;
  virtual Status RemoveVector(uint32_t space, NodeId node) = 0;  // none there: ok
  // The elements as they are stored (not scaled to length 1); none: nullopt.
  virtual Result<std::optional<std::vector<float>>> GetVector(uint32_t space, NodeId node) = 0;
  // All vectors' nodes and sources, by node id.
  virtual Result<std::vector<VectorRecord>> ListVectors(uint32_t space) = 0;
  // Sets or replaces a node's sequence. `rows`: info.frames x the space's dimension, row after row.
  // The space's labels do not restrict sequences: a space for texts holds those of videos too.
  // kInvalidArgument: no frames, a frame of length 0 or with an element that is not finite (or does
  // not fit the element type), a start or step that is not finite or a step below 0.
  virtual Status SetSequence(uint32_t space, NodeId node, const SequenceInfo& info,
                             const float* rows) = 0;
  virtual Status RemoveSequence(uint32_t space, NodeId node) = 0;  // none there: ok
  virtual Result<std::optional<SequenceInfo>> GetSequenceInfo(uint32_t space, NodeId node) = 0;
  // Appends the frames [begin, end) to `rows`, as far as there are such; false: no sequence.
  virtual Result<bool> GetSequence(uint32_t space, NodeId node, uint64_t begin, uint64_t end,
                                   std::vector<float>* rows) = 0;
  virtual Result<std::vector<SequenceRecord>> ListSequences(uint32_t space) = 0;  // by node id
  virtual Result<uint64_t> CountSequences(uint32_t space) const = 0;  // own changes included
  // The k best nodes, best first, equal scores by rising id; fewer if fewer vectors qualify.
  // kInvalidArgument: a query that SetVector would refuse. Any number of threads may search one
  // transaction that does not write.
  virtual Result<std::vector<VectorHit>> SearchVectors(uint32_t space, const float* query,
                                                       size_t dimension,
                                                       const VectorSearch& search) = 0;

  // -- jobs: small named records beside the graph (manifests, checkpoints, cached answers) --
  virtual Result<std::optional<std::string>> GetJobRecord(std::string_view key) = 0;
  virtual Status PutJobRecord(std::string_view key, std::string_view value) = 0;
  virtual Status DeleteJobRecord(std::string_view key) = 0;
  virtual Result<std::vector<std::pair<std::string, std::string>>> ScanJobRecords(
      std::string_view prefix) = 0;
  // The same one by one, where all of them would be too much for the memory; by key.
  virtual Result<std::unique_ptr<RecordCursor<JobRecord>>> ReadJobRecords(
      std::string_view prefix) = 0;

  // -- ending --
  // Existence constraints are checked here (kConstraint). After an error the transaction is rolled
  // back.
  virtual Status Commit() = 0;
  virtual void Rollback() = 0;
  // Savepoints nest. A failing statement inside an explicit transaction rolls back to its
  // savepoint. RollbackToSavepoint undoes everything since the last SetSavepoint and removes that
  // savepoint; ReleaseSavepoint removes it and keeps the changes (no savepoint: nothing).
  virtual void SetSavepoint() = 0;
  virtual Status RollbackToSavepoint() = 0;
  virtual void ReleaseSavepoint() = 0;

  // What this transaction changed so far (net), for summaries.
  struct Changes {
    uint64_t nodes_created = 0, nodes_deleted = 0;
    uint64_t relationships_created = 0, relationships_deleted = 0;
    uint64_t properties_set = 0, labels_added = 0, labels_removed = 0;
  };
  virtual const Changes& changes() const = 0;
};

struct CheckProblem {
  std::string what;  // one line, e.g. "relationship 17: end node 4 does not exist"
};

struct StoreInfo {
  std::string path;
  uint32_t format_version = 0;
  uint64_t bytes_on_disk = 0;
  uint64_t last_commit = 0;         // number of the last commit
  uint64_t graph_cache_bytes = 0;   // in use now
  uint64_t graph_cache_builds = 0;  // parts built since the store was opened

  struct Space {
    std::string name;
    uint64_t vectors = 0;
    uint64_t sequences = 0;
    uint64_t pending_commits = 0;   // that the saved index does not cover
    uint64_t index_file_bytes = 0;  // 0: no index is saved
    uint64_t memory_bytes = 0;      // of the index, where it is loaded
  };
  std::vector<Space> spaces;  // ascending by id
};

class Store {
 public:
  // kNotFound, kNotAStore, kNewerFormat, kLocked, kCorruption, kIo: each with a message that names
  // the path.
  static Result<std::unique_ptr<Store>> Open(const std::string& path, const StoreOptions& options);
  virtual ~Store() = default;  // flushes; transactions must have ended

  virtual Result<std::unique_ptr<Transaction>> Begin(const TransactionOptions& options) = 0;
  virtual const StoreOptions& options() const = 0;
  virtual Result<StoreInfo> Info() = 0;

  // Verifies that adjacency, rel, label and type sets, indexes, constraints and counts agree.
  // Reports at most `limit` problems; an empty list means the store is consistent.
  virtual Result<std::vector<CheckProblem>> Check(size_t limit) = 0;

  // A consistent copy of the store at `path`, which must not exist; the store may be in use.
  virtual Status Backup(const std::string& path) = 0;
  // -- records beside transactions --
  // Writes job records at once and in no transaction: it needs no writer slot, is no commit, and
  // stays whatever becomes of the statements that run. For what must not be lost with a statement,
  // such as models' answers; transactions leave these keys alone. `sync`: waits until
  // they and all records before them are on the disk.
  virtual Status KeepRecords(const std::vector<std::pair<std::string, std::string>>& records,
                             bool sync) = 0;
  // The newest value of a job record.
  virtual Result<std::optional<std::string>> ReadRecord(std::string_view key) = 0;

  // Writes memory tables out, so that the next open has no log to replay.
  virtual Status Flush() = 0;
  // Merges the overlapping tables that bulk loads have left (BulkLoadOptions::one_of_many), so that
  // reads look into one of them and not into all. After the next commit of a transaction, or when
  // the store is opened the next time, that would happen in the background.
  virtual Status MergeLoads() = 0;

  // Brings the index of a space up to date and saves it beside the store, so that the searches of
  // the next session find it ready. Searches do this in the background; a job that has written many
  // vectors does it once at its end. Nothing to do for small spaces. kNotFound; kCancelled when
  // `cancel` (borrowed, may be null) is set.
  virtual Status BuildVectorIndex(std::string_view space, const std::atomic<bool>* cancel) = 0;
};

// Copies the backup at `from` to `to` (which must not exist) after checking that it opens.
Status RestoreStore(const std::string& from, const std::string& to);

}  // namespace gesta

#endif  // GESTA_STORE_H_
