#include "editor.h"

#include <fmt/format.h>
#include <histedit.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "print/text_width.h"

namespace gesta::shell {
namespace {

constexpr int kHistoryEntries = 2000;
constexpr size_t kMostCandidatesShown = 200;

class TerminalEditor : public LineEditor {
 public:
  explicit TerminalEditor(const TerminalEditorOptions& options) : options_(options) {
    // Characters beyond ASCII need a locale; a machine without one still has C.UTF-8.
    std::setlocale(LC_CTYPE, "");
    if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
    edit_ = el_init("gesta", stdin, stdout, stderr);
    history_ = history_init();
    HistEvent event;
    history(history_, &event, H_SETSIZE, kHistoryEntries);
    history(history_, &event, H_SETUNIQUE, 1);
    if (!options_.history_path.empty()) {
      history(history_, &event, H_LOAD, options_.history_path.c_str());
    }
    el_set(edit_, EL_CLIENTDATA, this);
    el_set(edit_, EL_PROMPT_ESC, &TerminalEditor::OnPrompt, '\1');
    el_set(edit_, EL_HIST, history, history_);
    el_set(edit_, EL_EDITOR, "emacs");
    el_set(edit_, EL_SIGNAL, 1);  // redraws after a change of the window's size
    // By wide strings, which the library borrows; of others it leaks copies.
    el_wset(edit_, EL_ADDFN, L"gesta-complete", L"complete the word", &TerminalEditor::OnComplete);
    el_wset(edit_, EL_ADDFN, L"gesta-interrupt", L"drop the line", &TerminalEditor::OnInterrupt);
    // While a line is edited Ctrl-C is a key like any other.
    el_set(edit_, EL_SETTY, "-d", "-isig", nullptr);
    el_set(edit_, EL_BIND, "^C", "gesta-interrupt", nullptr);
    el_set(edit_, EL_BIND, "^I", "gesta-complete", nullptr);
    el_set(edit_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    el_set(edit_, EL_BIND, "\\e[3~", "ed-delete-next-char", nullptr);
    el_set(edit_, EL_BIND, "\\e[1;5C", "em-next-word", nullptr);
    el_set(edit_, EL_BIND, "\\e[1;5D", "ed-prev-word", nullptr);
  }

  ~TerminalEditor() override {
    history_end(history_);
    el_end(edit_);
  }

  End Read(const std::string& prompt, std::string* line) override {
    prompt_ = options_.colour ? "\1\x1b[1;36m\1" + prompt + "\1\x1b[0m\1" : prompt;
    interrupted_ = false;
    // The library shows the prompt before it takes the terminal over: a Ctrl-C between the two
    // would be a signal.
    el_set(edit_, EL_PREP_TERM, 1);
    int count = 0;
    const char* text = el_gets(edit_, &count);
    if (interrupted_) return End::kInterrupted;
    if (text == nullptr || count <= 0) {
      std::fputs("\n", stdout);
      return End::kEndOfInput;
    }
    line->assign(text, static_cast<size_t>(count));
    while (!line->empty() && (line->back() == '\n' || line->back() == '\r')) line->pop_back();
    return End::kLine;
  }

  void AddToHistory(const std::string& entry) override {
    HistEvent event;
    history(history_, &event, H_ENTER, entry.c_str());
    if (options_.history_path.empty()) return;
    const mode_t former = umask(077);  // statements may hold what is nobody else's business
    history(history_, &event, H_SAVE, options_.history_path.c_str());
    umask(former);
  }

 private:
  static TerminalEditor& Self(EditLine* edit) {
    void* self = nullptr;
    el_get(edit, EL_CLIENTDATA, &self);
    return *static_cast<TerminalEditor*>(self);
  }

  static char* OnPrompt(EditLine* edit) { return Self(edit).prompt_.data(); }

  static unsigned char OnInterrupt(EditLine* edit, int) {
    TerminalEditor& self = Self(edit);
    self.interrupted_ = true;
    std::fputs("^C\n", stdout);
    const LineInfo* line = el_line(edit);
    el_cursor(edit, static_cast<int>(line->lastchar - line->cursor));
    el_deletestr(edit, static_cast<int>(line->lastchar - line->buffer));
    return CC_NEWLINE;
  }

  static unsigned char OnComplete(EditLine* edit, int) {
    TerminalEditor& self = Self(edit);
    const LineInfo* line = el_line(edit);
    const std::string before(line->buffer, static_cast<size_t>(line->cursor - line->buffer));
    if (!self.options_.complete) return CC_ERROR;
    const Completion completion = self.options_.complete(before);
    if (completion.candidates.empty()) return CC_ERROR;
    const std::string typed = before.substr(completion.start);
    const std::string common = CommonPrefix(completion.candidates);
    if (common.size() > typed.size() || (completion.candidates.size() == 1 && common != typed)) {
      // el_deletestr counts characters.
      const auto characters =
          std::count_if(typed.begin(), typed.end(), [](char c) { return (c & 0xC0) != 0x80; });
      if (characters > 0) el_deletestr(edit, static_cast<int>(characters));
      el_insertstr(edit, common.c_str());
      return CC_REFRESH;
    }
    ShowCandidates(completion.candidates);
    return CC_REDISPLAY;
  }

  static void ShowCandidates(const std::vector<std::string>& candidates) {
    size_t widest = 0;
    for (const std::string& candidate : candidates) {
      widest = std::max(widest, DisplayWidth(candidate));
    }
    const size_t columns = std::max<size_t>(1, TerminalWidth(STDOUT_FILENO, 80) / (widest + 2));
    std::string text = "\n";
    for (size_t i = 0; i < candidates.size() && i < kMostCandidatesShown; ++i) {
      text += candidates[i];
      const bool last = (i + 1) % columns == 0 || i + 1 == candidates.size();
      if (last) {
        text += '\n';
      } else {
        text.append(widest + 2 - DisplayWidth(candidates[i]), ' ');
      }
    }
    if (candidates.size() > kMostCandidatesShown) {
      text += fmt::format("\n… and {} more\n", candidates.size() - kMostCandidatesShown);
    }
    std::fputs(text.c_str(), stdout);
  }

  const TerminalEditorOptions options_;
  EditLine* edit_ = nullptr;
  History* history_ = nullptr;
  std::string prompt_;
  bool interrupted_ = false;
};

class PlainEditor : public LineEditor {
 public:
  explicit PlainEditor(std::istream& in) : in_(in) {}
  End Read(const std::string&, std::string* line) override {
    return std::getline(in_, *line) ? End::kLine : End::kEndOfInput;
  }
  void AddToHistory(const std::string&) override {}

 private:
  std::istream& in_;
};

}  // namespace

std::unique_ptr<LineEditor> MakeTerminalEditor(const TerminalEditorOptions& options) {
  return std::make_unique<TerminalEditor>(options);
}

std::unique_ptr<LineEditor> MakePlainEditor(std::istream& in) {
  return std::make_unique<PlainEditor>(in);
}

std::string HistoryPath() {
  std::string folder;
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/') {
    folder = state;
  } else if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    folder = std::string(home) + "/.local/state";
  } else {
    return {};
  }
  folder += "/gesta";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  return error ? std::string() : folder + "/history";
}

}  // namespace gesta::shell
