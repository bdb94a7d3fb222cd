#include "import/csv_folder_import.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include "export/json_lines.h"
#include "export/value_json.h"
#include "gesta/format/json.h"
#include "import/header.h"
#include "import/json_lines_import.h"
#include "readers/byte_source.h"
#include "readers/csv_reader.h"
#include "readers/json.h"

namespace gesta::ingest {
namespace {

using format::Datum;
using readers::ByteSource;
using readers::CsvReader;
using readers::ReadState;

constexpr uint64_t kReportEach = 1024;  // rows

// The rows of a .npy file from front to end, as numbers of a space's type.
class MatrixReader {
 public:
  static Result<MatrixReader> Open(const std::string& path, const SpaceInfo& space) {
    MatrixReader reader;
    reader.space_ = &space;
    GESTA_ASSIGN_OR_RETURN(reader.source_, ByteSource::Open(path));
    char start[10];
    GESTA_RETURN_IF_ERROR(reader.ReadExactly(start, sizeof start));
    const size_t length =
        static_cast<uint8_t>(start[8]) | static_cast<size_t>(static_cast<uint8_t>(start[9])) << 8;
    std::string header(length, '\0');
    GESTA_RETURN_IF_ERROR(reader.ReadExactly(header.data(), header.size()));
    const bool half = space.element == VectorElement::kFloat16;
    const std::string shape = fmt::format(", {})", space.dimension);
    for (const std::string& part :
         {std::string(half ? "'<f2'" : "'<f4'"), std::string("'fortran_order': False"), shape}) {
      if (header.find(part) != std::string::npos) continue;
      return Status(StatusCode::kBadData, fmt::format("{}: its header lacks {}", path, part));
    }
    return reader;
  }

  Status Read(uint64_t rows, std::vector<float>* elements) {
    const size_t width = space_->element == VectorElement::kFloat16 ? 2 : 4;
    bytes_.resize(rows * space_->dimension * width);
    GESTA_RETURN_IF_ERROR(ReadExactly(bytes_.data(), bytes_.size()));
    elements->clear();
    UnpackElements(space_->element, bytes_, elements);
    return Status::Ok();
  }

 private:
  MatrixReader() = default;

  Status ReadExactly(char* out, size_t size) {
    while (size > 0) {
      GESTA_ASSIGN_OR_RETURN(const size_t got, source_->Read(out, size));
      if (got == 0) {
        return Status(StatusCode::kBadData, source_->path() + ": has too few rows");
      }
      out += got;
      size -= got;
    }
    return Status::Ok();
  }

  const SpaceInfo* space_ = nullptr;
  std::unique_ptr<ByteSource> source_;
  std::string bytes_;
};

class CsvFolderImport {
 public:
  CsvFolderImport(const std::string& folder, ExportLoader* loader, Reporter* reporter)
      : folder_(folder + "/"), loader_(*loader), reporter_(*reporter) {}

  Status Run() {
    GESTA_ASSIGN_OR_RETURN(const format::Document document,
                           readers::ReadJson(folder_ + "export.json"));
    const Datum& description = document.root();
    const Datum* const kind = description.Find("kind");
    const Datum* const version = description.Find("version");
    if (kind == nullptr || kind->text() != "gesta-export" || version == nullptr ||
        version->integer() != kJsonLinesVersion) {
      return Bad("is no description of an export that can be read");
    }
    GESTA_RETURN_IF_ERROR(ImportJsonLines(folder_ + "schema.jsonl", false, &loader_, &reporter_));
    for (const auto& [name, import] : {std::pair("nodes", &CsvFolderImport::Nodes),
                                       std::pair("relationships", &CsvFolderImport::Relationships),
                                       std::pair("vectors", &CsvFolderImport::Vectors),
                                       std::pair("sequences", &CsvFolderImport::Sequences)}) {
      const Datum* const tables = description.Find(name);
      if (tables == nullptr || !tables->is_sequence()) {
        return Bad(fmt::format("has no list '{}'", name));
      }
      for (const Datum& table : tables->items()) GESTA_RETURN_IF_ERROR((this->*import)(table));
    }
    return ImportJsonLines(folder_ + "records.jsonl", false, &loader_, &reporter_);
  }

 private:
  Status Bad(const std::string& what) const {
    return Status(StatusCode::kBadData, folder_ + "export.json: " + what);
  }
  Result<std::string> Text(const Datum& table, std::string_view member) const {
    const Datum* const value = table.Find(member);
    if (value == nullptr || !value->is_string()) {
      return Bad(fmt::format("a file has no member '{}'", member));
    }
    return std::string(value->text());
  }

