// Counts of relationships by the labels of their ends, samples of labels, and falling index scans.
#include <map>
#include <random>

#include "store_test_support.h"

namespace gesta::test {
namespace {

struct Ends {
  uint64_t starts = 0;
  uint64_t ends = 0;
  bool operator==(const Ends& other) const { return starts == other.starts && ends == other.ends; }
};

Ends EndsOf(Transaction& t, const char* type, const char* label) {
  const Statistics::EndCount count = t.GetStatistics().EndCountOf(
      t.FindName(NameKind::kType, type), t.FindName(NameKind::kLabel, label));
  return {count.starts, count.ends};
}

TEST_CASE("relationships are counted by the labels of their ends", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "kb");
  NodeId a = 0, b = 0;
  {
    const auto t = Write(*store);
    const NameId person = Label(*t, "Person"), dog = Label(*t, "Dog");
    const NameId likes = Type(*t, "LIKES");
    a = Must(t->CreateNode({person}, {}));
    b = Must(t->CreateNode({person, dog}, {}));
    Must(t->CreateRelationship(a, likes, b, {}));
    Must(t->CreateRelationship(b, likes, b, {}));
    CHECK(EndsOf(*t, "LIKES", "Person") == Ends{2, 2});
    CHECK(EndsOf(*t, "LIKES", "Dog") == Ends{1, 2});
    RequireOk(t->Commit());
  }
  {
    const auto t = Write(*store);
    RequireOk(t->RemoveLabel(b, Label(*t, "Dog")));
    RequireOk(t->AddLabel(a, Label(*t, "Cat")));
    CHECK(EndsOf(*t, "LIKES", "Dog") == Ends{0, 0});
    CHECK(EndsOf(*t, "LIKES", "Cat") == Ends{1, 0});
    RequireOk(t->Commit());
  }
  store.reset();
  store = OpenStore(directory / "kb");
  RequireConsistent(*store);
  {
    const auto t = Write(*store);
    CHECK(EndsOf(*t, "LIKES", "Person") == Ends{2, 2});
    CHECK(EndsOf(*t, "LIKES", "Dog") == Ends{0, 0});
    CHECK(EndsOf(*t, "LIKES", "Cat") == Ends{1, 0});
    RequireOk(t->DeleteNode(b, /*detach=*/true));
    CHECK(EndsOf(*t, "LIKES", "Person") == Ends{0, 0});
    CHECK(t->GetStatistics().end_counts.empty());
    RequireOk(t->Commit());
  }
  RequireConsistent(*store);
}

TEST_CASE("end counts follow every change", "[store]") {
  TempDirectory directory;
  const auto store = OpenStore(directory / "kb");
  std::mt19937 random(11);
  std::vector<NodeId> nodes;
  std::vector<RelId> rels;
  for (int round = 0; round < 25; ++round) {
    const auto t = Write(*store);
    const NameId labels[] = {Label(*t, "A"), Label(*t, "B"), Label(*t, "C")};
    const NameId types[] = {Type(*t, "R"), Type(*t, "S")};
    std::optional<std::pair<std::vector<NodeId>, std::vector<RelId>>> before;
    for (int step = 0; step < 40; ++step) {
      const auto any = [&](const auto& of) { return of[random() % of.size()]; };
      const int what = static_cast<int>(random() % 16);
      if (what < 3 || nodes.size() < 3) {
        std::vector<NameId> some;
        for (const NameId label : labels) {
          if (random() % 2 == 0) some.push_back(label);
        }
        nodes.push_back(Must(t->CreateNode(some, {})));
      } else if (what < 8) {
        rels.push_back(
            Must(t->CreateRelationship(any(nodes), types[random() % 2], any(nodes), {})));
      } else if (what < 10) {
        RequireOk(t->AddLabel(any(nodes), labels[random() % 3]));
      } else if (what < 12) {
        RequireOk(t->RemoveLabel(any(nodes), labels[random() % 3]));
      } else if (what == 12 && !rels.empty()) {
        RequireOk(t->DeleteRelationship(any(rels)));
      } else if (what == 13) {
        const size_t at = random() % nodes.size();
        RequireOk(t->DeleteNode(nodes[at], /*detach=*/true));
        nodes.erase(nodes.begin() + static_cast<ptrdiff_t>(at));
      } else if (what == 14 && !before) {
        t->SetSavepoint();
        before = {nodes, rels};
      } else if (what == 15 && before) {
        RequireOk(t->RollbackToSavepoint());
        std::tie(nodes, rels) = *before;
        before.reset();
      }
    }
    RequireOk(t->Commit());
    RequireConsistent(*store);
  }
}

TEST_CASE("a sample of a label comes from all over its nodes", "[store]") {
  TempDirectory directory;
  const auto store = OpenStore(directory / "kb");
  const auto t = Write(*store);
  const NameId even = Label(*t, "Even"), odd = Label(*t, "Odd"), none = Label(*t, "None");
  for (int i = 0; i < 1000; ++i) Must(t->CreateNode({i % 2 == 0 ? even : odd}, {}));
  RequireOk(t->Commit());
  const auto r = Read(*store);
  const std::vector<NodeId> sample = Must(r->SampleLabel(odd, 50));
  REQUIRE(sample.size() == 50);
  CHECK(std::adjacent_find(sample.begin(), sample.end(), std::greater_equal<>()) == sample.end());
  CHECK(std::all_of(sample.begin(), sample.end(), [](NodeId id) { return id % 2 == 1; }));
  CHECK(sample.front() < 40);
  CHECK(sample.back() > 960);
  // All of them where there are no more.
  CHECK(Must(r->SampleLabel(even, 5000)).size() == 500);
  CHECK(Must(r->SampleLabel(none, 10)).empty());
}

TEST_CASE("an index is scanned from its end, own writes included", "[store]") {
  TempDirectory directory;
  const auto store = OpenStore(directory / "kb");
  const bool unique = GENERATE(false, true);
  uint32_t index = 0;
  std::vector<NodeId> nodes;
  {
    const auto t = Write(*store);
    const NameId label = Label(*t, "N"), key = Key(*t, "p");
    if (unique) {
      ConstraintInfo info;
      info.label = label;
      info.properties = {key};
      Must(t->CreateConstraint(info));
      index = t->Indexes().at(0).id;
    } else {
      IndexInfo info;
      info.label = label;
      info.properties = {key};
      index = Must(t->CreateIndex(info)).id;
    }
    for (int i = 0; i < 10; ++i) {
      nodes.push_back(Must(t->CreateNode({label}, {{key, Value::Integer(i)}})));
    }
    RequireOk(t->Commit());
  }
  const auto falling = [&](Transaction& t, IndexRange range) {
    range.descending = true;
    const auto cursor = Must(t.ScanIndex(index, range));
    std::vector<int64_t> values;
    uint64_t ids[3];
    while (const size_t got = Must(cursor->Next(ids, 3))) {
      for (size_t i = 0; i < got; ++i) {
        values.push_back(
            Must(t.GetNodeProperty(ids[i], t.FindName(NameKind::kProperty, "p"))).AsInteger());
      }
    }
    return values;
  };
  IndexRange middle;
  middle.lower = IndexRange::Bound{{Value::Integer(3)}, false};
  middle.upper = IndexRange::Bound{{Value::Integer(8)}, true};
  {
    const auto t = Read(*store);
    CHECK(falling(*t, {}) == std::vector<int64_t>{9, 8, 7, 6, 5, 4, 3, 2, 1, 0});
    CHECK(falling(*t, middle) == std::vector<int64_t>{8, 7, 6, 5, 4});
  }
  const auto t = Write(*store);
  const NameId label = Label(*t, "N"), key = Key(*t, "p");
  RequireOk(t->DeleteNode(nodes[6], false));
  Must(t->CreateNode({label}, {{key, Value::Integer(20)}}));
  RequireOk(t->SetNodeProperty(nodes[0], key, Value::Float(7.5)));
  CHECK(falling(*t, middle).size() == 5);  // 8, 7.5, 7, 5, 4
  RequireOk(t->SetNodeProperty(nodes[0], key, Value::Integer(-1)));
  CHECK(falling(*t, {}) == std::vector<int64_t>{20, 9, 8, 7, 5, 4, 3, 2, 1, -1});
}

}  // namespace
}  // namespace gesta::test
