// Reads a graph through the store, below the query language that is being tested.
#include "support/graph_state.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <vector>

namespace gesta::test {
namespace {

Status ReadIds(IdCursor& cursor, std::set<uint64_t>* out) {
  uint64_t ids[256];
  while (true) {
    GESTA_ASSIGN_OR_RETURN(const size_t n, cursor.Next(ids, std::size(ids)));
    if (n == 0) return Status::Ok();
    out->insert(ids, ids + n);
  }
}

template <typename T>
uint64_t Missing(const std::set<T>& from, const std::set<T>& in) {
  return static_cast<uint64_t>(
      std::count_if(from.begin(), from.end(), [&](const T& item) { return !in.count(item); }));
}

}  // namespace

Result<GraphState> ReadGraphState(Store& store) {
  TransactionOptions options;
  options.read_only = true;
  GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> transaction, store.Begin(options));
  GraphState state;
  GESTA_ASSIGN_OR_RETURN(std::unique_ptr<IdCursor> cursor, transaction->ScanNodes());
  GESTA_RETURN_IF_ERROR(ReadIds(*cursor, &state.nodes));
  GESTA_ASSIGN_OR_RETURN(cursor, transaction->ScanRelationships());
  GESTA_RETURN_IF_ERROR(ReadIds(*cursor, &state.relationships));

  const auto add = [&](bool relationship, uint64_t id, const std::vector<Property>& properties) {
    for (const Property& property : properties) {
      state.properties.emplace(relationship, id,
                               transaction->Name(NameKind::kProperty, property.key),
                               ToText(property.value, /*quote=*/true));
    }
  };
  for (const NodeId id : state.nodes) {
    GESTA_ASSIGN_OR_RETURN(const std::vector<NameId> labels, transaction->GetLabels(id));
    for (const NameId label : labels) {
      state.labels.emplace(transaction->Name(NameKind::kLabel, label));
    }
    GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties,
                           transaction->GetNodeProperties(id));
    add(false, id, properties);
  }
  for (const RelId id : state.relationships) {
    GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties,
                           transaction->GetRelationshipProperties(id));
    add(true, id, properties);
  }
  return state;
}

std::map<std::string, uint64_t> SideEffects(const GraphState& before, const GraphState& after) {
  std::map<std::string, uint64_t> effects = {
      {"+nodes", Missing(after.nodes, before.nodes)},
      {"-nodes", Missing(before.nodes, after.nodes)},
      {"+relationships", Missing(after.relationships, before.relationships)},
      {"-relationships", Missing(before.relationships, after.relationships)},
      {"+labels", Missing(after.labels, before.labels)},
      {"-labels", Missing(before.labels, after.labels)},
      {"+properties", Missing(after.properties, before.properties)},
      {"-properties", Missing(before.properties, after.properties)},
  };
  for (auto it = effects.begin(); it != effects.end();) {
    it = it->second == 0 ? effects.erase(it) : std::next(it);
  }
  return effects;
}

}  // namespace gesta::test
