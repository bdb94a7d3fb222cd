// Value's blocks: making them, sharing them, freeing them.
//
// A string is one allocation (header, size, bytes). Everything else is a TypedBlock<T>. Blocks are
// immutable once their Value exists; only the reference count changes.
#include "gesta/value.h"

#include <algorithm>
#include <new>

namespace gesta {

std::string_view ValueTypeName(ValueType type) {
  switch (type) {
    case ValueType::kNull:
      return "NULL";
    case ValueType::kBoolean:
      return "BOOLEAN";
    case ValueType::kInteger:
      return "INTEGER";
    case ValueType::kFloat:
      return "FLOAT";
    case ValueType::kString:
      return "STRING";
    case ValueType::kList:
      return "LIST";
    case ValueType::kMap:
      return "MAP";
    case ValueType::kNode:
      return "NODE";
    case ValueType::kRelationship:
      return "RELATIONSHIP";
    case ValueType::kPath:
      return "PATH";
    case ValueType::kDate:
      return "DATE";
    case ValueType::kLocalTime:
      return "LOCAL TIME";
    case ValueType::kTime:
      return "ZONED TIME";
    case ValueType::kLocalDateTime:
      return "LOCAL DATETIME";
    case ValueType::kDateTime:
      return "ZONED DATETIME";
    case ValueType::kDuration:
      return "DURATION";
  }
  return "UNKNOWN";
}

// ---- Map ----------------------------------------------------------------------------------------

namespace {

bool KeyLess(const MapEntry& entry, std::string_view key) { return entry.first < key; }

}  // namespace

Map::Map(std::vector<MapEntry> entries) : entries_(std::move(entries)) {
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const MapEntry& a, const MapEntry& b) { return a.first < b.first; });
  // The sort is stable, so the last of a run of equal keys is the one that was given last.
  size_t kept = 0;
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (i + 1 < entries_.size() && entries_[i].first == entries_[i + 1].first) continue;
    if (kept != i) entries_[kept] = std::move(entries_[i]);
    ++kept;
  }
  entries_.resize(kept);
}

const Value* Map::Find(std::string_view key) const {
  auto it = std::lower_bound(entries_.begin(), entries_.end(), key, KeyLess);
  return it != entries_.end() && it->first == key ? &it->second : nullptr;
}

void Map::Set(std::string_view key, Value value) {
  auto it = std::lower_bound(entries_.begin(), entries_.end(), key, KeyLess);
  if (it != entries_.end() && it->first == key) {
    it->second = std::move(value);
  } else {
    entries_.emplace(it, std::string(key), std::move(value));
  }
}

bool Map::Erase(std::string_view key) {
  auto it = std::lower_bound(entries_.begin(), entries_.end(), key, KeyLess);
  if (it == entries_.end() || it->first != key) return false;
  entries_.erase(it);
  return true;
}

// ---- blocks -------------------------------------------------------------------------------------

// The bytes follow the header in the same allocation.
struct Value::StringBlock : Value::Block {
  size_t size = 0;
  char* data() { return reinterpret_cast<char*>(this + 1); }
  const char* data() const { return reinterpret_cast<const char*>(this + 1); }
};

template <typename T>
struct Value::TypedBlock : Value::Block {
  explicit TypedBlock(T d) : data(std::move(d)) {}
  T data;
};

Value Value::String(std::string_view v) {
  void* memory = ::operator new(sizeof(StringBlock) + v.size());
  auto* block = new (memory) StringBlock();
  block->size = v.size();
  if (!v.empty()) std::memcpy(block->data(), v.data(), v.size());
  return FromBlock(ValueType::kString, block);
}

Value Value::MakeList(List items) {
  uint16_t depth = 0;
  for (const Value& item : items) depth = std::max(depth, item.depth());
  return FromBlock(ValueType::kList, new TypedBlock<List>(std::move(items)), depth);
}

Value Value::MakeMap(Map map) {
  uint16_t depth = 0;
  for (const MapEntry& entry : map) depth = std::max(depth, entry.second.depth());
  return FromBlock(ValueType::kMap, new TypedBlock<Map>(std::move(map)), depth);
}

Value Value::Node(NodeData data) {
  return FromBlock(ValueType::kNode, new TypedBlock<NodeData>(std::move(data)));
}
Value Value::Relationship(RelationshipData data) {
  return FromBlock(ValueType::kRelationship, new TypedBlock<RelationshipData>(std::move(data)));
}
Value Value::Path(PathData data) {
  assert(data.nodes.size() == data.relationships.size() + 1);
  return FromBlock(ValueType::kPath, new TypedBlock<PathData>(std::move(data)));
}
Value Value::DateTime(DateTimeData data) {
  return FromBlock(ValueType::kDateTime, new TypedBlock<DateTimeData>(std::move(data)));
}
Value Value::Duration(DurationData data) {
  return FromBlock(ValueType::kDuration, new TypedBlock<DurationData>(data));
}

