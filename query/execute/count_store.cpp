// CountStore: numbers that the store keeps anyway.
#include "execute/build.h"
#include "execute/rows.h"

namespace gesta::execute {
namespace {

class CountStoreOperator : public UnaryOperator {
 public:
  CountStoreOperator(const LogicalOp& op, OperatorPtr child, const OpCountStore& node,
                     BuildEnv& env)
      : UnaryOperator(op, std::move(child), env.context), node_(node) {}

  Status Next(Batch* out) override {
    GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
    GESTA_RETURN_IF_ERROR(child_->Next(out));
    if (out->rows == 0) return {};
    const Value count = Value::Integer(static_cast<int64_t>(Count(*context_->transaction())));
    for (const Slot slot : node_.slots) {
      if (Contains(live_, slot)) out->columns[slot].assign(out->rows, count);
    }
    KeepColumns(live_, out);
    return {};
  }

 private:
  uint64_t Count(const Transaction& transaction) const {
    const Statistics& statistics = transaction.GetStatistics();
    if (!node_.relationships) {
      if (node_.names.empty()) return statistics.nodes;
      return statistics.LabelCount(transaction.FindName(NameKind::kLabel, node_.names.front()));
    }
    if (node_.names.empty()) return statistics.relationships;
    uint64_t count = 0;
    for (const std::string& name : node_.names) {
      const NameId type = transaction.FindName(NameKind::kType, name);
      count += node_.start_label.empty() && node_.end_label.empty()
                   ? statistics.TypeCount(type)
                   : CountAtEnd(transaction, statistics, type);
    }
    return count;
  }

  uint64_t CountAtEnd(const Transaction& transaction, const Statistics& statistics,
                      NameId type) const {
    const bool start = !node_.start_label.empty();
    const NameId label =
        transaction.FindName(NameKind::kLabel, start ? node_.start_label : node_.end_label);
    const Statistics::EndCount count = statistics.EndCountOf(type, label);
    return start ? count.starts : count.ends;
  }

  const OpCountStore& node_;
};

}  // namespace

Result<OperatorPtr> Build(const OpCountStore& node, const LogicalOp& op, BuildEnv& env) {
  GESTA_ASSIGN_OR_RETURN(OperatorPtr child, BuildChild(op, 0, env));
  return OperatorPtr(std::make_unique<CountStoreOperator>(op, std::move(child), node, env));
}

}  // namespace gesta::execute
