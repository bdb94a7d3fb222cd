#include "execute/multiply.h"

namespace gesta::execute {

Status MultiplyOperator::Open() {
  input_.Clear();
  row_ = 0;
  in_row_ = false;
  prepared_ = false;
  target_ = context_->batch_rows;
  if (logical->first_rows > 0) target_ = std::min<size_t>(target_, logical->first_rows);
  return child_->Open();
}

Status MultiplyOperator::Next(Batch* out) {
  out->Clear();
  source_.clear();
  while (source_.empty()) {
    GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
    if (row_ >= input_.rows) {
      GESTA_RETURN_IF_ERROR(child_->Next(&input_));
      if (input_.rows == 0) return {};
      if (!prepared_) GESTA_RETURN_IF_ERROR(Prepare());
      prepared_ = true;
      row_ = 0;
      GESTA_RETURN_IF_ERROR(BeginBatch(input_));
    }
    while (row_ < input_.rows && source_.size() < target_) {
      if (argument_ && argument_->Satisfied(input_, row_)) {
        in_row_ = false;
        ++row_;
        continue;
      }
      if (!in_row_) {
        GESTA_RETURN_IF_ERROR(BeginRow(input_, row_));
        in_row_ = true;
      }
      const size_t wanted = target_ - source_.size();
      GESTA_ASSIGN_OR_RETURN(const size_t got, Fill(input_, row_, wanted, out));
      source_.insert(source_.end(), got, static_cast<uint32_t>(row_));
      if (got < wanted) {
        in_row_ = false;
        ++row_;
      }
    }
  }
  for (const Slot slot : pass_) Gather(input_.columns[slot], source_, &out->columns[slot]);
  if (!input_.row_numbers.empty()) {
    out->row_numbers.resize(source_.size());
    for (size_t i = 0; i < source_.size(); ++i) {
      out->row_numbers[i] = input_.row_numbers[source_[i]];
    }
  }
  GatherMultiplicity(input_, source_, out);
  out->rows = source_.size();
  target_ = std::min(context_->batch_rows, 2 * target_);
  context_->AddProgress(out->rows);
  return {};
}

}  // namespace gesta::execute
