// Embedding spaces through the store: what is refused, what a transaction sees, what survives, and
// random operations compared with exact search over a model of what was committed.
#include <fstream>
#include <limits>
#include <thread>

#include "store_test_support.h"
#include "vector_support.h"

namespace gesta {
namespace {

using namespace test;  // NOLINT: helpers

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

SpaceInfo Space(std::string name, uint32_t dimension, VectorMetric metric = VectorMetric::kCosine,
                VectorElement element = VectorElement::kFloat32) {
  SpaceInfo info;
  info.name = std::move(name);
  info.dimension = dimension;
  info.metric = metric;
  info.element = element;
  return info;
}

Status Set(Transaction& t, uint32_t space, NodeId node, const Elements& elements,
           uint64_t source = 0) {
  return t.SetVector(space, node, elements.data(), elements.size(), source);
}

std::vector<VectorHit> Search(Transaction& t, uint32_t space, const Elements& query,
                              VectorSearch search = {}) {
  return Must(t.SearchVectors(space, query.data(), query.size(), search));
}

std::vector<NodeId> Nodes(const std::vector<VectorHit>& hits) {
  std::vector<NodeId> nodes;
  for (const VectorHit& hit : hits) nodes.push_back(hit.node);
  return nodes;
}

std::vector<NodeId> Found(Transaction& t, uint32_t space, const Elements& query, size_t k = 10) {
  VectorSearch search;
  search.k = k;
  return Nodes(Search(t, space, query, search));
}

// A store with `n` nodes with the label A and a space for it.
struct Fixture {
  explicit Fixture(size_t n, const SpaceInfo& info = Space("s", 2)) {
    auto t = Write(*store);
    SpaceInfo space_info = info;
    space_info.labels = {Label(*t, "A")};
    for (size_t i = 0; i < n; ++i) nodes.push_back(Must(t->CreateNode(space_info.labels, {})));
    space = Must(t->CreateSpace(space_info)).id;
    RequireOk(t->Commit());
  }
  void Reopen(StoreOptions options = {}) {
    store.reset();
    store = OpenStore(directory / "s", options);
  }

