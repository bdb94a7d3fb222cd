// ExportTraining: the graph around each sample becomes a row.
#include "gesta/training_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "export/byte_sink.h"
#include "export/value_json.h"
#include "gesta/format/digest.h"
#include "gesta/format/json_text.h"
#include "gesta/format/npy_writer.h"
#include "load/reporter.h"

namespace gesta {
namespace ingest {
namespace {

using format::AppendJsonString;
using format::Digest;
using format::NpyWriter;

constexpr std::pair<std::string_view, std::string_view> kSampleKinds[] = {
    {"segment", "Segment"}, {"video", "Video"}, {"image", "Image"}};

// Relationships that are followed one after the other, in a direction each.
struct Hop {
  std::string_view type;
  Direction direction = Direction::kOut;
};
using Way = std::vector<Hop>;

// From a sample to what it shows: its own labels, those of its segments, of the people in it, and
// the right options of the questions about it.
const std::vector<Way>& WaysToShown() {
  static const std::vector<Way> ways = {
      {{"SHOWS"}},
      {{"HAS_SEGMENT"}, {"SHOWS"}},
      {{"HAS_PERSON"}, {"PERFORMS"}, {"SHOWS"}},
      {{"ABOUT", Direction::kIn}, {"OPTION"}},
  };
  return ways;
}

// Text that goes into a file and into its digest.
class DigestedFile {
 public:
  static Result<DigestedFile> Open(const std::string& path) {
    DigestedFile file;
    GESTA_ASSIGN_OR_RETURN(file.sink_, ByteSink::Open(path));
    return file;
  }
  Status Write(std::string_view text) {
    digest_.Add(text);
    return sink_->Write(text);
  }
  Status Close() { return sink_->Close(); }
  std::string Hex() { return digest_.Hex(); }

 private:
  DigestedFile() = default;
  std::unique_ptr<ByteSink> sink_;
  Digest digest_{Digest::Kind::kSha256};
};

class TrainingTable {
 public:
  TrainingTable(Transaction& transaction, const TrainingOptions& options)
      : transaction_(transaction),
        options_(options),
        reporter_(options.progress, options.cancel, "the export") {}

  Result<TrainingSummary> Run() {
    GESTA_RETURN_IF_ERROR(FindSamples());
    GESTA_RETURN_IF_ERROR(FindFilters());
    GESTA_RETURN_IF_ERROR(FindColumns());
    constexpr std::string_view kEnding = ".npy";
    base_ = options_.output;
    if (base_.size() > kEnding.size() &&
        std::string_view(base_).substr(base_.size() - kEnding.size()) == kEnding) {
      base_.resize(base_.size() - kEnding.size());
    }
    summary_.files = {base_ + ".npy", base_ + ".jsonl", base_ + ".json"};
    const Status status = WriteFiles();
    if (!status.ok()) {
      std::error_code ignored;
      std::filesystem::remove(summary_.files[0], ignored);
      return status;
    }
    return summary_;
  }

 private:
  NameId Label(std::string_view name) const {
    return transaction_.FindName(NameKind::kLabel, name);
  }
  NameId Type(std::string_view name) const { return transaction_.FindName(NameKind::kType, name); }
  NameId Key(std::string_view name) const {
    return transaction_.FindName(NameKind::kProperty, name);
  }
  // Null where the property, or the key itself, is not there.
  Result<Value> NodeValue(NodeId node, std::string_view key) {
    const NameId id = Key(key);
    if (id == kNoName) return Value::Null();
    return transaction_.GetNodeProperty(node, id);
  }
  Result<Value> RelationshipValue(RelId rel, std::string_view key) {
    const NameId id = Key(key);
    if (id == kNoName) return Value::Null();
    return transaction_.GetRelationshipProperty(rel, id);
  }
  Result<std::vector<Edge>> Edges(NodeId node, const Hop& hop) {
    std::vector<Edge> edges;
    const NameId type = Type(hop.type);
    if (type == kNoName) return edges;
    GESTA_RETURN_IF_ERROR(transaction_.Expand(node, hop.direction, {type}, std::nullopt, &edges));
    return edges;
  }

