// What may follow is told from the characters before the word, not by parsing: a statement that is
// being typed does not parse.
#include "complete.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <system_error>

#include "gesta/value.h"

namespace gesta::shell {
namespace {

namespace fs = std::filesystem;

bool IsWordChar(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80);
}

char Lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool StartsWithoutCase(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(),
                    [](char a, char b) { return Lower(a) == Lower(b); });
}

// Keywords follow the case in which the user types.
std::string LikeTyped(std::string keyword, std::string_view typed) {
  const bool lower = !typed.empty() && std::islower(static_cast<unsigned char>(typed[0]));
  for (char& c : keyword) {
    c = static_cast<char>(lower ? std::tolower(static_cast<unsigned char>(c))
                                : std::toupper(static_cast<unsigned char>(c)));
  }
  return keyword;
}

std::string LastWord(std::string_view text) {
  size_t end = text.size();
  while (end > 0 && std::isspace(static_cast<unsigned char>(text[end - 1]))) --end;
  size_t start = end;
  while (start > 0 && IsWordChar(text[start - 1])) --start;
  std::string word(text.substr(start, end - start));
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return word;
}

// The innermost bracket that is open at the end of `text`; '\0' when there is none.
char OpenBracket(std::string_view text) {
  std::string open;
  char quote = '\0';
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0') {
      if (c == '\\' && quote != '`') {
        ++i;
      } else if (c == quote) {
        quote = '\0';
      }
    } else if (c == '\'' || c == '"' || c == '`') {
      quote = c;
    } else if (c == '(' || c == '[' || c == '{') {
      open += c;
    } else if ((c == ')' || c == ']' || c == '}') && !open.empty()) {
      open.pop_back();
    }
  }
  return quote != '\0' ? quote : open.empty() ? '\0' : open.back();
}

void AddPaths(std::string_view typed, std::vector<std::string>* out) {
  const size_t slash = typed.rfind('/');
  const std::string folder(slash == std::string_view::npos ? "" : typed.substr(0, slash + 1));
  const std::string_view name = typed.substr(folder.size());
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder.empty() ? "." : folder, error)) {
    std::string found = entry.path().filename().string();
    if (found.compare(0, name.size(), name) != 0) continue;
    if (name.empty() && found[0] == '.') continue;
    std::error_code ignored;
    if (entry.is_directory(ignored)) found += '/';
    out->push_back(folder + found);
  }
}

Completion CompleteDotCommand(const CompletionNames& names, std::string_view text) {
  Completion out;
  const size_t blank = text.find_first_of(" \t");
  if (blank == std::string_view::npos) {
    for (const std::string& command : names.dot_commands) {
      if (StartsWithoutCase(command, text)) out.candidates.push_back(command);
    }
    return out;
  }
  const std::string_view command = text.substr(0, blank);
  out.start = text.find_last_of(" \t") + 1;
  const std::string_view typed = text.substr(out.start);
  if (command == ".read" || command == ".open" || command == ".import" || command == ".output") {
    AddPaths(typed, &out.candidates);
  } else if (command == ".mode") {
    for (const std::string& mode : names.modes) {
      if (StartsWithoutCase(mode, typed)) out.candidates.push_back(mode);
    }
  } else if (command == ".timing") {
    for (const char* choice : {"on", "off"}) {
      if (StartsWithoutCase(choice, typed)) out.candidates.emplace_back(choice);
    }
  } else if (command == ".explain") {
    const Completion inner = Complete(names, text.substr(blank + 1));
    out.start = blank + 1 + inner.start;
    out.candidates = inner.candidates;
  }
  return out;
}

}  // namespace

Completion Complete(const CompletionNames& names, std::string_view text) {
  Completion out;
  if (!text.empty() && text[0] == '.') {
    out = CompleteDotCommand(names, text);
    std::sort(out.candidates.begin(), out.candidates.end());
    return out;
  }
  out.start = text.size();
  while (out.start > 0 && IsWordChar(text[out.start - 1])) --out.start;
  const std::string_view before = text.substr(0, out.start);
  const std::string_view typed = text.substr(out.start);
  const char bracket = OpenBracket(before);
  if (bracket == '\'' || bracket == '"' || bracket == '`') return out;

  const auto add_names = [&](const std::vector<std::string>& list) {
    for (const std::string& name : list) {
      if (StartsWithoutCase(name, typed)) out.candidates.push_back(QuoteName(name));
    }
  };
  // db.la|: a procedure's or function's name goes on behind its dots.
  const auto add_dotted = [&](const std::vector<std::string>& list, std::string_view suffix) {
    size_t start = out.start;
    while (start > 0 && (IsWordChar(text[start - 1]) || text[start - 1] == '.')) --start;
    const std::string_view dotted = text.substr(start);
    for (const std::string& name : list) {
      if (StartsWithoutCase(name, dotted)) {
        out.candidates.push_back(name.substr(out.start - start) + std::string(suffix));
      }
    }
  };

  const char previous = before.empty() ? '\0' : before.back();
  const bool map_value = bracket == '{' && previous == ':';
  if ((previous == ':' || previous == '|' || previous == '&') && !map_value) {
    add_names(bracket == '[' ? names.types : names.labels);
  } else if (previous == '.') {
    size_t start = before.size() - 1;
    while (start > 0 && (IsWordChar(before[start - 1]) || before[start - 1] == '.')) --start;
    if (LastWord(before.substr(0, start)) == "CALL") {
      add_dotted(names.procedures, "(");
    } else {
      add_names(names.properties);
      add_dotted(names.functions, "(");
    }
  } else if (previous == '$') {
    return out;  // parameters have no list
  } else {
    const std::string word = LastWord(before);
    if (word == "CALL") {
      add_dotted(names.procedures, "(");
    } else if (word == "USING" || word == "THEN") {
      add_names(names.aligners);
    }
    if (bracket == '{' && (previous == '{' || LastWord(before).empty())) {
      add_names(names.properties);  // a map's key
    }
    if (word != "USING") {
      for (const std::string& keyword : names.keywords) {
        if (StartsWithoutCase(keyword, typed)) out.candidates.push_back(LikeTyped(keyword, typed));
      }
      add_dotted(names.functions, "(");
    }
  }
  std::sort(out.candidates.begin(), out.candidates.end());
  out.candidates.erase(std::unique(out.candidates.begin(), out.candidates.end()),
                       out.candidates.end());
  return out;
}

std::string CommonPrefix(const std::vector<std::string>& candidates) {
  if (candidates.empty()) return {};
  size_t length = candidates[0].size();
  for (const std::string& other : candidates) {
    size_t same = 0;
    while (same < length && same < other.size() &&
           Lower(candidates[0][same]) == Lower(other[same])) {
      ++same;
    }
    length = same;
  }
  // Never half a character.
  while (length > 0 && length < candidates[0].size() && (candidates[0][length] & 0xC0) == 0x80) {
    --length;
  }
  return candidates[0].substr(0, length);
}

}  // namespace gesta::shell
