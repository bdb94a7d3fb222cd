// gesta evaluate detection: mean average precision of temporal detection on a dataset's videos.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "command.h"
#include "gesta/detection_evaluation.h"
#include "gesta/detection_file.h"
#include "print/json_text.h"
#include "print/printer.h"
#include "progress.h"

namespace gesta::shell {
namespace {

// Shared by the command's options and its callback, which outlives the function that adds it.
struct DetectionArguments {
  std::string db;
  std::string predictions;
  std::string tiou;
  std::string format = "table";
  std::string save;
  DetectionEvaluationOptions evaluation;
};

Value Count(uint64_t count) { return Value::Integer(static_cast<int64_t>(count)); }

// 0.1, 0.15, … as people write them.
std::string ThresholdText(double threshold) { return fmt::format("{:.9g}", threshold); }

bool ParseNumber(std::string_view text, double* number) {
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && at == text.data() + text.size() && std::isfinite(*number);
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(separator, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

// "0.5", "0.3,0.5,0.7", "0.1:0.5:0.05" (first, last, step), or several of them joined by commas.
Result<std::vector<double>> ParseThresholds(const std::string& text) {
  constexpr size_t kMaxThresholds = 1000;
  std::vector<double> thresholds;
  const auto bad = [&] {
    return Status(StatusCode::kInvalidArgument, "'" + text + "' are no tIoU thresholds",
                  "write numbers above 0 and up to 1, e.g. 0.5,0.75 or first:last:step, e.g. "
                  "0.1:0.5:0.05");
  };
  for (const std::string_view part : Split(text, ',')) {
    double range[3] = {0, 0, 1};
    const std::vector<std::string_view> numbers = Split(part, ':');
    if (numbers.size() == 2 || numbers.size() > 3) return bad();
    for (size_t i = 0; i < numbers.size(); ++i) {
      if (!ParseNumber(numbers[i], &range[i])) return bad();
    }
    if (numbers.size() == 1) range[1] = range[0];
    if (!(range[0] > 0 && range[0] <= range[1] && range[1] <= 1 && range[2] > 0)) return bad();
    const double steps = std::floor((range[1] - range[0]) / range[2] + 1e-6);
    if (steps >= static_cast<double>(kMaxThresholds)) return bad();
    for (size_t i = 0; i <= static_cast<size_t>(steps); ++i) {
      // The double nearest to the decimal number, not what adding up has made of it.
      const double value = range[0] + static_cast<double>(i) * range[2];
      thresholds.push_back(std::strtod(ThresholdText(value).c_str(), nullptr));
    }
  }
  return thresholds;
}

Value ByThreshold(const std::vector<double>& tiou, const std::vector<double>& values) {
  Map map;
  for (size_t k = 0; k < tiou.size(); ++k) map.Set(ThresholdText(tiou[k]), Value::Float(values[k]));
  return Value::MakeMap(std::move(map));
}

std::vector<MapEntry> GroupEntries(const DetectionEvaluation& evaluation,
                                   const DetectionEvaluation::Group& group) {
  return {{"average", Value::Float(group.all.average)},
          {"average_present", Value::Float(group.present_only.average)},
          {"map", ByThreshold(evaluation.tiou, group.all.at)},
          {"map_present", ByThreshold(evaluation.tiou, group.present_only.at)},
          {"classes_present", Count(group.present)}};
}

std::string EvaluationJson(const std::string& dataset, const DetectionEvaluation& evaluation) {
  std::vector<MapEntry> entries = GroupEntries(evaluation, evaluation.total);
  Map classes;
  for (const DetectionEvaluation::Class& one : evaluation.classes) {
    classes.Set(
        std::to_string(one.index),
        Value::MakeMap(Map({{"text", Value::String(one.text)},
                            {"coarse", one.coarse ? Value::Integer(*one.coarse) : Value::Null()},
                            {"segments", Count(one.segments)},
                            {"predictions", Count(one.detections)},
                            {"average", Value::Float(one.precision.average)},
                            {"ap", ByThreshold(evaluation.tiou, one.precision.at)}})));
  }
  Map coarse;
  for (const auto& [index, group] : evaluation.coarse) {
    std::vector<MapEntry> own = GroupEntries(evaluation, group);
    own.emplace_back("text", Value::String(group.text));
    own.emplace_back("classes", Count(group.classes));
    coarse.Set(std::to_string(index), Value::MakeMap(Map(std::move(own))));
  }
  const MapEntry more[] = {{"dataset", Value::String(dataset)},
                           {"alpha", Value::Float(evaluation.alpha)},
                           {"kmax", Value::Integer(evaluation.kmax)},
                           {"videos", Count(evaluation.videos)},
                           {"videos_without_features", Count(evaluation.videos_without_features)},
                           {"segments", Count(evaluation.total.segments)},
                           {"empty_segments", Count(evaluation.empty_segments)},
                           {"predictions", Count(evaluation.total.detections)},
                           {"classes", Value::MakeMap(std::move(classes))},
                           {"coarse", Value::MakeMap(std::move(coarse))}};
  entries.insert(entries.end(), std::begin(more), std::end(more));
  std::string text;
  AppendJson(Value::MakeMap(Map(std::move(entries))), &text);
  return text + "\n";
}

// A row for each class that has truth, each coarse class, and all of them.
void PrintEvaluation(const DetectionEvaluation& evaluation, OutputMode mode, Sink& sink) {
  PrintOptions options;
  options.mode = mode;
  const std::unique_ptr<Printer> printer = MakePrinter(options, sink);
  std::vector<std::string> header = {"class", "segments", "predictions"};
  std::vector<size_t> shown;
  for (size_t k = 0; k < evaluation.tiou.size(); ++k) {
    if (std::find(evaluation.report.begin(), evaluation.report.end(), evaluation.tiou[k]) ==
        evaluation.report.end()) {
      continue;
    }
    shown.push_back(k);
    header.push_back("@" + ThresholdText(evaluation.tiou[k]));
  }
  header.push_back("average");
  printer->Begin(header);
  const auto row = [&](const std::string& name, uint64_t segments, uint64_t predictions,
                       const DetectionMetrics& metrics) {
    std::vector<Value> values = {Value::String(name), Count(segments), Count(predictions)};
    for (const size_t k : shown)
      values.push_back(Value::String(fmt::format("{:.2f}", metrics.at[k])));
    values.push_back(Value::String(fmt::format("{:.2f}", metrics.average)));
    printer->Row(values);
  };
  for (const DetectionEvaluation::Class& one : evaluation.classes) {
    if (one.segments == 0) continue;
    row(one.text, one.segments, one.detections, one.precision);
  }
  const auto mean = [&](const std::string& name, uint64_t classes,
                        const DetectionEvaluation::Group& group, const DetectionMetrics& metrics) {
    row(fmt::format("mean of {} ({})", name, classes), group.segments, group.detections, metrics);
  };
  for (const auto& [index, group] : evaluation.coarse) {
    mean("'" + group.text + "'", group.classes, group, group.all);
  }
  const DetectionEvaluation::Group& total = evaluation.total;
  mean("classes with segments", total.present, total, total.present_only);
  mean("all classes", total.classes, total, total.all);
  printer->End();
}

// The layout that --predictions reads.
Status SaveDetections(const std::string& path, const std::vector<DetectedSegment>& detections) {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  if (file == nullptr) return Status(StatusCode::kIo, "cannot write '" + path + "'");
  std::string text = "video,class,start,end,score\n";
  bool written = true;
  for (const DetectedSegment& one : detections) {
    std::string video = one.video;
    if (video.find_first_of(",\"\r\n") != std::string::npos) {
      for (size_t at = 0; (at = video.find('"', at)) != std::string::npos; at += 2) {
        video.insert(at, 1, '"');
      }
      video = '"' + video + '"';
    }
    text += fmt::format("{},{},{},{},{}\n", video, one.label, one.start, one.end, one.score);
    if (text.size() < (1 << 20)) continue;
    written = written && std::fwrite(text.data(), 1, text.size(), file) == text.size();
    text.clear();
  }
  written = written && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  written = std::fclose(file) == 0 && written;
  return written ? Status::Ok() : Status(StatusCode::kIo, "'" + path + "' could not be written");
}

Status ReadPredictions(const std::string& path, DetectionEvaluationOptions* evaluation) {
  GESTA_ASSIGN_OR_RETURN(const std::vector<DetectionRow> rows, ReadDetectionFile(path));
  evaluation->detections.emplace();
  for (const DetectionRow& row : rows) {
    evaluation->detections->push_back({row.video, row.label, row.start, row.end, row.score,
                                       fmt::format("{}: line {}", path, row.line)});
  }
  return Status::Ok();
}

int RunEvaluateDetection(DetectionArguments& arguments) {
  DetectionEvaluationOptions& evaluation = arguments.evaluation;
  if (!arguments.tiou.empty()) {
    auto thresholds = ParseThresholds(arguments.tiou);
    if (!thresholds.ok()) return Fail(thresholds.status());
    evaluation.tiou = *std::move(thresholds);
  }
  if (!arguments.predictions.empty()) {
    const Status read = ReadPredictions(arguments.predictions, &evaluation);
    if (!read.ok()) return Fail(read);
  }
  evaluation.keep_detections = !arguments.save.empty();
  DatabaseOptions options;
  options.store.read_only = true;
  options.store.create_if_missing = false;
  auto database = Database::Open(arguments.db, options);
  if (!database.ok()) return Fail(database.status());
  ProgressLine line(/*enabled=*/true);
  evaluation.progress = [&line](uint64_t done, uint64_t total) {
    line.Show("videos scored", done, total);
  };
  const auto result = EvaluateDetection(**database, evaluation);
  line.Clear();
  if (!result.ok()) return Fail(result.status());
  if (!arguments.save.empty()) {
    const Status saved = SaveDetections(arguments.save, result->detections);
    if (!saved.ok()) return Fail(saved);
  }
  FileSink sink(stdout);
  if (arguments.format == "json") {
    sink.Write(EvaluationJson(evaluation.dataset, *result));
  } else {
    PrintEvaluation(*result, *FindOutputMode(arguments.format), sink);
  }
  if (!sink.Flush()) return Fail(Status(StatusCode::kIo, "the output could not be written"));
  if (arguments.format == "json") return kSuccess;  // which says it all
  const auto note = [](uint64_t count, const char* what) {
    if (count > 0) fmt::print(stderr, "note: {} {}\n", count, what);
  };
  note(result->empty_segments,
       evaluation.drop_empty ? "segments whose end is not after their start were left out"
                             : "segments whose end is not after their start count, and nothing "
                               "can find them (--drop-empty leaves them out)");
  note(result->videos_without_features, "videos have no clip features: nothing is found in them");
  return kSuccess;
}

}  // namespace

void AddEvaluateDetection(CLI::App& evaluate, int* exit_status) {
  CLI::App* command = evaluate.add_subcommand(
      "detection", "find the labels' segments in videos, and compare with those annotated");
  auto arguments = std::make_shared<DetectionArguments>();
  DetectionEvaluationOptions& evaluation = arguments->evaluation;
  command->add_option("--db", arguments->db, "the store")->required()->type_name("DB");
  command->add_option("--dataset", evaluation.dataset, "the dataset")
      ->required()
      ->type_name("NAME");
  CLI::Option* model =
      command
          ->add_option("--model", evaluation.model,
                       "networks that score the stored clip features: the torch state_dicts "
                       "encoder.pkl and fine_level_classifier.pkl")
          ->type_name("DIR");
  command
      ->add_option("--predictions", arguments->predictions,
                   "instead: a CSV file with video, class, start, end and score")
      ->type_name("FILE")
      ->excludes(model);
  command
      ->add_option("--tiou", arguments->tiou,
                   "thresholds: numbers, or first:last:step (the dataset's protocol, else "
                   "0.1:0.5:0.05)")
      ->type_name("LIST");
  command->add_option("--alpha", evaluation.alpha,
                      "clips count above mean + alpha * (max - min) of their scores (the "
                      "protocol's, else 0.1)");
  command->add_option("--kmax", evaluation.kmax,
                      "a class scores the mean of its best 1/kmax of the clips (the protocol's, "
                      "else 2)");
  command->add_flag("--drop-empty", evaluation.drop_empty,
                    "leave out segments whose end is not after their start");
  command->add_option("--split", evaluation.split, "the split whose videos count")
      ->capture_default_str();
  command->add_option("--level", evaluation.level, "the level of the labels")
      ->capture_default_str();
  command->add_option("--space", evaluation.space, "the embedding space of the clip features");
  command->add_option("--device", evaluation.device, "where networks run: cpu, cuda, cuda:1, …");
  command->add_option("--save-predictions", arguments->save, "write what was found as CSV")
      ->type_name("FILE");
  command->add_option("--format", arguments->format, "how the result is written")
      ->check(CLI::IsMember(OutputModeNames()))
      ->capture_default_str();
  command->callback([arguments, exit_status] { *exit_status = RunEvaluateDetection(*arguments); });
}

}  // namespace gesta::shell
