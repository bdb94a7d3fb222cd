// Sequences of embedding spaces through the store: what is refused, what a transaction sees, ranges
// over chunks, what survives, and stores of the format before there were any.
#include <rocksdb/db.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "store_test_support.h"

namespace gesta {
namespace {

using namespace test;  // NOLINT: helpers

SpaceInfo Space(uint32_t dimension, VectorElement element = VectorElement::kFloat32,
                VectorMetric metric = VectorMetric::kCosine) {
  SpaceInfo info;
  info.name = "s";
  info.dimension = dimension;
  info.element = element;
  info.metric = metric;
  return info;
}

// Frame f, element i: numbers that float16 holds exactly and that differ between frames.
std::vector<float> Frames(size_t frames, size_t dimension, float first = 1) {
  std::vector<float> rows(frames * dimension);
  for (size_t f = 0; f < frames; ++f) {
    for (size_t i = 0; i < dimension; ++i) {
      rows[f * dimension + i] = first + static_cast<float>(f % 64) + static_cast<float>(i % 8) / 8;
    }
  }
  return rows;
}

SequenceInfo Info(uint64_t frames, double start = 0, double step = 0.5, uint64_t source = 0) {
  SequenceInfo info;
  info.frames = frames;
  info.start = start;
  info.step = step;
  info.source = source;
  return info;
}

struct Fixture {
  explicit Fixture(const SpaceInfo& info, size_t n = 3) {
    auto t = Write(*store);
    for (size_t i = 0; i < n; ++i) nodes.push_back(Must(t->CreateNode({Label(*t, "Video")}, {})));
    SpaceInfo other = info;
    other.labels = {Label(*t, "SubAction")};  // does not keep sequences of videos out
    space = Must(t->CreateSpace(other)).id;
    RequireOk(t->Commit());
  }
  void Set(NodeId node, const SequenceInfo& info, const std::vector<float>& rows) {
    auto t = Write(*store);
    RequireOk(t->SetSequence(space, node, info, rows.data()));
    RequireOk(t->Commit());
  }
  std::vector<float> Get(Transaction& t, NodeId node, uint64_t begin = 0, uint64_t end = 1 << 30) {
    std::vector<float> rows;
    CHECK(Must(t.GetSequence(space, node, begin, end, &rows)));
    return rows;
  }

