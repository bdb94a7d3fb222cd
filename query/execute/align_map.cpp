// MAP: writes mappings with their provenance.
//
// A mapping's identity is (source, type, target, method, model). Method and model are properties of
// the clause, or come from the ALIGN clause before it. A row creates its mapping, or updates the
// one of that identity: properties that the clause gives are set, rank and score of a former run
// go, and what else is there (a person's kind or verdict) stays. Each mapping is stamped with the
// AlignmentRun of its method in this statement. When the input ends, the former mappings of the
// same source, type, method and model that the run did not write are removed; a person's (method
// 'human') never are, and a statement with ALIGN cannot write them.
#include <map>
#include <set>

#include "align/alignment_run.h"
#include "align/collected.h"
#include "align/json_text.h"
#include "align/mapping_graph.h"
#include "execute/align_chain.h"
#include "execute/build.h"
#include "execute/rows.h"
#include "execute/write.h"
#include "functions/errors.h"

namespace gesta::execute {
namespace {

using align::AlignmentRun;
using align::MappingKey;
using align::NamedProperties;

// The nearest ALIGN below; null: none.
const OpAlign* FindAlign(const LogicalOp& op) {
  for (const LogicalOp* below = &op; !below->children.empty();) {
    below = below->children.front().get();
    if (const auto* align = std::get_if<OpAlign>(&below->node)) return align;
  }
  return nullptr;
}

// Of properties with the same key the last one counts.
void KeepLastOfEach(std::vector<Property>* properties) {
  for (size_t i = 0; i < properties->size();) {
    const auto later = properties->begin() + static_cast<ptrdiff_t>(i) + 1;
    const NameId key = (*properties)[i].key;
    if (std::any_of(later, properties->end(), [key](const Property& p) { return p.key == key; })) {
      properties->erase(later - 1);
    } else {
      ++i;
    }
  }
}

void DropNulls(std::vector<Property>* properties) {
  properties->erase(std::remove_if(properties->begin(), properties->end(),
                                   [](const Property& p) { return p.value.IsNull(); }),
                    properties->end());
}

// What the ALIGN clause before MAP gives to its runs.
struct Provenance {
  std::string method;  // empty: there is no ALIGN
  std::string model;
  std::string aligners = "[]";  // JSON
};

class MapOperator : public UnaryOperator {
 public:
  MapOperator(const LogicalOp& op, OperatorPtr child, const OpMapRelationship& node,
              PropertyValues properties, SetItems set, Provenance provenance, BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context),
        map_(node.map),
        properties_(std::move(properties)),
        set_(std::move(set)),
        provenance_(std::move(provenance)),
        preferred_(env.context->transaction()) {}

  Status Next(Batch* out) override {
    GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
    GESTA_RETURN_IF_ERROR(child_->Next(out));
    if (out->rows == 0) return ClassifyWriteError(RemoveFormer());
    GESTA_RETURN_IF_ERROR(FindNames());
    const Rows all = Rows::All(out->rows);
    GESTA_RETURN_IF_ERROR(properties_.Eval(*out, all));
    out->columns[map_.rel].resize(out->rows);
    for (uint32_t row = 0; row < out->rows; ++row) {
      GESTA_RETURN_IF_ERROR(ClassifyWriteError(MapRow(out, row)));
    }
    KeepColumns(live_, out);
    return {};
  }

 private:
  Status FindNames() {
    Transaction& transaction = *context_->transaction();
    GESTA_ASSIGN_OR_RETURN(type_, transaction.GetOrCreateName(NameKind::kType, map_.type));
    for (const auto& [key, name] : {std::pair<NameId*, const char*>{&method_key_, "method"},
                                    {&model_key_, "model"},
                                    {&run_key_, "run"},
                                    {&rank_key_, "rank"},
                                    {&score_key_, "score"},
                                    {&preferred_key_, "preferred"}}) {
      GESTA_ASSIGN_OR_RETURN(*key, transaction.GetOrCreateName(NameKind::kProperty, name));
    }
    return {};
  }

  Result<NodeId> End(const Batch& batch, Slot slot, uint32_t row) const {
    const Value& value = batch.columns[slot][row];
    if (value.type() == ValueType::kNode) return value.EntityId();
    return TypeError("InvalidArgumentType",
                     "a mapping needs a node at each end, and one is " + TypeInWords(value),
                     "filter the rows without one, e.g. WHERE v IS NOT NULL");
  }

