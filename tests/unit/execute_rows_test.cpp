// Operators on rows: sorting, grouping, joins, subplans, limits.
#include "execute_support.h"
#include "gesta/function.h"

using namespace gesta;
using namespace gesta::test;

namespace {

using Strings = std::vector<std::string>;

// These need no graph; a store is there because operators have a transaction.
struct Empty {
  TempDirectory directory;
  std::unique_ptr<Store> store = OpenStore(directory / "g");
  std::unique_ptr<Transaction> t = Write(*store);
};

const FunctionRegistry& Functions() {
  static const FunctionRegistry* registry = new FunctionRegistry(FunctionRegistry::BuiltIn());
  return *registry;
}

BoundAggregate Aggregate(Slot slot, const char* name, Slot argument, bool distinct = false) {
  BoundAggregate aggregate;
  aggregate.slot = slot;
  aggregate.function = name ? Functions().FindAggregate(name) : nullptr;
  aggregate.distinct = distinct;
  if (name) aggregate.arguments = Exprs(Var(argument));
  return aggregate;
}

BoundExprPtr Remainder(Slot slot, int64_t by) {
  return Binary(Var(slot), ast::BinaryOp::kModulo, Const(by));
}

LogicalOpPtr Limit(BoundExprPtr count, LogicalOpPtr child) {
  std::vector<Slot> live = child->live;
  return Op(OpLimit{std::move(count)}, std::move(live), std::move(child));
}

// The inner rows 1 … n of each outer row whose slot 0 holds n.
LogicalOpPtr InnerRows() {
  OpUnwind unwind;
  unwind.slot = 1;
  unwind.list = Expr(BoundCall{Functions().Find("range"), Exprs(Const(1), Var(0))});
  return Op(std::move(unwind), {0, 1}, Argument({0}));
}

LogicalOpPtr ApplyOver(Value outer, bool optional, bool batched, LogicalOpPtr inner) {
  OpApply apply;
  apply.optional = optional;
  apply.batched = batched;
  apply.arguments = {0};
  apply.produced = {1};
  return Op(std::move(apply), {0, 1}, Values(0, std::move(outer)), std::move(inner));
}

}  // namespace

TEST_CASE("sort is stable, and top-k agrees with it", "[execute]") {
  Empty e;
  std::vector<int64_t> numbers;
  for (int64_t i = 0; i < 5000; ++i) numbers.push_back(i * 7919 % 5003);
  const auto sorted = [&](bool descending, std::optional<int64_t> limit) {
    OpSort sort;
    sort.items.push_back({Var(1), descending});
    if (limit) sort.limit = Const(*limit);
    return Must(TryRun(*e.t, Plan(Op(std::move(sort), {0},
                                     Project(1, Remainder(0, 100), Values(0, ListOf(numbers)))),
                                  {0})));
  };
  for (const bool descending : {false, true}) {
    std::vector<int64_t> expected = numbers;
    std::stable_sort(expected.begin(), expected.end(), [&](int64_t a, int64_t b) {
      return descending ? a % 100 > b % 100 : a % 100 < b % 100;
    });
    const Strings all = sorted(descending, std::nullopt);
    REQUIRE(all.size() == expected.size());
    for (size_t i = 0; i < all.size(); ++i) REQUIRE(all[i] == std::to_string(expected[i]));
    for (const int64_t limit : {0, 1, 10, 60, 1500, 6000}) {
      const Strings first(all.begin(), all.begin() + std::min<int64_t>(limit, 5000));
      REQUIRE(sorted(descending, limit) == first);
    }
  }
}

