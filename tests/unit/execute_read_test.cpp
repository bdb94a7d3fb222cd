// Reading operators on a small graph:
//
//   a -KNOWS-> b -KNOWS-> c -KNOWS-> a      (a triangle of Person)
//   a -LIKES-> x, b -LIKES-> x, c -LIKES-> c (x is a Thing; c likes itself)
#include "execute_support.h"
#include "gesta/function.h"

using namespace gesta;
using namespace gesta::test;

namespace {

struct Graph {
  TempDirectory directory;
  std::unique_ptr<Store> store = OpenStore(directory / "g");
  std::unique_ptr<Transaction> t = Write(*store);
  NodeId a, b, c, x;

  Graph() {
    a = Person("a", 1);
    b = Person("b", 2);
    c = Person("c", 3);
    x = Must(t->CreateNode({Label(*t, "Thing")}, {{Key(*t, "name"), Value::String("x")}}));
    Relate(a, "KNOWS", b, 10);
    Relate(b, "KNOWS", c, 20);
    Relate(c, "KNOWS", a, 30);
    Relate(a, "LIKES", x, 40);
    Relate(b, "LIKES", x, 50);
    Relate(c, "LIKES", c, 60);
  }

  NodeId Person(const char* name, int age) {
    return Must(t->CreateNode({Label(*t, "Person")}, {{Key(*t, "name"), Value::String(name)},
                                                      {Key(*t, "age"), Value::Integer(age)}}));
  }
  RelId Relate(NodeId from, const char* type, NodeId to, int weight) {
    return Must(t->CreateRelationship(from, Type(*t, type), to,
                                      {{Key(*t, "weight"), Value::Integer(weight)}}));
  }
};

using Strings = std::vector<std::string>;

// Adds slot 20, 21, … = name of the given node slots, and gives those.
LogicalPlan Names(LogicalOpPtr child, std::vector<Slot> nodes) {
  std::vector<Slot> result;
  Slot next = 20;
  for (const Slot node : nodes) {
    child = Project(next, Prop(node, "name"), std::move(child));
    result.push_back(next++);
  }
  return Plan(std::move(child), result);
}

OpRelationshipScan RelScan(std::vector<std::string> types, Direction direction) {
  OpRelationshipScan scan;
  scan.rel = 1;
  scan.from = 0;
  scan.to = 2;
  scan.types = std::move(types);
  scan.direction = direction;
  return scan;
}

OpVarExpand VarOut(int64_t min, std::optional<int64_t> max, std::vector<std::string> types) {
  OpVarExpand expand;
  expand.from = 0;
  expand.rel = 1;
  expand.to = 2;
  expand.direction = Direction::kOut;
  expand.types = std::move(types);
  expand.min = min;
  expand.max = max;
  return expand;
}

BoundExprPtr Size(Slot list) {
  static const FunctionRegistry* registry = new FunctionRegistry(FunctionRegistry::BuiltIn());
  return Expr(BoundCall{registry->Find("size"), Exprs(Var(list))});
}

}  // namespace

