// Embedding spaces and their vectors in a transaction.
#include <algorithm>
#include <cmath>

#include "store/transaction_impl.h"
#include "vector/distance.h"
#include "vector/elements.h"
#include "vector/top_k.h"

namespace gesta::store {
namespace {

constexpr uint32_t kMinM = 4;
constexpr uint32_t kMaxM = 128;
constexpr uint32_t kMaxEfConstruction = 4096;

std::string_view StoredElements(std::string_view value) {
  return value.substr(std::min(value.size(), kVectorSourceBytes));
}

Status OutOfRange(const std::string& what, uint64_t value, uint64_t least, uint64_t most) {
  return Status(StatusCode::kInvalidArgument, what + " of an embedding space is " +
                                                  std::to_string(value) + ", and must be between " +
                                                  std::to_string(least) + " and " +
                                                  std::to_string(most));
}

}  // namespace

Status UnknownSpace(uint32_t space) {
  return Status(StatusCode::kNotFound,
                "the store has no embedding space with the id " + std::to_string(space));
}

// -- spaces --

const SpaceInfo* TransactionImpl::FindSpace(std::string_view name) const {
  return schema_->FindSpace(name);
}

Result<uint64_t> TransactionImpl::CountVectors(uint32_t space) const {
  if (schema_->FindSpace(space) == nullptr) return UnknownSpace(space);
  const auto found = statistics_->space_vectors.find(space);
  return found == statistics_->space_vectors.end() ? 0 : found->second;
}

Result<SpaceInfo> TransactionImpl::CreateSpace(SpaceInfo info) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  if (info.name.empty()) {
    return Status(StatusCode::kInvalidArgument, "an embedding space needs a name");
  }
  if (schema_->FindSpace(info.name) != nullptr) {
    return Status(StatusCode::kAlreadyExists,
                  "there is an embedding space named '" + info.name + "' already");
  }
  if (info.dimension < 1 || info.dimension > kMaxVectorDimension) {
    return OutOfRange("the dimension", info.dimension, 1, kMaxVectorDimension);
  }
  if (info.m < kMinM || info.m > kMaxM) return OutOfRange("m", info.m, kMinM, kMaxM);
  if (info.ef_construction < info.m || info.ef_construction > kMaxEfConstruction) {
    return OutOfRange("ef_construction", info.ef_construction, info.m, kMaxEfConstruction);
  }
  for (const auto& [number, what] :
       {std::pair(info.logit_scale, "logit_scale"), std::pair(info.logit_bias, "logit_bias")}) {
    if (!number || std::isfinite(*number)) continue;
    return Status(StatusCode::kInvalidArgument,
                  std::string("the ") + what + " of an embedding space must be a finite number");
  }
  std::sort(info.labels.begin(), info.labels.end());
  info.labels.erase(std::unique(info.labels.begin(), info.labels.end()), info.labels.end());
  if (!info.labels.empty() && info.labels.back() >= schema_->names(NameKind::kLabel).size()) {
    return Status(StatusCode::kInvalidArgument, "an embedding space needs known labels");
  }
  catalog::Schema& schema = MutableSchema();
  info.id = schema.next_index++;
  schema.AddSpace(info);
  MutableStatistics().space_vectors[info.id] = 0;
  MutableStatistics().space_sequences[info.id] = 0;
  writes_->Put(Family::kCatalog, SpaceDefinitionKey(info.id), catalog::EncodeSpace(info));
  return info;
}

Status TransactionImpl::DropSpace(std::string_view name) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  const SpaceInfo* found = schema_->FindSpace(name);
  if (found == nullptr) {
    return Status(StatusCode::kNotFound,
                  "there is no embedding space named '" + std::string(name) + "'",
                  "SHOW EMBEDDING SPACES lists them");
  }
  const uint32_t id = found->id;
  // What this transaction has put into it must not be committed after the space is gone.
  for (const Family family : {Family::kVector, Family::kSequence}) {
    std::vector<std::string> own;
    writes_->ForEach(family, Key().U32(id),
                     [&](std::string_view key, const std::string_view*) { own.emplace_back(key); });
    for (const std::string& key : own) writes_->Delete(family, key);
  }
  if (version_->schema->FindSpace(id) != nullptr) {
    // As a dropped index's, the entries go after the commit; the record makes sure that they do.
    writes_->Put(Family::kCatalog, DroppedIndexKey(id), {});
    dropped_indexes_.push_back(id);
  }
  writes_->Delete(Family::kCatalog, SpaceDefinitionKey(id));
  MutableStatistics().space_vectors.erase(id);
  MutableStatistics().space_sequences.erase(id);
  MutableSchema().RemoveSpace(id);
  return Status::Ok();
}

Status TransactionImpl::SetSpaceModelVersion(uint32_t space, std::string_view version) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  const SpaceInfo* found = schema_->FindSpace(space);
  if (found == nullptr) return UnknownSpace(space);
  if (found->model_version == version) return Status::Ok();
  SpaceInfo info = *found;
  info.model_version = version;
  writes_->Put(Family::kCatalog, SpaceDefinitionKey(space), catalog::EncodeSpace(info));
  MutableSchema().AddSpace(std::move(info));
  return Status::Ok();
}

