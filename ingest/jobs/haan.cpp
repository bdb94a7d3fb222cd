// The job `haan`: a dataset of fine and coarse labels with temporal segments, as the HAAN project
// publishes FineGym and FineAction (haan_folder.h).
#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <set>

#include "jobs/haan_folder.h"
#include "jobs/job.h"
#include "jobs/protocol.h"
#include "jobs/video_graph.h"

namespace gesta::ingest {
namespace {

constexpr std::string_view kTrain = "train";
constexpr std::string_view kTest = "test";

struct HaanOptions {
  std::string folder;
  std::string dataset;
  std::string class_names;         // "": none
  std::string coarse_class_names;  // likewise
  std::string protocol;
  std::string space;
  std::optional<uint64_t> training_videos;
  bool join = false;
};

class Haan final : public Job {
 public:
  explicit Haan(HaanOptions options) : options_(std::move(options)) {}

  Status Identify(InputIdentity* identity) override {
    GESTA_ASSIGN_OR_RETURN(const std::vector<std::string> files, FindHaanFiles(options_.folder));
    for (const std::string& file : files) {
      GESTA_RETURN_IF_ERROR(
          identity->AddFile(file, std::filesystem::path(file).filename().string()));
    }
    if (!options_.protocol.empty()) {
      GESTA_ASSIGN_OR_RETURN(protocol_, ReadProtocol(options_.protocol, options_.dataset));
    }
    const std::pair<const char*, const std::string*> more[] = {
        {"class-names", &options_.class_names},
        {"coarse-class-names", &options_.coarse_class_names},
        {"protocol", &options_.protocol}};
    for (const auto& [name, path] : more) {
      if (path->empty()) continue;
      const bool built_in = path == &options_.protocol && IsProtocolName(*path);
      if (built_in) identity->AddText(*path);
      if (!built_in) GESTA_RETURN_IF_ERROR(identity->AddFile(*path, name));
    }
    return Status::Ok();
  }

  Status Read(JobContext& context) override {
    GESTA_ASSIGN_OR_RETURN(folder_, ReadHaanFolder(options_.folder, context));
    GESTA_ASSIGN_OR_RETURN(fine_texts_, ClassTexts(options_.class_names, folder_.coarse.size()));
    coarse_used_.insert(folder_.coarse.begin(), folder_.coarse.end());
    GESTA_ASSIGN_OR_RETURN(
        coarse_texts_,
        ClassTexts(options_.coarse_class_names, static_cast<size_t>(*coarse_used_.rbegin()) + 1));
    return ChooseSplit(context);
  }

  uint64_t steps() const override { return 1 + folder_.videos.size(); }

  Status Write(GraphWriter& writer, JobContext&) override {
    GESTA_ASSIGN_OR_RETURN(KnowledgeGraph graph, KnowledgeGraph::Open(writer, "haan"));
    GESTA_ASSIGN_OR_RETURN(VideoGraph videos, VideoGraph::Open(graph));
    GESTA_ASSIGN_OR_RETURN(const bool known, graph.HasActions(options_.dataset));
    GESTA_ASSIGN_OR_RETURN(const Dataset dataset, Claim(graph));
    if (known && writer.manifest().steps == 0) {
      GESTA_RETURN_IF_ERROR(CheckSegments(videos, dataset));
    }
    GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> actions, WriteClasses(graph, videos, dataset));
    Splits splits;
    if (training_videos_) {
      GESTA_ASSIGN_OR_RETURN(splits.train, videos.Split(dataset, kTrain, "train"));
      GESTA_ASSIGN_OR_RETURN(splits.test, videos.Split(dataset, kTest, "test"));
    }
    GESTA_ASSIGN_OR_RETURN(const uint32_t space, FeatureSpace(writer, dataset));
    // The classes are one step, and found again by a run that goes on after it.
    if (!writer.SkipStep()) GESTA_RETURN_IF_ERROR(writer.EndStep(0));
    for (size_t i = 0; i < folder_.videos.size(); ++i) {
      if (writer.SkipStep()) continue;
      GESTA_RETURN_IF_ERROR(WriteVideo(videos, writer, dataset, i, actions, splits, space));
      GESTA_RETURN_IF_ERROR(writer.EndStep(folder_.videos[i].segments.size()));
    }
    return Status::Ok();
  }

 private:
  struct Splits {
    NodeId train = 0;
    NodeId test = 0;
  };

