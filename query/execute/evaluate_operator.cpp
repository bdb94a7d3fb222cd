// Logical, comparison and arithmetic operators. Numbers take a short way; everything else goes
// through functions/operators.h.
#include <algorithm>
#include <cmath>

#include "execute/expression.h"
#include "execute/key_table.h"
#include "functions/operators.h"

namespace gesta::execute {
namespace {

using ast::BinaryOp;

Status CheckBoolean(const Value& value, const char* operation) {
  if (value.type() == ValueType::kBoolean || value.IsNull()) return {};
  return TypeError(
      "InvalidArgumentType",
      std::string(operation) + " needs true, false or null, not " + TypeInWords(value));
}

class NotExpression : public Expression {
 public:
  NotExpression(const ast::Place& place, ExpressionPtr operand)
      : Expression(place), operand_(std::move(operand)) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    View operand;
    GESTA_RETURN_IF_ERROR(operand_->Eval(input, rows, &operand));
    Value* result = Buffer(input);
    for (size_t k = 0; k < rows.size(); ++k) {
      const Value& value = operand[rows[k]];
      if (value.type() == ValueType::kBoolean) {
        result[rows[k]] = Value::Boolean(!value.AsBoolean());
      } else {
        GESTA_RETURN_IF_ERROR(At(CheckBoolean(value, "NOT")));
        result[rows[k]] = Value();
      }
    }
    return Done(out);
  }

 private:
  ExpressionPtr operand_;
};

class NegateExpression : public Expression {
 public:
  NegateExpression(const ast::Place& place, ExpressionPtr operand)
      : Expression(place), operand_(std::move(operand)) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    View operand;
    GESTA_RETURN_IF_ERROR(operand_->Eval(input, rows, &operand));
    Value* result = Buffer(input);
    for (size_t k = 0; k < rows.size(); ++k) {
      auto value = Negate(operand[rows[k]]);
      if (!value.ok()) return At(value.status());
      result[rows[k]] = *std::move(value);
    }
    return Done(out);
  }

 private:
  ExpressionPtr operand_;
};

class IsNullExpression : public Expression {
 public:
  IsNullExpression(const ast::Place& place, ExpressionPtr operand, bool negated)
      : Expression(place), operand_(std::move(operand)), negated_(negated) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    View operand;
    GESTA_RETURN_IF_ERROR(operand_->Eval(input, rows, &operand));
    Value* result = Buffer(input);
    for (size_t k = 0; k < rows.size(); ++k) {
      result[rows[k]] = Value::Boolean(operand[rows[k]].IsNull() != negated_);
    }
    return Done(out);
  }

 private:
  ExpressionPtr operand_;
  const bool negated_;
};

// AND and OR. `decisive` is the value that settles the result alone: false for AND, true for OR.
// The right side sees only the rows that the left side leaves open.
class ConjunctionExpression : public Expression {
 public:
  ConjunctionExpression(const ast::Place& place, ExpressionPtr left, ExpressionPtr right,
                        bool decisive)
      : Expression(place),
        left_(std::move(left)),
        right_(std::move(right)),
        decisive_(decisive),
        name_(decisive ? "OR" : "AND") {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    View left;
    GESTA_RETURN_IF_ERROR(left_->Eval(input, rows, &left));
    Value* result = Buffer(input);
    open_.clear();
    for (size_t k = 0; k < rows.size(); ++k) {
      const uint32_t row = rows[k];
      const Value& value = left[row];
      GESTA_RETURN_IF_ERROR(At(CheckBoolean(value, name_)));
      if (value.type() == ValueType::kBoolean && value.AsBoolean() == decisive_) {
        result[row] = Value::Boolean(decisive_);
      } else {
        open_.push_back(row);
      }
    }
    if (open_.empty()) return Done(out);
    View right;
    const bool all = rows.all() && open_.size() == rows.size();
    GESTA_RETURN_IF_ERROR(
        right_->Eval(input, all ? Rows::All(rows.size()) : Rows::Of(open_), &right));
    for (const uint32_t row : open_) {
      const Value& value = right[row];
      if (value.type() == ValueType::kBoolean && value.AsBoolean() == decisive_) {
        result[row] = Value::Boolean(decisive_);
        continue;
      }
      GESTA_RETURN_IF_ERROR(At(CheckBoolean(value, name_)));
      const bool unknown = value.IsNull() || left[row].IsNull();
      result[row] = unknown ? Value() : Value::Boolean(!decisive_);
    }
    return Done(out);
  }

