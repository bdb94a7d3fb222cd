// EvaluateDetection: from stored features through networks to mean average precision, on a dataset
// small enough to work out by hand (fixtures/haan/make_fixtures.py).
//
// The test videos are v1 (a clip a second) and v2 (two). Their scores of the three classes, and
// what the defaults (alpha 0.1, kmax 2) find in them:
//
//   v1  class 0: 3 1 5 4            [2, 4] 7.25    class 1: 0 0 1 0         [2, 3] 1.25
//       class 2: 2 0 3 3            [2, 4] 4.5
//   v2  class 0: 1 1 1 6 1 2        [1.5, 2] 7.5   class 1: 2 2 0 1 1 5     [2.5, 3] 6.5
//       class 2: -2 -2 0 4 -1 -4    [1, 2] 4.5
//
// Annotated are class 2 in v1 [2, 4] and in v2 [1, 3], class 0 in v2 [1.5, 2], and class 1 in v2
// twice, both times empty.
#include "gesta/detection_evaluation.h"

#include <catch2/catch.hpp>

#include "ingest_test_support.h"
#include "models_support.h"

namespace gesta::test {
namespace {

std::string Fixture(const std::string& name) {
  return std::string(GESTA_SOURCE_DIR) + "/tests/unit/fixtures/haan/" + name;
}

struct Fixed {
  explicit Fixed(OptionMap more = {}) {
    more.emplace("dataset", "X");
    more.emplace("train-videos", "1");
    {
      const auto store = OpenStore(folder / "store");
      Ingest(*store, "haan", Fixture("ragged"), more);
    }
    database = Must(Database::Open(folder / "store"));
    options.dataset = "X";
    options.tiou = {0.5, 0.75};
  }

