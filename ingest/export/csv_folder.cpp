#include "export/csv_folder.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <system_error>

#include "export/csv_table.h"
#include "export/json_lines.h"
#include "gesta/format/json_text.h"
#include "gesta/format/npy_writer.h"

namespace gesta::ingest {
namespace {

namespace fs = std::filesystem;
using format::AppendJsonString;
using format::NpyWriter;

constexpr size_t kMaxTables = 400;  // all are open at once

Status FolderFailed(const std::string& path, const std::error_code& error) {
  return Status(StatusCode::kIo, fmt::format("'{}' cannot be made: {}", path, error.message()));
}

// The vectors or the sequences of one space: a table with a row each, and a matrix.
struct SpaceFiles {
  uint32_t space = 0;
  std::string name;
  std::string table_file, matrix_file;
  std::unique_ptr<ByteSink> table;
  std::optional<NpyWriter> matrix;
  uint64_t rows = 0;  // of the table
};

class CsvSink final : public GraphSink {
 public:
  CsvSink(Transaction& transaction, const std::string& output)
      : transaction_(transaction),
        lines_(transaction),
        output_(output),
        folder_(output + ".partial") {}

  ~CsvSink() override {
    std::error_code ignored;
    if (made_) fs::remove_all(folder_, ignored);
  }

  Status Begin() override;
  Status Node(const NodeRecord& node) override {
    return nodes_.at(node.labels).Write(std::to_string(node.id), node.properties, &lines_.names());
  }
  Status Relationship(const FullRelationship& relationship) override {
    const RelationshipRecord& record = relationship.record;
    return relationships_.at(record.type)
        .Write(fmt::format("{},{}", record.start, record.end), relationship.properties,
               &lines_.names());
  }
  Status Vector(const SpaceInfo& space, const VectorRecord& vector,
                const std::vector<float>& elements) override {
    GESTA_RETURN_IF_ERROR(OpenSpace("vectors", "node,source\n", space, &vectors_));
    SpaceFiles& files = vectors_.back();
    ++files.rows;
    GESTA_RETURN_IF_ERROR(
        files.table->Write(fmt::format("{},{:016x}\n", vector.node, vector.source)));
    return files.matrix->Write(PackElements(space.element, elements));
  }
  Result<bool> Sequence(const SpaceInfo& space, const SequenceRecord& sequence, uint64_t first,
                        const std::vector<float>& rows) override {
    GESTA_RETURN_IF_ERROR(
        OpenSpace("sequences", "node,frames,start,step,source\n", space, &sequences_));
    SpaceFiles& files = sequences_.back();
    if (first == 0) {
      ++files.rows;
      const SequenceInfo& info = sequence.info;
      GESTA_RETURN_IF_ERROR(files.table->Write(fmt::format("{},{},{},{},{:016x}\n", sequence.node,
                                                           info.frames, FloatToText(info.start),
                                                           FloatToText(info.step), info.source)));
    }
    GESTA_RETURN_IF_ERROR(files.matrix->Write(PackElements(space.element, rows)));
    return true;
  }
  Result<bool> Record(const JobRecord& record) override {
    std::string line;
    JsonLineWriter::AppendRecord(record.key, record.value, &line);
    line.push_back('\n');
    GESTA_RETURN_IF_ERROR(records_->Write(line));
    return true;
  }
  Status End(const ExportSummary& counts) override;

 private:
  std::string FileName(std::string_view kind, std::string_view name, std::string_view ending);
  Status NoteAll();
  Status OpenTables();
  Status OpenSpace(std::string_view kind, std::string_view header, const SpaceInfo& space,
                   std::vector<SpaceFiles>* all);
  static Status CloseSpace(SpaceFiles* files);
  std::string Description(const ExportSummary& counts);

