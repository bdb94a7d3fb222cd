// The job `smie`: descriptions of labels, label embeddings, and seen and unseen labels of zero-shot
// recognition, as the SMIE project publishes them for skeleton datasets.
//
//   ntu60_des.txt          a description a line; the name that it quotes at its beginning, or the
//                          number of its line, says which label it describes
//   ntu60_names.txt        the labels' names, if descriptions do not quote them (option names)
//   ntu60_embeddings.npy   a row a label: vectors of the embedding space 'ntu60_embeddings'
//   splits.json            {"setting": {"ntu60": {"experiment": [unseen labels, from 0]}}}
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "gesta/format/npy.h"
#include "jobs/job.h"
#include "jobs/label_list.h"
#include "jobs/video_graph.h"
#include "readers/json.h"
#include "readers/line_reader.h"

namespace gesta::ingest {
namespace {

namespace fs = std::filesystem;
using format::Datum;
using format::NdArray;

constexpr std::string_view kDescriptions = "_des.txt";
constexpr std::string_view kNames = "_names.txt";
constexpr std::string_view kEmbeddings = "_embeddings.npy";
constexpr std::string_view kSplits = "splits.json";

bool EndsWith(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

// "ntu60" of "…/ntu60_des.txt".
std::string KeyOf(const std::string& path) {
  std::string name = fs::path(path).filename().string();
  if (EndsWith(name, kDescriptions)) return name.substr(0, name.size() - kDescriptions.size());
  return fs::path(name).stem().string();
}

// The datasets' own names, and those that the split file has for them.
struct KnownDataset {
  const char* key;
  const char* name;
  const char* splits;
};
constexpr KnownDataset kKnown[] = {
    {"ntu60", "NTU-60", "ntu60"}, {"ntu120", "NTU-120", "ntu120"}, {"pku", "PKU-MMD", "pku-mmd"}};

const KnownDataset* FindKnown(const std::string& key) {
  for (const KnownDataset& known : kKnown) {
    if (key == known.key) return &known;
  }
  return nullptr;
}

// The name that a description quotes at its beginning; "": none.
std::string_view QuotedName(std::string_view line) {
  constexpr std::pair<std::string_view, std::string_view> kQuotes[] = {
      {"\"", "\""}, {"“", "”"}, {"'", "'"}, {"‘", "’"}};
  for (const auto& [open, close] : kQuotes) {
    if (line.substr(0, open.size()) != open) continue;
    const size_t end = line.find(close, open.size());
    if (end != std::string_view::npos) return line.substr(open.size(), end - open.size());
  }
  return {};
}

// For comparing names: letters and digits in lower case, one space for anything between.
std::string Folded(std::string_view name) {
  std::string folded;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || (c & 0x80) != 0) {
      folded += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!folded.empty() && folded.back() != ' ') {
      folded += ' ';
    }
  }
  if (!folded.empty() && folded.back() == ' ') folded.pop_back();
  return folded;
}

struct Experiment {
  std::string setting;  // "random/1"
  std::set<int64_t> unseen;
};

struct SmieDataset {
  std::string key;   // "ntu60"
  std::string name;  // "NTU-60"
  std::string descriptions;
  std::string names;       // "": descriptions quote them
  std::string embeddings;  // "": none

  std::vector<std::string> texts;           // by label
  std::vector<std::string> described;       // by label; "": none
  std::optional<format::Document> vectors;  // labels x dimension
  size_t dimension = 0;
  std::vector<Experiment> experiments;
};

class Smie final : public Job {
 public:
  Smie(std::vector<SmieDataset> datasets, std::string splits, bool join)
      : datasets_(std::move(datasets)), splits_(std::move(splits)), join_(join) {}

  Status Identify(InputIdentity* identity) override {
    for (const SmieDataset& dataset : datasets_) {
      identity->AddText(dataset.key);
      identity->AddText(dataset.name);
      for (const std::string* path : {&dataset.descriptions, &dataset.names, &dataset.embeddings}) {
        identity->AddText(path->empty() ? "none" : "file");
        if (!path->empty()) GESTA_RETURN_IF_ERROR(identity->AddFile(*path, "labels"));
      }
      // It names the space.
      identity->AddText(fs::path(dataset.embeddings).filename().string());
    }
    return splits_.empty() ? Status::Ok() : identity->AddFile(splits_, kSplits);
  }