  TestFolder folder;
  std::unique_ptr<Database> database;
  DetectionEvaluationOptions options;
};

using Numbers = std::vector<double>;

// What the comment above says, as detections from outside.
std::vector<DetectedSegment> ByHand() {
  return {{"v1", 0, 2, 4, 7.25, ""},  {"v2", 0, 1.5, 2, 7.5, ""}, {"v1", 1, 2, 3, 1.25, ""},
          {"v2", 1, 2.5, 3, 6.5, ""}, {"v1", 2, 2, 4, 4.5, ""},   {"v2", 2, 1, 2, 4.5, ""}};
}

void CheckPrecisions(const DetectionEvaluation& evaluation) {
  REQUIRE(evaluation.classes.size() == 3);
  CHECK(evaluation.classes[0].precision.at == Numbers{100, 100});
  CHECK(evaluation.classes[1].precision.at == Numbers{0, 0});
  // Of equal scores the first video's counts first, and the other one's overlaps by half.
  CHECK(evaluation.classes[2].precision.at == Numbers{100, 50});
  CHECK(evaluation.classes[2].precision.average == 75);
  CHECK(evaluation.classes[2].text == "class 2");
  CHECK(evaluation.classes[2].coarse == 1);
  CHECK(evaluation.total.all.at[0] == Approx(200.0 / 3));
  CHECK(evaluation.total.all.at[1] == Approx(50));
  CHECK(evaluation.total.all.average == Approx((200.0 / 3 + 50) / 2));
  CHECK(evaluation.coarse.at(0).all.average == Approx(50));
  CHECK(evaluation.coarse.at(0).classes == 2);
  CHECK(evaluation.coarse.at(1).all.average == Approx(75));
}

TEST_CASE("detections from outside are evaluated", "[detection]") {
  Fixed f;
  f.options.detections = ByHand();
  const DetectionEvaluation evaluation = Must(EvaluateDetection(*f.database, f.options));
  CheckPrecisions(evaluation);
  CHECK(evaluation.videos == 2);
  CHECK(evaluation.total.segments == 5);
  CHECK(evaluation.empty_segments == 2);
  CHECK(evaluation.total.present == 3);
  f.options.drop_empty = true;
  const DetectionEvaluation dropped = Must(EvaluateDetection(*f.database, f.options));
  CHECK(dropped.total.segments == 3);
  CHECK(dropped.empty_segments == 2);
  CHECK(dropped.total.present == 2);
  CHECK(dropped.total.present_only.average == Approx(87.5));
  CHECK(dropped.total.all.average == Approx(evaluation.total.all.average));
}

TEST_CASE("a dataset's protocol gives what is not said", "[detection]") {
  TestFolder files;
  WriteFile(files / "p.json", R"({"alpha": 0.25, "kmax": 3, "tiou": [0.3, 0.6], "report": [0.6]})");
  Fixed f({{"protocol", files / "p.json"}});
  f.options.detections = ByHand();
  f.options.tiou.clear();
  const DetectionEvaluation evaluation = Must(EvaluateDetection(*f.database, f.options));
  CHECK(evaluation.tiou == Numbers{0.3, 0.6});
  CHECK(evaluation.report == Numbers{0.6});
  CHECK(evaluation.alpha == 0.25);
  CHECK(evaluation.kmax == 3);
  f.options.tiou = {0.5};
  f.options.alpha = -1;
  f.options.kmax = 8;
  const DetectionEvaluation said = Must(EvaluateDetection(*f.database, f.options));
  CHECK(said.tiou == Numbers{0.5});
  CHECK(said.report == Numbers{0.5});
  CHECK(said.alpha == -1);
  CHECK(said.kmax == 8);
}

#ifdef GESTA_WITH_TORCH
TEST_CASE("networks find segments in stored features", "[detection]") {
  const Environment modules("GESTA_MODULE_DIR", GESTA_MODULES);
  Fixed f;
  f.options.model = Fixture("models");
  f.options.keep_detections = true;
  uint64_t last = 0;
  f.options.progress = [&](uint64_t done, uint64_t total) {
    CHECK(total == 2);
    last = done;
  };
  const DetectionEvaluation evaluation = Must(EvaluateDetection(*f.database, f.options));
  CHECK(last == 2);
  CHECK(evaluation.alpha == 0.1);
  CHECK(evaluation.kmax == 2);
  CheckPrecisions(evaluation);
  // By class, best first.
  std::vector<DetectedSegment> expected = ByHand();
  std::swap(expected[0], expected[1]);
  std::swap(expected[2], expected[3]);
  REQUIRE(evaluation.detections.size() == expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    INFO(i);
    CHECK(evaluation.detections[i].video == expected[i].video);
    CHECK(evaluation.detections[i].label == expected[i].label);
    CHECK(evaluation.detections[i].start == expected[i].start);
    CHECK(evaluation.detections[i].end == expected[i].end);
    CHECK(evaluation.detections[i].score == Approx(expected[i].score));
  }
}

TEST_CASE("networks that do not fit", "[detection]") {
  const Environment modules("GESTA_MODULE_DIR", GESTA_MODULES);
  Fixed f;
  TestFolder files;
  const auto error = [&] { return EvaluateDetection(*f.database, f.options).status().ToString(); };
  f.options.model = files.path();
  CHECK_THAT(error(), Catch::Contains("there is no encoder.pkl in"));
  const auto write = [&](const std::string& name, const PickleText& state) {
    WriteFile(files / name, state.Finish());
  };
  const std::vector<float> ones(6, 1);
  write("encoder.pkl", PickleText().Begin().String("a.weight").Floats(ones, 2, 3).EndDict());
  write("fine_level_classifier.pt",
        PickleText().Begin().String("b.weight").Floats(ones, 3, 2).EndDict());
  CHECK_THAT(error(), Catch::Contains("the encoder takes 3 features a clip, and those of 'X clips' "
                                      "have 2"));
  write("encoder.pkl", PickleText().Begin().String("a.weight").Floats({1, 2}, 1, 2).EndDict());
  CHECK_THAT(error(), Catch::Contains("fine_level_classifier.pt: takes 2 numbers, but the network "
                                      "before it gives 1"));
  write("encoder.pkl",
        PickleText().Begin().String("a.weight").Floats({1, 0, 0, 1}, 2, 2).EndDict());
  write("fine_level_classifier.pt",
        PickleText().Begin().String("b.weight").Floats(ones, 2, 2).EndDict());
  CHECK_THAT(error(),
             Catch::Contains("the classifier scores 2 classes, and the dataset 'X' has 3"));
  write("encoder.pkl", PickleText().Begin().String("a.weights").Floats({1, 2}, 1, 2).EndDict());
  CHECK_THAT(error(), Catch::Contains("the tensor 'a.weights' of shape (1, 2) does not belong"));
  WriteFile(files / "encoder.pkl", "nothing");
  CHECK_THAT(error(), Catch::Contains("encoder.pkl"));
  f.options.model = Fixture("models");
  f.options.space = "other";
  CHECK_THAT(error(), Catch::Contains("there is no embedding space named 'other'"));
}
#endif

TEST_CASE("errors of an evaluation of detection", "[detection]") {
  Fixed f;
  const auto error = [&] { return EvaluateDetection(*f.database, f.options).status().ToString(); };
  CHECK_THAT(error(), Catch::Contains("needs either networks or a file of detections"));
  f.options.detections = {{"v0", 0, 1, 2, 3, "p.csv: line 2"}};
  CHECK_THAT(error(), Catch::Contains("p.csv: line 2: the video 'v0' is not in the split"));
  f.options.detections = {{"v1", 3, 1, 2, 3, ""}};
  CHECK_THAT(error(), Catch::Contains("the dataset has no class 3"));
  f.options.split = "val";
  CHECK_THAT(error(), Catch::Contains("has no videos in a split 'val'"));
  f.options.level = "label";
  CHECK_THAT(error(), Catch::Contains("has no labels of level 'label'"));
  f.options.dataset = "XX";
  CHECK_THAT(error(), Catch::Contains("there is no dataset 'XX'"));
  f.options.tiou = {0};
  CHECK_THAT(error(), Catch::Contains("a tIoU threshold is above 0 and at most 1"));
}

}  // namespace
}  // namespace gesta::test
