// A commit that waited for the disk is kept, and so is everything it was built on: also what an
// earlier process had written to its log without waiting. (The log of that process was never
// synced: a power failure cut it off and kept the log after it, or kept tables of some of the
// families.)
#include "unit/store_fault_fs.h"
#include "unit/store_test_support.h"

namespace gesta {
namespace {

using namespace gesta::test;

struct Store1 {
  TempDirectory directory;
  std::shared_ptr<FaultFileSystem> files = std::make_shared<FaultFileSystem>();
  std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(files);

  std::unique_ptr<Store> Open(bool sync) {
    StoreOptions options;
    options.env = env.get();
    options.sync = sync;
    return OpenStore(directory / "s", options);
  }
};

// Commits one node that is in an index.
void AddNode(Store& store) {
  auto t = Write(store);
  const NameId label = Label(*t, "N");
  const NameId key = Key(*t, "i");
  if (t->Indexes().empty()) {
    IndexInfo index;
    index.label = label;
    index.properties = {key};
    Must(t->CreateIndex(index));
  }
  const auto i = static_cast<int64_t>(t->GetStatistics().nodes);
  Must(t->CreateNode({label}, {{key, Value::Integer(i)}}));
  RequireOk(t->Commit());
}

TEST_CASE("a synced commit keeps what an earlier open left unsynced", "[store][fault]") {
  const bool flush = GENERATE(false, true);
  Store1 s;
  RequireOk(s.Open(true)->Flush());
  {
    auto store = s.Open(/*sync=*/false);
    for (int i = 0; i < 5; ++i) AddNode(*store);
  }
  {
    auto store = s.Open(/*sync=*/true);
    // Without the flush the next log holds the sixth node, with it a table does.
    AddNode(*store);
    if (flush) RequireOk(store->Flush());
    s.files->FailAt(0, rocksdb::IOStatus::IOError("power failure"), true);
  }
  s.files->DropUnsynced(nullptr);
  s.files->StopFailing();
  auto store = s.Open(true);
  RequireConsistent(*store);
  REQUIRE(Read(*store)->GetStatistics().nodes == 6);
}

TEST_CASE("tables are written of what is on disk in the log, whatever the moment of the crash",
          "[store][fault]") {
  for (int n = 0; n < 60; ++n) {
    Store1 s;
    {
      auto store = s.Open(/*sync=*/true);
      for (int i = 0; i < 5; ++i) AddNode(*store);
      auto t = Write(*store);
      RequireOk(t->DropIndex(t->Indexes()[0].name));
      RequireOk(t->Commit());  // the index's entries go afterwards, which need not be synced
    }
    bool failed = false;
    {
      auto store = s.Open(/*sync=*/true);
      s.files->FailAt(n, rocksdb::IOStatus::IOError("power failure"), true);
      failed = !store->Flush().ok();
    }
    s.files->DropUnsynced(nullptr);
    s.files->StopFailing();
    auto store = s.Open(true);
    CAPTURE(n);
    RequireConsistent(*store);
    REQUIRE(Read(*store)->GetStatistics().nodes == 5);
    if (!failed) return;
  }
  FAIL("the flush never succeeded");
}

}  // namespace
}  // namespace gesta
