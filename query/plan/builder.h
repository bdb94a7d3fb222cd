// PlanBuilder: turns the clauses of a bound query into operators, one clause after the other.
#ifndef GESTA_QUERY_PLAN_BUILDER_H_
#define GESTA_QUERY_PLAN_BUILDER_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plan/effects.h"
#include "plan/estimate.h"
#include "plan/logical.h"
#include "plan/planner.h"
#include "plan/slot_set.h"

namespace gesta::plan {

// The rows so far.
struct Stream {
  LogicalOpPtr root;
  SlotSet available;    // slots that the rows have
  SlotSet outer;        // those of them that a subplan's caller gives
  double rows = 1;      // estimated
  bool one_row = true;  // never more than one
  bool wrote = false;   // an operator below writes
  Effects pending;      // of operators that may not have run to their end yet
};

class PlanBuilder {
 public:
  PlanBuilder(const Estimator& estimator, const PlannerOptions& options, BoundStatement& statement)
      : estimator_(estimator), options_(options), statement_(statement) {}

  // `leaf`: OpUnit for a statement, OpArgument for a subplan; `outer`: slots that a subplan's rows
  // may use.
  Result<Stream> PlanQuery(BoundQuery& query, bool subplan, const SlotSet& outer);

  // Plans all subqueries inside the expression.
  Status PlanSubqueries(BoundExpr& expr);

  // What the plan takes for granted of the store.
  std::vector<PlanAssumption> TakeAssumptions() { return std::move(assumptions_); }

 private:
  Result<Stream> PlanPart(BoundSingleQuery& part, bool subplan, const SlotSet& outer);
  Status PlanClause(BoundClause& clause, Stream& stream);
  Status PlanSubquery(BoundSubquery& subquery);
  static Stream Leaf(bool subplan, const SlotSet& outer);

  // One clause each.
  Status Plan(BoundMatch& match, Stream& stream);
  Status Plan(BoundUnwind& unwind, Stream& stream);
  Status Plan(BoundProjection& projection, Stream& stream);
  Status Plan(BoundCreate& create, Stream& stream);
  Status Plan(BoundMerge& merge, Stream& stream);
  Status Plan(BoundSet& set, Stream& stream);
  Status Plan(BoundRemove& remove, Stream& stream);
  Status Plan(BoundDelete& del, Stream& stream);
  Status Plan(BoundProcedureCall& call, Stream& stream);
  Status Plan(BoundCallSubquery& call, Stream& stream);
  Status Plan(BoundForeach& each, Stream& stream);
  Status Plan(BoundLoadCsv& load, Stream& stream);
  Status Plan(BoundAlign& align, Stream& stream);
  Status Plan(BoundMapClause& map, Stream& stream);
  // An operator whose subqueries see the graph as it was before the first row was written.
  void AppendWrite(LogicalOp op, Stream& stream);

  const Estimator& estimator_;
  const PlannerOptions& options_;
  BoundStatement& statement_;  // gives fresh slots
  // Expressions that were copied share their subquery: it is planned once.
  std::map<const BoundQuery*, std::shared_ptr<LogicalPlan>> planned_;
  std::vector<std::shared_ptr<BoundQuery>> kept_;  // keeps the keys of planned_ alive
  std::string method_;                             // of the last ALIGN clause
  std::vector<Slot> collecting_;  // values of the COLLECT subqueries that are being planned
  SlotSet wanted_;                // slots that are read after the clause that is planned now
  bool only_counted_ = false;     // equal rows after it need only be counted
  std::vector<PlanAssumption> assumptions_;
};

// Puts an operator on top of the stream: an OpEager first where the operator and what runs below
// would see each other's writes, and the stream's row count and effects brought up to date.
void Append(Stream& stream, LogicalOp op, double rows);
void AppendFilter(Stream& stream, std::vector<BoundExprPtr> predicates, double selectivity);

template <typename T>
LogicalOp MakeOp(T node) {
  LogicalOp op;
  op.node = std::move(node);
  return op;
}

// Whether rows of one outer row after the other come out in that order and with their numbers, so
// that one run of the plan serves many outer rows.
bool CanBatch(const LogicalOp& op);

// A fresh slot for something that has no name.
Slot NewSlot(BoundStatement& statement);

}  // namespace gesta::plan

#endif  // GESTA_QUERY_PLAN_BUILDER_H_
