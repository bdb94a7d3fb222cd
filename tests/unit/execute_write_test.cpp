// Writing operators, LOAD CSV, and what later rows see.
#include <fstream>

#include "execute_support.h"
#include "gesta/function.h"

using namespace gesta;
using namespace gesta::test;

namespace {

using Strings = std::vector<std::string>;

struct Empty {
  TempDirectory directory;
  std::unique_ptr<Store> store = OpenStore(directory / "g");
  std::unique_ptr<Transaction> t = Write(*store);

  Strings All(const std::string& label, const std::string& key) {
    return Run(*t, Plan(Project(9, Prop(0, key), LabelScan(0, label)), {9}));
  }
  uint64_t Nodes() { return t->GetStatistics().nodes; }
  uint64_t Relationships() { return t->GetStatistics().relationships; }
};

BoundProperties Properties(std::string key, BoundExprPtr value) {
  BoundProperties properties;
  properties.entries.emplace_back(std::move(key), std::move(value));
  return properties;
}

BoundCreate CreateNode(Slot slot, std::string label, std::string key, BoundExprPtr value) {
  BoundCreate create;
  create.nodes.push_back({slot, {std::move(label)}, Properties(std::move(key), std::move(value))});
  return create;
}

BoundSetItem SetProperty(Slot target, std::string key, BoundExprPtr value) {
  BoundSetItem item;
  item.kind = ast::SetItem::Kind::kProperty;
  item.target = Var(target);
  item.key = std::move(key);
  item.value = std::move(value);
  return item;
}

BoundSetItem SetMap(ast::SetItem::Kind kind, Slot target, BoundExprPtr value) {
  BoundSetItem item;
  item.kind = kind;
  item.target = Var(target);
  item.value = std::move(value);
  return item;
}

// MERGE (n:N {v: <slot 0>}) ON CREATE SET n.made = true ON MATCH SET n.found = true, over rows.
LogicalOpPtr MergeValues(Value list) {
  OpMerge merge;
  merge.arguments = {0};
  merge.create = CreateNode(1, "N", "v", Var(0));
  merge.on_create.push_back(SetProperty(1, "made", Const(Value::Boolean(true))));
  merge.on_match.push_back(SetProperty(1, "found", Const(Value::Boolean(true))));
  auto match = Filter(Equal(Prop(1, "v"), Var(0)), Op(OpLabelScan{1, "N"}, {0, 1}, Argument({0})));
  return Op(std::move(merge), {0, 1}, Values(0, std::move(list)), std::move(match));
}

LogicalOpPtr DeleteOf(std::vector<Slot> targets, bool detach, LogicalOpPtr child) {
  OpDelete node;
  node.detach = detach;
  for (const Slot slot : targets) node.targets.push_back(Var(slot));
  std::vector<Slot> live = child->live;
  return Op(std::move(node), std::move(live), std::move(child));
}

}  // namespace

TEST_CASE("create nodes, relationships and paths", "[execute]") {
  Empty e;
  BoundCreate create = CreateNode(1, "A", "v", Var(0));
  create.nodes.push_back({2, {"B", "C"}, {}});
  create.rels.push_back(
      {3, 1, 2, "T", Properties("w", Binary(Var(0), ast::BinaryOp::kAdd, Const(1)))});
  create.paths.push_back({4, {1, 3, 2}});
  const LogicalPlan plan =
      Plan(Op(OpCreate{std::move(create)}, {1, 3, 4}, Values(0, ListOf({5, 6}))), {4});
  RunOptions options;
  options.batch_rows = 1;
  CHECK(Must(TryRun(*e.t, plan, options)).size() == 2);
  CHECK(e.All("A", "v") == Strings{"5", "6"});
  CHECK(e.t->changes().nodes_created == 4);
  CHECK(e.t->changes().relationships_created == 2);
  auto rels = Op(Out(0, 1, 2), {1}, LabelScan(0, "A"));
  CHECK(Run(*e.t, Plan(Project(9, Prop(1, "w"), std::move(rels)), {9})) == Strings{"6", "7"});
}