 private:
  ExpressionPtr left_;
  ExpressionPtr right_;
  const bool decisive_;
  const char* name_;
  std::vector<uint32_t> open_;
};

// A binary operator whose rule is a functor Result-or-Value (const Value&, const Value&) -> Value,
// reporting failure through a Status*.
template <typename Rule>
class BinaryExpression : public Expression {
 public:
  BinaryExpression(const ast::Place& place, ExpressionPtr left, ExpressionPtr right)
      : Expression(place), left_(std::move(left)), right_(std::move(right)) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    View left;
    View right;
    GESTA_RETURN_IF_ERROR(left_->Eval(input, rows, &left));
    GESTA_RETURN_IF_ERROR(right_->Eval(input, rows, &right));
    Value* result = Buffer(input);
    for (size_t k = 0; k < rows.size(); ++k) {
      const uint32_t row = rows[k];
      GESTA_RETURN_IF_ERROR(At(Rule::Apply(left[row], right[row], &result[row])));
    }
    return Done(out);
  }

 protected:
  ExpressionPtr left_;
  ExpressionPtr right_;
};

Status Store(Result<Value> value, Value* out) {
  if (!value.ok()) return value.status();
  *out = *std::move(value);
  return {};
}

bool BothIntegers(const Value& a, const Value& b) {
  return a.type() == ValueType::kInteger && b.type() == ValueType::kInteger;
}
bool BothFloats(const Value& a, const Value& b) {
  return a.type() == ValueType::kFloat && b.type() == ValueType::kFloat;
}

bool BothStrings(const Value& a, const Value& b) {
  return a.type() == ValueType::kString && b.type() == ValueType::kString;
}
// Values of one property often share their text.
bool SameText(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.data() == b.data() || a == b);
}

template <BinaryOp op>
struct Comparing {
  static constexpr bool IsEquality() { return op == BinaryOp::kEqual || op == BinaryOp::kNotEqual; }
  template <typename T>
  static bool Holds(T a, T b) {
    if constexpr (op == BinaryOp::kEqual) return a == b;
    if constexpr (op == BinaryOp::kNotEqual) return a != b;
    if constexpr (op == BinaryOp::kLess) return a < b;
    if constexpr (op == BinaryOp::kLessEqual) return a <= b;
    if constexpr (op == BinaryOp::kGreater) return a > b;
    if constexpr (op == BinaryOp::kGreaterEqual) return a >= b;
  }
  static Status Apply(const Value& a, const Value& b, Value* out) {
    if (BothIntegers(a, b)) {
      *out = Value::Boolean(Holds(a.AsInteger(), b.AsInteger()));
    } else if (BothFloats(a, b)) {
      *out = Value::Boolean(Holds(a.AsFloat(), b.AsFloat()));
    } else if (IsEquality() && BothStrings(a, b)) {
      *out = Value::Boolean((op == BinaryOp::kEqual) == SameText(a.AsString(), b.AsString()));
    } else if constexpr (op == BinaryOp::kEqual) {
      *out = EqualsValue(a, b);
    } else if constexpr (op == BinaryOp::kNotEqual) {
      *out = NotEqualsValue(a, b);
    } else if constexpr (op == BinaryOp::kLess) {
      *out = LessValue(a, b);
    } else if constexpr (op == BinaryOp::kLessEqual) {
      *out = LessEqualValue(a, b);
    } else if constexpr (op == BinaryOp::kGreater) {
      *out = GreaterValue(a, b);
    } else {
      *out = GreaterEqualValue(a, b);
    }
    return {};
  }
};

// A comparison as a condition gives rows, not values.
template <BinaryOp op>
class ComparisonExpression : public BinaryExpression<Comparing<op>> {
 public:
  using BinaryExpression<Comparing<op>>::BinaryExpression;

  Status Narrow(const Batch& input, std::vector<uint32_t>* rows) override {
    View left;
    View right;
    const Rows all = Rows::Of(*rows, input);
    GESTA_RETURN_IF_ERROR(this->left_->Eval(input, all, &left));
    GESTA_RETURN_IF_ERROR(this->right_->Eval(input, all, &right));
    size_t kept = 0;
    for (const uint32_t row : *rows) {
      const Value& a = left[row];
      const Value& b = right[row];
      bool holds;
      if (BothIntegers(a, b)) {
        holds = Comparing<op>::Holds(a.AsInteger(), b.AsInteger());
      } else {
        Value value;
        GESTA_RETURN_IF_ERROR(this->At(Comparing<op>::Apply(a, b, &value)));
        holds = value.IsTrue();
      }
      (*rows)[kept] = row;  // no branch on what data decide
      kept += holds;
    }
    rows->resize(kept);
    return {};
  }
};

