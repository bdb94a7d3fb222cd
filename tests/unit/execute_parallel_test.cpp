// Statements run by several threads: the rows are those of one thread; errors, time limits,
// cancelling and the memory budget end them all.
#include <atomic>
#include <random>
#include <thread>

#include "connection_support.h"
#include "execute/worker_pool.h"

using namespace gesta;
using namespace gesta::test;

namespace {

using Strings = std::vector<std::string>;

DatabaseOptions WithThreads(size_t threads, double parallel_rows) {
  DatabaseOptions options;
  options.threads = threads;
  options.parallel_rows = parallel_rows;
  options.store.sync = false;
  return options;
}

Strings Texts(const Rows& rows, bool sorted) {
  Strings texts;
  for (const std::vector<Value>& row : rows) {
    std::string text;
    for (const Value& value : row) text += ToText(value, true) + "|";
    texts.push_back(std::move(text));
  }
  if (sorted) std::sort(texts.begin(), texts.end());
  return texts;
}

// The same store, opened by one database after the other.
struct SharedStore {
  TempDirectory directory;

  template <typename Use>
  void With(DatabaseOptions options, const Use& use) {
    auto database = Must(Database::Open(directory / "s", options));
    auto connection = database->Connect();
    use(*connection);
  }

  // People who know one another, in cities; a few have no age, or one that is no integer.
  void FillAtRandom(unsigned seed) {
    With(WithThreads(1, 0), [&](Connection& connection) {
      std::mt19937 random(seed);
      List people;
      List knows;
      for (int i = 0; i < 400; ++i) {
        Map map;
        map.Set("id", Value::Integer(i));
        map.Set("city", Value::String("c" + std::to_string(random() % 17)));
        if (random() % 9 != 0) {
          const auto age = static_cast<int64_t>(random() % 50);
          map.Set("age", random() % 11 == 0 ? Value::Float(static_cast<double>(age) + 0.5)
                                            : Value::Integer(age));
        }
        people.push_back(Value::MakeMap(std::move(map)));
      }
      for (int i = 0; i < 2500; ++i) {
        Map map;
        map.Set("a", Value::Integer(static_cast<int64_t>(random() % 400)));
        map.Set("b", Value::Integer(static_cast<int64_t>(random() % 40)));
        knows.push_back(Value::MakeMap(std::move(map)));
      }
      MustQuery(connection, "UNWIND $rows AS row CREATE (p:Person) SET p = row",
                {{"rows", Value::MakeList(std::move(people))}});
      MustQuery(connection,
                "UNWIND $rows AS row MATCH (a:Person {id: row.a}), (b:Person {id: row.b}) "
                "CREATE (a)-[:KNOWS {w: row.a + row.b}]->(b)",
                {{"rows", Value::MakeList(std::move(knows))}});
    });
  }
};

struct Statement {
  const char* text;
  bool ordered;  // the language says in what order rows come
};

constexpr Statement kStatements[] = {
    {"MATCH (p:Person) RETURN p.city, count(*), count(p.age), sum(p.age), min(p.age), max(p.id)",
     false},
    {"MATCH (p:Person) RETURN count(*), avg(p.id), count(DISTINCT p.city)", false},
    {"MATCH (p:Person) WHERE p.age > 1000 RETURN count(*), sum(p.age), min(p.age)", false},
    {"MATCH (p:Person) WHERE p.age > 1000 RETURN p.city, count(*)", false},
    {"MATCH (a:Person)-[k:KNOWS]->(b) RETURN b.city, count(DISTINCT a), sum(k.w)", false},
    {"MATCH (a)-[:KNOWS]->(b)<-[:KNOWS]-(c) WHERE a.city <> c.city "
     "WITH a, c, count(DISTINCT b) AS n WHERE n >= 2 RETURN count(*), sum(n)",
     false},
    {"MATCH (a)-[:KNOWS]->(b)<-[:KNOWS]-(c) RETURN a.age, c.age, count(*)", false},
    {"MATCH (a)-[:KNOWS]->(b)-[:KNOWS]->(c) RETURN DISTINCT a.city, c.age", false},
    {"MATCH (a)-[:KNOWS]->(b)-[:KNOWS]->(c) RETURN count(*)", false},
    {"MATCH (a)-[:KNOWS]->(b) RETURN sum(DISTINCT a.age), collect(DISTINCT b.id % 3)[0] IS NULL",
     false},
    {"MATCH (a:Person) RETURN a.age AS age, a.id ORDER BY age, a.id", true},
    {"MATCH (a)-[:KNOWS]->(b) RETURN a.age, b.id, id(a) ORDER BY a.age DESC, b.id, id(a) "
     "SKIP 5 LIMIT 300",
     true},
    {"MATCH (a:Person) RETURN a.city AS c ORDER BY c LIMIT 7", true},
    {"MATCH (a:Person), (b:Person) WHERE a.age = b.age AND a.id < b.id RETURN a.city, count(*)",
     false},
    {"MATCH (a:Person) WHERE EXISTS { (a)-[:KNOWS]->(b) WHERE b.age > 20 } RETURN a.city, count(*)",
     false},
    {"MATCH (a:Person) OPTIONAL MATCH (a)-[k:KNOWS]->(b) WHERE b.age = 7 RETURN a.city, count(k)",
     false},
    {"MATCH (a:Person) WITH a, COUNT { (a)-[:KNOWS]->() } AS n RETURN n, count(*)", false},
    {"MATCH (a:Person) UNWIND range(1, a.id % 5) AS i RETURN i, count(a)", false},
    {"MATCH (a:Person {id: 3})-[:KNOWS*1..3]->(b) RETURN b.city, count(*)", false},
    {"MATCH (a:Person) WITH a.city AS c, count(*) AS n RETURN n, count(c)", false},
    {"MATCH (p:Person) RETURN percentileDisc(p.age, 0.3), percentileCont(p.id, 0.5)", false},
};

}  // namespace

