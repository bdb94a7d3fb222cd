// Annotation files shaped like HAKE-AVA's, of any size: videos of 897 key frames, persons who stay
// for a while, one to five actions each, and states of their bodies' parts.
//
// The distributions follow what is published of AVA and HAKE-AVA: a few poses and talking make most
// of the actions, most persons do two or three things at once, half of the parts have no state, and
// an action goes with few states of each part. The same seed gives the same file.
#ifndef GESTA_TESTS_BENCH_PASTA_ANNOTATIONS_H_
#define GESTA_TESTS_BENCH_PASTA_ANNOTATIONS_H_

#include <cstdint>
#include <string>

#include "gesta/status.h"

namespace gesta::bench {

struct AnnotationOptions {
  uint64_t rows = 1'000'000;
  uint64_t seed = 1;
  bool header = false;
};

struct AnnotationCounts {
  uint64_t rows = 0;
  uint64_t videos = 0;
  uint64_t boxes = 0;
  uint64_t states = 0;
  uint64_t bytes = 0;
};

// Rows of video_pasta_*.csv; video ids are eleven characters, as those of the web's videos are.
Result<AnnotationCounts> WritePastaCsv(const std::string& path, const AnnotationOptions& options);

// Rows of DIO_*.csv: the persons of a file made by WritePastaCsv with the same options, one in four
// of them with an object.
Result<AnnotationCounts> WriteDioCsv(const std::string& path, const AnnotationOptions& options);

}  // namespace gesta::bench

#endif  // GESTA_TESTS_BENCH_PASTA_ANNOTATIONS_H_
