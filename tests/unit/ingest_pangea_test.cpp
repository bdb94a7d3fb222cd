// The job `pangea` on a small folder with every kind of the project's files.
#include <catch2/catch.hpp>
#include <filesystem>

#include "gesta/run_records.h"
#include "ingest_test_support.h"

namespace gesta::test {
namespace {

using Lines = std::vector<std::string>;
using Pair = std::pair<std::string, std::string>;

struct Verb {
  std::string class_name, lemma, definition;
};

const std::vector<Verb> kVerbs = {{"run-51.3.2-1", "run", "move fast. The definition is: on foot"},
                                  {"run-51.3.2-1", "race", "compete"},
                                  {"hop-51.3.1", "jump", "leave the ground"},
                                  {"leap-9-1", "jump", "leave the ground"},
                                  {"burn-45", "fire", "burn"}};

void PutVerbs(PickleText* pickle) {
  pickle->String("node_verb_list").Begin();
  for (const Verb& verb : kVerbs) {
    pickle->Begin().String(verb.class_name).String(verb.lemma).EndTuple();
  }
  pickle->EndList().String("verb_text_list").Begin();
  for (const Verb& verb : kVerbs) {
    pickle->String(verb.lemma + ". The definition is: " + verb.definition +
                   ". The lexname is: motion. ");
  }
  pickle->EndList();
}

struct MappingRow {
  int index;
  std::string text;
  std::vector<int> verbs;
};

std::string MappingPickle(const std::vector<MappingRow>& rows) {
  PickleText pickle;
  pickle.Begin().String("Label2Verb").Begin();
  for (const MappingRow& row : rows) {
    pickle.Begin().Int(row.index).String(row.text).EndTuple().Begin();
    for (const int verb : row.verbs) {
      const Verb& v = kVerbs[static_cast<size_t>(verb)];
      pickle.Begin().String(v.class_name).String(v.lemma).EndTuple();
    }
    pickle.EndList();
  }
  pickle.EndDict();
  PutVerbs(&pickle);
  return pickle.EndDict().Finish();
}

std::string SimilarityPickle(const std::vector<float>& values, int rows) {
  PickleText pickle;
  pickle.Begin().String("map_label2verb").Floats(values, rows, 5);
  PutVerbs(&pickle);
  return pickle.EndDict().Finish();
}

std::string Prompt(const std::string& text, const std::vector<int>& offered) {
  std::string prompt = "Select 10 verbs related to the activity classes \"" + text +
                       "\".\nThere are 50 candidate verbs: \n";
  for (const int verb : offered) {
    const Verb& v = kVerbs[static_cast<size_t>(verb)];
    prompt += std::to_string(verb) + ". " + v.lemma + ". The definition is: " + v.definition +
              ". The lexname is: motion. \n";
  }
  return prompt + "\nOutput Format Example:\n1. x.\n";
}

// Lists A(2) and B; both mapped, A(2) with answers and similarities.
struct Folder {
  TestFolder temp;
  std::string root = temp / "pangea";

