#include "vector/hnsw_graph.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <mutex>

#include "vector/elements.h"

// The header defines functions and variables that are not inline. Under names of our own they do
// not meet those of a program that uses hnswlib, too.
#define hnswlib gesta_hnswlib
#define cpuid gesta_hnswlib_cpuid
#define xgetbv gesta_hnswlib_xgetbv
#define AVXCapable GestaHnswlibAvxCapable
#define AVX512Capable GestaHnswlibAvx512Capable
#include <hnswlib/hnswlib.h>
#undef cpuid
#undef xgetbv
#undef AVXCapable
#undef AVX512Capable

namespace gesta::vector {
namespace {

using hnswlib::tableint;

constexpr size_t kFirstCapacity = 1024;
constexpr size_t kCacheLine = 64;

// What hnswlib asks of a space.
class Geometry final : public hnswlib::SpaceInterface<float> {
 public:
  Geometry(size_t bytes, Distance distance, const size_t* dimension)
      : bytes_(bytes), distance_(distance), dimension_(dimension) {}
  // Rounded up, so that the links of the next element are aligned.
  size_t get_data_size() override { return (bytes_ + 3) / 4 * 4; }
  hnswlib::DISTFUNC<float> get_dist_func() override { return distance_; }
  void* get_dist_func_param() override { return const_cast<size_t*>(dimension_); }

 private:
  const size_t bytes_;
  const Distance distance_;
  const size_t* const dimension_;
};

// Whether the graph may change while a walk reads it.
enum class Links { kAtRest, kChanging };

Status OutOfMemory() {
  return Status(StatusCode::kMemoryBudget, "there is not enough memory for an index of vectors");
}

Status DamagedLinks() {
  return Status(StatusCode::kCorruption, "the links of a saved index are damaged");
}

}  // namespace

// hnswlib's graph with our own way in: its addPoint draws levels from an unguarded generator and
// keeps a table of labels that slots make needless.
class HnswGraph::Impl : private hnswlib::HierarchicalNSW<float> {
 public:
  Impl(Geometry geometry, const SpaceInfo& space)
      : HierarchicalNSW(&geometry, kFirstCapacity, space.m, space.ef_construction),
        vector_bytes_(VectorBytes(space)) {}

  size_t size() const { return cur_element_count; }
  size_t linked() const { return linked_; }
  const char* data(SlotId slot) const { return getDataByInternalId(slot); }
  size_t bytes() const {
    return max_elements_ * (size_data_per_element_ + sizeof(void*) + sizeof(int) +
                            sizeof(std::mutex) + sizeof(hnswlib::vl_type)) +
           static_cast<size_t>(upper_layers_.load()) * size_links_per_element_;
  }

  void Reserve(size_t slots) {
    if (slots <= max_elements_) return;
    resizeIndex(std::max(slots, max_elements_ + max_elements_ / 2));
    // Walks jump through this memory: large pages spare them most of the address translation.
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const auto begin = reinterpret_cast<uintptr_t>(data_level0_memory_);
    const uintptr_t first = (begin + page - 1) / page * page;
    const uintptr_t end = (begin + max_elements_ * size_data_per_element_) / page * page;
    if (first < end) {
      // Advice: nothing depends on it.
      [[maybe_unused]] const int ignored =
          madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
    }
  }

  void Append(const char* form) {
    const auto slot = static_cast<tableint>(cur_element_count);
    std::memset(data_level0_memory_ + slot * size_data_per_element_, 0, size_data_per_element_);
    std::memcpy(getDataByInternalId(slot), form, vector_bytes_);
    setExternalLabel(slot, slot);
    ++cur_element_count;
  }

  void BeginLinking() { changing_ = true; }
  void EndLinking(size_t linked) {
    changing_ = false;
    linked_ = linked;
  }

  // As addPoint of hnswlib does it.
  void Link(tableint slot) {
    const char* point = getDataByInternalId(slot);
    const int level = LevelOf(slot);
    const std::lock_guard<std::mutex> own(link_list_locks_[slot]);
    MakeLayers(slot, level);
    std::unique_lock<std::mutex> top(global);
    const int top_level = maxlevel_;
    tableint at = enterpoint_node_;
    const bool first = at == static_cast<tableint>(-1);
    if (level <= top_level) top.unlock();
    if (!first) {
      float distance = fstdistfunc_(point, getDataByInternalId(at), dist_func_param_);
      for (int layer = top_level; layer > level; --layer) {
        Descend<Links::kChanging>(point, fstdistfunc_, layer, &at, &distance);
      }
      for (int layer = std::min(level, top_level); layer >= 0; --layer) {
        auto candidates = searchBaseLayer(at, point, layer);
        at = mutuallyConnectNewElement(point, slot, candidates, layer, /*isUpdate=*/false);
      }
    }
    if (level > top_level) {  // `top` is still held
      enterpoint_node_ = slot;
      maxlevel_ = level;
    }
  }

