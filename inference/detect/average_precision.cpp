#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "gesta/detection.h"

namespace gesta::detection {
namespace {

using Overlap = std::pair<double, size_t>;  // tIoU, index of the segment

// The area below the precision that is reached at any recall from here on: each recall counts with
// the best precision of it and all higher ones. `is_right`: of the detections, best first.
double InterpolatedArea(const std::vector<char>& is_right, size_t truth) {
  double area = 0;
  double best = 0;
  auto found = static_cast<double>(std::count(is_right.begin(), is_right.end(), 1));
  for (size_t i = is_right.size(); i-- > 0;) {
    if (!is_right[i]) continue;  // a right one before it is at least as precise
    best = std::max(best, found / static_cast<double>(i + 1));
    area += best / static_cast<double>(truth);
    --found;
  }
  return area;
}

}  // namespace

double TemporalIou(const Segment& a, const Segment& b) {
  const double shared = std::min(a.end, b.end) - std::max(a.start, b.start);
  if (!(shared > 0)) return 0;
  return shared / ((a.end - a.start) + (b.end - b.start) - shared);
}

std::vector<double> AveragePrecision(std::vector<Detection> detections,
                                     const std::vector<Segment>& truth,
                                     const std::vector<double>& thresholds) {
  std::vector<double> precision(thresholds.size(), 0);
  if (truth.empty() || detections.empty()) return precision;
  std::stable_sort(detections.begin(), detections.end(),
                   [](const Detection& a, const Detection& b) { return a.score > b.score; });
  std::unordered_map<size_t, std::vector<size_t>> by_video;
  for (size_t i = 0; i < truth.size(); ++i) by_video[truth[i].video].push_back(i);
  std::vector<std::vector<char>> taken(thresholds.size(), std::vector<char>(truth.size(), 0));
  std::vector<std::vector<char>> is_right(thresholds.size(),
                                          std::vector<char>(detections.size(), 0));
  std::vector<Overlap> overlaps;
  for (size_t i = 0; i < detections.size(); ++i) {
    const auto candidates = by_video.find(detections[i].video);
    if (candidates == by_video.end()) continue;
    overlaps.clear();
    for (const size_t segment : candidates->second) {
      overlaps.emplace_back(TemporalIou(detections[i], truth[segment]), segment);
    }
    std::stable_sort(overlaps.begin(), overlaps.end(),
                     [](const Overlap& a, const Overlap& b) { return a.first > b.first; });
    for (size_t k = 0; k < thresholds.size(); ++k) {
      for (const auto& [overlap, segment] : overlaps) {
        if (overlap < thresholds[k]) break;
        if (taken[k][segment]) continue;
        taken[k][segment] = 1;
        is_right[k][i] = 1;
        break;
      }
    }
  }
  for (size_t k = 0; k < thresholds.size(); ++k) {
    precision[k] = InterpolatedArea(is_right[k], truth.size());
  }
  return precision;
}

}  // namespace gesta::detection
