// Counts of index entries and of their distinct values, under changes of every kind.
#include <map>
#include <random>
#include <set>

#include "store_test_support.h"

namespace gesta::test {
namespace {

TEST_CASE("index counts follow every change", "[store]") {
  TempDirectory directory;
  const auto store = OpenStore(directory / "kb");
  uint32_t index = 0;
  {
    const auto t = Write(*store);
    IndexInfo info;
    info.label = Label(*t, "N");
    info.properties = {Key(*t, "p")};
    index = Must(t->CreateIndex(info)).id;
    RequireOk(t->Commit());
  }
  std::map<NodeId, int64_t> values;  // what the nodes should hold
  std::mt19937 random(7);
  for (int round = 0; round < 30; ++round) {
    const auto t = Write(*store);
    const NameId label = Label(*t, "N");
    const NameId key = Key(*t, "p");
    std::map<NodeId, int64_t> before_savepoint;
    bool has_savepoint = false;
    for (int step = 0; step < 60; ++step) {
      const int64_t value = random() % 4;
      const int what = random() % 12;
      if (what == 0 && !has_savepoint) {
        t->SetSavepoint();
        before_savepoint = values;
        has_savepoint = true;
      } else if (what == 1 && has_savepoint) {
        RequireOk(t->RollbackToSavepoint());
        values = before_savepoint;
        has_savepoint = false;
      } else if (what < 5 || values.empty()) {
        values[Must(t->CreateNode({label}, {{key, Value::Integer(value)}}))] = value;
      } else {
        auto node = values.begin();
        std::advance(node, random() % values.size());
        if (what < 9) {
          RequireOk(t->SetNodeProperty(node->first, key, Value::Integer(value)));
          node->second = value;
        } else {
          RequireOk(t->DeleteNode(node->first, false));
          values.erase(node);
        }
      }
      std::set<int64_t> distinct;
      for (const auto& [id, held] : values) distinct.insert(held);
      const Statistics statistics = t->GetStatistics();
      REQUIRE(statistics.index_entries.at(index) == values.size());
      REQUIRE(statistics.index_distinct.at(index) == distinct.size());
    }
    RequireOk(t->Commit());
  }
  RequireConsistent(*store);
}

}  // namespace
}  // namespace gesta::test
