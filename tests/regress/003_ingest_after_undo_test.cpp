// After the run of an ingest job was undone, the job said that there was nothing to do: its record
// still called it done.
#include "unit/connection_support.h"
#include "unit/ingest_test_support.h"

namespace gesta {
namespace {

using namespace gesta::test;

TEST_CASE("a job whose run was undone runs again", "[ingest]") {
  TestDatabase database;
  Store& store = database.database->store();
  const std::string data = GESTA_SOURCE_DIR "/data";
  const IngestSummary first = Ingest(store, "demo", data);
  REQUIRE(first.runs.size() == 8);
  const auto before = Dump(store);
  CHECK(Ingest(store, "demo", data).already_done);

  const auto connection = database.Connect();
  MustQuery(*connection, "CALL run.undo($run) YIELD removed RETURN removed",
            {{"run", Value::String(first.runs[0])}});
  CHECK(MustQueryInteger(*connection, "MATCH (r:AlignmentRun) RETURN count(r)") == 7);
  CHECK(Dump(store) != before);
  const IngestSummary again = Ingest(store, "demo", data);
  CHECK(!again.already_done);
  CHECK(again.relationships_created > 0);
  CHECK(Dump(store) == before);
  CHECK(Ingest(store, "demo", data).already_done);
}

}  // namespace
}  // namespace gesta
