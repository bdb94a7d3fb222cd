// The job `videos`: any folder of videos, or a manifest of them, as videos with the sequences of
// their frames.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "jobs/embed_videos.h"
#include "jobs/job.h"
#include "jobs/knowledge_graph.h"
#include "jobs/video_graph.h"
#include "jobs/video_input.h"

namespace gesta::ingest {
namespace {

namespace fs = std::filesystem;

// Columns of a manifest that are not simply properties of the video.
struct Columns {
  std::vector<std::string_view> path = {"path", "file", "video_path", "uri"};
  std::vector<std::string_view> start = {"start", "start_time", "start_timestamp"};
  std::vector<std::string_view> end = {"end", "end_time", "end_timestamp"};
  std::string_view regions = "frames_to_obfuscate";

  bool Has(std::string_view name) const {
    if (name == "id" || name == "fps" || name == regions) return true;
    for (const auto* names : {&path, &start, &end}) {
      if (std::find(names->begin(), names->end(), name) != names->end()) return true;
    }
    return false;
  }
};

// An absolute path: a video's uri should not depend on where a program was started.
std::string Absolute(const fs::path& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error).lexically_normal();
  std::string text = (error ? path : absolute).string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

class Videos final : public Job {
 public:
  Videos(const IngestOptions& options, VideoRequest sampling, EmbedSettings settings)
      : options_(options), sampling_(std::move(sampling)), settings_(std::move(settings)) {
    dataset_ = Option(options, "dataset");
    if (dataset_.empty()) dataset_ = fs::path(Absolute(options.path)).stem().string();
  }

  Status Identify(InputIdentity* identity) override {
    if (IsManifest()) GESTA_RETURN_IF_ERROR(identity->AddFile(options_.path, "manifest"));
    JobContext context;
    GESTA_ASSIGN_OR_RETURN(context.bad_rows, BadRows::FromOption("skip"));
    context.report = [](std::string_view, uint64_t, uint64_t) { return Status::Ok(); };
    GESTA_RETURN_IF_ERROR(Read(context));
    for (const VideoInput& video : videos_) {
      identity->AddText(video.id);
      identity->AddText(std::to_string(FingerprintOf(video.request.path)));
    }
    return Status::Ok();
  }

  Status Read(JobContext& context) override {
    videos_.clear();
    return IsManifest() ? ReadManifest(context) : ReadFolder();
  }

  uint64_t steps() const override { return videos_.size(); }

  Status Write(GraphWriter& writer, JobContext& context) override {
    GESTA_ASSIGN_OR_RETURN(KnowledgeGraph graph, KnowledgeGraph::Open(writer, "videos"));
    GESTA_ASSIGN_OR_RETURN(VideoGraph videos, VideoGraph::Open(graph));
    DatasetClaim claim;
    claim.name = dataset_;
    claim.facts = {{"modality", Value::String("video")}};
    GESTA_ASSIGN_OR_RETURN(const Dataset dataset, graph.Claim(claim));
    return WriteVideos(writer, context, videos, graph, dataset, videos_, settings_, options_, {});
  }

 private:
  bool IsManifest() const {
    std::error_code error;
    return fs::is_regular_file(options_.path, error) && IsRecordFile(options_.path);
  }

  // Ids are paths below the folder without their endings, where that tells them apart.
  Status ReadFolder() {
    GESTA_ASSIGN_OR_RETURN(const std::vector<std::string> paths, FindVideos(options_.path));
    const fs::path root = Absolute(options_.path);
    std::vector<std::string> names;
    std::map<std::string, size_t> stems;
    for (const std::string& path : paths) {
      const fs::path absolute = Absolute(path);
      const fs::path below = absolute == root ? root.filename() : absolute.lexically_relative(root);
      names.push_back(below.string());
      ++stems[(below.parent_path() / below.stem()).string()];
    }
    for (size_t i = 0; i < paths.size(); ++i) {
      VideoInput video;
      video.request = sampling_;
      video.request.path = Absolute(paths[i]);
      const fs::path name = names[i];
      const std::string stem = (name.parent_path() / name.stem()).string();
      std::error_code error;
      const bool folder = fs::is_directory(paths[i], error);
      video.id = folder || stems[stem] > 1 ? names[i] : stem;
      videos_.push_back(std::move(video));
    }
    return Status::Ok();
  }

