// The graph cache: whatever it answers, the store answers too. Random writes, snapshots that stay
// open, and readers in other threads.
#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "gesta/graph_cache.h"
#include "store_test_support.h"

namespace gesta {
namespace {

using namespace gesta::test;

constexpr uint64_t kMany = 1'000'000'000;  // look-ups that pay for everything

StoreOptions AtOnce() {
  StoreOptions options;
  options.sync = false;
  options.graph_cache_at_once = true;
  return options;
}

// The names that the tests use; created by the first transaction.
struct Names {
  std::vector<NameId> types;
  std::vector<NameId> keys;
  std::vector<NameId> labels;

  static Names Make(Store& store) {
    Names names;
    const auto t = Write(store);
    for (const char* name : {"A", "B", "C"}) names.types.push_back(Type(*t, name));
    for (const char* name : {"int", "text", "mixed", "float"}) names.keys.push_back(Key(*t, name));
    for (const char* name : {"X", "Y", "Z"}) names.labels.push_back(Label(*t, name));
    RequireOk(t->Commit());
    return names;
  }
};

// Compares what the cache and the store say to one transaction. Gives what differs first.
class Comparer {
 public:
  Comparer(Transaction* t, const Names& names, uint64_t expected_lookups)
      : t_(*t), names_(names), expected_(expected_lookups) {}

  std::string Run(NodeId nodes, RelId rels) {
    for (const NameId type : names_.types) {
      for (const bool outgoing : {true, false}) CompareAdjacency(type, outgoing, nodes);
    }
    for (const NameId key : names_.keys) {
      CompareColumn(EntityKind::kNode, key, nodes);
      CompareColumn(EntityKind::kRelationship, key, rels);
    }
    CompareLabels(nodes);
    CompareNodes(kNoName);
    for (const NameId label : names_.labels) CompareNodes(label);
    return difference_;
  }
  // How often the cache knew the answer.
  uint64_t answers() const { return answers_; }

 private:
  void Differ(const std::string& what, uint64_t id) {
    if (difference_.empty()) difference_ = what + " " + std::to_string(id);
  }

  void CompareAdjacency(NameId type, bool outgoing, NodeId nodes) {
    const auto part = t_.Adjacency(type, outgoing, expected_);
    if (!part) return;
    for (NodeId node = 0; node < nodes; ++node) {
      Neighbours found;
      if (!part->Find(node, &found)) continue;
      ++answers_;
      std::vector<Edge> edges;
      const Status status = t_.Expand(node, outgoing ? Direction::kOut : Direction::kIn, {type},
                                      std::nullopt, &edges);
      uint64_t degree = 0;
      bool same = status.ok() && edges.size() == found.size;
      // A writer of another thread may have marked the node by now.
      if (part->Degree(node, &degree)) same = same && degree == found.size;
      for (size_t i = 0; same && i < edges.size(); ++i) {
        same = edges[i].other == found.nodes[i] && edges[i].rel == found.rels[i];
        const Neighbours to = NeighboursTo(found, edges[i].other);
        same = same && to.size > 0 && std::all_of(to.nodes, to.nodes + to.size, [&](uint32_t n) {
                 return n == edges[i].other;
               });
      }
      if (!same) Differ("relationships of node", node);
    }
  }

  void CompareColumn(EntityKind entity, NameId key, uint64_t entities) {
    const auto part = t_.PropertyColumn(entity, key, expected_);
    if (!part) return;
    std::vector<uint64_t> ids(entities);
    for (uint64_t id = 0; id < entities; ++id) ids[id] = id;
    std::vector<Value> values(entities, Value::String("not filled"));
    std::vector<uint32_t> unknown;
    part->Gather(ids.data(), ids.size(), values.data(), &unknown);
    const std::set<uint64_t> asked(unknown.begin(), unknown.end());
    for (uint64_t id = 0; id < entities; ++id) {
      if (asked.count(id) > 0) continue;
      ++answers_;
      const Result<Value> value = entity == EntityKind::kNode ? t_.GetNodeProperty(id, key)
                                                              : t_.GetRelationshipProperty(id, key);
      if (!value.ok() || value->type() != values[id].type() || !Equivalent(*value, values[id])) {
        Differ(entity == EntityKind::kNode ? "property of node" : "property of relationship", id);
      }
    }
  }

