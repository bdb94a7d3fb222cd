// The job `actalign`: small folders as the scripts write them, and the reference samples.
#include <catch2/catch.hpp>
#include <filesystem>

#include "gesta/format/json.h"
#include "gesta/format/npy.h"
#include "ingest_test_support.h"
#include "jobs/nested_array.h"
#include "jobs/question_graph.h"
#include "support/real_data.h"

namespace gesta::test {
namespace {

using Lines = std::vector<std::string>;

std::string Fixture(const std::string& name) {
  return std::string(GESTA_SOURCE_DIR) + "/tests/unit/fixtures/actalign/" + name;
}

OptionMap Options(OptionMap more = {}) {
  more.emplace("space", "clip");
  more.emplace("logit-scale", "4.5");
  more.emplace("logit-bias", "-16");
  return more;
}

// The node with that label and property.
NodeId Node(Transaction& t, const char* label, const char* property, const std::string& value) {
  for (const NodeId id : Drain(t.ScanLabel(t.FindName(NameKind::kLabel, label)), 64)) {
    const Value found = Must(t.GetNodeProperty(id, t.FindName(NameKind::kProperty, property)));
    if (ToText(found, /*quote=*/false) == value) return id;
  }
  FAIL("there is no :" << label << " with " << property << " " << value);
  return 0;
}

// What the scripts' matrix(first, rows) gives.
std::vector<float> Matrix(int first, int rows) {
  std::vector<float> numbers;
  for (int i = 0; i < rows * 4; ++i) numbers.push_back(static_cast<float>(i + first) / 8);
  return numbers;
}

std::vector<float> Sequence(Transaction& t, uint32_t space, const std::string& video) {
  std::vector<float> rows;
  Must(t.GetSequence(space, Node(t, "Video", "id", video), 0, 1 << 20, &rows));
  return rows;
}

TEST_CASE("choices are read as the scripts read them", "[ingest][actalign]") {
  CHECK(ingest::CleanChoices("1. Kick Flip\n 2 Heelflip \n\n3.\t360 flip\nsuplex") ==
        Lines{"kick flip", "heelflip", "360 flip", "suplex"});
  CHECK(ingest::CleanChoices("").empty());
}

TEST_CASE("samples, options, decompositions and vectors of ActAlign's files",
          "[ingest][actalign]") {
  TestFolder folder;
  auto store = OpenStore(folder / "store");
  const IngestSummary summary =
      Ingest(*store, "actalign", Fixture("ragged"), Options({{"model", "gpt"}}));
  CHECK(summary.rows == 6);
  CHECK(summary.bad_rows == 0);
  CHECK(OddityCount(summary, "options without subactions") == 3);
  CHECK(OddityCount(summary, "answer is none of their options") == 1);
  CHECK(OddityCount(summary, "videos without generated subactions") == 1);
  CHECK(OddityCount(summary, "rows of video_embeddings.npy that are None") == 1);
  CHECK(OddityCount(summary, "could not read") == 2);
  // 'a' of gym has one embedding in s0 and s1, and another as the third option of s3.
  CHECK(OddityCount(summary, "embedded in more than one way") == 1);
  CHECK(OddityCount(summary, "vector for each") == 1);

  CHECK(CountNodes(*store, "Video") == 6);
  CHECK(
      Nodes(*store, "Question") ==
      Lines{"{choice_descriptions: '1. like a\\n2. …', dataset: 'ActionAtlas', domain: 'gym', id: "
            "'s0', index: 0, text: 'Which one?'}",
            "{choice_descriptions: '1. like a\\n2. …', dataset: 'ActionAtlas', domain: 'gym', id: "
            "'s1', index: 1, text: 'Which one?'}",
            "{choice_descriptions: '1. like a\\n2. …', dataset: 'ActionAtlas', domain: 'gym', id: "
            "'s3', index: 3, text: 'Which one?'}",
            "{choice_descriptions: '1. like a\\n2. …', dataset: 'ActionAtlas', domain: 'ice', id: "
            "'s2', index: 2, text: 'Which one?'}"});
  const auto option = [](const char* correct, int index, const std::string& action) {
    return "Which one? -[{correct: " + std::string(correct) + ", index: " + std::to_string(index) +
           "}]-> " + action;
  };
  CHECK(Relationships(*store, "OPTION") ==
        Lines{option("false", 0, "a"), option("false", 0, "a"), option("false", 0, "e"),
              option("false", 1, "c"), option("false", 1, "d"), option("false", 1, "f g"),
              option("true", 0, "a"), option("true", 1, "b"), option("true", 2, "a")});
  CHECK(Relationships(*store, "ABOUT") == Lines{"Which one? -[{}]-> s0", "Which one? -[{}]-> s1",
                                                "Which one? -[{}]-> s2", "Which one? -[{}]-> s3"});
  // a of gym, a of ice, a of gym embedded otherwise, b, c, d, e, f g.
  CHECK(CountNodes(*store, "Action") == 8);
  CHECK(Nodes(*store, "Decomposition").front() ==
        "{action: 'a', context: 'Which one?', count: 2, id: 'actalign/ActionAtlas/0/0', model: "
        "'gpt', run: 'actalign/ActionAtlas'}");
  const std::string whole = "This is a video of doing b in gym with start";
  CHECK(Relationships(*store, "STEP") == Lines{"actalign/ActionAtlas/0/0 -[{order: 0}]-> start",
                                               "actalign/ActionAtlas/0/0 -[{order: 1}]-> turn",
                                               "actalign/ActionAtlas/0/1 -[{order: 0}]-> " + whole,
                                               "actalign/ActionAtlas/0/1 -[{order: 1}]-> land",
                                               "actalign/ActionAtlas/1/0 -[{order: 0}]-> start",
                                               "actalign/ActionAtlas/1/0 -[{order: 1}]-> turn",
                                               "actalign/ActionAtlas/1/0 -[{order: 2}]-> end"});
  CHECK(CountRelationships(*store, "HAS_DECOMPOSITION") == 3);
  CHECK(CountRelationships(*store, "FOR") == 3);

  auto t = Read(*store);
  const SpaceInfo* space = t->FindSpace("clip");
  REQUIRE(space != nullptr);
  CHECK(space->dimension == 4);
  CHECK(space->logit_scale == 4.5);
  CHECK(space->logit_bias == -16.0);
  // Rows of the dataset: s1, s0, s2, s3.
  CHECK(Sequence(*t, space->id, "s1") == Matrix(100, 3));
  CHECK(Sequence(*t, space->id, "s0") == Matrix(200, 2));
  CHECK(Sequence(*t, space->id, "s2").empty());
  CHECK(Sequence(*t, space->id, "s3") == Matrix(400, 1));
  const auto vector = [&](const char* label, const std::string& text) {
    return Must(t->GetVector(space->id, Node(*t, label, "text", text))).value();
  };
  const std::vector<float> b = Matrix(20, 2);
  CHECK(vector("SubAction", "turn") == std::vector<float>{0.625f, 0.75f, 0.875f, 1.0f});
  CHECK(vector("SubAction", whole) == std::vector<float>(b.begin(), b.begin() + 4));
  CHECK(vector("SubAction", "land") == std::vector<float>(b.begin() + 4, b.end()));
  const std::vector<float> options = Matrix(10, 2);
  CHECK(vector("Action", "b") == std::vector<float>(options.begin() + 4, options.end()));
  RequireConsistent(*store);

  // Once more, and in small pieces: nothing changes.
  const Lines before = Dump(*store);
  CHECK(Ingest(*store, "actalign", Fixture("ragged"), Options({{"model", "gpt"}})).already_done);
  Ingest(*store, "actalign", Fixture("ragged"), Options({{"model", "gpt"}, {"force", "true"}}), 1);
  CHECK(Dump(*store) == before);
}

TEST_CASE("arrays whose shapes agree are read alike", "[ingest][actalign]") {
  TestFolder folder;
  auto store = OpenStore(folder / "store");
  const IngestSummary summary =
      Ingest(*store, "actalign", Fixture("even"), Options({{"type", "float16"}}));
  CHECK(summary.rows == 2);
  auto t = Read(*store);
  const SpaceInfo* space = t->FindSpace("clip");
  REQUIRE(space != nullptr);
  CHECK(space->element == VectorElement::kFloat16);
  CHECK(Sequence(*t, space->id, "s0") == Matrix(5, 3));
  CHECK(Sequence(*t, space->id, "s1") == Matrix(6, 3));
  CHECK(Must(t->CountVectors(space->id)) == 8);
  CHECK(CountNodes(*store, "SubAction") == 8);
}

TEST_CASE("files that contradict each other, and options, are refused", "[ingest][actalign]") {
  TestFolder folder;
  auto store = OpenStore(folder / "store");
  const std::string input = folder / "input";
  CHECK(
      IngestError(*store, "actalign", folder.path(), Options()).find("generated_subactions.json") !=
      std::string::npos);
  std::filesystem::create_directories(input);
  const auto put = [&](const char* from, const char* file) {
    std::filesystem::copy_file(Fixture(from) + "/" + file, input + "/" + file,
                               std::filesystem::copy_options::overwrite_existing);
  };
  put("even", "generated_subactions.json");
  CHECK(IngestError(*store, "actalign", input, {}).find("--space") != std::string::npos);
  CHECK(IngestError(*store, "actalign", input, {{"space", "s"}, {"logit-scale", "wide"}})
            .find("--logit-scale") != std::string::npos);
  put("ragged", "encoded_subactions.npy");
  CHECK(IngestError(*store, "actalign", input, Options()).find("has 3 samples") !=
        std::string::npos);
  std::filesystem::remove(input + "/encoded_subactions.npy");
  put("ragged", "video_embeddings.npy");
  CHECK(IngestError(*store, "actalign", input, Options()).find("processed_dataset.npy") !=
        std::string::npos);
  CHECK(CountNodes(*store, "Question") == 0);

  // Another run of the same dataset has other steps under the same names.
  put("even", "video_embeddings.npy");
  put("even", "encoded_subactions.npy");
  Ingest(*store, "actalign", input, Options());
  WriteFile(
      input + "/generated_subactions.json",
      R"([{"id": "s0", "domain": "gym", "question": "Which one?", "cleaned_options": ["a", "b"],
                 "correct_answer_index": 0,
                 "subactions": {"a in gym": ["2", "1"], "b in gym": ["3", "4"]}}])");
  std::filesystem::remove(input + "/encoded_subactions.npy");
  std::filesystem::remove(input + "/video_embeddings.npy");
  CHECK(IngestError(*store, "actalign", input, Options()).find("--run") != std::string::npos);
  Ingest(*store, "actalign", input, Options({{"run", "second"}}));
  CHECK(CountNodes(*store, "Decomposition") == 6);
  RequireConsistent(*store);
}

