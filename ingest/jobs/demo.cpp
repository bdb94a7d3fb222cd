// The job `demo`: the demo knowledge base, a folder of CSV files and label lists (data/README.md).
//
// datasets.csv announces datasets; those with a list get their labels, and the labels' mappings are
// a person's: method 'human', with annotator and kind.
#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <map>
#include <set>

#include "jobs/job.h"
#include "jobs/knowledge_graph.h"
#include "jobs/label_list.h"
#include "readers/csv_reader.h"

namespace gesta::ingest {
namespace {

constexpr std::string_view kMethod = "human";

struct DemoDataset {
  DatasetClaim claim;
  bool mapped = false;
};

struct DemoVerb {
  std::string class_name, lemma, definition, lexname;
};

struct DemoMapping {
  size_t dataset;  // in the list of datasets
  int64_t index;
  std::string class_name, lemma, kind, annotator;
  int64_t rank;
};

struct DemoPartState {
  std::string part, state;
  int64_t index;
};

std::optional<int64_t> ParseInteger(std::string_view text) {
  int64_t number = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || at != text.data() + text.size()) return {};
  return number;
}

// Reads a CSV table whose columns must be there, and calls visit(fields, place) for each row with
// the fields in the order of `columns`.
template <typename Visit>
Status ReadTable(const std::string& path, const std::vector<std::string>& columns,
                 BadRows* bad_rows, const Visit& visit) {
  GESTA_ASSIGN_OR_RETURN(auto reader, readers::CsvReader::Open(path));
  std::vector<size_t> places;
  for (const std::string& name : columns) {
    const std::optional<size_t> column = reader.Column(name);
    if (!column) {
      return Status(StatusCode::kBadData, fmt::format("{}: has no column '{}'", path, name));
    }
    places.push_back(*column);
  }
  std::vector<std::string> fields(columns.size());
  while (true) {
    const readers::ReadState state = reader.Next();
    if (state == readers::ReadState::kEnd) return Status::Ok();
    if (state == readers::ReadState::kFailed) return reader.status();
    if (state == readers::ReadState::kBadRecord) {
      GESTA_RETURN_IF_ERROR(bad_rows->Add(reader.status()));
      continue;
    }
    for (size_t i = 0; i < places.size(); ++i) fields[i] = reader.fields()[places[i]];
    GESTA_RETURN_IF_ERROR(visit(fields, fmt::format("{}: line {}", path, reader.line_number())));
  }
}

class Demo final : public Job {
 public:
  explicit Demo(const IngestOptions& options)
      : root_(options.path), join_(Flag(options, "join")), skip_(NameList(options, "skip")) {}