  Status FindSamples();
  Status FindFilters();
  Status FindColumns();
  Result<std::string> ColumnName(NodeId target);
  // The targets that an action's preferred mappings lead to.
  Result<std::vector<NodeId>> TargetsOf(NodeId action);
  Status AddTarget(NodeId node, std::set<NodeId>* targets);
  Result<const std::vector<NodeId>*> KnownTargets(NodeId action);

  // Appends what the way leads to.
  Status Follow(NodeId from, const Way& way, size_t hop, std::set<NodeId>* shown);
  // The node and those whose dataset and splits are the sample's: a segment's video.
  Result<std::vector<NodeId>> Carriers(NodeId sample);
  Result<bool> Wanted(const std::vector<NodeId>& carriers);
  Status WriteFiles();
  // Writes the sample's rows; false: it has no target.
  Result<bool> WriteRow(NodeId sample, const std::vector<NodeId>& carriers, NpyWriter* matrix,
                        DigestedFile* index);
  Status WriteDescription(const std::string& matrix, const std::string& index);

  Transaction& transaction_;
  const TrainingOptions& options_;
  Reporter reporter_;
  TrainingSummary summary_;
  std::string base_;
  NameId sample_label_ = kNoName;
  std::set<NodeId> datasets_, splits_;
  std::vector<std::string> columns_;
  std::unordered_map<NodeId, size_t> column_of_;
  std::unordered_map<NodeId, std::vector<NodeId>> targets_;  // by action
  Digest matrix_digest_{Digest::Kind::kSha256};
};

Status TrainingTable::FindSamples() {
  const Statistics& statistics = transaction_.GetStatistics();
  std::string known;
  for (const auto& [name, label] : kSampleKinds) {
    known += (known.empty() ? "" : ", ") + std::string(name);
    const NameId id = Label(label);
    const bool chosen = options_.samples.empty() ? id != kNoName && statistics.LabelCount(id) > 0
                                                 : options_.samples == name;
    if (!chosen) continue;
    summary_.samples = name;
    sample_label_ = id;
    if (id != kNoName && statistics.LabelCount(id) > 0) return Status::Ok();
    return Status(StatusCode::kNotFound, fmt::format("the store has no :{}", label));
  }
  if (options_.samples.empty()) {
    return Status(StatusCode::kNotFound, "the store has no samples: no :Segment, :Video or :Image",
                  "ingest a dataset of videos or images first");
  }
  return Status(StatusCode::kInvalidArgument,
                fmt::format("there are no samples of kind '{}'", options_.samples),
                "the kinds are " + known);
}

Status TrainingTable::FindFilters() {
  if (options_.targets != "class" && options_.targets != "verb") {
    return Status(StatusCode::kInvalidArgument,
                  fmt::format("there are no targets of kind '{}'", options_.targets),
                  "the kinds are class and verb");
  }
  const auto find = [&](std::string_view label, const std::string& name,
                        std::set<NodeId>* found) -> Status {
    const NameId id = Label(label);
    const size_t before = found->size();
    if (id != kNoName) {
      GESTA_ASSIGN_OR_RETURN(const auto cursor, transaction_.ScanLabel(id));
      std::vector<uint64_t> part(1024);
      while (true) {
        GESTA_ASSIGN_OR_RETURN(const size_t n, cursor->Next(part.data(), part.size()));
        if (n == 0) break;
        for (size_t i = 0; i < n; ++i) {
          GESTA_ASSIGN_OR_RETURN(const Value value, NodeValue(part[i], "name"));
          if (value.type() == ValueType::kString && value.AsString() == name) {
            found->insert(part[i]);
          }
        }
      }
    }
    if (found->size() > before) return Status::Ok();
    return Status(StatusCode::kNotFound, fmt::format("there is no :{} named '{}'", label, name));
  };
  for (const std::string& dataset : options_.datasets) {
    GESTA_RETURN_IF_ERROR(find("Dataset", dataset, &datasets_));
  }
  return options_.split.empty() ? Status::Ok() : find("Split", options_.split, &splits_);
}

// A verb counts as its class where classes are wanted; a class is no verb.
Status TrainingTable::AddTarget(NodeId node, std::set<NodeId>* targets) {
  const NameId verb = Label("Verb");
  const NameId verb_class = Label("VerbClass");
  const auto has = [&](NameId label) -> Result<bool> {
    if (label == kNoName) return false;
    return transaction_.HasLabel(node, label);
  };
  const bool classes = options_.targets == "class";
  GESTA_ASSIGN_OR_RETURN(const bool is_target, has(classes ? verb_class : verb));
  if (is_target) targets->insert(node);
  if (is_target || !classes) return Status::Ok();
  GESTA_ASSIGN_OR_RETURN(const bool is_verb, has(verb));
  if (!is_verb) return Status::Ok();
  GESTA_ASSIGN_OR_RETURN(const std::vector<Edge> edges, Edges(node, {"MEMBER_OF"}));
  for (const Edge& edge : edges) targets->insert(edge.other);
  return Status::Ok();
}

Result<std::vector<NodeId>> TrainingTable::TargetsOf(NodeId action) {
  std::set<NodeId> targets;
  GESTA_ASSIGN_OR_RETURN(const std::vector<Edge> mappings, Edges(action, {"MAPS_TO"}));
  for (const Edge& mapping : mappings) {
    GESTA_ASSIGN_OR_RETURN(const Value preferred, RelationshipValue(mapping.rel, "preferred"));
    GESTA_ASSIGN_OR_RETURN(const Value verdict, RelationshipValue(mapping.rel, "verdict"));
    GESTA_ASSIGN_OR_RETURN(const Value rank, RelationshipValue(mapping.rel, "rank"));
    const bool rejected = verdict.type() == ValueType::kString && verdict.AsString() == "reject";
    const bool beyond =
        options_.top > 0 && rank.type() == ValueType::kInteger && rank.AsInteger() > options_.top;
    if (!preferred.IsTrue() || rejected || beyond) continue;
    GESTA_RETURN_IF_ERROR(AddTarget(mapping.other, &targets));
  }
  return std::vector<NodeId>(targets.begin(), targets.end());
}

Result<const std::vector<NodeId>*> TrainingTable::KnownTargets(NodeId node) {
  const auto known = targets_.find(node);
  if (known != targets_.end()) return &known->second;
  // An image may show a class of verbs itself.
  std::set<NodeId> itself;
  GESTA_RETURN_IF_ERROR(AddTarget(node, &itself));
  std::vector<NodeId> targets(itself.begin(), itself.end());
  if (targets.empty()) {
    GESTA_ASSIGN_OR_RETURN(targets, TargetsOf(node));
  }
  return &targets_.emplace(node, std::move(targets)).first->second;
}

Result<std::string> TrainingTable::ColumnName(NodeId target) {
  GESTA_ASSIGN_OR_RETURN(const Value name, NodeValue(target, "name"));
  if (name.type() == ValueType::kString) return std::string(name.AsString());
  GESTA_ASSIGN_OR_RETURN(const Value class_name, NodeValue(target, "class"));
  GESTA_ASSIGN_OR_RETURN(const Value lemma, NodeValue(target, "lemma"));
  return ToText(class_name, /*quote=*/false) + "/" + ToText(lemma, /*quote=*/false);
}

Status TrainingTable::FindColumns() {
  std::set<NodeId> targets;
  const NameId action = Label("Action");
  if (action != kNoName) {
    GESTA_ASSIGN_OR_RETURN(const auto cursor, transaction_.ScanLabel(action));
    std::vector<uint64_t> part(1024);
    while (true) {
      GESTA_ASSIGN_OR_RETURN(const size_t n, cursor->Next(part.data(), part.size()));
      if (n == 0) break;
      GESTA_RETURN_IF_ERROR(reporter_.Report("reading mappings", 0, 0));
      for (size_t i = 0; i < n; ++i) {
        GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId>* const found, KnownTargets(part[i]));
        targets.insert(found->begin(), found->end());
      }
    }
  }
  if (targets.empty()) {
    return Status(
        StatusCode::kNotFound,
        fmt::format("no label has preferred mappings that lead to a {}",
                    options_.targets == "class" ? "class of verbs" : "verb"),
        "CALL mapping.prefer(dataset, method) makes a method's mappings the preferred ones");
  }
  std::vector<std::pair<std::string, NodeId>> named;
  for (const NodeId target : targets) {
    GESTA_ASSIGN_OR_RETURN(std::string name, ColumnName(target));
    named.emplace_back(std::move(name), target);
  }
  std::sort(named.begin(), named.end());
  for (auto& [name, target] : named) {
    column_of_.emplace(target, columns_.size());
    columns_.push_back(std::move(name));
  }
  summary_.columns = columns_.size();
  return Status::Ok();
}

Status TrainingTable::Follow(NodeId from, const Way& way, size_t hop, std::set<NodeId>* shown) {
  if (hop == way.size()) {
    shown->insert(from);
    return Status::Ok();
  }
  GESTA_ASSIGN_OR_RETURN(const std::vector<Edge> edges, Edges(from, way[hop]));
  for (const Edge& edge : edges) {
    if (way[hop].type == "OPTION") {
      GESTA_ASSIGN_OR_RETURN(const Value correct, RelationshipValue(edge.rel, "correct"));
      if (!correct.IsTrue()) continue;
    }
    GESTA_RETURN_IF_ERROR(Follow(edge.other, way, hop + 1, shown));
  }
  return Status::Ok();
}

Result<std::vector<NodeId>> TrainingTable::Carriers(NodeId sample) {
  std::vector<NodeId> carriers = {sample};
  if (summary_.samples == "segment") {
    GESTA_ASSIGN_OR_RETURN(const std::vector<Edge> edges,
                           Edges(sample, {"HAS_SEGMENT", Direction::kIn}));
    for (const Edge& edge : edges) carriers.push_back(edge.other);
  }
  return carriers;
}

Result<bool> TrainingTable::Wanted(const std::vector<NodeId>& carriers) {
  const auto any = [&](const Hop& hop, const std::set<NodeId>& wanted) -> Result<bool> {
    if (wanted.empty()) return true;
    for (const NodeId carrier : carriers) {
      GESTA_ASSIGN_OR_RETURN(const std::vector<Edge> edges, Edges(carrier, hop));
      for (const Edge& edge : edges) {
        if (wanted.count(edge.other) > 0) return true;
      }
    }
    return false;
  };
  GESTA_ASSIGN_OR_RETURN(const bool dataset, any({"IN"}, datasets_));
  if (!dataset) return false;
  return any({"IN_SPLIT"}, splits_);
}

Result<bool> TrainingTable::WriteRow(NodeId sample, const std::vector<NodeId>& carriers,
                                     NpyWriter* matrix, DigestedFile* index) {
  std::set<NodeId> shown;
  for (const Way& way : WaysToShown()) GESTA_RETURN_IF_ERROR(Follow(sample, way, 0, &shown));
  std::set<size_t> ones;
  std::string actions;
  for (const NodeId node : shown) {
    GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId>* const targets, KnownTargets(node));
    for (const NodeId target : *targets) {
      const auto column = column_of_.find(target);
      if (column != column_of_.end()) ones.insert(column->second);
    }
    std::string action;
    for (const std::string_view key : {"dataset", "level", "index", "text", "name"}) {
      GESTA_ASSIGN_OR_RETURN(const Value value, NodeValue(node, key));
      if (value.IsNull()) continue;
      action += (action.empty() ? "" : ", ") + fmt::format("\"{}\": ", key);
      AppendJsonValue(value, &action);
    }
    actions += (actions.empty() ? "{" : ", {") + action + "}";
  }
  if (ones.empty()) return false;

