// The relations between values: equality (=), comparability (<), orderability (ORDER BY),
// equivalence (DISTINCT, grouping) and the hash that agrees with it.
//
// Integers and floats are compared exactly: an integer is never rounded to a float, so 2^53 + 1 is
// greater than 2^53 as a float.
#include <algorithm>
#include <cmath>
#include <functional>

#include "gesta/value.h"

namespace gesta {
namespace {

template <typename T>
int ThreeWay(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

int ThreeWay(std::string_view a, std::string_view b) {
  int c = a.compare(b);
  return c < 0 ? -1 : (c > 0 ? 1 : 0);
}

// Neither NaN.
int CompareIntFloat(int64_t a, double b) {
  constexpr double kTwo63 = 9223372036854775808.0;
  if (b >= kTwo63) return -1;
  if (b < -kTwo63) return 1;
  // In range, so the truncated part converts exactly; what is left decides ties.
  auto whole = static_cast<int64_t>(b);
  if (a != whole) return a < whole ? -1 : 1;
  return ThreeWay(0.0, b - static_cast<double>(whole));
}

// Precondition: both numbers, neither NaN.
int CompareNumbers(const Value& a, const Value& b) {
  const bool a_int = a.type() == ValueType::kInteger;
  const bool b_int = b.type() == ValueType::kInteger;
  if (a_int && b_int) return ThreeWay(a.AsInteger(), b.AsInteger());
  if (!a_int && !b_int) return ThreeWay(a.AsFloat(), b.AsFloat());
  return a_int ? CompareIntFloat(a.AsInteger(), b.AsFloat())
               : -CompareIntFloat(b.AsInteger(), a.AsFloat());
}

bool IsNan(const Value& v) { return v.type() == ValueType::kFloat && std::isnan(v.AsFloat()); }

// Temporal values of the same instant differ by their offset, then by their zone's name, so that
// the order is total and agrees with equality.
int CompareDateTimes(const DateTimeData& a, const DateTimeData& b) {
  if (int c = ThreeWay(a.epoch_seconds, b.epoch_seconds)) return c;
  if (int c = ThreeWay(a.nanos, b.nanos)) return c;
  if (int c = ThreeWay(a.offset_seconds, b.offset_seconds)) return c;
  return ThreeWay(std::string_view(a.zone), std::string_view(b.zone));
}

int CompareTimes(const Value& a, const Value& b) {
  auto instant = [](const Value& v) { return v.TimeNanos() - v.TimeOffset() * 1'000'000'000LL; };
  if (int c = ThreeWay(instant(a), instant(b))) return c;
  return ThreeWay(a.TimeOffset(), b.TimeOffset());
}

// Durations have no natural order; they are sorted by average length (a month is a twelfth of the
// Gregorian mean year), then by their components.
int OrderDurations(const DurationData& a, const DurationData& b) {
  auto seconds = [](const DurationData& d) {
    return static_cast<__int128>(d.months) * 2'629'746 + static_cast<__int128>(d.days) * 86'400 +
           d.seconds;
  };
  if (int c = ThreeWay(seconds(a), seconds(b))) return c;
  if (int c = ThreeWay(a.nanos, b.nanos)) return c;
  if (int c = ThreeWay(a.months, b.months)) return c;
  return ThreeWay(a.days, b.days);
}

bool SameDuration(const DurationData& a, const DurationData& b) {
  return a.months == b.months && a.days == b.days && a.seconds == b.seconds && a.nanos == b.nanos;
}

// Precondition: the same temporal type, not duration.
int CompareTemporal(const Value& a, const Value& b) {
  switch (a.type()) {
    case ValueType::kDate:
      return ThreeWay(a.DateDays(), b.DateDays());
    case ValueType::kLocalTime:
      return ThreeWay(a.TimeNanos(), b.TimeNanos());
    case ValueType::kTime:
      return CompareTimes(a, b);
    case ValueType::kLocalDateTime:
      if (int c = ThreeWay(a.LocalEpochSeconds(), b.LocalEpochSeconds())) return c;
      return ThreeWay(a.LocalNanos(), b.LocalNanos());
    default:
      return CompareDateTimes(a.AsDateTime(), b.AsDateTime());
  }
}

// A path as the sequence node, relationship, node, …: its ids, for order, equality and hash.
size_t PathLength(const PathData& path) { return path.nodes.size() + path.relationships.size(); }
uint64_t PathElement(const PathData& path, size_t i) {
  return (i % 2 == 0 ? path.nodes[i / 2] : path.relationships[i / 2]).EntityId();
}

int OrderPaths(const PathData& a, const PathData& b) {
  const size_t shared = std::min(PathLength(a), PathLength(b));
  for (size_t i = 0; i < shared; ++i) {
    if (int c = ThreeWay(PathElement(a, i), PathElement(b, i))) return c;
  }
  return ThreeWay(PathLength(a), PathLength(b));
}

Ternary ToTernary(bool b) { return b ? Ternary::kTrue : Ternary::kFalse; }

Ternary ListsEqual(const List& a, const List& b) {
  if (a.size() != b.size()) return Ternary::kFalse;
  Ternary result = Ternary::kTrue;
  for (size_t i = 0; i < a.size(); ++i) {
    const Ternary equal = Equals(a[i], b[i]);
    if (equal == Ternary::kFalse) return Ternary::kFalse;
    if (equal == Ternary::kUnknown) result = Ternary::kUnknown;
  }
  return result;
}

Ternary MapsEqual(const Map& a, const Map& b) {
  if (a.size() != b.size()) return Ternary::kFalse;
  // Both sorted by key. Keys decide first: maps with different keys are unequal whatever is null.
  for (auto x = a.begin(), y = b.begin(); x != a.end(); ++x, ++y) {
    if (x->first != y->first) return Ternary::kFalse;
  }
  Ternary result = Ternary::kTrue;
  for (auto x = a.begin(), y = b.begin(); x != a.end(); ++x, ++y) {
    const Ternary equal = Equals(x->second, y->second);
    if (equal == Ternary::kFalse) return Ternary::kFalse;
    if (equal == Ternary::kUnknown) result = Ternary::kUnknown;
  }
  return result;
}

int OrderLists(const List& a, const List& b) {
  const size_t shared = std::min(a.size(), b.size());
  for (size_t i = 0; i < shared; ++i) {
    if (int c = Order(a[i], b[i])) return c;
  }
  return ThreeWay(a.size(), b.size());
}

// By size, then by keys, then by values.
int OrderMaps(const Map& a, const Map& b) {
  if (int c = ThreeWay(a.size(), b.size())) return c;
  for (auto x = a.begin(), y = b.begin(); x != a.end(); ++x, ++y) {
    if (int c = ThreeWay(std::string_view(x->first), std::string_view(y->first))) return c;
  }
  for (auto x = a.begin(), y = b.begin(); x != a.end(); ++x, ++y) {
    if (int c = Order(x->second, y->second)) return c;
  }
  return 0;
}

// The place of a value's kind in the order of all values.
int OrderRank(const Value& v) {
  switch (v.type()) {
    case ValueType::kMap:
      return 0;
    case ValueType::kNode:
      return 1;
    case ValueType::kRelationship:
      return 2;
    case ValueType::kList:
      return 3;
    case ValueType::kPath:
      return 4;
    case ValueType::kDateTime:
      return 5;
    case ValueType::kLocalDateTime:
      return 6;
    case ValueType::kDate:
      return 7;
    case ValueType::kTime:
      return 8;
    case ValueType::kLocalTime:
      return 9;
    case ValueType::kDuration:
      return 10;
    case ValueType::kString:
      return 11;
    case ValueType::kBoolean:
      return 12;
    case ValueType::kInteger:
      return 13;
    case ValueType::kFloat:
      return std::isnan(v.AsFloat()) ? 14 : 13;
    case ValueType::kNull:
      return 15;
  }
  return 16;
}

// The finaliser of splitmix64: every input bit reaches every output bit.
uint64_t Mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15ull;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

uint64_t Combine(uint64_t seed, uint64_t next) { return Mix(seed * 31 + next); }

uint64_t HashFloat(double v) {
  constexpr double kTwo63 = 9223372036854775808.0;
  // A whole number hashes as the integer it equals.
  if (v >= -kTwo63 && v < kTwo63 && v == std::trunc(v)) {
    return Mix(static_cast<uint64_t>(static_cast<int64_t>(v)));
  }
  if (std::isnan(v)) return Mix(0x7FF8000000000000ull);
  uint64_t bits;
  std::memcpy(&bits, &v, sizeof bits);
  return Mix(bits);
}

}  // namespace

Ternary Equals(const Value& a, const Value& b) {
  if (a.IsNull() || b.IsNull()) return Ternary::kUnknown;
  if (a.type() != b.type()) {
    if (!a.IsNumber() || !b.IsNumber() || IsNan(a) || IsNan(b)) return Ternary::kFalse;
    return ToTernary(CompareNumbers(a, b) == 0);
  }
  switch (a.type()) {
    case ValueType::kBoolean:
      return ToTernary(a.AsBoolean() == b.AsBoolean());
    case ValueType::kInteger:
      return ToTernary(a.AsInteger() == b.AsInteger());
    case ValueType::kFloat:
      return ToTernary(a.AsFloat() == b.AsFloat());
    case ValueType::kString:
      return ToTernary(a.AsString() == b.AsString());
    case ValueType::kList:
      return ListsEqual(a.AsList(), b.AsList());
    case ValueType::kMap:
      return MapsEqual(a.AsMap(), b.AsMap());
    case ValueType::kNode:
    case ValueType::kRelationship:
      return ToTernary(a.EntityId() == b.EntityId());
    case ValueType::kPath:
      return ToTernary(OrderPaths(a.AsPath(), b.AsPath()) == 0);
    case ValueType::kDuration:
      return ToTernary(SameDuration(a.AsDuration(), b.AsDuration()));
    default:
      return ToTernary(CompareTemporal(a, b) == 0);
  }
}

Comparison Compare(const Value& a, const Value& b) {
  if (a.IsNumber() && b.IsNumber()) {
    if (IsNan(a) || IsNan(b)) return Comparison::kNan;
    return static_cast<Comparison>(CompareNumbers(a, b));
  }
  if (a.type() != b.type()) return Comparison::kIncomparable;
  switch (a.type()) {
    case ValueType::kBoolean:
      return static_cast<Comparison>(ThreeWay(a.AsBoolean(), b.AsBoolean()));
    case ValueType::kString:
      return static_cast<Comparison>(ThreeWay(a.AsString(), b.AsString()));
    case ValueType::kList: {
      // Lexicographic; the first pair that differs, or cannot be compared, decides.
      const List& x = a.AsList();
      const List& y = b.AsList();
      const size_t shared = std::min(x.size(), y.size());
      for (size_t i = 0; i < shared; ++i) {
        const Comparison c = Compare(x[i], y[i]);
        if (c != Comparison::kEqual) return c;
      }
      return static_cast<Comparison>(ThreeWay(x.size(), y.size()));
    }
    case ValueType::kDate:
    case ValueType::kLocalTime:
    case ValueType::kTime:
    case ValueType::kLocalDateTime:
    case ValueType::kDateTime:
      return static_cast<Comparison>(CompareTemporal(a, b));
    default:
      return Comparison::kIncomparable;  // null, maps, entities, paths, durations
  }
}

int Order(const Value& a, const Value& b) {
  if (a.type() == ValueType::kInteger && b.type() == ValueType::kInteger) {
    return ThreeWay(a.AsInteger(), b.AsInteger());
  }
  const int rank = OrderRank(a);
  if (int c = ThreeWay(rank, OrderRank(b))) return c;
  switch (a.type()) {
    case ValueType::kNull:
      return 0;
    case ValueType::kBoolean:
      return ThreeWay(a.AsBoolean(), b.AsBoolean());
    case ValueType::kInteger:
      return CompareNumbers(a, b);
    case ValueType::kFloat:
      return std::isnan(a.AsFloat()) ? 0 : CompareNumbers(a, b);
    case ValueType::kString:
      return ThreeWay(a.AsString(), b.AsString());
    case ValueType::kList:
      return OrderLists(a.AsList(), b.AsList());
    case ValueType::kMap:
      return OrderMaps(a.AsMap(), b.AsMap());
    case ValueType::kNode:
    case ValueType::kRelationship:
      return ThreeWay(a.EntityId(), b.EntityId());
    case ValueType::kPath:
      return OrderPaths(a.AsPath(), b.AsPath());
    case ValueType::kDuration:
      return OrderDurations(a.AsDuration(), b.AsDuration());
    default:
      return CompareTemporal(a, b);
  }
}

bool Equivalent(const Value& a, const Value& b) {
  // Strings of different length are told apart without reading them.
  if (a.type() == ValueType::kString && b.type() == ValueType::kString) {
    return a.AsString() == b.AsString();
  }
  return Order(a, b) == 0;
}

size_t Hash(const Value& value) {
  const auto kind = static_cast<uint64_t>(value.type());
  switch (value.type()) {
    case ValueType::kNull:
      return Mix(0x6E756C6Cull);
    case ValueType::kBoolean:
      return Mix(value.AsBoolean() ? 0xB001 : 0xB000);
    case ValueType::kInteger:
      return Mix(static_cast<uint64_t>(value.AsInteger()));
    case ValueType::kFloat:
      return HashFloat(value.AsFloat());
    case ValueType::kString:
      return std::hash<std::string_view>{}(value.AsString());
    case ValueType::kList: {
      uint64_t h = Mix(kind);
      for (const Value& item : value.AsList()) h = Combine(h, Hash(item));
      return h;
    }
    case ValueType::kMap: {
      uint64_t h = Mix(kind);
      for (const MapEntry& entry : value.AsMap()) {
        h = Combine(h, std::hash<std::string_view>{}(entry.first));
        h = Combine(h, Hash(entry.second));
      }
      return h;
    }
    case ValueType::kNode:
    case ValueType::kRelationship:
      return Combine(kind, value.EntityId());
    case ValueType::kPath: {
      const PathData& path = value.AsPath();
      uint64_t h = Mix(kind);
      for (size_t i = 0; i < PathLength(path); ++i) h = Combine(h, PathElement(path, i));
      return h;
    }
    case ValueType::kDate:
      return Combine(kind, static_cast<uint64_t>(value.DateDays()));
    case ValueType::kLocalTime:
      return Combine(kind, static_cast<uint64_t>(value.TimeNanos()));
    case ValueType::kTime:
      return Combine(Combine(kind, static_cast<uint64_t>(value.TimeNanos())),
                     static_cast<uint64_t>(value.TimeOffset()));
    case ValueType::kLocalDateTime:
      return Combine(Combine(kind, static_cast<uint64_t>(value.LocalEpochSeconds())),
                     static_cast<uint64_t>(value.LocalNanos()));
    case ValueType::kDateTime: {
      const DateTimeData& d = value.AsDateTime();
      return Combine(Combine(kind, static_cast<uint64_t>(d.epoch_seconds)),
                     static_cast<uint64_t>(d.nanos));
    }
    case ValueType::kDuration: {
      const DurationData& d = value.AsDuration();
      uint64_t h = Combine(kind, static_cast<uint64_t>(d.months));
      h = Combine(h, static_cast<uint64_t>(d.days));
      h = Combine(h, static_cast<uint64_t>(d.seconds));
      return Combine(h, static_cast<uint64_t>(d.nanos));
    }
  }
  return 0;
}

}  // namespace gesta
