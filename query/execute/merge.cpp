// MERGE and FOREACH: a subplan run row by row, seeing what former rows wrote.
#include "execute/build.h"
#include "execute/rows.h"
#include "execute/write.h"

namespace gesta::execute {
namespace {

class MergeOperator : public UnaryOperator {
 public:
  MergeOperator(const LogicalOp& op, OperatorPtr left, std::unique_ptr<SubplanRun> match,
                CreatePattern create, SetItems on_create, SetItems on_match, BuildEnv& env)
      : UnaryOperator(op, std::move(left), env.context),
        match_(std::move(match)),
        create_(std::move(create)),
        on_create_(std::move(on_create)),
        on_match_(std::move(on_match)),
        left_slots_(op.children[0]->live),
        left_batch_(env.context->slot_count),
        matched_(env.context->slot_count),
        matches_(op.children[1]->live, env.context),
        created_(env.context->slot_count),
        results_(op.live, env.context) {
    children.push_back(match_->root());
  }

  Status Open() override {
    left_batch_.Clear();
    row_ = 0;
    results_.Clear();
    next_ = 0;
    return child_->Open();
  }

  Status Next(Batch* out) override {
    out->Clear();
    if (next_ < results_.size()) {
      results_.Emit(&next_, out);
      return {};
    }
    results_.Clear();
    next_ = 0;
    while (results_.size() < context_->batch_rows) {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      if (row_ >= left_batch_.rows) {
        GESTA_RETURN_IF_ERROR(child_->Next(&left_batch_));
        if (left_batch_.rows == 0) break;
        row_ = 0;
      }
      GESTA_RETURN_IF_ERROR(MergeRow(row_++));
    }
    results_.Emit(&next_, out);
    return {};
  }

 private:
  Status MergeRow(size_t row) {
    bool found = false;
    GESTA_RETURN_IF_ERROR(match_->Start(left_batch_, row, row + 1));
    // All matches are found before any of them is changed.
    matches_.Clear();
    while (true) {
      GESTA_RETURN_IF_ERROR(match_->Next(&matched_));
      if (matched_.rows == 0) break;
      found = true;
      GESTA_RETURN_IF_ERROR(matches_.Append(matched_));
    }
    if (!found) return CreateRow(row);
    for (size_t next = 0; next < matches_.size();) {
      matches_.Emit(&next, &matched_);
      matched_.row_numbers.clear();
      for (const Slot slot : left_slots_) {
        matched_.columns[slot].assign(matched_.rows, left_batch_.columns[slot][row]);
      }
      if (!on_match_.empty()) {
        GESTA_RETURN_IF_ERROR(on_match_.Run(matched_, Rows::All(matched_.rows)));
      }
      GESTA_RETURN_IF_ERROR(results_.Append(matched_));
    }
    return {};
  }

  Status CreateRow(size_t row) {
    created_.Clear();
    created_.rows = 1;
    for (const Slot slot : left_slots_) {
      created_.columns[slot].push_back(left_batch_.columns[slot][row]);
    }
    GESTA_RETURN_IF_ERROR(create_.Run(&created_, Rows::All(1)));
    if (!on_create_.empty()) GESTA_RETURN_IF_ERROR(on_create_.Run(created_, Rows::All(1)));
    return results_.Append(created_);
  }

  std::unique_ptr<SubplanRun> match_;
  CreatePattern create_;
  SetItems on_create_;
  SetItems on_match_;
  const std::vector<Slot>& left_slots_;
  Batch left_batch_;
  size_t row_ = 0;
  Batch matched_;
  RowBuffer matches_;
  Batch created_;
  RowBuffer results_;
  size_t next_ = 0;
};

class ForeachOperator : public UnaryOperator {
 public:
  ForeachOperator(const LogicalOp& op, OperatorPtr left, std::unique_ptr<SubplanRun> updates,
                  const OpForeach& node, ExpressionPtr list, BuildEnv& env)
      : UnaryOperator(op, std::move(left), env.context),
        updates_(std::move(updates)),
        list_(std::move(list)),
        slot_(node.slot),
        left_slots_(op.children[0]->live),
        element_(env.context->slot_count),
        rest_(env.context->slot_count) {
    children.push_back(updates_->root());
  }

  Status Next(Batch* out) override {
    GESTA_RETURN_IF_ERROR(child_->Next(out));
    for (uint32_t row = 0; row < out->rows; ++row) {
      View view;
      GESTA_RETURN_IF_ERROR(list_->Eval(*out, Rows::One(row), &view));
      const Value value = view[row];
      GESTA_ASSIGN_OR_RETURN(const List* list, ListOrNull(value));
      if (list) GESTA_RETURN_IF_ERROR(RunElements(*out, row, *list));
    }
    KeepColumns(live_, out);
    return {};
  }

 private:
  Status RunElements(const Batch& batch, size_t row, const List& list) {
    element_.Clear();
    element_.rows = 1;
    for (const Slot slot : left_slots_) {
      element_.columns[slot].push_back(batch.columns[slot][row]);
    }
    element_.columns[slot_].resize(1);
    for (const Value& value : list) {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      element_.columns[slot_][0] = value;
      GESTA_RETURN_IF_ERROR(updates_->Start(element_, 0, 1));
      do {
        GESTA_RETURN_IF_ERROR(updates_->Next(&rest_));
      } while (rest_.rows > 0);
    }
    return {};
  }

  std::unique_ptr<SubplanRun> updates_;
  ExpressionPtr list_;
  const Slot slot_;
  const std::vector<Slot>& left_slots_;
  Batch element_;
  Batch rest_;
};

}  // namespace

Result<OperatorPtr> Build(const OpMerge& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr left, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(std::unique_ptr<SubplanRun> match,
                         SubplanRun::Make(*op.children[1], env.context));
  GESTA_ASSIGN_OR_RETURN(CreatePattern create, CreatePattern::Make(node.create, true, env.context));
  GESTA_ASSIGN_OR_RETURN(SetItems on_create, SetItems::Make(node.on_create, env.context));
  GESTA_ASSIGN_OR_RETURN(SetItems on_match, SetItems::Make(node.on_match, env.context));
  return OperatorPtr(std::make_unique<MergeOperator>(op, std::move(left), std::move(match),
                                                     std::move(create), std::move(on_create),
                                                     std::move(on_match), env));
}

Result<OperatorPtr> Build(const OpForeach& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr left, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(std::unique_ptr<SubplanRun> updates,
                         SubplanRun::Make(*op.children[1], env.context));
  GESTA_ASSIGN_OR_RETURN(ExpressionPtr list, MakeExpression(*node.list, env.context));
  return OperatorPtr(std::make_unique<ForeachOperator>(op, std::move(left), std::move(updates),
                                                       node, std::move(list), env));
}

}  // namespace gesta::execute