  TempDirectory directory;
  std::unique_ptr<Store> store = OpenStore(directory / "s");
  std::vector<NodeId> nodes;
  uint32_t space = 0;
};

TEST_CASE("a space is created, found, counted and dropped", "[vector]") {
  Fixture f(2);
  {
    auto t = Write(*f.store);
    CHECK(t->CreateSpace(Space("s", 3)).status().code() == StatusCode::kAlreadyExists);
    CHECK(t->CreateSpace(Space("", 3)).status().code() == StatusCode::kInvalidArgument);
    CHECK(t->CreateSpace(Space("big", kMaxVectorDimension + 1)).status().code() ==
          StatusCode::kInvalidArgument);
    CHECK(t->CreateSpace(Space("none", 0)).status().code() == StatusCode::kInvalidArgument);
    CHECK(t->Spaces().size() == 1);
    REQUIRE(t->FindSpace("s") != nullptr);
    CHECK(t->FindSpace("s")->dimension == 2);
    RequireOk(Set(*t, f.space, f.nodes[0], {1, 0}));
    CHECK(Must(t->CountVectors(f.space)) == 1);
    RequireOk(t->SetSpaceModelVersion(f.space, "v1"));
    SpaceInfo trained = Space("trained", 3);
    trained.logit_bias = -16.5;
    REQUIRE(t->CreateSpace(trained).ok());
    trained.name = "wrong";
    trained.logit_scale = kNaN;
    CHECK(t->CreateSpace(trained).status().code() == StatusCode::kInvalidArgument);
    RequireOk(t->Commit());
  }
  f.Reopen();
  {
    auto t = Read(*f.store);
    REQUIRE(t->FindSpace("s") != nullptr);
    CHECK(t->FindSpace("s")->model_version == "v1");
    CHECK_FALSE(t->FindSpace("s")->logit_bias);
    REQUIRE(t->FindSpace("trained") != nullptr);
    CHECK(t->FindSpace("trained")->logit_bias == -16.5);
    CHECK_FALSE(t->FindSpace("trained")->logit_scale);
    CHECK(Must(t->CountVectors(f.space)) == 1);
    CHECK(Must(t->GetVector(f.space, f.nodes[0])) == Elements{1, 0});
    CHECK_FALSE(Must(t->GetVector(f.space, f.nodes[1])));
  }
  auto before = Read(*f.store);
  {
    auto t = Write(*f.store);
    RequireOk(t->DropSpace("s"));
    CHECK(t->DropSpace("s").code() == StatusCode::kNotFound);
    CHECK(t->GetVector(f.space, f.nodes[0]).status().code() == StatusCode::kNotFound);
    RequireOk(t->Commit());
  }
  CHECK(Found(*before, f.space, {1, 0}) == std::vector<NodeId>{f.nodes[0]});
  CHECK(Read(*f.store)->Spaces().size() == 1);
  {
    auto t = Write(*f.store);
    // The name is free again, and the new space is empty.
    const uint32_t again = Must(t->CreateSpace(Space("s", 2))).id;
    CHECK(again != f.space);
    CHECK(Found(*t, again, {1, 0}).empty());
    RequireOk(t->Commit());
  }
  RequireConsistent(*f.store);
}

TEST_CASE("vectors that cannot be compared are refused", "[vector]") {
  const auto metric = GENERATE(VectorMetric::kCosine, VectorMetric::kL2);
  Fixture f(1, Space("s", 2, metric, VectorElement::kFloat16));
  auto t = Write(*f.store);
  const auto refused = [&](const Elements& elements) {
    return Set(*t, f.space, f.nodes[0], elements).code() == StatusCode::kInvalidArgument;
  };
  CHECK(refused({1}));
  CHECK(refused({1, 2, 3}));
  CHECK(refused({1, kNaN}));
  CHECK(refused({std::numeric_limits<float>::infinity(), 0}));
  CHECK(refused({1e6f, 0}));  // no float16
  CHECK(refused({0, 0}) == (metric == VectorMetric::kCosine));
  CHECK(refused({1e-9f, 0}) == (metric == VectorMetric::kCosine));  // zero as float16
  const NodeId other = Must(t->CreateNode({}, {}));
  CHECK(Set(*t, f.space, other, {1, 0}).code() == StatusCode::kInvalidArgument);
  CHECK(Set(*t, f.space, 999, {1, 0}).code() == StatusCode::kEntityNotFound);
  CHECK(Set(*t, 999, other, {1, 0}).code() == StatusCode::kNotFound);
  const Elements bad = {kNaN, 1};
  CHECK(t->SearchVectors(f.space, bad.data(), 2, {}).status().code() ==
        StatusCode::kInvalidArgument);
  CHECK(t->SearchVectors(f.space, bad.data(), 1, {}).status().code() ==
        StatusCode::kInvalidArgument);
}

TEST_CASE("scores are the metric's, best first, equal ones by id", "[vector]") {
  const auto metric = GENERATE(VectorMetric::kCosine, VectorMetric::kDot, VectorMetric::kL2);
  const auto element = GENERATE(VectorElement::kFloat32, VectorElement::kFloat16);
  Fixture f(4, Space("s", 3, metric, element));
  const Model model = {{f.nodes[0], {1, 2, 3}},
                       {f.nodes[1], {-1, 0.5f, 0.25f}},
                       {f.nodes[2], {2, 2, 2}},
                       {f.nodes[3], {1, 2, 3}}};
  auto t = Write(*f.store);
  for (const auto& [node, elements] : model) RequireOk(Set(*t, f.space, node, elements));
  const Elements query = {3, 1, 2};
  const auto check = [&](Transaction& transaction) {
    const auto expected = BestByTheBook(metric, model, query, 10);
    const auto found = Search(transaction, f.space, query);
    REQUIRE(Nodes(found) == Nodes(expected));
    for (size_t i = 0; i < found.size(); ++i) {
      CHECK(found[i].score == Approx(expected[i].score).epsilon(2e-3));
    }
  };
  check(*t);
  RequireOk(t->Commit());
  check(*Read(*f.store));
}

TEST_CASE("a transaction searches its snapshot and its own vectors", "[vector]") {
  Fixture f(4);
  {
    auto t = Write(*f.store);
    RequireOk(Set(*t, f.space, f.nodes[0], {1, 0}));
    RequireOk(Set(*t, f.space, f.nodes[1], {0, 1}));
    RequireOk(t->Commit());
  }
  CHECK(Found(*Read(*f.store), f.space, {1, 0.1f}) == std::vector<NodeId>{f.nodes[0], f.nodes[1]});
  auto old = Read(*f.store);
  auto t = Write(*f.store);
  RequireOk(Set(*t, f.space, f.nodes[2], {1, 0.1f}));
  RequireOk(Set(*t, f.space, f.nodes[0], {-1, 0}));
  t->SetSavepoint();
  RequireOk(t->RemoveVector(f.space, f.nodes[1]));
  RequireOk(t->RemoveVector(f.space, f.nodes[3]));
  CHECK(Found(*t, f.space, {1, 0.1f}) == std::vector<NodeId>{f.nodes[2], f.nodes[0]});
  CHECK(Must(t->CountVectors(f.space)) == 2);
  RequireOk(t->RollbackToSavepoint());
  CHECK(Found(*t, f.space, {1, 0.1f}) == std::vector<NodeId>{f.nodes[2], f.nodes[1], f.nodes[0]});
  CHECK(Must(t->CountVectors(f.space)) == 3);
  const std::vector<NodeId> only = {f.nodes[0], f.nodes[1]};
  VectorSearch search;
  search.nodes = &only;
  CHECK(Nodes(Search(*t, f.space, {1, 0.1f}, search)) ==
        std::vector<NodeId>{f.nodes[1], f.nodes[0]});

  CHECK(Found(*old, f.space, {1, 0.1f}) == std::vector<NodeId>{f.nodes[0], f.nodes[1]});
  RequireOk(t->Commit());
  CHECK(Found(*old, f.space, {1, 0.1f}) == std::vector<NodeId>{f.nodes[0], f.nodes[1]});
  CHECK(Found(*Read(*f.store), f.space, {1, 0.1f}) ==
        std::vector<NodeId>{f.nodes[2], f.nodes[1], f.nodes[0]});
  {
    auto gone = Write(*f.store);
    RequireOk(Set(*gone, f.space, f.nodes[3], {1, 0}));
    gone->Rollback();
  }
  CHECK(Must(Read(*f.store)->CountVectors(f.space)) == 3);
}

TEST_CASE("deleting a node deletes its vectors", "[vector]") {
  Fixture f(2);
  {
    auto t = Write(*f.store);
    const uint32_t second = Must(t->CreateSpace(Space("t", 1))).id;
    for (const NodeId node : f.nodes) {
      RequireOk(Set(*t, f.space, node, {1, 0}));
      RequireOk(Set(*t, second, node, {1}));
    }
    RequireOk(t->Commit());
  }
  auto old = Read(*f.store);
  CHECK(Found(*old, f.space, {1, 0}).size() == 2);
  {
    auto t = Write(*f.store);
    RequireOk(t->DeleteNode(f.nodes[0], true));
    CHECK(Found(*t, f.space, {1, 0}) == std::vector<NodeId>{f.nodes[1]});
    RequireOk(t->Commit());
  }
  CHECK(Found(*old, f.space, {1, 0}).size() == 2);
  auto t = Read(*f.store);
  for (const SpaceInfo& space : t->Spaces()) CHECK(Must(t->CountVectors(space.id)) == 1);
  RequireConsistent(*f.store);
}

TEST_CASE("a search finds only the nodes asked for", "[vector]") {
  Fixture f(6);
  NameId rare;
  {
    auto t = Write(*f.store);
    rare = Label(*t, "Rare");
    for (size_t i = 0; i < 6; ++i) {
      RequireOk(Set(*t, f.space, f.nodes[i], {1, 0.1f * static_cast<float>(i)}));
    }
    RequireOk(t->AddLabel(f.nodes[3], rare));
    RequireOk(t->AddLabel(f.nodes[5], rare));
    RequireOk(t->Commit());
  }
  auto t = Read(*f.store);
  VectorSearch search;
  search.label = rare;
  CHECK(Nodes(Search(*t, f.space, {1, 0}, search)) == std::vector<NodeId>{f.nodes[3], f.nodes[5]});
  const std::vector<NodeId> some = {f.nodes[0], f.nodes[5], f.nodes[5] + 100};
  search.nodes = &some;
  CHECK(Nodes(Search(*t, f.space, {1, 0}, search)) == std::vector<NodeId>{f.nodes[5]});
  search.label = kNoName;
  search.k = 1;
  CHECK(Nodes(Search(*t, f.space, {1, 0}, search)) == std::vector<NodeId>{f.nodes[0]});
  const std::vector<NodeId> none;
  search.nodes = &none;
  CHECK(Search(*t, f.space, {1, 0}, search).empty());
  search = {};
  search.k = 0;
  CHECK(Search(*t, f.space, {1, 0}, search).empty());
}

TEST_CASE("sources are kept beside vectors", "[vector]") {
  Fixture f(2);
  auto t = Write(*f.store);
  RequireOk(Set(*t, f.space, f.nodes[1], {1, 0}, 77));
  RequireOk(Set(*t, f.space, f.nodes[0], {1, 0}));
  const auto records = Must(t->ListVectors(f.space));
  REQUIRE(records.size() == 2);
  CHECK(records[0].source == 0);
  CHECK(records[1].node == f.nodes[1]);
  CHECK(records[1].source == 77);
}

// -- with a graph --

constexpr size_t kMany = 6000;
constexpr uint32_t kDimension = 12;

// A store with kMany vectors and its model.
struct Large {
  explicit Large(VectorMetric metric = VectorMetric::kCosine)
      : f(kMany, Space("s", kDimension, metric)), metric(metric), clusters(kDimension, 40, 1) {
    auto t = Write(*f.store);
    for (const NodeId node : f.nodes) {
      model[node] = clusters.Next();
      RequireOk(Set(*t, f.space, node, model[node]));
    }
    RequireOk(t->Commit());
  }
  // The mean recall of searches through the index over `queries`, and that exact ones are exact.
  double MeasureRecall(Transaction& t, int queries = 30) {
    double sum = 0;
    for (int i = 0; i < queries; ++i) {
      const Elements query = clusters.Next();
      const auto expected = BestByTheBook(metric, model, query, 10);
      sum += Recall(Search(t, f.space, query), expected);
      VectorSearch exact;
      exact.exact = true;
      CHECK(Recall(Search(t, f.space, query, exact), expected) == 1);
    }
    return sum / queries;
  }
  std::string IndexPath() const {
    return f.directory / ("s/vectors/" + std::to_string(f.space) + ".index");
  }

