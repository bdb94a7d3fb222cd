// The job `gym99`: FineGym's element annotations as split files, one line an element of a gymnast's
// exercise:
//
//   A0xAXXysHUo_E_002184_002237_A_0035_0036 93
//
// is class 93 from second 35 to 36 of the event that runs from second 2184 to 2237 of a video. As
// in the other publications of FineGym, an event is the :Video, and times count from its start.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "jobs/job.h"
#include "jobs/label_list.h"
#include "jobs/video_graph.h"
#include "readers/line_reader.h"

namespace gesta::ingest {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxClass = 100'000;

struct SplitFile {
  std::string path;
  std::string split;  // "": none
};

struct Element {
  std::string id;  // of the element, as in the file
  int64_t label = 0;
  double start = 0;  // seconds of the event
  double end = 0;
};

struct Event {
  std::string id;      // VIDEO_E_start_end
  std::string source;  // VIDEO
  double start = 0;    // seconds of the video
  double end = 0;
  std::string split;
  std::vector<Element> elements;  // in the order of the file
};

std::string_view RoleOf(std::string_view split) {
  return split == "val" ? std::string_view("validation") : split;
}

// The split that a file's name speaks of: a word of it, e.g. gym99_train_element.txt.
std::string SplitOfName(const std::string& path) {
  const std::string name = fs::path(path).filename().string();
  for (const char* split : {"train", "validation", "val", "test"}) {
    const std::string word = split;
    for (size_t at = name.find(word); at != std::string::npos; at = name.find(word, at + 1)) {
      const auto is_letter = [&](size_t place) {
        return place < name.size() && std::isalpha(static_cast<unsigned char>(name[place])) != 0;
      };
      if ((at > 0 && is_letter(at - 1)) || is_letter(at + word.size())) continue;
      return word == "validation" ? "val" : word;
    }
  }
  return "";
}

// A number of digits only.
std::optional<int64_t> Digits(std::string_view text) {
  int64_t number = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || at != text.data() + text.size() || number < 0) return {};
  return number;
}

// Cuts "…_MARK_start_end" off the end of `text`.
std::optional<std::pair<int64_t, int64_t>> CutTimes(std::string_view mark, std::string_view* text) {
  const size_t second = text->rfind('_');
  if (second == std::string_view::npos || second == 0) return {};
  const size_t first = text->rfind('_', second - 1);
  if (first == std::string_view::npos || first < mark.size()) return {};
  const auto start = Digits(text->substr(first + 1, second - first - 1));
  const auto end = Digits(text->substr(second + 1));
  if (!start || !end || text->substr(first - mark.size(), mark.size()) != mark) return {};
  text->remove_suffix(text->size() - (first - mark.size()));
  return std::pair(*start, *end);
}

class Gym99 final : public Job {
 public:
  Gym99(const IngestOptions& options, std::vector<SplitFile> files)
      : files_(std::move(files)),
        dataset_(Option(options, "dataset")),
        class_names_(Option(options, "class-names")),
        hierarchy_(Option(options, "hierarchy")),
        join_(Flag(options, "join")) {}

  Status Identify(InputIdentity* identity) override {
    for (const SplitFile& file : files_) {
      identity->AddText(file.split);
      GESTA_RETURN_IF_ERROR(identity->AddFile(file.path, "elements"));
    }
    for (const std::string* path : {&class_names_, &hierarchy_}) {
      identity->AddText(path == &class_names_ ? "class names" : "hierarchy");
      if (!path->empty()) GESTA_RETURN_IF_ERROR(identity->AddFile(*path, "classes"));
    }
    return Status::Ok();
  }

  Status Read(JobContext& context) override {
    for (const SplitFile& file : files_) GESTA_RETURN_IF_ERROR(ReadFile(file, context));
    if (events_.empty()) {
      return Status(StatusCode::kBadData, fmt::format("{}: no elements", files_.front().path));
    }
    size_t classes = static_cast<size_t>(last_class_) + 1;
    if (!hierarchy_.empty()) {
      GESTA_ASSIGN_OR_RETURN(coarse_, ReadClassHierarchy(hierarchy_));
      if (coarse_.size() < classes) {
        return Status(StatusCode::kBadData,
                      fmt::format("{}: has no coarse class for class {}", hierarchy_, last_class_));
      }
      classes = coarse_.size();
    }
    if (!class_names_.empty()) {
      GESTA_ASSIGN_OR_RETURN(BadRows none, BadRows::FromOption("0"));
      GESTA_ASSIGN_OR_RETURN(const LabelList names, ReadLabelList(class_names_, "", "", &none));
      classes = std::max(classes, names.texts.size());
    }
    GESTA_ASSIGN_OR_RETURN(texts_, ClassTexts(class_names_, classes));
    return Status::Ok();
  }

