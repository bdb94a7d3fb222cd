// Exports, and stores made from them again.
#include "gesta/export.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "connection_support.h"
#include "export/line_sorter.h"
#include "gesta/script.h"
#include "readers/byte_source.h"

namespace gesta::test {
namespace {

// Everything that a store can hold: properties of all types, the schema, vectors, a sequence, and a
// record of a job.
const std::vector<std::string>& EverythingStatements() {
  static const std::vector<std::string> statements = {
      "CREATE CONSTRAINT people FOR (n:Person) REQUIRE n.name IS UNIQUE",
      "CREATE CONSTRAINT needed FOR ()-[r:KNOWS]-() REQUIRE r.since IS NOT NULL",
      "CREATE INDEX by_when FOR ()-[r:KNOWS]-() ON (r.since)",
      "CREATE INDEX `odd name` FOR (n:`Odd ``label``, with: signs`) ON (n.a, n.b)",
      "CREATE EMBEDDING SPACE small FOR (n:Person|Thing) WITH {dimension: 3, metric: 'l2', "
      "m: 8, ef_construction: 50, text: '{name}', logit_scale: 4.5, logit_bias: -12.25}",
      "CREATE EMBEDDING SPACE halves FOR (n:Person) WITH {dimension: 2, type: 'float16'}",
      "CREATE (:Person {name: 'Ada', truth: true, lie: false, whole: 1, part: 1.0, negative: -0.0, "
      "small: 5e-324, large: 1.7976931348623157e308, least: -9223372036854775808, "
      "most: 9223372036854775807, nan: 0.0 / 0.0, infinite: 1.0 / 0.0, minus: -1.0 / 0.0, "
      "empty: '', quoted: 'a \"b\" \\'c\\' \\\\ `d` \\n\\r\\t \\u0000 \\u0007 ü 漢 🙂; x, y'})",
      "CREATE (:Person {name: 'Grace', date: date('2024-02-29'), old: date('-0044-03-15'), "
      "far: date('+12345-06-07'), lt: localtime('12:31:14.645876123'), t: time('12:31+01:30'), "
      "tz: time('00:00:00.5-05:00:30'), ldt: localdatetime('1969-12-31T23:59:59.999'), "
      "dt: datetime('2015-07-21T21:40:32.142Z'), "
      "zone: datetime('2015-07-21T21:40:32.142[Europe/Stockholm]'), "
      "d: duration('P1Y2M-3DT4H-5.25S'), zero: duration('PT0S'), back: duration('-P1Y'), "
      "nanos: duration('PT-0.000000001S')})",
      "CREATE (:Thing:Person {name: 'lists', none: [], numbers: [1, 2.5, -3], truths: [true, "
      "false], "
      "texts: ['', 'a;b', 'c, \"d\"', ''], one: [''], dates: [date('2024-01-01')], "
      "durations: [duration('P1D'), duration('PT1S')], nans: [0.0 / 0.0]})",
      "CREATE (:`Odd ``label``, with: signs` {a: 1, b: 'x', `key with \"quotes\"`: 1})",
      "CREATE ()",
      "MATCH (a:Person {name: 'Ada'}), (b:Person {name: 'Grace'}) "
      "CREATE (a)-[:KNOWS {since: date('1950-01-01'), n: 1}]->(b), (a)-[:KNOWS {since: 2}]->(b), "
      "(a)-[:KNOWS {since: 3}]->(a), (b)-[:`has seen` {texts: ['x']}]->(a)",
      "MATCH (a:Person {name: 'Ada'}) CALL vector.set('small', a, [0.1, -2, 3e-5])",
      "MATCH (a:Thing) CALL vector.set('small', a, [1, 2, 3])",
      "MATCH (a:Person {name: 'Grace'}) CALL vector.set('halves', a, [0.5, -1])",
      // A gap in the ids.
      "MATCH (n) WHERE size(labels(n)) = 0 DELETE n",
      "CREATE (:Last)",
  };
  return statements;
}

void Run(Connection& connection, const std::vector<std::string>& statements) {
  for (const std::string& statement : statements) MustQuery(connection, statement);
}

void AddSequenceAndRecords(Store& store) {
  const auto t = Write(store);
  const SpaceInfo space = *t->FindSpace("small");
  // More frames than fit in one line of an export.
  SequenceInfo info;
  info.frames = 200'000;
  info.start = 1.5;
  info.step = 0.04;
  info.source = 0xFEDCBA9876543210;
  std::vector<float> rows(info.frames * 3);
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = 0.001f * static_cast<float>(i % 1000) + 1;
  RequireOk(t->SetSequence(space.id, Drain(t->ScanLabel(Label(*t, "Last")))[0], info, rows.data()));
  const NodeId thing = Drain(t->ScanLabel(Label(*t, "Thing")))[0];
  const float elements[] = {4, 5, 6};
  RequireOk(t->SetVector(space.id, thing, elements, 3, 77));
  RequireOk(
      t->PutJobRecord("run\x1f"
                      "a run\x1f"
                      "exchange",
                      "text with \"quotes\" and ü"));
  RequireOk(
      t->PutJobRecord("run\x1f"
                      "a run\x1f"
                      "similarity",
                      std::string("\x02\xFF\x00\x80", 4)));
  RequireOk(
      t->PutJobRecord("ingest/labels/0123",
                      R"({"path": "x", "steps": 3, "done": true, "started": 5, "finished": 6})"));
  RequireOk(t->Commit());
}

std::string ReadText(const std::string& path) {
  const auto bytes = Must(readers::ReadAll(path, 1 << 30));
  return std::string(bytes.data.get(), bytes.size);
}

void WriteText(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

ExportSummary Export(Store& store, const std::string& format, const std::string& path,
                     bool canonical = false, size_t memory = 256 << 20) {
  ExportOptions options;
  options.format = format;
  options.output = path;
  options.canonical = canonical;
  options.memory_bytes = memory;
  return Must(ExportStore(store, options));
}

std::string Canonical(Store& store, size_t memory = 256 << 20) {
  const TempDirectory directory;
  Export(store, "jsonl", directory / "c", true, memory);
  return ReadText(directory / "c");
}

// Values one by one, since text of two exports agrees also where both lack something.
void RequireSameValues(Store& a, Store& b) {
  const auto read = [](Store& store) {
    const auto t = Read(store);
    std::map<std::string, std::vector<std::pair<ValueType, std::string>>> nodes;
    for (const NodeId id : Drain(t->ScanNodes(), 100)) {
      std::vector<std::pair<ValueType, std::string>> values;
      std::string name;
      std::vector<Property> properties = Must(t->GetNodeProperties(id));
      std::sort(properties.begin(), properties.end(), [&](const Property& x, const Property& y) {
        return t->Name(NameKind::kProperty, x.key) < t->Name(NameKind::kProperty, y.key);
      });
      for (const Property& property : properties) {
        values.emplace_back(property.value.type(), ToText(property.value, true));
        if (t->Name(NameKind::kProperty, property.key) == "name") {
          name = ToText(property.value, false);
        }
        if (property.value.type() != ValueType::kList) continue;
        for (const Value& item : property.value.AsList()) {
          values.emplace_back(item.type(), ToText(item, true));
        }
      }
      nodes[name + std::to_string(values.size())] = std::move(values);
    }
    return nodes;
  };
  REQUIRE(read(a) == read(b));
}

struct Everything {
  Everything() {
    const auto connection = database.Connect();
    Run(*connection, EverythingStatements());
    AddSequenceAndRecords(database.database->store());
  }
  Store& store() { return database.database->store(); }

  TestDatabase database;
};

TEST_CASE("JSON Lines and back give an equal store", "[export]") {
  Everything everything;
  const TempDirectory directory;
  const bool gzipped = GENERATE(false, true);
  const std::string path = directory / (gzipped ? "e.jsonl.gz" : "e.jsonl");
  const ExportSummary exported = Export(everything.store(), "jsonl", path);
  CHECK(exported.nodes == 5);
  CHECK(exported.relationships == 4);
  CHECK(exported.vectors == 3);
  CHECK(exported.sequences == 1);
  CHECK(exported.records == 3);
  CHECK(exported.left_out == 0);
  std::ifstream raw(path, std::ios::binary);
  CHECK((raw.get() == 0x1F) == gzipped);

  const ExportSummary imported = Must(ImportExport(path, directory / "copy"));
  CHECK(imported.nodes == 5);
  CHECK(imported.sequences == 1);
  const auto copy = OpenStore(directory / "copy");
  RequireConsistent(*copy);
  RequireSameValues(everything.store(), *copy);
  REQUIRE(Canonical(*copy) == Canonical(everything.store()));
}

TEST_CASE("a folder of tables and back give an equal store", "[export]") {
  Everything everything;
  const TempDirectory directory;
  const ExportSummary exported = Export(everything.store(), "csv", directory / "e");
  CHECK(exported.left_out == 0);
  const ExportSummary imported = Must(ImportExport(directory / "e", directory / "copy"));
  CHECK(imported.nodes == 5);
  CHECK(imported.records == 3);
  const auto copy = OpenStore(directory / "copy");
  RequireConsistent(*copy);
  RequireSameValues(everything.store(), *copy);
  REQUIRE(Canonical(*copy) == Canonical(everything.store()));
}

TEST_CASE("the tables of an export are files that gesta import takes", "[export]") {
  TestDatabase original;
  Run(*original.Connect(),
      {"CREATE (a:Person {name: 'Ada', born: date('1815-12-10'), odd: [], tags: ['x', 'y']})"
       "-[:KNOWS {since: 1950}]->(:Person {name: 'Grace, \"G\"', at: localtime('12:00')})"});
  const TempDirectory directory;
  Export(original.database->store(), "csv", directory / "e");
  CHECK(ReadText(directory / "e/nodes.Person.csv") ==
        ":int:ID(node),at:localtime,born:date,name:string,tags:string[],:PROPERTIES\n"
        "0,,1815-12-10,Ada,x;y,\"{\"\"odd\"\": []}\"\n"
        "1,12:00,,\"Grace, \"\"G\"\"\",,\n");
  ImportOptions options;
  options.nodes = {{"Person", directory / "e/nodes.Person.csv"}};
  options.relationships = {{"KNOWS", directory / "e/relationships.KNOWS.csv"}};
  const auto copy = OpenStore(directory / "copy");
  Must(ImportCsv(*copy, options));
  REQUIRE(Canonical(*copy) == Canonical(original.database->store()));
}

TEST_CASE("folders that are damaged are refused, and leave nothing", "[export]") {
  Everything everything;
  const TempDirectory directory;
  Export(everything.store(), "csv", directory / "e");
  using Catch::Contains;
  const auto refused = [&](const std::string& file, const std::string& what,
                           const std::string& with) {
    const std::string text = ReadText(directory / ("e/" + file));
    std::string damaged = text;
    const size_t at = damaged.find(what);
    REQUIRE(at != std::string::npos);
    WriteText(directory / ("e/" + file), damaged.replace(at, what.size(), with));
    const auto imported = ImportExport(directory / "e", directory / "copy");
    WriteText(directory / ("e/" + file), text);
    REQUIRE(!imported.ok());
    CHECK(!std::filesystem::exists(directory / "copy"));
    return imported.status().ToString();
  };
  CHECK_THAT(refused("export.json", "gesta-export", "other"), Contains("export.json"));
  CHECK_THAT(refused("nodes.Person.csv", "2024-02-29", "2023-02-29"),
             Contains("nodes.Person.csv: line 3") && Contains("date"));
  CHECK_THAT(refused("nodes.Last.csv", "5\n", ""), Contains("0 rows"));
  CHECK_THAT(refused("relationships.KNOWS.csv", "\n0,", "\n77,"), Contains("id 77"));
  CHECK_THAT(refused("vectors.small.npy", "<f4", "<f8"), Contains("<f4"));
  std::filesystem::resize_file(directory / "e/vectors.small.npy", 200);
  CHECK_THAT(ImportExport(directory / "e", directory / "copy").status().ToString(),
             Contains("too few rows"));
  CHECK(!std::filesystem::exists(directory / "copy.partial"));
}

TEST_CASE("a Cypher script makes an equal store, but for sequences and records", "[export]") {
  TestDatabase original;
  Run(*original.Connect(), EverythingStatements());
  const TempDirectory directory;
  Export(original.database->store(), "cypher", directory / "e.cypher");
  TestDatabase copy;
  const auto connection = copy.Connect();
  const std::string script = ReadText(directory / "e.cypher");
  for (const StatementText& statement : SplitScript(script)) MustQuery(*connection, statement.text);
  copy.CheckConsistent();
  RequireSameValues(original.database->store(), copy.database->store());
  REQUIRE(Canonical(copy.database->store()) == Canonical(original.database->store()));
}

TEST_CASE("a Cypher script says how much it leaves out", "[export]") {
  Everything everything;
  const TempDirectory directory;
  CHECK(Export(everything.store(), "cypher", directory / "e.cypher").left_out == 4);
}

TEST_CASE("a Cypher script is made of statements of bounded size", "[export]") {
  TestDatabase original;
  MustQuery(*original.Connect(),
            "UNWIND range(1, 3000) AS i CREATE (:N {i: i, text: 'some text'})-[:T {i: i}]->(:M)");
  const TempDirectory directory;
  Export(original.database->store(), "cypher", directory / "e.cypher");
  const std::string script = ReadText(directory / "e.cypher");
  TestDatabase copy;
  const auto connection = copy.Connect();
  for (const StatementText& statement : SplitScript(script)) {
    CHECK(statement.text.size() < 100'000);
    MustQuery(*connection, statement.text);
  }
  REQUIRE(Canonical(copy.database->store()) == Canonical(original.database->store()));
}

TEST_CASE("canonical exports do not depend on order and ids", "[export]") {
  TestDatabase a, b;
  // Nodes of equal content that differ by their neighbours, and two that do not differ at all.
  Run(*a.Connect(),
      {"CREATE (:V {id: 1})-[:HAS]->(b:Box {x: 1})-[:OF]->(:Class {name: 'cup'}), "
       "(b)-[:NEAR]->(:Box "
       "{x: 1}), (:Box {x: 1}), (:Box {x: 1}), (:V {id: 2})-[:HAS]->(:Box {x: 1})-[:OF]->(:Class "
       "{name: 'knife'})"});
  Run(*b.Connect(), {"CREATE (:Gap)", "MATCH (g:Gap) DELETE g", "CREATE (:Box {x: 1})",
                     "CREATE (:Class {name: 'knife'})<-[:OF]-(:Box {x: 1})<-[:HAS]-(:V {id: 2})",
                     "CREATE (:Box {x: 1})",
                     "CREATE (:Box {x: 1})<-[:NEAR]-(b:Box {x: 1})<-[:HAS]-(:V {id: 1}), "
                     "(b)-[:OF]->(:Class {name: 'cup'})"});
  const std::string expected = Canonical(a.database->store());
  CHECK(Canonical(b.database->store()) == expected);
  // Sorted with next to no memory: everything goes through the temporary file.
  CHECK(Canonical(b.database->store(), 1) == expected);
  SECTION("another value") {
    MustQuery(*b.Connect(), "MATCH (v:V {id: 2}) SET v.id = 3");
    CHECK(Canonical(b.database->store()) != expected);
  }
  SECTION("equal values of another type") {
    MustQuery(*b.Connect(), "MATCH (v:V {id: 2}) SET v.id = 2.0");
    CHECK(Canonical(b.database->store()) != expected);
  }
  SECTION("the same contents, connected otherwise") {
    MustQuery(*b.Connect(),
              "MATCH (v:V)-[h:HAS]->(b:Box) DELETE h WITH collect(v) AS vs, collect(b) AS bs "
              "UNWIND [0, 1] AS i WITH vs[i] AS v, bs[1 - i] AS b CREATE (v)-[:HAS]->(b)");
    CHECK(Canonical(b.database->store()) != expected);
  }
  SECTION("a relationship more") {
    MustQuery(*b.Connect(), "MATCH (v:V {id: 2})-[:HAS]->(b) CREATE (v)-[:HAS]->(b)");
    CHECK(Canonical(b.database->store()) != expected);
  }
  SECTION("an index more") {
    MustQuery(*b.Connect(), "CREATE INDEX FOR (v:V) ON (v.id)");
    CHECK(Canonical(b.database->store()) != expected);
  }
}

TEST_CASE("canonical exports leave out the times of runs and jobs", "[export]") {
  const auto make = [](TestDatabase& database, int time) {
    MustQuery(*database.Connect(),
              "CREATE (:AlignmentRun {id: 'r', started: $t, finished: $t}), (:Other {started: 1})",
              With("t", time));
    const auto t = Write(database.database->store());
    RequireOk(t->PutJobRecord("ingest/labels/1",
                              "{\"done\": true, \"started\": " + std::to_string(time) + "}"));
    RequireOk(t->Commit());
  };
  TestDatabase a, b;
  make(a, 1);
  make(b, 2);
  const std::string text = Canonical(a.database->store());
  CHECK(text == Canonical(b.database->store()));
  CHECK(text.find("\"started\": 1") != std::string::npos);  // of :Other
}

TEST_CASE("exports that are damaged are refused, and leave nothing", "[export]") {
  Everything everything;
  const TempDirectory directory;
  Export(everything.store(), "jsonl", directory / "e.jsonl");
  const std::string text = ReadText(directory / "e.jsonl");
  const auto refused = [&](const std::string& damaged) {
    WriteText(directory / "d.jsonl", damaged);
    const auto imported = ImportExport(directory / "d.jsonl", directory / "copy");
    REQUIRE(!imported.ok());
    CHECK(!std::filesystem::exists(directory / "copy"));
    CHECK(!std::filesystem::exists(directory / "copy.partial"));
    return imported.status().ToString();
  };
  const auto replaced = [&](const std::string& what, const std::string& with) {
    std::string damaged = text;
    const size_t at = damaged.find(what);
    REQUIRE(at != std::string::npos);
    return damaged.replace(at, what.size(), with);
  };
  using Catch::Contains;
  CHECK_THAT(refused(""), Contains("is empty"));
  CHECK_THAT(refused("name,born\nAda,1815\n"), Contains("line 1"));
  CHECK_THAT(refused("{\"kind\": \"node\"}\n"), Contains("no export of GestaDB"));
  const size_t last = text.rfind("{\"kind\": \"end\"");
  CHECK_THAT(refused(text.substr(0, last)), Contains("cut off"));
  CHECK_THAT(refused(text.substr(0, last - 3)), Contains("d.jsonl: line"));
  CHECK_THAT(refused(replaced("\"version\": 1", "\"version\": 9")), Contains("version 9"));
  CHECK_THAT(refused(replaced("\"nodes\": 5", "\"nodes\": 6")), Contains("6 nodes, but 5"));
  CHECK_THAT(refused(replaced("\"$date\": \"2024-02-29\"", "\"$date\": \"2023-02-29\"")),
             Contains("'date'") && Contains("2023-02-29"));
  CHECK_THAT(refused(replaced("\"start\": 0", "\"start\": 99")), Contains("id 99"));
  CHECK_THAT(refused(replaced("\"space\": \"small\"", "\"space\": \"tiny\"")), Contains("tiny"));
  CHECK_THAT(refused(replaced("\"elements\": \"", "\"elements\": \"@")), Contains("base64"));
  CHECK_THAT(refused(replaced("\"name\": \"Grace\"", "\"name\": \"Ada\"")), Contains("people"));
  CHECK_THAT(refused(text + text), Contains("after the line"));
}

TEST_CASE("exports and imports refuse what they cannot do", "[export]") {
  Everything everything;
  const TempDirectory directory;
  using Catch::Contains;
  ExportOptions options;
  options.format = "xml";
  CHECK_THAT(ExportStore(everything.store(), options).status().ToString(), Contains("jsonl"));
  options.format = "cypher";
  options.canonical = true;
  CHECK(ExportStore(everything.store(), options).status().code() == StatusCode::kInvalidArgument);
  options = {};
  options.output = directory / "no folder/e.jsonl";
  CHECK(ExportStore(everything.store(), options).status().code() == StatusCode::kIo);

  CHECK(ImportExport(directory / "nothing", directory / "copy").status().code() ==
        StatusCode::kNotFound);
  Export(everything.store(), "jsonl", directory / "c.jsonl", /*canonical=*/true);
  CHECK_THAT(ImportExport(directory / "c.jsonl", directory / "copy").status().ToString(),
             Contains("--canonical"));
  Export(everything.store(), "jsonl", directory / "e.jsonl");
  OpenStore(directory / "there");
  CHECK(ImportExport(directory / "e.jsonl", directory / "there").status().code() ==
        StatusCode::kAlreadyExists);

  const std::atomic<bool> cancel = true;
  TestDatabase large;
  MustQuery(*large.Connect(), "UNWIND range(1, 5000) AS i CREATE (:N {i: i})");
  options = {};
  options.output = directory / "cancelled.jsonl";
  options.cancel = &cancel;
  CHECK(ExportStore(large.database->store(), options).status().code() == StatusCode::kCancelled);
  CHECK(!std::filesystem::exists(options.output));
  CHECK(!std::filesystem::exists(options.output + ".partial"));
}

TEST_CASE("an empty store is exported and imported", "[export]") {
  const TempDirectory directory;
  const auto store = OpenStore(directory / "s");
  Export(*store, "jsonl", directory / "e.jsonl");
  Must(ImportExport(directory / "e.jsonl", directory / "copy"));
  CHECK(Canonical(*OpenStore(directory / "copy")) == Canonical(*store));
}

TEST_CASE("lines are sorted within any memory", "[export]") {
  std::mt19937 random(7);
  std::vector<std::string> lines;
  for (int i = 0; i < 3000; ++i) {
    std::string line(random() % 40, ' ');
    for (char& c : line) c = static_cast<char>('a' + random() % 3);
    lines.push_back(std::move(line));
  }
  lines.push_back(std::string(300'000, 'x'));
  lines.push_back("\xFF");
  const size_t memory = GENERATE(size_t{1}, size_t{5'000}, size_t{1} << 30);
  ingest::LineSorter sorter(memory);
  for (const std::string& line : lines) RequireOk(sorter.Add(line));
  std::vector<std::string> sorted;
  RequireOk(sorter.Finish([&](std::string_view line) {
    sorted.emplace_back(line);
    return Status::Ok();
  }));
  std::sort(lines.begin(), lines.end());
  REQUIRE(sorted == lines);
}

}  // namespace
}  // namespace gesta::test
