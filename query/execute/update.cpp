// CREATE, SET and REMOVE: change the graph for each row and pass the rows on.
#include "execute/build.h"
#include "execute/rows.h"
#include "execute/write.h"

namespace gesta::execute {
namespace {

class CreateOperator : public UnaryOperator {
 public:
  CreateOperator(const LogicalOp& op, OperatorPtr child, CreatePattern pattern, BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context), pattern_(std::move(pattern)) {}

  Status Next(Batch* out) override {
    GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
    GESTA_RETURN_IF_ERROR(child_->Next(out));
    if (out->rows == 0) return {};
    GESTA_RETURN_IF_ERROR(pattern_.Run(out, Rows::All(out->rows)));
    KeepColumns(live_, out);
    return {};
  }

 private:
  CreatePattern pattern_;
};

class SetOperator : public UnaryOperator {
 public:
  SetOperator(const LogicalOp& op, OperatorPtr child, SetItems items, BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context), items_(std::move(items)) {}

  Status Next(Batch* out) override {
    GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
    GESTA_RETURN_IF_ERROR(child_->Next(out));
    if (out->rows == 0) return {};
    GESTA_RETURN_IF_ERROR(items_.Run(*out, Rows::All(out->rows)));
    KeepColumns(live_, out);
    return {};
  }

 private:
  SetItems items_;
};

class RemoveOperator : public UnaryOperator {
 public:
  struct Item {
    ast::RemoveItem::Kind kind;
    ExpressionPtr target;
    NameRef key;
    std::vector<NameRef> labels;
  };

  RemoveOperator(const LogicalOp& op, OperatorPtr child, std::vector<Item> items, BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context), items_(std::move(items)) {}

  Status Next(Batch* out) override {
    GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
    GESTA_RETURN_IF_ERROR(child_->Next(out));
    for (uint32_t row = 0; row < out->rows; ++row) {
      for (Item& item : items_) {
        View view;
        GESTA_RETURN_IF_ERROR(item.target->Eval(*out, Rows::One(row), &view));
        GESTA_RETURN_IF_ERROR(ClassifyWriteError(Apply(item, view[row])));
      }
    }
    KeepColumns(live_, out);
    return {};
  }

 private:
  Status Apply(Item& item, const Value& target) {
    Transaction& transaction = *context_->transaction();
    if (target.IsNull()) return {};
    const uint64_t id =
        target.type() == ValueType::kNode || target.type() == ValueType::kRelationship
            ? target.EntityId()
            : 0;
    if (item.kind == ast::RemoveItem::Kind::kLabels) {
      if (target.type() != ValueType::kNode) {
        return TypeError("InvalidArgumentType",
                         "labels can be removed from nodes only, not from " + TypeInWords(target));
      }
      for (NameRef& label : item.labels) {
        const NameId name = label.Find(transaction);
        if (name != kNoName) GESTA_RETURN_IF_ERROR(transaction.RemoveLabel(id, name));
      }
      return {};
    }
    const NameId key = item.key.Find(transaction);
    if (target.type() == ValueType::kNode) {
      return key == kNoName ? Status() : transaction.SetNodeProperty(id, key, Value());
    }
    if (target.type() == ValueType::kRelationship) {
      return key == kNoName ? Status() : transaction.SetRelationshipProperty(id, key, Value());
    }
    return TypeError("InvalidArgumentType",
                     "properties can be removed from nodes and relationships only, not from " +
                         TypeInWords(target));
  }

  std::vector<Item> items_;
};

}  // namespace

Result<OperatorPtr> Build(const OpCreate& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(CreatePattern pattern,
                         CreatePattern::Make(node.create, false, env.context));
  return OperatorPtr(
      std::make_unique<CreateOperator>(op, std::move(child), std::move(pattern), env));
}

Result<OperatorPtr> Build(const OpSet& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(SetItems items, SetItems::Make(node.items, env.context));
  return OperatorPtr(std::make_unique<SetOperator>(op, std::move(child), std::move(items), env));
}

Result<OperatorPtr> Build(const OpRemove& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  std::vector<RemoveOperator::Item> items;
  for (const BoundRemoveItem& bound : node.items) {
    GESTA_ASSIGN_OR_RETURN(ExpressionPtr target, MakeExpression(*bound.target, env.context));
    RemoveOperator::Item item{
        bound.kind, std::move(target), NameRef(NameKind::kProperty, bound.key), {}};
    for (const std::string& label : bound.labels) item.labels.emplace_back(NameKind::kLabel, label);
    items.push_back(std::move(item));
  }
  return OperatorPtr(std::make_unique<RemoveOperator>(op, std::move(child), std::move(items), env));
}

}  // namespace gesta::execute