TEST_CASE("the reference samples of ActAlign", "[real]") {
  const std::string input = RealData("reference/actalign");
  if (input.empty()) return;
  TestFolder folder;
  auto store = OpenStore(folder / "store");
  const IngestSummary summary =
      Ingest(*store, "actalign", input,
             {{"space", "siglip"}, {"logit-scale", "4.72"}, {"logit-bias", "-16.77"}});
  CHECK(summary.rows == 40);
  CHECK(OddityCount(summary, "options without subactions") == 3);
  CHECK(CountNodes(*store, "Question") == 40);
  CHECK(CountNodes(*store, "Video") == 40);

  const auto document = format::ReadNpy(input + "/video_embeddings.npy");
  REQUIRE(document.ok());
  const ingest::Nested videos(document->root());
  auto t = Read(*store);
  const SpaceInfo* space = t->FindSpace("siglip");
  REQUIRE(space != nullptr);
  CHECK(Must(t->CountSequences(space->id)) == 40);
  std::vector<float> rows;
  size_t dimension = 0;
  for (size_t i : {size_t{0}, size_t{17}, size_t{39}}) {
    REQUIRE(videos[i].ReadMatrix(&rows, &dimension));
    CHECK(dimension == 192);
    const std::string id = (i < 10 ? "s00" : "s0") + std::to_string(i);
    CHECK(Sequence(*t, space->id, id) == rows);
  }
  RequireConsistent(*store);
}

}  // namespace
}  // namespace gesta::test
