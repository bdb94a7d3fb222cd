// The bound statement: the syntax tree with every name resolved.
//
// Each variable of a statement is a *slot*, a number unique in the whole statement (subqueries and
// comprehension variables included). A batch of rows has a column per live slot. Binding has
// checked scopes, types that are known at compile time, and aggregation rules; aggregates have been
// taken out of expressions (a BoundExpr never contains one).
#ifndef GESTA_QUERY_BIND_BOUND_H_
#define GESTA_QUERY_BIND_BOUND_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gesta/function.h"
#include "gesta/procedure.h"
#include "gesta/store.h"
#include "gesta/value.h"
#include "parse/ast.h"

namespace gesta {

using Slot = uint32_t;
inline constexpr Slot kNoSlot = 0xFFFFFFFF;

struct LogicalPlan;  // plan/logical.h
struct BoundQuery;
struct BoundExpr;
using BoundExprPtr = std::unique_ptr<BoundExpr>;

// -- expressions --

struct BoundConstant {
  Value value;
};
struct BoundParameter {
  std::string name;
};
struct BoundSlot {
  Slot slot;
};
// base.key, for nodes, relationships, maps and temporal values; null base gives null.
struct BoundProperty {
  BoundExprPtr base;
  std::string key;
};
struct BoundList {
  std::vector<BoundExprPtr> items;
};
struct BoundMap {
  std::vector<std::pair<std::string, BoundExprPtr>> entries;
};
// base {.*, key: value …}: all of base's properties first if `all`, then the entries. Null base:
// null.
struct BoundMapProjection {
  BoundExprPtr base;
  bool all = false;
  std::vector<std::pair<std::string, BoundExprPtr>> entries;
};
struct BoundNot {
  BoundExprPtr operand;
};
struct BoundNegate {
  BoundExprPtr operand;
};
// Logical and arithmetic operators. kAnd and kOr evaluate the right side only for rows that the
// left side leaves open. Comparison chains have become conjunctions.
struct BoundBinary {
  ast::BinaryOp op;
  BoundExprPtr left;
  BoundExprPtr right;
};
struct BoundIsNull {
  BoundExprPtr operand;
  bool negated;
};
struct BoundLabelTest {
  BoundExprPtr operand;  // node or relationship; null gives null
  ast::LabelExpr labels;
};
struct BoundSubscript {
  BoundExprPtr container;  // list, map, node or relationship
  BoundExprPtr index;
};
struct BoundSlice {
  BoundExprPtr list;
  BoundExprPtr from;  // null: absent
  BoundExprPtr to;    // null: absent
};
struct BoundCall {
  const FunctionInfo* function;
  std::vector<BoundExprPtr> arguments;
};
struct BoundCase {
  BoundExprPtr subject;  // null: searched CASE
  std::vector<std::pair<BoundExprPtr, BoundExprPtr>> whens;
  BoundExprPtr otherwise;  // null: null
};
struct BoundListComprehension {
  Slot variable;
  BoundExprPtr list;
  BoundExprPtr where;  // null: none
  BoundExprPtr map;    // null: the element
};
struct BoundQuantifier {
  ast::QuantifierKind kind;
  Slot variable;
  BoundExprPtr list;
  BoundExprPtr where;
};
struct BoundReduce {
  Slot accumulator;
  BoundExprPtr initial;
  Slot variable;
  BoundExprPtr list;
  BoundExprPtr step;
};
// The path through alternating node and relationship slots. A relationship slot may hold a list
// (variable length); the nodes in between are found from the relationships. Null anywhere gives
// null.
struct BoundBuildPath {
  std::vector<Slot> elements;
};
enum class BoundSubqueryKind { kExists, kCount, kCollect };
// A correlated subquery as an expression: EXISTS, COUNT, COLLECT, pattern predicates (kExists),
// pattern comprehensions (kCollect). The query's argument slots are the outer slots it uses.
struct BoundSubquery {
  BoundSubqueryKind kind;
  std::shared_ptr<BoundQuery> query;  // shared: expressions are cloned; null once planned
  Slot value = kNoSlot;               // kCollect: the inner slot that is collected
  // kCollect of shortestPath as a value: the first element instead of the list.
  bool first_only = false;
  std::vector<Slot> arguments;  // outer slots that the query reads
  // Set by the planner.
  std::shared_ptr<LogicalPlan> plan;  // shared: expressions are cloned, plans are immutable
};

struct BoundExpr {
  ast::Place place;
  std::variant<BoundConstant, BoundParameter, BoundSlot, BoundProperty, BoundList, BoundMap,
               BoundMapProjection, BoundNot, BoundNegate, BoundBinary, BoundIsNull, BoundLabelTest,
               BoundSubscript, BoundSlice, BoundCall, BoundCase, BoundListComprehension,
               BoundQuantifier, BoundReduce, BoundBuildPath, BoundSubquery>
      node;
};

// -- patterns --

struct BoundPatternNode {
  Slot slot = kNoSlot;
  bool bound = false;               // bound before this clause
  std::vector<std::string> labels;  // all of them are required; other label forms are predicates
};

struct BoundPatternRel {
  Slot slot = kNoSlot;  // the relationship, or the list of relationships when `length` is set
  bool bound = false;   // bound before this clause (a relationship or a list of them)
  Slot from = kNoSlot;  // node slots, as written left to right
  Slot to = kNoSlot;
  Direction direction = Direction::kBoth;  // as seen from `from`
  std::vector<std::string> types;          // any of them; empty: any type
  std::optional<ast::VariableLength> length;
  // Property equalities that every relationship of a variable-length step must meet. (Those of a
  // plain relationship are among the clause's predicates.)
  std::vector<std::pair<std::string, BoundExprPtr>> each;
  std::optional<ast::PathKind> shortest;  // kShortest or kAllShortest
  Slot path = kNoSlot;                    // shortest: the path itself, if it is asked for
};

struct BoundNamedPath {
  Slot slot;
  std::vector<Slot> elements;  // node, rel, node, …
};

// One MATCH's pattern. All relationships of it are different from one another.
struct BoundPattern {
  std::vector<BoundPatternNode> nodes;  // each slot once
  std::vector<BoundPatternRel> rels;
  std::vector<BoundNamedPath> paths;
};

// -- clauses --

struct BoundMatch {
  bool optional = false;
  BoundPattern pattern;
  std::vector<BoundExprPtr> predicates;  // conjuncts: WHERE, inline properties, label forms
};
struct BoundUnwind {
  BoundExprPtr list;
  Slot slot;
};
struct BoundItem {
  Slot slot;
  BoundExprPtr expr;  // a BoundSlot of the same slot where nothing is to be computed
  std::string name;   // the column's name
};
struct BoundAggregate {
  Slot slot;
  const AggregateInfo* function;  // null: count(*)
  bool distinct = false;
  std::vector<BoundExprPtr> arguments;
};
struct BoundSort {
  BoundExprPtr expr;
  bool descending = false;
};
// WITH and RETURN. In order: grouping (if `aggregates` or `grouped`), items, DISTINCT, ORDER BY,
// SKIP, LIMIT, WHERE. With grouping the items are expressions over keys and aggregates. ORDER BY
// and WHERE see the items and, without grouping and DISTINCT, the input's slots too.
struct BoundProjection {
  bool is_return = false;
  bool grouped = false;
  std::vector<BoundItem> keys;
  std::vector<BoundAggregate> aggregates;
  std::vector<BoundItem> items;
  bool distinct = false;
  std::vector<BoundSort> order_by;
  BoundExprPtr skip;
  BoundExprPtr limit;
  std::vector<BoundExprPtr> where;  // conjuncts
};

// Property values of a created entity: from a map literal entry by entry, or one map-valued
// expression (a parameter).
struct BoundProperties {
  std::vector<std::pair<std::string, BoundExprPtr>> entries;
  BoundExprPtr map;
};
struct BoundCreateNode {
  Slot slot;
  std::vector<std::string> labels;
  BoundProperties properties;
};
struct BoundCreateRel {
  Slot slot;
  Slot from;  // the start node
  Slot to;    // the end node
  std::string type;
  BoundProperties properties;
};
struct BoundCreate {
  std::vector<BoundCreateNode> nodes;  // created first, in this order
  std::vector<BoundCreateRel> rels;
  std::vector<BoundNamedPath> paths;
};
struct BoundSetItem {
  ast::SetItem::Kind kind;
  BoundExprPtr target;  // node or relationship; null value: nothing happens
  std::string key;
  BoundExprPtr value;
  std::vector<std::string> labels;
};
struct BoundSet {
  std::vector<BoundSetItem> items;
};
struct BoundMerge {
  BoundPattern pattern;  // as for MATCH; property equalities in `predicates`
  std::vector<BoundExprPtr> predicates;
  BoundCreate create;  // what is created when nothing matches (unbound parts only)
  std::vector<BoundSetItem> on_create;
  std::vector<BoundSetItem> on_match;
};
struct BoundRemoveItem {
  ast::RemoveItem::Kind kind;
  BoundExprPtr target;
  std::string key;
  std::vector<std::string> labels;
};
struct BoundRemove {
  std::vector<BoundRemoveItem> items;
};
struct BoundDelete {
  bool detach = false;
  std::vector<BoundExprPtr> targets;
};
struct BoundProcedureCall {
  const Procedure* procedure;
  std::vector<BoundExprPtr> arguments;
  std::vector<std::pair<size_t, Slot>> yield;  // result column -> slot
  std::vector<BoundExprPtr> where;
};
struct BoundCallSubquery {
  std::unique_ptr<BoundQuery> query;
  bool returns_rows = true;  // false: a unit subquery; each input row passes once
};
struct BoundClause;
struct BoundForeach {
  BoundExprPtr list;
  Slot slot;
  std::vector<BoundClause> updates;
};
struct BoundLoadCsv {
  bool with_headers = false;
  BoundExprPtr url;
  Slot slot;
  std::string field_terminator;
};
struct BoundAligner {
  std::string name;
  BoundExprPtr options;  // a map or null
  ast::Place place;
};
struct BoundAlign {
  BoundExprPtr source;
  Slot target;  // bound by this clause
  std::vector<std::string> labels;
  std::vector<BoundExprPtr> predicates;  // over `target` and outer slots
  std::vector<BoundAligner> aligners;
  BoundExprPtr top;
  std::vector<std::pair<std::string, Slot>> yield;  // "score", "rank", "method" -> slot
};
struct BoundMapClause {
  Slot rel;  // may be unused
  Slot from;
  Slot to;
  std::string type;
  BoundProperties properties;
  std::vector<BoundSetItem> set;  // over `rel` and outer slots
};

struct BoundClause {
  ast::Place place;
  std::variant<BoundMatch, BoundUnwind, BoundProjection, BoundCreate, BoundMerge, BoundSet,
               BoundRemove, BoundDelete, BoundProcedureCall, BoundCallSubquery, BoundForeach,
               BoundLoadCsv, BoundAlign, BoundMapClause>
      node;
};

struct BoundSingleQuery {
  std::vector<BoundClause> clauses;
  // The slots of the result columns, in order; empty when the query returns nothing.
  std::vector<Slot> result;
};

struct BoundQuery {
  std::vector<BoundSingleQuery> parts;
  std::vector<bool> union_all;
  std::vector<std::string> columns;  // names of the result columns
  // With several parts: the slots under which the union's rows continue. With one: parts[0].result.
  std::vector<Slot> result;
  std::vector<Slot> arguments;  // outer slots that a subquery reads
};

struct BoundStatement {
  ast::ExplainMode explain = ast::ExplainMode::kNone;
  BoundQuery query;
  Slot slot_count = 0;
  bool writes = false;                  // the statement may change the graph
  std::vector<std::string> slot_names;  // for EXPLAIN: variable names, generated ones like "  12"
  std::vector<std::string> parameters;  // names used
};

// A deep copy; subqueries are shared.
BoundExprPtr Clone(const BoundExpr& expr);

// Calls `visit` for `expr` and each expression below it, subqueries' bound queries excepted.
void VisitExpr(const BoundExpr& expr, const std::function<void(const BoundExpr&)>& visit);

// Appends the slots that the expression reads from outside itself (comprehension variables
// excluded; a subquery's arguments included), each once.
void CollectSlots(const BoundExpr& expr, std::vector<Slot>* slots);

// Splits an expression at its top-level ANDs.
void SplitConjuncts(BoundExprPtr expr, std::vector<BoundExprPtr>* conjuncts);

}  // namespace gesta

#endif  // GESTA_QUERY_BIND_BOUND_H_