TEST_CASE("create refuses what it cannot make", "[execute]") {
  Empty e;
  SECTION("a relationship without an end") {
    BoundCreate create;
    create.rels.push_back({3, 0, 0, "T", {}});
    const ErrorInfo error = RunError(
        *e.t, Plan(Op(OpCreate{std::move(create)}, {}, Values(0, Value::MakeList({Value()}))), {}));
    CHECK(error.code == StatusCode::kType);
    CHECK_FALSE(error.hint.empty());
  }
  SECTION("a map as a property value") {
    const ErrorInfo error = RunError(
        *e.t,
        Plan(Op(OpCreate{CreateNode(1, "A", "v", Const(Value::MakeMap(Map())))}, {}, Unit()), {}));
    CHECK(error.type == "TypeError");
    CHECK(error.detail == "InvalidPropertyType");
  }
}

TEST_CASE("limit runs the writes beneath it to their end", "[execute]") {
  Empty e;
  for (const int64_t limit : {0, 1}) {
    auto create = Op(OpCreate{CreateNode(1, "L" + std::to_string(limit), "v", Var(0))}, {0},
                     Values(0, ListOf({1, 2, 3, 4, 5})));
    RunOptions options;
    options.batch_rows = 2;
    const auto rows =
        Must(TryRun(*e.t, Plan(Op(OpLimit{Const(limit)}, {0}, std::move(create)), {0}), options));
    CHECK(rows.size() == static_cast<size_t>(limit));
    CHECK(e.All("L" + std::to_string(limit), "v") == Strings{"1", "2", "3", "4", "5"});
  }
}

TEST_CASE("set sees what former rows and items have set", "[execute]") {
  Empty e;
  const NodeId node =
      Must(e.t->CreateNode({Label(*e.t, "A")}, {{Key(*e.t, "n"), Value::Integer(0)},
                                                {Key(*e.t, "k"), Value::Integer(1)}}));
  for (const size_t batch_rows : {1, 2, 1024}) {
    RequireOk(e.t->SetNodeProperty(node, Key(*e.t, "n"), Value::Integer(0)));
    OpSet set;
    set.items.push_back(SetProperty(0, "n", Binary(Prop(0, "n"), ast::BinaryOp::kAdd, Const(1))));
    set.items.push_back(SetProperty(0, "copy", Prop(0, "n")));
    auto rows = Op(OpLabelScan{0, "A"}, {0, 5}, Values(5, ListOf({1, 2, 3})));
    RunOptions options;
    options.batch_rows = batch_rows;
    REQUIRE(
        Must(TryRun(*e.t, Plan(Op(std::move(set), {0}, std::move(rows)), {0}), options)).size() ==
        3);
    CHECK(e.All("A", "n") == Strings{"3"});
    CHECK(e.All("A", "copy") == Strings{"3"});
  }
}

TEST_CASE("set replaces, merges, removes and labels", "[execute]") {
  Empty e;
  Must(e.t->CreateNode({Label(*e.t, "A")},
                       {{Key(*e.t, "a"), Value::Integer(1)}, {Key(*e.t, "b"), Value::Integer(2)}}));
  const auto run = [&](BoundSetItem item, Value input = ListOf({0})) {
    OpSet set;
    set.items.push_back(std::move(item));
    auto rows = Op(OpLabelScan{0, "A"}, {0, 5}, Values(5, std::move(input)));
    return TryRun(*e.t, Plan(Op(std::move(set), {0}, std::move(rows)), {}));
  };
  Map map;
  map.Set("a", Value());
  map.Set("c", Value::Integer(3));
  Must(run(SetMap(ast::SetItem::Kind::kMerge, 0, Const(Value::MakeMap(map)))));
  CHECK(e.All("A", "a") == Strings{"null"});
  CHECK(e.All("A", "b") == Strings{"2"});
  CHECK(e.All("A", "c") == Strings{"3"});
  Map other;
  other.Set("d", Value::Integer(4));
  Must(run(SetMap(ast::SetItem::Kind::kReplace, 0, Const(Value::MakeMap(other)))));
  CHECK(e.All("A", "b") == Strings{"null"});
  CHECK(e.All("A", "d") == Strings{"4"});
  Must(run(SetProperty(0, "d", Const(Value()))));
  CHECK(e.All("A", "d") == Strings{"null"});
  // A null target is passed over; anything else is an error.
  Must(run(SetProperty(5, "d", Const(1)), Value::MakeList({Value()})));
  const auto wrong = run(SetProperty(5, "d", Const(1)));
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.status().info().type == "TypeError");
  CHECK(wrong.status().info().line == 1);
  BoundSetItem label;
  label.kind = ast::SetItem::Kind::kLabels;
  label.target = Var(0);
  label.labels = {"B", "C"};
  Must(run(std::move(label)));
  CHECK(e.All("C", "d").size() == 1);
  OpRemove remove;
  remove.items.push_back({ast::RemoveItem::Kind::kLabels, Var(0), "", {"C", "Never"}});
  Must(TryRun(*e.t, Plan(Op(std::move(remove), {0}, LabelScan(0, "B")), {})));
  CHECK(e.All("C", "d").empty());
  CHECK(e.All("B", "d").size() == 1);
}

