#include "connection/materialise.h"

#include <algorithm>

namespace gesta {
namespace {

bool HoldsEntities(const Value& value) {
  switch (value.type()) {
    case ValueType::kNode:
    case ValueType::kRelationship:
      return !value.IsMaterialised();
    case ValueType::kPath:
      return true;
    case ValueType::kList:
      return std::any_of(value.AsList().begin(), value.AsList().end(), HoldsEntities);
    case ValueType::kMap:
      return std::any_of(value.AsMap().begin(), value.AsMap().end(),
                         [](const MapEntry& entry) { return HoldsEntities(entry.second); });
    default:
      return false;
  }
}

bool IsGone(const Status& status) { return status.code() == StatusCode::kEntityNotFound; }

Map ToMap(const std::vector<Property>& properties, const Transaction& transaction) {
  std::vector<MapEntry> entries;
  entries.reserve(properties.size());
  for (const Property& property : properties) {
    entries.emplace_back(transaction.Name(NameKind::kProperty, property.key), property.value);
  }
  return Map(std::move(entries));
}

Result<Value> WholeNode(NodeId id, Transaction& transaction) {
  NodeData data;
  data.id = id;
  auto labels = transaction.GetLabels(id);
  if (!labels.ok()) {
    return IsGone(labels.status()) ? Result<Value>(Value::Node(std::move(data))) : labels.status();
  }
  for (const NameId label : *labels) {
    data.labels.emplace_back(transaction.Name(NameKind::kLabel, label));
  }
  std::sort(data.labels.begin(), data.labels.end());
  GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties, transaction.GetNodeProperties(id));
  data.properties = ToMap(properties, transaction);
  return Value::Node(std::move(data));
}

Result<Value> WholeRelationship(RelId id, Transaction& transaction) {
  RelationshipData data;
  data.id = id;
  auto record = transaction.GetRelationship(id);
  if (!record.ok()) {
    return IsGone(record.status()) ? Result<Value>(Value::Relationship(std::move(data)))
                                   : record.status();
  }
  data.start = record->start;
  data.end = record->end;
  data.type = std::string(transaction.Name(NameKind::kType, record->type));
  auto properties = transaction.GetRelationshipProperties(id);
  if (properties.ok()) {
    data.properties = ToMap(*properties, transaction);
  } else if (!IsGone(properties.status())) {
    return properties.status();
  }
  return Value::Relationship(std::move(data));
}

Result<std::vector<Value>> All(const std::vector<Value>& values, Transaction& transaction) {
  std::vector<Value> whole;
  whole.reserve(values.size());
  for (const Value& value : values) {
    GESTA_ASSIGN_OR_RETURN(Value one, Materialise(value, transaction));
    whole.push_back(std::move(one));
  }
  return whole;
}

}  // namespace

Result<Value> Materialise(const Value& value, Transaction& transaction) {
  if (!HoldsEntities(value)) return value;
  switch (value.type()) {
    case ValueType::kNode:
      return WholeNode(value.EntityId(), transaction);
    case ValueType::kRelationship:
      return WholeRelationship(value.EntityId(), transaction);
    case ValueType::kPath: {
      PathData path;
      GESTA_ASSIGN_OR_RETURN(path.nodes, All(value.AsPath().nodes, transaction));
      GESTA_ASSIGN_OR_RETURN(path.relationships, All(value.AsPath().relationships, transaction));
      return Value::Path(std::move(path));
    }
    case ValueType::kList: {
      GESTA_ASSIGN_OR_RETURN(List list, All(value.AsList(), transaction));
      return Value::MakeList(std::move(list));
    }
    case ValueType::kMap: {
      std::vector<MapEntry> entries;
      for (const auto& [key, entry] : value.AsMap()) {
        GESTA_ASSIGN_OR_RETURN(Value whole, Materialise(entry, transaction));
        entries.emplace_back(key, std::move(whole));
      }
      return Value::MakeMap(Map(std::move(entries)));
    }
    default:
      return value;
  }
}

}  // namespace gesta
