#include "support/statement_maker.h"

#include <utility>

namespace gesta::test {
namespace {

constexpr size_t kDeepest = 3;  // of expressions and subqueries

}  // namespace

std::vector<std::string> StatementMakerGraph() {
  return {
      "CREATE INDEX ax FOR (n:A) ON (n.x)",
      "CREATE CONSTRAINT bk FOR (n:B) REQUIRE n.k IS UNIQUE",
      "UNWIND range(0, 7) AS i CREATE (:A {x: i % 5, s: ['u', 'v', 'w'][i % 3]})",
      "UNWIND range(0, 5) AS i CREATE (:B {k: i, x: CASE WHEN i > 3 THEN null ELSE i END})",
      "CREATE (:A:B {x: 1, k: 100}), ({x: 2}), (:A)",
      "MATCH (a:A), (b:B) WHERE (a.x + b.k) % 3 = 0 CREATE (a)-[:R {x: b.k}]->(b)",
      "MATCH (a:A), (b:A) WHERE a.x < b.x AND (a.x * 2 + b.x) % 4 = 1 CREATE (b)-[:S {x: "
      "a.x}]->(a)",
      "MATCH (a:A {x: 1}) CREATE (a)-[:S]->(a)",
      "MATCH (b:B {k: 2}), (c:B {k: 3}) CREATE (b)-[:R]->(c), (b)-[:R]->(c), (c)-[:S]->(b)",
  };
}

size_t StatementMaker::Pick(size_t choices) {
  if (next_ >= size_) return 0;
  return data_[next_++] % choices;
}

std::string StatementMaker::NewName(Kind kind) {
  static constexpr const char* kPrefix[] = {"n", "r", "p", "i", "l", "v"};
  std::string name = kPrefix[static_cast<size_t>(kind)] + std::to_string(names_++);
  scope_.push_back({name, kind});
  return name;
}

std::optional<StatementMaker::Variable> StatementMaker::Known(Kind kind) {
  std::vector<const Variable*> fitting;
  for (const Variable& variable : scope_) {
    if (variable.kind == kind) fitting.push_back(&variable);
  }
  if (fitting.empty()) return std::nullopt;
  return *fitting[Pick(fitting.size())];
}

std::string StatementMaker::Make() {
  std::string text = SingleQuery(0);
  return text;
}

std::string StatementMaker::SingleQuery(size_t depth) {
  std::string text = ReadingClause(depth);
  for (size_t more = Pick(4); more > 0; --more) {
    text += ' ';
    text += Chance(3) ? With(depth) : ReadingClause(depth);
  }
  if (depth == 0 && Chance(4)) {
    text += ' ' + Update(depth);
    if (Chance(2)) text += ' ' + With(depth) + ' ' + ReadingClause(depth);
  }
  return text + ' ' + Return(depth);
}

std::string StatementMaker::ReadingClause(size_t depth) {
  switch (Pick(8)) {
    case 5: {
      const std::string list = List(0);
      return "UNWIND " + list + " AS " + NewName(Kind::kInteger);
    }
    case 6:
      return depth < 1 ? Subquery(depth) : Match(depth);
    case 7:
      return "OPTIONAL " + Match(depth);
    default:
      return Match(depth);
  }
}

std::string StatementMaker::Match(size_t depth) {
  std::string text = "MATCH " + Patterns(depth);
  if (Chance(2)) text += Where(0);
  return text;
}

std::string StatementMaker::Patterns(size_t depth) {
  std::string text = Pattern(depth);
  if (Chance(4)) text += ", " + Pattern(depth);
  return text;
}

std::string StatementMaker::Pattern(size_t) {
  const bool named = Chance(8);
  std::string text = NodePattern();
  for (size_t steps = Pick(4); steps > 0; --steps) {
    text += RelationshipPattern(false) + NodePattern();
  }
  return named ? NewName(Kind::kPath) + " = " + text : text;
}

std::string StatementMaker::NodePattern() {
  static constexpr const char* kLabels[] = {"", ":A", ":B", ":A:B", ":A|B", ":!A"};
  if (Chance(3)) {
    if (const std::optional<Variable> known = Known(Kind::kNode)) return '(' + known->name + ')';
  }
  const std::string name = Chance(4) ? "" : NewName(Kind::kNode);
  const std::string labels = kLabels[Pick(6)];
  return '(' + name + labels + (Chance(6) ? ' ' + Properties() : "") + ')';
}

std::string StatementMaker::RelationshipPattern(bool create) {
  static constexpr const char* kTypes[] = {":R", ":S", "", ":R|S"};
  static constexpr const char* kLengths[] = {"*1..2", "*0..1", "*2", "*..2"};
  const bool variable_length = !create && Chance(10);
  std::string inside;
  if (!variable_length && Chance(3)) inside += NewName(Kind::kRelationship);
  inside += kTypes[Pick(create ? 2 : 4)];
  if (variable_length) inside += kLengths[Pick(4)];
  if (!variable_length && Chance(10)) inside += ' ' + Properties();
  switch (Pick(create ? 2 : 3)) {
    case 0:
      return "-[" + inside + "]->";
    case 1:
      return "<-[" + inside + "]-";
    default:
      return "-[" + inside + "]-";
  }
}

std::string StatementMaker::Properties() {
  return Chance(4) ? "{x: " + Integer(1) + "}" : "{x: " + std::to_string(Pick(5)) + "}";
}

std::string StatementMaker::Where(size_t depth) { return " WHERE " + Predicate(depth); }

std::string StatementMaker::With(size_t depth) {
  std::string text = Chance(5) ? "WITH DISTINCT " : "WITH ";
  std::vector<Variable> kept;
  std::vector<std::string> items;
  for (const Variable& variable : scope_) {
    if (!Chance(3)) {
      kept.push_back(variable);
      items.push_back(variable.name);
    }
  }
  if (items.size() < 3) {
    const bool aggregate = Chance(2);
    const std::string value = aggregate ? Aggregate() : Integer(depth);
    const std::string name = "i" + std::to_string(names_++);
    kept.push_back({name, Kind::kInteger});
    items.push_back(value + " AS " + name);
  }
  for (size_t i = 0; i < items.size(); ++i) text += (i > 0 ? ", " : "") + items[i];
  scope_ = std::move(kept);
  if (Chance(6)) {
    std::vector<std::string> names;
    for (const Variable& variable : scope_) names.push_back(variable.name);
    text += Order(names);
  }
  if (Chance(3)) text += Where(1);
  return text;
}

// Without a LIMIT an order changes no multiset of rows. Entities are not a total order that two
// stores must share, so what a LIMIT cuts off is not compared.
std::string StatementMaker::Order(const std::vector<std::string>& names) {
  if (names.empty()) return "";
  std::string text = " ORDER BY " + names[Pick(names.size())] + (Chance(2) ? " DESC" : "");
  if (Chance(3)) text += ", " + names[Pick(names.size())];
  if (Chance(3)) {
    text += Chance(2) ? " SKIP 2 LIMIT 3" : " LIMIT " + std::to_string(Pick(6));
    deterministic_ = false;
  }
  return text;
}

std::string StatementMaker::Return(size_t depth) {
  std::string text = Chance(5) ? "RETURN DISTINCT " : "RETURN ";
  std::vector<std::string> names;
  for (size_t more = 1 + Pick(3); more > 0; --more) {
    const std::string name = "c" + std::to_string(names.size());
    const std::string value = Chance(3) ? Aggregate() : Any(depth);
    text += (names.empty() ? "" : ", ") + value + " AS " + name;
    names.push_back(name);
  }
  if (depth == 0 && Chance(4)) text += Order(names);
  if (depth == 0 && Chance(20)) {
    text += " LIMIT " + std::to_string(Pick(4));
    deterministic_ = false;
  }
  return text;
}

std::string StatementMaker::Aggregate() {
  switch (Pick(7)) {
    case 1:
      return "count(" + Any(kDeepest) + ")";
    case 2:
      return "count(DISTINCT " + Any(kDeepest) + ")";
    case 3:
      return "sum(" + Integer(kDeepest) + ")";
    case 4:
      return "max(" + Any(kDeepest) + ")";
    case 5:
      return "min(" + Integer(kDeepest) + ")";
    case 6:
      return "size(collect(" + Any(kDeepest) + "))";
    default:
      return "count(*)";
  }
}

// Values that a write depends on are the same whatever row comes first.
std::string StatementMaker::Update(size_t depth) {
  const std::optional<Variable> node = Known(Kind::kNode);
  switch (Pick(node ? 9 : 3)) {
    case 0:
      return "CREATE (" + NewName(Kind::kNode) + ":A {x: " + Integer(2) + "})";
    case 1:
      return "MERGE (" + NewName(Kind::kNode) + ":B {k: " + std::to_string(Pick(8)) + "})";
    case 2:
      return "FOREACH (q IN " + List(2) + " | CREATE (:A {x: q}))";
    case 3:
      return "CREATE (" + node->name + ")" + RelationshipPattern(true) + "(:B)";
    case 4: {
      const std::string other = Known(Kind::kNode)->name;
      return "MERGE (" + node->name + ")" + (Chance(2) ? "-[:R]->" : "<-[:S]-") + "(" + other + ")";
    }
    case 5:
      return "SET " + node->name + ".x = " + std::to_string(Pick(5));
    case 6:
      return "SET " + node->name + ":A";
    case 7:
      return "REMOVE " + node->name + (Chance(2) ? ".x" : ":B");
    default: {
      // What is gone can be counted, but not read.
      const std::string text = "DETACH DELETE " + node->name;
      scope_.clear();
      return text + " WITH count(*) AS " + NewName(Kind::kInteger) + (depth > 0 ? " " : "");
    }
  }
}

std::string StatementMaker::Subquery(size_t depth) {
  const std::vector<Variable> outer = scope_;
  std::string imports;
  if (!scope_.empty() && Chance(2)) {
    const Variable chosen = scope_[Pick(scope_.size())];
    imports = "WITH " + chosen.name + " ";
    scope_ = {chosen};
  } else {
    scope_.clear();
  }
  const std::string body = ReadingClause(depth + 1);
  const std::string value = Chance(2) ? Aggregate() : Integer(depth + 1);
  scope_ = outer;
  return "CALL { " + imports + body + " RETURN " + value + " AS " + NewName(Kind::kInteger) + " }";
}

std::string StatementMaker::Predicate(size_t depth) {
  static constexpr const char* kComparisons[] = {" = ", " < ", " >= ", " <> ", " > ", " <= "};
  const bool deep = depth >= kDeepest;
  switch (Pick(deep ? 4 : 14)) {
    case 0:
    case 1:
    case 2: {
      const std::string left = Integer(depth + 1);
      const char* comparison = kComparisons[Pick(6)];
      return left + comparison + Integer(depth + 1);
    }
    case 3:
      return Integer(depth + 1) + " IS " + (Chance(2) ? "NOT NULL" : "NULL");
    case 4:
      return "(" + Predicate(depth + 1) + " AND " + Predicate(depth + 1) + ")";
    case 5:
      return "(" + Predicate(depth + 1) + " OR " + Predicate(depth + 1) + ")";
    case 6:
      return "NOT (" + Predicate(depth + 1) + ")";
    case 7:
      return Integer(depth + 1) + " IN " + List(depth + 1);
    case 8: {
      const std::optional<Variable> node = Known(Kind::kNode);
      if (!node) return "true";
      return node->name + (Chance(2) ? ":A" : ":B");
    }
    case 9: {
      const std::optional<Variable> node = Known(Kind::kNode);
      if (!node) return "1 < 2";
      return "(" + node->name + ")" + (Chance(2) ? "-[:R]->" : "<--") + "()";
    }
    case 10: {
      const std::vector<Variable> outer = scope_;
      const bool with = Chance(3);
      std::string body = Match(depth + 1);
      if (with) body += " WITH count(*) AS q WHERE q > 1 RETURN q";
      scope_ = outer;
      return (Chance(3) ? "NOT EXISTS { " : "EXISTS { ") + body + " }";
    }
    case 11: {
      const std::optional<Variable> node = Known(Kind::kNode);
      if (!node) return "null";
      return node->name + ".s STARTS WITH '" + (Chance(2) ? "u" : "") + "'";
    }
    case 12: {
      const std::optional<Variable> a = Known(Kind::kNode);
      const std::optional<Variable> b = Known(Kind::kNode);
      return !a ? "false" : a->name + (Chance(2) ? " <> " : " = ") + b->name;
    }
    default: {
      const std::string list = List(depth + 1);
      scope_.push_back({"e", Kind::kInteger});
      const std::string inner = Predicate(depth + 2);
      scope_.pop_back();
      static constexpr const char* kQuantifiers[] = {"any", "all", "none", "single"};
      return std::string(kQuantifiers[Pick(4)]) + "(e IN " + list + " WHERE " + inner + ")";
    }
  }
}

std::string StatementMaker::Integer(size_t depth) {
  const bool deep = depth >= kDeepest;
  switch (Pick(deep ? 4 : 10)) {
    case 0:
    case 1:
      if (const std::optional<Variable> node = Known(Kind::kNode)) {
        return node->name + (Chance(4) ? ".k" : ".x");
      }
      return "1";
    case 2:
      if (const std::optional<Variable> integer = Known(Kind::kInteger)) return integer->name;
      return "2";
    case 3:
      return std::to_string(Pick(5));
    case 4:
      return "(" + Integer(depth + 1) + (Chance(2) ? " + " : " * ") + Integer(depth + 1) + ")";
    case 5:
      return "size(" + List(depth + 1) + ")";
    case 6:
      return "CASE WHEN " + Predicate(depth + 1) + " THEN " + Integer(depth + 1) + " ELSE " +
             Integer(depth + 1) + " END";
    case 7: {
      const std::vector<Variable> outer = scope_;
      const std::string body = Match(depth + 1);
      scope_ = outer;
      return "COUNT { " + body + " }";
    }
    case 8:
      if (const std::optional<Variable> rel = Known(Kind::kRelationship)) return rel->name + ".x";
      if (const std::optional<Variable> path = Known(Kind::kPath))
        return "length(" + path->name + ")";
      return "null";
    default:
      return "coalesce(" + Integer(depth + 1) + ", " + Integer(depth + 1) + ")";
  }
}

std::string StatementMaker::List(size_t depth) {
  if (const std::optional<Variable> list = Known(Kind::kList)) {
    if (Chance(2)) return list->name;
  }
  switch (Pick(depth >= kDeepest ? 2 : 5)) {
    case 0:
      return "[1, 2, 3]";
    case 1:
      return "range(0, " + std::to_string(Pick(4)) + ")";
    case 2:
      return "[" + Integer(depth + 1) + ", " + Integer(depth + 1) + ", null]";
    case 3: {
      const std::string list = List(depth + 1);
      scope_.push_back({"z", Kind::kInteger});
      std::string text = "[z IN " + list;
      if (Chance(2)) text += Where(depth + 1);
      text += " | " + Integer(depth + 1) + "]";
      scope_.pop_back();
      return text;
    }
    default: {
      const std::optional<Variable> node = Known(Kind::kNode);
      if (!node) return "[]";
      return "[(" + node->name + ")" + (Chance(2) ? "-[:R]->" : "<-[:S]-") + "(y) | y.x]";
    }
  }
}

std::string StatementMaker::Any(size_t depth) {
  switch (Pick(7)) {
    case 1:
      if (!scope_.empty()) return scope_[Pick(scope_.size())].name;
      return "'a'";
    case 2:
      return Predicate(depth + 1);
    case 3:
      if (const std::optional<Variable> node = Known(Kind::kNode))
        return "labels(" + node->name + ")";
      return "1.5";
    case 4:
      if (const std::optional<Variable> rel = Known(Kind::kRelationship))
        return "type(" + rel->name + ")";
      return "null";
    default:
      return Integer(depth + 1);
  }
}

}  // namespace gesta::test
