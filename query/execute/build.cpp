// Building operator trees, running subplans, and PROFILE's counters.
#include "execute/build.h"

#include <algorithm>

namespace gesta {

Result<std::unique_ptr<Operator>> BuildOperators(const LogicalPlan& plan,
                                                 ExecutionContext* context) {
  execute::BuildEnv env{context, nullptr};
  return execute::BuildTree(*plan.root, env);
}

Result<std::unique_ptr<Subplan>> Subplan::Make(const LogicalOp& root, ExecutionContext* context) {
  GESTA_ASSIGN_OR_RETURN(std::unique_ptr<execute::SubplanRun> run,
                         execute::SubplanRun::Make(root, context));
  return std::unique_ptr<Subplan>(std::move(run));
}

namespace execute {
namespace {

// Counts and times another operator. Its children are the wrapped children of that operator.
class ProfiledOperator : public Operator {
 public:
  explicit ProfiledOperator(OperatorPtr inner) : inner_(std::move(inner)) {
    logical = inner_->logical;
    children = inner_->children;
  }

  Status Open() override {
    const Timer timer(&time);
    return inner_->Open();
  }

  Status Next(Batch* out) override {
    const Timer timer(&time);
    GESTA_RETURN_IF_ERROR(inner_->Next(out));
    rows_out += out->rows;
    batches_out += out->rows > 0;
    return {};
  }

 private:
  class Timer {
   public:
    explicit Timer(std::chrono::nanoseconds* total)
        : total_(total), start_(std::chrono::steady_clock::now()) {}
    ~Timer() { *total_ += std::chrono::steady_clock::now() - start_; }

   private:
    std::chrono::nanoseconds* total_;
    std::chrono::steady_clock::time_point start_;
  };

  OperatorPtr inner_;
};

// The single row of a statement without input, or a subplan's outer rows.
class ArgumentOperator : public Operator {
 public:
  ArgumentOperator(const LogicalOp& op, std::vector<Slot> slots, BuildEnv& env)
      : context_(env.context), source_(env.argument) {
    logical = &op;
    for (const Slot slot : slots) {
      if (std::binary_search(op.live.begin(), op.live.end(), slot)) slots_.push_back(slot);
    }
  }

  Status Open() override {
    next_ = source_ ? source_->begin : 0;
    return {};
  }

  Status Next(Batch* out) override {
    out->Clear();
    if (!source_) {
      out->rows = next_ == 0 ? 1 : 0;
      next_ = 1;
      return {};
    }
    const size_t end = std::min(source_->end, next_ + context_->batch_rows);
    for (const Slot slot : slots_) {
      const Column& from = source_->batch->columns[slot];
      out->columns[slot].assign(from.begin() + static_cast<ptrdiff_t>(next_),
                                from.begin() + static_cast<ptrdiff_t>(end));
    }
    out->rows = end - next_;
    for (; next_ < end; ++next_) out->row_numbers.push_back(static_cast<uint32_t>(next_));
    return {};
  }

 private:
  ExecutionContext* context_;
  ArgumentSource* source_;
  std::vector<Slot> slots_;
  size_t next_ = 0;
};

Status CountError(StatusCode code, const char* detail, std::string message) {
  return StatementError(code, "SyntaxError", detail, std::move(message));
}

}  // namespace

Result<std::unique_ptr<SubplanRun>> SubplanRun::Make(const LogicalOp& root,
                                                     ExecutionContext* context) {
  auto run = std::make_unique<SubplanRun>();
  BuildEnv env{context, &run->source_};
  GESTA_ASSIGN_OR_RETURN(run->root_, BuildTree(root, env));
  return run;
}

Status SubplanRun::Start(const Batch& outer, size_t begin, size_t end) {
  source_.batch = &outer;
  source_.begin = begin;
  source_.end = end;
  return root_->Open();
}

Status SubplanRun::Next(Batch* out) { return root_->Next(out); }

Result<OperatorPtr> BuildTree(const LogicalOp& op, BuildEnv& env) {
  if (env.copy && env.copy->source == &op) return MakeSliceReader(op, *env.copy);
  GESTA_ASSIGN_OR_RETURN(
      OperatorPtr made,
      std::visit([&](const auto& node) { return Build(node, op, env); }, op.node));
  if (env.context->profile) made = std::make_unique<ProfiledOperator>(std::move(made));
  return made;
}

Result<OperatorPtr> Build(const OpUnit&, const LogicalOp& op, BuildEnv& env) {
  return OperatorPtr(std::make_unique<ArgumentOperator>(op, std::vector<Slot>(), env));
}

Result<OperatorPtr> Build(const OpArgument& node, const LogicalOp& op, BuildEnv& env) {
  return OperatorPtr(std::make_unique<ArgumentOperator>(op, node.slots, env));
}

bool Writes(const LogicalOp& op) {
  const bool self = std::visit(
      [](const auto& node) {
        using Node = std::decay_t<decltype(node)>;
        if constexpr (std::is_same_v<Node, OpProcedureCall>) {
          return node.procedure->writes;
        } else {
          return std::is_same_v<Node, OpCreate> || std::is_same_v<Node, OpMerge> ||
                 std::is_same_v<Node, OpSet> || std::is_same_v<Node, OpRemove> ||
                 std::is_same_v<Node, OpDelete> || std::is_same_v<Node, OpForeach> ||
                 std::is_same_v<Node, OpMapRelationship>;
        }
      },
      op.node);
  return self || std::any_of(op.children.begin(), op.children.end(),
                             [](const LogicalOpPtr& child) { return Writes(*child); });
}

Result<uint64_t> RowCount(const BoundExpr& expr, ExecutionContext* context, const char* clause) {
  GESTA_ASSIGN_OR_RETURN(const Value value, EvaluateConstant(expr, context));
  Status error;
  if (value.type() != ValueType::kInteger) {
    error = CountError(StatusCode::kType, "InvalidArgumentType",
                       std::string(clause) + " needs an integer, not " + TypeInWords(value));
  } else if (value.AsInteger() < 0) {
    error = CountError(
        StatusCode::kSemantic, "NegativeIntegerArgument",
        std::string(clause) + " cannot be negative, and is " + std::to_string(value.AsInteger()));
  }
  if (error.ok()) return static_cast<uint64_t>(value.AsInteger());
  return expr.place.line > 0 ? error.WithPosition(expr.place.line, expr.place.column) : error;
}

}  // namespace execute
}  // namespace gesta
