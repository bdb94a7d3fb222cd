// Functions on lists: size, head, last, tail, reverse, range, isEmpty. size, reverse and isEmpty
// take strings too.
#include <algorithm>

#include "functions/errors.h"
#include "functions/operators.h"
#include "functions/registry.h"
#include "functions/text.h"

namespace gesta {
namespace {

Result<Value> Size(EvaluationContext&, const Value* arguments, size_t) {
  const Value& value = arguments[0];
  if (value.type() == ValueType::kList) {
    return Value::Integer(static_cast<int64_t>(value.AsList().size()));
  }
  if (value.type() == ValueType::kString) {
    return Value::Integer(static_cast<int64_t>(text::CountCodePoints(value.AsString())));
  }
  return WrongArgument(
      "size", "a list or a string", value,
      value.type() == ValueType::kPath ? "length() gives the length of a path" : "");
}

Result<Value> Head(EvaluationContext&, const Value* arguments, size_t) {
  if (arguments[0].type() != ValueType::kList) return WrongArgument("head", "a list", arguments[0]);
  const List& list = arguments[0].AsList();
  return list.empty() ? Value() : list.front();
}

Result<Value> Last(EvaluationContext&, const Value* arguments, size_t) {
  if (arguments[0].type() != ValueType::kList) return WrongArgument("last", "a list", arguments[0]);
  const List& list = arguments[0].AsList();
  return list.empty() ? Value() : list.back();
}

Result<Value> Tail(EvaluationContext&, const Value* arguments, size_t) {
  if (arguments[0].type() != ValueType::kList) return WrongArgument("tail", "a list", arguments[0]);
  const List& list = arguments[0].AsList();
  if (list.size() < 2) return Value::MakeList({});
  return Value::MakeList(List(list.begin() + 1, list.end()));
}

Result<Value> Reverse(EvaluationContext&, const Value* arguments, size_t) {
  const Value& value = arguments[0];
  if (value.type() == ValueType::kString) return Value::String(text::Reverse(value.AsString()));
  if (value.type() == ValueType::kList) {
    return Value::MakeList(List(value.AsList().rbegin(), value.AsList().rend()));
  }
  return WrongArgument("reverse", "a list or a string", value);
}

Result<Value> IsEmpty(EvaluationContext&, const Value* arguments, size_t) {
  const Value& value = arguments[0];
  switch (value.type()) {
    case ValueType::kList:
      return Value::Boolean(value.AsList().empty());
    case ValueType::kMap:
      return Value::Boolean(value.AsMap().empty());
    case ValueType::kString:
      return Value::Boolean(value.AsString().empty());
    default:
      return WrongArgument("isEmpty", "a list, a map or a string", value);
  }
}

// range(start, end[, step]): both ends included.
Result<Value> Range(EvaluationContext&, const Value* arguments, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (arguments[i].type() != ValueType::kInteger) {
      return ArgumentError("InvalidArgumentType",
                           "range() needs integers, not " + TypeInWords(arguments[i]));
    }
  }
  const int64_t start = arguments[0].AsInteger();
  const int64_t end = arguments[1].AsInteger();
  const int64_t step = count > 2 ? arguments[2].AsInteger() : 1;
  if (step == 0) {
    return ArgumentError("NumberOutOfRange", "the step of range() must not be zero");
  }
  if (step > 0 ? start > end : start < end) return Value::MakeList({});
  // Distances are taken unsigned: they may exceed INT64_MAX.
  const uint64_t distance = step > 0 ? static_cast<uint64_t>(end) - static_cast<uint64_t>(start)
                                     : static_cast<uint64_t>(start) - static_cast<uint64_t>(end);
  const uint64_t stride = step > 0 ? static_cast<uint64_t>(step) : 0 - static_cast<uint64_t>(step);
  const uint64_t steps = distance / stride;
  if (steps >= kMaxListElements) {
    return ArgumentError("NumberOutOfRange", "range() would make a list of more than " +
                                                 std::to_string(kMaxListElements) + " elements");
  }
  List items;
  items.reserve(steps + 1);
  int64_t value = start;
  for (uint64_t i = 0;; ++i) {
    items.push_back(Value::Integer(value));
    if (i == steps) break;
    value += step;
  }
  return Value::MakeList(std::move(items));
}

}  // namespace

void RegisterListFunctions(FunctionRegistry& registry) {
  using K = ArgumentKind;
  constexpr auto kDeterministic = Volatility::kDeterministic;
  registry.Add({"size",
                1,
                1,
                {K::kStringOrList},
                kDeterministic,
                true,
                &Size,
                "size(list | string) -> INTEGER",
                "The number of elements of a list or characters of a string"});
  registry.Add({"head",
                1,
                1,
                {K::kList},
                kDeterministic,
                true,
                &Head,
                "head(list) -> ANY",
                "The first element, null if the list is empty"});
  registry.Add({"last",
                1,
                1,
                {K::kList},
                kDeterministic,
                true,
                &Last,
                "last(list) -> ANY",
                "The last element, null if the list is empty"});
  registry.Add({"tail",
                1,
                1,
                {K::kList},
                kDeterministic,
                true,
                &Tail,
                "tail(list) -> LIST",
                "All elements but the first"});
  registry.Add({"reverse",
                1,
                1,
                {K::kStringOrList},
                kDeterministic,
                true,
                &Reverse,
                "reverse(list | string) -> LIST | STRING",
                "The elements or characters in reverse order"});
  registry.Add({"isEmpty",
                1,
                1,
                {},
                kDeterministic,
                true,
                &IsEmpty,
                "isEmpty(list | map | string) -> BOOLEAN",
                "Whether the list, map or string holds nothing"});
  // The argument types are left to range() itself: openCypher makes them a runtime error.
  registry.Add({"range",
                2,
                3,
                {},
                kDeterministic,
                true,
                &Range,
                "range(start, end [, step]) -> LIST<INTEGER>",
                "The integers from start to end, both included"});
}

}  // namespace gesta
