#include "gesta/decompose_answer.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "gesta/format/json.h"
#include "llm/fill_places.h"
#include "llm/text_lines.h"

namespace gesta::llm {
namespace {

using format::Datum;

// An answer with more beginnings of JSON values than this is looked at no further.
constexpr size_t kMaxValues = 256;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Names compare by their letters and digits, in lower case; all else counts as one blank.
std::string Normalise(std::string_view name) {
  std::string text;
  bool blank = false;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool counts = (c >= 'a' && c <= 'z') || IsDigit(c) || static_cast<signed char>(c) < 0;
    if (!counts) {
      blank = true;
      continue;
    }
    if (blank && !text.empty()) text += ' ';
    blank = false;
    text += c;
  }
  return text;
}

std::optional<size_t> WholeNumber(std::string_view text) {
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The subaction without a bullet, and without the number of its place in front.
std::string CleanStep(std::string_view text, size_t place) {
  std::string step = OneLine(text);
  std::string_view rest = Trim(step);
  for (const std::string_view bullet : {"- ", "* ", "• "}) {
    if (rest.substr(0, bullet.size()) == bullet) rest = Trim(rest.substr(bullet.size()));
  }
  std::string_view after = rest;
  if (Normalise(after.substr(0, 5)) == "step") after = Trim(after.substr(4));
  const std::string number = std::to_string(place + 1);
  if (after.substr(0, number.size()) == number && after.size() > number.size() + 1) {
    const char mark = after[number.size()];
    const std::string_view words = after.substr(number.size() + 1);
    if ((mark == '.' || mark == ')' || mark == ':') && !IsDigit(words.front())) rest = Trim(words);
  }
  return std::string(rest);
}

class Reader {
 public:
  Reader(const std::vector<std::string>& actions, std::string_view domain)
      : found_(actions.size()) {
    for (const std::string& action : actions) names_.push_back(Normalise(action));
    domain_ = Normalise(domain);
  }

  // The JSON values in the text, wherever they begin.
  void ReadJson(std::string_view answer) {
    size_t values = 0;
    for (size_t at = 0; at < answer.size() && values < kMaxValues;) {
      at = answer.find_first_of("{[", at);
      if (at == std::string_view::npos) return;
      ++values;
      const size_t begin = at;
      const std::optional<std::string> value = ValueAt(answer, &at);
      if (!value) continue;
      const auto document = format::ParseJson(*value, "answer");
      if (document.ok()) {
        Collect(document->root());
      } else {
        at = begin + 1;  // prose in braces, perhaps around the answer
      }
    }
  }

  // Headings with lists.
  void ReadLines(std::string_view answer) {
    std::optional<size_t> action;
    std::vector<std::string> steps;
    const auto finish = [&] {
      if (action) Keep(*action, std::move(steps));
      steps.clear();
    };
    ForEachLine(answer, [&](std::string_view line) {
      const std::optional<size_t> heading = Find(line);
      const bool is_item = line.size() > 1 && (IsDigit(line[0]) || line[0] == '-' ||
                                               line[0] == '*' || line.substr(0, 3) == "•");
      if (heading && (*heading != action || !is_item)) {
        finish();
        action = heading;
      } else if (action && is_item) {
        std::string step = CleanStep(line, steps.size());
        if (!step.empty()) steps.push_back(std::move(step));
      }
    });
    finish();
  }

  bool HasAny() const {
    return std::any_of(found_.begin(), found_.end(), [](const auto& f) { return !f.empty(); });
  }
  Subactions Take() { return std::move(found_); }

 private:
  // The value that begins at *at, without commas that nothing follows; nullopt: it does not end.
  // *at goes behind it.
  static std::optional<std::string> ValueAt(std::string_view text, size_t* at) {
    std::string value;
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = *at; i < text.size(); ++i) {
      const char c = text[i];
      if (in_string) {
        value += c;
        if (c == '\\' && i + 1 < text.size()) value += text[++i];
        in_string = c != '"';
        continue;
      }
      if (c == '"') in_string = true;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') {
        const size_t last = value.find_last_not_of(" \t\r\n");
        if (last != std::string::npos && value[last] == ',') value.erase(last);
        --depth;
      }
      value += c;
      if (depth == 0) {
        *at = i + 1;
        return value;
      }
    }
    ++*at;
    return std::nullopt;
  }

  // The action that a key or heading names.
  std::optional<size_t> Find(std::string_view key) const {
    const std::string name = Normalise(key);
    for (const std::string& form :
         {name, WithoutDomain(name), WithoutNumber(name), WithoutDomain(WithoutNumber(name))}) {
      const auto found = std::find(names_.begin(), names_.end(), form);
      if (!form.empty() && found != names_.end()) {
        return static_cast<size_t>(found - names_.begin());
      }
    }
    std::string_view number = name;
    for (const std::string_view word : {"action ", "option "}) {
      if (number.substr(0, word.size()) == word) number.remove_prefix(word.size());
    }
    const std::optional<size_t> place = WholeNumber(number);
    if (place && *place >= 1 && *place <= names_.size()) return *place - 1;
    return std::nullopt;
  }

