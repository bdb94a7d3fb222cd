// TransactionImpl: reads of one version merged with the transaction's own writes.
//
//   transaction_impl.cpp    names, savepoints, ending
//   transaction_read.cpp    reading the graph
//   transaction_cache.cpp   reading the graph cache
//   transaction_write.cpp   writing the graph
//   transaction_schema.cpp  indexes and constraints
//   transaction_vector.cpp  embedding spaces and their vectors
//   transaction_sequence.cpp  their sequences
#ifndef GESTA_STORE_TRANSACTION_IMPL_H_
#define GESTA_STORE_TRANSACTION_IMPL_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "catalog/schema.h"
#include "gesta/store.h"
#include "store/encoded_properties.h"
#include "store/graph_cache.h"
#include "store/index_writer.h"
#include "store/read_view.h"
#include "store/row.h"
#include "store/store_impl.h"
#include "store/type_range.h"
#include "vector/node_set.h"
#include "vector/top_k.h"

namespace gesta::store {

class TransactionImpl final : public Transaction {
 public:
  TransactionImpl(StoreImpl* store, const TransactionOptions& options,
                  std::shared_ptr<const Version> version, bool holds_slot);
  ~TransactionImpl() override;

  bool read_only() const override { return options_.read_only; }
  uint64_t epoch() const override { return schema_->epoch; }
  uint64_t last_commit() const override { return base_commit_; }

  NameId FindName(NameKind kind, std::string_view name) const override;
  Result<NameId> GetOrCreateName(NameKind kind, std::string_view name) override;
  std::string_view Name(NameKind kind, NameId id) const override;
  std::vector<std::string> Names(NameKind kind) const override;
  const Statistics& GetStatistics() const override { return *statistics_; }

  Result<bool> NodeExists(NodeId id) override;
  Result<bool> RelationshipExists(RelId id) override;
  Result<std::vector<NameId>> GetLabels(NodeId id) override;
  Result<bool> HasLabel(NodeId id, NameId label) override;
  Result<Value> GetNodeProperty(NodeId id, NameId key) override;
  Result<std::vector<Property>> GetNodeProperties(NodeId id) override;
  Result<RelationshipRecord> GetRelationship(RelId id) override;
  Result<Value> GetRelationshipProperty(RelId id, NameId key) override;
  Result<std::vector<Property>> GetRelationshipProperties(RelId id) override;
  Status GetNodePropertyColumn(const NodeId* ids, size_t n, NameId key, Value* out) override;
  Result<std::unique_ptr<IdCursor>> ScanNodes() override;
  Result<std::unique_ptr<IdCursor>> ScanLabel(NameId label) override;
  Result<std::unique_ptr<IdCursor>> ScanRelationships() override;
  Result<std::unique_ptr<IdCursor>> ScanType(NameId type) override;
  Result<std::unique_ptr<IdCursor>> ScanTypeFrom(NameId type, RelId from) override;
  Result<std::vector<NodeId>> SampleLabel(NameId label, size_t n) override;
  Result<std::unique_ptr<IdCursor>> ScanIndex(uint32_t index, const IndexRange& range) override;
  Result<std::unique_ptr<RecordCursor<NodeRecord>>> ReadNodes() override;
  Result<std::unique_ptr<RecordCursor<FullRelationship>>> ReadRelationships() override;
  Status Expand(NodeId node, Direction direction, const std::vector<NameId>& types,
                std::optional<NodeId> other, std::vector<Edge>* out) override;
  Result<uint64_t> Degree(NodeId node, Direction direction,
                          const std::vector<NameId>& types) override;

  std::shared_ptr<const CachedAdjacency> Adjacency(NameId type, bool outgoing,
                                                   uint64_t expected_lookups) override;
  std::shared_ptr<const CachedColumn> PropertyColumn(EntityKind entity, NameId key,
                                                     uint64_t expected_lookups) override;
  std::shared_ptr<const CachedLabels> NodeLabels(uint64_t expected_lookups) override;
  std::shared_ptr<const CachedNodes> Nodes(NameId label, uint64_t expected_lookups) override;

  Result<NodeId> CreateNode(const std::vector<NameId>& labels,
                            const std::vector<Property>& properties) override;
  Result<RelId> CreateRelationship(NodeId start, NameId type, NodeId end,
                                   const std::vector<Property>& properties) override;
  Status AddLabel(NodeId id, NameId label) override;
  Status RemoveLabel(NodeId id, NameId label) override;
  Status SetNodeProperty(NodeId id, NameId key, const Value& value) override;
  Status SetRelationshipProperty(RelId id, NameId key, const Value& value) override;
  Status ReplaceNodeProperties(NodeId id, const std::vector<Property>& properties) override;
  Status ReplaceRelationshipProperties(RelId id, const std::vector<Property>& properties) override;
  Status DeleteNode(NodeId id, bool detach) override;
  Status DeleteRelationship(RelId id) override;

