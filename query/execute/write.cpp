#include "execute/write.h"

namespace gesta::execute {
namespace {

bool IsEntity(const Value& value) {
  return value.type() == ValueType::kNode || value.type() == ValueType::kRelationship;
}

Status AtPlace(const ast::Place& place, const Status& status) {
  if (status.ok() || status.info().line != 0 || place.line == 0) return status;
  return status.WithPosition(place.line, place.column);
}

std::vector<NameRef> LabelRefs(const std::vector<std::string>& labels) {
  std::vector<NameRef> refs;
  for (const std::string& label : labels) refs.emplace_back(NameKind::kLabel, label);
  return refs;
}

}  // namespace

Status ClassifyWriteError(const Status& status) {
  if (status.ok() || !status.info().type.empty()) return status;
  ErrorInfo info = status.info();
  switch (status.code()) {
    case StatusCode::kEntityNotFound:
      return ClassifyEntityError(status);
    case StatusCode::kType:
      info.type = "TypeError";
      info.detail = "InvalidPropertyType";
      break;
    case StatusCode::kConstraint:
      info.type = "ConstraintValidationFailed";
      break;
    default:
      return status;
  }
  return Status(std::move(info));
}

Result<PropertyValues> PropertyValues::Make(const BoundProperties& bound, bool refuse_null,
                                            ExecutionContext* context) {
  PropertyValues made;
  made.refuse_null_ = refuse_null;
  for (const auto& [key, expr] : bound.entries) {
    GESTA_ASSIGN_OR_RETURN(ExpressionPtr value, MakeExpression(*expr, context));
    made.entries_.push_back({NameRef(NameKind::kProperty, key), std::move(value), View()});
  }
  GESTA_ASSIGN_OR_RETURN(made.map_, MakeOptional(bound.map, context));
  return made;
}

Status PropertyValues::Eval(const Batch& input, const Rows& rows) {
  for (Entry& entry : entries_) {
    GESTA_RETURN_IF_ERROR(entry.value->Eval(input, rows, &entry.view));
  }
  return map_ ? map_->Eval(input, rows, &map_view_) : Status();
}

Status PropertyValues::Read(Transaction* transaction, uint32_t row,
                            std::vector<Property>* properties) {
  properties->clear();
  if (map_ && !map_view_[row].IsNull()) {
    GESTA_RETURN_IF_ERROR(ReadPropertyMap(transaction, map_view_[row], "CREATE", properties));
  }
  for (Entry& entry : entries_) {
    const Value& value = entry.view[row];
    if (!value.IsNull()) {
      GESTA_ASSIGN_OR_RETURN(const NameId key, entry.key.GetOrCreate(*transaction));
      properties->push_back({key, value});
    } else if (refuse_null_) {
      return StatementError(StatusCode::kSemantic, "SemanticError", "MergeReadOwnWrites",
                            "MERGE cannot use null for the property " + QuoteName(entry.key.name()),
                            "a null property never matches; leave it out, or filter such rows");
    }
  }
  return {};
}

Status ReadPropertyMap(Transaction* transaction, const Value& value, std::string_view clause,
                       std::vector<Property>* properties) {
  Map read;
  const Map* map = &read;
  if (value.type() == ValueType::kMap) {
    map = &value.AsMap();
  } else if (IsEntity(value)) {
    GESTA_ASSIGN_OR_RETURN(read, EntityProperties(transaction, value));
  } else {
    return TypeError(
        "InvalidArgumentType",
        std::string(clause) + " needs a map, node or relationship, not " + TypeInWords(value));
  }
  for (const auto& [key, property] : *map) {
    NameId id = transaction->FindName(NameKind::kProperty, key);
    if (id == kNoName) {
      if (property.IsNull()) continue;
      GESTA_ASSIGN_OR_RETURN(id, transaction->GetOrCreateName(NameKind::kProperty, key));
    }
    properties->push_back({id, property});
  }
  return {};
}

Result<CreatePattern> CreatePattern::Make(const BoundCreate& bound, bool refuse_null,
                                          ExecutionContext* context) {
  CreatePattern made;
  made.context_ = context;
  for (const BoundCreateNode& node : bound.nodes) {
    GESTA_ASSIGN_OR_RETURN(PropertyValues properties,
                           PropertyValues::Make(node.properties, refuse_null, context));
    made.nodes_.push_back({node.slot, LabelRefs(node.labels), std::move(properties)});
  }
  for (const BoundCreateRel& rel : bound.rels) {
    GESTA_ASSIGN_OR_RETURN(PropertyValues properties,
                           PropertyValues::Make(rel.properties, refuse_null, context));
    made.relationships_.push_back(
        {rel.slot, rel.from, rel.to, NameRef(NameKind::kType, rel.type), std::move(properties)});
  }
  for (const BoundNamedPath& path : bound.paths) {
    auto source = std::make_unique<BoundExpr>();
    source->node = BoundBuildPath{path.elements};
    GESTA_ASSIGN_OR_RETURN(ExpressionPtr expr, MakeExpression(*source, context));
    made.paths_.push_back({path.slot, std::move(source), std::move(expr)});
  }
  return made;
}

Status CreatePattern::Run(Batch* batch, const Rows& rows) {
  for (Node& node : nodes_) GESTA_RETURN_IF_ERROR(CreateNodes(node, batch, rows));
  for (Relationship& rel : relationships_) {
    GESTA_RETURN_IF_ERROR(CreateRelationships(rel, batch, rows));
  }
  for (Path& path : paths_) {
    View view;
    GESTA_RETURN_IF_ERROR(path.expr->Eval(*batch, rows, &view));
    Column& column = batch->columns[path.slot];
    column.resize(batch->rows);
    for (size_t k = 0; k < rows.size(); ++k) column[rows[k]] = view[rows[k]];
  }
  return {};
}

Status CreatePattern::CreateNodes(Node& node, Batch* batch, const Rows& rows) {
  Transaction* transaction = context_->transaction();
  GESTA_RETURN_IF_ERROR(node.properties.Eval(*batch, rows));
  std::vector<NameId> labels;
  for (NameRef& label : node.labels) {
    GESTA_ASSIGN_OR_RETURN(const NameId id, label.GetOrCreate(*transaction));
    labels.push_back(id);
  }
  Column& column = batch->columns[node.slot];
  column.resize(batch->rows);
  for (size_t k = 0; k < rows.size(); ++k) {
    GESTA_RETURN_IF_ERROR(node.properties.Read(transaction, rows[k], &scratch_));
    auto id = transaction->CreateNode(labels, scratch_);
    if (!id.ok()) return ClassifyWriteError(id.status());
    column[rows[k]] = Value::Node(*id);
  }
  return {};
}

Status CreatePattern::CreateRelationships(Relationship& rel, Batch* batch, const Rows& rows) {
  Transaction* transaction = context_->transaction();
  GESTA_RETURN_IF_ERROR(rel.properties.Eval(*batch, rows));
  GESTA_ASSIGN_OR_RETURN(const NameId type, rel.type.GetOrCreate(*transaction));
  Column& column = batch->columns[rel.slot];
  column.resize(batch->rows);
  for (size_t k = 0; k < rows.size(); ++k) {
    const uint32_t row = rows[k];
    const Value& from = batch->columns[rel.from][row];
    const Value& to = batch->columns[rel.to][row];
    for (const Value* end : {&from, &to}) {
      if (end->type() == ValueType::kNode) continue;
      return TypeError("InvalidArgumentType",
                       "a relationship of type " + QuoteName(rel.type.name()) +
                           " needs a node at each end, and one is " + TypeInWords(*end),
                       "filter the rows without one, e.g. WHERE n IS NOT NULL");
    }
    GESTA_RETURN_IF_ERROR(rel.properties.Read(transaction, row, &scratch_));
    auto id = transaction->CreateRelationship(from.EntityId(), type, to.EntityId(), scratch_);
    if (!id.ok()) return ClassifyWriteError(id.status());
    column[row] = Value::Relationship(*id);
  }
  return {};
}

Result<SetItems> SetItems::Make(const std::vector<BoundSetItem>& bound, ExecutionContext* context) {
  SetItems made;
  made.context_ = context;
  for (const BoundSetItem& item : bound) {
    GESTA_ASSIGN_OR_RETURN(ExpressionPtr target, MakeExpression(*item.target, context));
    GESTA_ASSIGN_OR_RETURN(ExpressionPtr value, MakeOptional(item.value, context));
    made.items_.push_back({item.kind, item.value ? item.value->place : item.target->place,
                           std::move(target), NameRef(NameKind::kProperty, item.key),
                           std::move(value), LabelRefs(item.labels)});
  }
  return made;
}

Status SetItems::Run(const Batch& batch, const Rows& rows) {
  for (size_t k = 0; k < rows.size(); ++k) {
    const uint32_t row = rows[k];
    for (Item& item : items_) {
      GESTA_RETURN_IF_ERROR(AtPlace(item.place, ClassifyWriteError(Apply(item, batch, row))));
    }
  }
  return {};
}

Status SetItems::Apply(Item& item, const Batch& batch, const uint32_t& row) {
  Transaction* transaction = context_->transaction();
  View view;
  GESTA_RETURN_IF_ERROR(item.target->Eval(batch, Rows::One(row), &view));
  const Value target = view[row];
  if (target.IsNull()) return {};
  if (item.kind == ast::SetItem::Kind::kLabels) {
    if (target.type() != ValueType::kNode) {
      return TypeError("InvalidArgumentType",
                       "labels can be set on nodes only, not on " + TypeInWords(target));
    }
    for (NameRef& label : item.labels) {
      GESTA_ASSIGN_OR_RETURN(const NameId id, label.GetOrCreate(*transaction));
      GESTA_RETURN_IF_ERROR(transaction->AddLabel(target.EntityId(), id));
    }
    return {};
  }
  if (!IsEntity(target)) {
    return TypeError(
        "InvalidArgumentType",
        "properties can be set on nodes and relationships only, not on " + TypeInWords(target));
  }
  const bool is_node = target.type() == ValueType::kNode;
  const uint64_t id = target.EntityId();
  const auto set_one = [&](NameId key, const Value& value) {
    return is_node ? transaction->SetNodeProperty(id, key, value)
                   : transaction->SetRelationshipProperty(id, key, value);
  };
  GESTA_RETURN_IF_ERROR(item.value->Eval(batch, Rows::One(row), &view));
  const Value& value = view[row];
  if (item.kind == ast::SetItem::Kind::kProperty) {
    if (value.IsNull() && item.key.Find(*transaction) == kNoName) return {};
    GESTA_ASSIGN_OR_RETURN(const NameId key, item.key.GetOrCreate(*transaction));
    return set_one(key, value);
  }
  scratch_.clear();
  GESTA_RETURN_IF_ERROR(ReadPropertyMap(transaction, value, "SET", &scratch_));
  if (item.kind == ast::SetItem::Kind::kReplace) {
    return is_node ? transaction->ReplaceNodeProperties(id, scratch_)
                   : transaction->ReplaceRelationshipProperties(id, scratch_);
  }
  for (const Property& property : scratch_) {
    GESTA_RETURN_IF_ERROR(set_one(property.key, property.value));
  }
  return {};
}

}  // namespace gesta::execute
