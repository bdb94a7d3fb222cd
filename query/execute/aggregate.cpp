// Aggregate: groups rows by equivalent keys in a hash table. Distinct is the same without
// aggregates where its input is worth several threads; each then fills a table of its own, and the
// tables are merged.
#include <algorithm>
#include <functional>

#include "execute/build.h"
#include "execute/grouping.h"
#include "execute/parallel.h"

namespace gesta::execute {
namespace {

// Tables with fewer groups are merged by one thread.
constexpr size_t kFewGroups = 4096;

using MakeGrouping = std::function<Result<std::unique_ptr<Grouping>>(ExecutionContext*)>;

class GroupOperator : public Operator {
 public:
  // One of `child` and `parallel` is given.
  GroupOperator(const LogicalOp& op, OperatorPtr child, std::unique_ptr<ParallelInput> parallel,
                ExecutionContext* context)
      : context_(context),
        live_(op.live),
        child_(std::move(child)),
        parallel_(std::move(parallel)),
        input_(context->slot_count) {
    logical = &op;
    children = {parallel_ ? parallel_->root() : child_.get()};
  }

  Status Prepare(const MakeGrouping& make) {
    const size_t count = parallel_ ? parallel_->size() : 1;
    for (size_t i = 0; i < count; ++i) {
      GESTA_ASSIGN_OR_RETURN(std::unique_ptr<Grouping> one,
                             make(parallel_ ? parallel_->context(i) : context_));
      filled_.push_back(std::move(one));
    }
    for (size_t i = 0; parallel_ && i < count; ++i) {
      GESTA_ASSIGN_OR_RETURN(std::unique_ptr<Grouping> one, make(parallel_->context(i)));
      merged_.push_back(std::move(one));
    }
    return {};
  }

  Status Open() override {
    for (const auto& grouping : filled_) grouping->Clear();
    for (const auto& grouping : merged_) grouping->Clear();
    consumed_ = false;
    results_.clear();
    next_ = 0;
    return parallel_ ? parallel_->Open() : child_->Open();
  }

  Status Next(Batch* out) override {
    out->Clear();
    if (!consumed_) {
      GESTA_RETURN_IF_ERROR(parallel_ ? ConsumeInParallel()
                                      : Consume(*child_, *filled_[0], &input_));
      if (results_.empty()) results_.push_back(filled_[0].get());
      consumed_ = true;
    }
    while (!results_.empty()) {
      Grouping& result = *results_.back();
      if (next_ < result.size()) return result.Emit(&next_, context_->batch_rows, live_, out);
      result.Clear();
      results_.pop_back();
      next_ = 0;
    }
    return {};
  }

 private:
  Status Consume(Operator& from, Grouping& to, Batch* batch) {
    while (true) {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      GESTA_RETURN_IF_ERROR(from.Next(batch));
      if (batch->rows == 0) return {};
      GESTA_RETURN_IF_ERROR(to.AddBatch(*batch));
    }
  }

  Status ConsumeInParallel() {
    GESTA_RETURN_IF_ERROR(parallel_->Run([this](size_t copy, Operator& root) {
      Batch batch(context_->slot_count);
      return Consume(root, *filled_[copy], &batch);
    }));
    size_t groups = 0;
    for (const auto& one : filled_) groups += one->size();
    if (groups <= kFewGroups) {
      for (size_t i = 1; i < filled_.size(); ++i) {
        GESTA_RETURN_IF_ERROR(filled_[0]->Merge(*filled_[i], 0, 1));
        filled_[i]->Clear();
      }
      return filled_[0]->Charge();
    }
    // Each thread merges the groups whose hashes fall to it.
    Grouping::Align(filled_);
    GESTA_RETURN_IF_ERROR(parallel_->RunTasks(merged_.size(), [this](size_t part) -> Status {
      for (const auto& one : filled_) {
        GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
        GESTA_RETURN_IF_ERROR(merged_[part]->Merge(*one, part, merged_.size()));
      }
      return {};
    }));
    for (const auto& one : filled_) one->Clear();
    for (size_t part = merged_.size(); part-- > 0;) {
      GESTA_RETURN_IF_ERROR(merged_[part]->Charge());
      results_.push_back(merged_[part].get());
    }
    return {};
  }

  ExecutionContext* context_;
  const std::vector<Slot>& live_;
  OperatorPtr child_;
  std::unique_ptr<ParallelInput> parallel_;
  std::vector<std::unique_ptr<Grouping>> filled_;  // by thread
  std::vector<std::unique_ptr<Grouping>> merged_;  // by part of the hashes
  std::vector<Grouping*> results_;                 // those not given yet, the last one first
  Batch input_;
  bool consumed_ = false;
  size_t next_ = 0;
};

}  // namespace

Result<OperatorPtr> Build(const OpAggregate& node, const LogicalOp& op, BuildEnv& env) {
  const bool few_rows = std::exchange(env.few_rows, false);
  const bool in_order = std::any_of(
      node.aggregates.begin(), node.aggregates.end(),
      [](const BoundAggregate& one) { return one.function && one.function->name == "collect"; });
  const auto use = in_order ? ParallelInput::Use::kGroupInOrder : ParallelInput::Use::kGroup;
  GESTA_ASSIGN_OR_RETURN(std::unique_ptr<ParallelInput> parallel,
                         ParallelInput::Make(*op.children[0], use, env));
  OperatorPtr child;
  if (!parallel) {
    GESTA_ASSIGN_OR_RETURN(child, BuildChild(op, 0, env));
  }
  env.few_rows = few_rows;
  auto made =
      std::make_unique<GroupOperator>(op, std::move(child), std::move(parallel), env.context);
  GESTA_RETURN_IF_ERROR(
      made->Prepare([&](ExecutionContext* context) { return Grouping::Make(node, context); }));
  return OperatorPtr(std::move(made));
}

Result<OperatorPtr> BuildParallelDistinct(const OpDistinct& node, const LogicalOp& op,
                                          BuildEnv& env) {
  if (node.slots.empty() || env.few_rows) return OperatorPtr();
  GESTA_ASSIGN_OR_RETURN(
      std::unique_ptr<ParallelInput> parallel,
      ParallelInput::Make(*op.children[0], ParallelInput::Use::kGroupInOrder, env));
  if (!parallel) return OperatorPtr();
  auto made = std::make_unique<GroupOperator>(op, nullptr, std::move(parallel), env.context);
  GESTA_RETURN_IF_ERROR(
      made->Prepare([&](ExecutionContext* context) -> Result<std::unique_ptr<Grouping>> {
        return Grouping::MakeDistinct(node.slots, context);
      }));
  return OperatorPtr(std::move(made));
}

}  // namespace gesta::execute
