// After a commit that the disk refused, a transaction that was run again as its conflict asked for
// got the next conflict, for ever: only statements that commit by themselves made the store
// recover.
#include "unit/store_fault_fs.h"
#include "unit/store_test_support.h"

namespace gesta {
namespace {

using namespace gesta::test;

TEST_CASE("a transaction that is run again after a failed commit succeeds", "[store][fault]") {
  TempDirectory directory;
  const auto files = std::make_shared<FaultFileSystem>();
  const auto env = rocksdb::NewCompositeEnv(files);
  StoreOptions options;
  options.env = env.get();
  auto store = OpenStore(directory / "s", options);
  auto create = [&](Transaction& t) {
    Status status = t.CreateNode({}, {}).status();
    return status.ok() ? t.Commit() : status;
  };
  files->FailAt(0, rocksdb::IOStatus::IOError("Input/output error"), /*persistent=*/false);
  // One that began before the failure is told to begin again.
  auto early = Must(store->Begin({}));
  REQUIRE(create(*Must(store->Begin({}))).code() == StatusCode::kIo);
  REQUIRE(create(*early).code() == StatusCode::kConflict);
  early.reset();
  RequireOk(create(*Must(store->Begin({}))));
  CHECK(Read(*store)->GetStatistics().nodes == 1);

  // While somebody reads the state of before, the error says that this is in the way.
  files->FailAt(0, rocksdb::IOStatus::IOError("Input/output error"), /*persistent=*/false);
  auto reader = Read(*store);
  REQUIRE(create(*Must(store->Begin({}))).code() == StatusCode::kIo);
  const auto refused = store->Begin({});
  REQUIRE(refused.status().code() == StatusCode::kIo);
  CHECK(refused.status().ToString().find("have ended") != std::string::npos);
  reader.reset();
  RequireOk(create(*Must(store->Begin({}))));
  RequireConsistent(*store);
  CHECK(Read(*store)->GetStatistics().nodes == 2);
}

}  // namespace
}  // namespace gesta