  std::string row(columns_.size(), '\0');
  for (const size_t column : ones) row[column] = 1;
  GESTA_RETURN_IF_ERROR(matrix->Write(row));
  matrix_digest_.Add(row);
  std::string line = fmt::format("{{\"row\": {}", summary_.rows);
  GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties,
                         transaction_.GetNodeProperties(sample));
  std::map<std::string, const Value*> named;
  for (const Property& property : properties) {
    named.emplace(transaction_.Name(NameKind::kProperty, property.key), &property.value);
  }
  line += ", \"sample\": {";
  const char* comma = "";
  for (const auto& [name, value] : named) {
    line += comma;
    AppendJsonString(name, &line);
    line += ": ";
    AppendJsonValue(*value, &line);
    comma = ", ";
  }
  line += "}, \"splits\": [";
  std::set<std::string> splits;
  for (const NodeId carrier : carriers) {
    GESTA_ASSIGN_OR_RETURN(const std::vector<Edge> edges, Edges(carrier, {"IN_SPLIT"}));
    for (const Edge& edge : edges) {
      GESTA_ASSIGN_OR_RETURN(const Value name, NodeValue(edge.other, "name"));
      if (name.type() == ValueType::kString) splits.emplace(name.AsString());
    }
  }
  comma = "";
  for (const std::string& split : splits) {
    line += comma;
    AppendJsonString(split, &line);
    comma = ", ";
  }
  line += "], \"actions\": [" + actions + "], \"targets\": [";
  comma = "";
  for (const size_t column : ones) {
    line += comma + std::to_string(column);
    comma = ", ";
  }
  line += "]}\n";
  GESTA_RETURN_IF_ERROR(index->Write(line));
  ++summary_.rows;
  summary_.ones += ones.size();
  return true;
}

