#include "export/json_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "export/value_json.h"
#include "gesta/format/base64.h"
#include "gesta/format/half.h"
#include "gesta/format/json_text.h"
#include "gesta/format/utf8.h"

namespace gesta::ingest {
namespace {

using format::AppendJsonString;

// Appends `"name": "text"` and what is put before it.
void AppendText(std::string_view before, std::string_view text, std::string* out) {
  *out += before;
  AppendJsonString(text, out);
}

void AppendStrings(std::string_view before, const std::vector<std::string>& texts,
                   std::string* out) {
  *out += before;
  out->push_back('[');
  for (size_t i = 0; i < texts.size(); ++i) AppendText(i > 0 ? ", " : "", texts[i], out);
  out->push_back(']');
}

template <typename... Arguments>
void AppendFormat(std::string* out, fmt::format_string<Arguments...> format,
                  Arguments&&... arguments) {
  fmt::format_to(std::back_inserter(*out), format, std::forward<Arguments>(arguments)...);
}

std::vector<std::string> KeyNames(const GraphNames& names, const std::vector<NameId>& keys) {
  std::vector<std::string> texts;
  for (const NameId key : keys) texts.push_back(names.Key(key));
  return texts;
}

std::string SpaceLine(const GraphNames& names, const SpaceInfo& space) {
  std::vector<std::string> labels;
  for (const NameId label : names.Sorted(space.labels)) labels.push_back(names.Label(label));
  std::string line;
  AppendText(R"({"kind": "space", "name": )", space.name, &line);
  AppendStrings(R"(, "labels": )", labels, &line);
  AppendText(R"(, "model": )", space.model, &line);
  AppendText(R"(, "model_version": )", space.model_version, &line);
  AppendFormat(&line, R"(, "dimension": {}, "metric": "{}", "type": "{}")", space.dimension,
               VectorMetricName(space.metric), VectorElementName(space.element));
  AppendText(R"(, "text": )", space.text, &line);
  AppendText(R"(, "padding": )", space.padding, &line);
  AppendFormat(&line, R"(, "m": {}, "ef_construction": {})", space.m, space.ef_construction);
  if (space.logit_scale) line += ", \"logit_scale\": " + FloatToText(*space.logit_scale);
  if (space.logit_bias) line += ", \"logit_bias\": " + FloatToText(*space.logit_bias);
  line += "}\n";
  return line;
}

// What constraints and indexes have in common, from the entity on.
void AppendTarget(const GraphNames& names, EntityKind entity, NameId label,
                  const std::vector<NameId>& properties, std::string* line) {
  AppendFormat(line, R"("entity": "{}", "label": )",
               entity == EntityKind::kNode ? "node" : "relationship");
  AppendJsonString(names.Target(entity, label), line);
  AppendStrings(R"(, "properties": )", KeyNames(names, properties), line);
  *line += "}\n";
}

class JsonLinesSink final : public GraphSink {
 public:
  JsonLinesSink(Transaction& transaction, std::unique_ptr<ByteSink> out)
      : lines_(transaction), out_(std::move(out)) {}

  Status Begin() override { return out_->Write(lines_.Schema(/*canonical=*/false)); }
  Status Node(const NodeRecord& node) override {
    lines_.AppendNode(node, &line_);
    return WriteLine();
  }
  Status Relationship(const FullRelationship& relationship) override {
    lines_.AppendRelationship(relationship, &line_);
    return WriteLine();
  }
  Status Vector(const SpaceInfo& space, const VectorRecord& vector,
                const std::vector<float>& elements) override {
    JsonLineWriter::AppendVector(space, vector, std::to_string(vector.node), elements, &line_);
    return WriteLine();
  }
  Result<bool> Sequence(const SpaceInfo& space, const SequenceRecord& sequence, uint64_t first,
                        const std::vector<float>& rows) override {
    JsonLineWriter::AppendSequence(space, sequence, std::to_string(sequence.node), first, rows,
                                   &line_);
    GESTA_RETURN_IF_ERROR(WriteLine());
    return true;
  }
  Result<bool> Record(const JobRecord& record) override {
    JsonLineWriter::AppendRecord(record.key, record.value, &line_);
    GESTA_RETURN_IF_ERROR(WriteLine());
    return true;
  }
  Status End(const ExportSummary& counts) override {
    JsonLineWriter::AppendEnd(counts, &line_);
    GESTA_RETURN_IF_ERROR(WriteLine());
    return out_->Close();
  }

 private:
  Status WriteLine() {
    line_.push_back('\n');
    const Status status = out_->Write(line_);
    line_.clear();
    return status;
  }

