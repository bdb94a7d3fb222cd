// DELETE: reads its input to the end, deletes what it names (relationships first, then nodes), and
// then gives the rows again.
#include <algorithm>
#include <unordered_set>

#include "execute/build.h"
#include "execute/rows.h"
#include "execute/write.h"

namespace gesta::execute {
namespace {

class DeleteOperator : public UnaryOperator {
 public:
  DeleteOperator(const LogicalOp& op, OperatorPtr child, bool detach,
                 std::vector<ExpressionPtr> targets, BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context),
        detach_(detach),
        targets_(std::move(targets)),
        rows_(op.live, env.context),
        charge_(env.context),
        input_(env.context->slot_count) {}

  Status Open() override {
    Clear();
    deleted_ = false;
    next_ = 0;
    return child_->Open();
  }

  Status Next(Batch* out) override {
    if (!deleted_) {
      GESTA_RETURN_IF_ERROR(Consume());
      GESTA_RETURN_IF_ERROR(ClassifyDeleteError(DeleteAll()));
      deleted_ = true;
    }
    rows_.Emit(&next_, out);
    if (out->rows == 0) Clear();
    return {};
  }

 private:
  void Clear() {
    rows_.Clear();
    next_ = 0;
    nodes_.clear();
    relationships_.clear();
    charge_.Clear();
  }

  Status Consume() {
    while (true) {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      GESTA_RETURN_IF_ERROR(child_->Next(&input_));
      if (input_.rows == 0) return {};
      for (const ExpressionPtr& target : targets_) {
        View view;
        GESTA_RETURN_IF_ERROR(target->Eval(input_, Rows::All(input_.rows), &view));
        for (size_t row = 0; row < input_.rows; ++row) GESTA_RETURN_IF_ERROR(Collect(view[row]));
      }
      GESTA_RETURN_IF_ERROR(rows_.Append(input_));
    }
  }

  Status Collect(const Value& value) {
    switch (value.type()) {
      case ValueType::kNull:
        return {};
      case ValueType::kNode:
        return Remember(value, &nodes_);
      case ValueType::kRelationship:
        return Remember(value, &relationships_);
      case ValueType::kPath:
        for (const Value& node : value.AsPath().nodes) {
          GESTA_RETURN_IF_ERROR(Remember(node, &nodes_));
        }
        for (const Value& relationship : value.AsPath().relationships) {
          GESTA_RETURN_IF_ERROR(Remember(relationship, &relationships_));
        }
        return {};
      default:
        return TypeError("InvalidArgumentType",
                         "DELETE needs nodes, relationships or paths, not " + TypeInWords(value));
    }
  }

  Status Remember(const Value& entity, std::unordered_set<uint64_t>* ids) {
    constexpr size_t kEntryBytes = 32;
    return ids->insert(entity.EntityId()).second ? charge_.Add(kEntryBytes) : Status();
  }

  Status DeleteAll() {
    Transaction& transaction = *context_->transaction();
    uint64_t done = 0;
    for (const RelId id : Ascending(relationships_)) {
      if ((++done & 0xFFF) == 0) GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      GESTA_RETURN_IF_ERROR(transaction.DeleteRelationship(id));
    }
    for (const NodeId id : Ascending(nodes_)) {
      if ((++done & 0xFFF) == 0) GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      GESTA_RETURN_IF_ERROR(transaction.DeleteNode(id, detach_));
    }
    return {};
  }

  // The store is faster in its own order than in a hash table's.
  static std::vector<uint64_t> Ascending(const std::unordered_set<uint64_t>& ids) {
    std::vector<uint64_t> sorted(ids.begin(), ids.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }

  static Status ClassifyDeleteError(const Status& status) {
    if (status.code() != StatusCode::kConstraint) return ClassifyWriteError(status);
    ErrorInfo info = status.info();
    info.type = "ConstraintVerificationFailed";
    info.detail = "DeleteConnectedNode";
    if (info.hint.empty()) {
      info.hint = "delete its relationships too, or use DETACH DELETE";
    }
    return Status(std::move(info));
  }

  const bool detach_;
  std::vector<ExpressionPtr> targets_;
  RowBuffer rows_;
  MemoryCharge charge_;
  Batch input_;
  std::unordered_set<uint64_t> nodes_;
  std::unordered_set<uint64_t> relationships_;
  bool deleted_ = false;
  size_t next_ = 0;
};

}  // namespace

Result<OperatorPtr> Build(const OpDelete& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  GESTA_ASSIGN_OR_RETURN(std::vector<ExpressionPtr> targets,
                         MakeExpressions(node.targets, env.context));
  return OperatorPtr(
      std::make_unique<DeleteOperator>(op, std::move(child), node.detach, std::move(targets), env));
}

}  // namespace gesta::execute
