// From logical operators to running ones: the builders of every kind, and what operators share.
#ifndef GESTA_QUERY_EXECUTE_BUILD_H_
#define GESTA_QUERY_EXECUTE_BUILD_H_

#include <map>
#include <memory>
#include <vector>

#include "execute/expression.h"
#include "execute/operator.h"

namespace gesta::execute {

using OperatorPtr = std::unique_ptr<Operator>;

// The outer rows a subplan runs for. OpArgument (and OpUnit inside a subplan) reads them.
struct ArgumentSource {
  const Batch* batch = nullptr;
  size_t begin = 0;
  size_t end = 0;
  // Optional: outer rows whose further results nobody wants; operators may skip them.
  const std::vector<uint8_t>* satisfied = nullptr;

  bool Satisfied(const Batch& input, size_t row) const {
    return satisfied && !input.row_numbers.empty() && (*satisfied)[input.row_numbers[row]];
  }
};

class SharedSource;

// Set while one of several copies of a part of the plan is built (see parallel.h).
struct PipelineCopy {
  size_t number;
  const LogicalOp* source;      // here the copy ends, and takes slices of
  SharedSource* shared_source;  // what runs from there on
  // What the copies of an operator have in common, by operator; the first copy makes it.
  std::map<const LogicalOp*, std::shared_ptr<void>>* shared;
  Operator* reader;  // the copy's end, once it is built
};

struct BuildEnv {
  ExecutionContext* context;
  ArgumentSource* argument = nullptr;  // null outside subplans
  bool few_rows = false;               // whoever reads the rows may stop early (LIMIT)
  PipelineCopy* copy = nullptr;
};

// An operator that has one child.
class UnaryOperator : public Operator {
 public:
  UnaryOperator(const LogicalOp& op, OperatorPtr child, ExecutionContext* context)
      : context_(context), child_(std::move(child)), live_(op.live) {
    logical = &op;
    if (child_) children.push_back(child_.get());
  }
  Status Open() override { return child_->Open(); }

 protected:
  ExecutionContext* context_;
  OperatorPtr child_;
  const std::vector<Slot>& live_;
};

// The running form of a subplan. Every leaf of it is numbered with the outer row.
class SubplanRun : public Subplan {
 public:
  static Result<std::unique_ptr<SubplanRun>> Make(const LogicalOp& root, ExecutionContext* context);

  Status Start(const Batch& outer, size_t begin, size_t end) override;
  Status Next(Batch* out) override;

  // Borrowed; one flag per outer row. Set by consumers that want one row per outer row.
  void set_satisfied(const std::vector<uint8_t>* satisfied) { source_.satisfied = satisfied; }
  Operator* root() { return root_.get(); }

 private:
  ArgumentSource source_;
  OperatorPtr root_;
};

// Builds `op` and everything below it.
Result<OperatorPtr> BuildTree(const LogicalOp& op, BuildEnv& env);
inline Result<OperatorPtr> BuildChild(const LogicalOp& op, size_t child, BuildEnv& env) {
  return BuildTree(*op.children[child], env);
}

// The end of a copy; noted in `copy`.
OperatorPtr MakeSliceReader(const LogicalOp& op, PipelineCopy& copy);

// Whether the plan below (and with) `op` changes the graph, so that it must run to its end.
bool Writes(const LogicalOp& op);

// SKIP's and LIMIT's number: an integer that is not negative.
Result<uint64_t> RowCount(const BoundExpr& expr, ExecutionContext* context, const char* clause);

Result<OperatorPtr> Build(const OpUnit& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpArgument& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpNodeScan& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpLabelScan& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpIndexSeek& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpCountStore& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpNodeByIds& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpRelationshipScan& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpExpand& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> BuildCountExpand(const OpExpand& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpVarExpand& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpShortestPath& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpFilter& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpProject& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpAggregate& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpDistinct& node, const LogicalOp& op, BuildEnv& env);
// Null where one thread does it as well.
Result<OperatorPtr> BuildParallelDistinct(const OpDistinct& node, const LogicalOp& op,
                                          BuildEnv& env);
Result<OperatorPtr> Build(const OpSort& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpSkip& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpLimit& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpUnwind& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpEager& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpCartesianProduct& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpHashJoin& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpUnion& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpApply& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpSemiApply& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpCreate& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpMerge& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpSet& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpRemove& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpDelete& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpForeach& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpProcedureCall& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> Build(const OpLoadCsv& node, const LogicalOp& op, BuildEnv& env);

// Defined beside the aligners.
Result<OperatorPtr> BuildAlign(const OpAlign& node, const LogicalOp& op, BuildEnv& env);
Result<OperatorPtr> BuildMapRelationship(const OpMapRelationship& node, const LogicalOp& op,
                                         BuildEnv& env);
inline Result<OperatorPtr> Build(const OpAlign& node, const LogicalOp& op, BuildEnv& env) {
  return BuildAlign(node, op, env);
}
inline Result<OperatorPtr> Build(const OpMapRelationship& node, const LogicalOp& op,
                                 BuildEnv& env) {
  return BuildMapRelationship(node, op, env);
}

}  // namespace gesta::execute

#endif  // GESTA_QUERY_EXECUTE_BUILD_H_