  Status Read(JobContext& context) override {
    for (SmieDataset& dataset : datasets_) {
      GESTA_RETURN_IF_ERROR(ReadDescriptions(&dataset, context));
      GESTA_RETURN_IF_ERROR(ReadEmbeddings(&dataset));
      steps_ += dataset.texts.size();
    }
    return splits_.empty() ? Status::Ok() : ReadSplits(context);
  }

  uint64_t steps() const override { return steps_; }

  Status Write(GraphWriter& writer, JobContext&) override {
    GESTA_ASSIGN_OR_RETURN(KnowledgeGraph graph, KnowledgeGraph::Open(writer, "smie"));
    GESTA_ASSIGN_OR_RETURN(VideoGraph splits, VideoGraph::Open(graph));
    std::vector<Target> targets;
    for (const SmieDataset& dataset : datasets_) {
      DatasetClaim claim;
      claim.name = dataset.name;
      claim.labels = dataset.texts;
      claim.join = join_;
      claim.facts = {{"classes", Value::Integer(static_cast<int64_t>(dataset.texts.size()))},
                     {"modality", Value::String("skeleton")}};
      Target target;
      GESTA_ASSIGN_OR_RETURN(target.dataset, graph.Claim(claim));
      GESTA_ASSIGN_OR_RETURN(target.space, EmbeddingSpace(writer, dataset));
      for (const Experiment& experiment : dataset.experiments) {
        GESTA_ASSIGN_OR_RETURN(const auto pair, Splits(splits, target.dataset, experiment));
        target.splits.push_back(pair);
      }
      targets.push_back(std::move(target));
    }
    for (size_t d = 0; d < datasets_.size(); ++d) {
      for (size_t i = 0; i < datasets_[d].texts.size(); ++i) {
        if (writer.SkipStep()) continue;
        GESTA_RETURN_IF_ERROR(WriteLabel(graph, splits, datasets_[d], targets[d], i));
        GESTA_RETURN_IF_ERROR(writer.EndStep());
      }
    }
    return Status::Ok();
  }

 private:
  struct Target {
    Dataset dataset;
    uint32_t space = 0;                             // 0: none
    std::vector<std::pair<NodeId, NodeId>> splits;  // seen, unseen, of each experiment
  };