  Fixture f;
  const VectorMetric metric;
  Clusters clusters;
  Model model;
};

TEST_CASE("an index is saved and serves the next session", "[vector]") {
  Large large;
  RequireOk(large.f.store->BuildVectorIndex("s", nullptr));
  CHECK(large.MeasureRecall(*Read(*large.f.store)) > 0.95);
  REQUIRE(std::filesystem::exists(large.IndexPath()));
  {
    const StoreInfo info = Must(large.f.store->Info());
    REQUIRE(info.spaces.size() == 1);
    CHECK(info.spaces[0].vectors == kMany);
    CHECK(info.spaces[0].pending_commits == 0);
    CHECK(info.spaces[0].index_file_bytes > kMany * kDimension * 4);
  }
  // Changes after it was saved.
  for (size_t i = 0; i < 20; ++i) {
    auto t = Write(*large.f.store);
    const NodeId node = large.f.nodes[i];
    if (i % 2 == 0) {
      large.model[node] = large.clusters.Next();
      RequireOk(Set(*t, large.f.space, node, large.model[node]));
    } else {
      large.model.erase(node);
      RequireOk(t->RemoveVector(large.f.space, node));
    }
    RequireOk(t->Commit());
  }
  CHECK(Must(large.f.store->Info()).spaces[0].pending_commits == 20);
  RequireConsistent(*large.f.store);

  SECTION("opened for writing") { large.f.Reopen(); }
  SECTION("opened for reading") {
    StoreOptions options;
    options.read_only = true;
    large.f.Reopen(options);
  }
  SECTION("from a backup") {
    RequireOk(large.f.store->Backup(large.f.directory / "b"));
    RequireOk(RestoreStore(large.f.directory / "b", large.f.directory / "r"));
    CHECK(std::filesystem::exists(large.f.directory / "r/vectors"));
    large.f.store = OpenStore(large.f.directory / "r");
  }
  SECTION("without the file") {
    large.f.store.reset();
    std::filesystem::remove(large.IndexPath());
    large.f.Reopen();
  }
  SECTION("with a damaged file") {
    large.f.store.reset();
    std::fstream file(large.IndexPath(), std::ios::in | std::ios::out | std::ios::binary);
    const size_t at = GENERATE(5, 30, 5000, 100000, 300000, 600000);
    file.seekg(static_cast<std::streamoff>(at));
    const char old = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(old ^ 0x10));
    file.close();
    large.f.Reopen();
    const auto problems = Must(large.f.store->Check(10));
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].what.find("saved index") != std::string::npos);
  }
  SECTION("with a file that is cut short") {
    large.f.store.reset();
    std::filesystem::resize_file(large.IndexPath(), GENERATE(0, 10, 1000, 400000));
    large.f.Reopen();
  }
  auto t = Read(*large.f.store);
  CHECK(large.MeasureRecall(*t) > 0.95);
  CHECK(Must(t->CountVectors(large.f.space)) == large.model.size());
}