std::string_view Value::AsString() const {
  assert(type() == ValueType::kString);
  const auto* string = static_cast<const StringBlock*>(block());
  return {string->data(), string->size};
}
const List& Value::AsList() const {
  assert(type() == ValueType::kList);
  return static_cast<const TypedBlock<List>*>(block())->data;
}
const Map& Value::AsMap() const {
  assert(type() == ValueType::kMap);
  return static_cast<const TypedBlock<Map>*>(block())->data;
}
const NodeData& Value::AsNode() const {
  assert(type() == ValueType::kNode && IsMaterialised());
  return static_cast<const TypedBlock<NodeData>*>(block())->data;
}
const RelationshipData& Value::AsRelationship() const {
  assert(type() == ValueType::kRelationship && IsMaterialised());
  return static_cast<const TypedBlock<RelationshipData>*>(block())->data;
}
const PathData& Value::AsPath() const {
  assert(type() == ValueType::kPath);
  return static_cast<const TypedBlock<PathData>*>(block())->data;
}
const DateTimeData& Value::AsDateTime() const {
  assert(type() == ValueType::kDateTime);
  return static_cast<const TypedBlock<DateTimeData>*>(block())->data;
}
const DurationData& Value::AsDuration() const {
  assert(type() == ValueType::kDuration);
  return static_cast<const TypedBlock<DurationData>*>(block())->data;
}

uint64_t Value::EntityId() const {
  assert(type() == ValueType::kNode || type() == ValueType::kRelationship);
  if (!IsMaterialised()) return static_cast<uint64_t>(bits_.payload);
  return type() == ValueType::kNode ? AsNode().id : AsRelationship().id;
}

// Lists may nest as deep as a statement cares to build them, so freeing must not recurse: list and
// map children whose last reference goes are taken out of their parent and freed in the loop.
void Value::Destroy() {
  std::vector<Bits> pending;
  Bits current = bits_;
  // Leaves and shared children only lose a reference; a nested container waits its turn.
  auto detach = [&pending](Value& child) {
    if (!(child.bits_.flags & kBlock) || child.bits_.type == ValueType::kString) return;
    if (child.bits_.type != ValueType::kList && child.bits_.type != ValueType::kMap) return;
    if (child.block()->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      pending.push_back(child.bits_);
    }
    child.bits_ = Bits{};
  };
  for (;;) {
    auto* block = reinterpret_cast<Block*>(current.payload);
    switch (current.type) {
      case ValueType::kString: {
        auto* string = static_cast<StringBlock*>(block);
        string->~StringBlock();
        ::operator delete(static_cast<void*>(string));
        break;
      }
      case ValueType::kList: {
        auto* list = static_cast<TypedBlock<List>*>(block);
        for (Value& item : list->data) detach(item);
        delete list;
        break;
      }
      case ValueType::kMap: {
        auto* map = static_cast<TypedBlock<Map>*>(block);
        for (const MapEntry& entry : map->data) detach(const_cast<Value&>(entry.second));
        delete map;
        break;
      }
      case ValueType::kNode:
        delete static_cast<TypedBlock<NodeData>*>(block);
        break;
      case ValueType::kRelationship:
        delete static_cast<TypedBlock<RelationshipData>*>(block);
        break;
      case ValueType::kPath:
        delete static_cast<TypedBlock<PathData>*>(block);
        break;
      case ValueType::kDateTime:
        delete static_cast<TypedBlock<DateTimeData>*>(block);
        break;
      case ValueType::kDuration:
        delete static_cast<TypedBlock<DurationData>*>(block);
        break;
      default:
        assert(false && "a value without a block has nothing to free");
        break;
    }
    if (pending.empty()) return;
    current = pending.back();
    pending.pop_back();
  }
}

namespace {

size_t StringBytes(const std::string& text) {
  return text.capacity() > 15 ? text.capacity() + 1 : 0;  // short strings are stored in place
}

size_t MapBytes(const Map& map) {
  size_t bytes = map.size() * sizeof(MapEntry);
  for (const MapEntry& entry : map) bytes += StringBytes(entry.first) + entry.second.HeapBytes();
  return bytes;
}

}  // namespace

size_t Value::HeapBytes() const {
  if (!(bits_.flags & kBlock)) return 0;
  switch (type()) {
    case ValueType::kString:
      return sizeof(StringBlock) + AsString().size();
    case ValueType::kList: {
      size_t bytes = sizeof(TypedBlock<List>) + AsList().capacity() * sizeof(Value);
      for (const Value& item : AsList()) bytes += item.HeapBytes();
      return bytes;
    }
    case ValueType::kMap:
      return sizeof(TypedBlock<Map>) + MapBytes(AsMap());
    case ValueType::kNode: {
      const NodeData& node = AsNode();
      size_t bytes = sizeof(TypedBlock<NodeData>) + node.labels.capacity() * sizeof(std::string);
      for (const std::string& label : node.labels) bytes += StringBytes(label);
      return bytes + MapBytes(node.properties);
    }
    case ValueType::kRelationship: {
      const RelationshipData& rel = AsRelationship();
      return sizeof(TypedBlock<RelationshipData>) + StringBytes(rel.type) +
             MapBytes(rel.properties);
    }
    case ValueType::kPath: {
      const PathData& path = AsPath();
      size_t bytes = sizeof(TypedBlock<PathData>) +
                     (path.nodes.capacity() + path.relationships.capacity()) * sizeof(Value);
      for (const Value& node : path.nodes) bytes += node.HeapBytes();
      for (const Value& rel : path.relationships) bytes += rel.HeapBytes();
      return bytes;
    }
    case ValueType::kDateTime:
      return sizeof(TypedBlock<DateTimeData>) + StringBytes(AsDateTime().zone);
    case ValueType::kDuration:
      return sizeof(TypedBlock<DurationData>);
    default:
      return 0;
  }
}

}  // namespace gesta