  // How many of the videos are for training: as the option says, or else the protocol.
  Status ChooseSplit(JobContext& context) {
    const uint64_t count = folder_.videos.size();
    if (options_.training_videos) {
      if (*options_.training_videos > count) {
        return Status(StatusCode::kInvalidArgument,
                      fmt::format("{} videos cannot be for training: there are {}",
                                  *options_.training_videos, count),
                      "give a smaller number with --train-videos");
      }
      training_videos_ = options_.training_videos;
    } else if (protocol_.training_videos && *protocol_.training_videos < count) {
      training_videos_ = protocol_.training_videos;
    } else if (protocol_.training_videos) {
      context.oddities.Add(
          fmt::format("videos, fewer than the protocol '{}' needs for training: no "
                      "splits were made (--train-videos makes them)",
                      protocol_.name),
          {}, count);
    }
    return Status::Ok();
  }

  Result<Dataset> Claim(KnowledgeGraph& graph) {
    DatasetClaim claim;
    claim.name = options_.dataset;
    claim.join = options_.join;
    claim.facts = {{"classes", Value::Integer(static_cast<int64_t>(folder_.coarse.size()))},
                   {"modality", Value::String("video")}};
    claim.level = kCoarseLevel;
    claim.labels = coarse_texts_;
    // Made-up texts claim nothing: labels that are there keep their own.
    claim.missing.assign(coarse_texts_.size(), options_.coarse_class_names.empty());
    GESTA_RETURN_IF_ERROR(graph.Claim(claim).status());
    claim.level = kFineLevel;
    claim.labels = fine_texts_;
    claim.missing.assign(fine_texts_.size(), options_.class_names.empty());
    GESTA_ASSIGN_OR_RETURN(Dataset dataset, graph.Claim(claim));
    Facts facts;
    if (!options_.protocol.empty()) facts = ProtocolFacts(protocol_);
    if (folder_.dimension > 0) facts.emplace_back("clip_space", Value::String(options_.space));
    GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties, graph.Properties(facts));
    GESTA_RETURN_IF_ERROR(
        graph.writer().SetNodeProperties(dataset.node, properties, IfFound::kOverwrite));
    return dataset;
  }

  // The dataset has annotations already: they are these, or the job is refused.
  Status CheckSegments(VideoGraph& videos, const Dataset& dataset) {
    for (const HaanVideo& video : folder_.videos) {
      GESTA_ASSIGN_OR_RETURN(const auto node, videos.FindVideo(dataset, video.name));
      if (!node) continue;
      for (const HaanSegment& segment : video.segments) {
        GESTA_RETURN_IF_ERROR(videos.CheckSegment(dataset, video.name,
                                                  {segment.ordinal, segment.start, segment.end},
                                                  kFineLevel, segment.fine));
      }
    }
    return Status::Ok();
  }

  // The fine classes' nodes, each below its coarse class.
  Result<std::vector<NodeId>> WriteClasses(KnowledgeGraph& graph, VideoGraph& videos,
                                           const Dataset& dataset) {
    std::map<int64_t, NodeId> coarse;
    for (const int64_t index : coarse_used_) {
      GESTA_ASSIGN_OR_RETURN(
          const FoundNode node,
          graph.Action(dataset, kCoarseLevel, index, coarse_texts_[static_cast<size_t>(index)]));
      coarse.emplace(index, node.id);
    }
    std::vector<NodeId> fine;
    for (size_t i = 0; i < folder_.coarse.size(); ++i) {
      GESTA_ASSIGN_OR_RETURN(
          const FoundNode node,
          graph.Action(dataset, kFineLevel, static_cast<int64_t>(i), fine_texts_[i]));
      GESTA_RETURN_IF_ERROR(videos.IsA(node.id, coarse.at(folder_.coarse[i])));
      fine.push_back(node.id);
    }
    return fine;
  }