// -- vectors --

Status TransactionImpl::SetVector(uint32_t space, NodeId node, const float* elements,
                                  size_t dimension, uint64_t source) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  const SpaceInfo* info = schema_->FindSpace(space);
  if (info == nullptr) return UnknownSpace(space);
  GESTA_RETURN_IF_ERROR(vector::CheckElements(*info, elements, dimension, "vector"));
  rocksdb::PinnableSlice row;
  GESTA_RETURN_IF_ERROR(RequireNode(node, &row));
  const auto has_label = [&](NameId label) {
    return NodeHasLabel({row.data(), row.size()}, label);
  };
  if (!info->labels.empty() && std::none_of(info->labels.begin(), info->labels.end(), has_label)) {
    std::string labels;
    for (const NameId label : info->labels) {
      labels += (labels.empty() ? ":" : "|:") + std::string(Name(NameKind::kLabel, label));
    }
    return Status(StatusCode::kInvalidArgument, "embedding space '" + info->name + "': node " +
                                                    std::to_string(node) + " is no (" + labels +
                                                    ")");
  }
  const Key key = VectorKey(space, node);
  GESTA_ASSIGN_OR_RETURN(const bool present, view_.Contains(Family::kVector, key));
  std::string value;
  value.reserve(kVectorSourceBytes + vector::VectorBytes(*info));
  AppendU64(&value, source);
  vector::AppendStored(info->element, elements, dimension, &value);
  writes_->Put(Family::kVector, key, value);
  if (!present) ++MutableStatistics().space_vectors[space];
  return Status::Ok();
}

Status TransactionImpl::RemoveVector(uint32_t space, NodeId node) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  if (schema_->FindSpace(space) == nullptr) return UnknownSpace(space);
  const Key key = VectorKey(space, node);
  GESTA_ASSIGN_OR_RETURN(const bool present, view_.Contains(Family::kVector, key));
  if (!present) return Status::Ok();
  writes_->Delete(Family::kVector, key);
  --MutableStatistics().space_vectors[space];
  return Status::Ok();
}

Status TransactionImpl::RemoveVectorsOf(NodeId node) {
  for (const SpaceInfo& space : schema_->spaces()) {
    GESTA_RETURN_IF_ERROR(RemoveVector(space.id, node));
  }
  return Status::Ok();
}

Status TransactionImpl::DamagedVector(const SpaceInfo& space, NodeId node) const {
  return Status(StatusCode::kCorruption,
                "the vector of node " + std::to_string(node) + " in the embedding space '" +
                    space.name + "' of the store at '" + store_->path() + "' is damaged",
                "run 'gesta check' on the store");
}

Result<std::optional<std::vector<float>>> TransactionImpl::GetVector(uint32_t space, NodeId node) {
  const SpaceInfo* info = schema_->FindSpace(space);
  if (info == nullptr) return UnknownSpace(space);
  std::optional<std::vector<float>> elements;
  rocksdb::PinnableSlice value;
  GESTA_ASSIGN_OR_RETURN(const bool found,
                         view_.Get(Family::kVector, VectorKey(space, node), &value));
  if (!found) return elements;
  elements.emplace();
  if (!vector::DecodeStored(*info, StoredElements({value.data(), value.size()}), &*elements)) {
    return DamagedVector(*info, node);
  }
  return elements;
}

Result<std::vector<VectorRecord>> TransactionImpl::ListVectors(uint32_t space) {
  const SpaceInfo* info = schema_->FindSpace(space);
  if (info == nullptr) return UnknownSpace(space);
  std::vector<VectorRecord> records;
  Scan scan(&view_, Family::kVector);
  for (scan.SeekPrefix(Key().U32(space)); scan.Valid(); scan.Next()) {
    const NodeId node = ReadU64(scan.key().data() + 4);
    if (scan.value().size() < kVectorSourceBytes) return DamagedVector(*info, node);
    records.push_back({node, ReadU64(scan.value().data())});
  }
  GESTA_RETURN_IF_ERROR(scan.status());
  return records;
}

// -- searching --

Result<std::shared_ptr<const vector::NodeSet>> TransactionImpl::SearchedNodes(
    const VectorSearch& search) {
  using vector::NodeSet;
  std::shared_ptr<const NodeSet> labelled;
  if (search.label != kNoName) {
    if (const auto cached = Nodes(search.label, 0)) {
      labelled = store_->vector_indexes()->SetOf(search.label, cached);
    } else {
      std::vector<NodeId> ids;
      Scan scan(&view_, Family::kLabel);
      for (scan.SeekPrefix(Key().U32(search.label)); scan.Valid(); scan.Next()) {
        ids.push_back(ReadU64(scan.key().data() + 4));
      }
      GESTA_RETURN_IF_ERROR(scan.status());
      CountLookups({PartKind::kNodes, search.label}, ids.size());
      labelled = std::make_shared<const NodeSet>(ids.data(), ids.size());
    }
  }
  if (search.nodes == nullptr) return labelled;
  auto nodes = std::make_shared<NodeSet>(search.nodes->data(), search.nodes->size());
  if (labelled) nodes->Intersect(*labelled);
  return std::shared_ptr<const NodeSet>(std::move(nodes));
}

