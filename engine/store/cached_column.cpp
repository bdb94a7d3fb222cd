// Reading many values from a cached column.
#include "gesta/graph_cache.h"

namespace gesta {
namespace {

Value FloatOfBits(int64_t bits) {
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return Value::Float(value);
}

}  // namespace

void CachedColumn::Gather(const uint64_t* ids, size_t n, Value* out,
                          std::vector<uint32_t>* unknown) const {
  // The loop once for each kind of value, so that it does not ask in every round.
  const auto gather_bits = [&](auto make) {
    for (size_t i = 0; i < n; ++i) {
      if (!Knows(ids[i])) {
        unknown->push_back(static_cast<uint32_t>(i));
        continue;
      }
      const int64_t* bits = FindBits(ids[i]);
      out[i] = bits ? make(*bits) : Value();
    }
  };
  switch (type()) {
    case ValueType::kInteger:
      return gather_bits([](int64_t bits) { return Value::Integer(bits); });
    case ValueType::kFloat:
      return gather_bits(FloatOfBits);
    case ValueType::kBoolean:
      return gather_bits([](int64_t bits) { return Value::Boolean(bits != 0); });
    case ValueType::kDate:
      return gather_bits([](int64_t bits) { return Value::Date(bits); });
    default:
      break;
  }
  for (size_t i = 0; i < n; ++i) {
    if (!Knows(ids[i])) {
      unknown->push_back(static_cast<uint32_t>(i));
      continue;
    }
    const Value* value = FindValue(ids[i]);
    out[i] = value ? *value : Value();
  }
}

}  // namespace gesta
