#include "jobs/knowledge_graph.h"

#include <fmt/format.h>

#include <algorithm>

#include "gesta/run_records.h"

namespace gesta::ingest {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A record beside the graph says which job made a dataset's labels.
std::string OwnerKey(std::string_view dataset) { return fmt::format("ingest/dataset/{}", dataset); }

Result<NodeId> Single(const std::unique_ptr<IdCursor>& cursor, bool* found) {
  NodeId id = 0;
  GESTA_ASSIGN_OR_RETURN(const size_t n, cursor->Next(&id, 1));
  *found = n > 0;
  return id;
}

IndexRange Prefix(std::vector<Value> values) {
  IndexRange range;
  range.lower = IndexRange::Bound{std::move(values), true};
  range.upper = range.lower;
  return range;
}

bool IsEmpty(const Value& value) {
  return value.IsNull() || (value.type() == ValueType::kString && value.AsString().empty());
}

}  // namespace

std::string FamilyOfName(std::string_view dataset) {
  if (dataset.size() < 4 || dataset.back() != ')') return std::string(dataset);
  size_t at = dataset.size() - 1;
  while (at > 0 && IsDigit(dataset[at - 1])) --at;
  if (at == dataset.size() - 1 || at < 2 || dataset[at - 1] != '(') return std::string(dataset);
  std::string_view family = dataset.substr(0, at - 1);
  while (!family.empty() && family.back() == ' ') family.remove_suffix(1);
  return std::string(family);
}

// Verb class names are a word, '-', numbers joined by '.', and "-N" for each level below: the last
// "-N" goes if what remains still ends in "-number".
std::string ParentClassName(std::string_view name) {
  const auto tail = [](std::string_view text) {  // length of a "-number" at the end, or 0
    size_t at = text.size();
    while (at > 0 && IsDigit(text[at - 1])) --at;
    return at < text.size() && at > 0 && text[at - 1] == '-' ? text.size() - at + 1 : 0;
  };
  const size_t last = tail(name);
  if (last == 0) return "";
  const std::string_view rest = name.substr(0, name.size() - last);
  // What remains: …-digits(.digits)*.
  size_t at = rest.size();
  while (at > 0 && (IsDigit(rest[at - 1]) || rest[at - 1] == '.')) --at;
  const std::string_view numbers = rest.substr(at);
  const bool wellformed = !numbers.empty() && IsDigit(numbers.front()) && IsDigit(numbers.back()) &&
                          numbers.find("..") == std::string_view::npos;
  if (!wellformed || at < 2 || rest[at - 1] != '-') return "";
  return std::string(rest);
}

Result<KnowledgeGraph> KnowledgeGraph::Open(GraphWriter& writer, std::string_view job) {
  KnowledgeGraph graph(&writer, job);
  const struct {
    NodeIdentity* identity;
    const char* label;
    std::vector<std::string> key;
  } identities[] = {
      {&graph.dataset_, "Dataset", {"name"}},
      {&graph.action_, "Action", {"dataset", "level", "index"}},
      {&graph.class_, "VerbClass", {"name"}},
      {&graph.verb_, "Verb", {"class", "lemma"}},
      {&graph.run_, "AlignmentRun", {"id"}},
      {&graph.part_, "BodyPart", {"name"}},
      {&graph.state_, "PartState", {"name"}},
      {&graph.image_, "Image", {"dataset", "uri"}},
  };
  for (const auto& entry : identities) {
    GESTA_ASSIGN_OR_RETURN(*entry.identity, writer.RequireIdentity(entry.label, entry.key));
  }
  GESTA_RETURN_IF_ERROR(writer.RequireIndex(EntityKind::kNode, "Action", {"text"}));
  GESTA_RETURN_IF_ERROR(writer.RequireIndex(EntityKind::kNode, "Verb", {"lemma"}));
  GESTA_RETURN_IF_ERROR(writer.RequireIndex(EntityKind::kNode, "Verb", {"index"}));
  GESTA_RETURN_IF_ERROR(writer.RequireIndex(EntityKind::kRelationship, "MAPS_TO", {"run"}));
  const std::pair<NameId*, const char*> types[] = {
      {&graph.in_, "IN"},           {&graph.parent_, "PARENT"}, {&graph.member_of_, "MEMBER_OF"},
      {&graph.maps_to_, "MAPS_TO"}, {&graph.of_, "OF"},         {&graph.shows_, "SHOWS"}};
  for (const auto& [id, name] : types) {
    GESTA_ASSIGN_OR_RETURN(*id, writer.Type(name));
  }
  const std::pair<NameId*, const char*> keys[] = {
      {&graph.text_, "text"},           {&graph.family_, "family"},
      {&graph.mapping_, "mapping"},     {&graph.method_, "method"},
      {&graph.model_, "model"},         {&graph.run_key_, "run"},
      {&graph.rank_, "rank"},           {&graph.count_, "count"},
      {&graph.kind_, "kind"},           {&graph.index_, "index"},
      {&graph.annotator_, "annotator"}, {&graph.preferred_, "preferred"}};
  for (const auto& [id, name] : keys) {
    GESTA_ASSIGN_OR_RETURN(*id, writer.Key(name));
  }
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer.transaction());
  for (const IndexInfo& index : transaction->Indexes()) {
    if (index.entity == EntityKind::kNode && index.label == graph.action_.label &&
        index.properties == std::vector<NameId>{graph.text_}) {
      graph.action_text_ = index.id;
    }
  }
  return graph;
}