TEST_CASE("opening a store does not load its indexes", "[vector]") {
  Large large;
  RequireOk(large.f.store->BuildVectorIndex("s", nullptr));
  large.f.Reopen();
  CHECK(Must(large.f.store->Info()).spaces[0].memory_bytes == 0);
  Found(*Read(*large.f.store), large.f.space, large.clusters.Next());
  CHECK(Must(large.f.store->Info()).spaces[0].memory_bytes > 0);
}

TEST_CASE("filters of every kind find what qualifies", "[vector]") {
  Large large;
  RequireOk(large.f.store->BuildVectorIndex("s", nullptr));
  auto t = Read(*large.f.store);
  // Every second, every twentieth and so on; and all but the cluster of the query.
  const size_t step = GENERATE(2, 10, 20, 200, 5000);
  std::vector<NodeId> nodes;
  Model allowed;
  for (size_t i = 0; i < kMany; i += step) {
    nodes.push_back(large.f.nodes[i]);
    allowed[large.f.nodes[i]] = large.model[large.f.nodes[i]];
  }
  double sum = 0;
  for (int i = 0; i < 20; ++i) {
    const Elements query = large.clusters.Next();
    VectorSearch search;
    search.nodes = &nodes;
    const auto found = Search(*t, large.f.space, query, search);
    for (const VectorHit& hit : found) CHECK(allowed.count(hit.node) == 1);
    const auto expected = BestByTheBook(large.metric, allowed, query, 10);
    CHECK(found.size() == expected.size());
    sum += Recall(found, expected);
  }
  CHECK(sum / 20 > 0.95);
}

