#include "import/json_lines_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "export/json_lines.h"
#include "export/value_json.h"
#include "gesta/format/base64.h"
#include "readers/json_lines_reader.h"

namespace gesta::ingest {
namespace {

using format::Datum;

constexpr uint64_t kReportEach = 1024;  // lines

Status Missing(std::string_view member, std::string_view what) {
  return Status(StatusCode::kBadData, fmt::format("its member '{}' is no {}", member, what));
}

// Members of a line, each of the type that it must have.
class Line {
 public:
  explicit Line(const Datum& json) : json_(json) {}

  std::string_view kind() const { return Member("kind").text(); }
  const Datum& Member(std::string_view name) const {
    const Datum* const member = json_.Find(name);
    return member != nullptr ? *member : Datum::Null();
  }
  bool Has(std::string_view name) const { return json_.Find(name) != nullptr; }
  Result<std::string_view> Text(std::string_view name) const {
    if (!Member(name).is_string()) return Missing(name, "string");
    return Member(name).text();
  }
  Result<uint64_t> Count(std::string_view name) const {
    if (!Member(name).is_int() || Member(name).integer() < 0) return Missing(name, "count");
    return static_cast<uint64_t>(Member(name).integer());
  }
  Result<double> Number(std::string_view name) const {
    if (!Member(name).is_number()) return Missing(name, "number");
    return Member(name).number();
  }
  Result<uint64_t> Source() const {
    GESTA_ASSIGN_OR_RETURN(const std::string_view text, Text("source"));
    uint64_t source = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), source, 16);
    if (error != std::errc() || end != text.data() + text.size()) {
      return Missing("source", "hexadecimal number");
    }
    return source;
  }

 private:
  const Datum& json_;
};

class JsonLinesImport {
 public:
  JsonLinesImport(ExportLoader* loader, Reporter* reporter, bool whole)
      : loader_(*loader), reporter_(*reporter), whole_(whole) {}

  Status Run(const std::string& path) {
    GESTA_ASSIGN_OR_RETURN(readers::JsonLinesReader reader, readers::JsonLinesReader::Open(path));
    while (true) {
      const readers::ReadState state = reader.Next();
      if (state == readers::ReadState::kEnd) break;
      if (state != readers::ReadState::kRecord) return reader.status();
      const Status status = Read(Line(reader.value()));
      if (!status.ok()) {
        return status.WithContext(fmt::format("{}: line {}", path, reader.line_number()));
      }
      if (++lines_ % kReportEach == 0) {
        GESTA_RETURN_IF_ERROR(
            reporter_.Report("importing", reader.source().position(), reader.source().file_size()));
      }
    }
    if (ended_ || (!whole_ && lines_ > 0)) return Status::Ok();
    return Status(StatusCode::kBadData,
                  path + (lines_ == 0 ? ": is empty" : ": is cut off: its last line is missing"),
                  "write it again with 'gesta export'");
  }

 private:
  Status Read(const Line& line) {
    const std::string_view kind = line.kind();
    if (lines_ == 0 && kind != "gesta-export") {
      return Status(StatusCode::kBadData, "this is no export of GestaDB as JSON Lines");
    }
    if (ended_) return Status(StatusCode::kBadData, "there is more after the line of kind 'end'");
    if (kind == "node") return ReadNode(line);
    if (kind == "relationship") return ReadRelationship(line);
    if (kind == "vector") return ReadVector(line);
    if (kind == "sequence") return ReadSequence(line);
    if (kind == "record") return ReadRecord(line);
    if (kind == "gesta-export") return ReadHeader(line);
    if (kind == "space") return ReadSpace(line);
    if (kind == "constraint") return ReadConstraint(line);
    if (kind == "index") return ReadIndex(line);
    if (kind == "end") return ReadEnd(line);
    return Status(StatusCode::kBadData, fmt::format("there is no kind '{}' of lines", kind));
  }

  Status ReadHeader(const Line& line) {
    GESTA_ASSIGN_OR_RETURN(const uint64_t version, line.Count("version"));
    if (version != kJsonLinesVersion) {
      return Status(StatusCode::kBadData,
                    fmt::format("exports of version {} cannot be read, but of version {}", version,
                                kJsonLinesVersion));
    }
    if (!line.Member("canonical").boolean()) return Status::Ok();
    return Status(StatusCode::kBadData, "a canonical export cannot be imported: it has no ids",
                  "export without --canonical");
  }

