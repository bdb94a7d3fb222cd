#include "align/mapping.h"

#include <algorithm>
#include <map>
#include <set>

#include "align/collected.h"
#include "align/mapping_graph.h"
#include "align/options.h"
#include "align/run_journal.h"
#include "functions/errors.h"
#include "gesta/run_records.h"

namespace gesta {
namespace {

using align::FindMapping;
using align::MappingKey;
using align::NodesWith;
using align::RunJournal;

Result<std::string> TextArgument(const Value& value, std::string_view procedure,
                                 std::string_view what) {
  if (value.type() == ValueType::kString && !value.AsString().empty()) {
    return std::string(value.AsString());
  }
  return TypeError("InvalidArgumentType", std::string(procedure) + " needs " + std::string(what) +
                                              " as a string, not " + TypeInWords(value));
}

Status Missing(std::string message, std::string_view name, const std::vector<std::string>& known,
               std::string hint) {
  const std::string nearest = NearestName(name, known);
  return StatementError(StatusCode::kNotFound, "ProcedureError", "NotFound", std::move(message),
                        nearest.empty() ? std::move(hint) : "did you mean '" + nearest + "'?");
}

std::string Joined(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// -- mapping.prefer --

// The mappings of a data set's labels.
Result<std::vector<RelId>> MappingsOf(Transaction& transaction, NodeId dataset) {
  std::vector<RelId> mappings;
  const NameId in = transaction.FindName(NameKind::kType, align::kInDataset);
  const NameId maps_to = transaction.FindName(NameKind::kType, align::kMapsTo);
  if (in == kNoName || maps_to == kNoName) return mappings;
  std::vector<Edge> labels;
  GESTA_RETURN_IF_ERROR(transaction.Expand(dataset, Direction::kIn, {in}, {}, &labels));
  std::vector<Edge> edges;
  for (const Edge& label : labels) {
    edges.clear();
    GESTA_RETURN_IF_ERROR(transaction.Expand(label.other, Direction::kOut, {maps_to}, {}, &edges));
    for (const Edge& edge : edges) mappings.push_back(edge.rel);
  }
  return mappings;
}

Status Prefer(EvaluationContext& context, const std::vector<Value>& arguments,
              std::vector<std::vector<Value>>* rows) {
  Transaction& transaction = *context.transaction();
  GESTA_ASSIGN_OR_RETURN(const std::string dataset,
                         TextArgument(arguments[0], "mapping.prefer", "a dataset's name"));
  GESTA_ASSIGN_OR_RETURN(const std::string method,
                         TextArgument(arguments[1], "mapping.prefer", "a method"));
  GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> nodes,
                         NodesWith(transaction, align::kDatasetLabel, "name", dataset));
  if (nodes.empty()) {
    GESTA_ASSIGN_OR_RETURN(const auto datasets, align::ReadDatasets(transaction));
    std::vector<std::string> known;
    for (const auto& [name, facts] : datasets) known.push_back(name);
    return Missing("there is no dataset '" + dataset + "'", dataset, known,
                   "MATCH (d:Dataset) RETURN d.name lists them");
  }
  GESTA_ASSIGN_OR_RETURN(const std::vector<RelId> mappings, MappingsOf(transaction, nodes.front()));
  std::vector<RelId> chosen;
  std::vector<RelId> others;
  std::set<std::string> methods;
  for (const RelId rel : mappings) {
    GESTA_ASSIGN_OR_RETURN(const MappingKey key, align::ReadMappingKey(transaction, rel));
    methods.insert(key.method);
    (key.method == method ? chosen : others).push_back(rel);
  }
  if (chosen.empty()) {
    return Missing("the labels of '" + dataset + "' have no mappings of method '" + method + "'",
                   method, {methods.begin(), methods.end()},
                   methods.empty() ? "" : "they have " + Joined(methods));
  }
  GESTA_ASSIGN_OR_RETURN(const NameId mapping_key,
                         transaction.GetOrCreateName(NameKind::kProperty, "mapping"));
  GESTA_ASSIGN_OR_RETURN(const NameId preferred_key,
                         transaction.GetOrCreateName(NameKind::kProperty, "preferred"));
  GESTA_RETURN_IF_ERROR(
      transaction.SetNodeProperty(nodes.front(), mapping_key, Value::String(method)));
  for (const RelId rel : chosen) {
    GESTA_RETURN_IF_ERROR(
        transaction.SetRelationshipProperty(rel, preferred_key, Value::Boolean(true)));
  }
  for (const RelId rel : others) {
    GESTA_RETURN_IF_ERROR(transaction.SetRelationshipProperty(rel, preferred_key, Value()));
  }
  rows->push_back({Value::String(dataset), Value::String(method),
                   Value::Integer(static_cast<int64_t>(chosen.size()))});
  return {};
}

// -- run.undo --

// Takes one run back. What a run owns: the relationships that carry its id in `run`, the nodes that
// it has made, its AlignmentRun node, and its records.
class RunUndo {
 public:
  RunUndo(Transaction* transaction, std::string run)
      : transaction_(*transaction), run_(std::move(run)), preferred_(transaction) {}

