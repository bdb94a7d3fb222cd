// Line editors: a terminal's, with history and completion, and a plain one for pipes.
#ifndef GESTA_SHELL_EDITOR_H_
#define GESTA_SHELL_EDITOR_H_

#include <functional>
#include <istream>
#include <memory>
#include <string>
#include <string_view>

#include "complete.h"

namespace gesta::shell {

class LineEditor {
 public:
  enum class End { kLine, kInterrupted, kEndOfInput };

  virtual ~LineEditor() = default;
  // Reads one line, without its line break.
  virtual End Read(const std::string& prompt, std::string* line) = 0;
  virtual void AddToHistory(const std::string& entry) = 0;
};

struct TerminalEditorOptions {
  std::string history_path;  // empty: no history file
  bool colour = false;
  // The completion of a line up to its cursor.
  std::function<Completion(std::string_view line)> complete;
};

// Edits on the terminal with libedit. Ctrl-C gives kInterrupted and drops the line.
std::unique_ptr<LineEditor> MakeTerminalEditor(const TerminalEditorOptions& options);

// Reads lines as they come, shows no prompt. Borrows `in`.
std::unique_ptr<LineEditor> MakePlainEditor(std::istream& in);

// $XDG_STATE_HOME/gesta/history, or below ~/.local/state; empty without a home. Makes the folder.
std::string HistoryPath();

}  // namespace gesta::shell

#endif  // GESTA_SHELL_EDITOR_H_
