#include "import/export_loader.h"

#include <fmt/format.h>

#include <cstring>

namespace gesta::ingest {
namespace {

constexpr size_t kTransactionBytes = 64 << 20;

std::string IdBytes(uint64_t id) {
  std::string bytes(sizeof id, '\0');
  std::memcpy(bytes.data(), &id, sizeof id);
  return bytes;
}

}  // namespace

Status ExportLoader::Enter(Phase phase) {
  if (phase == phase_) return Status::Ok();
  if (phase < phase_) {
    return Status(StatusCode::kBadData,
                  "it stands too late: exports have their schema, nodes, "
                  "relationships, and what belongs to nodes, in this order");
  }
  if (phase_ == Phase::kSchema) {
    GESTA_RETURN_IF_ERROR(Commit());
    BulkLoadOptions load;
    load.memory_bytes = options_.memory_bytes;
    load.cancel = options_.cancel;
    GESTA_ASSIGN_OR_RETURN(loader_, BulkLoader::Begin(store_, load));
  }
  // An export without nodes goes from its schema to what follows.
  if (phase == Phase::kRest) {
    GESTA_RETURN_IF_ERROR(loader_->Commit());
    loader_.reset();
  }
  phase_ = phase;
  return Status::Ok();
}

Result<Transaction*> ExportLoader::Writing() {
  if (transaction_ == nullptr) {
    TransactionOptions options;
    options.take_slot = true;
    options.cancel = options_.cancel;
    GESTA_ASSIGN_OR_RETURN(transaction_, store_.Begin(options));
  }
  return transaction_.get();
}

Status ExportLoader::Wrote(size_t bytes) {
  bytes_ += bytes;
  return bytes_ < kTransactionBytes ? Status::Ok() : Commit();
}

Status ExportLoader::Commit() {
  bytes_ = 0;
  if (transaction_ == nullptr) return Status::Ok();
  const Status status = transaction_->Commit();
  transaction_.reset();
  return status;
}

Result<NameId> ExportLoader::Name(NameKind kind, std::string_view name) {
  if (loader_ != nullptr) return loader_->GetOrCreateName(kind, name);
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, Writing());
  return transaction->GetOrCreateName(kind, name);
}

Status ExportLoader::Space(const SpaceInfo& space) {
  GESTA_RETURN_IF_ERROR(Enter(Phase::kSchema));
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, Writing());
  return transaction->CreateSpace(space).status();
}

Status ExportLoader::Constraint(const ConstraintInfo& constraint) {
  GESTA_RETURN_IF_ERROR(Enter(Phase::kSchema));
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, Writing());
  return transaction->CreateConstraint(constraint).status();
}

Status ExportLoader::Index(const IndexInfo& index) {
  GESTA_RETURN_IF_ERROR(Enter(Phase::kSchema));
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, Writing());
  return transaction->CreateIndex(index).status();
}

Status ExportLoader::Node(uint64_t id, const std::vector<NameId>& labels,
                          const std::vector<Property>& properties) {
  GESTA_RETURN_IF_ERROR(Enter(Phase::kGraph));
  GESTA_ASSIGN_OR_RETURN(const NodeId node, loader_->AddNode(labels, properties));
  if (nodes_.Insert(IdBytes(id), node)) {
    return Status(StatusCode::kBadData, fmt::format("there are two nodes with the id {}", id));
  }
  ++counts_.nodes;
  return Status::Ok();
}

Result<NodeId> ExportLoader::NodeOf(uint64_t id) {
  const std::optional<NodeId> node = nodes_.Find(IdBytes(id));
  if (node) return *node;
  return Status(StatusCode::kBadData, fmt::format("there is no node with the id {} before", id));
}

Status ExportLoader::Relationship(uint64_t start, NameId type, uint64_t end,
                                  const std::vector<Property>& properties) {
  GESTA_RETURN_IF_ERROR(Enter(Phase::kGraph));
  GESTA_ASSIGN_OR_RETURN(const NodeId start_node, NodeOf(start));
  GESTA_ASSIGN_OR_RETURN(const NodeId end_node, NodeOf(end));
  GESTA_RETURN_IF_ERROR(loader_->AddRelationship(start_node, type, end_node, properties).status());
  ++counts_.relationships;
  return Status::Ok();
}

Result<SpaceInfo> ExportLoader::FindSpace(std::string_view name) {
  GESTA_RETURN_IF_ERROR(Enter(Phase::kRest));
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, Writing());
  const SpaceInfo* const space = transaction->FindSpace(name);
  if (space != nullptr) return *space;
  return Status(StatusCode::kBadData, fmt::format("there is no embedding space '{}'", name));
}

Status ExportLoader::Vector(const SpaceInfo& space, uint64_t node, uint64_t source,
                            const std::vector<float>& elements) {
  GESTA_RETURN_IF_ERROR(Enter(Phase::kRest));
  GESTA_ASSIGN_OR_RETURN(const NodeId id, NodeOf(node));
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, Writing());
  GESTA_RETURN_IF_ERROR(
      transaction->SetVector(space.id, id, elements.data(), elements.size(), source));
  ++counts_.vectors;
  return Wrote(elements.size() * sizeof(float));
}

Status ExportLoader::Sequence(const SpaceInfo& space, uint64_t node, const SequenceInfo& info,
                              uint64_t first, const std::vector<float>& rows) {
  GESTA_RETURN_IF_ERROR(Enter(Phase::kRest));
  if (frames_ == 0) sequence_node_ = node;
  const uint64_t frames = rows.size() / space.dimension;
  if (rows.size() % space.dimension != 0 || frames == 0 || first != frames_ ||
      node != sequence_node_ || frames > info.frames - std::min(first, info.frames)) {
    return Status(StatusCode::kBadData,
                  fmt::format("the frames from {} on do not follow {} frames of the sequence of "
                              "node {}, which has {}",
                              first, frames_, sequence_node_, info.frames));
  }
  rows_.insert(rows_.end(), rows.begin(), rows.end());
  frames_ += frames;
  if (frames_ < info.frames) return Status::Ok();
  GESTA_ASSIGN_OR_RETURN(const NodeId id, NodeOf(node));
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, Writing());
  GESTA_RETURN_IF_ERROR(transaction->SetSequence(space.id, id, info, rows_.data()));
  const size_t bytes = rows_.size() * sizeof(float);
  rows_.clear();
  frames_ = 0;
  ++counts_.sequences;
  return Wrote(bytes);
}

Status ExportLoader::Record(std::string_view key, std::string_view value) {
  GESTA_RETURN_IF_ERROR(Enter(Phase::kRest));
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, Writing());
  GESTA_RETURN_IF_ERROR(transaction->PutJobRecord(key, value));
  ++counts_.records;
  return Wrote(key.size() + value.size());
}

Status ExportLoader::Finish() {
  if (frames_ > 0) {
    return Status(StatusCode::kBadData,
                  fmt::format("the sequence of node {} is not complete", sequence_node_));
  }
  GESTA_RETURN_IF_ERROR(Enter(Phase::kRest));
  GESTA_RETURN_IF_ERROR(Commit());
  return store_.Flush();
}

}  // namespace gesta::ingest
