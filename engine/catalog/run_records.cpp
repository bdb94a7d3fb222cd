#include "gesta/run_records.h"

#include <cstdio>
#include <cstring>

#include "gesta/format/half.h"

namespace gesta {
namespace {

// Keys: "run", the run's id, what is kept, dataset, level and a zero-padded index, joined by a
// character that names do not hold.
constexpr char kSeparator = '\x1f';
constexpr std::string_view kExchange = "exchange";
constexpr std::string_view kSimilarity = "similarity";

std::string RunPrefix(std::string_view run) {
  std::string key = "run";
  key += kSeparator;
  key += run;
  key += kSeparator;
  return key;
}

std::string JobPrefix(std::string_view run) { return RunPrefix(run) + "job" + kSeparator; }

std::string ItemKey(const RunItem& item, std::string_view what) {
  std::string key = RunPrefix(item.run);
  for (const std::string_view part : {what, item.dataset, item.level}) {
    key += part;
    key += kSeparator;
  }
  char index[24];
  std::snprintf(index, sizeof index, "%010llu", static_cast<unsigned long long>(item.index));
  return key + index;
}

Status Damaged(const RunItem& item, std::string_view what) {
  return Status(StatusCode::kCorruption, "the " + std::string(what) + " record of run '" +
                                             std::string(item.run) + "' for label " +
                                             std::to_string(item.index) + " of '" +
                                             std::string(item.dataset) + "' is damaged");
}

}  // namespace

// An exchange is the prompt's length (u32, little-endian), the prompt and the answer.
Status PutModelExchange(Transaction& transaction, const RunItem& item,
                        const ModelExchange& exchange) {
  std::string value;
  value.reserve(4 + exchange.prompt.size() + exchange.answer.size());
  for (int shift = 0; shift < 32; shift += 8) {
    value += static_cast<char>(exchange.prompt.size() >> shift);
  }
  value += exchange.prompt;
  value += exchange.answer;
  return transaction.PutJobRecord(ItemKey(item, kExchange), value);
}

Result<std::optional<ModelExchange>> GetModelExchange(Transaction& transaction,
                                                      const RunItem& item) {
  GESTA_ASSIGN_OR_RETURN(const auto value, transaction.GetJobRecord(ItemKey(item, kExchange)));
  if (!value) return std::optional<ModelExchange>();
  if (value->size() < 4) return Damaged(item, kExchange);
  size_t length = 0;
  for (int i = 3; i >= 0; --i) length = length << 8 | static_cast<uint8_t>((*value)[i]);
  if (length > value->size() - 4) return Damaged(item, kExchange);
  return std::optional<ModelExchange>({value->substr(4, length), value->substr(4 + length)});
}

// A row is its element type (one byte) and the elements, little-endian.
Status PutSimilarityRow(Transaction& transaction, const RunItem& item, const SimilarityRow& row) {
  std::string value(1, static_cast<char>(row.element));
  value.reserve(1 + row.values.size() * static_cast<size_t>(row.element));
  for (const float f : row.values) {
    const bool half = row.element == SimilarityRow::Element::kFloat16;
    const uint32_t bits = half ? format::FloatToHalf(f) : format::FloatToBits(f);
    for (int shift = 0; shift < (half ? 16 : 32); shift += 8) {
      value += static_cast<char>(bits >> shift);
    }
  }
  return transaction.PutJobRecord(ItemKey(item, kSimilarity), value);
}

Result<std::optional<SimilarityRow>> GetSimilarityRow(Transaction& transaction,
                                                      const RunItem& item) {
  GESTA_ASSIGN_OR_RETURN(const auto value, transaction.GetJobRecord(ItemKey(item, kSimilarity)));
  if (!value) return std::optional<SimilarityRow>();
  const size_t width = value->empty() ? 0 : static_cast<uint8_t>((*value)[0]);
  if ((width != 2 && width != 4) || (value->size() - 1) % width != 0) {
    return Damaged(item, kSimilarity);
  }
  SimilarityRow row;
  row.element = static_cast<SimilarityRow::Element>(width);
  row.values.reserve((value->size() - 1) / width);
  for (size_t at = 1; at < value->size(); at += width) {
    uint32_t bits = 0;
    for (size_t i = width; i-- > 0;) bits = bits << 8 | static_cast<uint8_t>((*value)[at + i]);
    row.values.push_back(width == 2 ? format::HalfToFloat(static_cast<uint16_t>(bits))
                                    : format::BitsToFloat(bits));
  }
  return std::optional<SimilarityRow>(std::move(row));
}

// "run", the run's id, "undo", a number (query/align/run_journal.cpp).
bool IsRunJournal(std::string_view key) {
  constexpr std::string_view kPrefix = "run\x1f";
  constexpr std::string_view kUndo = "\x1fundo\x1f";
  return key.substr(0, kPrefix.size()) == kPrefix && key.find(kUndo) != std::string_view::npos;
}

// Key: "run", the run's id, "job", the job's key. The value is empty.
Status PutRunJob(Transaction& transaction, std::string_view run, std::string_view job) {
  return transaction.PutJobRecord(JobPrefix(run) + std::string(job), {});
}

Status DeleteRunRecords(Transaction& transaction, std::string_view run) {
  const std::string job_prefix = JobPrefix(run);
  GESTA_ASSIGN_OR_RETURN(const auto records, transaction.ScanJobRecords(RunPrefix(run)));
  for (const auto& [key, value] : records) {
    if (key.compare(0, job_prefix.size(), job_prefix) == 0) {
      GESTA_RETURN_IF_ERROR(transaction.DeleteJobRecord(key.substr(job_prefix.size())));
    }
    GESTA_RETURN_IF_ERROR(transaction.DeleteJobRecord(key));
  }
  return Status::Ok();
}

}  // namespace gesta