  // The embedding space of the clips' features; 0 where there are none.
  Result<uint32_t> FeatureSpace(GraphWriter& writer, const Dataset& dataset) {
    if (folder_.dimension == 0) return 0;
    GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer.transaction());
    if (const SpaceInfo* space = transaction->FindSpace(options_.space)) {
      if (space->dimension == folder_.dimension) return space->id;
      return Status(
          StatusCode::kConstraint,
          fmt::format("the embedding space '{}' is of dimension {}, and the clip features "
                      "of '{}' have {}",
                      options_.space, space->dimension, dataset.name, folder_.dimension),
          "name another space with --space");
    }
    if (folder_.dimension > kMaxVectorDimension) {
      return Status(StatusCode::kBadData,
                    fmt::format("clip features of {} numbers are too long: at most {}",
                                folder_.dimension, kMaxVectorDimension));
    }
    SpaceInfo info;
    info.name = options_.space;
    info.dimension = static_cast<uint32_t>(folder_.dimension);
    GESTA_ASSIGN_OR_RETURN(const NameId label, writer.Label("Video"));
    info.labels = {label};
    GESTA_ASSIGN_OR_RETURN(const SpaceInfo made, transaction->CreateSpace(std::move(info)));
    return made.id;
  }

  Status WriteVideo(VideoGraph& videos, GraphWriter& writer, const Dataset& dataset, size_t i,
                    const std::vector<NodeId>& actions, const Splits& splits, uint32_t space) {
    const HaanVideo& video = folder_.videos[i];
    GESTA_ASSIGN_OR_RETURN(
        const FoundNode node,
        videos.Video(dataset, video.name,
                     {{"index", Value::Integer(static_cast<int64_t>(i))},
                      {"clips_per_second", Value::Float(video.clips_per_second)}}));
    for (const HaanSegment& segment : video.segments) {
      GESTA_RETURN_IF_ERROR(videos
                                .Segment(dataset, node.id, video.name,
                                         {segment.ordinal, segment.start, segment.end},
                                         actions[static_cast<size_t>(segment.fine)])
                                .status());
    }
    if (training_videos_) {
      const bool train = i < *training_videos_;
      GESTA_RETURN_IF_ERROR(videos.AddToSplit(node.id, train ? splits.train : splits.test));
      // Another number of training videos moves a video that was there before.
      if (!node.created) {
        GESTA_RETURN_IF_ERROR(videos.RemoveFromSplit(node.id, train ? splits.test : splits.train));
      }
    }
    if (video.features == nullptr) return Status::Ok();
    rows_.resize(video.clips * folder_.dimension);
    video.features->CopyFloats(video.first_clip * folder_.dimension, rows_.size(), rows_.data());
    GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer.transaction());
    writer.CountBytes(rows_.size() * sizeof(float));
    SequenceInfo info;
    info.frames = video.clips;
    info.step = 1 / video.clips_per_second;
    return transaction->SetSequence(space, node.id, info, rows_.data())
        .WithContext(fmt::format("the features of the video '{}'", video.name));
  }

  const HaanOptions options_;
  Protocol protocol_;
  HaanFolder folder_;
  std::set<int64_t> coarse_used_;
  std::vector<std::string> fine_texts_;    // by class
  std::vector<std::string> coarse_texts_;  // by class
  std::optional<uint64_t> training_videos_;
  std::vector<float> rows_;  // scratch
};

Result<std::unique_ptr<Job>> MakeHaan(const IngestOptions& options) {
  HaanOptions haan;
  haan.folder = options.path;
  haan.dataset = Option(options, "dataset");
  haan.class_names = Option(options, "class-names");
  haan.coarse_class_names = Option(options, "coarse-class-names");
  haan.protocol = Option(options, "protocol");
  haan.space = Option(options, "space");
  haan.join = Flag(options, "join");
  if (haan.dataset.empty()) {
    return Status(StatusCode::kInvalidArgument, "the job 'haan' needs the dataset's name",
                  "give it with --dataset NAME");
  }
  if (haan.space.empty()) haan.space = haan.dataset + " clips";
  if (const std::string text = Option(options, "train-videos"); !text.empty()) {
    uint64_t number = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || at != text.data() + text.size()) {
      return Status(StatusCode::kInvalidArgument,
                    fmt::format("'{}' is no number of training videos", text));
    }
    haan.training_videos = number;
  }
  return std::unique_ptr<Job>(std::make_unique<Haan>(std::move(haan)));
}

}  // namespace

JobKind HaanJob() {
  return {{"haan",
           "FOLDER",
           "fine and coarse labels with temporal segments (FineGym, FineAction), and clip features",
           {{"dataset", "NAME", "the dataset's name (required)"},
            {"train-videos", "N", "the first N videos are the split train, the rest is test"},
            {"protocol", "FineGym|FineAction|FILE",
             "settings that evaluations use by default; also how many videos are for training"},
            {"class-names", "FILE", "texts of the fine classes (else 'class 12')"},
            {"coarse-class-names", "FILE", "texts of the coarse classes"},
            {"space", "NAME", "where clip features go (NAME of the dataset, and ' clips')"},
            JoinOption(),
            BadRowsOption()}},
          MakeHaan};
}

}  // namespace gesta::ingest
