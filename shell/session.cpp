#include "session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>
#include <vector>

#include "interrupt.h"
#include "print/text_width.h"
#include "progress.h"
#include "style.h"

namespace gesta::shell {
namespace {

// Tells the connection where progress goes, and takes that back.
class ProgressScope {
 public:
  ProgressScope(Connection& connection, ProgressLine& line) : connection_(connection) {
    connection_.SetProgress([&line](uint64_t rows) { line.Show("rows worked through", rows); });
  }
  ~ProgressScope() { connection_.SetProgress({}); }
  ProgressScope(const ProgressScope&) = delete;
  ProgressScope& operator=(const ProgressScope&) = delete;

 private:
  Connection& connection_;
};

// An error of a statement inside a script: its lines count from the script's beginning.
Status AtScriptLine(const Status& status, std::string_view name, int line) {
  ErrorInfo info = status.info();
  if (info.line > 0) {
    info.line += line - 1;
    info.message = fmt::format("{}: {}", name, info.message);
  } else {
    info.message = fmt::format("{}, line {}: {}", name, line, info.message);
  }
  return Status(std::move(info));
}

std::string TimeText(const Summary& summary) {
  const double compile = std::chrono::duration<double, std::milli>(summary.compile_time).count();
  const double run = std::chrono::duration<double, std::milli>(summary.run_time).count();
  return fmt::format("{:.1f} ms to plan{}, {:.1f} ms to run", compile,
                     summary.plan_from_cache ? " (cached)" : "", run);
}

// What a statement asked of language models: "12 requests, 3 of them repeated, 4,120 tokens in
// 5.1 s, 30 answers kept before"; empty when nothing.
std::string AskedText(const LanguageModelUsage& usage) {
  std::string text;
  if (usage.calls > 0) {
    text = fmt::format("{} request{}", GroupDigits(usage.calls), usage.calls == 1 ? "" : "s");
    if (usage.repeated > 0)
      text += fmt::format(", {} of them repeated", GroupDigits(usage.repeated));
    text += fmt::format(", {} tokens in {:.1f} s", GroupDigits(usage.tokens()),
                        std::chrono::duration<double>(usage.time).count());
  }
  if (usage.cached > 0) {
    text += fmt::format("{}{} answer{} kept before", text.empty() ? "" : ", ",
                        GroupDigits(usage.cached), usage.cached == 1 ? "" : "s");
  }
  return text;
}

void WriteFooter(const Summary& summary, bool has_rows, bool timing, bool colour, Sink& sink) {
  std::string text;
  if (has_rows)
    text = fmt::format("{} row{}", GroupDigits(summary.rows), summary.rows == 1 ? "" : "s");
  const std::string changes = ChangesText(summary.changes);
  if (!changes.empty()) text += (text.empty() ? "" : "; ") + changes;
  if (text.empty() && !has_rows) text = "done, nothing changed";
  const std::string asked = AskedText(summary.language_models);
  if (!asked.empty()) text += (text.empty() ? "" : "; ") + asked;
  if (timing) text += "; " + TimeText(summary);
  sink.Write(colour ? "\x1b[2m" + text + "\x1b[0m\n" : text + "\n");
}

// The plan of EXPLAIN and PROFILE: as it is for people, as one row for programs.
void WritePlan(const std::string& plan, bool has_rows, Printer& printer, OutputMode mode,
               Sink& sink) {
  if (ForPeople(mode)) {
    sink.Write(plan);
    if (plan.back() != '\n') sink.Write("\n");
  } else if (!has_rows) {
    printer.Begin({"plan"});
    printer.Row({Value::String(plan)});
    printer.End();
  }
}

}  // namespace

std::string ChangesText(const Transaction::Changes& changes) {
  std::string text;
  const auto add = [&](uint64_t count, std::string_view one, std::string_view many,
                       std::string_view verb) {
    if (count == 0) return;
    if (!text.empty()) text += ", ";
    text += fmt::format("{} {} {}", GroupDigits(count), count == 1 ? one : many, verb);
  };
  add(changes.nodes_created, "node", "nodes", "created");
  add(changes.nodes_deleted, "node", "nodes", "deleted");
  add(changes.relationships_created, "relationship", "relationships", "created");
  add(changes.relationships_deleted, "relationship", "relationships", "deleted");
  add(changes.properties_set, "property", "properties", "set");
  add(changes.labels_added, "label", "labels", "added");
  add(changes.labels_removed, "label", "labels", "removed");
  return text;
}

Result<std::string> ReadScript(const std::string& path) {
  std::ostringstream text;
  if (path == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  std::ifstream file(path, std::ios::binary);
  // An empty file sets the failbit of `text`, which is no error.
  if (!file || file.peek() == std::ifstream::traits_type::eof()) {
    if (file.is_open() && file.eof()) return std::string();
    return Status(StatusCode::kIo, "cannot read " + path);
  }
  if (!(text << file.rdbuf())) return Status(StatusCode::kIo, "cannot read " + path);
  return text.str();
}

Result<std::unique_ptr<Session>> Session::Open(const std::string& path,
                                               const DatabaseOptions& options) {
  std::unique_ptr<Session> session(new Session());
  session->path_ = path;
  GESTA_ASSIGN_OR_RETURN(session->database_, Database::Open(path, options));
  session->connection_ = session->database_->Connect();
  return session;
}

Status Session::Run(std::string_view statement, const SessionOptions& options, Sink& sink) {
  const InterruptScope interrupt(connection_.get(), options.second_ends);
  ProgressLine line(options.progress);
  const ProgressScope progress(*connection_, line);
  GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<QueryResult> result,
                         connection_->Execute(statement, parameters_));

  PrintOptions print;
  print.mode = options.mode;
  print.colour = options.footers && ColourAllowed(STDOUT_FILENO);
  print.width = isatty(STDOUT_FILENO) != 0 ? TerminalWidth(STDOUT_FILENO, 80) : 0;
  const std::unique_ptr<Printer> printer = MakePrinter(print, sink);
  const bool has_rows = !result->columns().empty();
  const bool explained = !has_rows && !result->summary().plan.empty();
  // A statement without columns still is one array in JSON.
  const bool prints = (has_rows || options.mode == OutputMode::kJson) && !explained;
  // Begun with the first row, so that a statement that fails before it prints nothing.
  bool begun = false;
  const auto begin = [&] {
    if (prints && !begun) printer->Begin(result->columns());
    begun = true;
  };
  std::vector<Value> row;
  while (true) {
    const Result<bool> more = result->Next(&row);
    line.Clear();
    if (!more.ok()) {
      if (prints && begun) printer->End();
      sink.Flush();
      return more.status();
    }
    if (!*more) break;
    begin();
    if (has_rows) printer->Row(row);
  }
  begin();
  if (prints) printer->End();
  const Summary& summary = result->summary();
  if (!summary.plan.empty()) WritePlan(summary.plan, has_rows, *printer, options.mode, sink);
  if (options.footers && ForPeople(options.mode) && !explained) {
    WriteFooter(summary, has_rows, options.timing, print.colour, sink);
  }
  return sink.Flush() ? Status::Ok() : Status(StatusCode::kIo, "the output could not be written");
}

Status Session::RunOfScript(const StatementText& statement, std::string_view name,
                            const SessionOptions& options, Sink& sink) {
  const Status status = Run(statement.text, options, sink);
  return status.ok() ? status : AtScriptLine(status, name, statement.line);
}

Status Session::RunScript(std::string_view script, std::string_view name,
                          const SessionOptions& options, Sink& sink) {
  for (const StatementText& statement : SplitScript(script)) {
    GESTA_RETURN_IF_ERROR(RunOfScript(statement, name, options, sink));
  }
  return Status::Ok();
}

}  // namespace gesta::shell