Status TrainingTable::WriteFiles() {
  GESTA_ASSIGN_OR_RETURN(NpyWriter matrix,
                         NpyWriter::Open(summary_.files[0], "|u1", 1, columns_.size()));
  GESTA_ASSIGN_OR_RETURN(DigestedFile index, DigestedFile::Open(summary_.files[1]));
  const uint64_t total = transaction_.GetStatistics().LabelCount(sample_label_);
  GESTA_ASSIGN_OR_RETURN(const auto cursor, transaction_.ScanLabel(sample_label_));
  std::vector<uint64_t> part(1024);
  uint64_t done = 0;
  while (true) {
    GESTA_ASSIGN_OR_RETURN(const size_t n, cursor->Next(part.data(), part.size()));
    if (n == 0) break;
    for (size_t i = 0; i < n; ++i) {
      GESTA_RETURN_IF_ERROR(reporter_.Report("exporting samples", done++, total));
      GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> carriers, Carriers(part[i]));
      GESTA_ASSIGN_OR_RETURN(const bool wanted, Wanted(carriers));
      if (!wanted) continue;
      GESTA_ASSIGN_OR_RETURN(const bool written, WriteRow(part[i], carriers, &matrix, &index));
      if (!written) ++summary_.without_target;
    }
  }
  GESTA_RETURN_IF_ERROR(matrix.Close());
  GESTA_RETURN_IF_ERROR(index.Close());
  return WriteDescription(matrix_digest_.Hex(), index.Hex());
}