TEST_CASE("a filter that rejects everything near is no obstacle", "[vector]") {
  Large large;
  RequireOk(large.f.store->BuildVectorIndex("s", nullptr));
  auto t = Read(*large.f.store);
  double sum = 0;
  for (size_t centre = 0; centre < 10; ++centre) {
    const Elements query = large.clusters.Near(centre);
    const auto ranked = BestByTheBook(large.metric, large.model, query, kMany);
    // Without the nearest 2000.
    Model allowed;
    for (size_t i = 2000; i < ranked.size(); ++i) {
      allowed[ranked[i].node] = large.model[ranked[i].node];
    }
    std::vector<NodeId> nodes;
    for (const auto& [node, elements] : allowed) nodes.push_back(node);
    VectorSearch search;
    search.nodes = &nodes;
    sum += Recall(Search(*t, large.f.space, query, search),
                  BestByTheBook(large.metric, allowed, query, 10));
  }
  CHECK(sum / 10 > 0.95);
}

TEST_CASE("k may be larger than what there is", "[vector]") {
  Large large;
  RequireOk(large.f.store->BuildVectorIndex("s", nullptr));
  auto t = Read(*large.f.store);
  VectorSearch search;
  search.k = kMany + 5;
  CHECK(Search(*t, large.f.space, large.clusters.Next(), search).size() == kMany);
  search.k = 3000;
  CHECK(Search(*t, large.f.space, large.clusters.Next(), search).size() == 3000);
}

