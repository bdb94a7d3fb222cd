// The job `csv`: nodes and relationships from CSV files, as a mapping file says (csv_mapping.h).
//
// The files are read twice: first to check every row and end of a relationship, so that a refused
// job writes nothing, then to write. Memory does not grow with the files but for eight bytes a node
// row.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "jobs/csv_mapping.h"
#include "jobs/job.h"
#include "readers/csv_reader.h"

namespace gesta::ingest {
namespace {

// The identity of nodes: a label and the names of its key properties.
using EndKind = std::pair<std::string, std::vector<std::string>>;

uint64_t HashKey(const std::vector<Value>& key) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const Value& value : key) {
    hash = (hash ^ Hash(value)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 32;
  }
  return hash;
}

// Rows of one table as values, one for each of its columns.
class TableReader {
 public:
  static Result<TableReader> Open(const CsvTable& table) {
    readers::CsvOptions options;
    options.delimiter = table.delimiter;
    GESTA_ASSIGN_OR_RETURN(auto reader, readers::CsvReader::Open(table.path, options));
    TableReader result(&table, std::move(reader));
    for (const CsvColumn& column : table.columns) {
      if (column.constant) {
        result.places_.push_back(0);
        continue;
      }
      const std::optional<size_t> place = result.reader_.Column(column.column);
      if (!place) {
        return Status(StatusCode::kBadData,
                      fmt::format("{}: has no column '{}'", table.path, column.column),
                      fmt::format("its columns are {}", fmt::join(result.reader_.header(), ", ")));
      }
      result.places_.push_back(*place);
    }
    return result;
  }

  // After kBadRecord, status() says what is wrong and where.
  readers::ReadState Next() {
    const readers::ReadState state = reader_.Next();
    if (state == readers::ReadState::kEnd) return state;
    if (state != readers::ReadState::kRecord) {
      status_ = reader_.status();
      return state;
    }
    values_.clear();
    for (size_t i = 0; i < places_.size(); ++i) {
      if (table_->columns[i].constant) {
        values_.push_back(*table_->columns[i].constant);
        continue;
      }
      auto value = ParseCsvField(table_->columns[i], reader_.fields()[places_[i]],
                                 reader_.Quoted(places_[i]));
      if (!value.ok()) {
        status_ = value.status().WithContext(place());
        return readers::ReadState::kBadRecord;
      }
      values_.push_back(*std::move(value));
    }
    return state;
  }

  const std::vector<Value>& values() const { return values_; }
  const Status& status() const { return status_; }
  std::string place() const {
    return fmt::format("{}: line {}", table_->path, reader_.line_number());
  }
  const readers::ByteSource& source() const { return reader_.source(); }

 private:
  TableReader(const CsvTable* table, readers::CsvReader reader)
      : table_(table), reader_(std::move(reader)) {}

  const CsvTable* table_;
  readers::CsvReader reader_;
  std::vector<size_t> places_;  // in the record, of each column; of constants 0
  std::vector<Value> values_;
  Status status_;
};

class Csv final : public Job {
 public:
  Csv(std::string mapping_path, CsvMapping mapping)
      : mapping_path_(std::move(mapping_path)), mapping_(std::move(mapping)) {}

  Status Identify(InputIdentity* identity) override {
    if (!mapping_path_.empty()) {
      GESTA_RETURN_IF_ERROR(identity->AddFile(mapping_path_, "mapping"));
    }
    for (const auto* tables : {&mapping_.nodes, &mapping_.relationships}) {
      for (const CsvTable& table : *tables) {
        GESTA_RETURN_IF_ERROR(identity->AddFile(table.path, table.file));
      }
    }
    return Status::Ok();
  }

