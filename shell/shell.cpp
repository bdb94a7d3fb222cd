// The shell's loop. Dot commands: dot_commands.cpp.
#include "shell.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "gesta/script.h"
#include "style.h"

namespace gesta::shell {
namespace {

std::string Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

// Whether a comment is still open at the end: SplitScript leaves out what holds only comments.
bool InsideComment(std::string_view text) {
  const size_t open = text.rfind("/*");
  return open != std::string_view::npos && text.find("*/", open + 2) == std::string_view::npos;
}

// One line for the history, unless a line comment would swallow what follows it.
std::string OneHistoryLine(const std::string& statement) {
  if (statement.find("//") != std::string::npos) return statement;
  std::string line = statement;
  for (char& c : line) {
    if (c == '\n') c = ' ';
  }
  return line;
}

}  // namespace

Shell::Shell(const ShellOptions& options, std::unique_ptr<LineEditor> editor)
    : options_(options), editor_(std::move(editor)), sink_(std::make_unique<FileSink>(stdout)) {}

Shell::~Shell() = default;

int Shell::Run() {
  if (!options_.path.empty()) {
    const Status status = OpenStore(options_.path, options_.database.store.read_only);
    if (!status.ok()) {
      PrintError(status);
      return 1;
    }
  } else if (options_.terminal) {
    Say(
        fmt::format("GestaDB {}. No store is open: .open PATH opens or makes one, .help lists the "
                    "commands.\n",
                    GESTA_VERSION));
  }
  std::string line;
  while (!quit_) {
    switch (editor_->Read(Prompt(), &line)) {
      case LineEditor::End::kLine:
        empty_interrupts_ = 0;
        TakeLine(line);
        break;
      case LineEditor::End::kInterrupted:
        if (pending_.empty() && ++empty_interrupts_ >= 2) {
          Say("(.quit or Ctrl-D leaves the shell)\n");
        }
        pending_.clear();
        break;
      case LineEditor::End::kEndOfInput:
        quit_ = true;
        // A script that is piped in may leave out the last ';'.
        if (!options_.terminal && !pending_.empty()) {
          pending_ += ";";
          RunPending();
        }
        break;
    }
  }
  return failed_ && !options_.terminal ? 1 : 0;
}

Status Shell::OpenStore(const std::string& path, bool read_only) {
  DatabaseOptions database = options_.database;
  database.store.read_only = read_only;
  std::error_code ignored;
  const bool existed = std::filesystem::exists(path, ignored);
  // The open store goes first: it may be the same.
  session_.reset();
  GESTA_ASSIGN_OR_RETURN(session_, Session::Open(path, database));
  if (options_.terminal) {
    GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> transaction,
                           session_->database().store().Begin({/*read_only=*/true}));
    const Statistics statistics = transaction->GetStatistics();
    Say(fmt::format("GestaDB {}, {} {}: {} nodes, {} relationships{}. .help lists the commands.\n",
                    GESTA_VERSION, existed ? "store" : "new store", path,
                    GroupDigits(statistics.nodes), GroupDigits(statistics.relationships),
                    read_only ? ", read only" : ""));
  }
  return Status::Ok();
}

void Shell::TakeLine(const std::string& line) {
  if (pending_.empty()) {
    const std::string trimmed = Trim(line);
    if (trimmed.empty()) return;
    if (trimmed[0] == '.') {
      editor_->AddToHistory(trimmed);
      RunDotCommand(trimmed);
      return;
    }
    if (options_.terminal && (trimmed == "quit" || trimmed == "exit" || trimmed == "help")) {
      Say("commands of the shell begin with a dot: ." +
          std::string(trimmed == "exit" ? "quit" : trimmed) + "\n");
      return;
    }
  } else {
    pending_ += '\n';
  }
  pending_ += line;
  RunPending();
}

// Runs the statements that have their ';' and keeps the rest.
void Shell::RunPending() {
  if (InsideComment(pending_)) return;
  const std::string text = std::exchange(pending_, {});
  const std::vector<StatementText> statements = SplitScript(text);
  if (!statements.empty() && !statements.back().terminated) {
    // `text` views into the script: the rest begins where the last statement does.
    pending_ = text.substr(static_cast<size_t>(statements.back().text.data() - text.data()));
  }
  for (const StatementText& statement : statements) {
    if (!statement.terminated) break;
    editor_->AddToHistory(OneHistoryLine(std::string(statement.text) + ";"));
    Status status = NeedStore();
    if (status.ok()) status = session_->Run(statement.text, options_.session, *sink_);
    Report(status);
    if (!status.ok() && !options_.terminal) break;
  }
}

void Shell::Report(const Status& status) {
  if (status.ok()) return;
  failed_ = true;
  sink_->Flush();
  const std::string text = ErrorText(status, options_.terminal && ColourAllowed(STDERR_FILENO));
  std::fwrite(text.data(), 1, text.size(), stderr);
}

std::string Shell::Prompt() const {
  if (!pending_.empty()) return "  ...> ";
  if (!session_) return "gesta> ";
  std::string name = std::filesystem::path(session_->path()).filename().string();
  if (name.empty())
    name = std::filesystem::path(session_->path()).parent_path().filename().string();
  if (const size_t suffix = name.rfind(".gesta"); suffix != std::string::npos && suffix > 0) {
    name.resize(suffix);
  }
  return name + (session_->connection().InTransaction() ? "*> " : "> ");
}

void Shell::Say(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

Status Shell::NeedStore() const {
  if (session_) return Status::Ok();
  return Status(StatusCode::kInvalidArgument, "no store is open", "open one with .open PATH");
}

CompletionNames Shell::Names() {
  CompletionNames names;
  names.keywords = Database::Keywords();
  for (const DotCommand& command : DotCommands()) names.dot_commands.emplace_back(command.name);
  names.modes = OutputModeNames();
  if (!session_) return names;
  Database& database = session_->database();
  names.functions = database.FunctionNames();
  names.procedures = database.ProcedureNames();
  names.aligners = database.AlignerNames();
  const auto transaction = database.store().Begin({/*read_only=*/true});
  if (!transaction.ok()) return names;
  names.labels = (*transaction)->Names(NameKind::kLabel);
  names.types = (*transaction)->Names(NameKind::kType);
  names.properties = (*transaction)->Names(NameKind::kProperty);
  return names;
}

Completion Shell::CompleteLine(std::string_view line) {
  const std::string before = pending_.empty() ? std::string() : pending_ + "\n";
  Completion completion = Complete(Names(), before + std::string(line));
  // Positions of this line; a word never reaches back over its beginning.
  completion.start = completion.start > before.size() ? completion.start - before.size() : 0;
  return completion;
}

}  // namespace gesta::shell
