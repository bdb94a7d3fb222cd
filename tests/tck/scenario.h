// Runs one scenario on a store of its own.
#ifndef GESTA_TESTS_TCK_SCENARIO_H_
#define GESTA_TESTS_TCK_SCENARIO_H_

#include <cstddef>
#include <string>

#include "gesta/database.h"
#include "tck/gherkin.h"

namespace gesta::tck {

struct ScenarioOptions {
  std::string graphs_folder;  // <name>/<name>.cypher of the named graphs
  bool optimize = true;
  size_t batch_rows = 1024;
  bool reopen = false;  // close and open the store again before each query under test
};

// Ok when every step holds; otherwise a message with the step's line. `folder` must not exist.
Status RunScenario(const Scenario& scenario, const ScenarioOptions& options,
                   const std::string& folder);

}  // namespace gesta::tck

#endif  // GESTA_TESTS_TCK_SCENARIO_H_
