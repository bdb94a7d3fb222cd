// FineGym and FineAction as the HAAN project publishes them, FineGym's split files, and the labels
// of SMIE: counts taken from the files with another program; and the published evaluation's
// figures.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "../unit/ingest_test_support.h"
#include "../unit/models_support.h"
#include "gesta/detection_evaluation.h"
#include "gesta/format/json.h"
#include "support/real_data.h"

namespace gesta::test {
namespace {

TEST_CASE("FineGym with its protocol", "[real]") {
  const std::string path = RealData("data/haan/FineGym");
  if (path.empty()) return;
  const TestFolder folder;
  const auto store = OpenStore(folder / "store");
  const IngestSummary summary =
      Ingest(*store, "haan", path, {{"dataset", "FineGym"}, {"protocol", "FineGym"}});
  CHECK(summary.rows == 34841);
  CHECK(summary.bad_rows == 0);
  CHECK(CountNodes(*store, "Video") == 4968);
  CHECK(CountNodes(*store, "Segment") == 34841);
  CHECK(CountNodes(*store, "Action") == 99 + 14);
  CHECK(CountRelationships(*store, "IS_A") == 99);
  CHECK(CountRelationships(*store, "SHOWS") == 34841);
  CHECK(CountRelationships(*store, "IN_SPLIT") == 4968);
  CHECK(OddityCount(summary, "whose end is not after their start") == 0);
  CHECK(OddityCount(summary, "that repeat one") == 0);
  RequireConsistent(*store);
}

TEST_CASE("FineAction, with its odd segments", "[real]") {
  const std::string path = RealData("data/haan/FineAction");
  if (path.empty()) return;
  const TestFolder folder;
  {
    const auto store = OpenStore(folder / "store");
    const IngestSummary summary =
        Ingest(*store, "haan", path, {{"dataset", "FineAction"}, {"protocol", "FineAction"}});
    CHECK(summary.rows == 81988);
    CHECK(CountNodes(*store, "Video") == 12614);
    CHECK(CountNodes(*store, "Segment") == 81988);
    CHECK(CountNodes(*store, "Action") == 106 + 14);
    CHECK(CountRelationships(*store, "SHOWS") == 81988);
    CHECK(OddityCount(summary, "whose end is not after their start") == 65);
    CHECK(OddityCount(summary, "that repeat one") == 51);
    RequireConsistent(*store);
  }
  // Of those in the test part, 15 are odd.
  const auto database = Must(Database::Open(folder / "store"));
  DetectionEvaluationOptions options;
  options.dataset = "FineAction";
  options.detections.emplace();
  const DetectionEvaluation evaluation = Must(EvaluateDetection(*database, options));
  CHECK(evaluation.videos == 12614 - 8440);
  CHECK(evaluation.empty_segments == 15);
  CHECK(evaluation.tiou.size() == 10);
  CHECK(evaluation.alpha == -0.8);
  CHECK(evaluation.kmax == 4);
}

TEST_CASE("FineGym's split files", "[real]") {
  const std::string path = RealData("data/haan/FineGym-new-split");
  if (path.empty()) return;
  const TestFolder folder;
  const auto store = OpenStore(folder / "store");
  const IngestSummary summary = Ingest(*store, "gym99", path, {{"dataset", "Gym99"}});
  CHECK(summary.rows == 26866 + 7975);
  CHECK(summary.bad_rows == 0);
  CHECK(OddityCount(summary, "start and end in the same second") == 2458);
  CHECK(CountNodes(*store, "Video") == 4968);
  CHECK(CountNodes(*store, "Action") == 99);
  CHECK(CountRelationships(*store, "IN_SPLIT") == 4968);
  RequireConsistent(*store);
}

TEST_CASE("labels with descriptions and published splits", "[real]") {
  const std::string path = RealData("data/smie");
  if (path.empty()) return;
  const TestFolder folder;
  const auto store = OpenStore(folder / "store");
  const IngestSummary summary = Ingest(*store, "smie", path);
  CHECK(summary.bad_rows == 0);
  CHECK(OddityCount(summary, "quote no label's name") == 0);
  CHECK(OddityCount(summary, "without a description") == 0);
  CHECK(CountNodes(*store, "Action") == 60 + 120 + 51);
  // Each experiment divides all labels of its dataset.
  CHECK(CountRelationships(*store, "IN_SPLIT") == 5 * 60 + 5 * 120 + 3 * 51);
  CHECK(CountNodes(*store, "Split") == 2 * 13);
  const auto actions = Nodes(*store, "Action");
  CHECK(std::count_if(actions.begin(), actions.end(), [](const std::string& action) {
          return action.find("text: 'Pickup'") != std::string::npos;
        }) == 3);
}

#ifdef GESTA_WITH_TORCH
TEST_CASE("the published detection evaluation, from features to figures", "[real]") {
  const std::string path = RealData("reference/haan");
  if (path.empty()) return;
  const Environment modules("GESTA_MODULE_DIR", GESTA_MODULES);
  const TestFolder folder;
  {
    const auto store = OpenStore(folder / "store");
    Ingest(*store, "haan", path,
           {{"dataset", "R"}, {"train-videos", "420"}, {"protocol", "FineGym"}});
  }
  const auto database = Must(Database::Open(folder / "store"));
  DetectionEvaluationOptions options;
  options.dataset = "R";
  options.model = path + "/models";
  options.keep_detections = true;
  const DetectionEvaluation evaluation = Must(EvaluateDetection(*database, options));
  const format::Document document = Must(format::ReadJsonFile(path + "/expected.json"));
  const format::Datum& expected = document.root();
  constexpr double kMargin = 1e-6;
  CHECK(evaluation.total.all.average ==
        Approx(expected.Find("average_mAP")->number()).margin(kMargin));
  CHECK(evaluation.total.present_only.average ==
        Approx(expected.Find("average_mAP_over_classes_with_truth")->number()).margin(kMargin));
  CHECK(evaluation.total.present ==
        static_cast<uint64_t>(expected.Find("classes_with_truth")->integer()));
  const format::Datum& at = *expected.Find("map_all_thresholds");
  REQUIRE(at.size() == evaluation.tiou.size());
  for (const auto& entry : at.entries()) {
    const double threshold = std::strtod(std::string(entry.key->text()).c_str(), nullptr);
    const auto place = std::find(evaluation.tiou.begin(), evaluation.tiou.end(), threshold);
    REQUIRE(place != evaluation.tiou.end());
    CHECK(evaluation.total.all.at[static_cast<size_t>(place - evaluation.tiou.begin())] ==
          Approx(entry.value->number()).margin(kMargin));
  }
  REQUIRE(evaluation.classes.size() == 99);
  const format::Datum& counts = *expected.Find("num_predictions");
  const format::Datum& averages = *expected.Find("per_class_ap_average");
  const format::Datum& first = *expected.Find("first_predictions");
  size_t begin = 0;
  for (const DetectionEvaluation::Class& one : evaluation.classes) {
    INFO("class " << one.index);
    const std::string key = std::to_string(one.index);
    const format::Datum* const count = counts.Find(key);
    REQUIRE(one.detections == (count ? static_cast<uint64_t>(count->integer()) : 0));
    if (const format::Datum* const average = averages.Find(key)) {
      CHECK(one.precision.average == Approx(average->number()).margin(kMargin));
    } else {
      CHECK(one.segments == 0);
    }
    if (const format::Datum* const found = first.Find(key)) {
      for (size_t i = 0; i < found->size(); ++i) {
        const DetectedSegment& got = evaluation.detections[begin + i];
        const format::Datum& want = (*found)[i];
        CHECK(got.label == one.index);
        CHECK(got.start == Approx(want[1].number()).margin(1e-5));
        CHECK(got.end == Approx(want[2].number()).margin(1e-5));
        CHECK(got.score == Approx(want[3].number()).margin(1e-5));
      }
    }
    begin += one.detections;
  }
}
#endif

}  // namespace
}  // namespace gesta::test
