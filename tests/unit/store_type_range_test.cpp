// Relationships of a bulk load are listed under their type by ranges of ids; what is deleted cuts
// them, and what transactions make is listed beside them.
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "gesta/bulk_load.h"
#include "store/database.h"
#include "store/type_range.h"
#include "store_test_support.h"

namespace gesta {
namespace {

using namespace gesta::test;
using store::Family;
using store::TypeRange;

// 1,000 relationships: 400 of A, then A and B in turns, then 400 of B.
void Load(Store& store) {
  auto loader = Must(BulkLoader::Begin(store));
  const NameId a = Must(loader->GetOrCreateName(NameKind::kType, "A"));
  const NameId b = Must(loader->GetOrCreateName(NameKind::kType, "B"));
  const NodeId node = Must(loader->AddNode({}, {}));
  for (int i = 0; i < 1000; ++i) {
    const bool first = i < 400 || (i < 600 && i % 2 == 0);
    Must(loader->AddRelationship(node, first ? a : b, node, {}));
  }
  RequireOk(loader->Commit());
}

using Ids = std::vector<uint64_t>;

Ids From(const std::set<uint64_t>& ids, uint64_t from) {
  return {ids.lower_bound(from), ids.end()};
}

void RequireListed(Transaction& t, NameId type, const std::set<uint64_t>& ids) {
  for (const size_t step : {1, 7, 5000}) REQUIRE(Drain(t.ScanType(type), step) == From(ids, 0));
  for (const RelId from : {1, 399, 402, 401, 999, 2000}) {
    CAPTURE(from);
    REQUIRE(Drain(t.ScanTypeFrom(type, from), 7) == From(ids, from));
  }
}

size_t Entries(const std::string& path) {
  StoreOptions options;
  options.create_if_missing = false;
  auto opened = store::Database::Open(path + "/db", path, options);
  RequireOk(opened.status());
  auto& database = **opened;
  const std::unique_ptr<rocksdb::Iterator> at(
      database.db()->NewIterator({}, database.handle(Family::kType)));
  size_t entries = 0;
  for (at->SeekToFirst(); at->Valid(); at->Next()) ++entries;
  return entries;
}

TEST_CASE("entries of types have the documented bytes", "[store]") {
  const auto bytes = [](const store::Key& key) { return std::string(std::string_view(key)); };
  const TypeRange one{5, 6, 6};
  CHECK(bytes(one.KeyBytes()) == std::string("\0\0\0\5\0\0\0\0\0\0\0\6", 12));
  CHECK(bytes(one.ValueBytes()).empty());
  const TypeRange many{5, 6, 0x102};
  CHECK(bytes(many.KeyBytes()) == std::string("\0\0\0\5\0\0\0\0\0\0\1\2", 12));
  CHECK(bytes(many.ValueBytes()) == std::string("\0\0\0\0\0\0\0\6", 8));
  TypeRange read;
  REQUIRE(TypeRange::Parse(many.KeyBytes(), many.ValueBytes(), &read));
  CHECK(read.type == 5);
  CHECK(read.first == 6);
  CHECK(read.last == 0x102);
  CHECK_FALSE(TypeRange::Parse(one.KeyBytes(), store::Key().U64(7), &read));  // 7 to 6
  CHECK_FALSE(TypeRange::Parse(one.KeyBytes(), store::Key().U32(6), &read));
  CHECK_FALSE(TypeRange::Parse(store::Key().U64(6), {}, &read));
}

TEST_CASE("a load lists its relationships by ranges", "[store]") {
  TempDirectory directory;
  {
    auto store = OpenStore(directory / "s");
    Load(*store);
    RequireConsistent(*store);
  }
  // Of A 0 to 400, 402, 404 … 598; of B 401, 403 … 597, 599 to 999.
  CHECK(Entries(directory / "s") == 200);
}

TEST_CASE("deleting cuts the ranges of a type", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  Load(*store);
  std::map<NameId, std::set<uint64_t>> listed;
  std::vector<NameId> type_of(1000);
  NameId a = kNoName;
  NodeId node = 0;
  {
    auto t = Read(*store);
    a = t->FindName(NameKind::kType, "A");
    for (const NameId type : {a, t->FindName(NameKind::kType, "B")}) {
      for (const uint64_t id : Drain(t->ScanType(type), 100)) {
        listed[type].insert(id);
        type_of[id] = type;
        node = Must(t->GetRelationship(id)).start;
      }
    }
  }
  REQUIRE(listed[a].size() == 500);
  std::mt19937 random(5);
  std::vector<uint64_t> order(1000);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), random);
  // Both ends of a range, and its middle, first.
  std::swap(order[0], *std::find(order.begin(), order.end(), 0));
  std::swap(order[1], *std::find(order.begin(), order.end(), 999));
  std::swap(order[2], *std::find(order.begin(), order.end(), 200));
  const auto before = Read(*store);
  const auto all = listed;
  size_t next = 0;
  while (next < order.size()) {
    auto t = Write(*store);
    const auto kept = listed;
    const size_t end = std::min<size_t>(order.size(), next + 1 + random() % 150);
    for (size_t i = next; i < end; ++i) {
      RequireOk(t->DeleteRelationship(order[i]));
      listed[type_of[order[i]]].erase(order[i]);
    }
    listed[a].insert(Must(t->CreateRelationship(node, a, node, {})));
    for (const auto& [type, ids] : listed) RequireListed(*t, type, ids);
    if (random() % 3 == 0) {
      listed = kept;  // given up
      continue;
    }
    RequireOk(t->Commit());
    next = end;
    auto after = Read(*store);
    for (const auto& [type, ids] : listed) RequireListed(*after, type, ids);
  }
  RequireConsistent(*store);
  for (const auto& [type, ids] : all) RequireListed(*before, type, ids);
}

TEST_CASE("a type's cursor goes on while its relationships are deleted", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  Load(*store);
  auto t = Write(*store);
  auto cursor = Must(t->ScanType(t->FindName(NameKind::kType, "A")));
  Ids given;
  RelId id = 0;
  while (Must(cursor->Next(&id, 1)) == 1) {
    given.push_back(id);
    RequireOk(t->DeleteRelationship(id));
    if (id == 50) RequireOk(t->DeleteRelationship(60));
  }
  CHECK(given.size() == 499);
  CHECK(std::count(given.begin(), given.end(), 60) == 0);
  RequireOk(t->Commit());
  RequireConsistent(*store);
}

}  // namespace
}  // namespace gesta
