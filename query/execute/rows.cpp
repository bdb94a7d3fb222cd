#include "execute/rows.h"

namespace gesta::execute {

void KeepRows(const std::vector<uint32_t>& rows, const std::vector<Slot>& live, Batch* batch) {
  if (rows.size() != batch->rows) {
    for (const Slot slot : live) {
      Column& column = batch->columns[slot];
      for (size_t i = 0; i < rows.size(); ++i) {
        if (rows[i] != i) column[i] = std::move(column[rows[i]]);
      }
      column.resize(rows.size());
    }
    if (!batch->row_numbers.empty()) {
      for (size_t i = 0; i < rows.size(); ++i) batch->row_numbers[i] = batch->row_numbers[rows[i]];
      batch->row_numbers.resize(rows.size());
    }
    if (!batch->multiplicity.empty()) {
      for (size_t i = 0; i < rows.size(); ++i)
        batch->multiplicity[i] = batch->multiplicity[rows[i]];
      batch->multiplicity.resize(rows.size());
    }
    batch->rows = rows.size();
  }
  KeepColumns(live, batch);
}

void KeepColumns(const std::vector<Slot>& live, Batch* batch) {
  auto next = live.begin();
  for (size_t slot = 0; slot < batch->columns.size(); ++slot) {
    if (next != live.end() && *next == slot) {
      ++next;
    } else {
      batch->columns[slot].clear();
    }
  }
}

std::vector<Slot> Without(const std::vector<Slot>& all, const std::vector<Slot>& excluded) {
  std::vector<Slot> kept;
  for (const Slot slot : all) {
    if (std::find(excluded.begin(), excluded.end(), slot) == excluded.end()) kept.push_back(slot);
  }
  return kept;
}

Status RowBuffer::Append(const Batch& batch) {
  size_t bytes = batch.row_numbers.size() * sizeof(uint32_t);
  if (!batch.multiplicity.empty() || !rows_.multiplicity.empty()) {
    bytes += batch.rows * sizeof(uint64_t);
    rows_.multiplicity.resize(rows_.rows, 1);
    rows_.multiplicity.insert(rows_.multiplicity.end(), batch.multiplicity.begin(),
                              batch.multiplicity.end());
    rows_.multiplicity.resize(rows_.rows + batch.rows, 1);
  }
  for (const Slot slot : slots_) {
    const Column& from = batch.columns[slot];
    for (size_t row = 0; row < batch.rows; ++row) bytes += sizeof(Value) + from[row].HeapBytes();
  }
  GESTA_RETURN_IF_ERROR(charge_.Add(bytes));
  for (const Slot slot : slots_) {
    const Column& from = batch.columns[slot];
    Column& to = rows_.columns[slot];
    to.insert(to.end(), from.begin(), from.begin() + static_cast<ptrdiff_t>(batch.rows));
  }
  rows_.row_numbers.insert(rows_.row_numbers.end(), batch.row_numbers.begin(),
                           batch.row_numbers.end());
  rows_.rows += batch.rows;
  return {};
}

Status RowBuffer::AppendRow(const Batch& batch, size_t row) {
  size_t bytes = 0;
  for (const Slot slot : slots_) bytes += sizeof(Value) + batch.columns[slot][row].HeapBytes();
  GESTA_RETURN_IF_ERROR(charge_.Add(bytes));
  for (const Slot slot : slots_) rows_.columns[slot].push_back(batch.columns[slot][row]);
  if (!batch.row_numbers.empty()) rows_.row_numbers.push_back(batch.row_numbers[row]);
  ++rows_.rows;
  return {};
}

void RowBuffer::Emit(size_t* next, Batch* out) const {
  out->Clear();
  if (*next >= rows_.rows) return;
  const size_t end = std::min(rows_.rows, *next + context_->batch_rows);
  const auto slice = [&](const auto& from, auto* to) {
    to->assign(from.begin() + static_cast<ptrdiff_t>(*next),
               from.begin() + static_cast<ptrdiff_t>(end));
  };
  for (const Slot slot : slots_) slice(rows_.columns[slot], &out->columns[slot]);
  if (!rows_.row_numbers.empty()) slice(rows_.row_numbers, &out->row_numbers);
  out->rows = end - *next;
  *next = end;
}

void RowBuffer::EmitOrdered(const std::vector<uint32_t>& order, size_t* next,
                            const std::vector<Slot>& live, Batch* out) const {
  out->Clear();
  if (*next >= order.size()) return;
  const size_t end = std::min(order.size(), *next + context_->batch_rows);
  for (const Slot slot : live) {
    const Column& from = rows_.columns[slot];
    Column& to = out->columns[slot];
    to.reserve(end - *next);
    for (size_t i = *next; i < end; ++i) to.push_back(from[order[i]]);
  }
  out->rows = end - *next;
  *next = end;
}

Status RowBuffer::Reorder(const std::vector<uint32_t>& order) {
  size_t bytes = 0;
  for (const Slot slot : slots_) {
    Column& column = rows_.columns[slot];
    Column kept;
    kept.reserve(order.size());
    for (const uint32_t row : order) {
      bytes += sizeof(Value) + column[row].HeapBytes();
      kept.push_back(std::move(column[row]));
    }
    column.swap(kept);
  }
  rows_.rows = order.size();
  charge_.Clear();
  return charge_.Add(bytes);
}

void RowBuffer::Clear() {
  rows_.Clear();
  charge_.Clear();
}

}  // namespace gesta::execute
