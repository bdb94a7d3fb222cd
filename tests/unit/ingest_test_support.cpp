#include "ingest_test_support.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace gesta::test {
namespace {

std::string PropertyText(Transaction& t, const std::vector<Property>& properties) {
  std::vector<MapEntry> entries;
  for (const Property& p : properties) {
    entries.emplace_back(std::string(t.Name(NameKind::kProperty, p.key)), p.value);
  }
  return ToText(Value::MakeMap(Map(std::move(entries))), true);
}

std::string NodeText(Transaction& t, NodeId id) {
  std::vector<std::string> labels;
  for (const NameId label : Must(t.GetLabels(id))) {
    labels.emplace_back(t.Name(NameKind::kLabel, label));
  }
  std::sort(labels.begin(), labels.end());
  std::string text = "(";
  for (const std::string& label : labels) text += ":" + label;
  return text + " " + PropertyText(t, Must(t.GetNodeProperties(id))) + ")";
}

std::string ShortName(Transaction& t, NodeId id) {
  for (const char* key : {"name", "text", "lemma", "id", "uri"}) {
    const NameId name = t.FindName(NameKind::kProperty, key);
    if (name == kNoName) continue;
    const Value value = Must(t.GetNodeProperty(id, name));
    if (!value.IsNull()) return ToText(value, false);
  }
  return "?";
}

std::string IndexText(Transaction& t, EntityKind entity, NameId label,
                      const std::vector<NameId>& properties) {
  std::string text(t.Name(entity == EntityKind::kNode ? NameKind::kLabel : NameKind::kType, label));
  for (const NameId key : properties) text += " " + std::string(t.Name(NameKind::kProperty, key));
  return text;
}

// Without the times.
std::string RecordText(const std::string& key, const std::string& value) {
  auto json = nlohmann::json::parse(value, nullptr, false);
  if (json.is_object()) {
    json.erase("started");
    json.erase("finished");
    json.erase("path");
    return key + " " + json.dump();
  }
  return key + " " + value;
}

}  // namespace

void WriteFile(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream out(path, std::ios::binary);
  out << text;
  REQUIRE(out.good());
}

IngestSummary Ingest(Store& store, const std::string& kind, const std::string& path,
                     OptionMap options, size_t batch_changes) {
  IngestOptions ingest;
  ingest.kind = kind;
  ingest.path = path;
  ingest.options = std::move(options);
  ingest.batch_changes = batch_changes;
  return Must(RunIngest(store, ingest));
}

std::string IngestError(Store& store, const std::string& kind, const std::string& path,
                        OptionMap options) {
  IngestOptions ingest;
  ingest.kind = kind;
  ingest.path = path;
  ingest.options = std::move(options);
  const auto summary = RunIngest(store, ingest);
  REQUIRE(!summary.ok());
  return summary.status().ToString();
}

uint64_t OddityCount(const IngestSummary& summary, const std::string& what) {
  for (const IngestOddity& oddity : summary.oddities) {
    if (oddity.what.find(what) != std::string::npos) return oddity.count;
  }
  return 0;
}

std::vector<std::string> Dump(Store& store) {
  const auto t = Read(store);
  std::vector<std::string> lines;
  for (const NodeId id : Drain(t->ScanNodes(), 512)) lines.push_back(NodeText(*t, id));
  for (const RelId id : Drain(t->ScanRelationships(), 512)) {
    const RelationshipRecord record = Must(t->GetRelationship(id));
    lines.push_back(NodeText(*t, record.start) +
                    "-[:" + std::string(t->Name(NameKind::kType, record.type)) + " " +
                    PropertyText(*t, Must(t->GetRelationshipProperties(id))) + "]->" +
                    NodeText(*t, record.end));
  }
  for (const IndexInfo& index : t->Indexes()) {
    lines.push_back("index " + IndexText(*t, index.entity, index.label, index.properties));
  }
  for (const ConstraintInfo& constraint : t->Constraints()) {
    lines.push_back("constraint " +
                    IndexText(*t, constraint.entity, constraint.label, constraint.properties));
  }
  for (const auto& [key, value] : Must(t->ScanJobRecords(""))) {
    lines.push_back("record " + RecordText(key, value));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

uint64_t CountNodes(Store& store, const std::string& label) {
  const auto t = Read(store);
  return t->GetStatistics().LabelCount(t->FindName(NameKind::kLabel, label));
}

uint64_t CountRelationships(Store& store, const std::string& type) {
  const auto t = Read(store);
  return t->GetStatistics().TypeCount(t->FindName(NameKind::kType, type));
}

std::vector<std::string> Nodes(Store& store, const std::string& label) {
  const auto t = Read(store);
  std::vector<std::string> lines;
  const NameId name = t->FindName(NameKind::kLabel, label);
  if (name == kNoName) return lines;
  for (const NodeId id : Drain(t->ScanLabel(name), 512)) {
    lines.push_back(PropertyText(*t, Must(t->GetNodeProperties(id))));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> Relationships(Store& store, const std::string& type) {
  const auto t = Read(store);
  std::vector<std::string> lines;
  const NameId name = t->FindName(NameKind::kType, type);
  if (name == kNoName) return lines;
  for (const RelId id : Drain(t->ScanType(name), 512)) {
    const RelationshipRecord record = Must(t->GetRelationship(id));
    lines.push_back(ShortName(*t, record.start) + " -[" +
                    PropertyText(*t, Must(t->GetRelationshipProperties(id))) + "]-> " +
                    ShortName(*t, record.end));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

// -- pickles: opcodes of Python's pickletools --

namespace {
std::string LittleEndian(uint32_t value) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}
}  // namespace

PickleText& PickleText::String(const std::string& text) {
  bytes_ += "X" + LittleEndian(static_cast<uint32_t>(text.size())) + text;
  return *this;
}
PickleText& PickleText::Int(int value) {
  bytes_ += "J" + LittleEndian(static_cast<uint32_t>(value));
  return *this;
}
PickleText& PickleText::Begin() {
  bytes_ += "(";
  return *this;
}
PickleText& PickleText::EndList() {
  bytes_ += "l";
  return *this;
}
PickleText& PickleText::EndTuple() {
  bytes_ += "t";
  return *this;
}
PickleText& PickleText::EndDict() {
  bytes_ += "d";
  return *this;
}
PickleText& PickleText::Strings(const std::vector<std::string>& texts) {
  Begin();
  for (const std::string& text : texts) String(text);
  return EndList();
}
PickleText& PickleText::Floats(const std::vector<float>& values, int rows, int columns) {
  // _reconstruct(ndarray, (0,), b'b'), then its state: (1, shape, dtype, False, bytes).
  bytes_ += "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(J" + LittleEndian(0) +
            "tU\x01"
            "btR(J" +
            LittleEndian(1) + "(";
  Int(rows).Int(columns);
  bytes_ +=
      "tcnumpy\ndtype\n(U\x02"
      "f4J" +
      LittleEndian(0) + "J" + LittleEndian(1) + "tR(J" + LittleEndian(3) + "U\x01<NNNJ" +
      LittleEndian(0xFFFFFFFF) + "J" + LittleEndian(0xFFFFFFFF) + "J" + LittleEndian(0) + "tb\x89T";
  bytes_ += LittleEndian(static_cast<uint32_t>(values.size() * 4));
  for (const float value : values) {
    uint32_t bits;
    std::memcpy(&bits, &value, 4);
    bytes_ += LittleEndian(bits);
  }
  bytes_ += "tb";
  return *this;
}

}  // namespace gesta::test
