#include "align/collected.h"

#include <algorithm>

namespace gesta::align {
namespace {

Result<LabelIndex::Content> ReadLabels(const AlignContext& context) {
  NodeReader reader(context.transaction);
  LabelIndex::Content content;
  GESTA_ASSIGN_OR_RETURN(content.nodes, reader.Nodes({std::string(kActionLabel)}));
  std::unordered_map<std::string, uint32_t> numbers;
  for (const NodeId node : content.nodes) {
    if (content.texts.size() % 1024 == 0) GESTA_RETURN_IF_ERROR(context.CheckInterrupt());
    GESTA_ASSIGN_OR_RETURN(NodeReader::Texts texts, reader.Read(node));
    if (texts.dataset.empty()) {
      GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> datasets,
                             reader.Related(node, Direction::kOut, kInDataset));
      if (!datasets.empty()) {
        GESTA_ASSIGN_OR_RETURN(NodeReader::Texts dataset, reader.Read(datasets.front()));
        texts.dataset = std::move(dataset.name);
      }
    }
    content.fingerprint.Add(node);
    content.fingerprint.Add(texts.name);
    content.fingerprint.Add(texts.dataset);
    const auto [number, is_new] =
        numbers.emplace(texts.dataset, static_cast<uint32_t>(numbers.size()));
    if (is_new) content.dataset_names.push_back(texts.dataset);
    content.datasets.push_back(number->second);
    content.texts.push_back(std::move(texts.name));
  }
  return content;
}

}  // namespace

uint32_t LabelIndex::Find(NodeId node) const {
  const auto found = std::lower_bound(nodes.begin(), nodes.end(), node);
  if (found == nodes.end() || *found != node) return kNone;
  return static_cast<uint32_t>(found - nodes.begin());
}

Result<std::shared_ptr<const LabelIndex>> GetLabelIndex(const AlignContext& context) {
  return context.cache->Get<LabelIndex>(*context.transaction, "labels",
                                        [&] { return ReadLabels(context); });
}

Result<std::map<std::string, DatasetFacts>> ReadDatasets(Transaction& transaction) {
  std::map<std::string, DatasetFacts> datasets;
  const NameId name_key = transaction.FindName(NameKind::kProperty, "name");
  const NameId family_key = transaction.FindName(NameKind::kProperty, "family");
  const NameId mapping_key = transaction.FindName(NameKind::kProperty, "mapping");
  NodeReader reader(&transaction);
  GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> nodes,
                         reader.Nodes({std::string(kDatasetLabel)}));
  for (const NodeId node : nodes) {
    GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties,
                           transaction.GetNodeProperties(node));
    std::string name;
    DatasetFacts facts;
    facts.node = node;
    for (const Property& property : properties) {
      if (property.value.type() != ValueType::kString) continue;
      const std::string text(property.value.AsString());
      if (property.key == name_key) name = text;
      if (property.key == family_key) facts.family = text;
      if (property.key == mapping_key) facts.mapping = text;
    }
    if (facts.family.empty()) facts.family = name;
    if (!name.empty()) datasets.emplace(std::move(name), std::move(facts));
  }
  return datasets;
}

MappingReader::MappingReader(Transaction* transaction, const LabelIndex* labels,
                             const std::map<std::string, DatasetFacts>* datasets,
                             std::string method)
    : transaction_(transaction),
      labels_(labels),
      maps_to_(transaction->FindName(NameKind::kType, kMapsTo)),
      method_key_(transaction->FindName(NameKind::kProperty, "method")),
      verdict_key_(transaction->FindName(NameKind::kProperty, "verdict")),
      rank_key_(transaction->FindName(NameKind::kProperty, "rank")) {
  for (const std::string& name : labels->dataset_names) {
    const auto facts = datasets->find(name);
    methods_.push_back(!method.empty()            ? method
                       : facts == datasets->end() ? std::string()
                                                  : facts->second.mapping);
  }
}

Result<const std::vector<MappedTarget>*> MappingReader::Targets(uint32_t label) {
  auto known = known_.find(label);
  if (known == known_.end()) {
    GESTA_ASSIGN_OR_RETURN(std::vector<MappedTarget> targets, Read(label));
    known = known_.emplace(label, std::move(targets)).first;
  }
  return static_cast<const std::vector<MappedTarget>*>(&known->second);
}

Result<std::vector<MappedTarget>> MappingReader::Read(uint32_t label) {
  std::vector<MappedTarget> targets;
  if (maps_to_ == kNoName) return targets;
  const std::string& wanted = methods_[labels_->datasets[label]];
  edges_.clear();
  GESTA_RETURN_IF_ERROR(
      transaction_->Expand(labels_->nodes[label], Direction::kOut, {maps_to_}, {}, &edges_));
  std::vector<NodeId> rejected;
  for (const Edge& edge : edges_) {
    GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties,
                           transaction_->GetRelationshipProperties(edge.rel));
    std::string_view method;
    bool is_rejected = false;
    MappedTarget target{edge.other, 1};
    for (const Property& property : properties) {
      const ValueType type = property.value.type();
      if (property.key == method_key_ && type == ValueType::kString) {
        method = property.value.AsString();
      } else if (property.key == verdict_key_ && type == ValueType::kString) {
        is_rejected = property.value.AsString() == "reject";
      } else if (property.key == rank_key_ && type == ValueType::kInteger) {
        target.rank = property.value.AsInteger();
      }
    }
    if (is_rejected) {
      rejected.push_back(edge.other);
    } else if (wanted.empty() || method == wanted) {
      targets.push_back(target);
    }
  }
  std::sort(targets.begin(), targets.end(), [](const MappedTarget& a, const MappedTarget& b) {
    return a.rank != b.rank ? a.rank < b.rank : a.node < b.node;
  });
  std::vector<MappedTarget> kept;
  for (const MappedTarget& target : targets) {
    const bool is_again = std::any_of(kept.begin(), kept.end(), [&](const MappedTarget& other) {
      return other.node == target.node;
    });
    if (is_again || std::count(rejected.begin(), rejected.end(), target.node) > 0) continue;
    kept.push_back(target);
  }
  return kept;
}

}  // namespace gesta::align
