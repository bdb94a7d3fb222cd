// Evaluation of temporal detection: mean average precision over temporal IoU on a dataset's videos.
//
//   gesta::DetectionEvaluationOptions options;
//   options.dataset = "FineGym";
//   options.model = "models/finegym";
//   auto evaluation = gesta::EvaluateDetection(*database, options);
//
// The truth are the segments of the videos in a split (test), by the fine label that each shows.
// What is compared with it comes from networks that score the videos' stored clip features, or from
// a file.
#ifndef GESTA_DETECTION_EVALUATION_H_
#define GESTA_DETECTION_EVALUATION_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gesta/database.h"
#include "gesta/status.h"

namespace gesta {

// One detected segment of one class.
struct DetectedSegment {
  std::string video;  // Video.id
  int64_t label = 0;  // Action.index
  double start = 0;   // seconds
  double end = 0;
  double score = 0;
  std::string place;  // where it was read, for messages; may be empty
};

struct DetectionEvaluationOptions {
  std::string dataset;
  std::string split = "test";  // Split.name
  std::string level = "fine";  // Action.level
  // A folder with torch state_dict files: encoder and fine_level_classifier (.pkl, .pt or .pth),
  // each of linear layers with ReLU between them. Or the detections themselves: exactly one of
  // both.
  std::string model;
  std::optional<std::vector<DetectedSegment>> detections;
  std::string device;  // "cpu", "cuda", …; empty: cpu
  std::string space;   // of the clip features; empty: Dataset.clip_space
  // What is not given comes from the dataset's protocol_tiou, protocol_alpha and protocol_kmax, and
  // else is 0.1, 0.15, …, 0.5; 0.1; 2.
  std::vector<double> tiou;
  std::optional<double> alpha;
  std::optional<int64_t> kmax;
  // Segments whose end is not after their start do not count. By default they do, as published:
  // nothing can find them.
  bool drop_empty = false;
  bool keep_detections = false;  // fills DetectionEvaluation::detections
  // Called with the number of videos done and of all; may be empty.
  std::function<void(uint64_t done, uint64_t total)> progress;
};

// Average precisions in per cent.
struct DetectionMetrics {
  std::vector<double> at;  // at each threshold
  double average = 0;      // over the thresholds
};

struct DetectionEvaluation {
  struct Class {
    int64_t index = 0;
    std::string text;
    std::optional<int64_t> coarse;  // index of its coarse class
    uint64_t segments = 0;          // of the truth
    uint64_t detections = 0;
    DetectionMetrics precision;
  };
  struct Group {  // a coarse class: means over its fine classes
    std::string text;
    uint64_t classes = 0;
    uint64_t present = 0;  // classes that have truth
    uint64_t segments = 0;
    uint64_t detections = 0;
    DetectionMetrics all;
    DetectionMetrics present_only;
  };
  std::vector<double> tiou;
  std::vector<double> report;  // those of the dataset's protocol_report that are in tiou, or all
  double alpha = 0;
  int64_t kmax = 0;
  uint64_t videos = 0;
  uint64_t videos_without_features = 0;
  uint64_t empty_segments = 0;      // whose end is not after their start, whether they count or not
  Group total;                      // over all classes
  std::vector<Class> classes;       // by index
  std::map<int64_t, Group> coarse;  // by index
  std::vector<DetectedSegment> detections;  // by class, best first
};

// kNotFound: no such dataset, split, features or model. kInvalidArgument: options that do not go
// together. kBadData: networks that do not fit the features or the classes, detections of unknown
// videos or labels.
Result<DetectionEvaluation> EvaluateDetection(Database& database,
                                              const DetectionEvaluationOptions& options);

}  // namespace gesta

#endif  // GESTA_DETECTION_EVALUATION_H_
