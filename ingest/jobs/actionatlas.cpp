// The job `actionatlas`: the metadata of the ActionAtlas benchmark (Salehi et al. 2024) with local
// video files: questions about videos, their options, and the vectors of the videos' frames.
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include "jobs/embed_videos.h"
#include "jobs/job.h"
#include "jobs/knowledge_graph.h"
#include "jobs/question_graph.h"
#include "jobs/video_graph.h"
#include "jobs/video_input.h"

namespace gesta::ingest {
namespace {

namespace fs = std::filesystem;

struct AtlasQuestion {
  std::string text;
  std::string domain;
  std::string descriptions;     // of the choices
  std::vector<size_t> options;  // places in the list of actions
  int64_t correct = -1;         // of options; -1: not known
};

class ActionAtlas final : public Job {
 public:
  ActionAtlas(const IngestOptions& options, VideoRequest sampling, EmbedSettings settings)
      : options_(options), sampling_(std::move(sampling)), settings_(std::move(settings)) {
    dataset_ = Option(options, "dataset");
    if (dataset_.empty()) dataset_ = "ActionAtlas";
    const fs::path beside = fs::path(options.path).parent_path();
    const std::string given = Option(options, "videos");
    folders_ = given.empty() ? std::vector<fs::path>{beside, beside / "videos"}
                             : std::vector<fs::path>{given};
  }

  Status Identify(InputIdentity* identity) override {
    GESTA_RETURN_IF_ERROR(identity->AddFile(options_.path, "metadata"));
    JobContext context;
    GESTA_ASSIGN_OR_RETURN(context.bad_rows, BadRows::FromOption("skip"));
    GESTA_RETURN_IF_ERROR(Read(context));
    for (const VideoInput& video : videos_) {
      identity->AddText(std::to_string(FingerprintOf(video.request.path)));
    }
    return Status::Ok();
  }

  Status Read(JobContext& context) override {
    videos_.clear();
    questions_.clear();
    actions_.clear();
    known_.clear();
    ids_.clear();
    GESTA_RETURN_IF_ERROR(ReadRecords(options_.path, context,
                                      [&](Record& record) { return ReadRow(record, context); }));
    if (!videos_.empty()) return Status::Ok();
    return Status(StatusCode::kBadData, fmt::format("{}: has no samples", options_.path));
  }

  uint64_t steps() const override { return videos_.size(); }

  Status Write(GraphWriter& writer, JobContext& context) override {
    GESTA_ASSIGN_OR_RETURN(KnowledgeGraph graph, KnowledgeGraph::Open(writer, "actionatlas"));
    GESTA_ASSIGN_OR_RETURN(VideoGraph videos, VideoGraph::Open(graph));
    GESTA_ASSIGN_OR_RETURN(QuestionGraph questions, QuestionGraph::Open(graph));
    DatasetClaim claim;
    claim.name = dataset_;
    for (const auto& [text, domain] : actions_) claim.labels.push_back(text);
    claim.join = Flag(options_, "join");
    claim.facts = {{"modality", Value::String("video")},
                   {"classes", Value::Integer(static_cast<int64_t>(actions_.size()))}};
    GESTA_ASSIGN_OR_RETURN(const Dataset dataset, graph.Claim(claim));
    const auto write_question = [&](size_t place, NodeId video) -> Status {
      const AtlasQuestion& question = questions_[place];
      if (question.options.empty()) return Status::Ok();
      GESTA_ASSIGN_OR_RETURN(
          const FoundNode node,
          questions.Question(dataset, static_cast<int64_t>(place),
                             {{"id", Value::String(videos_[place].id)},
                              {"text", Value::String(question.text)},
                              {"domain", Value::String(question.domain)},
                              {"choice_descriptions", Value::String(question.descriptions)}}));
      GESTA_RETURN_IF_ERROR(questions.About(node.id, video));
      for (size_t i = 0; i < question.options.size(); ++i) {
        const auto& [text, domain] = actions_[question.options[i]];
        GESTA_ASSIGN_OR_RETURN(
            const FoundNode action,
            graph.Action(dataset, kLabelLevel, static_cast<int64_t>(question.options[i]), text));
        GESTA_ASSIGN_OR_RETURN(const auto facts,
                               graph.Properties({{"domain", Value::String(domain)}}));
        GESTA_RETURN_IF_ERROR(writer.SetNodeProperties(action.id, facts, IfFound::kFillMissing));
        GESTA_RETURN_IF_ERROR(questions.Option(node.id, static_cast<int64_t>(i), action.id,
                                               static_cast<int64_t>(i) == question.correct));
      }
      return Status::Ok();
    };
    return WriteVideos(writer, context, videos, graph, dataset, videos_, settings_, options_,
                       write_question);
  }

