// gesta query: runs statements for scripts.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command.h"
#include "gesta/script.h"
#include "literal.h"
#include "session.h"

namespace gesta::shell {
namespace {

struct QueryArguments {
  std::string path;
  std::string input;  // "-"
  std::vector<std::string> texts;
  std::string file;
  std::string format = "table";
  std::vector<std::string> parameters;
  StatementArguments statements;
};

// Whether no word of a script begins or makes a write (models' answers are kept). A guess that is
// allowed to be wrong: it only says how the store is opened first.
bool LooksReadOnly(std::string_view script) {
  constexpr std::array<std::string_view, 14> kWriting = {
      "ALTER",   "BEGIN", "CALL", "COMMIT", "CREATE", "DELETE",   "DROP",
      "FOREACH", "LLM",   "MAP",  "MERGE",  "REMOVE", "ROLLBACK", "SET"};
  std::string word;
  for (size_t i = 0; i <= script.size(); ++i) {
    const auto c = static_cast<unsigned char>(i < script.size() ? script[i] : ' ');
    if (std::isalpha(c)) {
      word += static_cast<char>(std::toupper(c));
      continue;
    }
    if (std::find(kWriting.begin(), kWriting.end(), word) != kWriting.end()) return false;
    word.clear();
  }
  return true;
}

// The store for a script. Opening for reading is quicker, since nothing is made ready for writes,
// and leaves other readers in peace.
Result<std::unique_ptr<Session>> OpenForScript(const std::string& path, DatabaseOptions options,
                                               bool reads) {
  if (reads && !options.store.read_only) {
    DatabaseOptions reading = options;
    reading.store.read_only = true;
    auto session = Session::Open(path, reading);
    // A store that does not exist is made, one that needs repair is repaired; neither by a reader.
    if (session.ok() || session.status().code() == StatusCode::kLocked) return session;
  }
  return Session::Open(path, options);
}

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
  std::string script;
  for (const std::string& text : arguments.texts) script += text + "\n;\n";
  if (!has_text) {
    const std::string file = arguments.file.empty() ? "-" : arguments.file;
    name = file == "-" ? "standard input" : file;
    Result<std::string> text = ReadScript(file);
    if (!text.ok()) return Fail(text.status());
    script = *text;
  }
  const bool reads = LooksReadOnly(script);
  auto opened = OpenForScript(arguments.path, *options, reads);
  if (!opened.ok()) return Fail(opened.status());
  std::unique_ptr<Session> session = *std::move(opened);
  session->parameters() = parameters;

  SessionOptions show;
  show.mode = *FindOutputMode(arguments.format);
  show.footers = isatty(STDOUT_FILENO) != 0;
  show.progress = true;
  show.second_ends = true;
  FileSink sink(stdout);
  for (const StatementText& statement : SplitScript(script)) {
    Status status = session->RunOfScript(statement, name, show, sink);
    if (status.code() == StatusCode::kReadOnly && reads && !options->store.read_only) {
      // The guess was wrong; the statement has done nothing yet.
      session.reset();  // two cannot have the store open
      auto writable = Session::Open(arguments.path, *options);
      if (!writable.ok()) return Fail(writable.status());
      session = *std::move(writable);
      session->parameters() = parameters;
      status = session->RunOfScript(statement, name, show, sink);
    }
    if (!status.ok()) {
      Fail(status);
      return kFailure;  // a statement that failed is never wrong usage of the command
    }
  }
  return kSuccess;
}

}  // namespace

void AddQueryCommand(CLI::App& app, int* exit_status) {
  CLI::App* command =
      app.add_subcommand("query", "run statements from an argument, a file or a pipe");
  auto arguments = std::make_shared<QueryArguments>();  // shared: the callback outlives this call
  command->add_option("DB", arguments->path, "the store; made when it does not exist")->required();
  CLI::Option* text =
      command
          ->add_option("-c", arguments->texts, "statements, with ';' between them; may be repeated")
          ->type_name("TEXT")
          ->allow_extra_args(false);
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
