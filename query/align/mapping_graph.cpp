#include "align/mapping_graph.h"

#include "align/collected.h"
#include "align/node_text.h"

namespace gesta::align {
namespace {

constexpr size_t kIdsAtOnce = 256;

Result<std::vector<NodeId>> Drain(IdCursor& cursor) {
  std::vector<NodeId> ids;
  std::vector<uint64_t> part(kIdsAtOnce);
  while (true) {
    GESTA_ASSIGN_OR_RETURN(const size_t n, cursor.Next(part.data(), part.size()));
    if (n == 0) return ids;
    ids.insert(ids.end(), part.begin(), part.begin() + static_cast<ptrdiff_t>(n));
  }
}

std::string StringOf(const Value& value) {
  return value.type() == ValueType::kString ? std::string(value.AsString()) : std::string();
}

}  // namespace

Result<std::string> NodeString(Transaction& transaction, NodeId node, std::string_view key) {
  const NameId id = transaction.FindName(NameKind::kProperty, key);
  if (id == kNoName) return std::string();
  GESTA_ASSIGN_OR_RETURN(const Value value, transaction.GetNodeProperty(node, id));
  return StringOf(value);
}

Result<std::string> RelationshipString(Transaction& transaction, RelId rel, std::string_view key) {
  const NameId id = transaction.FindName(NameKind::kProperty, key);
  if (id == kNoName) return std::string();
  GESTA_ASSIGN_OR_RETURN(const Value value, transaction.GetRelationshipProperty(rel, id));
  return StringOf(value);
}

Result<std::vector<NodeId>> NodesWith(Transaction& transaction, std::string_view label,
                                      std::string_view key, const std::string& value) {
  std::vector<NodeId> nodes;
  const NameId label_id = transaction.FindName(NameKind::kLabel, label);
  const NameId key_id = transaction.FindName(NameKind::kProperty, key);
  if (label_id == kNoName || key_id == kNoName) return nodes;
  for (const IndexInfo& index : transaction.Indexes()) {
    if (index.entity != EntityKind::kNode || index.label != label_id ||
        index.properties != std::vector<NameId>{key_id}) {
      continue;
    }
    IndexRange range;
    range.lower = IndexRange::Bound{{Value::String(value)}, true};
    range.upper = range.lower;
    GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<IdCursor> cursor,
                           transaction.ScanIndex(index.id, range));
    return Drain(*cursor);
  }
  NodeReader reader(&transaction);
  GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> all, reader.Nodes({std::string(label)}));
  for (const NodeId node : all) {
    GESTA_ASSIGN_OR_RETURN(const Value found, transaction.GetNodeProperty(node, key_id));
    if (StringOf(found) == value) nodes.push_back(node);
  }
  return nodes;
}

Result<MappingKey> ReadMappingKey(Transaction& transaction, RelId rel) {
  MappingKey key;
  GESTA_ASSIGN_OR_RETURN(key.method, RelationshipString(transaction, rel, "method"));
  GESTA_ASSIGN_OR_RETURN(key.model, RelationshipString(transaction, rel, "model"));
  return key;
}

Result<std::optional<RelId>> FindMapping(Transaction& transaction, NodeId start, NameId type,
                                         NodeId end, const MappingKey& key) {
  std::vector<Edge> edges;
  GESTA_RETURN_IF_ERROR(transaction.Expand(start, Direction::kOut, {type}, end, &edges));
  for (const Edge& edge : edges) {
    GESTA_ASSIGN_OR_RETURN(const MappingKey found, ReadMappingKey(transaction, edge.rel));
    if (found == key) return std::optional<RelId>(edge.rel);
  }
  return std::optional<RelId>();
}

Result<std::string> PreferredMethods::Of(NodeId label) {
  NodeReader reader(transaction_);
  GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> datasets,
                         reader.Related(label, Direction::kOut, kInDataset));
  for (const NodeId dataset : datasets) {
    auto known = by_dataset_.find(dataset);
    if (known == by_dataset_.end()) {
      GESTA_ASSIGN_OR_RETURN(std::string mapping, NodeString(*transaction_, dataset, "mapping"));
      known = by_dataset_.emplace(dataset, std::move(mapping)).first;
    }
    if (!known->second.empty()) return known->second;
  }
  return std::string();
}

}  // namespace gesta::align
