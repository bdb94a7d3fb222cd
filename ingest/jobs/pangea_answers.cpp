#include "jobs/pangea_answers.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace gesta::ingest {
namespace {

constexpr std::string_view kDefinition = ". The definition is: ";

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

// Calls visit(line) for each line that is not blank.
template <typename Visit>
void ForEachLine(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = Trim(text.substr(0, end));
    if (!line.empty()) visit(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// Takes "N." (or "N)", "N:") off the front.
std::optional<uint32_t> TakeNumber(std::string_view* line) {
  uint32_t number = 0;
  const char* end = line->data() + line->size();
  const auto [at, error] = std::from_chars(line->data(), end, number);
  if (error != std::errc() || at == end || (*at != '.' && *at != ')' && *at != ':')) return {};
  *line = Trim(line->substr(static_cast<size_t>(at - line->data()) + 1));
  return number;
}

// Verbs compare without case, and with '_' and ' ' alike.
std::string Normalise(std::string_view verb) {
  std::string text(verb);
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '_') c = ' ';
  }
  return text;
}

struct AnswerLine {
  std::optional<uint32_t> number;
  std::string verb;  // as written, without a final full stop
};

std::vector<AnswerLine> SplitAnswer(std::string_view answer) {
  std::vector<AnswerLine> lines;
  ForEachLine(answer, [&](std::string_view line) {
    while (!line.empty() && (line.front() == '-' || line.front() == '*')) {
      line = Trim(line.substr(1));
    }
    AnswerLine out;
    out.number = TakeNumber(&line);
    // Some answers repeat the definition too.
    line = line.substr(0, std::min(line.find(kDefinition), line.size()));
    while (!line.empty() && (line.back() == '.' || line.back() == ',')) {
      line = Trim(line.substr(0, line.size() - 1));
    }
    out.verb = std::string(line);
    if (!out.verb.empty()) lines.push_back(std::move(out));
  });
  return lines;
}

bool IsRenumbered(const std::vector<AnswerLine>& lines) {
  uint32_t expected = 0;
  for (const AnswerLine& line : lines) {
    if (line.number && *line.number != ++expected) return false;
  }
  return expected >= 2;
}

}  // namespace

std::vector<Candidate> ParseCandidates(std::string_view prompt) {
  std::vector<Candidate> candidates;
  ForEachLine(prompt, [&](std::string_view line) {
    const std::optional<uint32_t> number = TakeNumber(&line);
    const size_t definition = line.find(kDefinition);
    if (!number || definition == std::string_view::npos) return;
    candidates.push_back({*number, std::string(line.substr(0, definition))});
  });
  return candidates;
}

AnswerPicks ParseAnswer(std::string_view answer, const std::vector<Candidate>& candidates) {
  std::unordered_map<uint32_t, std::string> verb_of;
  std::unordered_map<std::string, std::vector<uint32_t>> numbers_of;
  for (const Candidate& candidate : candidates) {
    std::string verb = Normalise(candidate.lemma);
    if (!verb_of.emplace(candidate.number, verb).second) continue;
    numbers_of[std::move(verb)].push_back(candidate.number);
  }
  const std::vector<AnswerLine> lines = SplitAnswer(answer);
  AnswerPicks result;
  result.renumbered = IsRenumbered(lines);
  result.unnumbered = !lines.empty() &&
                      std::none_of(lines.begin(), lines.end(),
                                   [](const AnswerLine& line) { return line.number.has_value(); });
  std::unordered_set<uint32_t> picked;
  for (const AnswerLine& line : lines) {
    const std::string verb = Normalise(line.verb);
    const auto offered =
        line.number && !result.renumbered ? verb_of.find(*line.number) : verb_of.end();
    const auto named = numbers_of.find(verb);
    uint32_t pick;
    if (offered != verb_of.end() && (offered->second == verb || named == numbers_of.end())) {
      pick = offered->first;
    } else if (named != numbers_of.end()) {
      if (offered != verb_of.end()) ++result.contradictions;
      const auto fresh = std::find_if(named->second.begin(), named->second.end(),
                                      [&](uint32_t number) { return picked.count(number) == 0; });
      pick = fresh == named->second.end() ? named->second.front() : *fresh;
    } else {
      result.never_offered.push_back(line.verb);
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

}  // namespace gesta::ingest