  Folder() {
    WriteFile(root + "/dataset_labels/A(2).txt", "Racing \nJump,\nRacing");
    WriteFile(root + "/dataset_labels/B.txt", "Burning\nx//y\n");
    const std::string a = root + "/dataset_labels_align_result/A(2)/";
    WriteFile(a + "map_label2verb_clip+gpt.pkl",
              MappingPickle({{0, "Racing", {1, 0, 1}}, {1, "Jump,", {0}}, {2, "Racing", {1}}}));
    WriteFile(a + "map_label2verb_clip.pkl",
              SimilarityPickle({1, 2, 3, 4, 5, .1f, .2f, .3f, .4f, .5f, 0, 0, 0, 0, -1}, 3));
    WriteFile(a + "prompt_0.txt", Prompt("Racing", {0, 1, 4}));
    WriteFile(a + "answer_0.txt", "1. race.\n0. run.\n1. race.");
    WriteFile(a + "prompt_1.txt", Prompt("Jump,", {2, 3, 4}));
    WriteFile(a + "answer_1.txt", "1. jump\n2. jump\n3. swim");
    WriteFile(root + "/dataset_labels_align_result/B/map_label2verb_clip+gpt.pkl",
              MappingPickle({{0, "Burning", {4}}, {1, "x//y", {}}}));
  }
};

TEST_CASE("published mappings, robust readings and records of a Pangea folder", "[ingest]") {
  Folder f;
  const auto store = OpenStore(f.temp / "store");
  const IngestSummary summary = Ingest(*store, "pangea", f.root);
  CHECK(summary.runs == Lines{"pangea/A(2)/clip+gpt", "pangea/A(2)/clip+gpt/robust",
                              "pangea/A(2)/clip", "pangea/B/clip+gpt"});
  CHECK(Nodes(*store, "Dataset") ==
        Lines{"{classes: 2, family: 'B', mapping: 'clip+gpt', name: 'B'}",
              "{classes: 3, family: 'A', mapping: 'clip+gpt', name: 'A(2)'}"});
  CHECK(Nodes(*store, "Action") ==
        Lines{"{dataset: 'A(2)', index: 0, level: 'label', text: 'Racing'}",
              "{dataset: 'A(2)', index: 1, level: 'label', text: 'Jump,'}",
              "{dataset: 'A(2)', index: 2, level: 'label', text: 'Racing'}",
              "{dataset: 'B', index: 0, level: 'label', text: 'Burning'}",
              "{dataset: 'B', index: 1, level: 'label', text: 'x//y'}"});
  CHECK(Nodes(*store, "Verb").front() ==
        "{class: 'burn-45', definition: 'burn', index: 4, lemma: 'fire', lexname: 'motion'}");
  CHECK(Nodes(*store, "Verb").back() ==
        "{class: 'run-51.3.2-1', definition: 'move fast. The definition is: on foot', index: 0, "
        "lemma: 'run', lexname: 'motion'}");
  CHECK(Relationships(*store, "PARENT") ==
        Lines{"leap-9-1 -[{}]-> leap-9", "run-51.3.2-1 -[{}]-> run-51.3.2"});
  const std::string a = "run: 'pangea/A(2)/clip+gpt'}]-> ";
  const std::string robust = "run: 'pangea/A(2)/clip+gpt/robust'}]-> ";
  CHECK(
      Relationships(*store, "MAPS_TO") ==
      Lines{"Burning -[{method: 'clip+gpt', preferred: true, rank: 1, run: 'pangea/B/clip+gpt'}]-> "
            "fire",
            "Jump, -[{method: 'clip+gpt', preferred: true, rank: 1, " + a + "run",
            "Jump, -[{method: 'clip+gpt/robust', rank: 1, " + robust + "jump",
            "Jump, -[{method: 'clip+gpt/robust', rank: 2, " + robust + "jump",
            "Racing -[{method: 'clip+gpt', preferred: true, rank: 1, " + a + "race",
            "Racing -[{method: 'clip+gpt', preferred: true, rank: 1, " + a + "race",
            "Racing -[{method: 'clip+gpt', preferred: true, rank: 2, " + a + "run",
            "Racing -[{method: 'clip+gpt/robust', rank: 1, " + robust + "race",
            "Racing -[{method: 'clip+gpt/robust', rank: 2, " + robust + "run"});
  CHECK(OddityCount(summary, "share lemma and definition") == 2);
  CHECK(OddityCount(summary, "repeat one of the same label") == 1);
  CHECK(OddityCount(summary, "labels with published picks outside") == 1);
  CHECK(OddityCount(summary, "number their picks from 1") == 1);
  CHECK(OddityCount(summary, "never offered") == 1);
  CHECK(OddityCount(summary, "robust reading differs") == 1);
  CHECK(OddityCount(summary, "picks only in the published") == 1);
  CHECK(OddityCount(summary, "picks only in the robust") == 2);
  CHECK(OddityCount(summary, "whose text repeats") == 2);
  CHECK(OddityCount(summary, "share a text and have different") == 2);
  CHECK(OddityCount(summary, "end in a comma") == 1);

  const auto t = Read(*store);
  const auto exchange = Must(GetModelExchange(*t, {"pangea/A(2)/clip+gpt", "A(2)", "label", 1}));
  REQUIRE(exchange);
  CHECK(exchange->prompt == Prompt("Jump,", {2, 3, 4}));
  CHECK(exchange->answer == "1. jump\n2. jump\n3. swim");
  CHECK(!Must(GetModelExchange(*t, {"pangea/A(2)/clip+gpt", "A(2)", "label", 2})));
  const auto row = Must(GetSimilarityRow(*t, {"pangea/A(2)/clip", "A(2)", "label", 1}));
  REQUIRE(row);
  CHECK(row->values == std::vector<float>{.1f, .2f, .3f, .4f, .5f});
  RequireConsistent(*store);
}

TEST_CASE("a Pangea folder again, elsewhere, forced and in small batches", "[ingest]") {
  Folder f;
  const auto store = OpenStore(f.temp / "store");
  Ingest(*store, "pangea", f.root);
  const Lines before = Dump(*store);
  std::filesystem::rename(f.root, f.temp / "moved");
  CHECK(Ingest(*store, "pangea", f.temp / "moved").already_done);
  Ingest(*store, "pangea", f.temp / "moved", {{"force", "true"}}, 1);
  CHECK(Dump(*store) == before);
  const auto other = OpenStore(f.temp / "other");
  Ingest(*other, "pangea", f.temp / "moved", {}, 1);
  CHECK(Dump(*other) == before);
}

TEST_CASE("the Pangea project's other files", "[ingest]") {
  const TestFolder temp;
  const std::string root = temp / "pangea";
  WriteFile(root + "/dataset_labels/A.txt", "run//fast\njump\njump\n");
  WriteFile(root + "/Data/Label2Node_290.json",
            R"({"A//jump": ["hop-51.3.1", "leap-9-1", "hop-51.3.1"], "C D//b": ["run-51.3.2-1"],
                "C D//a": ["hop-51.3.1"], "A//run//fast": ["run-51.3.2-1"], "A//swim": ["hop-51.3.1"],
                "broken": ["hop-51.3.1"], "A//": []})");
  PickleText topology;
  topology.Begin()
      .String("Father2Son")
      .Begin()
      .String("root")
      .Strings({"run-51.3.2", "hop-51.3.1", "root"})
      .String("run-51.3.2")
      .Strings({"run-51.3.2-1"})
      .String("hop-51.3.1")
      .Strings({"leap-9-1"})
      .EndDict()
      .String("objects")
      .Strings({"root", "run-51.3.2", "run-51.3.2-1", "hop-51.3.1", "leap-9-1"})
      .EndDict();
  WriteFile(root + "/Data/verbnet_topology_898.pkl", topology.Finish());
  WriteFile(root + "/Data/mapping_node_index/898_to_3.pkl",
            PickleText().Begin().Int(2).Int(3).Int(4).EndList().Finish());
  PickleText samples;
  samples.Begin();
  samples.Begin().String("A").String("a/1.jpg").Strings({"jump", "fly"}).Strings({"leap-9-1"});
  samples.EndTuple().Begin().String("E").String("e.jpg").Strings({}).Strings({"hop-51.3.1"});
  samples.EndTuple().Begin().String("E").Int(7).Strings({}).Strings({}).EndTuple().EndList();
  WriteFile(root + "/Data/train_with_node.pkl", samples.Finish());
  WriteFile(root + "/Data/notes.pkl", PickleText().Begin().Int(1).EndList().Finish());

