#include "catalog/schema.h"

#include <algorithm>

#include "store/coding.h"

namespace gesta::catalog {

NameId NameTable::Find(std::string_view name) const {
  const auto found = ids_.find(name);
  return found == ids_.end() ? kNoName : found->second;
}

std::string_view NameTable::Get(NameId id) const {
  return id < names_.size() ? std::string_view(*names_[id]) : std::string_view();
}

NameId NameTable::Add(std::string_view name) {
  const auto id = static_cast<NameId>(names_.size());
  names_.push_back(std::make_shared<const std::string>(name));
  ids_.emplace(*names_.back(), id);
  return id;
}

const IndexInfo* Schema::FindIndex(uint32_t id) const {
  for (const IndexInfo& info : indexes_) {
    if (info.id == id) return &info;
  }
  return nullptr;
}

const IndexInfo* Schema::FindIndex(std::string_view name) const {
  for (const IndexInfo& info : indexes_) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

const ConstraintInfo* Schema::FindConstraint(std::string_view name) const {
  for (const ConstraintInfo& info : constraints_) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

const SpaceInfo* Schema::FindSpace(uint32_t id) const {
  for (const SpaceInfo& info : spaces_) {
    if (info.id == id) return &info;
  }
  return nullptr;
}

const SpaceInfo* Schema::FindSpace(std::string_view name) const {
  for (const SpaceInfo& info : spaces_) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

void Schema::AddSpace(SpaceInfo info) {
  RemoveSpace(info.id);
  const auto at =
      std::lower_bound(spaces_.begin(), spaces_.end(), info.id,
                       [](const SpaceInfo& entry, uint32_t id) { return entry.id < id; });
  spaces_.insert(at, std::move(info));
}

void Schema::RemoveSpace(uint32_t id) {
  spaces_.erase(std::remove_if(spaces_.begin(), spaces_.end(),
                               [id](const SpaceInfo& info) { return info.id == id; }),
                spaces_.end());
}

void Schema::AddIndex(IndexInfo info) {
  const auto at =
      std::lower_bound(indexes_.begin(), indexes_.end(), info.id,
                       [](const IndexInfo& entry, uint32_t id) { return entry.id < id; });
  indexes_.insert(at, std::move(info));
  UpdateFlags();
}

void Schema::RemoveIndex(uint32_t id) {
  indexes_.erase(std::remove_if(indexes_.begin(), indexes_.end(),
                                [id](const IndexInfo& info) { return info.id == id; }),
                 indexes_.end());
  UpdateFlags();
}

void Schema::AddConstraint(ConstraintInfo info) {
  const auto at = std::lower_bound(
      constraints_.begin(), constraints_.end(), info.name,
      [](const ConstraintInfo& entry, const std::string& name) { return entry.name < name; });
  constraints_.insert(at, std::move(info));
  UpdateFlags();
}

void Schema::RemoveConstraint(std::string_view name) {
  constraints_.erase(
      std::remove_if(constraints_.begin(), constraints_.end(),
                     [name](const ConstraintInfo& info) { return info.name == name; }),
      constraints_.end());
  UpdateFlags();
}

void Schema::UpdateFlags() {
  indexed_ = {};
  must_exist_ = {};
  auto mark = [](LabelFlags& flags, EntityKind entity, NameId label) {
    auto& of_kind = flags[static_cast<size_t>(entity)];
    if (label >= of_kind.size()) of_kind.resize(label + 1);
    of_kind[label] = true;
  };
  for (const IndexInfo& info : indexes_) mark(indexed_, info.entity, info.label);
  for (const ConstraintInfo& info : constraints_) {
    if (info.kind == ConstraintKind::kExists) mark(must_exist_, info.entity, info.label);
  }
}

std::string PropertyList(const Schema& schema, const std::vector<NameId>& properties) {
  std::string text;
  for (NameId property : properties) {
    if (!text.empty()) text += ", ";
    text += schema.names(NameKind::kProperty).Get(property);
  }
  return text;
}

std::string Describe(const Schema& schema, EntityKind entity, NameId label,
                     const std::vector<NameId>& properties) {
  const bool node = entity == EntityKind::kNode;
  std::string text = node ? "(:" : "[:";
  text += schema.names(node ? NameKind::kLabel : NameKind::kType).Get(label);
  text += " {" + PropertyList(schema, properties) + "}";
  text += node ? ")" : "]";
  return text;
}

namespace {

void AppendNames(const std::vector<NameId>& names, std::string* to) {
  store::AppendVarint(to, names.size());
  for (NameId name : names) store::AppendVarint(to, name);
}

bool ReadNames(store::ByteReader* reader, std::vector<NameId>* names) {
  const uint64_t n = reader->Varint();
  if (!reader->ok() || n > reader->left()) return false;
  for (uint64_t i = 0; i < n; ++i) names->push_back(static_cast<NameId>(reader->Varint()));
  return reader->ok();
}

void AppendText(std::string_view text, std::string* to) {
  store::AppendVarint(to, text.size());
  to->append(text);
}

}  // namespace

std::string EncodeIndex(const IndexInfo& info) {
  std::string bytes;
  bytes.push_back(static_cast<char>(info.entity));
  bytes.push_back(info.unique ? 1 : 0);
  store::AppendVarint(&bytes, info.label);
  AppendNames(info.properties, &bytes);
  AppendText(info.name, &bytes);
  AppendText(info.constraint, &bytes);
  return bytes;
}

bool DecodeIndex(std::string_view bytes, IndexInfo* info) {
  store::ByteReader reader(bytes);
  info->entity = static_cast<EntityKind>(reader.Byte());
  info->unique = reader.Byte() != 0;
  info->label = static_cast<NameId>(reader.Varint());
  if (!ReadNames(&reader, &info->properties)) return false;
  info->name = std::string(reader.Take(reader.Varint()));
  info->constraint = std::string(reader.Take(reader.Varint()));
  return reader.ok() && info->entity <= EntityKind::kRelationship && !info->properties.empty();
}

std::string EncodeConstraint(const ConstraintInfo& info) {
  std::string bytes;
  bytes.push_back(static_cast<char>(info.kind));
  bytes.push_back(static_cast<char>(info.entity));
  store::AppendVarint(&bytes, info.label);
  AppendNames(info.properties, &bytes);
  return bytes;
}

bool DecodeConstraint(std::string_view bytes, ConstraintInfo* info) {
  store::ByteReader reader(bytes);
  info->kind = static_cast<ConstraintKind>(reader.Byte());
  info->entity = static_cast<EntityKind>(reader.Byte());
  info->label = static_cast<NameId>(reader.Varint());
  return ReadNames(&reader, &info->properties) && info->kind <= ConstraintKind::kExists &&
         info->entity <= EntityKind::kRelationship && !info->properties.empty();
}

std::string EncodeSpace(const SpaceInfo& info) {
  std::string bytes;
  bytes.push_back(static_cast<char>(info.metric));
  bytes.push_back(static_cast<char>(info.element));
  store::AppendVarint(&bytes, info.dimension);
  store::AppendVarint(&bytes, info.m);
  store::AppendVarint(&bytes, info.ef_construction);
  AppendNames(info.labels, &bytes);
  for (const std::string* text :
       {&info.name, &info.model, &info.model_version, &info.text, &info.padding}) {
    AppendText(*text, &bytes);
  }
  // Spaces without them are as they were before there were any.
  if (!info.logit_scale && !info.logit_bias) return bytes;
  for (const std::optional<double>* number : {&info.logit_scale, &info.logit_bias}) {
    bytes.push_back(*number ? 1 : 0);
    if (*number) store::AppendDouble(&bytes, **number);
  }
  return bytes;
}

bool DecodeSpace(std::string_view bytes, SpaceInfo* info) {
  store::ByteReader reader(bytes);
  info->metric = static_cast<VectorMetric>(reader.Byte());
  info->element = static_cast<VectorElement>(reader.Byte());
  info->dimension = static_cast<uint32_t>(reader.Varint());
  info->m = static_cast<uint32_t>(reader.Varint());
  info->ef_construction = static_cast<uint32_t>(reader.Varint());
  if (!ReadNames(&reader, &info->labels)) return false;
  for (std::string* text :
       {&info->name, &info->model, &info->model_version, &info->text, &info->padding}) {
    *text = std::string(reader.Take(reader.Varint()));
  }
  if (reader.left() > 0) {
    for (std::optional<double>* number : {&info->logit_scale, &info->logit_bias}) {
      if (reader.Byte() != 0) *number = reader.Double();
    }
  }
  return reader.ok() && info->metric <= VectorMetric::kL2 &&
         info->element <= VectorElement::kFloat16 && info->dimension > 0 &&
         info->dimension <= kMaxVectorDimension;
}

std::string EncodeCounters(const Counters& counters) {
  std::string bytes;
  store::AppendU64(&bytes, counters.commit);
  store::AppendU64(&bytes, counters.next_node);
  store::AppendU64(&bytes, counters.next_rel);
  store::AppendU32(&bytes, counters.next_index);
  store::AppendU64(&bytes, counters.nodes);
  store::AppendU64(&bytes, counters.relationships);
  return bytes;
}

bool DecodeCounters(std::string_view bytes, Counters* counters) {
  store::ByteReader reader(bytes);
  counters->commit = reader.U64();
  counters->next_node = reader.U64();
  counters->next_rel = reader.U64();
  counters->next_index = reader.U32();
  counters->nodes = reader.U64();
  counters->relationships = reader.U64();
  return reader.ok() && reader.left() == 0;
}

}  // namespace gesta::catalog
