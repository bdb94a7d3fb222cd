// RunJournal: what a run made and replaced, so that undoing the run can take it back.
//
// A run that updates or removes a mapping of a former run writes the former state here, as job
// records under the run's own prefix ("run", id, "undo", a number, joined by 0x1F), in the
// transaction of the change. DeleteRunRecords (gesta/run_records.h) removes them with the run's
// other records.
//
// A record is a sequence of entries. Numbers are little-endian; text is a u32 length and bytes; a
// value is a type byte and its content (see run_journal.cpp).
//   'U' rel u64, properties                           a relationship that the run has updated
//   'R' start u64, end u64, type text, properties     one that it has removed
//   'T' type text                                     a type that it has written
//   'N' node u64, shared u8                           a node that it has made
// properties: u32 count, then key text and value each.
#ifndef GESTA_QUERY_ALIGN_RUN_JOURNAL_H_
#define GESTA_QUERY_ALIGN_RUN_JOURNAL_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gesta/status.h"
#include "gesta/store.h"

namespace gesta::align {

using NamedProperties = std::vector<std::pair<std::string, Value>>;

// The names and values of a relationship's properties.
Result<NamedProperties> ReadNamedProperties(Transaction& transaction, RelId rel);
NamedProperties Named(const Transaction& transaction, const std::vector<Property>& properties);
// As ids, names being created as needed.
Result<std::vector<Property>> ToProperties(Transaction& transaction,
                                           const NamedProperties& properties);
const Value* FindProperty(const NamedProperties& properties, std::string_view key);  // null: absent

class RunJournal {
 public:
  RunJournal(Transaction* transaction, std::string run)
      : transaction_(transaction), run_(std::move(run)) {}

  Status WroteType(std::string_view type);
  Status Updated(RelId rel, const NamedProperties& before);
  Status Removed(const RelationshipRecord& record, const NamedProperties& before);
  // A shared node goes with the run only when nothing is attached to it any more; another goes with
  // its relationships.
  Status MadeNode(NodeId node, bool is_shared);
  // Writes what is not written yet. Call before the statement ends.
  Status Flush();

  struct Update {
    RelId rel;
    NamedProperties before;
  };
  struct Removal {
    NodeId start;
    NodeId end;
    std::string type;
    NamedProperties before;
  };
  struct Content {
    bool exists = false;  // false: the run kept no journal
    std::vector<std::string> types;
    std::vector<Update> updates;
    std::vector<Removal> removals;
    std::vector<NodeId> nodes;
    std::vector<NodeId> shared_nodes;
  };
  static Result<Content> Read(Transaction& transaction, std::string_view run);

 private:
  Status FlushIfLarge();

  Transaction* transaction_;
  std::string run_;
  std::string buffer_;
  uint32_t records_ = 0;
};

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_RUN_JOURNAL_H_
