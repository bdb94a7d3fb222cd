// Rows that stand for many: relationships counted instead of given.
#include <random>

#include "execute_support.h"
#include "gesta/function.h"

using namespace gesta;
using namespace gesta::test;

namespace {

using Strings = std::vector<std::string>;

const FunctionRegistry& Functions() {
  static const FunctionRegistry* registry = new FunctionRegistry(FunctionRegistry::BuiltIn());
  return *registry;
}

BoundAggregate Aggregate(Slot slot, const char* name, BoundExprPtr argument = nullptr,
                         bool distinct = false) {
  BoundAggregate aggregate;
  aggregate.slot = slot;
  aggregate.function = name ? Functions().FindAggregate(name) : nullptr;
  aggregate.distinct = distinct;
  if (argument) aggregate.arguments = Exprs(std::move(argument));
  return aggregate;
}

// Nodes n: 0 … 19 with relationships at random, also parallel ones and to themselves.
struct Graph {
  TempDirectory directory;
  std::unique_ptr<Store> store = OpenStore(directory / "g");

  Graph() {
    auto t = Write(*store);
    std::mt19937 random(11);
    std::vector<NodeId> nodes;
    for (int64_t i = 0; i < 20; ++i) {
      nodes.push_back(Must(t->CreateNode({Label(*t, "N")}, {{Key(*t, "n"), Value::Integer(i)}})));
    }
    for (int i = 0; i < 120; ++i) {
      Must(t->CreateRelationship(nodes[random() % 20], Type(*t, i % 3 == 0 ? "A" : "B"),
                                 nodes[random() % 12], {}));
    }
    RequireOk(t->Commit());
  }
};

OpExpand Step(Slot from, Slot rel, Slot to, Direction direction, std::vector<Slot> distinct_from) {
  OpExpand expand = Out(from, rel, to);
  expand.direction = direction;
  expand.distinct_from = std::move(distinct_from);
  return expand;
}

// (0)-[1]->(2) and a last step from `from`, grouped by 0, with each aggregate over the property of
// 2. `count`: the last step is counted.
LogicalPlan TwoSteps(Direction direction, Slot from, std::vector<Slot> distinct_from, bool count,
                     bool into) {
  OpExpand last = Step(from, 3, into ? 0 : 4, direction, std::move(distinct_from));
  last.into = into;
  last.count_only = count;
  OpAggregate group;
  group.keys.push_back({5, Prop(Slot{0}, "n"), ""});
  group.aggregates.push_back(Aggregate(6, nullptr));
  group.aggregates.push_back(Aggregate(7, "count", Prop(Slot{2}, "n")));
  group.aggregates.push_back(Aggregate(8, "count", Prop(Slot{2}, "n"), true));
  group.aggregates.push_back(Aggregate(9, "sum", Prop(Slot{2}, "n")));
  group.aggregates.push_back(Aggregate(10, "avg", Prop(Slot{2}, "n")));
  group.aggregates.push_back(Aggregate(11, "min", Prop(Slot{2}, "n")));
  group.aggregates.push_back(Aggregate(12, "sum", Prop(Slot{2}, "n"), true));
  BoundAggregate percentile = Aggregate(13, "percentileDisc", Prop(Slot{2}, "n"));
  percentile.arguments.push_back(Const(Value::Float(0.5)));
  group.aggregates.push_back(std::move(percentile));
  // How many, rather than which: their order is not given.
  group.aggregates.push_back(Aggregate(14, "collect", Prop(Slot{2}, "n")));
  const std::vector<Slot> before = {0, 1, 2};
  std::vector<Slot> after = before;
  if (!count) after.push_back(3);
  auto scan = LabelScan(0, "N");
  auto first = Op(Step(0, 1, 2, Direction::kOut, {}), before, std::move(scan));
  auto second = Op(std::move(last), after, std::move(first));
  auto grouped = Op(std::move(group), {5, 6, 7, 8, 9, 10, 11, 12, 13, 14}, std::move(second));
  auto sized =
      Project(15, Expr(BoundCall{Functions().Find("size"), Exprs(Var(14))}), std::move(grouped));
  return Plan(std::move(sized), {5, 6, 7, 8, 9, 10, 11, 12, 13, 15});
}

}  // namespace

