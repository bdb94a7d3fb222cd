// Functions that fit no other family: coalesce, exists, nullIf, valueType, randomUUID, timestamp.
#include "functions/errors.h"
#include "functions/registry.h"

namespace gesta {
namespace {

Result<Value> Coalesce(EvaluationContext&, const Value* arguments, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (!arguments[i].IsNull()) return arguments[i];
  }
  return Value();
}

Result<Value> Exists(EvaluationContext&, const Value* arguments, size_t) {
  return Value::Boolean(!arguments[0].IsNull());
}

Result<Value> NullIf(EvaluationContext&, const Value* arguments, size_t) {
  return Equals(arguments[0], arguments[1]) == Ternary::kTrue ? Value() : arguments[0];
}

Result<Value> TypeName(EvaluationContext&, const Value* arguments, size_t) {
  return Value::String(ValueTypeName(arguments[0].type()));
}

Result<Value> RandomUuid(EvaluationContext& context, const Value*, size_t) {
  return Value::String(context.RandomUuid());
}

Result<Value> Timestamp(EvaluationContext& context, const Value*, size_t) {
  return Value::Integer(context.NowEpochSeconds() * 1'000 + context.NowNanos() / 1'000'000);
}

}  // namespace

void RegisterScalarFunctions(FunctionRegistry& registry) {
  using V = Volatility;
  registry.Add({"coalesce",
                1,
                -1,
                {},
                V::kDeterministic,
                false,
                &Coalesce,
                "coalesce(value, …) -> ANY",
                "The first argument that is not null"});
  registry.Add({"exists",
                1,
                1,
                {},
                V::kDeterministic,
                false,
                &Exists,
                "exists(entity.property) -> BOOLEAN",
                "Whether the property is there"});
  registry.Add({"nullIf",
                2,
                2,
                {},
                V::kDeterministic,
                false,
                &NullIf,
                "nullIf(a, b) -> ANY",
                "Null if a = b, otherwise a"});
  registry.Add({"valueType",
                1,
                1,
                {},
                V::kDeterministic,
                false,
                &TypeName,
                "valueType(value) -> STRING",
                "The name of the value's type"});
  registry.Add({"randomUUID",
                0,
                0,
                {},
                V::kVolatile,
                false,
                &RandomUuid,
                "randomUUID() -> STRING",
                "A new random identifier (UUID, version 4)"});
  registry.Add({"timestamp",
                0,
                0,
                {},
                V::kStatement,
                false,
                &Timestamp,
                "timestamp() -> INTEGER",
                "Milliseconds since 1970-01-01 UTC at the statement's start"});
}

}  // namespace gesta
