#include "store/graph_cache_build.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>
#include <unordered_map>

#include "store/keys.h"
#include "store/row.h"
#include "store/type_range.h"

namespace gesta::store {
namespace {

constexpr size_t kBlock = CachedPart::kBlock;
// Leaves room for the offsets of incomplete blocks.
constexpr uint64_t kMostIds = (uint64_t{1} << 32) - 4 * kBlock;

std::string_view View(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

rocksdb::ReadOptions Options(const BuildSource& source) {
  rocksdb::ReadOptions options;
  options.snapshot = source.snapshot;
  options.fill_cache = false;  // a pass would push out what look-ups need
  options.readahead_size = 1 << 20;
  return options;
}

// Calls visit(key, value) for the keys in [lower, upper) of a family until it gives false; an empty
// `upper` is no bound. False: not all were visited.
template <typename Visit>
bool ForEach(const BuildSource& source, Family family, std::string_view lower,
             std::string_view upper, Visit visit) {
  constexpr size_t kLookAtFlag = 4096;
  const rocksdb::Slice bound(upper.data(), upper.size());
  rocksdb::ReadOptions options = Options(source);
  if (!upper.empty()) options.iterate_upper_bound = &bound;
  const std::unique_ptr<rocksdb::Iterator> iterator(
      source.database->db()->NewIterator(options, source.database->handle(family)));
  size_t visited = 0;
  for (iterator->Seek(rocksdb::Slice(lower.data(), lower.size())); iterator->Valid();
       iterator->Next()) {
    if (++visited % kLookAtFlag == 0 && source.cancel != nullptr && *source.cancel) return false;
    if (!visit(View(iterator->key()), View(iterator->value()))) return false;
  }
  return iterator->status().ok();
}

// One more than the highest id of a family whose keys start with an id; 0 for an empty one.
// Nothing: too high, or the store cannot be read.
std::optional<uint64_t> FindLimit(const BuildSource& source, Family family) {
  rocksdb::ReadOptions options = Options(source);
  options.readahead_size = 0;
  const std::unique_ptr<rocksdb::Iterator> iterator(
      source.database->db()->NewIterator(options, source.database->handle(family)));
  iterator->SeekToLast();
  if (!iterator->status().ok()) return {};
  if (!iterator->Valid()) return 0;
  if (iterator->key().size() < 8) return {};
  const uint64_t last = ReadU64(iterator->key().data());
  if (last >= kMostIds) return {};
  return last + 1;
}

// A range of ids, of whole blocks (but for the end).
struct Chunk {
  uint64_t begin;
  uint64_t end;
};

// Runs work(i, chunk) for the chunks of [0, limit) and hands their results to the caller in order.
// `entries`: about how many keys there are.
template <typename Part>
std::optional<std::vector<Part>> InChunks(uint64_t limit, uint64_t entries,
                                          const std::function<bool(const Chunk&, Part*)>& work) {
  constexpr uint64_t kWorthAThread = 100'000;
  constexpr uint64_t kChunks = 8;  // so that a part with many entries does not hold up the other
  const uint64_t count = entries < kWorthAThread ? 1 : kChunks;
  const uint64_t blocks = (limit + kBlock - 1) / kBlock;
  std::vector<Part> parts(count);
  std::atomic<uint64_t> next{0};
  std::atomic<bool> failed{false};
  const auto run = [&] {
    for (uint64_t i = next++; i < count && !failed; i = next++) {
      const Chunk chunk{blocks * i / count * kBlock,
                        std::min(limit, blocks * (i + 1) / count * kBlock)};
      if (!work(chunk, &parts[i])) failed = true;
    }
  };
  std::thread second;
  if (count > 1) {
    try {
      second = std::thread(run);
    } catch (const std::system_error&) {
      // Then this thread does all of it.
    }
  }
  run();
  if (second.joinable()) second.join();
  if (failed) return {};
  return parts;
}

// -- adjacency --

constexpr uint32_t kNoBlock = ~uint32_t{0};

// The entries of one type in a chunk of nodes, which come in ascending order.
class AdjacencyPart {
 public:
  void Add(NodeId near, NodeId far, RelId rel) {
    const uint64_t block = near / kBlock;
    if (block != block_) {
      FinishBlock();
      block_ = block;
      starts_.emplace_back(block, static_cast<uint32_t>(offsets_.size()));
    }
    for (; filled_ <= near % kBlock; ++filled_) offsets_.push_back(size());
    nodes_.push_back(static_cast<uint32_t>(far));
    rels_.push_back(static_cast<uint32_t>(rel));
  }
  // Appends what was added to `to`; this part is empty then.
  void MoveTo(CachedAdjacency::Arrays* to) {
    FinishBlock();
    const auto before = static_cast<uint32_t>(to->nodes.size());
    const auto start = static_cast<uint32_t>(to->offsets.size());
    for (const auto& [block, at] : starts_) to->block_starts[block] = start + at;
    for (const uint32_t offset : offsets_) to->offsets.push_back(before + offset);
    to->nodes.insert(to->nodes.end(), nodes_.begin(), nodes_.end());
    to->rels.insert(to->rels.end(), rels_.begin(), rels_.end());
    *this = AdjacencyPart();
  }
  size_t entries() const { return nodes_.size(); }
  size_t offsets() const { return offsets_.size(); }

 private:
  uint32_t size() const { return static_cast<uint32_t>(nodes_.size()); }
  void FinishBlock() {
    if (block_ == ~uint64_t{0}) return;
    for (; filled_ < kBlock; ++filled_) offsets_.push_back(size());
    filled_ = 0;
    block_ = ~uint64_t{0};
  }

  uint64_t block_ = ~uint64_t{0};  // the one being filled
  size_t filled_ = 0;              // offsets of it
  std::vector<std::pair<uint64_t, uint32_t>> starts_;
  std::vector<uint32_t> offsets_;
  std::vector<uint32_t> nodes_;
  std::vector<uint32_t> rels_;
};

std::shared_ptr<CachedAdjacency> Join(uint64_t limit, const std::vector<AdjacencyPart*>& parts) {
  CachedAdjacency::Arrays arrays;
  size_t entries = 0;
  size_t offsets = kBlock + 1;
  for (const AdjacencyPart* part : parts) {
    entries += part->entries();
    offsets += part->offsets() + kBlock;
  }
  arrays.block_starts.resize((limit + kBlock - 1) / kBlock);
  arrays.offsets.reserve(offsets);
  arrays.nodes.reserve(entries);
  arrays.rels.reserve(entries);
  arrays.offsets.resize(kBlock);  // of blocks without entries
  for (AdjacencyPart* part : parts) part->MoveTo(&arrays);
  arrays.offsets.push_back(static_cast<uint32_t>(arrays.nodes.size()));
  arrays.offsets.shrink_to_fit();
  return std::make_shared<CachedAdjacency>(limit, std::move(arrays));
}

}  // namespace

std::vector<std::shared_ptr<CachedAdjacency>> BuildAdjacencies(const BuildSource& source,
                                                               bool outgoing,
                                                               const std::vector<NameId>& types) {
  std::vector<std::shared_ptr<CachedAdjacency>> result(types.size());
  const auto limit = FindLimit(source, Family::kNode);
  const auto rel_limit = FindLimit(source, Family::kRel);
  if (!limit || !rel_limit) return result;
  std::vector<uint32_t> place(*std::max_element(types.begin(), types.end()) + size_t{1}, kNoBlock);
  for (size_t i = 0; i < types.size(); ++i) place[types[i]] = static_cast<uint32_t>(i);

  using Part = std::vector<AdjacencyPart>;  // for each type
  const auto read = [&](const Chunk& chunk, Part* part) {
    part->resize(types.size());
    return ForEach(source, outgoing ? Family::kOut : Family::kIn, NodeKey(chunk.begin),
                   NodeKey(chunk.end), [&](std::string_view key, std::string_view) {
                     if (key.size() != kAdjacencyKeySize) return false;
                     const AdjacencyEntry entry = DecodeAdjacencyKey(key);
                     if (entry.far >= *limit || entry.rel >= *rel_limit) return false;
                     if (entry.type < place.size() && place[entry.type] != kNoBlock) {
                       (*part)[place[entry.type]].Add(entry.near, entry.far, entry.rel);
                     }
                     return true;
                   });
  };
  auto chunks = InChunks<Part>(*limit, *rel_limit, read);
  if (!chunks) return result;
  for (size_t i = 0; i < types.size(); ++i) {
    std::vector<AdjacencyPart*> parts;
    for (Part& chunk : *chunks) parts.push_back(&chunk[i]);
    result[i] = Join(*limit, parts);
  }
  return result;
}

std::shared_ptr<CachedAdjacency> BuildSmallAdjacency(const BuildSource& source, bool outgoing,
                                                     NameId type) {
  const auto limit = FindLimit(source, Family::kNode);
  const auto rel_limit = FindLimit(source, Family::kRel);
  if (!limit || !rel_limit) return nullptr;
  rocksdb::DB* db = source.database->db();
  rocksdb::ColumnFamilyHandle* rels = source.database->handle(Family::kRel);
  const rocksdb::ReadOptions options = Options(source);
  rocksdb::PinnableSlice bytes;
  std::vector<std::array<uint64_t, 3>> entries;  // near, far, rel
  const Key prefix = Key().U32(type);
  const bool complete = ForEach(
      source, Family::kType, prefix, prefix.PrefixEnd(),
      [&](std::string_view key, std::string_view value) {
        TypeRange range;
        if (!TypeRange::Parse(key, value, &range) || range.last >= *rel_limit) return false;
        for (RelId rel = range.first; rel <= range.last; ++rel) {
          RelRow row;
          bytes.Reset();
          const Key rel_key = RelKey(rel);
          if (!db->Get(options, rels, rocksdb::Slice(rel_key.data(), rel_key.size()), &bytes)
                   .ok() ||
              !RelRow::Parse({bytes.data(), bytes.size()}, &row)) {
            return false;
          }
          const RelationshipRecord& record = row.record;
          if (record.start >= *limit || record.end >= *limit) return false;
          entries.push_back(
              {outgoing ? record.start : record.end, outgoing ? record.end : record.start, rel});
        }
        return true;
      });
  if (!complete) return nullptr;
  std::sort(entries.begin(), entries.end());
  AdjacencyPart part;
  for (const auto& [near, far, rel] : entries) part.Add(near, far, rel);
  return Join(*limit, {&part});
}

// -- properties --

namespace {

// The values of one property in a chunk of ids, which come in ascending order.
class ColumnPart {
 public:
  bool Add(uint64_t id, std::string_view bytes) {
    Value value;
    if (!DecodeValue(bytes, &value)) return false;
    if (value.type() == ValueType::kString) Share(&value);
    const uint64_t block = id / kBlock;
    if (blocks_.empty() || blocks_.back().first != block) {
      blocks_.emplace_back(block, CachedColumn::Block{0, static_cast<uint32_t>(values_.size())});
      values_.resize(values_.size() + kBlock);
    }
    CachedColumn::Block& in = blocks_.back().second;
    in.present |= uint64_t{1} << (id % kBlock);
    types_ |= uint32_t{1} << static_cast<int>(value.type());
    values_[in.start + id % kBlock] = std::move(value);
    return true;
  }
  uint32_t types() const { return types_; }  // a bit for each that occurs
  size_t heap_bytes() const { return heap_bytes_; }
  size_t size() const { return values_.size(); }

