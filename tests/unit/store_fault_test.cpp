// Durability: what was acknowledged survives a disk that forgets what was not synced, a full disk
// and I/O errors; what failed is not half there; the errors say what and where.
#include <random>

#include "store_fault_fs.h"
#include "store_test_support.h"

namespace gesta {
namespace {

using namespace gesta::test;
using rocksdb::IOStatus;

// A store whose n-th commit adds a node with `n`, a relationship to the node before, and a job
// record that says n: half a commit would show.
class Ledger {
 public:
  static Status Append(Store& store, int n) {
    TransactionOptions options;
    options.take_slot = true;
    GESTA_ASSIGN_OR_RETURN(auto t, store.Begin(options));
    GESTA_ASSIGN_OR_RETURN(const NameId label, t->GetOrCreateName(NameKind::kLabel, "Entry"));
    GESTA_ASSIGN_OR_RETURN(const NameId key, t->GetOrCreateName(NameKind::kProperty, "n"));
    GESTA_ASSIGN_OR_RETURN(const NameId text, t->GetOrCreateName(NameKind::kProperty, "text"));
    GESTA_ASSIGN_OR_RETURN(const NameId type, t->GetOrCreateName(NameKind::kType, "AFTER"));
    if (t->Indexes().empty()) {
      IndexInfo index;
      index.label = label;
      index.properties = {key};
      index.unique = true;
      GESTA_RETURN_IF_ERROR(t->CreateIndex(index).status());
    }
    GESTA_ASSIGN_OR_RETURN(
        const NodeId node,
        t->CreateNode({label},
                      {{key, Value::Integer(n)},
                       {text, Value::String(std::string(static_cast<size_t>(n % 700),
                                                        static_cast<char>('a' + n % 7)))}}));
    if (n > 0) {
      IndexRange range;
      range.lower = IndexRange::Bound{{Value::Integer(n - 1)}, true};
      range.upper = range.lower;
      GESTA_ASSIGN_OR_RETURN(auto cursor, t->ScanIndex(t->Indexes()[0].id, range));
      uint64_t previous = 0;
      GESTA_ASSIGN_OR_RETURN(const size_t found, cursor->Next(&previous, 1));
      if (found != 1) return Status(StatusCode::kInternal, "the entry before is missing");
      GESTA_RETURN_IF_ERROR(t->CreateRelationship(node, type, previous, {}).status());
    }
    GESTA_RETURN_IF_ERROR(t->PutJobRecord("entries", std::to_string(n + 1)));
    return t->Commit();
  }

  // The number of entries; fails the test when they do not fit together.
  static int Verify(Store& store) {
    RequireConsistent(store);
    auto t = Read(store);
    const auto record = Must(t->GetJobRecord("entries"));
    const int entries = record ? std::stoi(*record) : 0;
    const Statistics statistics = t->GetStatistics();
    REQUIRE(statistics.nodes == static_cast<uint64_t>(entries));
    REQUIRE(statistics.relationships == static_cast<uint64_t>(std::max(0, entries - 1)));
    return entries;
  }
};

struct Fixture {
  TempDirectory directory;
  std::shared_ptr<FaultFileSystem> files = std::make_shared<FaultFileSystem>();
  std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(files);
  std::string path = directory / "s";

