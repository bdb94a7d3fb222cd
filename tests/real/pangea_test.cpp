// The Pangea folder as published: counts, the first acceptance query's answer, idempotence, kills.
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "../unit/ingest_crash.h"
#include "gesta/run_records.h"
#include "support/real_data.h"

namespace gesta::test {
namespace {

std::string PangeaFolder() { return RealData("data/pangea"); }

// Labels of other datasets by how many verbs of the method they share with one label.
std::vector<std::string> SharedVerbs(Store& store, const std::string& dataset,
                                     const std::string& text, const std::string& method) {
  const auto t = Read(store);
  const auto key = [&](const char* name) { return t->FindName(NameKind::kProperty, name); };
  const auto property = [&](NodeId id, const char* name) {
    return std::string(Must(t->GetNodeProperty(id, key(name))).AsString());
  };
  const NameId maps_to = t->FindName(NameKind::kType, "MAPS_TO");
  const auto neighbours = [&](NodeId node, Direction direction) {
    std::vector<Edge> edges;
    RequireOk(t->Expand(node, direction, {maps_to}, {}, &edges));
    std::set<NodeId> others;
    for (const Edge& edge : edges) {
      const Value value = Must(t->GetRelationshipProperty(edge.rel, key("method")));
      if (value.AsString() == method) others.insert(edge.other);
    }
    return others;
  };
  std::map<std::pair<std::string, std::string>, std::set<NodeId>> shared;
  for (const NodeId a : Drain(t->ScanLabel(t->FindName(NameKind::kLabel, "Action")), 512)) {
    if (property(a, "text") != text || property(a, "dataset") != dataset) continue;
    for (const NodeId verb : neighbours(a, Direction::kOut)) {
      for (const NodeId b : neighbours(verb, Direction::kIn)) {
        if (property(b, "dataset") == dataset) continue;
        shared[{property(b, "dataset"), property(b, "text")}].insert(verb);
      }
    }
  }
  std::vector<std::string> lines;
  for (size_t count = 20; count > 0; --count) {
    for (const auto& [label, verbs] : shared) {
      if (verbs.size() != count) continue;
      lines.push_back(label.first + " " + label.second + " " + std::to_string(count));
    }
  }
  return lines;
}

// The counts were taken from the files with another program.
TEST_CASE("the published Pangea folder", "[real]") {
  const std::string path = PangeaFolder();
  if (path.empty()) return;
  const TestFolder folder;
  const auto store = OpenStore(folder / "store");
  const IngestSummary summary = Ingest(*store, "pangea", path);
  CHECK(CountNodes(*store, "Dataset") == 15);
  CHECK(CountNodes(*store, "Action") == 3856);
  CHECK(CountNodes(*store, "Verb") == 2702);
  CHECK(CountNodes(*store, "VerbClass") == 269 + 58);
  CHECK(CountRelationships(*store, "MEMBER_OF") == 2702);
  CHECK(CountRelationships(*store, "IN") == 3856);
  CHECK(summary.bad_rows == 0);
  CHECK(OddityCount(summary, "share lemma and definition") == 550);
  CHECK(OddityCount(summary, "repeat one of the same label") == 38301 - 37898);
  CHECK(OddityCount(summary, "labels with published picks outside") == 316);

  const auto t = Read(*store);
  const NameId run = t->FindName(NameKind::kProperty, "run");
  const NameId method = t->FindName(NameKind::kProperty, "method");
  const NameId preferred = t->FindName(NameKind::kProperty, "preferred");
  std::map<std::string, uint64_t> methods;
  for (const RelId id : Drain(t->ScanType(t->FindName(NameKind::kType, "MAPS_TO")), 512)) {
    const Value name = Must(t->GetRelationshipProperty(id, method));
    ++methods[std::string(name.AsString())];
    CHECK(Must(t->GetRelationshipProperty(id, preferred)).IsTrue() ==
          (name.AsString() == "clip+gpt"));
    CHECK(!Must(t->GetRelationshipProperty(id, run)).IsNull());
  }
  CHECK(methods["clip+gpt"] == 37898);
  CHECK(methods["clip+gpt"] + methods["clip+gpt/robust"] == CountRelationships(*store, "MAPS_TO"));
  // Every robust pick was offered: at most ten, and no fewer than nine tenths of what was
  // published.
  CHECK(methods["clip+gpt/robust"] > 37898 * 9 / 10);

  const auto shared = SharedVerbs(*store, "UCF_Crime", "Arson", "clip+gpt");
  REQUIRE(shared.size() > 3);
  CHECK(shared[0] == "MovieNet fire 5");
  CHECK(shared[1] == "YouTube8M Burning 5");
  CHECK(shared[2] == "YouTube8M Wood-burning 5");
  CHECK(shared[3].back() == '4');

  const auto exchange =
      Must(GetModelExchange(*t, {"pangea/UCF_Crime/clip+gpt", "UCF_Crime", "label", 0}));
  REQUIRE(exchange);
  CHECK(exchange->answer.substr(0, 13) == "468. disabuse");
  for (const std::string dataset : {"UCF_Crime", "FineGym(288)"}) {
    const std::string id = "pangea/" + dataset + "/clip";
    const auto row = Must(GetSimilarityRow(*t, {id, dataset, "label", 12}));
    REQUIRE(row);
    CHECK(row->values.size() == 2702);
  }
  RequireConsistent(*store);
}

TEST_CASE("the published Pangea folder again, and after kills", "[real]") {
  const std::string path = PangeaFolder();
  if (path.empty()) return;
  const TestFolder folder;
  const auto store = OpenStore(folder / "store");
  Ingest(*store, "pangea", path);
  const auto expected = Dump(*store);
  CHECK(Ingest(*store, "pangea", path).already_done);
  const IngestSummary forced = Ingest(*store, "pangea", path, {{"force", "true"}});
  CHECK(forced.nodes_created + forced.relationships_created + forced.properties_set == 0);
  CHECK(Dump(*store) == expected);
  CrashAndCompare({"pangea", path, {}, 20'000}, CrashRounds(1));
}

}  // namespace
}  // namespace gesta::test
