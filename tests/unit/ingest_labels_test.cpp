// The job `labels`, and what all jobs have in common: options, idempotence, bad rows, cancelling.
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

Lines Texts(Store& store) {
  const auto t = Read(store);
  Lines texts;
  for (const NodeId id : Drain(t->ScanLabel(t->FindName(NameKind::kLabel, "Action")), 64)) {
    const auto property = [&](const char* name) {
      return ToText(Must(t->GetNodeProperty(id, t->FindName(NameKind::kProperty, name))), false);
    };
    texts.push_back(property("dataset") + " " + property("level") + " " + property("index") + " " +
                    property("text"));
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

TEST_CASE("a dataset from a text list", "[ingest]") {
  Fixture f;
  const auto path = f.File("list.txt", "brush hair\r\ncatch, throw\n  DriveCar \njump\njump\n\n\n");
  const IngestSummary summary =
      Ingest(*f.store, "labels", path, {{"dataset", "X(5)"}, {"title", "Ten X"}, {"year", "2020"}});
  CHECK(summary.nodes_created == 6);
  CHECK(summary.relationships_created == 5);
  CHECK(summary.rows == 5);
  CHECK(OddityCount(summary, "repeat an earlier text") == 1);
  CHECK(Texts(*f.store) == Lines{"X(5) label 0 brush hair", "X(5) label 1 catch, throw",
                                 "X(5) label 2 DriveCar", "X(5) label 3 jump",
                                 "X(5) label 4 jump"});
  CHECK(Nodes(*f.store, "Dataset") ==
        Lines{"{classes: 5, family: 'X', name: 'X(5)', title: 'Ten X', year: 2020}"});
  CHECK(Relationships(*f.store, "IN").front() == "DriveCar -[{}]-> X(5)");
  RequireConsistent(*f.store);
}

TEST_CASE("label lists in CSV, JSON and JSON Lines", "[ingest]") {
  Fixture f;
  const OptionMap options = {{"dataset", "X"}};
  const Lines expected = {"X label 0 a, b", "X label 1 c"};
  SECTION("CSV with indices") {
    Ingest(*f.store, "labels", f.File("l.csv", "id,name,more\n1,c,\n0,\"a, b\",x\n"), options);
  }
  SECTION("CSV of one column") {
    Ingest(*f.store, "labels", f.File("l.csv", "activity\n\"a, b\"\nc\n"), options);
  }
  SECTION("CSV with a named column") {
    Ingest(*f.store, "labels", f.File("l.tsv", "x\tverb\n1\ta, b\n2\tc\n"),
           {{"dataset", "X"}, {"text-column", "verb"}});
  }
  SECTION("JSON list") {
    Ingest(*f.store, "labels", f.File("l.json", "[\"a, b\", \"c\"]"), options);
  }
  SECTION("JSON text to index") {
    Ingest(*f.store, "labels", f.File("l.json", "{\"c\": 1, \"a, b\": 0}"), options);
  }
  SECTION("JSON index to text") {
    Ingest(*f.store, "labels", f.File("l.json", "{\"0\": \"a, b\", \"1\": \"c\"}"), options);
  }
  SECTION("JSON objects") {
    Ingest(*f.store, "labels",
           f.File("l.json", "[{\"label\": \"c\", \"id\": 1}, {\"label\": \"a, b\", \"id\": 0}]"),
           options);
  }
  SECTION("JSON Lines") {
    Ingest(*f.store, "labels", f.File("l.jsonl", "\"a, b\"\n{\"text\": \"c\"}\n"), options);
  }
  CHECK(Texts(*f.store) == expected);
}

TEST_CASE("a finished job is known by its input and changes nothing", "[ingest]") {
  Fixture f;
  const auto path = f.File("one/list.txt", "a\nb\n");
  Ingest(*f.store, "labels", path, {{"dataset", "X"}});
  const Lines before = Dump(*f.store);
  const IngestSummary again = Ingest(*f.store, "labels", path, {{"dataset", "X"}});
  CHECK(again.already_done);
  // The same content elsewhere is the same input; forced, everything is found.
  const auto copy = f.File("two/copy.txt", "a\nb\n");
  CHECK(Ingest(*f.store, "labels", copy, {{"dataset", "X"}}).already_done);
  const IngestSummary forced =
      Ingest(*f.store, "labels", copy, {{"dataset", "X"}, {"force", "true"}});
  CHECK(!forced.already_done);
  CHECK(forced.nodes_created + forced.relationships_created + forced.properties_set == 0);
  CHECK(Dump(*f.store) == before);
  // What was deleted since comes back.
  {
    const auto t = Write(*f.store);
    const auto actions = Drain(t->ScanLabel(t->FindName(NameKind::kLabel, "Action")));
    RequireOk(t->DeleteNode(actions.front(), true));
    RequireOk(t->Commit());
  }
  Ingest(*f.store, "labels", path, {{"dataset", "X"}, {"force", "true"}});
  CHECK(Dump(*f.store) == before);
}

TEST_CASE("a longer list adds its labels, and another text is refused", "[ingest]") {
  Fixture f;
  Ingest(*f.store, "labels", f.File("a.txt", "a\nb\n"), {{"dataset", "X"}});
  Ingest(*f.store, "labels", f.File("b.txt", "a\nb\nc\n"), {{"dataset", "X"}});
  CHECK(Texts(*f.store).size() == 3);
  const Lines before = Dump(*f.store);
  const std::string error =
      IngestError(*f.store, "labels", f.File("c.txt", "a\nB\nc\nd\n"), {{"dataset", "X"}});
  CHECK(error.find("label 1 of dataset 'X' is 'b' in the store and 'B' in the input") !=
        std::string::npos);
  CHECK(Dump(*f.store) == before);
}

TEST_CASE("a dataset that something else made is joined only on demand", "[ingest]") {
  Fixture f;
  Ingest(*f.store, "labels", f.File("a.txt", "a\nb\n"), {{"dataset", "X"}});
  {
    const auto t = Write(*f.store);
    RequireOk(t->DeleteJobRecord("ingest/dataset/X"));
    RequireOk(t->Commit());
  }
  const auto longer = f.File("b.txt", "a\nb\nc\n");
  CHECK(IngestError(*f.store, "labels", longer, {{"dataset", "X"}}).find("--join") !=
        std::string::npos);
  Ingest(*f.store, "labels", longer, {{"dataset", "X"}, {"join", "true"}});
  CHECK(Texts(*f.store).size() == 3);
  CHECK(IngestError(*f.store, "labels", f.File("c.txt", "b\na\n"),
                    {{"dataset", "X"}, {"join", "true"}})
            .find("label 0 of dataset 'X'") != std::string::npos);
}

TEST_CASE("levels of one dataset number their labels apart", "[ingest]") {
  Fixture f;
  const OptionMap fine = {{"dataset", "X"}, {"level", "fine"}};
  Ingest(*f.store, "labels", f.File("fine.txt", "a\nb\n"), fine);
  Ingest(*f.store, "labels", f.File("coarse.txt", "c\n"), {{"dataset", "X"}, {"level", "coarse"}});
  CHECK(Texts(*f.store) == Lines{"X coarse 0 c", "X fine 0 a", "X fine 1 b"});
}

TEST_CASE("bad rows are counted, shown and limited", "[ingest]") {
  Fixture f;
  const auto path = f.File("l.csv", "id,name\n0,a\nx,b\n0,c\n2,\n3,d\n");
  const OptionMap options = {{"dataset", "X"}};
  const IngestSummary summary = Ingest(*f.store, "labels", path, options);
  CHECK(summary.bad_rows == 3);
  CHECK(summary.rows == 2);
  const auto& examples = summary.oddities.back().examples;
  REQUIRE(examples.size() == 3);
  CHECK(examples[0].find("l.csv: line 3: the index is no number") != std::string::npos);
  CHECK(examples[1].find("l.csv: line 4: the index 0 is that of 'a' already") != std::string::npos);
  CHECK(examples[2].find("l.csv: line 5: a label without a text") != std::string::npos);

  const auto store = OpenStore(f.folder / "other");
  const Lines empty = Dump(*store);
  OptionMap strict = options;
  strict["bad-rows"] = "0";
  CHECK(IngestError(*store, "labels", path, strict).find("line 3") != std::string::npos);
  strict["bad-rows"] = "2";
  CHECK(IngestError(*store, "labels", path, strict)
            .find("more than 2 bad rows; nothing was written") != std::string::npos);
  CHECK(Dump(*store) == empty);
  std::string many = "id,name\n0,a\n";
  for (int i = 0; i < 101; ++i) many += "x,b\n";
  const auto worse = f.File("many.csv", many);
  CHECK(IngestError(*store, "labels", worse, options).find("more than 100 bad rows") !=
        std::string::npos);
  CHECK(Dump(*store) == empty);
  OptionMap any = options;
  any["bad-rows"] = "skip";
  CHECK(Ingest(*store, "labels", worse, any).bad_rows == 101);
  any["bad-rows"] = "-1";
  CHECK(IngestError(*store, "labels", worse, any).find("'-1' is no policy") != std::string::npos);
}

TEST_CASE("wrong jobs, options and files are refused with a reason", "[ingest]") {
  Fixture f;
  const auto path = f.File("l.txt", "a\n");
  CHECK(IngestError(*f.store, "label", path).find("the jobs are pangea, labels, csv, demo") !=
        std::string::npos);
  CHECK(IngestError(*f.store, "labels", path).find("--dataset NAME") != std::string::npos);
  CHECK(IngestError(*f.store, "labels", path, {{"data", "X"}}).find("no option 'data'") !=
        std::string::npos);
  CHECK(IngestError(*f.store, "labels", path, {{"dataset", "X"}, {"join", "yes"}})
            .find("is a flag") != std::string::npos);
  CHECK(
      IngestError(*f.store, "labels", f.folder / "none.txt", {{"dataset", "X"}}).find("none.txt") !=
      std::string::npos);
  CHECK(IngestError(*f.store, "labels", f.folder.path(), {{"dataset", "X"}}).find("is a folder") !=
        std::string::npos);
  CHECK(IngestError(*f.store, "labels", f.File("e.txt", "\n\n"), {{"dataset", "X"}})
            .find("no labels") != std::string::npos);
  CHECK(IngestError(*f.store, "labels", f.File("e.csv", "p,q\n1,2\n"), {{"dataset", "X"}})
            .find("text-column") != std::string::npos);
  for (const IngestJobInfo& job : IngestJobs()) {
    CHECK(!job.description.empty());
    CHECK(!job.options.empty());
  }
}

TEST_CASE("a job that is cancelled goes on where it stopped", "[ingest]") {
  Fixture f;
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "label " + std::to_string(i) + "\n";
  IngestOptions options;
  options.kind = "labels";
  options.path = f.File("l.txt", text);
  options.options = {{"dataset", "X"}};
  options.batch_changes = 100;
  std::atomic<bool> cancel{false};
  options.cancel = &cancel;
  options.progress = [&](const IngestProgress& progress) {
    if (progress.what == "writing") cancel = true;
  };
  const auto stopped = RunIngest(*f.store, options);
  REQUIRE(!stopped.ok());
  CHECK(stopped.status().code() == StatusCode::kCancelled);
  const uint64_t written = CountNodes(*f.store, "Action");
  CHECK(written >= 1);
  CHECK(written < 2000);
  RequireConsistent(*f.store);

  options.cancel = nullptr;
  options.progress = nullptr;
  const IngestSummary rest = Must(RunIngest(*f.store, options));
  CHECK(rest.resumed);
  CHECK(rest.rows == 2000 - written);
  const auto whole = OpenStore(f.folder / "whole");
  Ingest(*whole, "labels", options.path, options.options);
  CHECK(Dump(*f.store) == Dump(*whole));
}

}  // namespace
}  // namespace gesta::test
