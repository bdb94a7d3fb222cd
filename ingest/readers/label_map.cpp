#include "readers/label_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <string_view>

#include "readers/byte_source.h"
#include "readers/line_reader.h"

namespace gesta::readers {
namespace {

constexpr uint64_t kMaxBytes = 16 << 20;
constexpr int kMaxDepth = 64;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWord(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
         c == '+' || c == '.';
}

class Parser {
 public:
  Parser(std::string path, std::string_view text) : path_(std::move(path)), text_(text) {}

  Result<std::vector<LabelMapEntry>> Parse() {
    std::vector<LabelMapEntry> entries;
    std::set<int64_t> ids;
    while (true) {
      SkipSpace();
      if (at_ == text_.size()) return entries;
      LabelMapEntry entry;
      entry.line = line_;
      GESTA_ASSIGN_OR_RETURN(const std::string_view message, Word("an entry such as 'item'"));
      Take(':');
      GESTA_ASSIGN_OR_RETURN(const char end, BeginMessage(message));
      GESTA_RETURN_IF_ERROR(ParseEntry(end, &entry));
      if (!ids.insert(entry.id).second) {
        return Wrong(entry.line, fmt::format("the id {} stands here a second time", entry.id));
      }
      entries.push_back(std::move(entry));
      TakeSeparator();
    }
  }

 private:
  Status Wrong(uint64_t line, const std::string& what) const {
    return Status(StatusCode::kBadData, fmt::format("{}: line {}: {}", path_, line, what),
                  "label maps look like: item { name: \"run\" id: 1 }");
  }

  void SkipSpace() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (IsSpace(text_[at_])) {
        if (text_[at_++] == '\n') ++line_;
      } else {
        return;
      }
    }
  }
  bool Take(char c) {
    SkipSpace();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void TakeSeparator() {
    if (!Take(',')) Take(';');
  }

  Result<std::string_view> Word(std::string_view wanted) {
    SkipSpace();
    const size_t begin = at_;
    while (at_ < text_.size() && IsWord(text_[at_])) ++at_;
    if (at_ > begin) return text_.substr(begin, at_ - begin);
    if (at_ == text_.size()) {
      return Wrong(line_, fmt::format("the file ends where {} is expected", wanted));
    }
    return Wrong(line_, fmt::format("{} is expected", wanted));
  }

  // Gives the character that ends the message.
  Result<char> BeginMessage(std::string_view name) {
    if (Take('{')) return '}';
    if (Take('<')) return '>';
    return Wrong(line_, fmt::format("a '{{' is expected after '{}'", name));
  }

  // A scalar value's text; nullopt: the value is a message, which is passed over.
  Result<std::optional<std::string>> FieldValue(std::string_view name, int depth) {
    const bool colon = Take(':');
    SkipSpace();
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    if (c == '{' || c == '<') {
      if (depth == kMaxDepth) return Wrong(line_, "messages are nested too deeply");
      GESTA_ASSIGN_OR_RETURN(const char end, BeginMessage(name));
      while (!Take(end)) {
        GESTA_ASSIGN_OR_RETURN(const std::string_view inner, Word("a field"));
        GESTA_RETURN_IF_ERROR(FieldValue(inner, depth + 1).status());
        TakeSeparator();
      }
      return std::optional<std::string>();
    }
    if (!colon) return Wrong(line_, fmt::format("a ':' is expected after '{}'", name));
    if (c == '"' || c == '\'') {
      GESTA_ASSIGN_OR_RETURN(std::string text, Quoted());
      return std::optional<std::string>(std::move(text));
    }
    GESTA_ASSIGN_OR_RETURN(const std::string_view word, Word("a value"));
    return std::optional<std::string>(word);
  }

  Result<std::string> Quoted() {
    std::string text;
    while (true) {
      SkipSpace();
      if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) break;
      const char quote = text_[at_++];
      while (true) {
        if (at_ == text_.size() || text_[at_] == '\n') {
          return Wrong(line_, "a quoted text does not end on its line");
        }
        const char c = text_[at_++];
        if (c == quote) break;
        if (c != '\\') {
          text += c;
          continue;
        }
        GESTA_RETURN_IF_ERROR(Escape(&text));
      }
    }
    if (const std::string problem = TextProblem(text); !problem.empty()) {
      return Wrong(line_, "a text's " + problem);
    }
    return text;
  }

  // After a backslash.
  Status Escape(std::string* text) {
    const char c = at_ < text_.size() ? text_[at_++] : '\0';
    constexpr std::string_view kNames = "abfnrtv\\'\"?";
    constexpr std::string_view kBytes = "\a\b\f\n\r\t\v\\'\"?";
    if (const size_t at = kNames.find(c); c != '\0' && at != std::string_view::npos) {
      *text += kBytes[at];
      return Status::Ok();
    }
    const bool hex = c == 'x' || c == 'X';
    const size_t begin = hex ? at_ : at_ - 1;
    const size_t digits = hex ? 2 : 3;
    unsigned byte = 0;
    const char* first = text_.data() + begin;
    const char* last = text_.data() + std::min(begin + digits, text_.size());
    const auto [end, error] = std::from_chars(first, last, byte, hex ? 16 : 8);
    if (error != std::errc() || byte > 0xFF) return Wrong(line_, "a text has an unknown escape");
    at_ = static_cast<size_t>(end - text_.data());
    *text += static_cast<char>(byte);
    return Status::Ok();
  }

  Status ParseEntry(char end, LabelMapEntry* entry) {
    bool has_id = false;
    bool has_name = false;
    while (!Take(end)) {
      GESTA_ASSIGN_OR_RETURN(const std::string_view field, Word("a field"));
      const uint64_t line = line_;
      GESTA_ASSIGN_OR_RETURN(std::optional<std::string> value, FieldValue(field, 0));
      TakeSeparator();
      if (!value) continue;
      if (field == "name") {
        entry->name = *std::move(value);
        has_name = true;
      } else if (field == "label_type") {
        entry->type = *std::move(value);
      } else if (field == "id" || field == "label_id") {
        const char* last = value->data() + value->size();
        const auto [at, error] = std::from_chars(value->data(), last, entry->id);
        if (error != std::errc() || at != last) {
          return Wrong(line, fmt::format("'{}' is no id", *value));
        }
        has_id = true;
      }
    }
    if (!has_id) return Wrong(entry->line, "the entry has no id");
    if (!has_name) return Wrong(entry->line, "the entry has no name");
    return Status::Ok();
  }

  const std::string path_;
  const std::string_view text_;
  size_t at_ = 0;
  uint64_t line_ = 1;
};

}  // namespace

Result<std::vector<LabelMapEntry>> ReadLabelMap(const std::string& path) {
  GESTA_ASSIGN_OR_RETURN(const format::FileBuffer file, ReadAll(path, kMaxBytes));
  std::string_view text = file.view();
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  return Parser(path, text).Parse();
}

}  // namespace gesta::readers