  void MoveTo(CachedColumn::Arrays* to) {
    const size_t before = to->type == ValueType::kNull ? to->values.size() : to->bits.size();
    for (auto& [block, in] : blocks_) {
      to->blocks[block] = {in.present, static_cast<uint32_t>(before + in.start)};
    }
    for (Value& value : values_) {
      if (to->type == ValueType::kNull) {
        to->values.push_back(std::move(value));
      } else {
        to->bits.push_back(Bits(value));
      }
    }
    *this = ColumnPart();
  }

 private:
  // Properties with few values have each string once.
  void Share(Value* value) {
    constexpr size_t kFewValues = 4096;
    const auto found = strings_.find(value->AsString());
    if (found != strings_.end()) {
      *value = found->second;
      return;
    }
    heap_bytes_ += value->HeapBytes();
    if (strings_.size() < kFewValues) strings_.emplace(value->AsString(), *value);
  }
  static int64_t Bits(const Value& value) {
    switch (value.type()) {
      case ValueType::kBoolean:
        return value.AsBoolean() ? 1 : 0;
      case ValueType::kInteger:
        return value.AsInteger();
      case ValueType::kFloat: {
        const double number = value.AsFloat();
        int64_t bits;
        std::memcpy(&bits, &number, sizeof bits);
        return bits;
      }
      case ValueType::kDate:
        return value.DateDays();
      default:
        return 0;  // ids without the property
    }
  }