  const auto store = OpenStore(temp / "store");
  const IngestSummary summary = Ingest(*store, "pangea", root, {}, 1);
  CHECK(summary.bad_rows == 3);
  CHECK(summary.runs == Lines{"pangea/A/collected", "pangea/C D/collected"});
  CHECK(OddityCount(summary, "collected labels that their dataset's list does not have") == 1);
  CHECK(OddityCount(summary, "labels of sample rows that their dataset does not have") == 1);
  CHECK(OddityCount(summary, "no list of (dataset, image, labels, nodes)") == 1);
  const std::string rest = "method: 'collected', preferred: true, run: 'pangea/";
  CHECK(Relationships(*store, "MAPS_TO") ==
        Lines{"a -[{count: 1, " + rest + "C D/collected'}]-> hop-51.3.1",
              "b -[{count: 1, " + rest + "C D/collected'}]-> run-51.3.2-1",
              "jump -[{count: 1, " + rest + "A/collected'}]-> leap-9-1",
              "jump -[{count: 1, " + rest + "A/collected'}]-> leap-9-1",
              "jump -[{count: 2, " + rest + "A/collected'}]-> hop-51.3.1",
              "jump -[{count: 2, " + rest + "A/collected'}]-> hop-51.3.1",
              "run//fast -[{count: 1, " + rest + "A/collected'}]-> run-51.3.2-1"});
  // The tree of the file, not of the names.
  CHECK(Relationships(*store, "PARENT") ==
        Lines{"hop-51.3.1 -[{}]-> root", "leap-9-1 -[{}]-> hop-51.3.1", "run-51.3.2 -[{}]-> root",
              "run-51.3.2-1 -[{}]-> run-51.3.2"});
  CHECK(Nodes(*store, "VerbClass") == Lines{"{index: 0, name: 'root', used: false}",
                                            "{index: 1, name: 'run-51.3.2', used: false}",
                                            "{index: 2, name: 'run-51.3.2-1', used: true}",
                                            "{index: 3, name: 'hop-51.3.1', used: true}",
                                            "{index: 4, name: 'leap-9-1', used: true}"});
  CHECK(Relationships(*store, "SHOWS") ==
        Lines{"a/1.jpg -[{}]-> jump", "a/1.jpg -[{}]-> leap-9-1", "e.jpg -[{}]-> hop-51.3.1"});
  CHECK(Nodes(*store, "Dataset")[2] == "{family: 'E', name: 'E'}");
  const Lines before = Dump(*store);
  Ingest(*store, "pangea", root, {{"force", "true"}});
  CHECK(Dump(*store) == before);
  RequireConsistent(*store);
}

TEST_CASE("collected labels find labels of the store by their text", "[ingest]") {
  const TestFolder temp;
  const auto store = OpenStore(temp / "store");
  WriteFile(temp / "l.txt", "walk\nrun\n");
  Ingest(*store, "labels", temp / "l.txt", {{"dataset", "X"}});
  const std::string root = temp / "pangea";
  WriteFile(root + "/Label2Node.json", R"({"X//run": ["run-51.3.2"], "X//fly": ["fly-1"]})");
  CHECK(IngestError(*store, "pangea", root).find("--join") != std::string::npos);
  const IngestSummary summary = Ingest(*store, "pangea", root, {{"join", "true"}});
  CHECK(OddityCount(summary, "that the store's dataset does not have") == 1);
  CHECK(CountNodes(*store, "Action") == 2);
  CHECK(Relationships(*store, "MAPS_TO").size() == 1);
}

TEST_CASE("contradictions inside a Pangea folder are refused", "[ingest]") {
  Folder f;
  const auto store = OpenStore(f.temp / "store");
  const Lines empty = Dump(*store);
  const std::string a = f.root + "/dataset_labels_align_result/A(2)/";
  const auto refused = [&](const char* why) {
    const std::string error = IngestError(*store, "pangea", f.root);
    INFO(error);
    CHECK(error.find(why) != std::string::npos);
    CHECK(Dump(*store) == empty);
  };
  SECTION("another text") {
    WriteFile(a + "map_label2verb_clip+gpt.pkl", MappingPickle({{0, "Raving", {1}}}));
    refused("label 0 is 'Raving' here and 'Racing' in the label list");
  }
  SECTION("a label past the list") {
    WriteFile(a + "map_label2verb_clip+gpt.pkl", MappingPickle({{3, "More", {1}}}));
    refused("maps label 3, and the label list has 3 lines");
  }
  SECTION("an answer past the list") {
    WriteFile(a + "answer_9.txt", "1. race.");
    refused("answers for label 9, and there are 3 labels");
  }
  SECTION("a prompt with other numbers") {
    WriteFile(a + "prompt_0.txt", "7. run. The definition is: move. The lexname is: x.\n");
    refused("prompt_0.txt: offers '7. run'");
  }
  SECTION("similarities of another shape") {
    WriteFile(a + "map_label2verb_clip.pkl", SimilarityPickle({1, 2, 3, 4, 5}, 1));
    refused("is not of 3 labels x 5 verbs");
  }
  SECTION("a file of another kind") {
    WriteFile(a + "map_label2verb_clip+gpt.pkl",
              PickleText().Begin().String("x").Int(1).EndDict().Finish());
    refused("has no dict 'Label2Verb'");
  }
  SECTION("a truncated pickle") {
    WriteFile(a + "map_label2verb_clip+gpt.pkl", MappingPickle({{0, "Racing", {1}}}).substr(0, 99));
    refused("map_label2verb_clip+gpt.pkl");
  }
  SECTION("a blank label") {
    WriteFile(f.root + "/dataset_labels/B.txt", "Burning\n\nx//y\n");
    refused("B.txt: line 2: a label without a text");
  }
  SECTION("an empty folder") {
    std::filesystem::remove_all(f.root);
    std::filesystem::create_directories(f.root);
    refused("holds no files of Pangea");
  }
  SECTION("an unknown dataset to leave out") {
    CHECK(IngestError(*store, "pangea", f.root, {{"skip", "Z"}}).find("no dataset 'Z'") !=
          std::string::npos);
  }
}

TEST_CASE("datasets of a Pangea folder can be left out", "[ingest]") {
  Folder f;
  const auto store = OpenStore(f.temp / "store");
  CHECK(Ingest(*store, "pangea", f.root, {{"skip", "A(2)"}}).runs == Lines{"pangea/B/clip+gpt"});
  CHECK(CountNodes(*store, "Action") == 2);
  CHECK(CountNodes(*store, "Verb") == 5);
}

}  // namespace
}  // namespace gesta::test
