#include "connection/kept_answers.h"

#include <map>
#include <optional>

#include "align/cache.h"

namespace gesta {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kVersion = 1;
// Answers that come one after the other wait for the disk together.
constexpr std::chrono::seconds kSyncInterval(1);

void AddText(std::string_view text, std::string* record) {
  const auto size = static_cast<uint32_t>(text.size());
  for (int shift = 24; shift >= 0; shift -= 8) record->push_back(static_cast<char>(size >> shift));
  record->append(text);
}

bool TakeText(std::string_view* record, std::string_view* text) {
  if (record->size() < 4) return false;
  uint32_t size = 0;
  for (int i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>((*record)[i]);
  if (record->size() - 4 < size) return false;
  *text = record->substr(4, size);
  record->remove_prefix(4 + size);
  return true;
}

// What a record is known by, as it begins.
std::string Head(const LanguageModelQuestion& question) {
  std::string options;
  if (question.temperature) options += "temperature=" + FloatToText(*question.temperature) + ";";
  if (question.seed) options += "seed=" + std::to_string(*question.seed) + ";";
  if (question.answer_tokens) {
    options += "answer_tokens=" + std::to_string(*question.answer_tokens) + ";";
  }
  std::string head(1, kVersion);
  AddText(question.model, &head);
  AddText(options, &head);
  AddText(question.prompt, &head);
  return head;
}

std::string KeyOf(const std::string& head) {
  Fingerprint fingerprint;
  fingerprint.Add(head);
  return "answer/" + fingerprint.ToHex();
}

// Nothing: the record is another question's.
std::optional<LanguageModelAnswer> Decode(const std::string& head, std::string_view record) {
  if (record.substr(0, head.size()) != head) return std::nullopt;
  record.remove_prefix(head.size());
  std::string_view text;
  if (!TakeText(&record, &text) || record.size() != 1) return std::nullopt;
  return LanguageModelAnswer{std::string(text), record[0] != 0};
}

std::string Encode(std::string head, const LanguageModelAnswer& answer) {
  AddText(answer.text, &head);
  head.push_back(answer.is_cut ? 1 : 0);
  return head;
}

}  // namespace

std::string KeptAnswers::default_model() const {
  return models_ ? models_->default_model() : std::string();
}

LanguageModelUsage KeptAnswers::usage() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return usage_;
}

Status KeptAnswers::Ask(
    const std::vector<LanguageModelQuestion>& questions, const AskOptions& options,
    const std::function<Status(size_t question, LanguageModelAnswer answer)>& on_answer,
    LanguageModelUsage* usage) {
  struct Open {
    std::string head;
    std::vector<size_t> askers;  // that have this question
  };
  std::vector<Open> open;
  std::vector<LanguageModelQuestion> to_ask;
  std::map<std::string, size_t> open_by_head;
  std::vector<std::pair<size_t, LanguageModelAnswer>> kept;
  LanguageModelUsage before;
  if (usage) before = *usage;
  LanguageModelUsage used = before;
  for (size_t i = 0; i < questions.size(); ++i) {
    std::string head = Head(questions[i]);
    const auto asked = open_by_head.find(head);
    if (asked != open_by_head.end()) {
      open[asked->second].askers.push_back(i);
      continue;
    }
    GESTA_ASSIGN_OR_RETURN(const std::optional<std::string> record,
                           store_->ReadRecord(KeyOf(head)));
    std::optional<LanguageModelAnswer> answer;
    if (record) answer = Decode(head, *record);
    if (answer) {
      ++used.cached;
      kept.emplace_back(i, *std::move(answer));
      continue;
    }
    open_by_head.emplace(head, open.size());
    open.push_back({std::move(head), {i}});
    to_ask.push_back(questions[i]);
  }

  Status status;
  for (auto& [question, answer] : kept) {
    if (status.ok()) status = on_answer(question, std::move(answer));
  }
  if (!status.ok() || to_ask.empty()) {
    // Nothing is to be asked.
  } else if (!models_) {
    status = Status(StatusCode::kNotFound, "no language model is set up",
                    "give DatabaseOptions::language_models");
  } else {
    const bool keeps = !store_->options().read_only;
    const bool syncs = keeps && store_->options().sync;
    Clock::time_point synced = Clock::now();
    bool is_dirty = false;
    status = models_->Ask(
        to_ask, options,
        [&](size_t number, const LanguageModelAnswer& answer) -> Status {
          if (keeps) {
            const Clock::time_point now = Clock::now();
            const bool sync = syncs && now - synced >= kSyncInterval;
            GESTA_RETURN_IF_ERROR(store_->KeepRecords(
                {{KeyOf(open[number].head), Encode(open[number].head, answer)}}, sync));
            if (sync) synced = now;
            is_dirty = !sync;
          }
          for (const size_t asker : open[number].askers) {
            GESTA_RETURN_IF_ERROR(on_answer(asker, answer));
          }
          return {};
        },
        &used);
    if (syncs && is_dirty) {
      const Status flushed = store_->KeepRecords({}, /*sync=*/true);
      if (status.ok()) status = flushed;
    }
  }
  if (usage) *usage = used;
  const std::lock_guard<std::mutex> lock(mutex_);
  usage_.Add(used.Since(before));
  return status;
}

}  // namespace gesta
