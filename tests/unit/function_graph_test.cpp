// Graph functions on a small graph in memory: (1:A:B {x: 1})-[5:T {w: 2}]->(2), relationship 6 of
// type U deleted in this transaction, node 9 deleted.
#include "function_support.h"

namespace gesta {
namespace {

using namespace test;  // NOLINT: short names for values

Status NotHere() { return Status(StatusCode::kUnsupported, "not part of this test"); }
Status Gone() { return Status(StatusCode::kEntityNotFound, "no such entity"); }

// Answers the reads that functions make; everything else is refused.
class SmallGraph : public Transaction {
 public:
  bool read_only() const override { return true; }
  uint64_t epoch() const override { return 1; }
  uint64_t last_commit() const override { return 1; }

  NameId FindName(NameKind, std::string_view) const override { return kNoName; }
  Result<NameId> GetOrCreateName(NameKind, std::string_view) override { return NotHere(); }
  std::string_view Name(NameKind kind, NameId id) const override {
    const std::vector<std::string>& names = names_[static_cast<int>(kind)];
    return id < names.size() ? std::string_view(names[id]) : std::string_view();
  }
  std::vector<std::string> Names(NameKind kind) const override {
    return names_[static_cast<int>(kind)];
  }
  const Statistics& GetStatistics() const override { return statistics_; }

  Result<bool> NodeExists(NodeId id) override { return id == 1 || id == 2; }
  Result<bool> RelationshipExists(RelId id) override { return id == 5; }
  Result<std::vector<NameId>> GetLabels(NodeId id) override {
    if (id == 1) return std::vector<NameId>{0, 1};
    if (id == 2) return std::vector<NameId>{};
    return Gone();
  }
  Result<bool> HasLabel(NodeId, NameId) override { return NotHere(); }
  Result<Value> GetNodeProperty(NodeId, NameId) override { return NotHere(); }
  Result<std::vector<Property>> GetNodeProperties(NodeId id) override {
    if (id == 1) return std::vector<Property>{{1, Str("last")}, {0, Int(1)}};
    if (id == 2) return std::vector<Property>{};
    return Gone();
  }
  Result<RelationshipRecord> GetRelationship(RelId id) override {
    if (id == 5) return RelationshipRecord{1, 2, 0};
    if (id == 6) return RelationshipRecord{2, 1, 1};
    return Gone();
  }
  Result<Value> GetRelationshipProperty(RelId, NameId) override { return NotHere(); }
  Result<std::vector<Property>> GetRelationshipProperties(RelId id) override {
    if (id == 5) return std::vector<Property>{{0, Int(2)}};
    return Gone();
  }
  Status GetNodePropertyColumn(const NodeId*, size_t, NameId, Value*) override { return NotHere(); }
  Result<std::unique_ptr<IdCursor>> ScanNodes() override { return NotHere(); }
  Result<std::unique_ptr<IdCursor>> ScanLabel(NameId) override { return NotHere(); }
  Result<std::unique_ptr<IdCursor>> ScanRelationships() override { return NotHere(); }
  Result<std::unique_ptr<IdCursor>> ScanType(NameId) override { return NotHere(); }
  Result<std::unique_ptr<IdCursor>> ScanTypeFrom(NameId, RelId) override { return NotHere(); }
  Result<std::vector<NodeId>> SampleLabel(NameId, size_t) override { return std::vector<NodeId>(); }
  Result<std::unique_ptr<IdCursor>> ScanIndex(uint32_t, const IndexRange&) override {
    return NotHere();
  }
  Result<std::unique_ptr<RecordCursor<NodeRecord>>> ReadNodes() override { return NotHere(); }
  Result<std::unique_ptr<RecordCursor<FullRelationship>>> ReadRelationships() override {
    return NotHere();
  }
  Status Expand(NodeId, Direction, const std::vector<NameId>&, std::optional<NodeId>,
                std::vector<Edge>*) override {
    return NotHere();
  }
  Result<uint64_t> Degree(NodeId, Direction, const std::vector<NameId>&) override {
    return NotHere();
  }

