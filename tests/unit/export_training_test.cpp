// Tables of samples and what they show.
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "connection_support.h"
#include "gesta/format/npy.h"
#include "gesta/training_table.h"

namespace gesta::test {
namespace {

// Two datasets of videos with segments, people and questions, and one of images. 'run' maps to
// two verbs of two classes, 'walk' to one (and rejected to another), 'sit' to a class; 'hop' only
// by a method that is not preferred.
struct TrainingGraph {
  TrainingGraph() {
    const auto connection = database.Connect();
    for (const char* statement : {
             "CREATE (:VerbClass {name: 'run-51.3.2'}), (:VerbClass {name: 'hunt-35.1'}), "
             "(:VerbClass {name: 'sit-47.6'}), (:VerbClass {name: 'unused-1'})",
             "MATCH (c:VerbClass {name: 'run-51.3.2'}) "
             "CREATE (:Verb {lemma: 'run', class: c.name})-[:MEMBER_OF]->(c), "
             "(:Verb {lemma: 'walk', class: c.name})-[:MEMBER_OF]->(c)",
             "MATCH (c:VerbClass {name: 'hunt-35.1'}) "
             "CREATE (:Verb {lemma: 'hunt', class: c.name})-[:MEMBER_OF]->(c)",
             "UNWIND [['run', 0], ['walk', 1], ['sit', 2], ['hop', 3]] AS row "
             "CREATE (:Action {text: row[0], index: row[1], dataset: 'D', level: 'label'})",
             "MATCH (a:Action {text: 'run'}), (v:Verb) WHERE v.lemma IN ['run', 'hunt'] "
             "CREATE (a)-[:MAPS_TO {preferred: true, rank: CASE v.lemma WHEN 'run' THEN 1 ELSE 2 "
             "END}]->(v)",
             "MATCH (a:Action {text: 'walk'}), (v:Verb {lemma: 'walk'}), (h:Verb {lemma: 'hunt'}) "
             "CREATE (a)-[:MAPS_TO {preferred: true, rank: 1}]->(v), "
             "(a)-[:MAPS_TO {preferred: true, rank: 2, verdict: 'reject'}]->(h)",
             "MATCH (a:Action {text: 'sit'}), (c:VerbClass {name: 'sit-47.6'}) "
             "CREATE (a)-[:MAPS_TO {preferred: true, rank: 1}]->(c)",
             "MATCH (a:Action {text: 'hop'}), (v:Verb {lemma: 'run'}) "
             "CREATE (a)-[:MAPS_TO {rank: 1, method: 'other'}]->(v)",
             "CREATE (:Dataset {name: 'D'}), (:Dataset {name: 'E'}), "
             "(:Split {name: 'train', dataset: 'D', role: 'train'})",
             "MATCH (d:Dataset {name: 'D'}), (s:Split) "
             "CREATE (v:Video {id: 'v1', dataset: 'D'})-[:IN]->(d), (v)-[:IN_SPLIT]->(s), "
             "(:Video {id: 'v2', dataset: 'D'})-[:IN]->(d)",
             "MATCH (e:Dataset {name: 'E'}) CREATE (:Video {id: 'v3', dataset: 'E'})-[:IN]->(e), "
             "(:Video {id: 'v4', dataset: 'E'})-[:IN]->(e)",
             "MATCH (v:Video {id: 'v1'}), (r:Action {text: 'run'}), (h:Action {text: 'hop'}) "
             "CREATE (v)-[:HAS_SEGMENT]->(:Segment {video: 'v1', ordinal: 0, start: 0.5, end: "
             "2.0})-[:SHOWS]->(r), "
             "(v)-[:HAS_SEGMENT]->(:Segment {video: 'v1', ordinal: 1})-[:SHOWS]->(h)",
             "MATCH (v:Video {id: 'v2'}), (w:Action {text: 'walk'}), (s:Action {text: 'sit'}) "
             "CREATE (v)-[:HAS_SEGMENT]->(g:Segment {video: 'v2', ordinal: 0})-[:SHOWS]->(w), "
             "(g)-[:SHOWS]->(s)",
             // v3: a person sits; v4: a question whose right option is walk.
             "MATCH (v:Video {id: 'v3'}), (s:Action {text: 'sit'}) CREATE (v)-[:HAS_PERSON]->"
             "(:PersonBox)-[:PERFORMS]->(:ActionInstance)-[:SHOWS]->(s)",
             "MATCH (v:Video {id: 'v4'}), (w:Action {text: 'walk'}), (r:Action {text: 'run'}) "
             "CREATE (q:Question)-[:ABOUT]->(v), (q)-[:OPTION {index: 0, correct: false}]->(r), "
             "(q)-[:OPTION {index: 1, correct: true}]->(w)",
             "MATCH (c:VerbClass {name: 'hunt-35.1'}), (s:Action {text: 'sit'}) "
             "CREATE (i:Image {uri: 'a.jpg'})-[:SHOWS]->(c), (i)-[:SHOWS]->(s)",
         }) {
      MustQuery(*connection, statement);
    }
  }