  Status Identify(InputIdentity* identity) override {
    namespace fs = std::filesystem;
    std::vector<std::string> names = {"datasets.csv", "verb_classes.csv", "verbs.csv",
                                      "mappings.csv", "part_states.csv"};
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(Path("labels"), error)) {
      if (entry.path().extension() == ".txt") {
        names.push_back("labels/" + entry.path().filename().string());
      }
    }
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      GESTA_RETURN_IF_ERROR(identity->AddFile(Path(name), name));
    }
    return Status::Ok();
  }

  Status Read(JobContext& context) override {
    bad_rows_ = &context.bad_rows;
    GESTA_RETURN_IF_ERROR(ReadDatasets());
    GESTA_RETURN_IF_ERROR(ReadVerbs());
    GESTA_RETURN_IF_ERROR(ReadMappings());
    GESTA_RETURN_IF_ERROR(ReadPartStates());
    for (DemoDataset& dataset : datasets_) {
      if (!dataset.mapped) continue;
      dataset.claim.mapping = kMethod;
      context.runs.push_back(RunId(dataset.claim.name));
    }
    return Status::Ok();
  }

  uint64_t steps() const override {
    uint64_t steps = 1 + classes_.size() + verbs_.size() + mappings_.size() + states_.size();
    for (const DemoDataset& dataset : datasets_) steps += dataset.claim.labels.size();
    return steps;
  }

  Status Write(GraphWriter& writer, JobContext& context) override {
    GESTA_ASSIGN_OR_RETURN(KnowledgeGraph graph, KnowledgeGraph::Open(writer, "demo"));
    std::vector<Dataset> datasets;
    for (const DemoDataset& dataset : datasets_) {
      GESTA_ASSIGN_OR_RETURN(Dataset claimed, graph.Claim(dataset.claim));
      datasets.push_back(std::move(claimed));
    }
    if (!writer.SkipStep()) {
      for (const DemoDataset& dataset : datasets_) {
        if (!dataset.mapped) continue;
        GESTA_RETURN_IF_ERROR(
            graph.Run(RunId(dataset.claim.name), kMethod, dataset.claim.name, {}).status());
      }
      GESTA_RETURN_IF_ERROR(writer.EndStep(datasets_.size()));
    }
    const auto step = [&](const auto& write) -> Status {
      if (writer.SkipStep()) return Status::Ok();
      GESTA_RETURN_IF_ERROR(write());
      return writer.EndStep();
    };
    for (const auto& [name, definition] : classes_) {
      GESTA_RETURN_IF_ERROR(step([&, &name = name, &definition = definition] {
        return graph.VerbClass(name, {{"definition", Value::String(definition)}}).status();
      }));
    }
    for (const DemoVerb& verb : verbs_) {
      GESTA_RETURN_IF_ERROR(step([&] {
        return graph
            .Verb(verb.class_name, verb.lemma,
                  {{"definition", Value::String(verb.definition)},
                   {"lexname", Value::String(verb.lexname)}})
            .status();
      }));
    }
    for (size_t i = 0; i < datasets_.size(); ++i) {
      const DatasetClaim& claim = datasets_[i].claim;
      for (size_t row = 0; row < claim.labels.size(); ++row) {
        GESTA_RETURN_IF_ERROR(step([&]() -> Status {
          if (claim.missing[row]) return Status::Ok();
          return graph
              .Action(datasets[i], claim.level, static_cast<int64_t>(row), claim.labels[row])
              .status();
        }));
      }
    }
    for (const DemoMapping& mapping : mappings_) {
      GESTA_RETURN_IF_ERROR(
          step([&] { return WriteMapping(graph, datasets[mapping.dataset], mapping); }));
    }
    for (const DemoPartState& state : states_) {
      GESTA_RETURN_IF_ERROR(step([&]() -> Status {
        GESTA_ASSIGN_OR_RETURN(const FoundNode part, graph.BodyPart(state.part));
        return graph.PartState(state.part + ": " + state.state, state.index, part.id).status();
      }));
    }
    return Status::Ok();
  }

 private:
  std::string Path(const std::string& name) const { return root_ + "/" + name; }
  static std::string RunId(const std::string& dataset) {
    return fmt::format("demo/{}/{}", dataset, kMethod);
  }

  Status ReadDatasets() {
    return ReadTable(
        Path("datasets.csv"),
        {"name", "title", "family", "modality", "classes", "mapping", "license", "source", "year",
         "labels_file"},
        bad_rows_, [&](const std::vector<std::string>& row, const std::string& place) -> Status {
          if (skip_.count(row[0]) > 0) return Status::Ok();
          const auto classes = ParseInteger(row[4]);
          const auto year = ParseInteger(row[8]);
          if (row[0].empty() || !classes || (!year && !row[8].empty())) {
            return bad_rows_->Add(place, "needs a name, a number of classes, and a year or none");
          }
          if (by_name_.count(row[0]) > 0) {
            return bad_rows_->Add(place, fmt::format("the dataset '{}' is there twice", row[0]));
          }
          DemoDataset dataset;
          dataset.claim.name = row[0];
          dataset.claim.join = join_;
          dataset.claim.facts = {
              {"title", Value::String(row[1])},    {"family", Value::String(row[2])},
              {"modality", Value::String(row[3])}, {"classes", Value::Integer(*classes)},
              {"pangea", Value::String(row[5])},   {"license", Value::String(row[6])},
              {"source", Value::String(row[7])}};
          if (year) dataset.claim.facts.emplace_back("year", Value::Integer(*year));
          if (!row[9].empty()) {
            GESTA_ASSIGN_OR_RETURN(LabelList list, ReadLabelList(Path(row[9]), "", "", bad_rows_));
            if (static_cast<int64_t>(list.texts.size()) != *classes) {
              return Status(StatusCode::kBadData,
                            fmt::format("{}: has {} labels, and {} says {}", Path(row[9]),
                                        list.texts.size(), place, *classes));
            }
            dataset.claim.labels = std::move(list.texts);
            dataset.claim.missing = std::move(list.missing);
          }
          by_name_.emplace(row[0], datasets_.size());
          datasets_.push_back(std::move(dataset));
          return Status::Ok();
        });
  }

  Status ReadVerbs() {
    std::set<std::string> known;
    GESTA_RETURN_IF_ERROR(ReadTable(
        Path("verb_classes.csv"), {"class", "parent", "definition"}, bad_rows_,
        [&](const std::vector<std::string>& row, const std::string& place) {
          if (row[0].empty() || !known.insert(row[0]).second) {
            return bad_rows_->Add(place, fmt::format("no class, or '{}' twice", row[0]));
          }
          if (!row[1].empty() && row[1] != ParentClassName(row[0])) {
            return bad_rows_->Add(place, fmt::format("the parent of '{}' is '{}' by its name",
                                                     row[0], ParentClassName(row[0])));
          }
          classes_.emplace_back(row[0], row[2]);
          return Status::Ok();
        }));
    return ReadTable(Path("verbs.csv"), {"class", "lemma", "definition", "lexname"}, bad_rows_,
                     [&](const std::vector<std::string>& row, const std::string& place) {
                       if (known.count(row[0]) == 0 || row[1].empty()) {
                         return bad_rows_->Add(
                             place, fmt::format("needs a lemma, and a class of verb_classes.csv "
                                                "(not '{}')",
                                                row[0]));
                       }
                       verb_names_.insert(row[0] + '\n' + row[1]);
                       verbs_.push_back({row[0], row[1], row[2], row[3]});
                       return Status::Ok();
                     });
  }

  Status ReadMappings() {
    return ReadTable(
        Path("mappings.csv"),
        {"dataset", "index", "label", "class", "lemma", "rank", "kind", "annotator"}, bad_rows_,
        [&](const std::vector<std::string>& row, const std::string& place) -> Status {
          if (skip_.count(row[0]) > 0) return Status::Ok();
          const auto dataset = by_name_.find(row[0]);
          const auto index = ParseInteger(row[1]);
          const auto rank = ParseInteger(row[5]);
          if (dataset == by_name_.end() || !index || !rank || *rank < 1) {
            return bad_rows_->Add(place,
                                  "needs a dataset of datasets.csv, an index, and a rank from 1");
          }
          DemoDataset& mapped = datasets_[dataset->second];
          const auto& labels = mapped.claim.labels;
          if (*index < 0 || static_cast<size_t>(*index) >= labels.size() ||
              labels[static_cast<size_t>(*index)] != row[2]) {
            return bad_rows_->Add(
                place, fmt::format("label {} of '{}' is not '{}'", *index, row[0], row[2]));
          }
          if (verb_names_.count(row[3] + '\n' + row[4]) == 0) {
            return bad_rows_->Add(place,
                                  fmt::format("verbs.csv has no '{}' in '{}'", row[4], row[3]));
          }
          mapped.mapped = true;
          mappings_.push_back({dataset->second, *index, row[3], row[4], row[6], row[7], *rank});
          return Status::Ok();
        });
  }

  Status ReadPartStates() {
    return ReadTable(Path("part_states.csv"), {"part", "state", "index"}, bad_rows_,
                     [&](const std::vector<std::string>& row, const std::string& place) {
                       const auto index = ParseInteger(row[2]);
                       if (row[0].empty() || row[1].empty() || !index) {
                         return bad_rows_->Add(place, "needs part, state and index");
                       }
                       states_.push_back({row[0], row[1], *index});
                       return Status::Ok();
                     });
  }

  static Status WriteMapping(KnowledgeGraph& graph, const Dataset& dataset,
                             const DemoMapping& row) {
    GESTA_ASSIGN_OR_RETURN(const std::optional<NodeId> action,
                           graph.FindAction(dataset.name, kLabelLevel, row.index));
    GESTA_ASSIGN_OR_RETURN(const std::optional<NodeId> verb,
                           graph.FindVerb(row.class_name, row.lemma));
    if (!action || !verb) {
      return Status(StatusCode::kEntityNotFound,
                    fmt::format("label {} of '{}' or the verb '{}' was deleted while the job ran",
                                row.index, dataset.name, row.lemma));
    }
    const std::string run = RunId(dataset.name);
    Mapping mapping;
    mapping.method = kMethod;
    mapping.run = run;
    mapping.rank = row.rank;
    mapping.kind = row.kind;
    mapping.annotator = row.annotator;
    return graph.Map(dataset, *action, *verb, mapping).status();
  }

  const std::string root_;
  const bool join_;
  const std::set<std::string> skip_;  // datasets
  BadRows* bad_rows_ = nullptr;       // of the context, while Read runs
  std::vector<DemoDataset> datasets_;
  std::map<std::string, size_t> by_name_;
  std::vector<std::pair<std::string, std::string>> classes_;  // name, definition
  std::vector<DemoVerb> verbs_;
  std::set<std::string> verb_names_;  // class and lemma
  std::vector<DemoMapping> mappings_;
  std::vector<DemoPartState> states_;
};

Result<std::unique_ptr<Job>> MakeDemo(const IngestOptions& options) {
  std::error_code error;
  if (!std::filesystem::exists(options.path + "/datasets.csv", error)) {
    return Status(
        StatusCode::kNotFound,
        fmt::format("'{}' holds no demo knowledge base: datasets.csv is missing", options.path),
        "give the project's folder data");
  }
  return std::unique_ptr<Job>(std::make_unique<Demo>(options));
}

}  // namespace

JobKind DemoJob() {
  return {{"demo",
           "DIR",
           "the demo knowledge base: datasets, label lists, verb classes, verbs, mappings by hand "
           "and body-part states",
           {SkipOption(), JoinOption(), BadRowsOption()}},
          MakeDemo};
}

}  // namespace gesta::ingest