TEST_CASE("scans", "[execute]") {
  Graph g;
  CHECK(Run(*g.t, Names(LabelScan(0, "Person"), {0})) == Strings{"a", "b", "c"});
  CHECK(Run(*g.t, Names(LabelScan(0, "Nothing"), {0})).empty());
  CHECK(Run(*g.t, Names(Op(OpNodeScan{0}, {0}, Unit()), {0})) == Strings{"a", "b", "c", "x"});
  // A scan under rows multiplies them.
  CHECK(Run(*g.t, Names(Op(OpLabelScan{2, "Thing"}, {0, 2}, LabelScan(0, "Person")), {0, 2})) ==
        Strings{"a,x", "b,x", "c,x"});
  OpNodeByIds by_ids;
  by_ids.slot = 0;
  by_ids.ids = Const(Value::MakeList(
      {Value::Integer(static_cast<int64_t>(g.b)), Value::Integer(999), Value::Null(),
       Value::Integer(static_cast<int64_t>(g.a)), Value::Float(static_cast<double>(g.b))}));
  CHECK(Run(*g.t, Names(Op(std::move(by_ids), {0}, Unit()), {0})) == Strings{"b", "a"});

  CHECK(Sorted(Run(*g.t, Names(Op(RelScan({"LIKES"}, Direction::kOut), {0, 2}, Unit()), {0, 2}))) ==
        Strings{"a,x", "b,x", "c,c"});
  CHECK(Sorted(Run(*g.t, Names(Op(RelScan({"LIKES"}, Direction::kIn), {0, 2}, Unit()), {0, 2}))) ==
        Strings{"c,c", "x,a", "x,b"});
  // Undirected: both readings, a loop once.
  CHECK(Sorted(Run(*g.t, Names(Op(RelScan({"LIKES"}, Direction::kBoth), {0, 2}, Unit()),
                               {0, 2}))) == Strings{"a,x", "b,x", "c,c", "x,a", "x,b"});
  CHECK(Run(*g.t, Names(Op(RelScan({}, Direction::kOut), {0, 2}, Unit()), {0, 2})).size() == 6);
  CHECK(Run(*g.t, Names(Op(RelScan({"NONE"}, Direction::kOut), {0, 2}, Unit()), {0, 2})).empty());
}

TEST_CASE("expand", "[execute]") {
  Graph g;
  CHECK(Sorted(Run(*g.t, Names(Op(Out(0, kNoSlot, 2), {0, 2}, LabelScan(0, "Person")), {0, 2}))) ==
        Strings{"a,b", "a,x", "b,c", "b,x", "c,a", "c,c"});
  CHECK(Run(*g.t, Names(Op(Out(0, kNoSlot, 2, {"NONE"}), {0, 2}, LabelScan(0, "Person")), {0}))
            .empty());
  SECTION("two steps do not use a relationship twice") {
    OpExpand first = Out(0, 1, 2, {"KNOWS"});
    first.direction = Direction::kBoth;
    OpExpand second = Out(2, 3, 4, {"KNOWS"});
    second.direction = Direction::kBoth;
    second.distinct_from = {1};
    auto plan = Names(
        Op(std::move(second), {0, 2, 4}, Op(std::move(first), {0, 1, 2}, LabelScan(0, "Person"))),
        {0, 2, 4});
    // In a triangle each start has two walks of two different relationships.
    CHECK(Sorted(Run(*g.t, plan)) == Strings{"a,b,c", "a,c,b", "b,a,c", "b,c,a", "c,a,b", "c,b,a"});
  }
  SECTION("into a bound node") {
    OpExpand into = Out(0, 1, 2, {"KNOWS"});
    into.into = true;
    auto pairs = Op(OpLabelScan{2, "Person"}, {0, 2}, LabelScan(0, "Person"));
    CHECK(Sorted(Run(*g.t, Names(Op(std::move(into), {0, 2}, std::move(pairs)), {0, 2}))) ==
          Strings{"a,b", "b,c", "c,a"});
  }
  SECTION("a bound relationship") {
    auto rels = Op(RelScan({"KNOWS"}, Direction::kOut), {0, 1, 2}, Unit());
    OpExpand again = Out(2, 1, 4);
    again.direction = Direction::kIn;
    again.rel_bound = true;
    CHECK(Sorted(Run(*g.t, Names(Op(std::move(again), {2, 4}, std::move(rels)), {2, 4}))) ==
          Strings{"a,c", "b,a", "c,b"});
  }
  SECTION("ends of a bound relationship") {
    auto rels = Project(1, Var(5), Values(5, Value::MakeList({Value::Null()})));
    OpRelationshipScan ends = RelScan({}, Direction::kOut);
    ends.rel_bound = true;
    CHECK(Run(*g.t, Names(Op(std::move(ends), {0, 1, 2}, std::move(rels)), {0, 2})).empty());
    OpRelationshipScan scan = RelScan({"LIKES"}, Direction::kBoth);
    scan.from = 3;
    scan.to = 4;
    scan.rel_bound = true;
    auto again = Op(std::move(scan), {3, 4}, Op(RelScan({}, Direction::kOut), {1}, Unit()));
    CHECK(Sorted(Run(*g.t, Names(std::move(again), {3, 4}))) ==
          Strings{"a,x", "b,x", "c,c", "x,a", "x,b"});
  }
  SECTION("null starts nothing, other values are an error") {
    auto nulls = Values(0, Value::MakeList({Value::Null()}));
    CHECK(Run(*g.t, Plan(Op(Out(0, kNoSlot, 2), {2}, std::move(nulls)), {2})).empty());
    auto numbers = Values(0, ListOf({1}));
    const ErrorInfo error =
        RunError(*g.t, Plan(Op(Out(0, kNoSlot, 2), {2}, std::move(numbers)), {2}));
    CHECK(error.type == "TypeError");
  }
}

