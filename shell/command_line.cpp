#include "command_line.h"

#include <CLI/CLI.hpp>
#include <cctype>

#include "command.h"
#include "gesta/plot.h"
#include "literal.h"
#include "style.h"

namespace gesta::shell {

void LanguageModelArguments::AddTo(CLI::App& command) {
  command
      .add_option("--llm-url", server.url,
                  "language model server, e.g. http://localhost:8000/v1 (GESTA_LLM_URL)")
      ->type_name("URL");
  command.add_option("--llm-model", server.model, "the model to ask (GESTA_LLM_MODEL)")
      ->type_name("NAME");
  command.add_option("--api-key-file", server.api_key_file, "its key's file (GESTA_LLM_KEY_FILE)")
      ->type_name("FILE");
}

void LanguageModelArguments::ApplyTo(DatabaseOptions* options) const {
  options->language_models = MakeLanguageModels(server);
}

void StatementArguments::AddTo(CLI::App& command) {
  command.add_flag("--read-only", read_only, "refuse every write");
  command.add_option("--timeout", timeout, "stop a statement after this time, e.g. 30s")
      ->type_name("TIME");
  command.add_option("--memory", memory, "memory that a statement may use, e.g. 1GiB")
      ->type_name("SIZE");
  command.add_flag("--allow-load-csv", allow_load_csv, "LOAD CSV may read local files");
  language_models.AddTo(command);
}

Result<DatabaseOptions> StatementArguments::ToOptions() const {
  DatabaseOptions options;
  options.store.read_only = read_only;
  options.store.create_if_missing = !read_only;
  options.allow_load_csv = allow_load_csv;
  options.add_procedures = RegisterPlotProcedures;
  language_models.ApplyTo(&options);
  if (!timeout.empty()) {
    GESTA_ASSIGN_OR_RETURN(options.query_timeout, ParseDuration(timeout));
  }
  if (!memory.empty()) {
    GESTA_ASSIGN_OR_RETURN(options.query_memory_bytes, ParseByteSize(memory));
  }
  return options;
}

int Fail(const Status& status) {
  PrintError(status);
  return status.code() == StatusCode::kInvalidArgument ? kUsage : kFailure;
}

namespace {

// A mistake in the command line, told like every other error.
Status UsageError(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  const CLI::App* command = &app;
  std::string name = "gesta";
  int words = 1;
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    name += " " + command->get_name();
    ++words;
  }
  std::string message = error.what();
  // A sentence, unless it begins with the name of an argument.
  if (message.size() > 1 && !std::isupper(static_cast<unsigned char>(message[1]))) {
    message[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(message[0])));
  }
  const bool has_commands = !command->get_subcommands([](const CLI::App*) { return true; }).empty();
  if (has_commands && words < argc && argv[words][0] != '-') {
    message = "there is no command '" + name + " " + argv[words] + "'";
  }
  return Status(StatusCode::kInvalidArgument, message, "`" + name + " --help` shows what there is");
}

}  // namespace

int RunCommandLine(int argc, char** argv) {
  CLI::App app{"GestaDB: an embedded knowledge-graph database for human-action understanding."};
  app.name("gesta");
  app.set_version_flag("--version", "gesta " GESTA_VERSION);
  app.require_subcommand(1);
  int exit_status = kSuccess;
  AddShellCommand(app, &exit_status);
  AddQueryCommand(app, &exit_status);
  AddIngestCommand(app, &exit_status);
  AddImportCommand(app, &exit_status);
  AddExportCommand(app, &exit_status);
  AddEvaluateCommand(app, &exit_status);
  AddModelCommand(app, &exit_status);
  AddEmbedCommand(app, &exit_status);
  AddInfoCommand(app, &exit_status);
  AddCheckCommand(app, &exit_status);
  AddBackupCommand(app, &exit_status);
  AddRestoreCommand(app, &exit_status);
  // After the subcommands, which would inherit it.
  app.footer("`gesta COMMAND --help` shows the options of a command.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return Fail(UsageError(app, error, argc, argv));
  }
  return exit_status;
}

}  // namespace gesta::shell
