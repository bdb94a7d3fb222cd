// The shared state of a running statement: clock, parameters, memory, interruption.
#include "execute/context.h"

#include <ctime>

#include "execute/batch_call.h"

namespace gesta {

Status MemoryBudget::Reserve(size_t bytes) {
  size_t used = used_.load(std::memory_order_relaxed);
  do {
    if (bytes > limit_ - used) {
      return Status(StatusCode::kMemoryBudget,
                    "the statement needs more memory than its budget of " +
                        std::to_string(limit_ >> 20) + " MiB",
                    "filter earlier, add a LIMIT, or raise the memory budget");
    }
  } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
  size_t peak = peak_.load(std::memory_order_relaxed);
  while (used + bytes > peak &&
         !peak_.compare_exchange_weak(peak, used + bytes, std::memory_order_relaxed)) {
  }
  return {};
}

ExecutionContext::ExecutionContext(Transaction* transaction,
                                   const std::unordered_map<std::string, Value>* parameters,
                                   size_t memory_limit)
    : transaction_(transaction),
      parameters_(parameters),
      own_memory_(memory_limit),
      memory_(&own_memory_),
      own_batch_results_(std::make_unique<BatchResults>(memory_)),
      batch_results_(own_batch_results_.get()) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  now_seconds_ = nanos / 1'000'000'000;
  now_nanos_ = static_cast<int32_t>(nanos % 1'000'000'000);
}

ExecutionContext::ExecutionContext(ExecutionContext& parent, bool same_thread)
    : batch_rows(parent.batch_rows),
      slot_count(parent.slot_count),
      cancel(parent.cancel),
      deadline(parent.deadline),
      time_limit(parent.time_limit),
      allow_load_csv(parent.allow_load_csv),
      profile(parent.profile),
      aligners(parent.aligners),
      model_provider(parent.model_provider),
      kept_answers(parent.kept_answers),
      statement_text(parent.statement_text),
      parallel_rows(parent.parallel_rows),
      transaction_(parent.transaction_),
      parameters_(parent.parameters_),
      parent_(&parent),
      reports_(same_thread && parent.reports_),
      own_memory_(0),
      memory_(parent.memory_),
      batch_results_(parent.batch_results_),
      now_seconds_(parent.now_seconds_),
      now_nanos_(parent.now_nanos_) {}

ExecutionContext::~ExecutionContext() = default;

std::unique_ptr<ExecutionContext> ExecutionContext::Fork(bool same_thread) {
  return std::unique_ptr<ExecutionContext>(new ExecutionContext(*this, same_thread));
}

std::mt19937_64& ExecutionContext::Generator() {
  if (!random_) {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    random_ = std::make_unique<std::mt19937_64>(seed);
  }
  return *random_;
}

double ExecutionContext::Random() {
  return static_cast<double>(Generator()() >> 11) * 0x1.0p-53;  // 53 random bits: [0, 1)
}

std::string ExecutionContext::RandomUuid() {
  std::mt19937_64& random = Generator();
  uint64_t high = random();
  uint64_t low = random();
  high = (high & ~0xF000ull) | 0x4000ull;      // version 4
  low = (low & ~(3ull << 62)) | (2ull << 62);  // variant 1
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (int digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) text += '-';
    const uint64_t half = digit < 16 ? high : low;
    text += kHex[(half >> (60 - 4 * (digit % 16))) & 0xF];
  }
  return text;
}

Status ExecutionContext::CheckInterrupt() const {
  if (cancel && cancel->load(std::memory_order_relaxed)) {
    return Status(StatusCode::kCancelled, "the statement was cancelled");
  }
  if (deadline && std::chrono::steady_clock::now() >= *deadline) {
    return Status(StatusCode::kTimeout,
                  "the statement ran longer than its time limit of " +
                      std::to_string(time_limit.count()) + " ms",
                  "raise the time limit, or narrow the statement");
  }
  return {};
}

void ExecutionContext::NoteDevice(const std::string& device) { batch_results().NoteDevice(device); }

void ExecutionContext::CountRows(uint64_t rows) {
  constexpr std::chrono::milliseconds kInterval(100);
  if (parent_ && !reports_) {
    parent_->rows_made_.fetch_add(rows, std::memory_order_relaxed);
    return;
  }
  if (parent_) return parent_->AddProgress(rows);
  const uint64_t made = rows_made_.fetch_add(rows, std::memory_order_relaxed) + rows;
  const auto now = std::chrono::steady_clock::now();
  if (now < progress_due_) return;
  progress_due_ = now + kInterval;
  progress(made);
}

const Value* ExecutionContext::FindParameter(std::string_view name) const {
  if (!parameters_) return nullptr;
  const auto found = parameters_->find(std::string(name));
  return found == parameters_->end() ? nullptr : &found->second;
}

}  // namespace gesta
