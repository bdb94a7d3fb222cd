// The job `pangea`: a folder of the Pangea project becomes datasets, labels, verbs in their
// classes, and mappings of up to three methods:
//   clip+gpt          the published picks, with their places in the published list as ranks
//   clip+gpt/robust   the raw answers read again (gesta/choice_answer.h)
//   collected         labels to verb classes, with counts
// Prompts, answers and CLIP similarities are kept as records of the runs (gesta/run_records.h).
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "gesta/run_records.h"
#include "jobs/job.h"
#include "jobs/knowledge_graph.h"
#include "jobs/pangea_folder.h"

namespace gesta::ingest {
namespace {

constexpr std::string_view kPublished = "clip+gpt";
constexpr std::string_view kRobust = "clip+gpt/robust";
constexpr std::string_view kSimilarity = "clip";
constexpr std::string_view kCollected = "collected";

// What a dataset has, and so which runs it stands for.
struct DatasetParts {
  bool published = false;
  bool robust = false;
  bool exchanges = false;
  bool similarity = false;
  bool collected = false;
};

DatasetParts PartsOf(const PangeaDataset& dataset) {
  DatasetParts parts;
  parts.similarity = dataset.similarities() != nullptr;
  for (const PangeaLabel& label : dataset.labels) {
    parts.published |= !label.published.empty();
    parts.robust |= label.has_robust;
    parts.exchanges |= label.exchange.has_value();
    parts.collected |= !label.collected.empty();
  }
  return parts;
}

std::string RunId(const std::string& dataset, std::string_view method) {
  return fmt::format("pangea/{}/{}", dataset, method);
}

class Pangea final : public Job {
 public:
  Pangea(PangeaFiles files, const IngestOptions& options)
      : files_(std::move(files)), join_(Flag(options, "join")), skip_(NameList(options, "skip")) {}

  Status Identify(InputIdentity* identity) override {
    for (const std::string& path : files_.All()) {
      GESTA_RETURN_IF_ERROR(identity->AddFile(
          path, std::filesystem::path(path).lexically_relative(files_.root).string()));
    }
    return Status::Ok();
  }

  Status Read(JobContext& context) override {
    GESTA_ASSIGN_OR_RETURN(folder_, ReadPangeaFolder(files_, context));
    GESTA_RETURN_IF_ERROR(LeaveOut());
    for (const PangeaDataset& dataset : folder_.datasets) {
      const DatasetParts parts = PartsOf(dataset);
      parts_.push_back(parts);
      for (const auto& [method, present] :
           {std::pair(kPublished, parts.published || parts.exchanges),
            std::pair(kRobust, parts.robust), std::pair(kSimilarity, parts.similarity),
            std::pair(kCollected, parts.collected)}) {
        if (present) context.runs.push_back(RunId(dataset.name, method));
      }
    }
    return Status::Ok();
  }

  uint64_t steps() const override {
    uint64_t steps =
        1 + folder_.verbs.size() + folder_.topology.classes.size() + folder_.samples.size();
    for (const PangeaDataset& dataset : folder_.datasets) steps += dataset.labels.size();
    return steps;
  }

  Status Write(GraphWriter& writer, JobContext& context) override {
    GESTA_ASSIGN_OR_RETURN(KnowledgeGraph graph, KnowledgeGraph::Open(writer, "pangea"));
    graph.UseClassTree(folder_.topology.classes, folder_.topology.parents);
    std::vector<Dataset> datasets;
    for (size_t i = 0; i < folder_.datasets.size(); ++i) {
      GESTA_ASSIGN_OR_RETURN(Dataset dataset, ClaimDataset(graph, i));
      datasets.push_back(std::move(dataset));
    }
    if (!writer.SkipStep()) {
      for (size_t i = 0; i < datasets.size(); ++i) {
        GESTA_RETURN_IF_ERROR(WriteRuns(graph, datasets[i], parts_[i]));
      }
      GESTA_RETURN_IF_ERROR(writer.EndStep(0));
    }
    GESTA_RETURN_IF_ERROR(WriteVerbs(graph));
    GESTA_RETURN_IF_ERROR(WriteClasses(graph));
    for (size_t i = 0; i < datasets.size(); ++i) {
      GESTA_RETURN_IF_ERROR(WriteLabels(graph, datasets[i], i, context));
    }
    return WriteSamples(graph, context);
  }

