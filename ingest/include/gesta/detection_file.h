// Files of detected segments: CSV with the columns video, class, start, end and score, in any order
// and perhaps among others; gzipped or not.
#ifndef GESTA_DETECTION_FILE_H_
#define GESTA_DETECTION_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "gesta/status.h"

namespace gesta {

struct DetectionRow {
  uint64_t line = 0;  // of the file, from 1
  std::string video;
  int64_t label = 0;  // class index
  double start = 0;   // seconds
  double end = 0;
  double score = 0;
};

// All rows in their order. kNotFound, kIo; kBadData names file and line: a column is missing, a
// number is none or not finite, a video has no name.
Result<std::vector<DetectionRow>> ReadDetectionFile(const std::string& path);

}  // namespace gesta

#endif  // GESTA_DETECTION_FILE_H_
