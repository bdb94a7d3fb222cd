// AlignmentView: all there is to see of one video aligned with one action.
#ifndef GESTA_QUERY_VIDEO_ALIGNMENT_VIEW_H_
#define GESTA_QUERY_VIDEO_ALIGNMENT_VIEW_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "align/options.h"
#include "gesta/align.h"
#include "gesta/function.h"
#include "gesta/status.h"
#include "gesta/store.h"
#include "gesta/value.h"

namespace gesta::video {

struct AlignmentView {
  std::string title;                // what video and action are called
  alignment::Alignment alignment;   // with its path
  std::vector<float> similarities;  // frames x subactions
  std::vector<std::string> subactions;
  bool has_probabilities = false;  // similarities are probabilities, not cosines
  // Of a video's node with a sequence.
  std::optional<NodeId> video;
  std::optional<SequenceInfo> sequence;

  size_t frames() const { return subactions.empty() ? 0 : similarities.size() / subactions.size(); }
};

// The options that decide what is compared, for AlignerOptions::CheckNames.
std::vector<std::string_view> ViewOptionNames(std::initializer_list<std::string_view> others);

// Video and action as dtw_score() takes them, and a space's name, or null where both are lists.
// kNotFound where there is no sequence or no decomposition.
Result<AlignmentView> ViewAlignment(EvaluationContext& context, std::string_view procedure,
                                    const Value& video, const Value& action, const Value& space,
                                    const AlignerOptions& options);

}  // namespace gesta::video

#endif  // GESTA_QUERY_VIDEO_ALIGNMENT_VIEW_H_
