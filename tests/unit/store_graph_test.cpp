// The graph of a store: what is written is read back, inside the transaction, after the commit and
// after reopening.
#include "store_test_support.h"

namespace gesta {
namespace {

using namespace gesta::test;
using Ids = std::vector<uint64_t>;

TEST_CASE("nodes are read back inside the transaction, after commit and after reopen", "[store]") {
  TempDirectory directory;
  NodeId first = 0;
  NodeId second = 0;
  NameId label = 0;
  NameId name = 0;
  auto verify = [&](Transaction& t) {
    CHECK(Must(t.NodeExists(first)));
    CHECK_FALSE(Must(t.NodeExists(second + 1)));
    CHECK(Must(t.GetLabels(first)) == std::vector<NameId>{label});
    CHECK(Must(t.GetLabels(second)).empty());
    CHECK(Must(t.HasLabel(first, label)));
    CHECK_FALSE(Must(t.HasLabel(second, label)));
    CHECK(Must(t.GetNodeProperty(first, name)).AsString() == "Arson");
    CHECK(Must(t.GetNodeProperty(second, name)).IsNull());
    CHECK(Drain(t.ScanNodes()) == Ids{first, second});
    CHECK(Drain(t.ScanLabel(label)) == Ids{first});
    CHECK(t.GetStatistics().nodes == 2);
    CHECK(t.GetStatistics().LabelCount(label) == 1);
  };
  {
    auto store = OpenStore(directory / "s");
    auto t = Write(*store);
    label = Label(*t, "Action");
    name = Key(*t, "name");
    first = Must(t->CreateNode({label, label}, {{name, Value::String("Arson")}}));
    second = Must(t->CreateNode({}, {{name, Value::Null()}}));
    verify(*t);
    CHECK(Drain(Read(*store)->ScanNodes()).empty());  // not committed yet
    RequireOk(t->Commit());
    verify(*Read(*store));
    RequireConsistent(*store);
  }
  auto store = OpenStore(directory / "s");
  verify(*Read(*store));
  CHECK(Read(*store)->FindName(NameKind::kLabel, "Action") == label);
  CHECK(Read(*store)->FindName(NameKind::kType, "Action") == kNoName);
  CHECK(Read(*store)->Name(NameKind::kProperty, name) == "name");
}

TEST_CASE("relationships are expanded in every direction", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto t = Write(*store);
  const NameId knows = Type(*t, "KNOWS");
  const NameId likes = Type(*t, "LIKES");
  const NameId since = Key(*t, "since");
  const NodeId a = Must(t->CreateNode({}, {}));
  const NodeId b = Must(t->CreateNode({}, {}));
  const NodeId c = Must(t->CreateNode({}, {}));
  const RelId ab = Must(t->CreateRelationship(a, knows, b, {{since, Value::Integer(2001)}}));
  const RelId ab2 = Must(t->CreateRelationship(a, likes, b, {}));
  const RelId ba = Must(t->CreateRelationship(b, knows, a, {}));
  const RelId aa = Must(t->CreateRelationship(a, knows, a, {}));
  const RelId ac = Must(t->CreateRelationship(a, likes, c, {}));

  auto verify = [&](Transaction& r) {
    CHECK(Expanded(r, a, Direction::kOut) == Ids{ab, ab2, aa, ac});
    CHECK(Expanded(r, a, Direction::kIn) == Ids{ba, aa});
    CHECK(Expanded(r, a, Direction::kBoth) == Ids{ab, ab2, ba, aa, ac});
    CHECK(Expanded(r, a, Direction::kOut, {knows}) == Ids{ab, aa});
    CHECK(Expanded(r, a, Direction::kOut, {likes, knows, likes}) == Ids{ab, ab2, aa, ac});
    CHECK(Expanded(r, a, Direction::kOut, {}, b) == Ids{ab, ab2});
    CHECK(Expanded(r, a, Direction::kOut, {}, c) == Ids{ac});
    CHECK(Expanded(r, a, Direction::kBoth, {}, a) == Ids{aa});
    CHECK(Expanded(r, a, Direction::kBoth, {knows}, b) == Ids{ab, ba});
    CHECK(Expanded(r, c, Direction::kOut).empty());
    CHECK(Must(r.Degree(a, Direction::kBoth, {})) == 5);
    CHECK(Must(r.Degree(a, Direction::kIn, {knows})) == 2);
    CHECK(Must(r.GetRelationship(ab)).start == a);
    CHECK(Must(r.GetRelationship(ab)).end == b);
    CHECK(Must(r.GetRelationship(ab)).type == knows);
    CHECK(Must(r.GetRelationshipProperty(ab, since)).AsInteger() == 2001);
    CHECK(Must(r.GetRelationshipProperty(ba, since)).IsNull());
    CHECK(Drain(r.ScanRelationships()) == Ids{ab, ab2, ba, aa, ac});
    CHECK(Drain(r.ScanType(likes)) == Ids{ab2, ac});
    CHECK(r.GetStatistics().TypeCount(knows) == 3);
  };
  verify(*t);
  std::vector<Edge> edges;
  RequireOk(t->Expand(b, Direction::kIn, {likes}, {}, &edges));
  REQUIRE(edges.size() == 1);
  CHECK(edges[0].rel == ab2);
  CHECK(edges[0].other == a);
  CHECK(edges[0].type == likes);
  CHECK_FALSE(edges[0].outgoing);
  RequireOk(t->Commit());
  verify(*Read(*store));
  RequireConsistent(*store);
}

TEST_CASE("expanding merges own writes with what is committed", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto t = Write(*store);
  const NameId knows = Type(*t, "KNOWS");
  std::vector<NodeId> nodes;
  for (int i = 0; i < 6; ++i) nodes.push_back(Must(t->CreateNode({}, {})));
  std::vector<RelId> rels;
  for (int i = 1; i < 6; i += 2) {
    rels.push_back(Must(t->CreateRelationship(nodes[0], knows, nodes[i], {})));
  }
  RequireOk(t->Commit());

  t = Write(*store);
  const RelId early = Must(t->CreateRelationship(nodes[0], knows, nodes[0], {}));
  const RelId middle = Must(t->CreateRelationship(nodes[0], knows, nodes[2], {}));
  RequireOk(t->DeleteRelationship(rels[0]));
  RequireOk(t->DeleteRelationship(rels[2]));
  RequireOk(t->DeleteRelationship(rels[2]));  // again: fine
  CHECK(Expanded(*t, nodes[0], Direction::kOut) == Ids{rels[1], early, middle});
  CHECK(Expanded(*t, nodes[0], Direction::kOut, {}, nodes[2]) == Ids{middle});
  CHECK(Expanded(*t, nodes[5], Direction::kIn).empty());
  // The type of a deleted relationship stays known; its properties do not.
  CHECK(Must(t->GetRelationship(rels[0])).type == knows);
  CHECK(t->GetRelationshipProperty(rels[0], 0).status().code() == StatusCode::kEntityNotFound);
  // Others still see what was.
  CHECK(Expanded(*Read(*store), nodes[0], Direction::kOut) == Ids{rels[0], rels[1], rels[2]});
  RequireOk(t->Commit());
  CHECK(Expanded(*Read(*store), nodes[0], Direction::kOut) == Ids{rels[1], early, middle});
  RequireConsistent(*store);
}

TEST_CASE("labels and properties are changed and removed", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto t = Write(*store);
  const NameId a = Label(*t, "A");
  const NameId b = Label(*t, "B");
  const NameId x = Key(*t, "x");
  const NameId y = Key(*t, "y");
  const NodeId node = Must(t->CreateNode({b}, {{y, Value::Integer(2)}}));
  RequireOk(t->AddLabel(node, a));
  RequireOk(t->AddLabel(node, a));
  CHECK(Must(t->GetLabels(node)) == std::vector<NameId>{a, b});
  RequireOk(t->RemoveLabel(node, b));
  RequireOk(t->RemoveLabel(node, b));
  CHECK(Must(t->GetLabels(node)) == std::vector<NameId>{a});
  CHECK(Drain(t->ScanLabel(b)).empty());
  CHECK(t->GetStatistics().LabelCount(a) == 1);
  CHECK(t->GetStatistics().LabelCount(b) == 0);

  RequireOk(t->SetNodeProperty(node, x, Value::String("one")));
  RequireOk(t->SetNodeProperty(node, y, Value::Null()));
  RequireOk(t->SetNodeProperty(node, y, Value::Null()));
  auto properties = Must(t->GetNodeProperties(node));
  REQUIRE(properties.size() == 1);
  CHECK(properties[0].key == x);
  CHECK(properties[0].value.AsString() == "one");
  RequireOk(t->ReplaceNodeProperties(
      node, {{y, Value::Integer(3)}, {x, Value::Null()}, {y, Value::Integer(4)}}));
  properties = Must(t->GetNodeProperties(node));
  REQUIRE(properties.size() == 1);
  CHECK(properties[0].key == y);
  CHECK(properties[0].value.AsInteger() == 4);  // the last one given

  const NodeId other = Must(t->CreateNode({}, {}));
  const RelId rel = Must(t->CreateRelationship(node, Type(*t, "R"), other, {}));
  RequireOk(t->SetRelationshipProperty(rel, x, Value::Float(0.5)));
  CHECK(Must(t->GetRelationshipProperty(rel, x)).AsFloat() == 0.5);
  RequireOk(t->ReplaceRelationshipProperties(rel, {{y, Value::Boolean(true)}}));
  CHECK(Must(t->GetRelationshipProperties(rel)).size() == 1);
  RequireOk(t->Commit());
  RequireConsistent(*store);
}

TEST_CASE("values of every storable type are kept; others are refused", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto t = Write(*store);
  const NameId key = Key(*t, "v");
  const std::vector<Value> storable = {
      Value::Boolean(true),
      Value::Boolean(false),
      Value::Integer(INT64_MIN),
      Value::Integer(-1),
      Value::Float(-0.25),
      Value::String(""),
      Value::String(std::string_view("a\0b", 3)),
      Value::Date(-719528),
      Value::LocalTime(86'399'999'999'999),
      Value::Time(1, -3600),
      Value::LocalDateTime(-1, 999'999'999),
      Value::DateTime({1'700'000'000, 5, 7200, "Europe/Stockholm"}),
      Value::Duration({1, -2, 3, 4}),
      Value::MakeList({}),
      Value::MakeList({Value::Float(1.5), Value::Float(-2)}),
      Value::MakeList({Value::Integer(1), Value::Float(2)}),
      Value::MakeList({Value::String("a"), Value::String("")}),
      Value::MakeList({Value::Date(1), Value::Date(2)}),
  };
  std::vector<NodeId> nodes;
  for (const Value& value : storable) nodes.push_back(Must(t->CreateNode({}, {{key, value}})));
  for (size_t i = 0; i < storable.size(); ++i) {
    const Value value = Must(t->GetNodeProperty(nodes[i], key));
    CHECK(value.type() == storable[i].type());
    CHECK(Order(value, storable[i]) == 0);
  }
  const Value list = Must(t->GetNodeProperty(nodes[15], key));
  CHECK(list.AsList()[0].type() == ValueType::kInteger);
  CHECK(list.AsList()[1].type() == ValueType::kFloat);

  const std::vector<Value> refused = {
      Value::MakeMap(Map()),
      Value::Node(1),
      Value::MakeList({Value::Integer(1), Value::String("a")}),
      Value::MakeList({Value::Null()}),
      Value::MakeList({Value::MakeList({})}),
      Value::MakeList({Value::MakeMap(Map())}),
  };
  for (const Value& value : refused) {
    const Status status = t->SetNodeProperty(nodes[0], key, value);
    CHECK(status.code() == StatusCode::kType);
    CHECK(status.info().type == "TypeError");
    CHECK(status.info().detail == "InvalidPropertyType");
  }
  CHECK(Must(t->GetNodeProperty(nodes[0], key)).IsTrue());
}

TEST_CASE("deleting a connected node needs detach", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto t = Write(*store);
  const NameId label = Label(*t, "L");
  const NodeId a = Must(t->CreateNode({label}, {}));
  const NodeId b = Must(t->CreateNode({label}, {}));
  const RelId out = Must(t->CreateRelationship(a, Type(*t, "R"), b, {}));
  const RelId loop = Must(t->CreateRelationship(a, Type(*t, "R"), a, {}));
  RequireOk(t->Commit());

  t = Write(*store);
  Status status = t->DeleteNode(a, false);
  CHECK(status.code() == StatusCode::kConstraint);
  CHECK(status.info().detail == "DeleteConnectedNode");
  status = t->DeleteNode(b, false);  // only reached, not leaving
  CHECK(status.code() == StatusCode::kConstraint);
  RequireOk(t->DeleteNode(a, true));
  RequireOk(t->DeleteNode(a, true));
  RequireOk(t->DeleteNode(b, false));
  CHECK_FALSE(Must(t->NodeExists(a)));
  CHECK(t->GetNodeProperty(a, 0).status().code() == StatusCode::kEntityNotFound);
  CHECK(t->CreateRelationship(a, 0, b, {}).status().code() == StatusCode::kEntityNotFound);
  CHECK(Must(t->GetRelationship(out)).end == b);
  CHECK(Must(t->GetRelationship(loop)).end == a);
  CHECK(t->changes().nodes_deleted == 2);
  CHECK(t->changes().relationships_deleted == 2);
  RequireOk(t->Commit());
  CHECK(Read(*store)->GetStatistics().nodes == 0);
  CHECK(Read(*store)->GetStatistics().relationships == 0);
  RequireConsistent(*store);

  // Ids are not given a second time, also after reopening.
  store.reset();
  store = OpenStore(directory / "s");
  t = Write(*store);
  CHECK(Must(t->CreateNode({}, {})) > b);
}

TEST_CASE("a node created and deleted by one transaction counts as no change", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto t = Write(*store);
  const NodeId node = Must(t->CreateNode({}, {}));
  RequireOk(t->DeleteNode(node, false));
  CHECK(t->changes().nodes_created == 0);
  CHECK(t->changes().nodes_deleted == 0);
}

TEST_CASE("property columns agree with single lookups", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto t = Write(*store);
  const NameId key = Key(*t, "v");
  const NameId label = Label(*t, "L");
  std::vector<NodeId> nodes;
  for (int i = 0; i < 100; ++i) {
    nodes.push_back(
        Must(t->CreateNode({label}, {{key, i % 3 == 0 ? Value::Null() : Value::Integer(i)}})));
  }
  for (int i = 10; i < 30; ++i) RequireOk(t->DeleteNode(nodes[i], false));
  nodes.erase(nodes.begin() + 10, nodes.begin() + 30);
  auto verify = [&](Transaction& r) {
    auto compare = [&](const std::vector<NodeId>& ids) {
      std::vector<Value> column(ids.size());
      RequireOk(r.GetNodePropertyColumn(ids.data(), ids.size(), key, column.data()));
      for (size_t i = 0; i < ids.size(); ++i) {
        CHECK(Order(column[i], Must(r.GetNodeProperty(ids[i], key))) == 0);
      }
    };
    compare(nodes);
    std::vector<NodeId> sparse;
    for (size_t i = 0; i < nodes.size(); i += 7) sparse.push_back(nodes[i]);
    compare(sparse);
    compare({nodes[5], nodes[5], nodes[5], nodes[5], nodes[6], nodes[6], nodes[7], nodes[8],
             nodes[9], nodes[9]});
    std::reverse(sparse.begin(), sparse.end());
    compare(sparse);
    std::vector<NodeId> with_deleted(nodes.begin(), nodes.begin() + 10);
    with_deleted.push_back(12);
    std::vector<Value> column(with_deleted.size());
    CHECK(r.GetNodePropertyColumn(with_deleted.data(), with_deleted.size(), key, column.data())
              .code() == StatusCode::kEntityNotFound);
  };
  verify(*t);
  RequireOk(t->Commit());
  verify(*Read(*store));
}

TEST_CASE("a cursor goes on while its transaction writes", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto t = Write(*store);
  const NameId label = Label(*t, "L");
  std::vector<NodeId> nodes;
  for (int i = 0; i < 50; ++i) nodes.push_back(Must(t->CreateNode({label}, {})));
  RequireOk(t->Commit());
  t = Write(*store);
  auto cursor = Must(t->ScanLabel(label));
  size_t seen = 0;
  uint64_t id = 0;
  while (Must(cursor->Next(&id, 1)) == 1) {
    CHECK(id == nodes[seen]);
    ++seen;
    RequireOk(t->DeleteNode(id, false));
  }
  CHECK(seen == nodes.size());
  RequireOk(t->Commit());
  CHECK(Drain(Read(*store)->ScanNodes()).empty());
}

TEST_CASE("job records are kept beside the graph", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto t = Write(*store);
  RequireOk(t->PutJobRecord("run/1", "one"));
  RequireOk(t->PutJobRecord("run/2", std::string("t\0o", 3)));
  RequireOk(t->PutJobRecord("runs", "other"));
  RequireOk(t->Commit());
  t = Write(*store);
  RequireOk(t->DeleteJobRecord("run/1"));
  RequireOk(t->PutJobRecord("run/3", ""));
  const auto records = Must(t->ScanJobRecords("run/"));
  REQUIRE(records.size() == 2);
  CHECK(records[0] == std::pair<std::string, std::string>("run/2", std::string("t\0o", 3)));
  CHECK(records[1] == std::pair<std::string, std::string>("run/3", ""));
  CHECK_FALSE(Must(t->GetJobRecord("run/1")).has_value());
  CHECK(Must(Read(*store)->GetJobRecord("run/1")) == "one");
  RequireOk(t->Commit());
  CHECK(Must(Read(*store)->ScanJobRecords("")).size() == 3);
}

}  // namespace
}  // namespace gesta