TEST_CASE("variable-length expand", "[execute]") {
  Graph g;
  const auto from_a = [] {
    return Filter(Equal(Prop(0, "name"), Const("a")), LabelScan(0, "Person"));
  };
  const auto lengths = [&](OpVarExpand expand) {
    auto plan = Names(Op(std::move(expand), {0, 1, 2}, from_a()), {0, 2});
    plan.root = Project(25, Size(1), std::move(plan.root));
    plan.result.push_back(25);
    return Run(*g.t, plan);
  };
  // The triangle is left after three steps: no relationship is used twice.
  CHECK(lengths(VarOut(1, std::nullopt, {"KNOWS"})) == Strings{"a,b,1", "a,c,2", "a,a,3"});
  CHECK(lengths(VarOut(0, 1, {"KNOWS"})) == Strings{"a,a,0", "a,b,1"});
  CHECK(lengths(VarOut(2, 2, {"KNOWS"})) == Strings{"a,c,2"});
  CHECK(lengths(VarOut(0, 0, {"KNOWS"})) == Strings{"a,a,0"});
  CHECK(lengths(VarOut(0, 5, {"NONE"})) == Strings{"a,a,0"});
  SECTION("each step meets the conditions") {
    OpVarExpand heavy = VarOut(1, std::nullopt, {"KNOWS"});
    heavy.each.emplace_back("weight", Const(10));
    CHECK(lengths(std::move(heavy)) == Strings{"a,b,1"});
  }
  SECTION("into") {
    OpVarExpand into = VarOut(1, 3, {});
    into.into = true;
    auto child =
        Filter(Equal(Prop(2, "name"), Const("c")), Op(OpLabelScan{2, "Person"}, {0, 2}, from_a()));
    auto plan = Op(std::move(into), {1, 2}, std::move(child));
    // a-b-c, and the same with c's loop.
    CHECK(Run(*g.t, Plan(Project(25, Size(1), std::move(plan)), {25})) == Strings{"2", "3"});
  }
  SECTION("a bound list must be the walk; a reversed one in reverse") {
    for (const bool reversed : {false, true}) {
      OpVarExpand make = VarOut(2, 2, {"KNOWS"});
      make.reversed = reversed;
      OpVarExpand check = VarOut(1, std::nullopt, {"KNOWS"});
      check.to = 5;
      check.rel_bound = true;
      check.reversed = reversed;
      auto plan = Op(std::move(check), {2, 5}, Op(std::move(make), {0, 1, 2}, from_a()));
      CHECK(Run(*g.t, Names(std::move(plan), {2, 5})) == Strings{"c,c"});
      // Walked the other way round it is none.
      OpVarExpand wrong = VarOut(1, std::nullopt, {"KNOWS"});
      wrong.to = 5;
      wrong.rel_bound = true;
      wrong.reversed = !reversed;
      OpVarExpand again = VarOut(2, 2, {"KNOWS"});
      again.reversed = reversed;
      auto none = Op(std::move(wrong), {2, 5}, Op(std::move(again), {0, 1, 2}, from_a()));
      CHECK(Run(*g.t, Names(std::move(none), {2, 5})).empty());
    }
  }
  SECTION("paths are built from lists in either order") {
    for (const bool reversed : {false, true}) {
      OpVarExpand expand = VarOut(0, std::nullopt, {"KNOWS"});
      expand.reversed = reversed;
      auto plan =
          Project(9, Expr(BoundBuildPath{{0, 1, 2}}), Op(std::move(expand), {0, 1, 2}, from_a()));
      const Strings rows = Run(*g.t, Plan(std::move(plan), {9}));
      const auto id = [](NodeId node) { return "(#" + std::to_string(node) + ")"; };
      REQUIRE(rows.size() == 4);
      CHECK(rows[0] == "<" + id(g.a) + ">");
      CHECK(rows[2].find(id(g.a)) < rows[2].find(id(g.b)));
      CHECK(rows[2].find(id(g.b)) < rows[2].find(id(g.c)));
    }
  }
}

