#include "ingest_test_support.h"

#include <cstring>
#include <filesystem>
#include <fstream>

#include "gesta/export.h"

namespace gesta::test {
namespace {

std::string PropertyText(Transaction& t, const std::vector<Property>& properties) {
  std::vector<MapEntry> entries;
  for (const Property& p : properties) {
    entries.emplace_back(std::string(t.Name(NameKind::kProperty, p.key)), p.value);
  }
  return ToText(Value::MakeMap(Map(std::move(entries))), true);
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
  const TestFolder folder;
  ExportOptions options;
  options.canonical = true;
  options.output = folder / "canonical.jsonl";
  Must(ExportStore(store, options));
  std::ifstream in(options.output);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
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
