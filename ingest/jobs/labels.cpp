// The job `labels`: any dataset from its label list.
#include <fmt/format.h>

#include <charconv>
#include <unordered_map>

#include "jobs/job.h"
#include "jobs/knowledge_graph.h"
#include "jobs/label_list.h"

namespace gesta::ingest {
namespace {

class Labels final : public Job {
 public:
  Labels(const IngestOptions& options, int64_t year)
      : path_(options.path),
        text_column_(Option(options, "text-column")),
        index_column_(Option(options, "index-column")) {
    claim_.name = Option(options, "dataset");
    claim_.join = Flag(options, "join");
    if (const std::string level = Option(options, "level"); !level.empty()) claim_.level = level;
    for (const char* name : {"title", "family", "modality", "license", "source"}) {
      claim_.facts.emplace_back(name, Value::String(Option(options, name)));
    }
    if (year > 0) claim_.facts.emplace_back("year", Value::Integer(year));
  }

  Status Identify(InputIdentity* identity) override { return identity->AddFile(path_, "labels"); }

  Status Read(JobContext& context) override {
    GESTA_ASSIGN_OR_RETURN(LabelList list,
                           ReadLabelList(path_, text_column_, index_column_, &context.bad_rows));
    std::unordered_map<std::string_view, size_t> first;
    int64_t classes = 0;
    for (size_t i = 0; i < list.texts.size(); ++i) {
      if (list.missing[i]) {
        context.oddities.Add("indices without a label", std::to_string(i));
        continue;
      }
      ++classes;
      const auto [at, fresh] = first.emplace(list.texts[i], i);
      if (!fresh) {
        context.oddities.Add("labels that repeat an earlier text",
                             fmt::format("{} '{}', as {}", i, list.texts[i], at->second));
      }
    }
    first.clear();
    claim_.labels = std::move(list.texts);
    claim_.missing = std::move(list.missing);
    claim_.facts.emplace_back("classes", Value::Integer(classes));
    return Status::Ok();
  }

  uint64_t steps() const override { return claim_.labels.size(); }

  Status Write(GraphWriter& writer, JobContext& context) override {
    GESTA_ASSIGN_OR_RETURN(KnowledgeGraph graph, KnowledgeGraph::Open(writer, "labels"));
    GESTA_ASSIGN_OR_RETURN(const Dataset dataset, graph.Claim(claim_));
    for (size_t i = 0; i < claim_.labels.size(); ++i) {
      if (writer.SkipStep()) continue;
      if (!claim_.missing[i]) {
        GESTA_RETURN_IF_ERROR(
            graph.Action(dataset, claim_.level, static_cast<int64_t>(i), claim_.labels[i])
                .status());
      }
      GESTA_RETURN_IF_ERROR(writer.EndStep(claim_.missing[i] ? 0 : 1));
    }
    return Status::Ok();
  }

 private:
  const std::string path_;
  const std::string text_column_;
  const std::string index_column_;
  DatasetClaim claim_;
};

Result<std::unique_ptr<Job>> MakeLabels(const IngestOptions& options) {
  if (Option(options, "dataset").empty()) {
    return Status(StatusCode::kInvalidArgument, "the job 'labels' needs the dataset's name",
                  "give it with --dataset NAME");
  }
  int64_t number = 0;
  if (const std::string year = Option(options, "year"); !year.empty()) {
    const auto [at, error] = std::from_chars(year.data(), year.data() + year.size(), number);
    if (error != std::errc() || at != year.data() + year.size() || number <= 0) {
      return Status(StatusCode::kInvalidArgument, fmt::format("'{}' is no year", year));
    }
  }
  return std::unique_ptr<Job>(std::make_unique<Labels>(options, number));
}

}  // namespace

JobKind LabelsJob() {
  return {{"labels",
           "FILE",
           "a dataset from its label list: text (a label a line), CSV, JSON or JSON Lines",
           {{"dataset", "NAME", "the dataset's name (required)"},
            {"family", "NAME",
             "lists with one lineage share it; by default the name without a "
             "count in parentheses at its end"},
            {"title", "TEXT", "the dataset's full title"},
            {"modality", "TEXT", "video, image, …"},
            {"license", "TEXT", "the dataset's licence"},
            {"source", "TEXT", "paper or address"},
            {"year", "N", "of publication"},
            {"level", "NAME", "the labels' level, e.g. fine or coarse (label)"},
            {"text-column", "NAME", "CSV and JSON: where the text is (text, label, name or class)"},
            {"index-column", "NAME",
             "CSV and JSON: where the index is (index, id or class_id, "
             "else the row number)"},
            JoinOption(),
            BadRowsOption()}},
          MakeLabels};
}

}  // namespace gesta::ingest
