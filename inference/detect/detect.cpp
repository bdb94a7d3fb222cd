#include <algorithm>
#include <functional>
#include <numeric>

#include "gesta/detection.h"

namespace gesta::detection {
namespace {

// The mean of the `count` highest of the scores, which it reorders.
double MeanOfBest(std::vector<double>* scores, size_t count) {
  std::nth_element(scores->begin(), scores->begin() + static_cast<ptrdiff_t>(count - 1),
                   scores->end(), std::greater<>());
  return std::accumulate(scores->begin(), scores->begin() + static_cast<ptrdiff_t>(count), 0.0) /
         static_cast<double>(count);
}

double Threshold(const std::vector<double>& scores, double alpha) {
  const auto [lowest, highest] = std::minmax_element(scores.begin(), scores.end());
  const double mean =
      std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
  return mean + alpha * (*highest - *lowest);
}

}  // namespace

void Detect(const float* scores, size_t clips, size_t classes, double clips_per_second,
            size_t video, const DetectOptions& options,
            std::vector<std::vector<Detection>>* detections) {
  if (detections->size() < classes) detections->resize(classes);
  if (clips == 0) return;
  const size_t kmax = std::max<size_t>(options.kmax, 1);
  const size_t best = (clips + kmax - 1) / kmax;
  std::vector<double> column(clips), scratch;
  for (size_t c = 0; c < classes; ++c) {
    for (size_t t = 0; t < clips; ++t) column[t] = static_cast<double>(scores[t * classes + c]);
    scratch = column;
    const double class_score = MeanOfBest(&scratch, best);
    // Zeros throughout have the threshold 0 and never exceed it.
    if (!(class_score > 0)) continue;
    const double threshold = Threshold(column, options.alpha);
    for (size_t t = 0; t < clips; ++t) {
      if (!(column[t] > threshold)) continue;
      const size_t first = t;
      double peak = column[t];
      while (t < clips && column[t] > threshold) peak = std::max(peak, column[t++]);
      Detection detection;
      detection.video = video;
      detection.start = static_cast<double>(first) / clips_per_second;
      detection.end = static_cast<double>(t) / clips_per_second;
      detection.score = peak + 0.5 * class_score;
      (*detections)[c].push_back(detection);
    }
  }
}

}  // namespace gesta::detection