TEST_CASE("several threads give the rows that one gives", "[execute][parallel]") {
  for (const unsigned seed : {1u, 2u}) {
    SharedStore shared;
    shared.FillAtRandom(seed);
    std::vector<Strings> expected;
    shared.With(WithThreads(1, 0), [&](Connection& connection) {
      for (const Statement& one : kStatements) {
        expected.push_back(Texts(MustQuery(connection, one.text), !one.ordered));
      }
    });
    for (const size_t batch_rows : {size_t{1024}, size_t{3}}) {
      for (const size_t threads : {2, 5}) {
        DatabaseOptions options = WithThreads(threads, 0);
        options.batch_rows = batch_rows;
        shared.With(options, [&](Connection& connection) {
          for (size_t i = 0; i < expected.size(); ++i) {
            INFO(threads << " threads, batches of " << batch_rows);
            CHECK(Texts(MustQuery(connection, kStatements[i].text), !kStatements[i].ordered) ==
                  expected[i]);
          }
        });
      }
    }
  }
}

TEST_CASE("collect keeps the order of sorted rows in several threads", "[execute][parallel]") {
  SharedStore shared;
  shared.FillAtRandom(3);
  shared.With(WithThreads(3, 0), [&](Connection& connection) {
    const Rows rows = MustQuery(
        connection, "MATCH (p:Person) WITH p ORDER BY p.id DESC RETURN collect(p.id) AS ids");
    const List& ids = rows[0][0].AsList();
    REQUIRE(ids.size() == 400);
    for (size_t i = 0; i < ids.size(); ++i) {
      REQUIRE(ids[i].AsInteger() == 399 - static_cast<int64_t>(i));
    }
  });
}

TEST_CASE("rows that are equal in all sort keys come as one thread gives them",
          "[execute][parallel]") {
  SharedStore shared;
  shared.FillAtRandom(4);
  const char* text = "MATCH (p:Person) RETURN p.id ORDER BY p.city";
  Strings expected;
  shared.With(WithThreads(1, 0), [&](Connection& connection) {
    expected = Texts(MustQuery(connection, text), false);
  });
  shared.With(WithThreads(4, 0), [&](Connection& connection) {
    CHECK(Texts(MustQuery(connection, text), false) == expected);
    CHECK(Texts(MustQuery(connection, std::string(text) + " LIMIT 100"), false) ==
          Strings(expected.begin(), expected.begin() + 100));
  });
}

TEST_CASE("an error in one thread is the statement's error", "[execute][parallel]") {
  SharedStore shared;
  shared.FillAtRandom(5);
  shared.With(WithThreads(3, 0), [&](Connection& connection) {
    for (const char* text : {"MATCH (p:Person) RETURN sum(10 / (p.id - 200))",
                             "MATCH (p:Person) RETURN DISTINCT 10 / (p.id - 200)",
                             "MATCH (p:Person) RETURN p.id ORDER BY 10 / (p.id - 200)"}) {
      const auto result = Query(connection, text);
      INFO(text);
      REQUIRE_FALSE(result.ok());
      CHECK(result.status().code() == StatusCode::kArithmetic);
      CHECK(result.status().info().line == 1);
    }
    CHECK(MustQueryInteger(connection, "MATCH (p:Person) RETURN count(p)") == 400);
  });
}

TEST_CASE("statements of several connections share the threads", "[execute][parallel]") {
  SharedStore shared;
  shared.FillAtRandom(6);
  auto database = Must(Database::Open(shared.directory / "s", WithThreads(2, 0)));
  std::atomic<int> wrong{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      auto connection = database->Connect();
      for (int round = 0; round < 20; ++round) {
        const auto count = QueryInteger(
            *connection, "MATCH (a:Person)-[k:KNOWS]->(b) WITH a, count(k) AS n RETURN sum(n)");
        if (!count.ok() || *count != 2500) ++wrong;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  CHECK(wrong == 0);
}

TEST_CASE("PROFILE sums what threads did", "[execute][parallel]") {
  SharedStore shared;
  shared.FillAtRandom(7);
  shared.With(WithThreads(3, 0), [&](Connection& connection) {
    auto result = Must(connection.Execute(
        "PROFILE MATCH (a:Person)-[k:KNOWS]->(b) WHERE k.w >= 0 RETURN b.city, sum(k.w)"));
    Must(result->FetchAll());
    const std::string plan = result->summary().plan;
    INFO(plan);
    // The expand's rows, and the scan's.
    CHECK(plan.find("2500") != std::string::npos);
    CHECK(plan.find(" 400 ") != std::string::npos);
  });
}

TEST_CASE("a worker pool runs every task once", "[execute][parallel]") {
  for (const size_t width : {1, 2, 4}) {
    WorkerPool pool(width);
    CHECK(pool.width() == width);
    for (const size_t count : {0, 1, 2, 9}) {
      std::vector<std::atomic<int>> calls(count);
      pool.Run(count, [&](size_t number) {
        // A task may wait for tasks of its own.
        pool.Run(3, [&](size_t) { ++calls[number]; });
      });
      for (const auto& one : calls) CHECK(one == 3);
    }
  }
}