TEST_CASE("merge matches what former rows created", "[execute]") {
  for (const size_t batch_rows : {1, 2, 1024}) {
    Empty e;
    Must(e.t->CreateNode({Label(*e.t, "N")}, {{Key(*e.t, "v"), Value::Integer(2)}}));
    RunOptions options;
    options.batch_rows = batch_rows;
    const LogicalPlan plan =
        Plan(Project(9, Prop(1, "v"), MergeValues(ListOf({1, 2, 1, 3, 3}))), {0, 9});
    CHECK(Must(TryRun(*e.t, plan, options)) == Strings{"1,1", "2,2", "1,1", "3,3", "3,3"});
    CHECK(e.All("N", "v") == Strings{"2", "1", "3"});
    CHECK(e.All("N", "made") == Strings{"null", "true", "true"});
    CHECK(e.All("N", "found") == Strings{"true", "true", "true"});
  }
}

TEST_CASE("merge refuses null properties and gives every match", "[execute]") {
  Empty e;
  const ErrorInfo error = RunError(*e.t, Plan(MergeValues(Value::MakeList({Value()})), {1}));
  CHECK(error.type == "SemanticError");
  CHECK(error.detail == "MergeReadOwnWrites");
  for (int i = 0; i < 5; ++i) {
    Must(e.t->CreateNode({Label(*e.t, "N")}, {{Key(*e.t, "v"), Value::Integer(1)}}));
  }
  RunOptions options;
  options.batch_rows = 2;
  CHECK(Must(TryRun(*e.t, Plan(MergeValues(ListOf({1, 1})), {1}), options)).size() == 10);
}

TEST_CASE("delete", "[execute]") {
  Empty e;
  const NameId label = Label(*e.t, "A");
  const NodeId a = Must(e.t->CreateNode({label}, {}));
  const NodeId b = Must(e.t->CreateNode({label}, {}));
  Must(e.t->CreateRelationship(a, Type(*e.t, "T"), b, {}));
  const auto both_ways = [] {
    OpExpand expand = Out(0, 1, 2);
    expand.direction = Direction::kBoth;
    return Op(std::move(expand), {0, 1, 2}, LabelScan(0, "A"));
  };
  SECTION("a node with relationships needs DETACH") {
    const ErrorInfo error = RunError(*e.t, Plan(DeleteOf({0}, false, LabelScan(0, "A")), {0}));
    CHECK(error.type == "ConstraintVerificationFailed");
    CHECK(error.detail == "DeleteConnectedNode");
    CHECK(error.hint.find("DETACH") != std::string::npos);
  }
  SECTION("relationships go first, whatever the order, and all rows come again") {
    RunOptions options;
    options.batch_rows = 1;
    CHECK(Must(TryRun(*e.t, Plan(DeleteOf({0, 1, 2}, false, both_ways()), {0}), options)).size() ==
          2);
    CHECK(e.Nodes() == 0);
    CHECK(e.Relationships() == 0);
  }
  SECTION("detach") {
    CHECK(Must(TryRun(*e.t, Plan(DeleteOf({0}, true, LabelScan(0, "A")), {0}))).size() == 2);
    CHECK(e.Nodes() == 0);
    CHECK(e.Relationships() == 0);
  }
  SECTION("paths and nulls") {
    auto paths = Project(4, Expr(BoundBuildPath{{0, 1, 2}}), both_ways());
    paths = Project(5, Const(Value()), std::move(paths));
    CHECK(Must(TryRun(*e.t, Plan(DeleteOf({4, 5}, false, std::move(paths)), {0}))).size() == 2);
    CHECK(e.Nodes() == 0);
  }
  SECTION("other values") {
    const ErrorInfo error = RunError(*e.t, Plan(DeleteOf({0}, false, Values(0, ListOf({1}))), {0}));
    CHECK(error.type == "TypeError");
  }
  SECTION("properties of the deleted") {
    auto deleted = DeleteOf({0}, true, LabelScan(0, "A"));
    Key(*e.t, "v");
    const ErrorInfo error = RunError(*e.t, Plan(Project(9, Prop(0, "v"), std::move(deleted)), {9}));
    CHECK(error.type == "EntityNotFound");
    CHECK(error.detail == "DeletedEntityAccess");
    CHECK(error.line == 1);
  }
}

