// GraphNames: the names of a transaction's labels, types and property keys, and the order in which
// exports write them: by name, so that it does not depend on which was created first.
#ifndef GESTA_INGEST_EXPORT_NAMES_H_
#define GESTA_INGEST_EXPORT_NAMES_H_

#include <string>
#include <vector>

#include "gesta/store.h"

namespace gesta::ingest {

class GraphNames {
 public:
  explicit GraphNames(const Transaction& transaction);

  const std::string& Name(NameKind kind, NameId id) const { return Table(kind).names[id]; }
  const std::string& Label(NameId id) const { return Name(NameKind::kLabel, id); }
  const std::string& Type(NameId id) const { return Name(NameKind::kType, id); }
  const std::string& Key(NameId id) const { return Name(NameKind::kProperty, id); }
  // Of what an index or constraint is on.
  const std::string& Target(EntityKind entity, NameId id) const {
    return Name(entity == EntityKind::kNode ? NameKind::kLabel : NameKind::kType, id);
  }

  // The same, by name.
  std::vector<NameId> Sorted(std::vector<NameId> labels) const;
  // Places in `properties`, by the names of their keys.
  const std::vector<size_t>& Order(const std::vector<Property>& properties);

 private:
  struct NameTable {
    std::vector<std::string> names;
    std::vector<uint32_t> rank;  // of each name among all of its kind
  };
  const NameTable& Table(NameKind kind) const { return tables_[static_cast<size_t>(kind)]; }

  NameTable tables_[3];
  std::vector<size_t> order_;
};

}  // namespace gesta::ingest

#endif  // GESTA_INGEST_EXPORT_NAMES_H_
