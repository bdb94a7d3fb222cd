// Reading parts of values: properties, subscripts, slices, label tests.
#include "execute/expression.h"
#include "execute/label_match.h"
#include "execute/property_reader.h"
#include "functions/operators.h"

namespace gesta::execute {
namespace {

bool IsEntity(const Value& value) {
  return value.type() == ValueType::kNode || value.type() == ValueType::kRelationship;
}

class PropertyExpression : public Expression {
 public:
  PropertyExpression(const ast::Place& place, ExpressionPtr base, std::string key,
                     ExecutionContext* context)
      : Expression(place),
        base_(std::move(base)),
        key_(NameKind::kProperty, std::move(key)),
        context_(context) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    View base;
    GESTA_RETURN_IF_ERROR(base_->Eval(input, rows, &base));
    Value* result = Buffer(input);
    nodes_.Clear();
    relationships_.Clear();
    for (size_t k = 0; k < rows.size(); ++k) {
      const uint32_t row = rows[k];
      const Value& value = base[row];
      if (value.type() == ValueType::kNode) {
        nodes_.Add(value.EntityId(), row);
      } else if (value.type() == ValueType::kRelationship) {
        relationships_.Add(value.EntityId(), row);
      } else if (value.IsNull()) {
        result[row] = Value();
      } else {
        auto read = GetComponent(value, key_.name());
        if (!read.ok()) return At(read.status());
        result[row] = *std::move(read);
      }
    }
    for (Entities* entities : {&nodes_, &relationships_}) {
      if (entities->ids.empty()) continue;
      const bool aligned = rows.all() && entities->ids.size() == rows.size();
      GESTA_RETURN_IF_ERROR(At(ClassifyEntityError(Read(base, aligned, entities))));
    }
    return Done(out);
  }

 private:
  struct Entities {
    explicit Entities(EntityKind kind) : reader(kind) {}
    void Clear() {
      ids.clear();
      rows.clear();
    }
    void Add(uint64_t id, uint32_t row) {
      ids.push_back(id);
      rows.push_back(row);
    }
    PropertyReader reader;
    std::vector<uint64_t> ids;
    std::vector<uint32_t> rows;
  };

  // `aligned`: the entities are all rows in order, so they are read straight into the buffer.
  Status Read(const View& base, bool aligned, Entities* entities) {
    Transaction* transaction = context_->transaction();
    if (!transaction) {
      for (const uint32_t row : entities->rows) {
        GESTA_ASSIGN_OR_RETURN(buffer_[row], EntityProperty(nullptr, base[row], key_.name()));
      }
      return {};
    }
    const size_t n = entities->ids.size();
    if (!aligned && values_.size() < n) values_.resize(n);
    Value* target = aligned ? buffer_.data() : values_.data();
    GESTA_RETURN_IF_ERROR(entities->reader.Read(*transaction, key_.Find(*transaction),
                                                entities->ids.data(), n, target));
    if (!aligned) {
      for (size_t i = 0; i < n; ++i) buffer_[entities->rows[i]] = std::move(values_[i]);
    }
    return {};
  }

  ExpressionPtr base_;
  NameRef key_;
  ExecutionContext* context_;
  Entities nodes_{EntityKind::kNode};
  Entities relationships_{EntityKind::kRelationship};
  Column values_;
};

class SubscriptExpression : public Expression {
 public:
  SubscriptExpression(const ast::Place& place, ExpressionPtr container, ExpressionPtr index,
                      ExecutionContext* context)
      : Expression(place),
        container_(std::move(container)),
        index_(std::move(index)),
        context_(context) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    View container;
    View index;
    GESTA_RETURN_IF_ERROR(container_->Eval(input, rows, &container));
    GESTA_RETURN_IF_ERROR(index_->Eval(input, rows, &index));
    Value* result = Buffer(input);
    for (size_t k = 0; k < rows.size(); ++k) {
      const uint32_t row = rows[k];
      auto value = IsEntity(container[row]) ? DynamicProperty(container[row], index[row])
                                            : Subscript(container[row], index[row]);
      if (!value.ok()) return At(value.status());
      result[row] = *std::move(value);
    }
    return Done(out);
  }

