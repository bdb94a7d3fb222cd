// VectorIndexes: the indexes of a store's embedding spaces, made when they are first searched, told
// of every commit, and kept in files so that the next session need not build them.
//
// The vectors themselves are in the family `vector`. A saved index covers the commits up to one;
// what later commits changed is in `pending`, which is kept for spaces that have a file, or soon
// will. Any doubt about a file, and the index is made from the vectors.
//
// Thread-safe.
#ifndef GESTA_STORE_VECTOR_INDEXES_H_
#define GESTA_STORE_VECTOR_INDEXES_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "catalog/schema.h"
#include "gesta/graph_cache.h"
#include "gesta/store.h"
#include "store/read_view.h"
#include "vector/space_index.h"

namespace gesta::store {

class StoreImpl;
struct Version;

// How many bytes a value of `vector` has before the elements.
inline constexpr size_t kVectorSourceBytes = 8;

class VectorIndexes {
 public:
  explicit VectorIndexes(StoreImpl* store) : store_(store) {}
  ~VectorIndexes() { Close(); }

  // The spaces whose `pending` is kept, as the catalog says when the store is opened.
  void SetLogged(std::set<uint32_t> spaces);

  // -- a commit, by the holder of the slot --
  // Adds the entries of `pending` to what is about to be committed.
  void AddPending(const catalog::Schema& schema, uint64_t commit, WriteSet* writes);
  // Instead of Publish, when the commit failed.
  void Abandon();
  // Tells the indexes of a commit that is durable, then calls `publish`, which makes it visible.
  void Publish(const Version& version, WriteSet* writes, const std::function<void()>& publish);

  // -- searching --
  // See SpaceIndex::Search. False, too, for a space that the last commit does not have.
  Result<bool> Search(const Version& version, const SpaceInfo& space,
                      const std::vector<float>& query, const VectorSearch& search,
                      const vector::NodeSet* nodes, const vector::NodeSet* excluded,
                      vector::TopK* best);

  // A label's nodes as a set, kept as long as the list is the same.
  std::shared_ptr<const vector::NodeSet> SetOf(NameId label,
                                               const std::shared_ptr<const CachedNodes>& nodes);

  // -- care --
  Status Build(uint32_t space, const std::atomic<bool>* cancel);
  void Describe(const Version& version, std::vector<StoreInfo::Space>* spaces);
  // For `gesta check`: what the saved index of a space lacks or has too much, in words.
  Status Verify(uint32_t space, const std::function<void(std::string)>& report);
  // Saves what is worth it and ends the background work.
  void Close();

 private:
  struct Entry {
    std::mutex load_mutex;  // held while the index is made
    std::mutex work_mutex;  // held by whoever links, rebuilds or saves
    // Shared with searches that run while it is dropped. Guarded by the owner's mutex_.
    std::shared_ptr<vector::SpaceIndex> index;
    // Of the file; guarded by work_mutex.
    size_t saved_slots = 0;
    size_t saved_linked = 0;
  };
  using EntryPtr = std::shared_ptr<Entry>;  // shared with who uses it while the space is dropped
  using IndexPtr = std::shared_ptr<vector::SpaceIndex>;

  rocksdb::Env* env() const;
  bool IsLogged(uint32_t space) const {
    const std::lock_guard<std::mutex> lock(logged_mutex_);
    return logged_.count(space) > 0;
  }
  EntryPtr FindEntry(uint32_t space);
  // The index, made if need be; null when the last commit has no such space.
  Result<IndexPtr> Get(uint32_t space);
  Result<IndexPtr> Make(const std::shared_ptr<const Version>& version, const SpaceInfo& space,
                        Entry* entry);
  // The saved index with what `version` has beyond it; null when it cannot be used, `why` says why
  // not (empty: there is none).
  Result<IndexPtr> LoadSaved(const Version& version, const SpaceInfo& space, std::string* why);
  Result<IndexPtr> MakeFromVectors(const Version& version, const SpaceInfo& space);
  // Applies what `pending` says has changed after `commit`.
  static Status CatchUp(const Version& version, const SpaceInfo& space, uint64_t commit,
                        vector::SpaceIndex* index);

  // Precondition for both: entry->work_mutex is held.
  Status Improve(uint32_t space, Entry* entry, const IndexPtr& index, size_t threads, bool all,
                 const std::atomic<bool>& stop);
  Status Save(uint32_t space, Entry* entry, const IndexPtr& index);
  Result<bool> StartLogging(uint32_t space, Database* database, uint64_t* commit);

  void WakeWorker(uint32_t space);
  void Work();

  StoreImpl* const store_;
  // A mutex of its own: a store that recovers sets it while it holds the mutex of its versions,
  // which is otherwise taken inside the other one.
  mutable std::mutex logged_mutex_;
  std::set<uint32_t> logged_;  // spaces whose pending is kept
  // Guards the rest; held from before the indexes learn of a commit until it is visible.
  std::mutex mutex_;
  std::map<uint32_t, EntryPtr> entries_;
  struct LabelSet {
    std::shared_ptr<const CachedNodes> nodes;  // shared as the graph cache shares it
    std::shared_ptr<const vector::NodeSet> set;
  };
  std::map<NameId, LabelSet> label_sets_;
  std::set<uint32_t> waiting_;  // spaces for the background thread
  std::condition_variable wake_;
  std::thread worker_;
  bool in_flight_ = false;  // a commit has decided what it adds to `pending` and is not visible
  std::condition_variable landed_;
  bool closed_ = false;
  std::atomic<bool> stop_{false};
};

}  // namespace gesta::store

#endif  // GESTA_STORE_VECTOR_INDEXES_H_