 private:
  Status LeaveOut() {
    std::vector<PangeaDataset>& datasets = folder_.datasets;
    for (const std::string& name : skip_) {
      if (folder_.Find(name) != nullptr) continue;
      return Status(StatusCode::kInvalidArgument,
                    fmt::format("'{}' holds no dataset '{}' to leave out", files_.root, name));
    }
    datasets.erase(std::remove_if(datasets.begin(), datasets.end(),
                                  [&](const PangeaDataset& d) { return skip_.count(d.name) > 0; }),
                   datasets.end());
    std::vector<PangeaSample>& samples = folder_.samples;
    samples.erase(std::remove_if(samples.begin(), samples.end(),
                                 [&](const PangeaSample& s) { return skip_.count(s.dataset) > 0; }),
                  samples.end());
    return Status::Ok();
  }

  Result<Dataset> ClaimDataset(KnowledgeGraph& graph, size_t i) {
    const PangeaDataset& dataset = folder_.datasets[i];
    DatasetClaim claim;
    claim.name = dataset.name;
    claim.join = join_;
    claim.mapping = parts_[i].published ? kPublished : parts_[i].collected ? kCollected : "";
    // Labels known from collected mappings only have no published order: where the store has the
    // dataset's labels, they are found by their text.
    bool by_text = false;
    if (!dataset.has_list) {
      GESTA_ASSIGN_OR_RETURN(by_text, graph.LabelledByOther(dataset.name));
      if (by_text && !join_) claim.labels.assign(1, "");  // refused, with the reason
    }
    by_text_.push_back(by_text);
    if (!by_text) {
      for (const PangeaLabel& label : dataset.labels) claim.labels.push_back(label.text);
      claim.facts = {{"classes", Value::Integer(static_cast<int64_t>(dataset.labels.size()))}};
    }
    return graph.Claim(claim);
  }

  Status WriteRuns(KnowledgeGraph& graph, const Dataset& dataset, const DatasetParts& parts) {
    const auto run = [&](std::string_view method, bool present, std::string parameters) {
      if (!present) return Status::Ok();
      return graph
          .Run(RunId(dataset.name, method), method, dataset.name,
               {{"source", Value::String("published")},
                {"parameters", Value::String(std::move(parameters))}})
          .status();
    };
    GESTA_RETURN_IF_ERROR(
        run(kPublished, parts.published || parts.exchanges, R"({"candidates": 50, "picks": 10})"));
    GESTA_RETURN_IF_ERROR(
        run(kRobust, parts.robust, R"({"reads": "answers of clip+gpt", "candidates": 50})"));
    GESTA_RETURN_IF_ERROR(run(kSimilarity, parts.similarity, ""));
    return run(kCollected, parts.collected, "");
  }

  Status WriteVerbs(KnowledgeGraph& graph) {
    for (size_t i = 0; i < folder_.verbs.size(); ++i) {
      if (graph.writer().SkipStep()) continue;
      const PangeaVerb& verb = folder_.verbs[i];
      GESTA_RETURN_IF_ERROR(graph
                                .Verb(verb.class_name, verb.lemma,
                                      {{"definition", Value::String(verb.definition)},
                                       {"lexname", Value::String(verb.lexname)},
                                       {"index", Value::Integer(static_cast<int64_t>(i))}})
                                .status());
      GESTA_RETURN_IF_ERROR(graph.writer().EndStep());
    }
    return Status::Ok();
  }

