// The shell's dot commands.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "ingest_job.h"
#include "literal.h"
#include "plot.h"
#include "print/text_width.h"
#include "shell.h"
#include "store_info.h"
#include "style.h"

namespace gesta::shell {
namespace {

std::vector<std::string> SplitWords(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

Status Usage(std::string_view text) {
  return Status(StatusCode::kInvalidArgument, "usage: " + std::string(text));
}

std::string JoinNames(const Transaction& transaction, const std::vector<NameId>& ids) {
  std::string text;
  for (const NameId id : ids) {
    if (!text.empty()) text += ", ";
    text += transaction.Name(NameKind::kProperty, id);
  }
  return text;
}

std::string_view LabelOrType(const Transaction& transaction, EntityKind entity, NameId id) {
  return transaction.Name(entity == EntityKind::kNode ? NameKind::kLabel : NameKind::kType, id);
}

}  // namespace

const std::vector<Shell::DotCommand>& Shell::DotCommands() {
  static const std::vector<DotCommand> kCommands = {
      {".help", "", "this list", &Shell::Help},
      {".open", "PATH [readonly]", "open a store, or make one", &Shell::Open},
      {".mode", "[MODE]", "how results are shown: table, csv, json, jsonl, markdown, line",
       &Shell::Mode},
      {".output", "[FILE]", "write results to a file; without a name, to the terminal again",
       &Shell::Output},
      {".read", "FILE", "run the statements of a file", &Shell::Read},
      {".import", "KIND PATH [--option VALUE]…", "run an ingest job, as `gesta ingest` does",
       &Shell::Import},
      {".param", "[NAME=VALUE]", "set a parameter for the next statements, or list them",
       &Shell::Parameter},
      {".plot", "VIDEO ACTION SPACE [{OPTIONS}]",
       "draw how a video's frames follow an action's subactions", &Shell::Plot},
      {".schema", "", "labels, relationship types and property keys, with counts", &Shell::Schema},
      {".indexes", "", "indexes and constraints", &Shell::Indexes},
      {".stats", "", "size of the store", &Shell::Stats},
      {".timing", "on|off", "show how long statements take", &Shell::Timing},
      {".explain", "STATEMENT", "show the plan of a statement without running it", &Shell::Explain},
      {".quit", "", "leave (also Ctrl-D)", &Shell::Quit},
  };
  return kCommands;
}

void Shell::RunDotCommand(const std::string& line) {
  const size_t blank = line.find_first_of(" \t");
  const std::string name = line.substr(0, blank);
  std::string argument;
  if (blank != std::string::npos) {
    const size_t first = line.find_first_not_of(" \t", blank);
    if (first != std::string::npos) argument = line.substr(first);
  }
  const DotCommand* chosen = nullptr;
  std::string candidates;
  for (const DotCommand& command : DotCommands()) {
    if (command.name == name) {
      chosen = &command;
      candidates.clear();
      break;
    }
    // A beginning that only one command has is enough.
    if (command.name.substr(0, name.size()) == name && name.size() > 1) {
      chosen = &command;
      candidates += (candidates.empty() ? "" : ", ") + std::string(command.name);
    }
  }
  if (chosen == nullptr) {
    Report(Status(StatusCode::kInvalidArgument, "no such command: " + name,
                  ".help lists the commands"));
  } else if (candidates.find(',') != std::string::npos) {
    Report(Status(StatusCode::kInvalidArgument, name + " may be one of " + candidates));
  } else {
    Report((this->*chosen->run)(argument));
  }
}

Status Shell::Help(const std::string&) {
  std::string text =
      "Statements end with ';' and may take several lines. Tab completes, Ctrl-C stops "
      "a statement.\n\n";
  for (const DotCommand& command : DotCommands()) {
    const std::string usage = std::string(command.name) + (command.arguments.empty() ? "" : " ") +
                              std::string(command.arguments);
    text += fmt::format("  {:<30} {}\n", usage, command.summary);
  }
  Say(text);
  return Status::Ok();
}

Status Shell::Open(const std::string& argument) {
  const std::vector<std::string> words = SplitWords(argument);
  if (words.empty() || words.size() > 2 || (words.size() == 2 && words[1] != "readonly")) {
    return Usage(".open PATH [readonly]");
  }
  return OpenStore(words[0], words.size() == 2);
}

Status Shell::Mode(const std::string& argument) {
  if (argument.empty()) {
    Say(std::string(OutputModeName(options_.session.mode)) + "\n");
    return Status::Ok();
  }
  const auto mode = FindOutputMode(argument);
  if (!mode) {
    return Status(StatusCode::kInvalidArgument, "no such mode: " + argument,
                  fmt::format("one of {}", fmt::join(OutputModeNames(), ", ")));
  }
  options_.session.mode = *mode;
  return Status::Ok();
}

Status Shell::Output(const std::string& argument) {
  sink_ = std::make_unique<FileSink>(stdout);
  output_file_.reset();
  if (argument.empty() || argument == "-") return Status::Ok();
  output_file_.reset(std::fopen(argument.c_str(), "w"));
  if (!output_file_) {
    return Status(StatusCode::kIo, "cannot write " + argument + ": " + std::strerror(errno));
  }
  sink_ = std::make_unique<FileSink>(output_file_.get());
  return Status::Ok();
}

Status Shell::Read(const std::string& argument) {
  if (argument.empty()) return Usage(".read FILE");
  GESTA_RETURN_IF_ERROR(NeedStore());
  GESTA_ASSIGN_OR_RETURN(const std::string script, ReadScript(argument));
  return session_->RunScript(script, argument, options_.session, *sink_);
}

Status Shell::Import(const std::string& argument) {
  const std::vector<std::string> words = SplitWords(argument);
  if (words.size() < 2) return Usage(".import KIND PATH [--option VALUE]…, as for `gesta ingest`");
  GESTA_RETURN_IF_ERROR(NeedStore());
  IngestOptions job;
  job.kind = words[0];
  job.path = words[1];
  for (size_t i = 2; i < words.size(); ++i) {
    if (words[i].rfind("--", 0) != 0) return Usage(".import KIND PATH [--option VALUE]…");
    // An option without a value is a flag.
    const bool has_value = i + 1 < words.size() && words[i + 1].rfind("--", 0) != 0;
    const std::string name = words[i].substr(2);
    job.options[name] = has_value ? words[++i] : "true";
  }
  GESTA_ASSIGN_OR_RETURN(const IngestSummary summary,
                         RunIngestJob(session_->database().store(), job, false));
  Say(IngestSummaryText(summary));
  return Status::Ok();
}

Status Shell::Parameter(const std::string& argument) {
  GESTA_RETURN_IF_ERROR(NeedStore());
  if (argument.empty()) {
    const Parameters& parameters = session_->parameters();
    const std::map<std::string, Value> sorted(parameters.begin(), parameters.end());
    for (const auto& [name, value] : sorted) {
      Say(fmt::format("${} = {}\n", name, ToText(value, /*quote=*/true)));
    }
    return Status::Ok();
  }
  GESTA_ASSIGN_OR_RETURN(auto parameter, ParseParameter(argument));
  session_->parameters()[parameter.first] = parameter.second;
  return Status::Ok();
}

Status Shell::Schema(const std::string&) {
  GESTA_RETURN_IF_ERROR(NeedStore());
  GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> transaction,
                         session_->database().store().Begin({/*read_only=*/true}));
  const Statistics statistics = transaction->GetStatistics();
  PrintOptions print;
  print.mode = options_.session.mode;
  const std::unique_ptr<Printer> printer = MakePrinter(print, *sink_);
  printer->Begin({"kind", "name", "count"});
  const auto rows = [&](std::string_view kind, const std::vector<std::string>& names,
                        const std::vector<uint64_t>& counts) {
    for (size_t id = 0; id < names.size(); ++id) {
      const uint64_t count = id < counts.size() ? counts[id] : 0;
      if (count == 0) continue;  // a name that is no longer used
      printer->Row({Value::String(kind), Value::String(names[id]),
                    Value::Integer(static_cast<int64_t>(count))});
    }
  };
  rows("label", transaction->Names(NameKind::kLabel), statistics.label_nodes);
  rows("relationship type", transaction->Names(NameKind::kType), statistics.type_relationships);
  const std::vector<std::string> keys = transaction->Names(NameKind::kProperty);
  const bool for_people = print.mode == OutputMode::kTable;
  if (!for_people) {
    for (const std::string& key : keys) {
      printer->Row({Value::String("property key"), Value::String(key), Value::Null()});
    }
  }
  printer->End();
  // Keys have no count: as rows they would only lengthen the table.
  if (for_people) sink_->Write(fmt::format("property keys: {}\n", fmt::join(keys, ", ")));
  sink_->Flush();
  return Status::Ok();
}

Status Shell::Indexes(const std::string&) {
  GESTA_RETURN_IF_ERROR(NeedStore());
  GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> transaction,
                         session_->database().store().Begin({/*read_only=*/true}));
  const Statistics statistics = transaction->GetStatistics();
  PrintOptions print;
  print.mode = options_.session.mode;
  const std::unique_ptr<Printer> printer = MakePrinter(print, *sink_);
  printer->Begin({"kind", "name", "on", "properties", "entries"});
  for (const IndexInfo& index : transaction->Indexes()) {
    const auto entries = statistics.index_entries.find(index.id);
    printer->Row({Value::String(index.unique ? "unique index" : "index"), Value::String(index.name),
                  Value::String(LabelOrType(*transaction, index.entity, index.label)),
                  Value::String(JoinNames(*transaction, index.properties)),
                  entries == statistics.index_entries.end()
                      ? Value::Null()
                      : Value::Integer(static_cast<int64_t>(entries->second))});
  }
  for (const ConstraintInfo& constraint : transaction->Constraints()) {
    printer->Row(
        {Value::String(constraint.kind == ConstraintKind::kUnique ? "unique constraint"
                                                                  : "existence constraint"),
         Value::String(constraint.name),
         Value::String(LabelOrType(*transaction, constraint.entity, constraint.label)),
         Value::String(JoinNames(*transaction, constraint.properties)), Value::Null()});
  }
  printer->End();
  sink_->Flush();
  return Status::Ok();
}