  uint64_t steps() const override { return 1 + events_.size(); }

  Status Write(GraphWriter& writer, JobContext&) override {
    GESTA_ASSIGN_OR_RETURN(KnowledgeGraph graph, KnowledgeGraph::Open(writer, "gym99"));
    GESTA_ASSIGN_OR_RETURN(VideoGraph videos, VideoGraph::Open(graph));
    GESTA_ASSIGN_OR_RETURN(const bool known, graph.HasActions(dataset_));
    DatasetClaim claim;
    claim.name = dataset_;
    claim.join = join_;
    claim.level = kFineLevel;
    claim.labels = texts_;
    // Made-up texts claim nothing: labels that are there keep their own.
    claim.missing.assign(texts_.size(), class_names_.empty());
    claim.facts = {{"classes", Value::Integer(static_cast<int64_t>(texts_.size()))},
                   {"modality", Value::String("video")}};
    GESTA_ASSIGN_OR_RETURN(const Dataset dataset, graph.Claim(claim));
    if (known && writer.manifest().steps == 0) {
      GESTA_RETURN_IF_ERROR(CheckSegments(videos, dataset));
    }
    GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> actions, WriteClasses(graph, videos, dataset));
    std::map<std::string, NodeId> splits;
    for (const SplitFile& file : files_) {
      if (file.split.empty() || splits.count(file.split) > 0) continue;
      GESTA_ASSIGN_OR_RETURN(splits[file.split],
                             videos.Split(dataset, file.split, RoleOf(file.split)));
    }
    // The classes are one step, and found again by a run that goes on after it.
    if (!writer.SkipStep()) GESTA_RETURN_IF_ERROR(writer.EndStep(0));
    for (const auto& [id, event] : events_) {
      if (writer.SkipStep()) continue;
      GESTA_RETURN_IF_ERROR(WriteEvent(videos, dataset, event, actions, splits));
      GESTA_RETURN_IF_ERROR(writer.EndStep(event.elements.size()));
    }
    return Status::Ok();
  }

 private:
  Status ReadFile(const SplitFile& file, JobContext& context) {
    GESTA_ASSIGN_OR_RETURN(auto reader, readers::LineReader::Open(file.path));
    while (true) {
      const readers::ReadState state = reader.Next();
      if (state == readers::ReadState::kEnd) return Status::Ok();
      if (state == readers::ReadState::kFailed) return reader.status();
      if (reader.line_number() % 1024 == 0) {
        GESTA_RETURN_IF_ERROR(
            context.report("reading", reader.source().position(), reader.source().file_size()));
      }
      if (state == readers::ReadState::kBadRecord) {
        GESTA_RETURN_IF_ERROR(context.bad_rows.Add(reader.status()));
      } else if (!reader.line().empty()) {
        GESTA_RETURN_IF_ERROR(
            ReadElement(file, fmt::format("{}: line {}", file.path, reader.line_number()),
                        reader.line(), context));
      }
    }
  }

  Status ReadElement(const SplitFile& file, const std::string& place, std::string_view line,
                     JobContext& context) {
    while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
    const size_t space = line.rfind(' ');
    const auto label =
        space == std::string_view::npos ? std::nullopt : Digits(line.substr(space + 1));
    if (!label || *label > kMaxClass) {
      return context.bad_rows.Add(place, "has no class number after a space");
    }
    const std::string_view element_id = line.substr(0, space);
    std::string_view rest = element_id;
    const auto element = CutTimes("_A", &rest);
    const std::string_view event_id = rest;
    const auto event = element ? CutTimes("_E", &rest) : std::nullopt;
    if (!event || rest.empty()) {
      return context.bad_rows.Add(
          place, fmt::format("'{}' is no VIDEO_E_start_end_A_start_end", element_id));
    }
    const auto [found, fresh] = events_.try_emplace(std::string(event_id));
    Event& known = found->second;
    if (fresh) {
      known.id = event_id;
      known.source = rest;
      known.start = static_cast<double>(event->first);
      known.end = static_cast<double>(event->second);
      known.split = file.split;
    } else if (known.split != file.split) {
      return context.bad_rows.Add(
          place, fmt::format("the event '{}' is in the split '{}' already", event_id, known.split));
    }
    Element made{std::string(element_id), *label, static_cast<double>(element->first),
                 static_cast<double>(element->second)};
    if (!(made.end > made.start)) {
      context.oddities.Add("elements that start and end in the same second or before (kept)",
                           made.id);
    }
    last_class_ = std::max(last_class_, made.label);
    known.elements.push_back(std::move(made));
    return Status::Ok();
  }

  // The dataset has annotations already: they are these, or the job is refused.
  Status CheckSegments(VideoGraph& videos, const Dataset& dataset) {
    for (const auto& [id, event] : events_) {
      GESTA_ASSIGN_OR_RETURN(const auto node, videos.FindVideo(dataset, id));
      if (!node) continue;
      for (size_t i = 0; i < event.elements.size(); ++i) {
        const Element& element = event.elements[i];
        GESTA_RETURN_IF_ERROR(
            videos.CheckSegment(dataset, id, {static_cast<int64_t>(i), element.start, element.end},
                                kFineLevel, element.label));
      }
    }
    return Status::Ok();
  }

  Result<std::vector<NodeId>> WriteClasses(KnowledgeGraph& graph, VideoGraph& videos,
                                           const Dataset& dataset) {
    std::vector<NodeId> fine;
    for (size_t i = 0; i < texts_.size(); ++i) {
      GESTA_ASSIGN_OR_RETURN(const FoundNode node,
                             graph.Action(dataset, kFineLevel, static_cast<int64_t>(i), texts_[i]));
      fine.push_back(node.id);
      if (i >= coarse_.size()) continue;
      GESTA_ASSIGN_OR_RETURN(
          const FoundNode above,
          graph.Action(dataset, kCoarseLevel, coarse_[i], fmt::format("class {}", coarse_[i])));
      GESTA_RETURN_IF_ERROR(videos.IsA(node.id, above.id));
    }
    return fine;
  }

  Status WriteEvent(VideoGraph& videos, const Dataset& dataset, const Event& event,
                    const std::vector<NodeId>& actions,
                    const std::map<std::string, NodeId>& splits) {
    GESTA_ASSIGN_OR_RETURN(const FoundNode video,
                           videos.Video(dataset, event.id,
                                        {{"source", Value::String(event.source)},
                                         {"source_start", Value::Float(event.start)},
                                         {"source_end", Value::Float(event.end)}}));
    for (size_t i = 0; i < event.elements.size(); ++i) {
      const Element& element = event.elements[i];
      GESTA_RETURN_IF_ERROR(videos
                                .Segment(dataset, video.id, event.id,
                                         {static_cast<int64_t>(i), element.start, element.end},
                                         actions[static_cast<size_t>(element.label)],
                                         {{"element", Value::String(element.id)}})
                                .status());
    }
    if (event.split.empty()) return Status::Ok();
    return videos.AddToSplit(video.id, splits.at(event.split));
  }

  const std::vector<SplitFile> files_;
  const std::string dataset_;
  const std::string class_names_;  // "": none
  const std::string hierarchy_;    // likewise
  const bool join_;
  std::map<std::string, Event> events_;  // by id
  int64_t last_class_ = 0;
  std::vector<std::string> texts_;  // by class
  std::vector<int64_t> coarse_;     // by class; empty: not known
};

