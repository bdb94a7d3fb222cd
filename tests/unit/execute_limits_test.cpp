// Statements that would run for very long or keep very much: the memory budget, the time limit and
// cancelling end them in every operator, and the process stays small.
#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include "connection_support.h"

using namespace gesta;
using namespace gesta::test;

namespace {

DatabaseOptions Threads(size_t threads) {
  DatabaseOptions options;
  options.threads = threads;
  options.parallel_rows = threads > 1 ? 0 : 1e18;
  return options;
}

void Fill(Connection& connection) {
  MustQuery(connection,
            "UNWIND range(1, 3000) AS i CREATE (:N {i: i, t: 'a text of some length, ' + i})");
  MustQuery(connection, "MATCH (a:N), (b:N) WHERE a.i <= 200 AND b.i <= 30 CREATE (a)-[:R]->(b)");
}

// 9 million rows and more; each keeps them in another place.
constexpr const char* kGreedy[] = {
    "MATCH (a:N), (b:N) RETURN a.t, b.t ORDER BY a.t, b.t",
    "MATCH (a:N), (b:N) WITH a, b ORDER BY a.t LIMIT 8000000 RETURN count(*)",
    "MATCH (a:N), (b:N) RETURN collect(a.t + b.t)",
    "MATCH (a:N), (b:N) RETURN a.i % 10, collect(b)",
    "MATCH (a:N), (b:N) RETURN DISTINCT a, b ORDER BY a LIMIT 1",
    "MATCH (a:N), (b:N) RETURN count(DISTINCT a.t + b.t)",
    "MATCH (a:N), (b:N) RETURN a, b, max(a.t + b.t)",
    "MATCH (a:N), (b:N) RETURN percentileCont(a.i * b.i, 0.5)",
    "UNWIND range(1, 3000) AS x RETURN range(1, 1000000)",
    "UNWIND range(1, 3000) AS x RETURN [i IN range(1, 1000000) | i + x]",
    "MATCH (a:N) WITH COLLECT { MATCH (b:N), (c:N) RETURN b.t + c.t } AS l RETURN size(l)",
    "MATCH (a:N), (b:N) WITH collect([a.i, b.i]) AS l RETURN size(l)",
};

// Rows without end that nothing keeps.
constexpr const char* kEndless[] = {
    "MATCH (a:N), (b:N), (c:N) RETURN sum(a.i * b.i)",
    "MATCH (a:N), (b:N), (c:N) WHERE a.i + b.i + c.i < 0 RETURN a",
    "MATCH (a:N), (b:N), (c:N) RETURN DISTINCT a.i % 7",
    "MATCH (a:N), (b:N), (c:N) RETURN a.t ORDER BY a.i + b.i LIMIT 3",
    "MATCH (a:N), (b:N), (c:N) RETURN a.i SKIP 100000000000",
    "MATCH (a:N)-[:R*]-(b) RETURN count(*)",
    "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y UNWIND [1, 2] AS z "
    "RETURN sum(x * y * z)",
    "UNWIND range(1, 100000) AS x RETURN sum(reduce(s = x, i IN range(1, 100000) | s + i))",
    "UNWIND range(1, 100000) AS x WITH x WHERE all(i IN range(1, 100000) WHERE i > -x) "
    "RETURN count(*)",
    "MATCH (a:N) WHERE EXISTS { MATCH (b:N), (c:N) WHERE b.i + c.i + a.i < 0 } RETURN count(a)",
    "MATCH (a:N) CALL { WITH a MATCH (b:N), (c:N) WHERE b.i + c.i + a.i > 0 "
    "RETURN sum(b.i) AS n } RETURN sum(n)",
    "MATCH (a:N), (b:N), (c:N) OPTIONAL MATCH (a)-[r:R]->(b) RETURN count(r), sum(c.i)",
    "MATCH (a:N), (b:N) MERGE (a)-[:X]->(b)",
    "MATCH (a:N), (b:N), (c:N) SET a.x = b.i + c.i",
};

// The process's greatest size since the last call, in MiB; 0 where the system does not say.
size_t TakePeakMegabytes() {
  std::ifstream status("/proc/self/status");
  std::string line;
  size_t kilobytes = 0;
  while (std::getline(status, line)) {
    if (line.rfind("VmHWM:", 0) == 0) std::istringstream(line.substr(6)) >> kilobytes;
  }
  std::ofstream("/proc/self/clear_refs") << "5";
  return kilobytes / 1024;
}

}  // namespace

TEST_CASE("what a statement keeps is within its memory budget", "[execute][limits]") {
  for (const size_t threads : {1, 3}) {
    TestDatabase db(Threads(threads));
    auto connection = db.Connect();
    Fill(*connection);
    connection->SetMemoryLimit(64 << 20);
    const size_t before = (TakePeakMegabytes(), TakePeakMegabytes());
    for (const char* text : kGreedy) {
      INFO(text << " in " << threads << " threads");
      const auto result = Query(*connection, text);
      REQUIRE_FALSE(result.ok());
      CHECK(result.status().code() == StatusCode::kMemoryBudget);
      CHECK_FALSE(result.status().info().hint.empty());
      const size_t peak = TakePeakMegabytes();
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
      CHECK(peak < before + 240);
#else
      CHECK(peak >= before / 2);
#endif
    }
    // The connection goes on, and nothing of the failed statements is left.
    CHECK(MustQueryInteger(*connection, "MATCH (n) RETURN count(n)") == 3000);
  }
}

TEST_CASE("time limits and cancelling end every operator", "[execute][limits]") {
  for (const size_t threads : {1, 3}) {
    TestDatabase db(Threads(threads));
    auto connection = db.Connect();
    Fill(*connection);
    for (const char* text : kEndless) {
      INFO(text << " in " << threads << " threads");
      connection->SetTimeout(std::chrono::milliseconds(30));
      const auto late = Query(*connection, text);
      REQUIRE_FALSE(late.ok());
      CHECK(late.status().code() == StatusCode::kTimeout);

      connection->SetTimeout(std::chrono::milliseconds(0));
      std::atomic<bool> done{false};
      std::thread canceller([&] {
        while (!done) {
          std::this_thread::sleep_for(std::chrono::milliseconds(10));
          connection->Cancel();
        }
      });
      const auto cancelled = Query(*connection, text);
      done = true;
      canceller.join();
      REQUIRE_FALSE(cancelled.ok());
      CHECK(cancelled.status().code() == StatusCode::kCancelled);
    }
    CHECK(MustQueryInteger(*connection, "MATCH (n) RETURN count(n)") == 3000);
    CHECK(MustQueryInteger(*connection, "MATCH ()-[r]->() RETURN count(r)") == 6000);
  }
}
