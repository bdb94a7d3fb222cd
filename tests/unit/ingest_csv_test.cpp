// The job `csv`: nodes and relationships by a mapping file.
#include <catch2/catch.hpp>

#include "ingest_test_support.h"

namespace gesta::test {
namespace {

using Lines = std::vector<std::string>;

struct Fixture {
  TestFolder folder;
  std::unique_ptr<Store> store = OpenStore(folder / "store");

  std::string File(const std::string& name, const std::string& text) {
    WriteFile(folder / name, text);
    return folder / name;
  }
};

constexpr const char* kMapping = R"({
  "nodes": [
    {"file": "people.csv", "labels": ["Person", "Adult"], "key": ["id"],
     "columns": {"id": "integer", "full name": {"property": "name"},
                 "born": {"property": "birthday", "type": "date"},
                 "height": "float", "member": "boolean",
                 "tags": {"type": "string[]", "separator": "|"}}}],
  "relationships": [
    {"file": "knows.tsv", "delimiter": "\t", "type": "KNOWS",
     "from": {"label": "Person", "key": {"id": "a"}},
     "to": {"label": "Person", "key": {"id": "b"}},
     "parallel": ["since"],
     "columns": {"a": "integer", "b": "integer", "since": "integer", "how": "string"}}]
})";

constexpr const char* kPeople =
    "id,full name,born,height,member,tags,unused\n"
    "1,Ada,1815-12-10,1.6,true,a|b,x\n"
    "2,\"\",,,,,\n"
    "3,\"O'Neil, \"\"Bo\"\"\",2000-02-29,2,false,c,\n";

TEST_CASE("nodes and relationships by a mapping", "[ingest]") {
  Fixture f;
  const auto mapping = f.File("map.json", kMapping);
  f.File("people.csv", kPeople);
  f.File("knows.tsv",
         "a\tb\tsince\thow\n1\t3\t2001\twork\n1\t3\t2002\t\n1\t3\t2001\tschool\n3\t1\t\t\n");
  const IngestSummary summary = Ingest(*f.store, "csv", mapping);
  CHECK(summary.nodes_created == 3);
  CHECK(summary.relationships_created == 3);
  CHECK(summary.rows == 7);
  CHECK(Nodes(*f.store, "Adult") ==
        Lines{"{birthday: 1815-12-10, height: 1.6, id: 1, member: true, name: 'Ada', "
              "tags: ['a', 'b']}",
              "{birthday: 2000-02-29, height: 2.0, id: 3, member: false, name: 'O\\'Neil, "
              "\"Bo\"', tags: ['c']}",
              "{id: 2, name: ''}"});
  CHECK(Relationships(*f.store, "KNOWS") ==
        Lines{"Ada -[{how: 'school', since: 2001}]-> O'Neil, \"Bo\"",
              "Ada -[{since: 2002}]-> O'Neil, \"Bo\"", "O'Neil, \"Bo\" -[{}]-> Ada"});
  RequireConsistent(*f.store);
  const Lines before = Dump(*f.store);
  CHECK(Ingest(*f.store, "csv", mapping).already_done);
  Ingest(*f.store, "csv", mapping, {{"force", "true"}}, 1);
  CHECK(Dump(*f.store) == before);
}

TEST_CASE("changed rows overwrite, and ends may be in the store already", "[ingest]") {
  Fixture f;
  f.File("people.csv", kPeople);
  f.File("knows.tsv", "a\tb\tsince\thow\n");
  Ingest(*f.store, "csv", f.File("map.json", kMapping));
  f.File("people.csv", "id,full name,born,height,member,tags\n2,Zoe,,,,\n");
  f.File("knows.tsv", "a\tb\tsince\thow\n1\t2\t\tx\n");
  const IngestSummary summary = Ingest(*f.store, "csv", f.folder / "map.json");
  CHECK(summary.nodes_created == 0);
  CHECK(Nodes(*f.store, "Person")[2] == "{id: 2, name: 'Zoe'}");
  CHECK(Relationships(*f.store, "KNOWS") == Lines{"Ada -[{how: 'x'}]-> Zoe"});
}

TEST_CASE("bad rows of CSV files are shown with file and line", "[ingest]") {
  Fixture f;
  const auto mapping = f.File("map.json", kMapping);
  f.File("people.csv",
         "id,full name,born,height,member,tags\n"
         "1,Ada,,,,\n"
         "x,Bad,,,,\n"
         ",No key,,,,\n"
         "2,Day,2001-02-29,,,\n"
         "3,Tall,,high,,\n"
         "4,Maybe,,,maybe,\n"
         "5,Short\n"
         "9223372036854775808,Big,,,,\n"
         "1,Again,,,,\n");
  f.File("knows.tsv", "a\tb\tsince\thow\n1\t1\t\t\n1\t7\t\t\n");
  const Lines empty = Dump(*f.store);
  const std::string error = IngestError(*f.store, "csv", mapping, {{"bad-rows", "7"}});
  CHECK(error.find("more than 7 bad rows; nothing was written") != std::string::npos);
  CHECK(Dump(*f.store) == empty);
  const IngestSummary summary = Ingest(*f.store, "csv", mapping);
  CHECK(summary.bad_rows == 8);
  CHECK(OddityCount(summary, "key repeats") == 1);
  const Lines& examples = summary.oddities.back().examples;
  const char* expected[] = {
      "people.csv: line 3: column 'id': 'x' is no integer of 64 bits",
      "people.csv: line 4: the column 'id' is empty",
      "people.csv: line 5: column 'born': '2001-02-29' is no date (YYYY-MM-DD)",
      "people.csv: line 6: column 'height': 'high' is no number",
      "people.csv: line 7: column 'member': 'maybe' is no boolean (true or false)",
      "people.csv: line 8",
      "people.csv: line 9: column 'id': '9223372036854775808' is no integer of 64 bits",
      "knows.tsv: line 3: there is no Person with id 7"};
  REQUIRE(examples.size() == std::size(expected));
  for (size_t i = 0; i < examples.size(); ++i) {
    INFO(examples[i]);
    CHECK(examples[i].find(expected[i]) != std::string::npos);
  }
  CHECK(Nodes(*f.store, "Person") == Lines{"{id: 1, name: 'Again'}"});
  CHECK(CountRelationships(*f.store, "KNOWS") == 1);
}

