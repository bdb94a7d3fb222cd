// BulkLoader: many new nodes and relationships at once, written as sorted table files instead of
// row by row.
//
//   auto loader = gesta::BulkLoader::Begin(store);
//   auto person = (*loader)->GetOrCreateName(gesta::NameKind::kLabel, "Person");
//   auto ada = (*loader)->AddNode({*person}, {{*name, gesta::Value::String("Ada")}});
//   …
//   gesta::Status status = (*loader)->Commit();
//
// A load is one transaction. It holds the writer slot from Begin to its end; readers go on with
// what was there before, and see everything after Commit and nothing without it, also when the
// process or the machine dies. What is added counts for the store's statistics, indexes and
// constraints as if transactions had written it.
//
// A loader belongs to one thread at a time; it uses a second one for itself. Its memory is bounded
// (BulkLoadOptions::memory_bytes) but for about 50 bytes an index entry.
#ifndef GESTA_BULK_LOAD_H_
#define GESTA_BULK_LOAD_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/store.h"

namespace gesta {

struct BulkLoadOptions {
  // Relationships are sorted in portions of this size. Larger portions make fewer table files that
  // overlap, which reads have to look through until the store has merged them.
  size_t memory_bytes = 256 << 20;
  // As in TransactionOptions.
  std::chrono::milliseconds slot_timeout = std::chrono::minutes(10);
  const std::atomic<bool>* cancel = nullptr;
  // Says where an entity that was added came from, for messages, e.g. "people.csv: line 7". May be
  // empty.
  std::function<std::string(EntityKind, uint64_t id)> origin;
  // The load is a part of something larger. Its tables are compressed as those of the bottom level
  // are, since most of them go there at once and are never merged; the store does not merge the
  // others after each load but when Store::MergeLoads says so.
  bool one_of_many = false;
};

class BulkLoader {
 public:
  // kReadOnly, kConflict (somebody else writes), kCancelled, kIo. The store must outlive the
  // loader.
  static Result<std::unique_ptr<BulkLoader>> Begin(Store& store,
                                                   const BulkLoadOptions& options = {});
  // Without Commit: nothing was added.
  virtual ~BulkLoader() = default;

  virtual NameId FindName(NameKind kind, std::string_view name) const = 0;
  virtual Result<NameId> GetOrCreateName(NameKind kind, std::string_view name) = 0;
  virtual const std::vector<IndexInfo>& Indexes() const = 0;
  // The id that the next node will get; those after it follow without gaps.
  virtual NodeId next_node() const = 0;

  // The ids are those that the entities will have. Refused (as by Transaction: values that cannot
  // be stored or indexed; existence constraints; kEntityNotFound for an end that is neither in the
  // store nor was added): nothing was added, and the loader goes on. Other errors end the load.
  virtual Result<NodeId> AddNode(const std::vector<NameId>& labels,
                                 const std::vector<Property>& properties) = 0;
  virtual Result<RelId> AddRelationship(NodeId start, NameId type, NodeId end,
                                        const std::vector<Property>& properties) = 0;

  // The node of the store (not of this load) that a unique index has for these values; nullopt:
  // none.
  virtual Result<std::optional<NodeId>> FindInStore(const IndexInfo& unique_index,
                                                    const std::vector<Value>& values) = 0;

  // A job record (Transaction::PutJobRecord) that becomes part of the load, such as how far a job
  // has come.
  virtual Status PutJobRecord(std::string_view key, std::string_view value) = 0;

  // Ends the load; afterwards only changes() may be called. kConstraint: two entities have equal
  // values in a unique index. kIo. After an error the store is as it was, but for one case: when
  // the disk fails at the very end, the whole load may be found there when the store is opened
  // again.
  virtual Status Commit() = 0;

  virtual const Transaction::Changes& changes() const = 0;
};

}  // namespace gesta

#endif  // GESTA_BULK_LOAD_H_
