// The syntax tree: what the parser makes of a statement's text, before any name is looked up.
//
// Plain structs and std::variant, owned by unique_ptr. Every expression and clause knows its place
// in the text. A new clause is a struct here, a rule in the grammar, and a case in the binder.
#ifndef GESTA_QUERY_PARSE_AST_H_
#define GESTA_QUERY_PARSE_AST_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gesta/catalog.h"
#include "gesta/value.h"

namespace gesta::ast {

// Where something stands: line and column from 1 (column in characters), and the byte range
// [begin, end) of the statement's text.
struct Place {
  int line = 0;
  int column = 0;
  uint32_t begin = 0;
  uint32_t end = 0;
};

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;
struct Query;

// -- labels and patterns --

// Label expressions of nodes and types of relationships: A, A&B, A|B, !A, %. `(n:A:B)` is an And;
// `[r:A|B]` and `[r:A|:B]` are an Or.
struct LabelExpr {
  enum class Kind { kName, kAnd, kOr, kNot, kAny };
  Kind kind = Kind::kName;
  std::string name;                 // kName
  std::vector<LabelExpr> operands;  // kAnd, kOr: two or more; kNot: one
  Place place;
};

struct NodePattern {
  std::string variable;  // empty: anonymous
  std::optional<LabelExpr> labels;
  ExprPtr properties;  // a map literal or a parameter; null: none
  ExprPtr where;       // inline WHERE; null: none
  Place place;
};

enum class PatternDirection { kRight, kLeft, kBoth };  // -->, <--, -- (and <-->)

// [*], [*2], [*1..3], [*..3], [*2..]: min absent means 1, max absent means unbounded.
struct VariableLength {
  std::optional<int64_t> min;
  std::optional<int64_t> max;
};

struct RelationshipPattern {
  std::string variable;
  std::optional<LabelExpr> types;
  PatternDirection direction = PatternDirection::kBoth;
  std::optional<VariableLength> length;
  ExprPtr properties;
  ExprPtr where;
  Place place;
};

enum class PathKind { kPlain, kShortest, kAllShortest };

// nodes.size() == relationships.size() + 1
struct PatternPart {
  std::string variable;  // the path's name; empty: none
  PathKind kind = PathKind::kPlain;
  std::vector<NodePattern> nodes;
  std::vector<RelationshipPattern> relationships;
  Place place;
};
using Pattern = std::vector<PatternPart>;

// -- expressions --

struct Literal {
  Value value;
};
struct Parameter {
  std::string name;  // without the $
};
struct Variable {
  std::string name;
};
struct PropertyAccess {
  ExprPtr base;
  std::string key;
};
struct ListLiteral {
  std::vector<ExprPtr> items;
};
struct MapLiteral {
  std::vector<std::pair<std::string, ExprPtr>> entries;
};
// base {.key, .*, name: expr, variable}
struct MapProjection {
  struct Item {
    enum class Kind { kProperty, kAllProperties, kEntry, kVariable } kind;
    std::string name;
    ExprPtr value;  // kEntry
    Place place;
  };
  std::string base;
  std::vector<Item> items;
};

enum class UnaryOp { kNot, kMinus, kPlus };
struct Unary {
  UnaryOp op;
  ExprPtr operand;
};
enum class BinaryOp {
  kOr,
  kXor,
  kAnd,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kPower,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kStartsWith,
  kEndsWith,
  kContains,
  kRegex,
};
struct Binary {
  BinaryOp op;
  ExprPtr left;
  ExprPtr right;
};
// a < b <= c …: ops.size() == operands.size() - 1 >= 2. (One comparison is a Binary.)
struct ComparisonChain {
  std::vector<ExprPtr> operands;
  std::vector<BinaryOp> ops;
};
struct IsNull {
  ExprPtr operand;
  bool negated;
};
// n:Label as a predicate
struct LabelTest {
  ExprPtr operand;
  LabelExpr labels;
};
struct Subscript {
  ExprPtr container;
  ExprPtr index;
};
struct Slice {
  ExprPtr list;
  ExprPtr from;  // null: absent
  ExprPtr to;    // null: absent
};
struct FunctionCall {
  std::string name;  // with its namespace: "date.truncate"
  bool distinct = false;
  std::vector<ExprPtr> arguments;
};
struct CountStar {};
struct Case {
  ExprPtr subject;  // null: searched CASE
  std::vector<std::pair<ExprPtr, ExprPtr>> whens;
  ExprPtr otherwise;  // null: null
};
struct ListComprehension {
  std::string variable;
  ExprPtr list;
  ExprPtr where;  // null: none
  ExprPtr map;    // null: the element itself
};
struct PatternComprehension {
  PatternPart pattern;  // its variable is the optional path name
  ExprPtr where;
  ExprPtr map;
};
enum class QuantifierKind { kAll, kAny, kNone, kSingle };
struct Quantifier {
  QuantifierKind kind;
  std::string variable;
  ExprPtr list;
  ExprPtr where;  // null only if the text had none (an error the binder reports)
};
struct Reduce {
  std::string accumulator;
  ExprPtr initial;
  std::string variable;
  ExprPtr list;
  ExprPtr step;
};
// (a)-[:T]->(b) as a predicate; shortestPath(…) as a value
struct PatternExpression {
  PatternPart pattern;
};
// EXISTS { … }, COUNT { … }, COLLECT { … }: a whole query, or a pattern with an optional WHERE.
enum class SubqueryKind { kExists, kCount, kCollect };
struct SubqueryExpression {
  SubqueryKind kind;
  std::unique_ptr<Query> query;  // null: pattern form
  Pattern pattern;
  ExprPtr where;
};

struct Expr {
  Place place;
  std::variant<Literal, Parameter, Variable, PropertyAccess, ListLiteral, MapLiteral, MapProjection,
               Unary, Binary, ComparisonChain, IsNull, LabelTest, Subscript, Slice, FunctionCall,
               CountStar, Case, ListComprehension, PatternComprehension, Quantifier, Reduce,
               PatternExpression, SubqueryExpression>
      node;
};

// -- clauses --

struct SortItem {
  ExprPtr expr;
  bool descending = false;
};

struct ProjectionItem {
  ExprPtr expr;
  std::string alias;  // empty: the column is named by `text`
  std::string text;   // the expression as it stands in the statement
  Place place;
};

struct Projection {
  bool distinct = false;
  bool star = false;  // `*`, possibly followed by items
  std::vector<ProjectionItem> items;
  std::vector<SortItem> order_by;
  ExprPtr skip;   // null: none
  ExprPtr limit;  // null: none
};

struct Match {
  bool optional = false;
  Pattern pattern;
  ExprPtr where;
};
struct Unwind {
  ExprPtr list;
  std::string variable;
};
struct With {
  Projection projection;
  ExprPtr where;
};
struct Return {
  Projection projection;
};
struct Create {
  Pattern pattern;
};

// n.key = expr | n = expr | n += expr | n:Label:Label
struct SetItem {
  enum class Kind { kProperty, kReplace, kMerge, kLabels } kind;
  ExprPtr target;  // kProperty: the entity expression; else a variable
  std::string key;
  ExprPtr value;
  std::vector<std::string> labels;
  Place place;
};
struct Merge {
  PatternPart pattern;
  std::vector<SetItem> on_create;
  std::vector<SetItem> on_match;
};
struct Set {
  std::vector<SetItem> items;
};
struct RemoveItem {
  enum class Kind { kProperty, kLabels } kind;
  ExprPtr target;
  std::string key;
  std::vector<std::string> labels;
  Place place;
};
struct Remove {
  std::vector<RemoveItem> items;
};
struct Delete {
  bool detach = false;
  std::vector<ExprPtr> targets;
};
struct YieldItem {
  std::string name;
  std::string alias;  // equal to name unless renamed with AS
  Place place;
};
struct Call {
  std::string procedure;  // with its namespace
  // Absent: CALL name without parentheses, arguments taken from parameters of the same names.
  std::optional<std::vector<ExprPtr>> arguments;
  bool yield_star = false;
  std::vector<YieldItem> yield;
  bool has_yield = false;
  ExprPtr where;  // after YIELD
};
struct CallSubquery {
  std::unique_ptr<Query> query;
  // CALL (a, b) { … }: the imported names; absent: by a leading WITH inside, as openCypher does.
  std::optional<std::vector<std::string>> imports;
};
struct Clause;
struct Foreach {
  std::string variable;
  ExprPtr list;
  std::vector<Clause> updates;
};
struct LoadCsv {
  bool with_headers = false;
  ExprPtr url;
  std::string variable;
  std::string field_terminator;  // empty: ","
};
struct AlignerCall {
  std::string name;
  ExprPtr options;  // a map or null
  Place place;
};
// ALIGN source TO (target) USING a {…} THEN b {…} TOP n YIELD score, rank
struct Align {
  ExprPtr source;
  NodePattern target;
  std::vector<AlignerCall> aligners;  // one or more
  ExprPtr top;                        // null: none
  std::vector<YieldItem> yield;
};
// MAP (a)-[:TYPE {…}]->(b) SET …
// `SET key = expr` sets the mapping's own property: a kProperty item without a target. Where the
// relationship has a variable r, `SET r = …`, `SET r += …` and `SET r.key = …` are as in Set.
struct MapClause {
  PatternPart pattern;  // one relationship
  std::vector<SetItem> set;
};

struct Clause {
  Place place;
  std::variant<Match, Unwind, With, Return, Create, Merge, Set, Remove, Delete, Call, CallSubquery,
               Foreach, LoadCsv, Align, MapClause>
      node;
};

struct SingleQuery {
  std::vector<Clause> clauses;
};

struct Query {
  std::vector<SingleQuery> parts;  // joined by UNION
  std::vector<bool> union_all;     // size parts.size() - 1
  Place place;
};

// -- statements --

struct CreateIndex {
  std::string name;  // empty: derived
  bool if_not_exists = false;
  EntityKind entity = EntityKind::kNode;
  std::string label;
  std::vector<std::string> properties;
};
struct DropIndex {
  std::string name;
  bool if_exists = false;
};
struct CreateConstraint {
  std::string name;
  bool if_not_exists = false;
  EntityKind entity = EntityKind::kNode;
  std::string label;
  std::vector<std::string> properties;
  bool unique = true;  // IS UNIQUE; false: IS NOT NULL
};
struct DropConstraint {
  std::string name;
  bool if_exists = false;
};
struct CreateSpace {
  std::string name;
  bool if_not_exists = false;
  std::vector<std::string> labels;
  std::string model;  // empty: none
  Map options;        // literals
};
struct DropSpace {
  std::string name;
  bool if_exists = false;
};
enum class ShowKind {
  kIndexes,
  kConstraints,
  kLabels,
  kTypes,
  kPropertyKeys,
  kFunctions,
  kProcedures,
  kStatistics,
  kAligners,
  kSpaces,
};
struct Show {
  ShowKind kind;
};
enum class TransactionKind { kBegin, kBeginReadOnly, kCommit, kRollback };
struct TransactionControl {
  TransactionKind kind;
};

enum class ExplainMode { kNone, kExplain, kProfile };

struct Statement {
  ExplainMode explain = ExplainMode::kNone;
  std::variant<Query, CreateIndex, DropIndex, CreateConstraint, DropConstraint, CreateSpace,
               DropSpace, Show, TransactionControl>
      node;
  std::string text;  // the whole source text, for column names and error carets
};

}  // namespace gesta::ast

#endif  // GESTA_QUERY_PARSE_AST_H_