  Status Read(JobContext& context) override {
    for (const CsvTable& table : mapping_.nodes) {
      std::vector<uint64_t>& keys = keys_[KindOf(table)];
      std::vector<Value> key;
      GESTA_RETURN_IF_ERROR(CheckTable(table, context, [&](const std::vector<Value>& values) {
        key.clear();
        for (const size_t column : table.key) key.push_back(values[column]);
        keys.push_back(HashKey(key));
      }));
    }
    for (auto& [kind, keys] : keys_) {
      std::sort(keys.begin(), keys.end());
      const size_t rows = keys.size();
      keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
      if (keys.size() == rows) continue;
      context.oddities.Add("node rows whose key repeats (the last one counts)",
                           fmt::format("{} of {}", rows - keys.size(), kind.first),
                           rows - keys.size());
    }
    for (const CsvTable& table : mapping_.relationships) {
      GESTA_RETURN_IF_ERROR(CheckTable(table, context, [](const std::vector<Value>&) {}));
    }
    return Status::Ok();
  }

  uint64_t steps() const override { return steps_; }

  Status Write(GraphWriter& writer, JobContext& context) override {
    GESTA_RETURN_IF_ERROR(DefineIdentities(writer));
    if (writer.manifest().steps == 0) {
      GESTA_RETURN_IF_ERROR(CheckEnds(writer, context));
    }
    for (const CsvTable& table : mapping_.nodes) {
      GESTA_RETURN_IF_ERROR(WriteNodes(writer, table));
    }
    for (const CsvTable& table : mapping_.relationships) {
      GESTA_RETURN_IF_ERROR(WriteRelationships(writer, table));
    }
    return Status::Ok();
  }

 private:
  static EndKind KindOf(const CsvTable& table) {
    EndKind kind{table.labels.front(), {}};
    for (const size_t column : table.key) kind.second.push_back(table.columns[column].property);
    return kind;
  }
  static EndKind KindOf(const CsvEnd& end) {
    EndKind kind{end.label, {}};
    for (const auto& [property, column] : end.key) kind.second.push_back(property);
    return kind;
  }
  static std::vector<Value> KeyOf(const CsvEnd& end, const std::vector<Value>& values) {
    std::vector<Value> key;
    for (const auto& [property, column] : end.key) key.push_back(values[column]);
    return key;
  }

  template <typename Visit>
  Status CheckTable(const CsvTable& table, JobContext& context, const Visit& visit) {
    GESTA_ASSIGN_OR_RETURN(TableReader reader, TableReader::Open(table));
    for (uint64_t row = 0;; ++row) {
      if (row % 1024 == 0) {
        GESTA_RETURN_IF_ERROR(
            context.report("checking", reader.source().position(), reader.source().file_size()));
      }
      const readers::ReadState state = reader.Next();
      if (state == readers::ReadState::kEnd) return Status::Ok();
      if (state == readers::ReadState::kFailed) return reader.status();
      ++steps_;
      if (state == readers::ReadState::kRecord) {
        visit(reader.values());
      } else {
        GESTA_RETURN_IF_ERROR(context.bad_rows.Add(reader.status()));
      }
    }
  }

  Status DefineIdentities(GraphWriter& writer) {
    std::vector<EndKind> kinds;
    for (const CsvTable& table : mapping_.nodes) kinds.push_back(KindOf(table));
    for (const CsvTable& table : mapping_.relationships) {
      kinds.push_back(KindOf(table.from));
      kinds.push_back(KindOf(table.to));
    }
    for (const EndKind& kind : kinds) {
      if (identities_.count(kind) > 0) continue;
      GESTA_ASSIGN_OR_RETURN(const NodeIdentity identity,
                             writer.RequireIdentity(kind.first, kind.second));
      identities_.emplace(kind, identity);
    }
    return Status::Ok();
  }

  // Both ends of a relationship must be nodes of this input or of the store.
  Status CheckEnds(GraphWriter& writer, JobContext& context) {
    for (const CsvTable& table : mapping_.relationships) {
      GESTA_ASSIGN_OR_RETURN(TableReader reader, TableReader::Open(table));
      while (true) {
        const readers::ReadState state = reader.Next();
        if (state == readers::ReadState::kEnd) break;
        if (state == readers::ReadState::kFailed) return reader.status();
        if (state != readers::ReadState::kRecord) continue;  // counted before
        for (const CsvEnd* end : {&table.from, &table.to}) {
          const std::vector<Value> key = KeyOf(*end, reader.values());
          GESTA_ASSIGN_OR_RETURN(const bool there, EndExists(writer, *end, key));
          if (there) continue;
          GESTA_RETURN_IF_ERROR(context.bad_rows.Add(
              reader.place(), fmt::format("there is no {}", Describe(*end, key))));
          break;
        }
      }
    }
    return Status::Ok();
  }

