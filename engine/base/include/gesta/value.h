// Value: one openCypher value in 16 bytes.
//
// Null, booleans, integers, floats, dates, times and bare entity ids are held inline; strings,
// lists, maps, paths, date-times, durations and materialised entities live in immutable,
// reference-counted blocks. Copying is cheap; a Value never changes after it was made, so values
// may be shared between threads.
//
// Nodes and relationships appear in two forms. Inside a running query they are *bare*: only the
// id. Results that leave the engine are *materialised*: id, labels or type, end points and
// properties, so that they outlive the transaction. Both forms compare by id alone.
#ifndef GESTA_VALUE_H_
#define GESTA_VALUE_H_

#include <atomic>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gesta {

enum class ValueType : uint8_t {
  kNull,
  kBoolean,
  kInteger,
  kFloat,
  kString,
  kList,
  kMap,
  kNode,
  kRelationship,
  kPath,
  kDate,
  kLocalTime,
  kTime,
  kLocalDateTime,
  kDateTime,
  kDuration,
};

// "INTEGER", "LIST", … as messages and valueType() spell it.
std::string_view ValueTypeName(ValueType type);

using NodeId = uint64_t;
using RelId = uint64_t;

class Value;
using List = std::vector<Value>;
using MapEntry = std::pair<std::string, Value>;

// A map's entries, sorted by key (bytewise), keys unique.
class Map {
 public:
  Map() = default;
  explicit Map(std::vector<MapEntry> entries);  // sorts; of equal keys the last one wins

  const Value* Find(std::string_view key) const;  // null when absent
  void Set(std::string_view key, Value value);    // inserts or replaces
  bool Erase(std::string_view key);
  size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::vector<MapEntry> entries_;
};

struct NodeData;
struct RelationshipData;
struct PathData;

// Seconds east of UTC and, if the zone was given by name, the name ("Europe/Stockholm").
struct DateTimeData {
  int64_t epoch_seconds = 0;  // UTC
  int32_t nanos = 0;          // 0 … 999,999,999
  int32_t offset_seconds = 0;
  std::string zone;  // empty: an offset only
};

// The four components do not convert into one another. seconds and nanos share a sign
// convention: nanos is 0 … 999,999,999 and counts up from seconds (floor).
struct DurationData {
  int64_t months = 0;
  int64_t days = 0;
  int64_t seconds = 0;
  int32_t nanos = 0;
};

class Value {
 public:
  Value() = default;  // null
  Value(const Value& other) : bits_(other.bits_) { Retain(); }
  Value(Value&& other) noexcept : bits_(other.bits_) { other.bits_ = Bits{}; }
  // The new bits are taken before the old value goes: `other` may live inside it (v = v.list[0]).
  Value& operator=(const Value& other) {
    other.Retain();
    const Bits bits = other.bits_;
    Release();
    bits_ = bits;
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    const Bits bits = std::exchange(other.bits_, Bits{});
    Release();
    bits_ = bits;
    return *this;
  }
  ~Value() { Release(); }

  // -- making values --
  static Value Null() { return {}; }
  static Value Boolean(bool v) { return Inline(ValueType::kBoolean, v ? 1 : 0); }
  static Value Integer(int64_t v) { return Inline(ValueType::kInteger, v); }
  static Value Float(double v) {
    Value value;
    value.bits_.type = ValueType::kFloat;
    std::memcpy(&value.bits_.payload, &v, sizeof v);
    return value;
  }
  static Value String(std::string_view v);
  static Value MakeList(List items);
  static Value MakeMap(Map map);
  static Value Node(NodeId id) { return Inline(ValueType::kNode, static_cast<int64_t>(id)); }
  static Value Node(NodeData data);
  static Value Relationship(RelId id) {
    return Inline(ValueType::kRelationship, static_cast<int64_t>(id));
  }
  static Value Relationship(RelationshipData data);
  static Value Path(PathData data);
  static Value Date(int64_t days_since_epoch) { return Inline(ValueType::kDate, days_since_epoch); }
  static Value LocalTime(int64_t nanos_of_day) {
    return Inline(ValueType::kLocalTime, nanos_of_day);
  }
  static Value Time(int64_t nanos_of_day, int32_t offset_seconds) {
    return Inline(ValueType::kTime, nanos_of_day, offset_seconds);
  }
  static Value LocalDateTime(int64_t epoch_seconds, int32_t nanos) {
    return Inline(ValueType::kLocalDateTime, epoch_seconds, nanos);
  }
  static Value DateTime(DateTimeData data);
  static Value Duration(DurationData data);

  // -- looking at them; each accessor's precondition is the matching type --
  ValueType type() const { return bits_.type; }
  bool IsNull() const { return bits_.type == ValueType::kNull; }
  bool IsTrue() const { return bits_.type == ValueType::kBoolean && bits_.payload != 0; }
  bool IsNumber() const {
    return bits_.type == ValueType::kInteger || bits_.type == ValueType::kFloat;
  }
  bool IsTemporal() const { return bits_.type >= ValueType::kDate; }
  bool AsBoolean() const { return bits_.payload != 0; }
  int64_t AsInteger() const { return bits_.payload; }
  double AsFloat() const {
    double v;
    std::memcpy(&v, &bits_.payload, sizeof v);
    return v;
  }
  // Integer or float, as a float.
  double AsNumber() const {
    return bits_.type == ValueType::kInteger ? static_cast<double>(bits_.payload) : AsFloat();
  }
  std::string_view AsString() const;
  const List& AsList() const;
  const Map& AsMap() const;
  uint64_t EntityId() const;  // node or relationship, either form
  bool IsMaterialised() const { return bits_.flags & kBlock; }
  const NodeData& AsNode() const;                  // materialised only
  const RelationshipData& AsRelationship() const;  // materialised only
  const PathData& AsPath() const;
  int64_t DateDays() const { return bits_.payload; }
  int64_t TimeNanos() const { return bits_.payload; }          // local time, time
  int32_t TimeOffset() const { return bits_.aux; }             // time
  int64_t LocalEpochSeconds() const { return bits_.payload; }  // local date-time
  int32_t LocalNanos() const { return bits_.aux; }             // local date-time
  const DateTimeData& AsDateTime() const;
  const DurationData& AsDuration() const;

