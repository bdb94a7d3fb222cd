// Catalog: the names, indexes, constraints and statistics of a store.
//
// A CatalogSnapshot is immutable and shared by everything that runs on one transaction's snapshot;
// names, indexes and constraints that the transaction itself has created are visible through
// Transaction's own methods (store.h), which look there first.
#ifndef GESTA_CATALOG_H_
#define GESTA_CATALOG_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gesta/value.h"

namespace gesta {

// A label, relationship type or property key. Ids are dense from 0 and never reused; labels, types
// and property keys are numbered apart.
using NameId = uint32_t;
inline constexpr NameId kNoName = 0xFFFFFFFF;

enum class NameKind : uint8_t { kLabel = 0, kType = 1, kProperty = 2 };
enum class EntityKind : uint8_t { kNode = 0, kRelationship = 1 };

// An index over one or more properties of the nodes with a label or the relationships of a type.
// Entities that lack one of the properties are not in it. A unique index enforces its constraint.
struct IndexInfo {
  uint32_t id = 0;
  std::string name;
  EntityKind entity = EntityKind::kNode;
  NameId label = kNoName;  // label or type
  std::vector<NameId> properties;
  bool unique = false;
  std::string constraint;  // the owning constraint's name, empty for a plain index
};

enum class ConstraintKind : uint8_t { kUnique = 0, kExists = 1 };

struct ConstraintInfo {
  std::string name;
  ConstraintKind kind = ConstraintKind::kUnique;
  EntityKind entity = EntityKind::kNode;
  NameId label = kNoName;
  std::vector<NameId> properties;
};

// What the planner knows of the data. Counts are exact at every commit; distinct values of an index
// are an estimate that ANALYZE-like sampling refreshes when an index has changed much.
struct Statistics {
  uint64_t nodes = 0;
  uint64_t relationships = 0;
  std::vector<uint64_t> label_nodes;            // by label id
  std::vector<uint64_t> type_relationships;     // by type id
  std::map<uint32_t, uint64_t> index_entries;   // by index id
  std::map<uint32_t, uint64_t> index_distinct;  // by index id, estimated

  uint64_t LabelCount(NameId label) const {
    return label < label_nodes.size() ? label_nodes[label] : 0;
  }
  uint64_t TypeCount(NameId type) const {
    return type < type_relationships.size() ? type_relationships[type] : 0;
  }
};

}  // namespace gesta

#endif  // GESTA_CATALOG_H_