TEST_CASE("counted relationships give every aggregate what enumerated ones do", "[execute]") {
  Graph g;
  for (const bool read_only : {true, false}) {
    auto t = read_only ? Read(*g.store) : Write(*g.store);
    for (const Direction direction : {Direction::kOut, Direction::kIn, Direction::kBoth}) {
      for (const Slot from : {Slot{0}, Slot{2}}) {
        for (const bool into : {false, true}) {
          for (const bool unique : {false, true}) {
            if (into && from == 0) continue;
            const std::vector<Slot> others = unique ? std::vector<Slot>{1} : std::vector<Slot>{};
            INFO("direction " << static_cast<int>(direction) << " from " << from << " into " << into
                              << " unique " << unique);
            const auto given = Sorted(Run(*t, TwoSteps(direction, from, others, false, into)));
            const auto counted = Sorted(Run(*t, TwoSteps(direction, from, others, true, into)));
            REQUIRE_FALSE(given.empty());
            CHECK(counted == given);
          }
        }
      }
    }
  }
}

TEST_CASE("multiplicities pass filters, projections, expands and joins", "[execute]") {
  Graph g;
  auto t = Read(*g.store);
  const auto counting = [&](bool count) {
    OpExpand first = Out(0, 1, 2);
    first.count_only = count;
    const std::vector<Slot> live = count ? std::vector<Slot>{0} : std::vector<Slot>{0, 1};
    auto left = Op(std::move(first), live, LabelScan(0, "N"));
    left = Filter(Binary(Prop(Slot{0}, "n"), ast::BinaryOp::kLess, Const(15)), std::move(left));
    left = Project(3, Prop(Slot{0}, "n"), std::move(left));
    // A step that is given above one that is counted.
    OpExpand given = Out(0, 4, 5);
    given.direction = Direction::kIn;
    left = Op(std::move(given), {0, 3, 4}, std::move(left));
    OpExpand right_step = Out(6, 7, 8);
    right_step.count_only = count;
    auto right = Op(std::move(right_step), count ? std::vector<Slot>{6} : std::vector<Slot>{6, 7},
                    LabelScan(6, "N"));
    right = Project(9, Prop(Slot{6}, "n"), std::move(right));
    OpHashJoin join;
    join.left_keys = Exprs(Var(3));
    join.right_keys = Exprs(Var(9));
    auto joined = Op(std::move(join), {3, 9}, std::move(left), std::move(right));
    OpAggregate group;
    group.keys.push_back({10, Var(3), ""});
    group.aggregates.push_back(Aggregate(11, nullptr));
    return Plan(Op(std::move(group), {10, 11}, std::move(joined)), {10, 11});
  };
  const auto given = Sorted(Run(*t, counting(false)));
  REQUIRE(given.size() > 3);
  CHECK(Sorted(Run(*t, counting(true))) == given);
}

TEST_CASE("DISTINCT forgets how many rows a row stood for", "[execute]") {
  Graph g;
  auto t = Read(*g.store);
  OpExpand step = Out(0, 1, 2);
  step.count_only = true;
  auto counted = Op(std::move(step), {0}, LabelScan(0, "N"));
  auto distinct = Op(OpDistinct{{0}}, {0}, std::move(counted));
  OpAggregate group;
  group.aggregates.push_back(Aggregate(3, nullptr));
  const Strings rows = Run(*t, Plan(Op(std::move(group), {3}, std::move(distinct)), {3}));
  OpExpand all = Out(0, 1, 2);
  auto given = Op(OpDistinct{{0}}, {0}, Op(std::move(all), {0}, LabelScan(0, "N")));
  CHECK(rows == Strings{std::to_string(Run(*t, Plan(std::move(given), {0})).size())});
}

TEST_CASE("more matches than 64 bits hold are an error", "[execute]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "g");
  {
    auto t = Write(*store);
    const NodeId hub = Must(t->CreateNode({Label(*t, "Hub")}, {}));
    const NodeId other = Must(t->CreateNode({}, {}));
    for (int i = 0; i < 64; ++i) Must(t->CreateRelationship(hub, Type(*t, "A"), other, {}));
    RequireOk(t->Commit());
  }
  auto t = Read(*store);
  const auto steps = [](int count) {
    auto plan = LabelScan(0, "Hub");
    for (int i = 0; i < count; ++i) {
      OpExpand step = Out(0, 1, 2);
      step.count_only = true;
      plan = Op(std::move(step), {0}, std::move(plan));
    }
    OpAggregate group;
    group.aggregates.push_back(Aggregate(3, nullptr));
    return Plan(Op(std::move(group), {3}, std::move(plan)), {3});
  };
  CHECK(Run(*t, steps(10)) == Strings{"1152921504606846976"});  // 2^60
  CHECK(RunError(*t, steps(11)).code == StatusCode::kArithmetic);
}
