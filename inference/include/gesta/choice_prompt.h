// Prompts that ask a language model to pick from a list of candidates.
#ifndef GESTA_CHOICE_PROMPT_H_
#define GESTA_CHOICE_PROMPT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/choice_answer.h"
#include "gesta/status.h"

namespace gesta::llm {

// A template is text with places in braces: {label} what is to be described, {wanted} and {count}
// how many to pick of how many, {candidates} the list, {example} the first two lines of an answer.
struct PromptTemplate {
  std::string_view name;
  std::string text;
  // A candidate's line, with {number}, {name}, {definition} and {lexname}; the second for one that
  // has no definition.
  std::string_view line;
  std::string_view bare_line;
  std::string_view example;
  // Candidates are offered in random order, which models are less led by than by a ranking.
  bool shuffles = false;
  // Numbers run from 1; otherwise candidates keep their own (their property `index`).
  bool renumbers = false;
};

// "neutral": shuffled, asks for JSON, and shows no candidate in its format example, since what is
// shown there comes back as an answer. "pangea": the published text of the Pangea project, which
// shows the first two candidates. Any text with {candidates} in it is a template of its own, with
// neutral's lines. kInvalidArgument otherwise.
Result<PromptTemplate> FindPromptTemplate(std::string_view name_or_text);

// Puts candidates into the order and gives them the numbers they are offered with. The order
// depends on the seed and the label alone.
void ArrangeCandidates(const PromptTemplate& prompt, uint64_t seed, std::string_view label,
                       std::vector<Candidate>* candidates);

std::string RenderPrompt(const PromptTemplate& prompt, std::string_view label, size_t wanted,
                         const std::vector<Candidate>& candidates);

// The prompt with a complaint about an answer that had too few usable picks.
std::string RenderComplaint(std::string_view prompt, std::string_view answer, size_t usable,
                            size_t wanted);

// The candidates that a prompt of the template pangea offers, in its order.
std::vector<Candidate> ParseCandidates(std::string_view prompt);

}  // namespace gesta::llm

#endif  // GESTA_CHOICE_PROMPT_H_