  std::vector<IndexInfo> Indexes() const override { return schema_->indexes(); }
  std::vector<ConstraintInfo> Constraints() const override { return schema_->constraints(); }
  Result<IndexInfo> CreateIndex(IndexInfo info) override;
  Status DropIndex(std::string_view name) override;
  Result<ConstraintInfo> CreateConstraint(ConstraintInfo info) override;
  Status DropConstraint(std::string_view name) override;

  const std::vector<SpaceInfo>& Spaces() const override { return schema_->spaces(); }
  const SpaceInfo* FindSpace(std::string_view name) const override;
  Result<uint64_t> CountVectors(uint32_t space) const override;
  Result<SpaceInfo> CreateSpace(SpaceInfo info) override;
  Status DropSpace(std::string_view name) override;
  Status SetSpaceModelVersion(uint32_t space, std::string_view version) override;
  Status SetVector(uint32_t space, NodeId node, const float* elements, size_t dimension,
                   uint64_t source) override;
  Status RemoveVector(uint32_t space, NodeId node) override;
  Result<std::optional<std::vector<float>>> GetVector(uint32_t space, NodeId node) override;
  Result<std::vector<VectorRecord>> ListVectors(uint32_t space) override;
  Status SetSequence(uint32_t space, NodeId node, const SequenceInfo& info,
                     const float* rows) override;
  Status RemoveSequence(uint32_t space, NodeId node) override;
  Result<std::optional<SequenceInfo>> GetSequenceInfo(uint32_t space, NodeId node) override;
  Result<bool> GetSequence(uint32_t space, NodeId node, uint64_t begin, uint64_t end,
                           std::vector<float>* rows) override;
  Result<std::vector<SequenceRecord>> ListSequences(uint32_t space) override;
  Result<uint64_t> CountSequences(uint32_t space) const override;
  Result<std::vector<VectorHit>> SearchVectors(uint32_t space, const float* query, size_t dimension,
                                               const VectorSearch& search) override;

  Result<std::optional<std::string>> GetJobRecord(std::string_view key) override;
  Status PutJobRecord(std::string_view key, std::string_view value) override;
  Status DeleteJobRecord(std::string_view key) override;
  Result<std::vector<std::pair<std::string, std::string>>> ScanJobRecords(
      std::string_view prefix) override;
  Result<std::unique_ptr<RecordCursor<JobRecord>>> ReadJobRecords(std::string_view prefix) override;

  Status Commit() override;
  void Rollback() override;
  void SetSavepoint() override;
  Status RollbackToSavepoint() override;
  void ReleaseSavepoint() override;
  const Changes& changes() const override { return changes_; }

 private:
  // What RollbackToSavepoint restores, beside the batch's own savepoint.
  struct Savepoint {
    bool in_batch = false;  // the batch existed and has a savepoint of its own
    size_t batch_size = 0;
    // Shared with the transaction, which copies the schema before it changes it again.
    std::shared_ptr<const catalog::Schema> schema;
    std::shared_ptr<const Statistics> statistics;
    Changes changes;
    size_t deleted_relationships = 0;
    size_t touched = 0;
    size_t dropped_indexes = 0;
  };
  using Touched = std::pair<EntityKind, uint64_t>;

  // -- transaction_impl.cpp --
  // Takes the writer slot if this is the first write.
  Status BeginWrite();
  catalog::Schema& MutableSchema();
  Statistics& MutableStatistics();
  void End();
  Status CheckExistence();

  // -- transaction_read.cpp --
  Result<bool> LoadNode(NodeId id, rocksdb::PinnableSlice* row);
  Status RequireNode(NodeId id, rocksdb::PinnableSlice* row);
  Status RequireRel(RelId id, rocksdb::PinnableSlice* row);
  Status Damaged(EntityKind entity, uint64_t id) const;
  Result<Value> DecodeProperty(EntityKind entity, uint64_t id, PropertyView view, NameId key) const;
  Result<std::vector<Property>> DecodeProperties(EntityKind entity, uint64_t id,
                                                 PropertyView view) const;

  // -- transaction_cache.cpp --
  GraphCache::Reader CacheReader() const;
  std::shared_ptr<CachedPart> Part(PartKey key, uint64_t expected_lookups);
  // Counts a look-up of a node's relationships that went to the store.
  void CountExpand(Direction direction, const std::vector<NameId>& types);
  void CountLookups(PartKey part, uint64_t n) { store_->graph_cache()->CountLookups(part, n); }
  // A cursor whose ids count as look-ups of the list that it replaces.
  std::unique_ptr<IdCursor> CountIds(std::unique_ptr<IdCursor> cursor, NameId label);
  // Every change of the graph is noted here, before or after it is made.
  void NoteChange(PartKind kind, NameId name, uint64_t id);
  void NoteRelationship(NodeId start, NameId type, NodeId end) {
    NoteChange(PartKind::kOut, type, start);
    NoteChange(PartKind::kIn, type, end);
  }
  // Of an entity's properties, those whose bytes differ.
  void NoteProperties(PartKind kind, uint64_t id, const std::vector<RawProperty>& before,
                      const std::vector<RawProperty>& after);
  // That a node has got or lost these labels.
  void NoteLabels(NodeId node, const std::vector<NameId>& labels);

