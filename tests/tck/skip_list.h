// The list of scenarios that are not run, with the reason of each.
#ifndef GESTA_TESTS_TCK_SKIP_LIST_H_
#define GESTA_TESTS_TCK_SKIP_LIST_H_

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "gesta/status.h"
#include "tck/gherkin.h"

namespace gesta::tck {

class SkipList {
 public:
  // Lines "feature path :: scenario name # reason"; '#' at a line's start is a comment. A line
  // without a reason is an error: kBadData.
  static Result<SkipList> Parse(std::string_view text);

  // The reason for which a scenario is skipped; null when it is not.
  const std::string* Reason(const Scenario& scenario) const;

 private:
  std::map<std::pair<std::string, std::string>, std::string> reasons_;
};

}  // namespace gesta::tck

#endif  // GESTA_TESTS_TCK_SKIP_LIST_H_
