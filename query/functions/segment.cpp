// Functions on segments of time.
#include <algorithm>
#include <cmath>
#include <optional>

#include "functions/errors.h"
#include "functions/registry.h"

namespace gesta {
namespace {

constexpr const char* kNeeds =
    "segments: lists [start, end], or nodes, relationships or maps with start and end";

// A property of a map or entity; null where it has none.
Result<Value> Member(EvaluationContext& context, const Value& value, std::string_view name) {
  if (value.type() == ValueType::kMap) {
    const Value* found = value.AsMap().Find(name);
    return found == nullptr ? Value::Null() : *found;
  }
  if (value.IsMaterialised()) {
    const bool node = value.type() == ValueType::kNode;
    const Map& properties = node ? value.AsNode().properties : value.AsRelationship().properties;
    const Value* found = properties.Find(name);
    return found == nullptr ? Value::Null() : *found;
  }
  Transaction* const graph = context.transaction();
  if (graph == nullptr) {
    return Status(StatusCode::kInternal, "a graph function was called where there is no graph");
  }
  const NameId key = graph->FindName(NameKind::kProperty, name);
  if (key == kNoName) return Value::Null();
  return value.type() == ValueType::kNode ? graph->GetNodeProperty(value.EntityId(), key)
                                          : graph->GetRelationshipProperty(value.EntityId(), key);
}

struct Span {
  double start = 0;
  double end = 0;
};

// None: an end is null.
Result<std::optional<Span>> ToSpan(const Value& start, const Value& end) {
  if (start.IsNull() || end.IsNull()) return std::optional<Span>();
  for (const Value* value : {&start, &end}) {
    if (!value->IsNumber()) return WrongArgument("tiou", "numbers as start and end", *value);
  }
  return std::optional<Span>({start.AsNumber(), end.AsNumber()});
}

Result<std::optional<Span>> ToSpan(EvaluationContext& context, const Value& value) {
  switch (value.type()) {
    case ValueType::kList:
      if (value.AsList().size() != 2) break;
      return ToSpan(value.AsList()[0], value.AsList()[1]);
    case ValueType::kMap:
    case ValueType::kNode:
    case ValueType::kRelationship: {
      GESTA_ASSIGN_OR_RETURN(const Value start, Member(context, value, "start"));
      GESTA_ASSIGN_OR_RETURN(const Value end, Member(context, value, "end"));
      return ToSpan(start, end);
    }
    default:
      break;
  }
  return WrongArgument("tiou", kNeeds, value);
}

// Intersection over union of two segments of time: 0 where they do not overlap, where one is empty
// (its end is not after its start), and null where a time is missing.
Result<Value> Tiou(EvaluationContext& context, const Value* arguments, size_t count) {
  if (count == 3) {
    return ArgumentError("InvalidNumberOfArguments",
                         "tiou() takes two segments, or start and end of each: four numbers");
  }
  std::optional<Span> a, b;
  if (count == 2) {
    GESTA_ASSIGN_OR_RETURN(a, ToSpan(context, arguments[0]));
    GESTA_ASSIGN_OR_RETURN(b, ToSpan(context, arguments[1]));
  } else {
    GESTA_ASSIGN_OR_RETURN(a, ToSpan(arguments[0], arguments[1]));
    GESTA_ASSIGN_OR_RETURN(b, ToSpan(arguments[2], arguments[3]));
  }
  if (!a || !b) return Value::Null();
  const double shared = std::min(a->end, b->end) - std::max(a->start, b->start);
  if (!(shared > 0)) return Value::Float(0);
  return Value::Float(shared / ((a->end - a->start) + (b->end - b->start) - shared));
}

}  // namespace

void RegisterSegmentFunctions(FunctionRegistry& registry) {
  registry.Add({"tiou",
                2,
                4,
                {ArgumentKind::kAny},
                Volatility::kGraph,
                true,
                &Tiou,
                "tiou(segment, segment) -> FLOAT, tiou(start, end, start, end) -> FLOAT",
                "Temporal intersection over union of two segments of time"});
}

}  // namespace gesta