TEST_CASE("shortest paths", "[execute]") {
  Graph g;
  // Two more ways from a to c of length two: over d and over a second relationship a -> b.
  const NodeId d = g.Person("d", 4);
  g.Relate(g.a, "KNOWS", d, 1);
  g.Relate(d, "KNOWS", g.c, 1);
  g.Relate(g.a, "KNOWS", g.b, 11);
  const auto find = [&](const char* from, const char* to, bool all, int64_t min,
                        std::optional<int64_t> max, Direction direction = Direction::kOut) {
    OpShortestPath shortest;
    shortest.from = 0;
    shortest.to = 2;
    shortest.rel = 1;
    shortest.path = 3;
    shortest.all = all;
    shortest.direction = direction;
    shortest.types = {"KNOWS"};
    shortest.min = min;
    shortest.max = max;
    auto ends = Filter(Equal(Prop(2, "name"), Const(to)),
                       Op(OpLabelScan{2, "Person"}, {0, 2},
                          Filter(Equal(Prop(0, "name"), Const(from)), LabelScan(0, "Person"))));
    auto plan = Op(std::move(shortest), {0, 1, 2, 3}, std::move(ends));
    return Run(*g.t, Plan(Project(25, Size(1), std::move(plan)), {25}));
  };
  CHECK(find("a", "c", false, 1, std::nullopt) == Strings{"2"});
  CHECK(find("a", "c", true, 1, std::nullopt) == Strings{"2", "2", "2"});
  CHECK(find("a", "c", true, 1, 1).empty());
  CHECK(find("a", "c", true, 1, std::nullopt, Direction::kBoth) == Strings{"1"});
  CHECK(find("c", "a", false, 1, std::nullopt, Direction::kIn) == Strings{"2"});
  CHECK(find("a", "a", false, 0, std::nullopt) == Strings{"0"});
  CHECK(find("a", "a", false, 1, std::nullopt) == Strings{"3"});
  CHECK(find("a", "b", false, 2, std::nullopt) == Strings{"4"});  // round the triangle, and on
}

