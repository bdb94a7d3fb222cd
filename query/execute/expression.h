// Expression: the evaluator's inside interface, column at a time and without needless copies.
//
// An expression is evaluated for some rows of a batch. Results stay in the expression's own buffer
// and are read through a View whose positions are the batch's row numbers, so a slot gives its
// column as it is, a constant gives one value for all rows, and operators that need only some rows
// (AND, CASE, coalesce) pass a shorter list of rows down without moving anything.
#ifndef GESTA_QUERY_EXECUTE_EXPRESSION_H_
#define GESTA_QUERY_EXECUTE_EXPRESSION_H_

#include <memory>
#include <vector>

#include "execute/evaluate.h"
#include "functions/errors.h"

namespace gesta::execute {

// The rows to evaluate: all of a batch, or those in an ascending list.
class Rows {
 public:
  static Rows All(size_t count) { return Rows(nullptr, count); }
  static Rows Of(const std::vector<uint32_t>& index) { return Rows(index.data(), index.size()); }
  static Rows One(const uint32_t& row) { return Rows(&row, 1); }

  size_t size() const { return size_; }
  bool all() const { return index_ == nullptr; }
  // An ascending list of rows of a batch; of all its rows it is shorter to say so.
  static Rows Of(const std::vector<uint32_t>& index, const Batch& batch) {
    return index.size() == batch.rows ? All(batch.rows) : Of(index);
  }
  uint32_t operator[](size_t k) const { return index_ ? index_[k] : static_cast<uint32_t>(k); }

 private:
  Rows(const uint32_t* index, size_t size) : index_(index), size_(size) {}
  const uint32_t* index_;
  size_t size_;
};

// Values by row number. Step 0: one value for every row.
class View {
 public:
  View() = default;
  explicit View(const Column& column) : data_(column.data()), step_(1) {}
  explicit View(const Value& constant) : data_(&constant), step_(0) {}
  const Value& operator[](size_t row) const { return data_[row * step_]; }
  bool constant() const { return step_ == 0; }
  const Value* data() const { return data_; }

 private:
  const Value* data_ = nullptr;
  size_t step_ = 0;
};

class Expression : public Evaluator {
 public:
  explicit Expression(const ast::Place& place) : place_(place) {}

  // Values for `rows`; `*out` stays valid until the next call or until `input` changes. Positions
  // that are not in `rows` hold anything.
  virtual Status Eval(const Batch& input, const Rows& rows, View* out) = 0;

  // As a condition: keeps of `rows` (ascending) those for which the value is true. A value that is
  // neither boolean nor null is a TypeError.
  virtual Status Narrow(const Batch& input, std::vector<uint32_t>* rows);

  Status Evaluate(const Batch& input, Column* out) final;

 protected:
  // The expression's own buffer, with room for every row of `input`.
  Value* Buffer(const Batch& input) {
    if (buffer_.size() < input.rows) buffer_.resize(input.rows);
    return buffer_.data();
  }
  Status Done(View* out) {
    *out = View(buffer_);
    return {};
  }
  // Adds this expression's place to an error that has none.
  Status At(const Status& status) const {
    if (status.ok() || status.info().line != 0 || place_.line == 0) return status;
    return status.WithPosition(place_.line, place_.column);
  }

  const ast::Place place_;
  Column buffer_;
};

using ExpressionPtr = std::unique_ptr<Expression>;

Result<ExpressionPtr> MakeExpression(const BoundExpr& expr, ExecutionContext* context);
// Null for a null pointer.
Result<ExpressionPtr> MakeOptional(const BoundExprPtr& expr, ExecutionContext* context);
Result<std::vector<ExpressionPtr>> MakeExpressions(const std::vector<BoundExprPtr>& exprs,
                                                   ExecutionContext* context);

// A label, type or property key by name. Unknown names are looked up again at each batch: the
// statement itself may create them.
class NameRef {
 public:
  NameRef(NameKind kind, std::string name) : kind_(kind), name_(std::move(name)) {}
  NameId Find(Transaction& transaction) {
    if (id_ == kNoName) id_ = transaction.FindName(kind_, name_);
    return id_;
  }
  Result<NameId> GetOrCreate(Transaction& transaction) {
    if (Find(transaction) == kNoName) {
      GESTA_ASSIGN_OR_RETURN(id_, transaction.GetOrCreateName(kind_, name_));
    }
    return id_;
  }
  const std::string& name() const { return name_; }

 private:
  NameKind kind_;
  std::string name_;
  NameId id_ = kNoName;
};

// Gives the store's errors openCypher's classification: access to a deleted entity.
Status ClassifyEntityError(const Status& status);

// All properties of an entity as a map (null values do not occur).
Result<Map> EntityProperties(Transaction* transaction, const Value& entity);
// One property of an entity by its name; null when absent.
Result<Value> EntityProperty(Transaction* transaction, const Value& entity, std::string_view key);

// A list or map made from a statement's values; refuses what nests too deep.
Result<Value> NewList(List items);
Result<Value> NewMap(Map map);

// A row's value as a predicate: an error unless it is boolean or null.
inline Status CheckPredicate(const Value& value) {
  if (value.type() == ValueType::kBoolean || value.IsNull()) return {};
  return TypeError("InvalidArgumentType",
                   "a condition must be true, false or null, not " + TypeInWords(value));
}

// The list of a list expression; null pointer for null. Anything else is a TypeError.
inline Result<const List*> ListOrNull(const Value& value) {
  if (value.IsNull()) return static_cast<const List*>(nullptr);
  if (value.type() == ValueType::kList) return &value.AsList();
  return TypeError("InvalidArgumentType", "a list is needed here, not " + TypeInWords(value));
}

// Builders of the expression kinds, by theme.
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundConstant& node, ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundParameter& node, ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundSlot& node, ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundProperty& node, ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundList& node, ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundMap& node, ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundMapProjection& node,
                           ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundNot& node, ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundNegate& node, ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundBinary& node, ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundIsNull& node, ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundLabelTest& node, ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundSubscript& node, ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundSlice& node, ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundCall& node, ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundCase& node, ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundListComprehension& node,
                           ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundQuantifier& node, ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundReduce& node, ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundBuildPath& node, ExecutionContext* c);
Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundSubquery& node, ExecutionContext* c);

}  // namespace gesta::execute

#endif  // GESTA_QUERY_EXECUTE_EXPRESSION_H_
