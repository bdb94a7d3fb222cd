// Indexes and constraints: built from data, kept by every write, enforced, dropped.
#include "store_test_support.h"

namespace gesta {
namespace {

using namespace gesta::test;
using Ids = std::vector<uint64_t>;

IndexInfo OnNodes(NameId label, std::vector<NameId> properties, bool unique = false) {
  IndexInfo info;
  info.label = label;
  info.properties = std::move(properties);
  info.unique = unique;
  return info;
}

ConstraintInfo Constraint(ConstraintKind kind, NameId label, std::vector<NameId> properties) {
  ConstraintInfo info;
  info.kind = kind;
  info.label = label;
  info.properties = std::move(properties);
  return info;
}

IndexRange Exactly(std::vector<Value> values) {
  IndexRange range;
  range.lower = IndexRange::Bound{values, true};
  range.upper = IndexRange::Bound{std::move(values), true};
  return range;
}

TEST_CASE("an index gives equality, ranges and prefixes in order", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto t = Write(*store);
  const NameId label = Label(*t, "L");
  const NameId key = Key(*t, "v");
  auto create = [&](Value v) { return Must(t->CreateNode({label}, {{key, std::move(v)}})); };
  // Half of the nodes before the index, half after.
  const NodeId three = create(Value::Integer(3));
  const NodeId one = create(Value::Integer(1));
  const NodeId abc = create(Value::String("abc"));
  Must(t->CreateNode({label}, {}));
  Must(t->CreateNode({}, {{key, Value::Integer(1)}}));
  const IndexInfo index = Must(t->CreateIndex(OnNodes(label, {key})));
  const NodeId one_float = create(Value::Float(1.0));
  const NodeId two = create(Value::Float(2.5));
  const NodeId abd = create(Value::String("abd"));
  const NodeId nan = create(Value::Float(0.0 / 0.0));
  const NodeId yes = create(Value::Boolean(true));

  auto verify = [&](Transaction& r) {
    CHECK(Drain(r.ScanIndex(index.id, {})) == Ids{abc, abd, yes, one, one_float, two, three, nan});
    CHECK(Drain(r.ScanIndex(index.id, Exactly({Value::Integer(1)}))) == Ids{one, one_float});
    CHECK(Drain(r.ScanIndex(index.id, Exactly({Value::Float(1)}))) == Ids{one, one_float});
    CHECK(Drain(r.ScanIndex(index.id, Exactly({Value::String("ab")}))).empty());
    CHECK(Drain(r.ScanIndex(index.id, Exactly({Value::Null()}))).empty());
    CHECK(Drain(r.ScanIndex(index.id, Exactly({Value::MakeMap(Map())}))).empty());
    IndexRange range;
    range.string_prefix = "ab";
    CHECK(Drain(r.ScanIndex(index.id, range)) == Ids{abc, abd});
    range.string_prefix = "";
    CHECK(Drain(r.ScanIndex(index.id, range)) == Ids{abc, abd});
    range = {};
    range.lower = IndexRange::Bound{{Value::Integer(1)}, false};
    range.upper = IndexRange::Bound{{Value::Integer(3)}, false};
    CHECK(Drain(r.ScanIndex(index.id, range)) == Ids{two});
    range.lower->inclusive = true;
    range.upper->inclusive = true;
    CHECK(Drain(r.ScanIndex(index.id, range)) == Ids{one, one_float, two, three});
    range.upper.reset();
    CHECK(Drain(r.ScanIndex(index.id, range)) == Ids{one, one_float, two, three, nan});
    range.upper = IndexRange::Bound{{Value::Integer(0)}, true};
    CHECK(Drain(r.ScanIndex(index.id, range)).empty());  // an empty range
    CHECK(r.GetStatistics().index_entries.at(index.id) == 8);
    CHECK(r.GetStatistics().index_distinct.at(index.id) == 7);
  };
  verify(*t);
  CHECK(t->ScanIndex(77, {}).status().code() == StatusCode::kNotFound);
  RequireOk(t->Commit());
  verify(*Read(*store));
  RequireConsistent(*store);
  store.reset();
  store = OpenStore(directory / "s");
  verify(*Read(*store));
}

TEST_CASE("a composite index is searched by prefixes of its properties", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto t = Write(*store);
  const NameId label = Label(*t, "Action");
  const NameId dataset = Key(*t, "dataset");
  const NameId index_key = Key(*t, "index");
  const IndexInfo index = Must(t->CreateIndex(OnNodes(label, {dataset, index_key}, true)));
  CHECK(index.name == "Action_dataset_index_index");
  auto create = [&](const char* d, Value i) {
    return t->CreateNode({label}, {{dataset, Value::String(d)}, {index_key, std::move(i)}});
  };
  const NodeId b2 = Must(create("B", Value::Integer(2)));
  const NodeId a2 = Must(create("A", Value::Integer(2)));
  const NodeId a1 = Must(create("A", Value::Float(1)));
  Must(create("A", Value::Null()));
  CHECK(Drain(t->ScanIndex(index.id, {})) == Ids{a1, a2, b2});
  CHECK(Drain(t->ScanIndex(index.id, Exactly({Value::String("A")}))) == Ids{a1, a2});
  CHECK(Drain(t->ScanIndex(index.id, Exactly({Value::String("A"), Value::Integer(2)}))) == Ids{a2});
  IndexRange after;
  after.lower = IndexRange::Bound{{Value::String("A"), Value::Integer(1)}, false};
  after.upper = IndexRange::Bound{{Value::String("A")}, true};
  CHECK(Drain(t->ScanIndex(index.id, after)) == Ids{a2});
  // 1 equals 1.0.
  const auto refused = create("A", Value::Integer(1));
  CHECK(refused.status().code() == StatusCode::kConstraint);
  CHECK(refused.status().info().detail == "CreateBlockedByConstraint");
  CHECK(std::string(refused.status().message()).find("dataset: 'A', index: 1") !=
        std::string::npos);
  CHECK(Drain(t->ScanNodes()).size() == 4);  // the refused one left nothing
  RequireOk(t->Commit());
  RequireConsistent(*store);
}

TEST_CASE("every write keeps the indexes", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto t = Write(*store);
  const NameId label = Label(*t, "L");
  const NameId type = Type(*t, "R");
  const NameId key = Key(*t, "v");
  const IndexInfo nodes = Must(t->CreateIndex(OnNodes(label, {key})));
  IndexInfo of_type;
  of_type.entity = EntityKind::kRelationship;
  of_type.label = type;
  of_type.properties = {key};
  const IndexInfo rels = Must(t->CreateIndex(of_type));
  RequireOk(t->Commit());

  t = Write(*store);
  auto by = [&](const IndexInfo& index, int64_t v) {
    return Drain(t->ScanIndex(index.id, Exactly({Value::Integer(v)})));
  };
  const NodeId a = Must(t->CreateNode({}, {{key, Value::Integer(1)}}));
  CHECK(by(nodes, 1).empty());
  RequireOk(t->AddLabel(a, label));
  CHECK(by(nodes, 1) == Ids{a});
  RequireOk(t->SetNodeProperty(a, key, Value::Integer(2)));
  CHECK(by(nodes, 1).empty());
  CHECK(by(nodes, 2) == Ids{a});
  RequireOk(t->ReplaceNodeProperties(a, {}));
  CHECK(by(nodes, 2).empty());
  RequireOk(t->ReplaceNodeProperties(a, {{key, Value::Integer(3)}}));
  CHECK(by(nodes, 3) == Ids{a});
  RequireOk(t->RemoveLabel(a, label));
  CHECK(by(nodes, 3).empty());
  RequireOk(t->AddLabel(a, label));

  const RelId r = Must(t->CreateRelationship(a, type, a, {{key, Value::Integer(5)}}));
  CHECK(by(rels, 5) == Ids{r});
  RequireOk(t->SetRelationshipProperty(r, key, Value::Integer(6)));
  CHECK(by(rels, 5).empty());
  CHECK(by(rels, 6) == Ids{r});
  RequireOk(t->ReplaceRelationshipProperties(r, {}));
  CHECK(by(rels, 6).empty());
  RequireOk(t->SetRelationshipProperty(r, key, Value::Integer(7)));
  RequireOk(t->Commit());
  RequireConsistent(*store);

  t = Write(*store);
  CHECK(by(rels, 7) == Ids{r});
  RequireOk(t->DeleteNode(a, true));
  CHECK(by(rels, 7).empty());
  CHECK(by(nodes, 3).empty());
  CHECK(t->GetStatistics().index_entries.at(nodes.id) == 0);
  CHECK(t->GetStatistics().index_distinct.at(rels.id) == 0);
  RequireOk(t->Commit());
  RequireConsistent(*store);
}

TEST_CASE("unique constraints are enforced by every write", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto t = Write(*store);
  const NameId label = Label(*t, "Verb");
  const NameId key = Key(*t, "lemma");
  const ConstraintInfo constraint =
      Must(t->CreateConstraint(Constraint(ConstraintKind::kUnique, label, {key})));
  CHECK(constraint.name == "Verb_lemma_unique");
  REQUIRE(t->Indexes().size() == 1);
  CHECK(t->Indexes()[0].constraint == constraint.name);
  const NodeId run = Must(t->CreateNode({label}, {{key, Value::String("run")}}));
  const NodeId walk = Must(t->CreateNode({label}, {{key, Value::String("walk")}}));
  const NodeId other = Must(t->CreateNode({}, {{key, Value::String("run")}}));
  Must(t->CreateNode({label}, {}));
  Must(t->CreateNode({label}, {}));  // null is not a value
  CHECK(t->CreateNode({label}, {{key, Value::String("run")}}).status().code() ==
        StatusCode::kConstraint);
  CHECK(t->SetNodeProperty(walk, key, Value::String("run")).code() == StatusCode::kConstraint);
  CHECK(t->AddLabel(other, label).code() == StatusCode::kConstraint);
  CHECK(t->ReplaceNodeProperties(walk, {{key, Value::String("run")}}).code() ==
        StatusCode::kConstraint);
  RequireOk(t->SetNodeProperty(run, key, Value::String("run")));  // its own value
  RequireOk(t->DeleteNode(run, false));
  RequireOk(t->AddLabel(other, label));
  CHECK(Drain(t->ScanIndex(t->Indexes()[0].id, Exactly({Value::String("run")}))) == Ids{other});
  RequireOk(t->Commit());
  RequireConsistent(*store);

  t = Write(*store);
  CHECK(t->DropIndex(constraint.name).code() == StatusCode::kConstraint);
  CHECK(t->CreateConstraint(Constraint(ConstraintKind::kUnique, label, {key})).status().code() ==
        StatusCode::kAlreadyExists);
  RequireOk(t->DropConstraint(constraint.name));
  CHECK(t->Indexes().empty());
  CHECK(t->Constraints().empty());
  Must(t->CreateNode({label}, {{key, Value::String("run")}}));
  RequireOk(t->Commit());
  RequireConsistent(*store);

  t = Write(*store);
  const auto refused = t->CreateConstraint(Constraint(ConstraintKind::kUnique, label, {key}));
  CHECK(refused.status().code() == StatusCode::kConstraint);
  CHECK(std::string(refused.status().message()).find(std::to_string(other)) != std::string::npos);
  t.reset();
  RequireConsistent(*store);
}

TEST_CASE("existence constraints are checked when a transaction commits", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto t = Write(*store);
  const NameId label = Label(*t, "Dataset");
  const NameId key = Key(*t, "name");
  const NodeId bare = Must(t->CreateNode({label}, {}));
  const auto exists = Constraint(ConstraintKind::kExists, label, {key});
  CHECK(t->CreateConstraint(exists).status().code() == StatusCode::kConstraint);
  RequireOk(t->SetNodeProperty(bare, key, Value::String("HMDB51")));
  CHECK(Must(t->CreateConstraint(exists)).name == "Dataset_name_exists");
  RequireOk(t->Commit());

  t = Write(*store);
  const NodeId node = Must(t->CreateNode({label}, {}));
  RequireOk(t->SetNodeProperty(node, key, Value::String("x")));  // in time
  RequireOk(t->Commit());
  t = Write(*store);
  RequireOk(t->SetNodeProperty(node, key, Value::Null()));
  const Status status = t->Commit();
  CHECK(status.code() == StatusCode::kConstraint);
  CHECK(std::string(status.message()).find("'name'") != std::string::npos);
  CHECK(Must(Read(*store)->GetNodeProperty(node, key)).AsString() == "x");
  t = Write(*store);
  RequireOk(t->SetNodeProperty(node, key, Value::Null()));
  RequireOk(t->DeleteNode(node, false));  // what is deleted needs nothing
  const NodeId unlabelled = Must(t->CreateNode({}, {}));
  RequireOk(t->Commit());
  t = Write(*store);
  RequireOk(t->AddLabel(unlabelled, label));
  CHECK(t->Commit().code() == StatusCode::kConstraint);
  RequireConsistent(*store);
}

TEST_CASE("names of indexes and constraints are unique, definitions too", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto t = Write(*store);
  const NameId label = Label(*t, "L");
  const NameId a = Key(*t, "a");
  const NameId b = Key(*t, "b");
  IndexInfo info = OnNodes(label, {a});
  info.name = "mine";
  Must(t->CreateIndex(info));
  CHECK(t->CreateIndex(OnNodes(label, {a})).status().code() == StatusCode::kAlreadyExists);
  info.properties = {b};
  CHECK(t->CreateIndex(info).status().code() == StatusCode::kAlreadyExists);
  Must(t->CreateIndex(OnNodes(label, {b, a})));
  Must(t->CreateIndex(OnNodes(label, {a, b})));  // the order matters
  CHECK(t->CreateIndex(OnNodes(label, {a, a})).status().code() == StatusCode::kInvalidArgument);
  CHECK(t->CreateIndex(OnNodes(99, {a})).status().code() == StatusCode::kInvalidArgument);
  CHECK(t->DropIndex("other").code() == StatusCode::kNotFound);
  CHECK(t->DropConstraint("mine").code() == StatusCode::kNotFound);
  RequireOk(t->Commit());
  CHECK(Read(*store)->Indexes().size() == 3);
}

TEST_CASE("a dropped index's entries go, and its id is not given again", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto t = Write(*store);
  const NameId label = Label(*t, "L");
  const NameId key = Key(*t, "v");
  for (int i = 0; i < 10; ++i) Must(t->CreateNode({label}, {{key, Value::Integer(i)}}));
  const IndexInfo first = Must(t->CreateIndex(OnNodes(label, {key})));
  RequireOk(t->Commit());
  auto before = Read(*store);
  t = Write(*store);
  RequireOk(t->DropIndex(first.name));
  const IndexInfo second = Must(t->CreateIndex(OnNodes(label, {key})));
  CHECK(second.id > first.id);
  CHECK(second.name == first.name);
  CHECK(Drain(t->ScanIndex(second.id, {})).size() == 10);
  RequireOk(t->Commit());
  // An older snapshot still has its index.
  CHECK(Drain(before->ScanIndex(first.id, {})).size() == 10);
  before.reset();
  RequireConsistent(*store);  // finds entries of indexes that do not exist
  t.reset();
  store.reset();
  store = OpenStore(directory / "s");
  RequireConsistent(*store);
  CHECK(Drain(Read(*store)->ScanIndex(second.id, {})).size() == 10);
}

}  // namespace
}  // namespace gesta