// Random sets, updates, removals, node deletions, rollbacks and reopenings.
TEST_CASE("after random operations searches agree with exact search", "[vector]") {
  const auto metric = GENERATE(VectorMetric::kCosine, VectorMetric::kDot, VectorMetric::kL2);
  Large large(metric);
  std::mt19937 random(static_cast<uint32_t>(metric) + 7);
  Found(*Read(*large.f.store), large.f.space, large.clusters.Next());
  std::vector<std::pair<std::unique_ptr<Transaction>, Model>> readers;
  for (int round = 0; round < 40; ++round) {
    {
      auto t = Write(*large.f.store);
      Model next = large.model;
      const size_t operations = 1 + random() % 200;
      for (size_t i = 0; i < operations; ++i) {
        const NodeId node = large.f.nodes[random() % large.f.nodes.size()];
        if (!Must(t->NodeExists(node))) continue;
        switch (random() % 6) {
          case 0:
            RequireOk(t->RemoveVector(large.f.space, node));
            next.erase(node);
            break;
          case 1:
            if (random() % 8 == 0) {
              RequireOk(t->DeleteNode(node, true));
              next.erase(node);
            }
            break;
          default:
            next[node] = large.clusters.Next();
            RequireOk(Set(*t, large.f.space, node, next[node]));
        }
      }
      const Elements query = large.clusters.Next();
      CHECK(Recall(Search(*t, large.f.space, query), BestByTheBook(metric, next, query, 10)) >=
            0.7);
      if (random() % 5 == 0) {
        t->Rollback();
      } else {
        RequireOk(t->Commit());
        large.model = std::move(next);
      }
    }
    if (round % 4 == 0) readers.emplace_back(Read(*large.f.store), large.model);
    if (readers.size() > 3) readers.erase(readers.begin());
    for (const auto& [reader, model] : readers) {
      const Elements query = large.clusters.Next();
      VectorSearch search;
      search.exact = true;
      const auto expected = BestByTheBook(metric, model, query, 10);
      CHECK(Nodes(Search(*reader, large.f.space, query, search)) == Nodes(expected));
      CHECK(Recall(Search(*reader, large.f.space, query), expected) >= 0.7);
    }
    if (round == 15) RequireOk(large.f.store->BuildVectorIndex("s", nullptr));
    if (round % 10 == 9) {
      readers.clear();
      large.f.Reopen();
      RequireConsistent(*large.f.store);
      auto t = Read(*large.f.store);
      CHECK(Must(t->CountVectors(large.f.space)) == large.model.size());
      CHECK(large.MeasureRecall(*t, 20) > 0.9);
    }
  }
}

TEST_CASE("searching, committing and building go on at once", "[vector]") {
  Large large;
  std::atomic<bool> done{false};
  std::vector<std::thread> searchers;
  std::atomic<size_t> wrong{0};
  for (uint32_t i = 0; i < 3; ++i) {
    searchers.emplace_back([&, i] {
      Clusters clusters(kDimension, 40, 100 + i);
      while (!done) {
        TransactionOptions options;
        options.read_only = true;
        auto t = large.f.store->Begin(options);
        const Elements query = clusters.Next();
        VectorSearch search;
        search.exact = clusters.Below(4) == 0;
        const auto found = (*t)->SearchVectors(large.f.space, query.data(), query.size(), search);
        if (!found.ok() || found->size() != 10) ++wrong;
      }
    });
  }
  std::thread builder([&] {
    while (!done) {
      if (!large.f.store->BuildVectorIndex("s", nullptr).ok()) ++wrong;
    }
  });
  for (int round = 0; round < 25; ++round) {
    auto t = Write(*large.f.store);
    for (int i = 0; i < 150; ++i) {
      const NodeId node = large.f.nodes[large.clusters.Below(kMany)];
      large.model[node] = large.clusters.Next();
      RequireOk(Set(*t, large.f.space, node, large.model[node]));
    }
    RequireOk(t->Commit());
  }
  done = true;
  for (std::thread& searcher : searchers) searcher.join();
  builder.join();
  CHECK(wrong == 0);
  CHECK(large.MeasureRecall(*Read(*large.f.store)) > 0.9);
  RequireConsistent(*large.f.store);
}

}  // namespace
}  // namespace gesta
