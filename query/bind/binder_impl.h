// The binder's state while it walks one statement. Implementation header: bind_expression.cpp,
// bind_pattern.cpp, bind_projection.cpp and bind_clause.cpp each define a part of the class.
#ifndef GESTA_QUERY_BIND_BINDER_IMPL_H_
#define GESTA_QUERY_BIND_BINDER_IMPL_H_

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bind/binder.h"
#include "bind/errors.h"
#include "bind/scope.h"
#include "bind/static_type.h"

namespace gesta {

// A pattern's parts, borrowed from the syntax tree.
using PatternParts = std::vector<const ast::PatternPart*>;

PatternParts PartsOf(const ast::Pattern& pattern);

// Sets a variable for the length of a block.
template <typename T>
class Restore {
 public:
  Restore(T& variable, T value) : variable_(variable), old_(variable) { variable = value; }
  ~Restore() { variable_ = old_; }
  Restore(const Restore&) = delete;
  Restore& operator=(const Restore&) = delete;

 private:
  T& variable_;
  T old_;
};

// An expression with what is known of its type.
struct Typed {
  BoundExprPtr expr;
  StaticType type;
};

class Binder {
 public:
  Binder(const ast::Statement& statement, const BindContext& context)
      : text_(statement.text), context_(context) {}

  Result<BoundStatement> Bind(const ast::Statement& statement);

 private:
  // How aggregates are taken out of a projection's expressions while they are bound.
  struct Grouping {
    // Fingerprint -> slot of a grouping key (or, in ORDER BY, of any item). `simple` keys
    // (variables, properties) may stand inside larger expressions beside aggregates.
    struct Key {
      Slot slot;
      StaticType type;
      bool simple;
      const ast::Expr* expr;
    };
    std::map<std::string, Key> keys;
    std::map<std::string, size_t> aggregates;  // fingerprint -> index in *out
    std::vector<BoundAggregate>* out = nullptr;
    Slot first_local = 0;  // slots from here on are the expression's own (comprehensions)
    bool in_order_by = false;
    bool with_aggregate = false;            // the expression being bound contains an aggregate
    const Scope* argument_scope = nullptr;  // what aggregates' arguments see
  };
  // A subquery being bound: outer slots it reads, in order of first use.
  struct Frame {
    Slot first_slot;
    std::vector<Slot> arguments;
  };

  // -- bind_clause.cpp --
  Result<BoundQuery> BindQuery(const ast::Query& query, Scope scope, bool subquery);
  Result<BoundSingleQuery> BindSingle(const ast::SingleQuery& single, Scope scope, bool subquery,
                                      std::vector<std::string>* columns,
                                      std::vector<StaticType>* types);
  Status CheckComposition(const ast::SingleQuery& single, bool subquery) const;
  Result<BoundClause> BindClause(const ast::Clause& clause, Scope* scope, bool standalone,
                                 std::vector<std::string>* columns, std::vector<Slot>* result,
                                 std::vector<StaticType>* types);
  Result<BoundSetItem> BindSetItem(const ast::SetItem& item, const Scope& scope);
  Result<std::vector<BoundSetItem>> BindSetItems(const std::vector<ast::SetItem>& items,
                                                 const Scope& scope);
  Result<BoundRemove> BindRemove(const ast::Remove& remove, const Scope& scope);
  Result<BoundDelete> BindDelete(const ast::Delete& clause, const Scope& scope);
  Result<BoundProcedureCall> BindCall(const ast::Call& call, const ast::Place& place, Scope* scope,
                                      bool standalone, std::vector<std::string>* columns,
                                      std::vector<Slot>* result);
  Result<BoundCallSubquery> BindCallSubquery(const ast::CallSubquery& call, const ast::Place& place,
                                             Scope* scope);
  Result<BoundForeach> BindForeach(const ast::Foreach& foreach, const Scope& scope);
  Result<BoundAlign> BindAlign(const ast::Align& align, Scope* scope);
  Result<BoundMapClause> BindMap(const ast::MapClause& map, Scope* scope);
  Status CheckEntity(const Typed& target, const ast::Place& place, std::string_view what) const;

  // -- bind_pattern.cpp --
  Result<BoundMatch> BindMatch(const ast::Match& match, Scope* scope);
  // Adds the pattern's new variables to `scope`.
  Status BindPattern(const PatternParts& parts, bool for_merge, Scope* scope, BoundPattern* bound,
                     std::vector<BoundExprPtr>* predicates);
  Result<Slot> BindPatternNode(const ast::NodePattern& node, Scope* scope, Slot clause_start,
                               BoundPattern* bound);
  Status BindPatternRel(const ast::RelationshipPattern& rel, Slot from, Slot to, ast::PathKind kind,
                        Scope* scope, std::set<std::string>* seen, BoundPattern* bound);
  // Property maps, label forms and inline WHERE of pattern elements, once all variables are known.
  Status BindElementPredicates(const PatternParts& parts, const Scope& scope,
                               const std::vector<Slot>& node_slots, BoundPattern* bound,
                               std::vector<BoundExprPtr>* predicates);
  Result<BoundCreate> BindCreate(const PatternParts& parts, bool for_merge, Scope* scope);
  Result<BoundMerge> BindMerge(const ast::Merge& merge, Scope* scope);
  Result<BoundProperties> BindProperties(const ast::ExprPtr& properties, const Scope& scope);