  TempDirectory directory;
  std::unique_ptr<Store> store = OpenStore(directory / "s");
  std::vector<NodeId> nodes;
  uint32_t space = 0;
};

TEST_CASE("a sequence comes back as it was set, whole and in ranges", "[vector][sequence]") {
  const auto element = GENERATE(VectorElement::kFloat32, VectorElement::kFloat16);
  // 1024 elements: 64 or 128 frames fill a chunk.
  const size_t kDimension = 1024;
  const size_t frames = GENERATE(size_t{1}, size_t{64}, size_t{129}, size_t{300});
  Fixture f(Space(kDimension, element));
  const std::vector<float> rows = Frames(frames, kDimension);
  f.Set(f.nodes[1], Info(frames, 2.5, 0.04, 77), rows);
  f.store.reset();
  f.store = OpenStore(f.directory / "s");
  auto t = Read(*f.store);
  const auto info = Must(t->GetSequenceInfo(f.space, f.nodes[1]));
  REQUIRE(info);
  CHECK(info->frames == frames);
  CHECK(info->start == 2.5);
  CHECK(info->step == 0.04);
  CHECK(info->source == 77);
  CHECK((f.Get(*t, f.nodes[1]) == rows));
  for (const auto& [begin, end] : std::vector<std::pair<size_t, size_t>>{
           {0, 1}, {63, 65}, {100, 129}, {128, 1000}, {5, 5}, {9, 3}, {400, 500}}) {
    const size_t last = std::min(end, frames);
    std::vector<float> expected;
    if (begin < last) {
      expected.assign(rows.begin() + static_cast<ptrdiff_t>(begin * kDimension),
                      rows.begin() + static_cast<ptrdiff_t>(last * kDimension));
    }
    CHECK((f.Get(*t, f.nodes[1], begin, end) == expected));
  }
  // Appended to what is there.
  std::vector<float> more = {42};
  CHECK(Must(t->GetSequence(f.space, f.nodes[1], 0, 1, &more)));
  CHECK(more.size() == 1 + kDimension);
  CHECK(more[0] == 42);
  CHECK_FALSE(Must(t->GetSequence(f.space, f.nodes[0], 0, 1, &more)));
  CHECK(more.size() == 1 + kDimension);
  CHECK_FALSE(Must(t->GetSequenceInfo(f.space, f.nodes[0])));
  CHECK(t->GetSequenceInfo(99, f.nodes[0]).status().code() == StatusCode::kNotFound);
  RequireConsistent(*f.store);
}

TEST_CASE("sequences that cannot be aligned are refused", "[vector][sequence]") {
  const auto metric = GENERATE(VectorMetric::kCosine, VectorMetric::kDot);
  Fixture f(Space(2, VectorElement::kFloat16, metric));
  auto t = Write(*f.store);
  const auto set = [&](const SequenceInfo& info, const std::vector<float>& rows) {
    return t->SetSequence(f.space, f.nodes[0], info, rows.data());
  };
  const auto refused = [&](const SequenceInfo& info, const std::vector<float>& rows) {
    return set(info, rows).code() == StatusCode::kInvalidArgument;
  };
  CHECK(refused(Info(0), {1, 1}));
  CHECK(refused(Info(2), {1, 1, std::nanf(""), 1}));
  CHECK(refused(Info(2), {1, 1, 1, std::numeric_limits<float>::infinity()}));
  CHECK(refused(Info(2), {1, 1, 1, 1e6f}));   // no float16
  CHECK(refused(Info(2), {1, 1, 0, 1e-9f}));  // zero as float16
  CHECK(refused(Info(1, std::nan("")), {1, 1}));
  CHECK(refused(Info(1, 0, -1), {1, 1}));
  CHECK(refused(Info(1, 0, HUGE_VAL), {1, 1}));
  CHECK(set(Info(2), {1, 1, 0, 0}).message().find("frame 1 of the sequence") != std::string::npos);
  CHECK(t->SetSequence(f.space, 999, Info(1), Frames(1, 2).data()).code() ==
        StatusCode::kEntityNotFound);
  CHECK(t->SetSequence(99, f.nodes[0], Info(1), Frames(1, 2).data()).code() ==
        StatusCode::kNotFound);
  CHECK(Must(t->CountSequences(f.space)) == 0);
  CHECK_FALSE(Must(t->GetSequenceInfo(f.space, f.nodes[0])));
}

TEST_CASE("a transaction sees its snapshot's sequences and its own", "[vector][sequence]") {
  Fixture f(Space(1024));
  const std::vector<float> first = Frames(200, 1024);
  const std::vector<float> second = Frames(3, 1024, 500);
  f.Set(f.nodes[0], Info(200), first);
  auto old = Read(*f.store);
  auto t = Write(*f.store);
  // A shorter one leaves nothing of the longer.
  RequireOk(t->SetSequence(f.space, f.nodes[0], Info(3, 1, 0), second.data()));
  CHECK((f.Get(*t, f.nodes[0]) == second));
  t->SetSavepoint();
  RequireOk(t->SetSequence(f.space, f.nodes[1], Info(200), first.data()));
  RequireOk(t->RemoveSequence(f.space, f.nodes[0]));
  RequireOk(t->RemoveSequence(f.space, f.nodes[2]));
  auto records = Must(t->ListSequences(f.space));
  REQUIRE(records.size() == 1);
  CHECK(records[0].node == f.nodes[1]);
  CHECK(Must(t->CountSequences(f.space)) == 1);
  RequireOk(t->RollbackToSavepoint());
  CHECK(Must(t->CountSequences(f.space)) == 1);
  CHECK((f.Get(*t, f.nodes[0]) == second));
  RequireOk(t->SetSequence(f.space, f.nodes[2], Info(200), first.data()));
  records = Must(t->ListSequences(f.space));
  REQUIRE(records.size() == 2);
  CHECK(records[0].node == f.nodes[0]);
  CHECK(records[0].info.frames == 3);
  CHECK(records[1].node == f.nodes[2]);
  CHECK(records[1].info.frames == 200);
  RequireOk(t->Commit());

  CHECK((f.Get(*old, f.nodes[0]) == first));
  CHECK(Must(old->CountSequences(f.space)) == 1);
  auto now = Read(*f.store);
  CHECK((f.Get(*now, f.nodes[0]) == second));
  CHECK(Must(now->ListSequences(f.space)).size() == 2);
  RequireConsistent(*f.store);
}

TEST_CASE("sequences go with their node and their space", "[vector][sequence]") {
  Fixture f(Space(1024));
  for (const NodeId node : f.nodes) f.Set(node, Info(130), Frames(130, 1024));
  {
    auto t = Write(*f.store);
    RequireOk(t->DeleteNode(f.nodes[1], true));
    CHECK(Must(t->CountSequences(f.space)) == 2);
    RequireOk(t->Commit());
  }
  CHECK(Must(f.store->Info()).spaces[0].sequences == 2);
  RequireConsistent(*f.store);
  {
    auto t = Write(*f.store);
    RequireOk(t->SetSequence(f.space, f.nodes[0], Info(2), Frames(2, 1024).data()));
    RequireOk(t->DropSpace("s"));
    CHECK(t->GetSequenceInfo(f.space, f.nodes[0]).status().code() == StatusCode::kNotFound);
    RequireOk(t->Commit());
  }
  RequireConsistent(*f.store);
  auto t = Write(*f.store);
  const uint32_t again = Must(t->CreateSpace(Space(1024))).id;
  CHECK(Must(t->ListSequences(again)).empty());
  RequireOk(t->SetSequence(again, f.nodes[0], Info(2), Frames(2, 1024).data()));
  RequireOk(t->Commit());
  RequireConsistent(*f.store);
}

TEST_CASE("a backup holds sequences", "[vector][sequence]") {
  Fixture f(Space(64));
  const std::vector<float> rows = Frames(10, 64);
  f.Set(f.nodes[2], Info(10), rows);
  RequireOk(f.store->Backup(f.directory / "b"));
  RequireOk(RestoreStore(f.directory / "b", f.directory / "r"));
  const auto restored = OpenStore(f.directory / "r");
  CHECK((f.Get(*Read(*restored), f.nodes[2]) == rows));
  RequireConsistent(*restored);
}

// The families of a store's database.
struct Families {
  explicit Families(const std::string& store) {
    std::vector<std::string> names;
    REQUIRE(rocksdb::DB::ListColumnFamilies({}, store + "/db", &names).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    for (const std::string& name : names)
      descriptors.emplace_back(name, rocksdb::ColumnFamilyOptions());
    rocksdb::DB* opened = nullptr;
    REQUIRE(rocksdb::DB::Open({}, store + "/db", descriptors, &handles, &opened).ok());
    db.reset(opened);
  }
  ~Families() {
    for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  rocksdb::ColumnFamilyHandle* Find(const std::string& name) {
    for (auto* handle : handles) {
      if (handle->GetName() == name) return handle;
    }
    FAIL("there is no family " << name);
    return nullptr;
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  std::unique_ptr<rocksdb::DB> db;
};

TEST_CASE("a store of the format before sequences is read, and written", "[vector][sequence]") {
  Fixture f(Space(4));
  {
    auto t = Write(*f.store);
    const SpaceInfo all = [] {
      SpaceInfo info = Space(2);
      info.name = "all";
      return info;
    }();
    const uint32_t space = Must(t->CreateSpace(all)).id;
    const std::vector<float> elements = {1, 2};
    RequireOk(t->SetVector(space, f.nodes[0], elements.data(), 2));
    RequireOk(t->Commit());
  }
  f.store.reset();
  {
    Families families(f.directory / "s");
    REQUIRE(families.db->DropColumnFamily(families.Find("sequence")).ok());
  }
  std::ofstream(f.directory / "s/GESTA") << "GestaDB store, format 2\n";
  {
    StoreOptions read_only;
    read_only.read_only = true;
    read_only.create_if_missing = false;
    const auto store = OpenStore(f.directory / "s", read_only);
    auto t = Read(*store);
    CHECK_FALSE(Must(t->GetSequenceInfo(f.space, f.nodes[0])));
    CHECK(Must(t->ListSequences(f.space)).empty());
    CHECK(Must(t->GetVector(t->FindSpace("all")->id, f.nodes[0])));
    RequireConsistent(*store);
  }
  f.store = OpenStore(f.directory / "s");
  f.Set(f.nodes[0], Info(2), Frames(2, 4));
  CHECK((f.Get(*Read(*f.store), f.nodes[0]) == Frames(2, 4)));
  RequireConsistent(*f.store);
}

TEST_CASE("damaged sequences are reported, and never read past their end", "[vector][sequence]") {
  Fixture f(Space(1024));
  f.Set(f.nodes[0], Info(200), Frames(200, 1024));
  f.Set(f.nodes[1], Info(2), Frames(2, 1024));
  f.store.reset();
  const auto key = [&](NodeId node, uint8_t chunk) {
    std::string bytes(16, '\0');
    bytes[3] = static_cast<char>(f.space);
    bytes[11] = static_cast<char>(node);
    bytes[15] = static_cast<char>(chunk);
    return bytes;
  };
  std::string expected;
  {
    Families families(f.directory / "s");
    auto* sequence = families.Find("sequence");
    std::string value;
    REQUIRE(families.db->Get({}, sequence, key(f.nodes[0], 2), &value).ok());
    SECTION("a chunk is missing") {
      REQUIRE(families.db->Delete({}, sequence, key(f.nodes[0], 2)).ok());
    }
    SECTION("a chunk is short") {
      value.pop_back();
      REQUIRE(families.db->Put({}, sequence, key(f.nodes[0], 2), value).ok());
    }
    SECTION("a chunk holds what is no number") {
      value.replace(0, 4, "\xff\xff\xff\xff");
      REQUIRE(families.db->Put({}, sequence, key(f.nodes[0], 2), value).ok());
    }
    SECTION("the head is damaged") {
      REQUIRE(families.db->Put({}, sequence, key(f.nodes[0], 0), "head").ok());
    }
    REQUIRE(families.db->Flush({}, families.handles).ok());
  }
  f.store = OpenStore(f.directory / "s");
  auto t = Read(*f.store);
  std::vector<float> rows = {1};
  CHECK(t->GetSequence(f.space, f.nodes[0], 0, 200, &rows).status().code() ==
        StatusCode::kCorruption);
  CHECK(rows == std::vector<float>{1});
  CHECK((f.Get(*t, f.nodes[1]) == Frames(2, 1024)));
  const auto problems = Must(f.store->Check(10));
  REQUIRE_FALSE(problems.empty());
  CHECK(problems[0].what.find("node " + std::to_string(f.nodes[0])) != std::string::npos);
  CHECK(problems[0].what.find("sequence") != std::string::npos);
}

}  // namespace
}  // namespace gesta