  Status ReadDescriptions(SmieDataset* dataset, JobContext& context) {
    const bool named = !dataset->names.empty();
    if (named) {
      LabelList names;
      GESTA_ASSIGN_OR_RETURN(names, ReadLabelList(dataset->names, "", "", &context.bad_rows));
      for (size_t i = 0; i < names.texts.size(); ++i) {
        if (!names.missing[i]) continue;
        return Status(StatusCode::kBadData,
                      fmt::format("{}: has no name for label {}", dataset->names, i));
      }
      dataset->texts = std::move(names.texts);
    }
    // Names that are there once say which label is described, whatever the line.
    std::unordered_map<std::string, std::optional<size_t>> by_name;
    for (size_t i = 0; i < dataset->texts.size(); ++i) {
      const auto [at, fresh] = by_name.emplace(Folded(dataset->texts[i]), i);
      if (!fresh) at->second.reset();
    }
    dataset->described.resize(dataset->texts.size());
    GESTA_ASSIGN_OR_RETURN(auto reader, readers::LineReader::Open(dataset->descriptions));
    while (true) {
      const readers::ReadState state = reader.Next();
      if (state == readers::ReadState::kEnd) break;
      if (state == readers::ReadState::kFailed) return reader.status();
      const auto place = [&] {
        return fmt::format("{}: line {}", dataset->descriptions, reader.line_number());
      };
      if (state == readers::ReadState::kBadRecord) {
        GESTA_RETURN_IF_ERROR(context.bad_rows.Add(reader.status()));
        continue;
      }
      const std::string_view line = reader.line();
      if (line.empty()) continue;
      auto label = static_cast<size_t>(reader.line_number() - 1);
      const std::string quoted(QuotedName(line));
      if (!named) {
        dataset->texts.resize(label + 1);
        dataset->described.resize(label + 1);
        dataset->texts[label] = quoted;
        if (quoted.empty()) {
          context.oddities.Add("descriptions that quote no label's name (the label is 'class N')",
                               place());
        }
      } else {
        const auto known = by_name.find(Folded(quoted));
        const bool by_line = quoted.empty() || known == by_name.end() || !known->second;
        if (!by_line && *known->second != label) {
          label = *known->second;
          context.oddities.Add("descriptions on another line than the label that they quote",
                               place());
        }
        if (label >= dataset->texts.size()) {
          GESTA_RETURN_IF_ERROR(context.bad_rows.Add(place(), "describes no label"));
          continue;
        }
        if (!quoted.empty() && known == by_name.end()) {
          context.oddities.Add("descriptions whose quoted name is no label's (linked by line)",
                               fmt::format("{} '{}'", place(), quoted));
        }
      }
      if (!dataset->described[label].empty()) {
        GESTA_RETURN_IF_ERROR(
            context.bad_rows.Add(place(), fmt::format("label {} is described already", label)));
        continue;
      }
      dataset->described[label] = line;
    }
    if (dataset->texts.empty()) {
      return Status(StatusCode::kBadData,
                    fmt::format("{}: no descriptions", dataset->descriptions));
    }
    for (size_t i = 0; i < dataset->texts.size(); ++i) {
      if (dataset->texts[i].empty()) dataset->texts[i] = fmt::format("class {}", i);
      if (dataset->described[i].empty()) {
        context.oddities.Add("labels without a description",
                             fmt::format("{} {} '{}'", dataset->name, i, dataset->texts[i]));
      }
    }
    return Status::Ok();
  }

  static Status ReadEmbeddings(SmieDataset* dataset) {
    const std::string& path = dataset->embeddings;
    if (path.empty()) return Status::Ok();
    GESTA_ASSIGN_OR_RETURN(format::Document document, format::ReadNpy(path));
    const NdArray& array = document.root().array();
    // One axis for labels and one for numbers; others have length 1.
    std::vector<int64_t> axes;
    for (const int64_t extent : array.shape()) {
      if (extent != 1) axes.push_back(extent);
    }
    const size_t labels = dataset->texts.size();
    if (!array.numeric() || axes.size() != 2 || static_cast<size_t>(axes[0]) != labels) {
      return Status(StatusCode::kBadData,
                    fmt::format("{}: is no array of a row of numbers for each of the {} labels of "
                                "'{}'",
                                path, labels, dataset->name));
    }
    dataset->dimension = static_cast<size_t>(axes[1]);
    std::vector<float> row(dataset->dimension);
    for (size_t i = 0; i < labels; ++i) {
      array.CopyFloats(i * row.size(), row.size(), row.data());
      const bool finite =
          std::all_of(row.begin(), row.end(), [](float value) { return std::isfinite(value); });
      const bool zero = std::all_of(row.begin(), row.end(), [](float value) { return value == 0; });
      if (finite && !zero) continue;
      return Status(StatusCode::kBadData,
                    fmt::format("{}: row {} {}", path, i, zero ? "is all zeros" : "is not finite"));
    }
    dataset->vectors = std::move(document);
    return Status::Ok();
  }