  // Takes method and model out of the row's properties, or else from the aligners.
  Result<MappingKey> TakeKey(std::vector<Property>* properties) const {
    MappingKey key{provenance_.method, provenance_.model};
    bool is_own = false;
    const auto take = [&](NameId id, std::string_view name, std::string* text) -> Status {
      for (auto property = properties->begin(); property != properties->end();) {
        if (property->key != id) {
          ++property;
          continue;
        }
        if (property->value.type() != ValueType::kString || property->value.AsString().empty()) {
          return TypeError("InvalidArgumentType", "the " + std::string(name) +
                                                      " of a mapping is a string, not " +
                                                      TypeInWords(property->value));
        }
        *text = property->value.AsString();
        is_own |= id == method_key_;
        property = properties->erase(property);
      }
      return {};
    };
    GESTA_RETURN_IF_ERROR(take(method_key_, "method", &key.method));
    GESTA_RETURN_IF_ERROR(take(model_key_, "model", &key.model));
    if (key.method.empty()) {
      return StatementError(StatusCode::kSemantic, "SemanticError", "MissingMethod",
                            "MAP does not know which method has made this mapping",
                            "put ALIGN before it, or say it: MAP (a)-[:" + QuoteName(map_.type) +
                                " {method: 'human', annotator: 'name'}]->(b)");
    }
    if (is_own && key.method == align::kHumanMethod && !provenance_.method.empty()) {
      return StatementError(StatusCode::kSemantic, "SemanticError", "HumanMapping",
                            "a statement that aligns cannot write mappings of method 'human'",
                            "persons' mappings are written by MAP without ALIGN");
    }
    return key;
  }

  Result<AlignmentRun*> RunOf(const MappingKey& key) {
    auto found = runs_.find(key);
    if (found == runs_.end()) {
      found = runs_.emplace(key, std::make_unique<AlignmentRun>(context_)).first;
      const std::string parameters =
          "{\"statement\": " + align::JsonQuote(context_->statement_text) +
          ", \"aligners\": " + provenance_.aligners + "}";
      GESTA_RETURN_IF_ERROR(found->second->Start(key.method, key.model, parameters));
      GESTA_RETURN_IF_ERROR(found->second->journal().WroteType(map_.type));
    }
    return found->second.get();
  }

  Status MapRow(Batch* batch, uint32_t row) {
    Transaction& transaction = *context_->transaction();
    GESTA_ASSIGN_OR_RETURN(const NodeId source, End(*batch, map_.from, row));
    GESTA_ASSIGN_OR_RETURN(const NodeId target, End(*batch, map_.to, row));
    GESTA_RETURN_IF_ERROR(properties_.Read(&transaction, row, &given_));
    GESTA_ASSIGN_OR_RETURN(const MappingKey key, TakeKey(&given_));
    GESTA_ASSIGN_OR_RETURN(AlignmentRun * run, RunOf(key));
    given_.push_back({method_key_, Value::String(key.method)});
    if (!key.model.empty()) given_.push_back({model_key_, Value::String(key.model)});
    given_.push_back({run_key_, Value::String(run->id())});
    if (map_.type == align::kMapsTo) {
      GESTA_ASSIGN_OR_RETURN(const std::string preferred, preferred_.Of(source));
      const bool is_preferred = !preferred.empty() && preferred == key.method;
      given_.push_back({preferred_key_, is_preferred ? Value::Boolean(true) : Value()});
    }
    KeepLastOfEach(&given_);
    GESTA_ASSIGN_OR_RETURN(std::optional<RelId> rel,
                           align::FindMapping(transaction, source, type_, target, key));
    if (rel) {
      GESTA_RETURN_IF_ERROR(Update(*rel, run));
    } else {
      DropNulls(&given_);
      GESTA_ASSIGN_OR_RETURN(rel, transaction.CreateRelationship(source, type_, target, given_));
    }
    batch->columns[map_.rel][row] = Value::Relationship(*rel);
    if (!set_.empty()) {
      GESTA_RETURN_IF_ERROR(set_.Run(*batch, Rows::One(row)));
      GESTA_ASSIGN_OR_RETURN(const MappingKey now, align::ReadMappingKey(transaction, *rel));
      if (!(now == key)) {
        return StatementError(StatusCode::kSemantic, "SemanticError", "MappingIdentity",
                              "SET on the relationship cannot change a mapping's method or model",
                              "write them in the pattern, as in MAP (a)-[:" + QuoteName(map_.type) +
                                  " {method: 'name'}]->(b)");
      }
    }
    if (key.method != align::kHumanMethod) written_.insert({key, source});
    return {};
  }