Status TransactionImpl::SearchStored(const SpaceInfo& space, const std::vector<float>& query,
                                     const vector::NodeSet* nodes, const VectorSearch& search,
                                     vector::TopK* best) {
  const vector::Distance distance = vector::DistancesFor(space.metric, space.element).from_query;
  const size_t dimension = space.dimension;
  std::vector<float> elements;
  std::string form(vector::VectorBytes(space), '\0');
  size_t looked_at = 0;
  const auto look_at = [&](NodeId node, std::string_view value) -> Status {
    constexpr size_t kOften = 4096;
    if (++looked_at % kOften == 0 && search.check_interrupt) {
      GESTA_RETURN_IF_ERROR(search.check_interrupt());
    }
    if (!vector::DecodeStored(space, StoredElements(value), &elements)) {
      return DamagedVector(space, node);
    }
    vector::ToIndexForm(space, elements.data(), form.data());
    best->Add({distance(query.data(), form.data(), &dimension), node});
    return Status::Ok();
  };
  // A scan passes over a vector in about a tenth of the time of a look-up.
  constexpr uint64_t kLookup = 10;
  GESTA_ASSIGN_OR_RETURN(const uint64_t vectors, CountVectors(space.id));
  if (nodes != nullptr && nodes->size() < vectors / kLookup) {
    Status status;
    rocksdb::PinnableSlice value;
    nodes->ForEach([&](NodeId node) {
      if (!status.ok()) return;
      const Result<bool> found = view_.Get(Family::kVector, VectorKey(space.id, node), &value);
      status = found.status();
      if (status.ok() && *found) status = look_at(node, {value.data(), value.size()});
    });
    return status;
  }
  Scan scan(&view_, Family::kVector);
  for (scan.SeekPrefix(Key().U32(space.id)); scan.Valid(); scan.Next()) {
    const NodeId node = ReadU64(scan.key().data() + 4);
    if (nodes != nullptr && !nodes->Contains(node)) continue;
    GESTA_RETURN_IF_ERROR(look_at(node, scan.value()));
  }
  return scan.status();
}

Result<bool> TransactionImpl::SearchIndex(const SpaceInfo& space, const std::vector<float>& query,
                                          const vector::NodeSet* nodes, const VectorSearch& search,
                                          vector::TopK* best) {
  if (!version_) return Status(StatusCode::kInvalidArgument, "the transaction has ended");
  // The transaction's own vectors take the place of what the index has for their nodes.
  std::vector<NodeId> own;
  std::vector<std::string> own_values;
  if (view_.dirty(Family::kVector)) {
    writes_->ForEach(Family::kVector, Key().U32(space.id),
                     [&](std::string_view key, const std::string_view* value) {
                       own.push_back(ReadU64(key.data() + 4));
                       own_values.emplace_back(value == nullptr ? std::string_view() : *value);
                     });
  }
  const vector::NodeSet excluded(own.data(), own.size());
  GESTA_ASSIGN_OR_RETURN(const bool answered,
                         store_->vector_indexes()->Search(*version_, space, query, search, nodes,
                                                          own.empty() ? nullptr : &excluded, best));
  if (!answered) return false;
  if (own.empty()) return true;
  std::vector<float> elements;
  std::string form(vector::VectorBytes(space), '\0');
  const size_t dimension = space.dimension;
  const vector::Distance distance = vector::DistancesFor(space.metric, space.element).from_query;
  for (size_t i = 0; i < own.size(); ++i) {
    if (own_values[i].empty() || (nodes != nullptr && !nodes->Contains(own[i]))) continue;
    if (!vector::DecodeStored(space, StoredElements(own_values[i]), &elements)) {
      return DamagedVector(space, own[i]);
    }
    vector::ToIndexForm(space, elements.data(), form.data());
    best->Add({distance(query.data(), form.data(), &dimension), own[i]});
  }
  return true;
}

Result<std::vector<VectorHit>> TransactionImpl::SearchVectors(uint32_t space_id,
                                                              const float* elements,
                                                              size_t dimension,
                                                              const VectorSearch& search) {
  const SpaceInfo* space = schema_->FindSpace(space_id);
  if (space == nullptr) return UnknownSpace(space_id);
  GESTA_RETURN_IF_ERROR(vector::CheckElements(*space, elements, dimension, "query vector"));
  const std::vector<float> query = vector::QueryForm(*space, elements);
  GESTA_ASSIGN_OR_RETURN(const auto nodes, SearchedNodes(search));
  vector::TopK best(search.k);
  GESTA_ASSIGN_OR_RETURN(const bool answered,
                         SearchIndex(*space, query, nodes.get(), search, &best));
  if (!answered) {
    GESTA_RETURN_IF_ERROR(SearchStored(*space, query, nodes.get(), search, &best));
  }
  std::vector<VectorHit> hits;
  for (const vector::Near& near : best.Take()) {
    hits.push_back({near.node, vector::ScoreOf(space->metric, near.distance)});
  }
  return hits;
}

}  // namespace gesta::store