  StoreOptions Options() const {
    StoreOptions options;
    options.env = env.get();
    return options;
  }
  std::unique_ptr<Store> Open() { return OpenStore(path, Options()); }
};

TEST_CASE("acknowledged commits survive a power failure at any moment", "[store][fault]") {
  const bool torn = GENERATE(false, true);
  Fixture f;
  std::mt19937 random(torn ? 3 : 4);
  int acknowledged = 0;
  for (int round = 0; round < 24; ++round) {
    bool in_flight = false;
    {
      f.files->FailAt(static_cast<int>(random() % 160), IOStatus::IOError("power failure"), true);
      auto opened = Store::Open(f.path, f.Options());
      if (opened.ok()) {
        std::unique_ptr<Store> store = std::move(opened).value();
        for (;;) {
          if (random() % 16 == 0 && !store->Flush().ok()) break;
          const Status status = Ledger::Append(*store, acknowledged);
          if (!status.ok()) {
            INFO(status.ToString());
            REQUIRE(status.code() == StatusCode::kIo);
            in_flight = true;
            break;
          }
          ++acknowledged;
        }
      } else {
        REQUIRE(opened.status().code() == StatusCode::kIo);
      }
    }
    f.files->DropUnsynced(torn ? &random : nullptr);
    f.files->StopFailing();
    auto store = f.Open();
    const int found = Ledger::Verify(*store);
    CAPTURE(round, acknowledged, found);
    // The disk may have the whole of a commit that was not acknowledged.
    REQUIRE(found >= acknowledged);
    REQUIRE(found <= acknowledged + (in_flight ? 1 : 0));
    acknowledged = found;
  }
  CHECK(acknowledged > 40);
}

TEST_CASE("without sync a power failure loses a tail and nothing else", "[store][fault]") {
  Fixture f;
  std::mt19937 random(9);
  StoreOptions options = f.Options();
  options.sync = false;
  int entries = 0;
  for (int round = 0; round < 12; ++round) {
    {
      auto store = OpenStore(f.path, options);
      for (uint32_t i = random() % 50; i > 0; --i) {
        RequireOk(Ledger::Append(*store, entries));
        ++entries;
      }
      f.files->FailAt(0, IOStatus::IOError("power failure"), true);
    }
    f.files->DropUnsynced(&random);
    f.files->StopFailing();
    auto store = f.Open();
    const int found = Ledger::Verify(*store);
    REQUIRE(found <= entries);
    entries = found;
  }
}

TEST_CASE("a full disk fails the statement, and writing goes on when there is space again",
          "[store][fault]") {
  const bool persistent = GENERATE(true, false);
  Fixture f;
  int acknowledged = 0;
  int failures = 0;
  auto store = f.Open();
  for (int n = 0; n < 12; ++n) {
    for (int i = 0; i < 3; ++i) RequireOk(Ledger::Append(*store, acknowledged++));
    f.files->FailAt(n % 8, IOStatus::NoSpace("No space left on device"), persistent);
    for (int i = 0; i < 8 && !f.files->failed(); ++i) {
      const Status status = Ledger::Append(*store, acknowledged);
      if (status.ok()) {
        ++acknowledged;
        continue;
      }
      ++failures;
      INFO(status.ToString());
      REQUIRE(status.code() == StatusCode::kIo);
      REQUIRE(status.ToString().find(f.path) != std::string::npos);
      REQUIRE(status.ToString().find("space") != std::string::npos);
      // What failed is not seen.
      REQUIRE(Read(*store)->GetStatistics().nodes == static_cast<uint64_t>(acknowledged));
      if (persistent) {
        REQUIRE(Ledger::Append(*store, acknowledged).code() == StatusCode::kIo);
      }
    }
    f.files->StopFailing();
    if (n % 3 == 2) {
      // Either the same store goes on, or a new one.
      store.reset();
      store = f.Open();
    }
    REQUIRE(Ledger::Verify(*store) == acknowledged);
    RequireOk(Ledger::Append(*store, acknowledged++));
    REQUIRE(Ledger::Verify(*store) == acknowledged);
  }
  CHECK(failures > 5);
}

TEST_CASE("a commit whose sync failed is not acknowledged and does not come back",
          "[store][fault]") {
  Fixture f;
  int acknowledged = 0;
  auto store = f.Open();
  for (int round = 0; round < 5; ++round) {
    RequireOk(Ledger::Append(*store, acknowledged++));
    f.files->FailAt(0, IOStatus::IOError("Input/output error"), false, /*only_log_syncs=*/true);
    const Status status = Ledger::Append(*store, acknowledged);
    REQUIRE(status.code() == StatusCode::kIo);
    REQUIRE(status.ToString().find("Input/output error") != std::string::npos);
    // The next writer recovers, and the failed commit stays failed.
    RequireOk(Ledger::Append(*store, acknowledged++));
    store.reset();
    f.files->DropUnsynced(nullptr);
    store = f.Open();
    REQUIRE(Ledger::Verify(*store) == acknowledged);
  }
}

TEST_CASE("creating a store may fail at any step and be tried again", "[store][fault]") {
  for (int n = 0; n < 80; ++n) {
    Fixture f;
    f.files->FailAt(n, IOStatus::NoSpace("No space left on device"), true);
    const auto opened = Store::Open(f.path, f.Options());
    const bool failed = !opened.ok();
    if (failed) {
      INFO(opened.status().ToString());
      REQUIRE(opened.status().code() == StatusCode::kIo);
      REQUIRE(opened.status().ToString().find(f.path) != std::string::npos);
    }
    f.files->DropUnsynced(nullptr);
    f.files->StopFailing();
    if (!failed) break;
    auto store = f.Open();
    RequireOk(Ledger::Append(*store, 0));
    REQUIRE(Ledger::Verify(*store) == 1);
  }
}

TEST_CASE("a backup that fails leaves no store behind", "[store][fault]") {
  Fixture f;
  auto store = f.Open();
  for (int i = 0; i < 5; ++i) RequireOk(Ledger::Append(*store, i));
  bool succeeded = false;
  for (int n = 0; n < 60 && !succeeded; ++n) {
    const std::string to = f.directory / ("b" + std::to_string(n));
    f.files->FailAt(n, IOStatus::NoSpace("No space left on device"), true);
    const Status status = store->Backup(to);
    f.files->StopFailing();
    succeeded = status.ok();
    if (!succeeded) {
      INFO(status.ToString());
      CHECK(status.code() == StatusCode::kIo);
      // The last step, syncing the directory, may fail when the backup has its name already.
      if (std::filesystem::exists(to)) REQUIRE(Ledger::Verify(*OpenStore(to, f.Options())) == 5);
    } else {
      REQUIRE(Ledger::Verify(*OpenStore(to, f.Options())) == 5);
    }
  }
  CHECK(succeeded);
  RequireOk(Ledger::Append(*store, 5));
  REQUIRE(Ledger::Verify(*store) == 6);
}

}  // namespace
}  // namespace gesta