  std::string WithoutDomain(const std::string& name) const {
    const std::string end = " in " + domain_;
    if (domain_.empty() || name.size() <= end.size() ||
        name.compare(name.size() - end.size(), end.size(), end) != 0) {
      return name;
    }
    return name.substr(0, name.size() - end.size());
  }

  static std::string WithoutNumber(const std::string& name) {
    const size_t blank = name.find(' ');
    if (blank == std::string::npos || !WholeNumber(std::string_view(name).substr(0, blank))) {
      return name;
    }
    return name.substr(blank + 1);
  }

  void Keep(size_t action, std::vector<std::string> steps) {
    if (steps.size() > found_[action].size()) found_[action] = std::move(steps);
  }

  // The text of one subaction: itself, or what an object says that is no name of its place.
  static std::string_view StepText(const Datum& item) {
    if (item.is_string()) return item.text();
    std::string_view longest;
    for (const Datum::Entry& entry : item.entries()) {
      if (entry.value->is_string() && entry.value->text().size() > longest.size()) {
        longest = entry.value->text();
      }
    }
    return longest;
  }

  static std::vector<std::string> Steps(const Datum& value) {
    std::vector<std::string> steps;
    const auto add = [&](std::string_view text) {
      std::string step = CleanStep(text, steps.size());
      if (!step.empty()) steps.push_back(std::move(step));
    };
    if (value.is_sequence()) {
      for (const Datum& item : value.items()) add(StepText(item));
    } else if (value.is_string()) {
      ForEachLine(value.text(), add);
    } else if (value.is_dict()) {
      for (const Datum::Entry& entry : value.entries()) {
        if (entry.value->is_sequence()) return Steps(*entry.value);
      }
      for (const Datum::Entry& entry : value.entries()) add(StepText(*entry.value));
    }
    return steps;
  }

  static bool IsListOfTexts(const Datum& value) {
    if (!value.is_sequence() || value.size() == 0) return false;
    const auto items = value.items();
    return std::all_of(items.data(), items.data() + items.size(),
                       [](const Datum* item) { return item->is_string(); });
  }

  // Depth is bounded by the JSON reader.
  void Collect(const Datum& value) {
    if (value.is_dict()) {
      CollectNamed(value);
      for (const Datum::Entry& entry : value.entries()) {
        const std::optional<size_t> action = Find(entry.key->text());
        if (action) Keep(*action, Steps(*entry.value));
        if (action && !found_[*action].empty()) continue;
        if (names_.size() == 1 && IsListOfTexts(*entry.value)) Keep(0, Steps(*entry.value));
        if (!IsListOfTexts(*entry.value)) Collect(*entry.value);
      }
      return;
    }
    if (!value.is_sequence()) return;
    const auto items = value.items();
    if (names_.size() == 1 && IsListOfTexts(value)) {
      Keep(0, Steps(value));
      return;
    }
    const bool are_lists = std::all_of(items.data(), items.data() + items.size(),
                                       [](const Datum* item) { return IsListOfTexts(*item); });
    if (are_lists && items.size() == names_.size()) {
      for (size_t i = 0; i < items.size(); ++i) Keep(i, Steps(items[i]));
      return;
    }
    for (const Datum& item : items) Collect(item);
  }

  // {"action": "kickflip", "subactions": [...]}
  void CollectNamed(const Datum& object) {
    std::optional<size_t> action;
    const Datum* steps = nullptr;
    for (const Datum::Entry& entry : object.entries()) {
      if (!action && entry.value->is_string()) action = Find(entry.value->text());
      if (!steps && entry.value->is_sequence()) steps = entry.value;
    }
    if (action && steps) Keep(*action, Steps(*steps));
  }

  std::vector<std::string> names_;
  std::string domain_;
  Subactions found_;
};

}  // namespace

Subactions ParseSubactions(std::string_view answer, const std::vector<std::string>& actions,
                           std::string_view domain) {
  Reader reader(actions, domain);
  reader.ReadJson(answer);
  if (!reader.HasAny()) reader.ReadLines(answer);
  return reader.Take();
}

std::vector<std::string> SubactionProblems(const Subactions& subactions,
                                           const std::vector<std::string>& actions, size_t count) {
  std::vector<std::string> problems;
  for (size_t i = 0; i < actions.size(); ++i) {
    const size_t steps = subactions[i].size();
    if (steps == 0) {
      problems.push_back("nothing for '" + OneLine(actions[i]) + "'");
    } else if (steps < count) {
      problems.push_back("only " + std::to_string(steps) + " of " + std::to_string(count) +
                         " phrases for '" + OneLine(actions[i]) + "'");
    }
  }
  return problems;
}

}  // namespace gesta::llm
