// gesta query: runs statements for scripts.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "command.h"
#include "literal.h"
#include "session.h"

namespace gesta::shell {
namespace {

struct QueryArguments {
  std::string path;
  std::string input;  // "-"
  std::string text;
  std::string file;
  std::string format = "table";
  std::vector<std::string> parameters;
  StatementArguments statements;
};

int RunQuery(const QueryArguments& arguments, bool has_text) {
  Result<DatabaseOptions> options = arguments.statements.ToOptions();
  if (!options.ok()) return Fail(options.status());
  Parameters parameters;
  for (const std::string& text : arguments.parameters) {
    auto parameter = ParseParameter(text);
    if (!parameter.ok()) return Fail(parameter.status());
    parameters[parameter->first] = parameter->second;
  }
  std::string name = "-c";
  std::string script = arguments.text;
  if (!has_text) {
    const std::string file = arguments.file.empty() ? "-" : arguments.file;
    name = file == "-" ? "standard input" : file;
    Result<std::string> text = ReadScript(file);
    if (!text.ok()) return Fail(text.status());
    script = *text;
  }
  auto session = Session::Open(arguments.path, *options);
  if (!session.ok()) return Fail(session.status());
  (*session)->parameters() = std::move(parameters);

  SessionOptions show;
  show.mode = *FindOutputMode(arguments.format);
  show.footers = isatty(STDOUT_FILENO) != 0;
  show.progress = true;
  show.second_ends = true;
  FileSink sink(stdout);
  const Status status = (*session)->RunScript(script, name, show, sink);
  if (status.ok()) return kSuccess;
  Fail(status);
  return kFailure;  // a statement that failed is never wrong usage of the command
}

}  // namespace

void AddQueryCommand(CLI::App& app, int* exit_status) {
  CLI::App* command =
      app.add_subcommand("query", "run statements from an argument, a file or a pipe");
  auto arguments = std::make_shared<QueryArguments>();  // shared: the callback outlives this call
  command->add_option("DB", arguments->path, "the store; made when it does not exist")->required();
  CLI::Option* text =
      command->add_option("-c", arguments->text, "statements, with ';' between them");
  CLI::Option* file = command->add_option("-f", arguments->file, "file with statements");
  command->add_option("INPUT", arguments->input, "- reads statements from standard input")
      ->check(CLI::IsMember({"-"}));
  command->add_option("--format", arguments->format, "how results are written")
      ->check(CLI::IsMember(OutputModeNames()))
      ->capture_default_str();
  command->add_option("--param", arguments->parameters, "a parameter, name=value; may be repeated")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  arguments->statements.AddTo(*command);
  text->excludes(file);
  command->callback(
      [arguments, text, exit_status] { *exit_status = RunQuery(*arguments, text->count() > 0); });
}

}  // namespace gesta::shell
