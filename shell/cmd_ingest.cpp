// gesta ingest: one subcommand a job, its options taken from the job's own table.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <string>

#include "command.h"
#include "gesta/ingest.h"
#include "ingest_job.h"

namespace gesta::shell {
namespace {

// Shared by the command's options and its callback, which outlives the function that adds it.
struct IngestArguments {
  std::string kind;
  std::string path;
  std::string db;
  std::string format = "text";
  std::map<std::string, std::string> values;  // by option name; its entries stay where they are
  std::map<std::string, bool> flags;
};

int RunIngestCommand(const IngestArguments& arguments) {
  auto store = Store::Open(arguments.db, StoreOptions());
  if (!store.ok()) return Fail(store.status());
  IngestOptions job;
  job.kind = arguments.kind;
  job.path = arguments.path;
  for (const auto& [name, value] : arguments.values) {
    if (!value.empty()) job.options[name] = value;
  }
  for (const auto& [name, set] : arguments.flags) {
    if (set) job.options[name] = "true";
  }
  const auto summary = RunIngestJob(**store, job, /*second_ends=*/true);
  if (!summary.ok()) return Fail(summary.status());
  // The next process should find no log to replay.
  if (const Status status = (*store)->Flush(); !status.ok()) return Fail(status);
  fmt::print(
      "{}", arguments.format == "json" ? IngestSummaryJson(*summary) : IngestSummaryText(*summary));
  return kSuccess;
}

}  // namespace

void AddIngestCommand(CLI::App& app, int* exit_status) {
  CLI::App* ingest = app.add_subcommand("ingest", "read files into a store");
  ingest->require_subcommand(1);
  for (const IngestJobInfo& job : IngestJobs()) {
    CLI::App* command = ingest->add_subcommand(job.name, job.description);
    auto arguments = std::make_shared<IngestArguments>();
    arguments->kind = job.name;
    command->add_option("PATH", arguments->path, job.path)->required();
    command->add_option("--db", arguments->db, "the store; made when it does not exist")
        ->required()
        ->type_name("DB");
    command->add_option("--format", arguments->format, "how the summary is written")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    for (const IngestOptionInfo& option : job.options) {
      if (option.value.empty()) {
        command->add_flag("--" + option.name, arguments->flags[option.name], option.description);
      } else {
        command->add_option("--" + option.name, arguments->values[option.name], option.description)
            ->type_name(option.value);
      }
    }
    command->callback([arguments, exit_status] { *exit_status = RunIngestCommand(*arguments); });
  }
}

}  // namespace gesta::shell
