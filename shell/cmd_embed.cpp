// gesta embed: gives the nodes of an embedding space their vectors.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "command.h"
#include "gesta/embed_space.h"
#include "interrupt.h"
#include "progress.h"

namespace gesta::shell {
namespace {

// Shared by the command's options and its callback, which outlives the function that adds it.
struct EmbedArguments {
  std::string space;
  std::string db;
  EmbedSpaceOptions options;
};

int RunEmbed(EmbedArguments& arguments) {
  DatabaseOptions database_options;
  database_options.store.create_if_missing = false;
  auto database = Database::Open(arguments.db, database_options);
  if (!database.ok()) return Fail(database.status());
  const InterruptScope interrupt(nullptr, /*second_ends=*/true);
  ProgressLine progress(/*enabled=*/true);
  arguments.options.cancel = InterruptScope::Flag();
  arguments.options.progress = [&](uint64_t done, uint64_t total) {
    progress.Show("embedding", done, total);
  };
  const auto summary = EmbedSpace(**database, arguments.space, arguments.options);
  progress.Clear();
  if (!summary.ok()) return Fail(summary.status());
  fmt::print("{}: {} of {} nodes embedded, {} unchanged", arguments.space, summary->embedded,
             summary->nodes, summary->unchanged);
  if (summary->without_text > 0) fmt::print(", {} without a text", summary->without_text);
  if (summary->removed > 0) fmt::print(", {} vectors removed", summary->removed);
  fmt::print("{}\n", summary->new_version ? "; the model is another version than before" : "");
  return kSuccess;
}

}  // namespace

void AddEmbedCommand(CLI::App& app, int* exit_status) {
  const auto arguments = std::make_shared<EmbedArguments>();
  CLI::App* command =
      app.add_subcommand("embed", "embed the nodes of an embedding space by its model");
  command->add_option("SPACE", arguments->space, "as CREATE EMBEDDING SPACE named it")->required();
  command->add_option("--db", arguments->db, "the store")->required();
  command->add_flag("--all", arguments->options.all, "also nodes whose vector is up to date");
  command->add_option("--batch", arguments->options.batch_size,
                      "texts that go through the model together (chosen by their length)");
  command->add_option("--device", arguments->options.device, "cpu (the default), cuda, cuda:1, …");
  command->add_option("--precision", arguments->options.precision,
                      "fp32 (the default), fp16, bf16");
  command->footer(
      "Only nodes that are new, or whose text or model has changed, are embedded. A job that was "
      "stopped goes on where it was.");
  command->callback([arguments, exit_status] { *exit_status = RunEmbed(*arguments); });
}

}  // namespace gesta::shell