 private:
  Status ReadRow(Record& record, JobContext& context) {
    VideoInput video;
    video.request = sampling_;
    const std::string youtube_id = record.Text({"youtube_id"});
    video.id = record.Text({"id"});
    if (video.id.empty()) video.id = youtube_id;
    if (video.id.empty()) return Status(StatusCode::kBadData, "has no id");
    GESTA_ASSIGN_OR_RETURN(const auto start,
                           record.Number({"start_timestamp", "start_time", "start"}));
    GESTA_ASSIGN_OR_RETURN(const auto end, record.Number({"end_timestamp", "end_time", "end"}));
    GESTA_ASSIGN_OR_RETURN(const format::Datum* regions, record.Nested("frames_to_obfuscate"));
    if (regions != nullptr) {
      GESTA_ASSIGN_OR_RETURN(video.request.regions, ReadRegions(*regions));
    }
    AtlasQuestion question;
    question.text = record.Text({"question"});
    question.domain = record.Text({"domain"});
    question.descriptions = record.Text({"choice_descriptions"});
    GESTA_ASSIGN_OR_RETURN(const std::vector<std::string> choices, ReadChoices(record));
    if (!ids_.insert(video.id).second) {
      return Status(StatusCode::kBadData, fmt::format("there is a sample '{}' above it", video.id));
    }
    question.correct = ReadAnswer(record, choices);
    if (question.correct < 0 && !choices.empty()) {
      context.oddities.Add("samples whose answer is none of their choices",
                           fmt::format("'{}'", video.id));
    }
    for (const std::string& choice : choices) {
      const auto [known, fresh] =
          known_.emplace(std::pair(choice, question.domain), actions_.size());
      if (fresh) actions_.emplace_back(choice, question.domain);
      question.options.push_back(known->second);
    }
    FindFile(record, youtube_id, start.value_or(0), end.value_or(0), &video);
    if (!youtube_id.empty()) video.properties.emplace_back("youtube_id", Value::String(youtube_id));
    if (start) video.properties.emplace_back("start", Value::Float(*start));
    if (end) video.properties.emplace_back("end", Value::Float(*end));
    videos_.push_back(std::move(video));
    questions_.push_back(std::move(question));
    return Status::Ok();
  }

  // The file that the record names, or one named after the sample: its cut segment
  // (YOUTUBE_START_END.mp4), or the whole video, of which the range is taken.
  void FindFile(const Record& record, const std::string& youtube_id, double start, double end,
                VideoInput* video) const {
    const auto found = [&](const std::string& name, bool whole) {
      for (const fs::path& folder : folders_) {
        const fs::path path = folder / name;
        std::error_code error;
        if (name.empty() || !fs::exists(path, error)) continue;
        video->request.path = fs::absolute(path, error).lexically_normal().string();
        if (whole && (start > 0 || end > 0)) {
          video->request.start = start;
          video->request.end = end;
        }
        return true;
      }
      return false;
    };
    const std::string named = record.Text({"video_path", "path", "file", "video"});
    if (!named.empty()) {
      if (found(named, /*whole=*/true)) return;
      video->request.path = (folders_.front() / named).string();
      return;
    }
    const std::string segment = fmt::format("{}_{:.1f}_{:.1f}", youtube_id, start, end);
    for (const char* ending : {".mp4", ".mkv", ".webm", ".avi", ".mov", ""}) {
      if (!youtube_id.empty() && found(segment + ending, /*whole=*/false)) return;
      if (found(video->id + ending, /*whole=*/true)) return;
      if (!youtube_id.empty() && found(youtube_id + ending, /*whole=*/true)) return;
    }
    const std::string expected = (youtube_id.empty() ? video->id : youtube_id) + ".mp4";
    video->request.path = (folders_.back() / expected).string();
  }