  Status Update(RelId rel, AlignmentRun* run) {
    Transaction& transaction = *context_->transaction();
    GESTA_ASSIGN_OR_RETURN(std::vector<Property> properties,
                           transaction.GetRelationshipProperties(rel));
    const bool is_own = std::any_of(properties.begin(), properties.end(), [&](const Property& p) {
      return p.key == run_key_ && Equivalent(p.value, Value::String(run->id()));
    });
    if (!is_own) {
      GESTA_RETURN_IF_ERROR(run->journal().Updated(rel, align::Named(transaction, properties)));
      if (!provenance_.method.empty()) {
        properties.push_back({rank_key_, Value()});
        properties.push_back({score_key_, Value()});
      }
    }
    properties.insert(properties.end(), given_.begin(), given_.end());
    KeepLastOfEach(&properties);
    DropNulls(&properties);
    return transaction.ReplaceRelationshipProperties(rel, properties);
  }

  // The input has ended: removes the former mappings of what was written, and ends the runs.
  Status RemoveFormer() {
    Transaction& transaction = *context_->transaction();
    std::vector<Edge> edges;
    for (const auto& [key, source] : written_) {
      AlignmentRun& run = *runs_.at(key);
      edges.clear();
      GESTA_RETURN_IF_ERROR(transaction.Expand(source, Direction::kOut, {type_}, {}, &edges));
      for (const Edge& edge : edges) {
        GESTA_ASSIGN_OR_RETURN(const MappingKey found,
                               align::ReadMappingKey(transaction, edge.rel));
        if (!(found == key)) continue;
        GESTA_ASSIGN_OR_RETURN(const NamedProperties before,
                               align::ReadNamedProperties(transaction, edge.rel));
        const Value* owner = align::FindProperty(before, "run");
        if (owner && Equivalent(*owner, Value::String(run.id()))) continue;
        GESTA_RETURN_IF_ERROR(run.journal().Removed({source, edge.other, type_}, before));
        GESTA_RETURN_IF_ERROR(transaction.DeleteRelationship(edge.rel));
      }
    }
    written_.clear();
    for (const auto& [key, run] : runs_) GESTA_RETURN_IF_ERROR(run->Finish());
    return {};
  }

  const BoundMapClause& map_;
  PropertyValues properties_;
  SetItems set_;
  const Provenance provenance_;
  align::PreferredMethods preferred_;
  NameId type_ = kNoName;
  NameId method_key_ = kNoName, model_key_ = kNoName, run_key_ = kNoName, rank_key_ = kNoName,
         score_key_ = kNoName, preferred_key_ = kNoName;
  std::map<MappingKey, std::unique_ptr<AlignmentRun>> runs_;  // kept from run to run of a subplan
  std::set<std::pair<MappingKey, NodeId>> written_;  // sources, since the last end of input
  std::vector<Property> given_;                      // of the current row
};

}  // namespace

Result<OperatorPtr> BuildMapRelationship(const OpMapRelationship& node, const LogicalOp& op,
                                         BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(
      PropertyValues properties,
      PropertyValues::Make(node.map.properties, /*refuse_null=*/false, env.context));
  GESTA_ASSIGN_OR_RETURN(SetItems set, SetItems::Make(node.map.set, env.context));
  Provenance provenance;
  provenance.method = node.method;
  const OpAlign* align = node.method.empty() ? nullptr : FindAlign(op);
  if (align) {
    GESTA_ASSIGN_OR_RETURN(const AlignChain chain, AlignChain::Make(*align, env.context));
    provenance.model = chain.model();
    provenance.aligners = chain.ParametersJson();
  }
  return OperatorPtr(std::make_unique<MapOperator>(op, std::move(child), node,
                                                   std::move(properties), std::move(set),
                                                   std::move(provenance), env));
}

}  // namespace gesta::execute
