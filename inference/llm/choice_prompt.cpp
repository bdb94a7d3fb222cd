#include "gesta/choice_prompt.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "llm/fill_places.h"
#include "llm/text_lines.h"

namespace gesta::llm {
namespace {

constexpr std::string_view kNeutralText =
    "A data set of human activities has the label \"{label}\".\n"
    "Which {wanted} of these {count} candidates describe best what people do there?\n"
    "\n"
    "{candidates}"
    "\n"
    "Answer with one JSON object and nothing else: the numbers of your choices, the best first.\n"
    "{\"choices\": [number, number, …]}\n";
constexpr std::string_view kNeutralLine = "{number}. {name}: {definition}\n";
constexpr std::string_view kNeutralBareLine = "{number}. {name}\n";

constexpr std::string_view kPangeaText =
    "Select {wanted} verbs related to the activity classes \"{label}\".\n"
    "There are {count} candidate verbs: \n"
    "{candidates}"
    "\n"
    "Output Format Example:\n"
    "{example}"
    "Strictly follow the output format above. Do not output analysis. \n";
constexpr std::string_view kPangeaLine =
    "{number}. {name}. The definition is: {definition}. The lexname is: {lexname}. \n";
constexpr std::string_view kPangeaExample = "{number}. {name}.\n";

std::string FillLine(std::string_view line, const Candidate& candidate) {
  return FillPlaces(line, [&](std::string_view place, std::string* out) {
    if (place == "number") {
      *out += std::to_string(candidate.number);
    } else if (place == "name") {
      *out += OneLine(candidate.name);
    } else if (place == "definition") {
      *out += OneLine(candidate.definition);
    } else if (place == "lexname") {
      *out += OneLine(candidate.lexname);
    } else {
      return false;
    }
    return true;
  });
}

// SplitMix64: the same numbers on every machine.
uint64_t NextRandom(uint64_t* state) {
  uint64_t z = *state += 0x9E3779B97F4A7C15ull;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

}  // namespace

Result<PromptTemplate> FindPromptTemplate(std::string_view name_or_text) {
  PromptTemplate prompt;
  if (name_or_text == "pangea") {
    prompt.name = "pangea";
    prompt.text = kPangeaText;
    prompt.line = prompt.bare_line = kPangeaLine;
    prompt.example = kPangeaExample;
    return prompt;
  }
  prompt.line = kNeutralLine;
  prompt.bare_line = kNeutralBareLine;
  prompt.example = kNeutralBareLine;
  prompt.shuffles = true;
  prompt.renumbers = true;
  if (name_or_text == "neutral") {
    prompt.name = "neutral";
    prompt.text = kNeutralText;
    return prompt;
  }
  if (name_or_text.find("{candidates}") != std::string_view::npos) {
    prompt.name = "own";
    prompt.text = name_or_text;
    return prompt;
  }
  return Status(StatusCode::kInvalidArgument,
                "there is no prompt template '" + std::string(name_or_text.substr(0, 40)) + "'",
                "it is 'neutral', 'pangea', or a text that says where the {candidates} go");
}

void ArrangeCandidates(const PromptTemplate& prompt, uint64_t seed, std::string_view label,
                       std::vector<Candidate>* candidates) {
  if (prompt.shuffles) {
    uint64_t state = seed;
    for (const char c : label) {
      state ^= static_cast<unsigned char>(c);
      NextRandom(&state);
    }
    for (size_t i = candidates->size(); i > 1; --i) {
      std::swap((*candidates)[i - 1], (*candidates)[NextRandom(&state) % i]);
    }
  }
  if (prompt.renumbers) {
    for (size_t i = 0; i < candidates->size(); ++i) {
      (*candidates)[i].number = static_cast<uint32_t>(i + 1);
    }
  }
}

std::string RenderPrompt(const PromptTemplate& prompt, std::string_view label, size_t wanted,
                         const std::vector<Candidate>& candidates) {
  return FillPlaces(prompt.text, [&](std::string_view place, std::string* out) {
    if (place == "label") {
      *out += OneLine(label);
    } else if (place == "wanted") {
      *out += std::to_string(wanted);
    } else if (place == "count") {
      *out += std::to_string(candidates.size());
    } else if (place == "candidates") {
      for (const Candidate& candidate : candidates) {
        *out += FillLine(candidate.definition.empty() ? prompt.bare_line : prompt.line, candidate);
      }
    } else if (place == "example") {
      for (size_t i = 0; i < std::min<size_t>(2, candidates.size()); ++i) {
        *out += FillLine(prompt.example, candidates[i]);
      }
    } else {
      return false;
    }
    return true;
  });
}

std::string RenderComplaint(std::string_view prompt, std::string_view answer, size_t usable,
                            size_t wanted) {
  constexpr size_t kQuoted = 1000;  // bytes of the former answer
  std::string text(prompt);
  text += "\nYou answered this before:\n";
  text += answer.substr(0, kQuoted);
  text += "\nOnly " + std::to_string(usable) + " of the " + std::to_string(wanted) +
          " choices asked for could be found among the candidates. Choose from the list above, and "
          "keep to the format.\n";
  return text;
}

std::vector<Candidate> ParseCandidates(std::string_view prompt) {
  constexpr std::string_view kDefinition = ". The definition is: ";
  constexpr std::string_view kLexname = ". The lexname is: ";
  std::vector<Candidate> candidates;
  ForEachLine(prompt, [&](std::string_view line) {
    const std::optional<uint32_t> number = TakeNumber(&line);
    const size_t definition = line.find(kDefinition);
    if (!number || definition == std::string_view::npos) return;
    Candidate candidate{*number, std::string(line.substr(0, definition))};
    line.remove_prefix(definition + kDefinition.size());
    const size_t lexname = line.rfind(kLexname);
    candidate.definition = line.substr(0, lexname);
    if (lexname != std::string_view::npos) {
      candidate.lexname = line.substr(lexname + kLexname.size());
      if (!candidate.lexname.empty()) candidate.lexname.pop_back();  // the full stop
    }
    candidates.push_back(std::move(candidate));
  });
  return candidates;
}

}  // namespace gesta::llm
