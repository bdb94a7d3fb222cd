// In a transaction, and wherever a statement writes, rows are kept until the statement has ended.
// Their nodes were then copied once for every row, outside of the memory budget, and neither a time
// limit nor a cancellation was looked at meanwhile.
#include "unit/connection_support.h"

namespace gesta {
namespace {

using namespace gesta::test;

constexpr int kNodes = 100;

// Nodes with ten kilobytes of text each.
std::unique_ptr<Connection> Fill(TestDatabase& database) {
  auto connection = database.Connect();
  MustQuery(*connection,
            "UNWIND range(1, 100) AS i CREATE (:N {i: i, "
            "t: reduce(t = '', k IN range(1, 1000) | t + '0123456789')})");
  return connection;
}

TEST_CASE("a node that comes in many rows is kept once", "[connection][limits]") {
  TestDatabase database;
  const auto connection = Fill(database);
  connection->SetMemoryLimit(16 << 20);
  RequireOk(connection->Begin());
  const auto rows =
      Query(*connection, "MATCH (n:N) UNWIND range(1, 1000) AS k RETURN n, [n] AS list");
  INFO(rows.status().ToString());
  REQUIRE(rows.ok());
  REQUIRE(rows->size() == 1000 * kNodes);
  CHECK(&(*rows)[0][0].AsNode() == &(*rows)[999][0].AsNode());
  CHECK(&(*rows)[0][0].AsNode() == &(*rows)[0][1].AsList()[0].AsNode());
  const Value* text = rows->front()[0].AsNode().properties.Find("t");
  REQUIRE(text != nullptr);
  CHECK(text->AsString().size() == 10'000);
  CHECK(rows->back()[1].AsList()[0].AsNode().labels == std::vector<std::string>{"N"});
  RequireOk(connection->Rollback());
}

TEST_CASE("nodes of kept rows count against the memory budget", "[connection][limits]") {
  TestDatabase database;
  const auto connection = Fill(database);
  connection->SetMemoryLimit(512 << 10);
  for (const bool write : {false, true}) {
    CAPTURE(write);
    if (!write) RequireOk(connection->Begin());
    const auto rows =
        Query(*connection, write ? "MATCH (n:N) SET n.i = -1 RETURN n" : "MATCH (n:N) RETURN n");
    REQUIRE_FALSE(rows.ok());
    CHECK(rows.status().code() == StatusCode::kMemoryBudget);
    if (!write) RequireOk(connection->Rollback());
  }
  CHECK(MustQueryInteger(*connection, "MATCH (n:N) RETURN sum(n.i)") == 5050);
  // Rows that are read one by one are not kept: a megabyte of nodes passes through half of one.
  CHECK(MustQuery(*connection, "MATCH (n:N) RETURN n").size() == kNodes);
}

}  // namespace
}  // namespace gesta