  Status ReadManifest(JobContext& context) {
    std::set<std::string> ids;
    GESTA_RETURN_IF_ERROR(
        ReadRecords(options_.path, context, [&](Record& record) { return ReadRow(record, &ids); }));
    if (!videos_.empty()) return Status::Ok();
    return Status(StatusCode::kBadData, fmt::format("{}: names no videos", options_.path),
                  "a manifest has a column path, and may have id, start and end in seconds; others "
                  "become properties of the video");
  }

  Status ReadRow(Record& record, std::set<std::string>* ids) {
    const std::string path = record.Text(columns_.path);
    if (path.empty()) return Status(StatusCode::kBadData, "has no path");
    VideoInput video;
    video.request = sampling_;
    video.request.path = Absolute(fs::path(options_.path).parent_path() / path);
    GESTA_ASSIGN_OR_RETURN(const auto start, record.Number(columns_.start));
    GESTA_ASSIGN_OR_RETURN(const auto end, record.Number(columns_.end));
    GESTA_ASSIGN_OR_RETURN(const auto fps, record.Number({"fps"}));
    if (start) video.request.start = *start;
    if (end) video.request.end = *end;
    if (fps) video.request.folder_fps = *fps;
    GESTA_ASSIGN_OR_RETURN(const format::Datum* const regions, record.Nested(columns_.regions));
    if (regions != nullptr) {
      GESTA_ASSIGN_OR_RETURN(video.request.regions, ReadRegions(*regions));
    }
    video.id = record.Text({"id"});
    if (video.id.empty()) video.id = path;
    if (!ids->insert(video.id).second) {
      return Status(StatusCode::kBadData, fmt::format("there is a video '{}' above it", video.id));
    }
    if (start) video.properties.emplace_back("start", Value::Float(*start));
    if (end) video.properties.emplace_back("end", Value::Float(*end));
    for (const std::string& name : record.Names()) {
      if (columns_.Has(name) || name.empty()) continue;
      Value value = record.Get(name);
      if (!value.IsNull()) video.properties.emplace_back(name, std::move(value));
    }
    videos_.push_back(std::move(video));
    return Status::Ok();
  }

  const IngestOptions& options_;
  const VideoRequest sampling_;
  const EmbedSettings settings_;
  const Columns columns_;
  std::string dataset_;
  std::vector<VideoInput> videos_;
};

Result<std::unique_ptr<Job>> MakeVideos(const IngestOptions& options) {
  std::error_code error;
  if (!fs::exists(options.path, error)) {
    return Status(StatusCode::kNotFound,
                  fmt::format("there is no file or folder '{}'", options.path));
  }
  GESTA_ASSIGN_OR_RETURN(VideoRequest sampling, ReadSampling(options));
  GESTA_ASSIGN_OR_RETURN(EmbedSettings settings, ReadEmbedSettings(options));
  return std::unique_ptr<Job>(
      std::make_unique<Videos>(options, std::move(sampling), std::move(settings)));
}

}  // namespace

JobKind VideosJob() {
  JobKind kind = {{"videos",
                   "FOLDER|FILE",
                   "videos with the vectors of their frames: a folder of video files and of image "
                   "folders, one video, or a manifest (CSV, JSON Lines) with a column path",
                   {{"dataset", "NAME", "the dataset's name (the folder's or the file's)"}}},
                  MakeVideos};
  for (auto* list : {&EmbedOptions, &SamplingOptions}) {
    for (IngestOptionInfo& option : list()) kind.info.options.push_back(std::move(option));
  }
  kind.info.options.push_back(BadRowsOption());
  return kind;
}

}  // namespace gesta::ingest
