// Evaluation of video alignment: how often the right option of a question comes first.
//
//   gesta::VideoEvaluationOptions options;
//   options.exact = true;
//   auto evaluation = gesta::EvaluateVideos(*database, options);
//
// A sample is a question about a video with several actions to choose from,
//   (:Video)<-[:ABOUT]-(:Question {text, domain})-[:OPTION {index, correct}]->(:Action),
// as ActAlign's published data has them. Options are scored by dtw_score() with their
// decompositions, or by meanpool_score() with their own vectors; equal scores rank by index.
#ifndef GESTA_VIDEO_EVALUATION_H_
#define GESTA_VIDEO_EVALUATION_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "gesta/database.h"
#include "gesta/status.h"

namespace gesta {

struct VideoEvaluationOptions {
  std::string aligner = "dtw";  // or "meanpool"
  std::string space;            // empty: the only one with sequences
  std::string dataset;          // of the videos; empty: all
  bool exact = false;           // similarities and totals as the published method computes them
  bool cosine = false;          // no sigmoid
  int64_t smooth = 0;           // frames that are averaged; 0 and 1: none
  std::string device = "auto";
  // The published evaluation's numbers. An option without subactions is dropped, and the place of
  // the best among the rest is compared with the right one's place among all; an even smoothing
  // window loses a frame; mean pooling divides the options' vectors by the Frobenius norm of their
  // matrix.
  bool seed_compatible = false;
  // Called with the number of samples done and of all; may be empty.
  std::function<void(uint64_t done, uint64_t total)> progress;
};

struct VideoEvaluation {
  struct Accuracy {
    uint64_t samples = 0;
    double top[3] = {0, 0, 0};  // share of samples whose right option is among the first 1, 2, 3
  };
  Accuracy overall;
  std::map<std::string, Accuracy> domains;   // by the questions' domain
  std::map<std::string, uint64_t> left_out;  // questions by why they are no samples
  uint64_t missing_options = 0;              // of samples: without subactions or vector
  std::string space;

  struct Sample {
    int64_t question = 0;  // id of the node
    std::string text, domain, answer;
    std::string predicted;  // the best option's text; empty: none was scored
    int64_t rank = 0;       // of the right option, from 1; 0: not scored
    double margin = 0;      // score of the right option less that of the best other one
  };
  std::vector<Sample> samples;  // by question
};

// kNotFound when the store has no samples.
Result<VideoEvaluation> EvaluateVideos(Database& database, const VideoEvaluationOptions& options);

}  // namespace gesta

#endif  // GESTA_VIDEO_EVALUATION_H_