  Status Execute() {
    GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> nodes,
                           NodesWith(transaction_, align::kRunLabel, "id", run_));
    if (nodes.empty()) {
      return Missing("there is no run '" + run_ + "'", run_, {},
                     "MATCH (r:AlignmentRun) RETURN r.id, r.method, r.started lists them");
    }
    known_runs_[run_] = false;
    GESTA_ASSIGN_OR_RETURN(const RunJournal::Content journal, RunJournal::Read(transaction_, run_));
    for (const RunJournal::Update& update : journal.updates) {
      GESTA_RETURN_IF_ERROR(Restore(update));
    }
    GESTA_RETURN_IF_ERROR(RemoveOwn(journal));
    for (const RunJournal::Removal& removal : journal.removals) {
      GESTA_RETURN_IF_ERROR(Restore(removal));
    }
    GESTA_RETURN_IF_ERROR(RemoveNodes(journal));
    for (const NodeId node : nodes) {
      GESTA_RETURN_IF_ERROR(transaction_.DeleteNode(node, /*detach=*/true));
    }
    return DeleteRunRecords(transaction_, run_);
  }

  uint64_t removed() const { return removed_; }
  uint64_t restored() const { return restored_; }

 private:
  // Former states of runs that have been undone themselves do not come back.
  Result<bool> MayComeBack(const align::NamedProperties& before) {
    const Value* run = align::FindProperty(before, "run");
    if (!run || run->type() != ValueType::kString) return true;
    const std::string id(run->AsString());
    auto known = known_runs_.find(id);
    if (known == known_runs_.end()) {
      GESTA_ASSIGN_OR_RETURN(const std::vector<NodeId> nodes,
                             NodesWith(transaction_, align::kRunLabel, "id", id));
      known = known_runs_.emplace(id, !nodes.empty()).first;
    }
    return known->second;
  }

  // The properties with `preferred` as it is right for the label today.
  Result<std::vector<Property>> Prepared(NodeId label, std::string_view type,
                                         align::NamedProperties before) {
    before.erase(std::remove_if(before.begin(), before.end(),
                                [](const auto& entry) { return entry.first == "preferred"; }),
                 before.end());
    if (type == align::kMapsTo) {
      GESTA_ASSIGN_OR_RETURN(const std::string preferred, preferred_.Of(label));
      const Value* method = align::FindProperty(before, "method");
      if (method && method->type() == ValueType::kString && !preferred.empty() &&
          method->AsString() == preferred) {
        before.emplace_back("preferred", Value::Boolean(true));
      }
    }
    return align::ToProperties(transaction_, before);
  }

  Status Restore(const RunJournal::Update& update) {
    GESTA_ASSIGN_OR_RETURN(const bool exists, transaction_.RelationshipExists(update.rel));
    if (!exists) return {};
    GESTA_ASSIGN_OR_RETURN(const std::string owner,
                           align::RelationshipString(transaction_, update.rel, "run"));
    GESTA_ASSIGN_OR_RETURN(const bool may, MayComeBack(update.before));
    if (owner != run_ || !may) return {};
    GESTA_ASSIGN_OR_RETURN(const RelationshipRecord record,
                           transaction_.GetRelationship(update.rel));
    GESTA_ASSIGN_OR_RETURN(
        const std::vector<Property> properties,
        Prepared(record.start, transaction_.Name(NameKind::kType, record.type), update.before));
    ++restored_;
    return transaction_.ReplaceRelationshipProperties(update.rel, properties);
  }

  Status Restore(const RunJournal::Removal& removal) {
    GESTA_ASSIGN_OR_RETURN(const bool has_start, transaction_.NodeExists(removal.start));
    GESTA_ASSIGN_OR_RETURN(const bool has_end, transaction_.NodeExists(removal.end));
    GESTA_ASSIGN_OR_RETURN(const bool may, MayComeBack(removal.before));
    if (!has_start || !has_end || !may) return {};
    GESTA_ASSIGN_OR_RETURN(const NameId type,
                           transaction_.GetOrCreateName(NameKind::kType, removal.type));
    MappingKey key;
    const Value* method = align::FindProperty(removal.before, "method");
    const Value* model = align::FindProperty(removal.before, "model");
    if (method && method->type() == ValueType::kString) key.method = method->AsString();
    if (model && model->type() == ValueType::kString) key.model = model->AsString();
    // A later run may have made the same mapping again.
    GESTA_ASSIGN_OR_RETURN(const auto present,
                           FindMapping(transaction_, removal.start, type, removal.end, key));
    if (present) return {};
    GESTA_ASSIGN_OR_RETURN(const std::vector<Property> properties,
                           Prepared(removal.start, removal.type, removal.before));
    ++restored_;
    return transaction_.CreateRelationship(removal.start, type, removal.end, properties).status();
  }

