// Writing the graph. Each operation checks everything that can be refused before it writes, so that
// a refused operation changes nothing.
#include <algorithm>
#include <cassert>

#include "store/cursors.h"
#include "store/transaction_impl.h"

namespace gesta::store {
namespace {

std::string_view View(const rocksdb::PinnableSlice& slice) { return {slice.data(), slice.size()}; }

Status StillConnected(NodeId id) {
  ErrorInfo info;
  info.code = StatusCode::kConstraint;
  info.message = "node " + std::to_string(id) + " still has relationships";
  info.hint = "use DETACH DELETE to delete them too";
  info.type = "ConstraintVerificationFailed";
  info.detail = "DeleteConnectedNode";
  return Status(std::move(info));
}

// Replaces, adds or (when `bytes` is null) removes one property. True when there was one before.
bool Splice(NameId key, const std::string* bytes, std::vector<RawProperty>* properties) {
  const auto at =
      std::lower_bound(properties->begin(), properties->end(), key,
                       [](const RawProperty& p, NameId wanted) { return p.key < wanted; });
  const bool present = at != properties->end() && at->key == key;
  if (bytes == nullptr) {
    if (present) properties->erase(at);
  } else if (present) {
    at->bytes = *bytes;
  } else {
    properties->insert(at, {key, *bytes});
  }
  return present;
}

}  // namespace

void TransactionImpl::Touch(EntityKind entity, uint64_t id, const std::vector<NameId>& labels) {
  if (!schema_->has_existence_constraints()) return;
  for (NameId label : labels) {
    if (!schema_->MustExist(entity, label)) continue;
    touched_.emplace_back(entity, id);
    return;
  }
}

void TransactionImpl::CountMember(std::vector<uint64_t>* counts, NameId name, int change) {
  assert(name != kNoName);
  if (name >= counts->size()) counts->resize(name + 1);
  (*counts)[name] += change;
}

Result<TransactionImpl::EndLabels> TransactionImpl::LoadEndLabels(NodeId start, NodeId end) {
  EndLabels labels;
  rocksdb::PinnableSlice bytes;
  NodeRow row;
  GESTA_RETURN_IF_ERROR(RequireNode(start, &bytes));
  if (!NodeRow::Parse(View(bytes), &row)) return Damaged(EntityKind::kNode, start);
  labels.start = std::move(row.labels);
  GESTA_RETURN_IF_ERROR(RequireNode(end, &bytes));
  if (!NodeRow::Parse(View(bytes), &row)) return Damaged(EntityKind::kNode, end);
  labels.end = std::move(row.labels);
  return labels;
}

void TransactionImpl::CountEnds(NameId type, const EndLabels& labels, int change) {
  for (NameId label : labels.start) CountEnd(type, label, change, 0);
  for (NameId label : labels.end) CountEnd(type, label, 0, change);
}

void TransactionImpl::CountEnd(NameId type, NameId label, int starts, int ends) {
  Statistics& statistics = MutableStatistics();
  if (!statistics.counts_ends) return;
  std::vector<Statistics::EndCount>& counts = statistics.end_counts;
  auto at = counts.begin() + (statistics.FindEndCount(type, label) - counts.cbegin());
  if (at == counts.end() || at->type != type || at->label != label) {
    at = counts.insert(at, {type, label, 0, 0});
  }
  at->starts += starts;
  at->ends += ends;
  if (at->starts == 0 && at->ends == 0) counts.erase(at);
}

Status TransactionImpl::CountLabelOfEnds(NodeId node, NameId label, int change) {
  if (!statistics_->counts_ends) return Status::Ok();
  for (const Family family : {Family::kOut, Family::kIn}) {
    const bool out = family == Family::kOut;
    Scan scan(&view_, family);
    for (scan.SeekPrefix(Key().U64(node)); scan.Valid(); scan.Next()) {
      const NameId type = DecodeAdjacencyKey(scan.key()).type;
      CountEnd(type, label, out ? change : 0, out ? 0 : change);
    }
    GESTA_RETURN_IF_ERROR(scan.status());
  }
  return Status::Ok();
}

// -- nodes --

Result<NodeId> TransactionImpl::CreateNode(const std::vector<NameId>& given_labels,
                                           const std::vector<Property>& properties) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  GESTA_RETURN_IF_ERROR(encoded_.Assign(properties));
  std::vector<NameId> labels = given_labels;
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());

  const NodeId id = store_->next_node();
  std::vector<IndexChange> index_changes;
  GESTA_RETURN_IF_ERROR(index_writer_.Plan(*schema_, EntityKind::kNode, id, {},
                                           {&labels, &encoded_.list()}, &index_changes));
  store_->AllocateNode();
  row_.clear();
  AppendNodeHeader(labels, &row_);
  AppendProperties(encoded_.list(), &row_);
  writes_->Put(Family::kNode, NodeKey(id), row_);
  Statistics& statistics = MutableStatistics();
  ++statistics.nodes;
  for (NameId label : labels) {
    writes_->Put(Family::kLabel, MemberKey(label, id), {});
    CountMember(&statistics.label_nodes, label, +1);
  }
  GESTA_RETURN_IF_ERROR(index_writer_.Apply(index_changes, id, writes_.get(), &statistics));
  Touch(EntityKind::kNode, id, labels);
  NoteChange(PartKind::kNodes, kNoName, id);
  NoteLabels(id, labels);
  ++changes_.nodes_created;
  changes_.labels_added += labels.size();
  changes_.properties_set += encoded_.list().size();
  return id;
}