  Status WriteClasses(KnowledgeGraph& graph) {
    const PangeaTopology& topology = folder_.topology;
    for (size_t i = 0; i < topology.classes.size(); ++i) {
      if (graph.writer().SkipStep()) continue;
      Facts facts = {{"index", Value::Integer(static_cast<int64_t>(i))}};
      if (!topology.used.empty()) facts.emplace_back("used", Value::Boolean(topology.used[i]));
      GESTA_RETURN_IF_ERROR(graph.VerbClass(topology.classes[i], facts).status());
      GESTA_RETURN_IF_ERROR(graph.writer().EndStep());
    }
    return Status::Ok();
  }

  Status WriteLabels(KnowledgeGraph& graph, const Dataset& dataset, size_t i, JobContext& context) {
    const PangeaDataset& input = folder_.datasets[i];
    for (size_t row = 0; row < input.labels.size(); ++row) {
      if (graph.writer().SkipStep()) continue;
      const PangeaLabel& label = input.labels[row];
      if (by_text_[i]) {
        GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> actions,
                               graph.ActionsByText(dataset.name, label.text));
        if (actions.empty()) {
          context.oddities.Add("collected labels that the store's dataset does not have (left out)",
                               fmt::format("{} '{}'", dataset.name, label.text));
        }
        for (const NodeId action : actions) {
          GESTA_RETURN_IF_ERROR(WriteCollected(graph, dataset, action, label));
        }
      } else {
        GESTA_ASSIGN_OR_RETURN(
            const FoundNode action,
            graph.Action(dataset, kLabelLevel, static_cast<int64_t>(row), label.text));
        GESTA_RETURN_IF_ERROR(WriteMappings(graph, dataset, action.id, label));
        GESTA_RETURN_IF_ERROR(WriteRecords(graph.writer(), input, row));
      }
      GESTA_RETURN_IF_ERROR(graph.writer().EndStep(1 + label.published.size() +
                                                   label.robust.size() + label.collected.size()));
    }
    return Status::Ok();
  }

  Status WriteMappings(KnowledgeGraph& graph, const Dataset& dataset, NodeId action,
                       const PangeaLabel& label) {
    const auto map = [&](uint32_t verb_index, std::string_view method, const std::string& run,
                         size_t rank) {
      const PangeaVerb& verb = folder_.verbs[verb_index];
      GESTA_ASSIGN_OR_RETURN(const std::optional<NodeId> node,
                             graph.FindVerb(verb.class_name, verb.lemma));
      if (!node) {
        return Status(StatusCode::kEntityNotFound,
                      fmt::format("the verb '{}' of '{}' was deleted while the job ran", verb.lemma,
                                  verb.class_name));
      }
      Mapping mapping;
      mapping.method = method;
      mapping.run = run;
      mapping.rank = static_cast<int64_t>(rank);
      return graph.Map(dataset, action, *node, mapping).status();
    };
    const std::string published = RunId(dataset.name, kPublished);
    for (size_t i = 0; i < label.published.size(); ++i) {
      GESTA_RETURN_IF_ERROR(
          map(label.published[i], kPublished, published, label.published_ranks[i]));
    }
    const std::string robust = RunId(dataset.name, kRobust);
    for (size_t i = 0; i < label.robust.size(); ++i) {
      GESTA_RETURN_IF_ERROR(map(label.robust[i], kRobust, robust, i + 1));
    }
    return WriteCollected(graph, dataset, action, label);
  }

  static Status WriteCollected(KnowledgeGraph& graph, const Dataset& dataset, NodeId action,
                               const PangeaLabel& label) {
    const std::string run = RunId(dataset.name, kCollected);
    for (const auto& [class_name, count] : label.collected) {
      GESTA_ASSIGN_OR_RETURN(const FoundNode node, graph.VerbClass(class_name));
      Mapping mapping;
      mapping.method = kCollected;
      mapping.run = run;
      mapping.count = count;
      GESTA_RETURN_IF_ERROR(graph.Map(dataset, action, node.id, mapping).status());
    }
    return Status::Ok();
  }

