// Schema: the names, indexes, constraints and embedding spaces of one state of the store, in
// memory.
//
// A Schema that is shared is immutable; a transaction that changes the schema copies it first
// (copies share the names' texts). Thread-safe as long as nobody holds a mutable one.
#ifndef GESTA_CATALOG_SCHEMA_H_
#define GESTA_CATALOG_SCHEMA_H_

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gesta/catalog.h"
#include "gesta/status.h"
#include "gesta/vector.h"

namespace gesta::catalog {

// Names of one kind; ids are dense from 0.
class NameTable {
 public:
  NameId Find(std::string_view name) const;  // kNoName when unknown
  std::string_view Get(NameId id) const;     // "" when unknown
  NameId Add(std::string_view name);         // precondition: unknown
  size_t size() const { return names_.size(); }

 private:
  // Shared between copies of the table, so that views of a name outlive the copy they came from.
  std::vector<std::shared_ptr<const std::string>> names_;
  std::unordered_map<std::string_view, NameId> ids_;  // keys point into names_
};

class Schema {
 public:
  NameTable& names(NameKind kind) { return names_[static_cast<size_t>(kind)]; }
  const NameTable& names(NameKind kind) const { return names_[static_cast<size_t>(kind)]; }

  const std::vector<IndexInfo>& indexes() const { return indexes_; }
  const std::vector<ConstraintInfo>& constraints() const { return constraints_; }

  const std::vector<SpaceInfo>& spaces() const { return spaces_; }
  const SpaceInfo* FindSpace(uint32_t id) const;  // null when unknown; until the next change
  const SpaceInfo* FindSpace(std::string_view name) const;

  const IndexInfo* FindIndex(uint32_t id) const;  // null when unknown; until the next change
  const IndexInfo* FindIndex(std::string_view name) const;
  const ConstraintInfo* FindConstraint(std::string_view name) const;
  // Whether any index, or existence constraint, concerns entities of this kind and label (type).
  bool Indexed(EntityKind entity, NameId label) const { return Contains(indexed_, entity, label); }
  bool MustExist(EntityKind entity, NameId label) const {
    return Contains(must_exist_, entity, label);
  }
  bool has_existence_constraints() const {
    return !must_exist_[0].empty() || !must_exist_[1].empty();
  }

  void AddIndex(IndexInfo info);
  void RemoveIndex(uint32_t id);
  void AddConstraint(ConstraintInfo info);
  void RemoveConstraint(std::string_view name);
  void AddSpace(SpaceInfo info);  // replaces one of the same id
  void RemoveSpace(uint32_t id);

  // Changes whenever the rest does; unique among all schemas of one open store.
  uint64_t epoch = 0;
  uint32_t next_index = 0;  // of spaces too

 private:
  using LabelFlags = std::array<std::vector<bool>, 2>;  // by entity kind, then label

  static bool Contains(const LabelFlags& flags, EntityKind entity, NameId label) {
    const auto& of_kind = flags[static_cast<size_t>(entity)];
    return label < of_kind.size() && of_kind[label];
  }
  void UpdateFlags();

  std::array<NameTable, 3> names_;
  std::vector<IndexInfo> indexes_;           // ascending by id
  std::vector<ConstraintInfo> constraints_;  // ascending by name
  std::vector<SpaceInfo> spaces_;            // ascending by id
  LabelFlags indexed_;
  LabelFlags must_exist_;
};

// "text, dataset" for messages.
std::string PropertyList(const Schema& schema, const std::vector<NameId>& properties);
// "(:Action {text, dataset})" or "[:MAPS_TO {run}]" for messages.
std::string Describe(const Schema& schema, EntityKind entity, NameId label,
                     const std::vector<NameId>& properties);

// Stored forms; the name or id in the key is not part of them. False when the bytes are damaged.
std::string EncodeIndex(const IndexInfo& info);
bool DecodeIndex(std::string_view bytes, IndexInfo* info);
std::string EncodeConstraint(const ConstraintInfo& info);
bool DecodeConstraint(std::string_view bytes, ConstraintInfo* info);
std::string EncodeSpace(const SpaceInfo& info);
bool DecodeSpace(std::string_view bytes, SpaceInfo* info);

// What a commit writes in one record, so that ids are never given twice.
struct Counters {
  uint64_t commit = 0;  // number of the last commit
  uint64_t next_node = 0;
  uint64_t next_rel = 0;
  uint32_t next_index = 0;
  uint64_t nodes = 0;
  uint64_t relationships = 0;
};
std::string EncodeCounters(const Counters& counters);
bool DecodeCounters(std::string_view bytes, Counters* counters);

}  // namespace gesta::catalog

#endif  // GESTA_CATALOG_SCHEMA_H_