  TestDatabase database;
};

struct Table {
  std::vector<std::vector<int>> matrix;
  std::vector<nlohmann::json> index;
  nlohmann::json description;
  TrainingSummary summary;
};

Table MakeTable(Store& store, TrainingOptions options) {
  const TempDirectory directory;
  options.output = directory / "t.npy";
  Table table;
  table.summary = Must(ExportTraining(store, options));
  const auto document = Must(format::ReadNpy(directory / "t.npy"));
  const format::NdArray& array = document.root().array();
  REQUIRE(array.shape().size() == 2);
  REQUIRE(array.type() == format::ElementType::kUInt8);
  for (int64_t row = 0; row < array.shape()[0]; ++row) {
    table.matrix.emplace_back();
    for (int64_t column = 0; column < array.shape()[1]; ++column) {
      table.matrix.back().push_back(
          static_cast<int>(array.Int(static_cast<size_t>(row * array.shape()[1] + column))));
    }
  }
  std::ifstream index(directory / "t.jsonl");
  for (std::string line; std::getline(index, line);) {
    table.index.push_back(nlohmann::json::parse(line));
  }
  std::ifstream description(directory / "t.json");
  table.description = nlohmann::json::parse(description);
  CHECK(table.summary.rows == table.matrix.size());
  CHECK(table.index.size() == table.matrix.size());
  CHECK(table.description["sha256"] == table.summary.sha256);
  CHECK(table.summary.sha256.size() == 64);
  return table;
}

using Matrix = std::vector<std::vector<int>>;

TEST_CASE("a table of segments over verb classes", "[export]") {
  TrainingGraph graph;
  const Table table = MakeTable(graph.database.database->store(), {});
  CHECK(table.summary.samples == "segment");
  // Classes that nothing maps to are no columns.
  CHECK(table.description["columns"] == nlohmann::json({"hunt-35.1", "run-51.3.2", "sit-47.6"}));
  CHECK(table.matrix == Matrix{{1, 1, 0}, {0, 1, 1}});
  CHECK(table.summary.ones == 4);
  CHECK(table.summary.without_target == 1);  // hop
  CHECK(table.index[0]["sample"] ==
        nlohmann::json({{"video", "v1"}, {"ordinal", 0}, {"start", 0.5}, {"end", 2.0}}));
  CHECK(table.index[0]["splits"] == nlohmann::json({"train"}));
  CHECK(table.index[0]["actions"][0]["text"] == "run");
  CHECK(table.index[0]["targets"] == nlohmann::json({0, 1}));
  CHECK(table.index[1]["splits"].empty());
  CHECK(table.index[1]["actions"].size() == 2);
}

TEST_CASE("a table of videos over verbs", "[export]") {
  TrainingGraph graph;
  TrainingOptions options;
  options.samples = "video";
  options.targets = "verb";
  const Table table = MakeTable(graph.database.database->store(), options);
  CHECK(table.description["columns"] ==
        nlohmann::json({"hunt-35.1/hunt", "run-51.3.2/run", "run-51.3.2/walk"}));
  // v3 shows sit, which maps to a class and no verb.
  CHECK(table.matrix == Matrix{{1, 1, 0}, {0, 0, 1}, {0, 0, 1}});
  CHECK(table.index[2]["sample"]["id"] == "v4");
  CHECK(table.summary.without_target == 1);
}

TEST_CASE("people and right answers count as what a video shows", "[export]") {
  TrainingGraph graph;
  TrainingOptions options;
  options.samples = "video";
  options.datasets = {"E"};
  const Table table = MakeTable(graph.database.database->store(), options);
  // The same columns as for all datasets.
  CHECK(table.matrix == Matrix{{0, 0, 1}, {0, 1, 0}});
}

TEST_CASE("tables of a split, of the first mappings, of images", "[export]") {
  TrainingGraph graph;
  Store& store = graph.database.database->store();
  TrainingOptions options;
  options.split = "train";
  CHECK(MakeTable(store, options).matrix == Matrix{{1, 1, 0}});
  options.top = 1;
  const Table first = MakeTable(store, options);
  CHECK(first.description["columns"] == nlohmann::json({"run-51.3.2", "sit-47.6"}));
  CHECK(first.matrix == Matrix{{1, 0}});
  options = {};
  options.samples = "image";
  CHECK(MakeTable(store, options).matrix == Matrix{{1, 0, 1}});
}

TEST_CASE("equal tables have equal hashes", "[export]") {
  TrainingGraph a, b;
  const std::string hash = MakeTable(a.database.database->store(), {}).summary.sha256;
  CHECK(MakeTable(b.database.database->store(), {}).summary.sha256 == hash);
  MustQuery(*b.database.Connect(), "MATCH (s:Segment {ordinal: 0, video: 'v1'}) SET s.end = 3.0");
  CHECK(MakeTable(b.database.database->store(), {}).summary.sha256 != hash);
}

TEST_CASE("tables that cannot be made say why", "[export]") {
  TrainingGraph graph;
  Store& store = graph.database.database->store();
  const TempDirectory directory;
  const auto refused = [&](Store& in, auto change) {
    TrainingOptions options;
    options.output = directory / "t";
    change(options);
    const auto summary = ExportTraining(in, options);
    REQUIRE(!summary.ok());
    CHECK(!std::filesystem::exists(directory / "t.npy"));
    return summary.status().ToString();
  };
  using Catch::Contains;
  CHECK_THAT(refused(store, [](TrainingOptions& o) { o.samples = "frame"; }), Contains("segment"));
  CHECK_THAT(refused(store, [](TrainingOptions& o) { o.targets = "noun"; }), Contains("class"));
  CHECK_THAT(refused(store, [](TrainingOptions& o) { o.datasets = {"F"}; }), Contains("'F'"));
  CHECK_THAT(refused(store, [](TrainingOptions& o) { o.split = "test"; }), Contains("'test'"));
  MustQuery(*graph.database.Connect(), "MATCH ()-[m:MAPS_TO]->() REMOVE m.preferred");
  MustQuery(*graph.database.Connect(), "MATCH ()-[m:SHOWS]->(:VerbClass) DELETE m");
  CHECK_THAT(refused(store, [](TrainingOptions&) {}), Contains("mapping.prefer"));
  TestDatabase empty;
  CHECK_THAT(refused(empty.database->store(), [](TrainingOptions&) {}), Contains("no samples"));
}

}  // namespace
}  // namespace gesta::test
