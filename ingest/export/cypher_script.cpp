#include "export/cypher_script.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <utility>

#include "export/byte_sink.h"
#include "export/names.h"
#include "export/value_json.h"
#include "gesta/format/utf8.h"
#include "gesta/temporal_text.h"

namespace gesta::ingest {
namespace {

// A statement makes at most so many entities, or has about so many bytes.
constexpr size_t kBatchRows = 500;
constexpr size_t kBatchBytes = 64 << 10;
constexpr size_t kMaxBatches = 256;          // that are collected at once
constexpr uint64_t kRemovedAtOnce = 10'000;  // helping labels

std::string Literal(std::string_view text) { return ToText(Value::String(text), /*quote=*/true); }

class CypherSink final : public GraphSink {
 public:
  CypherSink(Transaction& transaction, std::unique_ptr<ByteSink> out)
      : transaction_(transaction), names_(transaction), out_(std::move(out)) {
    label_ = Unused(NameKind::kLabel, "Exported");
    key_ = Unused(NameKind::kProperty, "export_id");
    constraint_ = Unused(NameKind::kLabel, "exported_ids");
  }

  Status Begin() override {
    std::string text;
    for (const ConstraintInfo& constraint : transaction_.Constraints()) {
      if (constraint.name == constraint_) constraint_ += "_";
      text += fmt::format("CREATE CONSTRAINT {} FOR {} REQUIRE {} IS {};\n",
                          QuoteName(constraint.name), Target(constraint.entity, constraint.label),
                          Properties(constraint.properties),
                          constraint.kind == ConstraintKind::kUnique ? "UNIQUE" : "NOT NULL");
    }
    for (const IndexInfo& index : transaction_.Indexes()) {
      if (index.name == constraint_) constraint_ += "_";
      if (!index.constraint.empty()) continue;
      text += fmt::format("CREATE INDEX {} FOR {} ON {};\n", QuoteName(index.name),
                          Target(index.entity, index.label), Properties(index.properties));
    }
    for (const SpaceInfo& space : transaction_.Spaces()) {
      GESTA_RETURN_IF_ERROR(AppendSpace(space, &text));
    }
    text += fmt::format("CREATE CONSTRAINT {} FOR (n:{}) REQUIRE n.{} IS UNIQUE;\n", constraint_,
                        label_, key_);
    return out_->Write(text);
  }

  Status Node(const NodeRecord& node) override {
    std::string labels = ":" + label_;
    for (const NameId label : names_.Sorted(node.labels)) {
      labels += ":" + QuoteName(names_.Label(label));
    }
    std::string row = fmt::format("{{{}: {}", key_, node.id);
    AppendProperties(node.properties, /*first=*/false, &row);
    if (nodes_++ % kRemovedAtOnce == 0) range_starts_.push_back(node.id);
    last_id_ = node.id;
    return AddRow(fmt::format("CREATE (n{}) SET n = row", labels), row + "}");
  }

  Status Relationship(const FullRelationship& relationship) override {
    GESTA_RETURN_IF_ERROR(EndPart(1));
    std::string row =
        fmt::format("[{}, {}, {{", relationship.record.start, relationship.record.end);
    AppendProperties(relationship.properties, /*first=*/true, &row);
    return AddRow(fmt::format("MATCH (a:{0} {{{1}: row[0]}}), (b:{0} {{{1}: row[1]}}) "
                              "CREATE (a)-[r:{2}]->(b) SET r = row[2]",
                              label_, key_, QuoteName(names_.Type(relationship.record.type))),
                  row + "}]");
  }

  Status Vector(const SpaceInfo& space, const VectorRecord& vector,
                const std::vector<float>& elements) override {
    GESTA_RETURN_IF_ERROR(EndPart(2));
    std::string row = fmt::format("[{}, [", vector.node);
    for (size_t i = 0; i < elements.size(); ++i) {
      // In the shortest digits that read back as this float.
      row += fmt::format("{}{}", i > 0 ? ", " : "", elements[i]);
    }
    return AddRow(fmt::format("MATCH (n:{} {{{}: row[0]}}) CALL vector.set({}, n, row[1])", label_,
                              key_, Literal(space.name)),
                  row + "]]");
  }

  Result<bool> Sequence(const SpaceInfo&, const SequenceRecord&, uint64_t,
                        const std::vector<float>&) override {
    return false;
  }
  Result<bool> Record(const JobRecord&) override { return false; }

  Status End(const ExportSummary&) override {
    GESTA_RETURN_IF_ERROR(EndPart(3));
    std::string text;
    for (size_t i = 0; i < range_starts_.size(); ++i) {
      const std::string end = i + 1 < range_starts_.size()
                                  ? fmt::format("< {}", range_starts_[i + 1])
                                  : fmt::format("<= {}", last_id_);
      text += fmt::format("MATCH (n:{0}) WHERE n.{1} >= {2} AND n.{1} {3} REMOVE n:{0}, n.{1};\n",
                          label_, key_, range_starts_[i], end);
    }
    text += fmt::format("DROP CONSTRAINT {};\n", constraint_);
    GESTA_RETURN_IF_ERROR(out_->Write(text));
    return out_->Close();
  }

 private:
  std::string Unused(NameKind kind, std::string name) const {
    while (transaction_.FindName(kind, name) != kNoName) name += "_";
    return name;
  }