  // -- bind_projection.cpp --
  Result<BoundProjection> BindProjection(const ast::Projection& projection, bool is_return,
                                         const ast::ExprPtr& where, const ast::Place& place,
                                         Scope* scope);
  Result<BoundExprPtr> BindCount(const ast::ExprPtr& expr, const char* what);

  // -- bind_expression.cpp --
  Result<Typed> BindExpr(const ast::Expr& expr, const Scope& scope);
  Result<BoundExprPtr> BindValue(const ast::Expr& expr, const Scope& scope);  // no aggregates
  // WHERE: boolean, no aggregates; split at its ANDs and appended.
  Status BindPredicate(const ast::Expr& expr, const Scope& scope,
                       std::vector<BoundExprPtr>* conjuncts);
  Result<Typed> BindVariable(const ast::Expr& expr, const std::string& name, const Scope& scope);
  Result<Typed> BindProperty(const ast::Expr& expr, const ast::PropertyAccess& node,
                             const Scope& scope);
  Result<Typed> BindBinary(const ast::Expr& expr, const ast::Binary& node, const Scope& scope);
  Result<Typed> BindUnary(const ast::Expr& expr, const ast::Unary& node, const Scope& scope);
  Result<Typed> BindChain(const ast::Expr& expr, const ast::ComparisonChain& node,
                          const Scope& scope);
  Result<Typed> BindFunction(const ast::Expr& expr, const ast::FunctionCall& node,
                             const Scope& scope);
  Result<Typed> BindAggregate(const ast::Expr& expr, const ast::FunctionCall* node,
                              const AggregateInfo* function, const Scope& scope);
  Result<Typed> BindCase(const ast::Expr& expr, const ast::Case& node, const Scope& scope);
  Result<Typed> BindMapProjection(const ast::Expr& expr, const ast::MapProjection& node,
                                  const Scope& scope);
  Result<Typed> BindListComprehension(const ast::Expr& expr, const ast::ListComprehension& node,
                                      const Scope& scope);
  Result<Typed> BindQuantifier(const ast::Expr& expr, const ast::Quantifier& node,
                               const Scope& scope);
  Result<Typed> BindReduce(const ast::Expr& expr, const ast::Reduce& node, const Scope& scope);
  // A pattern (with WHERE and a projected value) as a subquery expression.
  Result<Typed> BindPatternSubquery(const ast::Place& place, BoundSubqueryKind kind,
                                    const PatternParts& parts, const ast::Expr* where,
                                    const ast::Expr* map, bool new_variables, const Scope& scope);
  Result<Typed> BindSubquery(const ast::Expr& expr, const ast::SubqueryExpression& node,
                             const Scope& scope);
  Status CheckBoolean(const Typed& operand, const ast::Place& place) const;

  // -- shared --
  Slot NewSlot(std::string name) {
    slot_names_.push_back(std::move(name));
    return static_cast<Slot>(slot_names_.size() - 1);
  }
  Slot NewHiddenSlot() { return NewSlot({}); }
  // Notes that the expression or pattern being bound reads the slot.
  void Use(Slot slot);
  Status Undefined(const ast::Place& place, const std::string& name, const Scope& scope) const;
  static BoundExprPtr Make(const ast::Place& place, decltype(BoundExpr::node) node) {
    return std::make_unique<BoundExpr>(BoundExpr{place, std::move(node)});
  }

  std::string_view text_;
  BindContext context_;
  std::vector<std::string> slot_names_;
  std::vector<std::string> parameters_;
  bool writes_ = false;
  std::vector<Frame> frames_;
  // In the body of EXISTS, COUNT or COLLECT: the variables around it, which WITH does not hide.
  // Null elsewhere.
  const Scope* enclosing_ = nullptr;
  Grouping* grouping_ = nullptr;   // set while expressions of a grouped projection are bound
  bool allow_aggregates_ = false;  // false: an aggregate is InvalidAggregation
  bool inside_aggregate_ = false;
  bool allow_pattern_ = false;  // a pattern may stand here as a predicate
};

}  // namespace gesta

#endif  // GESTA_QUERY_BIND_BINDER_IMPL_H_
