// The interactive shell: statements until ';', and dot commands.
#ifndef GESTA_SHELL_SHELL_H_
#define GESTA_SHELL_SHELL_H_

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "editor.h"
#include "gesta/database.h"
#include "session.h"

namespace gesta::shell {

struct ShellOptions {
  std::string path;  // the store; empty: none yet
  DatabaseOptions database;
  SessionOptions session;
  bool terminal = false;  // a person is there: prompt, banner, hints
};

class Shell {
 public:
  Shell(const ShellOptions& options, std::unique_ptr<LineEditor> editor);
  ~Shell();

  // Runs until the input ends or .quit. Returns the process's exit status: 0, or 1 when the store
  // could not be opened or, without a terminal, a statement failed.
  int Run();

  // For the editor.
  Completion CompleteLine(std::string_view line);

  // Editor and shell need one another: the editor's completion asks the shell.
  void SetEditor(std::unique_ptr<LineEditor> editor) { editor_ = std::move(editor); }

 private:
  struct DotCommand {
    std::string_view name;
    std::string_view arguments;
    std::string_view summary;
    Status (Shell::*run)(const std::string& argument);
  };
  static const std::vector<DotCommand>& DotCommands();

  Status OpenStore(const std::string& path, bool read_only);
  void TakeLine(const std::string& line);
  void RunPending();
  void RunDotCommand(const std::string& line);
  void Report(const Status& status);
  std::string Prompt() const;
  void Say(const std::string& text);  // to the person, not into .output
  Status NeedStore() const;
  CompletionNames Names();

  Status Help(const std::string& argument);
  Status Open(const std::string& argument);
  Status Mode(const std::string& argument);
  Status Output(const std::string& argument);
  Status Read(const std::string& argument);
  Status Import(const std::string& argument);
  Status Parameter(const std::string& argument);
  Status Plot(const std::string& argument);
  Status Schema(const std::string& argument);
  Status Indexes(const std::string& argument);
  Status Stats(const std::string& argument);
  Status Timing(const std::string& argument);
  Status Explain(const std::string& argument);
  Status Quit(const std::string& argument);

  ShellOptions options_;
  std::unique_ptr<LineEditor> editor_;
  std::unique_ptr<Session> session_;
  struct FileCloser {
    void operator()(FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<FILE, FileCloser> output_file_;  // .output
  std::unique_ptr<Sink> sink_;                     // standard output, or output_file_
  std::string pending_;                            // the statement so far
  int empty_interrupts_ = 0;
  bool quit_ = false;
  bool failed_ = false;
};

}  // namespace gesta::shell

#endif  // GESTA_SHELL_SHELL_H_