Result<std::vector<Property>> KnowledgeGraph::Properties(const Facts& facts) {
  std::vector<Property> properties;
  properties.reserve(facts.size());
  for (const auto& [name, value] : facts) {
    if (IsEmpty(value)) continue;
    GESTA_ASSIGN_OR_RETURN(const NameId key, writer_->Key(name));
    properties.push_back({key, value});
  }
  return properties;
}

// -- datasets and labels --

Status KnowledgeGraph::CheckTexts(const DatasetClaim& claim) {
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer_->transaction());
  GESTA_ASSIGN_OR_RETURN(
      const auto cursor,
      transaction->ScanIndex(action_.index,
                             Prefix({Value::String(claim.name), Value::String(claim.level)})));
  NodeId ids[256];
  while (true) {
    GESTA_ASSIGN_OR_RETURN(const size_t n, cursor->Next(ids, std::size(ids)));
    if (n == 0) return Status::Ok();
    for (size_t i = 0; i < n; ++i) {
      GESTA_ASSIGN_OR_RETURN(const Value index, transaction->GetNodeProperty(ids[i], index_));
      GESTA_ASSIGN_OR_RETURN(const Value text, transaction->GetNodeProperty(ids[i], text_));
      if (index.type() != ValueType::kInteger || index.AsInteger() < 0) continue;
      const auto at = static_cast<size_t>(index.AsInteger());
      if (at >= claim.labels.size() || (at < claim.missing.size() && claim.missing[at])) continue;
      if (text.IsNull()) continue;  // it gets the input's
      if (text.type() == ValueType::kString && text.AsString() == claim.labels[at]) continue;
      return Status(StatusCode::kConstraint,
                    fmt::format("label {} of dataset '{}' is {} in the store and '{}' in the input",
                                at, claim.name, ToText(text, /*quote=*/true), claim.labels[at]),
                    "check that both are the same list; a list under another dataset name is "
                    "always accepted");
    }
  }
}

Result<Dataset> KnowledgeGraph::Claim(const DatasetClaim& claim) {
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer_->transaction());
  GESTA_ASSIGN_OR_RETURN(std::vector<Property> properties, Properties(claim.facts));
  GESTA_ASSIGN_OR_RETURN(
      const FoundNode found,
      writer_->Upsert(dataset_, {Value::String(claim.name)}, {}, IfFound::kKeep));
  Dataset dataset{claim.name, found.id, ""};
  if (!found.created) {
    GESTA_ASSIGN_OR_RETURN(const bool foreign, LabelledByOther(claim.name));
    if (foreign && !claim.labels.empty() && !claim.join) {
      GESTA_ASSIGN_OR_RETURN(const auto owner, transaction->GetJobRecord(OwnerKey(claim.name)));
      return Status(
          StatusCode::kAlreadyExists,
          owner ? fmt::format("the dataset '{}' was made by the job '{}'", claim.name, *owner)
                : fmt::format("the dataset '{}' has labels that no job made", claim.name),
          "give --join to add to it (the label texts must agree), or leave it out with "
          "--skip");
    }
    GESTA_RETURN_IF_ERROR(CheckTexts(claim));
    // A family that was only derived from the name gives way to one that the input states.
    GESTA_ASSIGN_OR_RETURN(const Value family, transaction->GetNodeProperty(found.id, family_));
    if (family.type() == ValueType::kString && family.AsString() == FamilyOfName(claim.name)) {
      for (const Property& property : properties) {
        if (property.key != family_) continue;
        GESTA_RETURN_IF_ERROR(
            writer_->SetNodeProperties(found.id, {property}, IfFound::kOverwrite));
      }
    }
  }
  if (!claim.labels.empty()) {
    GESTA_ASSIGN_OR_RETURN(const bool labelled, HasActions(claim.name));
    if (!labelled) GESTA_RETURN_IF_ERROR(transaction->PutJobRecord(OwnerKey(claim.name), job_));
  }
  properties.push_back({family_, Value::String(FamilyOfName(claim.name))});
  if (!claim.mapping.empty()) properties.push_back({mapping_, Value::String(claim.mapping)});
  GESTA_RETURN_IF_ERROR(writer_->SetNodeProperties(found.id, properties, IfFound::kFillMissing));
  GESTA_ASSIGN_OR_RETURN(const Value mapping, transaction->GetNodeProperty(found.id, mapping_));
  if (mapping.type() == ValueType::kString) dataset.mapping = mapping.AsString();
  return dataset;
}

