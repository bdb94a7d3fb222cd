// ImportCsv: the files of an import, one after the other, nodes first, into a bulk load.
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstring>
#include <map>
#include <memory>

#include "export/value_json.h"
#include "gesta/bulk_load.h"
#include "gesta/format/json.h"
#include "gesta/import.h"
#include "import/header.h"
#include "import/id_map.h"
#include "import/origins.h"
#include "load/bad_rows.h"
#include "readers/csv_reader.h"

namespace gesta {
namespace ingest {
namespace {

using Clock = std::chrono::steady_clock;

// The ids that relationships refer to nodes by.
struct IdSpace {
  IdMap ids;
  std::optional<CsvColumn> field;  // the column that defined it; none: no file of this import did
};

// Splits "Person:Author", and the fields of a LABEL column.
std::vector<std::string_view> Split(std::string_view text, char delimiter) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(delimiter), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

class Importer {
 public:
  Importer(const ImportOptions& options, BadRows bad_rows)
      : options_(options), bad_rows_(std::move(bad_rows)) {}

  Result<ImportSummary> Run(Store& store) {
    const auto start = Clock::now();
    BulkLoadOptions load;
    load.memory_bytes = options_.memory_bytes;
    load.cancel = options_.cancel;
    load.origin = [this](EntityKind entity, uint64_t id) {
      return (entity == EntityKind::kNode ? node_origins_ : relationship_origins_).Of(id);
    };
    GESTA_ASSIGN_OR_RETURN(loader_, BulkLoader::Begin(store, load));
    for (const ImportFile& file : options_.nodes) GESTA_RETURN_IF_ERROR(ImportNodes(file));
    for (const ImportFile& file : options_.relationships) {
      GESTA_RETURN_IF_ERROR(ImportRelationships(file));
    }
    GESTA_RETURN_IF_ERROR(loader_->Commit());
    ImportSummary summary;
    summary.nodes = loader_->changes().nodes_created;
    summary.relationships = loader_->changes().relationships_created;
    summary.properties = loader_->changes().properties_set;
    summary.bad_rows = bad_rows_.count();
    summary.bad_row_examples = bad_rows_.examples();
    summary.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return summary;
  }

 private:
  // An open file with what its columns mean.
  struct Table {
    const ImportFile& file;
    readers::CsvReader reader;
    ImportHeader header;
    std::vector<NameId> keys;  // of each column's property; kNoName: not kept
    // Of relationships, the last row's ends: files are often grouped by one of them.
    struct End {
      std::string text;
      NodeId node = 0;
      // Where ids of this end are looked up first; null: no file of this import defines them.
      const IdSpace* space = nullptr;
    } last_start, last_end;

    std::string Place() const {
      return fmt::format("{}: line {}", file.path, reader.line_number());
    }
  };

  Result<Table> OpenTable(const ImportFile& file, bool nodes);
  // Calls row(table) for each good record; its kBadData and the like make the row a bad one.
  template <typename Row>
  Status ForEachRow(Table* table, const Row& row);
  Status Progress(const Table& table);

  Status ImportNodes(const ImportFile& file);
  Status ImportNode(Table* table, IdSpace* space);
  Status ImportRelationships(const ImportFile& file);
  Status ImportRelationship(Table* table);

  // Appends the field as a property, if it is kept and not empty.
  Status AddProperty(const Table& table, size_t column);
  // Appends the members of a field of the role PROPERTIES.
  Status AddProperties(const Table& table, size_t column);
  // What an id is known by: an integer's bytes, else the text.
  Status ReadId(const CsvColumn& field, const Table& table, size_t column);
  // The node that the end in this column is.
  Result<NodeId> FindEnd(const Table& table, const IdSpace* space, int column);
  Result<NodeId> FindEnd(Table* table, Table::End* last, int column);
  const IdSpace* FindSpace(const Table& table, int column) const;
  Result<std::optional<NodeId>> FindInStore(const ImportColumn& column, const Table& table,
                                            size_t place);