Status TransactionImpl::RewriteNode(NodeId id, const NodeRow& row,
                                    const std::vector<NameId>& labels,
                                    const std::vector<RawProperty>& properties) {
  std::vector<RawProperty> before;
  if (!row.properties.All(&before)) return Damaged(EntityKind::kNode, id);
  std::vector<IndexChange> index_changes;
  GESTA_RETURN_IF_ERROR(index_writer_.Plan(*schema_, EntityKind::kNode, id, {&row.labels, &before},
                                           {&labels, &properties}, &index_changes));
  row_.clear();
  AppendNodeHeader(labels, &row_);
  AppendProperties(properties, &row_);
  writes_->Put(Family::kNode, NodeKey(id), row_);
  NoteProperties(PartKind::kNodeProperty, id, before, properties);
  if (!index_changes.empty()) {
    GESTA_RETURN_IF_ERROR(
        index_writer_.Apply(index_changes, id, writes_.get(), &MutableStatistics()));
  }
  Touch(EntityKind::kNode, id, labels);
  return Status::Ok();
}

Status TransactionImpl::AddLabel(NodeId id, NameId label) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  rocksdb::PinnableSlice bytes;
  GESTA_RETURN_IF_ERROR(RequireNode(id, &bytes));
  NodeRow row;
  std::vector<RawProperty> properties;
  if (!NodeRow::Parse(View(bytes), &row) || !row.properties.All(&properties)) {
    return Damaged(EntityKind::kNode, id);
  }
  const auto at = std::lower_bound(row.labels.begin(), row.labels.end(), label);
  if (at != row.labels.end() && *at == label) return Status::Ok();
  std::vector<NameId> labels = row.labels;
  labels.insert(labels.begin() + (at - row.labels.begin()), label);
  GESTA_RETURN_IF_ERROR(RewriteNode(id, row, labels, properties));
  writes_->Put(Family::kLabel, MemberKey(label, id), {});
  NoteLabels(id, {label});
  CountMember(&MutableStatistics().label_nodes, label, +1);
  GESTA_RETURN_IF_ERROR(CountLabelOfEnds(id, label, +1));
  ++changes_.labels_added;
  return Status::Ok();
}

