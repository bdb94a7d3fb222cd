// What a language model answered when it was asked to decompose actions.
#ifndef GESTA_DECOMPOSE_ANSWER_H_
#define GESTA_DECOMPOSE_ANSWER_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gesta::llm {

// The subactions of each action, in order; none: the answer has nothing for it.
using Subactions = std::vector<std::vector<std::string>>;

// Reads an answer that should be a JSON object of lists. Real answers also wrap it into a code
// fence or prose, give an object for each action, put the lists into further objects, name actions
// in another case, by number or with their domain ("kickflip in skateboarding"), give subactions as
// objects, number them, leave a comma behind the last one, or are no JSON but headings with lists.
// What belongs to none of the actions is left out. Lists without names count in the order of the
// actions, if there is one for each.
Subactions ParseSubactions(std::string_view answer, const std::vector<std::string>& actions,
                           std::string_view domain);

// What keeps subactions from being used, a phrase for each action: nothing there, or fewer than
// `count`. Empty: they are complete.
std::vector<std::string> SubactionProblems(const Subactions& subactions,
                                           const std::vector<std::string>& actions, size_t count);

}  // namespace gesta::llm

#endif  // GESTA_DECOMPOSE_ANSWER_H_
