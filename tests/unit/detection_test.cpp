// Temporal detection from clip scores, and average precision, on cases worked out by hand.
#include "gesta/detection.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

namespace gesta::test {
namespace {

using detection::AveragePrecision;
using detection::Detection;
using detection::DetectOptions;
using detection::Segment;

// Detections of one class: {start, end, score} each.
std::vector<std::vector<double>> DetectOne(const std::vector<float>& scores, double rate,
                                           DetectOptions options) {
  std::vector<std::vector<Detection>> found;
  detection::Detect(scores.data(), scores.size(), 1, rate, /*video=*/7, options, &found);
  REQUIRE(found.size() == 1);
  std::vector<std::vector<double>> rows;
  for (const Detection& one : found[0]) {
    CHECK(one.video == 7);
    rows.push_back({one.start, one.end, one.score});
  }
  return rows;
}

using Rows = std::vector<std::vector<double>>;

TEST_CASE("runs of clips above the threshold", "[detection]") {
  // Best half: (5 + 4) / 2 = 4.5. Threshold: 3.25 + 0.1 * (5 - 1) = 3.65.
  CHECK(DetectOne({3, 1, 5, 4}, 2, {0.1, 2}) == Rows{{1, 2, 5 + 2.25}});
  // A higher one, 3.25 + 0.25 * 4 = 4.25, leaves the peak; a lower one, 2.85, makes two runs.
  CHECK(DetectOne({3, 1, 5, 4}, 1, {0.25, 2}) == Rows{{2, 3, 7.25}});
  CHECK(DetectOne({3, 1, 5, 4}, 1, {-0.1, 2}) == Rows{{0, 1, 5.25}, {2, 4, 7.25}});
  // Equal to the threshold is not above it.
  CHECK(DetectOne({2, 2, 2}, 1, {0.1, 2}).empty());
  CHECK(DetectOne({0, 2}, 1, {0.5, 2}).empty());
}

TEST_CASE("how many clips make the class score", "[detection]") {
  // ceil(5 / 2) = 3 and ceil(5 / 4) = 2 best clips.
  const std::vector<float> scores = {4, -4, 1, 0, -9};
  CHECK(DetectOne(scores, 1, {0.1, 2}) ==
        Rows{{0, 1, 4 + (4 + 1 + 0) / 6.0}, {2, 4, 1 + (4 + 1 + 0) / 6.0}});
  CHECK(DetectOne(scores, 1, {0.4, 4}) == Rows{{0, 1, 4 + 2.5 / 2}});
  CHECK(DetectOne({3}, 1, {-0.1, 5}).empty());
}

TEST_CASE("a class whose score is not above zero is nowhere", "[detection]") {
  CHECK(DetectOne({1, -1, -3}, 1, {-0.8, 2}).empty());  // (1 - 1) / 2
  CHECK(DetectOne({1, -1, -3}, 1, {-0.1, 3}) == Rows{{0, 2, 1.5}});
  CHECK(DetectOne({}, 1, {0.1, 2}).empty());
}

TEST_CASE("classes are found on their own", "[detection]") {
  std::vector<std::vector<Detection>> found;
  const float scores[] = {1, 9, 2, 0, 3, 0};  // 3 clips x 2 classes
  detection::Detect(scores, 3, 2, 1, 0, {0.1, 2}, &found);
  detection::Detect(scores, 3, 2, 1, 1, {0.1, 2}, &found);
  REQUIRE(found.size() == 2);
  CHECK(found[0].size() == 2);
  REQUIRE(found[1].size() == 2);
  CHECK(found[1][0].video == 0);
  CHECK(found[1][0].start == 0);
  CHECK(found[1][1].video == 1);
}

TEST_CASE("temporal intersection over union", "[detection]") {
  CHECK(detection::TemporalIou({0, 1, 3}, {0, 2, 4}) == Approx(1.0 / 3));
  CHECK(detection::TemporalIou({0, 1, 3}, {0, 1, 3}) == 1);
  CHECK(detection::TemporalIou({0, 1, 3}, {0, 3, 4}) == 0);
  CHECK(detection::TemporalIou({0, 1, 3}, {0, 2, 2}) == 0);
  CHECK(detection::TemporalIou({0, 0, 9}, {0, 5, 4}) == 0);
}

Detection At(size_t video, double start, double end, double score) {
  Detection one;
  one.video = video;
  one.start = start;
  one.end = end;
  one.score = score;
  return one;
}

TEST_CASE("average precision", "[detection]") {
  const std::vector<Segment> truth = {{0, 0, 10}, {1, 0, 10}};
  SECTION("a wrong one between two right ones is interpolated away behind them") {
    // Right, wrong (another video), right: precisions 1 and 2/3.
    CHECK(AveragePrecision({At(0, 0, 10, 3), At(2, 0, 10, 2), At(1, 0, 10, 1)}, truth, {0.5}) ==
          std::vector<double>{(1.0 + 2.0 / 3) / 2});
    // Wrong first: 1/2 at the first right one is raised to 2/3.
    CHECK(AveragePrecision({At(2, 0, 10, 3), At(0, 0, 10, 2), At(1, 0, 10, 1)}, truth, {0.5})[0] ==
          Approx(2.0 / 3));
  }
  SECTION("a segment is found once") {
    CHECK(AveragePrecision({At(0, 0, 10, 3), At(0, 1, 10, 2)}, truth, {0.5}) ==
          std::vector<double>{0.5});
  }
  SECTION("thresholds are reached, not passed") {
    CHECK(AveragePrecision({At(0, 0, 5, 1)}, {{0, 0, 10}}, {0.5, 0.51}) ==
          std::vector<double>{1, 0});
  }
  SECTION("of equal scores the first counts first") {
    CHECK(AveragePrecision({At(0, 0, 10, 1), At(2, 0, 10, 1)}, {{0, 0, 10}}, {0.5})[0] == 1);
    CHECK(AveragePrecision({At(2, 0, 10, 1), At(0, 0, 10, 1)}, {{0, 0, 10}}, {0.5})[0] == 0.5);
  }
  SECTION("the best overlap is taken first, and the next one when that is gone") {
    const std::vector<Segment> two = {{0, 0, 8}, {0, 0, 10}};
    CHECK(AveragePrecision({At(0, 0, 10, 2), At(0, 0, 10, 1)}, two, {0.7}) ==
          std::vector<double>{1});
    CHECK(AveragePrecision({At(0, 0, 10, 2), At(0, 0, 8, 1)}, two, {0.9}) ==
          std::vector<double>{1});
  }
  SECTION("nothing to find, nothing found") {
    CHECK(AveragePrecision({}, truth, {0.5}) == std::vector<double>{0});
    CHECK(AveragePrecision({At(0, 0, 10, 2)}, {}, {0.5, 0.7}) == std::vector<double>{0, 0});
  }
}

}  // namespace
}  // namespace gesta::test