  Result<std::vector<NameId>> Names(const Line& line, std::string_view member, NameKind kind) {
    if (!line.Member(member).is_sequence()) return Missing(member, "list");
    std::vector<NameId> names;
    for (const Datum& name : line.Member(member).items()) {
      if (!name.is_string()) return Missing(member, "list of strings");
      GESTA_ASSIGN_OR_RETURN(const NameId id, loader_.Name(kind, name.text()));
      names.push_back(id);
    }
    return names;
  }

  Status ReadSpace(const Line& line) {
    SpaceInfo space;
    for (auto [member, to] :
         {std::pair("name", &space.name), std::pair("model", &space.model),
          std::pair("model_version", &space.model_version), std::pair("text", &space.text),
          std::pair("padding", &space.padding)}) {
      GESTA_ASSIGN_OR_RETURN(*to, line.Text(member));
    }
    for (auto [member, to] : {std::pair("dimension", &space.dimension), std::pair("m", &space.m),
                              std::pair("ef_construction", &space.ef_construction)}) {
      GESTA_ASSIGN_OR_RETURN(const uint64_t count, line.Count(member));
      *to = static_cast<uint32_t>(std::min<uint64_t>(count, UINT32_MAX));
    }
    for (auto [member, to] : {std::pair("logit_scale", &space.logit_scale),
                              std::pair("logit_bias", &space.logit_bias)}) {
      if (!line.Has(member)) continue;
      GESTA_ASSIGN_OR_RETURN(*to, line.Number(member));
    }
    GESTA_ASSIGN_OR_RETURN(const std::string_view metric, line.Text("metric"));
    bool known = false;
    for (const auto one : {VectorMetric::kCosine, VectorMetric::kDot, VectorMetric::kL2}) {
      if (metric != VectorMetricName(one)) continue;
      space.metric = one;
      known = true;
    }
    if (!known) return Missing("metric", "metric");
    GESTA_ASSIGN_OR_RETURN(const std::string_view type, line.Text("type"));
    if (type == VectorElementName(VectorElement::kFloat16)) {
      space.element = VectorElement::kFloat16;
    } else if (type != VectorElementName(VectorElement::kFloat32)) {
      return Missing("type", "type of vectors");
    }
    GESTA_ASSIGN_OR_RETURN(space.labels, Names(line, "labels", NameKind::kLabel));
    return loader_.Space(space);
  }

  // `Info`: of an index or constraint.
  template <typename Info>
  Result<Info> ReadTarget(const Line& line) {
    Info info;
    GESTA_ASSIGN_OR_RETURN(info.name, line.Text("name"));
    GESTA_ASSIGN_OR_RETURN(const std::string_view entity, line.Text("entity"));
    if (entity != "node" && entity != "relationship") return Missing("entity", "entity");
    info.entity = entity == "node" ? EntityKind::kNode : EntityKind::kRelationship;
    GESTA_ASSIGN_OR_RETURN(const std::string_view label, line.Text("label"));
    GESTA_ASSIGN_OR_RETURN(
        info.label,
        loader_.Name(info.entity == EntityKind::kNode ? NameKind::kLabel : NameKind::kType, label));
    GESTA_ASSIGN_OR_RETURN(info.properties, Names(line, "properties", NameKind::kProperty));
    return info;
  }

  Status ReadConstraint(const Line& line) {
    GESTA_ASSIGN_OR_RETURN(ConstraintInfo constraint, ReadTarget<ConstraintInfo>(line));
    GESTA_ASSIGN_OR_RETURN(const std::string_view type, line.Text("type"));
    if (type != "unique" && type != "exists") return Missing("type", "type of constraints");
    constraint.kind = type == "unique" ? ConstraintKind::kUnique : ConstraintKind::kExists;
    return loader_.Constraint(constraint);
  }

  Status ReadIndex(const Line& line) {
    GESTA_ASSIGN_OR_RETURN(const IndexInfo index, ReadTarget<IndexInfo>(line));
    return loader_.Index(index);
  }

  Status ReadProperties(const Line& line) {
    properties_.clear();
    const Datum& properties = line.Member("properties");
    if (!properties.is_dict()) return Missing("properties", "object");
    return AppendJsonProperties(
        properties,
        [this](std::string_view name) { return loader_.Name(NameKind::kProperty, name); },
        &properties_);
  }