  JsonLineWriter lines_;
  std::unique_ptr<ByteSink> out_;
  std::string line_;
};

}  // namespace

std::string JsonLineWriter::Schema(bool canonical) const {
  std::vector<std::string> spaces, constraints, indexes;
  for (const SpaceInfo& space : transaction_.Spaces()) spaces.push_back(SpaceLine(names_, space));
  for (const ConstraintInfo& constraint : transaction_.Constraints()) {
    std::string line;
    AppendText(R"({"kind": "constraint", "name": )", constraint.name, &line);
    AppendFormat(&line, R"(, "type": "{}", )",
                 constraint.kind == ConstraintKind::kUnique ? "unique" : "exists");
    AppendTarget(names_, constraint.entity, constraint.label, constraint.properties, &line);
    constraints.push_back(std::move(line));
  }
  for (const IndexInfo& index : transaction_.Indexes()) {
    if (!index.constraint.empty()) continue;
    std::string line;
    AppendText(R"({"kind": "index", "name": )", index.name, &line);
    line += ", ";
    AppendTarget(names_, index.entity, index.label, index.properties, &line);
    indexes.push_back(std::move(line));
  }
  std::string text = fmt::format("{{\"kind\": \"gesta-export\", \"version\": {}{}}}\n",
                                 kJsonLinesVersion, canonical ? ", \"canonical\": true" : "");
  for (auto* lines : {&spaces, &constraints, &indexes}) {
    if (canonical) std::sort(lines->begin(), lines->end());
    for (const std::string& line : *lines) text += line;
  }
  return text;
}

void JsonLineWriter::AppendLabels(const std::vector<NameId>& labels, std::string* out) const {
  *out += "\"labels\": [";
  bool first = true;
  for (const NameId label : names_.Sorted(labels)) {
    AppendText(first ? "" : ", ", names_.Label(label), out);
    first = false;
  }
  out->push_back(']');
}

void JsonLineWriter::AppendProperty(const Property& property, bool first, std::string* out) const {
  AppendText(first ? "" : ", ", names_.Key(property.key), out);
  *out += ": ";
  AppendJsonValue(property.value, out);
}

void JsonLineWriter::AppendNode(const NodeRecord& node, std::string* out) {
  AppendFormat(out, R"({{"kind": "node", "id": {}, )", node.id);
  AppendLabels(node.labels, out);
  *out += ", ";
  AppendProperties(
      node.properties, [](NameId) { return true; }, out);
  out->push_back('}');
}

void JsonLineWriter::AppendRelationship(const FullRelationship& relationship, std::string* out) {
  AppendFormat(out, R"({{"kind": "relationship", "id": {}, "type": )", relationship.id);
  AppendJsonString(names_.Type(relationship.record.type), out);
  AppendFormat(out, R"(, "start": {}, "end": {}, )", relationship.record.start,
               relationship.record.end);
  AppendProperties(
      relationship.properties, [](NameId) { return true; }, out);
  out->push_back('}');
}

void JsonLineWriter::AppendVector(const SpaceInfo& space, const VectorRecord& vector,
                                  std::string_view node, const std::vector<float>& elements,
                                  std::string* out) {
  AppendText(R"({"kind": "vector", "space": )", space.name, out);
  AppendFormat(out, R"(, "node": {}, "source": "{:016x}", "elements": ")", node, vector.source);
  format::AppendBase64(PackElements(space.element, elements), out);
  *out += "\"}";
}

void JsonLineWriter::AppendSequence(const SpaceInfo& space, const SequenceRecord& sequence,
                                    std::string_view node, uint64_t first,
                                    const std::vector<float>& rows, std::string* out) {
  const SequenceInfo& info = sequence.info;
  AppendText(R"({"kind": "sequence", "space": )", space.name, out);
  AppendFormat(out,
               R"(, "node": {}, "frames": {}, "start": {}, "step": {}, "source": "{:016x}", )"
               R"("first": {}, "rows": ")",
               node, info.frames, FloatToText(info.start), FloatToText(info.step), info.source,
               first);
  format::AppendBase64(PackElements(space.element, rows), out);
  *out += "\"}";
}

void JsonLineWriter::AppendRecord(std::string_view key, std::string_view value, std::string* out) {
  AppendText(R"({"kind": "record", "key": )", key, out);
  if (format::IsValidUtf8(value)) {
    AppendText(R"(, "value": )", value, out);
    out->push_back('}');
    return;
  }
  *out += R"(, "base64": ")";
  format::AppendBase64(value, out);
  *out += "\"}";
}

void JsonLineWriter::AppendEnd(const ExportSummary& counts, std::string* out) {
  AppendFormat(out,
               R"({{"kind": "end", "nodes": {}, "relationships": {}, "vectors": {}, )"
               R"("sequences": {}, "records": {}}})",
               counts.nodes, counts.relationships, counts.vectors, counts.sequences,
               counts.records);
}

std::string PackElements(VectorElement type, const std::vector<float>& elements) {
  const size_t width = type == VectorElement::kFloat16 ? 2 : 4;
  std::string bytes(elements.size() * width, '\0');
  char* to = bytes.data();
  for (const float element : elements) {
    const uint32_t bits = width == 2 ? format::FloatToHalf(element) : format::FloatToBits(element);
    for (size_t i = 0; i < width; ++i) *to++ = static_cast<char>(bits >> (8 * i));
  }
  return bytes;
}

bool UnpackElements(VectorElement type, std::string_view bytes, std::vector<float>* elements) {
  const size_t width = type == VectorElement::kFloat16 ? 2 : 4;
  if (bytes.size() % width != 0) return false;
  elements->reserve(elements->size() + bytes.size() / width);
  for (size_t at = 0; at < bytes.size(); at += width) {
    uint32_t bits = 0;
    for (size_t i = width; i-- > 0;) bits = bits << 8 | static_cast<uint8_t>(bytes[at + i]);
    elements->push_back(width == 2 ? format::HalfToFloat(static_cast<uint16_t>(bits))
                                   : format::BitsToFloat(bits));
  }
  return true;
}

Result<std::unique_ptr<GraphSink>> MakeJsonLinesSink(Transaction& transaction,
                                                     const ExportOptions& options) {
  GESTA_ASSIGN_OR_RETURN(auto out, ByteSink::Open(options.output));
  return std::unique_ptr<GraphSink>(std::make_unique<JsonLinesSink>(transaction, std::move(out)));
}

}  // namespace gesta::ingest