  std::vector<std::pair<uint64_t, CachedColumn::Block>> blocks_;
  std::vector<Value> values_;
  std::unordered_map<std::string_view, Value> strings_;  // keys point into the values
  uint32_t types_ = 0;
  size_t heap_bytes_ = 0;
};

// The type of all values, if it is one that is kept as bits.
ValueType CommonType(uint32_t types) {
  for (const ValueType type :
       {ValueType::kBoolean, ValueType::kInteger, ValueType::kFloat, ValueType::kDate}) {
    if (types == uint32_t{1} << static_cast<int>(type)) return type;
  }
  return ValueType::kNull;
}

std::shared_ptr<CachedColumn> Join(uint64_t limit, const std::vector<ColumnPart*>& parts) {
  uint32_t types = 0;
  size_t heap_bytes = 0;
  size_t size = 0;
  for (const ColumnPart* part : parts) {
    types |= part->types();
    heap_bytes += part->heap_bytes();
    size += part->size();
  }
  CachedColumn::Arrays arrays;
  arrays.type = CommonType(types);
  arrays.blocks.resize((limit + kBlock - 1) / kBlock);
  if (arrays.type == ValueType::kNull) {
    arrays.values.reserve(size);
  } else {
    arrays.bits.reserve(size);
  }
  for (ColumnPart* part : parts) part->MoveTo(&arrays);
  return std::make_shared<CachedColumn>(limit, std::move(arrays), heap_bytes);
}

// Ids of a chunk that do not exist: about them only the transaction can tell that they do not.
class Gaps {
 public:
  void Exists(uint64_t id, uint64_t* next) {
    for (; *next < id; ++*next) ids_.push_back(*next);
    *next = id + 1;
  }
  void MarkIn(CachedPart* part) const {
    for (const uint64_t id : ids_) part->MarkChanged(id);
  }

