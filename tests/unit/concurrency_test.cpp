// Connections in several threads: races between writers, snapshots of readers, cancelling.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <thread>

#include "connection_support.h"

namespace gesta {
namespace {

using namespace gesta::test;
using Clock = std::chrono::steady_clock;

// Threads that collect what went wrong, since Catch2 asserts in one thread only.
class Threads {
 public:
  void Start(std::function<Status()> work) {
    threads_.emplace_back([this, work = std::move(work)] {
      const Status status = work();
      if (status.ok()) return;
      std::lock_guard<std::mutex> lock(mutex_);
      failures_ += status.ToString() + "\n";
    });
  }
  void Join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    REQUIRE(failures_ == "");
  }
  ~Threads() {
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::string failures_;
};

// Runs a transaction until it wins. Counts the races it lost.
Status Retry(Connection& connection, std::atomic<int>* conflicts,
             const std::function<Status()>& work) {
  for (;;) {
    GESTA_RETURN_IF_ERROR(connection.Begin());
    Status status = work();
    if (status.ok()) {
      status = connection.Commit();
    } else {
      GESTA_RETURN_IF_ERROR(connection.Rollback());
    }
    if (status.code() != StatusCode::kConflict) return status;
    ++*conflicts;
  }
}

TEST_CASE("a statement that deletes races with statements that connect: nothing dangles",
          "[concurrency]") {
  constexpr int kHubs = 30;
  TestDatabase db;
  MustQuery(*db.Connect(), "UNWIND range(0, 29) AS i CREATE (:Hub {i: i})");
  constexpr std::string_view kConnect =
      "MATCH (a:Hub {i: $a}), (b:Hub {i: $b}) CREATE (a)-[:R {n: $a}]->(b)";
  std::atomic<int> conflicts{0};
  std::atomic<int> refused{0};
  Threads threads;
  for (int thread = 0; thread < 2; ++thread) {
    threads.Start([&, thread]() -> Status {
      const auto connection = db.Connect();
      for (int i = 0; i < 60; ++i) {
        const Parameters hubs = {{"a", Value::Integer((i * 7 + thread) % kHubs)},
                                 {"b", Value::Integer((i * 3 + 1) % kHubs)}};
        GESTA_RETURN_IF_ERROR(connection->Execute(kConnect, hubs).status());
      }
      return Status::Ok();
    });
  }
  threads.Start([&]() -> Status {
    const auto connection = db.Connect();
    for (int i = 0; i < 40; ++i) {
      const Parameters hubs = {{"a", Value::Integer(i % kHubs)},
                               {"b", Value::Integer((i + 5) % kHubs)}};
      GESTA_RETURN_IF_ERROR(Retry(*connection, &conflicts, [&]() -> Status {
        // Its snapshot is older than what it writes.
        GESTA_RETURN_IF_ERROR(Query(*connection, "MATCH (h:Hub) RETURN count(h)").status());
        std::this_thread::yield();
        return connection->Execute(kConnect, hubs).status();
      }));
    }
    return Status::Ok();
  });
  threads.Start([&]() -> Status {
    const auto connection = db.Connect();
    for (int i = 0; i < kHubs; i += 3) {
      GESTA_RETURN_IF_ERROR(
          connection->Execute("MATCH (h:Hub {i: $i}) DETACH DELETE h", With("i", i)).status());
      std::this_thread::yield();
    }
    return Status::Ok();
  });
  threads.Start([&]() -> Status {
    const auto connection = db.Connect();
    for (int i = 1; i < kHubs; i += 3) {
      const Status status =
          connection->Execute("MATCH (h:Hub {i: $i}) DELETE h", With("i", i)).status();
      if (status.ok()) continue;
      if (status.code() != StatusCode::kConstraint) return status;
      ++refused;
    }
    return Status::Ok();
  });
  threads.Start([&]() -> Status {
    const auto connection = db.Connect();
    for (int i = 0; i < 60; ++i) {
      // Whatever the moment: each relationship has both its nodes, and all ways of counting agree.
      GESTA_RETURN_IF_ERROR(connection->Begin(/*read_only=*/true));
      GESTA_ASSIGN_OR_RETURN(const int64_t all,
                             QueryInteger(*connection, "MATCH ()-[r]->() RETURN count(r)"));
      GESTA_ASSIGN_OR_RETURN(
          const int64_t whole,
          QueryInteger(*connection,
                       "MATCH (a:Hub)-[r:R]->(b:Hub) WHERE a.i = r.n RETURN count(r)"));
      GESTA_ASSIGN_OR_RETURN(const int64_t backwards,
                             QueryInteger(*connection, "MATCH (b:Hub)<-[r]-(a) RETURN count(r)"));
      GESTA_RETURN_IF_ERROR(connection->Commit());
      if (all != whole || all != backwards) {
        return Status(StatusCode::kInternal, "counts differ: " + std::to_string(all) + ", " +
                                                 std::to_string(whole) + ", " +
                                                 std::to_string(backwards));
      }
    }
    return Status::Ok();
  });
  threads.Join();
  db.CheckConsistent();
  const auto connection = db.Connect();
  CHECK(MustQueryInteger(*connection, "MATCH (h:Hub) WHERE h.i % 3 = 0 RETURN count(h)") == 0);
  CHECK(MustQueryInteger(*connection, "MATCH (h:Hub) WHERE h.i % 3 = 1 RETURN count(h)") ==
        refused);
}

TEST_CASE("a transaction that loses a race gets a conflict and wins the next time",
          "[concurrency]") {
  TestDatabase db;
  const auto a = db.Connect();
  const auto b = db.Connect();
  MustQuery(*a, "CREATE (:Counter {n: 0})");
  RequireOk(a->Begin());
  CHECK(MustQueryInteger(*a, "MATCH (c:Counter) RETURN c.n") == 0);
  MustQuery(*b, "MATCH (c:Counter) SET c.n = 10");
  CHECK(MustQueryInteger(*a, "MATCH (c:Counter) RETURN c.n") == 0);
  const Status lost = a->Execute("MATCH (c:Counter) SET c.n = c.n + 1").status();
  INFO(lost.ToString());
  REQUIRE(lost.code() == StatusCode::kConflict);
  CHECK(lost.info().hint.find("again") != std::string::npos);
  // It can still read, and is over only when it is told to be.
  REQUIRE(a->InTransaction());
  CHECK(MustQueryInteger(*a, "MATCH (c:Counter) RETURN c.n") == 0);
  RequireOk(a->Rollback());
  RequireOk(a->Begin());
  MustQuery(*a, "MATCH (c:Counter) SET c.n = c.n + 1");
  RequireOk(a->Commit());
  CHECK(MustQueryInteger(*b, "MATCH (c:Counter) RETURN c.n") == 11);
}

TEST_CASE("transactions that read and then write lose no update when they are run again",
          "[concurrency]") {
  TestDatabase db;
  MustQuery(*db.Connect(), "CREATE (:Counter {n: 0})");
  std::atomic<int> conflicts{0};
  Threads threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.Start([&]() -> Status {
      const auto connection = db.Connect();
      for (int i = 0; i < 25; ++i) {
        GESTA_RETURN_IF_ERROR(Retry(*connection, &conflicts, [&]() -> Status {
          GESTA_ASSIGN_OR_RETURN(const int64_t n,
                                 QueryInteger(*connection, "MATCH (c:Counter) RETURN c.n"));
          std::this_thread::yield();
          return connection->Execute("MATCH (c:Counter) SET c.n = $n", With("n", n + 1)).status();
        }));
      }
      return Status::Ok();
    });
  }
  threads.Join();
  CHECK(MustQueryInteger(*db.Connect(), "MATCH (c:Counter) RETURN c.n") == 100);
}

TEST_CASE("statements that commit by themselves never lose a race", "[concurrency]") {
  TestDatabase db;
  MustQuery(*db.Connect(), "CREATE (:Counter {n: 0})");
  MustQuery(*db.Connect(), "CREATE CONSTRAINT FOR (k:Key) REQUIRE k.id IS UNIQUE");
  std::atomic<int> conflicts{0};
  Threads threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.Start([&, thread]() -> Status {
      const auto connection = db.Connect();
      for (int i = 0; i < 40; ++i) {
        GESTA_RETURN_IF_ERROR(connection->Execute("MATCH (c:Counter) SET c.n = c.n + 1").status());
        // The same keys in all threads, with and without a constraint.
        GESTA_RETURN_IF_ERROR(connection
                                  ->Execute("MERGE (k:Key {id: $i}) ON CREATE SET k.made = 1 "
                                            "ON MATCH SET k.made = k.made + 1",
                                            With("i", i))
                                  .status());
        GESTA_RETURN_IF_ERROR(
            connection->Execute("MERGE (:Loose {id: $i})-[:OF]->(:Thing)", With("i", i)).status());
        if (i % 10 == thread) {
          // One that holds on to the right to write for a while.
          GESTA_RETURN_IF_ERROR(Retry(*connection, &conflicts, [&]() -> Status {
            GESTA_RETURN_IF_ERROR(
                connection->Execute("MATCH (c:Counter) SET c.n = c.n + 1000").status());
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
            return connection->Execute("MATCH (c:Counter) SET c.n = c.n - 1000").status();
          }));
        }
      }
      return Status::Ok();
    });
  }
  threads.Join();
  const auto connection = db.Connect();
  CHECK(MustQueryInteger(*connection, "MATCH (c:Counter) RETURN c.n") == 160);
  CHECK(MustQueryInteger(*connection, "MATCH (k:Key) WHERE k.made = 4 RETURN count(k)") == 40);
  CHECK(MustQueryInteger(*connection, "MATCH (k:Key) RETURN count(k)") == 40);
  CHECK(MustQueryInteger(*connection, "MATCH (l:Loose) RETURN count(l)") == 40);
  CHECK(MustQueryInteger(*connection, "MATCH (t:Thing) RETURN count(t)") == 40);
  db.CheckConsistent();
}