  static Status WriteRecords(GraphWriter& writer, const PangeaDataset& dataset, size_t row) {
    GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer.transaction());
    const PangeaLabel& label = dataset.labels[row];
    RunItem item;
    item.dataset = dataset.name;
    item.level = kLabelLevel;
    item.index = row;
    if (label.exchange) {
      const std::string run = RunId(dataset.name, kPublished);
      item.run = run;
      GESTA_RETURN_IF_ERROR(PutModelExchange(*transaction, item, *label.exchange));
      writer.CountBytes(label.exchange->prompt.size() + label.exchange->answer.size());
    }
    if (const format::NdArray* matrix = dataset.similarities()) {
      const std::string run = RunId(dataset.name, kSimilarity);
      item.run = run;
      SimilarityRow similarities;
      if (matrix->type() == format::ElementType::kFloat16) {
        similarities.element = SimilarityRow::Element::kFloat16;
      }
      const auto columns = static_cast<size_t>(matrix->shape()[1]);
      similarities.values.resize(columns);
      matrix->CopyFloats(row * columns, columns, similarities.values.data());
      GESTA_RETURN_IF_ERROR(PutSimilarityRow(*transaction, item, similarities));
      writer.CountBytes(columns * static_cast<size_t>(similarities.element));
    }
    return Status::Ok();
  }

  Status WriteSamples(KnowledgeGraph& graph, JobContext& context) {
    std::map<std::string, Dataset> datasets;
    for (const PangeaSample& sample : folder_.samples) {
      if (graph.writer().SkipStep()) continue;
      auto dataset = datasets.find(sample.dataset);
      if (dataset == datasets.end()) {
        DatasetClaim claim;
        claim.name = sample.dataset;
        claim.join = join_;
        GESTA_ASSIGN_OR_RETURN(Dataset claimed, graph.Claim(claim));
        dataset = datasets.emplace(sample.dataset, std::move(claimed)).first;
      }
      GESTA_ASSIGN_OR_RETURN(const FoundNode image, graph.Image(dataset->second, sample.image));
      for (const std::string& text : sample.labels) {
        GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> actions,
                               graph.ActionsByText(sample.dataset, text));
        if (actions.empty()) {
          context.oddities.Add("labels of sample rows that their dataset does not have (left out)",
                               fmt::format("{} '{}'", sample.dataset, text));
          continue;
        }
        // A text that repeats names all its labels; the first stands for them.
        GESTA_RETURN_IF_ERROR(graph.Shows(image.id, actions.front()));
      }
      for (const std::string& class_name : sample.classes) {
        GESTA_ASSIGN_OR_RETURN(const FoundNode node, graph.VerbClass(class_name));
        GESTA_RETURN_IF_ERROR(graph.Shows(image.id, node.id));
      }
      GESTA_RETURN_IF_ERROR(graph.writer().EndStep());
    }
    return Status::Ok();
  }

  const PangeaFiles files_;
  const bool join_;
  const std::set<std::string> skip_;  // datasets
  PangeaFolder folder_;
  std::vector<DatasetParts> parts_;  // of folder_.datasets
  std::vector<bool> by_text_;        // likewise: labels are found in the store, not made
};

Result<std::unique_ptr<Job>> MakePangea(const IngestOptions& options) {
  GESTA_ASSIGN_OR_RETURN(PangeaFiles files, FindPangeaFiles(options.path));
  return std::unique_ptr<Job>(std::make_unique<Pangea>(std::move(files), options));
}

}  // namespace

JobKind PangeaJob() {
  return {
      {"pangea",
       "DIR",
       "label lists, verbs and mappings of the Pangea project: a folder with dataset_labels and "
       "dataset_labels_align_result",
       {SkipOption(), JoinOption(), BadRowsOption()}},
      MakePangea};
}

}  // namespace gesta::ingest