struct Adding {
  static Status Apply(const Value& a, const Value& b, Value* out) {
    int64_t sum;
    if (BothIntegers(a, b) && !__builtin_add_overflow(a.AsInteger(), b.AsInteger(), &sum)) {
      *out = Value::Integer(sum);
      return {};
    }
    if (BothFloats(a, b)) {
      *out = Value::Float(a.AsFloat() + b.AsFloat());
      return {};
    }
    return Store(Add(a, b), out);
  }
};

struct Subtracting {
  static Status Apply(const Value& a, const Value& b, Value* out) {
    int64_t difference;
    if (BothIntegers(a, b) && !__builtin_sub_overflow(a.AsInteger(), b.AsInteger(), &difference)) {
      *out = Value::Integer(difference);
      return {};
    }
    if (BothFloats(a, b)) {
      *out = Value::Float(a.AsFloat() - b.AsFloat());
      return {};
    }
    return Store(Subtract(a, b), out);
  }
};

struct Multiplying {
  static Status Apply(const Value& a, const Value& b, Value* out) {
    int64_t product;
    if (BothIntegers(a, b) && !__builtin_mul_overflow(a.AsInteger(), b.AsInteger(), &product)) {
      *out = Value::Integer(product);
      return {};
    }
    if (BothFloats(a, b)) {
      *out = Value::Float(a.AsFloat() * b.AsFloat());
      return {};
    }
    return Store(Multiply(a, b), out);
  }
};

template <Result<Value> (*rule)(const Value&, const Value&)>
struct Calling {
  static Status Apply(const Value& a, const Value& b, Value* out) { return Store(rule(a, b), out); }
};

struct ExclusiveOr {
  static Status Apply(const Value& a, const Value& b, Value* out) {
    GESTA_RETURN_IF_ERROR(CheckBoolean(a, "XOR"));
    GESTA_RETURN_IF_ERROR(CheckBoolean(b, "XOR"));
    const bool unknown = a.IsNull() || b.IsNull();
    *out = unknown ? Value() : Value::Boolean(a.AsBoolean() != b.AsBoolean());
    return {};
  }
};

// IN. A constant list of plain values (what `x IN $ids` gives) is turned into a set once.
class InExpression : public Expression {
 public:
  InExpression(const ast::Place& place, ExpressionPtr element, ExpressionPtr list)
      : Expression(place), element_(std::move(element)), list_(std::move(list)) {}

  Status Eval(const Batch& input, const Rows& rows, View* out) override {
    View element;
    View list;
    GESTA_RETURN_IF_ERROR(element_->Eval(input, rows, &element));
    GESTA_RETURN_IF_ERROR(list_->Eval(input, rows, &list));
    Value* result = Buffer(input);
    if (list.constant() && !asked_) {
      asked_ = true;
      BuildSet(list[0]);
    }
    if (!list.constant() || set_.size() == 0) {
      for (size_t k = 0; k < rows.size(); ++k) {
        const uint32_t row = rows[k];
        GESTA_RETURN_IF_ERROR(At(Store(In(element[row], list[row]), &result[row])));
      }
      return Done(out);
    }
    plain_.clear();
    for (size_t k = 0; k < rows.size(); ++k) {
      const uint32_t row = rows[k];
      if (IsPlain(element[row])) {
        plain_.push_back(row);
      } else {
        GESTA_RETURN_IF_ERROR(At(Store(In(element[row], list[row]), &result[row])));
      }
    }
    numbers_.resize(plain_.size());
    KeyColumn column;
    column.values = element;
    set_.Find(&column, Rows::Of(plain_), numbers_.data(), &hashes_);
    for (size_t k = 0; k < plain_.size(); ++k) {
      result[plain_[k]] = Value::Boolean(numbers_[k] != KeyTable::kNone);
    }
    return Done(out);
  }

 private:
  // Values for which equality and equivalence agree.
  static bool IsPlain(const Value& value) {
    switch (value.type()) {
      case ValueType::kBoolean:
      case ValueType::kInteger:
      case ValueType::kString:
      case ValueType::kNode:
      case ValueType::kRelationship:
        return true;
      case ValueType::kFloat:
        return !std::isnan(value.AsFloat());
      default:
        return false;
    }
  }

