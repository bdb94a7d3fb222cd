// What a language model answered when it was asked to pick from a numbered list.
#ifndef GESTA_CHOICE_ANSWER_H_
#define GESTA_CHOICE_ANSWER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gesta::llm {

// One line of a list that is offered.
struct Candidate {
  uint32_t number = 0;
  std::string name;
  std::string definition = {};
  std::string lexname = {};
};

struct AnswerPicks {
  std::vector<uint32_t> picks;  // numbers of offered candidates, each once, in the answer's order
  bool renumbered = false;      // the picks are numbered 1, 2, 3 …
  bool unnumbered = false;      // no line has a number
  uint32_t contradictions = 0;  // lines whose number and name belong to two offered candidates
  uint32_t repeats = 0;         // lines that pick a candidate again
  std::vector<std::string> never_offered;  // names that no candidate has
};

// Reads an answer that should repeat the lines it picks up to the name: "468. disabuse.". Real
// answers also renumber the picks from 1, leave the numbers out, correct a name's spelling, or name
// what was never offered. A pick is always one of the candidates.
//   - Number and name of one candidate: that one.
//   - The name of a candidate beside another number: the name counts, since numbers are what models
//     get wrong. Of several candidates with that name, the first that is not picked yet.
//   - A candidate's number beside a name that none has ("excrete" for "exrete"), or beside none:
//     the number counts, unless the answer is renumbered.
//   - Anything else was never offered and is no pick.
AnswerPicks ParseAnswerLines(std::string_view answer, const std::vector<Candidate>& candidates);

// The same from an answer of any form: JSON (alone, in a code fence or amid prose) that lists
// numbers, names, lines or objects of both; lines; or one line of several, divided by commas.
AnswerPicks ParseAnswer(std::string_view answer, const std::vector<Candidate>& candidates);

// The published reading of the Pangea project's answers: a line that begins with "N." stands for
// entry N of the list of all verbs, offered or not; any other line for the first entry of that list
// whose name it is. Lines may repeat one another.
struct PublishedPick {
  std::optional<uint64_t> number;
  std::string name;  // where there is no number
};
std::vector<PublishedPick> ParsePublishedAnswer(std::string_view answer);

}  // namespace gesta::llm

#endif  // GESTA_CHOICE_ANSWER_H_
