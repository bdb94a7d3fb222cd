// Mean pooling: a video's mean frame beside labels, many at once.
#ifndef GESTA_QUERY_VIDEO_MEAN_POOL_H_
#define GESTA_QUERY_VIDEO_MEAN_POOL_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/align.h"
#include "gesta/status.h"
#include "gesta/store.h"
#include "video/pairs.h"

namespace gesta::video {

class MeanPoolBatch {
 public:
  // `space`: null where all vectors are given.
  MeanPoolBatch(PairContext context, std::string_view name, const SpaceInfo* space)
      : context_(std::move(context)), name_(name), function_(name_ + "()"), space_(space) {}

  alignment::MeanPoolOptions options;

  // `video`: a node with a sequence, or a list of vectors. `label`: a node with a vector or a text,
  // a text, a vector, or a list of such. Run() sets `result`: a score, null where the video has no
  // sequence or the label no vector; of a list of labels a list.
  Status Add(const Value& video, const Value& label, Value* result);
  Status Run();

 private:
  struct Call {
    std::optional<NodeId> video;  // nullopt: frames are given
    Rows frames;
    std::vector<std::vector<float>> labels;  // empty ones have no vector
    bool is_list = false;
    Value* result = nullptr;
  };
  Status AddLabel(const Value& label, Call* call);
  // Scores calls from `begin` on, as many as have room in memory; gives the next one.
  Result<size_t> RunPortion(size_t begin);

  const PairContext context_;
  const std::string name_;
  const std::string function_;  // as errors name it
  const SpaceInfo* const space_;
  std::vector<Call> calls_;
  // Texts that wait for their vectors, and whose they are: a call and a label of it.
  std::vector<std::string> texts_;
  std::vector<std::pair<size_t, size_t>> places_;
};

}  // namespace gesta::video

#endif  // GESTA_QUERY_VIDEO_MEAN_POOL_H_
