#include "gesta/choice_answer.h"

#include <unordered_map>
#include <unordered_set>

#include "gesta/format/json.h"
#include "llm/text_lines.h"

namespace gesta::llm {
namespace {

constexpr std::string_view kDefinition = ". The definition is: ";

// Names compare without case, and with '_' and ' ' alike.
std::string Normalise(std::string_view name) {
  std::string text(name);
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '_') c = ' ';
  }
  return text;
}

std::optional<uint32_t> WholeNumber(std::string_view text) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

struct AnswerLine {
  std::optional<uint32_t> number;
  std::string name;  // as written, without a final full stop; may be empty beside a number
};

AnswerLine ReadLine(std::string_view line) {
  while (!line.empty() && (line.front() == '-' || line.front() == '*' || line.front() == '"')) {
    line = Trim(line.substr(1));
  }
  AnswerLine out;
  out.number = TakeNumber(&line);
  // Some answers repeat the definition too.
  line = line.substr(0, std::min(line.find(kDefinition), line.size()));
  while (!line.empty() &&
         (line.back() == '.' || line.back() == ',' || line.back() == '*' || line.back() == '"')) {
    line = Trim(line.substr(0, line.size() - 1));
  }
  while (!line.empty() && line.front() == '*') line = Trim(line.substr(1));
  if (!out.number) out.number = WholeNumber(line);
  const bool is_number = out.number && WholeNumber(line) == out.number;
  if (!is_number) out.name = std::string(line);
  return out;
}

std::vector<AnswerLine> SplitLines(std::string_view answer) {
  std::vector<AnswerLine> lines;
  ForEachLine(answer, [&](std::string_view line) {
    AnswerLine out = ReadLine(line);
    if (!out.name.empty() || out.number) lines.push_back(std::move(out));
  });
  return lines;
}

// Lists of names or numbers in one line: "stand, sit and rise".
std::vector<AnswerLine> SplitAtCommas(std::string_view answer) {
  std::string divided(answer);
  for (char& c : divided) {
    if (c == ',' || c == ';') c = '\n';
  }
  return SplitLines(divided);
}

bool IsRenumbered(const std::vector<AnswerLine>& lines) {
  uint32_t expected = 0;
  for (const AnswerLine& line : lines) {
    if (!line.number) continue;
    if (line.name.empty() || *line.number != ++expected) return false;
  }
  return expected >= 2;
}

// -- JSON --

void AddItem(const format::Datum& item, std::vector<AnswerLine>* lines) {
  AnswerLine line;
  if (item.is_string()) {
    line = ReadLine(Trim(item.text()));
  } else if (item.is_int() && item.integer() >= 0 && item.integer() <= UINT32_MAX) {
    line.number = static_cast<uint32_t>(item.integer());
  } else if (item.is_dict()) {
    for (const format::Datum::Entry& entry : item.entries()) {
      const format::Datum& value = *entry.value;
      const std::string_view key = entry.key->text();
      if (!line.number && value.is_int() && value.integer() >= 0 && value.integer() <= UINT32_MAX &&
          key != "rank") {
        line.number = static_cast<uint32_t>(value.integer());
      } else if (line.name.empty() && value.is_string() && key != "reason" && key != "definition" &&
                 key != "explanation") {
        const AnswerLine read = ReadLine(Trim(value.text()));
        line.name = read.name;
        if (!line.number) line.number = read.number;
      }
    }
  }
  if (!line.name.empty() || line.number) lines->push_back(std::move(line));
}

// The list in a JSON value: the value itself, or the first list that an object holds, or the
// object's own values.
bool AddJson(const format::Datum& root, std::vector<AnswerLine>* lines) {
  if (root.is_sequence()) {
    for (const format::Datum& item : root.items()) AddItem(item, lines);
    return true;
  }
  if (!root.is_dict()) return false;
  for (const format::Datum::Entry& entry : root.entries()) {
    if (entry.value->is_sequence()) return AddJson(*entry.value, lines);
  }
  for (const format::Datum::Entry& entry : root.entries()) AddItem(*entry.value, lines);
  return true;
}