TEST_CASE("one file of nodes without a mapping", "[ingest]") {
  Fixture f;
  const auto path = f.File("objects.csv", "id:integer;name;share:float\n1;cup;0.5\n2;pan;\n");
  Ingest(*f.store, "csv", path, {{"label", "ObjectClass"}, {"key", "id"}, {"delimiter", ";"}});
  CHECK(Nodes(*f.store, "ObjectClass") ==
        Lines{"{id: 1, name: 'cup', share: 0.5}", "{id: 2, name: 'pan'}"});
  CHECK(IngestError(*f.store, "csv", path).find("needs the options label and key") !=
        std::string::npos);
  CHECK(IngestError(*f.store, "csv", path, {{"label", "O"}, {"key", "nr"}, {"delimiter", ";"}})
            .find("has no column 'nr'") != std::string::npos);
}

TEST_CASE("wrong mappings say what is wrong and where", "[ingest]") {
  Fixture f;
  f.File("a.csv", "id,x\n1,2\n");
  const auto error = [&](const std::string& text) {
    return IngestError(*f.store, "csv", f.File("m.json", text));
  };
  const auto has = [](const std::string& text, const char* part) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
  };
  has(error("[]"), "m.json: the mapping is no object");
  has(error("{}"), "has no nodes and no relationships");
  has(error(R"({"node": []})"), "the member 'node'");
  has(error(R"({"nodes": [{"file": "a.csv", "label": "A", "columns": {"id": "integer"}}]})"),
      "nodes[0] needs 'key'");
  has(error(
          R"({"nodes": [{"file": "a.csv", "label": "A", "key": ["x"], "columns": {"id": "integer"}}]})"),
      "nodes[0].key names the column 'x'");
  has(error(
          R"({"nodes": [{"file": "a.csv", "label": "A", "key": ["id"], "columns": {"id": "whole"}}]})"),
      "nodes[0].columns.id has the type 'whole'");
  has(error(
          R"({"nodes": [{"file": "a.csv", "label": "A", "key": ["no"], "columns": {"no": "integer"}}]})"),
      "a.csv: has no column 'no'");
  has(error(R"({"relationships": [{"file": "a.csv", "type": "T", "columns": {"id": "integer"}}]})"),
      "relationships[0] needs 'from' and 'to'");
  has(error(
          R"({"nodes": [{"file": "none.csv", "label": "A", "key": ["id"], "columns": {"id": "integer"}}]})"),
      "none.csv");
}

TEST_CASE("constants, scaled numbers and ranges", "[ingest]") {
  Fixture f;
  f.File("b.csv", "clip,ms,left\na,1500,250\na,2000,2000\nb,1500,-1\nb,2500,nan\nb,3000,\n");
  const auto mapping = [&](const std::string& columns, const std::string& constants) {
    return f.File("m.json",
                  R"({"nodes": [{"file": "b.csv", "label": "Box", "key": ["set", "clip", )"
                  R"("ms"], "constants": )" +
                      constants + R"(, "columns": {"clip": "string", )" + columns + "}}]}");
  };
  const std::string columns =
      R"("ms": {"type": "float", "scale": 0.001}, "left": {"type": "float",)"
      R"( "property": "x", "scale": 0.001, "min": 0, "max": 1})";
  const IngestSummary summary = Ingest(
      *f.store, "csv", mapping(columns, R"({"set": "S", "n": 1, "share": 0.5, "own": true})"));
  CHECK(summary.bad_rows == 3);
  CHECK(Nodes(*f.store, "Box") ==
        Lines{"{clip: 'a', ms: 1.5, n: 1, own: true, set: 'S', share: 0.5, x: 0.25}",
              "{clip: 'b', ms: 3.0, n: 1, own: true, set: 'S', share: 0.5}"});
  const std::string file = f.folder / "b.csv";
  CHECK(summary.oddities.back().examples ==
        Lines{file + ": line 3: column 'left': 2.0 is not from 0 up to 1",
              file + ": line 4: column 'left': -0.001 is not from 0 up to 1",
              file + ": line 5: column 'left': NaN is not from 0 up to 1"});
  CHECK_THAT(IngestError(*f.store, "csv", mapping(columns, R"({"set": [1]})")),
             Catch::Contains("nodes[0].constants.set is no text, number or truth value"));
  CHECK_THAT(IngestError(*f.store, "csv", mapping(columns, R"({"set": "S", "ms": 1})")),
             Catch::Contains("has 'ms' both as a column and as a constant"));
  CHECK_THAT(
      IngestError(*f.store, "csv",
                  mapping(R"("ms": {"type": "string", "min": 1})", R"({"set": "S"})")),
      Catch::Contains("nodes[0].columns.ms has 'min', which is a number and goes with columns"));
}

}  // namespace
}  // namespace gesta::test
