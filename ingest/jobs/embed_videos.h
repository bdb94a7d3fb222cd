// EmbedVideos: the part that jobs on videos have in common. Videos are decoded on one thread and
// their frames embedded in batches on another; each video's sequence is committed with its node.
#ifndef GESTA_INGEST_JOBS_EMBED_VIDEOS_H_
#define GESTA_INGEST_JOBS_EMBED_VIDEOS_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gesta/status.h"
#include "gesta/vector.h"
#include "jobs/job.h"
#include "jobs/video_graph.h"
#include "jobs/video_input.h"

namespace gesta::ingest {

struct EmbedSettings {
  std::string space;  // empty: videos are written without their frames
  size_t batch = 32;  // frames that go through the model together
  PictureEncoderOptions encoder;
};

// The options space, batch, device and precision.
Result<EmbedSettings> ReadEmbedSettings(const IngestOptions& options);
std::vector<IngestOptionInfo> EmbedOptions();

// Writes each video with its properties, its facts (uri, fps, frames, duration) and its sequence,
// in the order of `videos`, one step each. What a file lacks is told in context.failures and as the
// video's property `error`. A video whose sequence is there, of the same file, sampling and model,
// is not embedded again. `after` writes what belongs to the video of that place, in the same step.
// kNotFound, kUnsupported: no such space, or none with a model that embeds pictures.
Status WriteVideos(GraphWriter& writer, JobContext& context, VideoGraph& graph,
                   KnowledgeGraph& knowledge, const Dataset& dataset,
                   const std::vector<VideoInput>& videos, const EmbedSettings& settings,
                   const IngestOptions& options,
                   const std::function<Status(size_t place, NodeId video)>& after);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_JOBS_EMBED_VIDEOS_H_
