// What an evaluation of temporal detection reads from a store.
#ifndef GESTA_QUERY_EVALUATE_DETECTION_DATA_H_
#define GESTA_QUERY_EVALUATE_DETECTION_DATA_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gesta/database.h"
#include "gesta/detection.h"
#include "gesta/status.h"

namespace gesta::evaluate {

struct DetectionVideo {
  NodeId node = 0;
  std::string id;
  double clips_per_second = 0;  // 0: not known
};

struct DetectionClass {
  int64_t index = 0;
  std::string text;
  std::optional<int64_t> coarse;
  std::string coarse_text;
  std::vector<detection::Segment> truth;  // `video`: place among the videos; ordered by ordinal
};

struct DetectionData {
  // Of the dataset; unset or empty where it does not say.
  std::string clip_space;
  std::optional<double> alpha;
  std::optional<int64_t> kmax;
  std::vector<double> tiou;
  std::vector<double> report;

  std::vector<DetectionVideo> videos;   // of the split, by Video.index, then id of the node
  std::vector<DetectionClass> classes;  // of the level, by index
};

// kNotFound: there is no such dataset, or it has no labels of the level or no videos in the split.
Result<DetectionData> ReadDetectionData(Connection& connection, const std::string& dataset,
                                        const std::string& split, const std::string& level);

}  // namespace gesta::evaluate

#endif  // GESTA_QUERY_EVALUATE_DETECTION_DATA_H_