TEST_CASE("a reader keeps its snapshot while others write", "[concurrency]") {
  DatabaseOptions options;
  options.batch_rows = 7;
  TestDatabase db(options);
  const auto writer = db.Connect();
  MustQuery(*writer,
            "UNWIND range(1, 200) AS i CREATE (:N {i: i})-[:TO {i: i}]->(:M {i: i, old: true})");
  const auto reader = db.Connect();

  SECTION("rows that are read later are those of the start") {
    auto result = Must(reader->Execute("MATCH (n:N)-[t:TO]->(m:M) RETURN n, t.i, m ORDER BY n.i"));
    auto unsorted = Must(reader->Execute("MATCH (n:N)-[t:TO]->(m) RETURN n, t.i, m"));
    std::vector<Value> row;
    REQUIRE(Must(result->Next(&row)));
    REQUIRE(Must(unsorted->Next(&row)));
    MustQuery(*writer, "MATCH (n:N) WHERE n.i > 100 DETACH DELETE n");
    MustQuery(*writer, "MATCH (m:M) SET m.old = false, m:Changed");
    MustQuery(*writer, "UNWIND range(1, 50) AS i CREATE (:N {i: -i})-[:TO {i: -i}]->(:M)");
    for (auto* rows : {result.get(), unsorted.get()}) {
      int64_t read = 1;
      while (Must(rows->Next(&row))) {
        ++read;
        const int64_t i = row[1].AsInteger();
        REQUIRE(row[0].AsNode().properties.Find("i")->AsInteger() == i);
        REQUIRE(row[2].AsNode().properties.Find("old")->IsTrue());
        REQUIRE(row[2].AsNode().labels == std::vector<std::string>{"M"});
      }
      CHECK(read == 200);
    }
  }

  SECTION("a transaction sees one state") {
    const bool read_only = GENERATE(false, true);
    RequireOk(reader->Begin(read_only));
    constexpr std::string_view kCount = "MATCH (n:N) RETURN count(n)";
    constexpr std::string_view kOld = "MATCH (m:M {old: true}) RETURN count(m)";
    CHECK(MustQueryInteger(*reader, kCount) == 200);
    MustQuery(*writer, "MATCH (n:N) DETACH DELETE n");
    MustQuery(*writer, "CREATE INDEX FOR (m:M) ON (m.old)");
    MustQuery(*writer, "MATCH (m:M) SET m.old = null");
    CHECK(MustQueryInteger(*reader, kCount) == 200);
    CHECK(MustQueryInteger(*reader, kOld) == 200);
    RequireOk(reader->Commit());
    CHECK(MustQueryInteger(*reader, kCount) == 0);
    CHECK(MustQueryInteger(*reader, kOld) == 0);
  }

  SECTION("what moves is always somewhere") {
    MustQuery(*writer, "CREATE (:Account {name: 'a', sum: 100}), (:Account {name: 'b', sum: 0})");
    std::atomic<bool> done{false};
    Threads threads;
    threads.Start([&]() -> Status {
      const auto connection = db.Connect();
      std::atomic<int> conflicts{0};
      Status status;
      for (int i = 0; i < 40 && status.ok(); ++i) {
        status = Retry(*connection, &conflicts, [&]() -> Status {
          GESTA_RETURN_IF_ERROR(
              connection->Execute("MATCH (a:Account {name: 'a'}) SET a.sum = a.sum - 1").status());
          return connection->Execute("MATCH (b:Account {name: 'b'}) SET b.sum = b.sum + 1")
              .status();
        });
      }
      done = true;
      return status;
    });
    for (int thread = 0; thread < 2; ++thread) {
      threads.Start([&]() -> Status {
        const auto connection = db.Connect();
        while (!done) {
          GESTA_ASSIGN_OR_RETURN(const int64_t sum,
                                 QueryInteger(*connection, "MATCH (a:Account) RETURN sum(a.sum)"));
          if (sum != 100) return Status(StatusCode::kInternal, "sum " + std::to_string(sum));
        }
        return Status::Ok();
      });
    }
    threads.Join();
    CHECK(MustQueryInteger(*reader, "MATCH (b:Account {name: 'b'}) RETURN b.sum") == 40);
  }
}