  // How deep lists and maps nest: 0 for values without a block, 1 for a string or a flat list, …;
  // saturates at 65,535. Comparing, hashing and printing recurse this deep, so whoever builds
  // nested values from a statement refuses those deeper than kMaxDepth.
  uint16_t depth() const { return bits_.depth; }
  static constexpr uint16_t kMaxDepth = 1000;

  // Bytes this value keeps alive beyond its own 16, for memory budgets. Shared blocks count fully.
  size_t HeapBytes() const;

 private:
  static constexpr uint8_t kBlock = 1;  // payload is a Block*
  struct Block {
    std::atomic<uint32_t> references{1};
  };
  struct StringBlock;
  template <typename T>
  struct TypedBlock;

  struct Bits {
    ValueType type = ValueType::kNull;
    uint8_t flags = 0;
    uint16_t depth = 0;
    int32_t aux = 0;
    int64_t payload = 0;
  };

  static Value Inline(ValueType type, int64_t payload, int32_t aux = 0) {
    Value value;
    value.bits_.type = type;
    value.bits_.aux = aux;
    value.bits_.payload = payload;
    return value;
  }
  // `depth`: the deepest child's.
  static Value FromBlock(ValueType type, Block* block, uint16_t depth = 0) {
    Value value;
    value.bits_.type = type;
    value.bits_.flags = kBlock;
    value.bits_.depth = depth == 0xFFFF ? depth : static_cast<uint16_t>(depth + 1);
    value.bits_.payload = reinterpret_cast<int64_t>(block);
    return value;
  }
  Block* block() const { return reinterpret_cast<Block*>(bits_.payload); }
  void Retain() const {
    if (bits_.flags & kBlock) block()->references.fetch_add(1, std::memory_order_relaxed);
  }
  void Release() {
    if ((bits_.flags & kBlock) &&
        block()->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      Destroy();
    }
  }
  void Destroy();

  Bits bits_;
};
static_assert(sizeof(Value) == 16);

struct NodeData {
  NodeId id = 0;
  std::vector<std::string> labels;  // sorted by name
  Map properties;
};

struct RelationshipData {
  RelId id = 0;
  NodeId start = 0;
  NodeId end = 0;
  std::string type;
  Map properties;
};

// nodes.size() == relationships.size() + 1. A relationship may be walked against its direction.
struct PathData {
  std::vector<Value> nodes;
  std::vector<Value> relationships;
};

// Three-valued truth.
enum class Ternary : uint8_t { kFalse, kTrue, kUnknown };

// openCypher equality: null (or null inside lists and maps that cannot be told apart otherwise)
// gives kUnknown; values of different kinds are unequal; 1 = 1.0; NaN equals nothing.
Ternary Equals(const Value& a, const Value& b);

// openCypher comparability for <: numbers, strings, booleans, lists, and temporal values of the
// same kind; kUnknown for null operands and for values that do not compare. `*ordering` is -1, 0 or
// 1 when the result is comparable (NaN: not comparable to numbers, but < and > give kFalse).
enum class Comparison : int8_t {
  kLess = -1,
  kEqual = 0,
  kGreater = 1,
  kNan = 2,
  kIncomparable = 3
};
Comparison Compare(const Value& a, const Value& b);

// openCypher orderability: a total order over all values (ORDER BY, min, max, index order):
// map < node < relationship < list < path < date-time < local date-time < date < time < local
// time < duration < string < boolean < number < NaN < null; inside lists and maps recursively.
int Order(const Value& a, const Value& b);

// Equivalence for DISTINCT, grouping and hash joins: like Order(a, b) == 0; null equals null, NaN
// equals NaN, 1 equals 1.0. Hash agrees with it.
bool Equivalent(const Value& a, const Value& b);
size_t Hash(const Value& value);

struct ValueHash {
  size_t operator()(const Value& v) const { return Hash(v); }
};
struct ValueEquivalent {
  bool operator()(const Value& a, const Value& b) const { return Equivalent(a, b); }
};

// The value as openCypher source text would show it: strings in single quotes with backslash
// escapes when `quote` (nested strings always are), floats with a decimal point or exponent, lists,
// {key: value} maps, (:Label {p: 1}), [:TYPE {p: 1}], <(…)-[…]->(…)> paths, ISO 8601 temporal
// values. Bare entities show their id: (#7), [#7].
std::string ToText(const Value& value, bool quote);

// A float as text: shortest digits that read back the same, always with '.', 'e', NaN or Infinity.
std::string FloatToText(double value);

// ISO 8601 texts of temporal values (used by ToText, toString and printers).
std::string TemporalToText(const Value& value);

// `name` as it must be written in a statement: in backticks unless it is a plain identifier.
std::string QuoteName(std::string_view name);

}  // namespace gesta

#endif  // GESTA_VALUE_H_
