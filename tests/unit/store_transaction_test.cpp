// Transactions: one writer, snapshots, conflicts, savepoints, and threads that race.
#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "store_test_support.h"

namespace gesta {
namespace {

using namespace gesta::test;
using Ids = std::vector<uint64_t>;

std::unique_ptr<Transaction> Begin(Store& store, TransactionOptions options = {}) {
  return Must(store.Begin(options));
}

TEST_CASE("a transaction reads its snapshot whatever others commit", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto reader = Read(*store);
  auto writer = Write(*store);
  const NameId label = Label(*writer, "New");
  const NodeId node = Must(writer->CreateNode({label}, {}));
  RequireOk(writer->Commit());
  CHECK_FALSE(Must(reader->NodeExists(node)));
  CHECK(Drain(reader->ScanNodes()).empty());
  CHECK(reader->GetStatistics().nodes == 0);
  CHECK(reader->FindName(NameKind::kLabel, "New") == kNoName);
  auto later = Read(*store);
  CHECK(Must(later->NodeExists(node)));
  CHECK(later->epoch() != reader->epoch());
}

TEST_CASE("a write after another commit is a conflict, unless the slot was taken first",
          "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto late = Begin(*store);
  CHECK(Drain(late->ScanNodes()).empty());
  auto first = Write(*store);
  Must(first->CreateNode({}, {}));
  RequireOk(first->Commit());
  const auto refused = late->CreateNode({}, {});
  CHECK(refused.status().code() == StatusCode::kConflict);
  CHECK(Drain(late->ScanNodes()).empty());  // still readable
  // The conflict left the slot free.
  auto again = Write(*store);
  Must(again->CreateNode({}, {}));
  RequireOk(again->Commit());
  CHECK(Drain(Read(*store)->ScanNodes()).size() == 2);
}

TEST_CASE("a commit without writes is no commit", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  const uint64_t before = Must(store->Info()).last_commit;
  RequireOk(Write(*store)->Commit());
  RequireOk(Read(*store)->Commit());
  CHECK(Must(store->Info()).last_commit == before);
}

TEST_CASE("waiting for the slot ends at the time-out or when cancelled", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto holder = Write(*store);
  Must(holder->CreateNode({}, {}));
  TransactionOptions options;
  options.slot_timeout = std::chrono::milliseconds(20);
  CHECK(Begin(*store, options)->CreateNode({}, {}).status().code() == StatusCode::kConflict);
  options.take_slot = true;
  CHECK(store->Begin(options).status().code() == StatusCode::kConflict);

  std::atomic<bool> cancel{false};
  options.slot_timeout = std::chrono::minutes(1);
  options.cancel = &cancel;
  std::thread canceller([&] { cancel = true; });
  CHECK(store->Begin(options).status().code() == StatusCode::kCancelled);
  canceller.join();
  holder.reset();
  cancel = false;
  CHECK(store->Begin(options).ok());
}

TEST_CASE("writing is refused where it is not allowed", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  CHECK(Read(*store)->CreateNode({}, {}).status().code() == StatusCode::kReadOnly);
  CHECK(Read(*store)->GetOrCreateName(NameKind::kLabel, "x").status().code() ==
        StatusCode::kReadOnly);
  auto t = Write(*store);
  RequireOk(t->Commit());
  CHECK(t->CreateNode({}, {}).status().code() == StatusCode::kInvalidArgument);
  CHECK(t->NodeExists(0).status().code() == StatusCode::kInvalidArgument);
  CHECK(t->Commit().code() == StatusCode::kInvalidArgument);
}

TEST_CASE("a rollback leaves nothing behind", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  {
    auto t = Write(*store);
    const NameId label = Label(*t, "Gone");
    Must(t->CreateNode({label}, {}));
    t->Rollback();
  }
  {
    auto t = Write(*store);
    Must(t->CreateNode({Label(*t, "GoneToo")}, {}));
  }
  auto t = Write(*store);
  CHECK(t->FindName(NameKind::kLabel, "Gone") == kNoName);
  CHECK(t->Names(NameKind::kLabel).empty());
  CHECK(t->GetStatistics().nodes == 0);
  const NameId label = Label(*t, "Kept");
  CHECK(label == 0);  // dense
  Must(t->CreateNode({label}, {}));
  RequireOk(t->Commit());
  RequireConsistent(*store);
}

TEST_CASE("epochs tell apart what was created and undone", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  auto t = Write(*store);
  const uint64_t start = t->epoch();
  t->SetSavepoint();
  const NameId one = Label(*t, "One");
  const uint64_t with_one = t->epoch();
  CHECK(with_one != start);
  RequireOk(t->RollbackToSavepoint());
  CHECK(t->epoch() == start);
  const NameId two = Label(*t, "Two");
  CHECK(two == one);
  CHECK(t->epoch() != with_one);
  const uint64_t with_two = t->epoch();
  RequireOk(t->Commit());
  CHECK(Read(*store)->epoch() == with_two);
}

TEST_CASE("savepoints restore data, names, indexes, counts and changes", "[store]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  NodeId a = 0;
  RelId loop = 0;
  {
    auto t = Write(*store);
    a = Must(t->CreateNode({Label(*t, "A")}, {{Key(*t, "k"), Value::Integer(1)}}));
    loop = Must(t->CreateRelationship(a, Type(*t, "R"), a, {}));
    RequireOk(t->Commit());
  }
  auto t = Begin(*store);
  const NameId label = t->FindName(NameKind::kLabel, "A");
  const NameId key = t->FindName(NameKind::kProperty, "k");
  t->SetSavepoint();  // before the first write
  const NodeId b = Must(t->CreateNode({label}, {{key, Value::Integer(2)}}));
  RequireOk(t->RollbackToSavepoint());
  CHECK(Drain(t->ScanNodes()) == Ids{a});
  CHECK(t->GetStatistics().nodes == 1);
  CHECK(t->changes().nodes_created == 0);

  const NodeId c = Must(t->CreateNode({label}, {{key, Value::Integer(3)}}));
  CHECK(c > b);
  t->SetSavepoint();
  RequireOk(t->SetNodeProperty(a, key, Value::Integer(10)));
  const NameId other = Label(*t, "Other");
  RequireOk(t->AddLabel(c, other));
  IndexInfo index;
  index.label = label;
  index.properties = {key};
  CHECK(Must(t->CreateIndex(index)).name == "A_k_index");
  t->SetSavepoint();
  RequireOk(t->DeleteRelationship(loop));
  RequireOk(t->DropIndex("A_k_index"));
  CHECK(Must(t->GetRelationship(loop)).start == a);
  RequireOk(t->RollbackToSavepoint());
  CHECK(Must(t->RelationshipExists(loop)));
  CHECK(Expanded(*t, a, Direction::kBoth) == Ids{loop});
  CHECK(t->Indexes().size() == 1);
  CHECK(Drain(t->ScanIndex(t->Indexes()[0].id, {})) == Ids{c, a});
  RequireOk(t->RollbackToSavepoint());
  CHECK(t->Indexes().empty());
  CHECK(t->FindName(NameKind::kLabel, "Other") == kNoName);
  CHECK(Must(t->GetNodeProperty(a, key)).AsInteger() == 1);
  CHECK(Must(t->GetLabels(c)) == std::vector<NameId>{label});

  t->SetSavepoint();
  RequireOk(t->SetNodeProperty(c, key, Value::Integer(4)));
  t->ReleaseSavepoint();
  CHECK(t->RollbackToSavepoint().code() == StatusCode::kInvalidArgument);
  CHECK(t->changes().nodes_created == 1);
  RequireOk(t->Commit());
  CHECK(Must(Read(*store)->GetNodeProperty(c, key)).AsInteger() == 4);
  RequireConsistent(*store);
}

// Random operations against a model: two committed writers' worth of nodes and relationships, with
// savepoints, verified after every step.
TEST_CASE("random writes, savepoints and commits agree with a model", "[store]") {
  struct Model {
    std::map<NodeId, int64_t> nodes;
    std::map<RelId, std::pair<NodeId, NodeId>> rels;
  };
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  NameId label = 0;
  NameId type = 0;
  NameId key = 0;
  {
    auto t = Write(*store);
    label = Label(*t, "L");
    type = Type(*t, "R");
    key = Key(*t, "v");
    IndexInfo index;
    index.label = label;
    index.properties = {key};
    Must(t->CreateIndex(index));
    RequireOk(t->Commit());
  }
  std::mt19937 random(5);
  Model committed;
  auto pick = [&](const auto& map) {
    return std::next(map.begin(), static_cast<long>(random() % map.size()))->first;
  };
  auto verify = [&](Transaction& t, const Model& model) {
    Ids nodes;
    for (const auto& entry : model.nodes) nodes.push_back(entry.first);
    REQUIRE(Drain(t.ScanNodes(), 7) == nodes);
    REQUIRE(Drain(t.ScanLabel(label), 7) == nodes);
    std::stable_sort(nodes.begin(), nodes.end(),
                     [&](NodeId a, NodeId b) { return model.nodes.at(a) < model.nodes.at(b); });
    REQUIRE(Drain(t.ScanIndex(0, {}), 7) == nodes);
    std::map<NodeId, Ids> out;
    std::map<NodeId, Ids> in;
    for (const auto& [rel, ends] : model.rels) {
      out[ends.first].push_back(rel);
      in[ends.second].push_back(rel);
    }
    for (const auto& [node, value] : model.nodes) {
      REQUIRE(Must(t.GetNodeProperty(node, key)).AsInteger() == value);
      REQUIRE(Expanded(t, node, Direction::kOut) == out[node]);
      REQUIRE(Expanded(t, node, Direction::kIn, {type}) == in[node]);
    }
    const Statistics statistics = t.GetStatistics();
    REQUIRE(statistics.nodes == model.nodes.size());
    REQUIRE(statistics.TypeCount(type) == model.rels.size());
    REQUIRE(statistics.index_entries.at(0) == model.nodes.size());
    std::set<int64_t> values;
    for (const auto& entry : model.nodes) values.insert(entry.second);
    REQUIRE(statistics.index_distinct.at(0) == values.size());
  };
  for (int round = 0; round < 30; ++round) {
    auto t = Begin(*store);
    Model model = committed;
    std::vector<Model> savepoints;
    for (int step = 0; step < 40; ++step) {
      switch (random() % 9) {
        case 0:
        case 1: {
          const auto value = static_cast<int64_t>(random() % 10);
          model.nodes[Must(t->CreateNode({label}, {{key, Value::Integer(value)}}))] = value;
          break;
        }
        case 2:
        case 3: {
          if (model.nodes.empty()) break;
          const NodeId a = pick(model.nodes);
          const NodeId b = pick(model.nodes);
          model.rels[Must(t->CreateRelationship(a, type, b, {}))] = {a, b};
          break;
        }
        case 4: {
          if (model.nodes.empty()) break;
          const NodeId node = pick(model.nodes);
          model.nodes[node] = static_cast<int64_t>(random() % 10);
          RequireOk(t->SetNodeProperty(node, key, Value::Integer(model.nodes[node])));
          break;
        }
        case 5: {
          if (model.rels.empty()) break;
          const RelId rel = pick(model.rels);
          RequireOk(t->DeleteRelationship(rel));
          model.rels.erase(rel);
          break;
        }
        case 6: {
          if (model.nodes.empty() || random() % 2) break;
          const NodeId node = pick(model.nodes);
          RequireOk(t->DeleteNode(node, true));
          model.nodes.erase(node);
          for (auto at = model.rels.begin(); at != model.rels.end();) {
            const bool gone = at->second.first == node || at->second.second == node;
            at = gone ? model.rels.erase(at) : std::next(at);
          }
          break;
        }
        case 7:
          t->SetSavepoint();
          savepoints.push_back(model);
          break;
        case 8:
          if (savepoints.empty()) break;
          if (random() % 3 == 0) {
            t->ReleaseSavepoint();
          } else {
            RequireOk(t->RollbackToSavepoint());
            model = savepoints.back();
          }
          savepoints.pop_back();
          break;
      }
      if (step % 5 == 0) verify(*t, model);
    }
    verify(*t, model);
    if (round % 4 == 3) {
      t->Rollback();
    } else {
      RequireOk(t->Commit());
      committed = model;
    }
    if (round % 10 == 5) {
      t.reset();
      store.reset();
      store = OpenStore(directory / "s");
    }
    if (round % 7 == 2) RequireOk(store->Flush());
    verify(*Read(*store), committed);
    RequireConsistent(*store);
  }
}

TEST_CASE("a delete racing with new relationships never leaves one dangling", "[store][threads]") {
  TempDirectory directory;
  StoreOptions store_options;
  store_options.sync = false;
  auto store = OpenStore(directory / "s", store_options);
  NameId type = 0;
  std::vector<NodeId> hubs;
  {
    auto t = Write(*store);
    type = Type(*t, "R");
    for (int i = 0; i < 40; ++i) hubs.push_back(Must(t->CreateNode({}, {})));
    RequireOk(t->Commit());
  }
  std::atomic<int> unexpected{0};
  std::atomic<int> conflicts{0};
  std::atomic<int> created{0};
  auto retry = [&](auto&& work) {
    for (int attempt = 0;; ++attempt) {
      TransactionOptions options;
      options.take_slot = attempt >= 2;
      auto t = store->Begin(options);
      if (!t.ok()) {
        ++unexpected;
        return;
      }
      Status status = work(**t);
      if (status.ok()) status = (*t)->Commit();
      if (status.ok()) return;
      if (status.code() == StatusCode::kEntityNotFound) return;  // the delete came first
      if (status.code() != StatusCode::kConflict) {
        ++unexpected;
        return;
      }
      ++conflicts;
    }
  };
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&, thread] {
      for (size_t i = 0; i < 60; ++i) {
        const NodeId a = hubs[(i * 7 + static_cast<size_t>(thread)) % hubs.size()];
        const NodeId b = hubs[(i * 3 + 1) % hubs.size()];
        retry([&](Transaction& t) -> Status {
          // A read first, so that the snapshot is older than the write.
          GESTA_RETURN_IF_ERROR(t.NodeExists(a).status());
          std::this_thread::yield();
          GESTA_RETURN_IF_ERROR(t.CreateRelationship(a, type, b, {}).status());
          ++created;
          return Status::Ok();
        });
      }
    });
  }
  threads.emplace_back([&] {
    for (size_t i = 0; i < hubs.size(); i += 2) {
      retry([&](Transaction& t) -> Status { return t.DeleteNode(hubs[i], true); });
    }
  });
  threads.emplace_back([&] {
    // Readers are not blocked, and what they see is whole.
    for (int i = 0; i < 60; ++i) {
      auto t = Read(*store);
      uint64_t degrees = 0;
      for (const NodeId hub : hubs) {
        std::vector<Edge> edges;
        if (!t->Expand(hub, Direction::kOut, {}, {}, &edges).ok()) ++unexpected;
        degrees += edges.size();
        for (const Edge& edge : edges) {
          auto exists = t->NodeExists(edge.other);
          if (!exists.ok() || !*exists) ++unexpected;
        }
      }
      if (degrees != t->GetStatistics().relationships) ++unexpected;
    }
  });
  for (std::thread& thread : threads) thread.join();
  CHECK(unexpected == 0);
  CHECK(created > 0);
  RequireConsistent(*store);
  CHECK(Read(*store)->GetStatistics().nodes == hubs.size() / 2);
}

TEST_CASE("several threads read one transaction", "[store][threads]") {
  TempDirectory directory;
  auto store = OpenStore(directory / "s");
  std::vector<NodeId> nodes;
  NameId key = 0;
  {
    auto t = Write(*store);
    key = Key(*t, "v");
    const NameId type = Type(*t, "R");
    for (int i = 0; i < 200; ++i) {
      nodes.push_back(Must(t->CreateNode({}, {{key, Value::Integer(i)}})));
      Must(t->CreateRelationship(nodes.back(), type, nodes[nodes.size() / 2], {}));
    }
    RequireOk(t->Commit());
  }
  auto t = Read(*store);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (size_t i = 0; i < nodes.size(); ++i) {
        auto value = t->GetNodeProperty(nodes[i], key);
        if (!value.ok() || value->AsInteger() != static_cast<int64_t>(i)) ++wrong;
        std::vector<Edge> edges;
        if (!t->Expand(nodes[i], Direction::kOut, {}, {}, &edges).ok() || edges.size() != 1) {
          ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace gesta