TEST_CASE("plans made for one catalog are not used with another", "[concurrency]") {
  TestDatabase db;
  MustQuery(*db.Connect(), "UNWIND range(1, 300) AS i CREATE (:N {i: i % 30})");
  std::atomic<bool> done{false};
  Threads threads;
  threads.Start([&]() -> Status {
    const auto connection = db.Connect();
    Status status;
    for (int i = 0; i < 25 && status.ok(); ++i) {
      status = connection->Execute("CREATE INDEX by_i FOR (n:N) ON (n.i)").status();
      if (status.ok()) status = connection->Execute("DROP INDEX by_i").status();
      if (status.ok()) {
        // A transaction that is rolled back leaves no trace in shared plans either.
        status = connection->Begin();
        if (status.ok()) {
          status = connection->Execute("CREATE INDEX mine FOR (n:N) ON (n.i)").status();
        }
        if (status.ok()) {
          status = Query(*connection, "MATCH (n:N {i: 7}) RETURN count(n)").status();
        }
        const Status rolled_back = connection->Rollback();
        if (status.ok()) status = rolled_back;
        if (status.code() == StatusCode::kConflict) status = Status::Ok();
      }
    }
    done = true;
    return status;
  });
  for (int thread = 0; thread < 3; ++thread) {
    threads.Start([&]() -> Status {
      const auto connection = db.Connect();
      GESTA_ASSIGN_OR_RETURN(const auto prepared,
                             connection->Prepare("MATCH (n:N {i: $i}) RETURN count(n)"));
      for (int64_t i = 0; !done; i = (i + 1) % 30) {
        GESTA_ASSIGN_OR_RETURN(auto result, prepared->Execute(With("i", i)));
        GESTA_ASSIGN_OR_RETURN(const Rows rows, result->FetchAll());
        GESTA_ASSIGN_OR_RETURN(const int64_t same,
                               QueryInteger(*connection, "MATCH (n:N {i: 7}) RETURN count(n)"));
        if (rows.at(0).at(0).AsInteger() != 10 || same != 10) {
          return Status(StatusCode::kInternal, "not 10 nodes");
        }
      }
      return Status::Ok();
    });
  }
  threads.Join();
  db.CheckConsistent();
}