Status Shell::Stats(const std::string&) {
  GESTA_RETURN_IF_ERROR(NeedStore());
  return PrintStoreInfo(session_->database().store(), options_.session.mode, *sink_);
}

Status Shell::Timing(const std::string& argument) {
  if (argument != "on" && argument != "off") return Usage(".timing on|off");
  options_.session.timing = argument == "on";
  return Status::Ok();
}

Status Shell::Explain(const std::string& argument) {
  if (argument.empty()) return Usage(".explain STATEMENT");
  GESTA_RETURN_IF_ERROR(NeedStore());
  return session_->RunScript("EXPLAIN " + argument, ".explain", options_.session, *sink_);
}

Status Shell::Plot(const std::string& argument) {
  GESTA_ASSIGN_OR_RETURN(const PlotArguments arguments, ParsePlotArguments(argument));
  GESTA_RETURN_IF_ERROR(NeedStore());
  GESTA_ASSIGN_OR_RETURN(const AlignmentRow row, FindAlignment(session_->connection(), arguments));
  const bool to_terminal = output_file_ == nullptr;
  sink_->Write(PlotText(row, to_terminal ? TerminalWidth(STDOUT_FILENO, 80) : 80,
                        to_terminal && ColourAllowed(STDOUT_FILENO)));
  sink_->Flush();
  return Status::Ok();
}

Status Shell::Quit(const std::string&) {
  quit_ = true;
  return Status::Ok();
}

}  // namespace gesta::shell