Status TransactionImpl::RemoveLabel(NodeId id, NameId label) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  rocksdb::PinnableSlice bytes;
  GESTA_RETURN_IF_ERROR(RequireNode(id, &bytes));
  NodeRow row;
  std::vector<RawProperty> properties;
  if (!NodeRow::Parse(View(bytes), &row) || !row.properties.All(&properties)) {
    return Damaged(EntityKind::kNode, id);
  }
  std::vector<NameId> labels = row.labels;
  const auto at = std::lower_bound(labels.begin(), labels.end(), label);
  if (at == labels.end() || *at != label) return Status::Ok();
  labels.erase(at);
  GESTA_RETURN_IF_ERROR(RewriteNode(id, row, labels, properties));
  writes_->Delete(Family::kLabel, MemberKey(label, id));
  NoteLabels(id, {label});
  CountMember(&MutableStatistics().label_nodes, label, -1);
  GESTA_RETURN_IF_ERROR(CountLabelOfEnds(id, label, -1));
  ++changes_.labels_removed;
  return Status::Ok();
}

Status TransactionImpl::SetNodeProperty(NodeId id, NameId key, const Value& value) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  GESTA_RETURN_IF_ERROR(CheckStorable(value));
  rocksdb::PinnableSlice bytes;
  GESTA_RETURN_IF_ERROR(RequireNode(id, &bytes));
  NodeRow row;
  std::vector<RawProperty> properties;
  if (!NodeRow::Parse(View(bytes), &row) || !row.properties.All(&properties)) {
    return Damaged(EntityKind::kNode, id);
  }
  std::string encoded;
  if (!value.IsNull()) AppendValue(value, &encoded);
  const bool present = Splice(key, value.IsNull() ? nullptr : &encoded, &properties);
  if (value.IsNull() && !present) return Status::Ok();
  GESTA_RETURN_IF_ERROR(RewriteNode(id, row, row.labels, properties));
  ++changes_.properties_set;
  return Status::Ok();
}

Status TransactionImpl::ReplaceNodeProperties(NodeId id, const std::vector<Property>& properties) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  GESTA_RETURN_IF_ERROR(encoded_.Assign(properties));
  rocksdb::PinnableSlice bytes;
  GESTA_RETURN_IF_ERROR(RequireNode(id, &bytes));
  NodeRow row;
  if (!NodeRow::Parse(View(bytes), &row)) return Damaged(EntityKind::kNode, id);
  GESTA_RETURN_IF_ERROR(RewriteNode(id, row, row.labels, encoded_.list()));
  changes_.properties_set += encoded_.list().size();
  return Status::Ok();
}

Status TransactionImpl::DeleteNode(NodeId id, bool detach) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  rocksdb::PinnableSlice bytes;
  GESTA_ASSIGN_OR_RETURN(const bool found, LoadNode(id, &bytes));
  if (!found) return Status::Ok();
  NodeRow row;
  std::vector<RawProperty> properties;
  if (!NodeRow::Parse(View(bytes), &row) || !row.properties.All(&properties)) {
    return Damaged(EntityKind::kNode, id);
  }
  if (detach) {
    std::vector<Edge> edges;
    GESTA_RETURN_IF_ERROR(Expand(id, Direction::kBoth, {}, std::nullopt, &edges));
    for (const Edge& edge : edges) GESTA_RETURN_IF_ERROR(DeleteRelationship(edge.rel));
  } else {
    for (const Family family : {Family::kOut, Family::kIn}) {
      Scan scan(&view_, family);
      scan.SeekPrefix(Key().U64(id));
      if (scan.Valid()) return StillConnected(id);
      GESTA_RETURN_IF_ERROR(scan.status());
    }
  }
  std::vector<IndexChange> index_changes;
  GESTA_RETURN_IF_ERROR(index_writer_.Plan(*schema_, EntityKind::kNode, id,
                                           {&row.labels, &properties}, {}, &index_changes));
  GESTA_RETURN_IF_ERROR(RemoveVectorsOf(id));
  GESTA_RETURN_IF_ERROR(RemoveSequencesOf(id));
  writes_->Delete(Family::kNode, NodeKey(id));
  NoteChange(PartKind::kNodes, kNoName, id);
  NoteChange(PartKind::kNodeProperty, kNoName, id);
  NoteLabels(id, row.labels);
  Statistics& statistics = MutableStatistics();
  --statistics.nodes;
  for (NameId label : row.labels) {
    writes_->Delete(Family::kLabel, MemberKey(label, id));
    CountMember(&statistics.label_nodes, label, -1);
  }
  GESTA_RETURN_IF_ERROR(index_writer_.Apply(index_changes, id, writes_.get(), &statistics));
  if (id >= first_new_node_) {
    --changes_.nodes_created;
  } else {
    ++changes_.nodes_deleted;
  }
  return Status::Ok();
}