Result<std::unique_ptr<Job>> MakeGym99(const IngestOptions& options) {
  if (Option(options, "dataset").empty()) {
    return Status(StatusCode::kInvalidArgument, "the job 'gym99' needs the dataset's name",
                  "give it with --dataset NAME");
  }
  const std::string split = Option(options, "split");
  std::vector<SplitFile> files;
  std::error_code error;
  if (!fs::is_directory(options.path, error)) {
    files.push_back({options.path, split.empty() ? SplitOfName(options.path) : split});
    return std::unique_ptr<Job>(std::make_unique<Gym99>(options, std::move(files)));
  }
  if (!split.empty()) {
    return Status(StatusCode::kInvalidArgument,
                  "the option split goes with one file, not with a folder");
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(options.path, error)) {
    const std::string path = entry.path().string();
    const std::string extension = entry.path().extension().string();
    const std::string of_name = SplitOfName(path);
    if (extension == ".txt" && !of_name.empty()) files.push_back({path, of_name});
  }
  if (files.empty()) {
    return Status(StatusCode::kNotFound, fmt::format("'{}' holds no split files", options.path),
                  "they are texts whose names speak of train, val or test");
  }
  std::sort(files.begin(), files.end(),
            [](const SplitFile& a, const SplitFile& b) { return a.path < b.path; });
  return std::unique_ptr<Job>(std::make_unique<Gym99>(options, std::move(files)));
}

}  // namespace

JobKind Gym99Job() {
  return {{"gym99",
           "PATH",
           "FineGym's split files (VIDEO_E_start_end_A_start_end class), one or a folder of them",
           {{"dataset", "NAME", "the dataset's name (required)"},
            {"split", "NAME", "of the one file (else the train, val or test in its name)"},
            {"class-names", "FILE", "texts of the classes (else 'class 12')"},
            {"hierarchy", "FILE", "JSON: the coarse class of each class"},
            JoinOption(),
            BadRowsOption()}},
          MakeGym99};
}

}  // namespace gesta::ingest
