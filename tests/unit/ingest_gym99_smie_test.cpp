// The jobs `gym99` and `smie`: FineGym's split files, and descriptions with seen and unseen labels.
#include <catch2/catch.hpp>

#include "ingest_test_support.h"

namespace gesta::test {
namespace {

using Lines = std::vector<std::string>;

struct Fixed {
  TestFolder folder;
  std::unique_ptr<Store> store = OpenStore(folder / "store");

  std::string File(const std::string& name, const std::string& text) {
    WriteFile(folder / name, text);
    return folder / name;
  }
};

TEST_CASE("a folder of split files", "[ingest][gym99]") {
  Fixed f;
  f.File("in/gym_train_element.txt",
         "A_0_E_002184_002237_A_0035_0036 2\r\nA_0_E_002184_002237_A_0001_0004 0\n\n"
         "-x_E_000010_000020_A_0005_0005 1 \n");
  f.File("in/gym_val_element.txt", "A_0_E_003000_003001_A_0000_0001 1\n");
  f.File("in/notes.txt", "not read\n");
  const std::string hierarchy = f.File("h.json", R"({"0": 0, "1": 0, "2": 1})");
  const OptionMap options = {{"dataset", "Gym"}, {"hierarchy", hierarchy}};
  const IngestSummary summary = Ingest(*f.store, "gym99", f.folder / "in", options);
  CHECK(summary.rows == 4);
  CHECK(OddityCount(summary, "elements that start and end in the same second") == 1);
  CHECK(Nodes(*f.store, "Video") ==
        Lines{"{dataset: 'Gym', id: '-x_E_000010_000020', source: '-x', source_end: 20.0, "
              "source_start: 10.0}",
              "{dataset: 'Gym', id: 'A_0_E_002184_002237', source: 'A_0', source_end: 2237.0, "
              "source_start: 2184.0}",
              "{dataset: 'Gym', id: 'A_0_E_003000_003001', source: 'A_0', source_end: 3001.0, "
              "source_start: 3000.0}"});
  CHECK(Nodes(*f.store, "Segment").back() ==
        "{dataset: 'Gym', element: 'A_0_E_003000_003001_A_0000_0001', end: 1.0, ordinal: 0, "
        "start: 0.0, video: 'A_0_E_003000_003001'}");
  CHECK(Relationships(*f.store, "IN_SPLIT") == Lines{"-x_E_000010_000020 -[{}]-> train",
                                                     "A_0_E_002184_002237 -[{}]-> train",
                                                     "A_0_E_003000_003001 -[{}]-> val"});
  CHECK(Nodes(*f.store, "Split") == Lines{"{dataset: 'Gym', name: 'train', role: 'train'}",
                                          "{dataset: 'Gym', name: 'val', role: 'validation'}"});
  CHECK(Relationships(*f.store, "IS_A") ==
        Lines{"class 0 -[{}]-> class 0", "class 1 -[{}]-> class 0", "class 2 -[{}]-> class 1"});
  RequireConsistent(*f.store);
  CHECK(Ingest(*f.store, "gym99", f.folder / "in", options).already_done);
  // One of the files alone changes nothing more.
  const auto before = Nodes(*f.store, "Segment");
  const IngestSummary one =
      Ingest(*f.store, "gym99", f.folder / "in/gym_train_element.txt", {{"dataset", "Gym"}});
  CHECK(one.nodes_created + one.relationships_created == 0);
  CHECK(Nodes(*f.store, "Segment") == before);
}

TEST_CASE("lines that are no elements, and annotations that differ", "[ingest][gym99]") {
  Fixed f;
  const std::string bad = f.File("train.txt",
                                 "V_E_000001_000002_A_0000_0001 3\n"
                                 "V_E_000001_000002_A_0000_0001\n"
                                 "V_E_000001_A_0000_0001 3\n"
                                 "_E_000001_000002_A_0000_0001 3\n"
                                 "V_E_000001_000002_A_0000_x 3\n"
                                 "V_E_000001_000002_A_0000_0001 -3\n");
  CHECK_THAT(IngestError(*f.store, "gym99", bad, {{"dataset", "G"}, {"bad-rows", "0"}}),
             Catch::Contains("train.txt: line 2: has no class number after a space"));
  CHECK(CountNodes(*f.store, "Dataset") == 0);
  const IngestSummary summary = Ingest(*f.store, "gym99", bad, {{"dataset", "G"}});
  CHECK(summary.bad_rows == 5);
  CHECK(summary.rows == 1);
  CHECK_THAT(
      summary.oddities.back().examples[1],
      Catch::Contains("line 3: 'V_E_000001_A_0000_0001' is no VIDEO_E_start_end_A_start_end"));
  CHECK(CountNodes(*f.store, "Action") == 4);

  const std::string other = f.File("val.txt", "V_E_000001_000002_A_0000_0002 3\n");
  CHECK_THAT(IngestError(*f.store, "gym99", other, {{"dataset", "G"}}),
             Catch::Contains("segment 0 of the video 'V_E_000001_000002' of dataset 'G' is [0.0, "
                             "1.0] in the store, and [0, 2] showing fine class 3 in the input"));
  CHECK_THAT(IngestError(*f.store, "gym99", f.File("none.txt", "\n"), {{"dataset", "N"}}),
             Catch::Contains("no elements"));
  CHECK_THAT(IngestError(*f.store, "gym99", bad), Catch::Contains("needs the dataset's name"));
  CHECK_THAT(IngestError(*f.store, "gym99", f.folder.path(), {{"dataset", "N"}, {"split", "x"}}),
             Catch::Contains("goes with one file"));
}

TEST_CASE("descriptions with the names that they quote, and splits", "[ingest][smie]") {
  Fixed f;
  f.File("in/ntu60_des.txt",
         "\"Drink water\" is taking in water.\n“Pick up” is lifting.\n'Drop' is letting go.");
  f.File("in/mine_des.txt", "\"a\" is b.\nno name here\n");
  f.File("in/splits.json",
         R"({"note": "zero-based", "random": {"ntu60": {"1": [1]}, "pku-mmd": {"2": [0]}},)"
         R"( "synse": {"ntu60": {"2/1": [0, 2]}, "mine": {"1": [1]}}})");
  const IngestSummary summary = Ingest(*f.store, "smie", f.folder / "in");
  CHECK(summary.rows == 5);
  CHECK(OddityCount(summary, "splits of datasets that are not in the input") == 1);
  CHECK(OddityCount(summary, "descriptions that quote no label's name") == 1);
  CHECK(Nodes(*f.store, "Action") ==
        Lines{"{dataset: 'NTU-60', description: '\"Drink water\" is taking in water.', index: 0, "
              "level: 'label', text: 'Drink water'}",
              "{dataset: 'NTU-60', description: '\\'Drop\\' is letting go.', index: 2, level: "
              "'label', text: 'Drop'}",
              "{dataset: 'NTU-60', description: '“Pick up” is lifting.', index: 1, level: 'label', "
              "text: 'Pick up'}",
              "{dataset: 'mine', description: '\"a\" is b.', index: 0, level: 'label', text: 'a'}",
              "{dataset: 'mine', description: 'no name here', index: 1, level: 'label', text: "
              "'class 1'}"});
  CHECK(Relationships(*f.store, "IN_SPLIT").size() == 8);
  CHECK(Nodes(*f.store, "Split") ==
        Lines{"{dataset: 'NTU-60', name: 'random/1/seen', role: 'seen', setting: 'random/1'}",
              "{dataset: 'NTU-60', name: 'random/1/unseen', role: 'unseen', setting: 'random/1'}",
              "{dataset: 'NTU-60', name: 'synse/2/1/seen', role: 'seen', setting: 'synse/2/1'}",
              "{dataset: 'NTU-60', name: 'synse/2/1/unseen', role: 'unseen', setting: "
              "'synse/2/1'}",
              "{dataset: 'mine', name: 'synse/1/seen', role: 'seen', setting: 'synse/1'}",
              "{dataset: 'mine', name: 'synse/1/unseen', role: 'unseen', setting: 'synse/1'}"});
  RequireConsistent(*f.store);
  CHECK(Ingest(*f.store, "smie", f.folder / "in").already_done);
}

TEST_CASE("descriptions of labels with names and embeddings", "[ingest][smie]") {
  Fixed f;
  const std::string names = f.File("names.txt", "drink water\nDrop\nthrow\nthrow\n");
  const std::string descriptions =
      f.File("d.txt", "\"Drop\" x\n\"Drink  Water\" y\n\"throw\" z\n\"hurl\" w\n\"too much\" v\n");
  // numpy: np.save(…, np.arange(1, 9, dtype='<f4').reshape(4, 1, 2))
  std::string npy("\x93NUMPY\x01\x00v\x00", 10);
  npy += "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 1, 2), }";
  npy.resize(127, ' ');
  npy += '\n';
  for (float value = 1; value < 9; ++value) {
    npy.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  const std::string embeddings = f.File("my_embeddings.npy", npy);
  const OptionMap options = {{"dataset", "D"}, {"names", names}, {"embeddings", embeddings}};
  const IngestSummary summary = Ingest(*f.store, "smie", descriptions, options);
  CHECK(summary.bad_rows == 1);
  CHECK(OddityCount(summary, "on another line than the label that they quote") == 2);
  CHECK(OddityCount(summary, "whose quoted name is no label's") == 1);
  const Lines actions = Nodes(*f.store, "Action");
  REQUIRE(actions.size() == 4);
  CHECK(actions[0] ==
        "{dataset: 'D', description: '\"Drink  Water\" y', index: 0, level: 'label', text: 'drink "
        "water'}");
  CHECK(actions[1] ==
        "{dataset: 'D', description: '\"Drop\" x', index: 1, level: 'label', text: 'Drop'}");
  // A name that is there twice says nothing; the line does.
  CHECK(actions[2] ==
        "{dataset: 'D', description: '\"hurl\" w', index: 3, level: 'label', text: 'throw'}");
  const auto t = Read(*f.store);
  const SpaceInfo* const space = t->FindSpace("my_embeddings");
  REQUIRE(space != nullptr);
  CHECK(space->dimension == 2);
  CHECK(Must(t->CountVectors(space->id)) == 4);
  const auto last = Must(t->GetVector(
      space->id, Drain(t->ScanLabel(t->FindName(NameKind::kLabel, "Action")), 8).back()));
  REQUIRE(last);
  CHECK(*last == std::vector<float>{7, 8});

  CHECK_THAT(IngestError(*f.store, "smie", f.File("two.txt", "\"a\" x\n\"b\" y\n"),
                         {{"dataset", "E"}, {"embeddings", embeddings}}),
             Catch::Contains("is no array of a row of numbers for each of the 2 labels of 'E'"));
  CHECK_THAT(IngestError(*f.store, "smie", f.folder / "missing.txt"),
             Catch::Contains("there is no '"));
}

}  // namespace
}  // namespace gesta::test