  Status ReadSplits(JobContext& context) {
    GESTA_ASSIGN_OR_RETURN(const format::Document document, readers::ReadJson(splits_));
    const auto bad = [&](const std::string& what) {
      return Status(StatusCode::kBadData, fmt::format("{}: {}", splits_, what));
    };
    for (const Datum::Entry& setting : document.root().entries()) {
      if (!setting.value->is_dict()) continue;  // a note
      for (const Datum::Entry& of_dataset : setting.value->entries()) {
        const std::string key(of_dataset.key->text());
        SmieDataset* const dataset = FindBySplitKey(key);
        if (dataset == nullptr) {
          context.oddities.Add("splits of datasets that are not in the input (left out)", key);
          continue;
        }
        for (const Datum::Entry& entry : of_dataset.value->entries()) {
          Experiment experiment;
          experiment.setting = fmt::format("{}/{}", setting.key->text(), entry.key->text());
          for (const Datum& label : entry.value->items()) {
            const int64_t count = static_cast<int64_t>(dataset->texts.size());
            if (!label.is_int() || label.integer() < 0 || label.integer() >= count) {
              return bad(fmt::format("{} of {} has {}, which is no label from 0 to {}",
                                     experiment.setting, key, label.ToString(40), count - 1));
            }
            experiment.unseen.insert(label.integer());
          }
          if (experiment.unseen.empty()) {
            return bad(fmt::format("{} of {} has no unseen labels", experiment.setting, key));
          }
          dataset->experiments.push_back(std::move(experiment));
        }
      }
    }
    for (const SmieDataset& dataset : datasets_) {
      if (!dataset.experiments.empty()) continue;
      context.oddities.Add("datasets for which the split file has no splits", dataset.name);
    }
    return Status::Ok();
  }

  SmieDataset* FindBySplitKey(const std::string& key) {
    for (SmieDataset& dataset : datasets_) {
      const KnownDataset* const known = FindKnown(dataset.key);
      if (key == dataset.key || key == dataset.name || (known && key == known->splits)) {
        return &dataset;
      }
    }
    return nullptr;
  }

  static Result<std::pair<NodeId, NodeId>> Splits(VideoGraph& graph, const Dataset& dataset,
                                                  const Experiment& experiment) {
    NodeId nodes[2];
    const char* const roles[] = {"seen", "unseen"};
    for (size_t i = 0; i < 2; ++i) {
      GESTA_ASSIGN_OR_RETURN(
          nodes[i], graph.Split(dataset, fmt::format("{}/{}", experiment.setting, roles[i]),
                                roles[i], {{"setting", Value::String(experiment.setting)}}));
    }
    return std::pair(nodes[0], nodes[1]);
  }

  static Result<uint32_t> EmbeddingSpace(GraphWriter& writer, const SmieDataset& dataset) {
    if (!dataset.vectors) return 0;
    const std::string name = fs::path(dataset.embeddings).stem().string();
    GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer.transaction());
    if (const SpaceInfo* space = transaction->FindSpace(name)) {
      if (space->dimension == dataset.dimension) return space->id;
      return Status(StatusCode::kConstraint,
                    fmt::format("the embedding space '{}' is of dimension {}, and {} has {}", name,
                                space->dimension, dataset.embeddings, dataset.dimension),
                    "rename the file: the space has its name");
    }
    SpaceInfo info;
    info.name = name;
    info.dimension = static_cast<uint32_t>(dataset.dimension);
    GESTA_ASSIGN_OR_RETURN(const NameId label, writer.Label("Action"));
    info.labels = {label};
    GESTA_ASSIGN_OR_RETURN(const SpaceInfo made, transaction->CreateSpace(std::move(info)));
    return made.id;
  }

  static Status WriteLabel(KnowledgeGraph& graph, VideoGraph& splits, const SmieDataset& dataset,
                           const Target& target, size_t i) {
    GESTA_ASSIGN_OR_RETURN(
        const FoundNode action,
        graph.Action(target.dataset, kLabelLevel, static_cast<int64_t>(i), dataset.texts[i]));
    GESTA_ASSIGN_OR_RETURN(
        const std::vector<Property> description,
        graph.Properties({{"description", Value::String(dataset.described[i])}}));
    GraphWriter& writer = graph.writer();
    GESTA_RETURN_IF_ERROR(writer.SetNodeProperties(action.id, description, IfFound::kFillMissing));
    for (size_t k = 0; k < target.splits.size(); ++k) {
      const auto& [seen, unseen] = target.splits[k];
      const bool is_unseen = dataset.experiments[k].unseen.count(static_cast<int64_t>(i)) > 0;
      GESTA_RETURN_IF_ERROR(splits.AddToSplit(action.id, is_unseen ? unseen : seen));
    }
    if (target.space == 0) return Status::Ok();
    std::vector<float> row(dataset.dimension);
    dataset.vectors->root().array().CopyFloats(i * row.size(), row.size(), row.data());
    writer.CountBytes(row.size() * sizeof(float));
    GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer.transaction());
    return transaction->SetVector(target.space, action.id, row.data(), row.size());
  }

  std::vector<SmieDataset> datasets_;
  const std::string splits_;  // "": none
  const bool join_;
  uint64_t steps_ = 0;
};

