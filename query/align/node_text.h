// The text that a node stands for, and nodes by their labels.
#ifndef GESTA_QUERY_ALIGN_NODE_TEXT_H_
#define GESTA_QUERY_ALIGN_NODE_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

#include "gesta/status.h"
#include "gesta/store.h"

namespace gesta::align {

// Property keys of the knowledge graph, looked up once per statement.
class NodeReader {
 public:
  explicit NodeReader(Transaction* transaction);

  // One node's strings; absent ones are empty.
  struct Texts {
    std::string name;         // lemma, text, name or title: the first there is
    std::string description;  // definition or description
    std::string class_name;   // class
    std::string dataset;      // dataset
  };
  Result<Texts> Read(NodeId node);

  // The nodes that have all the labels (none given: all nodes), ascending.
  Result<std::vector<NodeId>> Nodes(const std::vector<std::string>& labels);
  Result<bool> HasLabels(NodeId node, const std::vector<std::string>& labels);

  // The nodes at the other ends of the relationships of that type.
  Result<std::vector<NodeId>> Related(NodeId node, Direction direction, std::string_view type);

  Transaction& transaction() { return *transaction_; }

 private:
  Transaction* transaction_;
  std::vector<NameId> names_;
  std::vector<NameId> descriptions_;
  NameId class_;
  NameId dataset_;
};

}  // namespace gesta::align

#endif  // GESTA_QUERY_ALIGN_NODE_TEXT_H_
