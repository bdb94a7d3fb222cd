// Reading what a language model answered when it was asked to pick verbs from a numbered list.
//
// A prompt offers candidates, one a line: "468. disabuse. The definition is: …". An answer should
// repeat the lines it picks up to the verb: "468. disabuse.". Real answers also renumber the picks
// from 1, leave the numbers out, correct a verb's spelling, or name verbs that were never offered.
#ifndef GESTA_INGEST_JOBS_PANGEA_ANSWERS_H_
#define GESTA_INGEST_JOBS_PANGEA_ANSWERS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gesta::ingest {

struct Candidate {
  uint32_t number = 0;
  std::string lemma;
};

// The candidates that a prompt offers, in its order.
std::vector<Candidate> ParseCandidates(std::string_view prompt);

struct AnswerPicks {
  std::vector<uint32_t> picks;  // numbers of offered candidates, each once, in the answer's order
  bool renumbered = false;      // the picks are numbered 1, 2, 3 …
  bool unnumbered = false;      // no line has a number
  uint32_t contradictions = 0;  // lines whose number and verb belong to two offered candidates
  uint32_t repeats = 0;         // lines that pick a candidate again
  std::vector<std::string> never_offered;  // verbs that no candidate has
};

// The robust reading: a pick is always one of the candidates.
//   - Number and verb of one candidate: that one.
//   - The verb of a candidate beside another number: the verb counts, since numbers are what
//     models get wrong. Of several candidates with that verb, the first that is not picked yet.
//   - A candidate's number beside a verb that none has ("excrete" for "exrete"): the number counts,
//     unless the answer is renumbered.
//   - Anything else was never offered and is no pick.
AnswerPicks ParseAnswer(std::string_view answer, const std::vector<Candidate>& candidates);

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_JOBS_PANGEA_ANSWERS_H_
