// The job `actalign`: the files of the published ActAlign scripts, as questions with their options,
// decompositions into subactions, and the vectors of frames, subactions and options.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>

#include "jobs/actalign_files.h"
#include "jobs/job.h"
#include "jobs/knowledge_graph.h"
#include "jobs/question_graph.h"
#include "jobs/vector_writer.h"
#include "jobs/video_graph.h"

namespace gesta::ingest {
namespace {

struct ActAlignSettings {
  std::string folder;
  std::string dataset;
  std::string run;
  std::string model;  // that made the subactions
  std::optional<double> temperature;
  SpaceInfo space;
  bool join = false;
};

// The text that the scripts embed for a subaction: equal phrases of two actions have two vectors.
std::string InContext(const std::string& phrase, const std::string& option,
                      const std::string& domain) {
  return fmt::format("This is a video of doing {} in {} with {}", option, domain, phrase);
}

class ActAlign final : public Job {
 public:
  explicit ActAlign(ActAlignSettings settings) : settings_(std::move(settings)) {}

  Status Identify(InputIdentity* identity) override {
    GESTA_ASSIGN_OR_RETURN(const auto files, ActAlignFiles::List(settings_.folder));
    for (const std::string& file : files) {
      GESTA_RETURN_IF_ERROR(identity->AddFile(settings_.folder + "/" + file, file));
    }
    return Status::Ok();
  }

  Status Read(JobContext& context) override {
    GESTA_ASSIGN_OR_RETURN(files_, ActAlignFiles::Read(settings_.folder, context));
    FindActions(context);
    return Status::Ok();
  }

  uint64_t steps() const override { return files_.samples().size(); }

  Status Write(GraphWriter& writer, JobContext& context) override {
    GESTA_ASSIGN_OR_RETURN(KnowledgeGraph graph, KnowledgeGraph::Open(writer, "actalign"));
    GESTA_ASSIGN_OR_RETURN(VideoGraph videos, VideoGraph::Open(graph));
    GESTA_ASSIGN_OR_RETURN(QuestionGraph questions, QuestionGraph::Open(graph));
    DatasetClaim claim;
    claim.name = settings_.dataset;
    claim.labels = actions_;
    claim.join = settings_.join;
    claim.facts = {{"modality", Value::String("video")},
                   {"classes", Value::Integer(static_cast<int64_t>(actions_.size()))}};
    GESTA_ASSIGN_OR_RETURN(const Dataset dataset, graph.Claim(claim));
    std::optional<VectorWriter> vectors;
    if (files_.dimension() > 0) {
      SpaceInfo space = settings_.space;
      space.dimension = static_cast<uint32_t>(files_.dimension());
      GESTA_ASSIGN_OR_RETURN(vectors,
                             VectorWriter::Open(writer, std::move(space), {"SubAction", "Action"}));
    }
    Writing to{writer, graph, videos, questions, dataset, vectors ? &*vectors : nullptr, context};
    for (size_t i = 0; i < files_.samples().size(); ++i) {
      if (writer.SkipStep()) continue;
      const ActAlignSample& sample = files_.samples()[i];
      if (!sample.id.empty()) {
        GESTA_RETURN_IF_ERROR(
            WriteSample(i, sample, to).WithContext(fmt::format("sample '{}'", sample.id)));
      }
      GESTA_RETURN_IF_ERROR(writer.EndStep(sample.id.empty() ? 0 : 1));
    }
    return Status::Ok();
  }

 private:
  struct Writing {
    GraphWriter& writer;
    KnowledgeGraph& graph;
    VideoGraph& videos;
    QuestionGraph& questions;
    const Dataset& dataset;
    VectorWriter* vectors;  // null: the input has none
    JobContext& context;
  };

  // The actions of the dataset: an option's text in a domain, in order of appearance. Where one has
  // two different vectors it is two actions.
  void FindActions(JobContext& context) {
    std::map<std::pair<std::string, std::string>, std::vector<size_t>> known;
    std::vector<std::vector<float>> vectors;  // of actions_; empty: none yet
    std::vector<float> rows;
    size_t dimension = 0;
    for (const ActAlignSample& sample : files_.samples()) {
      std::vector<size_t>& places = places_.emplace_back();
      const bool embedded =
          sample.option_vectors && sample.option_vectors->ReadMatrix(&rows, &dimension);
      for (size_t i = 0; i < sample.options.size(); ++i) {
        std::vector<float> own;
        if (embedded) {
          const auto begin = rows.begin() + static_cast<ptrdiff_t>(i * dimension);
          own.assign(begin, begin + static_cast<ptrdiff_t>(dimension));
        }
        std::vector<size_t>& same = known[{sample.domain, sample.options[i].text}];
        const auto found = std::find_if(same.begin(), same.end(), [&](size_t action) {
          return own.empty() || vectors[action].empty() ||
                 NearlyEqual(vectors[action], own, VectorElement::kFloat32);
        });
        if (found != same.end()) {
          if (vectors[*found].empty()) vectors[*found] = std::move(own);
          places.push_back(*found);
          continue;
        }
        if (!same.empty()) {
          context.oddities.Add("options embedded in more than one way, each an action",
                               sample.options[i].text);
        }
        places.push_back(actions_.size());
        same.push_back(actions_.size());
        actions_.push_back(sample.options[i].text);
        domains_.push_back(sample.domain);
        vectors.push_back(std::move(own));
      }
    }
  }

