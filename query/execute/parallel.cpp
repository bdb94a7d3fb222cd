#include "execute/parallel.h"

#include <algorithm>

#include "execute/rows.h"
#include "execute/worker_pool.h"
#include "plan/walk_plan.h"

namespace gesta::execute {
namespace {

// A source that is expected to give fewer rows than this cannot be shared out; the operators above
// it then belong to the source until there are enough.
constexpr double kLeastSourceRows = 32;

// The end of a copy.
class SliceReader : public Operator {
 public:
  SliceReader(const LogicalOp& op, SharedSource* source) : source_(source) { logical = &op; }

  Status Open() override { return {}; }
  Status Next(Batch* out) override { return source_->Next(out, &slice_); }
  uint64_t slice() const { return slice_; }

 private:
  SharedSource* source_;
  uint64_t slice_ = 0;
};

bool IsReading(const LogicalOp& op) {
  return std::visit(
      [](const auto& node) {
        using Node = std::decay_t<decltype(node)>;
        return !std::is_same_v<Node, OpCreate> && !std::is_same_v<Node, OpMerge> &&
               !std::is_same_v<Node, OpSet> && !std::is_same_v<Node, OpRemove> &&
               !std::is_same_v<Node, OpDelete> && !std::is_same_v<Node, OpForeach> &&
               !std::is_same_v<Node, OpProcedureCall> && !std::is_same_v<Node, OpLoadCsv> &&
               !std::is_same_v<Node, OpAlign> && !std::is_same_v<Node, OpMapRelationship>;
      },
      op.node);
}

// Whether everything in the plan of `op`, subqueries included, can be evaluated by any thread and
// in any order of rows. The plan is not changed: visitors of plans are written for passes that do.
bool AnyThreadCanRun(const LogicalOp& plan) {
  bool can = true;
  plan::ForEachOp(const_cast<LogicalOp&>(plan), [&](LogicalOp& op) {
    can = can && IsReading(op);
    plan::ForEachExpr(op, [&](BoundExprPtr& expr) { can = can && !plan::IsVolatile(*expr); });
    plan::ForEachSubquery(op, [&](BoundSubquery& subquery) {
      can = can && subquery.plan && AnyThreadCanRun(*subquery.plan->root);
    });
  });
  return can;
}

// Whether copies of the operator may work side by side, each on a part of its first child's rows.
bool CanCopy(const LogicalOp& op) {
  return std::visit(
      [](const auto& node) {
        using Node = std::decay_t<decltype(node)>;
        return std::is_same_v<Node, OpFilter> || std::is_same_v<Node, OpProject> ||
               std::is_same_v<Node, OpExpand> || std::is_same_v<Node, OpVarExpand> ||
               std::is_same_v<Node, OpShortestPath> || std::is_same_v<Node, OpHashJoin> ||
               std::is_same_v<Node, OpCartesianProduct> || std::is_same_v<Node, OpUnwind> ||
               std::is_same_v<Node, OpApply> || std::is_same_v<Node, OpSemiApply>;
      },
      op.node);
}

// Whether rows come in an order that the statement may have asked for.
bool IsOrdered(const LogicalOp& op) {
  if (std::holds_alternative<OpSort>(op.node) || std::holds_alternative<OpIndexSeek>(op.node)) {
    return true;
  }
  if (std::holds_alternative<OpAggregate>(op.node)) return false;
  return !op.children.empty() && IsOrdered(*op.children[0]);
}

void AddCounters(const Operator& from, Operator* to) {
  to->rows_out += from.rows_out;
  to->batches_out += from.batches_out;
  to->time += from.time;
  for (size_t i = 0; i < from.children.size() && i < to->children.size(); ++i) {
    // What the copies share is counted already.
    if (from.children[i] != to->children[i]) AddCounters(*from.children[i], to->children[i]);
  }
}

}  // namespace

Status SharedSource::Open() {
  batch_.Clear();
  next_row_ = 0;
  next_number_ = 0;
  ended_ = false;
  stopped_ = false;
  return source_->Open();
}

Status SharedSource::Next(Batch* out, uint64_t* number) {
  out->Clear();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (next_row_ == batch_.rows) {
    batch_.Clear();
    next_row_ = 0;
    if (ended_ || stopped()) return {};
    const Status status = source_->Next(&batch_);
    ended_ = !status.ok() || batch_.rows == 0;
    GESTA_RETURN_IF_ERROR(status);
    if (ended_) return {};
  }
  if (stopped()) return {};
  *number = next_number_++;
  if (next_row_ == 0 && batch_.rows <= slice_rows_) {
    std::swap(*out, batch_);
    batch_.Clear();
    return {};
  }
  const size_t end = std::min(batch_.rows, next_row_ + slice_rows_);
  const auto slice = [&](auto& from, auto* to) {
    if (from.empty()) return;
    to->assign(from.begin() + static_cast<ptrdiff_t>(next_row_),
               from.begin() + static_cast<ptrdiff_t>(end));
  };
  for (size_t slot = 0; slot < batch_.columns.size(); ++slot) {
    slice(batch_.columns[slot], &out->columns[slot]);
  }
  slice(batch_.multiplicity, &out->multiplicity);
  out->rows = end - next_row_;
  next_row_ = end;
  return {};
}

Result<std::unique_ptr<ParallelInput>> ParallelInput::Make(const LogicalOp& input, Use use,
                                                           BuildEnv& env) {
  std::unique_ptr<ParallelInput> none;
  ExecutionContext& context = *env.context;
  if (!context.workers || context.workers->width() < 2 || env.argument || env.copy ||
      !context.transaction() || !context.transaction()->read_only()) {
    return none;
  }
  double most_rows = input.estimated_rows;
  const LogicalOp* source = &input;
  std::vector<const LogicalOp*> chain;
  while (CanCopy(*source)) {
    chain.push_back(source);
    source = source->children[0].get();
    most_rows = std::max(most_rows, source->estimated_rows);
  }
  while (!chain.empty() && source->estimated_rows < kLeastSourceRows &&
         source->estimated_rows < context.parallel_rows) {
    source = chain.back();
    chain.pop_back();
  }
  if (most_rows < context.parallel_rows || std::holds_alternative<OpUnit>(source->node) ||
      (use == Use::kGroupInOrder && IsOrdered(*source)) || !AnyThreadCanRun(input)) {
    return none;
  }

  std::unique_ptr<ParallelInput> made(new ParallelInput);
  made->context_ = &context;
  const size_t width = context.workers->width();
  const double slices = 16.0 * static_cast<double>(width);
  const double slice_rows = std::clamp(source->estimated_rows / slices, 16.0, 1024.0);
  GESTA_ASSIGN_OR_RETURN(OperatorPtr root, BuildTree(*source, env));
  made->source_ = std::make_unique<SharedSource>(
      std::move(root), std::min(context.batch_rows, static_cast<size_t>(slice_rows)), &context);
  for (size_t i = 0; i < width; ++i) {
    made->contexts_.push_back(context.Fork(i == 0));
    PipelineCopy copy{i, source, made->source_.get(), &made->shared_, nullptr};
    BuildEnv copy_env{made->contexts_.back().get(), nullptr, false, &copy};
    GESTA_ASSIGN_OR_RETURN(OperatorPtr tree, BuildTree(input, copy_env));
    made->copies_.push_back(std::move(tree));
    made->readers_.push_back(copy.reader);
  }
  return made;
}

Status ParallelInput::Open() {
  GESTA_RETURN_IF_ERROR(source_->Open());
  for (const OperatorPtr& copy : copies_) GESTA_RETURN_IF_ERROR(copy->Open());
  return {};
}

Status ParallelInput::Run(const std::function<Status(size_t, Operator&)>& work) {
  const Status status = RunTasks(copies_.size(), [&](size_t copy) {
    Status done = work(copy, *copies_[copy]);
    if (!done.ok()) source_->Stop();
    return done;
  });
  if (context_->profile) SumProfile();
  return status;
}

Status ParallelInput::RunTasks(size_t count, const std::function<Status(size_t)>& task) {
  std::vector<Status> results(count);
  context_->workers->Run(count, [&](size_t number) { results[number] = task(number); });
  for (const Status& status : results) GESTA_RETURN_IF_ERROR(status);
  return {};
}

uint64_t ParallelInput::slice(size_t copy) const {
  return static_cast<const SliceReader*>(readers_[copy])->slice();
}

void ParallelInput::SumProfile() {
  for (size_t copy = 1; copy < copies_.size(); ++copy)
    AddCounters(*copies_[copy], copies_[0].get());
  Operator& reader = *readers_.front();
  const Operator& source = *source_->root();
  reader.rows_out = source.rows_out;
  reader.batches_out = source.batches_out;
  reader.time = source.time;
  reader.children = source.children;  // it stands for the source in the tree
}

OperatorPtr MakeSliceReader(const LogicalOp& op, PipelineCopy& copy) {
  auto reader = std::make_unique<SliceReader>(op, copy.shared_source);
  copy.reader = reader.get();
  return reader;
}

}  // namespace gesta::execute