  Result<NodeId> CreateNode(const std::vector<NameId>&, const std::vector<Property>&) override {
    return NotHere();
  }
  Result<RelId> CreateRelationship(NodeId, NameId, NodeId, const std::vector<Property>&) override {
    return NotHere();
  }
  Status AddLabel(NodeId, NameId) override { return NotHere(); }
  Status RemoveLabel(NodeId, NameId) override { return NotHere(); }
  Status SetNodeProperty(NodeId, NameId, const Value&) override { return NotHere(); }
  Status SetRelationshipProperty(RelId, NameId, const Value&) override { return NotHere(); }
  Status ReplaceNodeProperties(NodeId, const std::vector<Property>&) override { return NotHere(); }
  Status ReplaceRelationshipProperties(RelId, const std::vector<Property>&) override {
    return NotHere();
  }
  Status DeleteNode(NodeId, bool) override { return NotHere(); }
  Status DeleteRelationship(RelId) override { return NotHere(); }

  std::vector<IndexInfo> Indexes() const override { return {}; }
  std::vector<ConstraintInfo> Constraints() const override { return {}; }
  Result<IndexInfo> CreateIndex(IndexInfo) override { return NotHere(); }
  Status DropIndex(std::string_view) override { return NotHere(); }
  Result<ConstraintInfo> CreateConstraint(ConstraintInfo) override { return NotHere(); }
  Status DropConstraint(std::string_view) override { return NotHere(); }

  const std::vector<SpaceInfo>& Spaces() const override { return spaces_; }
  const SpaceInfo* FindSpace(std::string_view) const override { return nullptr; }
  Result<uint64_t> CountVectors(uint32_t) const override { return NotHere(); }
  Result<SpaceInfo> CreateSpace(SpaceInfo) override { return NotHere(); }
  Status DropSpace(std::string_view) override { return NotHere(); }
  Status SetSpaceModelVersion(uint32_t, std::string_view) override { return NotHere(); }
  Status SetVector(uint32_t, NodeId, const float*, size_t, uint64_t) override { return NotHere(); }
  Status RemoveVector(uint32_t, NodeId) override { return NotHere(); }
  Result<std::optional<std::vector<float>>> GetVector(uint32_t, NodeId) override {
    return NotHere();
  }
  Result<std::vector<VectorRecord>> ListVectors(uint32_t) override { return NotHere(); }
  Status SetSequence(uint32_t, NodeId, const SequenceInfo&, const float*) override {
    return NotHere();
  }
  Status RemoveSequence(uint32_t, NodeId) override { return NotHere(); }
  Result<std::optional<SequenceInfo>> GetSequenceInfo(uint32_t, NodeId) override {
    return NotHere();
  }
  Result<bool> GetSequence(uint32_t, NodeId, uint64_t, uint64_t, std::vector<float>*) override {
    return NotHere();
  }
  Result<std::vector<SequenceRecord>> ListSequences(uint32_t) override { return NotHere(); }
  Result<uint64_t> CountSequences(uint32_t) const override { return NotHere(); }
  Result<std::vector<VectorHit>> SearchVectors(uint32_t, const float*, size_t,
                                               const VectorSearch&) override {
    return NotHere();
  }
  Result<std::optional<std::string>> GetJobRecord(std::string_view) override { return NotHere(); }
  Status PutJobRecord(std::string_view, std::string_view) override { return NotHere(); }
  Status DeleteJobRecord(std::string_view) override { return NotHere(); }
  Result<std::vector<std::pair<std::string, std::string>>> ScanJobRecords(
      std::string_view) override {
    return NotHere();
  }

  Result<std::unique_ptr<RecordCursor<JobRecord>>> ReadJobRecords(std::string_view) override {
    return NotHere();
  }

  Status Commit() override { return NotHere(); }
  void Rollback() override {}
  void SetSavepoint() override {}
  Status RollbackToSavepoint() override { return NotHere(); }
  void ReleaseSavepoint() override {}
  const Changes& changes() const override { return changes_; }