  // Calls row(reader) for each record, and sees that there are as many as the description says.
  template <typename Row>
  Status ForEachRow(const Datum& table, CsvReader* reader, const Row& row) {
    const std::string& path = reader->source().path();
    uint64_t rows = 0;
    while (true) {
      const ReadState state = reader->Next();
      if (state == ReadState::kEnd) break;
      if (state != ReadState::kRecord) return reader->status();
      const Status status = row(*reader);
      if (!status.ok()) {
        return status.WithContext(fmt::format("{}: line {}", path, reader->line_number()));
      }
      if (++rows % kReportEach == 0) {
        GESTA_RETURN_IF_ERROR(
            reporter_.Report(path, reader->source().position(), reader->source().file_size()));
      }
    }
    const Datum* const written = table.Find("rows");
    if (written != nullptr && written->is_int() &&
        static_cast<uint64_t>(written->integer()) == rows) {
      return Status::Ok();
    }
    return Status(StatusCode::kBadData,
                  fmt::format("{}: has {} rows, not as many as export.json says", path, rows));
  }

  // A table of nodes or relationships with what its columns mean.
  struct Table {
    CsvReader reader;
    ImportHeader header;
    std::vector<NameId> keys;  // of each column's property
  };

  Result<Table> Open(const Datum& description, bool nodes) {
    GESTA_ASSIGN_OR_RETURN(const std::string file, Text(description, "file"));
    GESTA_ASSIGN_OR_RETURN(CsvReader reader, CsvReader::Open(folder_ + file));
    auto header = ParseImportHeader(reader.header(), nodes, /*default_space=*/"", ';');
    if (!header.ok()) return header.status().WithContext(folder_ + file + ": line 1");
    if (nodes && header->id < 0) return Bad(file + " has no column of ids");
    Table table{std::move(reader), std::move(header).value(), {}};
    for (const ImportColumn& column : table.header.columns) {
      NameId key = kNoName;
      if (column.role == ColumnRole::kProperty) {
        GESTA_ASSIGN_OR_RETURN(key, loader_.Name(NameKind::kProperty, column.field.property));
      }
      table.keys.push_back(key);
    }
    return table;
  }

  static Result<uint64_t> Number(const CsvReader& reader, size_t field, int base = 10) {
    const std::string_view text = reader.fields()[field];
    uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error == std::errc() && end == text.data() + text.size()) return number;
    return Status(StatusCode::kBadData, fmt::format("'{}' is no number", text));
  }

  Status ReadProperties(const Table& table) {
    properties_.clear();
    for (size_t i = 0; i < table.keys.size(); ++i) {
      const ImportColumn& column = table.header.columns[i];
      const std::string_view text = table.reader.fields()[i];
      if (column.role == ColumnRole::kProperty) {
        GESTA_ASSIGN_OR_RETURN(Value value,
                               ParseCsvField(column.field, text, table.reader.Quoted(i)));
        if (!value.IsNull()) properties_.push_back({table.keys[i], std::move(value)});
      } else if (column.role == ColumnRole::kProperties && !text.empty()) {
        GESTA_ASSIGN_OR_RETURN(const format::Document json, format::ParseJson(text, ":PROPERTIES"));
        GESTA_RETURN_IF_ERROR(AppendJsonProperties(
            json.root(),
            [this](std::string_view name) { return loader_.Name(NameKind::kProperty, name); },
            &properties_));
      }
    }
    return Status::Ok();
  }

  Status Nodes(const Datum& description) {
    GESTA_ASSIGN_OR_RETURN(Table table, Open(description, /*nodes=*/true));
    std::vector<NameId> labels;
    const Datum* const names = description.Find("labels");
    if (names == nullptr || !names->is_sequence()) return Bad("a file has no member 'labels'");
    for (const Datum& name : names->items()) {
      GESTA_ASSIGN_OR_RETURN(const NameId id, loader_.Name(NameKind::kLabel, name.text()));
      labels.push_back(id);
    }
    return ForEachRow(description, &table.reader, [&](const CsvReader& reader) -> Status {
      GESTA_ASSIGN_OR_RETURN(const uint64_t id, Number(reader, table.header.id));
      GESTA_RETURN_IF_ERROR(ReadProperties(table));
      return loader_.Node(id, labels, properties_);
    });
  }

