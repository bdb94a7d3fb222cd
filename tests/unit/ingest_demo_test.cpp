// The job `demo` on the project's own knowledge base: its counts are those of data/README.md.
#include <catch2/catch.hpp>

#include "ingest_test_support.h"

namespace gesta::test {
namespace {

using Lines = std::vector<std::string>;

const std::string kData = GESTA_SOURCE_DIR "/data";

TEST_CASE("the demo knowledge base", "[ingest]") {
  const TestFolder folder;
  const auto store = OpenStore(folder / "store");
  const IngestSummary summary = Ingest(*store, "demo", kData);
  CHECK(summary.bad_rows == 0);
  CHECK(summary.runs.size() == 8);
  CHECK(CountNodes(*store, "Dataset") == 54);
  CHECK(CountNodes(*store, "Action") == 311);
  CHECK(CountNodes(*store, "VerbClass") == 130);
  CHECK(CountNodes(*store, "Verb") == 671);
  CHECK(CountNodes(*store, "PartState") == 93);
  CHECK(CountNodes(*store, "BodyPart") == 6);
  CHECK(CountRelationships(*store, "MAPS_TO") == 512);
  RequireConsistent(*store);

  const Lines mappings = Relationships(*store, "MAPS_TO");
  CHECK(std::count(mappings.begin(), mappings.end(),
                   "Interacting with Computer -[{annotator: 'gesta-authors', kind: 'related', "
                   "method: 'human', preferred: true, rank: 3, run: 'demo/Willow Action/human'}]-> "
                   "type") == 1);
  const Lines datasets = Nodes(*store, "Dataset");
  CHECK(std::count_if(datasets.begin(), datasets.end(), [](const std::string& text) {
          return text.find("mapping: 'human'") != std::string::npos;
        }) == 8);
  CHECK(std::count_if(datasets.begin(), datasets.end(), [](const std::string& text) {
          return text.find("family: 'FineGym'") != std::string::npos;
        }) == 3);
  CHECK(Nodes(*store, "PartState").front().find("name: '") != std::string::npos);

  const Lines before = Dump(*store);
  CHECK(Ingest(*store, "demo", kData).already_done);
  Ingest(*store, "demo", kData, {{"force", "true"}}, 10);
  CHECK(Dump(*store) == before);
}

TEST_CASE("the demo keeps away from datasets of other jobs", "[ingest]") {
  const TestFolder folder;
  const auto store = OpenStore(folder / "store");
  WriteFile(folder / "h.txt", "StandUp\nSitUp\n");
  Ingest(*store, "labels", folder / "h.txt", {{"dataset", "Hollywood2"}});
  const Lines before = Dump(*store);
  const std::string error = IngestError(*store, "demo", kData);
  CHECK(error.find("the dataset 'Hollywood2' was made by the job 'labels'") != std::string::npos);
  CHECK(error.find("--skip") != std::string::npos);
  CHECK(Dump(*store) == before);
  Ingest(*store, "demo", kData, {{"skip", "Hollywood2"}});
  CHECK(CountNodes(*store, "Action") == 311 - 12 + 2);
  // An announcement without labels joins quietly; a family from a table replaces a derived one.
  const auto other = OpenStore(folder / "other");
  WriteFile(folder / "a.txt", "Holding\n");
  Ingest(*other, "labels", folder / "a.txt", {{"dataset", "Action_Genome"}});
  CHECK(Nodes(*other, "Dataset")[0].find("family: 'Action_Genome'") != std::string::npos);
  Ingest(*other, "demo", kData);
  const Lines datasets = Nodes(*other, "Dataset");
  CHECK(std::count_if(datasets.begin(), datasets.end(), [](const std::string& text) {
          return text.find("family: 'Charades'") != std::string::npos &&
                 text.find("name: 'Action_Genome'") != std::string::npos &&
                 text.find("classes: 1,") != std::string::npos;
        }) == 1);
}

TEST_CASE("mistakes in the demo's files are bad rows", "[ingest]") {
  const TestFolder folder;
  const auto store = OpenStore(folder / "store");
  const std::string root = folder / "data";
  WriteFile(root + "/datasets.csv",
            "name,title,family,modality,classes,mapping,license,source,year,labels_file\n"
            "X,,,video,2,,,,,labels/X.txt\nX,,,,2,,,,,\n,,,,1,,,,,\n");
  WriteFile(root + "/labels/X.txt", "run\nwalk\n");
  WriteFile(
      root + "/verb_classes.csv",
      "class,parent,definition\nrun-51.3.2,,Move.\nrun-51.3.2-1,run-51.3.2,\nwalk-1,run-51,\n");
  WriteFile(root + "/verbs.csv",
            "class,lemma,definition,lexname\nrun-51.3.2-1,run,move fast,motion\nno-1,x,,\n");
  WriteFile(root + "/mappings.csv",
            "dataset,index,label,class,lemma,rank,kind,annotator\n"
            "X,0,run,run-51.3.2-1,run,1,exact,me\nX,1,run,run-51.3.2-1,run,1,exact,me\n"
            "X,1,walk,run-51.3.2-1,walk,1,exact,me\nY,0,run,run-51.3.2-1,run,1,exact,me\n"
            "X,0,run,run-51.3.2-1,run,0,exact,me\n");
  WriteFile(root + "/part_states.csv", "part,state,index\nhand,hold,0\nhand,,1\n");
  const IngestSummary summary = Ingest(*store, "demo", root);
  CHECK(summary.bad_rows == 9);
  CHECK(Relationships(*store, "MAPS_TO").size() == 1);
  CHECK(Relationships(*store, "OF") == Lines{"hand: hold -[{}]-> hand"});
  CHECK(Relationships(*store, "PARENT") == Lines{"run-51.3.2-1 -[{}]-> run-51.3.2"});
  WriteFile(root + "/labels/X.txt", "run\n");
  CHECK(IngestError(*OpenStore(folder / "other"), "demo", root).find("has 1 labels") !=
        std::string::npos);
}

}  // namespace
}  // namespace gesta::test
