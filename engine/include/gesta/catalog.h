// Catalog: the names, indexes, constraints and statistics of a store.
//
// A CatalogSnapshot is immutable and shared by everything that runs on one transaction's snapshot;
// names, indexes and constraints that the transaction itself has created are visible through
// Transaction's own methods (store.h), which look there first.
#ifndef GESTA_CATALOG_H_
#define GESTA_CATALOG_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

// What the planner knows of the data. All counts are exact, at every commit and inside a
// transaction.
struct Statistics {
  // How many relationships of a type start (end) at nodes that have a label.
  struct EndCount {
    NameId type = kNoName;
    NameId label = kNoName;
    uint64_t starts = 0;
    uint64_t ends = 0;
  };

  uint64_t nodes = 0;
  uint64_t relationships = 0;
  std::vector<uint64_t> label_nodes;             // by label id
  std::vector<uint64_t> type_relationships;      // by type id
  std::map<uint32_t, uint64_t> index_entries;    // by index id
  std::map<uint32_t, uint64_t> index_distinct;   // by index id
  std::map<uint32_t, uint64_t> space_vectors;    // by space id
  std::map<uint32_t, uint64_t> space_sequences;  // by space id
  std::vector<EndCount> end_counts;              // ascending by type, then label; none is 0 and 0
  // False for stores that were written before there were end counts: none are kept then.
  bool counts_ends = true;

  uint64_t LabelCount(NameId label) const {
    return label < label_nodes.size() ? label_nodes[label] : 0;
  }
  uint64_t TypeCount(NameId type) const {
    return type < type_relationships.size() ? type_relationships[type] : 0;
  }
  // 0 and 0 when there are none.
  EndCount EndCountOf(NameId type, NameId label) const {
    const auto at = FindEndCount(type, label);
    if (at != end_counts.end() && at->type == type && at->label == label) return *at;
    return {type, label, 0, 0};
  }
  // Where the count is or would have to be.
  std::vector<EndCount>::const_iterator FindEndCount(NameId type, NameId label) const {
    return std::lower_bound(end_counts.begin(), end_counts.end(), std::pair(type, label),
                            [](const EndCount& count, const std::pair<NameId, NameId>& wanted) {
                              return std::pair(count.type, count.label) < wanted;
                            });
  }
};

}  // namespace gesta

#endif  // GESTA_CATALOG_H_