TEST_CASE("grouping", "[execute]") {
  Empty e;
  const Value list =
      Value::MakeList({Value::Integer(1), Value::Float(1.0), Value::Null(), Value::String("a"),
                       Value::Null(), Value::Integer(2), Value::String("a"), Value::Integer(1)});
  OpAggregate group;
  group.keys.push_back({1, Var(0), ""});
  group.aggregates.push_back(Aggregate(2, nullptr, 0));
  group.aggregates.push_back(Aggregate(3, "count", 0));
  group.aggregates.push_back(Aggregate(4, "count", 0, true));
  // Nulls form one group; 1 and 1.0 are the same key.
  CHECK(Run(*e.t, Plan(Op(std::move(group), {1, 2, 3, 4}, Values(0, list)), {1, 2, 3, 4})) ==
        Strings{"1,3,3,1", "null,2,0,0", "a,2,2,1", "2,1,1,1"});

  SECTION("two keys and several aggregates") {
    std::vector<int64_t> numbers;
    for (int64_t i = 0; i < 60; ++i) numbers.push_back(i);
    OpAggregate two;
    two.keys.push_back({1, Remainder(0, 2), ""});
    two.keys.push_back({2, Remainder(0, 3), ""});
    two.aggregates.push_back(Aggregate(3, "sum", 0));
    two.aggregates.push_back(Aggregate(4, "min", 0));
    // i = r mod 6: r, r + 6, …, r + 54: ten numbers, sum 10 r + 270.
    CHECK(Sorted(Run(*e.t, Plan(Op(std::move(two), {1, 2, 3, 4}, Values(0, ListOf(numbers))),
                                {1, 2, 3, 4}))) ==
          Strings{"0,0,270,0", "0,1,310,4", "0,2,290,2", "1,0,300,3", "1,1,280,1", "1,2,320,5"});
  }
  SECTION("no rows: one row without keys, none with") {
    const auto count = [&](bool keyed) {
      OpAggregate empty;
      if (keyed) empty.keys.push_back({1, Var(0), ""});
      empty.aggregates.push_back(Aggregate(2, nullptr, 0));
      empty.aggregates.push_back(Aggregate(3, "collect", 0));
      std::vector<Slot> live = keyed ? std::vector<Slot>{1, 2, 3} : std::vector<Slot>{2, 3};
      return Run(*e.t, Plan(Op(std::move(empty), live, Values(0, ListOf({}))), {2, 3}));
    };
    CHECK(count(false) == Strings{"0,[]"});
    CHECK(count(true).empty());
  }
  SECTION("distinct arguments") {
    OpAggregate distinct;
    distinct.aggregates.push_back(Aggregate(2, "sum", 0, true));
    distinct.aggregates.push_back(Aggregate(3, "collect", 0, true));
    CHECK(Run(*e.t, Plan(Op(std::move(distinct), {2, 3}, Values(0, ListOf({3, 1, 3, 2, 1}))),
                         {2, 3})) == Strings{"6,[3, 1, 2]"});
  }
}

TEST_CASE("distinct rows", "[execute]") {
  Empty e;
  auto child = Project(1, Remainder(0, 2), Values(0, ListOf({1, 2, 3, 1, 2, 5})));
  CHECK(Run(*e.t, Plan(Op(OpDistinct{{1}}, {1}, std::move(child)), {1})) == Strings{"1", "0"});
}

TEST_CASE("joins", "[execute]") {
  Empty e;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(Run(*e.t, Plan(Op(OpCartesianProduct{}, {0, 1}, Values(0, ListOf({1, 2})),
                          Values(1, ListOf({7, 8, 9}))),
                       {0, 1})) == Strings{"1,7", "1,8", "1,9", "2,7", "2,8", "2,9"});
  CHECK(Run(*e.t,
            Plan(Op(OpCartesianProduct{}, {0, 1}, Values(0, ListOf({1, 2})), Values(1, ListOf({}))),
                 {0, 1}))
            .empty());
  // Joined by =: null and NaN join with nothing, 1 with 1.0.
  const Value left =
      Value::MakeList({Value::Integer(1), Value::Null(), Value::Float(nan), Value::String("s"),
                       ListOf({1}), Value::MakeList({Value::Null()})});
  const Value right =
      Value::MakeList({Value::Float(1.0), Value::Null(), Value::Float(nan), Value::String("s"),
                       Value::Integer(1), ListOf({1}), Value::MakeList({Value::Null()})});
  OpHashJoin join;
  join.left_keys = Exprs(Var(0));
  join.right_keys = Exprs(Var(1));
  CHECK(Run(*e.t, Plan(Op(std::move(join), {0, 1}, Values(0, left), Values(1, right)), {0, 1})) ==
        Strings{"1,1.0", "1,1", "s,s", "[1],[1]"});
}