  void BuildSet(const Value& list) {
    constexpr size_t kWorthASet = 8;
    if (list.type() != ValueType::kList || list.AsList().size() < kWorthASet) return;
    const List& items = list.AsList();
    if (!std::all_of(items.begin(), items.end(), IsPlain)) return;
    KeyColumn column;
    column.values = View(items);
    numbers_.resize(items.size());
    set_.Insert(&column, Rows::All(items.size()), numbers_.data(), &plain_);
  }

  ExpressionPtr element_;
  ExpressionPtr list_;
  bool asked_ = false;
  KeyTable set_{1};  // the list's values; empty: they are compared one by one
  std::vector<uint32_t> plain_;
  std::vector<uint32_t> numbers_;
  std::vector<uint64_t> hashes_;
};

template <typename Rule>
ExpressionPtr MakeBinary(const ast::Place& place, ExpressionPtr left, ExpressionPtr right) {
  return std::make_unique<BinaryExpression<Rule>>(place, std::move(left), std::move(right));
}

using BinaryMaker = ExpressionPtr (*)(const ast::Place&, ExpressionPtr, ExpressionPtr);

template <BinaryOp op>
ExpressionPtr MakeComparison(const ast::Place& place, ExpressionPtr left, ExpressionPtr right) {
  return std::make_unique<ComparisonExpression<op>>(place, std::move(left), std::move(right));
}

BinaryMaker FindMaker(BinaryOp op) {
  switch (op) {
    case BinaryOp::kXor:
      return MakeBinary<ExclusiveOr>;
    case BinaryOp::kAdd:
      return MakeBinary<Adding>;
    case BinaryOp::kSubtract:
      return MakeBinary<Subtracting>;
    case BinaryOp::kMultiply:
      return MakeBinary<Multiplying>;
    case BinaryOp::kDivide:
      return MakeBinary<Calling<Divide>>;
    case BinaryOp::kModulo:
      return MakeBinary<Calling<Modulo>>;
    case BinaryOp::kPower:
      return MakeBinary<Calling<Power>>;
    case BinaryOp::kEqual:
      return MakeComparison<BinaryOp::kEqual>;
    case BinaryOp::kNotEqual:
      return MakeComparison<BinaryOp::kNotEqual>;
    case BinaryOp::kLess:
      return MakeComparison<BinaryOp::kLess>;
    case BinaryOp::kLessEqual:
      return MakeComparison<BinaryOp::kLessEqual>;
    case BinaryOp::kGreater:
      return MakeComparison<BinaryOp::kGreater>;
    case BinaryOp::kGreaterEqual:
      return MakeComparison<BinaryOp::kGreaterEqual>;
    case BinaryOp::kStartsWith:
      return MakeBinary<Calling<StartsWith>>;
    case BinaryOp::kEndsWith:
      return MakeBinary<Calling<EndsWith>>;
    case BinaryOp::kContains:
      return MakeBinary<Calling<Contains>>;
    case BinaryOp::kRegex:
      return MakeBinary<Calling<RegexMatch>>;
    case BinaryOp::kAnd:
    case BinaryOp::kOr:
    case BinaryOp::kIn:
      break;  // expressions of their own
  }
  return nullptr;
}

}  // namespace

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundNot& node, ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr operand, MakeExpression(*node.operand, context));
  return ExpressionPtr(std::make_unique<NotExpression>(expr.place, std::move(operand)));
}

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundNegate& node,
                           ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr operand, MakeExpression(*node.operand, context));
  return ExpressionPtr(std::make_unique<NegateExpression>(expr.place, std::move(operand)));
}

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundIsNull& node,
                           ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr operand, MakeExpression(*node.operand, context));
  return ExpressionPtr(
      std::make_unique<IsNullExpression>(expr.place, std::move(operand), node.negated));
}

Result<ExpressionPtr> Make(const BoundExpr& expr, const BoundBinary& node,
                           ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr left, MakeExpression(*node.left, context));
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr right, MakeExpression(*node.right, context));
  if (node.op == BinaryOp::kAnd || node.op == BinaryOp::kOr) {
    return ExpressionPtr(std::make_unique<ConjunctionExpression>(
        expr.place, std::move(left), std::move(right), node.op == BinaryOp::kOr));
  }
  if (node.op == BinaryOp::kIn) {
    return ExpressionPtr(
        std::make_unique<InExpression>(expr.place, std::move(left), std::move(right)));
  }
  return FindMaker(node.op)(expr.place, std::move(left), std::move(right));
}

}  // namespace gesta::execute