  // -- transaction_write.cpp --
  // Writes a node's (relationship's) changed row and the index entries that follow from it. `row`
  // is the row as it is stored now.
  Status RewriteNode(NodeId id, const NodeRow& row, const std::vector<NameId>& labels,
                     const std::vector<RawProperty>& properties);
  Status RewriteRel(RelId id, const RelRow& row, const std::vector<RawProperty>& properties);
  // Remembers an entity whose existence constraints are to be checked at the end.
  void Touch(EntityKind entity, uint64_t id, const std::vector<NameId>& labels);
  void CountMember(std::vector<uint64_t>* counts, NameId name, int change);
  // -- counts of relationships by their ends' labels --
  // The labels of the end nodes; kEntityNotFound.
  struct EndLabels {
    std::vector<NameId> start;
    std::vector<NameId> end;
  };
  Result<EndLabels> LoadEndLabels(NodeId start, NodeId end);
  // Takes a relationship out of the entry of `type` that lists it.
  void RemoveTypeMember(const TypeRange& range, RelId id);
  void CountEnds(NameId type, const EndLabels& labels, int change);
  void CountEnd(NameId type, NameId label, int starts, int ends);
  // For a node that has got (lost) a label.
  Status CountLabelOfEnds(NodeId node, NameId label, int change);

  // -- transaction_schema.cpp --
  Status CheckDefinition(EntityKind entity, NameId label,
                         const std::vector<NameId>& properties) const;
  // `wanted`, or when that is empty a name made of label, properties and `suffix`; kAlreadyExists.
  Result<std::string> ChooseName(const std::string& wanted, NameKind kind, NameId label,
                                 const std::vector<NameId>& properties, const char* suffix) const;
  // Calls visit(id, properties) for every entity with the label (type).
  Status ForEachMember(EntityKind entity, NameId label,
                       const std::function<Status(uint64_t, PropertyView)>& visit);
  // -- transaction_vector.cpp --
  // In all spaces, for a node that is deleted.
  Status RemoveVectorsOf(NodeId node);
  Status DamagedVector(const SpaceInfo& space, NodeId node) const;
  // The nodes that may be found; null: all. Shared, because a label's are kept.
  Result<std::shared_ptr<const vector::NodeSet>> SearchedNodes(const VectorSearch& search);
  // Asks the space's index, and compares with the transaction's own vectors. False: it cannot
  // answer for this snapshot.
  Result<bool> SearchIndex(const SpaceInfo& space, const std::vector<float>& query,
                           const vector::NodeSet* nodes, const VectorSearch& search,
                           vector::TopK* best);
  // Compares the query with the space's stored vectors, the transaction's own included, of `nodes`
  // (null: of all).
  Status SearchStored(const SpaceInfo& space, const std::vector<float>& query,
                      const vector::NodeSet* nodes, const VectorSearch& search, vector::TopK* best);

  // -- transaction_sequence.cpp --
  // In all spaces, for a node that is deleted.
  Status RemoveSequencesOf(NodeId node);
  Status DamagedSequence(const SpaceInfo& space, NodeId node) const;

  Status BuildIndex(const IndexInfo& info);
  Status RemoveIndex(const IndexInfo& info);

  StoreImpl* const store_;
  const TransactionOptions options_;
  std::shared_ptr<const Version> version_;  // null once ended
  const uint64_t base_commit_;
  ReadView view_;
  std::unique_ptr<WriteSet> writes_;  // null until the first write
  IndexWriter index_writer_;
  bool holds_slot_ = false;
  bool ended_ = false;

  // Own changes included. Shared with the version and with savepoints until changed.
  std::shared_ptr<const catalog::Schema> schema_;
  std::shared_ptr<const Statistics> statistics_;
  catalog::Schema* own_schema_ = nullptr;  // schema_, while nobody else holds it
  Statistics* own_statistics_ = nullptr;   // statistics_, while nobody else holds it

  NodeId first_new_node_ = 0;  // what the counters were when the slot was taken
  RelId first_new_rel_ = 0;
  Changes changes_;
  std::vector<PartChange> part_changes_;  // what was undone since may be in it
  // The parts that a transaction which may write was given, to be marked. Shared with the cache,
  // which may let go of them, and with whoever reads them.
  std::vector<std::pair<PartKey, std::shared_ptr<CachedPart>>> parts_;
  std::unordered_map<RelId, RelationshipRecord> deleted_relationships_;
  std::vector<RelId> deletion_order_;
  std::vector<Touched> touched_;
  std::vector<uint32_t> dropped_indexes_;  // that were committed before
  std::vector<Savepoint> savepoints_;
  // Scratch.
  std::string row_;
  EncodedProperties encoded_;
};

Status EntityNotFound(EntityKind entity, uint64_t id);
Status DamagedRow(EntityKind entity, uint64_t id, const std::string& store);
Status UnknownSpace(uint32_t space);
Status ExistenceViolated(const catalog::Schema& schema, const ConstraintInfo& constraint,
                         uint64_t id, NameId property);

}  // namespace gesta::store

#endif  // GESTA_STORE_TRANSACTION_IMPL_H_