TEST_CASE("index seeks", "[execute]") {
  Graph g;
  IndexInfo info;
  info.label = Label(*g.t, "Person");
  info.properties = {Key(*g.t, "age")};
  // Values of all kinds under one property: comparisons hold only among one kind.
  for (const Value& age : {Value::String("old"), Value::Boolean(true), Value::Float(2.5),
                           Value::Float(std::numeric_limits<double>::quiet_NaN()), Value::Date(100),
                           Value::Date(200), Value::LocalTime(5)}) {
    Must(g.t->CreateNode({info.label}, {{Key(*g.t, "age"), age}}));
  }
  const IndexInfo index = Must(g.t->CreateIndex(info));
  const auto seek = [&](auto fill) {
    OpIndexSeek node;
    node.slot = 0;
    node.index = index.id;
    node.label = "Person";
    node.properties = {"age"};
    fill(node);
    return Run(*g.t, Plan(Project(1, Prop(0, "age"), Op(std::move(node), {0}, Unit())), {1}));
  };
  CHECK(seek([](OpIndexSeek& s) { s.equals = Exprs(Const(2)); }) == Strings{"2"});
  CHECK(seek([](OpIndexSeek& s) { s.equals = Exprs(Const(Value::Float(2))); }) == Strings{"2"});
  CHECK(seek([](OpIndexSeek& s) { s.equals = Exprs(Const(Value())); }).empty());
  CHECK(seek([](OpIndexSeek& s) {
          s.equals = Exprs(Const(Value::Float(std::numeric_limits<double>::quiet_NaN())));
        }).empty());
  CHECK(seek([](OpIndexSeek& s) {
          s.in = Const(Value::MakeList({Value::Integer(3), Value::Null(), Value::Integer(1),
                                        Value::Float(1.0), Value::Integer(77)}));
        }) == Strings{"1", "3"});
  CHECK(seek([](OpIndexSeek& s) { s.lower = Const(2); }) == Strings{"2", "2.5", "3"});
  CHECK(seek([](OpIndexSeek& s) {
          s.lower = Const(2);
          s.lower_inclusive = false;
        }) == Strings{"2.5", "3"});
  CHECK(seek([](OpIndexSeek& s) {
          s.upper = Const(Value::Float(2.5));
          s.upper_inclusive = false;
        }) == Strings{"1", "2"});
  CHECK(seek([](OpIndexSeek& s) { s.lower = Const("a"); }) == Strings{"old"});
  CHECK(seek([](OpIndexSeek& s) { s.upper = Const("a"); }).empty());
  CHECK(seek([](OpIndexSeek& s) { s.starts_with = Const("ol"); }) == Strings{"old"});
  CHECK(seek([](OpIndexSeek& s) { s.starts_with = Const(1); }).empty());
  CHECK(seek([](OpIndexSeek& s) { s.lower = Const(Value::Date(150)); }).size() == 1);
  CHECK(seek([](OpIndexSeek& s) { s.upper = Const(Value::Date(150)); }).size() == 1);
  CHECK(seek([](OpIndexSeek& s) {
          s.lower = Const(1);
          s.upper = Const("z");
        }).empty());
  CHECK(seek([](OpIndexSeek& s) { s.full = true; }).size() == 10);
}

TEST_CASE("label expressions", "[execute]") {
  Graph g;
  RequireOk(g.t->AddLabel(g.b, Label(*g.t, "Thing")));
  using Kind = ast::LabelExpr::Kind;
  const auto name = [](const char* text) {
    ast::LabelExpr expr;
    expr.name = text;
    return expr;
  };
  const auto many = [](Kind kind, std::vector<ast::LabelExpr> operands) {
    ast::LabelExpr expr;
    expr.kind = kind;
    expr.operands = std::move(operands);
    return expr;
  };
  const auto matching = [&](ast::LabelExpr labels) {
    auto all = Op(OpNodeScan{0}, {0}, Unit());
    return Run(*g.t,
               Names(Filter(Expr(BoundLabelTest{Var(0), std::move(labels)}), std::move(all)), {0}));
  };
  CHECK(matching(name("Thing")) == Strings{"b", "x"});
  CHECK(matching(name("Unknown")).empty());
  CHECK(matching(many(Kind::kAnd, {name("Thing"), name("Person")})) == Strings{"b"});
  CHECK(matching(many(Kind::kOr, {name("Thing"), name("Unknown")})) == Strings{"b", "x"});
  CHECK(matching(many(Kind::kNot, {name("Person")})) == Strings{"x"});
  CHECK(matching(many(Kind::kAny, {})).size() == 4);
}

TEST_CASE("the memory budget and interruption stop a statement", "[execute]") {
  Graph g;
  std::vector<int64_t> numbers;
  for (int64_t i = 0; i < 5000; ++i) numbers.push_back(i);
  SECTION("memory") {
    OpSort sort;
    sort.items.push_back({Var(0), true});
    const LogicalPlan plan = Plan(Op(std::move(sort), {0}, Values(0, ListOf(numbers))), {0});
    RunOptions options;
    options.memory = 10'000;
    const ErrorInfo error = RunError(*g.t, plan, options);
    CHECK(error.code == StatusCode::kMemoryBudget);
    CHECK_FALSE(error.hint.empty());
  }
  SECTION("a small top-k fits where a sort does not") {
    OpSort sort;
    sort.items.push_back({Var(0), true});
    sort.limit = Const(3);
    const LogicalPlan plan = Plan(Op(std::move(sort), {0}, Values(0, ListOf(numbers))), {0});
    RunOptions options;
    options.memory = 150'000;
    CHECK(Must(TryRun(*g.t, plan, options)) == Strings{"4999", "4998", "4997"});
  }
  SECTION("cancelled") {
    std::atomic<bool> cancel{true};
    ExecutionContext context(g.t.get(), nullptr, 1 << 20);
    context.cancel = &cancel;
    const auto rows = TryRun(*g.t, Plan(LabelScan(0, "Person"), {0}), {}, &context);
    REQUIRE_FALSE(rows.ok());
    CHECK(rows.status().code() == StatusCode::kCancelled);
  }
  SECTION("timed out") {
    ExecutionContext context(g.t.get(), nullptr, 1 << 20);
    context.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
    const auto rows = TryRun(*g.t, Plan(LabelScan(0, "Person"), {0}), {}, &context);
    REQUIRE_FALSE(rows.ok());
    CHECK(rows.status().code() == StatusCode::kTimeout);
  }
}