std::string Sibling(const std::string& descriptions, const std::string& key,
                    std::string_view ending) {
  const fs::path path = fs::path(descriptions).parent_path() / (key + std::string(ending));
  std::error_code error;
  return fs::exists(path, error) ? path.string() : std::string();
}

SmieDataset DatasetOf(const std::string& descriptions) {
  SmieDataset dataset;
  dataset.descriptions = descriptions;
  dataset.key = KeyOf(descriptions);
  const KnownDataset* const known = FindKnown(dataset.key);
  dataset.name = known ? known->name : dataset.key;
  dataset.names = Sibling(descriptions, dataset.key, kNames);
  dataset.embeddings = Sibling(descriptions, dataset.key, kEmbeddings);
  return dataset;
}

Result<std::unique_ptr<Job>> MakeSmie(const IngestOptions& options) {
  std::vector<SmieDataset> datasets;
  std::error_code error;
  const bool folder = fs::is_directory(options.path, error);
  if (folder) {
    for (const fs::directory_entry& entry : fs::directory_iterator(options.path, error)) {
      const std::string path = entry.path().string();
      if (EndsWith(path, kDescriptions)) datasets.push_back(DatasetOf(path));
    }
    std::sort(datasets.begin(), datasets.end(),
              [](const SmieDataset& a, const SmieDataset& b) { return a.key < b.key; });
  } else if (fs::exists(options.path, error)) {
    datasets.push_back(DatasetOf(options.path));
  }
  if (datasets.empty()) {
    return Status(StatusCode::kNotFound,
                  folder ? fmt::format("'{}' holds no descriptions (*_des.txt)", options.path)
                         : fmt::format("there is no '{}'", options.path));
  }
  for (const char* name : {"dataset", "names", "embeddings"}) {
    if (datasets.size() == 1 || Option(options, name).empty()) continue;
    return Status(StatusCode::kInvalidArgument,
                  fmt::format("the option '{}' goes with the descriptions of one dataset, and '{}' "
                              "holds {}",
                              name, options.path, datasets.size()));
  }
  const std::pair<const char*, std::string*> given[] = {{"dataset", &datasets[0].name},
                                                        {"names", &datasets[0].names},
                                                        {"embeddings", &datasets[0].embeddings}};
  for (const auto& [name, value] : given) {
    if (const std::string option = Option(options, name); !option.empty()) *value = option;
  }
  std::string splits = Option(options, "splits");
  if (splits.empty()) {
    const fs::path parent = folder ? fs::path(options.path) : fs::path(options.path).parent_path();
    if (fs::exists(parent / kSplits, error)) splits = (parent / kSplits).string();
  }
  return std::unique_ptr<Job>(
      std::make_unique<Smie>(std::move(datasets), std::move(splits), Flag(options, "join")));
}

}  // namespace

JobKind SmieJob() {
  return {{"smie",
           "PATH",
           "descriptions of labels (a line each), or a folder of them with embeddings and splits",
           {{"dataset", "NAME", "the dataset's name (NTU-60, NTU-120, PKU-MMD or the file's)"},
            {"names", "FILE", "the labels' names (else those that the descriptions quote)"},
            {"embeddings", "FILE", "numpy array with a vector for each label"},
            {"splits", "FILE", "JSON: unseen labels by setting, dataset and experiment"},
            JoinOption(),
            BadRowsOption()}},
          MakeSmie};
}

}  // namespace gesta::ingest
