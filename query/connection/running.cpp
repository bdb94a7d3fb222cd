#include "connection/running.h"

#include "connection/statement_errors.h"
#include "plan/explain.h"

namespace gesta {

using Clock = std::chrono::steady_clock;

RunningStatement::RunningStatement(CompiledPtr compiled, Parameters parameters,
                                   std::shared_ptr<Transaction> transaction, ConnectionState& state,
                                   const DatabaseImpl& database)
    : scope_(state),
      compiled_(std::move(compiled)),
      parameters_(std::move(parameters)),
      transaction_(std::move(transaction)),
      kept_answers_(database.language_models(), database.shared_store()),
      context_(transaction_.get(), &parameters_, state.memory_limit),
      batch_(compiled_->planned.slot_count),
      materialiser_(&context_) {
  context_.batch_rows = database.options().batch_rows;
  context_.slot_count = compiled_->planned.slot_count;
  context_.cancel = &state.cancel;
  if (state.timeout.count() > 0) {
    context_.deadline = Clock::now() + state.timeout;
    context_.time_limit = state.timeout;
  }
  context_.allow_load_csv = database.options().allow_load_csv;
  context_.profile = compiled_->planned.explain == ast::ExplainMode::kProfile;
  context_.aligners = &database.aligners();
  context_.model_provider = database.models();
  context_.kept_answers = &kept_answers_;
  context_.statement_text = compiled_->text;
  context_.progress = state.progress;
  context_.workers = &database.workers();
  context_.parallel_rows = database.options().parallel_rows;
}

Status RunningStatement::Open() {
  GESTA_ASSIGN_OR_RETURN(root_, BuildOperators(compiled_->planned.plan, &context_));
  return root_->Open();
}

Result<bool> RunningStatement::NextRow(std::vector<Value>* row) {
  while (next_ == batch_.rows) {
    materialiser_.Forget();
    GESTA_RETURN_IF_ERROR(root_->Next(&batch_));
    if (batch_.rows == 0) return false;
    next_ = compiled_->planned.plan.result.empty() ? batch_.rows : 0;
  }
  // Rows that are read one by one need little memory, however large their entities are.
  constexpr size_t kMostKept = size_t{256} << 10;
  if (materialiser_.bytes() > kMostKept) materialiser_.Forget();
  const std::vector<Slot>& slots = compiled_->planned.plan.result;
  row->resize(slots.size());
  for (size_t i = 0; i < slots.size(); ++i) {
    GESTA_ASSIGN_OR_RETURN((*row)[i], materialiser_.Whole(batch_.columns[slots[i]][next_]));
  }
  ++next_;
  return true;
}

Status RunningStatement::RunToEnd(std::vector<std::vector<Value>>* rows) {
  const std::vector<Slot>& slots = compiled_->planned.plan.result;
  while (true) {
    GESTA_RETURN_IF_ERROR(root_->Next(&batch_));
    if (batch_.rows == 0) break;
    if (slots.empty()) continue;
    for (size_t row = 0; row < batch_.rows; ++row) {
      std::vector<Value> values;
      values.reserve(slots.size());
      size_t bytes = sizeof(values);
      for (const Slot slot : slots) {
        values.push_back(batch_.columns[slot][row]);
        bytes += sizeof(Value) + values.back().HeapBytes();
      }
      GESTA_RETURN_IF_ERROR(context_.memory().Reserve(bytes));
      rows->push_back(std::move(values));
    }
  }
  constexpr size_t kRowsBetweenChecks = 1024;
  for (size_t row = 0; row < rows->size(); ++row) {
    if (row % kRowsBetweenChecks == 0) GESTA_RETURN_IF_ERROR(context_.CheckInterrupt());
    for (Value& value : (*rows)[row]) {
      GESTA_ASSIGN_OR_RETURN(value, materialiser_.Whole(value));
    }
  }
  return {};
}

std::string RunningStatement::Profile() {
  return ExplainProfile(compiled_->planned, *root_, context_, peak_memory());
}

StreamingResult::StreamingResult(std::unique_ptr<RunningStatement> running, Summary summary)
    : columns_(running->compiled().planned.plan.columns),
      running_(std::move(running)),
      summary_(std::move(summary)) {}

Result<bool> StreamingResult::Next(std::vector<Value>* row) {
  if (!error_.ok()) return error_;
  if (!running_) return false;
  const Clock::time_point start = Clock::now();
  Result<bool> more = running_->NextRow(row);
  summary_.run_time += Clock::now() - start;
  if (!more.ok()) error_ = WithSourceLine(more.status(), running_->compiled().text);
  if (!more.ok() || !*more) Finish();
  if (!error_.ok()) return error_;
  summary_.rows += *more;
  return *more;
}

void StreamingResult::Finish() {
  summary_.peak_memory_bytes = running_->peak_memory();
  summary_.language_models = running_->language_model_usage();
  if (running_->compiled().planned.explain == ast::ExplainMode::kProfile) {
    summary_.plan = running_->Profile();
  }
  running_.reset();
}

}  // namespace gesta
