// Pairs of a video and an action, aligned many at once: what the functions dtw_score, dtw_path and
// align_matrix, the aligner dtw and the evaluation have in common.
#ifndef GESTA_QUERY_VIDEO_PAIRS_H_
#define GESTA_QUERY_VIDEO_PAIRS_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "align/options.h"
#include "gesta/align.h"
#include "gesta/function.h"
#include "gesta/models.h"
#include "gesta/status.h"
#include "gesta/store.h"
#include "video/decompositions.h"

namespace gesta::video {

// How pairs are compared.
struct PairOptions {
  alignment::AlignOptions align;
  bool cosine = false;          // the cosine itself, whatever the space's scale and bias
  std::string device = "auto";  // "auto", "cpu", "cuda:0", …
  std::optional<Question> question;
};

// Reads question, smooth, published_smoothing, cosine, exact and device.
Result<PairOptions> ReadPairOptions(const AlignerOptions& options, Decompositions* decompositions);

// sigmoid(cosine * exp(scale) + bias): the space's own, else its model's; nullopt where neither has
// one.
Result<std::optional<alignment::Logit>> LogitOf(const SpaceInfo& space, ModelProvider* models);

// What a statement lends; borrowed.
struct PairContext {
  Transaction* transaction = nullptr;
  ModelProvider* models = nullptr;
  std::function<Status()> check_interrupt;  // may be empty
  // Counts bytes against the statement's budget until they are given back; may be empty.
  std::function<Status(size_t)> reserve;
  std::function<void(size_t)> release;

  Status CheckInterrupt() const;
};
PairContext ContextOf(EvaluationContext& context);

// A function that is given a node must be given a space.
Status NeedsSpace(const std::string& function);

// Frames and steps that are in memory at once.
inline constexpr size_t kPortionBytes = size_t{32} << 20;

class PairBatch {
 public:
  // `space`: null where all matrices are given. `name` is the function's in errors.
  PairBatch(PairContext context, std::string_view name, const SpaceInfo* space)
      : context_(std::move(context)),
        name_(name),
        function_(name_ + "()"),
        space_(space),
        decompositions_(context_.transaction) {}

  Decompositions& decompositions() { return decompositions_; }

  // The place of a video's frames, or of an action's steps, in this batch: a node's, or a list of
  // lists of numbers. nullopt: the node has no sequence in the space, no decomposition.
  Result<std::optional<size_t>> AddFrames(const Value& value);
  Result<std::optional<size_t>> AddFrames(NodeId node);
  Result<std::optional<size_t>> AddSteps(const Value& value,
                                         const std::optional<Question>& question);
  Result<std::optional<size_t>> AddSteps(NodeId node, const std::optional<Question>& question);

  // Aligns pairs of such places and gives each result with its place in `pairs`, in any order.
  // Frames and steps are read from the store a portion at a time.
  Status Align(const std::vector<alignment::Pair>& pairs, const PairOptions& options,
               const std::function<Status(size_t, alignment::Alignment&&)>& result);
  // The similarities instead (frames x steps).
  Status Similarities(
      const std::vector<alignment::Pair>& pairs, const PairOptions& options,
      const std::function<Status(size_t, const std::vector<float>&, size_t steps)>& result);
  // What "auto" is on this machine.
  std::string Device(const PairOptions& options) const;

 private:
  struct Source {
    std::optional<NodeId> node;  // nullopt: the rows were given
    Rows rows;
    uint64_t expected = 0;  // rows in the store, as far as known
    size_t columns = 0;
    size_t bytes() const { return expected * columns * sizeof(float); }
  };
  Result<size_t> AddMatrix(const Value& list, std::string_view what, std::vector<Source>* sources);
  // Calls `work` with the pairs of each portion, whose sources are loaded.
  Status ByPortions(const std::vector<alignment::Pair>& pairs,
                    const std::function<Status(const std::vector<size_t>&)>& work);
  Status LoadFrames(const std::vector<size_t>& places);
  Status LoadSteps(const std::vector<size_t>& places);
  Status Named(const Status& status) const;  // with the function's name before it

  const PairContext context_;
  const std::string name_;
  const std::string function_;  // as errors name it
  const SpaceInfo* const space_;
  Decompositions decompositions_;
  std::vector<Source> frames_, steps_;
  std::unordered_map<NodeId, size_t> frame_places_, step_places_;
};

}  // namespace gesta::video

#endif  // GESTA_QUERY_VIDEO_PAIRS_H_