 private:
  Result<Value> DynamicProperty(const Value& entity, const Value& key) {
    if (key.IsNull()) return Value();
    if (key.type() != ValueType::kString) {
      return TypeError("MapElementAccessByNonString",
                       "a property is named by a string, not by " + TypeInWords(key));
    }
    return EntityProperty(context_->transaction(), entity, key.AsString());
  }

  ExpressionPtr container_;
  ExpressionPtr index_;
  ExecutionContext* context_;
};

class SliceExpression : public Expression {
 public:
  SliceExpression(const ast::Place& place, ExpressionPtr list, ExpressionPtr from, ExpressionPtr to)
      : Expression(place), list_(std::move(list)), from_(std::move(from)), to_(std::move(to)) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    View list;
    View from;
    View to;
    GESTA_RETURN_IF_ERROR(list_->Eval(input, rows, &list));
    if (from_) GESTA_RETURN_IF_ERROR(from_->Eval(input, rows, &from));
    if (to_) GESTA_RETURN_IF_ERROR(to_->Eval(input, rows, &to));
    Value* result = Buffer(input);
    for (size_t k = 0; k < rows.size(); ++k) {
      const uint32_t row = rows[k];
      auto value = Slice(list[row], from_ ? &from[row] : nullptr, to_ ? &to[row] : nullptr);
      if (!value.ok()) return At(value.status());
      result[row] = *std::move(value);
    }
    return Done(out);
  }

 private:
  ExpressionPtr list_;
  ExpressionPtr from_;
  ExpressionPtr to_;
};

class LabelTestExpression : public Expression {
 public:
  LabelTestExpression(const ast::Place& place, ExpressionPtr operand, const ast::LabelExpr& labels,
                      ExecutionContext* context)
      : Expression(place),
        operand_(std::move(operand)),
        nodes_(NameKind::kLabel, labels),
        relationships_(NameKind::kType, labels),
        context_(context) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    View operand;
    GESTA_RETURN_IF_ERROR(operand_->Eval(input, rows, &operand));
    Value* result = Buffer(input);
    Transaction* transaction = context_->transaction();
    for (size_t k = 0; k < rows.size(); ++k) {
      const uint32_t row = rows[k];
      const Value& value = operand[row];
      if (value.IsNull()) {
        result[row] = Value();
        continue;
      }
      if (!IsEntity(value) || !transaction) {
        return At(
            TypeError("InvalidArgumentType",
                      "labels belong to nodes and relationships, not to " + TypeInWords(value)));
      }
      auto matches = value.type() == ValueType::kNode
                         ? nodes_.Node(*transaction, value.EntityId())
                         : relationships_.Relationship(*transaction, value.EntityId());
      if (!matches.ok()) return At(ClassifyEntityError(matches.status()));
      result[row] = Value::Boolean(*matches);
    }
    return Done(out);
  }

 private:
  ExpressionPtr operand_;
  LabelMatch nodes_;
  LabelMatch relationships_;
  ExecutionContext* context_;
};

}  // namespace

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundProperty& node,
                           ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr base, MakeExpression(*node.base, context));
  return ExpressionPtr(
      std::make_unique<PropertyExpression>(expr.place, std::move(base), node.key, context));
}

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundSubscript& node,
                           ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr container, MakeExpression(*node.container, context));
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr index, MakeExpression(*node.index, context));
  return ExpressionPtr(std::make_unique<SubscriptExpression>(expr.place, std::move(container),
                                                             std::move(index), context));
}

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundSlice& node,
                           ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr list, MakeExpression(*node.list, context));
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr from, MakeOptional(node.from, context));
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr to, MakeOptional(node.to, context));
  return ExpressionPtr(std::make_unique<SliceExpression>(expr.place, std::move(list),
                                                         std::move(from), std::move(to)));
}

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundLabelTest& node,
                           ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr operand, MakeExpression(*node.operand, context));
  return ExpressionPtr(
      std::make_unique<LabelTestExpression>(expr.place, std::move(operand), node.labels, context));
}

}  // namespace gesta::execute
