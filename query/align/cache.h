// AlignmentCache: the indexes that aligners build over nodes, kept between statements.
//
// An entry holds the index of one key ("lexical", labels) with the commit it was checked at and a
// fingerprint of what it was built from. A statement that sees the same commit takes the index as
// it is; at another commit, or inside a transaction that has written, the nodes are read again and
// the index is built anew only if the fingerprint differs. So a statement never searches an index
// of another state than its own. Thread-safe; statements that want the same index at once wait for
// one to build it.
#ifndef GESTA_QUERY_ALIGN_CACHE_H_
#define GESTA_QUERY_ALIGN_CACHE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "gesta/status.h"
#include "gesta/store.h"

namespace gesta {

// A 128-bit hash of a sequence of numbers and texts.
class Fingerprint {
 public:
  void Add(uint64_t number);
  void Add(std::string_view text);  // with its length
  std::string ToHex() const;        // 32 digits
  bool operator==(const Fingerprint& other) const { return a_ == other.a_ && b_ == other.b_; }

 private:
  uint64_t a_ = 0x243F6A8885A308D3ull;
  uint64_t b_ = 0x13198A2E03707344ull;
};

class AlignmentCache {
 public:
  // The index of `key` for the transaction's state. `Index` has a type Content with a member
  // `fingerprint`, and is made from one; `read` reads the content in the transaction.
  template <typename Index>
  Result<std::shared_ptr<const Index>> Get(
      Transaction& transaction, const std::string& key,
      const std::function<Result<typename Index::Content>()>& read) {
    const std::shared_ptr<Entry> entry = FindEntry(key);
    const std::lock_guard<std::mutex> lock(entry->mutex);
    const bool clean = IsClean(transaction);
    if (clean && entry->index && entry->commit == transaction.last_commit()) {
      return std::static_pointer_cast<const Index>(entry->index);
    }
    GESTA_ASSIGN_OR_RETURN(typename Index::Content content, read());
    const Fingerprint fingerprint = content.fingerprint;
    std::shared_ptr<const Index> index;
    if (entry->index && entry->fingerprint == fingerprint) {
      index = std::static_pointer_cast<const Index>(entry->index);
    } else {
      index = std::make_shared<const Index>(std::move(content));
    }
    // What only this transaction sees is not kept, and older states do not replace newer ones.
    if (clean && (!entry->index || transaction.last_commit() >= entry->commit)) {
      entry->index = index;
      entry->fingerprint = fingerprint;
      entry->commit = transaction.last_commit();
    }
    return index;
  }

 private:
  struct Entry {
    std::mutex mutex;
    // Shared with the statements that search it. The key says of which type it is.
    std::shared_ptr<const void> index;
    Fingerprint fingerprint;
    uint64_t commit = 0;
    uint64_t last_use = 0;  // under the cache's mutex
  };
  static constexpr size_t kEntries = 16;

  static bool IsClean(const Transaction& transaction);
  std::shared_ptr<Entry> FindEntry(const std::string& key);

  std::mutex mutex_;
  // Shared: an entry may be dropped while a statement holds it.
  std::map<std::string, std::shared_ptr<Entry>> entries_;
  uint64_t clock_ = 0;
};

}  // namespace gesta

#endif  // GESTA_QUERY_ALIGN_CACHE_H_