TEST_CASE("foreach", "[execute]") {
  Empty e;
  OpForeach each;
  each.list = Var(0);
  each.slot = 1;
  each.arguments = {0};
  auto updates = Op(OpCreate{CreateNode(2, "F", "v", Var(1))}, {}, Argument({0, 1}));
  const Value lists = Value::MakeList({ListOf({1, 2}), Value(), ListOf({}), ListOf({3})});
  const LogicalPlan plan =
      Plan(Op(std::move(each), {0}, Values(0, lists), std::move(updates)), {0});
  CHECK(Must(TryRun(*e.t, plan)) == Strings{"[1, 2]", "null", "[]", "[3]"});
  CHECK(e.All("F", "v") == Strings{"1", "2", "3"});
}

TEST_CASE("LOAD CSV", "[execute]") {
  Empty e;
  const auto load = [&](const std::string& content, bool headers, std::string url = {},
                        bool allow = true) {
    std::ofstream(e.directory / "a b.csv", std::ios::binary) << content;
    OpLoadCsv node;
    node.with_headers = headers;
    node.url = Const(Value::String(url.empty() ? e.directory / "a b.csv" : url));
    node.slot = 0;
    const LogicalPlan plan = Plan(Op(std::move(node), {0}, Unit()), {0});
    ExecutionContext context(e.t.get(), nullptr, 1 << 20);
    context.allow_load_csv = allow;
    return TryRun(*e.t, plan, {}, &context);
  };
  CHECK(Must(load("\xEF\xBB\xBF"
                  "a,b\r\n1,\n\"x,\"\"y\"\"\nz\",\"\"\n\n3",
                  false)) == Strings{"['a', 'b']", "['1', null]", "['x,\"y\"\\nz', '']", "['3']"});
  CHECK(Must(load("k,v\n1,2\n3\n", true)) == Strings{"{k: '1', v: '2'}", "{k: '3', v: null}"});
  CHECK(Must(load("q\n", false, "file://" + e.directory.path() + "/a%20b.csv")) ==
        Strings{"['q']"});
  CHECK(Must(load("", false)).empty());
  const auto code = [](const Result<Strings>& rows) { return rows.status().code(); };
  CHECK(code(load("", true)) == StatusCode::kBadData);
  CHECK(code(load("a\n1,2\n", true)) == StatusCode::kBadData);
  CHECK(code(load("\"open", false)) == StatusCode::kBadData);
  CHECK(code(load("\"a\"b\n", false)) == StatusCode::kBadData);
  CHECK(code(load("\xFF\n", false)) == StatusCode::kBadData);
  CHECK(code(load("", false, e.directory / "absent.csv")) == StatusCode::kNotFound);
  CHECK(code(load("", false, "https://example.org/a.csv")) == StatusCode::kUnsupported);
  CHECK(code(load("a\n", false, "", false)) == StatusCode::kUnsupported);
}