  // Removes the relationships that still carry the run's id.
  Status RemoveOwn(const RunJournal::Content& journal) {
    const NameId run_key = transaction_.FindName(NameKind::kProperty, "run");
    if (run_key == kNoName) return {};
    // A run that kept a journal says there which types it wrote; others may have written any.
    std::vector<std::string> types =
        journal.exists ? journal.types : transaction_.Names(NameKind::kType);
    for (const std::string& name : types) {
      const NameId type = transaction_.FindName(NameKind::kType, name);
      if (type == kNoName) continue;
      GESTA_ASSIGN_OR_RETURN(const std::vector<RelId> own, OwnOfType(type, run_key));
      for (const RelId rel : own) GESTA_RETURN_IF_ERROR(transaction_.DeleteRelationship(rel));
      removed_ += own.size();
    }
    return {};
  }

  // Counts the relationships that go.
  Status RemoveNodes(const RunJournal::Content& journal) {
    for (const NodeId node : journal.nodes) {
      GESTA_ASSIGN_OR_RETURN(const bool exists, transaction_.NodeExists(node));
      if (!exists) continue;
      GESTA_ASSIGN_OR_RETURN(const uint64_t degree,
                             transaction_.Degree(node, Direction::kBoth, {}));
      GESTA_RETURN_IF_ERROR(transaction_.DeleteNode(node, /*detach=*/true));
      removed_ += degree;
    }
    for (const NodeId node : journal.shared_nodes) {
      GESTA_ASSIGN_OR_RETURN(const bool exists, transaction_.NodeExists(node));
      if (!exists) continue;
      GESTA_ASSIGN_OR_RETURN(const uint64_t degree,
                             transaction_.Degree(node, Direction::kBoth, {}));
      if (degree == 0) GESTA_RETURN_IF_ERROR(transaction_.DeleteNode(node, /*detach=*/false));
    }
    return {};
  }

  Result<std::vector<RelId>> OwnOfType(NameId type, NameId run_key) {
    const Value run = Value::String(run_);
    std::unique_ptr<IdCursor> cursor;
    for (const IndexInfo& index : transaction_.Indexes()) {
      if (index.entity == EntityKind::kRelationship && index.label == type &&
          index.properties == std::vector<NameId>{run_key}) {
        IndexRange range;
        range.lower = IndexRange::Bound{{run}, true};
        range.upper = range.lower;
        GESTA_ASSIGN_OR_RETURN(cursor, transaction_.ScanIndex(index.id, range));
        break;
      }
    }
    if (!cursor) {
      GESTA_ASSIGN_OR_RETURN(cursor, transaction_.ScanType(type));
    }
    std::vector<RelId> own;
    std::vector<uint64_t> part(1024);
    while (true) {
      GESTA_ASSIGN_OR_RETURN(const size_t n, cursor->Next(part.data(), part.size()));
      if (n == 0) return own;
      for (size_t i = 0; i < n; ++i) {
        GESTA_ASSIGN_OR_RETURN(const Value value,
                               transaction_.GetRelationshipProperty(part[i], run_key));
        if (Equivalent(value, run)) own.push_back(part[i]);
      }
    }
  }

  Transaction& transaction_;
  const std::string run_;
  align::PreferredMethods preferred_;
  std::map<std::string, bool> known_runs_;  // whether the run still exists
  uint64_t removed_ = 0;
  uint64_t restored_ = 0;
};

Status Undo(EvaluationContext& context, const std::vector<Value>& arguments,
            std::vector<std::vector<Value>>* rows) {
  GESTA_ASSIGN_OR_RETURN(const std::string run,
                         TextArgument(arguments[0], "run.undo", "a run's id"));
  RunUndo undo(context.transaction(), run);
  GESTA_RETURN_IF_ERROR(undo.Execute());
  rows->push_back({Value::String(run), Value::Integer(static_cast<int64_t>(undo.removed())),
                   Value::Integer(static_cast<int64_t>(undo.restored()))});
  return {};
}

}  // namespace

void RegisterMappingProcedures(ProcedureRegistry& registry) {
  Procedure prefer;
  prefer.name = "mapping.prefer";
  prefer.arguments = {{"dataset", "STRING"}, {"method", "STRING"}};
  prefer.required_arguments = 2;
  prefer.results = {{"dataset", "STRING"}, {"method", "STRING"}, {"mappings", "INTEGER"}};
  prefer.writes = true;
  prefer.body = Prefer;
  prefer.summary = "makes a method's mappings the preferred ones of a dataset";
  registry.Add(std::move(prefer));

  Procedure undo;
  undo.name = "run.undo";
  undo.arguments = {{"id", "STRING"}};
  undo.required_arguments = 1;
  undo.results = {{"run", "STRING"}, {"removed", "INTEGER"}, {"restored", "INTEGER"}};
  undo.writes = true;
  undo.body = Undo;
  undo.summary = "removes what a run wrote, and restores the mappings it replaced";
  registry.Add(std::move(undo));
}

}  // namespace gesta
