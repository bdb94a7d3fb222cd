// The logical plan: a tree of operators, each a plain struct, that says how a statement is
// computed.
//
// Rows flow from children to parents. A row is a value per slot; after each operator only the slots
// in `live` are kept (the planner computes them), so batches stay narrow. Names stay text here;
// operators look their ids up when they are opened.
#ifndef GESTA_QUERY_PLAN_LOGICAL_H_
#define GESTA_QUERY_PLAN_LOGICAL_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "bind/bound.h"

namespace gesta {

struct LogicalOp;
using LogicalOpPtr = std::unique_ptr<LogicalOp>;

// -- leaves --

// One row without columns.
struct OpUnit {};
// The rows of the outer plan that this subplan runs for: the slots in `slots`, and in batch mode
// (see OpApply) the row's number.
struct OpArgument {
  std::vector<Slot> slots;
};

// -- reading the graph; each has one child and multiplies its rows --

struct OpNodeScan {
  Slot slot;
};
struct OpLabelScan {
  Slot slot;
  std::string label;
};
struct OpIndexSeek {
  Slot slot;  // node or relationship
  uint32_t index;
  std::string index_name;
  std::string label;  // or type
  std::vector<std::string> properties;
  // Exactly one of the following forms. Values that are null, or not of a kind that can match, give
  // no rows.
  std::vector<BoundExprPtr>
      equals;                 // values for a prefix of the properties (all for a unique index)
  BoundExprPtr in;            // first property IN a list (duplicates in the list count once)
  BoundExprPtr starts_with;   // first property STARTS WITH
  BoundExprPtr lower, upper;  // range on the first property; either may be null
  bool lower_inclusive = true, upper_inclusive = true;
  bool full = false;        // all entries in index order
  bool descending = false;  // entries in falling order (not with `in`)
  // Relationship index: end points are bound too.
  Slot from = kNoSlot, to = kNoSlot;
};
// Adds the number of nodes or relationships that the store has, from its statistics.
struct OpCountStore {
  std::vector<Slot> slots;  // that get the number
  bool relationships = false;
  std::vector<std::string> names;  // the label, or the types; empty: all
  // Of relationships of one type: those that start (end) at a node with this label. Empty: any; at
  // most one of the two is given.
  std::string start_label;
  std::string end_label;
};
// id(n) = expr or id(n) IN expr
struct OpNodeByIds {
  Slot slot;
  BoundExprPtr ids;  // an integer or a list of integers
};
// All relationships of the types as seen from `from` (an undirected pattern gives both readings).
struct OpRelationshipScan {
  Slot rel;
  Slot from;
  Slot to;
  std::vector<std::string> types;
  Direction direction;
  bool rel_bound = false;  // `rel` is bound: only its ends are found
};
struct OpExpand {
  Slot from;
  Slot rel;  // kNoSlot: not asked for
  Slot to;
  bool into = false;  // `to` is bound: only relationships between the two
  Direction direction;
  std::vector<std::string> types;
  bool rel_bound = false;           // `rel` is bound: only that relationship
  std::vector<Slot> distinct_from;  // relationship or relationship-list slots of the same MATCH
  // Nothing above reads what would be found (`rel`, and `to` unless it is bound): instead of a row
  // for each relationship the row itself passes, its multiplicity times their number; a row without
  // any is dropped. The operator then adds no slots. Set only where every operator up to the next
  // OpAggregate or OpDistinct keeps multiplicities.
  bool count_only = false;
  // With count_only, without `into`: a second step from the same node that nobody reads either. The
  // row then counts for each pair of a relationship of one step and another one of the other.
  struct Paired {
    Direction direction;
    std::vector<std::string> types;
  };
  std::optional<Paired> paired;
};
struct OpVarExpand {
  Slot from;
  Slot rel;  // list of relationships; kNoSlot: not asked for
  Slot to;
  bool into = false;
  Direction direction;
  std::vector<std::string> types;
  int64_t min = 1;
  std::optional<int64_t> max;                              // absent: unbounded
  std::vector<std::pair<std::string, BoundExprPtr>> each;  // property equalities of every step
  bool rel_bound = false;  // the list is bound: it must be the walked one
  bool reversed = false;   // the walk goes against the pattern: the list stands in reverse order
  std::vector<Slot> distinct_from;
};
struct OpShortestPath {
  Slot from;
  Slot to;    // both bound
  Slot rel;   // list, kNoSlot: not asked for
  Slot path;  // kNoSlot: not asked for
  bool all = false;
  Direction direction;
  std::vector<std::string> types;
  int64_t min = 1;
  std::optional<int64_t> max;
  std::vector<std::pair<std::string, BoundExprPtr>> each;
};

// -- rows --

struct OpFilter {
  std::vector<BoundExprPtr> predicates;  // all must be true; cheap ones first
};
struct OpProject {
  std::vector<BoundItem> items;  // adds slots; the others stay
};
struct OpAggregate {
  std::vector<BoundItem> keys;
  std::vector<BoundAggregate> aggregates;  // no keys: exactly one row
};
struct OpDistinct {
  std::vector<Slot> slots;
};
struct OpSort {
  std::vector<BoundSort> items;
  BoundExprPtr limit;  // set: only the first `limit` rows are asked for (skip included)
};
struct OpSkip {
  BoundExprPtr count;
};
struct OpLimit {
  BoundExprPtr count;
};
struct OpUnwind {
  BoundExprPtr list;
  Slot slot;
};
// Reads its child to the end before it gives the first row.
struct OpEager {};

// -- two children --

// For each left row all right rows. Children do not share slots.
struct OpCartesianProduct {};
// Rows of both sides whose key expressions are Equal (openCypher's =). Builds on the right.
struct OpHashJoin {
  std::vector<BoundExprPtr> left_keys;
  std::vector<BoundExprPtr> right_keys;
};
// Left's rows, then right's; slots are renamed to `result`.
struct OpUnion {
  std::vector<Slot> result;
  std::vector<Slot> left;
  std::vector<Slot> right;
};
// Runs the right plan for each left row (its OpArgument). `optional`: a left row without right rows
// passes once with the new slots null. `unit`: the right rows are counted away and each left row
// passes once. `batched`: the right plan keeps left's row order and number (no aggregation,
// sorting, limits, or writes in it), so one run serves a whole batch.
struct OpApply {
  bool optional = false;
  bool unit = false;
  bool batched = false;
  std::vector<Slot> arguments;  // left slots that the right side reads
  std::vector<Slot> produced;   // right slots that are added
};
// Keeps left rows for which the right plan gives at least one row (`anti`: none). Same `batched`.
struct OpSemiApply {
  bool anti = false;
  bool batched = false;
  std::vector<Slot> arguments;
};

// -- writing --

struct OpCreate {
  BoundCreate create;
};
// children[0]: input; children[1]: the pattern matched for one row (OpArgument). For each row: its
// matches, or what `create` makes. Sees what former rows created.
struct OpMerge {
  std::vector<Slot> arguments;
  BoundCreate create;
  std::vector<BoundSetItem> on_create;
  std::vector<BoundSetItem> on_match;
};
struct OpSet {
  std::vector<BoundSetItem> items;
};
struct OpRemove {
  std::vector<BoundRemoveItem> items;
};
struct OpDelete {
  bool detach = false;
  std::vector<BoundExprPtr> targets;
};
// children[0]: input; children[1]: the updates, run for each element (OpArgument gives `slot` too).
struct OpForeach {
  BoundExprPtr list;
  Slot slot;
  std::vector<Slot> arguments;
};

// -- the rest --

struct OpProcedureCall {
  const Procedure* procedure;
  std::vector<BoundExprPtr> arguments;
  std::vector<std::pair<size_t, Slot>> yield;
  bool keep_row = false;  // a standalone void procedure passes its row on once
};
struct OpLoadCsv {
  bool with_headers = false;
  BoundExprPtr url;
  Slot slot;
  std::string field_terminator;
};
struct OpAlign {
  BoundExprPtr source;
  Slot target;
  std::vector<std::string> labels;
  std::vector<BoundExprPtr> predicates;
  std::vector<BoundAligner> aligners;
  BoundExprPtr top;
  std::vector<std::pair<std::string, Slot>> yield;
};
struct OpMapRelationship {
  BoundMapClause map;
  // Where the aligner chain and its options came from, for the AlignmentRun; empty without ALIGN.
  std::string method;
};

struct LogicalOp {
  std::variant<OpUnit, OpArgument, OpNodeScan, OpLabelScan, OpIndexSeek, OpCountStore, OpNodeByIds,
               OpRelationshipScan, OpExpand, OpVarExpand, OpShortestPath, OpFilter, OpProject,
               OpAggregate, OpDistinct, OpSort, OpSkip, OpLimit, OpUnwind, OpEager,
               OpCartesianProduct, OpHashJoin, OpUnion, OpApply, OpSemiApply, OpCreate, OpMerge,
               OpSet, OpRemove, OpDelete, OpForeach, OpProcedureCall, OpLoadCsv, OpAlign,
               OpMapRelationship>
      node;
  std::vector<LogicalOpPtr> children;
  std::vector<Slot> live;  // slots that rows carry after this operator, sorted
  double estimated_rows = 0;
  // Hint for operators that multiply rows: the first batch need not be larger than this, because
  // few rows may be all that is asked for; later batches double. 0: full batches from the start.
  uint32_t first_rows = 0;
};

// A planned statement or subquery.
struct LogicalPlan {
  LogicalOpPtr root;
  std::vector<Slot> result;          // slots of the result columns
  std::vector<std::string> columns;  // their names
  std::vector<Slot> arguments;       // subqueries: what OpArgument gives
  bool batched = false;              // subqueries: see OpApply
};

}  // namespace gesta

#endif  // GESTA_QUERY_PLAN_LOGICAL_H_
