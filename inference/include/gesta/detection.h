// Temporal detection from scores of clips, and its average precision. Plain arithmetic: knows
// neither stores nor models. Thread-safe.
#ifndef GESTA_DETECTION_H_
#define GESTA_DETECTION_H_

#include <cstddef>
#include <vector>

namespace gesta::detection {

// A segment of a video, in seconds.
struct Segment {
  size_t video = 0;
  double start = 0;
  double end = 0;
};

struct Detection : Segment {
  double score = 0;
};

struct DetectOptions {
  double alpha = 0.1;  // of the threshold
  size_t kmax = 2;     // the class score is the mean of the ceil(clips / kmax) best clips
};

// The segments in which each class is seen in one video, as HAAN (hierarchical atomic action
// network) and weakly supervised detection before it publish the method. `scores` is clips x
// classes, row after row. For each class on its own:
//
//   class score   mean of its ceil(clips / kmax) highest clip scores; where that is not above 0,
//   all
//                 its clip scores count as 0, so that nothing is detected
//   threshold     mean + alpha * (max - min) of its clip scores
//   segments      the longest runs of clips with scores above the threshold, clip t being the time
//                 [t, t + 1) / clips_per_second
//   score         the run's highest clip score + half of the class score
//
// Appends to (*detections)[class], in order of time.
void Detect(const float* scores, size_t clips, size_t classes, double clips_per_second,
            size_t video, const DetectOptions& options,
            std::vector<std::vector<Detection>>* detections);

// Intersection over union of two segments of time; 0 where one is empty.
double TemporalIou(const Segment& a, const Segment& b);

// Average precision of one class at each of the thresholds, as ActivityNet computes it. Detections
// count from the highest score on, of equal ones the first; each takes the segment of its video
// that overlaps it most (of equal ones the first) among those not taken, if their tIoU reaches the
// threshold, and is false otherwise. Precision is interpolated as in PASCAL VOC 2011. 0 without
// truth or detections.
std::vector<double> AveragePrecision(std::vector<Detection> detections,
                                     const std::vector<Segment>& truth,
                                     const std::vector<double>& thresholds);

}  // namespace gesta::detection

#endif  // GESTA_DETECTION_H_