// -- cancelling --

// Calls Cancel until told that the statement has ended: a call before it starts does nothing.
class Canceller {
 public:
  explicit Canceller(Connection& connection)
      : thread_([this, &connection] {
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
          while (!done_) {
            connection.Cancel();
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
          }
        }) {}
  ~Canceller() {
    done_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> done_{false};
  std::thread thread_;
};

TEST_CASE("a running statement is cancelled from another thread", "[concurrency]") {
  TestDatabase db;
  const auto connection = db.Connect();
  MustQuery(*connection, "UNWIND range(1, 300) AS i CREATE (:N {i: i})");
  MustQuery(*connection,
            "MATCH (a:N), (b:N) WHERE b.i = a.i + 1 OR b.i = a.i + 2 "
            "CREATE (a)-[:NEXT]->(b)");
  // Each would run for hours.
  const std::string statement = GENERATE(
      as<std::string>(),
      "UNWIND range(1, 1000000) AS i UNWIND range(1, 1000000) AS j WITH i WHERE i < 0 RETURN i",
      "UNWIND range(1, 1000000) AS i UNWIND range(1, 1000000) AS j RETURN count(i)",
      "MATCH (a:N), (b:N), (c:N), (d:N), (e:N) WHERE a.i + b.i + c.i + d.i < e.i RETURN count(*)",
      "MATCH p = (:N {i: 1})-[:NEXT*]->(:N {i: 300}) RETURN count(p)",
      "MATCH (a:N), (b:N), (c:N), (d:N) RETURN a.i + b.i AS s, count(DISTINCT c.i * d.i) "
      "ORDER BY s",
      "MATCH (a:N) WHERE EXISTS { MATCH (b:N), (c:N), (d:N) WHERE b.i + c.i * d.i < a.i - 300 } "
      "RETURN a",
      "RETURN reduce(s = 0, i IN range(1, 1000000) | s + size([x IN range(1, 1000000) | x]))",
      "MATCH (a:N), (b:N), (c:N), (d:N) CREATE (:Made {i: a.i})",
      "MATCH (a:N), (b:N), (c:N), (d:N) WITH a, b, c, d MERGE (:Made {i: 1}) RETURN count(*)",
      "MATCH (a:N), (b:N), (c:N), (d:N) SET a.j = d.i");
  INFO(statement);
  const auto start = Clock::now();
  Status status;
  {
    const Canceller canceller(*connection);
    status = Query(*connection, statement).status();
  }
  INFO(status.ToString());
  REQUIRE(status.code() == StatusCode::kCancelled);
  CHECK(Clock::now() - start < std::chrono::seconds(20));
  // The connection is as good as new, and nothing was written.
  CHECK(MustQueryInteger(*connection, "MATCH (n) RETURN count(n)") == 300);
  CHECK(MustQueryInteger(*connection, "MATCH (n) WHERE n.j IS NOT NULL RETURN count(n)") == 0);
}

TEST_CASE("rows that are read one by one can be cancelled", "[concurrency]") {
  TestDatabase db;
  const auto connection = db.Connect();
  auto result = Must(
      connection->Execute("UNWIND range(1, 1000000) AS i UNWIND range(1, 1000000) AS j RETURN i"));
  std::vector<Value> row;
  for (int i = 0; i < 10; ++i) REQUIRE(Must(result->Next(&row)));
  Status status;
  {
    const Canceller canceller(*connection);
    for (;;) {
      const auto more = result->Next(&row);
      status = more.status();
      if (!status.ok() || !*more) break;
    }
  }
  REQUIRE(status.code() == StatusCode::kCancelled);
  // And stay so.
  CHECK(result->Next(&row).status().code() == StatusCode::kCancelled);
  CHECK(MustQueryInteger(*connection, "RETURN 1") == 1);
}

TEST_CASE("waiting for another connection's transaction can be cancelled and times out",
          "[concurrency]") {
  TestDatabase db;
  const auto holder = db.Connect();
  RequireOk(holder->Begin());
  MustQuery(*holder, "CREATE (:N)");
  const auto connection = db.Connect();
  {
    const Canceller canceller(*connection);
    CHECK(connection->Execute("CREATE (:M)").status().code() == StatusCode::kCancelled);
  }
  connection->SetTimeout(std::chrono::milliseconds(30));
  const Status late = connection->Execute("CREATE (:M)").status();
  INFO(late.ToString());
  CHECK((late.code() == StatusCode::kConflict || late.code() == StatusCode::kTimeout));
  connection->SetTimeout(std::chrono::milliseconds(0));
  RequireOk(holder->Commit());
  MustQuery(*connection, "CREATE (:M)");
  CHECK(MustQueryInteger(*connection, "MATCH (n) RETURN count(n)") == 2);
}

TEST_CASE("a statement inside a transaction that is cancelled is undone alone", "[concurrency]") {
  TestDatabase db;
  const auto connection = db.Connect();
  RequireOk(connection->Begin());
  MustQuery(*connection, "CREATE (:N {i: 1})");
  {
    const Canceller canceller(*connection);
    const Status status =
        connection
            ->Execute(
                "UNWIND range(1, 1000000) AS i UNWIND range(1, 1000000) AS j CREATE (:N {i: i})")
            .status();
    REQUIRE(status.code() == StatusCode::kCancelled);
  }
  MustQuery(*connection, "CREATE (:N {i: 2})");
  RequireOk(connection->Commit());
  CHECK(MustQueryInteger(*connection, "MATCH (n:N) RETURN count(n)") == 2);
  db.CheckConsistent();
}

TEST_CASE("a time limit ends a statement", "[concurrency]") {
  TestDatabase db;
  const auto connection = db.Connect();
  connection->SetTimeout(std::chrono::milliseconds(40));
  const Status status =
      Query(*connection,
            "UNWIND range(1, 1000000) AS i UNWIND range(1, 1000000) AS j RETURN count(i)")
          .status();
  INFO(status.ToString());
  CHECK(status.code() == StatusCode::kTimeout);
  CHECK(MustQueryInteger(*connection, "RETURN 1") == 1);
}

// -- one plan in several threads --

TEST_CASE("threads run one prepared ALIGN", "[concurrency][align]") {
  TestDatabase db;
  const auto connection = db.Connect();
  MustQuery(*connection,
            "UNWIND [['run', 'move fast on foot'], ['walk', 'move at a regular pace on foot'], "
            "['type', 'write with a keyboard'], ['cut', 'separate with a sharp tool'], "
            "['pour', 'make a liquid flow'], ['throw', 'send through the air by hand']] AS verb "
            "CREATE (:Verb {lemma: verb[0], definition: verb[1]})");
  constexpr std::string_view kAlign =
      "ALIGN $text TO (v:Verb) USING lexical TOP 3 YIELD score, rank "
      "RETURN v.lemma AS lemma, score ORDER BY rank";
  const std::vector<std::string> texts = {"typing",      "RunFast",        "cutting_apple",
                                          "throw//ball", "pour the water", "walk"};
  auto text_of = [](const Rows& rows) {
    std::string text;
    for (const auto& row : rows) text += ToText(row[0], false) + " " + ToText(row[1], false) + "\n";
    return text;
  };
  std::vector<std::string> expected;
  for (const std::string& text : texts) {
    expected.push_back(text_of(MustQuery(*connection, kAlign, {{"text", Value::String(text)}})));
  }
  CHECK(expected[0].substr(0, 5) == "type ");
  CHECK(expected[3].substr(0, 6) == "throw ");
  Threads threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.Start([&]() -> Status {
      const auto own = db.Connect();
      GESTA_ASSIGN_OR_RETURN(const auto prepared, own->Prepare(kAlign));
      for (size_t i = 0; i < 60; ++i) {
        const size_t at = i % texts.size();
        GESTA_ASSIGN_OR_RETURN(auto result,
                               prepared->Execute({{"text", Value::String(texts[at])}}));
        GESTA_ASSIGN_OR_RETURN(const Rows rows, result->FetchAll());
        if (text_of(rows) != expected[at]) {
          return Status(StatusCode::kInternal, texts[at] + " gives:\n" + text_of(rows));
        }
      }
      return Status::Ok();
    });
  }
  threads.Start([&]() -> Status {
    // The candidates' index is made anew meanwhile. Verbs unlike the texts do not change answers.
    const auto own = db.Connect();
    for (int64_t i = 0; i < 10; ++i) {
      GESTA_RETURN_IF_ERROR(own->Execute("CREATE (:Other {i: $i})", With("i", i)).status());
    }
    return Status::Ok();
  });
  threads.Join();
}

}  // namespace
}  // namespace gesta
