// gesta shell: the interactive shell.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "command.h"
#include "shell.h"
#include "style.h"

namespace gesta::shell {
namespace {

struct ShellArguments {
  std::string path;
  std::string mode = "table";
  StatementArguments statements;
};

int RunShell(const ShellArguments& arguments) {
  Result<DatabaseOptions> database = arguments.statements.ToOptions();
  if (!database.ok()) return Fail(database.status());
  ShellOptions options;
  options.path = arguments.path;
  options.database = *database;
  options.terminal = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
  options.session.mode = *FindOutputMode(arguments.mode);
  options.session.footers = options.terminal;
  options.session.timing = options.terminal;
  options.session.progress = true;
  Shell shell(options, MakePlainEditor(std::cin));
  if (options.terminal) {
    TerminalEditorOptions editor;
    editor.history_path = HistoryPath();
    editor.colour = ColourAllowed(STDOUT_FILENO);
    editor.complete = [&shell](std::string_view line) { return shell.CompleteLine(line); };
    shell.SetEditor(MakeTerminalEditor(editor));
  }
  return shell.Run();
}

}  // namespace

void AddShellCommand(CLI::App& app, int* exit_status) {
  CLI::App* command = app.add_subcommand("shell", "open the interactive shell");
  auto arguments = std::make_shared<ShellArguments>();  // shared: the callback outlives this call
  command->add_option("DB", arguments->path, "the store; made when it does not exist");
  command->add_option("--format", arguments->mode, "how results are shown")
      ->check(CLI::IsMember(OutputModeNames()))
      ->capture_default_str();
  arguments->statements.AddTo(*command);
  command->callback([arguments, exit_status] { *exit_status = RunShell(*arguments); });
}

}  // namespace gesta::shell