bool FindJson(std::string_view answer, std::vector<AnswerLine>* lines) {
  for (const auto& [open, close] : {std::pair('{', '}'), std::pair('[', ']')}) {
    const size_t begin = answer.find(open);
    const size_t end = answer.rfind(close);
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) continue;
    const auto document = format::ParseJson(answer.substr(begin, end - begin + 1), "answer");
    if (document.ok() && AddJson(document->root(), lines) && !lines->empty()) return true;
    lines->clear();
  }
  return false;
}

AnswerPicks Resolve(const std::vector<AnswerLine>& lines,
                    const std::vector<Candidate>& candidates) {
  std::unordered_map<uint32_t, std::string> name_of;
  std::unordered_map<std::string, std::vector<uint32_t>> numbers_of;
  for (const Candidate& candidate : candidates) {
    std::string name = Normalise(candidate.name);
    if (!name_of.emplace(candidate.number, name).second) continue;
    numbers_of[std::move(name)].push_back(candidate.number);
  }
  AnswerPicks result;
  result.renumbered = IsRenumbered(lines);
  result.unnumbered = !lines.empty() &&
                      std::none_of(lines.begin(), lines.end(),
                                   [](const AnswerLine& line) { return line.number.has_value(); });
  std::unordered_set<uint32_t> picked;
  for (const AnswerLine& line : lines) {
    const std::string name = Normalise(line.name);
    const auto offered =
        line.number && !result.renumbered ? name_of.find(*line.number) : name_of.end();
    const auto named = name.empty() ? numbers_of.end() : numbers_of.find(name);
    uint32_t pick;
    if (offered != name_of.end() && (offered->second == name || named == numbers_of.end())) {
      pick = offered->first;
    } else if (named != numbers_of.end()) {
      if (offered != name_of.end()) ++result.contradictions;
      const auto fresh = std::find_if(named->second.begin(), named->second.end(),
                                      [&](uint32_t number) { return picked.count(number) == 0; });
      pick = fresh == named->second.end() ? named->second.front() : *fresh;
    } else {
      result.never_offered.push_back(line.name.empty() ? std::to_string(*line.number) : line.name);
      continue;
    }
    if (picked.insert(pick).second) {
      result.picks.push_back(pick);
    } else {
      ++result.repeats;
    }
  }
  return result;
}

}  // namespace

AnswerPicks ParseAnswerLines(std::string_view answer, const std::vector<Candidate>& candidates) {
  return Resolve(SplitLines(answer), candidates);
}

AnswerPicks ParseAnswer(std::string_view answer, const std::vector<Candidate>& candidates) {
  std::vector<AnswerLine> lines;
  if (FindJson(answer, &lines)) return Resolve(lines, candidates);
  AnswerPicks picks = ParseAnswerLines(answer, candidates);
  if (picks.picks.size() < 2 && answer.find_first_of(",;") != std::string_view::npos) {
    AnswerPicks divided = Resolve(SplitAtCommas(answer), candidates);
    if (divided.picks.size() > picks.picks.size()) return divided;
  }
  return picks;
}

std::vector<PublishedPick> ParsePublishedAnswer(std::string_view answer) {
  std::vector<PublishedPick> picks;
  ForEachLine(answer, [&](std::string_view line) {
    uint64_t number = 0;
    const char* end = line.data() + line.size();
    const auto [at, error] = std::from_chars(line.data(), end, number);
    if (error == std::errc() && at != end && *at == '.') {
      picks.push_back({number, {}});
      return;
    }
    while (!line.empty() && line.back() == '.') line.remove_suffix(1);
    picks.push_back({std::nullopt, std::string(Trim(line))});
  });
  return picks;
}

}  // namespace gesta::llm
