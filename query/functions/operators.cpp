// Operators on values: arithmetic, comparison, membership, strings, subscripts.
#include "functions/operators.h"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "functions/errors.h"
#include "functions/temporal.h"

namespace gesta {
namespace {

Status WrongOperands(std::string_view operation, const Value& a, const Value& b) {
  return TypeError("InvalidArgumentType", "cannot " + std::string(operation) + " " +
                                              TypeInWords(a) + " and " + TypeInWords(b));
}

Status Overflow(const Value& a, char symbol, const Value& b) {
  return ArithmeticError("NumberOverflow", "the result of " + ToText(a, true) + " " + symbol + " " +
                                               ToText(b, true) + " does not fit into 64 bits");
}

Status DivisionByZero(const Value& a, char symbol, const Value& b) {
  return ArithmeticError("DivisionByZero", "division by zero: " + ToText(a, true) + " " + symbol +
                                               " " + ToText(b, true));
}

bool EitherNull(const Value& a, const Value& b) { return a.IsNull() || b.IsNull(); }
bool BothNumbers(const Value& a, const Value& b) { return a.IsNumber() && b.IsNumber(); }

Status TooLongString() {
  return ArgumentError("NumberOutOfRange", "a string cannot be longer than " +
                                               std::to_string(kMaxStringBytes) + " bytes");
}

Status TooLongList() {
  return ArgumentError("NumberOutOfRange", "a list cannot have more than " +
                                               std::to_string(kMaxListElements) + " elements");
}

Result<Value> Concatenate(std::string_view a, std::string_view b) {
  if (a.size() + b.size() > kMaxStringBytes) return TooLongString();
  std::string text;
  text.reserve(a.size() + b.size());
  text.append(a);
  text.append(b);
  return Value::String(text);
}

// What may stand beside a string in +.
bool JoinsStrings(const Value& v) {
  return v.type() == ValueType::kString || v.type() == ValueType::kBoolean || v.IsNumber() ||
         v.IsTemporal();
}

Result<Value> AddLists(const Value& a, const Value& b) {
  auto size = [](const Value& v) {
    return v.type() == ValueType::kList ? v.AsList().size() : size_t{1};
  };
  if (size(a) + size(b) > kMaxListElements) return TooLongList();
  List items;
  items.reserve(size(a) + size(b));
  for (const Value* part : {&a, &b}) {
    if (part->type() == ValueType::kList) {
      items.insert(items.end(), part->AsList().begin(), part->AsList().end());
    } else {
      items.push_back(*part);
    }
  }
  return CheckDepth(Value::MakeList(std::move(items)));
}

}  // namespace

Result<Value> CheckDepth(Value value) {
  if (value.depth() <= Value::kMaxDepth) return value;
  return ArgumentError("InvalidArgumentValue", "lists and maps cannot be nested more than " +
                                                   std::to_string(Value::kMaxDepth) +
                                                   " levels deep");
}

// ---- arithmetic ---------------------------------------------------------------------------------

namespace operators {

Result<Value> AddGeneral(const Value& a, const Value& b) {
  if (EitherNull(a, b)) return Value();
  if (BothIntegers(a, b)) return Overflow(a, '+', b);  // the caller has tried the sum
  if (BothNumbers(a, b)) return Value::Float(a.AsNumber() + b.AsNumber());
  if (a.type() == ValueType::kList || b.type() == ValueType::kList) return AddLists(a, b);
  if (a.type() == ValueType::kString && b.type() == ValueType::kString) {
    return Concatenate(a.AsString(), b.AsString());
  }
  if (a.type() == ValueType::kString && JoinsStrings(b)) {
    return Concatenate(a.AsString(), ToText(b, false));
  }
  if (b.type() == ValueType::kString && JoinsStrings(a)) {
    return Concatenate(ToText(a, false), b.AsString());
  }
  if (a.IsTemporal() && b.IsTemporal()) return TemporalAdd(a, b);
  return WrongOperands("add", a, b);
}

Result<Value> SubtractGeneral(const Value& a, const Value& b) {
  if (EitherNull(a, b)) return Value();
  if (BothIntegers(a, b)) return Overflow(a, '-', b);
  if (BothNumbers(a, b)) return Value::Float(a.AsNumber() - b.AsNumber());
  if (a.IsTemporal() && b.IsTemporal()) return TemporalSubtract(a, b);
  return TypeError("InvalidArgumentType",
                   "cannot subtract " + TypeInWords(b) + " from " + TypeInWords(a));
}

Result<Value> MultiplyGeneral(const Value& a, const Value& b) {
  if (EitherNull(a, b)) return Value();
  if (BothIntegers(a, b)) return Overflow(a, '*', b);
  if (BothNumbers(a, b)) return Value::Float(a.AsNumber() * b.AsNumber());
  if (a.type() == ValueType::kDuration && b.IsNumber()) return TemporalMultiply(a, b.AsNumber());
  if (a.IsNumber() && b.type() == ValueType::kDuration) return TemporalMultiply(b, a.AsNumber());
  return WrongOperands("multiply", a, b);
}

Value LessGeneral(const Value& a, const Value& b) {
  const Comparison c = Compare(a, b);
  return c == Comparison::kIncomparable ? Value() : Value::Boolean(c == Comparison::kLess);
}

Value LessEqualGeneral(const Value& a, const Value& b) {
  const Comparison c = Compare(a, b);
  if (c == Comparison::kIncomparable) return Value();
  return Value::Boolean(c == Comparison::kLess || c == Comparison::kEqual);
}

}  // namespace operators

Result<Value> Divide(const Value& a, const Value& b) {
  if (operators::BothIntegers(a, b)) {
    if (b.AsInteger() == 0) return DivisionByZero(a, '/', b);
    if (b.AsInteger() == -1) {
      // The one quotient that overflows is the smallest integer's by -1.
      if (a.AsInteger() == INT64_MIN) return Overflow(a, '/', b);
      return Value::Integer(-a.AsInteger());
    }
    return Value::Integer(a.AsInteger() / b.AsInteger());
  }
  if (EitherNull(a, b)) return Value();
  if (BothNumbers(a, b)) return Value::Float(a.AsNumber() / b.AsNumber());
  if (a.type() == ValueType::kDuration && b.IsNumber()) {
    if (b.AsNumber() == 0) return DivisionByZero(a, '/', b);
    return TemporalDivide(a, b.AsNumber());
  }
  return TypeError("InvalidArgumentType",
                   "cannot divide " + TypeInWords(a) + " by " + TypeInWords(b));
}

Result<Value> Modulo(const Value& a, const Value& b) {
  if (operators::BothIntegers(a, b)) {
    if (b.AsInteger() == 0) return DivisionByZero(a, '%', b);
    if (b.AsInteger() == -1) return Value::Integer(0);  // INT64_MIN % -1 would trap
    return Value::Integer(a.AsInteger() % b.AsInteger());
  }
  if (EitherNull(a, b)) return Value();
  if (BothNumbers(a, b)) return Value::Float(std::fmod(a.AsNumber(), b.AsNumber()));
  return TypeError("InvalidArgumentType",
                   "cannot divide " + TypeInWords(a) + " by " + TypeInWords(b));
}

Result<Value> Power(const Value& a, const Value& b) {
  if (EitherNull(a, b)) return Value();
  if (BothNumbers(a, b)) return Value::Float(std::pow(a.AsNumber(), b.AsNumber()));
  return TypeError("InvalidArgumentType",
                   "cannot raise " + TypeInWords(a) + " to the power of " + TypeInWords(b));
}

Result<Value> Negate(const Value& a) {
  switch (a.type()) {
    case ValueType::kNull:
      return Value();
    case ValueType::kInteger:
      if (a.AsInteger() == INT64_MIN) {
        return ArithmeticError(
            "NumberOverflow", "the result of -(" + ToText(a, true) + ") does not fit into 64 bits");
      }
      return Value::Integer(-a.AsInteger());
    case ValueType::kFloat:
      return Value::Float(-a.AsFloat());
    case ValueType::kDuration:
      return TemporalMultiply(a, -1);
    default:
      return TypeError("InvalidArgumentType", "cannot negate " + TypeInWords(a));
  }
}

// ---- membership and strings ---------------------------------------------------------------------

Result<Value> In(const Value& element, const Value& list) {
  if (list.IsNull()) return Value();
  if (list.type() != ValueType::kList) {
    return TypeError("InvalidArgumentType",
                     "IN needs a list on its right, not " + TypeInWords(list));
  }
  Ternary result = Ternary::kFalse;
  for (const Value& item : list.AsList()) {
    const Ternary equal = Equals(element, item);
    if (equal == Ternary::kTrue) return Value::Boolean(true);
    if (equal == Ternary::kUnknown) result = Ternary::kUnknown;
  }
  return TernaryToValue(result);
}

namespace {

bool BothStrings(const Value& a, const Value& b) {
  return a.type() == ValueType::kString && b.type() == ValueType::kString;
}

}  // namespace

Result<Value> StartsWith(const Value& a, const Value& b) {
  if (!BothStrings(a, b)) return Value();
  return Value::Boolean(a.AsString().substr(0, b.AsString().size()) == b.AsString());
}

Result<Value> EndsWith(const Value& a, const Value& b) {
  if (!BothStrings(a, b)) return Value();
  const std::string_view text = a.AsString();
  const std::string_view end = b.AsString();
  return Value::Boolean(text.size() >= end.size() && text.substr(text.size() - end.size()) == end);
}

Result<Value> Contains(const Value& a, const Value& b) {
  if (!BothStrings(a, b)) return Value();
  return Value::Boolean(a.AsString().find(b.AsString()) != std::string_view::npos);
}

namespace {

// The patterns a thread used last, most recent first. Statements use one or two patterns on many
// rows; compiling is a thousand times a match.
const RE2& CompiledPattern(std::string_view pattern) {
  constexpr size_t kKept = 16;
  thread_local std::vector<std::unique_ptr<RE2>> cache;
  auto it = std::find_if(cache.begin(), cache.end(),
                         [&](const auto& regex) { return regex->pattern() == pattern; });
  if (it == cache.end()) {
    RE2::Options options;
    options.set_log_errors(false);
    if (cache.size() == kKept) cache.pop_back();
    cache.push_back(
        std::make_unique<RE2>(re2::StringPiece(pattern.data(), pattern.size()), options));
    it = std::prev(cache.end());
  }
  std::rotate(cache.begin(), it, std::next(it));
  return *cache.front();
}

}  // namespace

Result<Value> RegexMatch(const Value& text, const Value& pattern) {
  if (pattern.IsNull() || text.type() != ValueType::kString) return Value();
  if (pattern.type() != ValueType::kString) {
    return TypeError("InvalidArgumentType",
                     "=~ needs a string with a regular expression on its "
                     "right, not " +
                         TypeInWords(pattern));
  }
  const RE2& regex = CompiledPattern(pattern.AsString());
  if (!regex.ok()) {
    return ArgumentError(
        "InvalidRegularExpression",
        "the regular expression " + ToText(pattern, true) + " is not valid: " + regex.error());
  }
  const std::string_view subject = text.AsString();
  return Value::Boolean(RE2::FullMatch(re2::StringPiece(subject.data(), subject.size()), regex));
}

// ---- subscripts ---------------------------------------------------------------------------------

namespace {

Result<Value> ListElement(const List& list, const Value& index) {
  if (index.type() != ValueType::kInteger) {
    return TypeError("ListElementAccessByNonInteger",
                     "a list is indexed with an INTEGER, not " + TypeInWords(index));
  }
  const auto size = static_cast<int64_t>(list.size());
  const int64_t i = index.AsInteger();
  if (i >= size || i < -size) return Value();
  return list[static_cast<size_t>(i < 0 ? i + size : i)];
}

}  // namespace

Result<Value> Subscript(const Value& container, const Value& index) {
  if (EitherNull(container, index)) return Value();
  if (container.type() == ValueType::kList) return ListElement(container.AsList(), index);
  if (container.type() == ValueType::kMap) {
    if (index.type() != ValueType::kString) {
      return TypeError("MapElementAccessByNonString",
                       "a map is indexed with a STRING, not " + TypeInWords(index));
    }
    const Value* found = container.AsMap().Find(index.AsString());
    return found ? *found : Value();
  }
  if (container.IsTemporal() && index.type() == ValueType::kString) {
    return TemporalComponent(container, index.AsString());
  }
  return TypeError("InvalidArgumentType", "cannot take an element of " + TypeInWords(container),
                   "only lists, maps, nodes and relationships have elements");
}

Result<Value> Slice(const Value& list, const Value* from, const Value* to) {
  if (list.IsNull() || (from && from->IsNull()) || (to && to->IsNull())) return Value();
  if (list.type() != ValueType::kList) {
    return TypeError("InvalidArgumentType", "cannot take a slice of " + TypeInWords(list));
  }
  for (const Value* bound : {from, to}) {
    if (bound && bound->type() != ValueType::kInteger) {
      return TypeError("ListElementAccessByNonInteger",
                       "the bounds of a slice are INTEGERs, not " + TypeInWords(*bound));
    }
  }
  const List& items = list.AsList();
  const auto size = static_cast<int64_t>(items.size());
  auto position = [size](const Value* bound, int64_t absent) {
    if (!bound) return absent;
    const int64_t i = bound->AsInteger();
    return i < 0 ? std::max<int64_t>(0, i < -size ? 0 : i + size) : std::min(i, size);
  };
  const int64_t begin = position(from, 0);
  const int64_t end = position(to, size);
  if (begin == 0 && end == size) return list;
  if (begin >= end) return Value::MakeList({});
  return Value::MakeList(List(items.begin() + begin, items.begin() + end));
}

Result<Value> GetComponent(const Value& value, std::string_view key) {
  if (value.IsNull()) return Value();
  if (value.type() == ValueType::kMap) {
    const Value* found = value.AsMap().Find(key);
    return found ? *found : Value();
  }
  if (value.IsTemporal()) return TemporalComponent(value, key);
  return TypeError("InvalidArgumentType",
                   TypeInWords(value) + " has no property " + QuoteName(key));
}

}  // namespace gesta
