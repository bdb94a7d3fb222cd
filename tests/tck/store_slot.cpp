#include "tck/store_slot.h"

#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

namespace gesta::tck {
namespace {

Status DeleteEverything(Store& store) {
  GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> transaction, store.Begin({}));
  GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<IdCursor> cursor, transaction->ScanNodes());
  std::vector<NodeId> nodes;
  uint64_t ids[256];
  while (true) {
    GESTA_ASSIGN_OR_RETURN(const size_t n, cursor->Next(ids, std::size(ids)));
    if (n == 0) break;
    nodes.insert(nodes.end(), ids, ids + n);
  }
  if (nodes.empty()) return Status::Ok();
  for (const NodeId node : nodes) {
    GESTA_RETURN_IF_ERROR(transaction->DeleteNode(node, /*detach=*/true));
  }
  return transaction->Commit();
}

// Asks the store, and looks: counts alone might be wrong.
Result<bool> IsEmpty(Store& store) {
  TransactionOptions options;
  options.read_only = true;
  GESTA_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> transaction, store.Begin(options));
  uint64_t id;
  GESTA_ASSIGN_OR_RETURN(std::unique_ptr<IdCursor> cursor, transaction->ScanNodes());
  GESTA_ASSIGN_OR_RETURN(const size_t nodes, cursor->Next(&id, 1));
  GESTA_ASSIGN_OR_RETURN(cursor, transaction->ScanRelationships());
  GESTA_ASSIGN_OR_RETURN(const size_t relationships, cursor->Next(&id, 1));
  const Statistics statistics = transaction->GetStatistics();
  return nodes == 0 && relationships == 0 && statistics.nodes == 0 &&
         statistics.relationships == 0 && transaction->Indexes().empty() &&
         transaction->Constraints().empty();
}

}  // namespace

Result<Database*> StoreSlot::Acquire() {
  if (database_) return database_.get();
  folder_ = parent_ + "/" + std::to_string(getpid()) + "-" + std::to_string(number_++);
  return Open(options_);
}

Result<Database*> StoreSlot::Reopen(const std::function<void(ProcedureRegistry&)>& add_procedures) {
  database_.reset();
  own_procedures_ = static_cast<bool>(add_procedures);
  DatabaseOptions options = options_;
  options.add_procedures = add_procedures;
  return Open(options);
}

Result<Database*> StoreSlot::Open(const DatabaseOptions& options) {
  GESTA_ASSIGN_OR_RETURN(database_, Database::Open(folder_, options));
  return database_.get();
}

void StoreSlot::Release() {
  if (!database_) return;
  bool usable = reuse_ && !own_procedures_ && DeleteEverything(database_->store()).ok();
  if (usable) {
    const Result<bool> empty = IsEmpty(database_->store());
    usable = empty.ok() && *empty;
  }
  if (!usable) Drop();
}

void StoreSlot::Drop() {
  database_.reset();
  own_procedures_ = false;
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace gesta::tck
