// Walking plans and the expressions in them. Every pass over a plan stands on these functions, so a
// new operator or expression is listed here once.
#ifndef GESTA_QUERY_PLAN_WALK_PLAN_H_
#define GESTA_QUERY_PLAN_WALK_PLAN_H_

#include <functional>

#include "plan/logical.h"
#include "plan/slot_set.h"

namespace gesta::plan {

using ExprVisitor = std::function<void(BoundExprPtr&)>;

// Each expression directly below `expr` (never a null one; subqueries' plans excepted).
void ForEachChild(BoundExpr& expr, const ExprVisitor& visit);

// `expr` itself after all expressions below it.
void ForEachPostOrder(BoundExprPtr& expr, const ExprVisitor& visit);

// Each expression that the operator itself evaluates (the roots only).
void ForEachExpr(LogicalOp& op, const ExprVisitor& visit);

// The expressions of a bound clause (the roots only; subqueries excepted).
void ForEachExpr(BoundClause& clause, const ExprVisitor& visit);

// Each subquery in the operator's expressions, however deep (subqueries in subqueries excepted).
void ForEachSubquery(LogicalOp& op, const std::function<void(BoundSubquery&)>& visit);

// `op` and all operators below it, children first; subqueries' plans excepted.
void ForEachOp(LogicalOp& op, const std::function<void(LogicalOp&)>& visit);

// The slots that the operator itself reads: in expressions and as end points. Those that a right
// child's OpArgument asks for are not among them.
SlotSet ReadSlots(const LogicalOp& op);

// The slots that the operator itself adds to its child's rows.
std::vector<Slot> AddedSlots(const LogicalOp& op);

// The slots that rows of this plan can have, whether they are live or not; OpArgument's slots
// excepted.
SlotSet ProducedBelow(const LogicalOp& op);

// Whether the same expression gives the same value wherever in a statement it is evaluated.
bool IsVolatile(const BoundExpr& expr);

std::vector<Slot> SlotsOf(const BoundExpr& expr);

}  // namespace gesta::plan

#endif  // GESTA_QUERY_PLAN_WALK_PLAN_H_
