#include "derive/involves.h"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <tuple>
#include <unordered_set>

#include "functions/errors.h"

namespace gesta {
namespace {

constexpr size_t kIdsAtOnce = 1024;

// What was counted, by ids of nodes, and what it was counted from.
struct Counts {
  RelId next = 0;  // relationships below it are counted
  // How many of each type lie below `next`: fewer of them later means that some were deleted.
  uint64_t states_below = 0;
  uint64_t shows_below = 0;
  std::map<NodeId, uint64_t> instances;                 // of an action
  std::map<std::pair<NodeId, NodeId>, uint64_t> pairs;  // of an action with a state
};

class Involves {
 public:
  Involves(EvaluationContext& context, std::string dataset)
      : context_(context),
        transaction_(*context.transaction()),
        dataset_(std::move(dataset)),
        record_("derive/involves/" + dataset_) {}

  Status Run() {
    FindNames();
    GESTA_RETURN_IF_ERROR(FindActions());
    if (instance_ != kNoName && shows_ != kNoName && has_state_ != kNoName) {
      GESTA_ASSIGN_OR_RETURN(incremental_, CountNew());
      if (!incremental_) GESTA_RETURN_IF_ERROR(CountAll());
    } else {
      counts_ = {};
    }
    GESTA_RETURN_IF_ERROR(WriteRelationships());
    return WriteRecord();
  }

  int64_t relationships() const { return static_cast<int64_t>(counts_.pairs.size()); }
  int64_t looked_at() const { return static_cast<int64_t>(looked_at_); }
  bool incremental() const { return incremental_; }

 private:
  void FindNames() {
    const auto find = [&](NameKind kind, const char* name) {
      return transaction_.FindName(kind, name);
    };
    action_ = find(NameKind::kLabel, "Action");
    instance_ = find(NameKind::kLabel, "ActionInstance");
    shows_ = find(NameKind::kType, "SHOWS");
    has_state_ = find(NameKind::kType, "HAS_STATE");
    dataset_key_ = find(NameKind::kProperty, "dataset");
    index_key_ = find(NameKind::kProperty, "index");
    name_key_ = find(NameKind::kProperty, "name");
  }

  // Calls `visit` with each id of the cursor.
  template <typename Visit>
  Status ForEach(Result<std::unique_ptr<IdCursor>> opened, const Visit& visit) {
    if (!opened.ok()) return opened.status();
    std::vector<uint64_t> ids(kIdsAtOnce);
    while (true) {
      GESTA_RETURN_IF_ERROR(context_.CheckInterrupt());
      GESTA_ASSIGN_OR_RETURN(const size_t n, (*opened)->Next(ids.data(), ids.size()));
      if (n == 0) return {};
      for (size_t i = 0; i < n; ++i) GESTA_RETURN_IF_ERROR(visit(ids[i]));
    }
  }

  Status FindActions() {
    if (action_ != kNoName && dataset_key_ != kNoName) {
      const Value dataset = Value::String(dataset_);
      GESTA_RETURN_IF_ERROR(ForEach(transaction_.ScanLabel(action_), [&](NodeId id) -> Status {
        GESTA_ASSIGN_OR_RETURN(const Value of, transaction_.GetNodeProperty(id, dataset_key_));
        if (Equivalent(of, dataset)) actions_.insert(id);
        return {};
      }));
    }
    if (!actions_.empty()) return {};
    return Status(StatusCode::kNotFound, "there are no actions of a dataset '" + dataset_ + "'",
                  "MATCH (d:Dataset) RETURN d.name lists the datasets");
  }

  // -- counting --

  // One instance. Of its relationships those below `from` are counted already.
  Status CountInstance(NodeId instance, RelId from) {
    edges_.clear();
    GESTA_RETURN_IF_ERROR(
        transaction_.Expand(instance, Direction::kOut, {shows_, has_state_}, {}, &edges_));
    // By far end, the first relationship first: of several to one node the first one counts.
    std::sort(edges_.begin(), edges_.end(), [](const Edge& a, const Edge& b) {
      return std::tie(a.type, a.other, a.rel) < std::tie(b.type, b.other, b.rel);
    });
    for (const Edge& edge : edges_) counts_.next = std::max(counts_.next, edge.rel + 1);
    edges_.erase(std::unique(edges_.begin(), edges_.end(),
                             [](const Edge& a, const Edge& b) {
                               return a.type == b.type && a.other == b.other;
                             }),
                 edges_.end());
    for (const Edge& shown : edges_) {
      if (shown.type != shows_ || actions_.count(shown.other) == 0) continue;
      if (shown.rel >= from) ++counts_.instances[shown.other];
      for (const Edge& state : edges_) {
        if (state.type != has_state_ || (shown.rel < from && state.rel < from)) continue;
        ++counts_.pairs[{shown.other, state.other}];
      }
    }
    ++looked_at_;
    return {};
  }