  Transaction& transaction_;
  JsonLineWriter lines_;
  const std::string output_;
  const std::string folder_;  // until it is complete
  bool made_ = false;
  std::set<std::string> file_names_;
  std::map<std::vector<NameId>, CsvExportTable> nodes_;  // by labels
  std::map<NameId, CsvExportTable> relationships_;       // by type
  std::map<std::vector<NameId>, std::string> node_files_;
  std::map<NameId, std::string> relationship_files_;
  std::vector<SpaceFiles> vectors_, sequences_;  // the last one is open
  std::unique_ptr<ByteSink> records_;
};

// A name that file systems take, and that no other file has.
std::string CsvSink::FileName(std::string_view kind, std::string_view name,
                              std::string_view ending) {
  constexpr size_t kMaxName = 100;
  std::string base = fmt::format("{}.", kind);
  for (const char c : name.substr(0, kMaxName)) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '_' || c == '-' || c == '+';
    base.push_back(plain ? c : '_');
  }
  std::string file = fmt::format("{}{}", base, ending);
  for (int i = 2; !file_names_.insert(file).second; ++i) {
    file = fmt::format("{}.{}{}", base, i, ending);
  }
  return file;
}

// Which columns the tables have.
Status CsvSink::NoteAll() {
  GESTA_ASSIGN_OR_RETURN(const auto nodes, transaction_.ReadNodes());
  NodeRecord node;
  while (true) {
    GESTA_ASSIGN_OR_RETURN(const bool found, nodes->Next(&node));
    if (!found) break;
    nodes_[node.labels].Note(lines_.names(), node.properties);
  }
  GESTA_ASSIGN_OR_RETURN(const auto relationships, transaction_.ReadRelationships());
  FullRelationship relationship;
  while (true) {
    GESTA_ASSIGN_OR_RETURN(const bool found, relationships->Next(&relationship));
    if (!found) break;
    relationships_[relationship.record.type].Note(lines_.names(), relationship.properties);
  }
  if (nodes_.size() + relationships_.size() <= kMaxTables) return Status::Ok();
  return Status(StatusCode::kUnsupported,
                fmt::format("the store has {} different sets of labels and types, and csv makes at "
                            "most {} tables",
                            nodes_.size() + relationships_.size(), kMaxTables),
                "export as jsonl");
}

Status CsvSink::OpenTables() {
  for (auto& [labels, table] : nodes_) {
    std::string name;
    for (const NameId label : lines_.names().Sorted(labels)) {
      name += (name.empty() ? "" : "+") + lines_.names().Label(label);
    }
    const std::string file = FileName("nodes", name, ".csv");
    node_files_[labels] = file;
    GESTA_RETURN_IF_ERROR(table.Open(folder_ + "/" + file, ":int:ID(node)", lines_.names()));
  }
  for (auto& [type, table] : relationships_) {
    const std::string file = FileName("relationships", lines_.names().Type(type), ".csv");
    relationship_files_[type] = file;
    GESTA_RETURN_IF_ERROR(
        table.Open(folder_ + "/" + file, ":int:START_ID(node),:int:END_ID(node)", lines_.names()));
  }
  return Status::Ok();
}

Status CsvSink::Begin() {
  std::error_code error;
  for (const std::string& path : {output_, folder_}) {
    if (!fs::exists(fs::symlink_status(path, error))) continue;
    return Status(StatusCode::kAlreadyExists, fmt::format("'{}' exists already", path),
                  "csv is written as a new folder");
  }
  fs::create_directory(folder_, error);
  if (error) return FolderFailed(output_, error);
  made_ = true;
  GESTA_RETURN_IF_ERROR(NoteAll());
  GESTA_RETURN_IF_ERROR(OpenTables());
  const std::string schema = lines_.Schema(/*canonical=*/false);
  GESTA_ASSIGN_OR_RETURN(const auto file, ByteSink::Open(folder_ + "/schema.jsonl"));
  GESTA_RETURN_IF_ERROR(file->Write(schema));
  GESTA_RETURN_IF_ERROR(file->Close());
  GESTA_ASSIGN_OR_RETURN(records_, ByteSink::Open(folder_ + "/records.jsonl"));
  return records_->Write(schema.substr(0, schema.find('\n') + 1));  // the header
}

Status CsvSink::CloseSpace(SpaceFiles* files) {
  if (!files->matrix) return Status::Ok();
  GESTA_RETURN_IF_ERROR(files->table->Close());
  GESTA_RETURN_IF_ERROR(files->matrix->Close());
  files->table.reset();
  files->matrix.reset();
  return Status::Ok();
}

Status CsvSink::OpenSpace(std::string_view kind, std::string_view header, const SpaceInfo& space,
                          std::vector<SpaceFiles>* all) {
  if (!all->empty()) {
    if (all->back().space == space.id) return Status::Ok();
    GESTA_RETURN_IF_ERROR(CloseSpace(&all->back()));
  }
  SpaceFiles files;
  files.space = space.id;
  files.name = space.name;
  files.table_file = FileName(kind, space.name, ".csv");
  files.matrix_file = FileName(kind, space.name, ".npy");
  GESTA_ASSIGN_OR_RETURN(files.table, ByteSink::Open(folder_ + "/" + files.table_file));
  GESTA_RETURN_IF_ERROR(files.table->Write(header));
  const bool half = space.element == VectorElement::kFloat16;
  GESTA_ASSIGN_OR_RETURN(files.matrix,
                         NpyWriter::Open(folder_ + "/" + files.matrix_file, half ? "<f2" : "<f4",
                                         half ? 2 : 4, space.dimension));
  all->push_back(std::move(files));
  return Status::Ok();
}

std::string CsvSink::Description(const ExportSummary& counts) {
  std::string text =
      fmt::format("{{\n  \"kind\": \"gesta-export\",\n  \"version\": {},\n", kJsonLinesVersion);
  const auto member = [&text](std::string_view name, std::string_view value, bool first = false) {
    text += fmt::format("{}\"{}\": ", first ? "" : ", ", name);
    AppendJsonString(value, &text);
  };
  const char* comma = "";
  const auto begin = [&](std::string_view name) {
    text += fmt::format("  \"{}\": [", name);
    comma = "\n    {";
  };
  const auto row = [&](const std::string& file) {
    text += comma;
    comma = ",\n    {";
    member("file", file, /*first=*/true);
  };
  begin("nodes");
  for (const auto& [labels, table] : nodes_) {
    row(node_files_[labels]);
    text += ", ";
    lines_.AppendLabels(labels, &text);
    text += fmt::format(", \"rows\": {}}}", table.rows());
  }
  text += "\n  ],\n";
  begin("relationships");
  for (const auto& [type, table] : relationships_) {
    row(relationship_files_[type]);
    member("type", lines_.names().Type(type));
    text += fmt::format(", \"rows\": {}}}", table.rows());
  }
  text += "\n  ],\n";
  for (const auto& [name, all] :
       {std::pair("vectors", &vectors_), std::pair("sequences", &sequences_)}) {
    begin(name);
    for (const SpaceFiles& files : *all) {
      row(files.table_file);
      member("matrix", files.matrix_file);
      member("space", files.name);
      text += fmt::format(", \"rows\": {}}}", files.rows);
    }
    text += "\n  ],\n";
  }
  return text + fmt::format("  \"records\": {}\n}}\n", counts.records);
}

Status CsvSink::End(const ExportSummary& counts) {
  for (auto& [labels, table] : nodes_) GESTA_RETURN_IF_ERROR(table.Close());
  for (auto& [type, table] : relationships_) GESTA_RETURN_IF_ERROR(table.Close());
  for (auto* all : {&vectors_, &sequences_}) {
    if (!all->empty()) GESTA_RETURN_IF_ERROR(CloseSpace(&all->back()));
  }
  GESTA_RETURN_IF_ERROR(records_->Close());
  GESTA_ASSIGN_OR_RETURN(const auto file, ByteSink::Open(folder_ + "/export.json"));
  GESTA_RETURN_IF_ERROR(file->Write(Description(counts)));
  GESTA_RETURN_IF_ERROR(file->Close());
  std::error_code error;
  fs::rename(folder_, output_, error);
  if (error) return FolderFailed(output_, error);
  made_ = false;
  return Status::Ok();
}

}  // namespace

Result<std::unique_ptr<GraphSink>> MakeCsvSink(Transaction& transaction,
                                               const ExportOptions& options) {
  if (options.output == "-") {
    return Status(StatusCode::kInvalidArgument, "csv is written as a folder",
                  "name it with --output");
  }
  return std::unique_ptr<GraphSink>(std::make_unique<CsvSink>(transaction, options.output));
}

}  // namespace gesta::ingest