  bool Walk(const float* query, Distance from_query, size_t ef, const SlotFilter& filter,
            size_t budget, std::vector<NearSlot>* found) {
    if (changing_) {
      return filter.everything
                 ? WalkAs<Links::kChanging, true>(query, from_query, ef, filter, budget, found)
                 : WalkAs<Links::kChanging, false>(query, from_query, ef, filter, budget, found);
    }
    return filter.everything
               ? WalkAs<Links::kAtRest, true>(query, from_query, ef, filter, budget, found)
               : WalkAs<Links::kAtRest, false>(query, from_query, ef, filter, budget, found);
  }

  Status WriteEntry(ByteSink* sink) const {
    const uint64_t linked = linked_;
    const int32_t top[2] = {maxlevel_, static_cast<int32_t>(enterpoint_node_)};
    GESTA_RETURN_IF_ERROR(Put(sink, &linked, sizeof linked));
    return Put(sink, top, sizeof top);
  }

  Status WriteLinks(SlotId begin, SlotId end, ByteSink* sink) const {
    for (tableint slot = begin; slot < end; ++slot) {
      const auto level = static_cast<uint8_t>(element_levels_[slot]);
      GESTA_RETURN_IF_ERROR(Put(sink, &level, sizeof level));
      GESTA_RETURN_IF_ERROR(Put(sink, get_linklist0(slot), size_links_level0_));
      if (level > 0) {
        GESTA_RETURN_IF_ERROR(Put(sink, linkLists_[slot], level * size_links_per_element_));
      }
    }
    return {};
  }

  Status ReadLinks(ByteSource* source) {
    uint64_t linked = 0;
    int32_t top[2];
    GESTA_RETURN_IF_ERROR(Get(source, &linked, sizeof linked));
    GESTA_RETURN_IF_ERROR(Get(source, top, sizeof top));
    if (linked > cur_element_count) return DamagedLinks();
    const Status status = ReadEach(source, static_cast<tableint>(linked), top[0]);
    const bool entered = static_cast<uint64_t>(top[1]) < linked &&
                         element_levels_[static_cast<size_t>(top[1])] == top[0];
    if (!status.ok() || (linked > 0 && !entered)) {
      Unlink();
      return status.ok() ? DamagedLinks() : status;
    }
    if (linked > 0) {
      maxlevel_ = top[0];
      enterpoint_node_ = static_cast<tableint>(top[1]);
    }
    linked_ = linked;
    return {};
  }

 private:
  static constexpr int kMaxLevel = 64;

  static Status Put(ByteSink* sink, const void* bytes, size_t n) {
    return sink->Write(static_cast<const char*>(bytes), n);
  }
  static Status Get(ByteSource* source, void* bytes, size_t n) {
    return source->Read(static_cast<char*>(bytes), n);
  }

  // Drawn from the slot's number, so that equal input gives equal layers whichever thread links.
  int LevelOf(tableint slot) const {
    uint64_t h = (slot + 1) * 0x9E3779B97F4A7C15ull;
    h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9ull;
    h = (h ^ (h >> 27)) * 0x94D049BB133111EBull;
    const double uniform = (static_cast<double>(h >> 11) + 1) * 0x1p-53;  // (0, 1]
    return std::min(static_cast<int>(-std::log(uniform) * mult_), kMaxLevel);
  }

  void MakeLayers(tableint slot, int level) {
    if (level > 0) {
      // hnswlib looks one link ahead, past the last.
      void* layers =
          std::calloc(static_cast<size_t>(level) * size_links_per_element_ + sizeof(tableint), 1);
      if (layers == nullptr) throw std::bad_alloc();
      linkLists_[slot] = static_cast<char*>(layers);
      upper_layers_ += level;
    }
    element_levels_[slot] = level;
  }

