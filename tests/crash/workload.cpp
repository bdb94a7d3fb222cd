#include "crash/workload.h"

#include <algorithm>
#include <utility>

namespace gesta::crash {
namespace {

// A writer that has more nodes deletes before it goes on, so that reading everything stays quick.
constexpr size_t kManyNodes = 600;

std::string NodeLine(const std::vector<std::string>& labels, const Map& properties) {
  NodeData data;
  data.labels = labels;
  data.properties = properties;
  return ToText(Value::Node(std::move(data)), true);
}

std::string RelationshipLine(const Value& from, const std::string& type, const Value& n,
                             const Value& to) {
  return "(" + ToText(from, true) + ")-[:" + type + " {n: " + ToText(n, true) + "}]->(" +
         ToText(to, true) + ")";
}

}  // namespace

bool Workload::Graph::Connected(int64_t id) const {
  return std::any_of(relationships.begin(), relationships.end(),
                     [&](const Relationship& r) { return r.from == id || r.to == id; });
}

void Workload::Graph::Delete(int64_t id) {
  nodes.erase(id);
  relationships.erase(
      std::remove_if(relationships.begin(), relationships.end(),
                     [&](const Relationship& r) { return r.from == id || r.to == id; }),
      relationships.end());
}

Workload::Workload(uint64_t seed, int writer)
    : label_("Entry" + std::to_string(writer)),
      random_(seed * 1000003 + static_cast<uint64_t>(writer)),
      next_id_(int64_t{1000000000} * (writer + 1)) {}

void Workload::SkipTo(uint64_t position) {
  while (position_ < position) Next();
}

Step Workload::Next() {
  Step step = MakeStep();
  ++position_;
  const bool commits = step.kind == Step::Kind::kAutocommit
                           ? step.statements[0].expected == StatusCode::kOk
                           : step.kind == Step::Kind::kTransaction;
  if (commits) ++commits_;
  return step;
}

Step Workload::MakeStep() {
  Step step;
  if (position_ == 0) {
    const std::string name = "one_" + label_;
    step.statements.push_back(
        {Text("CREATE CONSTRAINT " + name + " FOR (e:ENTRY) REQUIRE e.id IS UNIQUE"), {}});
    graph_.schema.insert("constraint " + name);
    return step;
  }
  const uint64_t choice = Below(100);
  if (choice < 2) {
    step.kind = Step::Kind::kFlush;
  } else if (choice < 7) {
    step.statements.push_back(ChangeIndex());
  } else if (choice < 10 && !graph_.nodes.empty()) {
    step.statements.push_back(CreateDuplicate());
  } else if (choice < 50) {
    step.kind = choice < 44 ? Step::Kind::kTransaction : Step::Kind::kRolledBack;
    const Graph before = step.kind == Step::Kind::kRolledBack ? graph_ : Graph();
    for (uint64_t i = 2 + Below(5); i > 0; --i) {
      const bool fail = Below(12) == 0 && !graph_.nodes.empty();
      step.statements.push_back(fail ? CreateDuplicate() : Write());
    }
    if (step.kind == Step::Kind::kRolledBack) graph_ = before;
  } else {
    step.statements.push_back(Write());
  }
  return step;
}

Statement Workload::Write() {
  if (graph_.nodes.size() > kManyNodes) return DeleteSome();
  const uint64_t choice = graph_.nodes.size() < 3 ? 0 : Below(100);
  if (choice < 25) return Create();
  if (choice < 40) return CreateAfter();
  if (choice < 50) return Connect();
  if (choice < 58) return MergeRelationship();
  if (choice < 68) return MergeNode();
  if (choice < 78) return SetProperties();
  if (choice < 84) return ReplaceProperties();
  if (choice < 88) return Disconnect();
  if (choice < 94) return DeleteNode(/*detach=*/true);
  if (choice < 98) return DeleteNode(/*detach=*/false);
  return CreateMany();
}

std::string Workload::Text(std::string_view statement) const {
  std::string text(statement);
  constexpr std::string_view kPlaceholder = "ENTRY";
  for (size_t at = 0; (at = text.find(kPlaceholder, at)) != std::string::npos;) {
    text.replace(at, kPlaceholder.size(), label_);
    at += label_.size();
  }
  return text;
}

int64_t Workload::NewId() { return next_id_++; }

int64_t Workload::AnyId() {
  const int64_t first = graph_.nodes.begin()->first;
  const int64_t last = graph_.nodes.rbegin()->first;
  const auto span = static_cast<uint64_t>(last - first + 1);
  return graph_.nodes.lower_bound(first + static_cast<int64_t>(Below(span)))->first;
}

Value Workload::AnyText() {
  // Sometimes longer than a block of the log (32 KiB).
  const uint64_t length = Below(50) == 0 ? 30000 + Below(40000) : Below(200);
  return Value::String(std::string(length, static_cast<char>('a' + Below(26))));
}

Statement Workload::Create() {
  const Value id = Value::Integer(NewId());
  const Value n = Value::Integer(static_cast<int64_t>(Below(100)));
  const Value text = AnyText();
  Node& node = graph_.nodes[id.AsInteger()];
  node.labels = {"Entry", label_};
  node.properties.Set("id", id);
  node.properties.Set("n", n);
  node.properties.Set("text", text);
  node.properties.Set("pair", Value::MakeList({n, id}));
  return {Text("CREATE (:Entry:ENTRY {id: $id, n: $n, text: $text, pair: [$n, $id]})"),
          {{"id", id}, {"n", n}, {"text", text}}};
}

Statement Workload::CreateAfter() {
  const Value before = Value::Integer(AnyId());
  const Value id = Value::Integer(NewId());
  const Value n = Value::Integer(static_cast<int64_t>(Below(100)));
  Node& node = graph_.nodes[id.AsInteger()];
  node.labels = {label_};
  node.properties.Set("id", id);
  node.properties.Set("n", n);
  graph_.relationships.push_back({before.AsInteger(), id.AsInteger(), "AFTER", n.AsInteger()});
  return {
      Text("MATCH (a:ENTRY {id: $before}) CREATE (a)-[:AFTER {n: $n}]->(:ENTRY {id: $id, n: $n})"),
      {{"before", before}, {"id", id}, {"n", n}}};
}

Statement Workload::Connect() {
  const Value a = Value::Integer(AnyId());
  const Value b = Value::Integer(AnyId());  // perhaps the same
  const Value n = Value::Integer(static_cast<int64_t>(Below(100)));
  graph_.relationships.push_back({a.AsInteger(), b.AsInteger(), "NEAR", n.AsInteger()});
  return {Text("MATCH (a:ENTRY {id: $a}), (b:ENTRY {id: $b}) CREATE (a)-[:NEAR {n: $n}]->(b)"),
          {{"a", a}, {"b", b}, {"n", n}}};
}

Statement Workload::MergeRelationship() {
  const Value a = Value::Integer(AnyId());
  const Value b = Value::Integer(AnyId());
  const Value n = Value::Integer(static_cast<int64_t>(Below(100)));
  bool found = false;
  for (Relationship& r : graph_.relationships) {
    if (r.from != a.AsInteger() || r.to != b.AsInteger() || r.type != "ONCE") continue;
    r.n += 1;
    found = true;
  }
  if (!found) {
    graph_.relationships.push_back({a.AsInteger(), b.AsInteger(), "ONCE", n.AsInteger()});
  }
  return {Text("MATCH (a:ENTRY {id: $a}), (b:ENTRY {id: $b}) MERGE (a)-[r:ONCE]->(b) "
               "ON CREATE SET r.n = $n ON MATCH SET r.n = r.n + 1"),
          {{"a", a}, {"b", b}, {"n", n}}};
}

Statement Workload::MergeNode() {
  const Value id = Value::Integer(Below(2) == 0 ? AnyId() : NewId());
  const auto [at, created] = graph_.nodes.try_emplace(id.AsInteger());
  Node& node = at->second;
  if (created) {
    node.labels = {"Entry", label_};
    node.properties.Set("id", id);
    node.properties.Set("n", Value::Integer(0));
  } else {
    node.labels.insert("Seen");
    node.properties.Set("n", Value::Integer(node.properties.Find("n")->AsInteger() + 1));
  }
  return {Text("MERGE (e:ENTRY {id: $id}) ON CREATE SET e:Entry, e.n = 0 "
               "ON MATCH SET e:Seen, e.n = e.n + 1"),
          {{"id", id}}};
}

Statement Workload::SetProperties() {
  const Value id = Value::Integer(AnyId());
  const Value n = Value::Integer(static_cast<int64_t>(Below(100)));
  Node& node = graph_.nodes[id.AsInteger()];
  node.labels.insert("Seen");
  node.properties.Set("n", n);
  node.properties.Set("half", Value::Float(static_cast<double>(n.AsInteger()) / 2));
  node.properties.Erase("text");
  return {Text("MATCH (e:ENTRY {id: $id}) SET e:Seen, e.n = $n, e.half = $n / 2.0, e.text = null"),
          {{"id", id}, {"n", n}}};
}

Statement Workload::ReplaceProperties() {
  const Value id = Value::Integer(AnyId());
  const Value n = Value::Integer(static_cast<int64_t>(Below(100)));
  const Value text = AnyText();
  Node& node = graph_.nodes[id.AsInteger()];
  node.labels.erase("Seen");
  node.properties = Map({{"id", id}, {"n", n}, {"text", text}});
  return {Text("MATCH (e:ENTRY {id: $id}) REMOVE e:Seen SET e = {id: $id, n: $n, text: $text}"),
          {{"id", id}, {"n", n}, {"text", text}}};
}

Statement Workload::Disconnect() {
  const Value id = Value::Integer(AnyId());
  auto& all = graph_.relationships;
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const Relationship& r) { return r.from == id.AsInteger(); }),
            all.end());
  return {Text("MATCH (:ENTRY {id: $id})-[r]->() DELETE r"), {{"id", id}}};
}

