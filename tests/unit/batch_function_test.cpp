// Batch functions: which rows they are called for, how often, and when.
#include <catch2/catch.hpp>
#include <set>

#include "plan_support.h"

namespace gesta::test {
namespace {

// What the functions below were called with. Functions have no state of their own.
struct Calls {
  std::vector<size_t> batches;  // their sizes
  std::vector<std::string> arguments;
  size_t total() const { return arguments.size(); }
};
Calls* calls = nullptr;

Status Ask(EvaluationContext& context, const BatchCalls& asked, std::vector<Value>* results) {
  calls->batches.push_back(asked.rows);
  for (size_t row = 0; row < asked.rows; ++row) {
    std::string text;
    for (size_t i = 0; i < asked.count; ++i) {
      text += (i == 0 ? "" : ", ") + ToText(asked.at(row, i), true);
    }
    calls->arguments.push_back(text);
    if (text == "'bad'") return Status(StatusCode::kSemantic, "the model refuses");
    (*results)[row] = Value::String("<" + text + ">");
  }
  return {};
}

DatabaseOptions WithAsk(DatabaseOptions options = {}) {
  options.threads = 2;
  options.add_functions = [](FunctionRegistry& registry) {
    FunctionInfo info;
    info.name = "ask";
    info.min_arguments = 1;
    info.max_arguments = 2;
    info.arguments = {ArgumentKind::kAny};
    info.volatility = Volatility::kVolatile;
    info.batch = Ask;
    info.signature = "ask(value) -> STRING";
    registry.Add(info);
  };
  return options;
}

struct AskFixture {
  explicit AskFixture(DatabaseOptions options = {}) : db(WithAsk(std::move(options))) {
    calls = &made;
  }
  ~AskFixture() { calls = nullptr; }
  Calls made;
  PlanFixture db;
};

TEST_CASE("equal calls of a statement are made once, whole batches at a time", "[batch]") {
  AskFixture f;
  const auto rows = f.db.Rows("UNWIND range(0, 2999) AS i RETURN ask(i % 7) AS a");
  REQUIRE(rows.size() == 3000);
  CHECK(rows[6] == "'<6>'");
  CHECK(rows[2999] == "'<3>'");
  CHECK(f.made.total() == 7);
  CHECK(f.made.batches == std::vector<size_t>{7});
  // The next statement asks anew.
  f.db.Rows("RETURN ask(1) AS a, ask(1) AS b, ask(1.0) AS c, ask('1') AS d");
  CHECK(f.made.total() == 10);
}

TEST_CASE("nulls are not asked about", "[batch]") {
  AskFixture f;
  CHECK(f.db.Rows("UNWIND [1, null, 2] AS x RETURN ask(x)") ==
        std::vector<std::string>{"'<1>'", "null", "'<2>'"});
  CHECK(f.db.One("RETURN ask('a', null)") == "null");
  CHECK(f.made.arguments == std::vector<std::string>{"1", "2"});
}

TEST_CASE("CASE, AND, OR and coalesce pass only the rows they need", "[batch]") {
  AskFixture f;
  f.db.Rows("UNWIND range(1, 9) AS i RETURN CASE WHEN i < 3 THEN ask(i) ELSE 'no' END");
  CHECK(f.made.arguments == std::vector<std::string>{"1", "2"});
  f.made.arguments.clear();
  f.db.Rows("UNWIND range(1, 9) AS i RETURN i > 7 AND ask(i) = '<8>'");
  CHECK(f.made.arguments == std::vector<std::string>{"8", "9"});
  f.made.arguments.clear();
  f.db.Rows("UNWIND range(1, 9) AS i RETURN i > 2 OR ask(i) = '<1>'");
  CHECK(f.made.arguments == std::vector<std::string>{"1", "2"});
  f.made.arguments.clear();
  f.db.Rows("UNWIND [1, null] AS i RETURN coalesce(i, ask('x'))");
  CHECK(f.made.arguments == std::vector<std::string>{"'x'"});
}

TEST_CASE("a condition's cheap parts come before the model's", "[batch]") {
  AskFixture f;
  f.db.Run("UNWIND range(0, 99) AS i CREATE (:N {i: i})");
  CHECK(f.db.Rows("MATCH (n:N) WHERE ask(n.i) = '<7>' AND n.i < 10 RETURN n.i") ==
        std::vector<std::string>{"7"});
  CHECK(f.made.total() == 10);
}

TEST_CASE("what a LIMIT drops is not asked about", "[batch]") {
  const bool optimize = GENERATE(true, false);
  DatabaseOptions options;
  options.optimize = optimize;
  AskFixture f(options);
  f.db.Run("UNWIND range(0, 2999) AS i CREATE (:N {i: i})");
  const auto asks = [&](const std::string& statement) {
    f.made = {};
    const auto rows = f.db.Rows(statement);
    std::set<std::string> all(f.made.arguments.begin(), f.made.arguments.end());
    CHECK(all.size() == f.made.total());
    return std::make_pair(rows, f.made.total());
  };
  // Rows are the same either way; the calls are fewer with the pass.
  const auto check = [&](const std::string& statement, size_t rows, size_t calls_made) {
    INFO(statement);
    const auto [got, total] = asks(statement);
    CHECK(got.size() == rows);
    if (optimize) {
      CHECK(total == calls_made);
    }
  };
  check("MATCH (n:N) RETURN ask(n.i) LIMIT 5", 5, 5);
  check("MATCH (n:N) RETURN n.i AS i, ask(n.i) AS a ORDER BY i DESC LIMIT 5", 5, 5);
  check("MATCH (n:N) RETURN n.i AS i, ask(n.i) AS a ORDER BY i SKIP 10 LIMIT 5", 5, 5);
  check("MATCH (n:N) WITH n, ask(n.i) AS a RETURN toUpper(a) AS b LIMIT 3", 3, 3);
  check("MATCH (n:N) WITH n, ask(n.i) AS a WITH n, a LIMIT 4 RETURN a", 4, 4);
  check("MATCH (n:N) WITH n, ask(n.i) AS a ORDER BY a LIMIT 4 RETURN a", 4, 3000);
  check("MATCH (n:N) WITH ask(n.i) AS a WHERE a = '<7>' RETURN a LIMIT 1", 1, 15);
  check("MATCH (n:N) RETURN DISTINCT ask(n.i % 10) AS a LIMIT 5", 5, 5);
  check("MATCH (n:N) WITH ask(n.i) AS a LIMIT 5 RETURN count(a)", 1, 5);
  check("UNWIND range(1, 9) AS x RETURN [y IN [x] | ask(y)] AS l LIMIT 2", 2, 2);
  if (optimize) {
    CHECK(asks("MATCH (n:N) RETURN n.i AS i, ask(n.i) AS a ORDER BY i DESC LIMIT 2").first ==
          std::vector<std::string>{"2999, '<2999>'", "2998, '<2998>'"});
    CHECK(asks("MATCH (n:N) WITH n, ask(n.i) AS a ORDER BY n.i SET n.a = a").second == 3000);
    CHECK(asks("MATCH (n:N) WITH n, ask(n.i) AS a ORDER BY n.i LIMIT 2 SET n.i = a RETURN n.i")
              .first == std::vector<std::string>{"'<0>'", "'<1>'"});
  }
}

TEST_CASE("an entity's answer is not kept: it may change", "[batch]") {
  AskFixture f;
  f.db.Run("CREATE (:N)");
  f.db.Rows("MATCH (n:N) UNWIND range(1, 2000) AS i WITH n, ask(n) AS a RETURN count(a)");
  CHECK(f.made.batches == std::vector<size_t>{1, 1});
}

TEST_CASE("an error of a batch function carries its place", "[batch]") {
  AskFixture f;
  const Status status = f.db.Error("UNWIND ['a', 'bad'] AS x RETURN 1 AS one, ask(x) AS a");
  CHECK(status.code() == StatusCode::kSemantic);
  CHECK(status.message() == "the model refuses");
  CHECK(status.info().line == 1);
  CHECK(status.info().column == 43);
}

TEST_CASE("calls of constants are not folded and explain themselves", "[batch]") {
  AskFixture f;
  f.db.Plan("RETURN ask(1)");
  CHECK(f.made.total() == 0);
  CHECK(f.db.One("RETURN ask(1)") == "'<1>'");
  CHECK(f.made.total() == 1);
}

}  // namespace
}  // namespace gesta::test
