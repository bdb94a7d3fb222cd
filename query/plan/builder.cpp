// Queries, unions and subqueries; and what all clauses share.
#include "plan/builder.h"

#include <algorithm>

#include "plan/liveness.h"
#include "plan/needs.h"
#include "plan/walk_plan.h"

namespace gesta {
namespace plan {
namespace {

// Operators that have read all their input before they give the first row.
bool ReadsAllFirst(const LogicalOp& op) {
  return std::holds_alternative<OpEager>(op.node) || std::holds_alternative<OpSort>(op.node) ||
         std::holds_alternative<OpAggregate>(op.node) || std::holds_alternative<OpDelete>(op.node);
}

// Whether one input row may become several.
bool Multiplies(const LogicalOp& op) {
  return std::visit(
      [](const auto& node) {
        using T = std::decay_t<decltype(node)>;
        if constexpr (std::is_same_v<T, OpApply>) {
          return !node.unit;
        } else if constexpr (std::is_same_v<T, OpProcedureCall>) {
          return !node.keep_row;
        } else {
          return std::is_same_v<T, OpNodeScan> || std::is_same_v<T, OpLabelScan> ||
                 std::is_same_v<T, OpIndexSeek> || std::is_same_v<T, OpNodeByIds> ||
                 std::is_same_v<T, OpRelationshipScan> || std::is_same_v<T, OpExpand> ||
                 std::is_same_v<T, OpVarExpand> || std::is_same_v<T, OpShortestPath> ||
                 std::is_same_v<T, OpUnwind> || std::is_same_v<T, OpMerge> ||
                 std::is_same_v<T, OpLoadCsv> || std::is_same_v<T, OpAlign>;
        }
      },
      op.node);
}

// `op` has its right child already, if it has one.
void Push(Stream& stream, LogicalOp op, double rows) {
  op.children.insert(op.children.begin(), std::move(stream.root));
  op.estimated_rows = rows;
  stream.rows = rows;
  stream.root = std::make_unique<LogicalOp>(std::move(op));
}

}  // namespace

void Append(Stream& stream, LogicalOp op, double rows) {
  Effects effects = EffectsOf(op);
  for (LogicalOpPtr& right : op.children) effects.Add(EffectsBelow(*right));
  if (!stream.one_row &&
      (Effects::Sees(stream.pending, effects) || Effects::Sees(effects, stream.pending) ||
       Effects::Collide(effects, stream.pending))) {
    // DELETE reads its input to the end by itself; what it evaluates on the way still must see what
    // was written below.
    const bool needed = !std::holds_alternative<OpDelete>(op.node) || stream.pending.Writes();
    if (needed) {
      Push(stream, MakeOp(OpEager{}), stream.rows);
      stream.pending = {};
    }
  }
  stream.one_row = stream.one_row && !Multiplies(op);
  for (const Slot slot : AddedSlots(op)) stream.available.Add(slot);
  stream.wrote = stream.wrote || effects.Writes();
  if (ReadsAllFirst(op)) {
    stream.pending = {};
  } else {
    stream.pending.Add(effects);
  }
  Push(stream, std::move(op), rows);
}

void AppendFilter(Stream& stream, std::vector<BoundExprPtr> predicates, double selectivity) {
  if (predicates.empty()) return;
  Append(stream, MakeOp(OpFilter{std::move(predicates)}), stream.rows * selectivity);
}

Slot NewSlot(BoundStatement& statement) {
  statement.slot_names.resize(statement.slot_count);
  statement.slot_names.push_back("  " + std::to_string(statement.slot_count));
  return statement.slot_count++;
}

bool CanBatch(const LogicalOp& op) {
  const bool self = std::visit(
      [](const auto& node) {
        using T = std::decay_t<decltype(node)>;
        return std::is_same_v<T, OpUnit> || std::is_same_v<T, OpArgument> ||
               std::is_same_v<T, OpNodeScan> || std::is_same_v<T, OpLabelScan> ||
               std::is_same_v<T, OpIndexSeek> || std::is_same_v<T, OpNodeByIds> ||
               std::is_same_v<T, OpRelationshipScan> || std::is_same_v<T, OpExpand> ||
               std::is_same_v<T, OpVarExpand> || std::is_same_v<T, OpShortestPath> ||
               std::is_same_v<T, OpFilter> || std::is_same_v<T, OpProject> ||
               std::is_same_v<T, OpUnwind> || std::is_same_v<T, OpCartesianProduct> ||
               std::is_same_v<T, OpHashJoin> || std::is_same_v<T, OpApply> ||
               std::is_same_v<T, OpSemiApply>;
      },
      op.node);
  if (!self) return false;
  // Only the left side of an Apply keeps its own order; its right side may be anything that does
  // not write.
  if (std::holds_alternative<OpApply>(op.node) || std::holds_alternative<OpSemiApply>(op.node)) {
    return CanBatch(*op.children[0]) && !EffectsBelow(*op.children[1]).Writes();
  }
  return std::all_of(op.children.begin(), op.children.end(),
                     [](const LogicalOpPtr& child) { return CanBatch(*child); });
}

Stream PlanBuilder::Leaf(bool subplan, const SlotSet& outer) {
  Stream stream;
  stream.root = std::make_unique<LogicalOp>(subplan ? MakeOp(OpArgument{}) : MakeOp(OpUnit{}));
  stream.root->estimated_rows = 1;
  stream.available = outer;
  stream.outer = outer;
  return stream;
}

Result<Stream> PlanBuilder::PlanQuery(BoundQuery& query, bool subplan, const SlotSet& outer) {
  GESTA_ASSIGN_OR_RETURN(Stream stream, PlanPart(query.parts[0], subplan, outer));
  if (query.parts.size() == 1) return stream;
  std::vector<Slot> left = query.parts[0].result;
  bool distinct = false;
  for (size_t i = 1; i < query.parts.size(); ++i) {
    GESTA_ASSIGN_OR_RETURN(Stream right, PlanPart(query.parts[i], subplan, outer));
    OpUnion node{query.result, left, query.parts[i].result};
    left = query.result;
    LogicalOp op = MakeOp(std::move(node));
    op.children.push_back(std::move(right.root));
    stream.one_row = false;
    stream.wrote = stream.wrote || right.wrote;
    // The left side ends before the right one starts.
    stream.pending.Add(right.pending);
    stream.outer = {};
    stream.available = SlotSet(query.result);
    Push(stream, std::move(op), stream.rows + right.rows);
    distinct = distinct || !query.union_all[i - 1];
  }
  if (distinct) Append(stream, MakeOp(OpDistinct{query.result}), stream.rows);
  return stream;
}

Result<Stream> PlanBuilder::PlanPart(BoundSingleQuery& part, bool subplan, const SlotSet& outer) {
  Stream stream = Leaf(subplan, outer);
  method_.clear();
  if (options_.Uses("count-rows")) CountRowsOfPatterns(part);
  const std::vector<SlotSet> read = ReadAfterClauses(part);
  const std::vector<bool> only_counted = OnlyCountedAfterClauses(part);
  // Parts are planned within parts.
  const SlotSet outer_wanted = std::move(wanted_);
  const bool outer_counted = only_counted_;
  Status status;
  for (size_t i = 0; i < part.clauses.size() && status.ok(); ++i) {
    wanted_ = read[i];
    wanted_.AddAll(collecting_);
    only_counted_ = only_counted[i];
    status = PlanClause(part.clauses[i], stream);
  }
  wanted_ = outer_wanted;
  only_counted_ = outer_counted;
  GESTA_RETURN_IF_ERROR(status);
  return stream;
}

Status PlanBuilder::PlanClause(BoundClause& clause, Stream& stream) {
  Status status;
  ForEachExpr(clause, [&](BoundExprPtr& expr) {
    if (status.ok()) status = PlanSubqueries(*expr);
  });
  GESTA_RETURN_IF_ERROR(status);
  return std::visit([&](auto& node) { return Plan(node, stream); }, clause.node);
}

Status PlanBuilder::PlanSubqueries(BoundExpr& expr) {
  if (auto* subquery = std::get_if<BoundSubquery>(&expr.node)) return PlanSubquery(*subquery);
  Status status;
  ForEachChild(expr, [&](BoundExprPtr& child) {
    if (status.ok()) status = PlanSubqueries(*child);
  });
  return status;
}

Status PlanBuilder::PlanSubquery(BoundSubquery& subquery) {
  if (!subquery.query) return {};
  std::shared_ptr<LogicalPlan>& plan = planned_[subquery.query.get()];
  if (!plan) {
    BoundQuery& query = *subquery.query;
    collecting_.push_back(subquery.value);
    Result<Stream> planned = PlanQuery(query, true, SlotSet(subquery.arguments));
    collecting_.pop_back();
    if (!planned.ok()) return planned.status();
    Stream& stream = *planned;
    plan = std::make_shared<LogicalPlan>();
    plan->batched = CanBatch(*stream.root);
    plan->root = std::move(stream.root);
    plan->result = query.result;
    plan->arguments = subquery.arguments;
    kept_.push_back(subquery.query);
  }
  subquery.plan = plan;
  subquery.query.reset();
  return {};
}

}  // namespace plan

Result<PlannedStatement> PlanStatement(BoundStatement statement, Transaction& transaction,
                                       plan::PropertySamples* samples,
                                       const PlannerOptions& options) {
  const plan::Estimator estimator(transaction, options.optimize ? samples : nullptr);
  plan::PlanBuilder builder(estimator, options, statement);
  GESTA_ASSIGN_OR_RETURN(plan::Stream stream, builder.PlanQuery(statement.query, false, {}));
  PlannedStatement planned;
  planned.assumptions = builder.TakeAssumptions();
  planned.plan.root = std::move(stream.root);
  planned.plan.result = statement.query.result;
  planned.plan.columns = std::move(statement.query.columns);
  planned.slot_count = statement.slot_count;
  planned.slot_names = std::move(statement.slot_names);
  planned.slot_names.resize(planned.slot_count);
  planned.parameters = std::move(statement.parameters);
  planned.writes = statement.writes;
  planned.explain = statement.explain;
  return planned;
}

Status FinishPlan(PlannedStatement& statement, const PlannerOptions& options) {
  return plan::ComputeLiveness(statement.plan, options.optimize);
}

}  // namespace gesta
