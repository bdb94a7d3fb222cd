// Feature files: the part of Gherkin that the openCypher TCK uses.
#ifndef GESTA_TESTS_TCK_GHERKIN_H_
#define GESTA_TESTS_TCK_GHERKIN_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"

namespace gesta::tck {

using Table = std::vector<std::vector<std::string>>;

struct Step {
  std::string text;  // without Given, When, Then, And, But
  int line = 0;
  std::optional<std::string> doc_string;
  Table table;
};

// A scenario ready to run: the background's steps are in front, an outline's example is filled in.
struct Scenario {
  std::string feature_path;  // as given to ParseFeature
  std::string name;          // of the scenario or outline
  int example = 0;           // from 1; 0: no outline
  int line = 0;
  std::vector<std::string> tags;  // with the @
  std::vector<Step> steps;

  std::string FullName() const;  // "name" or "name (example 3)"
};

// All scenarios of one feature file in file order. Errors: kBadData with path and line.
Result<std::vector<Scenario>> ParseFeature(std::string_view path, std::string_view text);

}  // namespace gesta::tck

#endif  // GESTA_TESTS_TCK_GHERKIN_H_