TEST_CASE("union renames columns", "[execute]") {
  Empty e;
  OpUnion both;
  both.result = {5, 6};
  both.left = {0, 0};
  both.right = {1, 2};
  CHECK(Run(*e.t, Plan(Op(std::move(both), {5, 6}, Values(0, ListOf({1, 2})),
                          Project(2, Const("r"), Values(1, ListOf({3})))),
                       {5, 6})) == Strings{"1,1", "2,2", "3,r"});
}

TEST_CASE("skip, limit and their arguments", "[execute]") {
  Empty e;
  const auto run = [&](BoundExprPtr skip, BoundExprPtr limit) {
    return Plan(Limit(std::move(limit),
                      Op(OpSkip{std::move(skip)}, {0}, Values(0, ListOf({1, 2, 3, 4, 5})))),
                {0});
  };
  CHECK(Run(*e.t, run(Const(1), Const(3))) == Strings{"2", "3", "4"});
  CHECK(Run(*e.t, run(Const(9), Const(3))).empty());
  CHECK(Run(*e.t, run(Const(0), Const(0))).empty());
  const ErrorInfo negative = RunError(*e.t, run(Const(0), Const(-1)));
  CHECK(negative.type == "SyntaxError");
  CHECK(negative.detail == "NegativeIntegerArgument");
  const ErrorInfo fraction = RunError(*e.t, run(Const(Value::Float(1.5)), Const(1)));
  CHECK(fraction.type == "SyntaxError");
  CHECK(fraction.detail == "InvalidArgumentType");
}

TEST_CASE("unwind", "[execute]") {
  Empty e;
  CHECK(Run(*e.t, Plan(Values(0, Value()), {0})).empty());
  CHECK(Run(*e.t, Plan(Values(0, Value::Integer(7)), {0})) == Strings{"7"});
  CHECK(Run(*e.t, Plan(Values(0, ListOf({})), {0})).empty());
}

TEST_CASE("apply gives the same, batched or not", "[execute]") {
  Empty e;
  const Value outer = ListOf({2, 0, 3, 0, 0, 1, 0});
  for (const bool batched : {false, true}) {
    INFO("batched " << batched);
    CHECK(Run(*e.t, Plan(ApplyOver(outer, false, batched, InnerRows()), {0, 1})) ==
          Strings{"2,1", "2,2", "3,1", "3,2", "3,3", "1,1"});
    CHECK(
        Run(*e.t, Plan(ApplyOver(outer, true, batched, InnerRows()), {0, 1})) ==
        Strings{"2,1", "2,2", "0,null", "3,1", "3,2", "3,3", "0,null", "0,null", "1,1", "0,null"});
    CHECK(Run(*e.t, Plan(ApplyOver(ListOf({0, 0}), true, batched, InnerRows()), {0, 1})) ==
          Strings{"0,null", "0,null"});
    SECTION(batched ? "semi, batched" : "semi") {
      for (const bool anti : {false, true}) {
        OpSemiApply semi;
        semi.anti = anti;
        semi.batched = batched;
        semi.arguments = {0};
        CHECK(Run(*e.t, Plan(Op(std::move(semi), {0}, Values(0, outer), InnerRows()), {0})) ==
              (anti ? Strings{"0", "0", "0", "0"} : Strings{"2", "3", "1"}));
      }
    }
    SECTION(batched ? "joins inside, batched" : "joins inside") {
      // For each outer n: pairs of 1 … n with themselves, joined by equality. A batched join must
      // not mix the rows of different outer rows.
      OpUnwind again;
      again.slot = 2;
      again.list = Expr(BoundCall{Functions().Find("range"), Exprs(Const(1), Var(0))});
      auto right = Op(std::move(again), {0, 2}, Argument({0}));
      OpHashJoin join;
      join.left_keys = Exprs(Var(1));
      join.right_keys = Exprs(Var(2));
      auto joined = Op(std::move(join), {0, 1}, InnerRows(), std::move(right));
      CHECK(Run(*e.t, Plan(ApplyOver(outer, false, batched, std::move(joined)), {0, 1})) ==
            Strings{"2,1", "2,2", "3,1", "3,2", "3,3", "1,1"});
      OpUnwind third;
      third.slot = 2;
      third.list = Expr(BoundCall{Functions().Find("range"), Exprs(Const(1), Var(0))});
      auto product = Op(OpCartesianProduct{}, {0, 1, 2}, InnerRows(),
                        Op(std::move(third), {2}, Argument({0})));
      CHECK(Run(*e.t, Plan(ApplyOver(ListOf({2, 1}), false, batched, std::move(product)),
                           {0, 1})) == Strings{"2,1", "2,1", "2,2", "2,2", "1,1"});
    }
  }
}

