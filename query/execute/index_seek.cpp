// IndexSeek: entities by the values of their indexed properties.
#include <limits>

#include "execute/multiply.h"

namespace gesta::execute {
namespace {

// Values that an equality can find: those that equal themselves (not null, not NaN, no null in a
// list) and can be stored.
bool CanEqual(const Value& value) {
  switch (value.type()) {
    case ValueType::kMap:
    case ValueType::kNode:
    case ValueType::kRelationship:
    case ValueType::kPath:
      return false;
    default:
      return Equals(value, value) == Ternary::kTrue;
  }
}

class IndexSeekOperator : public MultiplyOperator {
 public:
  struct Inputs {
    std::vector<ExpressionPtr> equals;
    ExpressionPtr in;
    ExpressionPtr starts_with;
    ExpressionPtr lower;
    ExpressionPtr upper;
  };

  IndexSeekOperator(const LogicalOp& op, OperatorPtr child, const OpIndexSeek& node, Inputs inputs,
                    BuildEnv& env)
      : MultiplyOperator(op, std::move(child), {node.slot, node.from, node.to}, env),
        node_(node),
        inputs_(std::move(inputs)),
        equals_(inputs_.equals.size()),
        is_relationship_(node.from != kNoSlot || node.to != kNoSlot),
        first_property_(NameKind::kProperty, node.properties.front()),
        give_slot_(IsLive(node.slot)),
        give_from_(node.from != kNoSlot && IsLive(node.from)),
        give_to_(node.to != kNoSlot && IsLive(node.to)) {}

 protected:
  Status BeginBatch(const Batch& input) override {
    const Rows all = Rows::All(input.rows);
    for (size_t i = 0; i < equals_.size(); ++i) {
      GESTA_RETURN_IF_ERROR(inputs_.equals[i]->Eval(input, all, &equals_[i]));
    }
    if (inputs_.in) GESTA_RETURN_IF_ERROR(inputs_.in->Eval(input, all, &in_));
    if (inputs_.starts_with) {
      GESTA_RETURN_IF_ERROR(inputs_.starts_with->Eval(input, all, &starts_with_));
    }
    if (inputs_.lower) GESTA_RETURN_IF_ERROR(inputs_.lower->Eval(input, all, &lower_));
    if (inputs_.upper) GESTA_RETURN_IF_ERROR(inputs_.upper->Eval(input, all, &upper_));
    return {};
  }

  Status BeginRow(const Batch&, size_t row) override {
    cursor_.reset();
    ranges_.clear();
    next_range_ = 0;
    like_ = nullptr;
    if (!equals_.empty()) {
      AddEquals(row);
    } else if (inputs_.in) {
      return AddIn(in_[row]);
    } else if (inputs_.starts_with) {
      if (starts_with_[row].type() == ValueType::kString) {
        IndexRange range;
        range.string_prefix = std::string(starts_with_[row].AsString());
        ranges_.push_back(std::move(range));
      }
    } else if (inputs_.lower || inputs_.upper) {
      AddRange(inputs_.lower ? &lower_[row] : nullptr, inputs_.upper ? &upper_[row] : nullptr);
    } else {
      ranges_.emplace_back();
    }
    return {};
  }

  Result<size_t> Fill(const Batch&, size_t, size_t n, Batch* out) override {
    size_t filled = 0;
    while (filled < n) {
      if (!cursor_) {
        if (next_range_ == ranges_.size()) break;
        IndexRange& range = ranges_[next_range_++];
        range.descending = node_.descending;
        GESTA_ASSIGN_OR_RETURN(cursor_, context_->transaction()->ScanIndex(node_.index, range));
      }
      ids_.resize(n - filled);
      GESTA_ASSIGN_OR_RETURN(const size_t got, cursor_->Next(ids_.data(), ids_.size()));
      if (got == 0) {
        cursor_.reset();
        continue;
      }
      for (size_t i = 0; i < got; ++i) {
        GESTA_ASSIGN_OR_RETURN(const bool given, Give(ids_[i], out));
        filled += given;
      }
    }
    return filled;
  }

 private:
  void AddEquals(size_t row) {
    IndexRange::Bound bound;
    for (const View& view : equals_) {
      if (!CanEqual(view[row])) return;
      bound.values.push_back(view[row]);
    }
    AddExactly(std::move(bound));
  }

  void AddExactly(IndexRange::Bound bound) {
    IndexRange range;
    range.lower = bound;
    range.upper = std::move(bound);
    ranges_.push_back(std::move(range));
  }

