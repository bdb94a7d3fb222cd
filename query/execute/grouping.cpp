#include "execute/grouping.h"

#include <algorithm>

namespace gesta::execute {
namespace {

constexpr size_t kMergeRows = 1024;  // groups moved at a time

// The tables' keys with these numbers, as columns.
void ReadKeys(const KeyTable& table, const std::vector<uint32_t>& numbers, size_t first_part,
              std::vector<Column>* columns) {
  for (size_t j = first_part; j < table.width(); ++j) {
    Column& column = (*columns)[j];
    column.resize(numbers.size());
    for (size_t k = 0; k < numbers.size(); ++k) column[k] = table.Key(numbers[k], j);
  }
}

}  // namespace

// -- AggregateColumn --

Result<AggregateColumn> AggregateColumn::Make(const BoundAggregate& bound,
                                              ExecutionContext* context) {
  AggregateColumn made;
  made.slot_ = bound.slot;
  made.function_ = bound.function;
  made.counts_only_ = !bound.function || bound.function->name == "count";
  made.grows_ = bound.function && bound.function->keeps_values;
  GESTA_ASSIGN_OR_RETURN(made.arguments_, MakeExpressions(bound.arguments, context));
  made.views_.resize(made.arguments_.size());
  made.values_.resize(made.arguments_.size());
  if (bound.distinct && bound.function) {
    made.seen_ = std::make_unique<KeyTable>(made.arguments_.size() + 1);
  }
  return made;
}

void AggregateColumn::Clear() {
  counts_.clear();
  states_.clear();
  state_bytes_.clear();
  grown_bytes_ = 0;
  if (seen_) seen_->Clear();
}

void AggregateColumn::AddGroups(size_t count) {
  if (counts_only_) {
    counts_.resize(count, 0);
    return;
  }
  while (states_.size() < count) states_.push_back(function_->make());
  if (grows_) state_bytes_.resize(count, 0);
}

Status AggregateColumn::AddRows(const Batch& input, const std::vector<uint32_t>& groups,
                                MemoryCharge* charge) {
  const std::vector<uint64_t>& times = input.multiplicity;
  if (!function_) {
    if (times.empty()) {
      for (const uint32_t group : groups) ++counts_[group];
    } else {
      for (size_t row = 0; row < groups.size(); ++row) counts_[groups[row]] += times[row];
    }
    return {};
  }
  for (size_t i = 0; i < arguments_.size(); ++i) {
    GESTA_RETURN_IF_ERROR(arguments_[i]->Eval(input, Rows::All(input.rows), &views_[i]));
  }
  if (seen_) return AddDistinct(input, groups);
  if (counts_only_) {
    for (size_t row = 0; row < groups.size(); ++row) {
      if (!views_[0][row].IsNull()) counts_[groups[row]] += times.empty() ? 1 : times[row];
    }
    return {};
  }
  if (grows_) {
    for (size_t row = 0; row < groups.size(); ++row) {
      GESTA_RETURN_IF_ERROR(AddOne(groups[row], row, times.empty() ? 1 : times[row], charge));
    }
    return {};
  }
  for (size_t row = 0; row < groups.size(); ++row) {
    GESTA_RETURN_IF_ERROR(
        states_[groups[row]]->Add(Arguments(row), views_.size(), times.empty() ? 1 : times[row]));
  }
  return {};
}

// Only rows whose arguments are new to their group count, however many rows they stand for.
Status AggregateColumn::AddDistinct(const Batch& input, const std::vector<uint32_t>& groups) {
  rows_.clear();
  for (size_t row = 0; row < groups.size(); ++row) {
    if (counts_only_ && views_[0][row].IsNull()) continue;
    rows_.push_back(static_cast<uint32_t>(row));
  }
  std::vector<KeyColumn> columns(views_.size() + 1);
  columns[0].numbers = groups.data();
  for (size_t i = 0; i < views_.size(); ++i) columns[i + 1].values = views_[i];
  numbers_.resize(rows_.size());
  new_rows_.clear();
  const bool all = rows_.size() == groups.size();
  seen_->Insert(columns.data(), all ? Rows::All(rows_.size()) : Rows::Of(rows_), numbers_.data(),
                &new_rows_);
  for (const uint32_t row : new_rows_) {
    const uint32_t group = groups[row];
    if (counts_only_) {
      ++counts_[group];
    } else {
      GESTA_RETURN_IF_ERROR(states_[group]->Add(Arguments(row), views_.size(), 1));
      CountGrowth(group);
    }
  }
  return {};
}

// A row that stands for very many is added piece by piece, each within the budget.
Status AggregateColumn::AddOne(uint32_t group, size_t row, uint64_t times, MemoryCharge* charge) {
  constexpr uint64_t kPiece = 4096;
  do {
    const uint64_t piece = std::min(times, kPiece);
    GESTA_RETURN_IF_ERROR(states_[group]->Add(Arguments(row), views_.size(), piece));
    const size_t before = grown_bytes_;
    CountGrowth(group);
    if (grown_bytes_ - before > kPiece) {
      GESTA_RETURN_IF_ERROR(charge->Add(grown_bytes_ - before));
    }
    times -= piece;
  } while (times > 0);
  return {};
}

void AggregateColumn::CountGrowth(uint32_t group) {
  if (!grows_) return;
  const size_t bytes = states_[group]->HeapBytes();
  grown_bytes_ += bytes - state_bytes_[group];
  state_bytes_[group] = bytes;
}

const Value* AggregateColumn::Arguments(size_t row) {
  if (views_.size() == 1) return &views_[0][row];
  for (size_t i = 0; i < views_.size(); ++i) values_[i] = views_[i][row];
  return values_.data();
}

Status AggregateColumn::Merge(AggregateColumn& other, const std::vector<uint32_t>& to) {
  if (!seen_) {
    for (size_t group = 0; group < to.size(); ++group) {
      if (to[group] == KeyTable::kNone) continue;
      if (counts_only_) {
        counts_[to[group]] += other.counts_[group];
      } else {
        GESTA_RETURN_IF_ERROR(states_[to[group]]->Merge(*other.states_[group]));
        CountGrowth(to[group]);
      }
    }
    return {};
  }
  // The other's states cannot be used: what is distinct there may be known here.
  std::vector<Column> parts(other.seen_->width());
  std::vector<KeyColumn> columns(parts.size());
  std::vector<uint32_t> entries;
  std::vector<uint32_t> groups;
  const auto flush = [&]() -> Status {
    ReadKeys(*other.seen_, entries, 1, &parts);
    columns[0].numbers = groups.data();
    for (size_t j = 1; j < parts.size(); ++j) columns[j].values = View(parts[j]);
    numbers_.resize(entries.size());
    new_rows_.clear();
    seen_->Insert(columns.data(), Rows::All(entries.size()), numbers_.data(), &new_rows_);
    for (const uint32_t row : new_rows_) {
      const uint32_t group = groups[row];
      if (counts_only_) {
        ++counts_[group];
        continue;
      }
      for (size_t i = 0; i < values_.size(); ++i) values_[i] = parts[i + 1][row];
      GESTA_RETURN_IF_ERROR(states_[group]->Add(values_.data(), values_.size(), 1));
      CountGrowth(group);
    }
    entries.clear();
    groups.clear();
    return {};
  };
  for (size_t entry = 0; entry < other.seen_->size(); ++entry) {
    const uint32_t group = to[static_cast<size_t>(other.seen_->Key(entry, 0).AsInteger())];
    if (group == KeyTable::kNone) continue;
    entries.push_back(static_cast<uint32_t>(entry));
    groups.push_back(group);
    if (entries.size() == kMergeRows) GESTA_RETURN_IF_ERROR(flush());
  }
  return flush();
}

Result<Value> AggregateColumn::Finish(size_t group) {
  if (counts_only_) return Value::Integer(static_cast<int64_t>(counts_[group]));
  return states_[group]->Finish();
}

size_t AggregateColumn::TableBytes() const {
  constexpr size_t kStateBytes = 64;  // an aggregator's own block, roughly
  return counts_.capacity() * sizeof(uint64_t) + states_.capacity() * sizeof(void*) +
         states_.size() * kStateBytes + state_bytes_.capacity() * sizeof(size_t) +
         (seen_ ? seen_->HeapBytes() : 0);
}

size_t AggregateColumn::HeapBytes() const { return TableBytes() + grown_bytes_; }

// -- Grouping --

Grouping::Grouping(std::vector<Key> keys, std::vector<AggregateColumn> aggregates,
                   ExecutionContext* context)
    : keys_(std::move(keys)),
      key_columns_(keys_.size()),
      aggregates_(std::move(aggregates)),
      groups_(keys_.size()),
      context_(context),
      charge_(context) {
  Clear();
}

Result<std::unique_ptr<Grouping>> Grouping::Make(const OpAggregate& node,
                                                 ExecutionContext* context) {
  std::vector<Key> keys;
  for (const BoundItem& item : node.keys) {
    GESTA_ASSIGN_OR_RETURN(ExpressionPtr expr, MakeExpression(*item.expr, context));
    keys.push_back({item.slot, std::move(expr)});
  }
  std::vector<AggregateColumn> aggregates;
  for (const BoundAggregate& bound : node.aggregates) {
    GESTA_ASSIGN_OR_RETURN(AggregateColumn aggregate, AggregateColumn::Make(bound, context));
    aggregates.push_back(std::move(aggregate));
  }
  return std::make_unique<Grouping>(std::move(keys), std::move(aggregates), context);
}

std::unique_ptr<Grouping> Grouping::MakeDistinct(const std::vector<Slot>& slots,
                                                 ExecutionContext* context) {
  std::vector<Key> keys;
  for (const Slot slot : slots) keys.push_back({slot, nullptr});
  return std::make_unique<Grouping>(std::move(keys), std::vector<AggregateColumn>(), context);
}

void Grouping::Clear() {
  groups_.Clear();
  for (AggregateColumn& aggregate : aggregates_) aggregate.Clear();
  charge_.Clear();
  size_ = 0;
  if (!keys_.empty()) return;
  size_ = 1;  // without keys there is one group, even of no rows
  for (AggregateColumn& aggregate : aggregates_) aggregate.AddGroups(size_);
}

Status Grouping::AddBatch(const Batch& input) {
  GESTA_RETURN_IF_ERROR(FindGroups(input));
  for (AggregateColumn& aggregate : aggregates_) {
    aggregate.AddGroups(size_);
    GESTA_RETURN_IF_ERROR(aggregate.AddRows(input, row_groups_, &charge_));
  }
  return Charge();
}

Status Grouping::FindGroups(const Batch& input) {
  row_groups_.assign(input.rows, 0);
  if (keys_.empty()) return {};
  for (size_t j = 0; j < keys_.size(); ++j) {
    if (keys_[j].expr) {
      GESTA_RETURN_IF_ERROR(
          keys_[j].expr->Eval(input, Rows::All(input.rows), &key_columns_[j].values));
    } else {
      key_columns_[j].values = View(input.columns[keys_[j].slot]);
    }
  }
  new_rows_.clear();
  groups_.Insert(key_columns_.data(), Rows::All(input.rows), row_groups_.data(), &new_rows_);
  size_ = groups_.size();
  return {};
}

Status Grouping::Merge(Grouping& other, size_t part, size_t parts) {
  std::vector<uint32_t> to(other.size_, keys_.empty() ? 0 : KeyTable::kNone);
  if (!keys_.empty()) {
    std::vector<Column> columns(keys_.size());
    std::vector<uint32_t> taken;
    std::vector<uint32_t> numbers(kMergeRows);
    for (size_t group = 0; group < other.size_;) {
      GESTA_RETURN_IF_ERROR(context_->CheckInterrupt());
      taken.clear();
      for (; group < other.size_ && taken.size() < kMergeRows; ++group) {
        if (parts == 1 || (other.groups_.HashOf(group) & 0xFFFF) % parts == part) {
          taken.push_back(static_cast<uint32_t>(group));
        }
      }
      ReadKeys(other.groups_, taken, 0, &columns);
      for (size_t j = 0; j < columns.size(); ++j) key_columns_[j].values = View(columns[j]);
      new_rows_.clear();
      groups_.Insert(key_columns_.data(), Rows::All(taken.size()), numbers.data(), &new_rows_);
      for (size_t k = 0; k < taken.size(); ++k) to[taken[k]] = numbers[k];
      GESTA_RETURN_IF_ERROR(charge_.Set(groups_.HeapBytes()));
    }
    size_ = groups_.size();
  }
  for (size_t i = 0; i < aggregates_.size(); ++i) {
    aggregates_[i].AddGroups(size_);
    GESTA_RETURN_IF_ERROR(aggregates_[i].Merge(other.aggregates_[i], to));
  }
  return {};
}

void Grouping::Align(const std::vector<std::unique_ptr<Grouping>>& groupings) {
  const bool packed = std::all_of(groupings.begin(), groupings.end(),
                                  [](const auto& one) { return one->groups_.packed(); });
  if (packed) return;
  for (const auto& one : groupings) one->groups_.Widen();
}

size_t Grouping::HeapBytes() const {
  size_t bytes = groups_.HeapBytes();
  for (const AggregateColumn& aggregate : aggregates_) bytes += aggregate.HeapBytes();
  return bytes;
}

Status Grouping::Charge() { return charge_.Set(HeapBytes()); }

Status Grouping::Emit(size_t* next, size_t batch_rows, const std::vector<Slot>& live, Batch* out) {
  const size_t end = std::min(size_, *next + batch_rows);
  for (size_t j = 0; j < keys_.size(); ++j) {
    if (!Contains(live, keys_[j].slot)) continue;
    Column& column = out->columns[keys_[j].slot];
    for (size_t group = *next; group < end; ++group) column.push_back(groups_.Key(group, j));
  }
  for (AggregateColumn& aggregate : aggregates_) {
    const bool wanted = Contains(live, aggregate.slot());
    for (size_t group = *next; group < end; ++group) {
      GESTA_ASSIGN_OR_RETURN(Value value, aggregate.Finish(group));
      if (wanted) out->columns[aggregate.slot()].push_back(std::move(value));
    }
  }
  out->rows = end - *next;
  *next = end;
  return {};
}

}  // namespace gesta::execute
