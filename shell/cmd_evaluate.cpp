// gesta evaluate: how good an aligner is on what a store knows.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "command.h"
#include "gesta/evaluation.h"
#include "literal.h"
#include "print/json_text.h"
#include "print/printer.h"
#include "progress.h"

namespace gesta::shell {
namespace {

// Shared by the command's options and its callback, which outlives the function that adds it.
struct EvaluateArguments {
  std::string db;
  std::string options;
  std::vector<std::string> then;
  LanguageModelArguments language_models;
  std::string format = "table";
  bool exclude_same_dataset = false;
  bool exclude_family = false;
  AlignmentEvaluationOptions evaluation;
};

std::vector<MapEntry> MetricEntries(const AlignmentMetrics& metrics) {
  return {{"hits_at_1", Value::Float(metrics.hits_at_1)},
          {"mrr", Value::Float(metrics.mrr)},
          {"recall_at_10", Value::Float(metrics.recall_at_10)},
          {"recall_at_50", Value::Float(metrics.recall_at_50)}};
}

// One object: macro, and under each dataset's name its metrics and number of labels.
std::string EvaluationJson(const EvaluateArguments& arguments,
                           const AlignmentEvaluation& evaluation) {
  Map datasets;
  for (const auto& dataset : evaluation.datasets) {
    std::vector<MapEntry> entries = MetricEntries(dataset.metrics);
    entries.emplace_back("labels", Value::Integer(static_cast<int64_t>(dataset.labels)));
    datasets.Set(dataset.name, Value::MakeMap(Map(std::move(entries))));
  }
  const char* excluded = arguments.exclude_family         ? "family"
                         : arguments.exclude_same_dataset ? "same-dataset"
                                                          : "none";
  const Map document({{"aligner", Value::String(arguments.evaluation.aligner)},
                      {"truth", Value::String(arguments.evaluation.truth)},
                      {"excluded", Value::String(excluded)},
                      {"macro", Value::MakeMap(Map(MetricEntries(evaluation.macro)))},
                      {"datasets", Value::MakeMap(std::move(datasets))}});
  std::string text;
  AppendJson(Value::MakeMap(document), &text);
  return text + "\n";
}

void PrintEvaluation(const AlignmentEvaluation& evaluation, OutputMode mode, Sink& sink) {
  PrintOptions options;
  options.mode = mode;
  const std::unique_ptr<Printer> printer = MakePrinter(options, sink);
  // Three digits say more than the data do; programs get all of them from JSON.
  const auto share = [](double value) {
    char text[16];
    std::snprintf(text, sizeof text, "%.3f", value);
    return Value::String(text);
  };
  printer->Begin({"dataset", "labels", "hits@1", "mrr", "recall@10", "recall@50"});
  const auto row = [&](const std::string& name, Value labels, const AlignmentMetrics& metrics) {
    printer->Row({Value::String(name), std::move(labels), share(metrics.hits_at_1),
                  share(metrics.mrr), share(metrics.recall_at_10), share(metrics.recall_at_50)});
  };
  uint64_t labels = 0;
  for (const auto& dataset : evaluation.datasets) {
    row(dataset.name, Value::Integer(static_cast<int64_t>(dataset.labels)), dataset.metrics);
    labels += dataset.labels;
  }
  row("macro average", Value::Integer(static_cast<int64_t>(labels)), evaluation.macro);
  printer->End();
}

int RunEvaluateAlignment(EvaluateArguments& arguments) {
  AlignmentEvaluationOptions& evaluation = arguments.evaluation;
  if (arguments.exclude_family) {
    evaluation.exclusion = AlignmentExclusion::kSameFamily;
  } else if (arguments.exclude_same_dataset) {
    evaluation.exclusion = AlignmentExclusion::kSameDataset;
  }
  if (!arguments.options.empty()) {
    const Value options = ParseLiteralOrString(arguments.options);
    if (options.type() != ValueType::kMap) {
      return Fail(Status(StatusCode::kInvalidArgument, "--options is no map: " + arguments.options,
                         "write for instance {k: 10}"));
    }
    evaluation.aligner_options = options.AsMap();
  }
  bool asks = evaluation.aligner == "llm";
  for (const std::string& text : arguments.then) {
    const size_t brace = std::min(text.find('{'), text.size());
    const size_t end = text.find_last_not_of(' ', brace == 0 ? 0 : brace - 1);
    std::pair<std::string, Map> aligner(text.substr(0, end + 1), Map());
    if (brace < text.size()) {
      const Value map = ParseLiteralOrString(text.substr(brace));
      if (map.type() != ValueType::kMap) {
        return Fail(Status(StatusCode::kInvalidArgument, "--then is no aligner: " + text,
                           "write for instance --then \"llm {model: 'm', top: 10}\""));
      }
      aligner.second = map.AsMap();
    }
    asks = asks || aligner.first == "llm";
    evaluation.then.push_back(std::move(aligner));
  }
  DatabaseOptions options;
  arguments.language_models.ApplyTo(&options);
  options.store.read_only = !asks;  // answers are kept
  options.store.create_if_missing = false;
  auto database = Database::Open(arguments.db, options);
  if (!database.ok()) return Fail(database.status());
  ProgressLine line(/*enabled=*/true);
  evaluation.progress = [&line](uint64_t done, uint64_t total) {
    line.Show("labels aligned", done, total);
  };
  const auto result = EvaluateAlignment(**database, evaluation);
  line.Clear();
  if (!result.ok()) return Fail(result.status());
  FileSink sink(stdout);
  if (arguments.format == "json") {
    sink.Write(EvaluationJson(arguments, *result));
  } else {
    PrintEvaluation(*result, *FindOutputMode(arguments.format), sink);
  }
  if (sink.Flush()) return kSuccess;
  return Fail(Status(StatusCode::kIo, "the output could not be written"));
}

}  // namespace

void AddEvaluateCommand(CLI::App& app, int* exit_status) {
  CLI::App* evaluate = app.add_subcommand("evaluate", "measure how good an aligner or a model is");
  evaluate->require_subcommand(1);
  AddEvaluateActAlign(*evaluate, exit_status);
  CLI::App* command = evaluate->add_subcommand(
      "alignment", "align every label that a method has mapped, and compare with its mappings");
  auto arguments = std::make_shared<EvaluateArguments>();
  command->add_option("--db", arguments->db, "the store")->required()->type_name("DB");
  command->add_option("--aligner", arguments->evaluation.aligner, "an aligner's name")
      ->capture_default_str();
  command->add_option("--options", arguments->options, "the aligner's options, e.g. {k: 10}")
      ->type_name("MAP");
  command
      ->add_option(
          "--then", arguments->then,
          "an aligner that orders what the one before found, e.g. \"llm {top: 10}\"; may be "
          "repeated")
      ->type_name("ALIGNER")
      ->allow_extra_args(false);
  arguments->language_models.AddTo(*command);
  command->add_option("--truth", arguments->evaluation.truth, "the method whose mappings are right")
      ->capture_default_str();
  CLI::Option* same = command->add_flag("--exclude-same-dataset", arguments->exclude_same_dataset,
                                        "labels of the same dataset may not help");
  command
      ->add_flag("--exclude-family", arguments->exclude_family,
                 "labels of datasets of the same family may not help")
      ->excludes(same);
  command
      ->add_option("--dataset", arguments->evaluation.datasets,
                   "only this dataset; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--format", arguments->format, "how the result is written")
      ->check(CLI::IsMember(OutputModeNames()))
      ->capture_default_str();
  command->callback([arguments, exit_status] { *exit_status = RunEvaluateAlignment(*arguments); });
  AddEvaluateDetection(*evaluate, exit_status);
}

}  // namespace gesta::shell
