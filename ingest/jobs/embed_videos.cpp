#include "jobs/embed_videos.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>

#include "load/frame_pipeline.h"

namespace gesta::ingest {
namespace {

using Clock = std::chrono::steady_clock;

// "0:07", "1:02:33".
std::string TimeText(double seconds) {
  const auto whole = static_cast<uint64_t>(std::min(seconds, 1e9));
  const uint64_t hours = whole / 3600;
  const uint64_t minutes = whole / 60 % 60;
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60);
  return fmt::format("{}:{:02}", minutes, whole % 60);
}

// A video as the pipeline and the model give it.
struct EmbeddedVideo {
  Status status;  // of the file
  GestaVideoInfo info{};
  SequenceInfo sequence;
  std::vector<float> rows;
};

// Takes frames from the pipeline and embeds them, video after video.
class Embedder {
 public:
  Embedder(PictureEncoder& encoder, JobContext& context, std::vector<VideoRequest> requests,
           const FramePipeline::Options& options)
      : encoder_(encoder),
        context_(context),
        total_(requests.size()),
        pipeline_(std::move(requests), options) {}

  Result<EmbeddedVideo> Next() {
    EmbeddedVideo video;
    FrameBatch batch;
    std::vector<IngestPicture> pictures;
    while (true) {
      GESTA_RETURN_IF_ERROR(Report());
      if (!pipeline_.Next(&batch)) {
        return Status(StatusCode::kInternal, "a video was decoded twice or never");
      }
      if (!batch.status.ok()) {
        video.status = batch.status;
        break;
      }
      if (!batch.frames.empty()) {
        if (video.rows.empty()) video.sequence.start = batch.frames.front().time;
        pictures.clear();
        for (const DecodedFrame& frame : batch.frames) {
          pictures.push_back({frame.width, frame.height, frame.pixels.data()});
        }
        GESTA_RETURN_IF_ERROR(encoder_.Encode(pictures, &scratch_));
        video.rows.insert(video.rows.end(), scratch_.begin(), scratch_.end());
        frames_ += batch.frames.size();
        video.sequence.frames += batch.frames.size();
      }
      if (!batch.last) continue;
      video.info = batch.info;
      video.sequence.step = batch.info.step;
      break;
    }
    ++done_;
    return video;
  }

 private:
  Status Report() {
    const double seconds = std::chrono::duration<double>(Clock::now() - started_).count();
    std::string what = "videos";
    if (frames_ > 0 && seconds > 0) {
      what = fmt::format("{:.0f} frames/s", static_cast<double>(frames_) / seconds);
      if (done_ > 0) {
        what += fmt::format(", {} left", TimeText(seconds / static_cast<double>(done_) *
                                                  static_cast<double>(total_ - done_)));
      }
      what += "; videos";
    }
    return context_.report(what, done_, total_);
  }

  PictureEncoder& encoder_;
  JobContext& context_;
  const size_t total_;
  FramePipeline pipeline_;
  const Clock::time_point started_ = Clock::now();
  size_t done_ = 0;
  uint64_t frames_ = 0;
  std::vector<float> scratch_;
};

// The space with its model, whose version is the space's from here on.
Result<SpaceInfo> OpenSpace(GraphWriter& writer, const EmbedSettings& settings,
                            const IngestOptions& options,
                            std::unique_ptr<PictureEncoder>* encoder) {
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer.transaction());
  const SpaceInfo* found = transaction->FindSpace(settings.space);
  if (found == nullptr) {
    return Status(StatusCode::kNotFound,
                  fmt::format("there is no embedding space '{}'", settings.space),
                  "make one with CREATE EMBEDDING SPACE … FOR (:SubAction) USING MODEL …");
  }
  if (found->model.empty()) {
    return Status(StatusCode::kUnsupported,
                  fmt::format("the embedding space '{}' has no model", settings.space),
                  "frames are embedded by a space's model: CREATE EMBEDDING SPACE … USING MODEL …");
  }
  if (!options.encoder) {
    return Status(StatusCode::kUnsupported, "this program has no models to embed frames with");
  }
  GESTA_ASSIGN_OR_RETURN(*encoder, options.encoder(found->model, settings.encoder));
  if ((*encoder)->dimension() != found->dimension) {
    return Status(
        StatusCode::kConflict,
        fmt::format("the model '{}' gives vectors of {} numbers, and the embedding space "
                    "'{}' has {}",
                    found->model, (*encoder)->dimension(), found->name, found->dimension));
  }
  const SpaceInfo space = *found;
  GESTA_RETURN_IF_ERROR(transaction->SetSpaceModelVersion(space.id, (*encoder)->version()));
  return space;
}

}  // namespace

std::vector<IngestOptionInfo> EmbedOptions() {
  return {{"space", "NAME", "the embedding space whose model embeds the frames"},
          {"batch", "N", "frames that are handed to the model together (32)"},
          {"device", "NAME", "cpu (the default), cuda, cuda:1, …"},
          {"precision", "fp32|fp16|bf16", "of the model (fp32)"}};
}