  Status Relationships(const Datum& description) {
    GESTA_ASSIGN_OR_RETURN(Table table, Open(description, /*nodes=*/false));
    GESTA_ASSIGN_OR_RETURN(const std::string name, Text(description, "type"));
    GESTA_ASSIGN_OR_RETURN(const NameId type, loader_.Name(NameKind::kType, name));
    return ForEachRow(description, &table.reader, [&](const CsvReader& reader) -> Status {
      GESTA_ASSIGN_OR_RETURN(const uint64_t start, Number(reader, table.header.start));
      GESTA_ASSIGN_OR_RETURN(const uint64_t end, Number(reader, table.header.end));
      GESTA_RETURN_IF_ERROR(ReadProperties(table));
      return loader_.Relationship(start, type, end, properties_);
    });
  }

  // A table beside a matrix; its columns are in the order in which they are written.
  Result<CsvReader> OpenList(const Datum& description, std::vector<std::string> columns) {
    GESTA_ASSIGN_OR_RETURN(const std::string file, Text(description, "file"));
    GESTA_ASSIGN_OR_RETURN(CsvReader reader, CsvReader::Open(folder_ + file));
    if (reader.header() == columns) return reader;
    return Status(StatusCode::kBadData, folder_ + file + ": line 1: has other columns");
  }

  Status Vectors(const Datum& description) {
    GESTA_ASSIGN_OR_RETURN(CsvReader reader, OpenList(description, {"node", "source"}));
    GESTA_ASSIGN_OR_RETURN(const std::string name, Text(description, "space"));
    GESTA_ASSIGN_OR_RETURN(const SpaceInfo space, loader_.FindSpace(name));
    GESTA_ASSIGN_OR_RETURN(const std::string file, Text(description, "matrix"));
    GESTA_ASSIGN_OR_RETURN(MatrixReader matrix, MatrixReader::Open(folder_ + file, space));
    return ForEachRow(description, &reader, [&](const CsvReader& row) -> Status {
      GESTA_ASSIGN_OR_RETURN(const uint64_t node, Number(row, 0));
      GESTA_ASSIGN_OR_RETURN(const uint64_t source, Number(row, 1, 16));
      GESTA_RETURN_IF_ERROR(matrix.Read(1, &elements_));
      return loader_.Vector(space, node, source, elements_);
    });
  }

  Status Sequences(const Datum& description) {
    GESTA_ASSIGN_OR_RETURN(CsvReader reader,
                           OpenList(description, {"node", "frames", "start", "step", "source"}));
    GESTA_ASSIGN_OR_RETURN(const std::string name, Text(description, "space"));
    GESTA_ASSIGN_OR_RETURN(const SpaceInfo space, loader_.FindSpace(name));
    GESTA_ASSIGN_OR_RETURN(const std::string file, Text(description, "matrix"));
    GESTA_ASSIGN_OR_RETURN(MatrixReader matrix, MatrixReader::Open(folder_ + file, space));
    const uint64_t part = std::max<uint64_t>((1 << 20) / (space.dimension * 4), 1);
    CsvColumn seconds;
    seconds.type = CsvType::kFloat;
    seconds.required = true;
    return ForEachRow(description, &reader, [&](const CsvReader& row) -> Status {
      GESTA_ASSIGN_OR_RETURN(const uint64_t node, Number(row, 0));
      SequenceInfo info;
      GESTA_ASSIGN_OR_RETURN(info.frames, Number(row, 1));
      for (const auto& [field, to] : {std::pair(2, &info.start), std::pair(3, &info.step)}) {
        seconds.column = row.header()[field];
        GESTA_ASSIGN_OR_RETURN(const Value value,
                               ParseCsvField(seconds, row.fields()[field], /*quoted=*/false));
        *to = value.AsFloat();
      }
      GESTA_ASSIGN_OR_RETURN(info.source, Number(row, 4, 16));
      for (uint64_t first = 0; first < info.frames; first += part) {
        GESTA_RETURN_IF_ERROR(matrix.Read(std::min(part, info.frames - first), &elements_));
        GESTA_RETURN_IF_ERROR(loader_.Sequence(space, node, info, first, elements_));
      }
      return Status::Ok();
    });
  }

  const std::string folder_;
  ExportLoader& loader_;
  Reporter& reporter_;
  // Scratch.
  std::vector<Property> properties_;
  std::vector<float> elements_;
};

}  // namespace

Status ImportCsvFolder(const std::string& folder, ExportLoader* loader, Reporter* reporter) {
  return CsvFolderImport(folder, loader, reporter).Run();
}

}  // namespace gesta::ingest
