// The whole of a small graph, and how two states of it differ: what a statement's side effects are.
#ifndef GESTA_TESTS_SUPPORT_GRAPH_STATE_H_
#define GESTA_TESTS_SUPPORT_GRAPH_STATE_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "gesta/status.h"
#include "gesta/store.h"

namespace gesta::test {

struct GraphState {
  // (is a relationship, entity id, key, value as text)
  using PropertyEntry = std::tuple<bool, uint64_t, std::string, std::string>;

  std::set<NodeId> nodes;
  std::set<RelId> relationships;
  std::set<std::string> labels;  // that at least one node has
  std::set<PropertyEntry> properties;
};

Result<GraphState> ReadGraphState(Store& store);

// The TCK's side effects: "+nodes", "-nodes", "+relationships", "-relationships", "+labels",
// "-labels" (distinct labels that came to be used or went out of use), "+properties",
// "-properties" (a changed value counts in both). Zeros are left out.
std::map<std::string, uint64_t> SideEffects(const GraphState& before, const GraphState& after);

}  // namespace gesta::test

#endif  // GESTA_TESTS_SUPPORT_GRAPH_STATE_H_