 private:
  std::vector<uint64_t> ids_;
};

}  // namespace

std::vector<std::shared_ptr<CachedColumn>> BuildColumns(const BuildSource& source,
                                                        EntityKind entity,
                                                        const std::vector<NameId>& keys) {
  std::vector<std::shared_ptr<CachedColumn>> result(keys.size());
  const bool nodes = entity == EntityKind::kNode;
  const Family family = nodes ? Family::kNode : Family::kRel;
  const auto limit = FindLimit(source, family);
  if (!limit) return result;
  struct Part {
    std::vector<ColumnPart> columns;  // for each key
    Gaps gaps;
  };
  const auto read = [&](const Chunk& chunk, Part* part) {
    part->columns.resize(keys.size());
    uint64_t next = chunk.begin;
    const bool complete =
        ForEach(source, family, Key().U64(chunk.begin), Key().U64(chunk.end),
                [&](std::string_view key, std::string_view row) {
                  if (key.size() != 8 || (!nodes && row.size() < kRelHeaderSize)) return false;
                  const uint64_t id = ReadU64(key.data());
                  part->gaps.Exists(id, &next);
                  const PropertyView properties =
                      nodes ? NodeProperties(row) : PropertyView(row.substr(kRelHeaderSize));
                  for (size_t i = 0; i < keys.size(); ++i) {
                    const auto bytes = properties.Find(keys[i]);
                    if (bytes && !part->columns[i].Add(id, *bytes)) return false;
                  }
                  return true;
                });
    part->gaps.Exists(chunk.end, &next);
    return complete;
  };
  auto chunks = InChunks<Part>(*limit, *limit, read);
  if (!chunks) return result;
  for (size_t i = 0; i < keys.size(); ++i) {
    std::vector<ColumnPart*> parts;
    for (Part& chunk : *chunks) parts.push_back(&chunk.columns[i]);
    result[i] = Join(*limit, parts);
    for (const Part& chunk : *chunks) chunk.gaps.MarkIn(result[i].get());
  }
  return result;
}

// -- labels --

std::shared_ptr<CachedLabels> BuildLabels(const BuildSource& source) {
  const auto limit = FindLimit(source, Family::kNode);
  if (!limit) return nullptr;
  struct Part {
    std::map<std::vector<NameId>, uint32_t> numbers;
    std::vector<uint32_t> of_node;
    Gaps gaps;
  };
  const auto read = [&](const Chunk& chunk, Part* part) {
    part->of_node.resize(chunk.end - chunk.begin);
    uint64_t next = chunk.begin;
    NodeRow row;
    const bool complete =
        ForEach(source, Family::kNode, NodeKey(chunk.begin), NodeKey(chunk.end),
                [&](std::string_view key, std::string_view bytes) {
                  if (key.size() != 8 || !NodeRow::Parse(bytes, &row)) return false;
                  const uint64_t id = ReadU64(key.data());
                  part->gaps.Exists(id, &next);
                  const auto number = part->numbers.emplace(row.labels, part->numbers.size()).first;
                  part->of_node[id - chunk.begin] = number->second;
                  return true;
                });
    part->gaps.Exists(chunk.end, &next);
    return complete;
  };
  const auto chunks = InChunks<Part>(*limit, *limit, read);
  if (!chunks) return nullptr;
  std::map<std::vector<NameId>, uint32_t> numbers;
  std::vector<uint32_t> of_node;
  of_node.reserve(*limit);
  for (const Part& chunk : *chunks) {
    std::vector<uint32_t> renumbered(chunk.numbers.size());
    for (const auto& [labels, number] : chunk.numbers) {
      renumbered[number] = numbers.emplace(labels, numbers.size()).first->second;
    }
    // Ids that do not exist have the number 0, which then nobody asks for.
    for (const uint32_t number : chunk.of_node) {
      of_node.push_back(renumbered.empty() ? 0 : renumbered[number]);
    }
  }
  std::vector<std::vector<NameId>> combinations(numbers.size());
  for (const auto& [labels, number] : numbers) combinations[number] = labels;
  auto result = std::make_shared<CachedLabels>(*limit, std::move(combinations), std::move(of_node));
  for (const Part& chunk : *chunks) chunk.gaps.MarkIn(result.get());
  return result;
}

// -- lists of nodes --

std::shared_ptr<const CachedNodes> BuildNodeList(const BuildSource& source, NameId label) {
  std::vector<uint32_t> ids;
  const bool all = label == kNoName;
  const Key prefix = all ? Key() : Key().U32(label);
  const bool complete = ForEach(source, all ? Family::kNode : Family::kLabel, prefix,
                                prefix.PrefixEnd(), [&](std::string_view key, std::string_view) {
                                  if (key.size() < 8) return false;
                                  const uint64_t id = ReadU64(key.data() + key.size() - 8);
                                  if (id >= kMostIds) return false;
                                  ids.push_back(static_cast<uint32_t>(id));
                                  return true;
                                });
  if (!complete) return nullptr;
  ids.shrink_to_fit();
  return std::make_shared<const CachedNodes>(std::move(ids));
}

std::shared_ptr<const CachedNodes> RefreshNodeList(const BuildSource& source, NameId label,
                                                   const CachedNodes& old,
                                                   const std::vector<uint64_t>& changed) {
  const bool all = label == kNoName;
  rocksdb::ColumnFamilyHandle* family =
      source.database->handle(all ? Family::kNode : Family::kLabel);
  rocksdb::ReadOptions options;
  options.snapshot = source.snapshot;
  rocksdb::PinnableSlice ignored;
  std::vector<uint32_t> ids;
  ids.reserve(old.size() + changed.size());
  const uint32_t* at = old.ids();
  const uint32_t* const end = at + old.size();
  for (const uint64_t id : changed) {
    if (id >= kMostIds) return nullptr;
    const uint32_t* const next = std::lower_bound(at, end, id);
    ids.insert(ids.end(), at, next);
    at = next != end && *next == id ? next + 1 : next;
    const Key key = all ? NodeKey(id) : MemberKey(label, id);
    ignored.Reset();
    const rocksdb::Status status = source.database->db()->Get(
        options, family, rocksdb::Slice(key.data(), key.size()), &ignored);
    if (status.ok()) {
      ids.push_back(static_cast<uint32_t>(id));
    } else if (!status.IsNotFound()) {
      return nullptr;
    }
  }
  ids.insert(ids.end(), at, end);
  return std::make_shared<const CachedNodes>(std::move(ids));
}

}  // namespace gesta::store
