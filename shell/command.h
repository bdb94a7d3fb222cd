// What the subcommands share.
#ifndef GESTA_SHELL_COMMAND_H_
#define GESTA_SHELL_COMMAND_H_

#include <string>

#include "gesta/database.h"
#include "gesta/export.h"
#include "gesta/status.h"

namespace CLI {
class App;
}

namespace gesta::shell {

enum ExitStatus : int { kSuccess = 0, kFailure = 1, kUsage = 2 };

// Where commands find a language model server. What is not given comes from the environment.
struct LanguageModelArguments {
  LanguageModelServer server;

  void AddTo(CLI::App& command);
  void ApplyTo(DatabaseOptions* options) const;
};

// Options of commands that run statements.
struct StatementArguments {
  bool read_only = false;
  std::string timeout;
  std::string memory;
  bool allow_load_csv = false;
  LanguageModelArguments language_models;

  void AddTo(CLI::App& command);
  Result<DatabaseOptions> ToOptions() const;  // kInvalidArgument
};

// "1,200 nodes, 3,400 relationships, 5 vectors exported".
std::string DescribeExport(const ExportSummary& summary, const char* done);

// Prints an error and gives its exit status: 2 for a wrong argument, 1 for everything else.
int Fail(const Status& status);

// Each adds one subcommand, which sets `*exit_status` when it runs.
void AddBackupCommand(CLI::App& app, int* exit_status);
void AddCheckCommand(CLI::App& app, int* exit_status);
void AddEmbedCommand(CLI::App& app, int* exit_status);
void AddEvaluateCommand(CLI::App& app, int* exit_status);
// Subcommands of evaluate.
void AddEvaluateActAlign(CLI::App& evaluate, int* exit_status);
void AddEvaluateDetection(CLI::App& evaluate, int* exit_status);
void AddExportCommand(CLI::App& app, int* exit_status);
void AddIngestCommand(CLI::App& app, int* exit_status);
void AddImportCommand(CLI::App& app, int* exit_status);
void AddInfoCommand(CLI::App& app, int* exit_status);
void AddModelCommand(CLI::App& app, int* exit_status);
void AddQueryCommand(CLI::App& app, int* exit_status);
void AddRestoreCommand(CLI::App& app, int* exit_status);
void AddShellCommand(CLI::App& app, int* exit_status);

}  // namespace gesta::shell

#endif  // GESTA_SHELL_COMMAND_H_