TEST_CASE("subquery expressions", "[execute]") {
  Empty e;
  const auto with = [&](BoundSubqueryKind kind, bool batched, bool first_only = false) {
    auto plan = std::make_shared<LogicalPlan>();
    plan->root = InnerRows();
    plan->arguments = {0};
    plan->batched = batched;
    BoundSubquery subquery;
    subquery.kind = kind;
    subquery.value = 1;
    subquery.first_only = first_only;
    subquery.plan = plan;
    return Expr(std::move(subquery));
  };
  for (const bool batched : {false, true}) {
    INFO("batched " << batched);
    const auto column = [&](BoundExprPtr expr) {
      return Run(*e.t, Plan(Project(9, std::move(expr), Values(0, ListOf({2, 0, 3}))), {9}));
    };
    CHECK(column(with(BoundSubqueryKind::kExists, batched)) == Strings{"true", "false", "true"});
    CHECK(column(with(BoundSubqueryKind::kCount, batched)) == Strings{"2", "0", "3"});
    CHECK(column(with(BoundSubqueryKind::kCollect, batched)) ==
          Strings{"[1, 2]", "[]", "[1, 2, 3]"});
    CHECK(column(with(BoundSubqueryKind::kCollect, batched, true)) == Strings{"1", "null", "1"});
    // Inside CASE only some rows are asked.
    BoundCase some;
    some.whens.emplace_back(Binary(Var(0), ast::BinaryOp::kGreater, Const(1)),
                            with(BoundSubqueryKind::kCount, batched));
    some.otherwise = Const("no");
    CHECK(column(Expr(std::move(some))) == Strings{"2", "no", "3"});
  }
}

TEST_CASE("procedures give their rows for each input row", "[execute]") {
  Empty e;
  Procedure procedure;
  procedure.name = "test.upTo";
  procedure.arguments = {{"n", "INTEGER"}};
  procedure.results = {{"i", "INTEGER"}, {"square", "INTEGER"}};
  procedure.body = [](EvaluationContext&, const std::vector<Value>& arguments,
                      std::vector<std::vector<Value>>* rows) -> Status {
    for (int64_t i = 1; i <= arguments[0].AsInteger(); ++i) {
      rows->push_back({Value::Integer(i), Value::Integer(i * i)});
    }
    return {};
  };
  const auto call = [&](bool keep_row) {
    OpProcedureCall node;
    node.procedure = &procedure;
    node.arguments = Exprs(Var(0));
    node.keep_row = keep_row;
    std::vector<Slot> live = {0};
    if (!keep_row) {
      node.yield = {{1, 3}, {0, 2}};
      live = {0, 2, 3};
    }
    return Op(std::move(node), live, Values(0, ListOf({2, 0, 1})));
  };
  CHECK(Run(*e.t, Plan(call(false), {0, 2, 3})) == Strings{"2,1,1", "2,2,4", "1,1,1"});
  CHECK(Run(*e.t, Plan(call(true), {0})) == Strings{"2", "0", "1"});
}