  Status ReadNode(const Line& line) {
    GESTA_ASSIGN_OR_RETURN(const uint64_t id, line.Count("id"));
    GESTA_ASSIGN_OR_RETURN(const std::vector<NameId> labels,
                           Names(line, "labels", NameKind::kLabel));
    GESTA_RETURN_IF_ERROR(ReadProperties(line));
    return loader_.Node(id, labels, properties_);
  }

  Status ReadRelationship(const Line& line) {
    GESTA_ASSIGN_OR_RETURN(const uint64_t start, line.Count("start"));
    GESTA_ASSIGN_OR_RETURN(const uint64_t end, line.Count("end"));
    GESTA_ASSIGN_OR_RETURN(const std::string_view type, line.Text("type"));
    GESTA_ASSIGN_OR_RETURN(const NameId type_id, loader_.Name(NameKind::kType, type));
    GESTA_RETURN_IF_ERROR(ReadProperties(line));
    return loader_.Relationship(start, type_id, end, properties_);
  }

  // The space of a line, and its numbers in `elements_`.
  Result<SpaceInfo> ReadElements(const Line& line, std::string_view member) {
    GESTA_ASSIGN_OR_RETURN(const std::string_view name, line.Text("space"));
    GESTA_ASSIGN_OR_RETURN(SpaceInfo space, loader_.FindSpace(name));
    GESTA_ASSIGN_OR_RETURN(const std::string_view text, line.Text(member));
    bytes_.clear();
    elements_.clear();
    if (!format::DecodeBase64(text, &bytes_) ||
        !UnpackElements(space.element, bytes_, &elements_)) {
      return Missing(member, "base64 of numbers");
    }
    return space;
  }

  Status ReadVector(const Line& line) {
    GESTA_ASSIGN_OR_RETURN(const SpaceInfo space, ReadElements(line, "elements"));
    GESTA_ASSIGN_OR_RETURN(const uint64_t node, line.Count("node"));
    GESTA_ASSIGN_OR_RETURN(const uint64_t source, line.Source());
    return loader_.Vector(space, node, source, elements_);
  }

  Status ReadSequence(const Line& line) {
    GESTA_ASSIGN_OR_RETURN(const SpaceInfo space, ReadElements(line, "rows"));
    GESTA_ASSIGN_OR_RETURN(const uint64_t node, line.Count("node"));
    GESTA_ASSIGN_OR_RETURN(const uint64_t first, line.Count("first"));
    SequenceInfo info;
    GESTA_ASSIGN_OR_RETURN(info.frames, line.Count("frames"));
    GESTA_ASSIGN_OR_RETURN(info.start, line.Number("start"));
    GESTA_ASSIGN_OR_RETURN(info.step, line.Number("step"));
    GESTA_ASSIGN_OR_RETURN(info.source, line.Source());
    return loader_.Sequence(space, node, info, first, elements_);
  }

  Status ReadRecord(const Line& line) {
    GESTA_ASSIGN_OR_RETURN(const std::string_view key, line.Text("key"));
    if (!line.Has("base64")) {
      GESTA_ASSIGN_OR_RETURN(const std::string_view value, line.Text("value"));
      return loader_.Record(key, value);
    }
    bytes_.clear();
    if (!format::DecodeBase64(line.Member("base64").text(), &bytes_)) {
      return Missing("base64", "base64");
    }
    return loader_.Record(key, bytes_);
  }

  Status ReadEnd(const Line& line) {
    const ExportSummary& counts = loader_.counts();
    for (const auto& [member, there] :
         {std::pair("nodes", counts.nodes), std::pair("relationships", counts.relationships),
          std::pair("vectors", counts.vectors), std::pair("sequences", counts.sequences),
          std::pair("records", counts.records)}) {
      GESTA_ASSIGN_OR_RETURN(const uint64_t written, line.Count(member));
      if (written == there) continue;
      return Status(StatusCode::kBadData,
                    fmt::format("the export had {} {}, but {} are there", written, member, there));
    }
    ended_ = true;
    return Status::Ok();
  }

  ExportLoader& loader_;
  Reporter& reporter_;
  const bool whole_;
  uint64_t lines_ = 0;
  bool ended_ = false;
  // Scratch.
  std::vector<Property> properties_;
  std::string bytes_;
  std::vector<float> elements_;
};

}  // namespace

Status ImportJsonLines(const std::string& path, bool whole, ExportLoader* loader,
                       Reporter* reporter) {
  return JsonLinesImport(loader, reporter, whole).Run(path);
}

}  // namespace gesta::ingest
