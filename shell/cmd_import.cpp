// gesta import: CSV files into a store by a bulk load, or a new store from an export.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "command.h"
#include "gesta/import.h"
#include "interrupt.h"
#include "literal.h"
#include "progress.h"
#include "style.h"

namespace gesta::shell {
namespace {

// Shared by the command's options and its callback, which outlives the function that adds it.
struct ImportArguments {
  std::string db;
  std::string from;
  std::vector<std::string> nodes;
  std::vector<std::string> relationships;
  std::string delimiter = ",";
  std::string list_delimiter = ";";
  std::string bad_rows = "0";
  std::string memory;
};

// "Person=people.csv", or "people.csv" alone.
std::vector<ImportFile> ParseFiles(const std::vector<std::string>& arguments) {
  std::vector<ImportFile> files;
  for (const std::string& argument : arguments) {
    const size_t equals = argument.find('=');
    if (equals == std::string::npos) {
      files.push_back({"", argument});
    } else {
      files.push_back({argument.substr(0, equals), argument.substr(equals + 1)});
    }
  }
  return files;
}

Result<char> ParseDelimiter(const std::string& option, const std::string& text) {
  if (text == "tab" || text == "\\t") return '\t';
  if (text.size() == 1) return text[0];
  return Status(StatusCode::kInvalidArgument,
                fmt::format("--{} takes one character, or 'tab', not '{}'", option, text));
}

Result<ImportSummary> RunImport(const ImportArguments& arguments) {
  ImportOptions options;
  options.nodes = ParseFiles(arguments.nodes);
  options.relationships = ParseFiles(arguments.relationships);
  options.bad_rows = arguments.bad_rows;
  GESTA_ASSIGN_OR_RETURN(options.delimiter, ParseDelimiter("delimiter", arguments.delimiter));
  GESTA_ASSIGN_OR_RETURN(options.list_delimiter,
                         ParseDelimiter("list-delimiter", arguments.list_delimiter));
  if (!arguments.memory.empty()) {
    GESTA_ASSIGN_OR_RETURN(options.memory_bytes, ParseByteSize(arguments.memory));
  }
  GESTA_ASSIGN_OR_RETURN(const auto store, Store::Open(arguments.db, StoreOptions()));
  const InterruptScope interrupt(nullptr, /*second_ends=*/true);
  ProgressLine line(/*enabled=*/true);
  options.cancel = InterruptScope::Flag();
  options.progress = [&line](const IngestProgress& progress) {
    line.Show(progress.what, progress.done, progress.total);
  };
  return ImportCsv(*store, options);
}

Result<ExportSummary> RunImportExport(const ImportArguments& arguments) {
  if (!arguments.nodes.empty() || !arguments.relationships.empty()) {
    return Status(StatusCode::kInvalidArgument,
                  "--from takes a whole export: it goes with no --nodes and --relationships");
  }
  ImportExportOptions options;
  if (!arguments.memory.empty()) {
    GESTA_ASSIGN_OR_RETURN(options.memory_bytes, ParseByteSize(arguments.memory));
  }
  const InterruptScope interrupt(nullptr, /*second_ends=*/true);
  ProgressLine line(/*enabled=*/true);
  options.cancel = InterruptScope::Flag();
  options.progress = [&line](const IngestProgress& progress) {
    line.Show(progress.what, progress.done, progress.total);
  };
  return ImportExport(arguments.from, arguments.db, options);
}

int RunImportCommand(const ImportArguments& arguments) {
  if (!arguments.from.empty()) {
    const Result<ExportSummary> summary = RunImportExport(arguments);
    if (!summary.ok()) return Fail(summary.status());
    fmt::print("{} in {:.1f} s\n", DescribeExport(*summary, "imported"), summary->seconds);
    return kSuccess;
  }
  const Result<ImportSummary> summary = RunImport(arguments);
  if (!summary.ok()) return Fail(summary.status());
  fmt::print("{} nodes, {} relationships, {} properties imported in {:.1f} s\n",
             GroupDigits(summary->nodes), GroupDigits(summary->relationships),
             GroupDigits(summary->properties), summary->seconds);
  if (summary->bad_rows > 0) {
    fmt::print("{} bad rows left out, e.g.\n", GroupDigits(summary->bad_rows));
    for (const std::string& example : summary->bad_row_examples) fmt::print("  {}\n", example);
  }
  return kSuccess;
}

}  // namespace

void AddImportCommand(CLI::App& app, int* exit_status) {
  CLI::App* command = app.add_subcommand(
      "import", "load CSV files of new nodes and relationships, fast, or an export");
  auto arguments = std::make_shared<ImportArguments>();
  command->add_option("DB", arguments->db, "the store; made when it does not exist")->required();
  command
      ->add_option("--from", arguments->from,
                   "an export: a file of jsonl or a folder of csv; DB must not exist")
      ->type_name("EXPORT");
  command
      ->add_option("--nodes", arguments->nodes,
                   "a file of nodes with these labels; may be given several times")
      ->type_name("[LABEL[:LABEL…]=]FILE")
      ->allow_extra_args(false);
  command
      ->add_option("--relationships", arguments->relationships,
                   "a file of relationships of this type; may be given several times")
      ->type_name("[TYPE=]FILE")
      ->allow_extra_args(false);
  command->add_option("--delimiter", arguments->delimiter, "between fields: a character, or tab")
      ->capture_default_str();
  command->add_option("--list-delimiter", arguments->list_delimiter, "between a list's values")
      ->capture_default_str();
  command
      ->add_option("--bad-rows", arguments->bad_rows,
                   "how many bad rows may be left out before the import is refused")
      ->type_name("N|skip")
      ->capture_default_str();
  command->add_option("--memory", arguments->memory, "memory to sort in (256MiB)")
      ->type_name("SIZE");
  command->footer(
      "The first line of a file says what its columns are:\n"
      "  person.csv      id:int:ID(Person),name,born:date,languages:string[]\n"
      "  lives_in.csv    :START_ID(Person),:END_ID(City),since:int\n"
      "Types: string, int, float, boolean, date, localtime, time, localdatetime, datetime, "
      "duration.\n"
      "Roles: ID, START_ID, END_ID, LABEL, TYPE, PROPERTIES, IGNORE.\n"
      "Everything is loaded, or nothing.");
  command->callback([arguments, exit_status] { *exit_status = RunImportCommand(*arguments); });
}

}  // namespace gesta::shell