Result<FoundNode> KnowledgeGraph::Action(const Dataset& dataset, std::string_view level,
                                         int64_t index, std::string_view text) {
  std::vector<Property> properties;
  if (!text.empty()) properties.push_back({text_, Value::String(text)});
  GESTA_ASSIGN_OR_RETURN(
      const FoundNode action,
      writer_->Upsert(action_,
                      {Value::String(dataset.name), Value::String(level), Value::Integer(index)},
                      properties));
  GESTA_RETURN_IF_ERROR(writer_->Upsert(action.id, in_, dataset.node, {}, {}).status());
  return action;
}

Result<std::optional<NodeId>> KnowledgeGraph::FindAction(std::string_view dataset,
                                                         std::string_view level, int64_t index) {
  return writer_->Find(action_,
                       {Value::String(dataset), Value::String(level), Value::Integer(index)});
}

Result<bool> KnowledgeGraph::HasActions(std::string_view dataset) {
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer_->transaction());
  GESTA_ASSIGN_OR_RETURN(const auto cursor,
                         transaction->ScanIndex(action_.index, Prefix({Value::String(dataset)})));
  bool found = false;
  GESTA_RETURN_IF_ERROR(Single(cursor, &found).status());
  return found;
}

Result<bool> KnowledgeGraph::LabelledByOther(std::string_view dataset) {
  GESTA_ASSIGN_OR_RETURN(const bool labelled, HasActions(dataset));
  if (!labelled) return false;
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer_->transaction());
  GESTA_ASSIGN_OR_RETURN(const auto owner, transaction->GetJobRecord(OwnerKey(dataset)));
  return owner.value_or("") != job_;
}

Result<std::vector<NodeId>> KnowledgeGraph::ActionsByText(std::string_view dataset,
                                                          std::string_view text) {
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer_->transaction());
  GESTA_ASSIGN_OR_RETURN(const auto cursor,
                         transaction->ScanIndex(action_text_, Prefix({Value::String(text)})));
  std::vector<std::pair<int64_t, NodeId>> found;
  NodeId ids[64];
  while (true) {
    GESTA_ASSIGN_OR_RETURN(const size_t n, cursor->Next(ids, std::size(ids)));
    if (n == 0) break;
    for (size_t i = 0; i < n; ++i) {
      GESTA_ASSIGN_OR_RETURN(const Value name,
                             transaction->GetNodeProperty(ids[i], action_.key[0]));
      if (name.type() != ValueType::kString || name.AsString() != dataset) continue;
      GESTA_ASSIGN_OR_RETURN(const Value index, transaction->GetNodeProperty(ids[i], index_));
      found.emplace_back(index.type() == ValueType::kInteger ? index.AsInteger() : 0, ids[i]);
    }
  }
  std::sort(found.begin(), found.end());
  std::vector<NodeId> actions;
  for (const auto& [index, id] : found) actions.push_back(id);
  return actions;
}

// -- verbs --

void KnowledgeGraph::UseClassTree(const std::vector<std::string>& classes,
                                  const std::vector<std::pair<std::string, std::string>>& parents) {
  for (const std::string& name : classes) tree_[name];
  for (const auto& [child, parent] : parents) tree_[child].push_back(parent);
}

Result<FoundNode> KnowledgeGraph::VerbClass(const std::string& name, const Facts& facts) {
  GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties, Properties(facts));
  GESTA_ASSIGN_OR_RETURN(const FoundNode found,
                         writer_->Upsert(class_, {Value::String(name)}, properties));
  GESTA_RETURN_IF_ERROR(Ancestors(name, found.id));
  return found;
}