  Status CountAll() {
    counts_ = {};
    GESTA_RETURN_IF_ERROR(ForEach(transaction_.ScanLabel(instance_),
                                  [&](NodeId id) { return CountInstance(id, 0); }));
    return CountBelow();
  }

  // How many relationships of each type lie below counts_.next.
  Status CountBelow() {
    const auto below = [&](NameId type, uint64_t* count) -> Status {
      *count = transaction_.GetStatistics().TypeCount(type);
      return ForEach(transaction_.ScanTypeFrom(type, counts_.next), [&](RelId) -> Status {
        --*count;
        return {};
      });
    };
    GESTA_RETURN_IF_ERROR(below(has_state_, &counts_.states_below));
    return below(shows_, &counts_.shows_below);
  }

  // Adds to the counts of the last call what has come since then. False: they cannot be used.
  Result<bool> CountNew() {
    GESTA_ASSIGN_OR_RETURN(std::optional<Counts> last, ReadRecord());
    if (!last) return false;
    std::vector<RelId> relationships;
    for (const auto& [type, below] :
         {std::pair(has_state_, last->states_below), std::pair(shows_, last->shows_below)}) {
      const uint64_t now = transaction_.GetStatistics().TypeCount(type);
      // Deleted ones, or more new ones than old ones: then it is no less work to count all.
      if (now < below || now - below > below) return false;
      const size_t before = relationships.size();
      GESTA_RETURN_IF_ERROR(
          ForEach(transaction_.ScanTypeFrom(type, last->next), [&](RelId id) -> Status {
            relationships.push_back(id);
            return {};
          }));
      if (relationships.size() - before != now - below) return false;
    }
    std::vector<NodeId> instances;
    instances.reserve(relationships.size());
    for (const RelId id : relationships) {
      GESTA_ASSIGN_OR_RETURN(const RelationshipRecord record, transaction_.GetRelationship(id));
      instances.push_back(record.start);
    }
    std::sort(instances.begin(), instances.end());
    instances.erase(std::unique(instances.begin(), instances.end()), instances.end());
    const RelId from = last->next;
    counts_ = *std::move(last);
    for (const NodeId instance : instances) {
      if (looked_at_ % kIdsAtOnce == 0) GESTA_RETURN_IF_ERROR(context_.CheckInterrupt());
      // Segments show actions too.
      GESTA_ASSIGN_OR_RETURN(const bool is_instance, transaction_.HasLabel(instance, instance_));
      if (is_instance) GESTA_RETURN_IF_ERROR(CountInstance(instance, from));
    }
    GESTA_RETURN_IF_ERROR(CountBelow());
    return true;
  }

  // -- the relationships --

  Status WriteRelationships() {
    GESTA_ASSIGN_OR_RETURN(const NameId involves,
                           transaction_.GetOrCreateName(NameKind::kType, "INVOLVES"));
    GESTA_ASSIGN_OR_RETURN(count_key_, transaction_.GetOrCreateName(NameKind::kProperty, "count"));
    GESTA_ASSIGN_OR_RETURN(share_key_, transaction_.GetOrCreateName(NameKind::kProperty, "share"));
    std::map<std::pair<NodeId, NodeId>, RelId> present;
    for (const NodeId action : actions_) {
      edges_.clear();
      GESTA_RETURN_IF_ERROR(transaction_.Expand(action, Direction::kOut, {involves}, {}, &edges_));
      for (const Edge& edge : edges_) present.emplace(std::pair(action, edge.other), edge.rel);
    }
    for (const auto& [pair, count] : counts_.pairs) {
      const double share =
          static_cast<double>(count) / static_cast<double>(counts_.instances[pair.first]);
      const std::vector<Property> properties = {
          {count_key_, Value::Integer(static_cast<int64_t>(count))},
          {share_key_, Value::Float(share)}};
      const auto at = present.find(pair);
      if (at == present.end()) {
        GESTA_RETURN_IF_ERROR(
            transaction_.CreateRelationship(pair.first, involves, pair.second, properties)
                .status());
        continue;
      }
      for (const Property& property : properties) {
        GESTA_ASSIGN_OR_RETURN(const Value now,
                               transaction_.GetRelationshipProperty(at->second, property.key));
        if (Equivalent(now, property.value)) continue;
        GESTA_RETURN_IF_ERROR(
            transaction_.SetRelationshipProperty(at->second, property.key, property.value));
      }
      present.erase(at);
    }
    // What was derived once and has no instance any more; what people made has no count.
    for (const auto& [pair, rel] : present) {
      GESTA_ASSIGN_OR_RETURN(const Value count,
                             transaction_.GetRelationshipProperty(rel, count_key_));
      if (!count.IsNull()) GESTA_RETURN_IF_ERROR(transaction_.DeleteRelationship(rel));
    }
    return {};
  }

