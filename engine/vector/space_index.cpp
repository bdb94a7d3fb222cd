#include "vector/space_index.h"

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "vector/elements.h"

namespace gesta::vector {
namespace {

// How many candidates a walk keeps at least, unless the search says.
constexpr size_t kDefaultEf = 100;
// One vector after the other is compared in this part of the time that jumping to each takes.
constexpr size_t kJump = 3;
// So many slots without links are no burden to searches.
constexpr size_t kLinkFrom = 256;
// Slots that are linked before others may use them through the graph.
constexpr size_t kLinkRound = 1024;
// Searches ask whether to go on after so many comparisons.
constexpr size_t kInterruptEvery = 16384;

using Exclusive = std::unique_lock<FairMutex>;
using Shared = std::shared_lock<FairMutex>;

// For a state that nobody else sees.
struct NoMutex {
  void lock() {}
  void unlock() {}
  void lock_shared() {}
  void unlock_shared() {}
};

}  // namespace

SpaceIndex::SpaceIndex(SpaceInfo space)
    : space_(std::move(space)), state_(std::make_unique<State>(space_)) {}

SpaceIndex::Counts SpaceIndex::counts() const {
  const Shared lock(mutex_);
  return {state_->vectors, state_->slots.size(), state_->graph.linked(),
          state_->graph.bytes() + state_->slots.capacity() * sizeof(Slot) +
              state_->latest.size() * (sizeof(std::pair<NodeId, SlotId>) + 2 * sizeof(void*))};
}

uint64_t SpaceIndex::commit() const {
  const Shared lock(mutex_);
  return commit_;
}

void SpaceIndex::SetBaseCommit(uint64_t commit) {
  const Exclusive lock(mutex_);
  base_commit_ = commit;
  commit_ = std::max(commit_, commit);
}

Status SpaceIndex::Apply(uint64_t commit, const std::vector<VectorChange>& changes) {
  // Decoded before searches have to wait.
  const size_t width = VectorBytes(space_);
  std::string forms;
  std::vector<float> elements;
  for (const VectorChange& change : changes) {
    if (!change.stored) continue;
    if (!DecodeStored(space_, *change.stored, &elements)) {
      return Status(StatusCode::kCorruption,
                    "the vector of node " + std::to_string(change.node) +
                        " in the embedding space '" + space_.name + "' is damaged",
                    "run 'gesta check' on the store");
    }
    forms.resize(forms.size() + width);
    ToIndexForm(space_, elements.data(), forms.data() + forms.size() - width);
  }
  const Exclusive lock(mutex_);
  State& state = *state_;
  GESTA_RETURN_IF_ERROR(state.graph.Reserve(state.slots.size() + forms.size() / width));
  const char* form = forms.data();
  for (const VectorChange& change : changes) {
    const auto known = state.latest.find(change.node);
    SlotId previous = known == state.latest.end() ? kNoSlot : known->second;
    if (previous != kNoSlot && state.slots[previous].removed == kNever) {
      state.slots[previous].removed = commit;
      --state.vectors;
    }
    if (!change.stored) continue;
    const auto slot = static_cast<SlotId>(state.slots.size());
    state.graph.Append(form);
    form += width;
    state.slots.push_back({change.node, commit, kNever, previous});
    state.latest[change.node] = slot;
    ++state.vectors;
  }
  commit_ = commit;
  return {};
}

// -- searching --

SlotId SpaceIndex::FindVisible(const State& state, NodeId node, uint64_t commit) const {
  const auto known = state.latest.find(node);
  if (known == state.latest.end()) return kNoSlot;
  SlotId slot = known->second;
  while (slot != kNoSlot && !state.slots[slot].VisibleAt(commit)) slot = state.slots[slot].previous;
  return slot;
}

// Compares with the accepted slots from `from` on.
Status SpaceIndex::SearchExact(const State& state, uint64_t commit, const float* query,
                               const VectorSearch& search, const SlotFilter& filter, SlotId from,
                               TopK* best) const {
  const Distance distance = state.graph.distances().from_query;
  const size_t* dimension = &state.graph.dimension();
  size_t compared = 0;
  Status status;
  const auto compare = [&](SlotId slot) {
    best->Add({distance(query, state.graph.data(slot), dimension), state.slots[slot].node});
    if (++compared % kInterruptEvery == 0 && search.check_interrupt) {
      status = search.check_interrupt();
    }
    return status.ok();
  };
  const auto n = static_cast<SlotId>(state.slots.size());
  if (filter.nodes != nullptr && filter.nodes->size() * kJump < n - from) {
    filter.nodes->ForEach([&](NodeId node) {
      if (!status.ok() || (filter.excluded != nullptr && filter.excluded->Contains(node))) return;
      const SlotId slot = FindVisible(state, node, commit);
      if (slot != kNoSlot && slot >= from) compare(slot);
    });
    return status;
  }
  for (SlotId slot = from; slot < n; ++slot) {
    if ((filter.everything || filter.Accepts(slot)) && !compare(slot)) return status;
  }
  return {};
}

Result<bool> SpaceIndex::Search(uint64_t commit, const std::vector<float>& query,
                                const VectorSearch& search, const NodeSet* nodes,
                                const NodeSet* excluded, TopK* best) const {
  const Shared lock(mutex_);
  const State& state = *state_;
  if (commit < base_commit_) return false;
  if (search.k == 0 || state.slots.empty()) return true;
  SlotFilter filter{state.slots.data(), commit, nodes, excluded, false};
  filter.everything = nodes == nullptr && excluded == nullptr && commit >= commit_ &&
                      state.vectors == state.slots.size();

  const auto linked = static_cast<SlotId>(state.graph.linked());
  const size_t ef = std::max(search.k, search.ef > 0 ? search.ef : kDefaultEf);
  // The walk computes about m distances for each slot that it passes through, and passes through as
  // many more than it keeps as the filter rejects.
  const size_t all = std::max<size_t>(1, state.vectors);
  const size_t accepted = std::min(all, nodes != nullptr ? nodes->size() : all);
  const double walk = static_cast<double>(ef) * space_.m * static_cast<double>(all) /
                      static_cast<double>(std::max<size_t>(1, accepted));
  const double scan = static_cast<double>(accepted);
  std::vector<NearSlot> found;
  bool walked = !search.exact && linked > 0 && walk < scan;
  if (walked) {
    // A walk that is far worse than its estimate meets a filter that rejects what is near.
    const size_t budget = std::max(2 * accepted, size_t{64} * ef);
    walked = state.graph.Walk(query.data(), ef, filter, budget, &found) &&
             found.size() >= std::min(ef, accepted);
  }
  if (!walked) {
    GESTA_RETURN_IF_ERROR(SearchExact(state, commit, query.data(), search, filter, 0, best));
    return true;
  }
  for (const NearSlot& near : found) {
    // Those that are being linked are among the others.
    if (near.slot < linked) best->Add({near.distance, state.slots[near.slot].node});
  }
  GESTA_RETURN_IF_ERROR(SearchExact(state, commit, query.data(), search, filter, linked, best));
  return true;
}

// -- building the graph --

bool SpaceIndex::WantsLinking() const {
  const Shared lock(mutex_);
  const size_t linked = state_->graph.linked();
  const size_t waiting = state_->slots.size() - linked;
  return linked > 0 ? waiting >= kLinkFrom : state_->vectors >= kGraphFrom;
}

bool SpaceIndex::WantsRebuild() const {
  const Shared lock(mutex_);
  const size_t slots = state_->slots.size();
  return slots >= kGraphFrom && (slots - state_->vectors) * 5 > slots;
}

template <typename Mutex>
Status SpaceIndex::LinkSlots(State* state, size_t threads, const std::atomic<bool>& stop,
                             Mutex* mutex) {
  for (;;) {
    std::unique_lock<Mutex> exclusive(*mutex);
    const auto begin = static_cast<SlotId>(state->graph.linked());
    const auto end = static_cast<SlotId>(
        std::min<size_t>(state->slots.size(), begin + kLinkRound * std::max<size_t>(1, threads)));
    if (begin == end || stop) return {};
    state->graph.BeginLinking();
    exclusive.unlock();

    // Taken in order, and each that is taken is linked: those before `next` are, when all are done.
    std::atomic<SlotId> next{begin};
    std::mutex status_mutex;
    Status status;
    const auto work = [&] {
      while (!stop) {
        const SlotId slot = next++;
        if (slot >= end) break;
        const std::shared_lock<Mutex> shared(*mutex);
        const Status linked = state->graph.Link(slot);
        if (linked.ok()) continue;
        const std::lock_guard<std::mutex> lock(status_mutex);
        status = linked;
        next = end;
      }
    };
    std::vector<std::thread> others;
    for (size_t i = 1; i < threads; ++i) others.emplace_back(work);
    work();
    for (std::thread& other : others) other.join();

    exclusive.lock();
    state->graph.EndLinking(status.ok() ? std::min<SlotId>(next, end) : begin);
    GESTA_RETURN_IF_ERROR(status);
  }
}

Status SpaceIndex::Link(size_t threads, const std::atomic<bool>& stop) {
  return LinkSlots(state_.get(), threads, stop, &mutex_);
}

Status SpaceIndex::Rebuild(size_t threads, const std::atomic<bool>& stop) {
  auto fresh = std::make_unique<State>(space_);
  std::vector<SlotId> origins;  // of the fresh slots
  uint64_t commit = 0;
  size_t seen = 0;  // slots of the old state that were considered
  {
    const Shared lock(mutex_);
    commit = commit_;
    seen = state_->slots.size();
    for (SlotId slot = 0; slot < seen; ++slot) {
      if (state_->slots[slot].removed == kNever) origins.push_back(slot);
    }
    GESTA_RETURN_IF_ERROR(fresh->graph.Reserve(origins.size() + origins.size() / 8));
  }
  const auto add = [&](const Slot& slot, const char* form) {
    fresh->graph.Append(form);
    const auto known = fresh->latest.find(slot.node);
    fresh->slots.push_back({slot.node, slot.created, slot.removed,
                            known == fresh->latest.end() ? kNoSlot : known->second});
    fresh->latest[slot.node] = static_cast<SlotId>(fresh->slots.size() - 1);
  };
  // In pieces: who wants to commit need not wait for all of them.
  for (size_t at = 0; at < origins.size() && !stop;) {
    const Shared lock(mutex_);
    for (const size_t end = std::min(origins.size(), at + kLinkRound); at < end; ++at) {
      Slot slot = state_->slots[origins[at]];
      slot.removed = kNever;  // what came since follows below
      add(slot, state_->graph.data(origins[at]));
    }
  }
  if (fresh->slots.size() >= kGraphFrom) {
    NoMutex nobody_else;
    GESTA_RETURN_IF_ERROR(LinkSlots(fresh.get(), threads, stop, &nobody_else));
  }
  if (stop) return {};

  std::unique_ptr<State> old;
  const Exclusive lock(mutex_);
  GESTA_RETURN_IF_ERROR(fresh->graph.Reserve(fresh->slots.size() + (state_->slots.size() - seen)));
  for (size_t i = 0; i < origins.size(); ++i) {
    fresh->slots[i].removed = state_->slots[origins[i]].removed;
  }
  for (size_t slot = seen; slot < state_->slots.size(); ++slot) {
    add(state_->slots[slot], state_->graph.data(static_cast<SlotId>(slot)));
  }
  fresh->vectors = state_->vectors;
  base_commit_ = std::max(base_commit_, commit);
  old = std::exchange(state_, std::move(fresh));
  return {};
}

void SpaceIndex::ForEach(const std::function<void(NodeId, const char*)>& visit) const {
  const Shared lock(mutex_);
  for (SlotId slot = 0; slot < state_->slots.size(); ++slot) {
    if (state_->slots[slot].removed == kNever) {
      visit(state_->slots[slot].node, state_->graph.data(slot));
    }
  }
}

}  // namespace gesta::vector