  void Unlink() {
    for (tableint slot = 0; slot < cur_element_count; ++slot) {
      if (element_levels_[slot] > 0) std::free(linkLists_[slot]);
      element_levels_[slot] = 0;
      std::memset(get_linklist0(slot), 0, size_links_level0_);
    }
    upper_layers_ = 0;
    linked_ = 0;
    maxlevel_ = -1;
    enterpoint_node_ = static_cast<tableint>(-1);
  }

  Status ReadEach(ByteSource* source, tableint linked, int top_level) {
    std::vector<uint8_t> levels(linked);
    for (tableint slot = 0; slot < linked; ++slot) {
      GESTA_RETURN_IF_ERROR(Get(source, &levels[slot], 1));
      const int level = levels[slot];
      if (level > top_level || level > kMaxLevel) return DamagedLinks();
      GESTA_RETURN_IF_ERROR(Get(source, get_linklist0(slot), size_links_level0_));
      if (level == 0) continue;
      MakeLayers(slot, level);
      GESTA_RETURN_IF_ERROR(Get(source, linkLists_[slot], level * size_links_per_element_));
    }
    // No link leads out of the graph or to a layer that its target has not.
    for (tableint slot = 0; slot < linked; ++slot) {
      for (int layer = 0; layer <= levels[slot]; ++layer) {
        linklistsizeint* list = get_linklist_at_level(slot, layer);
        const size_t n = getListCount(list);
        if (n > (layer == 0 ? maxM0_ : maxM_)) return DamagedLinks();
        for (size_t i = 1; i <= n; ++i) {
          if (list[i] >= linked || levels[list[i]] < layer) return DamagedLinks();
        }
      }
    }
    return {};
  }

  // Copies a slot's links, so that they can be followed without a lock.
  template <Links kLinks>
  size_t CopyLinks(tableint slot, int layer, tableint* links) {
    std::unique_lock<std::mutex> lock;
    if (kLinks == Links::kChanging) lock = std::unique_lock<std::mutex>(link_list_locks_[slot]);
    linklistsizeint* list = get_linklist_at_level(slot, layer);
    const size_t n = getListCount(list);
    std::memcpy(links, list + 1, n * sizeof(tableint));
    return n;
  }

  // Goes to the nearest slot of a layer that nearer and nearer links lead to.
  template <Links kLinks>
  void Descend(const void* query, Distance distance_to, int layer, tableint* at, float* distance) {
    tableint links[kMaxLinks];
    for (bool nearer = true; nearer;) {
      nearer = false;
      const size_t n = CopyLinks<kLinks>(*at, layer, links);
      for (size_t i = 0; i < n; ++i) {
        const float d = distance_to(query, getDataByInternalId(links[i]), dist_func_param_);
        if (d >= *distance) continue;
        *distance = d;
        *at = links[i];
        nearer = true;
      }
    }
  }

  // A list of visited slots that goes back to its pool.
  class Visited {
   public:
    explicit Visited(hnswlib::VisitedListPool* pool)
        : pool_(pool), list_(pool->getFreeVisitedList()) {}
    ~Visited() { pool_->releaseVisitedList(list_); }
    // Whether it is the first visit.
    bool Enter(tableint slot) {
      if (list_->mass[slot] == list_->curV) return false;
      list_->mass[slot] = list_->curV;
      return true;
    }

   private:
    hnswlib::VisitedListPool* pool_;
    hnswlib::VisitedList* list_;
  };

  void Prefetch(tableint slot) const {
    const char* data = getDataByInternalId(slot);
    const size_t bytes = std::min<size_t>(data_size_, 8 * kCacheLine);
    for (size_t at = 0; at < bytes; at += kCacheLine) __builtin_prefetch(data + at);
  }