  Result<bool> EndExists(GraphWriter& writer, const CsvEnd& end, const std::vector<Value>& key) {
    const EndKind kind = KindOf(end);
    const auto keys = keys_.find(kind);
    if (keys != keys_.end() &&
        std::binary_search(keys->second.begin(), keys->second.end(), HashKey(key))) {
      return true;
    }
    GESTA_ASSIGN_OR_RETURN(const std::optional<NodeId> node,
                           writer.Find(identities_.at(kind), key));
    return node.has_value();
  }

  static std::string Describe(const CsvEnd& end, const std::vector<Value>& key) {
    std::string text = end.label + " with ";
    for (size_t i = 0; i < key.size(); ++i) {
      text += fmt::format("{}{} {}", i > 0 ? ", " : "", end.key[i].first,
                          ToText(key[i], /*quote=*/true));
    }
    return text;
  }

  Result<std::vector<NameId>> PropertyKeys(GraphWriter& writer, const CsvTable& table) {
    std::vector<NameId> keys;
    for (const CsvColumn& column : table.columns) {
      NameId key = kNoName;
      if (!column.property.empty()) {
        GESTA_ASSIGN_OR_RETURN(key, writer.Key(column.property));
      }
      keys.push_back(key);
    }
    return keys;
  }

  // Calls write(values) for each good row that is not committed yet, as one step.
  template <typename Write>
  Status ForEachRow(GraphWriter& writer, const CsvTable& table, const Write& write) {
    GESTA_ASSIGN_OR_RETURN(TableReader reader, TableReader::Open(table));
    while (true) {
      const readers::ReadState state = reader.Next();
      if (state == readers::ReadState::kEnd) return Status::Ok();
      if (state == readers::ReadState::kFailed) return reader.status();
      if (writer.SkipStep()) continue;
      const bool good = state == readers::ReadState::kRecord;
      if (good) {
        const Status status = write(reader.values());
        if (!status.ok()) return status.WithContext(reader.place());
      }
      GESTA_RETURN_IF_ERROR(writer.EndStep(good ? 1 : 0));
    }
  }

  Status WriteNodes(GraphWriter& writer, const CsvTable& table) {
    const NodeIdentity& identity = identities_.at(KindOf(table));
    GESTA_ASSIGN_OR_RETURN(const std::vector<NameId> keys, PropertyKeys(writer, table));
    std::vector<NameId> more_labels;
    for (size_t i = 1; i < table.labels.size(); ++i) {
      GESTA_ASSIGN_OR_RETURN(const NameId label, writer.Label(table.labels[i]));
      more_labels.push_back(label);
    }
    std::vector<Value> key;
    std::vector<Property> properties;
    return ForEachRow(writer, table, [&](const std::vector<Value>& values) -> Status {
      key.clear();
      properties.clear();
      for (const size_t column : table.key) key.push_back(values[column]);
      for (size_t i = 0; i < values.size(); ++i) {
        const bool in_key = std::find(table.key.begin(), table.key.end(), i) != table.key.end();
        if (!in_key && !values[i].IsNull()) properties.push_back({keys[i], values[i]});
      }
      GESTA_ASSIGN_OR_RETURN(const FoundNode node,
                             writer.Upsert(identity, key, properties, IfFound::kOverwrite));
      for (const NameId label : more_labels) {
        GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer.transaction());
        GESTA_RETURN_IF_ERROR(transaction->AddLabel(node.id, label));
      }
      return Status::Ok();
    });
  }