// -- relationships --

Result<RelId> TransactionImpl::CreateRelationship(NodeId start, NameId type, NodeId end,
                                                  const std::vector<Property>& properties) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  GESTA_RETURN_IF_ERROR(encoded_.Assign(properties));
  GESTA_ASSIGN_OR_RETURN(const EndLabels end_labels, LoadEndLabels(start, end));
  const RelId id = store_->next_rel();
  const std::vector<NameId> labels{type};
  std::vector<IndexChange> index_changes;
  GESTA_RETURN_IF_ERROR(index_writer_.Plan(*schema_, EntityKind::kRelationship, id, {},
                                           {&labels, &encoded_.list()}, &index_changes));
  store_->AllocateRelationship();
  row_.clear();
  AppendRelHeader({start, end, type}, &row_);
  AppendProperties(encoded_.list(), &row_);
  writes_->Put(Family::kRel, RelKey(id), row_);
  writes_->Put(Family::kOut, AdjacencyKey(start, type, end, id), {});
  writes_->Put(Family::kIn, AdjacencyKey(end, type, start, id), {});
  writes_->Put(Family::kType, MemberKey(type, id), {});
  NoteRelationship(start, type, end);
  Statistics& statistics = MutableStatistics();
  ++statistics.relationships;
  CountMember(&statistics.type_relationships, type, +1);
  CountEnds(type, end_labels, +1);
  GESTA_RETURN_IF_ERROR(index_writer_.Apply(index_changes, id, writes_.get(), &statistics));
  Touch(EntityKind::kRelationship, id, labels);
  ++changes_.relationships_created;
  changes_.properties_set += encoded_.list().size();
  return id;
}

Status TransactionImpl::RewriteRel(RelId id, const RelRow& row,
                                   const std::vector<RawProperty>& properties) {
  std::vector<RawProperty> before;
  if (!row.properties.All(&before)) return Damaged(EntityKind::kRelationship, id);
  const std::vector<NameId> labels{row.record.type};
  std::vector<IndexChange> index_changes;
  GESTA_RETURN_IF_ERROR(index_writer_.Plan(*schema_, EntityKind::kRelationship, id,
                                           {&labels, &before}, {&labels, &properties},
                                           &index_changes));
  row_.clear();
  AppendRelHeader(row.record, &row_);
  AppendProperties(properties, &row_);
  writes_->Put(Family::kRel, RelKey(id), row_);
  NoteProperties(PartKind::kRelProperty, id, before, properties);
  if (!index_changes.empty()) {
    GESTA_RETURN_IF_ERROR(
        index_writer_.Apply(index_changes, id, writes_.get(), &MutableStatistics()));
  }
  Touch(EntityKind::kRelationship, id, labels);
  return Status::Ok();
}