  void CompareLabels(NodeId nodes) {
    const auto part = t_.NodeLabels(expected_);
    if (!part) return;
    for (NodeId node = 0; node < nodes; ++node) {
      if (!part->Knows(node)) continue;
      ++answers_;
      const auto labels = t_.GetLabels(node);
      if (!labels.ok() || *labels != part->combinations()[part->CombinationOf(node)]) {
        Differ("labels of node", node);
      }
    }
  }

  void CompareNodes(NameId label) {
    const auto nodes = t_.Nodes(label, expected_);
    if (!nodes) return;
    ++answers_;
    auto cursor = label == kNoName ? t_.ScanNodes() : t_.ScanLabel(label);
    std::vector<uint64_t> ids(kMostNodes);
    const size_t n = cursor.ok() ? *(*cursor)->Next(ids.data(), ids.size()) : 0;
    if (n != nodes->size() || !std::equal(nodes->ids(), nodes->ids() + n, ids.begin())) {
      Differ("nodes with label", label);
    }
  }

  static constexpr size_t kMostNodes = 100'000;

  Transaction& t_;
  const Names& names_;
  const uint64_t expected_;
  std::string difference_;
  uint64_t answers_ = 0;
};

// Makes random changes.
class Writer {
 public:
  Writer(const Names& names, unsigned seed) : names_(names), random_(seed) {}

  size_t Pick(size_t n) { return random_() % n; }
  NodeId nodes() const { return nodes_; }
  RelId rels() const { return rels_; }

  // What meets an entity that is not there (any more) changes nothing.
  Status Change(Transaction& t) {
    switch (Pick(12)) {
      case 0:
      case 1: {
        std::vector<NameId> labels;
        for (const NameId label : names_.labels) {
          if (Pick(2) == 0) labels.push_back(label);
        }
        GESTA_ASSIGN_OR_RETURN(const NodeId id, t.CreateNode(labels, Properties()));
        nodes_ = std::max(nodes_.load(), id + 1);
        return {};
      }
      case 2:
      case 3:
      case 4:
      case 5: {
        const auto rel = t.CreateRelationship(Node(), names_.types[Pick(names_.types.size())],
                                              Node(), Properties());
        if (!rel.ok()) return IgnoreMissing(rel.status());
        rels_ = std::max(rels_.load(), *rel + 1);
        return {};
      }
      case 6:
        return IgnoreMissing(t.DeleteRelationship(Pick(rels_ + 1)));
      case 7:
        return IgnoreMissing(Pick(4) == 0 ? t.DeleteNode(Node(), /*detach=*/true) : Status());
      case 8:
        return IgnoreMissing(t.SetNodeProperty(Node(), AnyKey(), AnyValue()));
      case 9:
        return IgnoreMissing(t.SetRelationshipProperty(Pick(rels_ + 1), AnyKey(), AnyValue()));
      case 10:
        return IgnoreMissing(t.ReplaceNodeProperties(Node(), Properties()));
      default: {
        const NameId label = names_.labels[Pick(names_.labels.size())];
        return IgnoreMissing(Pick(2) == 0 ? t.AddLabel(Node(), label)
                                          : t.RemoveLabel(Node(), label));
      }
    }
  }

 private:
  static Status IgnoreMissing(const Status& status) {
    return status.code() == StatusCode::kEntityNotFound ? Status() : status;
  }
  NodeId Node() { return Pick(nodes_ + 1); }
  NameId AnyKey() { return names_.keys[Pick(names_.keys.size())]; }
  Value AnyValue() {
    switch (Pick(5)) {
      case 0:
        return Value::String("text " + std::to_string(Pick(5)));
      case 1:
        return Value::Float(0.5 * static_cast<double>(Pick(5)));
      case 2:
        return Value();
      default:
        return Value::Integer(static_cast<int64_t>(Pick(100)) - 50);
    }
  }
  // The first keys have values of one type only, so that columns of both forms occur.
  std::vector<Property> Properties() {
    std::vector<Property> properties;
    if (Pick(2) == 0) {
      properties.push_back({names_.keys[0], Value::Integer(static_cast<int64_t>(Pick(9)))});
    }
    if (Pick(2) == 0) {
      properties.push_back({names_.keys[1], Value::String(std::to_string(Pick(20)))});
    }
    if (Pick(2) == 0) properties.push_back({names_.keys[2], AnyValue()});
    if (Pick(2) == 0) properties.push_back({names_.keys[3], Value::Float(1.5)});
    return properties;
  }