  Status AddIn(const Value& value) {
    GESTA_ASSIGN_OR_RETURN(const List* list, ListOrNull(value));
    if (!list) return {};
    List wanted;
    for (const Value& one : *list) {
      if (CanEqual(one)) wanted.push_back(one);
    }
    // In index order, each once.
    std::sort(wanted.begin(), wanted.end(),
              [](const Value& a, const Value& b) { return Order(a, b) < 0; });
    wanted.erase(std::unique(wanted.begin(), wanted.end(), Equivalent), wanted.end());
    for (Value& one : wanted) AddExactly({{std::move(one)}, true});
    return {};
  }

  // Null bounds are absent. A comparison holds only among values of one kind, and the index holds
  // all kinds in one order, so the open side is closed at the kind's end where that has a value;
  // for the other kinds each entity is looked at.
  void AddRange(const Value* lower, const Value* upper) {
    const Value& sample = lower ? *lower : *upper;
    if (!CanEqual(sample)) return;
    if (lower && upper && gesta::Compare(*lower, *upper) >= Comparison::kNan) return;
    IndexRange range;
    if (lower) range.lower = IndexRange::Bound{{*lower}, node_.lower_inclusive};
    if (upper) range.upper = IndexRange::Bound{{*upper}, node_.upper_inclusive};
    const double infinity = std::numeric_limits<double>::infinity();
    Value least;
    Value greatest;
    bool greatest_inclusive = true;
    switch (sample.type()) {
      case ValueType::kInteger:
      case ValueType::kFloat:
        least = Value::Float(-infinity);
        greatest = Value::Float(infinity);
        break;
      case ValueType::kBoolean:
        least = Value::Boolean(false);
        greatest = Value::Boolean(true);
        break;
      case ValueType::kString:
        least = Value::String("");
        greatest = Value::Boolean(false);  // what comes next in the order
        greatest_inclusive = false;
        break;
      default:
        like_ = &sample;
        break;
    }
    if (!like_ && !lower) range.lower = IndexRange::Bound{{least}, true};
    if (!like_ && !upper) range.upper = IndexRange::Bound{{greatest}, greatest_inclusive};
    ranges_.push_back(std::move(range));
  }

  // Appends the entity unless a look at its value says otherwise.
  Result<bool> Give(uint64_t id, Batch* out) {
    Transaction& transaction = *context_->transaction();
    if (like_) {
      const NameId key = first_property_.Find(transaction);
      auto value = is_relationship_ ? transaction.GetRelationshipProperty(id, key)
                                    : transaction.GetNodeProperty(id, key);
      if (!value.ok()) return value.status();
      if (gesta::Compare(*value, *like_) >= Comparison::kNan) return false;
    }
    if (give_slot_) {
      out->columns[node_.slot].push_back(is_relationship_ ? Value::Relationship(id)
                                                          : Value::Node(id));
    }
    if (give_from_ || give_to_) {
      GESTA_ASSIGN_OR_RETURN(const RelationshipRecord record, transaction.GetRelationship(id));
      if (give_from_) out->columns[node_.from].push_back(Value::Node(record.start));
      if (give_to_) out->columns[node_.to].push_back(Value::Node(record.end));
    }
    return true;
  }

  const OpIndexSeek& node_;
  Inputs inputs_;
  std::vector<View> equals_;
  View in_;
  View starts_with_;
  View lower_;
  View upper_;
  const bool is_relationship_;
  NameRef first_property_;
  const bool give_slot_;
  const bool give_from_;
  const bool give_to_;
  std::vector<IndexRange> ranges_;  // of the current row
  size_t next_range_ = 0;
  std::unique_ptr<IdCursor> cursor_;
  const Value* like_ = nullptr;  // set: only values that compare with this one
  std::vector<uint64_t> ids_;
};

}  // namespace

Result<OperatorPtr> Build(const OpIndexSeek& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  IndexSeekOperator::Inputs inputs;
  GESTA_ASSIGN_OR_RETURN(inputs.equals, MakeExpressions(node.equals, env.context));
  GESTA_ASSIGN_OR_RETURN(inputs.in, MakeOptional(node.in, env.context));
  GESTA_ASSIGN_OR_RETURN(inputs.starts_with, MakeOptional(node.starts_with, env.context));
  GESTA_ASSIGN_OR_RETURN(inputs.lower, MakeOptional(node.lower, env.context));
  GESTA_ASSIGN_OR_RETURN(inputs.upper, MakeOptional(node.upper, env.context));
  return OperatorPtr(
      std::make_unique<IndexSeekOperator>(op, std::move(child), node, std::move(inputs), env));
}

}  // namespace gesta::execute
