#include "store/graph_cache.h"

#include <algorithm>
#include <chrono>

namespace gesta::store {
namespace {

// Nanoseconds, as measured on stores of some gigabytes whose files are in memory.
constexpr uint64_t kBuildStart = 20'000;
constexpr uint64_t kPerScannedEdge = 70;
constexpr uint64_t kPerMember = 2'500;  // a relationship of a small type, looked up by its id
constexpr uint64_t kPerScannedRow = 200;
constexpr uint64_t kPerListedNode = 100;

uint64_t LookupCost(PartKind kind) {
  switch (kind) {
    case PartKind::kOut:
    case PartKind::kIn:
      return 4'000;
    case PartKind::kNodeProperty:
      return 700;
    case PartKind::kRelProperty:
      return 2'500;
    case PartKind::kLabels:
      return 1'000;
    case PartKind::kNodes:
      return kPerListedNode;
  }
  return 0;
}

bool IsAdjacency(PartKind kind) { return kind == PartKind::kOut || kind == PartKind::kIn; }

uint64_t SmallAdjacencyCost(NameId type, const Statistics& statistics) {
  return kBuildStart + statistics.TypeCount(type) * kPerMember;
}
uint64_t AdjacencyPassCost(const Statistics& statistics) {
  return kBuildStart + statistics.relationships * kPerScannedEdge;
}

// About what a part will take.
uint64_t ExpectedBytes(PartKey key, const Statistics& statistics) {
  constexpr uint64_t kBlockBytes = CachedPart::kBlock * sizeof(uint32_t);
  switch (key.kind) {
    case PartKind::kOut:
    case PartKind::kIn: {
      const uint64_t edges = statistics.TypeCount(key.name);
      return edges * 2 * sizeof(uint32_t) + statistics.nodes / 4 +
             std::min(statistics.nodes * sizeof(uint32_t), edges * kBlockBytes);
    }
    case PartKind::kNodeProperty:
      return statistics.nodes * sizeof(Value);
    case PartKind::kRelProperty:
      return statistics.relationships * sizeof(Value);
    case PartKind::kLabels:
    case PartKind::kNodes:
      return statistics.nodes * sizeof(uint32_t);
  }
  return 0;
}

}  // namespace

uint64_t GraphCache::Paid(PartKey key, uint64_t expected_lookups) {
  uint64_t lookups = Lookups(key).load(std::memory_order_relaxed) + expected_lookups;
  // Look-ups of all types together concern every type.
  if (IsAdjacency(key.kind)) {
    lookups += Lookups({key.kind, kNoName}).load(std::memory_order_relaxed);
  }
  return lookups * LookupCost(key.kind);
}

uint64_t GraphCache::Cost(PartKey key, const Statistics& statistics) {
  switch (key.kind) {
    case PartKind::kOut:
    case PartKind::kIn:
      return std::min(SmallAdjacencyCost(key.name, statistics), AdjacencyPassCost(statistics));
    case PartKind::kNodeProperty:
    case PartKind::kLabels:
      return kBuildStart + statistics.nodes * kPerScannedRow;
    case PartKind::kRelProperty:
      return kBuildStart + statistics.relationships * kPerScannedRow;
    case PartKind::kNodes:
      return kBuildStart + kPerListedNode * (key.name == kNoName ? statistics.nodes
                                                                 : statistics.LabelCount(key.name));
  }
  return 0;
}

bool GraphCache::Worth(PartKey key, const Reader& reader, uint64_t expected_lookups, bool again) {
  const uint64_t paid = Paid(key, expected_lookups);
  const uint64_t least = again ? 1 : 0;
  if (paid < (at_once_ ? least : Cost(key, *reader.statistics))) return false;
  return ExpectedBytes(key, *reader.statistics) <= budget_;
}

bool GraphCache::WaitForBuilder(PartKey key, const Reader& reader, Lock* lock) {
  while (slots_[key].building) {
    if (reader.source.cancel != nullptr && *reader.source.cancel) return false;
    // A cancel flag has no way to wake this thread up.
    built_.wait_for(*lock, std::chrono::milliseconds(10));
  }
  return true;
}

std::shared_ptr<CachedPart> GraphCache::Get(PartKey key, const Reader& reader,
                                            uint64_t expected_lookups) {
  if (budget_ == 0) return nullptr;
  Lock lock(mutex_);
  while (true) {
    std::shared_ptr<CachedPart> known;
    bool building = false;
    bool outdated = true;
    const auto found = slots_.find(key);
    if (found != slots_.end()) {
      Slot& slot = found->second;
      building = slot.building;
      if (slot.part && slot.base <= reader.commit) {
        slot.last_used = ++clock_;
        known = slot.part;
        outdated = slot.base < reader.commit && known->marks() > slot.marks;
      }
    }
    if (!outdated) return known;
    // Look-ups that are still to come are made from a part that is there.
    if (reader.commit != commit_ ||
        !Worth(key, reader, known ? 0 : expected_lookups, known != nullptr))
      return known;
    if (!building) break;
    if (known || !WaitForBuilder(key, reader, &lock)) return known;
  }
  const std::vector<PartKey> keys = Companions(key, reader);
  for (const PartKey& one : keys) {
    Slot& slot = slots_[one];
    slot.building = true;
    slot.discard = false;
    slot.changes.clear();
  }
  lock.unlock();
  Built built = Build(keys, reader);
  lock.lock();
  std::shared_ptr<CachedPart> result;
  for (auto& [one, part] : built) {
    if (one == key) result = part;
    Settle(one, std::move(part), reader.commit);
  }
  Evict();
  built_.notify_all();
  return result;
}

std::vector<PartKey> GraphCache::Companions(PartKey key, const Reader& reader) {
  const Statistics& statistics = *reader.statistics;
  std::vector<PartKey> keys{key};
  uint64_t bytes = ExpectedBytes(key, statistics);
  // Building it costs nothing more than the memory, as far as there is plenty.
  const auto add = [&](PartKey other) {
    if (other == key) return;
    const auto found = slots_.find(other);
    if (found != slots_.end() && (found->second.building || found->second.part)) return;
    bytes += ExpectedBytes(other, statistics);
    if (bytes <= budget_ / 4) keys.push_back(other);
  };
  if (IsAdjacency(key.kind)) {
    if (SmallAdjacencyCost(key.name, statistics) <= AdjacencyPassCost(statistics)) return keys;
    for (NameId type = 0; type < statistics.type_relationships.size(); ++type) {
      if (statistics.type_relationships[type] > 0) add({key.kind, type});
    }
    // This pass is what look-ups of all types have paid for.
    Lookups({key.kind, kNoName}) = 0;
  }
  return keys;
}

GraphCache::Built GraphCache::Build(const std::vector<PartKey>& keys, const Reader& reader) {
  Built built;
  const PartKey& first = keys.front();
  std::vector<NameId> names;
  for (const PartKey& key : keys) {
    names.push_back(key.name);
    built.emplace_back(key, nullptr);
  }
  const auto take = [&](auto parts) {
    for (size_t i = 0; i < parts.size(); ++i) built[i].second = std::move(parts[i]);
  };
  switch (first.kind) {
    case PartKind::kOut:
    case PartKind::kIn: {
      const bool outgoing = first.kind == PartKind::kOut;
      const Statistics& statistics = *reader.statistics;
      if (keys.size() == 1 &&
          SmallAdjacencyCost(first.name, statistics) <= AdjacencyPassCost(statistics)) {
        built[0].second = BuildSmallAdjacency(reader.source, outgoing, first.name);
      } else {
        take(BuildAdjacencies(reader.source, outgoing, names));
      }
      break;
    }
    case PartKind::kNodeProperty:
      take(BuildColumns(reader.source, EntityKind::kNode, names));
      break;
    case PartKind::kRelProperty:
      take(BuildColumns(reader.source, EntityKind::kRelationship, names));
      break;
    case PartKind::kLabels:
      built[0].second = BuildLabels(reader.source);
      break;
    case PartKind::kNodes:
      break;
  }
  return built;
}

void GraphCache::Settle(PartKey key, std::shared_ptr<CachedPart> part, uint64_t base) {
  Slot& slot = slots_[key];
  slot.building = false;
  // Also when it failed: what failed now is not worth trying with every look-up.
  Lookups(key) = 0;
  const auto changes = std::move(slot.changes);
  slot.changes = {};
  if (part) {
    ++builds_;
    slot.marks = part->marks();
    for (const auto& change : changes) part->MarkChanged(change.second);
  }
  if (!part || slot.discard) {
    if (!slot.part) slots_.erase(key);
    return;
  }
  slot.part = std::move(part);
  slot.base = base;
  slot.last_used = ++clock_;
}

std::shared_ptr<const CachedNodes> GraphCache::GetNodes(NameId label, const Reader& reader,
                                                        uint64_t expected_lookups) {
  if (budget_ == 0) return nullptr;
  const PartKey key{PartKind::kNodes, label};
  Lock lock(mutex_);
  while (true) {
    const auto found = slots_.find(key);
    if (found == slots_.end()) break;
    Slot& slot = found->second;
    if (slot.nodes && slot.base <= reader.commit &&
        (slot.changes.empty() || slot.changes.front().first > reader.commit)) {
      slot.last_used = ++clock_;
      return slot.nodes;
    }
    if (!slot.building || reader.commit != commit_) break;
    if (!WaitForBuilder(key, reader, &lock)) return nullptr;
  }
  if (reader.commit != commit_) return nullptr;
  std::shared_ptr<const CachedNodes> old;
  std::vector<uint64_t> changed;
  const auto found = slots_.find(key);
  if (found != slots_.end() && found->second.nodes) {
    old = found->second.nodes;
    for (const auto& change : found->second.changes) changed.push_back(change.second);
  } else if (!Worth(key, reader, expected_lookups, /*again=*/false)) {
    return nullptr;
  }
  Slot& slot = slots_[key];
  slot.building = true;
  slot.discard = false;
  const size_t seen = slot.changes.size();
  lock.unlock();
  std::sort(changed.begin(), changed.end());
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  std::shared_ptr<const CachedNodes> nodes =
      old ? RefreshNodeList(reader.source, label, *old, changed)
          : BuildNodeList(reader.source, label);
  lock.lock();
  Slot& now = slots_[key];
  now.building = false;
  Lookups(key) = 0;
  if (nodes) ++builds_;
  if (!nodes || now.discard) {
    slots_.erase(key);
  } else {
    now.changes.erase(now.changes.begin(), now.changes.begin() + static_cast<ptrdiff_t>(seen));
    now.nodes = nodes;
    now.base = reader.commit;
    now.last_used = ++clock_;
    Evict();
  }
  built_.notify_all();
  return nodes;
}

void GraphCache::Evict() {
  uint64_t bytes = 0;
  for (const auto& [key, slot] : slots_) bytes += slot.bytes();
  while (bytes > budget_) {
    auto oldest = slots_.end();
    for (auto at = slots_.begin(); at != slots_.end(); ++at) {
      if (at->second.bytes() == 0 || at->second.building) continue;
      if (oldest == slots_.end() || at->second.last_used < oldest->second.last_used) oldest = at;
    }
    if (oldest == slots_.end()) return;
    bytes -= oldest->second.bytes();
    slots_.erase(oldest);
  }
}

void GraphCache::Apply(const std::vector<PartChange>& changes, uint64_t commit) {
  std::lock_guard<std::mutex> lock(mutex_);
  commit_ = commit;
  if (slots_.empty()) return;
  const auto apply = [&](Slot* slot, uint64_t id) {
    if (slot->part) slot->part->MarkChanged(id);
    if (slot->building || slot->nodes) slot->changes.emplace_back(commit, id);
  };
  // Changes of one kind come one after the other, mostly.
  PartKey last{PartKind::kOut, kNoName};
  Slot* last_slot = nullptr;
  for (const PartChange& change : changes) {
    const PartKind kind = change.part.kind;
    if (change.part.name == kNoName &&
        (kind == PartKind::kNodeProperty || kind == PartKind::kRelProperty)) {
      for (auto& [key, slot] : slots_) {
        if (key.kind == kind) apply(&slot, change.id);
      }
      continue;
    }
    if (change.part != last) {
      const auto found = slots_.find(change.part);
      last_slot = found == slots_.end() ? nullptr : &found->second;
      last = change.part;
    }
    if (last_slot != nullptr) apply(last_slot, change.id);
  }
  // A list that has changed much is not worth repairing.
  constexpr size_t kFewChanges = 1000;
  for (auto at = slots_.begin(); at != slots_.end();) {
    const Slot& slot = at->second;
    const bool much = slot.nodes && !slot.building && slot.changes.size() > kFewChanges &&
                      slot.changes.size() > slot.nodes->size() / 4;
    at = much ? slots_.erase(at) : std::next(at);
  }
}

void GraphCache::Clear(uint64_t commit) {
  std::lock_guard<std::mutex> lock(mutex_);
  commit_ = commit;
  for (auto at = slots_.begin(); at != slots_.end();) {
    Slot& slot = at->second;
    if (!slot.building) {
      at = slots_.erase(at);
      continue;
    }
    slot.discard = true;
    slot.part.reset();
    slot.nodes.reset();
    ++at;
  }
}

uint64_t GraphCache::bytes() const {
  std::lock_guard<std::mutex> lock(mutex_);
  uint64_t bytes = 0;
  for (const auto& [key, slot] : slots_) bytes += slot.bytes();
  return bytes;
}

uint64_t GraphCache::builds() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return builds_;
}

}  // namespace gesta::store