Statement Workload::DeleteNode(bool detach) {
  const Value id = Value::Integer(AnyId());
  if (!detach && graph_.Connected(id.AsInteger())) {
    return {Text("MATCH (e:ENTRY {id: $id}) SET e.n = -1 DELETE e"),
            {{"id", id}},
            StatusCode::kConstraint};
  }
  graph_.Delete(id.AsInteger());
  return {Text(detach ? "MATCH (e:ENTRY {id: $id}) DETACH DELETE e"
                      : "MATCH (e:ENTRY {id: $id}) SET e.n = -1 DELETE e"),
          {{"id", id}}};
}

// A commit of some ten or hundred kilobytes.
Statement Workload::CreateMany() {
  const auto count = static_cast<int64_t>(20 + Below(300));
  const int64_t first = next_id_;
  next_id_ += count;
  const Value text = AnyText();
  for (int64_t id = first; id < next_id_; ++id) {
    Node& node = graph_.nodes[id];
    node.labels = {"Entry", "Many", label_};
    node.properties = Map({{"id", Value::Integer(id)}, {"n", Value::Integer(id % 10)}});
    if (id % 10 == 0) node.properties.Set("text", text);
    if (id > first) graph_.relationships.push_back({first, id, "FIRST", id % 10});
  }
  return {
      Text("CREATE (a:Entry:Many:ENTRY {id: $first, n: $first % 10}) "
           "SET a.text = CASE $first % 10 WHEN 0 THEN $text END "
           "WITH a UNWIND range($first + 1, $last) AS i "
           "CREATE (a)-[:FIRST {n: i % 10}]->(b:Entry:Many:ENTRY {id: i, n: i % 10}) "
           "SET b.text = CASE i % 10 WHEN 0 THEN $text END"),
      {{"first", Value::Integer(first)}, {"last", Value::Integer(next_id_ - 1)}, {"text", text}}};
}