  const ImportOptions& options_;
  BadRows bad_rows_;
  std::unique_ptr<BulkLoader> loader_;
  std::map<std::string, IdSpace, std::less<>> spaces_;
  Origins node_origins_;
  Origins relationship_origins_;
  Clock::time_point reported_ = Clock::now();
  NameId file_type_ = kNoName;
  std::vector<NameId> file_labels_;
  // Scratch.
  std::vector<NameId> labels_;
  std::vector<Property> properties_;
  std::string id_;
};

Result<Importer::Table> Importer::OpenTable(const ImportFile& file, bool nodes) {
  readers::CsvOptions csv;
  csv.delimiter = options_.delimiter;
  GESTA_ASSIGN_OR_RETURN(readers::CsvReader reader, readers::CsvReader::Open(file.path, csv));
  const std::string default_space =
      nodes ? file.name.substr(0, file.name.find(':')) : std::string();
  auto header = ParseImportHeader(reader.header(), nodes, default_space, options_.list_delimiter);
  if (!header.ok()) return header.status().WithContext(file.path + ": line 1");
  Table table{file, std::move(reader), std::move(header).value(), {}, {}, {}};
  for (const ImportColumn& column : table.header.columns) {
    const bool kept = !column.field.property.empty() &&
                      (column.role == ColumnRole::kProperty || column.role == ColumnRole::kId);
    NameId key = kNoName;
    if (kept) {
      GESTA_ASSIGN_OR_RETURN(key,
                             loader_->GetOrCreateName(NameKind::kProperty, column.field.property));
    }
    table.keys.push_back(key);
  }
  return table;
}

Status Importer::Progress(const Table& table) {
  if (options_.cancel != nullptr && *options_.cancel) {
    return Status(StatusCode::kCancelled, "the import was cancelled; the store is as it was");
  }
  if (!options_.progress) return Status::Ok();
  const auto now = Clock::now();
  if (now - reported_ < std::chrono::milliseconds(100)) return Status::Ok();
  reported_ = now;
  const readers::ByteSource& source = table.reader.source();
  options_.progress({table.file.path, source.position(), source.file_size()});
  return Status::Ok();
}

template <typename Row>
Status Importer::ForEachRow(Table* table, const Row& row) {
  for (uint64_t n = 0;; ++n) {
    if (n % 4096 == 0) GESTA_RETURN_IF_ERROR(Progress(*table));
    const readers::ReadState state = table->reader.Next();
    if (state == readers::ReadState::kEnd) return Status::Ok();
    if (state == readers::ReadState::kFailed) return table->reader.status();
    if (state == readers::ReadState::kBadRecord) {
      GESTA_RETURN_IF_ERROR(bad_rows_.Add(table->reader.status()));
      continue;
    }
    const Status status = row(table);
    if (status.ok()) continue;
    switch (status.code()) {
      case StatusCode::kBadData:
      case StatusCode::kConstraint:
      case StatusCode::kInvalidArgument:
      case StatusCode::kType:
      case StatusCode::kEntityNotFound:
        GESTA_RETURN_IF_ERROR(bad_rows_.Add(table->Place(), std::string(status.message())));
        break;
      default:
        return status;
    }
  }
}

Status Importer::AddProperties(const Table& table, size_t column) {
  const std::string_view text = table.reader.fields()[column];
  if (text.empty()) return Status::Ok();
  GESTA_ASSIGN_OR_RETURN(const format::Document json,
                         format::ParseJson(text, "the field of :PROPERTIES"));
  if (!json.root().is_dict()) {
    return Status(StatusCode::kBadData, "the field of :PROPERTIES is no JSON object");
  }
  return AppendJsonProperties(
      json.root(),
      [this](std::string_view name) { return loader_->GetOrCreateName(NameKind::kProperty, name); },
      &properties_);
}

Status Importer::AddProperty(const Table& table, size_t column) {
  if (table.header.columns[column].role == ColumnRole::kProperties) {
    return AddProperties(table, column);
  }
  const NameId key = table.keys[column];
  if (key == kNoName) return Status::Ok();
  GESTA_ASSIGN_OR_RETURN(
      Value value, ParseCsvField(table.header.columns[column].field, table.reader.fields()[column],
                                 table.reader.Quoted(column)));
  if (!value.IsNull()) properties_.push_back({key, std::move(value)});
  return Status::Ok();
}

Status Importer::ReadId(const CsvColumn& field, const Table& table, size_t column) {
  const std::string_view text = table.reader.fields()[column];
  if (text.empty()) {
    return Status(StatusCode::kBadData, fmt::format("the column '{}' is empty",
                                                    table.header.columns[column].field.column));
  }
  if (field.type != CsvType::kInteger) {
    id_.assign(text);
    return Status::Ok();
  }
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    GESTA_ASSIGN_OR_RETURN(const Value value, ParseCsvField(field, text, /*quoted=*/false));
    number = value.AsInteger();
  }
  id_.resize(sizeof number);
  std::memcpy(id_.data(), &number, sizeof number);
  return Status::Ok();
}

// -- nodes --

Status Importer::ImportNodes(const ImportFile& file) {
  file_labels_.clear();
  for (const std::string_view label : Split(file.name, ':')) {
    GESTA_ASSIGN_OR_RETURN(const NameId id, loader_->GetOrCreateName(NameKind::kLabel, label));
    file_labels_.push_back(id);
  }
  GESTA_ASSIGN_OR_RETURN(Table table, OpenTable(file, /*nodes=*/true));
  IdSpace* space = nullptr;
  if (table.header.id >= 0) {
    const ImportColumn& column = table.header.columns[table.header.id];
    space = &spaces_[column.space];
    if (space->field &&
        (space->field->type == CsvType::kInteger) != (column.field.type == CsvType::kInteger)) {
      return Status(StatusCode::kBadData,
                    fmt::format("{}: line 1: the ids of '{}' are integers in one file and not in "
                                "another",
                                file.path, column.space));
    }
    space->field = column.field;
  }
  return ForEachRow(&table, [&](Table* rows) { return ImportNode(rows, space); });
}

Status Importer::ImportNode(Table* table, IdSpace* space) {
  labels_ = file_labels_;
  properties_.clear();
  const auto& columns = table->header.columns;
  for (size_t i = 0; i < columns.size(); ++i) {
    GESTA_RETURN_IF_ERROR(AddProperty(*table, i));
    if (columns[i].role != ColumnRole::kLabel) continue;
    for (const std::string_view label : Split(table->reader.fields()[i], options_.list_delimiter)) {
      GESTA_ASSIGN_OR_RETURN(const NameId id, loader_->GetOrCreateName(NameKind::kLabel, label));
      labels_.push_back(id);
    }
  }
  if (space != nullptr) {
    GESTA_RETURN_IF_ERROR(ReadId(*space->field, *table, table->header.id));
    if (const std::optional<NodeId> first = space->ids.Find(id_)) {
      return Status(StatusCode::kBadData, fmt::format("the id '{}' is given twice; first in {}",
                                                      table->reader.fields()[table->header.id],
                                                      node_origins_.Of(*first)));
    }
  }
  GESTA_ASSIGN_OR_RETURN(const NodeId node, loader_->AddNode(labels_, properties_));
  if (space != nullptr) space->ids.Insert(id_, node);
  node_origins_.Add(node, &table->file.path, table->reader.line_number());
  return Status::Ok();
}

// -- relationships --

Status Importer::ImportRelationships(const ImportFile& file) {
  GESTA_ASSIGN_OR_RETURN(Table table, OpenTable(file, /*nodes=*/false));
  file_type_ = kNoName;
  if (!file.name.empty()) {
    GESTA_ASSIGN_OR_RETURN(file_type_, loader_->GetOrCreateName(NameKind::kType, file.name));
  } else if (table.header.type < 0) {
    return Status(StatusCode::kBadData,
                  fmt::format("{}: line 1: nothing says the relationships' type", file.path),
                  "name it before the file, e.g. FOLLOWS=follows.csv, or add a column :TYPE");
  }
  table.last_start.space = FindSpace(table, table.header.start);
  table.last_end.space = FindSpace(table, table.header.end);
  return ForEachRow(&table, [this](Table* rows) { return ImportRelationship(rows); });
}

Status Importer::ImportRelationship(Table* table) {
  NameId type = file_type_;
  if (table->header.type >= 0) {
    const std::string_view name = table->reader.fields()[table->header.type];
    if (!name.empty()) {
      GESTA_ASSIGN_OR_RETURN(type, loader_->GetOrCreateName(NameKind::kType, name));
    }
    if (type == kNoName) return Status(StatusCode::kBadData, "the relationship has no type");
  }
  GESTA_ASSIGN_OR_RETURN(const NodeId start,
                         FindEnd(table, &table->last_start, table->header.start));
  GESTA_ASSIGN_OR_RETURN(const NodeId end, FindEnd(table, &table->last_end, table->header.end));
  properties_.clear();
  for (size_t i = 0; i < table->keys.size(); ++i) {
    GESTA_RETURN_IF_ERROR(AddProperty(*table, i));
  }
  GESTA_ASSIGN_OR_RETURN(const RelId id, loader_->AddRelationship(start, type, end, properties_));
  relationship_origins_.Add(id, &table->file.path, table->reader.line_number());
  return Status::Ok();
}

Result<NodeId> Importer::FindEnd(Table* table, Table::End* last, int place) {
  const std::string_view text = table->reader.fields()[place];
  if (!last->text.empty() && text == last->text) return last->node;
  GESTA_ASSIGN_OR_RETURN(const NodeId node, FindEnd(*table, last->space, place));
  last->text.assign(text);
  last->node = node;
  return node;
}

Result<NodeId> Importer::FindEnd(const Table& table, const IdSpace* space, int place) {
  const ImportColumn& column = table.header.columns[place];
  if (space != nullptr) {
    GESTA_RETURN_IF_ERROR(ReadId(*space->field, table, place));
    if (const std::optional<NodeId> node = space->ids.Find(id_)) return *node;
  }
  GESTA_ASSIGN_OR_RETURN(const std::optional<NodeId> node, FindInStore(column, table, place));
  if (node) return *node;
  return Status(StatusCode::kBadData, fmt::format("there is no {} with the id '{}'", column.space,
                                                  table.reader.fields()[place]));
}

const IdSpace* Importer::FindSpace(const Table& table, int column) const {
  const auto space = spaces_.find(table.header.columns[column].space);
  return space != spaces_.end() && space->second.field ? &space->second : nullptr;
}

// The store's own nodes are known by a unique constraint on the label that the space is named
// after.
Result<std::optional<NodeId>> Importer::FindInStore(const ImportColumn& column, const Table& table,
                                                    size_t place) {
  const NameId label = loader_->FindName(NameKind::kLabel, column.space);
  if (label == kNoName) return std::optional<NodeId>();
  const IdSpace* const space = FindSpace(table, static_cast<int>(place));
  const bool defined = space != nullptr;
  for (const IndexInfo& index : loader_->Indexes()) {
    if (index.entity != EntityKind::kNode || index.label != label || !index.unique ||
        index.properties.size() != 1) {
      continue;
    }
    // Where a file defines ids too, they are values of its property.
    if (defined &&
        loader_->FindName(NameKind::kProperty, space->field->property) != index.properties[0]) {
      continue;
    }
    CsvColumn field = column.typed || !defined ? column.field : *space->field;
    const std::string_view text = table.reader.fields()[place];
    GESTA_ASSIGN_OR_RETURN(const Value value, ParseCsvField(field, text, /*quoted=*/false));
    if (value.IsNull()) return Status(StatusCode::kBadData, "the id of an end is empty");
    GESTA_ASSIGN_OR_RETURN(const std::optional<NodeId> node, loader_->FindInStore(index, {value}));
    if (node || column.typed || defined) return node;
    // Nobody said what type the store's values have.
    field.type = CsvType::kInteger;
    const Result<Value> number = ParseCsvField(field, text, /*quoted=*/false);
    return number.ok() ? loader_->FindInStore(index, {*number}) : std::optional<NodeId>();
  }
  return std::optional<NodeId>();
}

}  // namespace
}  // namespace ingest

Result<ImportSummary> ImportCsv(Store& store, const ImportOptions& options) {
  if (options.nodes.empty() && options.relationships.empty()) {
    return Status(StatusCode::kInvalidArgument, "there is nothing to import",
                  "name files of nodes or relationships");
  }
  GESTA_ASSIGN_OR_RETURN(ingest::BadRows bad_rows, ingest::BadRows::FromOption(options.bad_rows));
  return ingest::Importer(options, std::move(bad_rows)).Run(store);
}

}  // namespace gesta