  // -- the record of the last call: numbers, and lines about actions and states --
  //
  //   1 next states_below shows_below
  //   action ID INSTANCES INDEX
  //   state ID NAME
  //   pair ACTION STATE COUNT
  //
  // Index and name tell whether the ids are still those of the same nodes, which they are not in a
  // store that was made from another one.

  Result<std::string> Identity(NodeId node, NameId key) {
    if (key == kNoName) return std::string("-");
    GESTA_ASSIGN_OR_RETURN(const bool exists, transaction_.NodeExists(node));
    if (!exists) return std::string("-");
    GESTA_ASSIGN_OR_RETURN(const Value value, transaction_.GetNodeProperty(node, key));
    return ToText(value, /*quote=*/true);
  }

  Status WriteRecord() {
    std::ostringstream text;
    text << "1 " << counts_.next << ' ' << counts_.states_below << ' ' << counts_.shows_below
         << '\n';
    for (const auto& [action, instances] : counts_.instances) {
      GESTA_ASSIGN_OR_RETURN(const std::string index, Identity(action, index_key_));
      text << "action " << action << ' ' << instances << ' ' << index << '\n';
    }
    std::unordered_set<NodeId> states;
    for (const auto& [pair, count] : counts_.pairs) {
      if (states.insert(pair.second).second) {
        GESTA_ASSIGN_OR_RETURN(const std::string name, Identity(pair.second, name_key_));
        text << "state " << pair.second << ' ' << name << '\n';
      }
      text << "pair " << pair.first << ' ' << pair.second << ' ' << count << '\n';
    }
    return transaction_.PutJobRecord(record_, text.str());
  }

  Result<std::optional<Counts>> ReadRecord() {
    GESTA_ASSIGN_OR_RETURN(const std::optional<std::string> record,
                           transaction_.GetJobRecord(record_));
    if (!record) return std::optional<Counts>();
    std::istringstream text(*record);
    Counts counts;
    int version = 0;
    text >> version >> counts.next >> counts.states_below >> counts.shows_below;
    if (version != 1) return std::optional<Counts>();
    std::string kind;
    while (text >> kind) {
      NodeId node = 0;
      text >> node;
      if (kind == "pair") {
        NodeId state = 0;
        uint64_t count = 0;
        text >> state >> count;
        counts.pairs[{node, state}] = count;
      } else if (kind == "action" || kind == "state") {
        if (kind == "action") text >> counts.instances[node];
        std::string identity;
        text.get();
        std::getline(text, identity);
        GESTA_ASSIGN_OR_RETURN(const std::string now,
                               Identity(node, kind == "action" ? index_key_ : name_key_));
        if (now != identity || (kind == "action" && actions_.count(node) == 0)) {
          return std::optional<Counts>();
        }
      }
      if (!text) return std::optional<Counts>();
    }
    return std::optional<Counts>(std::move(counts));
  }

  EvaluationContext& context_;
  Transaction& transaction_;
  const std::string dataset_;
  const std::string record_;
  NameId action_ = kNoName, instance_ = kNoName, shows_ = kNoName, has_state_ = kNoName;
  NameId dataset_key_ = kNoName, index_key_ = kNoName, name_key_ = kNoName;
  NameId count_key_ = kNoName, share_key_ = kNoName;
  std::unordered_set<NodeId> actions_;
  Counts counts_;
  uint64_t looked_at_ = 0;
  bool incremental_ = false;
  std::vector<Edge> edges_;  // scratch
};

Status DeriveInvolves(EvaluationContext& context, const std::vector<Value>& arguments,
                      std::vector<std::vector<Value>>* rows) {
  if (arguments[0].type() != ValueType::kString) {
    return WrongArgument("derive.involves", "a dataset's name", arguments[0]);
  }
  Involves involves(context, std::string(arguments[0].AsString()));
  GESTA_RETURN_IF_ERROR(involves.Run());
  rows->push_back({arguments[0], Value::Integer(involves.relationships()),
                   Value::Integer(involves.looked_at()), Value::Boolean(involves.incremental())});
  return {};
}

}  // namespace

void RegisterDerivingProcedures(ProcedureRegistry& registry) {
  Procedure involves;
  involves.name = "derive.involves";
  involves.arguments = {{"dataset", "STRING"}};
  involves.required_arguments = 1;
  involves.results = {{"dataset", "STRING"},
                      {"relationships", "INTEGER"},
                      {"instances", "INTEGER"},
                      {"incremental", "BOOLEAN"}};
  involves.writes = true;
  involves.body = DeriveInvolves;
  involves.summary = "counts which states of body parts a dataset's actions involve";
  registry.Add(std::move(involves));
}

}  // namespace gesta