Result<EmbedSettings> ReadEmbedSettings(const IngestOptions& options) {
  EmbedSettings settings;
  settings.space = Option(options, "space");
  settings.encoder.device = Option(options, "device");
  settings.encoder.precision = Option(options, "precision");
  const std::string batch = Option(options, "batch");
  if (batch.empty()) return settings;
  const auto [end, error] =
      std::from_chars(batch.data(), batch.data() + batch.size(), settings.batch);
  if (error == std::errc() && end == batch.data() + batch.size() && settings.batch > 0) {
    return settings;
  }
  return Status(StatusCode::kInvalidArgument,
                fmt::format("--batch takes a number from 1, not '{}'", batch));
}

Status WriteVideos(GraphWriter& writer, JobContext& context, VideoGraph& graph,
                   KnowledgeGraph& knowledge, const Dataset& dataset,
                   const std::vector<VideoInput>& videos, const EmbedSettings& settings,
                   const IngestOptions& options,
                   const std::function<Status(size_t place, NodeId video)>& after) {
  size_t first = 0;
  while (first < videos.size() && writer.SkipStep()) ++first;
  std::unique_ptr<PictureEncoder> encoder;
  std::optional<SpaceInfo> space;
  if (!settings.space.empty() && first < videos.size()) {
    GESTA_ASSIGN_OR_RETURN(space, OpenSpace(writer, settings, options, &encoder));
  }
  // What is to be embedded is known before the first step, so that it can be decoded ahead.
  std::vector<uint64_t> sources(videos.size());
  std::vector<bool> wanted(videos.size());
  std::vector<VideoRequest> requests;
  for (size_t i = first; space && i < videos.size(); ++i) {
    GESTA_RETURN_IF_ERROR(context.report("looking for videos", i, videos.size()));
    sources[i] = SourceHash(videos[i].request, encoder->version());
    GESTA_ASSIGN_OR_RETURN(const auto node, graph.FindVideo(dataset, videos[i].id));
    GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer.transaction());
    std::optional<SequenceInfo> there;
    if (node) {
      GESTA_ASSIGN_OR_RETURN(there, transaction->GetSequenceInfo(space->id, *node));
    }
    wanted[i] = !there || there->source != sources[i];
    if (wanted[i]) requests.push_back(videos[i].request);
  }
  FramePipeline::Options pipeline;
  pipeline.batch_frames = settings.batch;
  std::optional<Embedder> embedder;
  if (!requests.empty()) embedder.emplace(*encoder, context, std::move(requests), pipeline);
  GESTA_ASSIGN_OR_RETURN(const NameId error_key, writer.Key("error"));
  // The models' time is not spent holding the slot of writers.
  GESTA_RETURN_IF_ERROR(writer.CommitBatch());
  for (size_t i = first; i < videos.size(); ++i) {
    EmbeddedVideo embedded;
    if (wanted[i]) {
      GESTA_ASSIGN_OR_RETURN(embedded, embedder->Next());
    }
    Facts facts;
    for (const auto& [name, value] : videos[i].properties) facts.emplace_back(name, value);
    GESTA_ASSIGN_OR_RETURN(const FoundNode video, graph.Video(dataset, videos[i].id, facts));
    GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer.transaction());
    if (wanted[i] && embedded.status.ok()) {
      embedded.sequence.source = sources[i];
      embedded.status =
          transaction->SetSequence(space->id, video.id, embedded.sequence, embedded.rows.data());
    }
    Facts known = {{"uri", Value::String(videos[i].request.path)}};
    if (wanted[i] && embedded.status.ok()) {
      const GestaVideoInfo& info = embedded.info;
      const auto frames = static_cast<double>(info.frames);
      if (info.fps > 0) known.emplace_back("fps", Value::Float(info.fps));
      if (info.frames > 0) {
        known.emplace_back("frames", Value::Integer(static_cast<int64_t>(info.frames)));
      }
      if (info.fps > 0 && info.frames > 0) {
        known.emplace_back("duration", Value::Float(frames / info.fps));
      }
      GESTA_RETURN_IF_ERROR(transaction->SetNodeProperty(video.id, error_key, Value()));
    } else if (wanted[i]) {
      context.failures.emplace_back(embedded.status.message());
      known.emplace_back("error", Value::String(embedded.status.message()));
      GESTA_RETURN_IF_ERROR(transaction->RemoveSequence(space->id, video.id));
    }
    GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties, knowledge.Properties(known));
    GESTA_RETURN_IF_ERROR(writer.SetNodeProperties(video.id, properties, IfFound::kOverwrite));
    if (after) GESTA_RETURN_IF_ERROR(after(i, video.id));
    GESTA_RETURN_IF_ERROR(writer.EndStep());
    // A video that is embedded is never embedded again.
    if (wanted[i]) GESTA_RETURN_IF_ERROR(writer.CommitBatch());
  }
  return Status::Ok();
}

}  // namespace gesta::ingest
