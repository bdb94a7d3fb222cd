// Runs one scenario on a store of its own.
#ifndef GESTA_TESTS_TCK_SCENARIO_H_
#define GESTA_TESTS_TCK_SCENARIO_H_

#include <string>

#include "gesta/status.h"
#include "tck/gherkin.h"
#include "tck/store_slot.h"

namespace gesta::tck {

struct ScenarioOptions {
  std::string graphs_folder;  // <name>/<name>.cypher of the named graphs
  bool reopen = false;        // close and open the store again before each query under test
};

// Ok when every step holds; otherwise a message with the step's line. Releases `slot` at its end.
Status RunScenario(const Scenario& scenario, const ScenarioOptions& options, StoreSlot& slot);

}  // namespace gesta::tck

#endif  // GESTA_TESTS_TCK_SCENARIO_H_