  // A list as it is, or a text with a choice on each line.
  static Result<std::vector<std::string>> ReadChoices(Record& record) {
    for (const std::string_view name : {"choices", "choices_str", "options"}) {
      const std::string text = record.Text({name});
      const bool nested = text.empty() || text.front() == '[';
      if (!nested) return CleanChoices(text);
      GESTA_ASSIGN_OR_RETURN(const format::Datum* const list, record.Nested(name));
      if (list == nullptr) continue;
      std::vector<std::string> choices;
      for (const format::Datum& choice : list->items()) {
        if (!choice.is_string()) return Status(StatusCode::kBadData, "a choice is no text");
        choices.emplace_back(choice.text());
      }
      return choices;
    }
    return std::vector<std::string>();
  }

  // A number from 1, as published, or the text of a choice.
  static int64_t ReadAnswer(const Record& record, const std::vector<std::string>& choices) {
    const std::string answer = record.Text({"answer"});
    for (size_t i = 0; i < choices.size(); ++i) {
      if (choices[i] == answer || CleanChoices(answer) == std::vector<std::string>{choices[i]}) {
        return static_cast<int64_t>(i);
      }
    }
    int64_t number = 0;
    const auto [end, error] = std::from_chars(answer.data(), answer.data() + answer.size(), number);
    const bool whole = error == std::errc() && end == answer.data() + answer.size();
    return whole && number >= 1 && number <= static_cast<int64_t>(choices.size()) ? number - 1 : -1;
  }

  const IngestOptions& options_;
  const VideoRequest sampling_;
  const EmbedSettings settings_;
  std::string dataset_;
  std::vector<fs::path> folders_;  // where videos may be
  std::vector<VideoInput> videos_;
  std::vector<AtlasQuestion> questions_;                         // of videos_
  std::vector<std::pair<std::string, std::string>> actions_;     // text, domain; by index
  std::map<std::pair<std::string, std::string>, size_t> known_;  // in actions_
  std::set<std::string> ids_;
};

Result<std::unique_ptr<Job>> MakeActionAtlas(const IngestOptions& options) {
  std::error_code error;
  if (!fs::is_regular_file(options.path, error)) {
    return Status(StatusCode::kNotFound, fmt::format("there is no file '{}'", options.path),
                  "give the metadata as JSON Lines or CSV");
  }
  GESTA_ASSIGN_OR_RETURN(VideoRequest sampling, ReadSampling(options));
  GESTA_ASSIGN_OR_RETURN(EmbedSettings settings, ReadEmbedSettings(options));
  return std::unique_ptr<Job>(
      std::make_unique<ActionAtlas>(options, std::move(sampling), std::move(settings)));
}

}  // namespace

JobKind ActionAtlasJob() {
  JobKind kind = {{"actionatlas",
                   "FILE",
                   "ActionAtlas: questions about videos from its metadata (JSON Lines or CSV), and "
                   "the vectors of the local videos' frames",
                   {{"videos", "FOLDER",
                     "where the videos are (beside the metadata, or in videos/ "
                     "there)"},
                    {"dataset", "NAME", "the dataset's name (ActionAtlas)"}}},
                  MakeActionAtlas};
  for (auto* list : {&EmbedOptions, &SamplingOptions}) {
    for (IngestOptionInfo& option : list()) kind.info.options.push_back(std::move(option));
  }
  kind.info.options.push_back(JoinOption());
  kind.info.options.push_back(BadRowsOption());
  return kind;
}

}  // namespace gesta::ingest