  std::string Target(EntityKind entity, NameId label) const {
    const std::string name = QuoteName(names_.Target(entity, label));
    return entity == EntityKind::kNode ? fmt::format("(e:{})", name)
                                       : fmt::format("()-[e:{}]-()", name);
  }
  std::string Properties(const std::vector<NameId>& properties) const {
    std::string text;
    for (const NameId key : properties) {
      text += (text.empty() ? "(e." : ", e.") + QuoteName(names_.Key(key));
    }
    return text + ")";
  }

  Status AppendSpace(const SpaceInfo& space, std::string* text) const {
    if (space.labels.empty()) {
      return Status(StatusCode::kUnsupported,
                    fmt::format("no statement makes the embedding space '{}', which is for nodes "
                                "with any label",
                                space.name),
                    "export as jsonl or csv");
    }
    std::string labels;
    for (const NameId label : names_.Sorted(space.labels)) {
      labels += (labels.empty() ? ":" : "|") + QuoteName(names_.Label(label));
    }
    *text += fmt::format("CREATE EMBEDDING SPACE {} FOR (n{})", QuoteName(space.name), labels);
    if (!space.model.empty()) *text += " USING MODEL " + Literal(space.model);
    *text += fmt::format(
        " WITH {{dimension: {}, metric: '{}', type: '{}', m: {}, "
        "ef_construction: {}",
        space.dimension, VectorMetricName(space.metric), VectorElementName(space.element), space.m,
        space.ef_construction);
    if (!space.text.empty()) *text += ", text: " + Literal(space.text);
    if (!space.padding.empty()) *text += ", padding: " + Literal(space.padding);
    if (space.logit_scale) *text += ", logit_scale: " + FloatToText(*space.logit_scale);
    if (space.logit_bias) *text += ", logit_bias: " + FloatToText(*space.logit_bias);
    *text += "};\n";
    return Status::Ok();
  }

  void AppendProperties(const std::vector<Property>& properties, bool first, std::string* out) {
    for (const size_t place : names_.Order(properties)) {
      if (!first) *out += ", ";
      first = false;
      *out += QuoteName(names_.Key(properties[place].key)) + ": ";
      AppendCypherValue(properties[place].value, out);
    }
  }

  // Rows for the same clauses are collected until they make a statement.
  Status AddRow(const std::string& clauses, const std::string& row) {
    if (!format::IsValidUtf8(row)) {
      return Status(StatusCode::kUnsupported, "a text that is no UTF-8 cannot stand in a statement",
                    "export as jsonl");
    }
    if (batches_.size() >= kMaxBatches && batches_.count(clauses) == 0) {
      GESTA_RETURN_IF_ERROR(FlushAll());
    }
    Batch& batch = batches_[clauses];
    batch.text += (batch.rows++ == 0 ? "" : ",\n  ") + row;
    if (batch.rows < kBatchRows && batch.text.size() < kBatchBytes) return Status::Ok();
    return Flush(clauses, &batch);
  }

  struct Batch {
    std::string text;
    size_t rows = 0;
  };

  Status Flush(const std::string& clauses, Batch* batch) {
    if (batch->rows == 0) return Status::Ok();
    const std::string text = fmt::format("UNWIND [\n  {}\n] AS row {};\n", batch->text, clauses);
    *batch = {};
    return out_->Write(text);
  }

  Status FlushAll() {
    for (auto& [clauses, batch] : batches_) GESTA_RETURN_IF_ERROR(Flush(clauses, &batch));
    batches_.clear();
    return Status::Ok();
  }

  // What comes later refers to what came earlier.
  Status EndPart(int part) {
    if (part == part_) return Status::Ok();
    part_ = part;
    return FlushAll();
  }

  Transaction& transaction_;
  GraphNames names_;
  std::unique_ptr<ByteSink> out_;
  std::string label_, key_, constraint_;  // the helping ones
  std::map<std::string, Batch> batches_;  // by clauses
  int part_ = 0;
  uint64_t nodes_ = 0;
  std::vector<NodeId> range_starts_;  // the first of each kRemovedAtOnce nodes
  NodeId last_id_ = 0;
};

}  // namespace

void AppendCypherValue(const Value& value, std::string* out) {
  switch (value.type()) {
    case ValueType::kFloat:
      if (std::isnan(value.AsFloat())) {
        *out += "0.0 / 0.0";
      } else if (std::isinf(value.AsFloat())) {
        *out += value.AsFloat() < 0 ? "-1.0 / 0.0" : "1.0 / 0.0";
      } else {
        *out += FloatToText(value.AsFloat());
      }
      return;
    case ValueType::kList:
      AppendItems(value.AsList(), AppendCypherValue, out);
      return;
    default:
      break;
  }
  if (value.IsTemporal()) {
    *out +=
        fmt::format("{}({})", TemporalFunctionName(value.type()), Literal(TemporalToText(value)));
  } else {
    *out += ToText(value, /*quote=*/true);
  }
}

Result<std::unique_ptr<GraphSink>> MakeCypherSink(Transaction& transaction,
                                                  const ExportOptions& options) {
  GESTA_ASSIGN_OR_RETURN(auto out, ByteSink::Open(options.output));
  return std::unique_ptr<GraphSink>(std::make_unique<CypherSink>(transaction, std::move(out)));
}

}  // namespace gesta::ingest
