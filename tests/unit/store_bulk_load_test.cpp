// Bulk loads: what is added is there as if transactions had written it, all of it or nothing.
#include <filesystem>
#include <fstream>
#include <random>

#include "gesta/bulk_load.h"
#include "store_fault_fs.h"
#include "store_test_support.h"

namespace gesta {
namespace {

using namespace gesta::test;

NameId Named(BulkLoader& loader, NameKind kind, std::string_view name) {
  return Must(loader.GetOrCreateName(kind, name));
}

IndexInfo IndexOn(Transaction& t, const char* label, const char* key, bool unique) {
  IndexInfo index;
  index.label = Label(t, label);
  index.properties = {Key(t, key)};
  index.unique = unique;
  return index;
}

TEST_CASE("A bulk load gives what transactions would have given") {
  TempDirectory directory;
  auto store = OpenStore(directory / "store");
  NodeId old_node = 0;
  {
    auto t = Write(*store);
    ConstraintInfo unique;
    unique.label = Label(*t, "Person");
    unique.properties = {Key(*t, "id")};
    Must(t->CreateConstraint(unique));
    Must(t->CreateIndex(IndexOn(*t, "Person", "name", false)));
    old_node = Must(t->CreateNode({Label(*t, "Person")}, {{Key(*t, "id"), Value::Integer(-1)},
                                                          {Key(*t, "name"), Value::String("a")}}));
    RequireOk(t->Commit());
  }
  auto before = Read(*store);
  std::vector<NodeId> nodes;
  std::vector<std::tuple<NodeId, NameId, NodeId, RelId>> relationships;
  NameId follows = kNoName;
  {
    BulkLoadOptions options;
    options.memory_bytes = 0;  // several portions
    auto loader = Must(BulkLoader::Begin(*store, options));
    const NameId person = Named(*loader, NameKind::kLabel, "Person");
    const NameId author = Named(*loader, NameKind::kLabel, "Author");
    const NameId id = Named(*loader, NameKind::kProperty, "id");
    const NameId name = Named(*loader, NameKind::kProperty, "name");
    follows = Named(*loader, NameKind::kType, "FOLLOWS");
    const NameId knows = Named(*loader, NameKind::kType, "KNOWS");
    for (int i = 0; i < 500; ++i) {
      std::vector<NameId> labels = {person};
      if (i % 3 == 0) labels = {author, person, author};
      nodes.push_back(Must(loader->AddNode(
          labels, {{name, Value::String(std::string(1, static_cast<char>('a' + i % 7)))},
                   {id, Value::Integer(i)}})));
    }
    std::mt19937 random(7);
    for (int i = 0; i < 5000; ++i) {
      // Towards the older node too, whose id lies far from the others' in a large store.
      const NodeId start = i % 10 == 0 ? old_node : nodes[random() % nodes.size()];
      const NodeId end = nodes[random() % nodes.size()];
      const NameId type = i % 4 == 0 ? knows : follows;
      const RelId rel = Must(loader->AddRelationship(
          start, type, end,
          i % 5 == 0 ? std::vector<Property>{{name, Value::Integer(i)}} : std::vector<Property>{}));
      relationships.emplace_back(start, type, end, rel);
    }
    CHECK(loader->changes().nodes_created == 500);
    RequireOk(loader->Commit());
    CHECK(loader->changes().relationships_created == 5000);
  }
  CHECK(before->GetStatistics().nodes == 1);
  CHECK(Expanded(*before, old_node, Direction::kOut).empty());
  before.reset();

  for (const bool reopened : {false, true}) {
    if (reopened) {
      store.reset();
      store = OpenStore(directory / "store");
    }
    RequireConsistent(*store);  // counts, indexes and both directions agree
    auto t = Read(*store);
    CHECK(t->GetStatistics().nodes == 501);
    CHECK(t->GetStatistics().relationships == 5000);
    CHECK(t->GetStatistics().LabelCount(t->FindName(NameKind::kLabel, "Author")) == 167);
    CHECK(Must(t->GetNodeProperty(nodes[8], t->FindName(NameKind::kProperty, "name"))).AsString() ==
          "b");
    // The types' two indexes: 500 ids and -1; names a to g, of which a was there.
    CHECK(t->GetStatistics().index_distinct.at(t->Indexes()[0].id) == 501);
    CHECK(t->GetStatistics().index_distinct.at(t->Indexes()[1].id) == 7);
    for (const NodeId node : {old_node, nodes[0], nodes[99], nodes[499]}) {
      std::vector<RelId> expected;
      for (const auto& [start, type, end, rel] : relationships) {
        if (start == node && type == follows) expected.push_back(rel);
      }
      std::sort(expected.begin(), expected.end());
      CHECK(Expanded(*t, node, Direction::kOut, {follows}) == expected);
    }
  }
  // Ids go on where the load ended.
  auto t = Write(*store);
  CHECK(Must(t->CreateNode({}, {})) == nodes.back() + 1);
}

TEST_CASE("Loads in a row are one after the other what one load is, and carry job records") {
  TempDirectory directory;
  auto store = OpenStore(directory / "store");
  NodeId hub = 0;
  {
    auto t = Write(*store);
    hub = Must(t->CreateNode({Label(*t, "Hub")}, {}));
    RequireOk(t->Commit());
  }
  constexpr int kLoads = 6;
  constexpr int kNodes = 300;
  std::vector<RelId> to_hub;
  for (int load = 0; load < kLoads; ++load) {
    BulkLoadOptions options;
    options.one_of_many = true;
    auto loader = Must(BulkLoader::Begin(*store, options));
    const NameId item = Named(*loader, NameKind::kLabel, "Item");
    const NameId at = Named(*loader, NameKind::kType, "AT");
    const NameId next = Named(*loader, NameKind::kType, "NEXT");
    const NodeId first = loader->next_node();
    for (int i = 0; i < kNodes; ++i) {
      REQUIRE(Must(loader->AddNode({item}, {})) == first + static_cast<NodeId>(i));
    }
    for (int i = 0; i < kNodes; ++i) {
      to_hub.push_back(Must(loader->AddRelationship(first + i, at, hub, {})));
    }
    for (int i = 1; i < kNodes; ++i) {
      Must(loader->AddRelationship(first + i - 1, next, first + i, {}));
    }
    // The hub as a start too, and a node of an earlier load.
    Must(loader->AddRelationship(hub, next, first, {}));
    RequireOk(loader->PutJobRecord("progress", std::to_string(load + 1)));
    RequireOk(loader->Commit());
  }
  const bool merged = GENERATE(false, true);
  if (merged) RequireOk(store->MergeLoads());
  for (const bool reopened : {false, true}) {
    if (reopened) {
      store.reset();
      store = OpenStore(directory / "store");
    }
    RequireConsistent(*store);
    auto t = Read(*store);
    CHECK(t->GetStatistics().nodes == 1 + kLoads * kNodes);
    CHECK(Must(t->GetJobRecord("progress")) == std::to_string(kLoads));
    const NameId at = t->FindName(NameKind::kType, "AT");
    CHECK(Expanded(*t, hub, Direction::kIn, {at}) == to_hub);
    CHECK(Expanded(*t, hub, Direction::kOut).size() == kLoads);
    // From an id on: what the last load brought.
    CHECK(Drain(t->ScanTypeFrom(at, to_hub[(kLoads - 1) * kNodes]), 64) ==
          std::vector<uint64_t>(to_hub.end() - kNodes, to_hub.end()));
  }
}

TEST_CASE("A load that is given up leaves nothing") {
  TempDirectory directory;
  auto store = OpenStore(directory / "store");
  {
    auto loader = Must(BulkLoader::Begin(*store));
    Must(loader->AddNode({Named(*loader, NameKind::kLabel, "Person")}, {}));
  }
  CHECK_FALSE(std::filesystem::exists(directory / "store/load"));
  auto t = Write(*store);  // the slot is free
  CHECK(t->GetStatistics().nodes == 0);
  CHECK(t->FindName(NameKind::kLabel, "Person") == kNoName);
  t.reset();
  RequireConsistent(*store);
}

TEST_CASE("Files of an interrupted load go when the store is opened") {
  TempDirectory directory;
  OpenStore(directory / "store").reset();
  std::filesystem::create_directory(directory / "store/load");
  std::ofstream(directory / "store/load/node-0.sst") << "half a table";
  {
    StoreOptions reading;
    reading.read_only = true;
    OpenStore(directory / "store", reading).reset();
    CHECK(std::filesystem::exists(directory / "store/load"));
  }
  auto store = OpenStore(directory / "store");
  CHECK_FALSE(std::filesystem::exists(directory / "store/load"));
  RequireConsistent(*store);
}

TEST_CASE("A load keeps unique constraints, among its own entities and with the store's") {
  TempDirectory directory;
  auto store = OpenStore(directory / "store");
  {
    auto t = Write(*store);
    ConstraintInfo unique;
    unique.label = Label(*t, "Person");
    unique.properties = {Key(*t, "id")};
    unique.name = "person_id";
    Must(t->CreateConstraint(unique));
    Must(t->CreateNode({Label(*t, "Person")}, {{Key(*t, "id"), Value::Integer(5)}}));
    RequireOk(t->Commit());
  }
  const auto load = [&](const std::vector<int>& ids) {
    BulkLoadOptions options;
    options.origin = [](EntityKind, uint64_t id) { return "row " + std::to_string(id); };
    auto loader = Must(BulkLoader::Begin(*store, options));
    const NameId person = Named(*loader, NameKind::kLabel, "Person");
    const NameId id = Named(*loader, NameKind::kProperty, "id");
    const auto held = Must(loader->FindInStore(loader->Indexes()[0], {Value::Integer(5)}));
    CHECK(held == std::optional<NodeId>(0));
    for (const int value : ids) Must(loader->AddNode({person}, {{id, Value::Integer(value)}}));
    return loader->Commit();
  };
  const Status twice = load({1, 2, 1});
  REQUIRE(twice.code() == StatusCode::kConstraint);
  CHECK(std::string(twice.message()).find("node 1 (row 1) and node 3 (row 3) have the same id") !=
        std::string::npos);
  const Status taken = load({7, 5});
  REQUIRE(taken.code() == StatusCode::kConstraint);
  CHECK(std::string(taken.message()).find("of the store and node") != std::string::npos);
  CHECK(std::string(taken.message()).find("person_id") != std::string::npos);
  CHECK(Read(*store)->GetStatistics().nodes == 1);
  RequireConsistent(*store);
  RequireOk(load({1, 2}));
  CHECK(Read(*store)->GetStatistics().nodes == 3);
  RequireConsistent(*store);
}

TEST_CASE("A load refuses what transactions refuse, and goes on") {
  TempDirectory directory;
  auto store = OpenStore(directory / "store");
  {
    auto t = Write(*store);
    ConstraintInfo exists;
    exists.kind = ConstraintKind::kExists;
    exists.label = Label(*t, "Person");
    exists.properties = {Key(*t, "id")};
    Must(t->CreateConstraint(exists));
    RequireOk(t->Commit());
  }
  auto loader = Must(BulkLoader::Begin(*store));
  const NameId person = Named(*loader, NameKind::kLabel, "Person");
  const NameId id = Named(*loader, NameKind::kProperty, "id");
  const NameId knows = Named(*loader, NameKind::kType, "KNOWS");
  CHECK(loader->AddNode({person}, {}).status().code() == StatusCode::kConstraint);
  CHECK(loader->AddNode({person}, {{id, Value::MakeMap({})}}).status().code() == StatusCode::kType);
  const NodeId node = Must(loader->AddNode({person}, {{id, Value::Integer(1)}}));
  CHECK(loader->AddRelationship(node, knows, node + 1, {}).status().code() ==
        StatusCode::kEntityNotFound);
  Must(loader->AddRelationship(node, knows, node, {}));
  RequireOk(loader->Commit());
  CHECK(loader->Commit().code() == StatusCode::kInvalidArgument);
  RequireConsistent(*store);
  CHECK(Read(*store)->GetStatistics().relationships == 1);
}

TEST_CASE("A load holds the writer slot, and reading goes on") {
  TempDirectory directory;
  auto store = OpenStore(directory / "store");
  auto loader = Must(BulkLoader::Begin(*store));
  TransactionOptions impatient;
  impatient.take_slot = true;
  impatient.slot_timeout = std::chrono::milliseconds(1);
  CHECK(store->Begin(impatient).status().code() == StatusCode::kConflict);
  BulkLoadOptions second;
  second.slot_timeout = std::chrono::milliseconds(1);
  CHECK(BulkLoader::Begin(*store, second).status().code() == StatusCode::kConflict);
  CHECK(Read(*store)->GetStatistics().nodes == 0);
  loader.reset();
  CHECK(store->Begin(impatient).ok());

  StoreOptions reading;
  reading.read_only = true;
  store.reset();
  store = OpenStore(directory / "store", reading);
  CHECK(BulkLoader::Begin(*store).status().code() == StatusCode::kReadOnly);
}

// Loads a chain of nodes; a half one would show.
Status LoadChain(Store& store, int length) {
  GESTA_ASSIGN_OR_RETURN(auto loader, BulkLoader::Begin(store));
  GESTA_ASSIGN_OR_RETURN(const NameId label, loader->GetOrCreateName(NameKind::kLabel, "Link"));
  GESTA_ASSIGN_OR_RETURN(const NameId key, loader->GetOrCreateName(NameKind::kProperty, "n"));
  GESTA_ASSIGN_OR_RETURN(const NameId type, loader->GetOrCreateName(NameKind::kType, "NEXT"));
  std::optional<NodeId> last;
  for (int i = 0; i < length; ++i) {
    GESTA_ASSIGN_OR_RETURN(const NodeId node, loader->AddNode({label}, {{key, Value::Integer(i)}}));
    if (last) GESTA_RETURN_IF_ERROR(loader->AddRelationship(*last, type, node, {}).status());
    last = node;
  }
  return loader->Commit();
}

TEST_CASE("A disk that fails, or forgets, leaves all of a load or nothing", "[fault]") {
  const bool power_failure = GENERATE(false, true);
  bool reached_the_end = false;
  int whole = 0;
  for (int n = 0; n < 400 && !reached_the_end; ++n) {
    TempDirectory directory;
    auto files = std::make_shared<FaultFileSystem>();
    const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(files);
    StoreOptions options;
    options.env = env.get();
    const std::string path = directory / "store";
    auto store = OpenStore(path, options);
    {
      auto t = Write(*store);
      Must(t->CreateIndex(IndexOn(*t, "Link", "n", false)));
      Must(t->CreateNode({Label(*t, "Link")}, {}));
      RequireOk(t->Commit());
    }
    files->FailAt(n, rocksdb::IOStatus::IOError("Input/output error"), power_failure);
    const Status loaded = LoadChain(*store, 100);
    reached_the_end = !files->failed();
    CAPTURE(n, power_failure, loaded.ToString());
    if (!loaded.ok()) REQUIRE(loaded.code() == StatusCode::kIo);
    if (power_failure) {
      store.reset();
      files->DropUnsynced(nullptr);
      files->StopFailing();
      store = OpenStore(path, options);
    } else {
      files->StopFailing();
    }
    // A failed load may be there, whole, only after the last step of all.
    {
      auto t = Write(*store);
      Must(t->CreateNode({Label(*t, "Link")}, {}));
      RequireOk(t->Commit());
    }
    RequireConsistent(*store);
    const uint64_t nodes = Read(*store)->GetStatistics().nodes;
    if (loaded.ok()) {
      REQUIRE(nodes == 102);
    } else {
      REQUIRE((nodes == 2 || nodes == 102));
      if (nodes == 102) ++whole;
    }
    CHECK(Read(*store)->GetStatistics().relationships == (nodes == 102 ? 99 : 0));
    store.reset();
    store = OpenStore(path, options);
    RequireConsistent(*store);
    CHECK(Read(*store)->GetStatistics().nodes == nodes);
  }
  CHECK(reached_the_end);
  CHECK(whole <= 2);
}

}  // namespace
}  // namespace gesta
