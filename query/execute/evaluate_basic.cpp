// Constants, parameters, slots, list and map constructors.
#include "execute/expression.h"

namespace gesta::execute {
namespace {

class ConstantExpression : public Expression {
 public:
  ConstantExpression(const ast::Place& place, Value value)
      : Expression(place), value_(std::move(value)) {}

  Status Eval(const Batch&, const Rows&, View* out) override {
    *out = View(value_);
    return {};
  }

 private:
  const Value value_;
};

class SlotExpression : public Expression {
 public:
  SlotExpression(const ast::Place& place, Slot slot) : Expression(place), slot_(slot) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    if (slot_ >= input.columns.size() || input.columns[slot_].size() < input.rows) {
      return At(Status(StatusCode::kInternal,
                       "slot " + std::to_string(slot_) + " is read where it is not live"));
    }
    *out = View(input.columns[slot_]);
    return {};
  }

 private:
  const Slot slot_;
};

class ListExpression : public Expression {
 public:
  ListExpression(const ast::Place& place, std::vector<ExpressionPtr> items)
      : Expression(place), items_(std::move(items)), views_(items_.size()) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    for (size_t i = 0; i < items_.size(); ++i) {
      GESTA_RETURN_IF_ERROR(items_[i]->Eval(input, rows, &views_[i]));
    }
    Value* result = Buffer(input);
    for (size_t k = 0; k < rows.size(); ++k) {
      const uint32_t row = rows[k];
      List list;
      list.reserve(views_.size());
      for (const View& view : views_) list.push_back(view[row]);
      auto value = NewList(std::move(list));
      if (!value.ok()) return At(value.status());
      result[row] = *std::move(value);
    }
    return Done(out);
  }

 private:
  std::vector<ExpressionPtr> items_;
  std::vector<View> views_;
};

struct Entry {
  std::string key;
  ExpressionPtr value;
  View view;
};

Result<std::vector<Entry>> MakeEntries(
    const std::vector<std::pair<std::string, BoundExprPtr>>& bound, ExecutionContext* context) {
  std::vector<Entry> entries;
  for (const auto& [key, expr] : bound) {
    GESTA_ASSIGN_OR_RETURN(ExpressionPtr value, MakeExpression(*expr, context));
    entries.push_back({key, std::move(value), View()});
  }
  return entries;
}

class MapExpression : public Expression {
 public:
  MapExpression(const ast::Place& place, std::vector<Entry> entries)
      : Expression(place), entries_(std::move(entries)) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    for (Entry& entry : entries_) {
      GESTA_RETURN_IF_ERROR(entry.value->Eval(input, rows, &entry.view));
    }
    Value* result = Buffer(input);
    for (size_t k = 0; k < rows.size(); ++k) {
      const uint32_t row = rows[k];
      std::vector<MapEntry> made;
      made.reserve(entries_.size());
      for (const Entry& entry : entries_) made.emplace_back(entry.key, entry.view[row]);
      auto value = NewMap(Map(std::move(made)));
      if (!value.ok()) return At(value.status());
      result[row] = *std::move(value);
    }
    return Done(out);
  }

 private:
  std::vector<Entry> entries_;
};

class MapProjectionExpression : public Expression {
 public:
  MapProjectionExpression(const ast::Place& place, ExpressionPtr base, bool all,
                          std::vector<Entry> entries, ExecutionContext* context)
      : Expression(place),
        base_(std::move(base)),
        all_(all),
        entries_(std::move(entries)),
        context_(context) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    View base;
    GESTA_RETURN_IF_ERROR(base_->Eval(input, rows, &base));
    open_.clear();
    Value* result = Buffer(input);
    for (size_t k = 0; k < rows.size(); ++k) {
      if (base[rows[k]].IsNull()) {
        result[rows[k]] = Value();
      } else {
        open_.push_back(rows[k]);
      }
    }
    const Rows open = Rows::Of(open_);
    for (Entry& entry : entries_) {
      GESTA_RETURN_IF_ERROR(entry.value->Eval(input, open, &entry.view));
    }
    for (const uint32_t row : open_) {
      auto value = Project(base[row], row);
      if (!value.ok()) return At(value.status());
      result[row] = *std::move(value);
    }
    return Done(out);
  }

 private:
  Result<Value> Project(const Value& base, uint32_t row) {
    const bool is_entity =
        base.type() == ValueType::kNode || base.type() == ValueType::kRelationship;
    if (!is_entity && base.type() != ValueType::kMap) {
      return TypeError(
          "InvalidArgumentType",
          "a map projection needs a node, relationship or map, not " + TypeInWords(base));
    }
    Map map;
    if (all_ && is_entity) {
      GESTA_ASSIGN_OR_RETURN(map, EntityProperties(context_->transaction(), base));
    } else if (all_) {
      map = base.AsMap();
    }
    for (const Entry& entry : entries_) map.Set(entry.key, entry.view[row]);
    return NewMap(std::move(map));
  }

  ExpressionPtr base_;
  const bool all_;
  std::vector<Entry> entries_;
  ExecutionContext* context_;
  std::vector<uint32_t> open_;
};

}  // namespace

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundConstant& node, ExecutionContext*) {
  return ExpressionPtr(std::make_unique<ConstantExpression>(expr.place, node.value));
}

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundParameter& node,
                           ExecutionContext* context) {
  if (const Value* value = context->FindParameter(node.name)) {
    return ExpressionPtr(std::make_unique<ConstantExpression>(expr.place, *value));
  }
  ErrorInfo info;
  info.code = StatusCode::kInvalidArgument;
  info.phase = ErrorPhase::kCompile;
  info.type = "ParameterMissing";
  info.detail = "MissingParameter";
  info.message = "the parameter $" + node.name + " has no value";
  info.hint = "pass a value for it";
  info.line = expr.place.line;
  info.column = expr.place.column;
  return Status(std::move(info));
}

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundSlot& node, ExecutionContext*) {
  return ExpressionPtr(std::make_unique<SlotExpression>(expr.place, node.slot));
}

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundList& node,
                           ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(std::vector<ExpressionPtr> items, MakeExpressions(node.items, context));
  return ExpressionPtr(std::make_unique<ListExpression>(expr.place, std::move(items)));
}

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundMap& node, ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(std::vector<Entry> entries, MakeEntries(node.entries, context));
  return ExpressionPtr(std::make_unique<MapExpression>(expr.place, std::move(entries)));
}

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundMapProjection& node,
                           ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr base, MakeExpression(*node.base, context));
  GESTA_ASSIGN_OR_RETURN(std::vector<Entry> entries, MakeEntries(node.entries, context));
  return ExpressionPtr(std::make_unique<MapProjectionExpression>(
      expr.place, std::move(base), node.all, std::move(entries), context));
}

}  // namespace gesta::execute