  // Keeps the frontier (nearest first) and the best accepted slots (farthest first). Rejected slots
  // are walked through, not answered.
  template <Links kLinks, bool kEverything>
  bool WalkAs(const float* query, Distance distance_to, size_t ef, const SlotFilter& filter,
              size_t budget, std::vector<NearSlot>* found) {
    found->clear();
    tableint at;
    int top_level;
    {
      std::unique_lock<std::mutex> lock;
      if (kLinks == Links::kChanging) lock = std::unique_lock<std::mutex>(global);
      at = enterpoint_node_;
      top_level = maxlevel_;
    }
    if (at == static_cast<tableint>(-1)) return true;
    float distance = distance_to(query, getDataByInternalId(at), dist_func_param_);
    for (int layer = top_level; layer > 0; --layer) {
      Descend<kLinks>(query, distance_to, layer, &at, &distance);
    }

    Visited visited(visited_list_pool_);
    const auto farther = [](const NearSlot& a, const NearSlot& b) { return b < a; };
    std::vector<NearSlot> frontier;
    frontier.reserve(8 * ef);
    std::vector<NearSlot>& best = *found;
    best.reserve(ef + 1);
    frontier.push_back({distance, at});
    visited.Enter(at);
    if (kEverything || filter.Accepts(at)) best.push_back({distance, at});
    tableint links[kMaxLinks];
    size_t computed = 0;
    while (!frontier.empty()) {
      const NearSlot next = frontier.front();
      if (best.size() >= ef && next.distance > best.front().distance) break;
      std::pop_heap(frontier.begin(), frontier.end(), farther);
      frontier.pop_back();
      const size_t all = CopyLinks<kLinks>(next.slot, 0, links);
      size_t n = 0;
      for (size_t i = 0; i < all; ++i) {
        if (!visited.Enter(links[i])) continue;
        links[n++] = links[i];
        Prefetch(links[i]);
      }
      for (size_t i = 0; i < n; ++i) {
        const NearSlot near{distance_to(query, getDataByInternalId(links[i]), dist_func_param_),
                            links[i]};
        if (best.size() >= ef && !(near < best.front())) continue;
        frontier.push_back(near);
        std::push_heap(frontier.begin(), frontier.end(), farther);
        if (!kEverything && !filter.Accepts(near.slot)) continue;
        best.push_back(near);
        std::push_heap(best.begin(), best.end());
        if (best.size() > ef) {
          std::pop_heap(best.begin(), best.end());
          best.pop_back();
        }
      }
      computed += n;
      if (computed > budget && best.size() < ef) return false;
    }
    std::sort_heap(best.begin(), best.end());
    return true;
  }

  using linklistsizeint = hnswlib::linklistsizeint;
  static constexpr size_t kMaxLinks = 256;  // 2 m of the largest m

  const size_t vector_bytes_;
  bool changing_ = false;
  size_t linked_ = 0;
  std::atomic<int64_t> upper_layers_{0};  // layers above the lowest, of all slots
};

HnswGraph::HnswGraph(const SpaceInfo& space)
    : dimension_(space.dimension),
      distances_(DistancesFor(space.metric, space.element)),
      impl_(std::make_unique<Impl>(Geometry(VectorBytes(space), distances_.between, &dimension_),
                                   space)) {}

HnswGraph::~HnswGraph() = default;

size_t HnswGraph::size() const { return impl_->size(); }
size_t HnswGraph::linked() const { return impl_->linked(); }
const char* HnswGraph::data(SlotId slot) const { return impl_->data(slot); }
size_t HnswGraph::bytes() const { return impl_->bytes(); }

Status HnswGraph::Reserve(size_t slots) {
  if (slots >= kNoSlot) {
    return Status(StatusCode::kMemoryBudget,
                  "an embedding space holds at most four billion vectors");
  }
  try {
    impl_->Reserve(slots);
  } catch (const std::exception&) {
    return OutOfMemory();
  }
  return {};
}

void HnswGraph::Append(const char* form) { impl_->Append(form); }

void HnswGraph::BeginLinking() { impl_->BeginLinking(); }
void HnswGraph::EndLinking(size_t linked) { impl_->EndLinking(linked); }

Status HnswGraph::Link(SlotId slot) {
  try {
    impl_->Link(slot);
  } catch (const std::bad_alloc&) {
    return OutOfMemory();
  } catch (const std::exception& error) {
    return Status(StatusCode::kInternal,
                  std::string("linking a vector into its index failed: ") + error.what());
  }
  return {};
}

bool HnswGraph::Walk(const float* query, size_t ef, const SlotFilter& filter, size_t budget,
                     std::vector<NearSlot>* found) const {
  return impl_->Walk(query, distances_.from_query, ef, filter, budget, found);
}

Status HnswGraph::WriteEntry(ByteSink* sink) const { return impl_->WriteEntry(sink); }
Status HnswGraph::WriteLinks(SlotId begin, SlotId end, ByteSink* sink) const {
  return impl_->WriteLinks(begin, end, sink);
}

Status HnswGraph::ReadLinks(ByteSource* source) {
  try {
    return impl_->ReadLinks(source);
  } catch (const std::bad_alloc&) {
    return OutOfMemory();
  }
}

}  // namespace gesta::vector
