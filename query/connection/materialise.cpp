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

}  // namespace

Result<Value> Materialiser::Entity(uint64_t id, Entities* entities,
                                   Result<Value> (*read)(uint64_t, Transaction&)) {
  const auto known = entities->find(id);
  if (known != entities->end()) return known->second;
  constexpr uint32_t kStepsBetweenChecks = 256;
  if (++steps_ % kStepsBetweenChecks == 0) GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
  GESTA_ASSIGN_OR_RETURN(Value whole, read(id, *context_->transaction()));
  constexpr size_t kEntryBytes = sizeof(Entities::value_type) + 3 * sizeof(void*);
  const size_t bytes = whole.HeapBytes() + kEntryBytes;
  GESTA_RETURN_IF_ERROR(context_->ReserveMemory(bytes));
  bytes_ += bytes;
  return entities->emplace(id, std::move(whole)).first->second;
}

void Materialiser::Forget() {
  nodes_.clear();
  relationships_.clear();
  context_->ReleaseMemory(bytes_);
  bytes_ = 0;
}

Result<std::vector<Value>> Materialiser::All(const std::vector<Value>& values) {
  std::vector<Value> whole;
  whole.reserve(values.size());
  for (const Value& value : values) {
    GESTA_ASSIGN_OR_RETURN(Value one, Whole(value));
    whole.push_back(std::move(one));
  }
  return whole;
}

Result<Value> Materialiser::Whole(const Value& value) {
  if (!HoldsEntities(value)) return value;
  switch (value.type()) {
    case ValueType::kNode:
      return Entity(value.EntityId(), &nodes_, WholeNode);
    case ValueType::kRelationship:
      return Entity(value.EntityId(), &relationships_, WholeRelationship);
    case ValueType::kPath: {
      PathData path;
      GESTA_ASSIGN_OR_RETURN(path.nodes, All(value.AsPath().nodes));
      GESTA_ASSIGN_OR_RETURN(path.relationships, All(value.AsPath().relationships));
      return Value::Path(std::move(path));
    }
    case ValueType::kList: {
      GESTA_ASSIGN_OR_RETURN(List list, All(value.AsList()));
      return Value::MakeList(std::move(list));
    }
    case ValueType::kMap: {
      std::vector<MapEntry> entries;
      for (const auto& [key, entry] : value.AsMap()) {
        GESTA_ASSIGN_OR_RETURN(Value whole, Whole(entry));
        entries.emplace_back(key, std::move(whole));
      }
      return Value::MakeMap(Map(std::move(entries)));
    }
    default:
      return value;
  }
}

}  // namespace gesta
