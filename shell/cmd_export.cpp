// gesta export: everything that a store holds, as text; or a table to train on.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "command.h"
#include "gesta/export.h"
#include "gesta/store.h"
#include "gesta/training_table.h"
#include "interrupt.h"
#include "literal.h"
#include "progress.h"
#include "style.h"

namespace gesta::shell {
namespace {

struct ExportArguments {
  std::string db;
  ExportOptions options;
  TrainingOptions training;
  std::string memory;
};

Result<std::unique_ptr<Store>> OpenToRead(const std::string& db) {
  StoreOptions reading;
  reading.create_if_missing = false;
  reading.read_only = true;
  return Store::Open(db, reading);
}

// Runs an export of either kind, which can be stopped and shows how far it is.
template <typename Options, typename Export>
auto WithProgress(Options* options, const Export& run) {
  const InterruptScope interrupt(nullptr, /*second_ends=*/true);
  ProgressLine line(/*enabled=*/true);
  options->cancel = InterruptScope::Flag();
  options->progress = [&line](const IngestProgress& progress) {
    line.Show(progress.what, progress.done, progress.total);
  };
  return run(*options);
}

Result<ExportSummary> RunExport(ExportArguments* arguments) {
  if (!arguments->memory.empty()) {
    GESTA_ASSIGN_OR_RETURN(arguments->options.memory_bytes, ParseByteSize(arguments->memory));
  }
  GESTA_ASSIGN_OR_RETURN(const auto store, OpenToRead(arguments->db));
  return WithProgress(&arguments->options, [&store](const ExportOptions& options) {
    return ExportStore(*store, options);
  });
}

Result<TrainingSummary> RunTraining(ExportArguments* arguments) {
  GESTA_ASSIGN_OR_RETURN(const auto store, OpenToRead(arguments->db));
  return WithProgress(&arguments->training, [&store](const TrainingOptions& options) {
    return ExportTraining(*store, options);
  });
}

int RunTrainingCommand(ExportArguments* arguments) {
  const Result<TrainingSummary> summary = RunTraining(arguments);
  if (!summary.ok()) return Fail(summary.status());
  fmt::print("{} samples ({}s) x {} {}, {} ones\n", GroupDigits(summary->rows), summary->samples,
             GroupDigits(summary->columns),
             arguments->training.targets == "class" ? "verb classes" : "verbs",
             GroupDigits(summary->ones));
  if (summary->without_target > 0) {
    fmt::print("{} samples left out: no preferred mapping of what they show leads to a target\n",
               GroupDigits(summary->without_target));
  }
  for (const std::string& file : summary->files) fmt::print("{}\n", file);
  fmt::print("sha256 {}\n", summary->sha256);
  return kSuccess;
}

int RunExportCommand(ExportArguments* arguments) {
  if (!arguments->training.output.empty()) return RunTrainingCommand(arguments);
  const Result<ExportSummary> summary = RunExport(arguments);
  if (!summary.ok()) return Fail(summary.status());
  // The export itself may be on standard output.
  fmt::print(stderr, "{} in {:.1f} s\n", DescribeExport(*summary, "exported"), summary->seconds);
  if (summary->left_out > 0) {
    fmt::print(stderr, "{} sequences and records of jobs are left out: use --format jsonl\n",
               GroupDigits(summary->left_out));
  }
  return kSuccess;
}

void AddTrainingOptions(CLI::App* command, TrainingOptions* training) {
  CLI::Option* const table =
      command
          ->add_option("--training", training->output,
                       "write a table of samples and what they show instead: FILE.npy, FILE.jsonl, "
                       "FILE.json")
          ->type_name("FILE");
  command
      ->add_option("--samples", training->samples,
                   "a row is a segment, a video or an image (the first that the store has)")
      ->check(CLI::IsMember({"segment", "video", "image"}))
      ->needs(table);
  command->add_option("--targets", training->targets, "a column is a class of verbs or a verb")
      ->check(CLI::IsMember({"class", "verb"}))
      ->capture_default_str()
      ->needs(table);
  command
      ->add_option("--dataset", training->datasets,
                   "only samples of this dataset; may be given several times")
      ->type_name("NAME")
      ->allow_extra_args(false)
      ->needs(table);
  command->add_option("--split", training->split, "only samples of the split with this name")
      ->type_name("NAME")
      ->needs(table);
  command
      ->add_option("--top", training->top,
                   "only mappings of a rank up to this one (0: all of them)")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N")
      ->needs(table);
}

}  // namespace

std::string DescribeExport(const ExportSummary& summary, const char* done) {
  std::string text = fmt::format("{} nodes, {} relationships", GroupDigits(summary.nodes),
                                 GroupDigits(summary.relationships));
  for (const auto& [count, name] :
       {std::pair(summary.vectors, "vectors"), std::pair(summary.sequences, "sequences"),
        std::pair(summary.records, "records of jobs")}) {
    if (count > 0) text += fmt::format(", {} {}", GroupDigits(count), name);
  }
  return text + " " + done;
}

void AddExportCommand(CLI::App& app, int* exit_status) {
  CLI::App* command = app.add_subcommand("export", "write everything that a store holds as text");
  auto arguments = std::make_shared<ExportArguments>();
  ExportOptions& options = arguments->options;
  command->add_option("DB", arguments->db, "the store")->required();
  command->add_option("--format", options.format, "how it is written")
      ->check(CLI::IsMember(ExportFormats()))
      ->capture_default_str();
  command
      ->add_option("--output", options.output,
                   "the file, gzipped if its name ends in .gz; - is standard output; the folder of "
                   "csv")
      ->type_name("PATH")
      ->capture_default_str();
  command->add_flag("--canonical", options.canonical,
                    "equal text for equal content: sorted, without ids and times; to compare, not "
                    "to import");
  command->add_option("--memory", arguments->memory, "memory to sort in (256MiB)")
      ->type_name("SIZE");
  AddTrainingOptions(command, &arguments->training);
  command->footer(
      "`gesta import DB --from PATH` makes a store from jsonl or csv, `gesta query DB -f "
      "FILE` from cypher.");
  command->callback([arguments, exit_status] { *exit_status = RunExportCommand(arguments.get()); });
}

}  // namespace gesta::shell
