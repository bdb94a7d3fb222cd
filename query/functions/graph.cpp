// Functions on nodes, relationships and paths. Bare entities are looked up in the statement's
// transaction; materialised ones (from parameters) answer from what they carry.
#include <algorithm>

#include "functions/errors.h"
#include "functions/registry.h"

namespace gesta {
namespace {

bool IsEntity(const Value& value) {
  return value.type() == ValueType::kNode || value.type() == ValueType::kRelationship;
}

// The graph's answer for an entity that is not there, as openCypher classifies it.
Status EntityError(const Status& status, const Value& entity) {
  if (status.code() != StatusCode::kEntityNotFound) return status;
  const bool node = entity.type() == ValueType::kNode;
  return StatementError(StatusCode::kEntityNotFound, "EntityNotFound", "DeletedEntityAccess",
                        std::string(node ? "node " : "relationship ") +
                            std::to_string(entity.EntityId()) +
                            " was deleted and cannot be read any more");
}

Result<Transaction*> GraphOf(EvaluationContext& context) {
  if (context.transaction()) return context.transaction();
  return Status(StatusCode::kInternal, "a graph function was called where there is no graph");
}

Result<Value> Id(EvaluationContext&, const Value* arguments, size_t) {
  if (!IsEntity(arguments[0])) return WrongArgument("id", "a node or relationship", arguments[0]);
  return Value::Integer(static_cast<int64_t>(arguments[0].EntityId()));
}

Result<Value> ElementId(EvaluationContext&, const Value* arguments, size_t) {
  if (!IsEntity(arguments[0])) {
    return WrongArgument("elementId", "a node or relationship", arguments[0]);
  }
  return Value::String(std::to_string(arguments[0].EntityId()));
}

// Sorted by name.
Result<std::vector<std::string>> LabelNames(EvaluationContext& context, const Value& node) {
  if (node.IsMaterialised()) return node.AsNode().labels;
  GESTA_ASSIGN_OR_RETURN(Transaction * graph, GraphOf(context));
  Result<std::vector<NameId>> ids = graph->GetLabels(node.EntityId());
  if (!ids.ok()) return EntityError(ids.status(), node);
  std::vector<std::string> names;
  names.reserve(ids->size());
  for (NameId id : *ids) names.emplace_back(graph->Name(NameKind::kLabel, id));
  std::sort(names.begin(), names.end());
  return names;
}

Result<Value> Labels(EvaluationContext& context, const Value* arguments, size_t) {
  if (arguments[0].type() != ValueType::kNode) {
    return WrongArgument("labels", "a node", arguments[0]);
  }
  GESTA_ASSIGN_OR_RETURN(const std::vector<std::string> names, LabelNames(context, arguments[0]));
  List labels;
  labels.reserve(names.size());
  for (const std::string& name : names) labels.push_back(Value::String(name));
  return Value::MakeList(std::move(labels));
}

// hasLabels(node, label | list of labels): whether the node has them all.
Result<Value> HasLabels(EvaluationContext& context, const Value* arguments, size_t) {
  const Value& node = arguments[0];
  if (node.type() != ValueType::kNode) return WrongArgument("hasLabels", "a node", node);
  const bool many = arguments[1].type() == ValueType::kList;
  const List wanted = many ? arguments[1].AsList() : List{arguments[1]};
  GESTA_ASSIGN_OR_RETURN(const std::vector<std::string> names, LabelNames(context, node));
  for (const Value& label : wanted) {
    if (label.IsNull()) return Value();
    if (label.type() != ValueType::kString) {
      return WrongArgument("hasLabels", "labels as strings", label);
    }
    if (!std::binary_search(names.begin(), names.end(), label.AsString())) {
      return Value::Boolean(false);
    }
  }
  return Value::Boolean(true);
}

Result<Value> Type(EvaluationContext& context, const Value* arguments, size_t) {
  const Value& rel = arguments[0];
  if (rel.type() != ValueType::kRelationship) return WrongArgument("type", "a relationship", rel);
  if (rel.IsMaterialised()) return Value::String(rel.AsRelationship().type);
  GESTA_ASSIGN_OR_RETURN(Transaction * graph, GraphOf(context));
  Result<RelationshipRecord> record = graph->GetRelationship(rel.EntityId());
  if (!record.ok()) return EntityError(record.status(), rel);
  return Value::String(graph->Name(NameKind::kType, record->type));
}

// One end of a relationship.
Result<Value> End(EvaluationContext& context, const Value& rel, std::string_view function,
                  bool start) {
  if (rel.type() != ValueType::kRelationship) return WrongArgument(function, "a relationship", rel);
  if (rel.IsMaterialised()) {
    return Value::Node(start ? rel.AsRelationship().start : rel.AsRelationship().end);
  }
  GESTA_ASSIGN_OR_RETURN(Transaction * graph, GraphOf(context));
  Result<RelationshipRecord> record = graph->GetRelationship(rel.EntityId());
  if (!record.ok()) return EntityError(record.status(), rel);
  return Value::Node(start ? record->start : record->end);
}

Result<Value> StartNode(EvaluationContext& context, const Value* arguments, size_t) {
  return End(context, arguments[0], "startNode", true);
}

Result<Value> EndNode(EvaluationContext& context, const Value* arguments, size_t) {
  return End(context, arguments[0], "endNode", false);
}

Result<Map> PropertiesOf(EvaluationContext& context, const Value& value,
                         std::string_view function) {
  if (value.type() == ValueType::kMap) return value.AsMap();
  if (!IsEntity(value)) return WrongArgument(function, "a node, a relationship or a map", value);
  const bool node = value.type() == ValueType::kNode;
  if (value.IsMaterialised()) {
    return node ? value.AsNode().properties : value.AsRelationship().properties;
  }
  GESTA_ASSIGN_OR_RETURN(Transaction * graph, GraphOf(context));
  Result<std::vector<Property>> properties =
      node ? graph->GetNodeProperties(value.EntityId())
           : graph->GetRelationshipProperties(value.EntityId());
  if (!properties.ok()) return EntityError(properties.status(), value);
  std::vector<MapEntry> entries;
  entries.reserve(properties->size());
  for (Property& property : *properties) {
    entries.emplace_back(graph->Name(NameKind::kProperty, property.key), std::move(property.value));
  }
  return Map(std::move(entries));
}

Result<Value> Properties(EvaluationContext& context, const Value* arguments, size_t) {
  if (arguments[0].type() == ValueType::kMap) return arguments[0];
  GESTA_ASSIGN_OR_RETURN(Map map, PropertiesOf(context, arguments[0], "properties"));
  return Value::MakeMap(std::move(map));
}

Result<Value> Keys(EvaluationContext& context, const Value* arguments, size_t) {
  GESTA_ASSIGN_OR_RETURN(const Map map, PropertiesOf(context, arguments[0], "keys"));
  List keys;
  keys.reserve(map.size());
  for (const MapEntry& entry : map) keys.push_back(Value::String(entry.first));
  return Value::MakeList(std::move(keys));
}

Result<Value> Nodes(EvaluationContext&, const Value* arguments, size_t) {
  if (arguments[0].type() != ValueType::kPath)
    return WrongArgument("nodes", "a path", arguments[0]);
  return Value::MakeList(arguments[0].AsPath().nodes);
}

Result<Value> Relationships(EvaluationContext&, const Value* arguments, size_t) {
  if (arguments[0].type() != ValueType::kPath) {
    return WrongArgument("relationships", "a path", arguments[0]);
  }
  return Value::MakeList(arguments[0].AsPath().relationships);
}

Result<Value> Length(EvaluationContext&, const Value* arguments, size_t) {
  if (arguments[0].type() != ValueType::kPath) {
    return WrongArgument("length", "a path", arguments[0],
                         "size() gives the size of a list or string");
  }
  return Value::Integer(static_cast<int64_t>(arguments[0].AsPath().relationships.size()));
}

}  // namespace

void RegisterGraphFunctions(FunctionRegistry& registry) {
  using K = ArgumentKind;
  constexpr auto kGraph = Volatility::kGraph;
  constexpr auto kDeterministic = Volatility::kDeterministic;
  registry.Add({"id",
                1,
                1,
                {K::kNodeOrRelationship},
                kDeterministic,
                true,
                &Id,
                "id(node | relationship) -> INTEGER",
                "The number that identifies the entity"});
  registry.Add({"elementId",
                1,
                1,
                {K::kNodeOrRelationship},
                kDeterministic,
                true,
                &ElementId,
                "elementId(node | relationship) -> STRING",
                "The text that identifies the entity among its kind"});
  registry.Add({"labels",
                1,
                1,
                {K::kNode},
                kGraph,
                true,
                &Labels,
                "labels(node) -> LIST<STRING>",
                "The node's labels, sorted"});
  registry.Add({"hasLabels",
                2,
                2,
                {K::kNode, K::kAny},
                kGraph,
                true,
                &HasLabels,
                "hasLabels(node, label | list) -> BOOLEAN",
                "Whether the node has all the labels"});
  registry.Add({"type",
                1,
                1,
                {K::kRelationship},
                kGraph,
                true,
                &Type,
                "type(relationship) -> STRING",
                "The relationship's type"});
  registry.Add({"startNode",
                1,
                1,
                {K::kRelationship},
                kGraph,
                true,
                &StartNode,
                "startNode(relationship) -> NODE",
                "The node where the relationship starts"});
  registry.Add({"endNode",
                1,
                1,
                {K::kRelationship},
                kGraph,
                true,
                &EndNode,
                "endNode(relationship) -> NODE",
                "The node where the relationship ends"});
  registry.Add({"properties",
                1,
                1,
                {K::kEntityOrMap},
                kGraph,
                true,
                &Properties,
                "properties(node | relationship | map) -> MAP",
                "All properties as a map"});
  registry.Add({"keys",
                1,
                1,
                {K::kEntityOrMap},
                kGraph,
                true,
                &Keys,
                "keys(node | relationship | map) -> LIST<STRING>",
                "The names of the properties or keys, sorted"});
  registry.Add({"nodes",
                1,
                1,
                {K::kPath},
                kDeterministic,
                true,
                &Nodes,
                "nodes(path) -> LIST<NODE>",
                "The nodes of a path in its order"});
  registry.Add({"relationships",
                1,
                1,
                {K::kPath},
                kDeterministic,
                true,
                &Relationships,
                "relationships(path) -> LIST<RELATIONSHIP>",
                "The relationships of a path in its order"});
  registry.Add({"length",
                1,
                1,
                {K::kPath},
                kDeterministic,
                true,
                &Length,
                "length(path) -> INTEGER",
                "The number of relationships of a path"});
}

}  // namespace gesta
