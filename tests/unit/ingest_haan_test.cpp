// The job `haan`, on folders that numpy wrote (fixtures/haan/make_fixtures.py).
#include <catch2/catch.hpp>
#include <filesystem>

#include "ingest_test_support.h"

namespace gesta::test {
namespace {

using Lines = std::vector<std::string>;

std::string Fixture(const std::string& name) {
  return std::string(GESTA_SOURCE_DIR) + "/tests/unit/fixtures/haan/" + name;
}

struct Fixed {
  TestFolder folder;
  std::unique_ptr<Store> store = OpenStore(folder / "store");

  std::string File(const std::string& name, const std::string& text) {
    WriteFile(folder / name, text);
    return folder / name;
  }
  // A copy of a fixture's folder, to be damaged.
  std::string Copy(const std::string& name) {
    std::filesystem::copy(Fixture(name), folder / name);
    return folder / name;
  }
};

// The sequence of the video with that id, in the space: its frames, step and elements.
std::string Sequence(Store& store, const std::string& space, const std::string& video) {
  const auto t = Read(store);
  const SpaceInfo* const info = t->FindSpace(space);
  REQUIRE(info != nullptr);
  const NameId id = t->FindName(NameKind::kProperty, "id");
  for (const NodeId node : Drain(t->ScanLabel(t->FindName(NameKind::kLabel, "Video")), 64)) {
    if (Must(t->GetNodeProperty(node, id)).AsString() != video) continue;
    const auto head = Must(t->GetSequenceInfo(info->id, node));
    if (!head) return "none";
    std::string text = std::to_string(head->frames) + " frames, a step of " +
                       ToText(Value::Float(head->step), false) + ":";
    std::vector<float> rows;
    REQUIRE(Must(t->GetSequence(info->id, node, 0, head->frames, &rows)));
    for (const float value : rows) text += " " + ToText(Value::Float(value), false);
    return text;
  }
  return "no such video";
}

TEST_CASE("a folder with segments, classes and features", "[ingest][haan]") {
  Fixed f;
  const IngestSummary summary =
      Ingest(*f.store, "haan", Fixture("ragged"), {{"dataset", "X"}, {"train-videos", "1"}});
  CHECK(summary.rows == 8);
  CHECK(summary.bad_rows == 0);
  CHECK(OddityCount(summary, "segments whose end is not after their start") == 2);
  CHECK(OddityCount(summary, "segments that repeat one") == 1);
  CHECK(Nodes(*f.store, "Action") ==
        Lines{"{dataset: 'X', index: 0, level: 'coarse', text: 'class 0'}",
              "{dataset: 'X', index: 0, level: 'fine', text: 'class 0'}",
              "{dataset: 'X', index: 1, level: 'coarse', text: 'class 1'}",
              "{dataset: 'X', index: 1, level: 'fine', text: 'class 1'}",
              "{dataset: 'X', index: 2, level: 'fine', text: 'class 2'}"});
  CHECK(Nodes(*f.store, "Dataset") == Lines{"{classes: 3, clip_space: 'X clips', family: 'X', "
                                            "modality: 'video', name: 'X'}"});
  CHECK(Nodes(*f.store, "Video") ==
        Lines{"{clips_per_second: 1.0, dataset: 'X', id: 'v1', index: 1}",
              "{clips_per_second: 2.0, dataset: 'X', id: 'v0', index: 0}",
              "{clips_per_second: 2.0, dataset: 'X', id: 'v2', index: 2}"});
  CHECK(Nodes(*f.store, "Segment") ==
        Lines{"{dataset: 'X', end: 2.0, ordinal: 0, start: 0.0, video: 'v0'}",
              "{dataset: 'X', end: 2.0, ordinal: 0, start: 1.5, video: 'v2'}",
              "{dataset: 'X', end: 2.0, ordinal: 3, start: 2.5, video: 'v2'}",
              "{dataset: 'X', end: 3.0, ordinal: 1, start: 1.0, video: 'v0'}",
              "{dataset: 'X', end: 3.0, ordinal: 1, start: 1.0, video: 'v2'}",
              "{dataset: 'X', end: 3.0, ordinal: 2, start: 1.0, video: 'v0'}",
              "{dataset: 'X', end: 3.0, ordinal: 2, start: 3.0, video: 'v2'}",
              "{dataset: 'X', end: 4.0, ordinal: 0, start: 2.0, video: 'v1'}"});
  CHECK(CountRelationships(*f.store, "HAS_SEGMENT") == 8);
  CHECK(CountRelationships(*f.store, "SHOWS") == 8);
  CHECK(Relationships(*f.store, "IS_A") ==
        Lines{"class 0 -[{}]-> class 0", "class 1 -[{}]-> class 0", "class 2 -[{}]-> class 1"});
  CHECK(Relationships(*f.store, "IN_SPLIT") ==
        Lines{"v0 -[{}]-> train", "v1 -[{}]-> test", "v2 -[{}]-> test"});
  CHECK(Nodes(*f.store, "Split") == Lines{"{dataset: 'X', name: 'test', role: 'test'}",
                                          "{dataset: 'X', name: 'train', role: 'train'}"});
  CHECK(Sequence(*f.store, "X clips", "v1") ==
        "4 frames, a step of 1.0: 3.0 1.0 1.0 1.0 5.0 2.0 4.0 1.0");
  CHECK(Sequence(*f.store, "X clips", "v0") == "3 frames, a step of 0.5: 1.0 1.0 1.0 1.0 1.0 1.0");
  RequireConsistent(*f.store);

  const auto before = Dump(*f.store);
  const OptionMap again = {{"dataset", "X"}, {"train-videos", "1"}};
  CHECK(Ingest(*f.store, "haan", Fixture("ragged"), again).already_done);
  const IngestSummary forced = Ingest(*f.store, "haan", Fixture("ragged"),
                                      {{"dataset", "X"}, {"train-videos", "1"}, {"force", "true"}});
  CHECK(forced.nodes_created + forced.relationships_created + forced.properties_set == 0);
  CHECK(Dump(*f.store) == before);
  // Another division moves videos, and leaves none in two splits.
  Ingest(*f.store, "haan", Fixture("ragged"), {{"dataset", "X"}, {"train-videos", "2"}});
  CHECK(Relationships(*f.store, "IN_SPLIT") ==
        Lines{"v0 -[{}]-> train", "v1 -[{}]-> train", "v2 -[{}]-> test"});
  RequireConsistent(*f.store);
}

TEST_CASE("arrays of videos that agree in their lengths", "[ingest][haan]") {
  Fixed f;
  const IngestSummary summary =
      Ingest(*f.store, "haan", Fixture("even"), {{"dataset", "E"}, {"space", "clips"}});
  CHECK(summary.rows == 4);
  CHECK(summary.bad_rows == 1);
  REQUIRE(!summary.oddities.empty());
  CHECK(summary.oddities.back().examples ==
        Lines{Fixture("even") + "/features.npy: entry 1: clip 0 is all zeros"});
  CHECK(Nodes(*f.store, "Segment") ==
        Lines{"{dataset: 'E', end: 1.0, ordinal: 0, start: 0.0, video: 'b'}",
              "{dataset: 'E', end: 2.0, ordinal: 0, start: 0.5, video: 'a'}",
              "{dataset: 'E', end: 2.5, ordinal: 1, start: 2.0, video: 'b'}",
              "{dataset: 'E', end: 3.0, ordinal: 1, start: 1.0, video: 'a'}"});
  CHECK(CountNodes(*f.store, "Split") == 0);
  CHECK(Sequence(*f.store, "clips", "a") ==
        "2 frames, a step of 0.6666666666666666: 1.0 2.0 3.0 4.0");
  CHECK(Sequence(*f.store, "clips", "b") == "none");
}

TEST_CASE("names of classes, and protocols", "[ingest][haan]") {
  Fixed f;
  const std::string names = f.File("fine.txt", "leap\nturn\nsplit leap\n");
  const std::string coarse = f.File("coarse.txt", "floor\nbeam\n");
  const std::string protocol = f.File(
      "p.json",
      R"({"note": "x", "X": {"alpha": -0.5, "kmax": 4, "tiou": [0.5, 0.75], "report": [0.75],)"
      R"( "training_videos": 2}, "Y": {"alpha": 1}})");
  Ingest(*f.store, "haan", Fixture("ragged"),
         {{"dataset", "X"},
          {"class-names", names},
          {"coarse-class-names", coarse},
          {"protocol", protocol}});
  CHECK(Relationships(*f.store, "IS_A") ==
        Lines{"leap -[{}]-> floor", "split leap -[{}]-> beam", "turn -[{}]-> floor"});
  CHECK(Nodes(*f.store, "Dataset") ==
        Lines{"{classes: 3, clip_space: 'X clips', family: 'X', modality: 'video', name: 'X', "
              "protocol: 'X', protocol_alpha: -0.5, protocol_kmax: 4, protocol_report: [0.75], "
              "protocol_tiou: [0.5, 0.75]}"});
  CHECK(Relationships(*f.store, "IN_SPLIT").back() == "v2 -[{}]-> test");
  // Another one takes its place, and names that are not given again stay.
  const IngestSummary summary =
      Ingest(*f.store, "haan", Fixture("ragged"), {{"dataset", "X"}, {"protocol", "FineGym"}});
  CHECK(OddityCount(summary, "videos, fewer than the protocol 'FineGym' needs") == 3);
  CHECK(Nodes(*f.store, "Dataset").front().find("protocol_alpha: 0.1, protocol_kmax: 2") !=
        std::string::npos);
  CHECK(CountNodes(*f.store, "Action") == 5);
  CHECK(Relationships(*f.store, "IS_A").front() == "leap -[{}]-> floor");
}

TEST_CASE("what a folder lacks, and options that do not fit", "[ingest][haan]") {
  Fixed f;
  const auto error = [&](const std::string& path, OptionMap options) {
    options.emplace("dataset", "X");
    return IngestError(*f.store, "haan", path, options);
  };
  const auto contains = [](const std::string& text) { return Catch::Contains(text); };
  CHECK_THAT(IngestError(*f.store, "haan", Fixture("ragged")),
             contains("needs the dataset's name"));
  CHECK_THAT(error(Fixture("models"), {}), contains("there is no ") && contains("video_names.npy"));
  CHECK_THAT(error(Fixture("ragged"), {{"train-videos", "4"}}), contains("there are 3"));
  CHECK_THAT(error(Fixture("ragged"), {{"train-videos", "x"}}), contains("'x' is no number"));
  CHECK_THAT(error(Fixture("ragged"), {{"class-names", f.File("n.txt", "a\nb\n")}}),
             contains("n.txt: has no name for class 2; there are 3 classes"));
  CHECK_THAT(error(Fixture("ragged"), {{"class-names", f.File("m.txt", "a\nb\nc\nd\n")}}),
             contains("has 4 names, but there are 3 classes"));
  CHECK_THAT(error(Fixture("ragged"), {{"protocol", "Gym"}}),
             contains("no protocol and no file 'Gym'") && contains("FineGym, FineAction"));
  CHECK_THAT(error(Fixture("ragged"), {{"protocol", f.File("q.json", R"({"kmax": 0})")}}),
             contains("q.json: kmax is 0, not a whole number from 1"));
  CHECK_THAT(error(Fixture("ragged"),
                   {{"protocol", f.File("r.json", R"({"A": {"kmax": 2}, "B": {"tiou": [2]}})")}}),
             contains("has settings for A, B, and none for 'X'"));
  CHECK(CountNodes(*f.store, "Dataset") == 0);

  const std::string copy = f.Copy("ragged");
  WriteFile(copy + "/fine_to_coarse_mappings.json", R"({"0": 0, "1": 1})");
  const IngestSummary two = Ingest(*f.store, "haan", copy, {{"dataset", "Two"}});
  CHECK(two.bad_rows == 2);  // class 2
  CHECK(OddityCount(two, "with another coarse class") == 4);
  WriteFile(copy + "/fine_to_coarse_mappings.json", R"({"0": 0, "2": 1})");
  CHECK_THAT(error(copy, {}), contains("'2' is no fine class from 0 to 1"));
  std::filesystem::copy(Fixture("even") + "/labels.npy", copy + "/labels.npy",
                        std::filesystem::copy_options::overwrite_existing);
  WriteFile(copy + "/fine_to_coarse_mappings.json", R"({"0": 0, "1": 0, "2": 1})");
  CHECK_THAT(error(copy, {}), contains("labels.npy: has 2 entries, but there are 3 videos"));
}

TEST_CASE("annotations that differ do not mix", "[ingest][haan]") {
  Fixed f;
  Ingest(*f.store, "haan", Fixture("ragged"), {{"dataset", "X"}});
  const auto before = Dump(*f.store);
  const std::string copy = f.Copy("ragged");
  std::filesystem::remove(copy + "/features.npy");
  // The first two videos change places, and their names do not.
  WriteFile(copy + "/fine_to_coarse_mappings.json", R"({"0": 0, "1": 0, "2": 0})");
  Ingest(*f.store, "haan", copy,
         {{"dataset", "X"}, {"coarse-class-names", f.File("c.txt", "class 0\n")}});
  CHECK(Dump(*f.store) != before);  // class 2 is below both now
  for (const char* name :
       {"labels.npy", "segments.npy", "video_names.npy", "sec2clip_ratios.npy"}) {
    std::filesystem::copy(Fixture("even") + "/" + name, copy + "/" + name,
                          std::filesystem::copy_options::overwrite_existing);
  }
  // Videos of other names are added.
  Ingest(*f.store, "haan", copy, {{"dataset", "X"}});
  CHECK(CountNodes(*f.store, "Video") == 5);
  // The same names with other segments are refused.
  std::filesystem::copy(Fixture("ragged") + "/video_names.npy", copy + "/video_names.npy",
                        std::filesystem::copy_options::overwrite_existing);
  CHECK_THAT(IngestError(*f.store, "haan", copy, {{"dataset", "X"}}),
             Catch::Contains("has 2 entries, but there are 3 videos"));
}

}  // namespace
}  // namespace gesta::test