TEST_CASE("PROFILE counts rows without changing them", "[execute]") {
  Graph g;
  ExecutionContext context(g.t.get(), nullptr, 1 << 20);
  context.slot_count = kTestSlots;
  context.profile = true;
  const LogicalPlan plan = Plan(Op(Out(0, 1, 2), {0, 2}, LabelScan(0, "Person")), {0, 2});
  auto root = Must(BuildOperators(plan, &context));
  RequireOk(root->Open());
  Batch batch(kTestSlots);
  RequireOk(root->Next(&batch));
  CHECK(batch.rows == 6);
  CHECK(root->rows_out == 6);
  CHECK(root->logical == plan.root.get());
  REQUIRE(root->children.size() == 1);
  CHECK(root->children[0]->rows_out == 3);
  CHECK(root->time >= root->children[0]->time);
}

TEST_CASE("what read-only statements keep does not change results", "[execute]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "g");
  constexpr uint64_t kNodes = 300;
  {
    auto t = Write(*store);
    std::vector<NodeId> nodes;
    for (uint64_t i = 0; i < kNodes; ++i) {
      // Every third node has no name, some have a long one.
      const std::string name = i % 7 == 0 ? std::string(500, 'x') : "n" + std::to_string(i);
      nodes.push_back(Must(t->CreateNode(
          {Label(*t, "Person")}, {{Key(*t, "name"), i % 3 == 0 ? Value() : Value::String(name)}})));
    }
    uint64_t state = 1;
    for (int i = 0; i < 3000; ++i) {
      state = state * 6364136223846793005ull + 1442695040888963407ull;
      Must(t->CreateRelationship(nodes[(state >> 33) % kNodes], Type(*t, "KNOWS"),
                                 nodes[(state >> 45) % kNodes],
                                 {{Key(*t, "w"), Value::Integer(i)}}));
    }
    RequireOk(t->Commit());
  }
  const auto plan = [] {
    OpExpand second = Out(2, 3, 4, {"KNOWS"});
    second.distinct_from = {1};
    LogicalPlan names = Names(Op(std::move(second), {0, 2, 3, 4},
                                 Op(Out(0, 1, 2, {"KNOWS"}), {0, 1, 2}, LabelScan(0, "Person"))),
                              {0, 2, 4});
    names.root = Project(25, Prop(3, "w"), std::move(names.root));
    names.result.push_back(25);
    return names;
  };
  auto writing = Write(*store);
  auto reading = Read(*store);
  const Strings expected = Must(TryRun(*writing, plan()));
  REQUIRE(expected.size() > 20'000);
  for (const size_t batch_rows : {100, 1024}) {
    RunOptions options;
    options.batch_rows = batch_rows;
    CHECK(Must(TryRun(*reading, plan(), options)) == expected);
  }
  SECTION("within a budget that has no room for them") {
    RunOptions options;
    options.memory = 1000;
    CHECK(Must(TryRun(*reading, plan(), options)) == expected);
  }
  SECTION("on walks") {
    const auto walks = [] {
      return Plan(Op(VarOut(2, 3, {"KNOWS"}), {0, 2}, LabelScan(0, "Person")), {0, 2});
    };
    CHECK(Must(TryRun(*reading, walks())) == Must(TryRun(*writing, walks())));
  }
}
