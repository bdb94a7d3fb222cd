// Vectors of decompositions' steps in a space, under a sentence that may say the action and the
// domain: they are the decomposition's sequence there, a row for each step.
#ifndef GESTA_QUERY_VIDEO_STEP_VECTORS_H_
#define GESTA_QUERY_VIDEO_STEP_VECTORS_H_

#include <string>
#include <string_view>
#include <vector>

#include "gesta/function.h"
#include "gesta/status.h"
#include "gesta/store.h"

namespace gesta::video {

// One decomposition's.
struct StepVectors {
  std::vector<std::string> texts;  // in their sentences, in order
  uint64_t source = 0;             // what the vectors are made from (SequenceInfo::source)
  std::vector<float> rows;         // empty: not embedded
};

class StepEmbedder {
 public:
  // `sentence`: gesta/decompose_prompt.h's SubactionText. `context` is borrowed, and must have
  // models. kNotFound for a space that is not there or has no model; kConflict for a model that is
  // not the space's.
  static Result<StepEmbedder> Open(EvaluationContext* context, const std::string& space,
                                   std::string sentence);

  // The steps put into their sentences.
  Result<StepVectors> Prepare(const std::vector<std::string>& steps, std::string_view action,
                              std::string_view domain) const;
  // Whether the decomposition has these vectors already.
  Result<bool> IsUpToDate(NodeId decomposition, const StepVectors& steps) const;
  // Embeds the texts of all, each text once. Where the space pads texts to the longest of their
  // batch, a decomposition is a batch.
  Status Embed(const std::vector<StepVectors*>& steps) const;
  // Writes the vectors.
  Status Store(NodeId decomposition, const StepVectors& steps) const;

 private:
  StepEmbedder() = default;

  EvaluationContext* context_ = nullptr;
  SpaceInfo space_;
  std::string version_;  // of the model
  std::string sentence_;
};

}  // namespace gesta::video

#endif  // GESTA_QUERY_VIDEO_STEP_VECTORS_H_