  const Names& names_;
  std::mt19937 random_;
  std::atomic<NodeId> nodes_{0};  // readers of other threads ask how far ids go
  std::atomic<RelId> rels_{0};
};

void RequireSame(Transaction& t, const Names& names, const Writer& writer, uint64_t* answers) {
  Comparer comparer(&t, names, kMany);
  REQUIRE(comparer.Run(writer.nodes() + 70, writer.rels() + 70) == "");
  *answers += comparer.answers();
}

// Writes, commits and rolls back, and compares in the writing transaction and in snapshots that
// stay open for a while.
void WriteAndCompare(Store& store, unsigned seed, int rounds) {
  const Names names = Names::Make(store);
  Writer writer(names, seed);
  std::vector<std::unique_ptr<Transaction>> snapshots;
  uint64_t answers = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto t = Write(store);
    const bool compares = writer.Pick(3) == 0;
    if (compares) RequireSame(*t, names, writer, &answers);
    const size_t changes = round == 0 ? 300 : writer.Pick(20);
    for (size_t i = 0; i < changes; ++i) {
      const bool savepoint = writer.Pick(10) == 0;
      if (savepoint) t->SetSavepoint();
      RequireOk(writer.Change(*t));
      if (savepoint && writer.Pick(2) == 0) {
        RequireOk(t->RollbackToSavepoint());
      } else if (savepoint) {
        t->ReleaseSavepoint();
      }
    }
    if (compares) RequireSame(*t, names, writer, &answers);
    if (writer.Pick(4) == 0) {
      t->Rollback();
    } else {
      RequireOk(t->Commit());
    }
    if (writer.Pick(2) == 0) snapshots.push_back(Read(store));
    if (snapshots.size() > 4) {
      snapshots.erase(snapshots.begin() + static_cast<ptrdiff_t>(writer.Pick(5)));
    }
    for (const auto& snapshot : snapshots) RequireSame(*snapshot, names, writer, &answers);
  }
  RequireSame(*Read(store), names, writer, &answers);
  REQUIRE(answers > 1000);
  REQUIRE(Must(store.Info()).graph_cache_builds > 10);
}

}  // namespace

TEST_CASE("the graph cache and the store answer the same", "[store][graph_cache]") {
  TempDirectory directory;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    const auto store = OpenStore(directory / ("kb" + std::to_string(seed)), AtOnce());
    WriteAndCompare(*store, seed, 60);
  }
}

TEST_CASE("a graph cache that is too small for all parts answers the same",
          "[store][graph_cache]") {
  TempDirectory directory;
  StoreOptions options = AtOnce();
  options.graph_cache_bytes = 12'000;
  const auto store = OpenStore(directory / "kb", options);
  WriteAndCompare(*store, 7, 40);
  REQUIRE(Must(store->Info()).graph_cache_bytes <= options.graph_cache_bytes);
}