  Status WriteSample(size_t index, const ActAlignSample& sample, Writing& to) {
    GESTA_ASSIGN_OR_RETURN(const FoundNode video,
                           to.videos.Video(to.dataset, sample.id,
                                           {{"youtube_id", Value::String(sample.youtube_id)},
                                            {"uri", Value::String(sample.uri)},
                                            {"missing", Value::String(sample.error)}}));
    if (sample.frames && to.vectors != nullptr) {
      GESTA_RETURN_IF_ERROR(WriteFrames(video.id, *sample.frames, to));
    }
    if (sample.options.empty()) return Status::Ok();
    GESTA_ASSIGN_OR_RETURN(
        const FoundNode question,
        to.questions.Question(to.dataset, static_cast<int64_t>(index),
                              {{"id", Value::String(sample.id)},
                               {"text", Value::String(sample.question)},
                               {"domain", Value::String(sample.domain)},
                               {"choice_descriptions", Value::String(sample.descriptions)}}));
    GESTA_RETURN_IF_ERROR(to.questions.About(question.id, video.id));
    std::vector<float> option_rows;
    size_t dimension = 0;
    if (sample.option_vectors) sample.option_vectors->ReadMatrix(&option_rows, &dimension);
    for (size_t i = 0; i < sample.options.size(); ++i) {
      const size_t place = places_[index][i];
      GESTA_ASSIGN_OR_RETURN(
          const FoundNode action,
          to.graph.Action(to.dataset, kLabelLevel, static_cast<int64_t>(place), actions_[place]));
      GESTA_ASSIGN_OR_RETURN(const auto domain,
                             to.graph.Properties({{"domain", Value::String(domains_[place])}}));
      GESTA_RETURN_IF_ERROR(to.writer.SetNodeProperties(action.id, domain, IfFound::kFillMissing));
      if (!option_rows.empty()) {
        GESTA_RETURN_IF_ERROR(to.vectors->SetVector(action.id, option_rows.data() + i * dimension));
      }
      GESTA_RETURN_IF_ERROR(to.questions.Option(question.id, static_cast<int64_t>(i), action.id,
                                                static_cast<int64_t>(i) == sample.correct));
      if (sample.options[i].phrases.empty()) continue;
      GESTA_RETURN_IF_ERROR(WriteDecomposition(index, sample, i, action.id, question.id, to));
    }
    return Status::Ok();
  }

  Status WriteFrames(NodeId video, const Nested& frames, Writing& to) {
    std::vector<float> rows;
    size_t dimension = 0;
    frames.ReadMatrix(&rows, &dimension);
    SequenceInfo info;  // the files do not say when a frame was
    info.frames = rows.size() / dimension;
    GESTA_ASSIGN_OR_RETURN(
        const auto facts,
        to.graph.Properties({{"frames", Value::Integer(static_cast<int64_t>(info.frames))}}));
    GESTA_RETURN_IF_ERROR(to.writer.SetNodeProperties(video, facts, IfFound::kFillMissing));
    return to.vectors->SetSequence(video, info, rows);
  }

  Status WriteDecomposition(size_t index, const ActAlignSample& sample, size_t option,
                            NodeId action, NodeId question, Writing& to) {
    const ActAlignOption& from = sample.options[option];
    std::vector<float> rows;
    size_t dimension = 0;
    if (from.phrase_vectors) from.phrase_vectors->ReadMatrix(&rows, &dimension);
    std::vector<NodeId> steps;
    for (size_t i = 0; i < from.phrases.size(); ++i) {
      const float* vector = rows.empty() ? nullptr : rows.data() + i * dimension;
      GESTA_ASSIGN_OR_RETURN(const NodeId step,
                             WriteStep(from.phrases[i], from.text, sample.domain, vector, to));
      steps.push_back(step);
    }
    Facts facts = {{"action", Value::String(from.text)},
                   {"context", Value::String(sample.question)},
                   {"model", Value::String(settings_.model)},
                   {"run", Value::String(settings_.run)},
                   {"count", Value::Integer(static_cast<int64_t>(steps.size()))}};
    if (settings_.temperature) {
      facts.emplace_back("temperature", Value::Float(*settings_.temperature));
    }
    return to.questions
        .Decomposition(action, question, fmt::format("{}/{}/{}", settings_.run, index, option),
                       steps, facts)
        .status();
  }

