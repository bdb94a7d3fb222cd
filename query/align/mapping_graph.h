// Mappings and runs as they stand in the graph: what MAP and the procedures about mappings share.
#ifndef GESTA_QUERY_ALIGN_MAPPING_GRAPH_H_
#define GESTA_QUERY_ALIGN_MAPPING_GRAPH_H_

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gesta/status.h"
#include "gesta/store.h"

namespace gesta::align {

// A person's mappings have this method: no aligner's statement writes or removes them.
inline constexpr std::string_view kHumanMethod = "human";
inline constexpr std::string_view kRunLabel = "AlignmentRun";

// The string property `key`; empty where it is absent or no string.
Result<std::string> NodeString(Transaction& transaction, NodeId node, std::string_view key);
Result<std::string> RelationshipString(Transaction& transaction, RelId rel, std::string_view key);

// The nodes with the label whose property `key` is `value`, by an index if there is one.
Result<std::vector<NodeId>> NodesWith(Transaction& transaction, std::string_view label,
                                      std::string_view key, const std::string& value);

// A relationship's part of a mapping's identity beside its ends and type.
struct MappingKey {
  std::string method;
  std::string model;  // empty: none
  bool operator==(const MappingKey& other) const {
    return method == other.method && model == other.model;
  }
  bool operator<(const MappingKey& other) const {
    return method != other.method ? method < other.method : model < other.model;
  }
};
Result<MappingKey> ReadMappingKey(Transaction& transaction, RelId rel);
// The relationship of that type from `start` to `end` with that key.
Result<std::optional<RelId>> FindMapping(Transaction& transaction, NodeId start, NameId type,
                                         NodeId end, const MappingKey& key);

// The preferred methods of labels' data sets, each read once.
class PreferredMethods {
 public:
  explicit PreferredMethods(Transaction* transaction) : transaction_(transaction) {}

  // The preferred method of the data set that the label is in; empty: none.
  Result<std::string> Of(NodeId label);

 private:
  Transaction* transaction_;
  std::unordered_map<NodeId, std::string> by_dataset_;
};

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_MAPPING_GRAPH_H_