 private:
  // Labels, types, property keys. Label ids are not in the order of their names.
  std::vector<std::string> names_[3] = {{"B", "A"}, {"T", "U"}, {"x", "name"}};
  Statistics statistics_;
  std::vector<SpaceInfo> spaces_;
  Changes changes_;
};

TEST_CASE("functions on bare nodes", "[function]") {
  SmallGraph graph;
  CHECK(CallText("id", {Value::Node(1)}) == "1");
  CHECK(CallText("elementId", {Value::Node(1)}) == "'1'");
  CHECK(CallText("labels", {Value::Node(1)}, &graph) == "['A', 'B']");
  CHECK(CallText("labels", {Value::Node(2)}, &graph) == "[]");
  CHECK(CallText("labels", {Value()}, &graph) == "null");
  CHECK(CallText("hasLabels", {Value::Node(1), Str("A")}, &graph) == "true");
  CHECK(CallText("hasLabels", {Value::Node(1), ListOf({Str("A"), Str("C")})}, &graph) == "false");
  CHECK(CallText("properties", {Value::Node(1)}, &graph) == "{name: 'last', x: 1}");
  CHECK(CallText("keys", {Value::Node(1)}, &graph) == "['name', 'x']");
  CHECK(CallText("keys", {Value::Node(2)}, &graph) == "[]");
}

TEST_CASE("functions on bare relationships", "[function]") {
  SmallGraph graph;
  CHECK(CallText("type", {Value::Relationship(5)}, &graph) == "'T'");
  CHECK(CallText("type", {Value()}, &graph) == "null");
  CHECK(CallText("startNode", {Value::Relationship(5)}, &graph) == "(#1)");
  CHECK(CallText("endNode", {Value::Relationship(5)}, &graph) == "(#2)");
  CHECK(CallText("properties", {Value::Relationship(5)}, &graph) == "{x: 2}");
}

TEST_CASE("deleted entities keep their type and nothing else", "[function]") {
  SmallGraph graph;
  CHECK(CallText("type", {Value::Relationship(6)}, &graph) == "'U'");
  CHECK(CallText("properties", {Value::Relationship(6)}, &graph) ==
        "EntityNotFound: DeletedEntityAccess");
  for (const char* name : {"labels", "properties", "keys"}) {
    const Result<Value> result = Call(name, {Value::Node(9)}, &graph);
    CHECK(Show(result) == "EntityNotFound: DeletedEntityAccess");
    CHECK(result.status().code() == StatusCode::kEntityNotFound);
  }
  CHECK(CallText("id", {Value::Node(9)}, &graph) == "9");
}

TEST_CASE("materialised entities need no graph", "[function]") {
  NodeData node{7, {"A", "B"}, Map({{"p", Int(1)}})};
  RelationshipData rel{8, 7, 9, "T", Map({{"q", Int(2)}})};
  CHECK(CallText("labels", {Value::Node(node)}) == "['A', 'B']");
  CHECK(CallText("properties", {Value::Node(node)}) == "{p: 1}");
  CHECK(CallText("type", {Value::Relationship(rel)}) == "'T'");
  CHECK(CallText("keys", {Value::Relationship(rel)}) == "['q']");
  CHECK(CallText("endNode", {Value::Relationship(rel)}) == "(#9)");
}

TEST_CASE("maps answer keys and properties", "[function]") {
  const Value map = MapOf({{"name", Str("Alice")}, {"age", Int(38)}});
  CHECK(CallText("keys", {map}) == "['age', 'name']");
  CHECK(CallText("properties", {map}) == "{age: 38, name: 'Alice'}");
  CHECK(CallText("keys", {Value()}) == "null");
}

TEST_CASE("paths", "[function]") {
  const Value path = Value::Path({{Value::Node(1), Value::Node(2)}, {Value::Relationship(5)}});
  CHECK(CallText("nodes", {path}) == "[(#1), (#2)]");
  CHECK(CallText("relationships", {path}) == "[[#5]]");
  CHECK(CallText("length", {path}) == "1");
  CHECK(CallText("length", {Value::Path({{Value::Node(1)}, {}})}) == "0");
  CHECK(CallText("nodes", {Value()}) == "null");
  CHECK(CallText("length", {Value::Node(1)}) == "TypeError: InvalidArgumentValue");
}

TEST_CASE("type() of anything else is a TypeError", "[function]") {
  for (const Value& wrong : {Int(0), Flt(1.0), Bool(true), Str(""), ListOf({})}) {
    CHECK(CallText("type", {wrong}) == "TypeError: InvalidArgumentValue");
  }
}

TEST_CASE("static argument kinds let the binder refuse literals", "[function]") {
  auto kind = [](std::string_view name) { return Functions().Find(name)->arguments.at(0); };
  CHECK(kind("labels") == ArgumentKind::kNode);
  CHECK(kind("type") == ArgumentKind::kRelationship);
  CHECK(kind("length") == ArgumentKind::kPath);
  CHECK(kind("size") == ArgumentKind::kStringOrList);
  CHECK(kind("properties") == ArgumentKind::kEntityOrMap);
  // openCypher makes these runtime errors.
  CHECK(Functions().Find("range")->arguments.empty());
  CHECK(Functions().Find("toInteger")->arguments.empty());
}

}  // namespace
}  // namespace gesta
