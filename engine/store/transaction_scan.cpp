// Everything of one kind from its first to its last key, for exports: rows are decoded as the scan
// passes them, without a look-up each.
#include "store/transaction_impl.h"

namespace gesta::store {
namespace {

// What the cursors share: a scan that starts at the first call and is moved before each later one.
class RowScan {
 public:
  RowScan(ReadView* view, Family family, std::string prefix)
      : scan_(view, family), prefix_(std::move(prefix)) {}

  // False at the end.
  Result<bool> Next() {
    if (started_) {
      if (scan_.Valid()) scan_.Next();
    } else {
      started_ = true;
      scan_.Seek(prefix_, prefix_.empty() ? std::string() : PrefixEnd(prefix_));
    }
    if (scan_.Valid()) return true;
    GESTA_RETURN_IF_ERROR(scan_.status());
    return false;
  }
  std::string_view key() const { return scan_.key(); }
  std::string_view value() const { return scan_.value(); }

 private:
  Scan scan_;
  const std::string prefix_;
  bool started_ = false;
};

// Decodes into the properties that are there already, which keeps their memory.
bool DecodeAll(PropertyView view, std::vector<RawProperty>* raw, std::vector<Property>* out) {
  raw->clear();
  if (!view.All(raw)) return false;
  out->resize(raw->size());
  for (size_t i = 0; i < raw->size(); ++i) {
    (*out)[i].key = (*raw)[i].key;
    if (!DecodeValue((*raw)[i].bytes, &(*out)[i].value)) return false;
  }
  return true;
}

class NodeScan final : public RecordCursor<NodeRecord> {
 public:
  explicit NodeScan(ReadView* view) : view_(view), rows_(view, Family::kNode, {}) {}

  Result<bool> Next(NodeRecord* record) override {
    GESTA_ASSIGN_OR_RETURN(const bool found, rows_.Next());
    if (!found) return false;
    record->id = rows_.key().size() == 8 ? ReadU64(rows_.key().data()) : 0;
    NodeRow row;
    if (rows_.key().size() != 8 || !NodeRow::Parse(rows_.value(), &row) ||
        !DecodeAll(row.properties, &raw_, &record->properties)) {
      return DamagedRow(EntityKind::kNode, record->id, view_->store_path());
    }
    record->labels = std::move(row.labels);
    return true;
  }

 private:
  const ReadView* view_;
  RowScan rows_;
  std::vector<RawProperty> raw_;
};

class RelationshipScan final : public RecordCursor<FullRelationship> {
 public:
  explicit RelationshipScan(ReadView* view) : view_(view), rows_(view, Family::kRel, {}) {}

  Result<bool> Next(FullRelationship* record) override {
    GESTA_ASSIGN_OR_RETURN(const bool found, rows_.Next());
    if (!found) return false;
    record->id = rows_.key().size() == 8 ? ReadU64(rows_.key().data()) : 0;
    RelRow row;
    if (rows_.key().size() != 8 || !RelRow::Parse(rows_.value(), &row) ||
        !DecodeAll(row.properties, &raw_, &record->properties)) {
      return DamagedRow(EntityKind::kRelationship, record->id, view_->store_path());
    }
    record->record = row.record;
    return true;
  }

 private:
  const ReadView* view_;
  RowScan rows_;
  std::vector<RawProperty> raw_;
};

class JobRecordScan final : public RecordCursor<JobRecord> {
 public:
  JobRecordScan(ReadView* view, std::string_view prefix)
      : rows_(view, Family::kJob, std::string(prefix)) {}

  Result<bool> Next(JobRecord* record) override {
    GESTA_ASSIGN_OR_RETURN(const bool found, rows_.Next());
    if (!found) return false;
    record->key.assign(rows_.key());
    record->value.assign(rows_.value());
    return true;
  }

 private:
  RowScan rows_;
};

}  // namespace

Result<std::unique_ptr<RecordCursor<NodeRecord>>> TransactionImpl::ReadNodes() {
  return std::unique_ptr<RecordCursor<NodeRecord>>(std::make_unique<NodeScan>(&view_));
}

Result<std::unique_ptr<RecordCursor<FullRelationship>>> TransactionImpl::ReadRelationships() {
  return std::unique_ptr<RecordCursor<FullRelationship>>(
      std::make_unique<RelationshipScan>(&view_));
}

Result<std::unique_ptr<RecordCursor<JobRecord>>> TransactionImpl::ReadJobRecords(
    std::string_view prefix) {
  return std::unique_ptr<RecordCursor<JobRecord>>(std::make_unique<JobRecordScan>(&view_, prefix));
}

}  // namespace gesta::store