  // The subaction with its vector. A phrase whose vector in the store is another one, because it
  // was embedded for another action, stands under its whole text.
  Result<NodeId> WriteStep(const std::string& phrase, const std::string& option,
                           const std::string& domain, const float* vector, Writing& to) {
    GESTA_ASSIGN_OR_RETURN(const FoundNode plain, to.questions.SubAction(phrase));
    if (vector == nullptr) return plain.id;
    GESTA_ASSIGN_OR_RETURN(const bool other, to.vectors->HasOther(plain.id, vector));
    if (!other) {
      GESTA_RETURN_IF_ERROR(to.vectors->SetVector(plain.id, vector));
      return plain.id;
    }
    to.context.oddities.Add("subactions of several actions with a vector for each", phrase);
    GESTA_ASSIGN_OR_RETURN(const FoundNode whole,
                           to.questions.SubAction(InContext(phrase, option, domain),
                                                  {{"phrase", Value::String(phrase)}}));
    GESTA_RETURN_IF_ERROR(to.vectors->SetVector(whole.id, vector));
    return whole.id;
  }

  const ActAlignSettings settings_;
  ActAlignFiles files_;
  std::vector<std::string> actions_;         // texts, by index
  std::vector<std::string> domains_;         // of actions_
  std::vector<std::vector<size_t>> places_;  // by sample and option: the action
};

Result<std::optional<double>> NumberOption(const IngestOptions& options, const std::string& name) {
  const std::string text = Option(options, name);
  std::optional<double> number;
  if (text.empty()) return number;
  number.emplace();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(*number)) {
    return number;
  }
  return Status(StatusCode::kInvalidArgument,
                fmt::format("--{} takes a number, not '{}'", name, text));
}

Result<std::unique_ptr<Job>> MakeActAlign(const IngestOptions& options) {
  GESTA_RETURN_IF_ERROR(ActAlignFiles::List(options.path).status());
  ActAlignSettings settings;
  settings.folder = options.path;
  settings.dataset = Option(options, "dataset");
  if (settings.dataset.empty()) settings.dataset = "ActionAtlas";
  settings.run = "actalign/" + Option(options, "run");
  if (settings.run == "actalign/") settings.run += settings.dataset;
  settings.model = Option(options, "model");
  GESTA_ASSIGN_OR_RETURN(settings.temperature, NumberOption(options, "temperature"));
  settings.join = Flag(options, "join");
  settings.space.name = Option(options, "space");
  if (settings.space.name.empty()) {
    return Status(StatusCode::kInvalidArgument,
                  "the job 'actalign' needs a name for the embedding space of its vectors",
                  "give it with --space NAME");
  }
  GESTA_ASSIGN_OR_RETURN(settings.space.logit_scale, NumberOption(options, "logit-scale"));
  GESTA_ASSIGN_OR_RETURN(settings.space.logit_bias, NumberOption(options, "logit-bias"));
  const std::string type = Option(options, "type");
  if (type == VectorElementName(VectorElement::kFloat16)) {
    settings.space.element = VectorElement::kFloat16;
  } else if (!type.empty() && type != VectorElementName(VectorElement::kFloat32)) {
    return Status(StatusCode::kInvalidArgument,
                  fmt::format("--type is float32 or float16, not '{}'", type));
  }
  return std::unique_ptr<Job>(std::make_unique<ActAlign>(std::move(settings)));
}

}  // namespace

JobKind ActAlignJob() {
  return {{"actalign",
           "DIR",
           "the files of the ActAlign scripts: questions about videos, their options' subactions, "
           "and the vectors of both",
           {{"space", "NAME",
             "the embedding space of the vectors, made if it is not there "
             "(required)"},
            {"logit-scale", "X", "of the model: sigmoid(cosine * exp(X) + Y)"},
            {"logit-bias", "Y", "of the model"},
            {"type", "float32|float16", "how the space holds numbers (float32)"},
            {"dataset", "NAME", "the dataset's name (ActionAtlas)"},
            {"run", "NAME", "what tells these decompositions from others (the dataset's name)"},
            {"model", "NAME", "the language model that made the subactions"},
            {"temperature", "T", "and its temperature"},
            JoinOption(),
            BadRowsOption()}},
          MakeActAlign};
}

}  // namespace gesta::ingest