Status KnowledgeGraph::Ancestors(const std::string& name, NodeId node) {
  std::vector<std::pair<std::string, NodeId>> open = {{name, node}};
  while (!open.empty()) {
    const auto [child, child_node] = std::move(open.back());
    open.pop_back();
    if (!classes_.insert(child).second) continue;
    std::vector<std::string> parents;
    const auto in_tree = tree_.find(child);
    if (in_tree != tree_.end()) {
      parents = in_tree->second;
    } else if (std::string parent = ParentClassName(child); !parent.empty()) {
      parents.push_back(std::move(parent));
    }
    for (std::string& parent : parents) {
      GESTA_ASSIGN_OR_RETURN(const FoundNode parent_node,
                             writer_->Upsert(class_, {Value::String(parent)}, {}));
      GESTA_RETURN_IF_ERROR(writer_->Upsert(child_node, parent_, parent_node.id, {}, {}).status());
      open.emplace_back(std::move(parent), parent_node.id);
    }
  }
  return Status::Ok();
}

Result<FoundNode> KnowledgeGraph::Verb(const std::string& class_name, const std::string& lemma,
                                       const Facts& facts) {
  GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties, Properties(facts));
  GESTA_ASSIGN_OR_RETURN(const FoundNode member_of, VerbClass(class_name));
  GESTA_ASSIGN_OR_RETURN(
      const FoundNode verb,
      writer_->Upsert(verb_, {Value::String(class_name), Value::String(lemma)}, properties));
  GESTA_RETURN_IF_ERROR(writer_->Upsert(verb.id, member_of_, member_of.id, {}, {}).status());
  return verb;
}

Result<std::optional<NodeId>> KnowledgeGraph::FindVerb(const std::string& class_name,
                                                       const std::string& lemma) {
  return writer_->Find(verb_, {Value::String(class_name), Value::String(lemma)});
}

Result<std::optional<NodeId>> KnowledgeGraph::FindVerbClass(const std::string& name) {
  return writer_->Find(class_, {Value::String(name)});
}

// -- mappings --

Result<FoundNode> KnowledgeGraph::Run(const std::string& id, std::string_view method,
                                      const std::string& dataset, const Facts& facts) {
  Facts all = {{"method", Value::String(method)},
               {"dataset", Value::String(dataset)},
               {"state", Value::String("finished")}};
  all.insert(all.end(), facts.begin(), facts.end());
  GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties, Properties(all));
  // Whoever undoes the run may ingest it again.
  GESTA_ASSIGN_OR_RETURN(Transaction* const transaction, writer_->transaction());
  GESTA_RETURN_IF_ERROR(PutRunJob(*transaction, id, writer_->manifest().Key()));
  return writer_->Upsert(run_, {Value::String(id)}, properties, IfFound::kKeep);
}

Result<FoundRelationship> KnowledgeGraph::Map(const Dataset& dataset, NodeId action, NodeId target,
                                              const Mapping& mapping) {
  std::vector<Property> properties = {{run_key_, Value::String(mapping.run)}};
  if (mapping.rank > 0) properties.push_back({rank_, Value::Integer(mapping.rank)});
  if (mapping.count > 0) properties.push_back({count_, Value::Integer(mapping.count)});
  if (!mapping.kind.empty()) properties.push_back({kind_, Value::String(mapping.kind)});
  if (!mapping.annotator.empty()) {
    properties.push_back({annotator_, Value::String(mapping.annotator)});
  }
  if (mapping.method == dataset.mapping) properties.push_back({preferred_, Value::Boolean(true)});
  // What is there already stays: it is the same mapping, or a person has changed it.
  return writer_->Upsert(action, maps_to_, target,
                         {{method_, Value::String(mapping.method)}, {model_, Value::Null()}},
                         properties, IfFound::kKeep);
}

// -- body parts and images --

Result<FoundNode> KnowledgeGraph::BodyPart(const std::string& name) {
  return writer_->Upsert(part_, {Value::String(name)}, {});
}

Result<FoundNode> KnowledgeGraph::PartState(const std::string& name, int64_t index, NodeId part) {
  GESTA_ASSIGN_OR_RETURN(const FoundNode state, writer_->Upsert(state_, {Value::String(name)},
                                                                {{index_, Value::Integer(index)}}));
  GESTA_RETURN_IF_ERROR(writer_->Upsert(state.id, of_, part, {}, {}).status());
  return state;
}

Result<FoundNode> KnowledgeGraph::Image(const Dataset& dataset, std::string_view uri) {
  GESTA_ASSIGN_OR_RETURN(
      const FoundNode image,
      writer_->Upsert(image_, {Value::String(dataset.name), Value::String(uri)}, {}));
  GESTA_RETURN_IF_ERROR(writer_->Upsert(image.id, in_, dataset.node, {}, {}).status());
  return image;
}

Status KnowledgeGraph::Shows(NodeId image, NodeId target) {
  return writer_->Upsert(image, shows_, target, {}, {}).status();
}

}  // namespace gesta::ingest