Status TransactionImpl::SetRelationshipProperty(RelId id, NameId key, const Value& value) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  GESTA_RETURN_IF_ERROR(CheckStorable(value));
  rocksdb::PinnableSlice bytes;
  GESTA_RETURN_IF_ERROR(RequireRel(id, &bytes));
  RelRow row;
  std::vector<RawProperty> properties;
  if (!RelRow::Parse(View(bytes), &row) || !row.properties.All(&properties)) {
    return Damaged(EntityKind::kRelationship, id);
  }
  std::string encoded;
  if (!value.IsNull()) AppendValue(value, &encoded);
  const bool present = Splice(key, value.IsNull() ? nullptr : &encoded, &properties);
  if (value.IsNull() && !present) return Status::Ok();
  GESTA_RETURN_IF_ERROR(RewriteRel(id, row, properties));
  ++changes_.properties_set;
  return Status::Ok();
}

Status TransactionImpl::ReplaceRelationshipProperties(RelId id,
                                                      const std::vector<Property>& properties) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  GESTA_RETURN_IF_ERROR(encoded_.Assign(properties));
  rocksdb::PinnableSlice bytes;
  GESTA_RETURN_IF_ERROR(RequireRel(id, &bytes));
  RelRow row;
  if (!RelRow::Parse(View(bytes), &row)) return Damaged(EntityKind::kRelationship, id);
  GESTA_RETURN_IF_ERROR(RewriteRel(id, row, encoded_.list()));
  changes_.properties_set += encoded_.list().size();
  return Status::Ok();
}

void TransactionImpl::RemoveTypeMember(const TypeRange& range, RelId id) {
  const TypeRange before{range.type, range.first, id - 1};
  const TypeRange after{range.type, id + 1, range.last};
  if (id == range.last) {
    writes_->Delete(Family::kType, range.KeyBytes());
  } else {
    writes_->Put(Family::kType, after.KeyBytes(), after.ValueBytes());
  }
  if (id != range.first) writes_->Put(Family::kType, before.KeyBytes(), before.ValueBytes());
}

Status TransactionImpl::DeleteRelationship(RelId id) {
  GESTA_RETURN_IF_ERROR(BeginWrite());
  rocksdb::PinnableSlice bytes;
  GESTA_ASSIGN_OR_RETURN(const bool found, view_.Get(Family::kRel, RelKey(id), &bytes));
  if (!found) return Status::Ok();
  RelRow row;
  std::vector<RawProperty> properties;
  if (!RelRow::Parse(View(bytes), &row) || !row.properties.All(&properties)) {
    return Damaged(EntityKind::kRelationship, id);
  }
  const RelationshipRecord& record = row.record;
  EndLabels end_labels;
  if (statistics_->counts_ends) {
    GESTA_ASSIGN_OR_RETURN(end_labels, LoadEndLabels(record.start, record.end));
  }
  const std::vector<NameId> labels{record.type};
  std::vector<IndexChange> index_changes;
  GESTA_RETURN_IF_ERROR(index_writer_.Plan(*schema_, EntityKind::kRelationship, id,
                                           {&labels, &properties}, {}, &index_changes));
  GESTA_ASSIGN_OR_RETURN(const auto members, FindTypeRange(&view_, record.type, id));
  writes_->Delete(Family::kRel, RelKey(id));
  writes_->Delete(Family::kOut, AdjacencyKey(record.start, record.type, record.end, id));
  writes_->Delete(Family::kIn, AdjacencyKey(record.end, record.type, record.start, id));
  if (members) RemoveTypeMember(*members, id);
  NoteChange(PartKind::kRelProperty, kNoName, id);
  NoteRelationship(record.start, record.type, record.end);
  Statistics& statistics = MutableStatistics();
  --statistics.relationships;
  CountMember(&statistics.type_relationships, record.type, -1);
  CountEnds(record.type, end_labels, -1);
  GESTA_RETURN_IF_ERROR(index_writer_.Apply(index_changes, id, writes_.get(), &statistics));
  deleted_relationships_.emplace(id, record);
  deletion_order_.push_back(id);
  if (id >= first_new_rel_) {
    --changes_.relationships_created;
  } else {
    ++changes_.relationships_deleted;
  }
  return Status::Ok();
}

}  // namespace gesta::store
