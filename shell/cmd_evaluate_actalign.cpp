// gesta evaluate actalign: how often the right option of a question about a video comes first.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "command.h"
#include "gesta/video_evaluation.h"
#include "print/json_text.h"
#include "print/printer.h"
#include "progress.h"

namespace gesta::shell {
namespace {

// Shared by the command's options and its callback, which outlives the function that adds it.
struct ActAlignArguments {
  std::string db;
  std::string format = "table";
  size_t confusions = 0;
  size_t hardest = 0;
  VideoEvaluationOptions evaluation;
};

Value Count(uint64_t count) { return Value::Integer(static_cast<int64_t>(count)); }

// (answer, predicted) pairs that were confused, the most frequent first.
std::vector<std::pair<std::pair<std::string, std::string>, uint64_t>> Confusions(
    const VideoEvaluation& evaluation, size_t most) {
  std::map<std::pair<std::string, std::string>, uint64_t> counts;
  for (const auto& sample : evaluation.samples) {
    if (sample.rank != 1) ++counts[{sample.answer, sample.predicted}];
  }
  std::vector<std::pair<std::pair<std::string, std::string>, uint64_t>> sorted(counts.begin(),
                                                                               counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  if (sorted.size() > most) sorted.resize(most);
  return sorted;
}

// The samples whose right option is furthest behind another.
std::vector<VideoEvaluation::Sample> Hardest(const VideoEvaluation& evaluation, size_t most) {
  std::vector<VideoEvaluation::Sample> samples = evaluation.samples;
  std::stable_sort(samples.begin(), samples.end(),
                   [](const auto& a, const auto& b) { return a.margin < b.margin; });
  if (samples.size() > most) samples.resize(most);
  return samples;
}

Value AccuracyMap(const VideoEvaluation::Accuracy& accuracy) {
  return Value::MakeMap(Map({{"samples", Count(accuracy.samples)},
                             {"top_1", Value::Float(accuracy.top[0])},
                             {"top_2", Value::Float(accuracy.top[1])},
                             {"top_3", Value::Float(accuracy.top[2])}}));
}

std::string EvaluationJson(const ActAlignArguments& arguments, const VideoEvaluation& evaluation) {
  Map domains;
  for (const auto& [domain, accuracy] : evaluation.domains) {
    domains.Set(domain, AccuracyMap(accuracy));
  }
  Map left_out;
  for (const auto& [reason, count] : evaluation.left_out) left_out.Set(reason, Count(count));
  Map document({{"aligner", Value::String(arguments.evaluation.aligner)},
                {"space", Value::String(evaluation.space)},
                {"seed_compatible", Value::Boolean(arguments.evaluation.seed_compatible)},
                {"overall", AccuracyMap(evaluation.overall)},
                {"domains", Value::MakeMap(std::move(domains))},
                {"left_out", Value::MakeMap(std::move(left_out))},
                {"missing_options", Count(evaluation.missing_options)}});
  if (arguments.confusions > 0) {
    List list;
    for (const auto& [pair, count] : Confusions(evaluation, arguments.confusions)) {
      list.push_back(Value::MakeMap(Map({{"answer", Value::String(pair.first)},
                                         {"predicted", Value::String(pair.second)},
                                         {"count", Count(count)}})));
    }
    document.Set("confusions", Value::MakeList(std::move(list)));
  }
  if (arguments.hardest > 0) {
    List list;
    for (const auto& sample : Hardest(evaluation, arguments.hardest)) {
      list.push_back(Value::MakeMap(
          Map({{"question", Value::Integer(sample.question)},
               {"domain", Value::String(sample.domain)},
               {"answer", Value::String(sample.answer)},
               {"predicted", Value::String(sample.predicted)},
               {"rank", sample.rank > 0 ? Value::Integer(sample.rank) : Value()},
               {"margin", std::isfinite(sample.margin) ? Value::Float(sample.margin) : Value()}})));
    }
    document.Set("hardest", Value::MakeList(std::move(list)));
  }
  std::string text;
  AppendJson(Value::MakeMap(std::move(document)), &text);
  return text + "\n";
}

void PrintEvaluation(const ActAlignArguments& arguments, const VideoEvaluation& evaluation,
                     Sink& sink) {
  PrintOptions options;
  options.mode = *FindOutputMode(arguments.format);
  const auto share = [](double value) {
    char text[16];
    std::snprintf(text, sizeof text, "%.3f", value);
    return Value::String(text);
  };
  {
    const std::unique_ptr<Printer> printer = MakePrinter(options, sink);
    printer->Begin({"domain", "samples", "top-1", "top-2", "top-3"});
    const auto row = [&](const std::string& name, const VideoEvaluation::Accuracy& accuracy) {
      printer->Row({Value::String(name), Count(accuracy.samples), share(accuracy.top[0]),
                    share(accuracy.top[1]), share(accuracy.top[2])});
    };
    for (const auto& [domain, accuracy] : evaluation.domains) {
      row(domain.empty() ? "(none)" : domain, accuracy);
    }
    row("all", evaluation.overall);
    printer->End();
  }
  if (arguments.confusions > 0) {
    const std::unique_ptr<Printer> printer = MakePrinter(options, sink);
    printer->Begin({"answer", "predicted", "samples"});
    for (const auto& [pair, count] : Confusions(evaluation, arguments.confusions)) {
      printer->Row({Value::String(pair.first), Value::String(pair.second), Count(count)});
    }
    printer->End();
  }
  if (arguments.hardest > 0) {
    const std::unique_ptr<Printer> printer = MakePrinter(options, sink);
    printer->Begin({"question", "answer", "predicted", "rank", "margin"});
    for (const auto& sample : Hardest(evaluation, arguments.hardest)) {
      printer->Row({Value::Integer(sample.question), Value::String(sample.answer),
                    Value::String(sample.predicted),
                    sample.rank > 0 ? Value::Integer(sample.rank) : Value(),
                    std::isfinite(sample.margin) ? Value::Float(sample.margin) : Value()});
    }
    printer->End();
  }
}

// What the table does not show; people read it, programs have it in the JSON.
void PrintRemarks(const VideoEvaluation& evaluation) {
  if (evaluation.missing_options > 0) {
    std::fprintf(stderr, "%llu options could not be scored: no subactions or no vector\n",
                 static_cast<unsigned long long>(evaluation.missing_options));
  }
  for (const auto& [reason, count] : evaluation.left_out) {
    std::fprintf(stderr, "%llu questions left out: %s\n", static_cast<unsigned long long>(count),
                 reason.c_str());
  }
}

int RunEvaluateActAlign(ActAlignArguments& arguments) {
  DatabaseOptions options;
  options.store.read_only = true;
  options.store.create_if_missing = false;
  auto database = Database::Open(arguments.db, options);
  if (!database.ok()) return Fail(database.status());
  ProgressLine line(/*enabled=*/true);
  arguments.evaluation.progress = [&line](uint64_t done, uint64_t total) {
    line.Show("questions answered", done, total);
  };
  const auto result = EvaluateVideos(**database, arguments.evaluation);
  line.Clear();
  if (!result.ok()) return Fail(result.status());
  FileSink sink(stdout);
  if (arguments.format == "json") {
    sink.Write(EvaluationJson(arguments, *result));
  } else {
    PrintEvaluation(arguments, *result, sink);
  }
  if (!sink.Flush()) return Fail(Status(StatusCode::kIo, "the output could not be written"));
  if (arguments.format != "json") PrintRemarks(*result);
  return kSuccess;
}

}  // namespace

void AddEvaluateActAlign(CLI::App& evaluate, int* exit_status) {
  CLI::App* command = evaluate.add_subcommand(
      "actalign",
      "answer questions about videos by their options' subactions; Top-1, Top-2, Top-3");
  auto arguments = std::make_shared<ActAlignArguments>();
  VideoEvaluationOptions& evaluation = arguments->evaluation;
  command->add_option("--db", arguments->db, "the store")->required()->type_name("DB");
  command->add_option("--aligner", evaluation.aligner, "dtw or meanpool")
      ->check(CLI::IsMember({"dtw", "meanpool"}))
      ->capture_default_str();
  command->add_option("--space", evaluation.space,
                      "the embedding space; may be left out where only one has sequences");
  command->add_option("--dataset", evaluation.dataset, "only videos of this dataset");
  command->add_flag("--exact", evaluation.exact,
                    "compute as the published method does, in its precision");
  command->add_option("--smooth", evaluation.smooth, "average this many frames first")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N");
  command->add_flag("--cosine", evaluation.cosine,
                    "compare by cosine, without the space's scale and bias");
  command->add_flag("--seed-compatible", evaluation.seed_compatible,
                    "the numbers of the published evaluation: options without subactions shift the "
                    "places of those after them, an even smoothing window loses a frame, and mean "
                    "pooling normalises all options' vectors together");
  command->add_option("--device", evaluation.device, "auto, cpu, or cuda:0 and so on")
      ->capture_default_str();
  command->add_option("--confusions", arguments->confusions, "show the N most confused pairs")
      ->type_name("N");
  command->add_option("--hardest", arguments->hardest, "show the N samples that were missed most")
      ->type_name("N");
  command->add_option("--format", arguments->format, "how the result is written")
      ->check(CLI::IsMember(OutputModeNames()))
      ->capture_default_str();
  command->callback([arguments, exit_status] { *exit_status = RunEvaluateActAlign(*arguments); });
}

}  // namespace gesta::shell