  Status WriteRelationships(GraphWriter& writer, const CsvTable& table) {
    const NodeIdentity& from = identities_.at(KindOf(table.from));
    const NodeIdentity& to = identities_.at(KindOf(table.to));
    GESTA_ASSIGN_OR_RETURN(const NameId type, writer.Type(table.type));
    GESTA_ASSIGN_OR_RETURN(const std::vector<NameId> keys, PropertyKeys(writer, table));
    std::vector<Property> identity;
    std::vector<Property> properties;
    return ForEachRow(writer, table, [&](const std::vector<Value>& values) -> Status {
      GESTA_ASSIGN_OR_RETURN(const std::optional<NodeId> start,
                             writer.Find(from, KeyOf(table.from, values)));
      GESTA_ASSIGN_OR_RETURN(const std::optional<NodeId> end,
                             writer.Find(to, KeyOf(table.to, values)));
      if (!start || !end) return Status::Ok();  // a bad row, counted before
      identity.clear();
      properties.clear();
      for (size_t i = 0; i < values.size(); ++i) {
        if (keys[i] == kNoName) continue;
        const bool tells_apart =
            std::find(table.parallel.begin(), table.parallel.end(), i) != table.parallel.end();
        if (tells_apart) {
          identity.push_back({keys[i], values[i]});
        } else if (!values[i].IsNull()) {
          properties.push_back({keys[i], values[i]});
        }
      }
      return writer.Upsert(*start, type, *end, identity, properties, IfFound::kOverwrite).status();
    });
  }

  const std::string mapping_path_;  // "" without a mapping file
  const CsvMapping mapping_;
  std::map<EndKind, std::vector<uint64_t>> keys_;  // hashes of the keys of node rows, sorted
  std::map<EndKind, NodeIdentity> identities_;
  uint64_t steps_ = 0;
};

Result<std::unique_ptr<Job>> MakeCsv(const IngestOptions& options) {
  if (std::filesystem::path(options.path).extension() == ".json") {
    for (const char* name : {"label", "key", "delimiter"}) {
      if (Option(options, name).empty()) continue;
      return Status(StatusCode::kInvalidArgument,
                    fmt::format("the option '{}' goes with a CSV file, not with a mapping", name));
    }
    GESTA_ASSIGN_OR_RETURN(CsvMapping mapping, ReadCsvMapping(options.path));
    return std::unique_ptr<Job>(std::make_unique<Csv>(options.path, std::move(mapping)));
  }
  const std::string label = Option(options, "label");
  const std::string key = Option(options, "key");
  const std::string delimiter = Option(options, "delimiter");
  if (label.empty() || key.empty()) {
    return Status(StatusCode::kInvalidArgument, "a CSV file needs the options label and key",
                  "or give a mapping file (.json), which can describe relationships too");
  }
  readers::CsvOptions csv;
  if (delimiter == "tab" || delimiter == "\\t") {
    csv.delimiter = '\t';
  } else if (delimiter.size() == 1) {
    csv.delimiter = delimiter[0];
  } else if (!delimiter.empty()) {
    return Status(StatusCode::kInvalidArgument,
                  fmt::format("the delimiter '{}' is not one character", delimiter));
  }
  GESTA_ASSIGN_OR_RETURN(const auto reader, readers::CsvReader::Open(options.path, csv));
  GESTA_ASSIGN_OR_RETURN(CsvTable table,
                         ParseCsvHeader(options.path, csv.delimiter, label, key, reader.header()));
  CsvMapping mapping;
  mapping.nodes.push_back(std::move(table));
  return std::unique_ptr<Job>(std::make_unique<Csv>("", std::move(mapping)));
}

}  // namespace

JobKind CsvJob() {
  return {{"csv",
           "FILE",
           "nodes and relationships from CSV files: a mapping (.json), or one file of nodes",
           {{"label", "NAME", "without a mapping: the nodes' label"},
            {"key", "NAME[,NAME…]", "without a mapping: the properties by which a node is known"},
            {"delimiter", "CHARACTER", "without a mapping: between fields (,), or tab"},
            BadRowsOption()}},
          MakeCsv};
}

}  // namespace gesta::ingest