TEST_CASE("readers in other threads see what their snapshots hold", "[store][graph_cache]") {
  TempDirectory directory;
  const auto store = OpenStore(directory / "kb", AtOnce());
  const Names names = Names::Make(*store);
  Writer writer(names, 11);
  std::atomic<bool> done{false};
  std::atomic<uint64_t> answers{0};
  std::vector<std::string> differences(2);
  std::vector<std::thread> readers;
  for (std::string& difference : differences) {
    readers.emplace_back([&] {
      TransactionOptions options;
      options.read_only = true;
      while (!done && difference.empty()) {
        const auto t = store->Begin(options);
        if (!t.ok()) {
          difference = t.status().ToString();
          return;
        }
        Comparer comparer(t->get(), names, kMany);
        difference = comparer.Run(writer.nodes(), writer.rels());
        answers += comparer.answers();
      }
    });
  }
  Status status;
  for (int round = 0; round < 150 && status.ok(); ++round) {
    const auto t = Write(*store);
    for (size_t i = writer.Pick(15) + (round == 0 ? 200 : 0); i > 0 && status.ok(); --i) {
      status = writer.Change(*t);
    }
    if (!status.ok()) break;
    if (writer.Pick(8) == 0) {
      t->Rollback();
    } else {
      status = t->Commit();
    }
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  RequireOk(status);
  for (const std::string& difference : differences) REQUIRE(difference == "");
  REQUIRE(answers > 0);
}

TEST_CASE("threads may read the graph cache through one transaction", "[store][graph_cache]") {
  TempDirectory directory;
  StoreOptions options;
  options.sync = false;
  const auto store = OpenStore(directory / "kb", options);
  const Names names = Names::Make(*store);
  Writer writer(names, 5);
  const auto t = Write(*store);
  for (int i = 0; i < 500; ++i) RequireOk(writer.Change(*t));
  RequireOk(t->Commit());
  const auto reader = Read(*store);
  std::vector<std::string> differences(3);
  std::vector<std::thread> threads;
  for (std::string& difference : differences) {
    threads.emplace_back([&] {
      Comparer comparer(reader.get(), names, kMany);
      difference = comparer.Run(writer.nodes(), writer.rels());
      if (comparer.answers() == 0) difference = "nothing was answered";
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& difference : differences) REQUIRE(difference == "");
  // Each part was built by one of them.
  REQUIRE(Must(store->Info()).graph_cache_builds == 2 * 3 + 2 * 4 + 1 + 1 + 3);
}

TEST_CASE("a part of the graph cache is built when look-ups have paid for it",
          "[store][graph_cache]") {
  TempDirectory directory;
  StoreOptions options;
  options.sync = false;
  const auto store = OpenStore(directory / "kb", options);
  NameId type = kNoName;
  {
    const auto t = Write(*store);
    type = Type(*t, "T");
    std::vector<NodeId> nodes;
    for (int i = 0; i < 1000; ++i) nodes.push_back(Must(t->CreateNode({}, {})));
    for (int i = 0; i < 20'000; ++i) {
      Must(t->CreateRelationship(nodes[i % 1000], type, nodes[(i * 7) % 1000], {}));
    }
    RequireOk(t->Commit());
  }
  const auto builds = [&] { return Must(store->Info()).graph_cache_builds; };
  const auto t = Read(*store);

  SECTION("one look-up does not") {
    REQUIRE(!t->Adjacency(type, true, 1));
    REQUIRE(builds() == 0);
  }
  SECTION("those that are announced do") {
    REQUIRE(t->Adjacency(type, true, 100'000));
    REQUIRE(builds() == 1);
    REQUIRE(t->Adjacency(type, true, 0));
    REQUIRE(builds() == 1);
    REQUIRE(t->Adjacency(type, true, 0)->size() == 20'000);
    REQUIRE(Must(store->Info()).graph_cache_bytes > 20'000 * 8);
  }
  SECTION("those that were made do") {
    std::vector<Edge> edges;
    int made = 0;
    while (made < 100'000 && !t->Adjacency(type, false, 1)) {
      RequireOk(t->Expand(static_cast<NodeId>(made++ % 1000), Direction::kIn, {type}, {}, &edges));
    }
    REQUIRE(made > 10);
    REQUIRE(made < 100'000);
  }
  SECTION("not while the statement is cancelled") {
    const std::atomic<bool> cancel{true};
    TransactionOptions cancelled;
    cancelled.read_only = true;
    cancelled.cancel = &cancel;
    REQUIRE(!Must(store->Begin(cancelled))->Adjacency(type, true, kMany));
    REQUIRE(t->Adjacency(type, true, kMany));
  }
  SECTION("not by a transaction that reads an older state") {
    const auto write = Write(*store);
    Must(write->CreateNode({}, {}));
    RequireOk(write->Commit());
    REQUIRE(!t->Adjacency(type, true, kMany));
    const auto now = Read(*store);
    REQUIRE(now->Adjacency(type, true, kMany));
    REQUIRE(!t->Adjacency(type, true, kMany));
  }
}

TEST_CASE("a store without a graph cache has no parts", "[store][graph_cache]") {
  TempDirectory directory;
  StoreOptions options = AtOnce();
  options.graph_cache_bytes = 0;
  const auto store = OpenStore(directory / "kb", options);
  const Names names = Names::Make(*store);
  const auto t = Read(*store);
  REQUIRE(!t->Adjacency(names.types[0], true, kMany));
  REQUIRE(!t->PropertyColumn(EntityKind::kNode, names.keys[0], kMany));
  REQUIRE(!t->NodeLabels(kMany));
  REQUIRE(!t->Nodes(kNoName, kMany));
}

}  // namespace gesta
