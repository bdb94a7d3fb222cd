#include "align/node_text.h"

#include <algorithm>

namespace gesta::align {
namespace {

constexpr size_t kIdsAtOnce = 1024;

std::vector<NameId> Keys(const Transaction& transaction,
                         std::initializer_list<std::string_view> names) {
  std::vector<NameId> keys;
  for (const std::string_view name : names) {
    const NameId key = transaction.FindName(NameKind::kProperty, name);
    if (key != kNoName) keys.push_back(key);
  }
  return keys;
}

// The string of the first key that has one.
std::string FirstString(const std::vector<NameId>& keys, const std::vector<Property>& properties) {
  for (const NameId key : keys) {
    for (const Property& property : properties) {
      if (property.key == key && property.value.type() == ValueType::kString) {
        return std::string(property.value.AsString());
      }
    }
  }
  return {};
}

}  // namespace

NodeReader::NodeReader(Transaction* transaction)
    : transaction_(transaction),
      names_(Keys(*transaction, {"lemma", "text", "name", "title"})),
      descriptions_(Keys(*transaction, {"definition", "description"})),
      class_(transaction->FindName(NameKind::kProperty, "class")),
      dataset_(transaction->FindName(NameKind::kProperty, "dataset")) {}

Result<NodeReader::Texts> NodeReader::Read(NodeId node) {
  GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties,
                         transaction_->GetNodeProperties(node));
  Texts texts;
  texts.name = FirstString(names_, properties);
  texts.description = FirstString(descriptions_, properties);
  if (class_ != kNoName) texts.class_name = FirstString({class_}, properties);
  if (dataset_ != kNoName) texts.dataset = FirstString({dataset_}, properties);
  return texts;
}

Result<bool> NodeReader::HasLabels(NodeId node, const std::vector<std::string>& labels) {
  for (const std::string& name : labels) {
    const NameId label = transaction_->FindName(NameKind::kLabel, name);
    if (label == kNoName) return false;
    GESTA_ASSIGN_OR_RETURN(const bool has, transaction_->HasLabel(node, label));
    if (!has) return false;
  }
  return true;
}

Result<std::vector<NodeId>> NodeReader::Nodes(const std::vector<std::string>& labels) {
  std::vector<NodeId> nodes;
  std::unique_ptr<IdCursor> cursor;
  if (labels.empty()) {
    GESTA_ASSIGN_OR_RETURN(cursor, transaction_->ScanNodes());
  } else {
    // The rarest label is scanned, the others are tested.
    const Statistics& statistics = transaction_->GetStatistics();
    NameId rarest = kNoName;
    for (const std::string& name : labels) {
      const NameId label = transaction_->FindName(NameKind::kLabel, name);
      if (label == kNoName) return nodes;
      if (rarest == kNoName || statistics.LabelCount(label) < statistics.LabelCount(rarest)) {
        rarest = label;
      }
    }
    GESTA_ASSIGN_OR_RETURN(cursor, transaction_->ScanLabel(rarest));
  }
  std::vector<NodeId> part(kIdsAtOnce);
  while (true) {
    GESTA_ASSIGN_OR_RETURN(const size_t n, cursor->Next(part.data(), part.size()));
    if (n == 0) break;
    for (size_t i = 0; i < n; ++i) {
      if (labels.size() > 1) {
        GESTA_ASSIGN_OR_RETURN(const bool has, HasLabels(part[i], labels));
        if (!has) continue;
      }
      nodes.push_back(part[i]);
    }
  }
  return nodes;
}

Result<std::vector<NodeId>> NodeReader::Related(NodeId node, Direction direction,
                                                std::string_view type) {
  std::vector<NodeId> others;
  const NameId id = transaction_->FindName(NameKind::kType, type);
  if (id == kNoName) return others;
  std::vector<Edge> edges;
  GESTA_RETURN_IF_ERROR(transaction_->Expand(node, direction, {id}, {}, &edges));
  others.reserve(edges.size());
  for (const Edge& edge : edges) others.push_back(edge.other);
  return others;
}

}  // namespace gesta::align