Status TrainingTable::WriteDescription(const std::string& matrix, const std::string& index) {
  std::string columns;
  for (const std::string& column : columns_) {
    columns += columns.empty() ? "\n    " : ",\n    ";
    AppendJsonString(column, &columns);
  }
  Digest content(Digest::Kind::kSha256);
  content.Add(columns);
  content.Add(index);
  content.Add(matrix);
  summary_.sha256 = content.Hex();
  std::string datasets;
  for (const std::string& dataset : options_.datasets) {
    if (!datasets.empty()) datasets += ", ";
    AppendJsonString(dataset, &datasets);
  }
  std::string split;
  AppendJsonString(options_.split, &split);
  const std::string text = fmt::format(
      "{{\n"
      "  \"kind\": \"gesta-training\",\n  \"version\": 1,\n"
      "  \"sha256\": \"{}\",\n  \"matrix_sha256\": \"{}\",\n  \"index_sha256\": \"{}\",\n"
      "  \"samples\": \"{}\",\n  \"targets\": \"{}\",\n  \"datasets\": [{}],\n  \"split\": {},\n"
      "  \"top\": {},\n  \"rows\": {},\n  \"ones\": {},\n  \"without_target\": {},\n"
      "  \"columns\": [{}\n  ]\n}}\n",
      summary_.sha256, matrix, index, summary_.samples, options_.targets, datasets, split,
      options_.top, summary_.rows, summary_.ones, summary_.without_target, columns);
  GESTA_ASSIGN_OR_RETURN(const auto file, ByteSink::Open(summary_.files[2]));
  GESTA_RETURN_IF_ERROR(file->Write(text));
  return file->Close();
}

}  // namespace
}  // namespace ingest

Result<TrainingSummary> ExportTraining(Store& store, const TrainingOptions& options) {
  TransactionOptions reading;
  reading.read_only = true;
  GESTA_ASSIGN_OR_RETURN(const auto transaction, store.Begin(reading));
  return ingest::TrainingTable(*transaction, options).Run();
}

}  // namespace gesta
