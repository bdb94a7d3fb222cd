#include "video/decomposition_writer.h"

#include <algorithm>

#include "align/cache.h"
#include "align/mapping_graph.h"

namespace gesta::video {
namespace {

using align::NamedProperties;

constexpr std::string_view kDecomposition = "Decomposition";
constexpr std::string_view kSubAction = "SubAction";

}  // namespace

Status DecompositionWriter::RequireUnique(std::string_view label, std::string_view key) {
  ConstraintInfo constraint;
  GESTA_ASSIGN_OR_RETURN(constraint.label, transaction_.GetOrCreateName(NameKind::kLabel, label));
  GESTA_ASSIGN_OR_RETURN(const NameId key_id,
                         transaction_.GetOrCreateName(NameKind::kProperty, key));
  constraint.properties = {key_id};
  for (const ConstraintInfo& known : transaction_.Constraints()) {
    if (known.kind == ConstraintKind::kUnique && known.entity == EntityKind::kNode &&
        known.label == constraint.label && known.properties == constraint.properties) {
      return {};
    }
  }
  return transaction_.CreateConstraint(std::move(constraint)).status();
}

Status DecompositionWriter::RequireConstraints() {
  if (has_constraints_) return {};
  GESTA_RETURN_IF_ERROR(RequireUnique(kDecomposition, "id"));
  GESTA_RETURN_IF_ERROR(RequireUnique(kSubAction, "text"));
  has_constraints_ = true;
  return {};
}

// A name that does not depend on node ids, so that it is the same in a copy of the graph.
Result<std::string> DecompositionWriter::BaseId(const DecompositionKey& key) {
  Fingerprint fingerprint;
  const auto add = [&](NodeId node, std::initializer_list<std::string_view> names) -> Status {
    for (const std::string_view name : names) {
      const NameId id = transaction_.FindName(NameKind::kProperty, name);
      Value value;
      if (id != kNoName) {
        GESTA_ASSIGN_OR_RETURN(value, transaction_.GetNodeProperty(node, id));
      }
      fingerprint.Add(ToText(value, true));
    }
    return {};
  };
  fingerprint.Add(key.asked);
  fingerprint.Add(key.text);
  if (key.action) GESTA_RETURN_IF_ERROR(add(*key.action, {"dataset", "level", "index"}));
  fingerprint.Add(key.question ? key.question->text : std::string());
  if (key.question && key.question->node) {
    GESTA_RETURN_IF_ERROR(add(*key.question->node, {"dataset", "index"}));
  }
  return "decompose/" + fingerprint.ToHex();
}

Result<bool> DecompositionWriter::Belongs(NodeId decomposition, const DecompositionKey& key) {
  const auto is_related = [&](std::string_view type, Direction direction,
                              const std::optional<NodeId>& to) -> Result<bool> {
    const NameId id = transaction_.FindName(NameKind::kType, type);
    if (id == kNoName) return !to;
    std::vector<Edge> edges;
    GESTA_RETURN_IF_ERROR(transaction_.Expand(decomposition, direction, {id}, {}, &edges));
    if (!to) return edges.empty();
    return std::any_of(edges.begin(), edges.end(),
                       [&](const Edge& edge) { return edge.other == *to; });
  };
  GESTA_ASSIGN_OR_RETURN(const bool is_actions,
                         is_related("HAS_DECOMPOSITION", Direction::kIn, key.action));
  if (!is_actions) return false;
  return is_related("FOR", Direction::kOut,
                    key.question ? key.question->node : std::optional<NodeId>());
}

Result<std::optional<NodeId>> DecompositionWriter::Find(const DecompositionKey& key,
                                                        std::string* id) {
  GESTA_ASSIGN_OR_RETURN(const std::string base, BaseId(key));
  // Another node may be so alike that its decomposition has the same name.
  for (size_t number = 1;; ++number) {
    std::string name = number == 1 ? base : base + "/" + std::to_string(number);
    GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> nodes,
                           align::NodesWith(transaction_, kDecomposition, "id", name));
    std::optional<NodeId> found;
    for (const NodeId node : nodes) {
      GESTA_ASSIGN_OR_RETURN(const bool belongs, Belongs(node, key));
      if (belongs) found = node;
    }
    if (found || nodes.empty()) {
      if (id) *id = std::move(name);
      return found;
    }
  }
}

Status DecompositionWriter::Relate(NodeId from, std::string_view type, NodeId to,
                                   const NamedProperties& properties) {
  GESTA_ASSIGN_OR_RETURN(const NameId type_id, transaction_.GetOrCreateName(NameKind::kType, type));
  GESTA_ASSIGN_OR_RETURN(const std::vector<Property> made,
                         align::ToProperties(transaction_, properties));
  return transaction_.CreateRelationship(from, type_id, to, made).status();
}

Result<NodeId> DecompositionWriter::SubAction(const std::string& text, align::RunJournal* journal) {
  GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> nodes,
                         align::NodesWith(transaction_, kSubAction, "text", text));
  if (!nodes.empty()) return nodes.front();
  GESTA_ASSIGN_OR_RETURN(const NameId label,
                         transaction_.GetOrCreateName(NameKind::kLabel, kSubAction));
  GESTA_ASSIGN_OR_RETURN(const std::vector<Property> made,
                         align::ToProperties(transaction_, {{"text", Value::String(text)}}));
  GESTA_ASSIGN_OR_RETURN(const NodeId node, transaction_.CreateNode({label}, made));
  GESTA_RETURN_IF_ERROR(journal->MadeNode(node, /*is_shared=*/true));
  return node;
}

Result<NodeId> DecompositionWriter::Make(const DecompositionKey& key,
                                         const std::vector<std::string>& steps,
                                         const NamedProperties& properties,
                                         align::RunJournal* journal) {
  GESTA_RETURN_IF_ERROR(RequireConstraints());
  std::string id;
  GESTA_RETURN_IF_ERROR(Find(key, &id).status());
  NamedProperties all = {
      {"id", Value::String(id)},
      {"action", Value::String(key.text)},
      {"context", Value::String(key.question ? key.question->text : std::string())}};
  if (key.question && key.question->node) {
    const NameId index = transaction_.FindName(NameKind::kProperty, "index");
    if (index != kNoName) {
      GESTA_ASSIGN_OR_RETURN(Value value, transaction_.GetNodeProperty(*key.question->node, index));
      all.emplace_back("question", std::move(value));
    }
  }
  all.insert(all.end(), properties.begin(), properties.end());
  GESTA_ASSIGN_OR_RETURN(const NameId label,
                         transaction_.GetOrCreateName(NameKind::kLabel, kDecomposition));
  GESTA_ASSIGN_OR_RETURN(const std::vector<Property> made, align::ToProperties(transaction_, all));
  GESTA_ASSIGN_OR_RETURN(const NodeId node, transaction_.CreateNode({label}, made));
  GESTA_RETURN_IF_ERROR(journal->MadeNode(node, /*is_shared=*/false));
  if (key.action) GESTA_RETURN_IF_ERROR(Relate(*key.action, "HAS_DECOMPOSITION", node, {}));
  if (key.question && key.question->node) {
    GESTA_RETURN_IF_ERROR(Relate(node, "FOR", *key.question->node, {}));
  }
  for (size_t i = 0; i < steps.size(); ++i) {
    GESTA_ASSIGN_OR_RETURN(const NodeId step, SubAction(steps[i], journal));
    GESTA_RETURN_IF_ERROR(
        Relate(node, "STEP", step, {{"order", Value::Integer(static_cast<int64_t>(i))}}));
  }
  return node;
}

}  // namespace gesta::video