// The older half of the nodes.
Statement Workload::DeleteSome() {
  auto middle = graph_.nodes.begin();
  std::advance(middle, graph_.nodes.size() / 2);
  const int64_t end = middle->first;
  graph_.nodes.erase(graph_.nodes.begin(), middle);
  auto& all = graph_.relationships;
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const Relationship& r) { return r.from < end || r.to < end; }),
            all.end());
  return {Text("MATCH (e:ENTRY) WHERE e.id < $end DETACH DELETE e"),
          {{"end", Value::Integer(end)}}};
}

// Fails after a part of its work is done.
Statement Workload::CreateDuplicate() {
  return {Text("UNWIND [$new, $known] AS id CREATE (:Entry:ENTRY {id: id, n: 0})"),
          {{"new", Value::Integer(NewId())}, {"known", Value::Integer(AnyId())}},
          StatusCode::kConstraint};
}

Statement Workload::ChangeIndex() {
  const std::string property = Below(2) == 0 ? "n" : "text";
  const std::string name = "by_" + property + "_" + label_;
  if (graph_.schema.erase("index " + name) > 0) return {"DROP INDEX " + name, {}};
  graph_.schema.insert("index " + name);
  return {Text("CREATE INDEX " + name + " FOR (e:ENTRY) ON (e." + property + ")"), {}};
}

State Workload::Expected() const {
  State state(graph_.schema.begin(), graph_.schema.end());
  for (const auto& entry : graph_.nodes) {
    const Node& node = entry.second;
    state.insert(NodeLine({node.labels.begin(), node.labels.end()}, node.properties));
  }
  for (const Relationship& r : graph_.relationships) {
    state.insert(RelationshipLine(Value::Integer(r.from), r.type, Value::Integer(r.n),
                                  Value::Integer(r.to)));
  }
  return state;
}

Result<State> ReadState(Database& database, const std::string& label) {
  State state;
  const std::unique_ptr<Connection> connection = database.Connect();
  auto read = [&](const std::string& text) -> Result<std::vector<std::vector<Value>>> {
    GESTA_ASSIGN_OR_RETURN(auto result, connection->Execute(text));
    return result->FetchAll();
  };
  GESTA_ASSIGN_OR_RETURN(const auto nodes, read("MATCH (e:" + label + ") RETURN e"));
  for (const auto& row : nodes) {
    state.insert(NodeLine(row[0].AsNode().labels, row[0].AsNode().properties));
  }
  GESTA_ASSIGN_OR_RETURN(const auto relationships,
                         read("MATCH (a:" + label + ")-[r]->(b) RETURN a.id, type(r), r.n, b.id"));
  for (const auto& row : relationships) {
    state.insert(RelationshipLine(row[0], std::string(row[1].AsString()), row[2], row[3]));
  }
  TransactionOptions reading;
  reading.read_only = true;
  GESTA_ASSIGN_OR_RETURN(const auto transaction, database.store().Begin(reading));
  const NameId id = transaction->FindName(NameKind::kLabel, label);
  for (const IndexInfo& index : transaction->Indexes()) {
    if (index.label == id && index.constraint.empty()) state.insert("index " + index.name);
  }
  for (const ConstraintInfo& constraint : transaction->Constraints()) {
    if (constraint.label == id) state.insert("constraint " + constraint.name);
  }
  return state;
}

}  // namespace gesta::crash
